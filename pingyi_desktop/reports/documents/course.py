"""The first half of a work summary: what the appraisal rests on, how it was prepared and held, what was done well."""

from __future__ import annotations

from collections import Counter

from pingyi_desktop.appraisal.ledgers.ledger import Row as LedgerRow
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.tallies import Figures
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.reports import activity
from pingyi_desktop.reports.activity import Whole
from pingyi_desktop.reports.blocks import in_words
from pingyi_desktop.reports.documents.draft import Writing, activity_of, said_most
from pingyi_desktop.standing import overview
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.schemas.duties import BasisKind, DutyBody
from pingyi_desktop.storage.schemas.meetings import MeetingKind
from pingyi_desktop.visible import with_percent

PAPERS = {"ORG": "组织评议表", "MEMBER": "党员评议表"}
ABOVE, ELSEWHERE, BELOW = "公司层面", "上级层面", "基层层面"
"""what a document calls the two layers: the first by whose it is, in the company's own documents and in those of others"""
FIVE = ("结合年度总结", "结合活动开展", "结合整改落实", "结合年度考核", "结合长效机制")


def opening(writing: Writing) -> None:
    view = writing.asked.picture.view
    above = [one for one in _documents(writing) if one.values["kind"] == BasisKind.SUPERIOR]
    basis = f"根据{above[0].texts['issuer']}{_titled(above[0])}要求，" if above else ""
    writing.draft.say(
        f"{basis}{writing.subject.full_name}于{in_words(view.start_date)}至{in_words(view.end_date)}"
        f"组织开展了{activity_of(view)}群众评议。现将有关情况报告如下。"
    )


def _documents(writing: Writing) -> list[LedgerRow]:
    """Basis documents of the subject's own."""
    return [one for one in writing.listing("basis_document") if one.org == writing.subject.code]


def _titled(document: LedgerRow) -> str:
    number = document.texts["doc_no"]
    return f"《{document.texts['title'].strip('《》')}》" + (f"（{number}）" if number else "")


def prepared(writing: Writing) -> None:
    draft = writing.draft
    draft.section("组织部署情况")
    own = [_titled(one) for one in _documents(writing) if one.values["kind"] == BasisKind.OWN]
    duty = [one for one in writing.listing("duty_post") if one.org == writing.subject.code]
    teams = {one.texts["team"] for one in duty if one.values["body"] == DutyBody.REVIEW}
    leading = any(one.values["body"] == DutyBody.LEADING for one in duty)
    groups = f"{draft.figure('评议小组（个）', len(teams), 'R14C')}个评议小组" if teams else ""
    bodies = [one for one in ("领导小组" if leading else "", groups) if one]
    looked = writing.added("inspection").rows
    kickoffs = writing.meetings(MeetingKind.KICKOFF)
    told = [
        f"印发{'、'.join(own)}，对群众评议作出部署。" if own else "",
        f"成立{'和'.join(bodies)}。" if bodies else "",
        f"召开部署会{draft.figure('部署会（次）', kickoffs, 'R17B 已开的')}次。" if kickoffs else "",
        f"组织检查指导{draft.figure('检查指导（次）', looked, 'R14D 附注')}次。" if looked else "",
    ]
    draft.say(*told)
    if not any(told):
        draft.ask("印发了什么文件，成立了什么机构，怎样部署")


def held(writing: Writing) -> None:
    draft, seen = writing.draft, writing.asked.picture
    draft.section("评议开展情况")
    inside = {o.code for o in writing.tree}
    told = False
    for layer in writing.layers:
        found = [one for one in overview.activity(seen, layer) if one.org_code in inside]
        sums = activity.whole(writing.tree, found) if found else None
        if sums is not None and sums.appraisal_meetings + sums.forums:
            alone = {one.org_code for one in found} == {writing.subject.code}
            (_at_layer_one if layer == 1 else _at_layer_two)(writing, sums, alone=alone)
            told = True
    if not told:
        draft.ask("评议会、座谈会还没有登记")


def _at_layer_one(writing: Writing, sums: Whole, *, alone: bool) -> None:
    """What the office above did in each unit; ``alone``: it is told of that unit only."""
    draft, source = writing.draft, "R02 层面一小计"
    many = draft.figure("层面一评议会（次）", sums.appraisal_meetings + sums.forums, source)
    where = "上级到本单位召开评议会" if alone else "到所属基层党组织召开评议会"
    office = writing.subject.org_type == OrgType.COMPANY_COMMITTEE
    draft.say(
        f"{ABOVE if office else ELSEWHERE}。{where}{many}次{_people(writing, sums, '层面一', source)}，",
        f"{_papers(writing, sums, '层面一', source)}。",
        _reported(writing, sums, source),
    )


