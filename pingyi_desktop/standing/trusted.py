"""Keys and decisions against what vouches for them: signed assignments and rollups, and the journal's entries."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pingyi_desktop.exchange.inbox.arrivals import ASIDE
from pingyi_desktop.exchange.locks import keylock
from pingyi_desktop.exchange.wire import package, trust
from pingyi_desktop.exchange.wire.header import ASSIGNMENT, ROLLUP, SUBMISSION
from pingyi_desktop.exchange.wire.package import Envelope as Opened
from pingyi_desktop.standing.contradiction import RESTORE, Contradiction, own
from pingyi_desktop.standing.whole import Letter, Whole
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import (
    TrustedKey,
)

KEY_ENTRY = "登记上级密钥"
Told = tuple[str, str, dict[str, Any]]
"""an entry of the journal: act, subject, detail"""


def keys(whole: Whole) -> Iterator[Contradiction]:
    """The own keys and those trusted, against everything signed that names them."""
    session, unit = whole.session, whole.unit
    for mine in whole.own_keys:
        if (
            trust.public_key(keylock.signing_half(keylock.reveal(session, mine.private_key)))
            != mine.public_key
        ):
            yield own(f"本单位的签名密钥（第 {mine.epoch} 次下发）公私两半对不上。{RESTORE}")
    registered = whole.rows["trusted_key"]
    for campaign in whole.campaigns:
        if campaign.definition is None:
            continue
        parents = {one["code"]: one["parent"] for one in json.loads(campaign.definition)["orgs"]}
        if unit not in parents:
            yield own(f"本单位（{unit}）不在“{campaign.name}”的组织名单里，本单位代码被改动过。{RESTORE}")
            continue
        trusted = {(row.unit_code, row.epoch): row for row in registered if row.campaign_id == campaign.id}
        opened = _opened(whole.letters, campaign.id)
        yield from _from_below(trusted, opened, parents)
        yield from _from_above(whole, trusted, opened, campaign)


def decisions(whole: Whole) -> Iterator[Contradiction]:
    """Every import, task, decision and withdrawal has its entry in the journal, and what it tells of is there."""
    entries = [(one.act, one.subject, json.loads(one.detail)) for one in whole.journal]
    yield from _imports(whole, entries)
    yield from _tasks(whole, entries)
    named = {identity for _, _, detail in entries for identity in _ids(detail)}
    voided = {row.envelope_id: row for row in whole.rows["withdrawal"]}
    for row in voided.values():
        if not row.reason.startswith(ASIDE) and row.envelope_id not in named:
            yield own(f"有一份数据被作废，操作日志里却没有作废它的记录。{RESTORE}")
    for decision in whole.rows["conflict_decision"]:
        if decision.envelope_id not in named:
            yield own(f"“{decision.unit_code}”的冲突裁定在操作日志里没有记录。{RESTORE}")
    for ruling in whole.rows["hold_ruling"]:
        if ruling.envelope_id not in named:
            yield own(f"一份待核数据的裁定在操作日志里没有记录。{RESTORE}")
    last = {
        detail["id"]: act
        for act, _, detail in entries
        if act in ("作废数据", "恢复作废数据", "放行待核数据", "裁定冲突")
    }
    there = {one.id for one in whole.letters}
    if any(act == "作废数据" and one in there and one not in voided for one, act in last.items()):
        yield own(f"操作日志里作废了的数据，文件里却没有作废。{RESTORE}")
    yield from _exports(whole.letters, entries)


def _ids(detail: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(one := detail.get("id"), str):
        yield one
    yield from detail.get("turned_down", ())


def _imports(whole: Whole, entries: Sequence[Told]) -> Iterator[Contradiction]:
    names = {row.id: row.name for row in whole.campaigns}
    kept = whole.rows["import_run"]
    runs = {(names.get(row.campaign_id, ""), row.number): row.undone for row in kept}
    told = {
        (subject, detail.get("number")): False
        for act, subject, detail in entries
        if act == "导入数据包" and detail.get("number")
    }
    told |= {(subject, detail.get("number")): True for act, subject, detail in entries if act == "撤销导入"}
    if told != runs:
        yield own(f"导入的次数与操作日志里的导入记录不一致。{RESTORE}")


def _tasks(whole: Whole, entries: Sequence[Told]) -> Iterator[Contradiction]:
    handed = {unit for act, _, detail in entries if act == "下发任务" for unit in detail["units"]}
    again = {
        (subject, detail["epoch"])
        for act, subject, detail in entries
        if act in ("重新下发任务", "由本级代录")
    }
    proxied = {(subject, detail["epoch"]) for act, subject, detail in entries if act == "由本级代录"}
    for row in whole.tasks:
        place = (row.unit_code, row.epoch)
        known = place in again or (row.epoch == 1 and row.unit_code in handed)
        if not known or row.by_proxy != (place in proxied and not row.token):
            yield own(f"下发给“{row.unit_code}”的任务与操作日志里的下发记录不一致。{RESTORE}")


def corrections(whole: Whole) -> Iterator[Contradiction]:
    """Every correction sheet is that of an act, and what an act corrected has its sheet."""
    told = Counter(
        (detail["number"], detail["reason"], *detail["signed"]) for detail in whole.details("更正重开")
    )
    sheets = whole.rows["correction"]
    kept = Counter((row.number, row.reason, row.applicant, row.scrutineer) for row in sheets)
    if told != kept:
        yield own(f"更正单与操作日志里的更正记录不一致。{RESTORE}")


def _exports(letters: Sequence[Letter], entries: Sequence[Told]) -> Iterator[Contradiction]:
    """What was signed upwards was exported by an act, and what an act exported is there."""
    signed = {one.id for one in letters if one.own and one.type in (SUBMISSION, ROLLUP)}
    told = {detail["id"] for act, _, detail in entries if act == "导出上报" and "id" in detail}
    if told - signed:
        yield own(f"操作日志里导出过的上报，文件里没有了。{RESTORE}")
    if signed and not told:
        yield own(f"文件里有导出过的上报，操作日志里却没有导出的记录。{RESTORE}")


def _opened(letters: Sequence[Letter], campaign_id: str) -> list[tuple[bool, Opened]]:
    """Stored envelopes that vouch for keys, with whether they are our own; what cannot be opened vouches for nothing."""
    kinds = (ROLLUP, ASSIGNMENT)
    rows = [row for row in letters if row.campaign_id == campaign_id and row.type in kinds]
    return [(row.own, package.parse_stored(row.raw)) for row in rows if row.raw is not None]


def _from_below(
    trusted: Mapping[tuple[str, int], TrustedKey],
    opened: Sequence[tuple[bool, Opened]],
    parents: Mapping[str, str | None],
) -> Iterator[Contradiction]:
    """Signed indexes register the keys of an office's direct children: they are those trusted here."""
    for is_own, envelope in opened:
        if envelope.address.type != ROLLUP:
            continue
        for one in envelope.document("index")["keys"]:
            if parents.get(one["unit"]) != envelope.address.unit:
                continue
            row = trusted.get((one["unit"], one["epoch"]))
            gone = (
                row is None and not is_own
            )  # what this office vouched for goes with an import that is undone
            if gone or (row is not None and row.public_key != one["key"]):
                office = envelope.address.unit
                yield own(f"“{one['unit']}”登记的密钥与“{office}”签名的汇总里的不一致。{RESTORE}")


