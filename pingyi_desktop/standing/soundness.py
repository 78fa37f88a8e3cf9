"""Does a data file contradict itself? Everything in it is recomputed from what was signed, sealed or journalled.

``full`` looks at everything: at start, and for ``verify``. ``before_report`` and ``before_export`` ask first whether the
file is still as its own key signed it at the last commit (``exchange.locks.heads``), which costs a few digests; the envelopes
of the units below are opened again only when what came from them is no longer as signed.

What a contradiction stops is told in ``contradiction``. What can not be found is told in ``exchange.locks.heads``: somebody who
holds this file's key, and a file put back whole as it once was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, SQLModel

from pingyi_desktop.appraisal.ledgers.catalog import NOUNS
from pingyi_desktop.exchange.locks.heads import JOURNAL, RECEIVED, Standing
from pingyi_desktop.standing import facts, figures, received, trusted
from pingyi_desktop.standing.contradiction import (
    RESTORE,
    ContradictedError,
    Contradiction,
    notice,
    own,
    reading,
)
from pingyi_desktop.standing.whole import Whole
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.care import definitions

AREAS = {
    JOURNAL: "操作日志",
    "data_file": "本单位",
    "party_organization": "党组织",
    "party_member": "党员",
    "campaign": "评议活动",
    "campaign_form": "评议表",
    "voter_category": "参评人员类别",
    "review_group": "评议小组",
    "appraisal_session": "场次",
    "ballot_batch": "票批",
    "item_tally": "计票格",
    "batch_target": "名册式票批的被评人",
    "supplement_stack": "补投票批",
    "printed_roster": "印过的名册式评议表",
    "sealed_ballot": "封存的票",
    "member_grade": "民主评议的等次",
    "grade_count": "下级的等次数",
    "grade_name": "下级的等次姓名",
    "opinion_group": "意见归并",
    "merged_opinion": "归并的意见",
    "correction": "更正单",
    "operator": "操作员",
    "entry_quality": "录入质量",
    "sealed_pass": "录入遍次",
    "import_run": "导入记录",
    "envelope": "数据包",
    "own_key": "本单位密钥",
    "own_secret": "收件的密钥和任务凭证",
    "trusted_key": "登记的密钥",
    "issued_task": "下发的任务",
    "task_secret": "下发任务的凭证",
    "quarantined_file": "待核文件",
    "conflict_decision": "冲突裁定",
    "hold_ruling": "待核的裁定",
    "withdrawal": "作废的数据",
    **{noun.key: noun.title for noun in NOUNS},
}
Check = Callable[[Whole], Iterable[Contradiction]]
OWN: tuple[tuple[str, Check], ...] = (
    ("评议活动", facts.of_all),
    ("封存的票批", figures.seals),
    ("本单位上报的数字", figures.exported),
    ("密钥", trusted.keys),
    ("操作日志里的记录", trusted.decisions),
    ("更正单", trusted.corrections),
)


def full(session: Session) -> list[Contradiction]:
    """Everything that contradicts something else, what says most first; empty when sound.

    Figures are written anew: leave the session to roll back.
    """
    found = _kinds(session)
    if found:
        return found
    with reading("操作日志", found):
        found += _journal(session)
    whole = Whole(session)
    _own_facts(whole, found)
    with reading("票批的数字", found):
        found += figures.adding_up(session)
    standing = Standing()
    with reading("操作日志的签名", found):
        standing = whole.standing
        found += _against_head(standing)
    below = _from_below(session)
    if "envelope" + RECEIVED in standing.changed and not below:
        found.append(own(_ADDED_OR_TAKEN))
    return list(dict.fromkeys([*found, *below, *_definitions(session)]))


def before_report(session: Session) -> list[str]:
    """What to say beside a report, which is built in this very session, left to roll back.

    Raises ContradictedError when the file's own facts are at fault. Of a unit at fault the report shows what it signed.
    """
    return for_report(session)[0]


def for_report(session: Session) -> tuple[list[str], Whole]:
    """The same, and what was read of the file, for the report."""
    found, whole = _quick(session)
    _refuse([one for one in found if one.stops_report], "出表")
    return [one.sentence for one in found], whole


def before_export(session: Session) -> list[str]:
    """What to say beside an export. Raises ContradictedError when something that would be signed or carried is at fault."""
    found, _ = _quick(session)
    _refuse([one for one in found if one.stops_export], "导出")
    return [one.sentence for one in found]


def _refuse(found: list[Contradiction], what: str) -> None:
    if found:
        more = f"（另有 {len(found) - 1} 处，用命令 pingyi verify 看全部。）" if len(found) > 1 else ""
        raise ContradictedError(f"这个数据文件前后矛盾，没有{what}：{found[0].sentence}{more}")


def _quick(session: Session) -> tuple[list[Contradiction], Whole]:
    """The same as ``full`` where anything is not as signed, else what costs little; and what is true of the file now."""
    found, whole, sound = list[Contradiction](), Whole(session), False
    with reading("操作日志的签名", found):
        sound = whole.standing.sound
    if not sound:
        return found or full(session), Whole(session)  # figures were written anew
    _own_facts(whole, found)
    return found, whole


def _own_facts(whole: Whole, found: list[Contradiction]) -> None:
    for what, check in OWN:
        with reading(what, found):
            found += check(whole)


def _journal(session: Session) -> Iterator[Contradiction]:
    if (seq := journal.broken_at(session)) is not None:
        yield own(f"操作日志从第 {seq} 条起对不上，有人在程序之外改动过文件。{RESTORE}")


def _against_head(standing: Standing) -> Iterator[Contradiction]:
    if standing.missing:
        yield own(f"操作日志的签名不见了，本文件的密钥签过它，有人在程序之外改动过文件。{RESTORE}")
    if standing.forged:
        yield own(f"操作日志的签名不是本文件的密钥签的，或核对不上。{RESTORE}")
    if standing.journal:
        yield own(f"操作日志的结尾与签名的不一致，日志被截断、清空、添加或重写过。{RESTORE}")
    changed = sorted(one for one in standing.changed if not one.endswith(RECEIVED))
    if changed:
        yield own(f"{_named(changed)}在程序之外被改动过，与本文件最后一次签名时的不一致。{RESTORE}")
    before = sorted(one for one in standing.broken if not one.endswith(RECEIVED))
    if before:
        yield own(f"{_named(before)}曾在程序之外被改动过，后来又接着用了这个文件。{RESTORE}")
    if standing.broken - set(before):
        yield notice("收到的数据曾在程序之外被改动过，已按签名的数据包重新核对。")


_ADDED_OR_TAKEN = (
    "收到的数据包在程序之外被增减或改动过，请把下级的数据包重新导入一遍，或用改动以前的备份恢复。"
)


def _named(areas: Iterable[str]) -> str:
    return "、".join(f"“{AREAS.get(one, '其他内容')}”" for one in areas)


def _from_below(session: Session) -> list[Contradiction]:
    found, spoilt = list[Contradiction](), set[str]()
    with reading("收到的数据包", found):
        found += received.envelopes(session, spoilt=spoilt)
    with reading("收到的数字", found):
        found += received.anew(session, spoilt=spoilt)
    return found


def _definitions(session: Session) -> Iterator[Contradiction]:
    if names := definitions.edited(session):
        many = f"等 {len(names)} 处" if len(names) > 1 else ""
        yield notice(f"数据表的定义（{names[0]}{many}）在程序之外被改动过，请用改动以前的备份恢复。")


def _kinds(session: Session) -> list[Contradiction]:
    """Columns that hold another kind of value than the program ever writes: nothing can be reckoned with those."""
    connection = session.connection()
    for table, asked, kinds in _columns():
        for row in connection.execute(asked):
            if not all(
                isinstance(value, kind) or (value is None and nullable)
                for value, (kind, nullable) in zip(row, kinds, strict=True)
            ):
                return [own(f"“{AREAS.get(table, table)}”里有不合规定的内容，不是本程序写的。{RESTORE}")]
    return []


@cache
def _columns() -> list[tuple[str, Select[tuple[Any, ...]], list[tuple[type, bool | None]]]]:
    """Of every table: its name, what reads all columns but those of bytes, and what each may hold and whether nothing."""
    tables = SQLModel.metadata.sorted_tables
    of = {table: [one for one in table.columns if one.type.python_type is not bytes] for table in tables}
    return [
        (table.name, select(*columns), [(one.type.python_type, one.nullable) for one in columns])
        for table, columns in of.items()
    ]
