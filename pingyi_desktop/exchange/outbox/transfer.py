"""导出上报: what a unit hands to the office above, and what is in a package file.

The package holds the unit's own signed submission, its signed rollup of what it accepted, and every accepted envelope
byte for byte, so that each level verifies each branch's own signature (T23).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.agreeing import before_export
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, sessions, supplements
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.grading import grade_counts
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import contents, desks, settling
from pingyi_desktop.exchange.inbox.collecting import SUFFIX as SUFFIX
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.ledgers import ledger_bodies
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging import makeup, merge, privacy
from pingyi_desktop.exchange.merging.merge import ROLLUP, SUBMISSION, View
from pingyi_desktop.exchange.wire import bundle, identities, later, package, trust
from pingyi_desktop.exchange.wire.header import Totals
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import Campaign, SessionStatus
from pingyi_desktop.storage.schema_exchange import StoredEnvelope


@dataclass(frozen=True)
class Package:
    """An exported package; ``changed`` is False when nothing was new since the last export.

    ``left_out`` says whose data was too large to be handed on, in sentences.
    """

    file_name: str
    data: bytes
    envelope_id: str
    check_number: str
    revision: int
    fingerprint: str
    changed: bool
    left_out: tuple[str, ...] = ()


def export(
    session: Session,
    *,
    campaign_id: str,
    by: str,
    reason: str = "",
    second_person: str = "",
    anew: bool = False,
) -> Package:
    """The package to the office above: own submission, own rollup, and every accepted envelope byte for byte.

    A submission is signed here, too, for every unit entered by proxy. The file is encrypted to the office above and to
    the recovery code, so its bytes differ each time; its envelopes do not. ``anew`` makes a next revision though nothing
    changed: the way out when two files claim to be the same revision.

    What the figures themselves ask (``before_export.asked``) needs a ``reason``. Raises V-PKG-01 when only a few ballots
    differ from an earlier export, unless a ``reason`` and the name of a ``second_person`` who agrees are given (T13).
    """
    campaign = session.get_one(Campaign, campaign_id)
    desk = desks.open_desk(session, campaign)
    common: dict[str, Any] = {
        "campaign": campaign,
        "unit_name": desk.names[desk.unit],
        "to": _above(desk),
        "signer": keys.signer(session, campaign_id=campaign_id),
        "reason": reason,
        "anew": anew,
    }
    agreed = bool(reason.strip()) and second_person.strip() not in ("", by.strip())
    made, carried, left_out = _signed(session, desk, common, agreed=agreed)
    head = made[-1][0]
    if changed := any(fresh for _, fresh in made):
        _weigh(session, desk, head, by=by, reason=reason, second_person=second_person)
    period = campaigns.file_period(session, campaign_id=campaign_id)
    data = bundle.write([*(envelope for envelope, _ in made), *carried])
    bundle.read(data)  # what is inside an encrypted file cannot be verified once it is written
    return Package(
        file_name=package.file_stem(head.address, period) + SUFFIX,
        data=keys.wrap_for(session, campaign_id=campaign_id, data=data),
        envelope_id=head.id,
        check_number=package.check_number(head.id),
        revision=head.address.revision,
        fingerprint=trust.fingerprint(head.signer),
        changed=changed,
        left_out=left_out,
    )


def _above(desk: Desk) -> str:
    above = desk.parents.get(desk.unit)
    if above is None:
        raise PackageError("本单位是本次活动的最上级，没有上级可以上报。要留底请用“备份”。")
    return above


def _weigh(
    session: Session, desk: Desk, head: package.Envelope, *, by: str, reason: str, second_person: str
) -> None:
    """Ask what the figures ask, and write the act down."""
    detail = {"id": head.id, "revision": head.address.revision}
    if second_person.strip():
        detail |= {"reason": reason.strip(), "second_person": second_person.strip()}
    codes = {desk.unit, *desk.proxied}
    listed = before_export.asked(session, campaign_id=desk.campaign.id, codes=codes)
    subject = desk.campaign.name
    findings.weigh(session, listed, reason=reason, by=by, act="导出上报", subject=subject, detail=detail)


def _signed(
    session: Session, desk: Desk, common: dict[str, Any], *, agreed: bool
) -> tuple[list[tuple[package.Envelope, bool]], list[package.Envelope], tuple[str, ...]]:
    """What is signed here (last the one whose check number is read out), what was accepted from below, what is left out."""
    _check_sealed(session, desk.campaign.id)
    made = _own_part(session, desk, common, agreed=agreed)
    carried: list[package.Envelope] = []
    left_out: tuple[str, ...] = ()
    if children := sorted(code for code, parent in desk.parents.items() if parent == desk.unit):
        entered = _proxied_part(session, desk, common, agreed=agreed)
        seen = desks.view_of(desk, desk.known.values())
        accepted = settling.opened(session, ids={*seen.submissions.values(), *seen.rollups.values()})
        carried, bulky = makeup.portable(accepted)
        left_out = tuple(makeup.left_out(one, desk.names) for one in bulky)
        members = _summary(desk, seen, children, [*carried, *(envelope for envelope, _ in entered)], bulky)
        members |= ledger_bodies.members(session, campaign_id=desk.campaign.id, unit=desk.unit)
        apart = privacy.MAY_STAY_BEHIND & members.keys()
        made += [*entered, keys.issue(session, kind=ROLLUP, members=members, detachable=apart, **common)]
        carried = [privacy.for_onward(one, k=desk.k) for one in carried]
    if not made:
        raise broken("V-PKG-04")
    return made, carried, left_out


def _own_part(
    session: Session, desk: Desk, common: dict[str, Any], *, agreed: bool
) -> list[tuple[package.Envelope, bool]]:
    """The signer's own submission; an office without a session of its own has none."""
    campaign: Campaign = common["campaign"]
    signer: keys.Signer = common["signer"]
    earlier = _earlier(session, campaign.id, signer.unit)
    members, totals = _submission(session, desk, signer)
    if not members:
        return []
    made = keys.issue(
        session,
        kind=SUBMISSION,
        members=members,
        coverage=totals,
        detachable=privacy.MAY_STAY_BEHIND & members.keys(),
        **common,
    )
    merge.check_submission(made[0], desk.definition)
    few = privacy.small_changes(earlier, made[0], k=desk.k) if made[1] else []
    if few and not agreed:
        said = "、".join(f"{form} {many} 张" for form, many in few)
        raise broken("V-PKG-01", name=desk.names[signer.unit], changes=said, most=desk.k - 1)
    return [made]


