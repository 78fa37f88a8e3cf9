"""任务文件: what an office hands down (package design §3); how a unit takes it up is in ``enrolling``.

A task file is a package of two envelopes: the campaign definition, signed once by the unit that published it and
passed on byte for byte, and the office's own assignment to one direct child with that child's part of the roster. It is
sealed with a 16-digit activation code that travels another way and is stored nowhere. Inside lies a secret, the token:
opening the file proves to the unit where it comes from, the token proves to the office whose first package it gets.

重新下发 (a new file, code, token and the next epoch) is the one remedy for a lost laptop, a lost key, a new secretary or a
code that got out: the old key is refused from then on, what was accepted stays until it is replaced.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlmodel import Session, col, select

from pingyi_desktop import paths, visible
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.people import members as roster
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import settling
from pingyi_desktop.exchange.ledgers import orders
from pingyi_desktop.exchange.locks import codes, keylock, keys
from pingyi_desktop.exchange.outbox.anchors import Claim as Claim
from pingyi_desktop.exchange.outbox.anchors import UnconfirmedKeyError as UnconfirmedKeyError
from pingyi_desktop.exchange.outbox.enrolling import create_file as create_file
from pingyi_desktop.exchange.outbox.enrolling import take_task as take_task
from pingyi_desktop.exchange.outbox.task_reading import PERSON, SECRET
from pingyi_desktop.exchange.outbox.task_reading import Task as Task
from pingyi_desktop.exchange.outbox.task_reading import check_sealed as check_sealed
from pingyi_desktop.exchange.outbox.task_reading import read_task as read_task
from pingyi_desktop.exchange.wire import age, bundle, package, trust
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import Campaign, SessionStatus
from pingyi_desktop.storage.schema_exchange import IssuedTask, StoredEnvelope

SUFFIX = paths.TASK_SUFFIX
TOKEN = 32  # bytes
NO_CODES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class TaskFile:
    """One file to hand to a direct child; ``code`` are the 16 digits that open it, to be handed over another way."""

    unit_code: str
    unit_name: str
    file_name: str
    data: bytes = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True)
class TaskSlip:
    """The slip of a task file that is not made yet: it is on paper before its code is in force."""

    unit_code: str
    unit_name: str
    file_name: str
    code: str = field(repr=False)


@dataclass(frozen=True)
class Issued:
    """What a direct child was handed down last: the number of times (epoch), or that it is entered by proxy."""

    epoch: int
    by_proxy: bool


@dataclass(frozen=True)
class _Office:
    """The office that hands down: its campaign, itself, its direct children by code, and the newest task of each."""

    campaign: Campaign
    unit: Org
    children: Mapping[str, Org]
    issued: Mapping[str, IssuedTask]


def issued(session: Session, *, campaign_id: str) -> dict[str, Issued]:
    """The newest task of every direct child that has one, by unit code."""
    rows = session.exec(
        select(IssuedTask).where(IssuedTask.campaign_id == campaign_id).order_by(col(IssuedTask.epoch))
    )
    return {row.unit_code: Issued(row.epoch, row.by_proxy) for row in rows}


def foresee(
    session: Session, *, campaign_id: str, units: Sequence[str], again: bool = False
) -> list[TaskSlip]:
    """New codes for these direct children, and what their files will be called; nothing is written."""
    office = _office(session, campaign_id)
    _check_children(office, units)
    period = campaigns.file_period(session, campaign_id=campaign_id)
    slips = []
    for unit in units:
        before = office.issued.get(unit)
        epoch = _next_epoch(office, unit) if again else 1 if before is None else before.epoch
        child = office.children[unit]
        slips.append(TaskSlip(unit, child.short_name, _file_name(child, period, epoch), codes.new_code()))
    return slips


def assign(
    session: Session,
    *,
    campaign_id: str,
    by: str,
    units: Sequence[str] | None = None,
    cost: int | None = None,
    ready: Mapping[str, str] = NO_CODES,
) -> list[TaskFile]:
    """A task file for each direct child (or those named) with a new code; units entered by proxy are left out.

    A second file for a unit holds the same task. ``cost`` is scrypt's log₂ N (None: ``age.COST``). Of those in ``ready``
    (by unit) the codes are on paper already; whoever calls this sees to it that the others are shown before the commit.
    """
    office = _office(session, campaign_id)
    wanted = list(office.children) if units is None else list(units)
    _check_children(office, wanted)
    proxied = [code for code in wanted if code in office.issued and office.issued[code].by_proxy]
    if units is not None and proxied:
        names = "、".join(office.children[code].short_name for code in proxied)
        raise PackageError(f"“{names}”由本级代录，不用下发任务。要改由它自己录票，请用“重新下发”。")
    files = []
    for code in [code for code in wanted if code not in proxied]:
        task = office.issued.get(code) or _issue(session, campaign_id, code, epoch=1)
        files.append(_task_file(session, office, task, cost, ready.get(code)))
    detail: dict[str, object] = {"units": [one.unit_code for one in files]}
    journal.record(session, act="下发任务", subject=office.campaign.name, by=by, detail=detail)
    return files


def reissue(
    session: Session,
    *,
    campaign_id: str,
    unit: str,
    reason: str,
    by: str,
    cost: int | None = None,
    code: str | None = None,
) -> TaskFile:
    """重新下发: a new file, code and epoch for a direct child; its old key is refused, accepted data stays.

    Also ends 由本级代录, unless something was entered already. Raises RuleError without a ``reason``.
    """
    office = _office(session, campaign_id)
    _check_children(office, [unit])
    proxied = unit in sessions.proxied(session, campaign_id=campaign_id)
    if proxied:
        _check_nothing_entered(session, campaign_id, office.children[unit])
    if not reason.strip():
        raise broken("V-PKG-05")
    task = _issue(session, campaign_id, unit, epoch=_next_epoch(office, unit))
    made = _task_file(session, office, task, cost, code)
    if proxied:  # what it sent itself before that may count again
        settling.settle_again(session, campaign_id=campaign_id)
    detail: dict[str, object] = {"epoch": task.epoch, "reason": reason.strip()}
    journal.record(session, act="重新下发任务", subject=unit, by=by, detail=detail)
    return made


def enter_by_proxy(session: Session, *, campaign_id: str, unit: str, by: str, reason: str = "") -> int:
    """由本级代录: a direct child without a computer; from now on this office's own key speaks for it.

    Returns the new epoch. Refused for a unit with units of its own below it: those would have nobody to report to.
    """
    office = _office(session, campaign_id)
    _check_children(office, [unit])
    name = office.children[unit].short_name
    below = campaign_tree.tree(session, campaign_id=campaign_id, under=unit)
    if any(o.parent_code == unit and o.in_scope for o in below):
        raise PackageError(f"“{name}”有自己的下级，不能由本级代录。请给它下发任务文件。")
    before = office.issued.get(unit)
    if before is not None and before.by_proxy:
        raise PackageError(f"“{name}”已经由本级代录。")
    if any(one.received for one in _meetings(session, campaign_id, unit)):
        raise PackageError(
            f"“{name}”自己报来的数据还在计入。要改由本级代录，请先在“收发”页作废它报来的数据。"
        )
    epoch = _next_epoch(office, unit)
    session.add(IssuedTask(campaign_id=campaign_id, unit_code=unit, epoch=epoch, token="", by_proxy=True))
    session.flush()
    own = trust.public_key(keys.signer(session, campaign_id=campaign_id).private)
    keys.remember(session, campaign_id=campaign_id, keys={(unit, epoch): own}, origin="由本级代录")
    settling.settle_again(session, campaign_id=campaign_id)
    journal.record(
        session, act="由本级代录", subject=unit, by=by, detail={"epoch": epoch, "reason": reason.strip()}
    )
    return epoch


def _office(session: Session, campaign_id: str) -> _Office:
    campaign = session.get_one(Campaign, campaign_id)
    if campaign.definition is None:
        raise PackageError("活动还没有发布，不能下发任务。请先在“评议活动”页发布。")
    unit, *below = campaign_tree.tree(session, campaign_id=campaign_id)
    rows = session.exec(
        select(IssuedTask).where(IssuedTask.campaign_id == campaign_id).order_by(col(IssuedTask.epoch))
    )
    return _Office(
        campaign=campaign,
        unit=unit,
        children={o.code: o for o in below if o.parent_code == unit.code and o.in_scope},
        issued={row.unit_code: row for row in rows},
    )


def _check_children(office: _Office, wanted: Sequence[str]) -> None:
    if unknown := [code for code in wanted if code not in office.children]:
        raise PackageError(
            f"“{'、'.join(unknown)}”不是“{office.unit.short_name}”的直接下级，不能向它下发任务。"
        )


def _meetings(session: Session, campaign_id: str, unit: str) -> list[SessionView]:
    return [s for s in sessions.listing(session, campaign_id=campaign_id, layer=2) if s.org_code == unit]


def _check_nothing_entered(session: Session, campaign_id: str, child: Org) -> None:
    held = any(s.status == SessionStatus.HELD for s in _meetings(session, campaign_id, child.code))
    begun = any(
        b.keyed or b.returned is not None or b.state != BatchState.FIRST
        for b in batches.listing(session, campaign_id=campaign_id, own_only=True)
        if b.org_code == child.code
    )
    if held or begun:
        raise PackageError(
            f"“{child.short_name}”的场次或票批已由本级代录。要改由它自己录票，请先在“录入”页作废这个场次，再重新下发。"
        )


def _next_epoch(office: _Office, unit: str) -> int:
    """One more than the last; a unit without a task on record may have had the first edition's, which was epoch 1."""
    before = office.issued.get(unit)
    return (before.epoch if before is not None else 1) + 1


