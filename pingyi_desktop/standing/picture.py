"""One campaign as the file holds it, read once for one question and passed along, so that nothing is asked twice.

A picture is as true as the transaction it was read in: it belongs to one answer, and nobody keeps it for the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, outsized, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.outsized import SetAside
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import IssuedTask


@dataclass(frozen=True)
class Picture:
    """A campaign with its tree (``own`` is the code of this file's unit), its sessions and its batches in order.

    ``proxied`` are the units entered here (由本级代录), ``aside`` those beyond all bounds, which count nowhere.
    """

    row: Campaign
    view: CampaignView
    own: str
    tree: Sequence[Org]
    proxied: frozenset[str]
    meetings: Sequence[SessionView]
    stacks: Sequence[BatchView]
    aside: Sequence[SetAside]

    @property
    def unit(self) -> Org:
        """The unit whose file this is, as the campaign names it."""
        return self.find(self.own)

    @property
    def outside(self) -> frozenset[str]:
        """Codes of the units that count nowhere."""
        return frozenset(one.code for one in self.aside)

    def find(self, code: str) -> Org:
        """The unit with this code; an unknown one is refused (V-ORG-21)."""
        return campaign_tree.pick(self.tree, code)

    def below(self, under: str | None = None) -> Sequence[Org]:
        """That unit and all below it; with None the whole tree of this file."""
        return self.tree if under is None else campaign_tree.below(self.tree, under)

    def inside(self, under: str | None = None) -> set[str]:
        """Codes of the same."""
        return {o.code for o in self.below(under)}


def read(
    session: Session,
    *,
    campaign_id: str,
    own: str = "",
    tasks: Sequence[IssuedTask] | None = None,
    ids: Iterable[tuple[str, str]] | None = None,
) -> Picture:
    """The picture of a campaign: as many statements for four hundred units as for four.

    ``own`` is the code of this file's unit, ``tasks`` are those of every campaign, ``ids`` those of every unit by its
    code, when they were read already.
    """
    row = session.get_one(Campaign, campaign_id)
    own = own or session.exec(select(DataFile.unit_code)).one()
    view = campaigns.view_of(session, row)
    tree = campaign_tree.of(session, campaign=row, own=own, ids=ids)
    proxied = sessions.proxied(session, campaign_id=campaign_id, tasks=tasks)
    meetings = sessions.of(session, campaign_id=campaign_id, unit=own, units=tree, entered_here=proxied)
    stacks = batches.of(session, view=view, meetings=meetings)
    aside = outsized.units(session, campaign_id=campaign_id)
    return Picture(row, view, own, tree, proxied, meetings, stacks, aside)