def _reported(writing: Writing, sums: Whole, source: str) -> str:
    if not sums.oral_reports:
        return ""
    many = writing.draft.figure("层面一党员、党员领导干部汇报（名）", sums.oral_reports, source)
    return f"{many}名党员、党员领导干部汇报了履职和承诺情况。"


def _at_layer_two(writing: Writing, sums: Whole, *, alone: bool) -> None:
    """What organisations did themselves, how many of them, and who presented what was promised."""
    draft, source = writing.draft, "R02 层面二小计"
    began, who = "" if alone else f"{BELOW}。", "" if alone else _below(writing)
    many = draft.figure("层面二评议会、座谈会（次）", sums.appraisal_meetings + sums.forums, source)
    draft.say(
        f"{began}{who}共召开评议会、座谈会{many}次{_people(writing, sums, '层面二', source)}，",
        f"{_papers(writing, sums, '层面二', source)}。",
        _introduced(writing, sums, source),
    )


def _below(writing: Writing) -> str:
    """How many organisations of each kind there are below, and how many of all were appraised; nothing when there are none."""
    draft = writing.draft
    kinds = Counter(one.org_type for one in writing.tree[1:] if one.in_scope)
    below = "、".join(
        f"{draft.figure(f'所属{TYPE_NAMES[kind]}（个）', kinds[kind], '评议范围')}个{TYPE_NAMES[kind]}"
        for kind in TYPE_NAMES
        if kinds[kind]
    )
    if not below:
        return ""
    done = overview.appraised(
        writing.asked.picture.stacks,
        layer=2,
        inside={o.code for o in writing.tree},
        forms={form.code for form in writing.asked.picture.view.forms},
    )
    rate = tallies.rate(done.done, done.expected, rule=writing.asked.picture.view.rule).text
    covered = draft.figure("组织评议覆盖率", with_percent(rate), "R02 附注")
    return f"所属{below}开展群众评议，组织评议覆盖率为{covered}；"


def _people(writing: Writing, sums: Whole, name: str, source: str) -> str:
    if not sums.actual:
        return ""
    return f"，{writing.draft.figure(f'{name}党员和群众参加（人）', sums.actual, source)}名党员和群众参加"


def _papers(writing: Writing, sums: Whole, name: str, source: str) -> str:
    """Papers of each kind that went out, came back and are valid; what share came back."""
    rule, said = writing.asked.picture.view.rule, []
    for side, figures in (("ORG", sums.org_forms), ("MEMBER", sums.member_forms)):
        if figures == Figures():
            continue
        paper = PAPERS[side]
        issued, back, valid = (
            writing.draft.figure(f"{name}{paper}{word}（份）", number, source)
            for word, number in (
                ("发放", figures.issued),
                ("收回", figures.returned),
                ("有效", figures.valid),
            )
        )
        share = with_percent(tallies.rate(figures.returned, figures.issued, rule=rule).text)
        back_rate = writing.draft.figure(f"{name}{paper}回收率", share, "收回÷发放")
        said.append(f"发放{paper}{issued}份、收回{back}份、有效{valid}份，回收率{back_rate}")
    return "；".join(said) or "评议表还没有封存"


def _introduced(writing: Writing, sums: Whole, source: str) -> str:
    """Members who presented themselves, and those who reported in words: some of these only where they are not more."""
    draft, rule, said = writing.draft, writing.asked.picture.view.rule, list[str]()
    introduced, reported = sums.self_introduced or 0, sums.oral_reports or 0
    if introduced:
        said.append(f"{draft.figure('层面二自我介绍（名）', introduced, source)}名党员作了自我介绍")
    if reported:
        among = "其中" if introduced >= reported else ""
        said.append(f"{among}口头汇报{draft.figure('层面二口头汇报（名）', reported, source)}名")
        share = activity.share(reported, sums.members, rule)
        if share[0].isdigit():
            part = draft.figure("层面二口头汇报占党员的比例", with_percent(share), source)
            said.append(f"占党员的{part}")
    return f"{'，'.join(said)}。" if said else ""


def practice(writing: Writing) -> None:
    """What was done well: inspections say it, people have to choose and to write."""
    draft = writing.draft
    draft.section("主要做法")
    for title in FIVE:
        draft.ask(f"{title}的做法和成效，不需要的删去")
    good = said_most(writing.inspections, "good")
    draft.say(f"【供选用，检查指导记录里好的方面（单位、姓名请删去）：{'；'.join(good)}】" if good else "")