def _issue(session: Session, campaign_id: str, unit: str, *, epoch: int) -> IssuedTask:
    token = keylock.protect(session, secrets.token_bytes(TOKEN).hex())
    task = IssuedTask(campaign_id=campaign_id, unit_code=unit, epoch=epoch, token=token)
    session.add(task)
    session.flush()
    return task


def _task_file(
    session: Session, office: _Office, issued: IssuedTask, cost: int | None, code: str | None
) -> TaskFile:
    campaign, unit, child = office.campaign, office.unit, office.children[issued.unit_code]
    signer = keys.signer(session, campaign_id=campaign.id)
    task: dict[str, object] = {
        "unit": child.code,
        "parent": unit.code,
        "epoch": issued.epoch,
        "recipient": keys.recipient(session, campaign_id=campaign.id),
    }
    token = keylock.reveal(session, issued.token)
    assignment, _ = keys.issue(
        session,
        campaign=campaign,
        kind="assignment",
        members={
            "task": task,
            "roster": {"people": _people(session, campaign.id, child.code)},
            SECRET: {"token": token},
            **orders.member(session, campaign_id=campaign.id, office=unit.code, child=child.code),
        },
        unit_name=unit.short_name,
        to=child.code,
        signer=signer,
        detachable={"roster", SECRET},
        withheld={SECRET},
        cosigners=keys.earlier(session, campaign_id=campaign.id),
    )
    definition = _definition_envelope(session, campaign, signer, unit.short_name)
    code = code or codes.new_code()
    period = campaigns.file_period(session, campaign_id=campaign.id)
    return TaskFile(
        unit_code=child.code,
        unit_name=child.short_name,
        file_name=_file_name(child, period, issued.epoch),
        data=age.seal_with_code(bundle.write([definition, assignment]), code, cost=cost),
        code=code,
    )


def _file_name(child: Org, period: str, epoch: int) -> str:
    again = f"-第{epoch}次下发" if epoch > 1 else ""
    return f"{visible.file_name(f'任务-{child.code}-{child.short_name}')}-{period}{again}{SUFFIX}"


def _definition_envelope(
    session: Session, campaign: Campaign, signer: keys.Signer, unit_name: str
) -> package.Envelope:
    kept = session.exec(
        select(StoredEnvelope.raw).where(
            StoredEnvelope.campaign_id == campaign.id, StoredEnvelope.type == "campaign"
        )
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
        cosigners=keys.earlier(session, campaign_id=campaign.id),
    )
    return envelope


def _people(session: Session, campaign_id: str, under: str) -> list[dict[str, object]]:
    """The roster of a unit and of what the campaign has below it."""
    inside = [o.code for o in campaign_tree.tree(session, campaign_id=campaign_id, under=under)]
    return [
        {"org": m.org_code, **{key: getattr(m, key) for key in PERSON}}
        for m in roster.members(session, of=inside)
    ]
