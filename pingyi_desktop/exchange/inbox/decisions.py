"""裁定与作废: what persons at this office decide about packages that arrived. Nothing ever wins silently.

A conflict is two contents in one place (unit, epoch, revision), or a unit's data by two offices, or what an office says
of its branch against what it said before (``holds``): there the earlier one counts until somebody has decided. A
decision keeps one and turns the others down; it is journaled with its reason, can be revoked, is overruled by a higher (epoch, revision),
and is open again as soon as a further content claims the same place. Withdrawn data (作废) keeps its place, so that no
older data comes back in its stead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from pingyi_desktop import visible
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import desks, receiving, settling, sides
from pingyi_desktop.exchange.inbox.arrivals import ASIDE
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.inbox.receiving import Aside
from pingyi_desktop.exchange.inbox.sides import KINDS as KINDS
from pingyi_desktop.exchange.inbox.sides import Side as Side
from pingyi_desktop.exchange.inbox.sides import SideForm as SideForm
from pingyi_desktop.exchange.inbox.tray import Choice
from pingyi_desktop.exchange.merging.merge import ROLLUP as ROLLUP
from pingyi_desktop.exchange.merging.merge import SUBMISSION, Record, Rulings, View
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import ConflictDecision, HoldRuling, StoredEnvelope, Withdrawal


@dataclass(frozen=True)
class Conflict:
    """Contents of which only one can count; ``kind`` is “上报” or “汇总”, ``transferred`` when two offices brought them.

    ``counted`` is what goes on counting while the others are set aside ("" when nothing does): then ``set_aside``.
    """

    unit_code: str
    unit_name: str
    kind: str
    transferred: bool
    sides: tuple[Side, ...]
    set_aside: bool = False
    counted: str = ""


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


TURNED_DOWN = "裁定落选："


def conflicts(session: Session, *, campaign_id: str, desk: Desk | None = None) -> tuple[Conflict, ...]:
    """Every open conflict with all its contents side by side, in order of the units; ``desk`` when it is open already."""
    desk = desk or _desk(session, campaign_id)
    seen = desk.standing
    brought = {identity: office for office, identity in seen.strays}
    found = []
    for (unit, kind), ids in _rivals(desk, seen).items():
        shown = _beside(session, desk, ids, kind, brought)
        moved = any(identity in brought for identity in ids)
        found.append(Conflict(unit, desk.names.get(unit, unit), KINDS[kind], moved, shown))
    for (unit, kind), ids in _set_aside(desk, seen).items():
        kept = {seen.held[one] for one in ids} - {""}
        shown = _beside(session, desk, {*ids, *kept}, kind, brought)
        moved = any(identity in brought for identity in ids)
        counting = {*seen.submissions.values(), *seen.rollups.values()}
        name, counted = desk.names.get(unit, unit), min(kept & counting, default="")
        found.append(Conflict(unit, name, KINDS[kind], moved, shown, set_aside=True, counted=counted))
    return tuple(sorted(found, key=lambda one: (one.unit_code, one.kind, one.set_aside)))


def decide(
    session: Session, *, campaign_id: str, unit: str, envelope_id: str, reason: str, by: str
) -> Decision:
    """Choose one content of an open conflict; the others count nowhere. Needs a reason."""
    desk = _desk(session, campaign_id)
    seen = desks.view_of(desk, desk.known.values())
    rivals = {kind: ids for (one, kind), ids in _rivals(desk, seen).items() if one == unit}
    held = {kind: ids for (one, kind), ids in _set_aside(desk, seen).items() if one == unit}
    chosen = desk.known.get(envelope_id)
    kind = "" if chosen is None else chosen.type
    aside = held.get(kind, [])
    is_hold = envelope_id in {*aside, *(seen.held[one] for one in aside)}
    if chosen is None or not (is_hold or envelope_id in rivals.get(kind, [])):
        name = desk.names.get(unit, unit)
        raise PackageError(f"“{name}”现在没有这样的冲突，可能已有更新的上报或已经裁定。请刷新后再看。")
    _check_reason(reason, "裁定")
    if is_hold:
        losers = [one for one in aside if one != envelope_id]
        _rule(session, desk, {one: seen.held[one] for one in aside}, envelope_id, reason=reason, by=by)
        made = Decision(
            unit, *chosen.place, envelope_id, package.check_number(envelope_id), visible.line(reason), by
        )
    else:
        losers = [one for one in rivals[kind] if one != envelope_id]
        made = _choose(session, desk, chosen, losers, reason=reason, by=by)
    detail: dict[str, object] = {
        "id": envelope_id,
        "turned_down": sorted(losers),
        "reason": visible.line(reason),
    }
    journal.record(session, act="裁定冲突", subject=unit, by=by, detail=detail)
    _settle_again(session, desk)
    return made


def _choose(
    session: Session, desk: Desk, chosen: Record, losers: Collection[str], *, reason: str, by: str
) -> Decision:
    """Keep the choice between contents of one place."""
    made = ConflictDecision(
        campaign_id=desk.campaign.id,
        unit_code=chosen.unit,
        kind=chosen.type,
        epoch=chosen.epoch,
        revision=chosen.revision,
        envelope_id=chosen.id,
        reason=visible.line(reason),
        decided_by=by,
    )
    session.merge(made)
    session.flush()
    _void(session, desk.campaign.id, losers, reason=f"{TURNED_DOWN}{visible.line(reason)}", by=by)
    return _decision(made)


def _rule(
    session: Session, desk: Desk, aside: Mapping[str, str], chosen: str, *, reason: str, by: str
) -> None:
    """Keep what was decided about that which was set aside: the chosen one is let in, the others are not."""
    for identity, kept in aside.items():
        session.merge(
            HoldRuling(
                envelope_id=identity,
                campaign_id=desk.campaign.id,
                kept_id=kept,
                let_in=identity == chosen,
                reason=visible.line(reason),
                decided_by=by,
            )
        )
    session.flush()


def revoke(session: Session, *, campaign_id: str, unit: str, reason: str, by: str) -> None:
    """Take the decisions about a unit back: what was turned down rivals again."""
    desk = _desk(session, campaign_id)
    rows, holds = _rows(session, desk, unit), _hold_rows(session, desk, unit)
    if not (rows or holds):
        raise PackageError(f"“{desk.names.get(unit, unit)}”没有作过裁定，没有可以撤回的。")
    _check_reason(reason, "撤回裁定")
    for row in rows:
        _lift(session, desk, row)
    for hold in holds:
        session.delete(hold)
    session.flush()
    journal.record(session, act="撤回裁定", subject=unit, by=by, detail={"reason": visible.line(reason)})
    _settle_again(session, desk)


def made(session: Session, *, campaign_id: str, desk: Desk | None = None) -> tuple[Decision, ...]:
    """The decisions in force or overruled since, by unit."""
    desk = desk or _desk(session, campaign_id)
    found = {one.envelope_id: one for one in map(_decision, desk.tray.decided.choices)}
    for row in desk.tray.decided.holds:
        chosen = desk.known.get(row.envelope_id if row.let_in else row.kept_id or row.envelope_id)
        if chosen is not None:
            number = package.check_number(chosen.id)
            reason = row.reason if row.let_in or row.kept_id else f"不采用：{row.reason}"
            told = Decision(chosen.unit, *chosen.place, chosen.id, number, reason, row.decided_by)
            found.setdefault(chosen.id, told)
    return tuple(
        sorted(found.values(), key=lambda one: (one.unit_code, one.epoch, one.revision, one.envelope_id))
    )


def counting(session: Session, *, campaign_id: str) -> list[str]:
    """Ids of the received envelopes that count now: submissions, then rollups."""
    desk = _desk(session, campaign_id)
    seen = desks.view_of(desk, desk.known.values())
    return [*seen.submissions.values(), *seen.rollups.values()]


def withdraw(session: Session, *, envelope_id: str, reason: str, by: str) -> None:
    """作废 accepted data, with a reason: it stays in the file and is counted and handed up nowhere."""
    campaign_id, desk = _of_envelope(session, envelope_id)
    seen = desks.view_of(desk, desk.known.values())
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
    row = session.get(Withdrawal, envelope_id)
    waited = row is not None and row.reason.startswith(ASIDE)
    _check_reason(reason, "放行" if waited else "恢复")
    for envelope in settling.opened(session, ids=[envelope_id] if waited else []):
        receiving.check_figures(desk, envelope)
    session.execute(delete(HoldRuling).where(col(HoldRuling.envelope_id) == envelope_id))
    detail: dict[str, object] = {"id": envelope_id, "reason": visible.line(reason)}
    if row is not None and waited:
        detail["doubt"] = row.reason.removeprefix(ASIDE)
    session.execute(delete(Withdrawal).where(col(Withdrawal.envelope_id) == envelope_id))
    act = "放行待核数据" if waited else "恢复作废数据"
    journal.record(session, act=act, subject=unit, by=by, detail=detail)
    _settle_again(session, desk)


def withdrawn(session: Session, *, campaign_id: str, desk: Desk | None = None) -> tuple[Withdrawn, ...]:
    """Every envelope that is ruled out, by unit and revision; of those set aside what would count otherwise."""
    desk = desk or _desk(session, campaign_id)
    matter = desk.standing.voided
    found = [
        (desk.known[row.envelope_id], row)
        for row in desk.tray.decided.withdrawals
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
    for hold in session.scalars(
        select(HoldRuling).where(col(HoldRuling.campaign_id) == desk.campaign.id)
    ).all():
        if {hold.envelope_id, hold.kept_id} & set(ids):
            session.delete(hold)
    session.flush()
    gone = sorted(desk.rulings.void & set(ids))
    session.execute(delete(Withdrawal).where(col(Withdrawal.envelope_id).in_(gone)))
    return desks.rulings(session, campaign_id=desk.campaign.id)


def _desk(session: Session, campaign_id: str) -> Desk:
    return desks.open_desk(session, session.get_one(Campaign, campaign_id))


def _of_envelope(session: Session, envelope_id: str) -> tuple[str, Desk]:
    row = session.get(StoredEnvelope, envelope_id)
    if row is None or row.own or row.type not in KINDS:
        raise PackageError("本机没有收到过这份数据，请核对校验码。")
    return row.campaign_id, _desk(session, row.campaign_id)


def _settle_again(session: Session, desk: Desk) -> None:
    ruled = desks.rulings(session, campaign_id=desk.campaign.id)
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


def _hold_rows(session: Session, desk: Desk, unit: str) -> list[HoldRuling]:
    rows = session.scalars(select(HoldRuling).where(col(HoldRuling.campaign_id) == desk.campaign.id))
    return [row for row in rows if row.envelope_id in desk.known and desk.known[row.envelope_id].unit == unit]


def _rivals(desk: Desk, seen: View) -> dict[tuple[str, str], list[str]]:
    """The contents of one place, by unit and kind."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for unit, ids in seen.conflicts.items():
        for identity in ids:
            found[unit, desk.known[identity].type].append(identity)
    return {place: ids for place, ids in found.items() if len(ids) > 1}


