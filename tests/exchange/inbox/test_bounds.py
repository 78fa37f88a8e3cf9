"""Figures that cannot be: what a unit with a right key of its own may send, and what it cannot bring about.

Every attack here is made of really signed envelopes at offices with data files. The three levels are branch → committee
→ company; the company sees the branch's own envelope, byte for byte, in the committee's file.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B2, B3, C1, G1, Office
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.campaign.rolls import rolls
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.bounds import Roll
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange.inbox import decisions, imports
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging import plausible
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.wire import identities, trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_people import PartyMember

LARGEST = 2**53 - 1
WHY = "已电话核实"


def enlist(office: Office, unit: str, many: int) -> None:
    """Party members of a unit in the office's own roster, the first of them away (流动外出)."""
    with office.acting() as session:
        org_id = org.find(session, code=unit).id
        for number in range(many + 1):
            away = {} if number else {"roster_status": "MOBILE"}
            facts = {"member_no": f"{unit}-{number}", "name": f"赵建国{number}", "org_id": org_id}
            session.add(PartyMember(**facts, category="FULL", **away))


def introduce(office: Office, *units: str) -> None:
    """Register the keys of direct children, so that nothing but their figures keeps their files waiting."""
    own = {(unit, 1): trust.public_key(sealing.key_of(unit)) for unit in units}
    with office.acting() as session:
        keys.remember(session, campaign_id=desks.CAMPAIGN, keys=own, origin="导入确认")


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    made = desks.prepared(tmp_path / "C1.pingyi", C1, _committee)
    yield made
    made.store.close()


def _committee(made: Office) -> None:
    introduce(made, B3, G1)
    enlist(made, B3, 19)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Office]:
    made = desks.prepared(tmp_path / "QL.pingyi", "QL", _company)
    yield made
    made.store.close()


def _company(made: Office) -> None:
    introduce(made, C1)
    enlist(made, B3, 19)


def flooded(unit: str, many: int, *, persons: int = 2, revision: int = 1, **people: Any) -> Envelope:
    """A submission of ``many`` satisfied ballots that agrees with itself in every figure."""
    documents = copy.deepcopy(sealing.documents_of(unit))
    documents["sessions"]["sessions"][0].update({"expected": many, "actual": many, **people})
    org, roster = documents["tallies"]["batches"]
    sheet = {"printed": many, "issued": many, "returned": many, "valid": many, "blank": 0}
    org.update(sheet, items=[sealing.item((many, 0, 0, 0), no=no) for no in ("1", "X")])
    roster.update(sheet, persons=persons, items=[sealing.item((many * persons, 0, 0, 0))])
    documents["ratee_tallies"]["batches"][0]["items"] = [
        sealing.item((many, 0, 0, 0), target=f"m{number}") for number in range(persons)
    ]
    return sealing.submission(unit, documents=documents, coverage=None, revision=revision)


def changed(unit: str, *, revision: int = 1, batch: int = 0, **figures: Any) -> Envelope:
    """A submission with these figures in its session or in one of its batches."""
    documents = copy.deepcopy(sealing.documents_of(unit))
    here = documents["sessions"]["sessions"][0]
    there = documents["tallies"]["batches"][batch]
    for key, value in figures.items():
        (here if key in here else there)[key] = value
    return sealing.submission(unit, documents=documents, coverage=None, revision=revision)


def at_company(branch: Envelope, *others: Envelope) -> desks.File:
    """The branch's envelope as its committee hands it up with the others, accepted, three levels up."""
    return desks.handed_up(C1, branch, *others)


def told(office: Office, *files: desks.File) -> dict[str, tuple[str, Situation, str]]:
    return {one.unit_code: (one.verdict, one.situation, one.sentence) for one in office.entries(*files)}


# B.1: one branch outvotes the company

