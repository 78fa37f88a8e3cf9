"""Own figures in the tables against what fixed them: the journal's entry of the seal, and the own signed submissions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import signing
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.paper.counting import read_tally
from pingyi_desktop.exchange.inbox import contents
from pingyi_desktop.exchange.merging import privacy
from pingyi_desktop.exchange.merging.merge import SUBMISSION
from pingyi_desktop.exchange.wire import identities, package
from pingyi_desktop.exchange.wire.package import Envelope as Opened
from pingyi_desktop.standing import checks
from pingyi_desktop.standing.contradiction import RESTORE, Contradiction, figures_of, own
from pingyi_desktop.standing.picture import Picture
from pingyi_desktop.standing.whole import Whole
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_campaign import CampaignStatus

SEALING, OPENING, VOIDING, VOIDING_SESSION = "封存票批", "更正重开", "作废票批", "作废场次"
EXPORTING = "导出上报"
CHANGING = (SEALING, OPENING, VOIDING, VOIDING_SESSION, "登记场次", "由本级代录")
Place = tuple[int, str]


def seals(whole: Whole) -> Iterator[Contradiction]:
    """Own sealed batches against the journal's entries of their seals."""
    published = [row for row in whole.campaigns if row.status == CampaignStatus.PUBLISHED]
    sealed, state = _sealings(whole.journal)
    rows = {row.id: row for row in whole.rows["ballot_batch"]}
    tallies = defaultdict[str, list[Any]](list)
    for tally in whole.rows["item_tally"]:
        tallies[tally.batch_id].append(tally)
    for row in published:
        view = whole.picture(row.id).view
        for batch in whole.picture(row.id).stacks:
            if not batch.own:
                continue
            if batch.received:
                yield own(f"票批“{batch.code}”是本单位自己的，却记成收到的。{RESTORE}")
            elif batch.sealed:
                widths = {item.no: len(item.scale.options) for item in view.form(batch.form_code).items}
                counts = {(t.target, t.item): read_tally(t, widths[t.item]) for t in tallies[batch.id]}
                yield from _against_seal(batch, signing.digest(rows[batch.id], counts), sealed[batch.code])
            elif len(published) == 1 and state.get(batch.code) == SEALING:
                yield own(f"票批“{batch.code}”已经封存，文件里却又开着。{RESTORE}")


def adding_up(session: Session) -> Iterator[Contradiction]:
    """K01–K03 and the commitment, of every sealed batch; of a received one it is its unit's alone."""
    for batch, finding in checks.sealed(session):
        said = f"票批“{batch.code}”：{finding.sentence}"
        yield own(f"{said}{RESTORE}") if batch.own else figures_of(said)


def exported(whole: Whole) -> Iterator[Contradiction]:
    """Own figures against the newest submission signed here, unless the journal says what changed them since."""
    changed = _changed_since_export(whole.journal)
    for row in whole.campaigns:
        newest: dict[str, Opened] = {}
        for one in whole.letters:
            if (one.campaign_id, one.type, one.own) == (row.id, SUBMISSION, True) and one.raw is not None:
                envelope = package.parse_stored(one.raw)
                newest[envelope.address.unit] = envelope
        for envelope in newest.values():
            yield from _against_export(whole.session, whole.picture(row.id), envelope, changed)


def _sealings(journal: Sequence[JournalEntry]) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """What the journal says of the seals of each batch code, and the last act that opened, sealed or voided it."""
    sealed: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    state: dict[str, str] = {}
    for entry in journal:
        if entry.act == SEALING:
            sealed[entry.subject].append(json.loads(entry.detail))
        if entry.act in (SEALING, OPENING, VOIDING):
            state[entry.subject] = entry.act
        elif entry.act == VOIDING_SESSION:
            place = f"L{json.loads(entry.detail)['layer']}-{entry.subject}-"
            state |= {code: VOIDING for code in state if code.startswith(place)}
    return sealed, state


def _against_seal(
    batch: BatchView, digest: str, entries: Sequence[dict[str, Any]]
) -> Iterator[Contradiction]:
    """One of the code's seals (another campaign's has the same code) is of just these figures.

    Seals of the earlier editions tell the valid ballots only.
    """
    told = {entry["digest"] for entry in entries if "digest" in entry}
    older = {entry.get("valid") for entry in entries if "digest" not in entry}
    if not entries:
        yield own(f"票批“{batch.code}”是封存的，操作日志里却没有封存它的记录。{RESTORE}")
    elif digest not in told and batch.valid not in older:
        yield own(f"票批“{batch.code}”的数字与封存时记进操作日志的不一致，封存以后被改动过。{RESTORE}")


def _changed_since_export(entries: Sequence[JournalEntry]) -> set[str]:
    """Organisations and batch codes whose figures an act changed after the last export, as the journal says."""
    last = max((entry.seq for entry in entries if entry.act == EXPORTING), default=0)
    return {entry.subject for entry in entries if entry.seq > last and entry.act in CHANGING}


def _is_in(changed: Collection[str], org_code: str) -> bool:
    return any(one == org_code or one[1:].startswith((f"1-{org_code}-", f"2-{org_code}-")) for one in changed)


def _against_export(
    session: Session, seen: Picture, envelope: Opened, changed: Collection[str]
) -> Iterator[Contradiction]:
    view = seen.view
    facts = {(one["layer"], one["org"]): one for one in envelope.document("sessions")["sessions"]}
    kept = {
        (s.layer, s.org_code): s.id
        for s in seen.meetings
        if (s.layer, s.org_code) in facts and s.own and not _is_in(changed, s.org_code)
    }
    now = {(one["layer"], one["org"]): one for one in contents.session_facts(session, ids=set(kept.values()))}
    widths = {(form.code, item.no): len(item.scale.options) for form in view.forms for item in form.items}
    whole, people = contents.sealed_counts(session, ids=set(kept.values()), widths=widths)
    category = identities.merged_category(code for code, _ in view.voter_categories)
    merged, merged_people = privacy.merge_small(whole, people, category=category, k=view.rule.min_cell)
    per_person = envelope.document(privacy.PER_PERSON)
    for place in sorted(kept):
        signed = _at(place, envelope.document("tallies")["batches"])
        same = facts[place] == now.get(place) and signed in (_at(place, whole), _at(place, merged))
        if same and per_person is not None:
            same = _at(place, per_person["batches"]) in (_at(place, people), _at(place, merged_people))
        if not same:
            yield own(
                f"“{place[1]}”（层面 {place[0]}）的数字与第 {envelope.address.revision} 次上报时签名的不一致，"
                f"操作日志里没有更正的记录。{RESTORE}"
            )


def _at(place: Place, listed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    here = [one for one in listed if (one["layer"], one["org"]) == place]
    return sorted(here, key=lambda one: (one["form"], one["voter_category"]))
