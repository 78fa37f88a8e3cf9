"""打开任务文件: how a unit reads a task, makes its data file and keys, and takes a later task up (package design §3)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import org, sessions
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import age, bundle, codes, keylock, keys, package, trust
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema import (
    Campaign,
    Envelope,
    EnvelopeState,
    OrgStatus,
    OrgType,
    PartyMember,
    PartyOrganization,
    new_id,
)
from pingyi_desktop.storage.schema_exchange import OwnKey, TrustedKey
from pingyi_desktop.storage.store import Store

SECRET = "enrolment"
"""the member that holds the token: it travels and is kept in no data file"""
PERSON = (
    "member_no",
    "name",
    "name_suffix",
    "group_name",
    "category",
    "party_duty",
    "is_leading_cadre",
    "post",
    "roster_status",
    "exempt_reason",
    "sort_no",
)
"""what of a party member travels in a task"""


@dataclass(frozen=True)
class Task:
    """A verified task file, read but not taken up. ``fingerprint`` is that of the office which signed it.

    ``token`` and ``recipient`` are empty in task files of the first edition.
    """

    unit_code: str
    unit_name: str
    unit_type: str
    parent_code: str
    parent_name: str
    campaign_id: str
    campaign_name: str
    mode: str
    epoch: int
    fingerprint: str
    orgs: tuple[Mapping[str, Any], ...]
    people: tuple[Mapping[str, Any], ...]
    definition: package.Envelope
    assignment: package.Envelope = field(repr=False)
    token: str = field(default="", repr=False)
    recipient: str = ""


def is_sealed(data: bytes) -> bool:
    """Whether a task file has to be opened with a code; those of the first edition have not."""
    return age.is_sealed(data)


def read_task(data: bytes, code: str = "") -> Task:
    """Verify a task file; a sentence when it is not one, does not hold together, or the typed ``code`` is wrong.

    The code's check digit is looked at first: opening the file takes a moment.
    """
    if age.is_sealed(data):
        if not code.strip():
            raise PackageError("这个任务文件要用激活码打开，请输入纸条上的 16 位数字。")
        data = age.open_with_code(data, codes.read_code(code))
    envelopes = {envelope.address.type: envelope for envelope in bundle.read(data)}
    if envelopes.keys() != {"campaign", "assignment"}:
        raise PackageError("这不是任务文件。下级上报的数据包请在“收发”页导入。")
    definition, assignment = envelopes["campaign"], envelopes["assignment"]
    document, task = definition.document("definition"), assignment.document("task")
    orgs = {row["code"]: row for row in document["orgs"]}
    unit, parent = task["unit"], assignment.address.unit
    if not _holds_together(definition, assignment):
        raise PackageError("任务文件前后不一致，可能被改动过，请让上级重新下发。")
    if recipient := task.get("recipient", ""):
        age.check_recipient(recipient)
    return Task(
        unit_code=unit,
        unit_name=orgs[unit]["short_name"],
        unit_type=orgs[unit]["type"],
        parent_code=parent,
        parent_name=orgs[parent]["short_name"],
        campaign_id=document["campaign"],
        campaign_name=document["name"],
        mode=document["mode"],
        epoch=task["epoch"],
        fingerprint=trust.fingerprint(assignment.signer),
        orgs=tuple(_subtree(document["orgs"], unit)),
        people=tuple((assignment.document("roster") or {"people": ()})["people"]),
        definition=definition,
        assignment=assignment,
        token=(assignment.document(SECRET) or {"token": ""})["token"],
        recipient=recipient,
    )


def _holds_together(definition: package.Envelope, assignment: package.Envelope) -> bool:
    document, task = definition.document("definition"), assignment.document("task")
    orgs = {row["code"]: row for row in document["orgs"]}
    bound = hashlib.sha256(definition.members["definition"]).hexdigest()
    parent, unit = assignment.address.unit, task["unit"]
    return (
        bound == assignment.address.campaign_sha256 == definition.address.campaign_sha256
        and assignment.address.campaign == definition.address.campaign == document["campaign"]
        and definition.address.unit == document["root"]
        and assignment.address.to == unit
        and unit in orgs
        and orgs[unit]["parent"] == parent == task["parent"]
        and (parent != document["root"] or assignment.signer == definition.signer)
    )


def create_file(path: Path, *, task: Task, by: str) -> Store:
    """A new data file for the task's unit with its tree, roster, campaign and key."""
    own = task.orgs[0]
    made = store.create(
        path,
        code=task.unit_code,
        name=own["full_name"],
        org_type=OrgType(task.unit_type),
        short_name=own["short_name"],
    )
    with ExitStack() as undo:
        undo.callback(path.unlink)
        undo.callback(made.close)
        with made.transaction() as session:
            take_task(session, task=task, by=by)
        undo.pop_all()
    return made


