"""From agreed entries to the seal: the identities K01–K03, signatures, sealing, and what an office may undo before it.

The states are those of ``stages``. Sealing counts the ballots, keeps them as a multiset sorted by content under a
salted commitment, and deletes the order, the calls, the second entry and the settlements; the edge then compacts the
file so that nothing of them survives.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date

from sqlalchemy import insert
from sqlmodel import Session, col, select

from pingyi_desktop import bounds, visible
from pingyi_desktop.appraisal.batches import ballots, batches, printed, sheet_checks
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.campaign import campaigns, gradings, sessions, supplements
from pingyi_desktop.appraisal.paper import counting, grades, keying
from pingyi_desktop.appraisal.paper.counting import Counted
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, broken, found
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import (
    BallotBatch,
    BatchState,
    EntryMode,
    ItemTally,
    SealedBallot,
    SecondEntry,
)
from pingyi_desktop.storage.schema_campaign import AppraisalSession, CampaignMode
from pingyi_desktop.storage.schema_entry import Correction
from pingyi_desktop.storage.schema_people import PartyMember

ALL_ALIKE = 30
NOTHING = "没有要录的票"
_SEALED = (
    *("form_code", "form_version", "voter_category", "entry_mode", "persons", "ballot_commit"),
    *("second_entry", "single_reason", "tellers", "scrutineers"),
)
"""what the digest covers besides the figures"""


def problems(session: Session, *, batch_id: str, today: date | None = None) -> list[Finding]:
    """What stands between an open batch and its signature (E), and what deserves a look (W, I).

    ``today`` (none given: the day it is) is held against the closing date of people who vote later.
    """
    row = session.get_one(BallotBatch, batch_id)
    code = batches.code_of(session, row)
    if row.issued is None or row.returned is None or row.blank is None or row.void is None:
        return [found("V-BAL-40", code)]
    people = _people_findings(session, row, code)
    if row.entry_mode is None and row.returned - row.blank - row.void > 0:
        missing = found("V-BAL-41", code, returned=row.returned)
        return [missing, *people, *sheet_checks.figure_warnings(session, row, code)]
    listed = people + sheet_checks.figure_warnings(session, row, code)
    valid = row.returned - row.blank - row.void
    day = today or date.today()
    if row.entry_mode is None:
        return [*listed, *supplements.judged(session, row, code=code, valid=valid, today=day)]
    form, paper = _paper(session, row)
    keyed = Counter[str]()
    if row.entry_mode == EntryMode.PER_BALLOT:
        keyed = ballots.multiset(session, batch_id=batch_id)
        listed += _stack_findings(session, row, code, keyed)
        campaign_id = session.get_one(AppraisalSession, row.session_id).campaign_id
        asked = gradings.of(session, campaign_id=campaign_id)
        listed += grades.on_stack(code, form, paper, keyed, _probationary(session, row, form), asked)
        valid -= sum(counting.spoiled(keyed))
    listed += supplements.judged(session, row, code=code, valid=valid, today=day)
    per_ballot = row.entry_mode == EntryMode.PER_BALLOT and row.state != BatchState.SEALED
    counts = (
        counting.count(form, paper, keyed) if per_ballot else ballots.counts_of(session, batch_id=batch_id)
    )
    if row.entry_mode == EntryMode.COUNT:
        listed += grades.on_counts(code, form, counts, _probationary(session, row, form))
    listed += _telling(session, row, code, valid)
    if any(one.code == "V-BAL-03" for one in listed):
        return listed  # a stack of another number of ballots adds up nowhere: said once
    rows = batches.targets(session, batch_id=batch_id) if form.is_roster else []
    names = called(form, rows)
    wanted = {(target, item.no) for target in paper.targets for item in form.items}
    return listed + not_adding_up(code, counts, names=names, wanted=wanted, valid=valid)


def called(form: Form, people: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What a line of a tally sheet is called: whose it is, and its item in words."""
    listed = people if form.is_roster else (("", ""),)
    return {(no, item.no): f"{name}“{item.short_text}”" for no, name in listed for item in form.items}


def not_adding_up(
    code: str,
    counts: Counted,
    *,
    names: Mapping[tuple[str, str], str],
    wanted: AbstractSet[tuple[str, str]],
    valid: int,
) -> list[Finding]:
    """K03: every person's every item adds up to the valid ballots (V-BAL-04); ``names`` says what a line is called."""
    listed = []
    missing = len(wanted - counts.keys())
    if missing and valid:
        listed.append(found("V-BAL-42", code, n=missing))
    for line, cells in counts.items():
        if difference := abs(cells.total - valid):
            what = names.get(line, "计票表")
            listed.append(found("V-BAL-04", code, what=what, sum=cells.total, valid=valid, d=difference))
    return listed


