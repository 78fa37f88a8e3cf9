"""The reports this edition has, by their number in the field's list (domain §6), and what all of them print."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.ledgers.catalog import ledgers
from pingyi_desktop.appraisal.paper.forms import side_of
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.reports import (
    activity,
    coverage_sheets,
    grades,
    handover,
    ledger_tables,
    persons,
    slip,
    summary,
)
from pingyi_desktop.reports.archive import keeping, volume
from pingyi_desktop.reports.blocks import Report, Signature, in_words
from pingyi_desktop.reports.documents import board, feedback, notice, work_summary
from pingyi_desktop.reports.meetings import record, timetable
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import CampaignMode

SIGNERS = ("单位负责人：", "审核人：", "填表人：", "联系电话：")
LISTED = 12


@dataclass(frozen=True)
class ReportEntry:
    """A report that can be printed: its number, name, what it is for, and whether it is about one organisation."""

    number: str
    name: str
    purpose: str
    per_org: bool
    build: Callable[[Question, int | None, str], Report]
    rates: bool = True
    """whether figures stand in it that depend on the counting rule, the layer and who has reported"""
    signed: bool = False
    """whether it brings its own lines to sign"""
    side: str = ""
    """whose forms it is about: ORG, MEMBER, or both"""
    restricted: bool = False
    """whether it tells of single persons: printed with a reason only, which stands in the journal"""


GROUPS: dict[str, tuple[ReportEntry, ...]] = {
    "结果": (
        ReportEntry(
            "R02",
            "群众评议情况统计表",
            "开了多少会、多少人参加、发出收回多少张表",
            False,
            activity.build,
        ),
        ReportEntry(
            "R03",
            "基层党组织群众评议结果汇总表",
            "各党组织每一项的满意票和满意率",
            False,
            summary.organisations,
            side="ORG",
        ),
        ReportEntry(
            "R04",
            "党员群众评议结果汇总表",
            "党员评议表每一项的满意票和满意率",
            False,
            summary.members,
            side="MEMBER",
        ),
        ReportEntry(
            "R04B",
            "民主评议党员等次统计表",
            "各党组织优秀、合格、基本合格、不合格各多少名",
            False,
            grades.counts,
            rates=False,
        ),
        ReportEntry(
            "R05",
            "党员个人评议结果表",
            "名册式评议表上每个人的各档票数，限本支部内部使用，打印要写明原因",
            True,
            persons.build,
            rates=False,
            signed=True,
            side="MEMBER",
            restricted=True,
        ),
        ReportEntry(
            "R05B",
            "民主评议党员等次登记表",
            "每名党员的票面提议和研究决定的等次，限本支部内部使用，打印要写明原因",
            True,
            grades.people,
            rates=False,
            signed=True,
            side="MEMBER",
            restricted=True,
        ),
        ReportEntry("R06", "评议结果报告单", "一个党组织一场评议的结果，现场签字", True, slip.build),
        ReportEntry(
            "R01",
            "群众评议工作总结",
            "按已封存的票和台账写好的总结初稿，数字都有出处；存成文字文档后补写做法和打算",
            False,
            work_summary.build,
        ),
        ReportEntry(
            "R12",
            "群众评议结果通报",
            "发给下级的通报初稿：总体情况、各项满意率、群众反映的主要问题，不排名、不点名",
            False,
            notice.build,
        ),
        ReportEntry(
            "R11",
            "群众评议结果反馈单",
            "发给一个党组织：它各项的满意率与平均的比较、归并后的意见，有签收栏",
            True,
            feedback.build,
            signed=True,
        ),
        ReportEntry(
            "R13",
            "公示",
            "一个党组织登记的公示：内容、期限、受理部门，电话手写；标题里有“整改”的附整改事项",
            True,
            board.build,
            rates=False,
            signed=True,
        ),
    ),
    "会议和台账": (
        ReportEntry(
            "R15",
            "评议会日程与分组安排表",
            "层面一每个评议小组哪半天到哪个单位开会",
            False,
            timetable.build,
            rates=False,
        ),
        ReportEntry(
            "R17",
            "会议记录",
            "一个党组织开过的会，一次一份，签字归档",
            True,
            record.build,
            rates=False,
            signed=True,
        ),
        *(
            ReportEntry(
                one.report,
                one.report_title,
                one.purpose,
                False,
                ledger_tables.builder(one),
                rates=False,
                restricted=one.restricted,
            )
            for one in ledgers()
        ),
        ReportEntry(
            "R08",
            "意见归并表",
            "群众意见归并成哪些问题，各有多少条，列入整改没有",
            False,
            ledger_tables.merged_opinions,
            rates=False,
        ),
        ReportEntry(
            "R18",
            "承诺事项汇总表",
            "每个党组织承诺了多少项、兑现了多少项",
            False,
            ledger_tables.promises,
            rates=False,
        ),
        ReportEntry(
            "R10",
            "整改情况统计表",
            "每个单位多少意见、多少整改事项、办结多少、逾期多少",
            False,
            ledger_tables.rectified,
            rates=False,
        ),
    ),
    "报送": (
        ReportEntry(
            "R24",
            "覆盖与缺报清单",
            "哪些单位报齐了，还缺哪一项，按组织逐个列",
            False,
            coverage_sheets.coverage_list,
            rates=False,
        ),
        ReportEntry(
            "R24B", "催报表", "只列还没有报齐的单位和各自缺什么", False, coverage_sheets.reminder, rates=False
        ),
        ReportEntry(
            "R29",
            "数据上报包核对单",
            "随数据包上报的纸，有控制总数和核对号",
            False,
            handover.build,
            signed=True,
        ),
    ),
    "归档": (
        ReportEntry(
            "R27",
            "评议档案卷内目录",
            "一个党组织一卷：归档哪些材料，软件里各有多少，原始票保管到哪天",
            True,
            volume.build,
            rates=False,
            signed=True,
        ),
        ReportEntry(
            "R27B",
            "评议票保管与销毁清单",
            "本单位封存的票哪天起可以销毁，什么要留下，销毁时由谁签字",
            False,
            keeping.build,
            rates=False,
            signed=True,
        ),
    ),
}
"""the reports by what they are about, in the order in which they are offered"""
CATALOG = tuple(one for group in GROUPS.values() for one in group)
OPEN = tuple(one for one in CATALOG if not one.restricted)
"""what may be looked at, printed and saved without giving a reason"""


def entry(number: str) -> ReportEntry:
    """The catalogue's entry; a sentence naming what there is when the number is unknown."""
    for one in CATALOG:
        if one.number == number.upper():
            return one
    raise broken("V-CHK-26", number=number, known="、".join(one.number for one in CATALOG))


