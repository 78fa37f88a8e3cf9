"""Campaign facts in the tables against the definition that was published and signed: every campaign of a file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pingyi_desktop.appraisal.campaign import campaigns, gradings, planning
from pingyi_desktop.appraisal.paper import forms, rules
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import CAMPAIGN
from pingyi_desktop.standing.contradiction import RESTORE, Contradiction, own
from pingyi_desktop.standing.whole import Whole
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import Campaign, CampaignStatus, SessionStatus

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


def of_all(whole: Whole) -> Iterator[Contradiction]:
    """Every campaign against its definition, the definition against its digest and its signed envelope."""
    rows = whole.campaigns
    known, received = {row.id for row in rows}, {one.campaign_id for one in whole.letters}
    lost = received - known
    if lost:
        yield own(f"有 {len(lost)} 个评议活动不见了，它的数据包还在。{RESTORE}")
    published = {detail.get("sha256") for detail in whole.details("发布活动")}
    for row in rows:
        if row.status == CampaignStatus.PUBLISHED:
            yield from _of_published(whole, row)
        elif row.definition_sha256 in published or row.id in received:
            yield own(f"“{row.name}”已经发布过，文件里却是草稿。{RESTORE}")
    yield from _names(whole)


def _of_published(whole: Whole, row: Campaign) -> Iterator[Contradiction]:
    text = row.definition or ""
    if hashlib.sha256(text.encode()).hexdigest() != row.definition_sha256:
        yield own(f"“{row.name}”发布的评议表、口径和组织名单与发布时的摘要不一致。{RESTORE}")
        return
    document = json.loads(text)
    if wrong := list(_differing(whole, row, document)):
        yield own(f"“{row.name}”的{'、'.join(wrong)}与发布时锁定的不一致。{RESTORE}")
    yield from _signed(whole, row)
    yield from _planned(whole, row)


def _differing(whole: Whole, row: Campaign, document: dict[str, Any]) -> Iterator[str]:
    if (row.id, row.root_code) != (document["campaign"], document["root"]):
        yield "编号"
    yield from (name for key, name in COLUMNS.items() if getattr(row, key) != document[key])
    if forms.default_rule() | json.loads(row.rule) != vars(rules.read(document["rule"])):
        yield "统计口径"
    if row.recovery_recipient != document.get("recovery"):
        yield "恢复码公钥"
    if row.manual_check != document.get("manual_check", False):
        yield "人工核对"
    if row.grading != gradings.taken(document):
        yield "等次的评定办法"
    kept = _listed(whole.rows["campaign_form"], row)
    if [json.loads(one.document) for one in kept] != document["forms"]:
        yield "评议表"
    categories = [(one.code, one.name) for one in _listed(whole.rows["voter_category"], row)]
    if categories != [(one["code"], one["name"]) for one in document["voter_categories"]]:
        yield "参评人员类别"


def _listed(rows: Iterable[Any], campaign: Campaign) -> list[Any]:
    """Those of the campaign, in their order."""
    return sorted((one for one in rows if one.campaign_id == campaign.id), key=lambda one: one.sort_no)


def _signed(whole: Whole, row: Campaign) -> Iterator[Contradiction]:
    """The definition that came signed from the root (or that the root signed) is this one."""
    kept = [one.raw for one in whole.letters if (one.campaign_id, one.type) == (row.id, CAMPAIGN)]
    for raw in kept:
        if raw is not None and package.parse_stored(raw).address.campaign_sha256 != row.definition_sha256:
            yield own(f"“{row.name}”的定义与签名的任务里的不一致。{RESTORE}")


def _planned(whole: Whole, row: Campaign) -> Iterator[Contradiction]:
    """The sessions and batches that the definition plans are there, each once."""
    view = whole.picture(row.id).view
    planned = planning.wanted(view, whole.picture(row.id).tree, whole.unit)
    wanted = {(layer, o.code): planning.forms_at(view, layer, o) for layer, o in planned}
    here = [one for one in whole.both("appraisal_session") if one.campaign_id == row.id]
    valid = [one for one in here if one.status != SessionStatus.VOID]
    there = {(one.layer, whole.codes.get(one.org_id, "")): one for one in valid}
    if there.keys() != wanted.keys() or any(one.has_ballots != bool(wanted[at]) for at, one in there.items()):
        yield own(f"“{row.name}”的场次与发布时安排的不一致，多了、少了或改过。{RESTORE}")
        return
    stacks: dict[str, Counter[tuple[str, int, str]]] = {meeting.id: Counter() for meeting in there.values()}
    for batch in whole.both("ballot_batch"):
        if batch.state != BatchState.VOID and batch.session_id in stacks and not batch.supplement:
            stacks[batch.session_id][batch.form_code, batch.form_version, batch.voter_category] += 1
    for place, meeting in there.items():
        counted = Counter(
            (form.code, form.version, category)
            for form in wanted[place]
            for category, _ in view.voter_categories
        )
        if meeting.source_id is None and stacks[meeting.id] != counted:
            yield own(f"“{place[1]}”（层面 {place[0]}）的票批与发布时安排的不一致，多了或少了。{RESTORE}")


def _names(whole: Whole) -> Iterator[Contradiction]:
    """An organisation has another name than in the campaign taken up last, and no act of anybody gave it one."""
    start = next((one for one in reversed(whole.journal) if one.act in BEGINNING), None)
    if start is None:
        return
    later = [one for one in whole.journal if one.seq > start.seq]
    if any(one.act in WHOLESALE for one in later):
        return
    touched = {one.subject for one in later if one.act == RENAMING}
    rows = {one.code: one for one in whole.rows["party_organization"] if one.code not in touched}
    named = defaultdict[str, set[tuple[str, str]]](set)
    for row in _begun(whole, start):
        for unit in json.loads(row.definition or "")["orgs"]:
            named[unit["code"]].add((unit["full_name"], unit["short_name"]))
    for code, names in named.items():
        one = rows.get(code)
        if one is not None and (one.full_name, one.short_name) not in names:
            yield own(f"“{one.code}”的名称与发布时的不一致，操作日志里没有改名的记录。{RESTORE}")


def _begun(whole: Whole, start: JournalEntry) -> list[Campaign]:
    """The campaign that this act began, by its digest; an entry of before that kept none names it as others may be named."""
    known = [one for one in whole.campaigns if one.definition is not None]
    if digest := json.loads(start.detail).get("sha256"):
        return [one for one in known if one.definition_sha256 == digest]
    return [one for one in known if one.name == start.subject]
