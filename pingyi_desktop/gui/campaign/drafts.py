"""What the form of a draft says, put into the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns, gradings


def keep_draft(session: Session, *, chosen: str | None, values: Mapping[str, Any], by: str) -> str:
    """Store what the form says as a new draft, or in the chosen one; gives its id."""
    told = {key: value for key, value in values.items() if key not in ("elements", "grading")}
    elements: Mapping[str, Any] = values["elements"]
    if chosen:
        campaigns.change(session, campaign_id=chosen, by=by, **told, **elements)
    known = chosen or campaigns.new(session, by=by, elements=elements, **told)
    gradings.choose(session, campaign_id=known, by=by, **values["grading"])
    return known
