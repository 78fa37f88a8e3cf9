"""grades: 民主评议 from the ballots' proposal to the signature of the person, and the slips that tell it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, gradings
from pingyi_desktop.appraisal.grading import grade_acts, grade_counts, grade_sheets, steps
from pingyi_desktop.appraisal.grading.grade_counts import GradeCounts, Withheld
from pingyi_desktop.appraisal.grading.grade_sheets import BODIES, GradeSheet
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.grades import NAMES
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import UserError
from pingyi_desktop.render.pdf import render_each
from pingyi_desktop.reports import grades as printed
from pingyi_desktop.storage.schemas.grade_words import Grade

_BODIES = {name: body for body, name in BODIES.items()}
_WORDS = {name: grade for grade, name in NAMES.items()}


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    below = edge.family(parsers, "grades", TEXTS["grades"])
    parser = edge.verb(below, "show", "查看票面提议和已决定的等次；下级的只看各等次人数", show)
    parser.add_argument("--org", metavar="CODE", help="看哪个组织（默认本单位）")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    _add_decide(edge.verb(below, "decide", "登记支委会或党员大会研究决定的等次", decide))
    for name, meaning, day, run in (
        ("tell", "登记已把结果告知本人", "告知日期", tell),
        ("sign", "登记本人已签收", "签收日期", sign),
    ):
        parser = edge.verb(below, name, meaning, run)
        parser.add_argument("--on", type=parsing.day, required=True, metavar="日期", help=day)
        _takes_people(parser)
        edge.takes_by(parser)
    parser = edge.verb(below, "back", "撤回最近一步：签收、告知或决定", back)
    _takes_people(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "slips", "印结果告知单，一人一个 PDF，只有本人的结果", slips)
    parser.add_argument("--out", metavar="DIR", type=parsing.folder, required=True, help="写到哪个文件夹")
    _takes_people(parser)
    edge.takes_by(parser)
    _add_rule(edge.verb(below, "rule", "还没发布的活动：优秀名额的比例、上报等次时附不附姓名", rule))


def _takes_sheet(parser: Parser) -> None:
    parser.add_argument("--org", metavar="CODE", help="哪个组织（默认本单位）")
    parser.add_argument("--form", metavar="代码", help="哪张测评表（只有一张时不用写）")
    edge.takes_campaign(parser)


def _takes_people(parser: Parser) -> None:
    parser.add_argument(
        "--member", action="append", default=[], metavar="编号", help="哪名党员，可写多次（默认所有可以办的）"
    )
    _takes_sheet(parser)


def _add_decide(parser: Parser) -> None:
    parser.add_argument(
        "--body", choices=sorted(_BODIES), required=True, help="由谁研究决定：支委会，或者党员大会"
    )
    parser.add_argument("--on", type=parsing.day, required=True, metavar="日期", help="决定日期")
    parser.add_argument(
        "--grade",
        action="append",
        default=[],
        metavar="编号=等次",
        help="与票面提议不同的，可写多次（默认都按提议）",
    )
    parser.add_argument(
        "--why", action="append", default=[], metavar="编号=原因", help="为什么与票面提议不同，可写多次"
    )
    edge.takes_reason(parser)
    _takes_sheet(parser)
    edge.takes_by(parser)


def _add_rule(parser: Parser) -> None:
    parser.add_argument("--share", choices=sorted(grades.SHARES), help="优秀名额占党员总数的比例（默认 1/3）")
    parser.add_argument(
        "--probationary",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="算名额时党员总数含不含预备党员（默认含）",
    )
    parser.add_argument(
        "--names",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="上报等次时附不附姓名（默认只报人数）",
    )
    edge.takes_campaign(parser)
    edge.takes_by(parser)


def show(arguments: argparse.Namespace) -> None:
    """pingyi grades show"""
    with edge.reading(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        code = arguments.org or campaign_tree.own_unit(session, campaign_id=view.id).code
        inside = {o.code for o in campaign_tree.tree(session, campaign_id=view.id, under=code)}
        listed = grade_sheets.sheets(session, campaign_id=view.id)
        own = [one for one in listed if one.meeting.org_code == code]
        counted = grade_counts.of_campaign(session, campaign_id=view.id)
        below = [one for one in counted if one.meeting.org_code in inside]
        back = grade_counts.withheld(
            session,
            campaign_id=view.id,
            found=counted,
            units=campaign_tree.tree(session, campaign_id=view.id),
            least=view.rule.min_cell,
        )
        named = {one.meeting.id: grade_counts.names(session, session_id=one.meeting.id) for one in below}
    if arguments.json:
        sheets = [_sheet_facts(one) for one in own]
        edge.facts(
            {"sheets": sheets, "counts": [_count_facts(one, named[one.meeting.id], back) for one in below]}
        )
        return
    for sheet in own:
        _show_sheet(sheet)
    header = ("代码", "名称", "被评", *NAMES.values(), "决定日期")
    rows = [
        (one.meeting.org_code, one.meeting.org_name, one.listed, *_shown(one, back), one.decided_on)
        for one in below
    ]
    edge.show_table(header, rows)
    for people in named.values():
        if people:
            edge.show_table(
                ("编号", "姓名", "等次"), [(no, name, NAMES[grade]) for no, name, grade in people]
            )


def _shown(one: GradeCounts, back: Withheld) -> list[int | str]:
    """How many have which grade, as far as it is shown."""
    return [TOO_FEW if back.row(one) else many for many in one.counts.values()]


def _count_facts(
    one: GradeCounts, people: Sequence[tuple[str, str, Grade]], back: Withheld
) -> dict[str, object]:
    return {
        "org": one.meeting.org_code,
        "form": one.form_code,
        "listed": one.listed,
        "counts": None if back.row(one) else {grade.value: many for grade, many in one.counts.items()},
        "decided_on": one.decided_on,
        "names": [dict(zip(("number", "name", "grade"), person, strict=True)) for person in people],
    }


def _show_sheet(sheet: GradeSheet) -> None:
    edge.say(f"{sheet.meeting.org_name} {sheet.form.title}：优秀名额 {sheet.limit} 名")
    header = ("编号", "姓名", *[NAMES[grade] for grade in grades.RATED], "提议", "决定", "进展", "原因")
    rows = [
        (
            row.number,
            row.name,
            *(["—"] * len(row.marks) if sheet.hidden else row.marks),
            "—" if row.proposed is None else NAMES[row.proposed],
            "" if row.final is None else NAMES[row.final],
            steps.NAMES[row.state],
            row.reason,
        )
        for row in sheet.rows
    ]
    edge.show_table(header, rows)
    edge.show_findings(grade_sheets.moved(sheet))


def _sheet_facts(sheet: GradeSheet) -> dict[str, object]:
    return {
        "org": sheet.meeting.org_code,
        "form": sheet.form.code,
        "limit": sheet.limit,
        "hidden": sheet.hidden,
        "ready": sheet.ready,
        "members": [{**vars(row), "marks": None if sheet.hidden else row.marks} for row in sheet.rows],
    }


def decide(arguments: argparse.Namespace) -> None:
    """pingyi grades decide"""
    chosen = {number: _grade(word) for number, word in map(_pair, arguments.grade)}
    with edge.acting(arguments.file) as session:
        sheet = _sheet(session, arguments)
        told = grade_acts.decide(
            session,
            sheet=sheet,
            body=_BODIES[arguments.body],
            decided_on=arguments.on,
            today=date.today(),
            by=arguments.by,
            chosen=chosen,
            reasons=dict(map(_pair, arguments.why)),
            reason=arguments.reason,
        )
        counts = _sheet(session, arguments).counts
    edge.show_findings(told)
    said = "，".join(f"{NAMES[grade]} {many} 名" for grade, many in counts.items())
    edge.say(f"“{sheet.meeting.org_name}”的等次已登记：{said}。")


def tell(arguments: argparse.Namespace) -> None:
    """pingyi grades tell"""
    with edge.acting(arguments.file) as session:
        many = grade_acts.tell(
            session,
            sheet=_sheet(session, arguments),
            told_on=arguments.on,
            today=date.today(),
            by=arguments.by,
            numbers=arguments.member,
        )
    edge.say(f"已登记告知 {len(many)} 人。")


def sign(arguments: argparse.Namespace) -> None:
    """pingyi grades sign"""
    with edge.acting(arguments.file) as session:
        many = grade_acts.acknowledge(
            session,
            sheet=_sheet(session, arguments),
            acknowledged_on=arguments.on,
            today=date.today(),
            by=arguments.by,
            numbers=arguments.member,
        )
    edge.say(f"已登记 {len(many)} 人签收。")


def back(arguments: argparse.Namespace) -> None:
    """pingyi grades back"""
    with edge.acting(arguments.file) as session:
        sheet = _sheet(session, arguments)
        many = grade_acts.take_back(session, sheet=sheet, by=arguments.by, numbers=arguments.member)
    edge.say(f"已撤回 {len(many)} 人的最近一步。")


def slips(arguments: argparse.Namespace) -> None:
    """pingyi grades slips"""
    out: Path = arguments.out
    with edge.acting(arguments.file) as session:
        made = printed.slips(
            session,
            view=edge.campaign_of(session, arguments),
            sheet=_sheet(session, arguments),
            numbers=arguments.member,
            today=date.today(),
            by=arguments.by,
        )
        render_each(made, edge.folder(out))
    edge.say(f"印了 {len(made)} 份告知单：{out}。只交给本人。")


def rule(arguments: argparse.Namespace) -> None:
    """pingyi grades rule"""
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments, campaigns.in_preparation)
        made = gradings.choose(
            session,
            campaign_id=view.id,
            by=arguments.by,
            share=arguments.share,
            probationary_counted=arguments.probationary,
            names=arguments.names,
        )
    travels = "附姓名" if made.names else "只报人数"
    edge.say(f"{made.sentence}等次上报时{travels}。")


def _sheet(session: Session, arguments: argparse.Namespace) -> GradeSheet:
    """The sheet that is meant; a sentence when it is not clear which."""
    view = edge.campaign_of(session, arguments)
    code = arguments.org or campaign_tree.own_unit(session, campaign_id=view.id).code
    found = [
        one
        for one in grade_sheets.of_org(session, campaign_id=view.id, org_code=code)
        if arguments.form in (None, one.form.code)
    ]
    if len(found) != 1:
        codes = "、".join(one.form.code for one in found)
        raise UserError(
            f"请用 --form 写明是哪张测评表：{codes}。" if codes else f"没有测评表“{arguments.form}”。"
        )
    return found[0]


def _pair(text: str) -> tuple[str, str]:
    number, sign_, value = text.partition("=")
    if not sign_ or not number.strip() or not value.strip():
        raise UserError(f"“{text[:40]}”请写成 编号=内容 的样子。")
    return number.strip(), value.strip()


def _grade(word: str) -> Grade:
    if word not in _WORDS:
        raise broken("V-GRD-32", word=word[:20], offered="、".join(_WORDS))
    return _WORDS[word]
