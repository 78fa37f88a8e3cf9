"""The plan of an import in plain words: what would become of every submission, and why. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pingyi_desktop.exchange.inbox import desks, receiving, settling
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.inbox.receiving import Incoming
from pingyi_desktop.exchange.merging import makeup
from pingyi_desktop.exchange.merging.merge import ROLLUP, SUBMISSION, Record, View
from pingyi_desktop.exchange.merging.situations import UNCHANGED, RefusalError, Situation, verdict
from pingyi_desktop.exchange.wire import package, trust


@dataclass(frozen=True)
class PlanEntry:
    """What an import would do with one unit's submission, or with a file it does not take in.

    ``sentence`` says why and what to do; ``check_number`` is the one its sender reads out (核对号); ``revision`` is 0 and
    the texts are empty when the file tells nothing of them.
    """

    file: str
    unit_code: str
    unit_name: str
    verdict: str
    sentence: str
    revision: int
    envelope_id: str
    situation: Situation
    epoch: int = 0
    check_number: str = ""
    created: str = ""


def of_refusal(file: str, error: RefusalError) -> PlanEntry:
    """The entry of a file that stays out."""
    return PlanEntry(
        file, error.unit, error.unit_name, verdict(error.situation), str(error), 0, "", error.situation
    )


@dataclass(frozen=True)
class _Sight:
    """What the entries of a plan are told by; ``strays`` are the offices by the ids they list wrongly."""

    desk: Desk
    whole: Mapping[str, Record]
    before: View
    after: View
    strays: Mapping[str, str]


def foresee(desk: Desk, incoming: Sequence[Incoming], *, confirmed: Collection[str] = ()) -> list[PlanEntry]:
    """One entry for each submission (for an office without one: its rollup), and one for each file that is missing.

    ``confirmed`` are the fingerprints (digits only) that a person has compared.
    """
    arriving = {e.id: e for one in incoming if not asks(one, confirmed) for e in one.envelopes}
    before = desks.view_of(desk, desk.known.values())
    seen = receiving.setting_aside(desk, incoming)
    whole = settling.whole(desk, arriving)
    after = desks.view_of(seen, whole.values())
    sight = _Sight(desk, whole, before, after, {identity: office for office, identity in after.strays})
    missing: defaultdict[str, list[str]] = defaultdict(list)
    for office, identity in after.missing:
        missing[office].append(identity)
    brought: dict[str, str] = {}
    entries: list[PlanEntry] = []
    for one in incoming:
        for envelope in _envelopes_listed(one, after):
            earlier = brought.setdefault(envelope.id, one.file)
            if earlier != one.file:
                said = f"与“{earlier}”里的是同一份，只计一次。"
                entries.append(_entry(desk, one, envelope, Situation.TWO_ROUTES, said))
                continue
            situation, said = _judged(sight, envelope)
            if envelope.id in one.aside and envelope.id in after.voided:
                situation, said = one.aside[envelope.id].situation, one.aside[envelope.id].sentence
            if one.asks is not None and asks(one, confirmed) and verdict(situation) != UNCHANGED:
                aside = one.aside.get(envelope.id)
                situation, said = (
                    one.asks,
                    _question_of(desk, one, envelope) + (aside.sentence if aside else ""),
                )
            entries.append(_entry(desk, one, envelope, situation, said + _newer(envelope)))
        entries.extend(_held_already(desk, one))
        entries.extend(of_refusal(one.file, error) for error in one.left_out)
        entries.extend(_missing(desk, one, missing))
    back, kept = _kept_back(sight, incoming, confirmed)
    entries = [one for one in entries if one.situation != Situation.KNOWN or one.envelope_id not in kept]
    entries += back
    return entries + _gone(sight, incoming, {entry.unit_code for entry in entries})


def _kept_back(
    sight: _Sight, incoming: Sequence[Incoming], confirmed: Collection[str]
) -> tuple[list[PlanEntry], set[str]]:
    """One entry for everything that an office in between has set aside and nobody here has judged; and what it keeps.

    What it set aside need not be in its file: without a word here, an office would keep an older report for ever.
    """
    after, rulings = sight.after, sight.desk.rulings
    counting = {*after.submissions.values(), *after.rollups.values()}
    told = {*after.held, *counting, *rulings.void, *rulings.released}
    entries, kept = list[PlanEntry](), set[str]()
    for one in incoming:
        for envelope in () if asks(one, confirmed) else one.envelopes:
            office = envelope.address.unit
            if after.rollups.get(office) != envelope.id:
                continue
            for held, instead in sight.whole[envelope.id].instead:
                record = sight.whole.get(held) or sight.whole.get(instead)
                is_its_own = record is None or trust.is_below(record.unit, office, sight.desk.parents)
                if held not in told and instead not in after.contested and is_its_own:
                    told.add(held)
                    kept.add(instead)
                    entries.append(_not_taken(sight, one.file, office, held, record))
    return entries, kept


def _not_taken(sight: _Sight, file: str, office: str, held: str, record: Record | None) -> PlanEntry:
    """What an office in between has not taken, with the check number of what counts instead."""
    names, number = sight.desk.names, package.check_number(held)
    if record is None:
        listing = (one.unit for one in sight.whole.values() if held in one.accepts)
        unit = min(listing, default=office)
        what, counted = f"“{names[unit]}”汇总里的一份数据（核对号 {number}）", "它不计入"
    else:
        unit = record.unit
        time = f"第 {record.revision} 次上报" if record.id == held else "一次上报"
        what = f"“{names[unit]}”的{time}（核对号 {number}）"
        counts = sight.whole.get(_chosen(sight.after, record.type).get(unit, ""))
        counted = "它现在没有数据计入"
        if counts is not None:
            counted = f"计入的是第 {counts.revision} 次（核对号 {package.check_number(counts.id)}）"
    said = (
        f"“{names[office]}”没有采用{what}，{counted}。请打电话问“{names[unit]}”本人哪个核对号是它最后导出的；"
        f"没有采用的那份才对的，请让“{names[office]}”核实后重新导出上报。"
    )
    situation = Situation.KEPT_BACK
    revision, epoch = (record.revision, record.epoch) if record is not None and record.id == held else (0, 0)
    return PlanEntry(
        file, unit, names[unit], verdict(situation), said, revision, held, situation, epoch, number
    )


def _held_already(desk: Desk, one: Incoming) -> list[PlanEntry]:
    """What is here already, would count by what the file says and has to wait (``together``)."""
    brought = {envelope.id for envelope in one.envelopes}
    found = []
    for identity in sorted(i for i, why in one.aside.items() if why.of_all and i not in brought):
        held, why = desk.known[identity], one.aside[identity]
        number, name = package.check_number(identity), desk.names[held.unit]
        told = (
            verdict(why.situation),
            why.sentence,
            held.revision,
            identity,
            why.situation,
            held.epoch,
            number,
        )
        found.append(PlanEntry(one.file, held.unit, name, *told))
    return found


def _gone(sight: _Sight, incoming: Sequence[Incoming], named: Collection[str]) -> list[PlanEntry]:
    """One entry for every unit that counted until now, counts no more and is named by no other entry."""
    found = []
    for unit in sorted(sight.before.submissions.keys() - sight.after.submissions.keys() - set(named)):
        one = sight.desk.known[sight.before.submissions[unit]]
        number, name = package.check_number(one.id), sight.desk.names[unit]
        above = {file.sender.address.unit: file.file for file in incoming}
        at = sight.desk.parents[unit]
        while at is not None and at not in above:
            at = sight.desk.parents[at]
        said = (
            f"上级不再列入“{name}”：先前计入的第 {one.revision} 次（核对号 {number}）不再计入。"
            "请与该单位和它的上级核实是否已作废。"
        )
        situation = Situation.NO_LONGER_LISTED
        told = (verdict(situation), said, one.revision, one.id, situation, one.epoch, number)
        found.append(PlanEntry(above.get(at or "", ""), unit, name, *told))
    return found


def asks(one: Incoming, confirmed: Collection[str]) -> bool:
    """Whether a person has still to clear something up before this file is taken in.

    ``confirmed`` holds fingerprints (digits only) and, for files without one, the ids they have in quarantine.
    """
    if one.asks is None:
        return False
    return (trust.digits(one.fingerprint) or receiving.identity(one.data)) not in confirmed


def _question_of(desk: Desk, one: Incoming, envelope: package.Envelope) -> str:
    sender = one.sender.address.unit
    return one.sentence if envelope.address.unit == sender else f"与“{desk.names[sender]}”的文件一起待核。"


def _envelopes_listed(one: Incoming, after: View) -> list[package.Envelope]:
    """The submissions; rollups of offices without one, and those that are set aside."""
    submitting = {e.address.unit for e in one.envelopes if e.address.type == SUBMISSION}
    return [
        e
        for e in one.envelopes
        if e.address.type == SUBMISSION or e.address.unit not in submitting or e.id in after.held
    ]


def _entry(
    desk: Desk, one: Incoming, envelope: package.Envelope, situation: Situation, sentence: str
) -> PlanEntry:
    head = envelope.address
    read_out = one.sender if head.unit == one.sender.address.unit else envelope
    return PlanEntry(
        file=one.file,
        unit_code=head.unit,
        unit_name=desk.names[head.unit],
        verdict=verdict(situation),
        sentence=sentence,
        revision=head.revision,
        envelope_id=envelope.id,
        situation=situation,
        epoch=head.epoch,
        check_number=package.check_number(read_out.id),
        created=head.created,
    )


def _judged(sight: _Sight, envelope: package.Envelope) -> tuple[Situation, str]:
    desk, before, after = sight.desk, sight.before, sight.after
    head = envelope.address
    unit, identity, time = head.unit, envelope.id, f"第 {head.revision} 次上报"
    if identity in desk.rulings.void:
        return Situation.VOIDED, f"{time}已由本级作废或在裁定时落选，不计入。"
    if identity in after.held:
        return _set_aside(sight, sight.whole[identity])
    if identity in after.conflicts.get(unit, ()):
        return _disputed(sight, envelope)
    if _chosen(after, head.type).get(unit) != identity:
        return _left_behind(sight, envelope)
    previous = _chosen(before, head.type).get(unit)
    if previous == identity:
        return Situation.KNOWN, f"{time}已经导入过。"
    if previous is None and unit in before.conflicts:
        return Situation.NEWER, f"{time}，比先前有冲突的那次新，冲突了结。"
    if previous is None:
        return Situation.FIRST, f"{time}。"
    old = desk.known[previous]
    if head.epoch > old.epoch:
        return Situation.NEW_TASK, f"重新下发任务后的{time}，替换旧任务时报的第 {old.revision} 次。"
    return Situation.NEWER, f"{time}，替换先前的第 {old.revision} 次。"


def _set_aside(sight: _Sight, one: Record) -> tuple[Situation, str]:
    """Why an office's word about its branch is not believed, with both check numbers (``holds``)."""
    names, parents = sight.desk.names, sight.desk.parents
    name, office = names[one.unit], names[parents[one.unit] or ""]
    number = package.check_number(one.id)
    kept = sight.whole.get(sight.after.held[one.id])
    counted = "此前没有收下过它的数据" if kept is None else "先前的数据现在也不计入"
    if kept is not None and kept.id in {*sight.after.submissions.values(), *sight.after.rollups.values()}:
        counted = f"先前收下的第 {kept.revision} 次（核对号 {package.check_number(kept.id)}）照旧计入"
    ask = f"请打电话问“{name}”本人哪个核对号是它导出的，在“冲突”里写明原因裁定。"
    if one.id in sight.strays:
        said = (
            f"“{names[sight.strays[one.id]]}”报来了不归它管理的“{name}”（可能刚转隶），内容不同，"
            f"第 {one.revision} 次（核对号 {number}）先不计入，{counted}。{ask}"
        )
        return Situation.MISPLACED, said
    if one.id in sight.after.contested:
        said = (
            f"“{office}”的上级对“{name}”的数据说的与“{office}”不同，没有“{office}”的签名为证，"
            f"第 {one.revision} 次（核对号 {number}）先不计入，{counted}。{ask}"
        )
        return Situation.CONTESTED, said
    if kept is None or kept.key != one.key:
        said = (
            f"“{office}”给“{name}”登记了新的密钥（第 {one.epoch} 次下发，可能是重新下发、代录，也可能是冒名），"
            f"用它签的第 {one.revision} 次（核对号 {number}）先不计入，{counted}。{ask}"
        )
        return Situation.REKEYED, said
    said = f"“{office}”把“{name}”退回到了第 {one.revision} 次（核对号 {number}），先不计入，{counted}。{ask}"
    return Situation.ROLLED_BACK, said


