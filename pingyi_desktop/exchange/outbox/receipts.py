"""回执: what the office above has accepted of a unit, signed, so that the unit knows without a telephone (T8).

A receipt is an envelope from the office to one direct child that lists what counts there: id, revision and control
totals. The unit takes in only what its own office signed about its own packages; an older receipt never replaces a
newer one. It says nothing of single persons and is not encrypted.

Receipts go end to end. To a child with units below it the receipt also says, in member ``counted``, which envelope
counts here of every unit below that child: ids and revisions, no figures. What the campaign's root has said so is
passed on by every office to its own children, byte for byte without the part that is for the office alone; a branch
knows the root's key from the root-signed definition and sees whether what the top counts is what it exported itself.
That is how a branch finds out that an office has spoken for it; an office that does not pass it on can be asked for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from sqlmodel import Session

from pingyi_desktop import paths, visible
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import desks, settling
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging.merge import View
from pingyi_desktop.exchange.wire import bundle, header, package, trust
from pingyi_desktop.exchange.wire.header import RECEIPT, ROLLUP, SUBMISSION, Code, Hex64, Number, Totals
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import EnvelopeState
from pingyi_desktop.storage.schema_exchange import StoredEnvelope as Row

SUFFIX = paths.RECEIPT_SUFFIX
MAX_RECEIPTS = 2
_NO_RECEIPT = "这不是回执文件。请选择上级交来的回执（文件名以“回执”开头）。"


@dataclass(frozen=True)
class ReceiptFile:
    """A receipt to hand to a direct child."""

    unit_code: str
    unit_name: str
    file_name: str
    data: bytes


@dataclass(frozen=True)
class TopCounts:
    """What the root of the campaign counts of this unit: ``check_numbers`` of it, whether all of it was exported here."""

    office_name: str
    created: str
    check_numbers: tuple[str, ...]
    is_own: bool
    is_current: bool
    sentence: str


@dataclass(frozen=True)
class Acknowledged:
    """What the office above has of this unit, by the newest receipt; ``sentence`` says it.

    ``check_number`` is the one shown at that export; ``is_current`` is False when something was exported since. ``top``
    is what the root of the campaign counts, once that has been passed on.
    """

    office_name: str
    revision: int
    check_number: str
    created: str
    totals: Mapping[str, int] | None
    is_current: bool
    sentence: str
    top: TopCounts | None = None


class Accepted(header.Fields):
    """One envelope that counts at the office."""

    id: Hex64
    type: Annotated[str, Field(pattern=r"\A(submission|rollup)\z")]
    epoch: Number
    revision: Number
    coverage: Totals | None


class Receipt(header.Fields):
    """Member ``receipt``."""

    unit: Code
    accepted: Annotated[tuple[Accepted, ...], Field(strict=False, min_length=1, max_length=2)]


class Counted(header.Fields):
    """What counts at the office of one unit somewhere below."""

    unit: Code
    id: Hex64
    type: Annotated[str, Field(pattern=r"\A(submission|rollup)\z")]
    epoch: Number
    revision: Number


class CountedBelow(header.Fields):
    """Member ``counted`` of a receipt to an office."""

    units: Annotated[tuple[Counted, ...], Field(strict=False)]


PRIVATE = "receipt"
"""The member that is for the office alone."""


def issue(session: Session, *, campaign_id: str, unit: str, by: str) -> ReceiptFile:
    """A receipt for a direct child whose package counts here; the same state gives the same receipt again."""
    campaign = session.get_one(Campaign, campaign_id)
    desk = desks.open_desk(session, campaign)
    name = desk.names.get(unit, unit)
    if desk.parents.get(unit) != desk.unit:
        raise PackageError(f"“{name}”不是本单位的直接下级，回执由它的上级给。")
    seen = desks.view_of(desk, desk.known.values())
    counting = [chosen[unit] for chosen in (seen.submissions, seen.rollups) if unit in chosen]
    if not counting:
        raise PackageError(f"“{name}”现在没有计入的数据，不能给回执。请先导入它的数据包，或先裁定冲突。")
    accepted = [_accepted(one) for one in settling.opened(session, ids=counting)]
    members: dict[str, object] = {PRIVATE: {"unit": unit, "accepted": accepted}}
    is_office = unit in desk.parents.values()
    # That nothing counts any longer is said as well: it takes the place of what was said before.
    if is_office:
        members["counted"] = {"units": _counted_below(desk, seen, unit)}
    envelope, fresh = keys.issue(
        session,
        campaign=campaign,
        kind=RECEIPT,
        members=members,
        detachable=members.keys() & {PRIVATE} if is_office else (),
        unit_name=desk.names[desk.unit],
        to=unit,
        signer=keys.signer(session, campaign_id=campaign_id),
    )
    if fresh:
        detail: dict[str, object] = {"id": envelope.id, "accepted": [one["id"] for one in accepted]}
        journal.record(session, act="出具回执", subject=unit, by=by, detail=detail)
    period = campaigns.file_period(session, campaign_id=campaign_id)
    passed_on = _of_the_top(desk)
    which = f"第{envelope.address.revision}次"
    if passed_on is not None:  # another word of the top makes another file
        which += f"-附最上级第{passed_on.address.revision}次"
    file_name = f"{visible.file_name(f'回执-{unit}-{name}')}-{period}-{which}{SUFFIX}"
    data = bundle.write([envelope, *([] if passed_on is None else [package.strip(passed_on, [PRIVATE])])])
    return ReceiptFile(unit, name, file_name, data)


def take(session: Session, *, campaign_id: str, data: bytes, by: str) -> Acknowledged:
    """Take a receipt in at the unit it is for; the newest one counts. PackageError tells why one is refused."""
    desk = desks.open_desk(session, session.get_one(Campaign, campaign_id))
    envelopes = bundle.read(data)
    if len(envelopes) > MAX_RECEIPTS or any(one.address.type != RECEIPT for one in envelopes):
        raise PackageError(_NO_RECEIPT)
    ours = [one for one in envelopes if one.address.to == desk.unit]
    further = [one for one in envelopes if one.address.to != desk.unit]
    if not ours:
        ours, further = envelopes[:1], envelopes[1:]
    if len(ours) != 1:
        raise PackageError(_NO_RECEIPT)
    _check(session, desk, ours[0])
    for one in further:
        _check_passed_on(desk, one)
    for envelope in [*further, *ours]:
        if session.get(Row, envelope.id) is None:
            keys.keep(session, [keys.stored(envelope, state=EnvelopeState.SUPPORT, own=False)])
            detail: dict[str, object] = {"id": envelope.id, "revision": envelope.address.revision}
            journal.record(session, act="收到回执", subject=envelope.address.unit, by=by, detail=detail)
    found = acknowledged(session, campaign_id=campaign_id)
    if found is None:
        raise PackageError("回执没有收下，请重新导入一次。")
    return found


def acknowledged(session: Session, *, campaign_id: str, desk: Desk | None = None) -> Acknowledged | None:
    """What the newest receipt says, or None while there is none; ``desk`` when it is open already."""
    if desk is None:
        desk = desks.open_desk(session, session.get_one(Campaign, campaign_id), to_look=True)
    envelope = _newest(desk, desk.parents.get(desk.unit) or "", to={desk.unit})
    if envelope is None:
        return None
    told = _read(envelope).accepted
    head = next((one for one in told if one.type == ROLLUP), told[0])
    totals = next((one.coverage for one in told if one.coverage is not None), None)
    last = _last_export(desk, head.type)
    current = last == head.id
    office = desk.names[envelope.address.unit]
    number = package.check_number(head.id)
    rest = "" if current else "之后又导出过，上级还没有回执。"
    top = _top(desk)
    said = "" if top is None else top.sentence
    return Acknowledged(
        office_name=office,
        revision=head.revision,
        check_number=number,
        created=envelope.address.created,
        totals=None if totals is None else totals.model_dump(),
        is_current=current,
        sentence=f"上级“{office}”已收第 {head.revision} 次，校验码 {number}。{rest}{said}",
        top=top,
    )


def _counted_below(desk: Desk, seen: View, unit: str) -> list[dict[str, object]]:
    """What counts here of every unit below one."""
    counting = [desk.known[one] for one in (*seen.submissions.values(), *seen.rollups.values())]
    return [
        {"unit": one.unit, "id": one.id, "type": one.type, "epoch": one.epoch, "revision": one.revision}
        for one in sorted(counting, key=lambda one: (one.unit, one.type))
        if trust.is_below(one.unit, unit, desk.parents)
    ]


def _of_the_top(desk: Desk) -> Envelope | None:
    """The newest receipt of the campaign's root about a part of the tree that this unit is in or heads."""
    offices = {
        code for code in desk.parents if code == desk.unit or trust.is_below(desk.unit, code, desk.parents)
    }
    found = _newest(desk, desk.definition["root"], to=offices)
    return found if found is not None and "counted" in found.members else None