def _from_above(
    whole: Whole,
    trusted: Mapping[tuple[str, int], TrustedKey],
    opened: Sequence[tuple[bool, Opened]],
    campaign: Campaign,
) -> Iterator[Contradiction]:
    """The key of the office above and what is encrypted to for it, as the task and the journal tell them."""
    tasks = [one for mine, one in opened if one.address.type == ASSIGNMENT and not mine]
    for task in tasks:
        if task.address.to != whole.unit:
            yield own(f"本单位代码与打开的任务不一致（任务是给“{task.address.to}”的）。{RESTORE}")
    told: dict[tuple[str, int], tuple[str, str]] = {}
    for entry in (one for one in whole.journal if one.act == KEY_ENTRY):
        detail = json.loads(entry.detail)
        if detail["campaign"] == campaign.id:
            place = (entry.subject, detail["epoch"])
            recipient = detail["recipient"] or told.get(place, ("", ""))[1]
            told[place] = (detail["fingerprint"], recipient)
    for (code, epoch), (fingerprint, recipient) in told.items():
        row = trusted.get((code, epoch))
        if row is None or trust.fingerprint(row.public_key) != fingerprint:
            yield own(f"“{code}”的密钥与操作日志里登记的不一致。{RESTORE}")
        elif recipient and row.age_recipient != recipient:
            yield own(f"“{code}”收件用的公钥与操作日志里登记的不一致，导出的数据包会加密给别人。{RESTORE}")
    if tasks and not told:
        newest = max(tasks, key=lambda one: one.address.order)
        recipient = newest.document("task").get("recipient", "")
        row = trusted.get((newest.address.unit, newest.address.epoch))
        if row is None or (recipient and row.age_recipient not in (recipient, None)):
            yield own(f"“{newest.address.unit}”收件用的公钥与任务里签名的不一致。{RESTORE}")
