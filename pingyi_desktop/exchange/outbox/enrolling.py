"""打开任务文件: how a unit makes its data file and keys from a task, and takes a later task up (package design §3).

How a task file is read is in ``task_reading``, whose keys it may bring in ``anchors``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import campaign_tree, sessions
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.ledgers import orders
from pingyi_desktop.exchange.locks import keylock, keys
from pingyi_desktop.exchange.outbox import anchors
from pingyi_desktop.exchange.outbox.anchors import Claim
from pingyi_desktop.exchange.outbox.task_reading import PERSON, SECRET, Task
from pingyi_desktop.exchange.outbox.task_reading import read_task as read_task
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema import new_id
from pingyi_desktop.storage.schema_campaign import Campaign, CampaignStatus
from pingyi_desktop.storage.schema_exchange import EnvelopeState, OwnKey, StoredEnvelope
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType, PartyMember, PartyOrganization
from pingyi_desktop.storage.store import Store


def create_file(path: Path, *, task: Task, by: str, key: bytes | None = None, key_file: bytes = b"") -> Store:
    """A new data file for the task's unit with its tree, roster, campaign and key; encrypted when there is a ``key``."""
    own = task.orgs[0]
    return store.create(
        path,
        code=task.unit_code,
        name=own["full_name"],
        org_type=OrgType(task.unit_type),
        short_name=own["short_name"],
        key=key,
        key_file=key_file,
        fill=lambda session: take_task(session, task=task, by=by),
    )


def take_task(session: Session, *, task: Task, by: str, confirmed: Collection[str] = ()) -> list[Claim]:
    """Take a task up in the unit's own file; the same task again changes nothing. Returns how its keys are vouched for.

    The task of a campaign that the file does not know brings that campaign's tree (next year's). A later epoch brings
    new keys; a task older than the one in the file is refused, as is one whose keys nothing in the file vouches for,
    unless their fingerprints are ``confirmed`` (see ``anchors``).
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
    if campaign is not None and campaign.definition_sha256 != task.definition.address.campaign_sha256:
        raise PackageError("任务文件里的活动与本文件里的不同（评议表、口径或组织名单变了）。请向上级核实。")
    trusted = anchors.trust_task(session, task=task, by=by, confirmed=confirmed)
    if campaign is None:
        _plant(session, task, by=by)
        definition = task.definition.members["definition"].decode()
        sessions.adopt(session, definition=definition, by=by)
    if newest < task.epoch:
        keys.create_signer(session, campaign_id=task.campaign_id, epoch=task.epoch, token=task.token)
    else:
        _complete(session, task)
    assignment = package.strip(task.assignment, [SECRET])
    last = orders.newest(session, campaign_id=task.campaign_id, unit=task.unit_code)
    fresh = [e for e in (task.definition, assignment) if session.get(StoredEnvelope, e.id) is None]
    keys.keep(session, [keys.stored(e, state=EnvelopeState.SUPPORT, own=False) for e in fresh])
    if assignment in fresh and not _is_older(assignment, last):
        orders.take(session, assignment=assignment, by=by)
    return trusted


def _is_older(assignment: package.Envelope, last: package.Envelope | None) -> bool:
    """Whether a later task of this office was taken up: its orders hold then."""
    if last is None or last.address.unit != assignment.address.unit:
        return False
    return (assignment.address.epoch, assignment.address.revision) < (
        last.address.epoch,
        last.address.revision,
    )


def _complete(session: Session, task: Task) -> None:
    """Give the own key the token that a task file of the first edition did not have."""
    own = session.get_one(OwnKey, (task.campaign_id, task.epoch))
    if own.token is None and task.token:
        own.token = keylock.protect(session, task.token)
        session.add(own)
        session.flush()


def _plant(session: Session, task: Task, *, by: str) -> None:
    """Make the file's tree that of the task's campaign: what a new file begins with, and what changed since last year.

    Units that the campaign does not know stay, out of its scope. A roster is only brought to units that no campaign of
    this file has yet, and where there is none: what the unit itself keeps is never replaced, and nothing that an earlier
    campaign shows or prints changes (its own tree is in ``campaign_tree``).
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
    closed = set(session.exec(select(PartyMember.org_id)))
    closed |= {ids[code] for code in _counted(session) if code in ids}
    people = [
        {"id": new_id(), "org_id": ids[row["org"]], **{key: row[key] for key in PERSON}}
        for row in task.people
        if ids[row["org"]] not in closed
    ]
    if people:
        session.execute(insert(PartyMember), people)
    if added or changed:
        detail: dict[str, object] = {"added": [row["code"] for row in added], "changed": changed}
        journal.record(session, act="按任务调整组织", subject=task.campaign_name, by=by, detail=detail)


def _counted(session: Session) -> set[str]:
    """Codes of the units that a published campaign of this file counts."""
    published = session.exec(select(Campaign.id).where(Campaign.status == CampaignStatus.PUBLISHED)).all()
    return {o.code for one in published for o in campaign_tree.tree(session, campaign_id=one)}


def _becomes(row: PartyOrganization, values: Mapping[str, object]) -> bool:
    """Give a unit these values; whether any was another."""
    differing = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in differing.items():
        setattr(row, key, value)
    return bool(differing)
