"""民主评议党员: the acts from the proposal to a grade that was decided, told to the person and acknowledged.

What is stored is what people did: who decided what on which day and why it departs from the proposal, when it was told,
when acknowledged. The states are those of ``steps``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.grading import grade_sheets, steps
from pingyi_desktop.appraisal.grading.grade_sheets import GradeRow, GradeSheet
from pingyi_desktop.appraisal.grading.steps import Act
from pingyi_desktop.appraisal.paper.grades import NAMES
from pingyi_desktop.appraisal.rulebook import findings, personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_grades import MemberGrade
from pingyi_desktop.storage.schemas.grade_words import Body, Grade, GradeState

NO_PROPOSAL = "无"
POLICY = "名额是上限，确需超额应先报上级同意"


def decide(
    session: Session,
    *,
    sheet: GradeSheet,
    body: Body,
    decided_on: str,
    today: date,
    by: str,
    chosen: Mapping[str, Grade] | None = None,
    reasons: Mapping[str, str] | None = None,
    reason: str = "",
) -> tuple[Finding, ...]:
    """Register what the 支委会 or the members' meeting decided about everybody, in one act.

    Whoever is not in ``chosen`` (by member number) gets the grade proposed; one that departs needs a reason of its own
    (``reasons``, V-GRD-17). Too many 优秀, none or all, and a full member without a grade ask for a ``reason``.
    """
    chosen, reasons = chosen or {}, {no: visible.line(text) for no, text in (reasons or {}).items()}
    _check_ready(sheet)
    _check_day("决定日期", decided_on, sheet.meeting.held_on or "", "评议会之前", today)
    if unknown := (chosen.keys() | reasons.keys()) - {row.number for row in sheet.rows}:
        raise broken("V-GRD-14", number=min(unknown))
    if any(map(personal.has_private_number, reasons.values())):
        raise broken("V-MEM-07", what="“原因”里", mend="请删去后再继续")
    final = {row.number: chosen.get(row.number, row.proposed) for row in sheet.rows}
    for row in sheet.rows:
        steps.step(row.state, Act.DECIDE, name=row.name)
    decided = _checked(sheet, final, reasons)
    _store(session, sheet, decided, reasons, body=body, decided_on=decided_on)
    many = Counter(decided.values())
    detail: dict[str, object] = {
        "form": sheet.form.code,
        "body": body,
        "on": decided_on,
        "grades": {grade.value: many[grade] for grade in Grade},
        "departing": sum(decided[row.number] is not row.proposed for row in sheet.rows),
    }
    return findings.weigh(
        session,
        [*_unusual(sheet, decided)],
        reason=reason,
        by=by,
        act="决定等次",
        subject=sheet.meeting.org_code,
        detail=detail,
    )


def _checked(
    sheet: GradeSheet, final: Mapping[str, Grade | None], reasons: Mapping[str, str]
) -> dict[str, Grade]:
    """Everybody's grade; refused where somebody has none or it departs without a word."""
    without = [row.name for row in sheet.rows if final[row.number] is None]
    if without:
        raise broken("V-GRD-15", names="、".join(f"“{name}”" for name in without))
    decided = {number: grade for number, grade in final.items() if grade is not None}
    for row in sheet.rows:
        grade = decided[row.number]
        if row.probationary and grade is not Grade.NOT_RATED:
            raise broken("V-GRD-16", name=row.name, grade=NAMES[grade])
        if grade is not row.proposed and not reasons.get(row.number):
            proposed = NO_PROPOSAL if row.proposed is None else NAMES[row.proposed]
            raise broken("V-GRD-17", name=row.name, grade=NAMES[grade], proposed=proposed)
    return decided


def _unusual(sheet: GradeSheet, decided: Mapping[str, Grade]) -> Iterator[Finding]:
    where = sheet.meeting.org_name
    rated = [decided[row.number] for row in sheet.rated if decided[row.number] is not Grade.NOT_RATED]
    best = rated.count(Grade.EXCELLENT)
    if best > sheet.limit:
        yield found("V-BAL-14", where, what="研究决定的", n=best, limit=sheet.limit, policy=POLICY)
    if rated and not best:
        yield found("V-GRD-20", where, n=len(rated))
    if rated and best == len(rated):
        yield found("V-GRD-21", where, n=len(rated))
    for row in sheet.rated:
        if decided[row.number] is Grade.NOT_RATED:
            yield found("V-GRD-22", where, name=row.name)