def build(
    session: Session,
    *,
    name: str,
    campaign_id: str,
    layer: int | None = None,
    org_code: str | None = None,
    today: date | None = None,
) -> Report:
    """A report of the campaign over the subtree of ``org_code`` (default: this unit), at a layer (None = both)."""
    return of(
        Question(session, campaign_id),
        name=name,
        layer=layer,
        org_code=org_code,
        today=today,
    )


def of(
    asked: Question,
    *,
    name: str,
    layer: int | None = None,
    org_code: str | None = None,
    today: date | None = None,
) -> Report:
    """The same of a campaign that was read already; V-PRI-26 for one that is printed with a reason only."""
    kind = entry(name)
    if kind.restricted:
        raise broken("V-PRI-26", what=f"“{kind.name}”", number=kind.number)
    return _built(asked, kind, layer=layer, org_code=org_code, today=today)


def restricted(
    session: Session,
    *,
    name: str,
    campaign_id: str,
    org_code: str | None = None,
    layer: int | None = None,
    reason: str,
    by: str,
    today: date | None = None,
) -> Report:
    """A report that tells of single persons, once: the ``reason`` goes into the journal before anything is shown (V-PRI-25)."""
    kind, asked = entry(name), Question(session, campaign_id)
    if not visible.line(reason):
        raise broken("V-PRI-25", what=f"“{kind.name}”")
    if personal.has_private_number(reason):
        raise broken("V-MEM-07", what="“原因”里", mend="请删去后再继续")
    made = _built(asked, kind, layer=layer, org_code=org_code, today=today)
    subject = org_code or asked.picture.own
    detail: dict[str, object] = {"report": kind.number, "reason": visible.line(reason)}
    journal.record(session, act="打印限权报表", subject=subject, by=by, detail=detail)
    return made


