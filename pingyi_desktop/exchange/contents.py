"""What travels: a unit's sessions and sealed counts as documents, and documents back into rows.

Tallies travel, raw ballots do not; a salted commitment to them does (package design §2.7). A document never leaves
out an option, a blank or a multiple mark, so that another counting rule can be applied higher up.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from pingyi_desktop.exchange import package
from pingyi_desktop.storage.schema import (
    AppraisalSession,
    BallotBatch,
    BatchState,
    ItemTally,
    PartyOrganization,
    SessionStatus,
)

FACTS = ("held_on", "meeting_type", "expected", "actual", "self_introduced", "oral_reports", "members")
FIGURES = ("printed", "issued", "returned", "blank", "void", "valid", "persons", "entry_mode")
OPTION_COLUMNS = tuple(f"c{i}" for i in range(1, 9))


@dataclass(frozen=True)
class Submission:
    """The documents of one chosen submission; ``id`` is its envelope's."""

    id: str
    facts: tuple[Mapping[str, Any], ...]
    batches: tuple[Mapping[str, Any], ...]


def salt(private_key: bytes, *, campaign_id: str, member: str) -> str:
    """16 bytes, the same at every export, that nobody without the key can guess (package design §2.2)."""
    return hmac.new(private_key, f"{campaign_id}/{member}".encode(), hashlib.sha256).hexdigest()[:32]


def session_facts(session: Session, *, campaign_id: str, org_code: str) -> list[dict[str, Any]]:
    """The layer-2 session of an organisation as a document."""
    rows = session.exec(_own_sessions(campaign_id, org_code)).all()
    return [{"layer": row.layer, "org": org_code, **_picked(row, FACTS)} for row in rows]


