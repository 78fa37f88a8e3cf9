"""What the stored packages, receipts, tasks and waiting files say of every unit, for the coverage board. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pingyi_desktop.exchange.inbox.tray import Tray
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import RECEIPT, ROLLUP, SUBMISSION
from pingyi_desktop.storage.schema_exchange import EnvelopeState

if TYPE_CHECKING:
    from pingyi_desktop.exchange.inbox.desks import Desk

RECEIPTED, RECEIPT_OLD = "已回执", "有更新，待回执"
ASIDE = "待核："
"""How the reason begins for which a submission was set aside, when no person has ruled it out."""


@dataclass
class Arrivals:
    """By unit code: revision and check number of what counts, receipts given, missing files, waiting files and submissions.

    ``heads`` is the envelope whose check number the sender reads out: an office's rollup, else the submission; empty
    when its body is not there. ``accepts`` is what each counting rollup lists, ``refused`` which office further up has set
    an id aside, ``ids`` are those by unit and type, and ``listed`` the highest submission that a unit's own office has
    listed and nobody here has ruled out: (epoch, revision, id).
    """

    revisions: dict[str, int] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    receipts: dict[str, str] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    accepts: dict[str, set[str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    ids: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    listed: dict[str, tuple[int, int, str]] = field(default_factory=dict)

    def check_number(self, unit: str) -> str:
        """12 digits, or "" while nothing of the unit counts."""
        head = self.heads.get(unit, "")
        return package.check_number(head) if head else ""


def read(tray: Tray, desk: Callable[[], Desk]) -> Arrivals:
    """Where every unit stands by what has arrived; ``desk`` opens that of the campaign when it is needed."""
    found = Arrivals()
    whole = _envelopes(tray, found)
    support = [one for one in tray.letters if one.state == EnvelopeState.SUPPORT]
    for rollup in tray.opened(one for one in support if one.type == ROLLUP and not one.own):
        unit = rollup.address.unit
        if found.heads.get(unit) == rollup.id:
            found.accepts[unit] = set(rollup.document("index")["accepts"])
            found.missing[unit] = len(found.accepts[unit] - whole)
        kept = (rollup.document("holds") or {"kept": []})["kept"]
        found.refused.update((one["held"], unit) for one in kept)
    for receipt in tray.opened(one for one in support if one.type == RECEIPT and one.own):
        unit, told = receipt.address.to, {one["id"] for one in receipt.document("receipt")["accepted"]}
        if found.heads.get(unit) in told:
            found.receipts[unit] = RECEIPTED
        elif unit in found.heads:
            found.receipts.setdefault(unit, RECEIPT_OLD)
    found.quarantined.update(one.unit for one in tray.files)
    aside = {one.envelope_id for one in tray.decided.withdrawals if one.reason.startswith(ASIDE)}
    kept = [one for one in tray.letters if one.state == EnvelopeState.QUARANTINED]
    found.quarantined.update(one.unit for one in kept if one.id in aside)
    if kept:  # hardly ever: the whole set is not looked at for nothing
        found.quarantined.update(_held(desk()))
    return found


def _held(desk: Desk) -> list[str]:
    """The units of whom an office above them says something against its earlier word, once per kind of content."""
    held = (desk.known[identity] for identity in desk.standing.held)
    return [unit for unit, _ in {(one.unit, one.type) for one in held}]


def _envelopes(tray: Tray, found: Arrivals) -> set[str]:
    """Fill in what the rows of received envelopes say; the ids whose bodies are here."""
    letters = tray.received(SUBMISSION, ROLLUP)
    void = tray.decided.void
    for one in letters:
        found.ids[one.unit, one.type].add(one.id)
        if one.listed is not None and one.type == SUBMISSION and one.id not in void:
            place = one.epoch, one.revision, one.id
            found.listed[one.unit] = max(place, found.listed.get(one.unit, (0, 0, "")))
        if one.state == EnvelopeState.CONFLICT:
            found.conflicts.add(one.unit)
        elif one.state == EnvelopeState.CHOSEN:
            found.revisions[one.unit] = max(one.revision, found.revisions.get(one.unit, 0))
            found.heads.setdefault(one.unit, one.id if one.body else "")
        elif one.state == EnvelopeState.SUPPORT and one.type == ROLLUP:
            found.heads[one.unit] = one.id
    return {one.id for one in letters if one.body}
