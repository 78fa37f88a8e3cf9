"""收发: export upward, look into a package, plan an import and carry it out.

Everything is verified before anything is written; an import is one transaction; what counts afterwards is
``merge.view`` of all envelopes the file holds, recomputed, so that order, repetition and batching of imports never
matter. A file is taken in whole or not at all: one bad envelope refuses its file with a sentence, not the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import batches, campaigns, sessions
from pingyi_desktop.appraisal.campaigns import CampaignView
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange import bundle, contents, keys, merge, package, receiving, trust
from pingyi_desktop.exchange.header import Totals
from pingyi_desktop.exchange.merge import ROLLUP, SUBMISSION, Record, View
from pingyi_desktop.exchange.receiving import Desk, Incoming
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import (
    BatchState,
    Campaign,
    Envelope,
    EnvelopeState,
    SessionStatus,
)

SUFFIX = ".pingyi-pack"
NEW, UPDATED, UNCHANGED, OLDER = "新增", "更新", "无变化", "旧版本"
CONFLICT, UNCONFIRMED, REFUSED = "冲突", "待确认密钥", "拒收"


@dataclass(frozen=True)
class Package:
    """An exported package; ``changed`` is False when nothing was new since the last export."""

    file_name: str
    data: bytes
    envelope_id: str
    check_number: str
    revision: int
    fingerprint: str
    changed: bool


@dataclass(frozen=True)
class NewKey:
    """A direct child's key seen for the first time: compare the 24 digits by telephone, then confirm."""

    unit_code: str
    unit_name: str
    fingerprint: str


@dataclass(frozen=True)
class PlanEntry:
    """What an import would do with one unit's submission (or with a file it refuses)."""

    file: str
    unit_code: str
    unit_name: str
    verdict: str
    sentence: str
    revision: int
    envelope_id: str


@dataclass(frozen=True)
class ImportPlan:
    """A preview in plain words; nothing is written yet."""

    campaign_id: str
    entries: tuple[PlanEntry, ...]
    new_keys: tuple[NewKey, ...]
    files: tuple[Incoming, ...]

    def count(self, verdict: str) -> int:
        """How many entries have this verdict."""
        return sum(entry.verdict == verdict for entry in self.entries)


def export(session: Session, *, campaign_id: str, by: str, reason: str = "") -> Package:
    """The package to the office above: own submission, own rollup, and every accepted envelope byte for byte."""
    campaign = session.get_one(Campaign, campaign_id)
    desk = receiving.open_desk(session, campaign)
    above = desk.parents.get(desk.unit)
    if above is None:
        raise PackageError("本单位是本次活动的最上级，没有上级可以上报。要留底请用“备份”。")
    signer = keys.signer(session, campaign_id=campaign_id)
    made: list[tuple[package.Envelope, bool]] = []
    common: dict[str, Any] = {
        "campaign": campaign,
        "unit_name": desk.names[desk.unit],
        "to": above,
        "signer": signer,
        "reason": reason,
    }
    members, totals = _submission(session, campaign_id, desk.unit, signer)
    own = keys.issue(
        session,
        kind=SUBMISSION,
        members=members,
        coverage=totals,
        detachable={"ratee_tallies"} & members.keys(),
        **common,
    )
    merge.check_submission(own[0], desk.definition)
    made.append(own)
    carried: list[package.Envelope] = []
    if children := sorted(code for code, parent in desk.parents.items() if parent == desk.unit):
        index, carried = _index(session, desk, children)
        made.append(keys.issue(session, kind=ROLLUP, members={"index": index}, **common))
    head = made[-1][0]
    changed = any(fresh for _, fresh in made)
    if changed:
        detail: dict[str, object] = {"id": head.id, "revision": head.address.revision}
        journal.record(session, act="导出上报", subject=campaign.name, by=by, detail=detail)
    return Package(
        file_name=f"上报-{desk.unit}-{desk.names[desk.unit]}-第{head.address.revision}次{SUFFIX}",
        data=bundle.write([*(envelope for envelope, _ in made), *carried]),
        envelope_id=head.id,
        check_number=package.check_number(head.id),
        revision=head.address.revision,
        fingerprint=trust.fingerprint(head.signer),
        changed=changed,
    )


def save(path: Path, data: bytes) -> None:
    """Write a package file: whole and verified, or not at all."""
    bundle.save(path, data)


def inspect(data: bytes) -> list[dict[str, object]]:
    """The verified facts of every envelope in a package or task file, JSON-ready; trust is not judged here."""
    return [
        {
            "id": envelope.id,
            "check_number": package.check_number(envelope.id),
            "type": envelope.address.type,
            "unit": envelope.address.unit,
            "unit_name": envelope.address.unit_name,
            "to": envelope.address.to,
            "campaign": envelope.address.campaign,
            "campaign_sha256": envelope.address.campaign_sha256,
            "mode": envelope.address.mode,
            "epoch": envelope.address.epoch,
            "revision": envelope.address.revision,
            "created": envelope.address.created,
            "fingerprint": trust.fingerprint(envelope.signer),
            "coverage": None if envelope.address.coverage is None else dict(envelope.address.coverage),
            "members": {name: len(body) for name, body in envelope.members.items()},
        }
        for envelope in bundle.read(data)
    ]


