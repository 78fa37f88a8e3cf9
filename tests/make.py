"""Small things to test with: a company of eight organisations, a school branch on its own, batches in any state.

``company``     QL › QL.01 (QL.01.G01 › B001, B002; QL.01.B003) and QL.02 (QL.02.B001), with a few members
``school``      one branch that publishes a campaign of its own
``sealed``      a batch keyed and sealed;   ``received``  a unit's counts as they arrive in a package

A data file is built once in a process and copied from then on (``copied``): all copies have the same ids and keys.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.people import members, org
from pingyi_desktop.appraisal.people.members import Member
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.exchange.inbox.contents import Submission, project
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign
from pingyi_desktop.storage.schema_exchange import StoredEnvelope
from pingyi_desktop.storage.schema_people import OrgType, PartyMember, PartyOrganization
from pingyi_desktop.storage.store import Store

BY = "王办事"
WHY = "已核实"  # the answer to whatever a door asks here: what it asks is tested elsewhere
FEW = 5  # people are registered one by one
PEOPLE = 5000  # in a session whose people do not matter
ORGS = (
    ("QL", "QL.01", OrgType.GRASSROOTS_COMMITTEE, "中共青峦公司一矿委员会", "一矿党委"),
    ("QL.01", "QL.01.G01", OrgType.GENERAL_BRANCH, "中共青峦公司一矿采掘总支部委员会", "一矿采掘党总支"),
    ("QL.01.G01", "QL.01.G01.B001", OrgType.BRANCH, "中共青峦公司一矿采一队支部委员会", "一矿采一队党支部"),
    ("QL.01.G01", "QL.01.G01.B002", OrgType.BRANCH, "中共青峦公司一矿采二队支部委员会", "一矿采二队党支部"),
    ("QL.01", "QL.01.B003", OrgType.BRANCH, "中共青峦公司一矿机关支部委员会", "一矿机关党支部"),
    ("QL", "QL.02", OrgType.GRASSROOTS_COMMITTEE, "中共青峦公司二矿委员会", "二矿党委"),
    ("QL.02", "QL.02.B001", OrgType.BRANCH, "中共青峦公司二矿机关支部委员会", "二矿机关党支部"),
)
NAMES = ("赵建国", "钱秀英", "孙志强", "李桂兰", "周文斌")


def member(session: Session, member_no: str) -> Member:
    """A member by number, retired or not, as the file has it."""
    return next(m for m in members.members(session, include_retired=True) if m.member_no == member_no)


def asked(act: Callable[[], object]) -> list[str]:
    """Codes of what an act asks a reason for; empty when it asks nothing."""
    try:
        act()
    except NeedsReasonError as error:
        return [one.code for one in error.findings]
    return []


_KEPT: dict[object, bytes] = {}
_KEPT_FOLDERS: dict[object, tuple[Any, dict[Path, bytes]]] = {}


def copied_folder(root: Path, build: Callable[..., Any], *told: Any) -> Any:
    """What ``build(root, *told)`` answers, with all that it puts below ``root``: built once in a process, like ``copied``.

    No answer and no file may name the folder.
    """
    kept = (build, repr(told))
    if kept not in _KEPT_FOLDERS:
        with tempfile.TemporaryDirectory() as folder:
            answer = build(Path(folder), *told)
            files = [path for path in Path(folder).rglob("*") if path.is_file()]
            found = {path.relative_to(folder): path.read_bytes() for path in files}
            _KEPT_FOLDERS[kept] = answer, found
    answer, found = _KEPT_FOLDERS[kept]
    for path, data in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return answer


def copied(path: Path, build: Callable[..., Store], *told: Any, **named: Any) -> Store:
    """The data file that ``build(path, *told, **named)`` makes, open: built once in a process, copied in a millisecond.

    ``build`` is a function of a module, and what it is told has a ``repr`` of its own. It must not depend on anything else,
    such as what a test has patched.
    """
    kept = (build, repr(told), repr(sorted(named.items())))
    if kept not in _KEPT:
        with tempfile.TemporaryDirectory() as folder:
            made = build(Path(folder) / path.name, *told, **named)
            made.close()
            _KEPT[kept] = made.path.read_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(_KEPT[kept])
    return store.open_file(path)


def company(path: Path) -> Store:
    """The small company, without a campaign; three members in each branch but the last."""
    return copied(path, _company)


def school(path: Path, *, people: Sequence[str] = NAMES, code: str = "XX") -> Store:
    """A school's branch that stands alone, with its members."""
    return copied(path, _school, people=tuple(people), code=code)


def published_company(path: Path, **changes: Any) -> Store:
    """The small company with a published campaign, which is ``campaign_of`` it; ``changes`` as of ``draft``."""
    return copied(path, _published, _company, {}, **changes)