def has_nothing_to_key(session: Session, row: BallotBatch) -> bool:
    """Whether none came back that is to be keyed, so that there is neither a first nor a second entry."""
    sheet = (row.returned, row.blank, row.void)
    if (
        row.entry_mode == EntryMode.COUNT
        or None in sheet
        or row.returned != (row.blank or 0) + (row.void or 0)
    ):
        return False
    return not ballots.stack(session, batch_id=row.id)


def waive(session: Session, *, batch_id: str, reason: str, by: str) -> None:
    """Leave the second entry out (单录+监票核对), with a reason that stays with the batch; nothing to key is one itself."""
    row = batches.open_own(session, batch_id, Act.WAIVE)
    why = visible.line(reason) or (NOTHING if has_nothing_to_key(session, row) else "")
    if not why:
        raise broken("V-BAL-44")
    _refuse_blocked(session, row, "还不能结束录入")
    row.second_entry, row.single_reason = SecondEntry.NONE, why
    batches.move(session, row, Act.WAIVE)
    detail: dict[str, object] = {"reason": row.single_reason}
    journal.record(session, act="单录核对", subject=batches.code_of(session, row), by=by, detail=detail)


def sign(
    session: Session,
    *,
    batch_id: str,
    tellers: Sequence[str],
    scrutineers: Sequence[str],
    by: str,
    reason: str = "",
) -> tuple[Finding, ...]:
    """Register who signed the result sheet: tellers (计票人) and scrutineers (监票人); returns what only informs.

    V-SES-07, and what ``problems`` asks and nobody confirmed for this batch yet, need a ``reason``.
    """
    row = batches.open_own(session, batch_id, Act.SIGN)
    code = batches.code_of(session, row)
    counted, watched = _names(tellers), _names(scrutineers)
    if not counted or not watched:
        raise broken("V-BAL-45")
    if both := sorted(set(counted) & set(watched)):
        raise broken("V-SES-08", names="、".join(both))
    known = _refuse_blocked(session, row, "还不能签字")
    detail: dict[str, object] = {"tellers": counted, "scrutineers": watched}
    done = findings.confirmed(session, subject=code, since="作废票批")
    listed = [one for one in known if one.sentence not in done]
    if min(len(counted), len(watched)) < 2 or _appraised(session, row) & {*counted, *watched}:
        listed.append(found("V-SES-07", code))
    told = findings.weigh(session, listed, reason=reason, by=by, act="登记签字", subject=code, detail=detail)
    row.tellers, row.scrutineers = "、".join(counted), "、".join(watched)
    batches.move(session, row, Act.SIGN)
    return told


def unsign(session: Session, *, batch_id: str, by: str) -> None:
    """Take the signatures back, so that something can still be changed before the seal."""
    row = batches.open_own(session, batch_id, Act.UNSIGN)
    row.tellers = row.scrutineers = ""
    batches.move(session, row, Act.UNSIGN)
    journal.record(session, act="撤回签字", subject=batches.code_of(session, row), by=by)


def seal(session: Session, *, batch_id: str, by: str) -> tuple[Finding, ...]:
    """Seal a signed batch; from then on it only has counts. The edge compacts the file after. Returns what informs."""
    row = batches.open_own(session, batch_id, Act.SEAL)
    known = _refuse_blocked(session, row, "还不能封存")
    told = tuple(one for one in known if one.weight is Weight.INFORMATION)
    counts = ballots.counts_of(session, batch_id=batch_id)
    keyed = ballots.multiset(session, batch_id=batch_id)
    blank, void = counting.spoiled(keyed)
    row.blank, row.void = (row.blank or 0) + blank, (row.void or 0) + void
    row.valid = (row.returned or 0) - row.blank - row.void
    row.persons = len(batches.paper_of(session, batch_id=batch_id).targets)
    row.ballot_salt = secrets.token_hex(32)
    if row.entry_mode is None:
        ballots.choose_mode(session, row, EntryMode.PER_BALLOT)
    if row.entry_mode == EntryMode.PER_BALLOT:
        valid = {cells: copies for cells, copies in keyed.items() if not keying.is_void(cells)}
        _keep_multiset(session, row, valid)
        counts = counting.count(
            batches.form_of(session, row), batches.paper_of(session, batch_id=batch_id), valid
        )
    if counts:
        rows = [counting.tally_row(batch_id, target, item, cells) for (target, item), cells in counts.items()]
        session.execute(insert(ItemTally), rows)
    ballots.erase(session, batch_id=batch_id, keep_totals=True)
    row.sample = None
    batches.move(session, row, Act.SEAL)
    _close_correction(session, row)
    detail: dict[str, object] = {"valid": row.valid, "digest": digest_of(session, row)}
    journal.record(session, act="封存票批", subject=batches.code_of(session, row), by=by, detail=detail)
    return told