def _proxied_part(
    session: Session, desk: Desk, common: dict[str, Any], *, agreed: bool
) -> list[tuple[package.Envelope, bool]]:
    """A submission for each unit entered by proxy, signed with the key of this office that its keyring names for the unit.

    That is an older one when this office was handed a task again since: those above have come to trust that one.
    """
    found: list[tuple[package.Envelope, bool]] = []
    for code in sorted(desk.proxied):
        epoch = desk.issued[code]
        private = keys.private_half(
            session, campaign_id=desk.campaign.id, public_key=desk.keyring[code, epoch]
        )
        here = keys.Signer(code, epoch, private)
        its = {**common, "unit_name": desk.names[code], "to": desk.unit, "signer": here}
        found += _own_part(session, desk, its, agreed=agreed)
    return found


def _earlier(session: Session, campaign_id: str, unit: str) -> list[package.Envelope]:
    """Every own submission so far, of whatever epoch: each may still be in somebody's hands."""
    raws = session.exec(
        select(StoredEnvelope.raw).where(
            StoredEnvelope.campaign_id == campaign_id,
            StoredEnvelope.type == SUBMISSION,
            StoredEnvelope.unit_code == unit,
            col(StoredEnvelope.own),
        )
    )
    return [package.parse_stored(raw) for raw in raws if raw is not None]


def _check_sealed(session: Session, campaign_id: str) -> None:
    """V-CHK-22: the own figures are all sealed, and nobody has yet to vote later on what would travel without them."""
    unsealed = [
        b
        for b in batches.listing(session, campaign_id=campaign_id, own_only=True)
        if (b.layer == 2 or b.supplement) and b.state != BatchState.SEALED
    ]
    if unsealed:
        raise broken("V-CHK-22", n=len(unsealed))


