"""意见答复 (T-REPLY of the domain): what was answered to an opinion; it names the opinion, never who said it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers.across import naming
from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Link, Option, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Moved, Printed, Total, Values
from pingyi_desktop.appraisal.rulebook import telling
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.rectify import RectifyKind, Reply, ReplyChannel

FIELDS = (
    Link("opinion", "意见编号", required=True, hint="意见台账的编号", words=("意见号",)),
    Link("item", "对应台账号", hint="整改台账的编号", words=("整改编号",)),
    Choice(
        "kind",
        "类型",
        required=True,
        words=("办理情况", "答复类型"),
        options=(
            Option(RectifyKind.IMMEDIATE, "立行立改", "", ("立改",)),
            Option(RectifyKind.PLANNED, "限期整改", "", ("限期",)),
            Option(RectifyKind.EXPLAINED, "解释说明", "", ("解释",)),
        ),
    ),
    Text("content", "答复内容", required=True, most=300, long=True, words=("答复", "内容")),
    Day("replied_on", "答复时间", words=("答复日期", "时间")),
    Choice(
        "channel",
        "答复方式",
        required=True,
        words=("方式",),
        options=(
            Option(ReplyChannel.FACE, "当面答复", "", ("当面", "面复")),
            Option(ReplyChannel.MEETING, "会上答复", "", ("会议", "会上")),
            Option(ReplyChannel.PHONE, "电话答复", "", ("电话",)),
            Option(ReplyChannel.WRITTEN, "书面答复", "", ("书面",)),
            Option(ReplyChannel.NOTICE, "公示答复", "", ("公示", "公开栏")),
        ),
    ),
    Text("responsible", "责任单位", words=("答复单位",)),
)
_ANSWERED = (
    ("opinion", "意见编号", "意见", "opinion"),
    ("item", "对应台账号", "整改事项", "rectification"),
)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}-[1-9][0-9]{0,8}")


def _named(values: Values, _today: str) -> Iterator[Finding]:
    """V-RCT-13: an opinion is named by its number."""
    for key, title in (("opinion", "意见编号"), ("item", "对应台账号")):
        if values[key] and not _NAME.fullmatch(str(values[key])):
            yield found("V-RCT-13", field=title, text=str(values[key])[:40])


def _anonymous(values: Values, _today: str) -> Iterator[Finding]:
    """V-OPN-01, 02: an answer tells as little of who is answered as the opinion does."""
    content = str(values["content"])
    if reached := telling.reaching(content):
        yield found("V-OPN-02", frag=reached)
    elif told := telling.telling(content):
        yield found("V-OPN-01", frag=told)


def _heard(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-RCT-16…18: what is answered is there, and is answered by this unit; the same answer is written down once."""
    for key, field, kind, table in _ANSWERED:
        yield from naming.named(session, campaign_id, moved, key=key, field=field, kind=kind, table=table)
    yield from naming.repeated(session, campaign_id, moved, same=LEDGER.same, table="reply")


LEDGER = Ledger(
    key="reply",
    title="意见答复",
    purpose="个性问题要逐条答复：答复了什么、什么时候、怎么送到；只写意见编号，不写是谁提的。",
    table=Reply,
    fields=FIELDS,
    states="kind",
    same=("opinion", "content"),
    shown=("opinion", "kind", "content", "replied_on", "channel"),
    report="R09B",
    report_title="意见答复单",
    columns=(
        Printed("意见编号", 28, lambda row: row.texts["opinion"], "center"),
        Printed("类型", 20, lambda row: row.texts["kind"], "center"),
        Printed("答复内容", 92, lambda row: row.texts["content"]),
        Printed("答复时间", 24, lambda row: row.texts["replied_on"], "center"),
        Printed("答复方式", 20, lambda row: row.texts["channel"], "center"),
        Printed("责任单位（章）", 47, lambda row: row.texts["responsible"] or row.org_name),
        Printed("对应台账号", 28, lambda row: row.texts["item"], "center"),
    ),
    totals=(Total("答复", by="kind", unit="条"), Total("方式", by="channel", unit="条")),
    checks=(_named, _anonymous),
    among=(_heard,),
)
