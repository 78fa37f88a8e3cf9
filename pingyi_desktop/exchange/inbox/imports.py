"""导入: collect files, plan what importing them would do, carry it out, undo it, and the files that wait (待核).

Everything is verified before anything is written; an import is one transaction; what counts afterwards is
``merge.view`` of all envelopes the file holds, recomputed, so that order, repetition and batching of imports never
matter. A file is taken in whole or not at all: one bad signature keeps its file out with a sentence, not the others. Of
what is taken in, a submission whose figures cannot be is set aside (``decisions``): kept, named, counted nowhere.
"""

from __future__ import annotations

import gc
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import rolls
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.inbox import (
    decisions,
    desks,
    quarantine,
    receiving,
    settling,
    together,
    verdicts,
)
from pingyi_desktop.exchange.inbox.collecting import collect as collect
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.inbox.quarantine import Waiting
from pingyi_desktop.exchange.inbox.receiving import Incoming
from pingyi_desktop.exchange.inbox.verdicts import PlanEntry as PlanEntry
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging.plausible import Rolls
from pingyi_desktop.exchange.merging.situations import QUARANTINED, VERDICTS, RefusalError, Situation
from pingyi_desktop.exchange.wire import bundle, package
from pingyi_desktop.exchange.wire.trust import digits
from pingyi_desktop.storage import bulk, journal
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import ImportRun, StoredEnvelope, TrustedKey

Progress = Callable[[int, int, str], None]
File = tuple[str, bytes | Path]


@dataclass(frozen=True)
class NewKey:
    """A direct child's key seen for the first time: compare the 24 digits by telephone, then confirm."""

    unit_code: str
    unit_name: str
    fingerprint: str


@dataclass(frozen=True)
class ImportPlan:
    """A preview in plain words; nothing is written yet.

    After ``apply_import`` the same in retrospect: ``number`` is the import's (0: nothing had to be written), ``erased``
    counts superseded bodies that were deleted: compact the file then, so that nothing of them is left in it.
    ``unusual`` is what ``foretelling`` has found in the figures that would be counted.
    """

    campaign_id: str
    entries: tuple[PlanEntry, ...]
    new_keys: tuple[NewKey, ...]
    files: tuple[Incoming, ...]
    waiting: tuple[Waiting, ...] = ()
    number: int = 0
    erased: int = 0
    unusual: tuple[Finding, ...] = ()

    def count(self, verdict: str) -> int:
        """How many entries have this verdict."""
        return sum(entry.verdict == verdict for entry in self.entries)


@dataclass(frozen=True)
class LastImport:
    """The newest import that wrote something; ``undone`` when it was taken back."""

    number: int
    files: tuple[str, ...]
    undone: bool


@dataclass
class _Sorting:
    """Files while they are judged."""

    incoming: list[Incoming] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    entries: list[PlanEntry] = field(default_factory=list)

    def keep_out(self, file: str, data: bytes, error: RefusalError) -> None:
        """Note a file that is not taken in: it waits when its situation allows, else it is refused."""
        self.entries.append(verdicts.of_refusal(file, error))
        if error.situation in QUARANTINED:
            waiting = Waiting(file, data, error.unit, error.situation, str(error), proven=error.proven)
            self.waiting.append(waiting)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the cycle collector out: what is read makes no cycles, and it would go through all of it again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
def plan_import(
    session: Session,
    *,
    campaign_id: str,
    files: Sequence[File],
    identities: Sequence[str] = (),
    progress: Progress | None = None,
) -> ImportPlan:
    """Verify files and say what importing them would do; writes nothing.

    ``files`` are names with bytes or with the path to read; one that cannot be read is an entry like any other.
    ``identities`` are tried besides this file's own keys (``recovery.identity``). ``progress(done, total, text)`` is
    told before each file and may raise to cancel.
    """
    desk = desks.open_desk(session, session.get_one(Campaign, campaign_id))
    sorting, tried = _Sorting(), [*keys.identities(session, campaign_id=campaign_id), *identities]
    people = rolls.rolls(session, campaign_id=campaign_id)
    for number, (name, source) in enumerate(files):
        if progress is not None:
            progress(number, len(files), f"正在核对 {name}")
        data = b""
        try:
            data = source if isinstance(source, bytes) else _read(source)
            sorting.incoming.append(receiving.receive(desk, name, data, rolls=people, identities=tried))
        except RefusalError as error:
            sorting.keep_out(name, data, error)
    _part_rivals(desk, sorting)
    if progress is not None:
        progress(len(files), len(files), "核对完毕")
    return _planned(session, desk, sorting, (), people)


