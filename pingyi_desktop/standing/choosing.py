"""Which campaigns a person can choose between, each in words that tell it from the others of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    return Choices(tuple(words(views).items()), at_work.chosen(known) if known else "")


def words(views: Sequence[CampaignView]) -> dict[str, str]:
    """Words for each, by its id: period and name, and for those that have them in common the days too, or the id."""
    short = {one.id: f"{one.file_period} {one.name}" for one in views}
    days = {one.id: f"{short[one.id]}（{one.start_date} 至 {one.end_date}）" for one in views}
    often, both = Counter(short.values()), Counter(days.values())
    return {
        one: short[one] if often[short[one]] == 1 else told if both[told] == 1 else f"{told}编号 {one[:4]}"
        for one, told in days.items()
    }
