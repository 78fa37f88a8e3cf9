"""签名的日志头: at every commit this unit's own key signs what the file then says, so that later edits contradict it.

Signed are the number and hash of the journal's newest entry and one digest for each *area* of the tables: all facts,
figures and trust of this unit, and apart from them what came in packages (its truth are the envelopes themselves). An
area is looked at before an act first writes to it: what was changed from outside meanwhile is noted as ``broken`` in the
head for ever, so that no later act covers it up; so is a journal that did not end as signed. Keying writes to no area, so a key press costs nothing here.

That heads are signed is remembered in the stored private key itself (``keylock.HEADS``): who takes the head away, or sets
the file back to a form without one, is found as well, unless he can write that key.

What this cannot find: someone who holds the key. In a file without a password the key lies in the file, and whoever
knows the program can sign again whatever he wrote; with a password he needs it. Nor is a file found that was put back
whole as it once was (an old backup). Against both stands what other offices hold: the signed packages.
"""

from __future__ import annotations

import hashlib
import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Dialect,
    Select,
    TableClause,
    TextClause,
    UpdateBase,
    event,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import NullType
from sqlmodel import Session, SQLModel, col

from pingyi_desktop.errors import PackageError, UserError
from pingyi_desktop.exchange.locks import keylock
from pingyi_desktop.exchange.wire import trust
from pingyi_desktop.storage import journal
from pingyi_desktop.storage import schema_batches as batches
from pingyi_desktop.storage import schema_campaign as campaign
from pingyi_desktop.storage import schema_entry as entry
from pingyi_desktop.storage import schema_exchange as exchange
from pingyi_desktop.storage import schema_grades as grades
from pingyi_desktop.storage import schema_ledgers as ledgers
from pingyi_desktop.storage import schema_people as people
from pingyi_desktop.storage.schema import DataFile, JournalEntry
from pingyi_desktop.storage.schema_exchange import JournalHead, OwnKey
from pingyi_desktop.storage.schemas import desk, every

VERSION = 4
"""of ``AREAS``: whoever changes a table of them raises it, and heads of before tell no more than the journal; an area that
is added is signed with the next act, one that a newer program added is let go by it"""
JOURNAL = "journal_entry"
"""among what was found broken: the journal itself, or the head"""
RECEIVED = "+"
"""ends the name of an area that came in packages"""


def _all(table: type[SQLModel], *without: str) -> Select[tuple[object, ...]]:
    """Every column but some, in the order of the primary key."""
    columns = SQLModel.metadata.tables[str(table.__tablename__)].columns
    return select(*(one for one in columns if one.name not in without)).order_by(
        *(one for one in columns if one.primary_key)
    )


def _ledger(table: type[SQLModel], *, came: bool) -> Select[tuple[object, ...]]:
    """Rows of a ledger that are kept here, or that came; what the filter looks through is made from them."""
    source = SQLModel.metadata.tables[str(table.__tablename__)].c.source
    return _all(table, "search").where(source != "" if came else source == "")


