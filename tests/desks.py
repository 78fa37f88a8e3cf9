"""An office that receives packages: its data file in the small campaign of ``sealing``, and packages handed to it.

The units below have no data files here; their envelopes are signed with the keys that ``sealing`` makes from a name, so
that every kind of arrival, honest or not, can be made in a line.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sealing
from sqlmodel import Session, col, select

import make
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.exchange.inbox import imports, quarantine
from pingyi_desktop.exchange.inbox.imports import ImportPlan
from pingyi_desktop.exchange.inbox.quarantine import Quarantined
from pingyi_desktop.exchange.inbox.verdicts import PlanEntry
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.wire import age, bundle, canonical, header, package, trust
from pingyi_desktop.exchange.wire.header import Totals
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_batches import BallotBatch, ItemTally
from pingyi_desktop.storage.schema_campaign import AppraisalSession
from pingyi_desktop.storage.schema_exchange import IssuedTask, OwnKey, TrustedKey
from pingyi_desktop.storage.schema_exchange import StoredEnvelope as Row
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization
from pingyi_desktop.storage.store import Store

BY = "王办事"
B1, B2, B3, G1, C1, C2 = (
    "QL.01.G01.B001",
    "QL.01.G01.B002",
    "QL.01.B003",
    "QL.01.G01",
    "QL.01",
    "QL.02",
)
CAMPAIGN = "c1"
ABOVE = age.new_identity()
"""what the units here encrypt to"""
TOKEN = "00" * 32
File = tuple[str, bytes]


@dataclass(frozen=True)
class Office:
    """An office's open data file."""

    store: Store

    @contextmanager
    def acting(self) -> Iterator[Session]:
        with self.store.transaction() as session:
            yield session

    def plan(self, *files: File) -> ImportPlan:
        with self.store.reading() as session:
            return imports.plan_import(session, campaign_id=CAMPAIGN, files=files)

    def entries(self, *files: File) -> list[PlanEntry]:
        return list(self.plan(*files).entries)

    def take(self, *files: File, confirm: bool = True) -> ImportPlan:
        """Plan and import; every new key counts as compared over the telephone unless told otherwise."""
        with self.store.transaction() as session:
            plan = imports.plan_import(session, campaign_id=CAMPAIGN, files=files)
            confirmed = [key.fingerprint for key in plan.new_keys] if confirm else []
            return imports.apply_import(session, plan=plan, by=BY, confirmed=confirmed)

    def issue(self, unit: str, epoch: int) -> None:
        """A task handed down to a direct child, of which no secret is on record."""
        with self.store.transaction() as session:
            session.add(IssuedTask(campaign_id=CAMPAIGN, unit_code=unit, epoch=epoch, token=TOKEN))
            session.flush()
            if epoch > 1:
                again: dict[str, object] = {"epoch": epoch, "reason": "电脑丢失"}
                journal.record(session, act="重新下发任务", subject=unit, by=BY, detail=again)
            else:
                journal.record(session, act="下发任务", subject=CAMPAIGN, by=BY, detail={"units": [unit]})

    def counted(self) -> dict[str, int]:
        """Satisfied marks of item 1 of the organisation form, by unit: what the totals are made of."""
        query = (
            select(PartyOrganization.code, ItemTally.c1)
            .join(AppraisalSession, col(AppraisalSession.org_id) == PartyOrganization.id)
            .join(BallotBatch, col(BallotBatch.session_id) == AppraisalSession.id)
            .join(ItemTally, col(ItemTally.batch_id) == BallotBatch.id)
            .where(BallotBatch.form_code == "T-ORG-A", ItemTally.item == "1")
        )
        with self.store.reading() as session:
            return dict(session.exec(query).all())

    def held(self) -> dict[str, tuple[str, bool]]:
        """State of every received envelope and whether its body is still there, by id."""
        with self.store.reading() as session:
            rows = session.exec(select(Row).where(col(Row.type).in_(("submission", "rollup")))).all()
            return {row.id: (row.state, row.raw is not None) for row in rows if not row.own}


def office(path: Path, code: str = C1, **changed: Any) -> Office:
    """The data file of an office that has taken the campaign's definition over; ``changed`` are fields of it."""
    return Office(make.copied(path, _office, code, **changed))


def prepared(path: Path, code: str, prepare: Callable[[Office], object], **changed: Any) -> Office:
    """The same after ``prepare``, a function of a module, did to it whatever it does: once in a process."""
    return Office(make.copied(path, _prepared, code, prepare, **changed))


def _prepared(path: Path, code: str, prepare: Callable[[Office], object], **changed: Any) -> Store:
    made = office(path, code, **changed)
    prepare(made)
    return made.store


def _office(path: Path, code: str, **changed: Any) -> Store:
    kinds = {one["code"]: OrgType(one["type"]) for one in sealing.DEFINITION["orgs"]}
    made = store.create(
        path, code=code, name=sealing.NAMES[code], short_name=sealing.NAMES[code], org_type=kinds[code]
    )
    with made.transaction() as session:
        for unit, parent in sealing.PARENTS.items():
            if unit.startswith(f"{code}.") and parent is not None:
                org.add(
                    session,
                    parent_code=parent,
                    code=unit,
                    org_type=kinds[unit],
                    full_name=sealing.NAMES[unit],
                    short_name=sealing.NAMES[unit],
                    by=BY,
                )
        definition = canonical.encode(sealing.definition(**changed)).decode()
        sessions.adopt(session, definition=definition, by=BY)
    return made


