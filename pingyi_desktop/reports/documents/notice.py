"""R12 群众评议结果通报: what an office tells the units below it (domain §2.8, §6.7). No unit is ranked, none with a low rate is named."""

from __future__ import annotations

from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.reports.blocks import Report, in_words
from pingyi_desktop.reports.documents import course, outcome
from pingyi_desktop.reports.documents.draft import LISTED, Writing, activity_of, document, write
from pingyi_desktop.standing.overview import Question


def build(asked: Question, layer: int | None, under: str) -> Report:
    """The draft about the organisation ``under`` and all below it, at a layer (None: both)."""
    draft = write((opening, course.held, outcome.rated, problems, wanted), asked, layer, under)
    return document("R12", "关于{}群众评议结果的通报", draft, asked, under)


def opening(writing: Writing) -> None:
    """To whom it goes: the kinds of the units below."""
    view = writing.asked.picture.view
    kinds = {one.org_type for one in writing.tree[1:]}
    listed = "、".join(name for kind, name in TYPE_NAMES.items() if kind in kinds)
    writing.draft.say(f"各{listed}：") if listed else writing.draft.ask("主送哪些单位")
    writing.draft.say(
        f"{in_words(view.start_date)}至{in_words(view.end_date)}，{writing.subject.full_name}组织开展了"
        f"{activity_of(view)}群众评议。现将结果通报如下。"
    )


def problems(writing: Writing) -> None:
    """What the masses said, and the problems that most of them name."""
    draft, asked = writing.draft, writing.asked
    draft.section("群众反映的主要问题")
    opinions = writing.added("opinion")
    found = opinion_groups.problems(asked.session, campaign_id=asked.campaign_id, under=writing.subject.code)
    merged = [one for one in found if one.number]  # what stands alone are somebody's own words
    most = sorted(merged, key=lambda one: -len(one.originals))[:LISTED]
    listed = "；".join(
        f"{one.title}（{draft.figure(f'意见：{one.title}（条）', len(one.originals), 'R08')}条）"
        for one in most
    )
    draft.say(outcome.opinion_sums(writing, opinions))
    draft.say(f"反映较多的是：{listed}。" if listed else "")
    if not listed:
        draft.ask("群众反映较多的是哪些问题")


def wanted(writing: Writing) -> None:
    """What is asked of the units, and the tables that go with it."""
    draft = writing.draft
    draft.section("工作要求")
    draft.say(outcome.mended(writing, writing.added("rectification")))
    draft.ask("整改的时限、责任单位，怎样向群众反馈")
    draft.say("附件：1.基层党组织群众评议结果汇总表（R03）；2.党员群众评议结果汇总表（R04）。")
