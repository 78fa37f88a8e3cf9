"""What is to be printed for which session, and how much of it (domain §3.14): stacks by form and voter category.

Nothing is printed for a session of which nobody knows how many people are expected: too little paper stops a meeting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import batches, printed
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, sessions, supplements
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.ledgers.meeting import attendance
from pingyi_desktop.appraisal.ledgers.meeting.attendance import Attendance
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.appraisal.people.members import Member
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken
from pingyi_desktop.appraisal.rulebook.catalogue import found as noted
from pingyi_desktop.storage.schema_people import RosterStatus

LEAST_SPARE, SPARE, OPINIONS = 2, 5, 20
"""sheets at least, and per cent of the people expected"""
MOST_PEOPLE, MOST_PERCENT, NAMED = 5_000, 100, 5
NOTHING_TOLD = Attendance(None)


@dataclass(frozen=True)
class Wish:
    """How much is to be printed.

    ``people`` expected, by voter category, where neither the session nor the ledger of meetings tells. ``spare`` ballots
    and ``opinions`` (征求意见表) are per cent of them.
    """

    people: Mapping[str, int] = field(default_factory=dict)
    spare: int = SPARE
    opinions: int = OPINIONS
    attach: bool = False
    """whether the page of 五个好 is attached to the organisation's form"""
    single: bool = False
    """whether leading cadres get a form each where they present: at layer 1"""
    later: bool = False
    """whether only the stacks of people who vote later (补投) are printed, in place of the meeting's"""


@dataclass(frozen=True)
class Stack:
    """Equal sheets: one form for one category of voters; ``people`` are expected, ``sheets`` printed.

    ``own`` ones are keyed in this file, so that the rows of a roster are fixed when it is printed.
    """

    batch_id: str
    code: str
    form: Form
    category: str
    category_name: str
    people: int
    sheets: int
    own: bool = False


@dataclass(frozen=True)
class Meeting:
    """All paper of one session; ``people`` is None while nobody knows how many are expected."""

    view: CampaignView
    session: SessionView
    org: Org
    people: int | None
    stacks: tuple[Stack, ...]
    opinions: int
    wish: Wish
    until: str = ""
    """until when those who vote later may do so; "" for the meeting's own paper"""
    period: str = ""
    """what names of files say of the campaign"""

    @property
    def sheets(self) -> int:
        """Ballots to print."""
        return sum(stack.sheets for stack in self.stacks)

    @property
    def layer_name(self) -> str:
        """The layer in words."""
        return layer_name(self.session.layer)

    @property
    def file_name(self) -> str:
        """The pack's name without an ending: layers and organisations sort as the tree does."""
        later = "-补投" if self.wish.later else ""
        return visible.file_name(
            f"{self.layer_name}-{self.org.code}-{self.org.short_name}-{self.period}{later}"
        )


