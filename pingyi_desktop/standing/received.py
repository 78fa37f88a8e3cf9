"""What came from below: every envelope's own signature and signer, its state, and the figures written from it.

``anew`` writes what the envelopes say into the tables of the session it is given, which is left to roll back: a report
that is built in that session shows what was signed. A unit whose envelope is at fault stands there as not reported.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.rulebook.catalogue import sentence
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import contents, desks, settling
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.ledgers import ledger_bodies
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging.merge import View
from pingyi_desktop.exchange.wire import package, trust
from pingyi_desktop.exchange.wire.header import RECEIPT, ROLLUP, SUBMISSION
from pingyi_desktop.standing.contradiction import (
    RESTORE,
    SEND_AGAIN,
    Contradiction,
    envelope_of,
    figures_of,
    own,
)
from pingyi_desktop.storage.schema_batches import BallotBatch, ItemTally, SupplementStack
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign, CampaignStatus
from pingyi_desktop.storage.schema_exchange import (
    EnvelopeState,
    HoldRuling,
    OwnKey,
    StoredEnvelope,
    TrustedKey,
)
from pingyi_desktop.storage.schema_grades import GradeCount, GradeName
from pingyi_desktop.storage.schema_people import PartyOrganization

BODILESS = (EnvelopeState.SUPERSEDED, EnvelopeState.QUARANTINED)
NAMES = {SUBMISSION: "上报", ROLLUP: "汇总", RECEIPT: "回执"}


def envelopes(session: Session, *, spoilt: set[str]) -> Iterator[Contradiction]:
    """Every stored envelope by itself; ids of received ones that prove nothing are added to ``spoilt``."""
    campaigns = session.exec(select(Campaign)).all()
    digests = {row.id: row.definition_sha256 for row in campaigns}
    unit = keys.unit_code(session)
    children = {
        (row.id, one["code"])
        for row in campaigns
        if row.definition is not None
        for one in json.loads(row.definition)["orgs"]
        if one["parent"] == unit
    }
    trusted = {
        (row.campaign_id, row.unit_code, row.epoch): row.public_key
        for row in session.exec(select(TrustedKey))
    }
    mine = {(row.campaign_id, row.public_key) for row in session.exec(select(OwnKey))}
    let_in = set(session.exec(select(HoldRuling.envelope_id).where(col(HoldRuling.let_in))))
    for row in session.exec(select(StoredEnvelope).order_by(col(StoredEnvelope.id))):
        is_far = (row.campaign_id, row.unit_code) not in children
        may_be_far = is_far and (row.state in BODILESS or row.id in let_in)
        wrong = _wrong(row, digests.get(row.campaign_id), trusted, mine, may_be_far=may_be_far)
        if not wrong:
            continue
        name = f"“{row.unit_code}”第 {row.revision} 次{NAMES.get(row.type, '任务')}"
        if row.own or row.type not in (SUBMISSION, ROLLUP):
            yield own(f"{name}的数据包{wrong}。{RESTORE}")
        else:
            spoilt.add(row.id)
            yield envelope_of(f"收到的{name}{wrong}。{SEND_AGAIN}")


def anew(session: Session, *, spoilt: Collection[str]) -> Iterator[Contradiction]:
    """Hold states and figures against what counts by the envelopes, which is then written into this session."""
    for campaign in session.exec(select(Campaign).where(Campaign.status == CampaignStatus.PUBLISHED)).all():
        desk = desks.open_desk(session, campaign)
        sound = {identity: one for identity, one in desk.known.items() if identity not in spoilt}
        seen = desks.view_of(desk, sound.values())
        yield from _states(session, desk, settling.states_of(sound, seen))
        yield from _without_body(desk, seen)
        chosen = sorted(seen.submissions.values())
        foreign = [s.id for s in sessions.listing(session, campaign_id=campaign.id) if not s.own]
        if not foreign:  # a branch: its file may lie where nothing can be written
            continue
        yield from _ledgers(session, desk, seen)
        before, counted = _figures(session, foreign), _valid(session, foreign)
        contents.clear(session, session_ids=foreign)
        opened = settling.opened(session, ids=chosen)
        contents.project(session, campaign_id=campaign.id, submissions=map(contents.read, opened))
        units = {unit for unit, *_ in before ^ _figures(session, foreign)}
        reported = _valid(session, foreign)
        named = {desk.known[one].unit for one in spoilt if one in desk.known}
        for unit in sorted(map(str, units - named)):
            name = desk.names.get(unit, unit)
            said = (
                f"“{name}”的数字与它签名上报的不一致，有人在程序之外改动过文件，"
                "报表照签名的数字出。请用备份恢复，或在“收发”页把它的数据作废再恢复。"
            )
            if counted[unit] != reported[unit]:
                said = sentence("V-CHK-10", org=name, reported=reported[unit], counted=counted[unit]) + said
            yield figures_of(said)


def _ledgers(session: Session, desk: Desk, seen: View) -> Iterator[Contradiction]:
    """Received rows of ledgers against the envelopes, which are then written into this session.

    What an earlier edition took in without knowing its ledgers has no rows yet, and is not at fault.
    """
    campaign_id = desk.campaign.id
    shown = ledger_bodies.shown(session, campaign_id=campaign_id)
    before = ledger_bodies.received(session, campaign_id=campaign_id)
    ledger_bodies.withdraw(session, campaign_id=campaign_id, source_ids=shown)
    counting = settling.opened(session, ids=settling.ledger_carriers(desk, seen) & shown)
    ledger_bodies.write(session, campaign_id=campaign_id, envelopes=counting)
    after = ledger_bodies.received(session, campaign_id=campaign_id)
    for unit in sorted({str(unit) for unit, *_ in before ^ after}):
        name = desk.names.get(unit, unit)
        yield figures_of(
            f"“{name}”的台账与它签名上报的不一致，有人在程序之外改动过文件。"
            "请用备份恢复，或在“收发”页把它的数据作废再恢复。",
        )


def _valid(session: Session, foreign: Collection[str]) -> Counter[str]:
    """Valid ballots in the tables, by unit."""
    query = (
        select(PartyOrganization.code, BallotBatch.valid)
        .join(AppraisalSession, col(AppraisalSession.org_id) == PartyOrganization.id)
        .join(BallotBatch, col(BallotBatch.session_id) == AppraisalSession.id)
        .where(col(AppraisalSession.id).in_(foreign))
    )
    found = Counter[str]()
    for unit, many in session.exec(query):
        found[unit] += many or 0
    return found


def _wrong(
    row: StoredEnvelope,
    digest: str | None,
    trusted: Mapping[tuple[str, str, int], str],
    mine: Collection[tuple[str, str]],
    *,
    may_be_far: bool,
) -> str:
    """What is the matter with an envelope, or nothing.

    Its key may be unknown when an office further up spoke of it (``may_be_far``): it counts nowhere, or a person let it in.
    """
    if row.raw is None:
        return "" if row.state in BODILESS and not row.own else "签名的正文不见了"
    try:
        envelope = package.open_envelope(row.raw)
    except PackageError:
        return "签名核验不通过"
    head = envelope.address
    told = (head.campaign, head.type, head.unit, head.epoch, head.revision)
    if envelope.id != row.id or told != (
        row.campaign_id,
        row.type,
        row.unit_code,
        row.epoch,
        row.revision,
    ):
        return "与登记的单位、次数不一致"
    if head.campaign_sha256 != digest:
        return "所依据的活动定义与文件里的不同"
    if row.own:
        return "" if (head.campaign, envelope.signer) in mine else "不是本单位的密钥签的"
    known = trusted.get((head.campaign, head.unit, head.epoch))
    if may_be_far or known == envelope.signer:
        return ""
    return f"签名的密钥（{trust.fingerprint(envelope.signer)}）没有登记"


def _states(session: Session, desk: Desk, states: Mapping[str, EnvelopeState]) -> Iterator[Contradiction]:
    held = session.exec(
        select(StoredEnvelope.id, StoredEnvelope.state, StoredEnvelope.unit_code).where(
            col(StoredEnvelope.id).in_(sorted(states))
        )
    )
    for unit in sorted({unit for one, stored, unit in held if states[one] != stored}):
        name = desk.names.get(unit, unit)
        yield figures_of(f"“{name}”的数据包是否计入，与收到的全部数据包所说的不一致。请用备份恢复。")


def _without_body(desk: Desk, seen: View) -> Iterator[Contradiction]:
    """What should count and has only its header left: the program deletes a body only when something newer counts."""
    for _, identity in seen.missing:
        one = desk.known.get(identity)
        if one is not None and not one.body:
            name = desk.names.get(one.unit, one.unit)
            yield envelope_of(
                f"“{name}”第 {one.revision} 次{NAMES[one.type]}应当计入，签名的正文却不见了。{SEND_AGAIN}",
            )


def _figures(session: Session, foreign: Collection[str]) -> set[tuple[object, ...]]:
    """Every figure of these sessions of units that report to here, one tuple each, the unit first."""
    code, meeting, batch = PartyOrganization.code, AppraisalSession, BallotBatch
    facts = [getattr(meeting, name) for name in (*contents.FACTS, "status", "source_id")]
    figures = [getattr(batch, name) for name in (*contents.SHEET, "state", "source_id")]
    marks = [getattr(ItemTally, name) for name in (*contents.OPTION_COLUMNS, "blank", "multi", "illegible")]
    late = [getattr(SupplementStack, name) for name in ("people", "closes_on", "reason")]
    of_unit = (col(meeting.org_id) == PartyOrganization.id, col(meeting.id).in_(foreign))
    of_batch = (*of_unit, col(batch.session_id) == meeting.id)
    of_cell = (*of_batch, col(ItemTally.batch_id) == batch.id)
    queries = (
        select(code, meeting.id, *facts).where(*of_unit),
        select(code, batch.id, *figures).where(*of_batch),
        select(code, batch.id, ItemTally.target, ItemTally.item, *marks).where(*of_cell),
        select(code, batch.id, *late).where(*of_batch, col(SupplementStack.batch_id) == batch.id),
    )
    found: set[tuple[object, ...]] = {tuple(row) for query in queries for row in session.exec(query)}
    for table in (GradeCount, GradeName):
        columns = SQLModel.metadata.tables[str(table.__tablename__)].columns
        graded = select_columns(col(code), *columns).where(*of_unit, col(table.session_id) == meeting.id)
        found |= {(row[0], table.__tablename__, *row[1:]) for row in session.execute(graded)}
    return found
