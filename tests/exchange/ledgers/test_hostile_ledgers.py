"""What a hostile unit writes into its ledgers: it is refused at the door, or says nothing of anybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sealing
from desks import B3, C1, C2, CAMPAIGN, Office, file, office
from openpyxl import load_workbook
from sqlmodel import Session

import make
from pingyi_desktop import bounds
from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions, schedule
from pingyi_desktop.appraisal.ledgers.rectify import low_rates, owing
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange.ledgers import ledger_bodies, orders
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.reports.blocks import Table
from pingyi_desktop.sheets.ledgers.ledger_out import export_ledger

ASKED = Asked(CAMPAIGN, "2024-01-20")
C2B1 = "QL.02.B001"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path / "公司.pingyi", "QL")
    yield made
    made.store.close()


def body(name: str, *told: dict[str, Any]) -> dict[str, Any]:
    """A ledger of rows that all say the same fields, numbered unless they say how."""
    listed = [{"number": number, **one} for number, one in enumerate(told, 1)]
    return {"name": name, "columns": list(listed[0]), "rows": [list(one.values()) for one in listed]}


def branch(*told: dict[str, Any], unit: str = B3, people: tuple[dict[str, Any], ...] = ()) -> Envelope:
    documents = {**sealing.documents_of(unit), "ledgers": {"ledgers": list(told)}}
    documents |= {"ledger_people": {"ledgers": list(people)}} if people else {}
    apart = sorted({"ratee_tallies", "ledger_people"} & documents.keys())
    return sealing.sealed("submission", unit, documents, detachable=apart, coverage=sealing.TOTALS)


def came(*below: Envelope, told: tuple[dict[str, Any], ...] = (), by: str = C1) -> tuple[str, bytes]:
    documents: dict[str, Any] = {"index": sealing.rollup(by, list(below)).document("index")}
    documents |= {"ledgers": {"ledgers": list(told)}} if told else {}
    return file(sealing.sealed("rollup", by, documents), *below, name=f"{by}.pingyi-pack")


def listed(desk: Office, key: str) -> list[rows.Row]:
    with desk.store.reading() as session:
        return rows.listing(session, catalog.ledger(key), ASKED)


GOOD = {"title": "修路", "kind": "GOOD"}
NUMBERS = (0, -1, bounds.MOST + 1, 2**63, 1.5, True, "1", None, [1], {"n": 1})


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_a_row_has_a_number_and_no_other_thing(desk: Office, number: object) -> None:
    assert not _taken(desk, body("deed", {**GOOD, "number": number}))


@pytest.mark.parametrize("number", [-1, bounds.MOST + 1, 2**63, 1.5, True, "7", ["7"]], ids=repr)
def test_a_count_is_a_count(desk: Office, number: object) -> None:
    assert not _taken(desk, body("deed", {**GOOD, "beneficiaries": number}))


@pytest.mark.parametrize("beside", [True, 1.0, [1], "1"], ids=repr)
def test_a_value_is_looked_at_beside_one_that_is_equal(beside: object) -> None:
    """Equal values of a column are looked at once, and Python takes 1, 1.0 and True for equal."""
    told = body("deed", {**GOOD, "beneficiaries": 1}, {**GOOD, "beneficiaries": beside})
    with pytest.raises(PackageError, match=r"办实事第 2 号的“[^”]+”不合规定"):
        ledger_bodies.numbered(catalog.ledger("deed"), told, None)


TEXTS = {
    "a megabyte": "路" * 350_000,
    "one too many": "路" * 201,
    "two lines": "修路\n又修路",
    "a tab": "修\t路",
    "turned around": "修\u202e路",
    "nothing to see": "修\u200b路",
    "an identity number": "15042119900307123X",
    "a list": ["修路"],
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_is_one_that_could_have_been_typed(desk: Office, text: object) -> None:
    assert not _taken(desk, body("deed", {**GOOD, "title": text}))


def _taken(desk: Office, told: dict[str, Any]) -> bool:
    """Whether the file is taken at all; whatever is not leaves no row."""
    try:
        made = came(branch(told))
    except PackageError:
        return False  # what is signed is held to the same bounds as what is read
    accepted = all(entry.envelope_id for entry in desk.entries(made))
    desk.take(made)
    assert bool(listed(desk, str(told["name"]))) <= accepted
    return bool(listed(desk, str(told["name"])))


def test_what_is_good_is_taken(desk: Office) -> None:
    assert _taken(desk, body("deed", {**GOOD, "number": 7, "beneficiaries": bounds.MOST}))


def test_a_million_rows_are_refused_before_any_of_them_is_looked_at(desk: Office) -> None:
    cells = [[1]] * 1_000_000
    assert not _taken(desk, {"name": "deed", "columns": ["number"], "rows": cells})


def test_more_rows_than_may_travel_are_said_where_they_are_signed(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_bodies, "MOST_ROWS", 1)
    with desk.acting() as session:
        ledger, about = (
            catalog.ledger("deed"),
            {"campaign_id": CAMPAIGN, "org": "QL", "today": "", "by": "王"},
        )
        for title in ("修路", "装灯"):
            edits.add(session, ledger, typed={"title": title, "kind": "做好事"}, **about)
        with pytest.raises(RuleError, match="办实事有 2 行，一个单位最多上报 1 行"):
            ledger_bodies.members(session, campaign_id=CAMPAIGN, unit="QL")


# --- what one unit says of another --------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [B3, C2], ids=["a branch of another", "the appraised"])
def test_a_branch_says_nothing_of_a_meeting_of_layer_one(desk: Office, by: str) -> None:
    """When a committee was appraised, and by how many, says the office above it: not even the committee itself."""
    claim = {"kind": "APPRAISAL", "layer": "ONE", "subject": C2, "status": "HELD"}
    claim |= {"held_on": "2024-01-11", "expected": 900, "actual": 900}
    told = body("meeting", claim)
    desk.take(
        came(branch(told)) if by == B3 else came(branch(body("deed", GOOD), unit=C2B1), told=(told,), by=C2)
    )
    with desk.store.reading() as session:
        assert of_sessions.by_session(session, campaign_id=CAMPAIGN) == {}
        assert all(one.row is None for one in schedule.placed(session, campaign_id=CAMPAIGN))
        assert list(of_sessions.judged(session, campaign_id=CAMPAIGN)) == []
        with pytest.raises(RuleError, match="还没有已开的会"):
            reports.build(session, name="R17", campaign_id=CAMPAIGN, org_code=C2)
        (table,) = [
            one
            for one in reports.build(session, name="R17B", campaign_id=CAMPAIGN).blocks
            if isinstance(one, Table)
        ]
        assert any("填报）" in str(cell) for cell in table.rows[0].cells)
    with desk.acting() as session, pytest.raises(RuleError) as refused:
        of_sessions.register(session, campaign_id=CAMPAIGN, name=f"{by}-1", by="王", reason="照台账")
    assert refused.value.code == "V-MTG-12"


def test_a_branch_answers_nobody_elses_opinions(desk: Office) -> None:
    said = body("opinion", {"content": "浴室水凉", "category": "WELFARE", "nature": "INDIVIDUAL"})
    answer = {"kind": "EXPLAINED", "content": "已经说明", "channel": "FACE"}
    desk.take(came(branch(said, unit=C2B1), by=C2))
    desk.take(came(branch(body("reply", {"opinion": f"{C2B1}-1", **answer}))))
    with desk.store.reading() as session:
        assert owing.replies(session, campaign_id=CAMPAIGN).sentence.endswith("未答复 1 条")
        assert waits(session) == (1, 1)
    with desk.acting() as session:
        typed = {"opinion": f"{C2B1}-1", "kind": "立改", "content": "锅炉已换", "channel": "会上"}
        ledger = catalog.ledger("reply")
        edits.add(session, ledger, campaign_id=CAMPAIGN, org="QL", typed=typed, today="", by="王")
        assert owing.replies(session, campaign_id=CAMPAIGN).sentence.endswith("未答复 0 条")
        assert waits(session) == (0, 0)


def waits(session: Session) -> tuple[int, int]:
    """Opinions that nobody has taken up, and those that are owed an answer, as the page counts them."""
    counts = rows.sums(session, catalog.ledger("opinion"), ASKED)[0]
    return counts["open"], counts["owed"]


def test_a_branch_takes_up_nobody_elses_opinion_and_its_committee_does(desk: Office) -> None:
    said = body("opinion", {"content": "浴室水凉", "category": "WELFARE", "nature": "COMMON"})
    desk.take(came(branch(said, unit=C2B1), by=C2), came(branch(item(origin=f"{C2B1}-1"))))
    with desk.store.reading() as session:
        assert waits(session) == (1, 0)
    index = sealing.rollup(C2, [branch(said, unit=C2B1)], revision=2).document("index")
    told = {"index": index, "ledgers": {"ledgers": [item(origin=f"{C2B1}-1")]}}
    desk.take(file(sealing.sealed("rollup", C2, told, revision=2), branch(said, unit=C2B1)))
    with desk.store.reading() as session:
        assert waits(session) == (0, 0)


def item(**more: Any) -> dict[str, Any]:
    told = {"problem": "浴室水凉", "kind": "IMMEDIATE", "source_kind": "LOW_RATING", "status": "REGISTERED"}
    return body("rectification", {**told, **more})


def test_a_branch_takes_up_nobody_elses_low_rate(tmp_path: Path) -> None:
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)
        marks = {"T-ORG-A": [(59, 41, 0, 0)] + [(100, 0, 0, 0)] * 4}
        make.received(session, campaign_id=campaign_id, org_code=B3, counts=marks)
        (low,) = low_rates.proposals(session, campaign_id=campaign_id)
        typed = {"problem": "低", "kind": "立改", "source_kind": "低满意率", "status": "已登记"}
        about = {"campaign_id": campaign_id, "today": "", "by": "王"}
        ledger = catalog.ledger("rectification")
        edits.add(session, ledger, org=C2B1, typed={**typed, "unit": B3, "origin": low.origin}, **about)
        assert low_rates.proposals(session, campaign_id=campaign_id) == [low]
        edits.add(session, ledger, org=C1, typed={**typed, "unit": B3, "origin": low.origin}, **about)
        assert low_rates.proposals(session, campaign_id=campaign_id) == []
    store.close()


def test_a_branch_enters_nobody_elses_opinion_into_the_table_of_problems(desk: Office) -> None:
    said = body("opinion", {"content": "浴室水凉", "category": "WELFARE", "nature": "COMMON"})
    desk.take(came(branch(said, unit=C2B1), by=C2), came(branch(item(origin=f"{C2B1}-1"))))
    with desk.store.reading() as session:
        report = reports.build(session, name="R08", campaign_id=CAMPAIGN)
        (table, *_) = report.blocks
        assert table.rows[0].cells[-2:] == ("否", "")  # type: ignore[union-attr]


def test_orders_in_a_circle_end_and_count_once_each(desk: Office) -> None:
    """A committee's item made from its branch's, and the branch's from the committee's."""
    above = item(unit=B3, origin=f"{B3}-1", source_kind="TASK")
    below = item(unit=C1, origin=f"{C1}-1", source_kind="TASK", progress="2024-01-10 已订货")
    desk.take(came(branch(below), told=(above,)))
    with desk.store.reading() as session:
        figures = rows.figures(session, catalog.ledger("rectification"), ASKED)
        assert (figures.rows, figures.handed) == (1, 1)
        assert orders.compared(session, campaign_id=CAMPAIGN) == []


# --- on the way out and on the way up -----------------------------------------------------------------------------

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "＝1")


def test_no_text_becomes_a_formula_in_a_sheet(desk: Office, tmp_path: Path) -> None:
    told = [{"title": text, "kind": "GOOD", "responsible": text} for text in FORMULAS]
    desk.take(came(branch(body("deed", *told))))
    with desk.acting() as session:
        ledger = catalog.ledger("deed")
        export_ledger(session, ledger, ASKED, tmp_path / "台账.xlsx", by="王")
        render_xlsx(reports.build(session, name="R20", campaign_id=CAMPAIGN), tmp_path / "R20.xlsx")
    for name in ("台账.xlsx", "R20.xlsx"):
        cells = [cell for row in load_workbook(tmp_path / name).worksheets[0].rows for cell in row]
        assert {text for cell in cells if (text := cell.value) in FORMULAS} == set(FORMULAS)
        assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
        assert all(cell.quotePrefix for cell in cells if cell.value in FORMULAS)


PLEDGES = body("commitment", *({"content": f"第 {n} 件", "status": "FULFILLED"} for n in range(3)))
PEOPLE = {"name": "commitment", "columns": ["member"], "rows": [["m1"], ["m2"], [""]]}


def test_persons_that_an_office_takes_out_change_no_figure(desk: Office) -> None:
    whole = branch(PLEDGES, people=(PEOPLE,))
    bare = package.strip(whole, {"ledger_people"})
    desk.take(came(bare))
    before = listed(desk, "commitment")
    assert [row.values["member"] for row in before] == ["", "", ""]
    with desk.store.reading() as session:
        assert rows.figures(session, catalog.ledger("commitment"), ASKED).rows == 3


PEOPLE_WRONG: dict[str, Callable[[], dict[str, Any]]] = {
    "more rows": lambda: {**PEOPLE, "rows": [*PEOPLE["rows"], ["m3"]]},
    "another column": lambda: {**PEOPLE, "columns": ["content"], "rows": [["x"]] * 3},
    "a telephone number": lambda: {**PEOPLE, "rows": [["13812345678"], [""], [""]]},
}


@pytest.mark.parametrize("wrong", PEOPLE_WRONG.values(), ids=PEOPLE_WRONG)
def test_persons_fill_no_other_field_and_no_other_row(
    desk: Office, wrong: Callable[[], dict[str, Any]]
) -> None:
    desk.take(came(branch(PLEDGES, people=(wrong(),))))
    said = [(row.values["content"], row.values["member"]) for row in listed(desk, "commitment")]
    assert said in ([], [(f"第 {n} 件", "") for n in range(3)])