def _kept(session: Session, campaign_id: str, unit: str) -> list[SessionView]:
    """The sessions that a unit reports: its own, and of those of the committees below it what was begun.

    A company hands its branches' figures up before its last committee has met; the others come with a later revision.
    """
    sealed = {
        (b.layer, b.org_code)
        for b in batches.listing(session, campaign_id=campaign_id, own_only=True)
        if b.sealed
    }
    return [
        s
        for s in sessions.listing(session, campaign_id=campaign_id)
        if s.keeper == unit
        and (s.layer == 2 or s.status == SessionStatus.HELD or (s.layer, s.org_code) in sealed)
    ]


def _submission(session: Session, desk: Desk, signer: keys.Signer) -> tuple[dict[str, object], Totals]:
    campaign_id, unit = desk.campaign.id, signer.unit
    view = campaigns.show(session, campaign_id=campaign_id)
    kept = _kept(session, campaign_id, unit)
    if unheld := [s.org_name for s in kept if s.status != SessionStatus.HELD]:
        raise broken("V-SES-28", org=unheld[0])
    ids = [s.id for s in kept]
    facts = contents.session_facts(session, ids=ids)
    if not facts:
        return {}, Totals(eligible=0, issued=0, returned=0, valid=0, invalid=0)
    counted = contents.sealed_counts(session, ids=ids, widths=_widths(view))
    category = identities.merged_category(code for code, _ in view.voter_categories)
    totals, per_person = privacy.merge_small(*counted, category=category, k=view.rule.min_cell)

    def salted(name: str, body: dict[str, object]) -> dict[str, object]:
        member = name if unit == desk.unit else f"{unit}/{name}"
        return {"salt": contents.salt(signer.private, campaign_id=campaign_id, member=member), **body}

    members: dict[str, object] = {
        "sessions": salted("sessions", {"sessions": facts}),
        "tallies": salted("tallies", {"batches": totals}),
    }
    if per_person:
        members["ratee_tallies"] = salted("ratee_tallies", {"batches": per_person})
    if late := later.listed(totals, supplements.sealed(session, ids=ids)):
        members[later.LATER] = salted(later.LATER, {later.LATER: late})
    graded = grade_counts.members(session, campaign_id=campaign_id, ids=ids)
    members |= {name: salted(name, body) for name, body in graded.items()}
    if unit not in desk.parents.values():
        members |= ledger_bodies.members(session, campaign_id=campaign_id, unit=unit)
    invalid = sum(b["blank"] + b["void"] for b in totals)
    counts = {key: sum(b[key] for b in totals) for key in ("issued", "returned", "valid")}
    return members, Totals(eligible=sum(f["expected"] or 0 for f in facts), invalid=invalid, **counts)


def _summary(
    desk: Desk,
    seen: View,
    children: Sequence[str],
    counting: Iterable[package.Envelope],
    bulky: Sequence[package.Envelope],
) -> dict[str, object]:
    """The members of the own rollup: what counts of the direct children and their keys, and what was set aside below."""
    vouched = [
        {"unit": unit, "epoch": epoch, "key": key}
        for (unit, epoch), key in sorted(desk.keyring.items())
        if unit in children
    ]
    index: dict[str, object] = {
        "accepts": sorted(one.id for one in counting if one.address.unit in children),
        "keys": vouched,
        "expected": list(children),
    }
    aside = _set_aside(desk, seen, bulky)
    return {"index": index, "holds": {"kept": aside}} if aside else {"index": index}


def _set_aside(desk: Desk, seen: View, bulky: Iterable[package.Envelope]) -> list[dict[str, object]]:
    """What waits here for a person, was not let in by one or cannot be handed on, and what counts instead."""
    ruled_out = seen.voided & desk.rulings.void
    ids = sorted({*seen.held, *ruled_out, *(one.id for one in bulky)})
    found: list[dict[str, object]] = []
    for record in map(desk.known.__getitem__, ids):
        if desk.parents.get(record.unit) == desk.unit:
            continue
        kept = (seen.submissions if record.type == SUBMISSION else seen.rollups).get(record.unit, "")
        key = None
        if kept in ("", record.id):
            kept = ""
        else:
            one = desk.known[kept]
            key = {"unit": one.unit, "epoch": one.epoch, "key": one.key}
        found.append({"held": record.id, "kept": kept, "key": key})
    return found


def _widths(view: CampaignView) -> dict[tuple[str, str], int]:
    return {(form.code, item.no): len(item.scale.options) for form in view.forms for item in form.items}
