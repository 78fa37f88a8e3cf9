"""Units whose stored figures are beyond all bounds: a file that took them in before the doors were closed is not blinded.

They are named, set aside and counted nowhere; every sum over the rest stays far below what SQLite can hold, so nothing
has to be guarded where sums are made.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select, union
from sqlmodel import Session, col

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.rulebook.catalogue import sentence
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, ItemTally
from pingyi_desktop.storage.schema_campaign import AppraisalSession, SessionStatus
from pingyi_desktop.storage.schema_people import PartyOrganization

_PEOPLE = ("expected", "actual", "self_introduced", "oral_reports", "members")
_SHEET = ("printed", "issued", "returned", "blank", "void", "valid")
_CELLS = (*(f"c{i}" for i in range(1, 9)), "blank", "multi", "illegible")


@dataclass(frozen=True)
class SetAside:
    """A unit that is not counted."""

    code: str
    name: str

    @property
    def sentence(self) -> str:
        """What every table that leaves it out says of it."""
        return sentence("V-CHK-28", org=self.name, code=self.code, most=bounds.MOST)


def units(session: Session, *, campaign_id: str) -> tuple[SetAside, ...]:
    """Those of the campaign, by code; one statement, and none of them is the usual answer."""
    session.flush()
    people = or_(*(getattr(AppraisalSession, name) > bounds.MOST for name in _PEOPLE))
    sheets = or_(
        *(getattr(BallotBatch, name) > bounds.MOST for name in _SHEET),
        col(BallotBatch.persons) > bounds.MOST_PERSONS,
    )
    cells = or_(*(getattr(ItemTally, name) > bounds.MOST_MARKS for name in _CELLS))
    meetings = (
        select(col(PartyOrganization.code), col(PartyOrganization.short_name))
        .select_from(AppraisalSession)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(
            col(AppraisalSession.campaign_id) == campaign_id,
            col(AppraisalSession.status) != SessionStatus.VOID,
        )
    )
    stacks = meetings.join(BallotBatch, col(BallotBatch.session_id) == AppraisalSession.id).where(
        col(BallotBatch.state) == BatchState.SEALED
    )
    marks = stacks.join(ItemTally, col(ItemTally.batch_id) == BallotBatch.id)
    found = union(meetings.where(people), stacks.where(sheets), marks.where(cells))
    return tuple(SetAside(code, name) for code, name in sorted(session.execute(found).all()))
