"""Which campaigns a person can choose between: every published one of the file, each in words that tell it apart."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import at_work, campaigns
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView


class Choices(NamedTuple):
    """(id, words) of each campaign, newest first, and the id of the one at work ("" while nothing is published)."""

    listed: tuple[tuple[str, str], ...]
    at_work: str


def choices(session: Session) -> Choices:
    """Current, earlier and drills; a draft is nothing to work in yet."""
    known = [one for one in at_work.newest_first(session) if one.published]
    views = [campaigns.show(session, campaign_id=one.id) for one in known]
    often = Counter(map(_words, views))
    listed = tuple(
        (view.id, _words(view) + (_days(view) if often[_words(view)] > 1 else "")) for view in views
    )
    return Choices(listed, at_work.chosen(known) if known else "")


def _words(view: CampaignView) -> str:
    return f"{view.file_period} {view.name}"


def _days(view: CampaignView) -> str:
    return f"（{view.start_date} 至 {view.end_date}）"
