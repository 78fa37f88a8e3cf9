"""Everything for one session in the order in which it is used, as one print job; and R28, the list of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import groupby
from typing import Protocol

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.paper import forms, shaping
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.reports.blocks import Block, Para, Report, ReportColumn, Row, Table, in_words, printed
from pingyi_desktop.reports.drawn import DrawnPage, Pack, PrintedSheet
from pingyi_desktop.reports.paper import ballot, meeting, opinion, plan, tally
from pingyi_desktop.reports.paper.ballot import Head
from pingyi_desktop.reports.paper.plan import Meeting, Stack
from pingyi_desktop.storage.schema_campaign import CampaignMode

TALLIES, RESULTS = 2, 2
"""copies of the tally sheets and of the result slip (domain §3.14)"""
MANIFEST = "R28-印制清单"
SAMPLE_ROWS = tuple(f"某党员{n}" for n in range(1, 13))


def build(session: Session, one: Meeting) -> Pack:
    """Agenda and script, the stacks by voter category each under its control slip, tally sheets, result slip, opinions."""
    sheets = []
    if not one.wish.later:
        sheets += [
            PrintedSheet("议程", 1, meeting.agenda(one)),
            PrintedSheet("主持词", 1, meeting.script(one)),
        ]
    mark = "演练" if one.view.mode == CampaignMode.DRILL else ""
    layouts = [(stack, plan.layout(session, stack)) for stack in one.stacks]
    for _, alike in groupby(layouts, key=lambda pair: pair[0].category):
        stacks = list(alike)
        sheets.append(
            PrintedSheet("发表清点单", 1, meeting.control_slip(one, [stack for stack, _ in stacks]))
        )
        for stack, layout in stacks:
            sheets.append(PrintedSheet(stack.form.title, stack.sheets, _ballot(one, stack, layout, mark)))
        sheets += _singles(session, one, stacks[0][0], mark)
    for stack, layout in layouts:
        drawn = tally.pages(
            layout,
            org=one.org.short_name,
            category=stack.category_name,
            code=stack.code,
            people=stack.people,
            mark=mark,
        )
        sheets.append(PrintedSheet("计票表", TALLIES, drawn))
    if layouts:
        sheets.append(PrintedSheet("结果报告单", RESULTS, meeting.result_slip(one, layouts)))
    if one.opinions:
        sheets.append(PrintedSheet("征求意见表", one.opinions, (opinion.page(one),)))
    return Pack(f"{one.org.short_name}评议表（{one.layer_name}）", one.file_name, tuple(sheets))


def sample(form: Form, *, people: str) -> Pack:
    """One sheet of a form that nobody has been asked to fill in yet, for looking at while it is shaped."""
    rows = SAMPLE_ROWS if form.is_roster else tuple(item.text for item in form.items)
    whom = "被评议党组织" if form.subject_kind == "ORG" else "评议范围"
    head = Head(f"{whom}：（党组织名称）", "", people, "发布后印出", "样张")
    return Pack(
        f"{form.title}样张",
        f"{form.code}-样张",
        (PrintedSheet(form.title, 1, ballot.pages(Layout(form, rows), head)),),
    )


def _ballot(one: Meeting, stack: Stack, layout: Layout, mark: str) -> tuple[DrawnPage, ...]:
    """A sheet of the stack, with the page of 五个好 behind an organisation's form where that is wished for."""
    head = _head(one, stack, mark)
    made = ballot.pages(layout, head)
    if one.wish.attach and stack.form.subject_kind == "ORG":
        made += ballot.pages(_layout(_by_hand(one, forms.FIVE_GOOD)), head)
    return made


def _singles(session: Session, one: Meeting, stack: Stack, mark: str) -> Iterator[PrintedSheet]:
    """A form for each person who presents, for the voters of the stack, and a tally sheet: these are counted by hand."""
    form = _by_hand(one, forms.SINGLE)
    layout = _layout(form)
    code = batches.batch_code(one.session.layer, one.org.code, form.code, form.version, stack.category)
    for member in plan.presenters(session, one):
        name = printed(member.display_name)
        duty = f"　　职务：{printed(member.party_duty)}" if member.party_duty else ""
        head = replace(_head(one, stack, mark), subject=f"被评议人：{name}{duty}", code=code)
        yield PrintedSheet(form.title, stack.sheets, ballot.pages(layout, head))
        about = f"{one.org.short_name}　{name}"
        drawn = tally.pages(
            layout, org=about, category=stack.category_name, code=code, people=stack.people, mark=mark
        )
        yield PrintedSheet("计票表", TALLIES, drawn)


