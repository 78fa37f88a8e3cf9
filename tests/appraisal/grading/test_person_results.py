"""A person's result: the persons add up to the form's tally, few ballots show nobody, and nobody is ranked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.appraisal.grading import person_results
from pingyi_desktop.appraisal.grading.person_results import PeopleSheet
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW, Counts
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.errors import RuleError

ROSTER, GRADES = "T-MEM-B", "T-MEM-E"
AB = [("A", "全体党员"), ("B", "群众代表")]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.school(tmp_path / "XX.pingyi", people=make.NAMES[:3])
    with made.transaction() as opened:
        yield opened
    made.close()


def sheet(session: Session, campaign_id: str) -> PeopleSheet:
    counted = results.read(session, campaign_id=campaign_id)
    (found,) = person_results.of_org(session, counted=counted, org_code="XX")
    return found


def two_stacks(session: Session, campaign_id: str, first: list[str], second: list[str]) -> None:
    for category, stack in zip("AB", (first, second), strict=True):
        found = make.batch(session, campaign_id=campaign_id, voter_category=category)
        make.sealed(session, found.id, stack)


NUMBERS = count()
ballots = st.lists(st.text("123409.", min_size=3, max_size=3), min_size=5, max_size=9)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ballots, second=ballots)
def test_persons_add_up_to_the_tally(tmp_path: Path, first: list[str], second: list[str]) -> None:
    path = tmp_path / f"{next(NUMBERS)}.pingyi"
    made = make.published_school(path, people=make.NAMES[:3], form_codes=[GRADES], voter_categories=AB)
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        two_stacks(session, campaign_id, first, second)
        found = sheet(session, campaign_id)
        (whole,) = results.pooled(session, campaign_id=campaign_id)
    made.close()
    assert not found.hidden
    assert person_results.added(found.people, 0) == whole.items[0].counts
    by_category = [person_results.added(people, 0) for _, people in found.parts]
    assert sum(by_category[1:], by_category[0]) == whole.items[0].counts
    assert len(by_category) == 2
    assert {one.figures.valid for one in found.people} == {whole.figures.valid}


def test_people_stand_in_the_papers_order_whatever_their_result(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[GRADES])
    make.sealed(session, make.batch(session, campaign_id=campaign_id).id, ["413"] * 6)
    assert [one.name for one in sheet(session, campaign_id).people] == list(make.NAMES[:3])


def test_a_small_category_is_only_shown_with_the_other(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[GRADES], voter_categories=AB)
    two_stacks(session, campaign_id, ["111"] * 6, ["222"] * 4)
    found = sheet(session, campaign_id)
    assert found.parts == ()
    assert found.people[0].items[0].counts == Counts((6, 4, 0, 0))


def test_somebody_on_few_ballots_hides_everybody(session: Session) -> None:
    """The new member is on the second list only, of four ballots: the tally less the others would be their marks."""
    campaign_id = make.published(session, form_codes=[GRADES], voter_categories=AB)
    first, second = (make.batch(session, campaign_id=campaign_id, voter_category=c).id for c in "AB")
    make.sealed(session, first, ["111"] * 9)
    make.org_member(session, "XX", make.NAMES[3])
    make.sealed(session, second, ["1114"] * 4)
    found = sheet(session, campaign_id)
    assert found.hidden
    assert {(item.shown, item.counts.total) for one in found.people for item in one.items} == {(TOO_FEW, 0)}
    assert [one.figures.valid for one in found.people] == [13, 13, 13, 4]
    assert not found.result.hidden


def test_probationary_members_are_told(session: Session) -> None:
    members.add_member(session, org_code="XX", name="吴新来", category="PROBATIONARY", by=make.BY)
    campaign_id = make.published(session, form_codes=[GRADES])
    make.sealed(session, make.batch(session, campaign_id=campaign_id).id, ["1110"] * 6)
    assert [one.probationary for one in sheet(session, campaign_id).people] == [False, False, False, True]


def test_an_office_does_not_show_the_people_of_a_unit_that_counted_itself(tmp_path: Path) -> None:
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=[ROSTER])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        rows = [(24, 3, 3, 0)] * 3
        make.received(
            session, campaign_id=campaign_id, org_code="QL.01.B003", counts={ROSTER: rows}, persons=3
        )
        counted = results.read(session, campaign_id=campaign_id)
        with pytest.raises(RuleError, match="一矿机关党支部") as refused:
            person_results.of_org(session, counted=counted, org_code="QL.01.B003")
        assert refused.value.code == "V-PRI-24"
    made.close()