def plan_import(session: Session, *, campaign_id: str, files: Sequence[tuple[str, bytes]]) -> ImportPlan:
    """Verify files and say what importing them would do; writes nothing."""
    campaign = session.get_one(Campaign, campaign_id)
    desk = receiving.open_desk(session, campaign)
    entries: list[PlanEntry] = []
    incoming: list[Incoming] = []
    new_keys: dict[str, NewKey] = {}
    for name, data in files:
        try:
            one = receiving.receive(desk, name, data)
        except PackageError as error:
            entries.append(PlanEntry(name, "", "", REFUSED, str(error), 0, ""))
            continue
        incoming.append(one)
        if one.fingerprint:
            unit = one.sender.address.unit
            new_keys[unit] = NewKey(unit, desk.names[unit], one.fingerprint)
    entries.extend(_foresee(session, desk, incoming))
    return ImportPlan(campaign_id, tuple(entries), tuple(new_keys.values()), tuple(incoming))


def apply_import(
    session: Session, *, plan: ImportPlan, by: str, confirmed: Collection[str] = ()
) -> ImportPlan:
    """Take in what the plan found; files whose sender's new key is not among ``confirmed`` stay out."""
    campaign = session.get_one(Campaign, plan.campaign_id)
    desk = receiving.open_desk(session, campaign)
    digits = {_digits(one) for one in confirmed}
    foreseen = _foresee(session, desk, plan.files, digits)
    taken = [one for one in plan.files if not one.fingerprint or _digits(one.fingerprint) in digits]
    known, keyring = receiving.known(session, desk), dict(desk.keyring)
    fresh: dict[str, package.Envelope] = {}
    for one in taken:
        for place, key in one.keys.items():
            if keyring.setdefault(place, key) != key:
                unit = desk.names.get(place[0], place[0])
                raise PackageError(f"“{unit}”在几个文件里用了不同的密钥，请与该单位核实后再导入。")
        fresh.update((e.id, e) for e in one.envelopes if e.id not in known)
    added = {place: key for place, key in keyring.items() if place not in desk.keyring}
    keys.remember(session, campaign_id=campaign.id, keys=added, origin="导入确认")
    _settle(session, desk, fresh)
    done = replace(
        plan,
        entries=(*(entry for entry in plan.entries if entry.verdict == REFUSED), *foreseen),
        new_keys=tuple(k for k in plan.new_keys if _digits(k.fingerprint) not in digits),
    )
    counted = {verdict: done.count(verdict) for verdict in (NEW, UPDATED, UNCHANGED, CONFLICT, REFUSED)}
    detail: dict[str, object] = {"files": [one.file for one in taken], **counted}
    journal.record(session, act="导入数据包", subject=campaign.name, by=by, detail=detail)
    return done


def _submission(
    session: Session, campaign_id: str, unit: str, signer: keys.Signer
) -> tuple[dict[str, object], Totals]:
    view = campaigns.show(session, campaign_id=campaign_id)
    meeting = [s for s in sessions.listing(session, campaign_id=campaign_id, layer=2) if s.org_code == unit]
    unsealed = [
        b
        for b in batches.listing(session, campaign_id=campaign_id, own_only=True)
        if b.layer == 2 and b.state != BatchState.SEALED
    ]
    if unsealed:
        raise RuleError("V-CHK-08", f"还有 {len(unsealed)} 个票批没有封存，请先录完并封存，再导出上报。")
    if any(s.status != SessionStatus.HELD for s in meeting):
        raise RuleError("V-SES-06", "本单位的场次还没有登记时间和应到、实到人数，请先在“录入”页登记。")
    facts = contents.session_facts(session, campaign_id=campaign_id, org_code=unit)
    totals, per_person = contents.sealed_counts(
        session, campaign_id=campaign_id, org_code=unit, widths=_widths(view)
    )

    def salted(name: str, body: dict[str, object]) -> dict[str, object]:
        return {"salt": contents.salt(signer.private, campaign_id=campaign_id, member=name), **body}

    members: dict[str, object] = {
        "sessions": salted("sessions", {"sessions": facts}),
        "tallies": salted("tallies", {"batches": totals}),
    }
    if per_person:
        members["ratee_tallies"] = salted("ratee_tallies", {"batches": per_person})
    sums = {key: sum(b[key] for b in totals) for key in ("issued", "returned", "valid", "blank", "void")}
    return members, Totals(
        eligible=sum(fact["expected"] or 0 for fact in facts),
        issued=sums["issued"],
        returned=sums["returned"],
        valid=sums["valid"],
        invalid=sums["blank"] + sums["void"],
    )