_RECEIVED = select(col(batches.BallotBatch.id)).where(col(batches.BallotBatch.source_id).is_not(None))
_SEALED = select(col(batches.BallotBatch.id)).where(
    col(batches.BallotBatch.state) == batches.BatchState.SEALED
)
"""of these alone it stands fast who keyed them: keying an open one signs nothing"""
_ENVELOPE = _all(exchange.StoredEnvelope, "raw").add_columns(col(exchange.StoredEnvelope.raw).is_(None))
AREAS: Mapping[str, Select[tuple[object, ...]]] = {
    "data_file": _all(DataFile),
    "party_organization": _all(people.PartyOrganization),
    "party_member": _all(people.PartyMember),
    "campaign": _all(campaign.Campaign),
    "campaign_form": _all(campaign.CampaignForm),
    "voter_category": _all(campaign.VoterCategory),
    "review_group": _all(campaign.ReviewGroup),
    "appraisal_session": _all(campaign.AppraisalSession).where(
        col(campaign.AppraisalSession.source_id).is_(None)
    ),
    "appraisal_session+": _all(campaign.AppraisalSession).where(
        col(campaign.AppraisalSession.source_id).is_not(None)
    ),
    "ballot_batch": _all(batches.BallotBatch).where(col(batches.BallotBatch.source_id).is_(None)),
    "ballot_batch+": _all(batches.BallotBatch).where(col(batches.BallotBatch.source_id).is_not(None)),
    "item_tally": _all(batches.ItemTally).where(col(batches.ItemTally.batch_id).not_in(_RECEIVED)),
    "item_tally+": _all(batches.ItemTally).where(col(batches.ItemTally.batch_id).in_(_RECEIVED)),
    "batch_target": _all(batches.BatchTarget),
    "supplement_stack": _all(batches.SupplementStack).where(
        col(batches.SupplementStack.batch_id).not_in(_RECEIVED)
    ),
    "supplement_stack+": _all(batches.SupplementStack).where(
        col(batches.SupplementStack.batch_id).in_(_RECEIVED)
    ),
    "printed_roster": _all(batches.PrintedRoster),
    "sealed_ballot": _all(batches.SealedBallot),
    "member_grade": _all(grades.MemberGrade),
    "grade_count+": _all(grades.GradeCount),
    "grade_name+": _all(grades.GradeName),
    "opinion_group": _all(ledgers.OpinionGroup),
    "merged_opinion": _all(ledgers.MergedOpinion),
    "correction": _all(entry.Correction),
    "operator": _all(desk.Operator),
    "entry_quality": _all(desk.EntryQuality),
    "sealed_pass": _all(desk.EntryPass).where(col(desk.EntryPass.batch_id).in_(_SEALED)),
    "import_run": _all(exchange.ImportRun),
    "envelope": _ENVELOPE.where(col(exchange.StoredEnvelope.own)),
    "envelope+": _ENVELOPE.where(col(exchange.StoredEnvelope.own).is_(False)),
    "own_key": _all(OwnKey, "private_key", "age_identity", "token"),
    "own_secret": _all(OwnKey, "private_key", "public_key", "age_recipient"),
    "trusted_key": _all(exchange.TrustedKey),
    "issued_task": _all(exchange.IssuedTask, "token"),
    "task_secret": _all(exchange.IssuedTask, "by_proxy"),
    "quarantined_file": _all(exchange.QuarantinedFile, "data"),
    "conflict_decision": _all(exchange.ConflictDecision),
    "hold_ruling": _all(exchange.HoldRuling),
    "withdrawal": _all(exchange.Withdrawal),
    **{
        f"{table.__tablename__}{part}": _ledger(table, came=came)
        for table in every.LEDGER_TABLES
        for part, came in (("", False), (RECEIVED, True))
    },
}
_LARGE = ("party_member", "batch_target", "sealed_ballot", "item_tally+")
_SMALL = tuple(area for area in AREAS if area not in _LARGE)
Rows = Mapping[str, Sequence[Any]]
"""by area"""
_BESIDE = {
    "ballot_batch": ("item_tally", "supplement_stack", "sealed_pass"),
    "own_key": ("own_secret",),
    "issued_task": ("task_secret",),
}
"""areas that rows belong to, or no longer, when those of this table change, besides the one that is called like it"""


@dataclass(frozen=True)
class Standing:
    """What a file's head says of it: ``missing`` or ``forged``, else what differs from it and what was found before.

    ``journal`` is True when the journal does not end as signed, ``changed`` and ``broken`` are names of areas; ``told`` is
    False when no head is signed here (no own key yet, or a file of before).
    """

    told: bool = False
    missing: bool = False
    forged: bool = False
    journal: bool = False
    changed: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()

    @property
    def sound(self) -> bool:
        """Nothing at all was changed since the head was signed, nor found before."""
        return self.told and not (self.missing or self.forged or self.journal or self.changed or self.broken)


@dataclass
class _Watch:
    """One write transaction: the areas it wrote to, and those that were not as signed when it came."""

    signed: Mapping[str, str] | None = None
    """digests as the head tells them, read with the first write to an area: a key press pays nothing for them"""
    touched: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)


def witness(session: Session) -> Callable[[], None]:
    """Watch a write transaction (``journal.WITNESSES``); what is returned signs the head before the commit."""
    watch, connection = _Watch(), session.connection()

    def executed(_connection: Connection, statement: object, *_more: object) -> None:
        for area in _areas_of(statement):
            if area not in watch.touched:
                watch.touched.add(area)
                if watch.signed is None:
                    watch.signed = _signed(connection)
                    watch.found |= _cut(connection)
                if area in watch.signed and digest(connection, area) != watch.signed[area]:
                    watch.found.add(area)

    event.listen(connection, "before_execute", executed)
    return lambda: _sign(session, watch)


