"""verify: is a data file what it was when it was written?"""

from __future__ import annotations

import argparse

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers.across import searched
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.cli import edge
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.standing import soundness, sums
from pingyi_desktop.storage import journal, store


def add(parsers: Parsers) -> None:
    """Register the verb."""
    edge.takes_json(edge.verb(parsers, "verify", TEXTS["verify"], verify))


def verify(arguments: argparse.Namespace) -> int:
    """pingyi verify"""
    with edge.opened(arguments.file) as held:
        found, told = store.damage(held.path, held.data_key), list[Finding]()
        if not found:
            with held.reading() as session:
                found = [one.sentence for one in soundness.full(session)]
                told = [] if found else _noteworthy(session)
                entries = len(journal.lines(session, newest=-1))
    if arguments.json:
        listed = [edge.finding_facts(one) for one in told]
        edge.facts({"sound": not found, "problems": found, "findings": listed})
    elif not found:
        edge.say(f"完好：文件结构、{entries} 条操作日志、封存的票与计票、签名数据包都没有问题。")
    for said in found:
        edge.warn(said)
    edge.show_findings(told)
    return edge.MENDABLE if found else edge.DONE


def _noteworthy(session: Session) -> list[Finding]:
    """What deserves a look in a sound file: its sums, and rows of ledgers that are not found by their text."""
    views = campaigns.all_campaigns(session)
    told = [one for view in views if view.published for one in sums.of_campaign(session, campaign_id=view.id)]
    return told + [one for view in views for one in searched.hidden(session, campaign_id=view.id)]
