"""The ledgers of the fictional company: promises of every member, deeds of every branch, with the published totals.

They are made, not stored: each total is spread evenly over the members or branches in their order, so that the same
company always has the same rows. Nothing here is about a real person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import catalog, plans, rows
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.demo import company, meetings, opinions, posts, rectifications
from pingyi_desktop.demo.company import Company
from pingyi_desktop.demo.spreading import Rows, branches, shares, spread

TODAY, DUE, REASON = "2025-12-01", "2025-12-20", "演示数据，照纸面台账补登"
PROMISES = {"SERVE": 2723, "EXCEL": 2716, "LEARN": 2675, "COMPLY": 2671, "UPRIGHT": 2645}
"""commitments by 五带头: 13,430"""
KEPT = {"FULFILLED": 13_207, "IN_PROGRESS": 183, "NOT_FULFILLED": 40}
DEEDS = {"PRACTICAL": 347, "GOOD": 346, "DIFFICULT": 346}
"""deeds by kind: 1,039"""
MONEY = ("629 万元", "1 亿元", "200 余万元")
"""the amounts that were published; the other deeds name none"""
_CONTENT = {
    "SERVE": "每月联系 3 户困难职工，帮助解决一件实际困难",
    "EXCEL": "本岗位任务全年按期完成，设备完好率不低于 98%",
    "LEARN": "每周学习不少于 2 小时，全年写 4 篇学习体会",
    "COMPLY": "全年无违章，每月查改一处安全隐患",
    "UPRIGHT": "参加两次志愿服务，带动身边一名青工",
}
_TITLES = {
    "PRACTICAL": "修整职工浴室和更衣柜",
    "GOOD": "组织义务巡诊和家电维修",
    "DIFFICULT": "为困难职工家庭送煤送药到户",
}
OWN_WAY = ("meeting", "inspection")
"""ledgers of which the company writes other rows as well, or about committees that the short demo does not have"""
BELOW = ("self_review", "leader_comment")
"""what stays with the units: the company never sees it"""
_UNITS = ("PERSONS", "HOUSEHOLDS", "TIMES")


def keep(session: Session, *, campaign_id: str, org: str, by: str) -> int:
    """Write a unit's ledgers into its file as an import of two sheets would; returns how many rows."""
    written = 0
    here = rows.names(session, campaign_id=campaign_id, people=()).orgs
    for key, made in everything().items():
        kept = [texts for texts in made.get(org, ()) if texts.get("subject", org) in here]
        lines = tuple(Line("演示", number, texts) for number, texts in enumerate(kept, 1))
        if lines:
            sheet = plans.LedgerSheet("演示", lines)
            plan = plans.plan(session, catalog.ledger(key), campaign_id=campaign_id, sheet=sheet, today=TODAY)
            plans.apply(session, plan, by=by, reason=REASON)
            written += len(plan.written)
    return written


def agreeing(session: Session, *, campaign_id: str, shown: Company) -> Iterator[tuple[str, bool]]:
    """What each ledger adds up to at the top, and whether it is what was spread over the units shown."""
    inside = {o.code for o in shown.orgs}
    yield from meetings.agreeing(session, campaign_id=campaign_id, shown=shown)
    for key, made in everything().items():
        ledger = catalog.ledger(key)
        if key in (*OWN_WAY, *BELOW):
            continue
        figures = rows.figures(session, ledger, rows.Asked(campaign_id, TODAY))
        wanted = [texts for org, listed in made.items() if org in inside for texts in listed]
        agrees = figures.rows == len(wanted)
        for one in figures.added:
            if one.total.by and not one.total.of:
                counted = {
                    code: sum(texts[one.total.by] == code for texts in wanted) for code, *_ in one.parts
                }
                agrees = agrees and counted == {code: many for code, _, many in one.parts}
        yield f"{ledger.title}：{'；'.join(figures.sentences)}", agrees
        if key == "opinion":
            yield opinions.agreeing(session, campaign_id=campaign_id, wanted=wanted)
    told = everything()["opinion"]
    yield from rectifications.agreeing(session, campaign_id=campaign_id, told=told, shown=shown)


@cache
def everything() -> Mapping[str, Rows]:
    """The rows of the whole company, by ledger and branch."""
    whole = company.load()
    told, top = opinions.opinions(whole), whole.orgs[0].code
    return {
        "basis_document": meetings.basis(top),
        "duty_post": meetings.duties(whole, top),
        "inspection": meetings.inspections(whole, top),
        "meeting": meetings.meetings(whole),
        "presentation": meetings.presentations(whole),
        "self_review": meetings.reviews(whole),
        "leader_comment": meetings.comments(whole),
        "commitment": _commitments(whole),
        "deed": _deeds(whole),
        "solicitation": opinions.solicitations(told),
        "opinion": told,
        "post": posts.posts(whole),
        "post_rating": posts.ratings(whole),
        "rectification": rectifications.items(told),
    }


def _commitments(whole: Company) -> Rows:
    kinds, states = spread(PROMISES), spread(KEPT)
    found: dict[str, list[Mapping[str, str]]] = {}
    for member, many in zip(whole.members, shares(sum(PROMISES.values()), len(whole.members)), strict=True):
        for _ in range(many):
            category, status = next(kinds), next(states)
            listed = found.setdefault(member.branch, [])
            listed.append(
                {
                    "member": member.no,
                    "category": category,
                    "content": f"{_CONTENT[category]}（第 {len(listed) + 1} 项）",
                    "measures": "列入月度计划，每月自查一次",
                    "due_on": DUE,
                    "status": status,
                    "unfulfilled_reason": "岗位调整，转下年办理" if status == "NOT_FULFILLED" else "",
                }
            )
    return found


def _deeds(whole: Company) -> Rows:
    units = branches(whole)
    kinds, amounts = spread(DEEDS), iter(MONEY)
    found: dict[str, list[Mapping[str, str]]] = {}
    for number, (code, many) in enumerate(zip(units, shares(sum(DEEDS.values()), len(units)), strict=True)):
        for place in range(many):
            kind = next(kinds)
            found.setdefault(code, []).append(
                {
                    "title": f"{_TITLES[kind]}（第 {place + 1} 件）",
                    "kind": kind,
                    "beneficiaries": str(20 + (number * 7 + place) % 60),
                    "beneficiary_unit": _UNITS[(number + place) % 3],
                    "amount": next(amounts, "") if place == 0 else "",
                    "done_on": f"2025-1{place % 2}-{1 + number % 28:02d}",
                    "responsible": "支部委员会",
                }
            )
    return found
