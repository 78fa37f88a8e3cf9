"""verify: is a data file what it was when it was written?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal import campaigns, checks, sums
from pingyi_desktop.appraisal.catalogue import Finding, sentence
from pingyi_desktop.cli import edge
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import contents, package
from pingyi_desktop.exchange.merge import SUBMISSION
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema import (
    AppraisalSession,
    BallotBatch,
    Envelope,
    EnvelopeState,
    ItemTally,
    PartyOrganization,
)


def add(parsers: Parsers) -> None:
    """Register the verb."""
    edge.takes_json(edge.verb(parsers, "verify", "检查数据文件、封存的票与操作日志是否完好", verify))


def verify(arguments: argparse.Namespace) -> int:
    """pingyi verify"""
    with edge.opened(arguments.file) as held:
        found, told = store.damage(held.path, held.data_key), list[Finding]()
        if not found:
            with held.reading() as session:
                found = problems(session)
                told = [] if found else _told(session)
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


def _told(session: Session) -> list[Finding]:
    """What deserves a look in the sums of a sound file."""
    views = [view for view in campaigns.all_campaigns(session) if view.published]
    return [one for view in views for one in sums.of_campaign(session, campaign_id=view.id)]


def problems(session: Session) -> list[str]:
    """What is wrong with the content of a file whose structure is sound: one sentence each."""
    found = []
    if (seq := journal.broken_at(session)) is not None:
        found.append(f"操作日志从第 {seq} 条起对不上，有人在程序之外改动过文件，请用备份核对。")
    found += [f"票批“{finding.where}”：{finding.sentence}" for finding in checks.sealed(session)]
    kept = session.exec(
        select(Envelope).where(col(Envelope.raw).is_not(None)).order_by(col(Envelope.id))
    ).all()
    broken = [row for row in kept if not _holds(row)]
    found += _sums(session, [row for row in kept if row not in broken])
    for row in broken:
        found.append(
            f"来自“{row.unit_code}”的数据包（第 {row.revision} 次）签名核验不通过，请让该单位重新导出。"
        )
    if not broken:
        units = sorted(_strayed(session, [row for row in kept if row.state == EnvelopeState.CHOSEN]))
        found += [f"“{unit}”的数字与它签名上报的不一致，请用备份恢复。" for unit in units]
    return found


def _holds(row: Envelope) -> bool:
    try:
        envelope = package.open_envelope(row.raw or b"")
    except PackageError:
        return False
    return envelope.id == row.id and envelope.address.unit == row.unit_code


def _sums(session: Session, kept: Sequence[Envelope]) -> Iterator[str]:
    """V-CHK-10: what a counted submission's head says it adds up to, against what stands in the tables."""
    for row in kept:
        if row.state != EnvelopeState.CHOSEN or row.type != SUBMISSION:
            continue
        totals = package.parse_stored(row.raw or b"").address.coverage
        valid = select(BallotBatch.valid).where(BallotBatch.source_id == row.id)
        counted = sum(many or 0 for many in session.exec(valid))
        if totals is not None and totals.valid != counted:
            yield sentence("V-CHK-10", org=row.unit_code, reported=totals.valid, counted=counted)


def _strayed(session: Session, chosen: Sequence[Envelope]) -> set[str]:
    """Units whose received figures are not what their signed submission says; the session is left to roll back."""
    before = _received(session)
    contents.withdraw(session, source_ids=[row.id for row in chosen])
    for campaign_id in {row.campaign_id for row in chosen}:
        opened = [package.parse_stored(row.raw or b"") for row in chosen if row.campaign_id == campaign_id]
        contents.project(session, campaign_id=campaign_id, submissions=map(contents.read, opened))
    return {str(row[0]) for row in before ^ _received(session)}


def _received(session: Session) -> set[tuple[object, ...]]:
    """Every figure that came in a package: one tuple each, the unit first."""
    code, meeting, batch = PartyOrganization.code, AppraisalSession, BallotBatch
    facts = [getattr(meeting, name) for name in contents.FACTS]
    figures = [getattr(batch, name) for name in contents.FIGURES]
    marks = [getattr(ItemTally, name) for name in (*contents.OPTION_COLUMNS, "blank", "multi", "illegible")]
    of_unit = (col(meeting.org_id) == PartyOrganization.id, col(meeting.source_id).is_not(None))
    of_batch = (*of_unit, col(batch.session_id) == meeting.id)
    of_cell = (*of_batch, col(ItemTally.batch_id) == batch.id)
    queries = (
        select(code, meeting.id, *facts).where(*of_unit),
        select(code, batch.id, batch.ballot_commit, *figures).where(*of_batch),
        select(code, batch.id, ItemTally.target, ItemTally.item, *marks).where(*of_cell),
    )
    return {tuple(row) for query in queries for row in session.exec(query)}
