"""任务文件: what an office hands down, and how a unit takes it up.

A task file is a package of two envelopes: the campaign definition, signed once by the unit that published it and
passed on byte for byte, and the office's own assignment to one direct child with that child's part of the roster.
Codes that seal a task file to one reader come later; the header leaves their place open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import members as roster
from pingyi_desktop.appraisal import org, sessions
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import bundle, keys, package, trust
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema import (
    Campaign,
    Envelope,
    EnvelopeState,
    OrgType,
    PartyMember,
    PartyOrganization,
    new_id,
)
from pingyi_desktop.storage.schema_exchange import OwnKey
from pingyi_desktop.storage.store import Store

SUFFIX = ".pingyi-task"
_PERSON = (
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


@dataclass(frozen=True)
class TaskFile:
    """One file to hand to a direct child."""

    unit_code: str
    unit_name: str
    file_name: str
    data: bytes


@dataclass(frozen=True)
class Task:
    """A verified task file, read but not taken up. ``fingerprint`` is that of the office which signed it."""

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
    assignment: package.Envelope


def assign(
    session: Session, *, campaign_id: str, by: str, units: Sequence[str] | None = None
) -> list[TaskFile]:
    """A task file for each direct child (or those named); the same task gives the same bytes again."""
    campaign = session.get_one(Campaign, campaign_id)
    if campaign.definition is None:
        raise PackageError("活动还没有发布，不能下发任务。请先在“评议活动”页发布。")
    signer = keys.signer(session, campaign_id=campaign_id)
    unit = org.own_unit(session)
    children = {o.code: o for o in org.tree(session) if o.parent_code == unit.code and o.in_scope}
    wanted = list(children) if units is None else list(units)
    if unknown := [code for code in wanted if code not in children]:
        raise PackageError(f"“{'、'.join(unknown)}”不是“{unit.short_name}”的直接下级，不能向它下发任务。")
    definition = _definition_envelope(session, campaign, signer, unit.short_name)
    files = []
    for code in wanted:
        child = children[code]
        task: dict[str, object] = {"unit": code, "parent": unit.code, "epoch": 1}
        assignment, _ = keys.issue(
            session,
            campaign=campaign,
            kind="assignment",
            members={"task": task, "roster": {"people": _people(session, code)}},
            unit_name=unit.short_name,
            to=code,
            signer=signer,
            detachable={"roster"},
        )
        name = f"任务-{code}-{child.short_name}{SUFFIX}"
        files.append(TaskFile(code, child.short_name, name, bundle.write([definition, assignment])))
    journal.record(session, act="下发任务", subject=campaign.name, by=by, detail={"units": wanted})
    return files


def read_task(data: bytes) -> Task:
    """Verify a task file; a ``PackageError`` sentence when it is not one or does not hold together."""
    envelopes = {envelope.address.type: envelope for envelope in bundle.read(data)}
    if envelopes.keys() != {"campaign", "assignment"}:
        raise PackageError("这不是任务文件。下级上报的数据包请在“收发”页导入。")
    definition, assignment = envelopes["campaign"], envelopes["assignment"]
    document, task = definition.document("definition"), assignment.document("task")
    orgs = {row["code"]: row for row in document["orgs"]}
    bound = hashlib.sha256(definition.members["definition"]).hexdigest()
    parent, unit = assignment.address.unit, task["unit"]
    fits = (
        bound == assignment.address.campaign_sha256 == definition.address.campaign_sha256
        and assignment.address.campaign == definition.address.campaign == document["campaign"]
        and definition.address.unit == document["root"]
        and assignment.address.to == unit
        and unit in orgs
        and orgs[unit]["parent"] == parent == task["parent"]
        and (parent != document["root"] or assignment.signer == definition.signer)
    )
    if not fits:
        raise PackageError("任务文件前后不一致，可能被改动过，请让上级重新下发。")
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
            _plant(session, task)
            take_task(session, task=task, by=by)
        undo.pop_all()
    return made


def take_task(session: Session, *, task: Task, by: str) -> str:
    """Take a task up in the unit's own file; the same task again changes nothing. Returns the campaign's id."""
    unit = org.own_unit(session)
    if unit.code != task.unit_code:
        raise PackageError(
            f"这是给“{task.unit_name}”的任务文件，本文件属于“{unit.short_name}”。请换用对应的数据文件，或新建一个。"
        )
    if session.get(OwnKey, (task.campaign_id, task.epoch)) is not None:
        return task.campaign_id
    if session.get(Campaign, task.campaign_id) is None:
        definition = task.definition.members["definition"].decode()
        sessions.adopt(session, definition=definition, by=by)
    keys.create_signer(session, campaign_id=task.campaign_id, epoch=task.epoch)
    envelopes = (task.definition, task.assignment)
    fresh = [e for e in envelopes if session.get(Envelope, e.id) is None]
    keys.keep(session, [keys.stored(e, state=EnvelopeState.SUPPORT, own=False) for e in fresh])
    known = keys.keyring(session, campaign_id=task.campaign_id)
    told = {(envelope.address.unit, envelope.address.epoch): envelope.signer for envelope in envelopes}
    added = {place: key for place, key in told.items() if place not in known}
    keys.remember(session, campaign_id=task.campaign_id, keys=added, origin="任务文件")
    return task.campaign_id


def _definition_envelope(
    session: Session, campaign: Campaign, signer: keys.Signer, unit_name: str
) -> package.Envelope:
    kept = session.exec(
        select(Envelope.raw).where(Envelope.campaign_id == campaign.id, Envelope.type == "campaign")
    ).first()
    if kept is not None:
        return package.parse_stored(kept)
    envelope, _ = keys.issue(
        session,
        campaign=campaign,
        kind="campaign",
        members={"definition": json.loads(campaign.definition or "")},
        unit_name=unit_name,
        to="",
        signer=signer,
    )
    return envelope


def _people(session: Session, under: str) -> list[dict[str, object]]:
    return [
        {"org": m.org_code, **{key: getattr(m, key) for key in _PERSON}}
        for m in roster.members(session, under=under)
    ]


def _subtree(orgs: Sequence[Mapping[str, Any]], unit: str) -> list[Mapping[str, Any]]:
    inside, found = {unit}, []
    for row in orgs:
        if row["code"] == unit or row["parent"] in inside:
            inside.add(row["code"])
            found.append(row)
    return found


def _plant(session: Session, task: Task) -> None:
    unit = session.exec(select(PartyOrganization).where(col(PartyOrganization.code) == task.unit_code)).one()
    ids = {task.unit_code: unit.id} | {row["code"]: new_id() for row in task.orgs[1:]}
    orgs = [
        {
            "id": ids[row["code"]],
            "parent_id": ids[row["parent"]],
            "org_type": row["type"],
            **{key: row[key] for key in ("code", "full_name", "short_name", "in_scope")},
        }
        for row in task.orgs[1:]
    ]
    people = [
        {"id": new_id(), "org_id": ids[row["org"]], **{key: row[key] for key in _PERSON}}
        for row in task.people
    ]
    for table, rows in ((PartyOrganization, orgs), (PartyMember, people)):
        if rows:
            session.execute(insert(table), rows)
