"""民主评议 on paper: R04B how many have which grade, R05B who in the own branch, R11B the slip for one person.

R04B has no names and is in the tree's order. R05B is restricted as R05 is. The slip tells one person about themselves and
nothing of anybody else, no average either: in a branch of two it would tell the other's figures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.grading import grade_counts, grade_sheets, steps
from pingyi_desktop.appraisal.grading.grade_counts import GradeCounts, Withheld
from pingyi_desktop.appraisal.grading.grade_sheets import GradeRow, GradeSheet
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.grades import NAMES, RATED
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.reports.blocks import (
    NOTHING,
    Block,
    Cell,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    Table,
    in_words,
)
from pingyi_desktop.reports.persons import MARK
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import CampaignMode
from pingyi_desktop.storage.schemas.grade_words import Grade

COUNTED = "注：等次由各支部的支委会或党员大会研究决定；预备党员参加评议，不评等次。不按等次排序，不排名。"
FEW = "注：“样本不足”：被评党员少于 {} 名，或者印出来就能推算出这样的单位谁是什么等次，不印各等次人数。"
COUNTS = (
    ReportColumn("序号", 9, "center"),
    ReportColumn("党组织", 60, "left"),
    ReportColumn("被评党员", 20),
    *(ReportColumn(NAMES[grade], 20) for grade in Grade),
    ReportColumn("决定日期", 30, "center"),
)
PEOPLE = (
    ReportColumn("序号", 9, "center"),
    ReportColumn("姓名", 26, "left"),
    ReportColumn("类别", 14, "center"),
    *(ReportColumn(NAMES[grade], 16, group="票数") for grade in RATED),
    ReportColumn("票面提议", 22, "center"),
    ReportColumn("研究决定", 22, "center"),
    ReportColumn("与提议不同的原因", 60, "left"),
    ReportColumn("进展", 18, "center"),
)
SIGNERS = ("书记：", "记录人：", "        年    月    日")
OWN_HANDS = ("本人签收：", "        年    月    日")


def counts(asked: Question, layer: int | None, subject: str) -> Report:
    """R04B 民主评议党员等次统计表 over a part of the tree."""
    seen = asked.picture
    inside = seen.inside(subject)
    everywhere = grade_counts.of_campaign(asked.session, campaign_id=asked.campaign_id, outside=seen.outside)
    back = grade_counts.withheld(
        asked.session,
        campaign_id=asked.campaign_id,
        found=everywhere,
        units=seen.tree,
        least=seen.view.rule.min_cell,
    )
    found = [
        one for one in everywhere if one.meeting.org_code in inside and layer in (None, one.meeting.layer)
    ]
    blocks: list[Block] = [
        _counted(found, back, subject) if found else Para("所选范围内还没有单位决定或上报等次。")
    ]
    few = any(map(back.row, found)) or back.total(found, subject)
    return Report(
        "R04B",
        "民主评议党员等次统计表",
        "",
        "",
        "单位：人",
        (*blocks, *_missing(asked, layer, inside, found)),
        (COUNTED, FEW.format(seen.view.rule.min_cell)) if few else (COUNTED,),
        landscape=True,
    )


def _counted(found: Sequence[GradeCounts], back: Withheld, subject: str) -> Table:
    def cells(one: dict[Grade, int], *, hidden: bool) -> tuple[Cell, ...]:
        shown = (TOO_FEW, *(NOTHING,) * (len(Grade) - 1)) if hidden else [one[grade] for grade in Grade]
        return (sum(one.values()), *shown)

    rows = [
        Row((n, one.meeting.org_name, *cells(one.counts, hidden=back.row(one)), in_words(one.decided_on)))
        for n, one in enumerate(found, 1)
    ]
    sums = cells(grade_counts.added(found), hidden=back.total(found, subject))
    return Table(COUNTS, (*rows, Row(("", "合计", *sums, ""), "total")))


def _missing(
    asked: Question, layer: int | None, inside: set[str], found: Sequence[GradeCounts]
) -> Iterator[Block]:
    """Units whose ballots on such a form are planned and whose grades are not here."""
    seen = asked.picture
    forms = {form.code for form in seen.view.forms if grades.rating(form) is not None}
    here = {(one.meeting.org_code, one.form_code) for one in found}
    wanted = dict.fromkeys(
        (stack.org_code, stack.form_code, stack.org_name)
        for stack in seen.stacks
        if stack.form_code in forms and stack.org_code in inside and layer in (None, stack.layer)
    )
    missing = [name for code, form, name in wanted if (code, form) not in here]
    if missing:
        more = "……" if len(missing) > MOST else ""
        yield Para(f"还有 {len(missing)} 个单位没有等次：{'、'.join(missing[:MOST])}{more}。")


MOST = 12


def people(asked: Question, _layer: int | None, subject: str) -> Report:
    """R05B 民主评议党员等次登记表: everybody of the own branch, with proposal and decision."""
    one = asked.picture.find(subject)
    blocks: list[Block] = []
    for sheet in grade_sheets.of_org(asked.session, campaign_id=asked.campaign_id, org_code=subject):
        decided = next((row for row in sheet.rows if row.final is not None), None)
        said = "还没有研究决定。"
        if decided is not None:
            said = f"{decided.decided_by}于{in_words(decided.decided_on)}研究决定。"
        blocks += [
            Heading(sheet.form.title),
            Para(f"被评党员 {len(sheet.rows)} 名，优秀名额 {sheet.limit} 名。{said}"),
            Table(PEOPLE, tuple(Row((n, *_person(sheet, row))) for n, row in enumerate(sheet.rows, 1))),
            *(Para(finding.sentence) for finding in grade_sheets.moved(sheet)),
        ]
    return Report(
        "R05B",
        "民主评议党员等次登记表",
        one.full_name,
        "",
        "单位：票",
        (*blocks, Signature(SIGNERS)),
        (PROPOSED, "注：本表为内部资料，不得外传、不得张贴；按评议表上的次序排列，不排名。"),
        landscape=True,
        mark=MARK,
    )


PROPOSED = (
    "注：票面提议是过半数的票达到的最高等次，过半数票选不合格的才提议不合格；提议优秀的超过名额时，取优秀票多的，"
    "最后一名并列的都不提议优秀。提议只供研究时参考。"
)


def _person(sheet: GradeSheet, row: GradeRow) -> tuple[Cell, ...]:
    marks: tuple[Cell, ...] = (None,) * len(RATED) if sheet.hidden else row.marks
    return (
        row.name,
        "预备" if row.probationary else "正式",
        *marks,
        NOTHING if row.proposed is None else NAMES[row.proposed],
        "" if row.final is None else NAMES[row.final],
        row.reason,
        steps.NAMES[row.state],
    )


def slips(
    session: Session, *, view: CampaignView, sheet: GradeSheet, numbers: Collection[str], today: date, by: str
) -> dict[str, Report]:
    """R11B of these people (none named: everybody), by file name; that they were printed stands in the journal.

    V-GRD-14 for a number that is not on the paper, V-GRD-01 for somebody whose grade is not decided.
    """
    if unknown := set(numbers) - {row.number for row in sheet.rows}:
        raise broken("V-GRD-14", number=min(unknown))
    wanted = [row for row in sheet.rows if not numbers or row.number in numbers]
    for row in wanted:
        if row.final is None:
            raise broken("V-GRD-01", name=row.name)
    detail: dict[str, object] = {"form": sheet.form.code, "members": [row.number for row in wanted]}
    journal.record(session, act="印告知单", subject=sheet.meeting.org_code, by=by, detail=detail)
    return {
        visible.file_name(f"告知单-{row.number}-{row.name}"): _slip(view, sheet, row, today=today)
        for row in wanted
    }


def _slip(view: CampaignView, sheet: GradeSheet, row: GradeRow, *, today: date) -> Report:
    """R11B 民主评议结果告知单 of one person."""
    held = in_words(sheet.meeting.held_on) if sheet.meeting.held_on else None
    blocks: list[Block] = [
        Facts(
            (
                ("姓名", row.name),
                ("所在党组织", sheet.meeting.org_name),
                ("评议时间", held),
                ("评议等次", NOTHING if row.final is None else NAMES[row.final]),
                ("研究决定", row.decided_by),
                ("决定日期", in_words(row.decided_on) if row.decided_on else None),
            ),
            across=2,
        ),
        Heading("本人得票"),
        _own_marks(sheet, row),
        Para("本人意见："),
        Para(" "),
        Signature(OWN_HANDS),
    ]
    return Report(
        "R11B",
        "民主评议党员结果告知单",
        view.name,
        "",
        f"日期：{in_words(today.isoformat())}",
        tuple(blocks),
        ("注：本单只告知本人，只有本人的结果；一式两份，一份交本人，一份签收后由支部存档。",),
        mark="演练" if view.mode == CampaignMode.DRILL else "",
    )


def _own_marks(sheet: GradeSheet, row: GradeRow) -> Block:
    if row.probationary:
        return Para("预备党员参加评议，不评定等次。")
    if sheet.hidden:
        return Para(f"{TOO_FEW}：有效票太少，不印票数。")
    columns = tuple(ReportColumn(NAMES[grade], 30, "center") for grade in RATED)
    return Table(columns, (Row(row.marks),))