def sealed_counts(
    session: Session, *, campaign_id: str, org_code: str, widths: Mapping[tuple[str, str], int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sealed batches as (unit totals, per-person counts of roster forms); ``widths`` is options per (form, item)."""
    totals, per_person = [], []
    for meeting in session.exec(_own_sessions(campaign_id, org_code)).all():
        in_order = (col(BallotBatch.form_code), col(BallotBatch.voter_category))
        for batch in session.exec(
            select(BallotBatch)
            .where(BallotBatch.session_id == meeting.id, BallotBatch.state == BatchState.SEALED)
            .order_by(*in_order)
        ).all():
            cells = session.exec(
                select(ItemTally)
                .where(ItemTally.batch_id == batch.id)
                .order_by(col(ItemTally.target), col(ItemTally.item))
            ).all()
            rows = [_cell_document(cell, widths[batch.form_code, cell.item]) for cell in cells]
            head = {
                "layer": meeting.layer,
                "org": org_code,
                "form": batch.form_code,
                "version": batch.form_version,
                "voter_category": batch.voter_category,
            }
            totals.append(
                {
                    **head,
                    **_picked(batch, FIGURES),
                    "ballot_commit": batch.ballot_commit,
                    "items": _added_over_targets(rows),
                }
            )
            if any(row["target"] for row in rows):
                per_person.append({**head, "items": rows})
    return totals, per_person


def read(envelope: package.Envelope) -> Submission:
    """The documents of a verified submission; per-person counts stand in for their sum where they travelled."""
    batches = envelope.document("tallies")["batches"]
    persons = envelope.document("ratee_tallies") or {"batches": []}
    split = {_batch_key(batch): batch["items"] for batch in persons["batches"]}
    detailed = [{**batch, "items": split.get(_batch_key(batch), batch["items"])} for batch in batches]
    return Submission(envelope.id, tuple(envelope.document("sessions")["sessions"]), tuple(detailed))


def planned(session: Session, *, campaign_id: str) -> frozenset[tuple[str, ...]]:
    """What can be projected here: (layer, organisation) of every session, and the same with form and category of every batch."""
    meetings = _sessions_by_org(session, campaign_id)
    places: dict[str, tuple[str, ...]] = {
        session_id: (str(layer), code) for (layer, code), session_id in meetings.items()
    }
    batches = _batches_by_session(session, campaign_id)
    return frozenset(places.values()) | {
        (*places[session_id], form, category)
        for session_id, form, category in batches
        if session_id in places
    }


def is_planned(envelope: package.Envelope, places: frozenset[tuple[str, ...]]) -> bool:
    """Whether every session and batch of a submission has its place among what is planned."""
    facts = envelope.document("sessions")["sessions"]
    sheets = envelope.document("tallies")["batches"]
    wanted: set[tuple[str, ...]] = {(str(one["layer"]), one["org"]) for one in facts}
    wanted |= {(str(one["layer"]), one["org"], one["form"], one["voter_category"]) for one in sheets}
    return wanted <= places


def projected(session: Session, *, campaign_id: str) -> set[str]:
    """Ids of the submissions whose figures stand in the planned sessions now."""
    rows = session.exec(
        select(AppraisalSession.source_id)
        .where(AppraisalSession.campaign_id == campaign_id, col(AppraisalSession.source_id).is_not(None))
        .distinct()
    )
    return {row for row in rows if row is not None}


def project(session: Session, *, campaign_id: str, submissions: Iterable[Submission]) -> None:
    """Write chosen submissions into the planned sessions and batches they belong to, in bulk."""
    meetings = _sessions_by_org(session, campaign_id)
    planned = _batches_by_session(session, campaign_id)
    facts: list[dict[str, object]] = []
    sheets: list[dict[str, object]] = []
    cells: list[dict[str, object]] = []
    for one in submissions:
        for fact in one.facts:
            key = meetings[fact["layer"], fact["org"]]
            facts.append({"key": key, "source_id": one.id, **{name: fact[name] for name in FACTS}})
        for batch in one.batches:
            meeting = meetings[batch["layer"], batch["org"]]
            batch_id = planned[meeting, batch["form"], batch["voter_category"]]
            sheets.append(
                {
                    "key": batch_id,
                    "source_id": one.id,
                    "ballot_commit": batch["ballot_commit"],
                    **{name: batch[name] for name in FIGURES},
                }
            )
            cells.extend(_cell_row(batch_id, item) for item in batch["items"])
    _update_many(session, AppraisalSession, facts, status=SessionStatus.HELD)
    _update_many(session, BallotBatch, sheets, state=BatchState.SEALED)
    if cells:
        session.connection().execute(insert(ItemTally), cells)


def withdraw(session: Session, *, source_ids: Collection[str]) -> None:
    """Take submissions' figures out again; the planned sessions and batches stay, open."""
    received = select(BallotBatch.id).where(col(BallotBatch.source_id).in_(source_ids))
    session.execute(delete(ItemTally).where(col(ItemTally.batch_id).in_(received)))
    emptied: dict[str, object] = dict.fromkeys((*FIGURES, "ballot_commit", "source_id"))
    session.execute(
        update(BallotBatch)
        .where(col(BallotBatch.source_id).in_(source_ids))
        .values(**emptied | {"persons": 1, "state": BatchState.FIRST})
    )
    known = (name for name in FACTS if name != "meeting_type")
    forgotten: dict[str, object] = dict.fromkeys((*known, "source_id"))
    session.execute(
        update(AppraisalSession)
        .where(col(AppraisalSession.source_id).in_(source_ids))
        .values(**forgotten | {"status": SessionStatus.PLANNED})
    )


def _own_sessions(campaign_id: str, org_code: str) -> SelectOfScalar[AppraisalSession]:
    return (
        select(AppraisalSession)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(
            AppraisalSession.campaign_id == campaign_id,
            AppraisalSession.layer == 2,
            AppraisalSession.status != SessionStatus.VOID,
            PartyOrganization.code == org_code,
        )
    )


def _sessions_by_org(session: Session, campaign_id: str) -> dict[tuple[int, str], str]:
    rows = session.exec(
        select(AppraisalSession.layer, PartyOrganization.code, AppraisalSession.id)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(AppraisalSession.campaign_id == campaign_id, AppraisalSession.status != SessionStatus.VOID)
    )
    return {(layer, code): session_id for layer, code, session_id in rows}


def _batches_by_session(session: Session, campaign_id: str) -> dict[tuple[str, str, str], str]:
    rows = session.exec(
        select(BallotBatch.session_id, BallotBatch.form_code, BallotBatch.voter_category, BallotBatch.id)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .where(AppraisalSession.campaign_id == campaign_id)
    )
    return {(session_id, form, category): batch_id for session_id, form, category, batch_id in rows}


def _update_many(
    session: Session, table: type[AppraisalSession | BallotBatch], rows: list[dict[str, object]], **fixed: str
) -> None:
    if rows:
        changed: dict[str, object] = {name: bindparam(name) for name in rows[0] if name != "key"}
        statement = update(table).where(col(table.id) == bindparam("key")).values(**changed, **fixed)
        session.connection().execute(statement, rows)


def _batch_key(batch: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(batch[key] for key in ("layer", "org", "form", "voter_category"))


def _picked(row: AppraisalSession | BallotBatch, keys: Iterable[str]) -> dict[str, Any]:
    return {key: getattr(row, key) for key in keys}


def _cell_document(cell: ItemTally, width: int) -> dict[str, Any]:
    return {
        "target": cell.target,
        "item": cell.item,
        "counts": [getattr(cell, column) for column in OPTION_COLUMNS[:width]],
        "blank": cell.blank,
        "multi": cell.multi,
        "illegible": cell.illegible,
    }


def _cell_row(batch_id: str, item: Mapping[str, Any]) -> dict[str, object]:
    padded = (*item["counts"], *(0,) * len(OPTION_COLUMNS))
    return {
        "batch_id": batch_id,
        **{key: item[key] for key in ("target", "item", "blank", "multi", "illegible")},
        **dict(zip(OPTION_COLUMNS, padded, strict=False)),
    }


def _added_over_targets(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    added: dict[str, dict[str, Any]] = {}
    for row in rows:
        total = added.setdefault(
            row["item"],
            {
                "target": "",
                "item": row["item"],
                "counts": [0] * len(row["counts"]),
                "blank": 0,
                "multi": 0,
                "illegible": 0,
            },
        )
        total["counts"] = [a + b for a, b in zip(total["counts"], row["counts"], strict=True)]
        for key in ("blank", "multi", "illegible"):
            total[key] += row[key]
    return [added[item] for item in sorted(added)]
