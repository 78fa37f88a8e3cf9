"""回执: what the office above has accepted of a unit, signed, so that the unit knows without a telephone (T8).

A receipt is an envelope from the office to one direct child that lists what counts there: id, revision and control
totals. The unit takes in only what its own office signed about its own packages; an older receipt never replaces a
newer one. It says nothing of single persons and is not encrypted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlmodel import Session, col

from pingyi_desktop import visible
from pingyi_desktop.appraisal import campaigns
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import bundle, header, keys, package, receiving, settling
from pingyi_desktop.exchange.header import RECEIPT, ROLLUP, Code, Hex64, Number, Totals
from pingyi_desktop.exchange.package import Envelope
from pingyi_desktop.exchange.receiving import Desk
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import Campaign, EnvelopeState
from pingyi_desktop.storage.schema import Envelope as Row

SUFFIX = ".pingyi-receipt"


@dataclass(frozen=True)
class ReceiptFile:
    """A receipt to hand to a direct child."""

    unit_code: str
    unit_name: str
    file_name: str
    data: bytes
    envelope_id: str


@dataclass(frozen=True)
class Acknowledged:
    """What the office above has of this unit, by the newest receipt; ``sentence`` says it.

    ``check_number`` is the one shown at that export; ``is_current`` is False when something was exported since.
    """

    office_name: str
    revision: int
    check_number: str
    created: str
    totals: Mapping[str, int] | None
    is_current: bool
    sentence: str


class Accepted(header.Record):
    """One envelope that counts at the office."""

    id: Hex64
    type: Annotated[str, Field(pattern=r"\A(submission|rollup)\z")]
    epoch: Number
    revision: Number
    coverage: Totals | None


class Receipt(header.Record):
    """Member ``receipt``."""

    unit: Code
    accepted: Annotated[tuple[Accepted, ...], Field(strict=False, min_length=1, max_length=2)]


def issue(session: Session, *, campaign_id: str, unit: str, by: str) -> ReceiptFile:
    """A receipt for a direct child whose package counts here; the same state gives the same receipt again."""
    campaign = session.get_one(Campaign, campaign_id)
    desk = receiving.open_desk(session, campaign)
    name = desk.names.get(unit, unit)
    if desk.parents.get(unit) != desk.unit:
        raise PackageError(f"“{name}”不是本单位的直接下级，回执由它的上级给。")
    seen = receiving.view_of(desk, desk.known.values())
    counting = [chosen[unit] for chosen in (seen.submissions, seen.rollups) if unit in chosen]
    if not counting:
        raise PackageError(f"“{name}”现在没有计入的数据，不能给回执。请先导入它的数据包，或先裁定冲突。")
    accepted = [_accepted(one) for one in settling.opened(session, ids=counting)]
    envelope, fresh = keys.issue(
        session,
        campaign=campaign,
        kind=RECEIPT,
        members={"receipt": {"unit": unit, "accepted": accepted}},
        unit_name=desk.names[desk.unit],
        to=unit,
        signer=keys.signer(session, campaign_id=campaign_id),
    )
    if fresh:
        detail: dict[str, object] = {"id": envelope.id, "accepted": [one["id"] for one in accepted]}
        journal.record(session, act="出具回执", subject=unit, by=by, detail=detail)
    period = campaigns.show(session, campaign_id=campaign_id).file_period
    file_name = f"{visible.file_name(f'回执-{unit}-{name}')}-{period}-第{envelope.address.revision}次{SUFFIX}"
    return ReceiptFile(unit, name, file_name, bundle.write([envelope]), envelope.id)


def take(session: Session, *, campaign_id: str, data: bytes, by: str) -> Acknowledged:
    """Take a receipt in at the unit it is for; the newest one counts. PackageError tells why one is refused."""
    desk = receiving.open_desk(session, session.get_one(Campaign, campaign_id))
    envelopes = bundle.read(data)
    if len(envelopes) != 1 or envelopes[0].address.type != RECEIPT:
        raise PackageError("这不是回执文件。请选择上级交来的回执（文件名以“回执”开头）。")
    envelope = envelopes[0]
    _check(session, desk, envelope)
    if session.get(Row, envelope.id) is None:
        keys.keep(session, [keys.stored(envelope, state=EnvelopeState.SUPPORT, own=False)])
        detail: dict[str, object] = {"id": envelope.id, "revision": envelope.address.revision}
        journal.record(session, act="收到回执", subject=envelope.address.unit, by=by, detail=detail)
    found = acknowledged(session, campaign_id=campaign_id)
    if found is None:
        raise PackageError("回执没有收下，请重新导入一次。")
    return found


def acknowledged(session: Session, *, campaign_id: str) -> Acknowledged | None:
    """What the newest receipt says, or None while there is none."""
    desk = receiving.open_desk(session, session.get_one(Campaign, campaign_id))
    newest = session.scalars(
        select(col(Row.raw))
        .where(col(Row.campaign_id) == campaign_id, col(Row.type) == RECEIPT, col(Row.own).is_(False))
        .order_by(col(Row.epoch).desc(), col(Row.revision).desc())
        .limit(1)
    ).first()
    if newest is None:
        return None
    envelope = package.parse_stored(newest)
    told = _read(envelope).accepted
    head = next((one for one in told if one.type == ROLLUP), told[0])
    totals = next((one.coverage for one in told if one.coverage is not None), None)
    last = _last_export(session, campaign_id, desk.unit, head.type)
    current = last == head.id
    office = desk.names[envelope.address.unit]
    number = package.check_number(head.id)
    rest = "" if current else "之后又导出过，上级还没有回执。"
    return Acknowledged(
        office_name=office,
        revision=head.revision,
        check_number=number,
        created=envelope.address.created,
        totals=None if totals is None else totals.model_dump(),
        is_current=current,
        sentence=f"上级“{office}”已收第 {head.revision} 次，校验码 {number}。{rest}",
    )


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


def _read(envelope: Envelope) -> Receipt:
    document = envelope.document("receipt")
    if document is None:
        raise PackageError("这不是回执文件。请选择上级交来的回执（文件名以“回执”开头）。")
    return header.read(Receipt, document, what="回执", newer=envelope.is_newer)


def _last_export(session: Session, campaign_id: str, unit: str, kind: str) -> str | None:
    newest = (
        select(col(Row.id))
        .where(
            col(Row.campaign_id) == campaign_id,
            col(Row.type) == kind,
            col(Row.unit_code) == unit,
            col(Row.own),
        )
        .order_by(col(Row.epoch).desc(), col(Row.revision).desc())
        .limit(1)
    )
    return session.scalars(newest).first()