def _set_aside(desk: Desk, seen: View) -> dict[tuple[str, str], list[str]]:
    """What waits beside that which counts, by unit and kind."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for identity in seen.held:
        found[desk.known[identity].unit, desk.known[identity].type].append(identity)
    return dict(found)


def _turned_down(session: Session, desk: Desk, row: ConflictDecision) -> list[str]:
    """What decisions ruled out of the unit."""
    rivals = [one.id for one in desk.known.values() if (one.unit, one.type) == (row.unit_code, row.kind)]
    marked = select(col(Withdrawal.envelope_id)).where(
        col(Withdrawal.envelope_id).in_(rivals), col(Withdrawal.reason).startswith(TURNED_DOWN)
    )
    return list(session.scalars(marked))


def _lift(session: Session, desk: Desk, row: ConflictDecision) -> None:
    ids = _turned_down(session, desk, row)
    session.execute(delete(Withdrawal).where(col(Withdrawal.envelope_id).in_(ids)))
    session.delete(row)
    session.flush()


def _beside(
    session: Session, desk: Desk, ids: Collection[str], kind: str, brought: Mapping[str, str]
) -> tuple[Side, ...]:
    """The contents that rival, side by side: no marks where few ballots tell one from the other (k-rule)."""
    opened = settling.opened(session, ids=ids)
    shown = sides.marks_to_show(session, desk, opened) if kind == SUBMISSION else set()
    return tuple(
        sides.side(desk, one, brought.get(one.id, desk.parents[one.address.unit] or ""), shown)
        for one in opened
    )


def _decision(row: ConflictDecision | Choice) -> Decision:
    number = package.check_number(row.envelope_id)
    return Decision(
        row.unit_code, row.epoch, row.revision, row.envelope_id, number, row.reason, row.decided_by
    )