IMPLAUSIBLE: dict[str, tuple[Envelope, str, str]] = {
    "5,000 ballots of 20 people": (flooded(B3, 5000), "应到 5000 人", "党员 20 名"),
    "81 ballots of 20 people": (flooded(B3, 81), "应到 81 人", "党员 20 名"),
    "10,000 members": (changed(B3, members=10_000), "党员 10000 人", "党员 20 名"),
    "persons another number than the roster": (flooded(B3, 13, persons=6), "列了 6 名被评人", "应评 19 人"),
    "a single person": (flooded(B3, 13, persons=1), "列了 1 名被评人", "应评 19 人"),
    "a day of 1900": (changed(B3, held_on="1900-01-01"), "1900-01-01", "2024-01-01 至 2024-12-31"),
    "the day after": (changed(B3, held_on="2025-01-01"), "2025-01-01", "2024-01-01 至 2024-12-31"),
    "ten papers handed out, none printed": (changed(B3, printed=0), "发出 13 张", "只印制了 0 张"),
    "papers handed out beyond those printed": (changed(B3, printed=12), "发出 13 张", "只印制了 12 张"),
    "ballots of many who did not come": (changed(B3, actual=7), "收回 13 张", "实到只有 7 人"),
    "99,999 papers printed": (changed(B3, printed=99_999), "印制 99999 张", "党员 20 名"),
}


@pytest.mark.parametrize(("forged", "theirs", "ours"), IMPLAUSIBLE.values(), ids=IMPLAUSIBLE.keys())
def test_what_no_roster_explains_waits_with_both_numbers_at_the_office_above(
    committee: Office, forged: Envelope, theirs: str, ours: str
) -> None:
    verdict, situation, sentence = told(committee, desks.file(forged))[B3]
    assert (verdict, situation) == ("待核", Situation.FAR_FIGURES)
    assert theirs in sentence
    assert ours in sentence
    committee.take(desks.file(forged))
    assert committee.counted() == {}
    assert committee.held()[forged.id] == ("QUARANTINED", True)


@pytest.mark.parametrize(("forged", "theirs", "ours"), IMPLAUSIBLE.values(), ids=IMPLAUSIBLE.keys())
def test_the_same_three_levels_up_sets_the_branch_aside_and_not_the_file(
    company: Office, forged: Envelope, theirs: str, ours: str
) -> None:
    honest = sealing.submission(G1)
    file = at_company(forged, honest)
    found = told(company, file)
    assert found[B3][:2] == ("待核", Situation.FAR_FIGURES)
    assert theirs in found[B3][2]
    assert ours in found[B3][2]
    assert found[G1][0] == "新增"
    company.take(file)
    assert company.counted() == {G1: 10}


