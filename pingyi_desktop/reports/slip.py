"""R06 评议结果报告单 (T-RESULT): one organisation's session, signed on paper where it was counted (domain §5.20).

Batches of one form that differ in the voters' category are pooled; their sheets are shown one by one as well.

The k-rule holds here too: too few ballots, or a row that would tell another's, print how many ballots there are and not
how they are marked. The sheet of this file's own unit is hidden only for the first reason, as it is signed by those who
counted it: what is printed of others is decided with that row printed (``results``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlmodel import Session

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.batches import corrections, quality
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import supplements, weighing
from pingyi_desktop.appraisal.campaign.results import Counted, FormResult, ItemResult
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.ledgers.meeting import attendance
from pingyi_desktop.appraisal.ledgers.meeting.attendance import Attendance
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW, rate
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.reports.blocks import (
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
from pingyi_desktop.standing import earlier
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.visible import with_percent

WAITING = "还有补投票批没有封存，封存以前不出有补投的评议表的结果。"
SIGNERS = ("监票人：", "计票人：", "主持人：", "        年    月    日")
CATEGORY_COLUMNS = ("印制", "发出", "收回", "有效", "空白", "废票")
SHEET = ("printed", "issued", "returned", "valid", "blank", "void")
AGAIN_COLUMNS = (
    ReportColumn("评议内容", 60, "left"),
    *(ReportColumn(title, 30, "center") for title in ("原场次满意率", "本场满意率", "相差（百分点）")),
)


def build(asked: Question, layer: int | None, subject: str) -> Report:
    """The slip of the organisation's session at the layer; with no layer given, of every one it has counts for."""
    session, seen = asked.session, asked.picture
    view, one = seen.view, seen.find(subject)
    if subject in seen.outside:
        raise broken("V-CHK-28", org=one.short_name, code=subject, most=bounds.MOST)
    stacks = [batch for batch in seen.stacks if batch.org_code == subject and batch.sealed]
    blocks: list[Block] = []
    told = attendance.of_campaign(session, view=view) if len(view.voter_categories) > 1 else {}
    for meeting in seen.meetings:
        place = (meeting.layer, meeting.org_code)
        if layer not in (None, meeting.layer):
            continue
        own = [batch for batch in stacks if batch.layer == meeting.layer]
        if meeting.org_code == subject and own:
            found = _results(asked.counted, subject, own)
            blocks += [Heading(layer_name(meeting.layer)), _facts(meeting, view.rule)]
            if len(found) < len({batch.form_code for batch in own}):
                blocks.append(Para(WAITING))
            for result in found:
                alike = [b for b in own if b.form_code == result.form.code]
                blocks += [
                    *_form(view.rule, result, alike, _later(asked, meeting, result), told.get(place)),
                    *_measured_again(asked, meeting, result),
                    *_how_counted(session, alike, hidden=result.hidden),
                ]
    if not blocks:
        raise broken("V-CHK-27", org=one.short_name, what="结果报告单")
    return Report(
        "R06",
        "群众评议结果报告单",
        one.full_name,
        "",
        "单位：张、%",
        (
            *blocks,
            Para(f"经监票人核对，收回票数不多于发出票数，本次测评有效。余票 {_left(stacks)} 张已封存。"),
            Signature(SIGNERS),
        ),
        ("注：本单打印后由监票人、计票人、主持人签字，随原始票一并封存。",),
    )


def _measured_again(asked: Question, meeting: SessionView, result: FormResult) -> list[Block]:
    """补课后再测: what the voided session of before had, beside what this one has."""
    if meeting.received or not (day := earlier.day(asked.session, session_id=meeting.id)):
        return []
    said: list[Block] = [Para(f"本场为重新测评：{in_words(day)}的原场次已作废，不计入。")]
    changes = earlier.changes(asked.session, asked.counted, session_id=meeting.id, now=result)
    return [*said, Table(AGAIN_COLUMNS, tuple(Row(tuple(one)) for one in changes))] if changes else said


def _later(asked: Question, meeting: SessionView, result: FormResult) -> int:
    """People who voted later in a session from below; those of our own have stacks of their own."""
    came = supplements.received(asked.session, campaign_id=asked.campaign_id) if meeting.received else ()
    place = (meeting.layer, meeting.org_code, result.form.code)
    return sum(one.people for one in came if one[:3] == place)


def _results(counted: Counted, subject: str, stacks: Sequence[BatchView]) -> list[FormResult]:
    """The organisation's own result on each of the forms it has sealed, in the campaign's order."""
    found = []
    for code in dict.fromkeys(batch.form_code for batch in stacks):
        listed = counted.by_org(layer=stacks[0].layer, form_code=code, under=subject)
        found += [row.result for row in listed if row.org.code == subject]
    return found


def _form(
    rule: Rule, result: FormResult, stacks: Sequence[BatchView], came: int, told: Attendance | None
) -> list[Block]:
    """One form of a session; ``came`` are people who voted later in a session from below, ``told`` who came at all."""
    found: list[Block] = [Heading(result.form.title), _figures(result, rule)]
    if len({batch.voter_category for batch in stacks}) > 1:
        found.append(_categories(stacks, told))
    later = [batch for batch in stacks if batch.supplement]
    if later:
        returned = sum(batch.returned or 0 for batch in later)
        found.append(Para(f"其中补投票批 {len(later)} 个，收回 {returned} 张，与本场的票一并计算，不单列。"))
    if came:
        found.append(Para(f"其中有 {came} 人补投，与本场的票一并计算，不单列。"))
    if result.hidden:
        return [*found, Para(_few(rule))]
    if result.form.is_roster:
        found.append(Para(_roster(stacks)))
    for _, items in groupby(result.items, key=lambda item: item.item.scale):
        found.append(_items(list(items), rated=not result.form.is_roster))
    if rule.scores and not result.form.is_roster:
        found.append(Para(f"满意度得分（各题平均）：{weighing.mean_points(result)}。"))
    return found


