"""汇报登记 (MemberPresentation of the domain): one row a member, how he presented, and why he did not come.

Nobody is left out (不漏一人): who neither presented nor has a reason is asked about (V-MEM-10).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import rows
from pingyi_desktop.appraisal.ledgers.fields import Choice, Option, Person, Text, Value
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Moved, Printed, Share, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.meetings import Attendance, Presentation, PresentedBy, YesNo

MODES = (
    Option(PresentedBy.ORAL, "口头汇报", "", ("口头", "口头介绍")),
    Option(PresentedBy.WRITTEN, "书面汇报", "", ("书面",)),
    Option(PresentedBy.VIDEO, "视频汇报", "", ("视频",)),
    Option(PresentedBy.NONE, "未汇报", "warn", ("没有汇报", "否")),
)
INTRODUCED = (PresentedBy.ORAL, PresentedBy.WRITTEN, PresentedBy.VIDEO)
ABSENT = (
    Option(Attendance.AWAY, "外出务工"),
    Option(Attendance.SICK, "病休"),
    Option(Attendance.IMMOBILE, "离退休行动不便"),
    Option(Attendance.TRAVEL, "出差"),
    Option(Attendance.LEAVE, "请假"),
    Option(Attendance.OTHER, "其他原因", "", ("其他",)),
)
FIELDS = (
    Person("member", "党员", hint="姓名或编号", words=("姓名", "编号或姓名", "党员姓名")),
    Choice("mode", "汇报方式", required=True, words=("方式", "汇报", "汇报情况"), options=MODES),
    Choice(
        "attendance",
        "到会情况",
        hint="没到会的选原因",
        words=("到会", "缺席原因", "不参评原因", "未到会原因"),
        options=(Option(Attendance.PRESENT, "到会", "", ("是", "已到会")), *ABSENT),
    ),
    Choice(
        "layer_one",
        "层面一汇报",
        hint="是否也在上级组织的评议会上汇报",
        words=("在上级汇报", "层面一"),
        options=(Option(YesNo.YES, "是"), Option(YesNo.NO, "否")),
    ),
    Text("brief", "汇报要点", most=300, long=True, words=("要点", "内容")),
)


def _either(values: Values, _today: str) -> Iterator[Finding]:
    """V-MEM-10: nobody without a way of presenting and without a reason; V-MTG-05: nobody speaks who is not there.

    V-MTG-20 only asks, for the names may have been taken out of a package.
    """
    if not values["member"]:
        yield found("V-MTG-20")
    absent = values["attendance"] not in (None, Attendance.PRESENT)
    if values["mode"] == PresentedBy.NONE and not absent:
        yield found("V-MEM-10", name=values["member"])
    if values["mode"] == PresentedBy.ORAL and absent:
        yield found("V-MTG-05")


def _once(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-MTG-25: a member presents once; what an older file or a package has twice stays, and verify tells it."""
    place = {one.name: (one.org, one.new["member"]) for one in moved}
    news = [one for one in moved if one.old is None or one.old["member"] != one.new["member"]]
    c, units = LEDGER.columns_of, sorted({one.org for one in news if one.new["member"]})
    query = select(c.org, c.number, c.member).where(
        c.campaign_id == campaign_id, c.source == "", c.org.in_(units), c.member != ""
    )
    told = {f"{org}-{number}": (org, member) for org, number, member in session.execute(query)} | place
    held: dict[tuple[str, Value], list[str]] = {}
    for name, of in told.items():
        held.setdefault(of, []).append(name)
    twice = [one for one in news if one.new["member"] and len(held[place[one.name]]) > 1]
    people = sorted({str(one.new["member"]) for one in twice})
    known = rows.names(session, campaign_id=campaign_id, people=people, units=())
    for one in twice:
        other = next(name for name in held[place[one.name]] if name != one.name)
        yield found("V-MTG-25", one.name, name=known.person(str(one.new["member"])), number=other)


LEDGER = Ledger(
    key="presentation",
    title="汇报登记",
    purpose="一名党员一行：口头、书面还是视频汇报，没到会的是什么原因，不漏一人。",
    table=Presentation,
    fields=FIELDS,
    states="mode",
    same=("member",),
    shown=("member", "mode", "attendance", "layer_one"),
    report="R17C",
    report_title="党员汇报登记表",
    columns=(
        Printed("党组织", 74, lambda row: row.org_name),
        Printed("党员", 30, lambda row: row.texts["member"]),
        Printed("汇报方式", 26, lambda row: row.texts["mode"], "center"),
        Printed("到会情况", 36, lambda row: row.texts["attendance"], "center"),
        Printed("层面一汇报", 24, lambda row: row.texts["layer_one"], "center"),
        Printed("汇报要点", 69, lambda row: row.texts["brief"]),
    ),
    totals=(
        Total("党员", by="mode", unit="名"),
        Total("到会情况", by="attendance", unit="名"),
        Total("层面一汇报", by="layer_one", unit="名", together=False),
    ),
    shares=(
        Share("自我介绍", "mode", INTRODUCED),
        Share("口头汇报率", "mode", (PresentedBy.ORAL,)),
        Share("未到会", "attendance", tuple(one.code for one in ABSENT)),
    ),
    checks=(_either,),
    among=(_once,),
)
