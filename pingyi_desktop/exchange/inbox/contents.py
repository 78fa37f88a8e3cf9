"""What travels: a unit's sessions and sealed counts as documents, and documents back into rows.

Tallies travel, raw ballots do not; a salted commitment to them does (package design §2.7). A document never leaves
out an option, a blank or a multiple mark, so that another counting rule can be applied higher up.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, case, delete, insert, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from pingyi_desktop.appraisal.grading import grade_counts
from pingyi_desktop.exchange.merging import privacy
from pingyi_desktop.exchange.wire import graded, later, package
from pingyi_desktop.exchange.wire.header import MERGED
from pingyi_desktop.storage import bulk
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, ItemTally, SupplementStack
from pingyi_desktop.storage.schema_campaign import AppraisalSession, SessionStatus
from pingyi_desktop.storage.schema_grades import GradeCount, GradeName
from pingyi_desktop.storage.schema_people import PartyOrganization

FACTS = ("held_on", "meeting_type", "expected", "actual", "self_introduced", "oral_reports", "members")
FIGURES = ("printed", "issued", "returned", "blank", "void", "valid", "persons", "entry_mode")
SHEET = (*FIGURES, "ballot_commit")
OPTION_COLUMNS = tuple(f"c{i}" for i in range(1, 9))
_LOT = 1000  # submissions whose rows are in memory at a time


@dataclass(frozen=True)
class Submission:
    """The documents of one chosen submission; ``id`` is its envelope's."""

    id: str
    facts: tuple[Mapping[str, Any], ...]
    batches: tuple[Mapping[str, Any], ...]
    grades: tuple[Mapping[str, Any], ...] = ()
    names: tuple[Mapping[str, Any], ...] = ()
    later: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Places:
    """Ids of the planned sessions by (layer, organisation), and of their batches by form and voter category besides."""

    meetings: Mapping[tuple[int, str], str] = field(default_factory=dict)
    stacks: Mapping[tuple[int, str, str, str], str] = field(default_factory=dict)


def salt(private_key: bytes, *, campaign_id: str, member: str) -> str:
    """16 bytes, the same at every export, that nobody without the key can guess (package design §2.2)."""
    return hmac.new(private_key, f"{campaign_id}/{member}".encode(), hashlib.sha256).hexdigest()[:32]


def session_facts(session: Session, *, ids: Collection[str]) -> list[dict[str, Any]]:
    """These sessions as documents."""
    return [
        {"layer": row.layer, "org": code, **_picked(row, FACTS)}
        for row, code in session.exec(_sessions(ids)).all()
    ]