def _roster(stacks: Sequence[BatchView]) -> str:
    """What the sums of a roster form are: marks on many people, so no share of theirs is anybody's rate."""
    people = "、".join(dict.fromkeys(str(b.persons) for b in stacks))
    return (
        f"本表是名册式：一张票评 {people} 人，下面是各人的票加在一起的人次，不是满意率。"
        "每个人的结果另见“党员个人评议结果表”（R05，内部资料）。"
    )


def _few(rule: Rule) -> str:
    return (
        f"{TOO_FEW}：有效票少于 {rule.min_cell} 张，或者印出来就能推算出别的单位少于 {rule.min_cell} 张的票是怎样填的，"
        "所以不印各档票数和满意率；票数照常计入上级汇总。"
    )


def _facts(meeting: SessionView, rule: Rule) -> Facts:
    attendance = rate(meeting.actual or 0, meeting.expected or 0, rule=rule).text
    return Facts(
        (
            ("评议时间", in_words(meeting.held_on) if meeting.held_on else None),
            ("应到", meeting.expected),
            ("实到", meeting.actual),
            ("到会率", with_percent(attendance)),
            ("自我介绍", meeting.self_introduced),
            ("汇报", meeting.oral_reports),
        )
    )


def _figures(result: FormResult, rule: Rule) -> Facts:
    figures = result.figures
    return Facts(
        (
            ("印制", figures.printed),
            ("发出", figures.issued),
            ("收回", figures.returned),
            ("有效", figures.valid),
            ("空白（弃权）", figures.blank),
            ("废票", figures.void),
            ("回收率", with_percent(rate(figures.returned, figures.issued, rule=rule).text)),
            ("有效率", with_percent(rate(figures.valid, figures.returned, rule=rule).text)),
            ("余票", figures.printed - figures.issued),
        ),
        across=4 if rule.digits > 1 else 5,  # 100.00% needs the room
    )


def _left(stacks: Sequence[BatchView]) -> int:
    return sum((b.printed or 0) - (b.issued or 0) for b in stacks)


def _how_counted(session: Session, stacks: Sequence[BatchView], *, hidden: bool) -> list[Block]:
    """Who signed, how the entry was checked, and what a correction changed after the seal."""
    found: list[Block] = []
    for batch in stacks:
        if batch.received:
            continue
        who = f"{batch.category_name}：" if len(stacks) > 1 else ""
        checked = quality.checked(session, batch_id=batch.id)
        signed = f"计票人：{batch.tellers}；监票人：{batch.scrutineers}。" if batch.tellers else ""
        found.append(Para(f"{who}录入核对：{checked}{signed}"))
        for one in corrections.listing(session, batch_id=batch.id) if batch.corrections else ():
            told = one.changes if hidden else (*one.changes, *one.cells)
            changes = "；".join(told) or "更正后票数没有变化"
            found.append(
                Para(
                    f"{who}更正（第 {one.number} 次）：{one.reason}。{changes}。"
                    f"申请人：{one.applicant}；监票人：{one.scrutineer}。"
                )
            )
    return found


def _categories(stacks: Sequence[BatchView], told: Attendance | None) -> Table:
    """The control sheets of each category of voters, and who came of it; those who voted later stand with the others.

    Never alone: a blank or void ballot of one person's own stack would be that person's.
    """
    known, rows = bool(told and told.came), []
    for code in dict.fromkeys(b.voter_category for b in stacks):
        those = [b for b in stacks if b.voter_category == code]
        name = next((b.category_name for b in those if not b.supplement), those[0].category_name)
        sums = (sum(getattr(b, key) or 0 for b in those) for key in SHEET)
        came = told.of(code) if told else None
        rows.append(Row((name, *((came or (None, None)) if known else ()), *sums)))
    titles = (*(("应到", "实到") if known else ()), *CATEGORY_COLUMNS)
    columns = (ReportColumn("身份类别", 40, "left"), *(ReportColumn(title, 20) for title in titles))
    return Table(columns, tuple(rows))


def _items(items: Sequence[ItemResult], *, rated: bool) -> Table:
    """Items of one scale: marks and share of every option, then what was not a mark, then the rate.

    Of a roster form (not ``rated``) the marks only.
    """
    labels = [option.label for option in items[0].item.scale.options]
    pair = (("票", 8), ("率", 11)) if rated else (("人次", 19),)
    columns = (
        ReportColumn("项", 10, "center"),
        ReportColumn("评议内容", 60, "left"),
        *(ReportColumn(title, width, group=label) for label in labels for title, width in pair),
        *(ReportColumn(title, 9) for title in ("未填", "多选", "难辨")),
        *((ReportColumn("满意率", 14),) if rated else ()),
        *((ReportColumn("得分", 14),) if rated and items[0].rule.scores else ()),
    )
    rows = []
    for one in items:
        shared: list[Cell] = [
            cell for pair in zip(one.counts.options, one.shares, strict=True) for cell in pair
        ]
        marks = shared if rated else one.counts.options
        tail: list[Cell] = [
            one.counts.blank,
            one.counts.multi,
            one.counts.illegible,
            *([one.shown] if rated else []),
        ]
        tail += [weighing.points(one)] if rated and one.rule.scores else []
        number = "总体" if one.item.kind == "OVERALL" else one.item.no
        rows.append(Row((number, one.item.text, *marks, *tail)))
    return Table(columns, tuple(rows))
