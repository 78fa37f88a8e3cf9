"""The control sheet against what was keyed: what is said, and what one press changes."""

from __future__ import annotations

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import ballots, batches, reconcile
from pingyi_desktop.appraisal.batches.batches import BatchView


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> BatchView:
    """A batch whose sheet says: 8 handed out, 5 back."""
    path = tmp_path_factory.mktemp("reconcile") / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A"])
    with made.reading() as session:
        found = make.batch(session, campaign_id=make.campaign_of(session), form_code="T-ORG-A")
    made.close()
    return found._replace(printed=8, issued=8, returned=5, blank=0, void=0, entry_mode="PER_BALLOT")


def test_a_sheet_that_is_not_filled_in_says_nothing(view: BatchView) -> None:
    assert reconcile.account(view._replace(returned=None, keyed=3)) == reconcile.Account("")


def test_ballots_that_are_still_to_be_keyed_are_no_mistake(view: BatchView) -> None:
    found = reconcile.account(view._replace(keyed=3))
    assert (found.sentence, found.over, found.mend) == ("应录 5 张，已录 3 张，还差 2 张。", 0, None)


def test_too_few_at_the_end_may_be_a_sheet_that_says_too_many(view: BatchView) -> None:
    found = reconcile.account(view._replace(keyed=3, void=1), finished=True)
    assert found.mend is not None
    assert (found.mend.text, found.mend.figures) == ("收回改成 4 张", {"returned": 4})


@pytest.mark.parametrize("copies", [1, 2])
def test_a_void_ballot_keyed_and_written_is_one_ballot(view: BatchView, copies: int) -> None:
    twice = view._replace(void=copies, keyed=5, keyed_void=copies)
    found = reconcile.account(twice)
    assert found.over == copies
    assert f"F8 作废了 {copies} 张，核对单上也写了 {copies} 张：改成 {copies} 张？" in found.sentence
    assert found.mend is not None
    assert found.mend.text == f"改成 {copies} 张"
    after = reconcile.account(twice._replace(**found.mend.figures))
    assert (after.over, after.mend) == (0, None)
    assert f"有效 {5 - copies} 张、空白 0 张、废票 {copies} 张" in after.sentence


def test_only_as_much_is_taken_as_there_is_too_much(view: BatchView) -> None:
    found = reconcile.account(view._replace(void=2, keyed=4, keyed_void=3, blank=0))
    assert found.mend is not None
    assert found.mend.figures == {"void": 1, "blank": 0}
    assert "改成 4 张" in found.mend.text


def test_a_wholly_blank_ballot_keyed_and_written_is_one_ballot(view: BatchView) -> None:
    found = reconcile.account(view._replace(blank=1, keyed=5, keyed_blank=1))
    assert "整张空白按 F8 录了 1 张" in found.sentence
    assert found.mend is not None
    assert found.mend.figures == {"void": 0, "blank": 0}


def test_too_many_without_a_void_one_are_counted_again(view: BatchView) -> None:
    found = reconcile.account(view._replace(keyed=6))
    assert "应录 5 张，录了 6 张，多了 1 张" in found.sentence
    assert found.mend is not None
    assert found.mend.figures == {"returned": 6}
    beyond = reconcile.account(view._replace(keyed=9))
    assert beyond.mend is None
    assert "发出一共 8 张" in beyond.sentence


def test_no_sentence_is_a_formula_or_names_a_code(view: BatchView) -> None:
    for keyed in range(10):
        said = reconcile.account(view._replace(keyed=keyed), finished=True).sentence
        assert not set("≠=+＋") & set(said)
        assert "V-" not in said
        assert "项" not in said


def test_what_the_file_holds_is_counted_by_kind(tmp_path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-ORG-A", "T-MEM-A"])
    with made.transaction() as session:
        one, other = _listed(session)
        ballots.enter_ballots(
            session, batch_id=one.id, ballots=["11111", "!2", "!3", "!3", "22222"], by=make.BY
        )
        lines = {("", item): make_counts() for item in ("1", "2")}
        ballots.enter_counts(session, batch_id=other.id, counts=lines, by=make.BY)
        one, other = _listed(session)
        assert (one.keyed, one.keyed_again, one.keyed_blank, one.keyed_void) == (5, 0, 2, 1)
        assert (other.keyed, other.lines, other.lines_again, one.lines) == (0, 2, 0, 0)
    made.close()


def test_a_tally_sheet_without_counts_leaves_the_way_of_entry_open(tmp_path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-ORG-A"])
    with made.transaction() as session:
        (one,) = _listed(session)
        ballots.enter_counts(session, batch_id=one.id, counts={("", "1"): make_counts()}, by=make.BY)
        assert _listed(session)[0].entry_mode == "COUNT"
        ballots.enter_counts(session, batch_id=one.id, counts={}, by=make.BY)
        assert _listed(session)[0].entry_mode is None
        ballots.enter_ballots(session, batch_id=one.id, ballots=["11111"], by=make.BY)
    made.close()


def make_counts():
    return ballots.Counts((1, 0, 0, 0))


def _listed(session: Session) -> list[BatchView]:
    return batches.listing(session, campaign_id=make.campaign_of(session))


def test_a_unit_without_a_roster_can_still_seal_a_form_that_needs_none(tmp_path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", people=(), form_codes=["T-ORG-A"])
    with made.transaction() as session:
        (one,) = _listed(session)
        make.sealed(session, one.id, ["11111"] * 3)
        assert _listed(session)[0].sealed
    made.close()