def published_school(path: Path, *, people: Sequence[str] = NAMES, **changes: Any) -> Store:
    """The school with a published campaign; ``changes`` as of ``draft``."""
    return copied(path, _published, _school, {"people": tuple(people)}, **changes)


def counted_company(path: Path) -> Store:
    """The small company, whose committee QL.01 has ten ballots of T-ORG-A sealed."""
    return copied(path, _counted)


def campaign_of(session: Session) -> str:
    """Id of the file's only campaign."""
    return session.exec(select(Campaign.id)).one()


def _published(path: Path, build: Callable[..., Store], told: dict[str, Any], **changes: Any) -> Store:
    made = build(path, **told)
    with made.transaction() as session:
        published(session, **changes)
    return made


def _company(path: Path) -> Store:
    made = store.create(
        path,
        code="QL",
        name="中共青峦公司委员会",
        short_name="青峦公司党委",
        org_type=OrgType.COMPANY_COMMITTEE,
    )
    with made.transaction() as session:
        for parent, code, org_type, full_name, short_name in ORGS:
            org.add(
                session,
                parent_code=parent,
                code=code,
                org_type=org_type,
                full_name=full_name,
                short_name=short_name,
                by=BY,
                reason=WHY,
            )
        for code in ("QL.01.G01.B001", "QL.01.G01.B002", "QL.01.B003"):
            for name in NAMES[:3]:
                members.add_member(session, org_code=code, name=name, category="FULL", by=BY, reason=WHY)
    return made


def _counted(path: Path) -> Store:
    made = published_company(path, form_codes=["T-ORG-A"])
    with made.transaction() as session:
        one = batch(session, campaign_id=campaign_of(session), org_code="QL.01")
        sealed(session, one.id, ["11111"] * 9 + ["21111"])
    return made


def _school(path: Path, *, people: Sequence[str] = NAMES, code: str = "XX") -> Store:
    made = store.create(
        path, code=code, name="中共慈云学校支部委员会", short_name="慈云学校党支部", org_type=OrgType.BRANCH
    )
    with made.transaction() as session:
        for name in people[:FEW]:
            org_member(session, code, name)
        crowd(session, code, people[FEW:])
    return made


def crowd(session: Session, org_code: str, names: Iterable[str]) -> None:
    """Many more members at once, as a file has them that were registered one by one; only the journal does not tell it."""
    unit = session.exec(select(PartyOrganization).where(PartyOrganization.code == org_code)).one()
    there = len(session.exec(select(PartyMember).where(PartyMember.org_id == unit.id)).all())
    for place, (number, name) in enumerate(
        zip(members.free_numbers(session), names, strict=False), there + 1
    ):
        session.add(PartyMember(member_no=number, name=name, category="FULL", org_id=unit.id, sort_no=place))
    session.flush()


def org_member(session: Session, org_code: str, name: str) -> None:
    """Register one more member."""
    members.add_member(session, org_code=org_code, name=name, category="FULL", by=BY, reason=WHY)


def adopted(session: Session, path: Path, *, campaign_id: str, code: str) -> Store:
    """The file of a unit that took over the campaign published in ``session``."""
    definition = session.get_one(Campaign, campaign_id).definition
    assert definition is not None
    unit = org.find(session, code=code)
    made = store.create(
        path,
        code=code,
        name=unit.full_name,
        short_name=unit.short_name,
        org_type=OrgType(unit.org_type),
    )
    with made.transaction() as theirs:
        for one in org.tree(session, under=code)[1:]:
            org.add(
                theirs,
                parent_code=one.parent_code,
                code=one.code,
                org_type=one.org_type,
                full_name=one.full_name,
                short_name=one.short_name,
                by=BY,
            )
        sessions.adopt(theirs, definition=definition, by=BY)
    return made


def draft(session: Session, **changes: Any) -> str:
    """A campaign not yet published; ``changes`` are arguments of ``campaigns.new``."""
    facts: dict[str, Any] = {
        "name": "2024年群众评议",
        "activity": "创先争优",
        "year": 2024,
        "start_date": "2024-01-05",
        "end_date": "2024-01-31",
        "by": BY,
    }
    return campaigns.new(session, **{**facts, **changes})


def published(session: Session, **changes: Any) -> str:
    """A published campaign of the file's own unit with its sessions planned; returns its id."""
    campaign_id = draft(session, **changes)
    sessions.publish(session, campaign_id=campaign_id, by=BY, reason=WHY)
    return campaign_id


def batch(session: Session, *, campaign_id: str, **wanted: object) -> BatchView:
    """The only batch whose view has these values, for example ``org_code="QL.01", form_code="T-ORG-A"``."""
    found = [
        one
        for one in batches.listing(session, campaign_id=campaign_id)
        if all(getattr(one, key) == value for key, value in wanted.items())
    ]
    assert len(found) == 1, [one.code for one in found]
    return found[0]


