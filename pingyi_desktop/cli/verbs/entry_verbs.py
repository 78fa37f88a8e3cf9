"""batches, batch sheet, seal: the stacks of this unit, their control sheets and their seals."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, batches, signing, stages
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.cli.verbs import batch_verbs, second_verbs
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage.schema_batches import BatchState, EntryMode

SHEET = {
    "printed": "印制张数",
    "issued": "发出张数",
    "returned": "收回张数",
    "blank": "空白张数",
    "void": "废票张数",
}
HOW_KEYED = "票只录一遍的，请写 --single-reason 原因；录两遍的，用 batch finish 定下第一遍，再在窗口的“录入”页录第二遍。"


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "batches", TEXTS["batches"], list_batches)
    parser.add_argument("--all", action="store_true", help="连同下级的票批（默认只列本单位录入的）")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    below = edge.family(parsers, "batch", TEXTS["batch"])
    parser = edge.verb(below, "sheet", "登记票批核对单", type_sheet)
    parser.add_argument("batch", metavar="票批码", help="见 batches")
    for name, text in SHEET.items():
        needed = name in ("issued", "returned")
        parser.add_argument(
            f"--{name}",
            type=parsing.people,
            required=needed,
            default=None if name == "printed" else 0,
            help=text,
        )
    edge.takes_reason(parser)
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    batch_verbs.add_below(below)
    second_verbs.add_below(below)
    second_verbs.add(parsers)
    parser = edge.verb(parsers, "seal", TEXTS["seal"], seal)
    parser.add_argument("--batch", action="append", metavar="票批码", help="只封存这一批，可写多次")
    batch_verbs.takes_signatures(parser, needed=False)
    parser.add_argument("--single-reason", default="", metavar="原因", help="只录了一遍的票批：不复录的原因")
    edge.takes_reason(parser)
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)


def list_batches(arguments: argparse.Namespace) -> None:
    """pingyi batches"""
    with edge.reading(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        found = batches.listing(session, campaign_id=view.id, own_only=not arguments.all)
        open_ones = [b for b in found if b.own and not b.sealed]
        waiting = {b.id: _waiting(signing.problems(session, batch_id=b.id)) for b in open_ones}
    if arguments.json:
        edge.facts([batch_facts(b) | {"waiting_for": waiting.get(b.id, [])} for b in found])
        return
    header = ("票批码", "组织", "状态", "方式", "印制", "发出", "收回", "空白", "废票", "有效", "已录")
    edge.show_table(header, [_row(b) for b in found])


def batch_facts(b: BatchView) -> dict[str, object]:
    """A batch as JSON-ready facts; ``own`` tells whether this file's unit keys it."""
    hidden = ("id", "org_name", "form_title", "category_name", "keeper")
    return {key: value for key, value in b._asdict().items() if key not in hidden} | {"to_key": b.to_key}


def type_sheet(arguments: argparse.Namespace) -> None:
    """pingyi batch sheet"""
    figures = {name: getattr(arguments, name) for name in SHEET}
    if figures["printed"] is None:
        figures["printed"] = figures["issued"]
    with edge.acting(arguments.file) as session:
        b = batch_verbs.named(session, arguments)
        told = batches.set_control_sheet(
            session, batch_id=b.id, by=arguments.by, reason=arguments.reason, **figures
        )
    edge.show_findings(told)
    edge.say(f"已登记“{b.code}”的核对单：发出 {figures['issued']} 张，收回 {figures['returned']} 张。")


def seal(arguments: argparse.Namespace) -> int:
    """pingyi seal"""
    with edge.opened(arguments.file) as held:
        with held.reading() as session:
            view = edge.campaign_of(session, arguments)
            wanted = _wanted(session, view, arguments.batch)
            blocked = {b.code: _blocking(session, b) for b in wanted}
        ready: list[BatchView] = []
        asking: list[Finding] = []
        for b in wanted:
            if blocked[b.code]:
                continue
            try:
                with held.transaction() as session:
                    _seal(session, b, arguments)
            except NeedsReasonError as error:
                blocked[b.code] = [one for one in error.findings if isinstance(one, Finding)]
                asking += blocked[b.code]
            except RuleError as error:  # this one is not so far, which keeps no other from its seal
                blocked[b.code] = [Finding(error.code, Weight.ERROR, b.code, str(error))]
            else:
                ready.append(b)
        if ready:
            edge.compact(held)
    waiting = [{"batch": code, "why": _sentences(whys)} for code, whys in blocked.items() if whys]
    if arguments.json:
        edge.facts({"sealed": [b.code for b in ready], "not_ready": waiting})
    else:
        edge.say(f"已封存 {len(ready)} 个票批。" if wanted else "没有等待封存的票批。")
    edge.show_findings([finding for b in wanted for finding in blocked[b.code]])
    if asking:
        edge.warn(edge.GIVE_REASON.format(len(asking)))
    if any(one.code == "V-BAL-25" for whys in blocked.values() for one in whys):
        edge.warn(HOW_KEYED)
    return edge.MENDABLE if waiting else edge.DONE


def _wanted(session: Session, view: CampaignView, codes: Sequence[str] | None) -> list[BatchView]:
    if codes:
        return [batches.find(session, campaign_id=view.id, code=code) for code in codes]
    own = batches.listing(session, campaign_id=view.id, own_only=True)
    return [b for b in own if not b.sealed]


def _blocking(session: Session, b: BatchView) -> list[Finding]:
    batches.open_own(session, b.id, Act.RESET)  # whatever its state, it must be open and this unit's own
    return [finding for finding in signing.problems(session, batch_id=b.id) if finding.weight is Weight.ERROR]


def _seal(session: Session, b: BatchView, arguments: argparse.Namespace) -> None:
    """Take the batch the rest of its way, as far as the arguments say how."""
    if (arguments.single_reason or b.nothing_to_key) and stages.allowed(b.state, Act.WAIVE):
        signing.waive(session, batch_id=b.id, reason=arguments.single_reason, by=arguments.by)
        b = b._replace(state=stages.step(b.state, Act.WAIVE))
    if arguments.teller and stages.allowed(b.state, Act.SIGN):
        batch_verbs.sign_as(session, b, arguments)
    edge.show_findings(signing.seal(session, batch_id=b.id, by=arguments.by))


def _waiting(found: Sequence[Finding]) -> list[str]:
    return _sentences([finding for finding in found if finding.weight is Weight.ERROR])


def _sentences(found: Sequence[Finding]) -> list[str]:
    return [finding.sentence for finding in found]


def _row(b: BatchView) -> tuple[object, ...]:
    mode = ballots.MODES[EntryMode(b.entry_mode)] if b.entry_mode else ""
    figures = (b.printed, b.issued, b.returned, b.blank, b.void, b.valid, b.keyed or None)
    return (b.code, b.org_name, stages.NAMES[BatchState(b.state)], mode, *figures)