def digest_of(session: Session, row: BallotBatch) -> str:
    """See :func:`digest`."""
    return digest(row, ballots.counts_of(session, batch_id=row.id))


def digest(row: BallotBatch, counts: Counted) -> str:
    """What the journal keeps of a sealed batch's figures, to be held against them later.

    The counts themselves would tell, beside those of a later seal, the ballots that a correction changed. Under the
    batch's salt, which a correction throws away, nobody can try them out either.
    """
    sealed = {name: getattr(row, name) for name in _SEALED} | _sheet(row, counts)
    sheet = json.dumps(sealed, ensure_ascii=False, sort_keys=True)
    return hmac.new((row.ballot_salt or "").encode(), sheet.encode(), hashlib.sha256).hexdigest()


def sheet_of(session: Session, row: BallotBatch) -> dict[str, object]:
    """A sealed batch's control sheet and counts as a document, for the digest and the correction sheet."""
    return _sheet(row, ballots.counts_of(session, batch_id=row.id))


def _sheet(row: BallotBatch, counts: Counted) -> dict[str, object]:
    return {
        **{name: getattr(row, name) for name in ("printed", "issued", "returned", "blank", "void", "valid")},
        "counts": [
            [target, item, [*cells.options], cells.blank, cells.multi, cells.illegible]
            for (target, item), cells in sorted(counts.items())
        ],
    }


def reset(session: Session, *, batch_id: str, reason: str, by: str) -> None:
    """整批重录, the office's act: everything keyed of an open batch goes, in both passes; the control sheet stays."""
    row = batches.open_own(session, batch_id, Act.RESET)
    _erase_all(session, row)
    batches.move(session, row, Act.RESET)
    detail: dict[str, object] = {"reason": visible.line(reason)} if visible.line(reason) else {}
    journal.record(session, act="整批重录", subject=batches.code_of(session, row), by=by, detail=detail)


def void(session: Session, *, batch_id: str, reason: str, by: str) -> str:
    """作废 a batch (V-BAL-01: more returned than issued); returns the id of the empty one that takes its place."""
    row = batches.open_own(session, batch_id, Act.VOID)
    if not visible.line(reason):
        raise broken("V-BAL-46")
    _erase_all(session, row)
    row.void_reason = visible.line(reason)
    batches.move(session, row, Act.VOID)
    fresh = BallotBatch(
        session_id=row.session_id,
        form_code=row.form_code,
        form_version=row.form_version,
        voter_category=row.voter_category,
        supplement=row.supplement,
    )
    session.add(fresh)
    session.flush()
    supplements.carry_over(session, old=row.id, new=fresh)
    detail: dict[str, object] = {"reason": row.void_reason}
    journal.record(session, act="作废票批", subject=batches.code_of(session, row), by=by, detail=detail)
    return fresh.id


def _erase_all(session: Session, row: BallotBatch) -> None:
    ballots.erase(session, batch_id=row.id)
    row.entry_mode = row.second_entry = row.sample = None
    row.single_reason = row.tellers = row.scrutineers = ""


def _refuse_blocked(session: Session, row: BallotBatch, cannot: str) -> list[Finding]:
    """Refuse what stands in the way; returns everything else."""
    listed = problems(session, batch_id=row.id)
    blocking = [one for one in listed if one.weight is Weight.ERROR]
    if blocking:
        code = batches.code_of(session, row)
        raise RuleError(blocking[0].code, f"“{code}”{cannot}：{blocking[0].sentence}")
    return listed