def _by_hand(one: Meeting, code: str) -> Form:
    """A form that is counted by hand; of two ticks it says what the campaign's other forms say."""
    form = forms.print_only(code, activity=one.view.activity)
    document = shaping.instructed({"instructions": form.instructions}, one.view.rule.multi_mark)
    return replace(form, instructions=tuple(document["instructions"]))


def _layout(form: Form) -> Layout:
    return Layout(form, tuple(item.text for item in form.items))


Printed = tuple[Meeting, int, AbstractSet[str]]
"""a session, the pages of its pack, and the characters in it that no font has"""


class Figures(Protocol):
    """What is known of a pack once it is rendered."""

    @property
    def pages(self) -> int:
        """Pages, copies included."""

    @property
    def missing(self) -> AbstractSet[str]:
        """Characters that no font has."""


def paired(printed: Sequence[Meeting], figures: Sequence[Figures]) -> list[Printed]:
    """Sessions with what came of their packs."""
    return [(one, made.pages, made.missing) for one, made in zip(printed, figures, strict=True)]


def manifest(done: Sequence[Printed], left: Sequence[Meeting], *, day: str) -> Report:
    """R28 印制清单: sheets and pages of each pack; ``left`` were not printed."""
    view = done[0][0].view
    codes = [form.code for form in view.forms]
    columns = (
        ReportColumn("序号", 10, "center"),
        ReportColumn("层面", 14, "center"),
        ReportColumn("党组织", 56, "left"),
        ReportColumn("应参评", 14),
        *(ReportColumn(code, 18, group="评议表（张）") for code in codes),
        ReportColumn("征求\n意见表", 16),
        ReportColumn("总页数", 16),
    )
    rows = [Row((n, *_line(one, pages, codes))) for n, (one, pages, _) in enumerate(done, 1)]
    sums = [sum(int(row.cells[at] or 0) for row in rows) for at in range(3, len(columns))]
    rows.append(Row(("", "", "合计", *sums), "total"))
    sheets = sum(one.sheets for one, _, _ in done)
    blocks: list[Block] = [
        Para(
            f"共 {len(done)} 个场次，印评议表 {sheets} 张，另有征求意见表、计票表、清点单、报告单等，总计 {sums[-1]} 页。"
        ),
        Table(columns, tuple(rows)),
    ]
    if left:
        blocks.append(Para(said_of_left(left)))
    blocks += [Para(said_of_missing(one, missing)) for one, _, missing in done if missing]
    return Report(
        "R28",
        "印制清单",
        view.name,
        f"单位：{view.office_name}",
        f"印表日期：{in_words(day)}",
        tuple(blocks),
        (
            f"注：评议表数＝应参评人数加备用，每种不少于应参评人数加 {plan.LEAST_SPARE} 张。",
            f"注：{'；'.join(f'{form.code}《{form.title}》' for form in view.forms)}。",
        ),
        mark="演练" if view.mode == CampaignMode.DRILL else "",
    )


def said_of_missing(one: Meeting, characters: AbstractSet[str]) -> str:
    """A sentence about characters that no font has, and what is printed in their place."""
    listed = "、".join(f"〔U+{ord(character):X}〕" for character in sorted(characters))
    return f"“{one.org.short_name}”的表上有生僻字字体里没有，印成了{listed}，请在纸上手写补正。"


def said_of_left(left: Sequence[Meeting]) -> str:
    """A sentence about sessions that were not printed."""
    return f"有 {len(left)} 个场次不知道应参评多少人，没有印：{plan.names(left)}。"


def _line(one: Meeting, pages: int, codes: Sequence[str]) -> tuple[str | int, ...]:
    sheets = [sum(stack.sheets for stack in one.stacks if stack.form.code == code) for code in codes]
    return (one.layer_name, printed(one.org.short_name), one.people or 0, *sheets, one.opinions, pages)


def _head(one: Meeting, stack: Stack, mark: str) -> Head:
    roster = stack.form.subject_kind != "ORG"
    subject = f"{'评议范围' if roster else '被评议党组织'}：{one.org.short_name}"
    if roster and one.session.members:
        subject += f"全体党员（{one.session.members} 名）"
    elif roster:
        subject += "全体党员"
    held_on = in_words(one.session.held_on) if one.session.held_on else ""
    return Head(subject, held_on, stack.category_name, stack.code, mark)