def _newest(desk: Desk, office: str, *, to: Collection[str]) -> Envelope | None:
    """The newest receipt taken in from an office to one of these."""
    theirs = [one for one in desk.tray.received(RECEIPT) if one.unit == office]
    theirs.sort(key=lambda one: (one.epoch, one.revision), reverse=True)
    return next((one for one in desk.tray.opened(theirs) if one.address.to in to), None)


def _top(desk: Desk) -> TopCounts | None:
    """What the root counts of this unit, when its word was passed on; of its direct children it is the receipt itself."""
    receipt = _of_the_top(desk)
    if receipt is None or receipt.address.to == desk.unit:
        return None
    office, created = desk.names[receipt.address.unit], receipt.address.created
    ids = [one.id for one in read_counted(receipt).units if one.unit == desk.unit]
    ours = {one.id for one in desk.tray.letters if one.own}
    numbers = tuple(package.check_number(one) for one in ids)
    is_own = ours.issuperset(ids)
    newest = {_last_export(desk, kind) for kind in (SUBMISSION, ROLLUP)}
    current = is_own and newest - {None} == set(ids)
    said = f"“{office}”{created} 计入的本单位数据：校验码 {'、'.join(numbers)}，"
    if not ids:
        said = f"“{office}”{created} 没有计入本单位的数据。"
    elif not is_own:
        said += "不是本机导出的！可能是另一台电脑报的，也可能有人冒名，请马上打电话向它核实。"
    elif current:
        said += "就是本机最近导出的。"
    else:
        said += "是本机较早导出的，之后导出的它还没有计入。"
    return TopCounts(office, created, numbers, is_own, current, said)


