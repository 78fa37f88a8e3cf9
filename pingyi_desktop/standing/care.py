"""What looking after a file says in the words of its contents: what was lost of it, and the bundle for the maintainers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pingyi_desktop import __version__, faultlog
from pingyi_desktop.errors import UserError
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import store
from pingyi_desktop.storage.care import diagnosis, salvage
from pingyi_desktop.storage.care.salvage import Saved
from pingyi_desktop.storage.formats import migrations

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
    many = None if path is None else _contradictions(path, key)
    log = faultlog.without_personal_data()
    return diagnosis.bundle(path, key, version=__version__, log=log, contradictions=many)


def _contradictions(path: Path, key: bytes | None) -> int | None:
    """How many contradictions a file of today's format has; None where that cannot be found out."""
    try:
        if store.format_of(path, key) < migrations.LATEST or store.damage(path, key):
            return None
        opened = store.open_file(path, key)
    except UserError:
        return None
    try:
        with opened.reading() as session:
            return len(soundness.full(session))
    except UserError:
        return None
    finally:
        opened.close()