def renew(session: Session) -> None:
    """Sign every area in place of a head of an earlier version, or of none, which says nothing of the tables of today."""
    head = session.get(JournalHead, 1)
    if head is None or head.version != VERSION:
        _sign(session, _Watch({}, set(AREAS), _cut(session.connection())))


def standing(
    session: Session, *, rows: Rows, own_keys: Iterable[OwnKey], last: JournalEntry | None
) -> Standing:
    """Hold the file against its head: what was read of it (``read``), its own keys and the journal's newest entry.

    Asks for the data key of a file that has a password.
    """
    head = session.get(JournalHead, 1)
    keys = {row.public_key: keylock.reveal(session, row.private_key) for row in own_keys}
    if head is None:
        return Standing(missing=any(text.endswith(keylock.HEADS) for text in keys.values()))
    if head.public_key not in keys or not _is_signed(rows["data_file"][0].file_id, head):
        return Standing(told=True, forged=True)
    cut = (0, journal.START) if last is None else (last.seq, last.hash)
    areas: Mapping[str, str] = json.loads(head.areas) if head.version == VERSION else {}
    now = digests(session.connection(), rows) if areas else {}
    changed = {area for area in areas.keys() & now.keys() if now[area] != areas[area]}
    return Standing(
        told=True,
        journal=cut != (head.seq, head.entry),
        changed=frozenset(changed),
        broken=frozenset(json.loads(head.broken)),
    )


def digest(connection: Connection, area: str) -> str:
    """SHA-256 over the area's rows."""
    return _digest(connection.execute(AREAS[area]))


def _digest(rows: Iterable[Iterable[object]]) -> str:
    made = hashlib.sha256()
    for row in rows:
        made.update(_signed_as(row))
    return made.hexdigest()


def read(connection: Connection) -> Rows:
    """The rows of the areas of few rows, as the program sees them, in one statement; those of a table have its names."""
    made: dict[str, list[Any]] = {area: [] for area in _SMALL}
    shapes = [_shape(connection.dialect, area) for area in _SMALL]
    together, keys = _together()
    for number, *row in connection.execute(together):
        kind, readers = shapes[number]
        values = zip(readers, row[keys:], strict=False)  # the row is as wide as the widest
        made[_SMALL[number]].append(kind(*(read(one) if read else one for read, one in values)))
    return made


def digests(connection: Connection, rows: Rows) -> dict[str, str]:
    """That of every area, of which those in ``rows`` were read."""
    alone = {area: digest(connection, area) for area in _LARGE}
    return alone | {area: _digest(one) for area, one in rows.items()}


def _signed_as(row: Iterable[object]) -> bytes:
    return repr(tuple(row)).encode("utf-8", "surrogatepass")


def _keys(area: str) -> list[ColumnElement[Any]]:
    """The columns of the primary key."""
    (table,) = AREAS[area].get_final_froms()
    return [one for one in table.c if one.primary_key]


def _filled(columns: Sequence[ColumnElement[Any]], many: int) -> list[ColumnElement[Any]]:
    return [*columns, *[null()] * (many - len(columns))]


@cache
def _shape(dialect: Dialect, area: str) -> tuple[Callable[..., Any], Sequence[Callable[[Any], Any] | None]]:
    """A tuple with the columns' names, and what makes of a value of each what the program sees of it, as a statement of
    that table alone would."""
    columns = AREAS[area].selected_columns
    kinds = (one.type.dialect_impl(dialect) for one in columns)
    readers = [kind.result_processor(dialect, None) for kind in kinds]
    return _named(tuple(columns.keys())), readers


@cache
def _named(columns: tuple[str, ...]) -> Callable[..., Any]:
    return namedtuple("Row", columns, rename=True)


@cache
def _together() -> tuple[CompoundSelect[tuple[Any, ...]], int]:
    """The rows of the small areas: number of the area, primary key, columns, both filled up with nothing to the widest;
    and how many columns the primary key takes."""
    widest = max(len(AREAS[area].selected_columns) for area in _SMALL)
    longest = max(len(_keys(area)) for area in _SMALL)
    rows = []
    for number, area in enumerate(_SMALL):
        columns = [type_coerce(one, NullType()) for one in AREAS[area].selected_columns]
        keys = [type_coerce(one, NullType()) for one in _keys(area)]
        cells = [literal(number), *_filled(keys, longest), *_filled(columns, widest)]
        labelled = select(*(one.label(f"c{place}") for place, one in enumerate(cells)))
        where = AREAS[area].whereclause
        rows.append(labelled if where is None else labelled.where(where))
    return union_all(*rows).order_by(*(f"c{place}" for place in range(longest + 1))), longest