def _disputed(sight: _Sight, envelope: package.Envelope) -> tuple[Situation, str]:
    head = envelope.address
    ids = sight.after.conflicts[head.unit]
    offices = sorted({sight.strays[identity] for identity in ids if identity in sight.strays})
    if offices:
        names = "、".join(sight.desk.names.get(office, office) for office in offices)
        said = f"另一单位“{names}”也报来了它的数据，内容不同（可能刚转隶），都不计入。请核实归谁管理，在“冲突”里裁定哪一份作数。"
        return Situation.TRANSFERRED, said
    said = (
        f"第 {head.revision} 次上报有 {len(ids)} 份不同的内容（多半是恢复过备份，或拷贝了数据文件），都不计入。"
        "请与该单位核对校验码，在“冲突”里裁定哪一份作数，或让该单位更正后再报一次；"
        "没有要更正的，让它导出后点“算新的一次，重报”。"
    )
    return Situation.SAME_REVISION, said


def _left_behind(sight: _Sight, envelope: package.Envelope) -> tuple[Situation, str]:
    head, desk = envelope.address, sight.desk
    office = sight.strays.get(envelope.id)
    if office is not None:
        owner = desk.names.get(desk.parents[head.unit] or "", "")
        said = f"“{desk.names[office]}”报来了不归它管理的单位，没有计入。请让“{owner}”报来，或核实隶属关系。"
        return Situation.MISPLACED, said
    chosen = _chosen(sight.after, head.type).get(head.unit)
    newest = desk.known.get(chosen or "")
    if newest is not None:
        said = f"已有第 {newest.revision} 次上报，这份是第 {head.revision} 次，未改动。"
    elif chosen is not None:
        said = f"这批文件里有更新的上报，这份是第 {head.revision} 次，不计入。"
    else:
        said = "其上级最新的汇总没有列它（可能已作废，或汇总有冲突），不计入。"
    return Situation.ROLLBACK, said


def _missing(desk: Desk, one: Incoming, missing: Mapping[str, Sequence[str]]) -> list[PlanEntry]:
    found = []
    for envelope in one.envelopes:
        if envelope.address.type != ROLLUP:
            continue
        listed = set(envelope.document("index")["accepts"])
        unit = envelope.address.unit
        absent = [identity for identity in missing.get(unit, ()) if identity in listed]
        if absent:
            name = desk.names[unit]
            said = (
                f"“{name}”的汇总列了 {len(absent)} 份这些文件里没有的数据（缺文件），缺的部分不计入。"
                f"请让“{name}”重新导出上报。"
            )
            found.append(_entry(desk, one, envelope, Situation.MISSING_FILE, said))
    return found


def _newer(envelope: package.Envelope) -> str:
    if not envelope.is_newer and all(makeup.is_known(envelope, one.name) for one in envelope.header.members):
        return ""
    return "（由更新版本的软件导出，本版本看不懂的内容原样保留、原样上报。）"


def _chosen(seen: View, kind: str) -> Mapping[str, str]:
    return seen.submissions if kind == SUBMISSION else seen.rollups