def _index(
    session: Session, desk: Desk, children: Sequence[str]
) -> tuple[dict[str, object], list[package.Envelope]]:
    known = receiving.known(session, desk)
    seen = receiving.view_of(desk, known.values())
    accepted = sorted(
        chosen[child] for chosen in (seen.submissions, seen.rollups) for child in children if child in chosen
    )
    vouched = [
        {"unit": unit, "epoch": epoch, "key": key}
        for (unit, epoch), key in sorted(desk.keyring.items())
        if unit in children
    ]
    index: dict[str, object] = {
        "accepts": accepted,
        "keys": vouched,
        "expected": list(children),
    }
    wanted = sorted({*seen.submissions.values(), *seen.rollups.values()})
    rows = session.exec(select(Envelope.raw).where(col(Envelope.id).in_(wanted)))
    return index, [package.parse_stored(raw) for raw in rows if raw is not None]


def _foresee(
    session: Session, desk: Desk, incoming: Sequence[Incoming], confirmed: Collection[str] = ()
) -> list[PlanEntry]:
    known = receiving.known(session, desk)
    before = receiving.view_of(desk, known.values())
    arriving = {e.id: receiving.record(e) for one in incoming for e in one.envelopes}
    after = receiving.view_of(desk, {**known, **arriving}.values())
    told: set[tuple[str, str]] = set()
    entries = []
    for one in incoming:
        for envelope in one.envelopes:
            if envelope.address.type != SUBMISSION or (envelope.id, one.file) in told:
                continue
            told.add((envelope.id, one.file))
            verdict, sentence = _verdict(envelope, known, before, after)
            if one.fingerprint and _digits(one.fingerprint) not in confirmed and verdict != UNCHANGED:
                verdict = UNCONFIRMED
                sentence = f"第一次收到该单位的密钥，请与对方电话核对 24 位指纹：{one.fingerprint}"
            head = envelope.address
            entries.append(
                PlanEntry(
                    one.file,
                    head.unit,
                    desk.names[head.unit],
                    verdict,
                    sentence,
                    head.revision,
                    envelope.id,
                )
            )
    return entries


def _verdict(
    envelope: package.Envelope, known: Mapping[str, Record], before: View, after: View
) -> tuple[str, str]:
    unit, revision = envelope.address.unit, envelope.address.revision
    if envelope.id in after.conflicts.get(unit, ()):
        return CONFLICT, f"第 {revision} 次上报有两份不同的内容，都不计入，请让该单位重新导出。"
    if after.submissions.get(unit) != envelope.id:
        return OLDER, f"已有更新的上报，这份是第 {revision} 次，未改动。"
    if before.submissions.get(unit) == envelope.id or envelope.id in known:
        return UNCHANGED, f"第 {revision} 次上报已经导入过。"
    if unit in before.submissions:
        return UPDATED, f"第 {revision} 次上报，替换先前的那次。"
    return NEW, f"第 {revision} 次上报。"


def _settle(session: Session, desk: Desk, fresh: Mapping[str, package.Envelope]) -> None:
    """Store fresh envelopes; make stored states and projected figures equal to the view of the whole set."""
    before = receiving.known(session, desk)
    records = before | {identity: receiving.record(e) for identity, e in fresh.items()}
    seen = receiving.view_of(desk, records.values())
    states = _states(records, seen)
    rows = [keys.stored(e, state=states[identity], own=False) for identity, e in fresh.items()]
    keys.keep(session, rows)
    for state in EnvelopeState:
        ids = [identity for identity in before if states[identity] is state]
        session.execute(update(Envelope).where(col(Envelope.id).in_(ids)).values(state=state))
    chosen = set(seen.submissions.values())
    shown = contents.projected(session, campaign_id=desk.campaign.id)
    if gone := sorted(shown - chosen):
        contents.withdraw(session, source_ids=gone)
    if wanted := sorted(chosen - shown):
        older = [identity for identity in wanted if identity not in fresh]
        raws = session.exec(select(Envelope.raw).where(col(Envelope.id).in_(older)))
        opened = [package.parse_stored(raw) for raw in raws if raw is not None]
        opened += [fresh[identity] for identity in wanted if identity in fresh]
        contents.project(session, campaign_id=desk.campaign.id, submissions=map(contents.read, opened))


def _states(identities: Iterable[str], seen: View) -> dict[str, EnvelopeState]:
    states = dict.fromkeys(identities, EnvelopeState.SUPERSEDED)
    states |= dict.fromkeys(seen.rollups.values(), EnvelopeState.SUPPORT)
    states |= dict.fromkeys(seen.submissions.values(), EnvelopeState.CHOSEN)
    for ids in seen.conflicts.values():
        states |= dict.fromkeys(ids, EnvelopeState.CONFLICT)
    return states


def _widths(view: CampaignView) -> dict[tuple[str, str], int]:
    return {(form.code, item.no): len(item.scale.options) for form in view.forms for item in form.items}


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