def _store(
    session: Session,
    sheet: GradeSheet,
    decided: Mapping[str, Grade],
    reasons: Mapping[str, str],
    *,
    body: Body,
    decided_on: str,
) -> None:
    for old in grade_sheets.stored(session, sheet.meeting.id, sheet.form.code):
        session.delete(old)
    session.flush()
    for row in sheet.rows:
        grade = decided[row.number]
        session.add(
            MemberGrade(
                session_id=sheet.meeting.id,
                form_code=sheet.form.code,
                member_no=row.number,
                name=row.name,
                proposed=row.proposed,
                final=grade,
                state=GradeState.DECIDED,
                decided_by=body,
                decided_on=decided_on,
                reason=reasons.get(row.number, "") if grade is not row.proposed else "",
            )
        )
    session.flush()


def tell(
    session: Session, *, sheet: GradeSheet, told_on: str, today: date, by: str, numbers: Collection[str] = ()
) -> list[str]:
    """Register that these people (none named: all who can be) were told their grade; gives their numbers."""
    chosen = _chosen(sheet, Act.TELL, numbers)
    for row in chosen:
        _check_day("告知日期", told_on, row.decided_on, "决定之前", today)
    return _move(session, sheet, chosen, Act.TELL, by=by, act="告知等次", told_on=told_on)


def acknowledge(
    session: Session,
    *,
    sheet: GradeSheet,
    acknowledged_on: str,
    today: date,
    by: str,
    numbers: Collection[str] = (),
) -> list[str]:
    """Register that these people (none named: all who were told) have signed; gives their numbers."""
    chosen = _chosen(sheet, Act.ACKNOWLEDGE, numbers)
    for row in chosen:
        _check_day("签收日期", acknowledged_on, row.told_on, "告知之前", today)
    return _move(
        session, sheet, chosen, Act.ACKNOWLEDGE, by=by, act="签收等次", acknowledged_on=acknowledged_on
    )


def take_back(session: Session, *, sheet: GradeSheet, by: str, numbers: Collection[str] = ()) -> list[str]:
    """Take the last step of these people back (none named: of everybody): signed, told, decided; gives their numbers."""
    return _move(session, sheet, _chosen(sheet, Act.TAKE_BACK, numbers), Act.TAKE_BACK, by=by, act="撤回等次")


def _chosen(sheet: GradeSheet, act: Act, numbers: Collection[str]) -> list[GradeRow]:
    """The people an act is for: those named, each of whom must be ready for it, else all who are."""
    known = {row.number: row for row in sheet.rows}
    if unknown := set(numbers) - known.keys():
        raise broken("V-GRD-14", number=min(unknown))
    rows = [row for row in sheet.rows if row.number in numbers] if numbers else list(sheet.rows)
    able = [row for row in rows if steps.allowed(row.state, act)]
    if numbers or not able:
        for row in rows:
            steps.step(row.state, act, name=row.name)
    return able


def _move(
    session: Session,
    sheet: GradeSheet,
    chosen: Sequence[GradeRow],
    act_done: Act,
    *,
    by: str,
    act: str,
    **days: str,
) -> list[str]:
    numbers = {row.number: row for row in chosen}
    for stored in grade_sheets.stored(session, sheet.meeting.id, sheet.form.code):
        if stored.member_no not in numbers:
            continue
        after = steps.step(stored.state, act_done, name=stored.name)
        if after is GradeState.PROPOSED:
            session.delete(stored)
            continue
        stored.state = after
        for key, day in days.items():
            setattr(stored, key, day)
        if after is not GradeState.ACKNOWLEDGED:
            stored.acknowledged_on = None
        if after is GradeState.DECIDED:
            stored.told_on = None
        session.add(stored)
    session.flush()
    detail: dict[str, object] = {"form": sheet.form.code, "members": sorted(numbers), **days}
    findings.weigh(session, (), reason="", by=by, act=act, subject=sheet.meeting.org_code, detail=detail)
    return list(numbers)


def _check_ready(sheet: GradeSheet) -> None:
    if not sheet.ready:
        raise broken("V-GRD-11", org=sheet.meeting.org_name)


def _check_day(what: str, day: str, earliest: str, before: str, today: date) -> None:
    campaigns.check_date(what, day)
    if day < earliest:
        raise broken("V-GRD-18", what=what, date=day, why=f"在{before}（{earliest}）")
    if day > today.isoformat():
        raise broken("V-GRD-18", what=what, date=day, why="还没有到")
