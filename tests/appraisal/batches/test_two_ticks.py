"""Two ticks in one item where the rule counts the lowest, or voids the ballot: no door takes them for 多选, the paper says so."""

from __future__ import annotations

from contextlib import closing

import pytest

import make
from pingyi_desktop.appraisal.batches import ballots, batches, calling
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper import compare, keying
from pingyi_desktop.appraisal.paper.compare import Difference, Kind
from pingyi_desktop.appraisal.paper.keying import Outcome
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.errors import UserError

SAID = {"LOWEST": "录其中最低的一档", "BALLOT_VOID": "整张作废，请按 F8"}


@pytest.fixture(params=SAID)
def held(request, tmp_path):
    with closing(make.school(tmp_path / "XX.pingyi")) as store, store.transaction() as session:
        campaign_id = make.published(
            session, rule={"multi_mark": request.param}, form_codes=["T-ORG-A", "T-MEM-E"]
        )
        batch = make.batch(session, campaign_id=campaign_id, form_code="T-ORG-A")
        yield request.param, session, campaign_id, batch.id


def test_a_nine_is_refused_with_what_to_do_and_changes_nothing(held) -> None:
    rule, session, _, batch_id = held
    paper = batches.paper_of(session, batch_id=batch_id)
    state = keying.start(paper, position=1)
    step = keying.press(state, keying.MULTI)
    assert (step.state, step.outcome) == (state, Outcome.REFUSED)
    assert SAID[rule] in step.message
    assert keying.press(state, "4").outcome is Outcome.KEYED
    assert SAID[rule] in (keying.read_ballot(paper, "11191") or "")
    with pytest.raises(UserError, match=SAID[rule]):
        ballots.enter_ballots(session, batch_id=batch_id, ballots=["11191"], by=make.BY)


def test_nor_does_a_tally_sheet_a_called_vote_or_a_settlement_have_any(held) -> None:
    rule, session, _, batch_id = held
    with pytest.raises(UserError, match=SAID[rule]):
        calling.call(session, batch_id=batch_id, mark=keying.MULTI)
    counts = {("", "1"): Counts((1, 0, 0, 0), multi=1)}
    with pytest.raises(UserError, match=SAID[rule]):
        ballots.enter_counts(session, batch_id=batch_id, counts=counts, by=make.BY)
    paper = batches.paper_of(session, batch_id=batch_id)
    cell = Difference(spot="p/1/1/0", kind=Kind.CELL, position=1, cell=0, first="1", second="2")
    assert [mark for mark, _ in compare.possible(paper, cell)] == ["1", "2", "3", "4", "0", "."]


def test_the_paper_and_the_footnote_say_what_is_done(held) -> None:
    rule, session, campaign_id, _ = held
    view = campaigns.show(session, campaign_id=campaign_id)
    told = {"LOWEST": "按其中最低的一档计", "BALLOT_VOID": "整张表作废"}[rule]
    for form in view.forms:
        said = "".join(form.instructions)
        assert told in said
        assert "项作废" not in said
        assert "等次的作废" not in said
        assert form.version == 1
    assert "一项多选的" in view.rule.footnote()
