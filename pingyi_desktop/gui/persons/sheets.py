"""What the page 党员 shows: the people of every roster form that was counted here, with their grades where it gives them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.grading import grade_sheets, person_results
from pingyi_desktop.appraisal.grading.grade_sheets import GradeRow, GradeSheet
from pingyi_desktop.appraisal.grading.person_results import PeopleSheet, PersonResult
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.gui.looks import states
from pingyi_desktop.standing.overview import Question


@dataclass(frozen=True)
class PersonRow:
    """One person, with the grade where the form gives one."""

    person: PersonResult
    grade: GradeRow | None


@dataclass(frozen=True)
class Shown:
    """The people of one session on one form; ``few`` says why their figures are not shown ("" when they are)."""

    campaign_id: str
    org_code: str
    org_name: str
    sheet: PeopleSheet
    graded: GradeSheet | None
    few: str

    @property
    def key(self) -> tuple[str, int, str]:
        """By what it is found again."""
        return self.org_code, self.sheet.layer, self.sheet.form.code

    @property
    def title(self) -> str:
        """What it is called among the others."""
        return f"{self.org_name}　{self.sheet.form.title}（{layer_name(self.sheet.layer)}）"

    @property
    def rows(self) -> list[PersonRow]:
        """In the paper's order."""
        known = {} if self.graded is None else {row.number: row for row in self.graded.rows}
        return [PersonRow(one, known.get(one.member_no)) for one in self.sheet.people]


def read(session: Session, chosen: str) -> list[Shown]:
    """Those of the chosen campaign in the tree's order; empty before anything is sealed, or without a roster form."""
    asked = Question(session, campaigns.at_work_id(session, chosen=chosen))
    seen = asked.picture
    rosters = [form for form in seen.view.forms if form.is_roster]
    if not rosters:
        return []
    graded = {}
    if any(grades.rating(form) is not None for form in rosters):
        for one in grade_sheets.sheets(session, campaign_id=asked.campaign_id):
            graded[one.meeting.org_code, one.meeting.layer, one.form.code] = one
    k = seen.view.rule.min_cell
    few = states.TOO_FEW.format(k, k, "各人的票数")
    found = []
    for meeting in seen.meetings:
        if not meeting.own or meeting.received:
            continue
        for sheet in person_results.of_org(
            session, counted=asked.counted, org_code=meeting.org_code, layer=meeting.layer
        ):
            key = meeting.org_code, meeting.layer, sheet.form.code
            said = few if sheet.hidden else ""
            found.append(
                Shown(asked.campaign_id, meeting.org_code, meeting.org_name, sheet, graded.get(key), said)
            )
    return found


def again(session: Session, shown: Shown) -> GradeSheet:
    """The grades of what is shown as they are now: acts never work on what was read before."""
    listed = grade_sheets.of_org(session, campaign_id=shown.campaign_id, org_code=shown.org_code)
    return next(one for one in listed if one.form.code == shown.sheet.form.code)
