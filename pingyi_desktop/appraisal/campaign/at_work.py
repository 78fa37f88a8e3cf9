"""Which of a file's campaigns is at work: the one that the pages show and the commands mean when none is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.storage.schema_campaign import CAMPAIGN_MADE, Campaign, CampaignMode, CampaignStatus


class Known(NamedTuple):
    """A campaign of the file; ``period`` is the same text for campaigns of one period."""

    id: str
    published: bool
    drill: bool
    period: str


NEWEST_FIRST = (col(Campaign.period_year).desc(), col(Campaign.start_date).desc(), CAMPAIGN_MADE.desc())
"""by year and first day; of two that begin on one day, the one made last"""


def newest_first(session: Session) -> list[Known]:
    """All of them, newest first."""
    kind = col(Campaign.period_type).concat(col(Campaign.period_year))
    period = kind.concat(".").concat(col(Campaign.period_no))
    rows = session.exec(select(Campaign.id, Campaign.status, Campaign.mode, period).order_by(*NEWEST_FIRST))
    return [
        Known(one, status != CampaignStatus.DRAFT, mode == CampaignMode.DRILL, told)
        for one, status, mode, told in rows
    ]


def all_rows(session: Session) -> Sequence[Campaign]:
    """All of them, newest first; as long as they are held, nothing else in the session reads one of them again."""
    return session.exec(select(Campaign).order_by(*NEWEST_FIRST)).all()


def of(rows: Iterable[Campaign]) -> list[Known]:
    """The same when the campaigns were read already, in that order."""
    return [
        Known(
            row.id,
            row.status != CampaignStatus.DRAFT,
            row.mode == CampaignMode.DRILL,
            f"{row.period_type}{row.period_year}.{row.period_no}",
        )
        for row in rows
    ]


def chosen(known: Sequence[Known]) -> str:
    """The newest published one; a drill gives way to the official campaign of its period.

    The draft of the next campaign must not take the place of the one still being collected; while nothing is published,
    the newest draft is at work.
    """
    begun = [one for one in known if one.published] or known
    official = {one.period for one in begun if not one.drill}
    return next(one.id for one in begun if not (one.drill and one.period in official))


def namesakes(session: Session, *, campaign_id: str, earlier: bool = False) -> list[str]:
    """Names of the other published campaigns of the same period, official or drills as this one; only those made ``earlier``."""
    one, made = (
        session.get_one(Campaign, campaign_id),
        select(CAMPAIGN_MADE).where(col(Campaign.id) == campaign_id),
    )
    others = select(Campaign.name).where(
        col(Campaign.id) != campaign_id,
        col(Campaign.status) != CampaignStatus.DRAFT,
        col(Campaign.mode) == one.mode,
        col(Campaign.period_type) == one.period_type,
        col(Campaign.period_year) == one.period_year,
        col(Campaign.period_no) == one.period_no,
    )
    if earlier:
        others = others.where(made.scalar_subquery() > CAMPAIGN_MADE)
    return list(session.exec(others))


def beside_period(session: Session, *, campaign_id: str) -> str:
    """What names of files that travel say beside the period: its name, where the file had one of that period before it.

    What the earlier one has handed out goes on being called as it is; of a name that both have, files of old versions
    tell by the number.
    """
    before = namesakes(session, campaign_id=campaign_id, earlier=True)
    name = session.get_one(Campaign, campaign_id).name
    number = f"-{campaign_id[:4]}" if name in before else ""
    return f"-{visible.file_name(name)}{number}" if before else ""