def sheet(
    session: Session, batch_id: str, *, valid: int, blank: int = 0, void: int = 0, lost: int = 0
) -> None:
    """Type a control sheet that fits ``valid`` ballots, in a session of people enough."""
    registered(session, batch_id)
    returned = valid + blank + void
    issued = returned + lost
    batches.set_control_sheet(
        session,
        batch_id=batch_id,
        printed=issued,
        issued=issued,
        returned=returned,
        blank=blank,
        void=void,
        by=BY,
        reason=WHY,
    )


def sealed(session: Session, batch_id: str, stack: Sequence[str], **figures: int) -> None:
    """Key a stack ballot by ballot and seal it."""
    ballots.enter_ballots(session, batch_id=batch_id, ballots=stack, by=BY)
    sheet(session, batch_id, valid=len(stack), **figures)
    seal(session, batch_id=batch_id, by=BY)


def seal(session: Session, *, batch_id: str, by: str) -> None:
    """The shortest way from the first entry to the seal: no second entry, one teller, one scrutineer."""
    registered(session, batch_id)
    signing.waive(session, batch_id=batch_id, reason="票数少", by=by)
    signing.sign(session, batch_id=batch_id, tellers=["甲"], scrutineers=["乙"], by=by, reason=WHY)
    signing.seal(session, batch_id=batch_id, by=by)


def held(
    session: Session, session_id: str, *, expected: int = 12, actual: int = 12, held_on: str = "2024-01-12"
) -> None:
    """Register a session as held."""
    sessions.hold(
        session,
        session_id=session_id,
        held_on=held_on,
        expected=expected,
        actual=actual,
        by=BY,
        reason=WHY,
    )


def registered(session: Session, batch_id: str) -> None:
    """See to it that the batch's session has people counted, as many as it takes."""
    row = session.get_one(BallotBatch, batch_id)
    if session.get_one(AppraisalSession, row.session_id).actual is None:
        held(session, row.session_id, expected=PEOPLE, actual=PEOPLE)


def received(
    session: Session,
    *,
    campaign_id: str,
    org_code: str,
    counts: Mapping[str, Sequence[Sequence[int]]],
    category: str = "ALL",
    blank: int = 0,
    void: int = 0,
    persons: int = 1,
) -> None:
    """Take in a unit's layer-2 counts as a package brings them: form code → one row of options per item."""
    envelope = f"{org_code}-{category}"
    session.add(
        StoredEnvelope(
            id=envelope,
            campaign_id=campaign_id,
            type="submission",
            unit_code=org_code,
            epoch=1,
            revision=1,
            state="CHOSEN",
        )
    )
    session.flush()
    view = campaigns.show(session, campaign_id=campaign_id)
    people = {"expected": 20, "actual": 20, "self_introduced": 9, "oral_reports": 8, "members": 10}
    fact = {"layer": 2, "org": org_code, "held_on": "2024-01-12", "meeting_type": "FORUM", **people}
    documents = []
    for form_code, rows in counts.items():
        valid = sum(rows[0]) // persons
        returned = valid + blank + void
        figures = {
            "printed": returned,
            "issued": returned,
            "returned": returned,
            "blank": blank,
            "void": void,
        }
        documents.append(
            {
                "layer": 2,
                "org": org_code,
                "form": form_code,
                "version": view.form(form_code).version,
                "voter_category": category,
                **figures,
                "valid": valid,
                "persons": persons,
                "entry_mode": "COUNT",
                "ballot_commit": None,
                "items": [
                    {
                        "target": "",
                        "item": item.no,
                        "counts": list(row),
                        "blank": 0,
                        "multi": 0,
                        "illegible": 0,
                    }
                    for item, row in zip(view.form(form_code).items, rows, strict=True)
                ],
            }
        )
    one = Submission(id=envelope, facts=(fact,), batches=tuple(documents))
    project(session, campaign_id=campaign_id, submissions=[one])


def bytes_without_ids(path: Path) -> bytes:
    """A closed file's bytes, every id and digest in it blanked: five digits in a row can stand in one of them by chance."""
    with closing(sqlite3.connect(path)) as raw:
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        values = [
            str(value) for table in tables for row in raw.execute(f'SELECT * FROM "{table}"') for value in row
        ]
    found = {run for value in values for run in re.findall("[0-9a-f]{16,}", value)}
    data = path.read_bytes()
    for run in sorted(found, key=len, reverse=True):
        data = data.replace(run.encode(), b"#" * len(run))
    return data


def refused(code: str, call: Callable[..., object], /, *given: object, said: str = "", **told: object) -> str:
    """The sentence with which a call breaks the rule ``code``; ``said`` is in it."""
    with pytest.raises(RuleError) as caught:
        call(*given, **told)
    assert caught.value.code == code
    assert said in str(caught.value)
    return str(caught.value)


def said(found: Iterable[Finding]) -> dict[str, str]:
    """The sentences of findings by their codes."""
    return {one.code: one.sentence for one in found}