def sealed_counts(
    session: Session, *, ids: Collection[str], widths: Mapping[tuple[str, str], int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sealed batches of these sessions as (unit totals, per-person counts of roster forms).

    ``widths`` is options per (form, item).
    """
    totals, per_person = [], []
    for meeting, org_code in session.exec(_sessions(ids)).all():
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
    return privacy.with_later(totals, per_person)


def read(envelope: package.Envelope) -> Submission:
    """The documents of a verified submission; per-person counts stand in for their sum where they travelled."""
    batches = envelope.document("tallies")["batches"]
    persons = envelope.document("ratee_tallies") or {"batches": []}
    split = {_stack(batch): batch["items"] for batch in persons["batches"]}
    detailed = [{**batch, "items": split.get(_stack(batch), batch["items"])} for batch in batches]
    told, named = envelope.document(graded.GRADES), envelope.document(graded.NAMES)
    return Submission(
        envelope.id,
        tuple(envelope.document("sessions")["sessions"]),
        tuple(detailed),
        tuple(told["grades"]) if told else (),
        tuple(named["names"]) if named else (),
        tuple(later.read(envelope)),
    )


def planned(session: Session, *, campaign_id: str) -> Places:
    """Where figures can be projected here."""
    session.flush()
    reading = session.connection()
    asked = {"campaign": campaign_id}
    by_place = {(layer, code): session_id for layer, code, session_id in reading.execute(_meetings(), asked)}
    places = {session_id: place for place, session_id in by_place.items()}
    batches = reading.execute(_batches(), asked)
    stacks = {
        (*places[session_id], form, category): batch_id
        for session_id, form, category, batch_id in batches
        if session_id in places
    }
    return Places(by_place, stacks)


@cache
def _meetings() -> Select[int, str, str]:
    return (
        select(AppraisalSession.layer, PartyOrganization.code, AppraisalSession.id)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(
            col(AppraisalSession.campaign_id) == bindparam("campaign"),
            AppraisalSession.status != SessionStatus.VOID,
        )
    )


@cache
def _batches() -> Select[str, str, str, str]:
    """Of several with one code, the one that is not void comes last."""
    return (
        select(BallotBatch.session_id, BallotBatch.form_code, BallotBatch.voter_category, BallotBatch.id)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .where(col(AppraisalSession.campaign_id) == bindparam("campaign"), BallotBatch.supplement == 0)
        .order_by(col(BallotBatch.state) != BatchState.VOID)
    )


def is_planned(envelope: package.Envelope, places: Places) -> bool:
    """Whether every session and batch of a submission has its place among what is planned."""
    facts = envelope.document("sessions")["sessions"]
    sheets = envelope.document("tallies")["batches"]
    return all((one["layer"], one["org"]) in places.meetings for one in facts) and all(
        stack in places.stacks for one in sheets for stack in _stands_for(_stack(one))
    )


def projected(session: Session, *, campaign_id: str) -> set[str]:
    """Ids of the submissions whose figures stand in the planned sessions now."""
    rows = session.exec(
        select(AppraisalSession.source_id)
        .where(AppraisalSession.campaign_id == campaign_id, col(AppraisalSession.source_id).is_not(None))
        .distinct()
    )
    return {row for row in rows if row is not None}


def project(
    session: Session,
    *,
    campaign_id: str,
    submissions: Iterable[Submission],
    places: Places | None = None,
) -> None:
    """Write chosen submissions into the planned sessions and batches they belong to, in bulk.

    ``places`` are those of :func:`planned` when the caller has them.
    """
    places = places or planned(session, campaign_id=campaign_id)
    waiting = iter(submissions)
    while lot := list(islice(waiting, _LOT)):
        _project_lot(session, places, lot)


def _project_lot(session: Session, places: Places, submissions: Iterable[Submission]) -> None:
    facts: list[dict[str, object]] = []
    sheets: list[dict[str, object]] = []
    cells: list[dict[str, object]] = []
    counted: list[dict[str, object]] = []
    named: list[dict[str, object]] = []
    late: list[dict[str, object]] = []
    for one in submissions:
        for fact in one.facts:
            key = places.meetings[fact["layer"], fact["org"]]
            held = {"key": key, "source_id": one.id, "status": SessionStatus.HELD.value}
            facts.append(held | {name: fact[name] for name in FACTS})
        voted_later = {_stack(told): told for told in one.later}
        for batch in one.batches:
            batch_id = _place(session, places, batch, source=one.id)
            if (told := voted_later.get(_stack(batch))) is not None:
                late.append({"batch_id": batch_id, "reason": "", **_those_of(told, ("people", "closes_on"))})
            sealed = {"key": batch_id, "source_id": one.id, "state": BatchState.SEALED.value}
            sheets.append(sealed | {name: batch[name] for name in SHEET})
            cells.extend(_cell_row(batch_id, item) for item in batch["items"])
        counted += grade_counts.rows(places.meetings, one.grades, source=one.id)
        named += grade_counts.name_rows(places.meetings, one.names, source=one.id)
    bulk.write(session, _UPDATE_SESSION, facts)
    bulk.write(session, _UPDATE_BATCH, sheets)
    bulk.write(session, insert(ItemTally), cells)
    bulk.write(session, insert(SupplementStack), late)
    bulk.write(session, insert(GradeCount), counted)
    bulk.write(session, insert(GradeName), named)


def _place(session: Session, places: Places, batch: Mapping[str, Any], *, source: str) -> str:
    """The batch that takes these figures; a merged one (``privacy.merge_small``) stands in the place of its categories'."""
    stack = _stack(batch)
    apart = _stands_for(stack)
    if apart == [stack]:
        return places.stacks[stack]
    session.execute(
        update(BallotBatch)
        .where(col(BallotBatch.id).in_([places.stacks[one] for one in apart]))
        .values(state=BatchState.VOID, source_id=source)
    )
    if stack in places.stacks:
        return places.stacks[stack]
    made = BallotBatch(
        session_id=places.meetings[stack[:2]],
        form_code=batch["form"],
        form_version=batch["version"],
        voter_category=batch["voter_category"],
        state=BatchState.VOID,
    )
    session.add(made)
    session.flush()
    return made.id


def _stands_for(stack: tuple[int, str, str, str]) -> list[tuple[int, str, str, str]]:
    """The planned batches that a batch stands for: itself, or one for each of the categories merged in it."""
    return [(*stack[:3], code) for code in stack[3].split(MERGED)]


def withdraw(session: Session, *, source_ids: Collection[str]) -> None:
    """Take submissions' figures out again; the planned sessions and batches stay, open."""
    received = select(BallotBatch.id).where(col(BallotBatch.source_id).in_(source_ids))
    for rows in (ItemTally, SupplementStack):
        session.execute(delete(rows).where(col(rows.batch_id).in_(received)))
    for table in (GradeCount, GradeName):
        session.execute(delete(table).where(col(table.source_id).in_(source_ids)))
    emptied: dict[str, object] = dict.fromkeys((*SHEET, "source_id"))
    session.execute(
        update(BallotBatch)
        .where(col(BallotBatch.source_id).in_(source_ids))
        .values(**emptied | {"persons": 1, "state": _emptied_state()})
    )
    known = (name for name in FACTS if name != "meeting_type")
    forgotten: dict[str, object] = dict.fromkeys((*known, "source_id"))
    session.execute(
        update(AppraisalSession)
        .where(col(AppraisalSession.source_id).in_(source_ids))
        .values(**forgotten | {"status": SessionStatus.PLANNED})
    )


def clear(session: Session, *, session_ids: Collection[str]) -> None:
    """Empty planned sessions whatever stands in them: for figures that came from nobody knows where."""
    inside = col(BallotBatch.session_id).in_(session_ids)
    for rows in (ItemTally, SupplementStack):
        session.execute(delete(rows).where(col(rows.batch_id).in_(select(BallotBatch.id).where(inside))))
    for table in (GradeCount, GradeName):
        session.execute(delete(table).where(col(table.session_id).in_(session_ids)))
    emptied: dict[str, object] = dict.fromkeys((*SHEET, "source_id"))
    session.execute(
        update(BallotBatch).where(inside).values(**emptied | {"persons": 1, "state": _emptied_state()})
    )
    known = (name for name in FACTS if name != "meeting_type")
    forgotten: dict[str, object] = dict.fromkeys((*known, "source_id"))
    session.execute(
        update(AppraisalSession)
        .where(col(AppraisalSession.id).in_(session_ids))
        .values(**forgotten | {"status": SessionStatus.PLANNED})
    )


def _emptied_state() -> ColumnElement[str]:
    """A batch is open again when its figures are taken out; one that stood for several categories waits unused."""
    merged = col(BallotBatch.voter_category).contains(MERGED)
    return case((merged, BatchState.VOID.value), else_=BatchState.FIRST.value)


def _sessions(ids: Collection[str]) -> Select[AppraisalSession, str]:
    return (
        select(AppraisalSession, PartyOrganization.code)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(col(AppraisalSession.id).in_(ids))
        .order_by(col(AppraisalSession.layer), col(PartyOrganization.code))
    )


def _changing(table: type[AppraisalSession | BallotBatch], names: Iterable[str]) -> Update:
    changed: dict[str, object] = {name: bindparam(name) for name in names}
    return update(table).where(col(table.id) == bindparam("key")).values(**changed)


def _stack(batch: Mapping[str, Any]) -> tuple[int, str, str, str]:
    return batch["layer"], batch["org"], batch["form"], batch["voter_category"]


def _those_of(document: Mapping[str, Any], keys: Iterable[str]) -> dict[str, object]:
    return {key: document[key] for key in keys}


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
    counts: list[int] = item["counts"]
    c1, c2, c3, c4, c5, c6, c7, c8, *_ = (*counts, 0, 0, 0, 0, 0, 0, 0, 0)
    return {
        "batch_id": batch_id,
        "target": item["target"],
        "item": item["item"],
        "c1": c1,
        "c2": c2,
        "c3": c3,
        "c4": c4,
        "c5": c5,
        "c6": c6,
        "c7": c7,
        "c8": c8,
        "blank": item["blank"],
        "multi": item["multi"],
        "illegible": item["illegible"],
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


_UPDATE_SESSION = _changing(AppraisalSession, (*FACTS, "source_id", "status"))
_UPDATE_BATCH = _changing(BallotBatch, (*SHEET, "source_id", "state"))
