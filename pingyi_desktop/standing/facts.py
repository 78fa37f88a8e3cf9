"""Campaign facts in the tables against the definition that was published and signed: every campaign of a file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import campaigns, gradings, sessions
from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import CAMPAIGN
from pingyi_desktop.standing.contradiction import RESTORE, Contradiction, own
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState
from pingyi_desktop.storage.schema_campaign import (
    AppraisalSession,
    Campaign,
    CampaignForm,
    CampaignStatus,
    SessionStatus,
    VoterCategory,
)
from pingyi_desktop.storage.schema_exchange import StoredEnvelope
from pingyi_desktop.storage.schema_people import PartyOrganization

COLUMNS = {
    "name": "名称",
    "activity": "活动",
    "period_type": "周期",
    "period_year": "年度",
    "period_no": "期次",
    "start_date": "开始日期",
    "end_date": "结束日期",
    "office_name": "主办单位",
    "mode": "正式或演练",
    **campaigns.ELEMENTS,
}
BEGINNING, WHOLESALE, RENAMING = ("发布活动", "接受任务"), ("导入名册", "按任务调整组织"), "修改党组织"


def of_all(session: Session) -> Iterator[Contradiction]:
    """Every campaign against its definition, the definition against its digest and its signed envelope."""
    rows = session.exec(select(Campaign)).all()
    known = {row.id for row in rows}
    lost = set(session.exec(select(StoredEnvelope.campaign_id).distinct())) - known
    if lost:
        yield own(f"有 {len(lost)} 个评议活动不见了，它的数据包还在。{RESTORE}")
    published = _published_digests(session)
    for row in rows:
        if row.status == CampaignStatus.PUBLISHED:
            yield from _of_published(session, row)
        elif row.definition_sha256 in published or _has_envelopes(session, row.id):
            yield own(f"“{row.name}”已经发布过，文件里却是草稿。{RESTORE}")
    yield from _names(session)


def _of_published(session: Session, row: Campaign) -> Iterator[Contradiction]:
    text = row.definition or ""
    if hashlib.sha256(text.encode()).hexdigest() != row.definition_sha256:
        yield own(f"“{row.name}”发布的评议表、口径和组织名单与发布时的摘要不一致。{RESTORE}")
        return
    document = json.loads(text)
    if wrong := list(_differing(session, row, document)):
        yield own(f"“{row.name}”的{'、'.join(wrong)}与发布时锁定的不一致。{RESTORE}")
    yield from _signed(session, row)
    yield from _planned(session, row)


def _differing(session: Session, row: Campaign, document: dict[str, Any]) -> Iterator[str]:
    if (row.id, row.root_code) != (document["campaign"], document["root"]):
        yield "编号"
    yield from (name for key, name in COLUMNS.items() if getattr(row, key) != document[key])
    if json.loads(row.rule) != vars(rules.read(document["rule"])):
        yield "统计口径"
    if row.recovery_recipient != document.get("recovery"):
        yield "恢复码公钥"
    if row.manual_check != document.get("manual_check", False):
        yield "人工核对"
    if row.grading != gradings.taken(document):
        yield "等次的评定办法"
    kept = select(CampaignForm.document).where(CampaignForm.campaign_id == row.id)
    if [json.loads(one) for one in session.exec(kept.order_by(col(CampaignForm.sort_no)))] != document[
        "forms"
    ]:
        yield "评议表"
    listed = select(VoterCategory).where(VoterCategory.campaign_id == row.id)
    categories = [(one.code, one.name) for one in session.exec(listed.order_by(col(VoterCategory.sort_no)))]
    if categories != [(one["code"], one["name"]) for one in document["voter_categories"]]:
        yield "参评人员类别"


def _signed(session: Session, row: Campaign) -> Iterator[Contradiction]:
    """The definition that came signed from the root (or that the root signed) is this one."""
    kept = select(StoredEnvelope.raw).where(
        StoredEnvelope.campaign_id == row.id, StoredEnvelope.type == CAMPAIGN
    )
    for raw in session.exec(kept):
        if raw is not None and package.parse_stored(raw).address.campaign_sha256 != row.definition_sha256:
            yield own(f"“{row.name}”的定义与签名的任务里的不一致。{RESTORE}")


def _planned(session: Session, row: Campaign) -> Iterator[Contradiction]:
    """The sessions and batches that the definition plans are there, each once."""
    wanted, view = sessions.places(session, campaign_id=row.id), campaigns.show(session, campaign_id=row.id)
    here = (
        select(AppraisalSession, PartyOrganization.code)
        .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
        .where(AppraisalSession.campaign_id == row.id, AppraisalSession.status != SessionStatus.VOID)
    )
    there = {(meeting.layer, code): meeting for meeting, code in session.exec(here)}
    if there.keys() != wanted.keys():
        yield own(f"“{row.name}”的场次与发布时安排的不一致，多了或少了。{RESTORE}")
        return
    stacks: dict[str, Counter[tuple[str, int, str]]] = {meeting.id: Counter() for meeting in there.values()}
    for batch in session.exec(select(BallotBatch).where(BallotBatch.state != BatchState.VOID)):
        if batch.session_id in stacks:
            stacks[batch.session_id][batch.form_code, batch.form_version, batch.voter_category] += 1
    for place, meeting in there.items():
        planned = Counter(
            (form.code, form.version, category)
            for form in wanted[place]
            for category, _ in view.voter_categories
        )
        if meeting.source_id is None and stacks[meeting.id] != planned:
            yield own(f"“{place[1]}”（层面 {place[0]}）的票批与发布时安排的不一致，多了或少了。{RESTORE}")


def _names(session: Session) -> Iterator[Contradiction]:
    """An organisation has another name than in the campaign taken up last, and no act of anybody gave it one."""
    begun = (
        select(JournalEntry)
        .where(col(JournalEntry.act).in_(BEGINNING))
        .order_by(col(JournalEntry.seq).desc())
    )
    start = session.exec(begun).first()
    known = {row.name: row for row in session.exec(select(Campaign)) if row.definition is not None}
    if start is None or start.subject not in known:
        return
    later = session.exec(select(JournalEntry).where(JournalEntry.seq > start.seq)).all()
    if any(one.act in WHOLESALE for one in later):
        return
    touched = {one.subject for one in later if one.act == RENAMING}
    rows = {one.code: one for one in session.exec(select(PartyOrganization)) if one.code not in touched}
    for unit in json.loads(known[start.subject].definition or "")["orgs"]:
        one = rows.get(unit["code"])
        if one is not None and (one.full_name, one.short_name) != (unit["full_name"], unit["short_name"]):
            yield own(f"“{one.code}”的名称与发布时的不一致，操作日志里没有改名的记录。{RESTORE}")


def _published_digests(session: Session) -> set[str | None]:
    entries = session.exec(select(JournalEntry.detail).where(JournalEntry.act == "发布活动"))
    return {json.loads(detail).get("sha256") for detail in entries}


def _has_envelopes(session: Session, campaign_id: str) -> bool:
    kept = select(StoredEnvelope.id).where(StoredEnvelope.campaign_id == campaign_id).limit(1)
    return session.exec(kept).first() is not None