@_uncollected()
def apply_import(
    session: Session,
    *,
    plan: ImportPlan,
    by: str,
    confirmed: Collection[str] = (),
    progress: Progress | None = None,
) -> ImportPlan:
    """Take in what the plan found, in one go; files that ask for something not ``confirmed`` go into quarantine.

    ``confirmed`` are fingerprints compared over the telephone. Signers are judged once more, because keys and tasks may
    have changed since the plan. Bodies superseded before this import are deleted (T13).
    """
    campaign = session.get_one(Campaign, plan.campaign_id)
    desk = desks.open_desk(session, campaign)
    sorting = _Sorting(
        waiting=list(plan.waiting), entries=[entry for entry in plan.entries if not entry.envelope_id]
    )
    for number, one in enumerate(plan.files):
        if progress is not None:
            progress(number, len(plan.files), f"正在写入 {one.file}")
        try:
            sorting.incoming.append(receiving.vet(desk, one))
        except RefusalError as error:
            sorting.keep_out(one.file, one.data, error)
    _part_rivals(desk, sorting)
    told = {*confirmed, *map(digits, confirmed)}
    people = rolls.rolls(session, campaign_id=plan.campaign_id)
    done = _write(session, desk, _planned(session, desk, sorting, told, people), told, by)
    counted = {word: done.count(word) for word in VERDICTS}
    taken = [one.file for one in done.files if not verdicts.asks(one, told)]
    detail: dict[str, object] = {"number": done.number, "files": taken, **counted}
    journal.record(session, act="导入数据包", subject=campaign.name, by=by, detail=detail)
    return done


def undo_last_import(session: Session, *, campaign_id: str, by: str) -> LastImport:
    """Take the last import back: its envelopes, keys and quarantine go, what counted before counts again.

    Only the last one: what an earlier one replaced has been deleted since. Raises PackageError when there is none.
    """
    last = last_import(session, campaign_id=campaign_id)
    if last is None:
        raise PackageError("本活动还没有导入过数据包，没有可以撤销的。")
    if last.undone:
        raise PackageError(
            f"最近一次导入（第 {last.number} 次）已经撤销；更早的导入不能撤销，因为被替换的数据已经删除。请用备份恢复。"
        )
    campaign = session.get_one(Campaign, campaign_id)
    desk = desks.open_desk(session, campaign)
    of_run = (col(ImportRun.campaign_id) == campaign_id, col(ImportRun.number) == last.number)
    run = session.scalars(select(ImportRun).where(*of_run)).one()
    ids = set(session.scalars(select(col(StoredEnvelope.id)).where(col(StoredEnvelope.import_id) == run.id)))
    desk = replace(desk, rulings=decisions.forget(session, desk=desk, ids=ids))
    settling.take_out(session, desk=desk, ids=ids, number=last.number)
    session.execute(delete(TrustedKey).where(col(TrustedKey.import_id) == run.id))
    quarantine.undo(session, import_id=run.id)
    run.undone = True
    session.add(run)
    session.flush()
    detail: dict[str, object] = {"number": last.number, "files": list(last.files), "envelopes": len(ids)}
    journal.record(session, act="撤销导入", subject=campaign.name, by=by, detail=detail)
    return replace(last, undone=True)


def last_import(session: Session, *, campaign_id: str) -> LastImport | None:
    """The newest import that wrote something, or None."""
    newest = col(ImportRun.number).desc()
    rows = select(ImportRun).where(col(ImportRun.campaign_id) == campaign_id).order_by(newest).limit(1)
    run = session.scalars(rows).first()
    return None if run is None else LastImport(run.number, tuple(json.loads(run.files)), run.undone)


def release(
    session: Session, *, campaign_id: str, file_id: str, by: str, confirmed: Collection[str] = ()
) -> ImportPlan:
    """Judge a file in quarantine again and take it in; it leaves quarantine. An import of its own, which can be undone.

    ``confirmed`` holds the fingerprint compared by telephone. A file whose revision jumps is let in by the very act of
    releasing it. Raises PackageError with the reason when it still may not come in.
    """
    row = quarantine.find(session, campaign_id=campaign_id, file_id=file_id)
    plan = plan_import(session, campaign_id=campaign_id, files=[(row.file_name, row.data)])
    told = {*confirmed, *map(digits, confirmed), row.id}
    if not plan.files or verdicts.asks(plan.files[0], told):
        raise PackageError(plan.entries[0].sentence)
    return apply_import(session, plan=plan, by=by, confirmed=told)


def _read(path: Path) -> bytes:
    try:
        return bundle.read_file(path)
    except (FileError, PackageError) as error:
        raise RefusalError(Situation.UNREADABLE, str(error)) from None


def _planned(
    session: Session, desk: Desk, sorting: _Sorting, told: Collection[str], people: Rolls
) -> ImportPlan:
    incoming = together.judged(session, desk, sorting.incoming, rolls=people, confirmed=told)
    asked = {
        one.sender.address.unit: one.fingerprint
        for one in incoming
        if one.fingerprint and verdicts.asks(one, told)
    }
    return ImportPlan(
        campaign_id=desk.campaign.id,
        entries=(*sorting.entries, *verdicts.foresee(desk, incoming, confirmed=told)),
        new_keys=tuple(NewKey(unit, desk.names[unit], print_) for unit, print_ in asked.items()),
        files=tuple(incoming),
        waiting=tuple(sorting.waiting),
    )