def _signed(connection: Connection) -> Mapping[str, str]:
    """The digests that the head tells; none without one of this version."""
    query = select(col(JournalHead.areas)).where(col(JournalHead.version) == VERSION)
    told = connection.execute(query).scalar()
    return {} if told is None else dict(json.loads(told))


def _cut(connection: Connection) -> set[str]:
    """``JOURNAL`` when it does not end as the head tells, before anything is written to it."""
    head = connection.execute(select(col(JournalHead.seq), col(JournalHead.entry))).first()
    entry = (
        select(col(JournalEntry.seq), col(JournalEntry.hash)).order_by(col(JournalEntry.seq).desc()).limit(1)
    )
    last = connection.execute(entry).first()
    return set() if head is None or tuple(head) == tuple(last or (0, journal.START)) else {JOURNAL}


def _areas_of(statement: object) -> Iterable[str]:
    if isinstance(statement, TextClause):  # its text is not read
        return AREAS
    if not (isinstance(statement, UpdateBase) and isinstance(statement.table, TableClause)):
        return ()
    names = (statement.table.name, *_BESIDE.get(statement.table.name, ()))
    told = (JOURNAL,) if JOURNAL in names else ()
    return [*told, *(one + part for one in names for part in ("", RECEIVED) if one + part in AREAS)]


def _sign(session: Session, watch: _Watch) -> None:
    if not watch.touched or (own := _signer(session)) is None:
        return
    row, private, marked = own
    head, file_id = session.get(JournalHead, 1), session.scalars(select(col(DataFile.file_id))).one()
    keys = {row.public_key for row in own_keys(session)}
    denied = marked if head is None else not (head.public_key in keys and _is_signed(file_id, head))
    watch.found |= {JOURNAL} if denied else set()
    before = set() if head is None or denied else set(json.loads(head.broken))
    if not marked:
        row.private_key = keylock.protect_as(session, row.private_key, private.hex() + keylock.HEADS)
        session.add(row)
    connection, last = session.connection(), journal.last(session)
    signed = {area: one for area, one in (watch.signed or {}).items() if area in AREAS}
    wanted = watch.touched & AREAS.keys() | AREAS.keys() - signed.keys()
    areas = {**signed, **{area: digest(connection, area) for area in wanted}}
    made = JournalHead(
        version=VERSION,
        seq=0 if last is None else last.seq,
        entry=journal.START if last is None else last.hash,
        areas=json.dumps(areas, sort_keys=True),
        broken=json.dumps(sorted(before | watch.found)),
        public_key=trust.public_key(private),
        signature="",
    )
    made.signature = trust.sign(_payload(file_id, made), private).hex()
    session.merge(made)
    session.flush()


def own_keys(session: Session) -> Sequence[OwnKey]:
    """Every one, the newest last."""
    return session.scalars(select(OwnKey).order_by(col(OwnKey.epoch), col(OwnKey.campaign_id))).all()


def _signer(session: Session) -> tuple[OwnKey, bytes, bool] | None:
    """The newest own key whose halves belong together, and whether it tells that heads are signed; None without one."""
    for row in reversed(own_keys(session)):
        try:
            plain = keylock.plain(session, row.private_key)
            private = keylock.signing_half(plain)
        except (UserError, ValueError):
            continue
        if len(private) == trust.KEY_BYTES and trust.public_key(private) == row.public_key:
            return row, private, plain.endswith(keylock.HEADS)
    return None


def _is_signed(file_id: str, head: JournalHead) -> bool:
    try:
        trust.verify(_payload(file_id, head), bytes.fromhex(head.signature), head.public_key)
    except (PackageError, ValueError):
        return False
    return True


def _payload(file_id: str, head: JournalHead) -> bytes:
    said = [file_id, head.version, head.seq, head.entry, head.areas, head.broken]
    return b"pingyi journal head v1\0" + json.dumps(said).encode()
