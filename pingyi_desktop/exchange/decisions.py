"""裁定与作废: what persons at this office decide about packages that arrived. Nothing ever wins silently.

A conflict is two contents in one place (unit, epoch, revision), or a unit's data by two offices. A decision keeps one
and turns the others down; it is journaled with its reason, can be revoked, is overruled by a higher (epoch, revision),
and is open again as soon as a further content claims the same place. Withdrawn data (作废) keeps its place, so that no
older data comes back in its stead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from pingyi_desktop import visible
from pingyi_desktop.appraisal.catalogue import broken
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import package, privacy, receiving, settling
from pingyi_desktop.exchange.arrivals import ASIDE
from pingyi_desktop.exchange.merge import ROLLUP as ROLLUP
from pingyi_desktop.exchange.merge import SUBMISSION, Record, Rulings
from pingyi_desktop.exchange.receiving import Aside, Desk
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import Campaign, Envelope
from pingyi_desktop.storage.schema_exchange import ConflictDecision, Withdrawal


@dataclass(frozen=True)
class SideForm:
    """One batch of a side: ballots of its control sheet and, per item, the marks of every option in order.

    An item has no marks where too few ballots stand behind them, or tell one side from the other (``privacy.beside``).
    """

    layer: int
    org_code: str
    form_code: str
    voter_category: str
    issued: int
    returned: int
    valid: int
    blank: int
    void: int
    items: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Side:
    """One of the contents that rival: what its unit signed. ``totals`` are people and ballots, None in a rollup.

    ``by_office`` is the office that brought it; ``accepts`` says of a rollup which units it lists at which revision.
    """

    envelope_id: str
    check_number: str
    epoch: int
    revision: int
    created: str
    app: str
    by_office: str
    totals: Mapping[str, int] | None
    people: Mapping[str, int | None]
    forms: tuple[SideForm, ...]
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """Contents of which only one can count; ``kind`` is “上报” or “汇总”, ``transferred`` when two offices brought them."""

    unit_code: str
    unit_name: str
    kind: str
    transferred: bool
    sides: tuple[Side, ...]


@dataclass(frozen=True)
class Decision:
    """A conflict decided here."""

    unit_code: str
    epoch: int
    revision: int
    envelope_id: str
    check_number: str
    reason: str
    decided_by: str


@dataclass(frozen=True)
class Withdrawn:
    """An envelope that counts nowhere: a person withdrew it, turned it down in a conflict, or has still to look at it.

    ``waits`` tells the last kind; ``reason`` is then what is the matter with its figures.
    """

    envelope_id: str
    check_number: str
    unit_code: str
    revision: int
    reason: str
    decided_by: str
    waits: bool = False


Told = Set[tuple[privacy.Stack, str]]
TURNED_DOWN = "裁定落选："
KINDS = {SUBMISSION: "上报", ROLLUP: "汇总"}


def conflicts(session: Session, *, campaign_id: str) -> tuple[Conflict, ...]:
    """Every open conflict with all its contents side by side, in order of the units."""
    desk = _desk(session, campaign_id)
    seen = receiving.view_of(desk, desk.known.values())
    brought = {identity: office for office, identity in seen.strays}
    found = []
    for unit, ids in seen.conflicts.items():
        for kind in (SUBMISSION, ROLLUP):
            rivals = [identity for identity in ids if desk.known[identity].type == kind]
            if len(rivals) > 1:
                opened = settling.opened(session, ids=rivals)
                told = privacy.beside(opened, k=desk.k) if kind == SUBMISSION else set()
                sides = tuple(
                    _side(desk, one, brought.get(one.id, desk.parents[unit] or ""), told) for one in opened
                )
                moved = any(identity in brought for identity in rivals)
                found.append(Conflict(unit, desk.names.get(unit, unit), KINDS[kind], moved, sides))
    return tuple(found)


def decide(
    session: Session, *, campaign_id: str, unit: str, envelope_id: str, reason: str, by: str
) -> Decision:
    """Choose one content of an open conflict; the others count nowhere. Needs a reason."""
    desk = _desk(session, campaign_id)
    seen = receiving.view_of(desk, desk.known.values())
    ids = seen.conflicts.get(unit, ())
    if envelope_id not in ids:
        name = desk.names.get(unit, unit)
        raise PackageError(f"“{name}”现在没有这样的冲突，可能已有更新的上报或已经裁定。请刷新后再看。")
    _check_reason(reason, "裁定")
    chosen = desk.known[envelope_id]
    losers = [one for one in ids if one != envelope_id and desk.known[one].type == chosen.type]
    made = ConflictDecision(
        campaign_id=campaign_id,
        unit_code=unit,
        kind=chosen.type,
        epoch=chosen.epoch,
        revision=chosen.revision,
        envelope_id=envelope_id,
        reason=visible.line(reason),
        decided_by=by,
    )
    session.merge(made)
    session.flush()
    _void(session, campaign_id, losers, reason=f"{TURNED_DOWN}{visible.line(reason)}", by=by)
    detail: dict[str, object] = {
        "id": envelope_id,
        "turned_down": sorted(losers),
        "reason": visible.line(reason),
    }
    journal.record(session, act="裁定冲突", subject=unit, by=by, detail=detail)
    _settle_again(session, desk)
    return _decision(made)


def revoke(session: Session, *, campaign_id: str, unit: str, reason: str, by: str) -> None:
    """Take the decisions about a unit back: what was turned down rivals again."""
    desk = _desk(session, campaign_id)
    rows = _rows(session, desk, unit)
    if not rows:
        raise PackageError(f"“{desk.names.get(unit, unit)}”没有作过裁定，没有可以撤回的。")
    _check_reason(reason, "撤回裁定")
    for row in rows:
        _lift(session, desk, row)
    journal.record(session, act="撤回裁定", subject=unit, by=by, detail={"reason": visible.line(reason)})
    _settle_again(session, desk)


def made(session: Session, *, campaign_id: str) -> tuple[Decision, ...]:
    """The decisions in force or overruled since, by unit."""
    rows = session.scalars(
        select(ConflictDecision)
        .where(col(ConflictDecision.campaign_id) == campaign_id)
        .order_by(
            col(ConflictDecision.unit_code),
            col(ConflictDecision.epoch),
            col(ConflictDecision.revision),
            col(ConflictDecision.kind),
        )
    )
    return tuple(map(_decision, rows))


def counting(session: Session, *, campaign_id: str) -> list[str]:
    """Ids of the received envelopes that count now: submissions, then rollups."""
    desk = _desk(session, campaign_id)
    seen = receiving.view_of(desk, desk.known.values())
    return [*seen.submissions.values(), *seen.rollups.values()]


def withdraw(session: Session, *, envelope_id: str, reason: str, by: str) -> None:
    """作废 accepted data, with a reason: it stays in the file and is counted and handed up nowhere."""
    campaign_id, desk = _of_envelope(session, envelope_id)
    seen = receiving.view_of(desk, desk.known.values())
    if envelope_id not in {*seen.submissions.values(), *seen.rollups.values()}:
        raise PackageError("只有正在计入的数据才能作废；这份现在没有计入。请刷新后再看。")
    _check_reason(reason, "作废")
    _void(session, campaign_id, [envelope_id], reason=visible.line(reason), by=by)
    one = desk.known[envelope_id]
    detail: dict[str, object] = {"id": envelope_id, "revision": one.revision, "reason": visible.line(reason)}
    journal.record(session, act="作废数据", subject=one.unit, by=by, detail=detail)
    _settle_again(session, desk)


def set_aside(session: Session, *, campaign_id: str, aside: Mapping[str, Aside], by: str) -> None:
    """Keep submissions from counting whose figures a person has to look at first; ``reinstate`` releases one."""
    for identity, why in aside.items():
        _void(session, campaign_id, [identity], reason=f"{ASIDE}{why.sentence}", by=by)


def reinstate(session: Session, *, envelope_id: str, reason: str, by: str) -> None:
    """Let data that was withdrawn or set aside (待核) count, with a reason; not what contradicts itself."""
    _, desk = _of_envelope(session, envelope_id)
    if envelope_id not in desk.rulings.void:
        raise PackageError("这份数据没有作废，不用恢复。")
    unit = desk.known[envelope_id].unit
    if unit in desk.proxied:
        raise PackageError(
            f"“{desk.names[unit]}”已由本级代录，它自己报来的数据不再计入，不能恢复。"
            "要以它报来的为准，请先在“收发”页给它“重新下发”任务。"
        )
    row = session.get_one(Withdrawal, envelope_id)
    waited = row.reason.startswith(ASIDE)
    _check_reason(reason, "放行" if waited else "恢复")
    for envelope in settling.opened(session, ids=[envelope_id] if waited else []):
        receiving.check_figures(desk, envelope)
    detail: dict[str, object] = {"id": envelope_id, "reason": visible.line(reason)}
    if waited:
        detail["doubt"] = row.reason.removeprefix(ASIDE)
    session.delete(row)
    session.flush()
    act = "放行待核数据" if waited else "恢复作废数据"
    journal.record(session, act=act, subject=unit, by=by, detail=detail)
    _settle_again(session, desk)


def withdrawn(session: Session, *, campaign_id: str) -> tuple[Withdrawn, ...]:
    """Every envelope that is ruled out, by unit and revision; of those set aside what would count otherwise."""
    desk = _desk(session, campaign_id)
    matter = receiving.view_of(desk, desk.known.values()).voided
    rows = session.scalars(select(Withdrawal).where(col(Withdrawal.campaign_id) == campaign_id))
    found = [
        (desk.known[row.envelope_id], row)
        for row in rows
        if row.envelope_id in desk.known and (row.envelope_id in matter or not row.reason.startswith(ASIDE))
    ]
    found.sort(key=lambda pair: (pair[0].unit, pair[0].place, pair[0].id))
    return tuple(
        Withdrawn(
            one.id,
            package.check_number(one.id),
            one.unit,
            one.revision,
            row.reason,
            row.decided_by,
            waits=row.reason.startswith(ASIDE),
        )
        for one, row in found
    )


def forget(session: Session, *, desk: Desk, ids: Collection[str]) -> Rulings:
    """Drop what was decided about envelopes that leave the file (undo of an import); the rulings that remain."""
    for row in session.scalars(
        select(ConflictDecision).where(col(ConflictDecision.campaign_id) == desk.campaign.id)
    ).all():
        if {row.envelope_id, *_turned_down(session, desk, row)} & set(ids):
            _lift(session, desk, row)
    gone = sorted(desk.rulings.void & set(ids))
    session.execute(delete(Withdrawal).where(col(Withdrawal.envelope_id).in_(gone)))
    return receiving.rulings(session, campaign_id=desk.campaign.id)


def _desk(session: Session, campaign_id: str) -> Desk:
    return receiving.open_desk(session, session.get_one(Campaign, campaign_id))


def _of_envelope(session: Session, envelope_id: str) -> tuple[str, Desk]:
    row = session.get(Envelope, envelope_id)
    if row is None or row.own or row.type not in KINDS:
        raise PackageError("本机没有收到过这份数据，请核对校验码。")
    return row.campaign_id, _desk(session, row.campaign_id)


def _settle_again(session: Session, desk: Desk) -> None:
    ruled = receiving.rulings(session, campaign_id=desk.campaign.id)
    settling.settle(session, desk=replace(desk, rulings=ruled), fresh={})


def _check_reason(reason: str, what: str) -> None:
    if not visible.line(reason):
        raise broken("V-PKG-03", what=what)


def _void(session: Session, campaign_id: str, ids: Collection[str], *, reason: str, by: str) -> None:
    rows = [
        {"envelope_id": one, "campaign_id": campaign_id, "reason": reason, "decided_by": by}
        for one in sorted(ids)
    ]
    session.execute(delete(Withdrawal).where(col(Withdrawal.envelope_id).in_(sorted(ids))))
    session.execute(insert(Withdrawal), rows)


def _rows(session: Session, desk: Desk, unit: str) -> list[ConflictDecision]:
    rows = select(ConflictDecision).where(
        col(ConflictDecision.campaign_id) == desk.campaign.id, col(ConflictDecision.unit_code) == unit
    )
    return list(session.scalars(rows))


def _turned_down(session: Session, desk: Desk, row: ConflictDecision) -> list[str]:
    """What a decision ruled out: the unit's envelopes up to its place that bear the mark of a decision."""
    rivals = [
        one.id
        for one in desk.known.values()
        if (one.unit, one.type) == (row.unit_code, row.kind) and one.place <= (row.epoch, row.revision)
    ]
    marked = select(col(Withdrawal.envelope_id)).where(
        col(Withdrawal.envelope_id).in_(rivals), col(Withdrawal.reason).startswith(TURNED_DOWN)
    )
    return list(session.scalars(marked))


