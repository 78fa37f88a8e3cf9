"""What lies on the table of an appraisal meeting besides the ballots: control slip, result slip, agenda, host's script.

Figures that nobody knows yet are left as room to write; what is registered is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.layout import Layout
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
from pingyi_desktop.reports.paper.plan import Meeting, Stack
from pingyi_desktop.storage.schema_campaign import CampaignMode
from pingyi_desktop.storage.schema_people import OrgType

ROOM = "＿＿＿"
DATE = "      年    月    日"
LATE = "补投的票单独投入票箱、单独清点、单独封装；截止以后收到的票不算数。"
TWO_TICKS = {
    "ITEM_VOID": "这一项作废",
    "LOWEST": "这一项按其中最低的一档计",
    "BALLOT_VOID": "整张表作废",
}
"""what the host says of them, by the counting rule, as the forms do (``shaping.instructed``)"""
SIGNED = ("监票人：", "计票人：", "主持人：", DATE)
CONTROL = (
    ReportColumn("评议表", 60, "left"),
    ReportColumn("印制", 14),
    ReportColumn("发出", 17),
    ReportColumn("收回", 17),
    ReportColumn("余票", 17),
    ReportColumn("票批码", 55, "left"),
)
AGENDA = (
    ReportColumn("序号", 12, "center"),
    ReportColumn("议程", 120, "left"),
    ReportColumn("负责人", 28, "left"),
    ReportColumn("用时", 20),
)
STEPS = (
    ("清点人数，报告应到、实到人数", "主持人"),
    ("通过监票人、计票人（各两名以上，不由被评议人担任）", "主持人"),
    ("{report}", "负责人"),
    ("{members}", "党员"),
    ("讲解填写办法", "主持人"),
    ("当场启封、分发评议表，报告发出张数，封存余票", "监票人"),
    ("无记名填写，投入票箱", "全体参评人员"),
    ("清点收回张数，宣布测评是否有效", "监票人"),
    ("验票、唱票、画“正”字计票，两人核对", "计票人"),
    ("监票人、计票人、主持人在结果报告单上签字", "主持人"),
    ("领导点评，负责人表态", "到会领导"),
    ("评议表和计票表封存，散会", "监票人"),
)


def control_slip(meeting: Meeting, stacks: Sequence[Stack]) -> Report:
    """发表清点单, on top of the stacks of one voter category."""
    rows = tuple(Row((one.form.title, one.sheets, "", "", "", one.code)) for one in stacks)
    first = stacks[0]
    facts: tuple[tuple[str, Cell], ...] = (
        ("参评人员类别", first.category_name),
        ("应参评", first.people),
        ("补投截止", in_words(meeting.until)) if meeting.until else ("实到", ""),
    )
    return _report(
        meeting,
        "发表清点单",
        (
            Facts(facts),
            Table(CONTROL, rows),
            Para("一人领取以上各表一份。余票＝印制－发出；余票当场封存，收回的票不得多于发出的票。"),
            Para("本单放在这一类评议表的最上面，发表、收表时由监票人填写。"),
            *((Para(LATE),) if meeting.until else ()),
            Signature(("发表人：", "监票人：", DATE)),
        ),
    )


def result_slip(meeting: Meeting, layouts: Sequence[tuple[Stack, Layout]]) -> Report:
    """评议结果报告单 with empty cells, one table for each form; to be signed where the votes are counted."""
    session = meeting.session
    facts: tuple[tuple[str, Cell], ...] = (
        ("评议时间", in_words(session.held_on) if session.held_on else ""),
        ("应到", meeting.people),
        ("实到", ""),
    )
    blocks: list[Block] = [Facts(facts)]
    for stack, layout in layouts:
        category = "" if len(meeting.view.voter_categories) == 1 else f"（{stack.category_name}）"
        blocks += [
            Heading(f"{stack.form.title}{category}"),
            Facts(
                (("印制", stack.sheets), *((name, "") for name in ("发出", "收回", "有效", "空白", "废票"))),
                across=6,
            ),
            *_results(layout),
        ]
    ending = f"经监票人核对，收回票数{ROOM}多于发出票数，本次测评{ROOM}效。余票{ROOM}张已封存。"
    return _report(meeting, "群众评议结果报告单", (*blocks, Para(ending), Signature(SIGNED)))


def agenda(meeting: Meeting) -> Report:
    """R16 议程."""
    rows = tuple(Row((n, text, who, "")) for n, (text, who) in enumerate(_steps(meeting), 1))
    facts = (("时间", _when(meeting)), ("地点", ""), ("主持人", ""))
    return _report(meeting, "群众评议会议程", (Facts(facts), Table(AGENDA, rows)))


def script(meeting: Meeting) -> Report:
    """R16 主持词: what the host says, step by step, with room for the figures."""
    forms = list(dict.fromkeys(stack.form.title for stack in meeting.stacks))
    sheets = "、".join(f"《{title}》" for title in forms)
    people = meeting.people if meeting.people is not None else ROOM
    each = {1: "每人一张表", 2: "一人两表"}.get(len(forms), f"每人 {len(forms)} 张表")
    said = [
        f"同志们：现在召开{meeting.org.short_name}{meeting.view.activity}活动群众评议会。",
        f"今天应到 {people} 人，实到{ROOM}人。会议按议程进行。",
        f"下面，{_reporting(meeting)}。（报告）",
        f"下面，{_presenting(meeting)}。（汇报）",
    ]
    if meeting.stacks:
        said += [
            f"下面进行测评。先通过监票人、计票人名单：监票人{ROOM}{ROOM}，计票人{ROOM}{ROOM}。（通过）",
            f"现在讲解填写办法。{each}：{sheets}。评议表不记名，请如实填写；每项只选一个等次，在方框内打“√”，"
            f"选两个以上的{TWO_TICKS[meeting.view.rule.multi_mark]}，不选的视为弃权；请不要署名，不要作其他记号。",
            f"现在分发评议表。（监票人启封、分发）本次发出评议表{ROOM}份，余票当场封存。请填写。（填写、投票）",
            f"现在清点收回的评议表。（清点）发出{ROOM}份，收回{ROOM}份，收回的不多于发出的，测评有效。（多于的无效）",
            "现在验票、唱票、计票。（计票完毕，监票人、计票人签字）",
            "测评结果由党组织掌握，按要求反馈。",
        ]
    else:
        said.append("下面请围绕党组织和党员开展活动的情况提意见和建议。（座谈，记录人记录）")
    said += [
        "下面请领导点评。（点评）",
        f"下面请{meeting.org.short_name}负责人作表态发言。（表态）",
        "散会。",
    ]
    return _report(meeting, "群众评议会主持词", tuple(Para(f"    {text}") for text in said))


def _steps(meeting: Meeting) -> list[tuple[str, str]]:
    """The agenda for this kind of organisation; a meeting without ballots has no ballots to hand out or count."""
    fill = {"report": _reporting(meeting), "members": _presenting(meeting)}
    steps = [(text.format(**fill), who) for text, who in STEPS]
    return steps if meeting.stacks else [steps[0], *steps[2:4], ("座谈，听取意见和建议", "全体"), steps[10]]


def _reporting(meeting: Meeting) -> str:
    return f"{meeting.org.short_name}负责人报告活动开展和承诺兑现情况"


def _presenting(meeting: Meeting) -> str:
    if meeting.org.org_type == OrgType.BRANCH:
        return "党员逐一汇报参加活动、践行承诺情况，党员互评"
    return "党员代表、党员领导干部汇报履职和承诺情况"


def _results(layout: Layout) -> Iterator[Table]:
    """Rows to write figures in; items of another scale stand in a table of their own, under its options."""
    cells = [(row, item) for row in range(len(layout.rows)) for item in range(layout.items_per_row)]
    for labels, alike in groupby(cells, key=lambda cell: layout.options(*cell)):
        columns = (
            ReportColumn("项", 12, "center"),
            ReportColumn("评议内容", 60, "left"),
            *(ReportColumn(label, max(9, 72 // len(labels))) for label in labels),
            *(ReportColumn(title, 10) for title in ("未填", "多选", "难辨")),
            *(() if grades.graded(layout.form) else (ReportColumn("满意率", 16),)),
        )
        yield Table(columns, tuple(_result(layout, *cell, width=len(columns) - 2) for cell in alike))


def _result(layout: Layout, row: int, item: int, *, width: int) -> Row:
    caption, form = layout.rows[row], layout.form
    whose = f"{caption}　{form.items[item].short_text}" if form.is_roster else caption
    number = layout.numbered(row) if item == 0 else ""
    return Row((number, whose, *((NOTHING if row in layout.unrated else "",) * width)))


def _when(meeting: Meeting) -> str:
    return in_words(meeting.session.held_on) if meeting.session.held_on else DATE


def _report(meeting: Meeting, title: str, blocks: tuple[Block, ...]) -> Report:
    mark = "演练" if meeting.view.mode == CampaignMode.DRILL else ""
    return Report("", title, meeting.view.name, meeting.org.full_name, meeting.layer_name, blocks, mark=mark)
