"""What the page of the campaigns shows: every campaign with its sessions, and what is to be done in the one at work."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.standing.overview import NextStep, Question


@dataclass(frozen=True)
class Listed:
    """The campaigns, the published ones' sessions, this file's unit, and the campaign at work with its next step."""

    campaigns: list[CampaignView]
    sessions: dict[str, list[SessionView]]
    unit: str
    at_work: str = ""
    step: NextStep | None = None


def read(session: Session, *, chosen: str) -> Listed:
    """Every campaign of the file with its sessions; at work is the chosen one."""
    found = campaigns.all_campaigns(session)
    planned = {v.id: sessions.listing(session, campaign_id=v.id) for v in found if v.published}
    first = campaigns.at_work_id(session, chosen=chosen) if found else ""
    step = Question(session, first).next_step if first in planned else None
    return Listed(found, planned, org.own_unit(session).code, first, step)