def _lift(session: Session, desk: Desk, row: ConflictDecision) -> None:
    ids = _turned_down(session, desk, row)
    session.execute(delete(Withdrawal).where(col(Withdrawal.envelope_id).in_(ids)))
    session.delete(row)
    session.flush()


def _side(desk: Desk, envelope: package.Envelope, office: str, told: Told) -> Side:
    head = envelope.address
    facts = envelope.document("sessions") or {"sessions": []}
    batches = (envelope.document("tallies") or {"batches": []})["batches"]
    listed = (envelope.document("index") or {"accepts": []})["accepts"]
    return Side(
        envelope_id=envelope.id,
        check_number=package.check_number(envelope.id),
        epoch=head.epoch,
        revision=head.revision,
        created=head.created,
        app=head.app,
        by_office=desk.names.get(office, office),
        totals=None if head.coverage is None else head.coverage.model_dump(),
        people={
            name: facts["sessions"][0][name] if facts["sessions"] else None
            for name in ("expected", "actual", "members", "self_introduced", "oral_reports")
        },
        forms=tuple(_form(batch, told) for batch in batches),
        accepts=tuple(sorted(_listed(desk, desk.known.get(identity)) for identity in listed)),
    )


def _form(batch: Mapping[str, Any], told: Told) -> SideForm:
    stack = privacy.key(batch)
    figures = {name: batch[name] for name in ("issued", "returned", "valid", "blank", "void")}
    return SideForm(
        layer=batch["layer"],
        org_code=batch["org"],
        form_code=batch["form"],
        voter_category=batch["voter_category"],
        items=tuple(
            (item["item"], tuple(item["counts"]) if (stack, item["item"]) in told else ())
            for item in batch["items"]
        ),
        **figures,
    )


def _listed(desk: Desk, one: Record | None) -> str:
    if one is None:
        return "（缺文件）"
    return f"{desk.names.get(one.unit, one.unit)} 第 {one.revision} 次{KINDS[one.type]}"


def _decision(row: ConflictDecision) -> Decision:
    number = package.check_number(row.envelope_id)
    return Decision(
        row.unit_code, row.epoch, row.revision, row.envelope_id, number, row.reason, row.decided_by
    )
