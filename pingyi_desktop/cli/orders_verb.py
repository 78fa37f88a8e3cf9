"""orders: what an office gave a unit below to put right or to keep, where the two say different things of it."""

from __future__ import annotations

import argparse

from pingyi_desktop.appraisal.ledgers import catalog
from pingyi_desktop.cli import edge
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.exchange.ledgers import orders


def add(parsers: Parsers) -> None:
    """Register the verb."""
    parser = edge.verb(parsers, "orders", TEXTS["orders"], list_orders)
    edge.takes_campaign(parser)
    edge.takes_json(parser)


def list_orders(arguments: argparse.Namespace) -> None:
    """pingyi orders"""
    with edge.reading(arguments.file) as session:
        found = orders.compared(session, campaign_id=edge.campaign_of(session, arguments).id)
    if arguments.json:
        edge.facts(
            [
                {"ledger": one.key, "number": one.name, "other": one.other, "differing": one.differing}
                for one in found
            ]
        )
        return
    for one in found:
        edge.say(f"{catalog.ledger(one.key).title} {one.name}　{one.lead}")
        table = [(title, mine or "空", theirs or "空") for title, (mine, theirs) in one.differing.items()]
        edge.show_table(("栏", "本单位", one.other), table)
    edge.say(f"{len(found)} 件交办的事上下级说得不一样。" if found else "上下级说得一样。")