def _telling(session: Session, row: BallotBatch, code: str, valid: int) -> Iterator[Finding]:
    """V-BAL-19: too few to show a rate; V-BAL-20: a drill."""
    meeting = session.get_one(AppraisalSession, row.session_id)
    view = campaigns.show(session, campaign_id=meeting.campaign_id)
    if 0 < valid < view.rule.min_cell:
        yield found("V-BAL-19", code, n=valid, k=view.rule.min_cell)
    if view.mode == CampaignMode.DRILL:
        yield found("V-BAL-20", code)


def _paper(session: Session, row: BallotBatch) -> tuple[Form, Paper]:
    return batches.form_of(session, row), batches.paper_of(session, batch_id=row.id)


def _appraised(session: Session, row: BallotBatch) -> set[str]:
    """Names of those a roster form appraises, with their mark and without."""
    if not batches.form_of(session, row).is_roster:
        return set()
    numbers = {number for number, _ in batches.targets(session, batch_id=row.id)}
    query = select(PartyMember).where(col(PartyMember.member_no).in_(numbers))
    return {name for m in session.exec(query) for name in (m.name, m.name + m.name_suffix)}


def _probationary(session: Session, row: BallotBatch, form: Form) -> dict[str, str]:
    """预备党员 on a roster form, by number."""
    if not form.is_roster:
        return {}
    return printed.probationary(session, batch_id=row.id)


def _people_findings(session: Session, row: BallotBatch, code: str) -> list[Finding]:
    """No figures without people: a batch whose session has no 应到 and 实到 is bounded by nothing (V-SES-28).

    More papers than people and spare ones are refused at the office above, and by the seal (V-BAL-68).
    """
    meeting = session.get_one(AppraisalSession, row.session_id)
    if meeting.held_on is None or meeting.expected is None or meeting.actual is None:
        return [found("V-SES-28", code, org=sessions.subject_of(session, row=meeting).short_name)]
    if row.returned and not meeting.actual:
        return [found("V-SES-31", code, returned=row.returned)]
    query = select(BallotBatch.issued, BallotBatch.voter_category).where(
        BallotBatch.session_id == row.session_id,
        BallotBatch.form_code == row.form_code,
        BallotBatch.state != BatchState.VOID,
    )
    issued = list(session.exec(query))
    stacks = len({category for _, category in issued})
    handed_out, extra = sum(many or 0 for many, _ in issued), bounds.spare(meeting.expected, stacks=stacks)
    if handed_out <= meeting.expected + extra:
        return []
    return [found("V-BAL-68", code, issued=handed_out, expected=meeting.expected, spare=extra)]


def _stack_findings(session: Session, row: BallotBatch, code: str, keyed: Counter[str]) -> list[Finding]:
    listed = []
    if row.state == BatchState.FIRST:
        state = ballots.resume(session, batch_id=row.id)
        if not state.untouched:
            listed.append(found("V-BAL-43", code, n=state.position))
    many = keyed.total()
    if many != (row.returned or 0) - (row.blank or 0) - (row.void or 0):
        listed.append(_k01(row, code, many))
    if len(keyed) == 1 and many >= ALL_ALIKE:
        listed.append(found("V-BAL-12", code))
    return listed


def _keep_multiset(session: Session, row: BallotBatch, valid: dict[str, int]) -> None:
    kept = [{"batch_id": row.id, "cells": cells, "copies": n} for cells, n in sorted(valid.items())]
    if kept:
        session.execute(insert(SealedBallot), kept)
    row.ballot_commit = counting.commitment(row.ballot_salt or "", valid)


def _close_correction(session: Session, row: BallotBatch) -> None:
    """Put the new figures beside the old, as far as all versions may be kept beside each other (k-rule)."""
    k = batches.rule_of(session, row).min_cell
    listed = session.exec(select(Correction).where(Correction.batch_id == row.id)).all()
    for correction in listed:
        after = sheet_of(session, row) if correction.after is None else json.loads(correction.after)
        sides = counting.bounded(json.loads(correction.before), after, k=k, alone=len(listed) == 1)
        correction.before, correction.after = (
            json.dumps(side, ensure_ascii=False, sort_keys=True) for side in sides
        )
        session.add(correction)
    session.flush()


def _names(listed: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(visible.line(name) for name in listed if visible.line(name)))


def _k01(row: BallotBatch, code: str, keyed: int) -> Finding:
    difference = abs((row.returned or 0) - keyed - (row.blank or 0) - (row.void or 0))
    return found(
        "V-BAL-03", code, returned=row.returned, valid=keyed, blank=row.blank, void=row.void, d=difference
    )