def _part_rivals(desk: Desk, sorting: _Sorting) -> None:
    """Files that bring different keys for one task wait together: which of them is the unit's own, a person decides."""
    claims: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for one in sorting.incoming:
        for place, key in one.keys.items():
            claims[place].add(key)
    disputed = {place for place, found in claims.items() if len(found) > 1}
    for one in [one for one in sorting.incoming if disputed & one.keys.keys()]:
        unit, epoch = min(disputed & one.keys.keys())
        sorting.incoming.remove(one)
        error = receiving.second_pc(desk, unit, one.keys[unit, epoch], proven=one.proven)
        sorting.keep_out(one.file, one.data, error)


def _write(session: Session, desk: Desk, plan: ImportPlan, told: Collection[str], by: str) -> ImportPlan:
    """Store what is new of the plan's files as one import; without anything new nothing is written."""
    taken = [one for one in plan.files if not verdicts.asks(one, told)]
    asking = [_waiting(one) for one in plan.files if verdicts.asks(one, told)]
    fresh = _fresh(desk, taken)
    added = {place: key for one in taken for place, key in one.keys.items()}
    let_in = [receiving.identity(one.data) for one in taken if one.data]
    kept, turned_away = quarantine.fitting(
        session, campaign_id=desk.campaign.id, waiting=[*plan.waiting, *asking]
    )
    plan = replace(plan, entries=tuple(_with_refusal(entry, turned_away) for entry in plan.entries))
    if not (fresh or added or kept):
        quarantine.clear(session, ids=let_in)
        return plan
    replaced = settling.superseded(session, campaign_id=desk.campaign.id)
    last = last_import(session, campaign_id=desk.campaign.id)
    number = 1 if last is None else last.number + 1
    files = sorted({*(one.file for one in taken), *(one.file for one in (*plan.waiting, *asking))})
    run = ImportRun(campaign_id=desk.campaign.id, number=number, files=json.dumps(files, ensure_ascii=False))
    session.add(run)
    session.flush()
    _remember(session, desk.campaign.id, added, run.id)
    quarantine.let_in(session, ids=let_in, import_id=run.id)
    quarantine.keep(session, campaign_id=desk.campaign.id, waiting=kept, import_id=run.id)
    aside = {i: why for one in taken for i, why in one.aside.items() if i in fresh or why.of_all}
    decisions.set_aside(session, campaign_id=desk.campaign.id, aside=aside, by=by)
    judged = receiving.setting_aside(desk, taken)
    settling.settle(session, desk=judged, fresh=fresh, import_id=run.id, number=number)
    still = replaced & settling.superseded(session, campaign_id=desk.campaign.id)
    return replace(plan, number=number, erased=settling.erase(session, ids=still))


def _fresh(desk: Desk, taken: Sequence[Incoming]) -> dict[str, package.Envelope]:
    """Envelopes to store: those not held, and deleted bodies that an office has made count again."""
    arriving = package.unite([e for one in taken for e in one.envelopes])
    fresh = {identity: e for identity, e in arriving.items() if identity not in desk.known}
    lost = {i: e for i, e in arriving.items() if i in desk.known and not desk.known[i].body}
    if lost:
        seen = desks.view_of(desk, settling.whole(desk, {**fresh, **lost}).values())
        counting = {*seen.submissions.values(), *seen.rollups.values(), *seen.held, *seen.waiting}
        counting.update(*seen.conflicts.values())
        fresh |= {identity: e for identity, e in lost.items() if identity in counting}
    return fresh


def _waiting(one: Incoming) -> Waiting:
    asked = one.asks or Situation.UNREGISTERED
    head = one.sender.address
    return Waiting(one.file, one.data, head.unit, asked, one.sentence, proven=one.proven, to=head.to)


def _with_refusal(entry: PlanEntry, turned_away: Mapping[str, str]) -> PlanEntry:
    """The entry of a file that would wait and is not kept says so."""
    if entry.file not in turned_away or entry.situation not in QUARANTINED:
        return entry
    return replace(entry, sentence=f"{entry.sentence}{turned_away[entry.file]}")


def _remember(
    session: Session, campaign_id: str, added: Mapping[tuple[str, int], str], import_id: str
) -> None:
    rows = [
        {
            "campaign_id": campaign_id,
            "unit_code": unit,
            "epoch": epoch,
            "public_key": key,
            "origin": "导入确认",
            "import_id": import_id,
        }
        for (unit, epoch), key in sorted(added.items())
    ]
    bulk.write(session, insert(TrustedKey), rows)