def take_task(session: Session, *, task: Task, by: str) -> str:
    """Take a task up in the unit's own file; the same task again changes nothing. Returns the campaign's id.

    The task of a campaign that the file does not know brings that campaign's tree (next year's). A later epoch brings
    new keys; a task older than the one in the file is refused, as is one that an unknown key of
    the same office has signed.
    """
    unit = org.own_unit(session)
    if unit.code != task.unit_code:
        raise PackageError(
            f"这是给“{task.unit_name}”的任务文件，本文件属于“{unit.short_name}”。请换用对应的数据文件，或新建一个。"
        )
    mine = select(func.max(col(OwnKey.epoch))).where(col(OwnKey.campaign_id) == task.campaign_id)
    newest = session.scalar(mine) or 0
    if newest > task.epoch:
        raise PackageError(
            f"这是旧的任务文件（第 {task.epoch} 次下发），本文件已经打开过第 {newest} 次下发的，不能退回。"
            "请用最后一次下发的文件和激活码。"
        )
    campaign = session.get(Campaign, task.campaign_id)
    if campaign is None:
        _plant(session, task, by=by)
        definition = task.definition.members["definition"].decode()
        sessions.adopt(session, definition=definition, by=by)
    elif campaign.definition_sha256 != task.definition.address.campaign_sha256:
        raise PackageError("任务文件里的活动与本文件里的不同（评议表、口径或组织名单变了）。请向上级核实。")
    _trust(session, task)
    if newest < task.epoch:
        keys.create_signer(session, campaign_id=task.campaign_id, epoch=task.epoch, token=task.token)
    else:
        _complete(session, task)
    assignment = package.strip(task.assignment, [SECRET])
    fresh = [e for e in (task.definition, assignment) if session.get(Envelope, e.id) is None]
    keys.keep(session, [keys.stored(e, state=EnvelopeState.SUPPORT, own=False) for e in fresh])
    return task.campaign_id


def _trust(session: Session, task: Task) -> None:
    """Remember the keys of the root and of the office above, and what to encrypt to for the latter."""
    above = task.assignment.address
    told = {(e.address.unit, e.address.epoch): e.signer for e in (task.definition, task.assignment)}
    known = keys.keyring(session, campaign_id=task.campaign_id)
    if any(known.get(place, key) != key for place, key in told.items()):
        raise PackageError(
            "任务文件不是原来那个上级签的（签名密钥不同），没有打开。请打电话向上级核实；"
            "上级换过电脑的，要由它的上级先给它重新下发。"
        )
    recipients = {(above.unit, above.epoch): task.recipient} if task.recipient else {}
    added = {place: key for place, key in told.items() if place not in known}
    keys.remember(session, campaign_id=task.campaign_id, keys=added, origin="任务文件", recipients=recipients)
    row = session.get_one(TrustedKey, (task.campaign_id, above.unit, above.epoch))
    if row.age_recipient is None and task.recipient:
        row.age_recipient = task.recipient
        session.add(row)
        session.flush()


def _complete(session: Session, task: Task) -> None:
    """Give the own key the token that a task file of the first edition did not have."""
    own = session.get_one(OwnKey, (task.campaign_id, task.epoch))
    if own.token is None and task.token:
        own.token = keylock.protect(session, task.token)
        session.add(own)
        session.flush()


def _subtree(orgs: Sequence[Mapping[str, Any]], unit: str) -> list[Mapping[str, Any]]:
    inside, found = {unit}, []
    for row in orgs:
        if row["code"] == unit or row["parent"] in inside:
            inside.add(row["code"])
            found.append(row)
    return found


def _plant(session: Session, task: Task, *, by: str) -> None:
    """Make the file's tree that of the task's campaign: what a new file begins with, and what changed since last year.

    Units that the campaign does not know stay, out of its scope. A roster is only brought to where there is none: what
    the unit itself keeps is never replaced.
    """
    known = {row.code: row for row in session.exec(select(PartyOrganization))}
    ids = {code: row.id for code, row in known.items()}
    ids |= {row["code"]: new_id() for row in task.orgs if row["code"] not in known}
    wanted = {
        row["code"]: {
            "parent_id": None if row["code"] == task.unit_code else ids[row["parent"]],
            "org_type": row["type"],
            "status": OrgStatus.ACTIVE.value,
            "sort_no": place,  # the definition lists them in the order of the office's own tree
            **{key: row[key] for key in ("full_name", "short_name", "in_scope")},
        }
        for place, row in enumerate(task.orgs)
    }
    added = [
        {"id": ids[code], "code": code, **values} for code, values in wanted.items() if code not in known
    ]
    if added:
        session.execute(insert(PartyOrganization), added)
    changed = [code for code, row in known.items() if _becomes(row, wanted.get(code, {"in_scope": False}))]
    session.flush()
    populated = set(session.exec(select(PartyMember.org_id)))
    people = [
        {"id": new_id(), "org_id": ids[row["org"]], **{key: row[key] for key in PERSON}}
        for row in task.people
        if ids[row["org"]] not in populated
    ]
    if people:
        session.execute(insert(PartyMember), people)
    if added or changed:
        detail: dict[str, object] = {"added": [row["code"] for row in added], "changed": changed}
        journal.record(session, act="按任务调整组织", subject=task.campaign_name, by=by, detail=detail)


def _becomes(row: PartyOrganization, values: Mapping[str, object]) -> bool:
    """Give a unit these values; whether any was another."""
    differing = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in differing.items():
        setattr(row, key, value)
    return bool(differing)
