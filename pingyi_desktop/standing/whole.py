"""What the checks of a file read of more than one thing in it: each read when it is first needed, and once for all checks.

It is as true as the transaction it was read in: it belongs to one look at the file, and who writes looks anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import and_, case, null, or_
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.exchange.wire.header import ASSIGNMENT, CAMPAIGN, ROLLUP, SUBMISSION
from pingyi_desktop.storage.schema import DataFile, JournalEntry
from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import StoredEnvelope


class Letter(NamedTuple):
    """The row of a stored envelope; ``raw`` is read of tasks, rollups and what was signed here, None where it was deleted."""

    id: str
    campaign_id: str
    type: str
    own: bool
    raw: bytes | None


@dataclass(frozen=True)
class Whole:
    """One look at a whole file."""

    session: Session
    _trees: dict[str, Sequence[Org]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def campaigns(self) -> Sequence[Campaign]:
        """Every campaign; as long as they are held, nobody asks the file for one again."""
        return self.session.exec(select(Campaign)).all()

    @cached_property
    def journal(self) -> Sequence[JournalEntry]:
        """Every entry, the first one first."""
        return self.session.exec(select(JournalEntry).order_by(col(JournalEntry.seq))).all()

    @cached_property
    def unit(self) -> str:
        """Code of the unit whose file this is."""
        return self.session.exec(select(DataFile.unit_code)).one()

    @cached_property
    def letters(self) -> Sequence[Letter]:
        """Every envelope, in the order of epochs and revisions."""
        kind, is_own = col(StoredEnvelope.type), col(StoredEnvelope.own).is_(True)
        is_read = or_(kind.in_((CAMPAIGN, ASSIGNMENT, ROLLUP)), and_(kind == SUBMISSION, is_own))
        query = select_rows(
            col(StoredEnvelope.id),
            col(StoredEnvelope.campaign_id),
            kind,
            is_own,
            case((is_read, col(StoredEnvelope.raw)), else_=null()),
        ).order_by(col(StoredEnvelope.epoch), col(StoredEnvelope.revision))
        return [Letter(*row) for row in self.session.execute(query)]

    @cached_property
    def batches(self) -> Sequence[BallotBatch]:
        """Every batch, received and void ones too."""
        return self.session.exec(select(BallotBatch)).all()

    def tree(self, campaign: Campaign) -> Sequence[Org]:
        """The campaign's tree."""
        if campaign.id not in self._trees:
            self._trees[campaign.id] = campaign_tree.of(self.session, campaign=campaign, own=self.unit)
        return self._trees[campaign.id]

    def details(self, *acts: str) -> list[dict[str, Any]]:
        """What the journal's entries of these acts tell, the first one first."""
        return [json.loads(one.detail) for one in self.journal if one.act in acts]