def _accepted(envelope: Envelope) -> dict[str, object]:
    head = envelope.address
    return {
        "id": envelope.id,
        "type": head.type,
        "epoch": head.epoch,
        "revision": head.revision,
        "coverage": None if head.coverage is None else head.coverage.model_dump(),
    }


def _check(session: Session, desk: Desk, envelope: Envelope) -> None:
    """A receipt must come from our own office, be for us, and speak of packages we made."""
    head, campaign = envelope.address, desk.campaign
    bound = (campaign.id, campaign.definition_sha256, campaign.mode)
    if (head.campaign, head.campaign_sha256, head.mode) != bound:
        raise PackageError("这份回执属于另一次评议活动，请核对是否拿错了文件。")
    receipt = _read(envelope)
    if {head.to, receipt.unit} != {desk.unit}:
        name = desk.names.get(head.to, head.to)
        raise PackageError(f"这份回执是给“{name}”的，不是给本单位的，请核对是否拿错了文件。")
    office = desk.parents.get(desk.unit)
    known = desk.keyring.get((head.unit, head.epoch))
    if head.unit != office or known is None or known != envelope.signer:
        raise PackageError(
            "这份回执不是本单位的上级签的（签名密钥与任务文件里的不同），已拒收。请打电话向上级核实。"
        )
    if head.epoch < max(epoch for unit, epoch in desk.keyring if unit == office):
        raise PackageError("这份回执是用上级已作废的密钥签的，已拒收。请让上级重新出具回执。")
    for one in receipt.accepted:
        row = session.get(Row, one.id)
        if row is None or not row.own:
            number = package.check_number(one.id)
            raise PackageError(
                f"回执里校验码 {number} 的数据包不是本机导出的：可能是另一台电脑报的，也可能有人冒名。"
                "请打电话向上级核实。"
            )
        if (row.type, row.epoch, row.revision) != (one.type, one.epoch, one.revision):
            raise PackageError("回执与本机导出的记录对不上，已拒收。请让上级重新出具回执。")


def _check_passed_on(desk: Desk, envelope: Envelope) -> None:
    """What is passed on must be the root's own word about a part of the tree that this unit is in."""
    head, campaign = envelope.address, desk.campaign
    if (head.campaign, head.campaign_sha256, head.mode) != (
        campaign.id,
        campaign.definition_sha256,
        campaign.mode,
    ):
        raise PackageError("这份回执属于另一次评议活动，请核对是否拿错了文件。")
    known = desk.keyring.get((head.unit, head.epoch))
    if head.unit != desk.definition["root"] or known is None or known != envelope.signer:
        raise PackageError(
            "随回执转来的最上级回执不是最上级签的（签名密钥与活动定义里的不同），已拒收。请打电话向上级核实。"
        )
    if not trust.is_below(desk.unit, head.to, desk.parents):
        raise PackageError("随回执转来的最上级回执说的不是本单位所在的部分，已拒收。请让上级重新出具回执。")
    read_counted(envelope)


def read_counted(envelope: Envelope) -> CountedBelow:
    """What an office says that it counts of the units below another."""
    document = envelope.document("counted")
    if document is None:
        raise PackageError(_NO_RECEIPT)
    return header.read(CountedBelow, document, what="回执", newer=envelope.is_newer)


def _read(envelope: Envelope) -> Receipt:
    document = envelope.document(PRIVATE)
    if document is None:
        raise PackageError(_NO_RECEIPT)
    return header.read(Receipt, document, what="回执", newer=envelope.is_newer)


def _last_export(desk: Desk, kind: str) -> str | None:
    return next((one.id for one in desk.tray.sent(kind) if one.unit == desk.unit), None)
