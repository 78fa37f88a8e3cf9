"""低满意率项目: sealed counts propose what is to be put right (domain §4.9), and what nobody has taken up is said.

Below the rule's lower line an item has to be taken up, below the upper one it should be. Rates are counted from sealed
batches; of whom nothing may be printed nothing is proposed. No rate is written into the ledger: it would stay there, and
travel, when it is withheld later, of itself or because it would tell another. A row's rate is asked for when it is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaign_tree, results, sessions
from pingyi_desktop.appraisal.campaign.results import ItemResult, OrgResult
from pingyi_desktop.appraisal.ledgers import catalog, counting, edits, plans, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schemas.rectify import RectifyKind, RectifySource, RectifyState

_ORIGIN = re.compile(r"(.+)\.(\w+)@([12])")


@dataclass(frozen=True)
class Proposal:
    """An item of an organisation below a line; ``origin`` names it in the ledger, ``must`` says below the lower one."""

    org: str
    org_name: str
    origin: str
    text: str
    satisfied: int
    denominator: int
    rate: str
    must: bool

    @property
    def finding(self) -> Finding:
        """V-RCT-09, or 14 when it has to be taken up."""
        code = "V-RCT-14" if self.must else "V-RCT-09"
        return found(code, self.org, org=self.org_name, item=self.text, rate=self.rate)


def proposals(session: Session, *, campaign_id: str, under: str = "") -> list[Proposal]:
    """What is below a line and in no ledger yet, in the order of the tree."""
    counted = results.read(session, campaign_id=campaign_id)
    listed = rows.listing(session, catalog.ledger("rectification"), Asked(campaign_id, ""))
    above = counting.parents(session, campaign_id=campaign_id)
    named = {(row.org, str(row.values["unit"] or row.org), row.values["origin"]) for row in listed}
    taken = {(unit, origin) for org, unit, origin in named if counting.speaks_for(org, unit, above)}
    found_low = [
        one
        for number in (1, 2)
        for form in counted.view.forms
        for result in counted.by_org(layer=number, form_code=form.code, under=under or None)
        for one in _below(result, counted.view.rule)
        if (one.org, one.origin) not in taken
    ]
    return sorted(found_low, key=lambda one: one.org)


def sentence(found_low: Sequence[Proposal]) -> str:
    """How many there are, in one line."""
    must, orgs = sum(one.must for one in found_low), len({one.org for one in found_low})
    return (
        f"低满意率项目 {len(found_low)} 个，涉及 {orgs} 个组织"
        f"（须整改 {must} 个，建议整改 {len(found_low) - must} 个）"
    )


def standing(session: Session, row: Row, *, campaign_id: str) -> str:
    """The rate that a row came from as it stands now, in a sentence; "" of a row from elsewhere."""
    place = _ORIGIN.fullmatch(str(row.values["origin"]))
    if row.values["source_kind"] != RectifySource.LOW_RATING or place is None:
        return ""
    form, number, layer = place.groups()
    counted = results.read(session, campaign_id=campaign_id)
    if form not in {one.code for one in counted.view.forms}:
        return ""
    of = row.values["unit"] or row.org
    listed = counted.by_org(layer=int(layer), form_code=form)
    items = (
        item for one in listed if one.org.code == of for item in one.result.items if item.item.no == number
    )
    item = next(items, None)
    if item is None:
        return "满意率现在没有：这张表没有封存的票。"
    if item.hidden:
        return f"满意率现在不显示：{tallies.TOO_FEW}。"
    return f"满意率现在是 {item.rate.text}%（{item.satisfied}/{item.denominator}）。"


def register(
    session: Session, *, campaign_id: str, wanted: Sequence[Proposal], today: str, by: str, reason: str = ""
) -> edits.Before:
    """Write proposals, one act: of the own unit, and of those entered by proxy, as theirs; of any other as an order for it.

    V-RCT-15 when there is none to write.
    """
    ledger = catalog.ledger("rectification")
    own = campaign_tree.own_unit(session, campaign_id=campaign_id).code
    here = {own} | sessions.proxied(session, campaign_id=campaign_id)
    told = [_line(one, today, own="" if one.org in here else own) for one in wanted]
    lines = tuple(Line("低满意率项目", number, texts) for number, texts in enumerate(told, 1))
    if not lines:
        raise broken("V-RCT-15")
    sheet = plans.LedgerSheet("低满意率项目", lines)
    made = plans.plan(session, ledger, campaign_id=campaign_id, sheet=sheet, today=today)
    findings.check(made.findings, reason=reason)
    return plans.apply(session, made, by=by, reason=reason)


def _line(one: Proposal, today: str, *, own: str) -> dict[str, str]:
    """A row of the unit, or (``own``) an order of this office for it."""
    return {
        plans.ORG: own or one.org,
        "unit": one.org if own else "",
        "problem": f"{one.org_name if own else ''}“{one.text}”满意率偏低",
        "source_kind": RectifySource.LOW_RATING,
        "origin": one.origin,
        "kind": RectifyKind.PLANNED,
        "raised_on": today,
        "status": RectifyState.REGISTERED,
    }


def _below(one: OrgResult, rule: Rule) -> Iterator[Proposal]:
    for item in one.result.items:
        if _under(item, rule.good_rate):
            yield Proposal(
                one.org.code,
                one.org.short_name,
                f"{one.result.form.code}.{item.item.no}@{one.layer}",
                item.item.short_text,
                item.satisfied,
                item.denominator,
                item.rate.text,
                _under(item, rule.low_rate),
            )


def _under(item: ItemResult, line: int) -> bool:
    return item.denominator > 0 and 100 * item.satisfied < line * item.denominator