def know_above(session: Session) -> None:
    """Tell a file the key of the office above and what to encrypt to, as a task would have."""
    unit = str(sealing.PARENTS[keys.unit_code(session)])
    known, told = {(unit, 1): trust.public_key(sealing.key_of(unit))}, {(unit, 1): ABOVE[1]}
    if (row := session.get(TrustedKey, (CAMPAIGN, unit, 1))) is not None:
        row.age_recipient = ABOVE[1]
    else:
        keys.remember(session, campaign_id=CAMPAIGN, keys=known, origin="任务文件", recipients=told)


def meeting(unit: str, **made: Any) -> Envelope:
    """The submission of a unit that met without ballots."""
    documents = {
        "sessions": {"salt": sealing.SALT, "sessions": [sealing.meeting(unit)]},
        "tallies": {"salt": sealing.SALT, "batches": []},
    }
    return sealing.submission(unit, **{"documents": documents, "coverage": NO_BALLOTS, **made})


NO_BALLOTS = Totals(eligible=13, issued=0, returned=0, valid=0, invalid=0)


def file(*envelopes: Envelope, name: str = "") -> File:
    """A package file of these envelopes, named after the first unless told otherwise."""
    head = envelopes[0].address
    return name or f"{head.unit}-{head.epoch}-{head.revision}.pingyi-pack", bundle.write(envelopes)


def report(unit: str, *, name: str = "", **made: Any) -> File:
    """A unit's own submission as a file."""
    return file(sealing.submission(unit, **made), name=name)


def proof(unit: str, private: bytes, epoch: int = 1) -> str:
    """What shows that a key was made with the task that ``Office.issue`` handed down."""
    key = trust.public_key(private)
    return trust.enrolment(bytes.fromhex(TOKEN), key=key, campaign=CAMPAIGN, unit=unit, epoch=epoch)


def unusual_documents(unit: str, *, few_came: bool = False, unequal: bool = False, lost: bool = False) -> Any:
    """A submission's documents whose figures are possible and yet unusual."""
    made = sealing.documents_of(unit)
    (meeting,) = made["sessions"]["sessions"]
    org, roster = made["tallies"]["batches"]
    if few_came:
        meeting.update(expected=22, actual=13)
    if unequal:
        org.update(issued=12, returned=12, blank=0)
    if lost:
        org.update(printed=18, issued=18)
        roster.update(printed=18, issued=18)
        meeting.update(expected=18, actual=18)
    return made


def unusual_one(unit: str, revision: int = 1, **made: Any) -> Envelope:
    """A submission of such documents."""
    how = {name: made.pop(name) for name in ("few_came", "unequal", "lost") if name in made}
    held = unusual_documents(unit, **how)
    sheets = held["tallies"]["batches"]
    summed = {name: sum(one[name] for one in sheets) for name in ("issued", "returned", "valid")}
    totals = Totals(
        eligible=held["sessions"]["sessions"][0]["expected"],
        invalid=sum(one["blank"] + one["void"] for one in sheets),
        **summed,
    )
    return sealing.submission(unit, revision=revision, documents=held, coverage=totals, **made)


def unusual(unit: str, revision: int, **how: bool) -> File:
    return file(unusual_one(unit, revision, **how))


def handed_up(unit: str, *below: Envelope, name: str = "", **made: Any) -> File:
    """An office's file: its own submission, its rollup of its direct children among ``below``, and all of ``below``."""
    direct = [one for one in below if sealing.PARENTS.get(one.address.unit) == unit]
    own = meeting(unit, **made) if unit.count(".") == 1 else sealing.submission(unit, **made)
    return file(own, sealing.rollup(unit, direct, **made), *below, name=name)


def waiting(session: Session) -> list[Quarantined]:
    """The files in quarantine."""
    return list(quarantine.listing(session, campaign_id=CAMPAIGN))


def release(session: Session, one: Quarantined, *confirmed: str) -> ImportPlan:
    """Let a file out of quarantine."""
    return imports.release(session, campaign_id=CAMPAIGN, file_id=one.id, by=BY, confirmed=confirmed)


def raw(session: Session, identity: str) -> bytes | None:
    """An envelope as it is kept."""
    return session.exec(select(Row.raw).where(Row.id == identity)).one()


def from_the_future(unit: str) -> Envelope:
    """A submission written by minor version 9, with a header field and a member that this edition does not know."""
    documents = {**sealing.documents_of(unit), "weather": {"rain": 1}}
    members = {name: canonical.encode(documents[name]) for name in sorted(documents)}
    private = sealing.key_of(unit)
    address = sealing.address("submission", unit, coverage=sealing.TOTALS)
    keys = [trust.public_key(private)]
    head = canonical.decode(header.write(address, members=members, keys=keys, detachable=["ratee_tallies"]))
    head["format"]["minor"], head["colour"] = 9, "red"
    signed = canonical.encode(head)
    signature = base64.b64encode(trust.sign(package.pae(signed), private))
    frame = f"PINGYI/1 {len(signed)} 1 {'1' * len(members)}\n".encode()
    return package.open_envelope(b"".join([frame, signed, b"\n", signature, b"\n", *members.values()]))


def own_key(session: Session, private: bytes) -> None:
    """Give the office this signing key, epoch 1."""
    session.add(
        OwnKey(campaign_id=CAMPAIGN, epoch=1, private_key=private.hex(), public_key=trust.public_key(private))
    )


def hold(session: Session) -> None:
    """Register the office's own session, which has no ballots."""
    (mine,) = [one for one in sessions.listing(session, campaign_id=CAMPAIGN) if one.own]
    sessions.hold(
        session, session_id=mine.id, held_on="2024-01-15", expected=13, actual=13, by=BY, reason="已核实"
    )


def opened(data: bytes) -> list[Envelope]:
    """The envelopes of a package an office has made, as the office above opens it."""
    return bundle.read(age.decrypt(data, [ABOVE[0]]))
