"""What looking after a file says in the words of its contents: what was lost of it, the bundle for the maintainers, and
保管与销毁 (R27, item 15): how many papers each sealed stack has, when it was sealed, and until when what is kept.

The terms are proposals (domain design §2.11): ballots one year after the seal, results five years. What holds is the
unit's own rule for archives; the program destroys nothing by itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, col, select

from pingyi_desktop import __version__, faultlog
from pingyi_desktop.appraisal.batches import batches, signing
from pingyi_desktop.errors import UserError
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import store
from pingyi_desktop.storage.care import diagnosis, salvage
from pingyi_desktop.storage.care.salvage import Saved
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState

BALLOT_YEARS, RESULT_YEARS = 1, 5
NOTE = (
    f"建议：单张的票（纸票和文件里的单票）从封存起保管满 {BALLOT_YEARS} 年可以销毁，结果保管 {RESULT_YEARS} 年；"
    "以本单位档案规定为准。软件自己不销毁任何内容。"
)
WHAT_NOW = (
    "抢救出来的文件不完整，核对（verify）会指出来，报表和上报可能停用。它只用来查看和补录；"
    "有备份的请优先用备份恢复，没有的请上级重新下发任务，再按原始票录入。"
)


def losses(saved: Sequence[Saved]) -> list[str]:
    """What was lost, a sentence for each kind of thing; empty when everything was saved."""
    said = []
    for one in salvage.lost(saved):
        name = soundness.AREAS.get(one.table, "其他内容" if one.table != "journal_entry" else "操作日志")
        left_out = f"，{one.left_out} 条失去所属对象或不合规定，没有要" if one.left_out else ""
        torn = "，其余的读不出来" if one.broken else ""
        said.append(f"“{name}”救出 {one.rows} 条{torn}{left_out}。")
    return said


def bundle(path: Path | None, key: bytes | None) -> bytes:
    """The diagnostic bundle of a closed or open file, or (None) of the program alone: nobody is named in it."""
    found = None if path is None else contradictions(path, key)
    many = None if found is None else len(found)
    log = faultlog.without_personal_data()
    return diagnosis.bundle(path, key, version=__version__, log=log, contradictions=many)


def contradictions(path: Path, key: bytes | None) -> list[str] | None:
    """What ``verify`` says of a closed or open file of today's format; None where that cannot be found out."""
    try:
        if store.format_of(path, key) < migrations.LATEST or store.damage(path, key):
            return None
        opened = store.open_file(path, key)
    except UserError:
        return None
    try:
        with opened.reading() as session:
            return [one.sentence for one in soundness.full(session)]
    except UserError:
        return None
    finally:
        opened.close()


@dataclass(frozen=True)
class Term:
    """A sealed stack of this unit: papers returned, the day of its (last) seal, and the first days on which its ballots
    and its results need not be kept any longer; days as ``YYYY-MM-DD``."""

    batch_id: str
    batch: str
    papers: int
    sealed_on: str
    ballots_until: str
    results_until: str


def terms(session: Session) -> list[Term]:
    """Of every stack that this unit sealed, in the order of their seals. A seal is known by the digest in the journal."""
    sealed = col(BallotBatch.state) == BatchState.SEALED
    rows = session.exec(select(BallotBatch).where(sealed, col(BallotBatch.source_id).is_(None))).all()
    by_digest = {signing.digest_of(session, row): row for row in rows}
    entries = select(JournalEntry).where(JournalEntry.act == "封存票批").order_by(col(JournalEntry.seq))
    return [
        _term(row, batches.code_of(session, row), entry.at)
        for entry in session.exec(entries)
        if (row := by_digest.get(json.loads(entry.detail).get("digest", ""))) is not None
    ]


def _term(row: BallotBatch, code: str, at: str) -> Term:
    day = datetime.fromisoformat(at).astimezone().date()
    ends = (_later(day, years).isoformat() for years in (BALLOT_YEARS, RESULT_YEARS))
    return Term(row.id, code, row.returned or 0, day.isoformat(), *ends)


def _later(day: date, years: int) -> date:
    """The same day of a later year; for the 29th of February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
