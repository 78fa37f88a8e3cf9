"""When what was sealed need not be kept any longer: by the day of its last seal, as the journal tells it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import make
from pingyi_desktop.appraisal.batches import corrections
from pingyi_desktop.standing import retention


def test_a_sealed_stack_has_its_terms_and_an_open_one_none(tmp_path: Path) -> None:
    made = make.counted_company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        (term,) = retention.terms(session)
        one = make.batch(session, campaign_id=make.campaign_of(session), org_code="QL.01")
        today = date.fromisoformat(term.sealed_on)
        assert (term.batch, term.papers) == (one.code, 10)
        assert term.ballots_until == retention._later(today, 1).isoformat()
        assert term.results_until == retention._later(today, 5).isoformat()
        corrections.reopen(
            session, batch_id=one.id, reason="录错", applicant="甲", scrutineer="乙", by=make.BY
        )
        assert retention.terms(session) == []
        make.seal(session, batch_id=one.id, by=make.BY)
        assert [again.batch for again in retention.terms(session)] == [one.code], "only the last seal counts"
    made.close()


def test_a_leap_day_ends_on_the_first_of_march() -> None:
    assert retention._later(date(2024, 2, 29), 1) == date(2025, 3, 1)
    assert retention._later(date(2024, 2, 29), 4) == date(2028, 2, 29)