IMPOSSIBLE: dict[str, tuple[Envelope, str]] = {
    "no people beside ballots": (changed(B3, expected=None, actual=None), "没有评议时间和应到"),
    "ballots where nobody came": (changed(B3, actual=0), "实到却是 0 人"),
    "only the people present": (changed(B3, expected=None), "只填了一个"),
    "no day beside ballots": (changed(B3, held_on=None), "没有评议时间和应到"),
    "all papers of the world": (changed(B3, issued=LARGEST), "票数超出"),
    "more papers than spare ones": (changed(B3, issued=16), "多于应到 13 人加备用 2 张"),
    "a million people": (changed(B3, expected=1_000_000), "人数超出"),
    "ballots beyond all bounds": (flooded(B3, LARGEST // 2), "人数超出"),
    "persons beyond all bounds": (flooded(B3, 13, persons=10_000), "被评人多于 9999 人"),
}


@pytest.mark.parametrize(("forged", "why"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_cannot_be_is_refused_with_a_sentence_that_names_the_unit(
    committee: Office, forged: Envelope, why: str
) -> None:
    ((verdict, _, sentence),) = told(committee, desks.file(forged)).values()
    assert verdict == "拒收"
    assert why in sentence
    assert sealing.NAMES[B3] in sentence
    committee.take(desks.file(forged))
    assert forged.id not in committee.held()


@pytest.mark.parametrize(("forged", "why"), IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_cannot_be_three_levels_up_costs_no_other_unit_its_figures(
    company: Office, forged: Envelope, why: str
) -> None:
    file = at_company(forged, sealing.submission(G1))
    found = told(company, file)
    assert found[B3][0] == "拒收"
    assert why in found[B3][2]
    assert sealing.NAMES[B3] in found[B3][2]
    company.take(file)
    assert company.counted() == {G1: 10}
    with pytest.raises(PackageError, match=why.partition(" ")[0]), company.acting() as session:
        decisions.reinstate(session, envelope_id=forged.id, reason=WHY, by="x")
    assert company.counted() == {G1: 10}


def test_a_unit_three_levels_down_with_a_place_nobody_planned_costs_no_other_its_figures(
    company: Office,
) -> None:
    """Its office may be of another edition; the company judges by what it planned itself."""
    forged = changed(B1, layer=1)
    file = desks.handed_up(C1, sealing.submission(G1), sealing.rollup(G1, [forged]), forged)
    assert told(company, file)[B1][0] == "拒收"
    company.take(file)
    assert company.counted() == {G1: 10}


@pytest.mark.parametrize("present", [8, 13])
def test_a_few_ballots_beyond_those_present_are_let_pass(committee: Office, present: int) -> None:
    """As many as nobody is asked about at the unit itself (V-BAL-06)."""
    few = flooded(B3, 13, persons=19, expected=13, actual=present)
    assert told(committee, desks.file(few))[B3][0] == "新增"


def test_what_waits_is_released_by_one_person_with_a_reason(committee: Office) -> None:
    forged = flooded(B3, 5000, persons=19)
    committee.take(desks.file(forged))
    with committee.acting() as session:
        (waiting,) = decisions.withdrawn(session, campaign_id=desks.CAMPAIGN)
    assert (waiting.unit_code, waiting.waits) == (B3, True)
    with pytest.raises(RuleError, match="放行要写明原因"), committee.acting() as session:
        decisions.reinstate(session, envelope_id=forged.id, reason=" ", by="x")
    with committee.acting() as session:
        decisions.reinstate(session, envelope_id=forged.id, reason=WHY, by="李书记")
    assert committee.counted() == {B3: 5000}
    with committee.acting() as session:
        entry = journal.lines(session, newest=1)[0]
        assert decisions.withdrawn(session, campaign_id=desks.CAMPAIGN) == ()
    assert (entry.act, entry.who) == ("放行待核数据", "李书记")
    assert "应到 5000 人" in entry.detail
    assert "党员 20 名" in entry.detail
    committee.take(desks.file(forged))  # once released it does not wait again
    assert committee.counted() == {B3: 5000}


def test_the_office_above_judges_again_what_the_office_below_released(company: Office) -> None:
    file = at_company(flooded(B3, 5000, persons=19))
    company.take(file)
    assert company.counted() == {}
    assert told(company, file)[B3][0] == "无变化"


def test_a_key_never_seen_is_asked_for_together_with_the_figures(tmp_path: Path) -> None:
    """Whoever compares the 24 digits is told before that the figures will not count."""
    office = desks.office(tmp_path / "C1.pingyi")
    verdict, situation, sentence = told(office, desks.file(flooded(B3, 5000)))[B3]
    assert (verdict, situation) == ("待核", Situation.UNREGISTERED)
    assert "应到 5000 人" in sentence
    office.take(desks.file(flooded(B3, 5000)))
    assert office.counted() == {}
    office.store.close()


def test_what_waits_goes_with_the_import_that_brought_it(committee: Office) -> None:
    forged = flooded(B3, 5000)
    committee.take(desks.file(forged))
    with committee.acting() as session:
        imports.undo_last_import(session, campaign_id=desks.CAMPAIGN, by="x")
    assert committee.held() == {}
    with committee.acting() as session:
        assert decisions.withdrawn(session, campaign_id=desks.CAMPAIGN) == ()
    committee.take(desks.file(forged))
    assert committee.counted() == {}


def test_a_right_report_after_one_that_waits_counts(committee: Office) -> None:
    committee.take(desks.file(flooded(B3, 5000)))
    committee.take(desks.file(flooded(B3, 13, persons=19, revision=2)))
    assert committee.counted() == {B3: 13}
    with committee.acting() as session:
        assert decisions.withdrawn(session, campaign_id=desks.CAMPAIGN) == ()


def test_what_waits_is_not_handed_up(committee: Office) -> None:
    forged, honest = flooded(B3, 5000), sealing.submission(G1)
    committee.take(desks.file(forged), desks.file(honest))
    with committee.acting() as session:
        assert decisions.counting(session, campaign_id=desks.CAMPAIGN) == [honest.id]


# The measure: what an office knows itself


def test_a_roll_is_of_the_whole_part_of_the_tree_and_says_where_nothing_is_known(company: Office) -> None:
    enlist(company, B1, 5)
    with company.acting() as session:
        found = rolls(session, campaign_id=desks.CAMPAIGN)
    assert found[B3] == Roll(20, 19)
    assert found[B1] == Roll(6, 5)
    assert found[B2] == Roll(50, None, guessed=True)
    assert found[G1] == Roll(6 + 50, None, guessed=True)
    assert found[C1] == Roll(6 + 50 + 20, None, guessed=True)


def test_without_a_roster_the_usual_size_is_the_measure(committee: Office) -> None:
    assert told(committee, desks.file(flooded(B3, 13, persons=19)))[B3][0] == "新增"
    assert told(
        committee, desks.file(flooded(B2, 13))
    )  # not a direct child: refused for that, whatever it says
    said = told(committee, desks.file(flooded(G1, 5000)))[G1]
    assert said[:2] == ("待核", Situation.FAR_FIGURES)
    assert "没有它的完整名册" in said[2]


# Properties of the bounds

COUNTS = st.integers(min_value=0, max_value=LARGEST)


@given(COUNTS, COUNTS, st.integers(min_value=0, max_value=500))
def test_whatever_passes_is_of_the_size_of_the_roster(expected: int, members_: int, listed: int) -> None:
    made = changed(B3, expected=expected, members=members_, self_introduced=0, oral_reports=0)
    said = plausible.figures_far_from_roster(
        made, rolls={B3: Roll(listed, None)}, definition=sealing.DEFINITION
    )
    fits = expected <= bounds.most_voters(listed) and members_ <= bounds.most_members(listed)
    assert (said == "") == (fits and bounds.most_voters(listed) >= 14 and bounds.most_members(listed) >= 2)


@given(
    st.fixed_dictionaries(dict.fromkeys(("printed", "issued", "returned", "blank", "void", "valid"), COUNTS))
)
def test_no_control_sheet_beyond_the_bounds_is_sound(figures: dict[str, int]) -> None:
    made = changed(B3, **figures)
    try:
        identities.check_submission(made, sealing.DEFINITION)
    except PackageError:
        return
    assert max(figures.values()) <= bounds.MOST
    assert figures["issued"] <= 13 + bounds.spare(13)


@given(st.lists(st.integers(min_value=0, max_value=5000), min_size=1, max_size=6))
def test_the_spare_papers_of_a_session_cover_those_of_its_categories(split: list[int]) -> None:
    """⌈5 %⌉, two at least, of every category's own stack (domain §3.14)."""
    printed = sum(people + max(-(-people * 5 // 100), 2) for people in split)
    assert printed <= sum(split) + bounds.spare(sum(split), stacks=len(split))
    assert bounds.spare(split[0]) == max(-(-split[0] * 5 // 100), 2)


@pytest.mark.parametrize("many", [0, 1, 20, 40, 41, 1000])
def test_the_spare_rate_is_five_in_a_hundred(many: int) -> None:
    assert bounds.spare(many) == max(2, (many + 19) // 20)


# No figure is ever divided into a float

FIGURES = (
    *(f"appraisal/paper/{name}.py" for name in ("tallies", "suppression", "counting", "grades")),
    *(f"appraisal/campaign/{name}.py" for name in ("results", "sessions", "rolls", "outsized")),
    *(
        f"appraisal/batches/{name}.py"
        for name in ("batches", "sheet_checks", "reconcile", "seal_sheet", "quality")
    ),
    *(f"standing/{name}.py" for name in ("overview", "picture", "sums", "checks")),
    *(f"reports/{name}.py" for name in ("activity", "summary", "slip", "handover", "coverage_sheets")),
    *(f"exchange/wire/{name}.py" for name in ("identities",)),
    *(f"exchange/merging/{name}.py" for name in ("plausible", "privacy")),
    *(f"exchange/inbox/{name}.py" for name in ("contents", "together")),
    "bounds.py",
)


@pytest.mark.parametrize("file", FIGURES)
def test_figures_are_integers_from_end_to_end(file: str) -> None:
    tree = ast.parse((Path(bounds.__file__).parent / file).read_text(encoding="utf-8"))
    divided = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Name) and node.id in {"float", "round"})
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert divided == []
