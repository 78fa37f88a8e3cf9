"""A data file that took impossible figures in before the doors were closed: the unit is named, the rest is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from series import LONG
from sqlalchemy import text

import make
from pingyi_desktop import bounds, cli
from pingyi_desktop.appraisal.campaign import outsized, results
from pingyi_desktop.errors import RuleError
from pingyi_desktop.render import pdf, xlsx
from pingyi_desktop.reports import catalog
from pingyi_desktop.standing import overview, soundness, sums
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.storage.store import Store

GOOD, BAD = "QL.01.B003", "QL.02.B001"
ROWS = {"T-ORG-A": [(10, 0, 0, 0)] * 5, "T-MEM-A": [(10, 0, 0, 0)] * 3}
HUGE = 2**62
SPOILT = {
    "papers": f"UPDATE ballot_batch SET issued = {HUGE}, printed = {HUGE} WHERE source_id LIKE '{BAD}%'",
    "ballots": f"UPDATE ballot_batch SET issued = {HUGE}, returned = {HUGE}, valid = {HUGE}"
    f" WHERE source_id LIKE '{BAD}%'",
    "persons": f"UPDATE ballot_batch SET persons = {HUGE} WHERE source_id LIKE '{BAD}%'",
    "marks": f"UPDATE item_tally SET c1 = {HUGE}, c2 = {HUGE} WHERE batch_id IN"
    f" (SELECT id FROM ballot_batch WHERE source_id LIKE '{BAD}%')",
    "marks that are no integers": "UPDATE item_tally SET c1 = 1e300 WHERE batch_id IN"
    f" (SELECT id FROM ballot_batch WHERE source_id LIKE '{BAD}%')",
    "people": f"UPDATE appraisal_session SET expected = {HUGE}, members = {HUGE} WHERE source_id LIKE '{BAD}%'",
}


@pytest.fixture(autouse=True)
def unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts here came in no signed envelope; what a report says and does about that is tested in its own place."""
    monkeypatch.setattr(soundness, "before_report", lambda _session: [])


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Store]:
    made = make.copied(tmp_path / "QL.pingyi", _reported)
    yield made
    made.close()


def _reported(path: Path) -> Store:
    made = make.published_company(path)
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        for code in (GOOD, BAD):
            make.received(session, campaign_id=campaign_id, org_code=code, counts=ROWS)
    return made


@pytest.fixture(params=SPOILT.values(), ids=SPOILT.keys())
def blinded(company: Store, request: pytest.FixtureRequest) -> Store:
    with company.transaction() as session:
        session.connection().execute(text(request.param))
    return company


def current(store: Store) -> str:
    with store.reading() as session:
        found: str = session.connection().execute(text("SELECT id FROM campaign")).scalar_one()
    return found


def test_an_ordinary_file_sets_nothing_aside(company: Store) -> None:
    with company.reading() as session:
        assert outsized.units(session, campaign_id=current(company)) == ()


def test_the_rest_is_counted_and_the_unit_is_named(blinded: Store) -> None:
    campaign_id = current(blinded)
    with blinded.reading() as session:
        (one,) = outsized.units(session, campaign_id=campaign_id)
        pooled = {r.form.code: r for r in results.pooled(session, campaign_id=campaign_id)}
        rows = results.read(session, campaign_id=campaign_id).by_org(layer=2, form_code="T-ORG-A")
        seen = overview.coverage(session, campaign_id=campaign_id)
        activity = overview.activity(pictures.read(session, campaign_id=campaign_id), 2)
    assert one.code == BAD
    assert "二矿机关党支部" in one.sentence
    assert str(bounds.MOST) in one.sentence
    assert pooled["T-ORG-A"].figures.valid == 10
    assert [i.satisfied for i in pooled["T-ORG-A"].items] == [10] * 5
    assert [row.org.code for row in rows] == [GOOD]
    assert seen.aside == (one.sentence,)
    standing = {u.org.code: u.standing for u in seen.units}
    assert (standing[GOOD], standing[BAD]) == (overview.REPORTED, overview.HELD)
    assert BAD not in {row.org_code for row in activity}


def test_reports_are_printed_without_it_and_say_so(blinded: Store, tmp_path: Path) -> None:
    """Each of them is drawn when the long series runs; its figures are those of the one that always is."""
    for name in ("R02", "R03", "R04"):
        with blinded.reading() as session:
            report = catalog.build(session, name=name, campaign_id=current(blinded))
        assert any("二矿机关党支部" in note and "没有计入" in note for note in report.footnotes), name
        if LONG or name == "R03":
            pdf.render_pdf(report, tmp_path / "a.pdf")
            xlsx.render_xlsx(report, tmp_path / "a.xlsx")


def test_its_own_result_sheet_is_refused_and_another_s_is_printed(blinded: Store) -> None:
    with blinded.reading() as session:
        assert catalog.build(session, name="R06", campaign_id=current(blinded), org_code=GOOD).blocks
        with pytest.raises(RuleError, match="二矿机关党支部"):
            catalog.build(session, name="R06", campaign_id=current(blinded), org_code=BAD)


@pytest.mark.parametrize("verb", ["tally", "coverage"])
def test_the_command_line_answers(blinded: Store, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(blinded.path)
    blinded.close()
    assert cli.main([verb, path]) == 0
    assert "二矿机关党支部" in capsys.readouterr().out
    assert cli.main([verb, path, "--json"]) == 0
    (sentence,) = json.loads(capsys.readouterr().out)["set_aside"]
    assert BAD in sentence


# Control totals of what came against what the office knows itself


def test_totals_far_from_the_own_roster_are_told_with_both_numbers(company: Store) -> None:
    campaign_id = current(company)
    with company.transaction() as session:
        flood = "UPDATE appraisal_session SET expected = 5000, actual = 5000 WHERE source_id LIKE :unit"
        session.connection().execute(text(flood), {"unit": f"{GOOD}%"})
        told = [one for one in sums.of_campaign(session, campaign_id=campaign_id) if one.code == "V-CHK-29"]
    assert next(("5000 人" in one.sentence, "党员 3 名" in one.sentence) for one in told) == (True, True)
    assert "一矿机关党支部" in told[0].sentence


def test_many_units_a_little_too_large_are_told_of_the_office_above_them(company: Store) -> None:
    """Each of three branches of three members may have 29 voters; together they may not have 84."""
    campaign_id = current(company)
    with company.transaction() as session:
        for code in ("QL.01.G01.B001", "QL.01.G01.B002"):
            make.received(session, campaign_id=campaign_id, org_code=code, counts=ROWS)
        raised = (
            "UPDATE appraisal_session SET expected = 28, actual = 28, members = 3 WHERE source_id IS NOT NULL"
        )
        session.connection().execute(text(raised))
        told = [one for one in sums.of_campaign(session, campaign_id=campaign_id) if one.code == "V-CHK-29"]
    assert [(one.sentence.partition("”")[0], "84 人" in one.sentence) for one in told] == [
        ("“一矿党委", True)
    ]
