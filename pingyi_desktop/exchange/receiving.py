"""Judging what arrives: one package file, envelope by envelope, before anything of it is taken in.

A file is good as a whole or refused as a whole. Its sender must be a direct child; the sender's rollup vouches for its
own children's keys, theirs for the next level, so that an office verifies every branch's own signature (T1–T7, T23).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import bundle, keys, merge, package, trust
from pingyi_desktop.exchange.merge import ROLLUP, SUBMISSION, Record, View
from pingyi_desktop.storage.schema import Campaign, Envelope


@dataclass(frozen=True)
class Incoming:
    """One verified file: its sender's place and key, all its envelopes, and the keys its rollups vouch for."""

    file: str
    sender: package.Envelope
    envelopes: tuple[package.Envelope, ...]
    keys: Mapping[tuple[str, int], str]
    fingerprint: str


@dataclass(frozen=True)
class Desk:
    """What an import is judged against."""

    campaign: Campaign
    unit: str
    parents: Mapping[str, str | None]
    names: Mapping[str, str]
    definition: Mapping[str, Any]
    keyring: Mapping[tuple[str, int], str]


def open_desk(session: Session, campaign: Campaign) -> Desk:
    """The desk of this file's unit; a sentence when the campaign is not published."""
    if campaign.definition is None:
        raise PackageError("活动还没有发布，不能收发数据包。请先在“评议活动”页发布。")
    definition = json.loads(campaign.definition)
    return Desk(
        campaign=campaign,
        unit=keys.unit_code(session),
        parents={row["code"]: row["parent"] for row in definition["orgs"]},
        names={row["code"]: row["short_name"] for row in definition["orgs"]},
        definition=definition,
        keyring=keys.keyring(session, campaign_id=campaign.id),
    )


def known(session: Session, desk: Desk) -> dict[str, Record]:
    """Every received submission and rollup of the campaign as the merge sees it."""
    rows = session.execute(
        select(
            col(Envelope.id),
            col(Envelope.type),
            col(Envelope.unit_code),
            col(Envelope.epoch),
            col(Envelope.revision),
        ).where(
            col(Envelope.campaign_id) == desk.campaign.id,
            col(Envelope.own).is_(False),
            col(Envelope.type).in_((SUBMISSION, ROLLUP)),
        )
    ).all()
    rollups = [row[0] for row in rows if row[1] == ROLLUP]
    raws = session.scalars(select(col(Envelope.raw)).where(col(Envelope.id).in_(rollups)))
    opened = [package.parse_stored(raw) for raw in raws if raw is not None]
    return {row[0]: Record(*row) for row in rows} | {one.id: record(one) for one in opened}


def record(envelope: package.Envelope) -> Record:
    """An envelope as the merge sees it."""
    head = envelope.address
    accepts = tuple(envelope.document("index")["accepts"]) if head.type == ROLLUP else ()
    return Record(envelope.id, head.type, head.unit, head.epoch, head.revision, accepts)


def view_of(desk: Desk, records: Iterable[Record]) -> View:
    """What counts at this office, given these envelopes."""
    return merge.view(records, office=desk.unit, parents=desk.parents)


def receive(desk: Desk, name: str, data: bytes) -> Incoming:
    """Judge one file as a whole: binding, sender, every key and every figure; a sentence when it is refused."""
    envelopes = bundle.read(data)
    for envelope in envelopes:
        _check_binding(desk, envelope)
    sender = _sender(desk, envelopes)
    unit, epoch = sender.address.unit, sender.address.epoch
    verdict = _judge(desk, desk.keyring, sender)
    if isinstance(verdict, trust.Refused):
        raise PackageError(f"“{desk.names[unit]}”：{verdict.sentence}")
    keyring = {**desk.keyring, (unit, epoch): sender.signer}
    pending, rollups = list(envelopes), [sender]
    while rollups:
        office = rollups.pop()
        if office.address.type != ROLLUP:
            continue
        vouched = [(k["unit"], k["epoch"], k["key"]) for k in office.document("index")["keys"]]
        keyring = trust.register(keyring, office=office.address.unit, keys=vouched, parents=desk.parents)
        rollups.extend(
            e
            for e in pending
            if e.address.type == ROLLUP and desk.parents.get(e.address.unit) == office.address.unit
        )
    for envelope in envelopes:
        judged = _judge(desk, keyring, envelope)
        if not isinstance(judged, trust.Known):
            sentence = judged.sentence if isinstance(judged, trust.Refused) else "密钥没有登记。"
            raise PackageError(f"“{desk.names[envelope.address.unit]}”：{sentence}")
        if envelope.address.type == SUBMISSION:
            merge.check_submission(envelope, desk.definition)
    fresh = {place: key for place, key in keyring.items() if place not in desk.keyring}
    asked = verdict.fingerprint if isinstance(verdict, trust.FirstUse) else ""
    return Incoming(name, sender, tuple(envelopes), fresh, asked)


def _check_binding(desk: Desk, envelope: package.Envelope) -> None:
    head, campaign = envelope.address, desk.campaign
    if head.type in ("campaign", "assignment"):
        raise PackageError("这是任务文件，不是上报的数据包。请用“打开任务文件”。")
    if head.type not in (SUBMISSION, ROLLUP):
        raise PackageError("这种数据包本版本还不能导入，请先升级本软件。")
    if head.campaign != campaign.id:
        raise PackageError("这个数据包属于另一次评议活动，请核对是否拿错了文件。")
    if head.mode != campaign.mode:
        kinds = {"official": "正式", "drill": "演练"}
        raise PackageError(
            f"这是{kinds[head.mode]}数据包，本活动是{kinds[campaign.mode]}活动，不能混在一起。"
        )
    if head.campaign_sha256 != campaign.definition_sha256:
        raise PackageError("评议表、统计口径或组织名单与本活动发布的不同，请让对方打开新的任务文件后重报。")
    if head.unit not in desk.parents:
        raise PackageError(f"“{head.unit_name}”不在本次活动的组织名单里，请核对是否拿错了文件。")


def _sender(desk: Desk, envelopes: Iterable[package.Envelope]) -> package.Envelope:
    """The envelope that speaks for the file: the highest unit's rollup, or the only submission."""
    ordered = sorted(envelopes, key=lambda e: (_depth(desk, e.address.unit), e.address.type != ROLLUP))
    top = ordered[0]
    unit, office = top.address.unit, desk.parents[top.address.unit]
    if unit == desk.unit:
        raise PackageError("这是本单位自己导出的数据包，请交给上级导入。")
    if office != desk.unit:
        above = desk.names.get(office or "", office or "")
        raise PackageError(f"“{desk.names[unit]}”的数据包应先由“{above}”导入汇总，再一并报来。")
    return top


def _judge(
    desk: Desk, keyring: Mapping[tuple[str, int], str], envelope: package.Envelope
) -> trust.Known | trust.FirstUse | trust.Refused:
    head = envelope.address
    return trust.judge_signer(
        unit=head.unit,
        epoch=head.epoch,
        key=envelope.signer,
        keyring=keyring,
        me=desk.unit,
        parents=desk.parents,
        issued={},
    )


def _depth(desk: Desk, unit: str) -> int:
    depth, above = 0, desk.parents.get(unit)
    while above is not None:
        depth, above = depth + 1, desk.parents.get(above)
    return depth
