"""How a campaign grades its members (民主评议): the share of 优秀 and what travels upward; chosen before publishing.

The definition says it only where it is not as usual, so that what earlier editions published reads as before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session, select

from pingyi_desktop.appraisal.campaign import campaign_forms
from pingyi_desktop.appraisal.campaign import definition as definitions
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.grades import USUAL, Grading
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import Campaign, CampaignForm, CampaignStatus

KEY = "grading"


def of(session: Session, *, campaign_id: str) -> Grading:
    """The campaign's way of grading: of a published one as its definition says."""
    row = session.get_one(Campaign, campaign_id)
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
    campaign.grading = campaign_forms.canonical(vars(made)) if made != USUAL else None
    session.add(campaign)
    session.flush()
    word(session, campaign_id=campaign_id)
    detail: dict[str, object] = {KEY: vars(made)}
    journal.record(session, act="修改活动", subject=campaign.name, by=by, detail=detail)
    return made


def word(session: Session, *, campaign_id: str) -> None:
    """Put the campaign's quota into the instructions of its forms, in the place of any other that the program brings."""
    made = of(session, campaign_id=campaign_id)
    ours = {
        replace(made, share=share, probationary_counted=c).sentence
        for share in grades.SHARES
        for c in (True, False)
    }
    for row in session.exec(select(CampaignForm).where(CampaignForm.campaign_id == campaign_id)):
        document: dict[str, Any] = json.loads(row.document)
        said = [made.sentence if one in ours else one for one in document["instructions"]]
        if said != document["instructions"]:
            row.document = campaign_forms.canonical(document | {"instructions": said})
            session.add(row)
    session.flush()


def published(campaign: Campaign) -> dict[str, Any]:
    """What of it goes into a definition: nothing when it is as usual."""
    return {KEY: json.loads(campaign.grading)} if campaign.grading else {}


def taken(document: Mapping[str, Any]) -> str | None:
    """What a campaign keeps of a definition that it takes over."""
    found = document.get(KEY)
    return None if found is None else campaign_forms.canonical(vars(grades.read(found)))
