"""What a data file holds, as a few counts: what a restore would change is seen by holding two files side by side.

Read by SQLite alone, of a file of any format up to today's, and without upgrading it: a backup that was only looked at
stays as it is.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.troubles import told_as_sentences

COUNTED = (
    ("党组织", "SELECT count(*) FROM party_organization"),
    ("党员", "SELECT count(*) FROM party_member"),
    ("评议活动", "SELECT count(*) FROM campaign"),
    ("开过的会", "SELECT count(*) FROM appraisal_session WHERE held_on IS NOT NULL"),
    ("封存的票批", "SELECT count(*) FROM ballot_batch WHERE state = 'SEALED'"),
    (
        "正在录的票批",
        "SELECT count(*) FROM ballot_batch WHERE entry_mode IS NOT NULL AND state NOT IN ('SEALED', 'VOID')",
    ),
    ("收到的数据包", "SELECT count(*) FROM envelope WHERE NOT own"),
    ("操作日志", "SELECT count(*) FROM journal_entry"),
)
LEDGER_ROWS = "台账里的行"
LEDGERS = {
    "deed": "SELECT count(*) FROM deed",
    "commitment": "SELECT count(*) FROM commitment",
    "solicitation": "SELECT count(*) FROM solicitation",
    "opinion": "SELECT count(*) FROM opinion",
    "post": "SELECT count(*) FROM post",
    "post_rating": "SELECT count(*) FROM post_rating",
    "rectification": "SELECT count(*) FROM rectification",
    "reply": "SELECT count(*) FROM reply",
    "meeting": "SELECT count(*) FROM meeting",
    "presentation": "SELECT count(*) FROM presentation",
    "self_review": "SELECT count(*) FROM self_review",
    "basis_document": "SELECT count(*) FROM basis_document",
    "duty_post": "SELECT count(*) FROM duty_post",
    "inspection": "SELECT count(*) FROM inspection",
    "leader_comment": "SELECT count(*) FROM leader_comment",
    "publication": "SELECT count(*) FROM publication",
}
"""of each table; files of the first formats have none of them"""
_UNREADABLE: tuple[type[Exception], ...] = (*cipher.TROUBLE, TypeError)
"""a table is missing or damaged, or has no row"""


@dataclass(frozen=True)
class Contents:
    """Of one file: the unit, its own id, and counts by name."""

    unit_code: str
    file_id: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Change:
    """A line of the preview; ``now`` is None when there is no file, or it cannot be read."""

    what: str
    now: int | None
    then: int


@dataclass(frozen=True)
class Preview:
    """What a restore would change. ``warnings`` say what deserves a second look."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...]


def of_file(path: Path, key: bytes | None = None) -> Contents:
    """The counts of a closed or open file; ``FileError`` says why it cannot be read."""
    store.format_of(path, key)
    with told_as_sentences(path), closing(store.connected(path, key)) as raw:
        try:
            unit_code, file_id = raw.execute("SELECT unit_code, file_id FROM data_file").fetchone()
            counts = {what: raw.execute(query).fetchone()[0] for what, query in COUNTED}
            there = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            ledgers = [query for table, query in LEDGERS.items() if table in there]
            counts[LEDGER_ROWS] = sum(raw.execute(query).fetchone()[0] for query in ledgers)
        except _UNREADABLE as error:
            raise FileError(f"“{path.name}”里缺少应有的内容，不是本软件写的，或已损坏。") from error
    return Contents(unit_code, file_id, counts)


def preview(path: Path, key: bytes | None, saved: Path, saved_key: bytes | None) -> Preview:
    """What restoring ``saved`` over ``path`` would change; ``FileError`` when the backup cannot be read."""
    then = of_file(saved, saved_key)
    try:
        now = of_file(path, key) if path.exists() else None
    except FileError:
        now = None
    changes = tuple(
        Change(what, None if now is None else now.counts[what], many) for what, many in then.counts.items()
    )
    return Preview(changes, tuple(_warnings(now, then)))


def _warnings(now: Contents | None, then: Contents) -> list[str]:
    said = []
    if now is not None and now.file_id != then.file_id:
        said.append(f"这份备份是另一个数据文件的（单位代码 {then.unit_code}，现在的是 {now.unit_code}）。")
    lost = [what for what in then.counts if now is not None and now.counts[what] > then.counts[what]]
    if lost:
        said.append(f"恢复以后会变少的：{'、'.join(lost)}。后来做的要重做；恢复前的文件会留着。")
    if then.counts["正在录的票批"]:
        said.append("自动备份里没有尚未封存的票：正在录的票批恢复后先“清空重录”，再从纸票重新录入。")
    return said
