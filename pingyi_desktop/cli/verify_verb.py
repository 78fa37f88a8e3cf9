"""verify: is a data file what it was when it was written?"""

from __future__ import annotations

import argparse

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import checks
from pingyi_desktop.cli import edge
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import package
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema import Envelope


def add(parsers: Parsers) -> None:
    """Register the verb."""
    edge.takes_json(edge.verb(parsers, "verify", "检查数据文件、封存的票与操作日志是否完好", verify))


def verify(arguments: argparse.Namespace) -> int:
    """pingyi verify"""
    with edge.opened(arguments.file) as held:
        found = store.damage(held.path)
        if not found:
            with held.reading() as session:
                found = problems(session)
                entries = len(journal.lines(session, newest=-1))
    if arguments.json:
        edge.facts({"sound": not found, "problems": found})
    elif not found:
        edge.say(f"完好:文件结构、{entries} 条操作日志、封存的票与计票、签名数据包都没有问题。")
    for sentence in found:
        edge.warn(sentence)
    return edge.MENDABLE if found else edge.DONE


def problems(session: Session) -> list[str]:
    """What is wrong with the content of a file whose structure is sound: one sentence each."""
    found = []
    if (seq := journal.broken_at(session)) is not None:
        found.append(f"操作日志从第 {seq} 条起对不上,有人在程序之外改动过文件,请用备份核对。")
    found += [f"票批“{finding.subject}”:{finding.sentence}" for finding in checks.sealed(session)]
    for row in session.exec(select(Envelope).order_by(col(Envelope.id))):
        if row.raw is not None and not _holds(row):
            found.append(
                f"来自“{row.unit_code}”的数据包(第 {row.revision} 次)签名核验不通过,请让该单位重新导出。"
            )
    return found


def _holds(row: Envelope) -> bool:
    try:
        envelope = package.open_envelope(row.raw or b"")
    except PackageError:
        return False
    return envelope.id == row.id and envelope.address.unit == row.unit_code
