"""What the checks of a file read of more than one thing in it: each read when it is first needed, and once for all checks.

It is as true as the transaction it was read in: it belongs to one look at the file, and who writes looks anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import and_, case, null, or_
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.exchange.inbox import tray as trays
from pingyi_desktop.exchange.inbox.tray import Decided
from pingyi_desktop.exchange.locks import heads
from pingyi_desktop.exchange.locks.heads import RECEIVED, Rows, Standing
from pingyi_desktop.exchange.wire.header import ASSIGNMENT, CAMPAIGN, ROLLUP, SUBMISSION
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.standing.picture import Picture
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import IssuedTask, OwnKey, StoredEnvelope


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
    _pictures: dict[str, Picture] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def campaigns(self) -> Sequence[Campaign]:
        """Every campaign, the newest first; as long as they are held, nobody asks the file for one again."""
        return at_work.all_rows(self.session)

    @cached_property
    def journal(self) -> Sequence[JournalEntry]:
        """Every entry, the first one first."""
        return self.session.exec(select(JournalEntry).order_by(col(JournalEntry.seq))).all()

    @property
    def unit(self) -> str:
        """Code of the unit whose file this is."""
        return str(self.rows["data_file"][0].unit_code)

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
    def rows(self) -> Rows:
        """Of the areas of few rows."""
        return heads.read(self.session.connection())

    @cached_property
    def own_keys(self) -> Sequence[OwnKey]:
        """This unit's own keys, the newest last."""
        return heads.own_keys(self.session)

    @cached_property
    def standing(self) -> Standing:
        """The file held against its head."""
        last = self.journal[-1] if self.journal else None
        return heads.standing(self.session, rows=self.rows, own_keys=self.own_keys, last=last)

    @cached_property
    def tasks(self) -> Sequence[IssuedTask]:
        """Every task handed out, the newest last."""
        return self.session.exec(select(IssuedTask).order_by(col(IssuedTask.epoch))).all()

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """Codes of the organisations by their ids."""
        return {one.id: one.code for one in self.rows["party_organization"]}

    def both(self, area: str) -> Iterator[Any]:
        """The rows of a table, this unit's and those that came."""
        return chain(self.rows[area], self.rows[area + RECEIVED])

    def picture(self, campaign_id: str) -> Picture:
        """A campaign, its tree, its sessions and its batches."""
        if campaign_id not in self._pictures:
            ids = [(code, one) for one, code in self.codes.items()]
            self._pictures[campaign_id] = pictures.read(
                self.session, campaign_id=campaign_id, own=self.unit, tasks=self.tasks, ids=ids
            )
        return self._pictures[campaign_id]

    def decided(self, campaign_id: str) -> Decided:
        """What was decided about what came."""
        return trays.decided_in(
            campaign_id=campaign_id,
            withdrawals=self.rows["withdrawal"],
            choices=self.rows["conflict_decision"],
            holds=self.rows["hold_ruling"],
        )

    def details(self, *acts: str) -> list[dict[str, Any]]:
        """What the journal's entries of these acts tell, the first one first."""
        return [json.loads(one.detail) for one in self.journal if one.act in acts]
