"""How a campaign grades its members (民主评议): the share of 优秀 and what travels upward; chosen before publishing.

The definition says it only where it is not as usual, so that what earlier editions published reads as before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaign_forms
from pingyi_desktop.appraisal.campaign import definition as definitions
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.grades import USUAL, Grading
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import Campaign, CampaignStatus

KEY = "grading"


def of(session: Session, *, campaign_id: str) -> Grading:
    """The campaign's way of grading: of a published one as its definition says."""
    return read(session.get_one(Campaign, campaign_id))


def read(row: Campaign) -> Grading:
    """The same of a row that was read already."""
    if row.definition is not None:
        return grades.read(definitions.read(row.definition).get(KEY, {}))
    return grades.read(json.loads(row.grading or "{}"))


def choose(
    session: Session,
    *,
    campaign_id: str,
    by: str,
    share: str | None = None,
    probationary_counted: bool | None = None,
    names: bool | None = None,
) -> Grading:
    """Change what is given of a draft's grading, and the sentence its forms print; V-GRD-30, V-GRD-31."""
    campaign = session.get_one(Campaign, campaign_id)
    if campaign.status != CampaignStatus.DRAFT:
        raise broken("V-GRD-31")
    given = {"share": share, "probationary_counted": probationary_counted, "names": names}
    before = of(session, campaign_id=campaign_id)
    made = grades.read(vars(before) | {key: value for key, value in given.items() if value is not None})
    if made == before:
        return made
    campaign.grading = campaign_forms.canonical(vars(made)) if made != USUAL else None
    session.add(campaign)
    session.flush()
    campaign_forms.choose(session, of=campaign, codes=None, places=None, shapes=None)
    detail: dict[str, object] = {KEY: vars(made)}
    journal.record(session, act="修改活动", subject=campaign.name, by=by, detail=detail)
    return made


def published(campaign: Campaign) -> dict[str, Any]:
    """What of it goes into a definition: nothing when it is as usual."""
    return {KEY: json.loads(campaign.grading)} if campaign.grading else {}


def taken(document: Mapping[str, Any]) -> str | None:
    """What a campaign keeps of a definition that it takes over."""
    found = document.get(KEY)
    return None if found is None else campaign_forms.canonical(vars(grades.read(found)))
