"""What is unusual in arriving figures is told before they are taken in, in the very words that are said afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import desks
import pytest
import sealing
from desks import B1, B3, C1, G1, Office

from pingyi_desktop import cli
from pingyi_desktop.appraisal.batches import sheet_checks
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.exchange.inbox import foretelling
from pingyi_desktop.standing import sums
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """The children's keys are known."""
    made = desks.office(tmp_path / "C1.pingyi")
    made.take(desks.report(B3), desks.handed_up(G1))
    yield made
    made.store.close()


def foretold(office: Office, *files: desks.File) -> list[Finding]:
    plan = office.plan(*files)
    with office.store.reading() as session:
        return foretelling.of_plan(session, plan=plan)


def told_after(office: Office, *units: str) -> list[Finding]:
    with office.acting() as session:
        return sums.of_units(session, campaign_id="c1", codes=units)


HOW = {
    "few_came": {"V-SES-05"},
    "unequal": {"V-BAL-07"},
    "lost": {"V-BAL-08"},
}


@pytest.mark.parametrize("how", HOW)
def test_what_is_said_afterwards_is_said_before(committee: Office, how: str) -> None:
    file = desks.unusual(B3, 2, **{how: True})
    before = foretold(committee, file)
    assert HOW[how] <= {one.code for one in before}
    committee.take(file)
    assert before == told_after(committee, B3)


def test_of_usual_figures_nothing_is_said(committee: Office) -> None:
    assert foretold(committee, desks.report(B3, revision=2, satisfied=9)) == []


def test_of_what_does_not_count_nothing_is_said(committee: Office) -> None:
    """An older one, one that is known, and one that another office's key signed."""
    committee.take(desks.report(B3, revision=3))
    assert foretold(committee, desks.unusual(B3, 2, few_came=True)) == []
    known = desks.unusual(B3, 4, few_came=True)
    committee.take(known)
    assert foretold(committee, known) == []
    stranger = desks.unusual_one(B3, 9, few_came=True, by=sealing.key(1))
    assert foretold(committee, desks.file(stranger)) == []


def test_units_further_below_are_looked_at_too(committee: Office) -> None:
    leaf = desks.unusual_one(B1, few_came=True)
    before = foretold(committee, desks.handed_up(G1, leaf, revision=2))
    assert {one.where for one in before if one.code == "V-SES-05"} == {sealing.NAMES[B1]}


def test_the_command_tells_it_and_writes_nothing(
    committee: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "机关.pingyi-pack"
    file.write_bytes(desks.unusual(B3, 2, few_came=True)[1])
    path = str(committee.store.path)
    with committee.acting() as session:
        lines = journal.lines(session, newest=1000)
    before = committee.counted(), committee.held(), committee.store.path.read_bytes()
    assert cli.main(["import", path, str(file), "--dry-run", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["written"], [one["verdict"] for one in facts["entries"]]) == (False, ["更新"])
    assert "V-SES-05" in {one["code"] for one in facts["findings"]}
    assert cli.main(["import", path, str(file), "--dry-run"]) == 0
    said = capsys.readouterr()
    assert "还没有导入，现在" in said.out
    assert "V-SES-05" in said.err
    assert (committee.counted(), committee.held(), committee.store.path.read_bytes()) == before
    with committee.acting() as session:
        assert journal.lines(session, newest=1000) == lines
    assert cli.main(["import", path, str(file), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["written"]
    assert "V-SES-05" in {one["code"] for one in facts["findings"]}


def test_a_dry_run_asks_for_a_key_that_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = desks.office(tmp_path / "C1.pingyi", C1)
    made.store.close()
    file = tmp_path / "机关.pingyi-pack"
    file.write_bytes(desks.report(B3)[1])
    assert cli.main(["import", str(made.store.path), str(file), "--dry-run", "--confirm-all"]) == 1
    assert "--confirm" in capsys.readouterr().err


def test_a_row_of_all_categories_is_none_of_them() -> None:
    """A small category travels merged with the others; what is said of one is not said of all together."""
    kinds = (("A", "党员"), ("B", "群众"))

    def said(category: str) -> set[str]:
        row = BallotBatch(
            session_id="s", form_code="T", form_version=1, voter_category=category, issued=3, returned=3
        )
        return {
            one.code
            for one in sheet_checks.sheet_warnings(row, "x", actual=3, beside=[row], categories=kinds)
        }

    assert said("A") == {"V-PRI-01"}
    assert said("A+B") == set()
