"""Many small units that together outvote the company: what no roster explains as a whole waits, and is never counted silently."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from math import isqrt
from pathlib import Path

import desks
import pytest
import sealing
from desks import B1, B2, B3, C1, C2, G1, Office
from hypothesis import given
from hypothesis import strategies as st
from test_bounds import WHY, enlist, flooded, introduce

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.campaign.rolls import rolls
from pingyi_desktop.exchange.inbox import decisions, imports
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal

FAR = "QL.02.B001"
LEAVES = (B1, B2, B3)
MEMBERS = 6
ALONE = bounds.most_voters(MEMBERS)
HONEST = 2 * MEMBERS


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Office]:
    """The company knows three branches of six members, and nothing of the fourth."""
    made = desks.prepared(tmp_path / "QL.pingyi", "QL", _company)
    yield made
    made.store.close()


def _company(made: Office) -> None:
    introduce(made, C1, C2)
    for unit in LEAVES:
        enlist(made, unit, MEMBERS - 1)


def handed_up(*leaves: Envelope, revision: int = 1) -> desks.File:
    """The committee's file with these branches, those of its general branch by way of that."""
    inner = [one for one in leaves if one.address.unit in (B1, B2)]
    others = [one for one in leaves if one not in inner]
    between = [sealing.rollup(G1, inner, revision=revision)] if inner else []
    rollup = sealing.rollup(C1, [*others, *between], revision=revision)
    return desks.file(desks.meeting(C1, revision=revision), rollup, *between, *leaves)


def counted(office: Office) -> int:
    return sum(many for unit, many in office.counted().items() if unit in LEAVES)


def waiting(office: Office) -> dict[str, str]:
    with office.acting() as session:
        return {
            one.unit_code: one.reason
            for one in decisions.withdrawn(session, campaign_id=desks.CAMPAIGN)
            if one.waits
        }


def large(unit: str, many: int = ALONE, *, revision: int = 1) -> Envelope:
    return flooded(unit, many, persons=MEMBERS - 1, revision=revision)


def test_each_of_them_alone_is_let_pass(company: Office) -> None:
    for unit in LEAVES:
        found = {e.unit_code: e.verdict for e in company.entries(handed_up(large(unit)))}
        assert found[unit] == "新增"


def test_together_they_wait_with_both_numbers(company: Office) -> None:
    file = handed_up(*map(large, LEAVES))
    found = {e.unit_code: e for e in company.entries(file)}
    for unit in (B1, B2):
        assert (found[unit].verdict, found[unit].situation) == ("待核", Situation.FAR_TOGETHER)
    assert found[B3].verdict == "新增"  # there is no other that it would be too much with
    assert f"2 个单位应到合计 {2 * ALONE} 人" in found[B1].sentence
    assert f"党员共 {2 * MEMBERS} 名" in found[B1].sentence
    assert f"应到 {ALONE} 人，党员 {MEMBERS} 名" in found[B1].sentence
    company.take(file)
    assert counted(company) == ALONE
    assert waiting(company).keys() == {B1, B2}


@pytest.mark.parametrize("order", list(permutations(LEAVES)), ids="-".join)
def test_whatever_comes_first_no_more_counts_than_the_roster_explains(
    company: Office, order: tuple[str, ...]
) -> None:
    most = bounds.most_together([MEMBERS] * 3)
    taken: list[Envelope] = []
    for number, unit in enumerate(order, start=1):
        taken.append(large(unit))
        company.take(handed_up(*taken, revision=number))
        assert counted(company) <= most
        assert set(company.counted()) | waiting(company).keys() >= {one.address.unit for one in taken}
    assert len(waiting(company)) == 2


def test_honest_units_beside_them_count(company: Office) -> None:
    file = handed_up(large(B1), large(B3), large(B2, HONEST))
    company.take(file)
    assert counted(company) == HONEST
    assert waiting(company).keys() == {B1, B3}


def test_importing_again_changes_nothing(company: Office) -> None:
    file = handed_up(*map(large, LEAVES))
    company.take(file)
    before = company.held(), waiting(company)
    done = company.take(file)
    assert {e.verdict for e in done.entries} == {"无变化"}
    assert (company.held(), waiting(company)) == before


def test_undo_and_the_same_import_end_alike(company: Office) -> None:
    company.take(handed_up(large(B3)))
    file = handed_up(*map(large, LEAVES), revision=2)
    company.take(file)
    assert waiting(company).keys() == {B1, B2}
    with company.acting() as session:
        imports.undo_last_import(session, campaign_id=desks.CAMPAIGN, by="x")
    assert (counted(company), waiting(company)) == (ALONE, {})
    company.take(file)
    assert (counted(company), waiting(company).keys()) == (ALONE, {B1, B2})


def test_a_person_lets_them_in_and_whoever_is_honest_is_not_asked_after_that(company: Office) -> None:
    company.take(handed_up(large(B1), large(B2)))
    for unit in (B1, B2):
        with company.acting() as session:
            (one,) = [
                w for w in decisions.withdrawn(session, campaign_id=desks.CAMPAIGN) if w.unit_code == unit
            ]
            decisions.reinstate(session, envelope_id=one.envelope_id, reason=WHY, by="李书记")
            entry = journal.lines(session, newest=1)[0]
        assert (entry.act, "合在一起相差太多" in entry.detail) == ("放行待核数据", True)
    assert counted(company) == 2 * ALONE
    honest = large(B3, HONEST)
    company.take(handed_up(large(B1), large(B2), honest, revision=2))
    assert (counted(company), waiting(company)) == (2 * ALONE + HONEST, {})
    company.take(handed_up(large(B1), large(B2), large(B3, revision=2), revision=3))
    assert (counted(company), waiting(company).keys()) == (2 * ALONE, {B3})


