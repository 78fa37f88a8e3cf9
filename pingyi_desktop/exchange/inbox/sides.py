"""What one of several contents says, as persons see it who have to choose: one side of a conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.merging import privacy
from pingyi_desktop.exchange.merging.records import ROLLUP, SUBMISSION, Record
from pingyi_desktop.exchange.wire import package

Told = Set[tuple[privacy.Stack, str]]
KINDS = {SUBMISSION: "上报", ROLLUP: "汇总"}


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


def marks_to_show(session: Session, desk: Desk, opened: Sequence[package.Envelope]) -> Told:
    """Marks of rivals that may be shown: of no row that is hidden now, or would be if one of them counted (k-rule)."""
    would_be = {tuple(sorted(privacy.valid(one).items())) for one in opened}
    hidden = results.hidden_rows(session, campaign_id=desk.campaign.id, instead=[{}, *map(dict, would_be)])
    shown = privacy.beside(opened, k=desk.k)
    return {(stack, item) for stack, item in shown if (int(stack[0]), stack[1], stack[2]) not in hidden}


def side(desk: Desk, envelope: package.Envelope, office: str, told: Told) -> Side:
    """The side of one envelope that ``office`` brought; of its marks only those of the stacks and items ``told``."""
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