def sheets_for(people: int, *, spare: int) -> int:
    """Ballots to print for so many people: ``spare`` per cent more, rounded up, and at least two."""
    return max(-(-people * (100 + spare) // 100), people + LEAST_SPARE)


def meetings(
    session: Session, *, campaign_id: str, under: str | None = None, layer: int | None = None, wish: Wish
) -> list[Meeting]:
    """Every session of the campaign under an organisation, in the tree's order; V-TPL-32 when there is none."""
    view = campaigns.show(session, campaign_id=campaign_id)
    period = campaigns.file_period(session, campaign_id=campaign_id)
    tree = {o.code: o for o in campaign_tree.tree(session, campaign_id=campaign_id, under=under)}
    held: defaultdict[tuple[int, str], list[BatchView]] = defaultdict(list)
    for batch in batches.listing(session, campaign_id=campaign_id):
        held[batch.layer, batch.org_code].append(batch)
    told = attendance.of_campaign(session, view=view)
    there = [
        (one, held[one.layer, one.org_code])
        for one in sessions.listing(session, campaign_id=campaign_id, layer=layer)
        if one.org_code in tree
    ]
    if wish.later:
        waiting = [(one, [b for b in own if b.supplement and not b.sealed]) for one, own in there]
        found = [_later(session, view, one, tree[one.org_code], own, wish) for one, own in waiting if own]
        if not found:
            raise broken("V-SUP-07")
        return [replace(one, period=period) for one in found]
    found = [
        _meeting(
            view,
            one,
            tree[one.org_code],
            [b for b in own if not b.supplement],
            wish,
            told.get((one.layer, one.org_code), NOTHING_TOLD),
        )
        for one, own in there
    ]
    if not found:
        raise broken("V-TPL-32", org=f"“{next(iter(tree.values())).short_name}”")
    return [replace(one, period=period) for one in found]


def printable(found: Sequence[Meeting]) -> list[Meeting]:
    """Those meetings whose number of people is known; V-TPL-33 when it is known of none."""
    known = [one for one in found if one.people is not None]
    if not known:
        raise broken("V-TPL-33", n=len(found), names=names(found))
    return known


def names(found: Sequence[Meeting]) -> str:
    """Some of the names, for a sentence."""
    more = "……" if len(found) > NAMED else ""
    return "、".join(one.org.short_name for one in found[:NAMED]) + more


def layout(session: Session, stack: Stack) -> Layout:
    """What is printed on the sheets of a stack."""
    return printed.laid_out(session, form=stack.form, batch_id=stack.batch_id)


def fix_rosters(session: Session, found: Sequence[Meeting], *, by: str, anew: bool = False) -> None:
    """Fix the rows of the rosters that are printed, so that the screen shows them when they are keyed.

    ``anew`` takes today's roster in place of what was printed before, where nothing is keyed yet.
    """
    rosters = [stack.batch_id for one in found for stack in one.stacks if stack.own and stack.form.is_roster]
    printed.print_rows(session, batch_ids=rosters, by=by, anew=anew)


def notes(session: Session, found: Sequence[Meeting]) -> list[Finding]:
    """V-TPL-05, rosters of several pages, and V-TPL-35, rosters that changed since they were printed."""
    listed: list[Finding] = []
    long: defaultdict[str, dict[str, Layout]] = defaultdict(dict)
    for one in found:
        for stack in (each for each in one.stacks if each.form.is_roster):
            if (paper := layout(session, stack)).pages > 1:
                long[stack.form.code][one.org.short_name] = paper
            fixed = batches.fixed_rows(session, batch_id=stack.batch_id)
            today = batches.rows_today(session, batch_id=stack.batch_id)
            if fixed and fixed != today:
                told: dict[str, Any] = {"form": stack.form.title, "before": len(fixed), "now": len(today)}
                listed.append(noted("V-TPL-35", stack.code, org=one.org.short_name, **told))
    for code, papers in long.items():
        org, most = max(papers.items(), key=lambda pair: len(pair[1].rows))
        sizes: dict[str, Any] = {
            "people": len(most.rows),
            "pages": most.pages,
            "rows": most.rows_per_page,
        }
        listed.append(noted("V-TPL-05", code, form=most.form.title, n=len(papers), org=org, **sizes))
    return listed


def presenters(session: Session, one: Meeting) -> list[Member]:
    """Leading cadres in scope who get a form each: at layer 1, where it is wished for."""
    if not one.wish.single or one.session.layer != 1:
        return []
    inside = campaign_tree.tree(session, campaign_id=one.view.id, under=one.org.code)
    everyone = members.members(session, of=[o.code for o in inside])
    return [m for m in everyone if m.is_leading_cadre and m.roster_status == RosterStatus.IN_SCOPE]


def _meeting(
    view: CampaignView, one: SessionView, org: Org, own: Sequence[BatchView], wish: Wish, told: Attendance
) -> Meeting:
    categories = dict(view.voter_categories)
    expected = _expected(one, list(categories), wish, told)
    people = sum(expected.values()) if len(expected) == len(categories) else None
    stacks = [
        _stack(view, batch, expected[batch.voter_category], wish)
        for batch in own
        if people is not None and batch.voter_category in categories
    ]
    order = list(categories)
    stacks.sort(key=lambda stack: order.index(stack.category))
    opinions = -(-(people or 0) * wish.opinions // 100)
    return Meeting(view, one, org, people, tuple(stacks), opinions, wish)


def _later(
    session: Session, view: CampaignView, one: SessionView, org: Org, own: Sequence[BatchView], wish: Wish
) -> Meeting:
    """The paper of those who vote later: their stacks only, for as many people as they were opened for."""
    stacks, until = [], ""
    for batch in own:
        known = supplements.of(session, batch_id=batch.id)
        people = 0 if known is None else known.people
        until = until if known is None else known.closes_on
        stacks.append(_stack(view, batch, people, wish))
    most = max(stack.people for stack in stacks)
    return Meeting(view, one, org, most, tuple(stacks), 0, wish, until)


def _stack(view: CampaignView, batch: BatchView, people: int, wish: Wish) -> Stack:
    return Stack(
        batch.id,
        batch.code,
        view.form(batch.form_code),
        batch.voter_category,
        batch.category_name,
        people,
        sheets_for(people, spare=wish.spare),
        batch.own and not batch.received,
    )


def _expected(one: SessionView, categories: Sequence[str], wish: Wish, told: Attendance) -> dict[str, int]:
    """People expected by category, as far as it is known: what is registered has no categories, the ledger of meetings may.

    Where it is known how many come, the one category that nobody told is the rest of them.
    """
    everyone = one.expected if one.expected is not None else told.expected
    if len(categories) == 1 and everyone is not None:
        return {categories[0]: everyone}
    known = {code: wish.people[code] for code in categories if code in wish.people}
    known |= {code: came.expected for code, came in told.came.items()}
    untold = [code for code in categories if code not in known]
    if len(untold) == 1 and everyone is not None and everyone >= sum(known.values()):
        known[untold[0]] = everyone - sum(known.values())
    return known