def test_an_import_that_makes_no_sum_worse_is_not_asked_about(company: Office) -> None:
    """Let in once, the units send the same figures with a new date; nothing is asked again."""
    company.take(handed_up(large(B1), large(B2)))
    for unit in (B1, B2):
        with company.acting() as session:
            (one,) = [
                w for w in decisions.withdrawn(session, campaign_id=desks.CAMPAIGN) if w.unit_code == unit
            ]
            decisions.reinstate(session, envelope_id=one.envelope_id, reason=WHY, by="x")
    company.take(handed_up(large(B1, revision=2), large(B2), revision=2))
    assert (counted(company), waiting(company)) == (2 * ALONE, {})


def test_a_correction_that_makes_it_too_much_waits_and_the_old_report_does_not_stay_in_its_stead(
    company: Office,
) -> None:
    small = [large(unit, HONEST) for unit in LEAVES]
    company.take(handed_up(*small))
    raised = [large(unit, revision=2) for unit in (B1, B2)]
    company.take(handed_up(*raised, small[2], revision=2))
    assert company.counted()[B3] == HONEST
    assert (counted(company), waiting(company).keys()) == (HONEST, {B1, B2})


def test_what_waits_goes_no_further_up(company: Office) -> None:
    company.take(handed_up(large(B1), large(B2), large(B3, HONEST)))
    with company.acting() as session:
        ids = set(decisions.counting(session, campaign_id=desks.CAMPAIGN))
    assert not ids & {large(B1).id, large(B2).id}


def test_what_is_here_already_waits_too_when_a_new_list_makes_it_count(company: Office) -> None:
    """Brought beside two summaries that rival, listed by neither: the next summary would count them all at once."""
    both = [large(B1), large(B2)]
    inner = sealing.rollup(G1, both)
    rivals = [sealing.rollup(C1, [inner], created=f"2024-01-1{number}") for number in range(2)]
    company.take(*(desks.file(desks.meeting(C1), one, inner, *both, name=one.id) for one in rivals))
    assert waiting(company) == {}
    assert counted(company) == 0
    last = sealing.rollup(C1, [inner], revision=2)
    company.take(desks.file(desks.meeting(C1, revision=2), last))
    assert (counted(company), waiting(company).keys()) == (0, {B1, B2})


def assembled(unit: str, expected: int) -> Envelope:
    """An office that met without ballots, so many being expected."""
    meeting = sealing.meeting(unit, expected=expected)
    documents = {
        "sessions": {"salt": sealing.SALT, "sessions": [meeting]},
        "tallies": {"salt": sealing.SALT, "batches": []},
    }
    return sealing.submission(unit, documents=documents, coverage=None)


def test_the_sessions_of_offices_are_a_sum_of_their_own(company: Office) -> None:
    """The same people come to them and to those of their branches, so nobody is counted twice."""
    enlist(company, FAR, MEMBERS - 1)
    one, two = (
        desks.file(assembled(C1, bounds.most_voters(3 * MEMBERS))),
        desks.file(assembled(C2, bounds.most_voters(MEMBERS))),
    )
    for file in (one, two):
        assert [e.verdict for e in company.entries(file)] == ["新增"]
    company.take(one, two)
    assert waiting(company).keys() == {C1, C2}


def test_units_of_different_offices_are_held_against_the_whole_roster(company: Office) -> None:
    """Below each committee there is one, and it may be as large; below the company there are two."""
    enlist(company, FAR, MEMBERS - 1)
    files = handed_up(large(B1)), desks.handed_up(C2, large(FAR))
    for file in files:
        assert {e.verdict for e in company.entries(file)} == {"新增"}
    company.take(*files)
    assert waiting(company).keys() == {B1, FAR}
    assert all(sealing.NAMES["QL"] in reason for reason in waiting(company).values())


def test_nobody_hides_behind_units_of_whom_the_office_has_no_roster(tmp_path: Path) -> None:
    """The usual members of the other branch would explain any number of voters beside it."""
    office = desks.office(tmp_path / "QL.pingyi", "QL")
    introduce(office, C1)
    for unit in (B1, B3):
        enlist(office, unit, MEMBERS - 1)
    office.take(handed_up(large(B1), large(B3), sealing.submission(B2)))
    assert waiting(office).keys() == {B1, B3}
    assert office.counted() == {B2: 10}
    office.store.close()


# The bound


@given(st.lists(st.integers(min_value=1, max_value=500), min_size=1, max_size=50))
def test_the_bound_of_many_lies_between_twice_the_members_and_what_they_may_one_by_one(
    listed: list[int],
) -> None:
    most = bounds.most_together(listed)
    assert 2 * sum(listed) < most <= sum(map(bounds.most_voters, listed))
    assert bounds.most_together(listed[:1]) == bounds.most_voters(listed[0])


def test_the_deviations_of_many_units_average_out() -> None:
    assert bounds.most_together([13] * 349) == 2 * 13 * 349 + isqrt(349 * 33 * 33)
    assert bounds.most_together([13] * 349) * 2 < 349 * bounds.most_voters(13)


def test_schools_where_the_masses_vote_everywhere_are_not_troubled() -> None:
    """42 voters of 18 members (domain D2), in each of thirty schools."""
    assert bounds.most_together([18] * 30) >= 30 * 42


def test_the_parts_of_a_roll_are_those_who_have_members_of_their_own(company: Office) -> None:
    with company.acting() as session:
        known = rolls(session, campaign_id=desks.CAMPAIGN)
    assert sorted(known[C1].parts) == [MEMBERS] * 3
    assert sorted(known["QL"].parts) == [MEMBERS, MEMBERS, MEMBERS, 99]