def _built(
    asked: Question, kind: ReportEntry, *, layer: int | None, org_code: str | None, today: date | None
) -> Report:
    seen = asked.picture
    view, unit = seen.view, seen.unit
    subject = seen.find(org_code) if org_code else unit
    report = kind.build(asked, layer, subject.code)
    narrowed = [report.subtitle] if report.subtitle else []
    notes = [view.rule.footnote()] if kind.rates and not report.document else []
    blocks = report.blocks
    if not (kind.per_org or kind.signed):
        narrowed += [subject.short_name] if subject.code != unit.code else []
        if kind.rates:
            narrowed += [layer_name(layer)] if layer else []
            notes += _reported(asked, layer, subject.code, kind.side)
        inside = seen.inside(subject.code)
        notes += [one.sentence for one in seen.aside if one.code in inside]
        blocks = blocks if report.document else (*blocks, Signature(SIGNERS))
    day = in_words((today or date.today()).isoformat())
    if not report.document:
        report = replace(
            report,
            subtitle=view.name + (f"（{'，'.join(narrowed)}）" if narrowed else ""),
            left=f"填报单位（章）：{unit.short_name}",
            right=f"填报日期：{day}    {report.right}",
        )
    return replace(
        report,
        blocks=blocks,
        footnotes=(*report.footnotes, *notes),
        mark="·".join(filter(None, (report.mark, "演练" if view.mode == CampaignMode.DRILL else ""))),
    )


def _reported(asked: Question, layer: int | None, under: str, side: str) -> list[str]:
    """Whose figures are in and whose are not, within the subtree; layer one is counted by the office itself."""
    seen = asked.picture
    inside, view = seen.inside(under), seen.view
    forms = {form.code for form in view.forms if side in ("", side_of(form))}
    layers = (1, 2) if layer is None else (layer,)
    done = [overview.appraised(seen.stacks, layer=one, inside=inside, forms=forms) for one in layers]
    notes = activity.coverage_note(done, view.rule)
    for one in done:
        if one.layer == 1 and one.expected:
            notes.append(f"{layer_name(1)}：已评 {one.done} / 应评 {one.expected}。{_missing(one.open)}")
    if layer != 1:
        units = asked.covered.units
        covered = overview.Coverage(tuple(one for one in units if one.org.code in inside))
        notes.append(f"报送情况：{covered.sentence}。{_missing([u.org.short_name for u in covered.missing])}")
    return notes + _later(asked, layers, inside, forms)


def _later(
    asked: Question, layers: Sequence[int], inside: Collection[str], forms: Collection[str]
) -> list[str]:
    """People who voted later (补投), here or below: that their ballots are counted with the others, and whose are missing."""
    seen = asked.picture
    own = [one for one in seen.stacks if one.supplement and one.state != BatchState.VOID]
    came = asked.came_later

    def named(places: set[tuple[int, str, str]]) -> list[str]:
        codes = {code for layer, code, form in places if layer in layers and form in forms}
        return [o.short_name for o in seen.tree if o.code in codes and o.code in inside]

    waiting = {(one.layer, one.org_code, one.form_code) for one in own if not one.sealed}
    there = {(one.layer, one.org_code, one.form_code) for one in own} | {one[:3] for one in came}
    names, open_ = named(there - waiting), named(waiting)
    told = f"补投：{len(names)} 个单位有补投的票（{_listed(names)}），与本场的票一并计算，不单列。"
    notes = [told] if names else []
    if open_:
        said = f"{_listed(open_)}有补投票批没有封存，封存以前，有补投的评议表不计入结果。"
        notes.append(f"补投：{said}")
    return notes


def _missing(names: Sequence[str]) -> str:
    return f"尚缺：{_listed(names)}。" if names else ""


def _listed(names: Sequence[str]) -> str:
    more = f"等 {len(names)} 个单位" if len(names) > LISTED else ""
    return f"{'、'.join(names[:LISTED])}{more}"
