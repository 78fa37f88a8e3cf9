"""How often an answer asks the file: counted in statements, the same for twenty branches as for eight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.bench_scale import named
from counting import Asked, counted, office
from sqlmodel import Session, col, select

import make
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.batches.ballots import Strokes
from pingyi_desktop.appraisal.campaign import campaigns, results
from pingyi_desktop.appraisal.campaign import definition as definitions
from pingyi_desktop.exchange.inbox import decisions
from pingyi_desktop.reports import catalog
from pingyi_desktop.standing import overview
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.store import Store

FEW, MANY = "QL.18", "QL.06"  # eight branches, twenty branches
REPORT, KEY = 15, 5
Answer = Callable[[Session, str, str], object]


def report(name: str) -> Answer:
    """A report of the whole, or of the committee where it is about one organisation."""

    def build(session: Session, campaign_id: str, committee: str) -> object:
        org_code = named(committee, 0) if catalog.entry(name).per_org else None
        return catalog.build(session, name=name, campaign_id=campaign_id, org_code=org_code)

    return build


ANSWERS: dict[str, Answer] = {
    **{name: report(name) for name in ("R02", "R03", "R04", "R06", "R24", "R24B")},
    "下一步": lambda session, campaign, _committee: overview.Question(session, campaign).next_step,
    "报送情况": lambda session, campaign, _committee: overview.coverage(session, campaign_id=campaign),
    "汇总": lambda session, campaign, _committee: results.pooled(session, campaign_id=campaign),
}


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {code: office(tmp_path_factory.mktemp(code), code) for code in (FEW, MANY)}


def asked_of(path: Path, committee: str, answer: Answer) -> Asked:
    """What the answer asks of a file that was just opened, of whose definition nothing is known."""
    definitions.read.cache_clear()
    definitions.forms_of.cache_clear()
    opened = store.open_file(path)
    with opened.reading() as session:
        campaign_id = campaigns.current(session).id
        definitions.read.cache_clear()
        definitions.forms_of.cache_clear()
        with counted() as asked:
            assert answer(session, campaign_id, committee)
    opened.close()
    return asked


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_asks_a_company_of_many_units_no_more(name: str, offices: dict[str, Path]) -> None:
    few, many = (asked_of(path, code, ANSWERS[name]) for code, path in offices.items())
    assert few.statements == many.statements
    assert len(many.statements) <= REPORT
    assert many.desks == 0  # nothing waits for a person


@pytest.mark.parametrize("name", ["R02", "R03", "R04", "R24", "R24B", "下一步"])
def test_tree_counts_and_inbox_are_read_once(name: str, offices: dict[str, Path]) -> None:
    asked = asked_of(offices[MANY], MANY, ANSWERS[name])
    assert asked.twice == []
    rollups = 4  # the committee's and those of its three general branches
    assert asked.opened == rollups


def test_a_definition_is_parsed_once_for_each_text(offices: dict[str, Path]) -> None:
    opened = store.open_file(offices[FEW])
    with opened.reading() as session:
        campaign_id = campaigns.current(session).id
        before = definitions.read.cache_info().misses
        assert campaigns.show(session, campaign_id=campaign_id).forms
        assert results.pooled(session, campaign_id=campaign_id)
        assert definitions.read.cache_info().misses == before
        row = session.get_one(Campaign, campaign_id)
        assert row.definition is not None
        row.definition = row.definition.replace('"2025-09-01"', '"2025-09-02"')
        assert definitions.read(row.definition)["start_date"] == "2025-09-02"
    opened.close()


def test_what_is_read_of_a_definition_cannot_be_written_to(offices: dict[str, Path]) -> None:
    opened = store.open_file(offices[FEW])
    with opened.reading() as session:
        (text,) = session.exec(select(Campaign.definition))
        assert text is not None
        document = definitions.read(text)
        with pytest.raises(TypeError):
            document["orgs"] = ()  # type: ignore[index]
        with pytest.raises(TypeError):
            document["orgs"][0]["code"] = "x"
    opened.close()


def test_a_question_asked_after_a_write_sees_it(offices: dict[str, Path]) -> None:
    opened = store.open_file(offices[FEW])
    with opened.reading() as session:
        campaign_id = campaigns.current(session).id
        before = overview.Question(session, campaign_id)
        assert before.counted.parts
        identity, *_ = decisions.counting(session, campaign_id=campaign_id)
        unit = next(one.unit for one in before.tray.letters if one.id == identity)
        assert unit not in {one.org.code for one in before.covered.missing}
        decisions.withdraw(session, envelope_id=identity, reason="有误", by=make.BY)
        after = overview.Question(session, campaign_id)
        assert unit in {one.org.code for one in after.covered.missing}
        assert [one.envelope_id for one in after.tray.decided.withdrawals] == [identity]
        assert after.counted.pooled(layer=2) != before.counted.pooled(layer=2)
    opened.close()


# --- a key press -------------------------------------------------------------------------------------------------


@pytest.fixture(params=["T-ORG-A", "T-MEM-B"])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, str, int]:
    """A branch's batch on a form, keying begun; and how many cells a ballot has."""
    held = make.school(tmp_path / "x.pingyi")
    with held.transaction() as session:
        campaign_id = make.published(session, form_codes=[request.param])
        (batch,) = batches.listing(session, campaign_id=campaign_id, own_only=True)
        size = batches.paper_of(session, batch_id=batch.id).size
        for number in (1, 2):
            key(session, batch.id, "1" * size, number)
    return held, batch.id, size


def key(
    session: Session, batch_id: str, cells: str, position: int, *, committed: bool = True, was: str = ""
) -> None:
    """What one key writes (``gui.keying.ballot_writer``)."""
    ballots.save(
        session,
        batch_id=batch_id,
        position=position,
        cells=cells,
        committed=committed,
        was=was,
        by=make.BY,
        strokes=Strokes(1, 0, 0),
    )


def test_a_key_is_a_handful_of_statements_and_no_json(stack: tuple[Store, str, int]) -> None:
    held, batch_id, size = stack
    presses = [(("1" * n).ljust(size, "_"), False) for n in range(1, size)] + [("1" * size, True)]
    was = ""
    for cells, committed in presses:
        with counted() as asked, held.transaction() as session:
            key(session, batch_id, cells, 3, committed=committed, was=was)
        was = cells
        assert len(asked.statements) <= KEY, asked.statements
        assert asked.parsed == 0
    with counted() as asked, held.transaction() as session:
        state = ballots.reopen_previous(session, batch_id=batch_id, position=4)
    assert (state.position, len(asked.statements) <= KEY, asked.parsed) == (3, True, 0)
    held.close()


def test_keys_add_up_for_each_keyer(stack: tuple[Store, str, int]) -> None:
    held, batch_id, size = stack
    with held.transaction() as session:
        key(session, batch_id, "2" * size, 3, committed=False)
        ballots.save(
            session,
            batch_id=batch_id,
            position=3,
            cells="2" * size,
            committed=True,
            was="2" * size,
            filled="1" * size,
            by="乙",
        )
        assert ballots.keyers(session, batch_id=batch_id, pass_no=1) == sorted([make.BY, "乙"])
        found = {
            row.operator: (row.ballots, row.keystrokes, row.filled)
            for row in session.exec(select(ballots.EntryPass).where(col(ballots.EntryPass.pass_no) == 1))
        }
        assert found == {make.BY: (2, 3, 0), "乙": (1, 0, size)}
    held.close()
