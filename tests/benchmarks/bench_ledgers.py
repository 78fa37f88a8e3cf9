"""Ledgers of the whole reference company: what importing a sheet costs beside reading it, and every total through packages.

The sheet has the 13,430 commitments of all members; the bare side opens it with openpyxl and looks at every cell, no more.
Then the rows of every unit go through envelopes, one a unit, and come to the published totals in a file without them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import sealing
from openpyxl import Workbook, load_workbook
from sqlalchemy import delete
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.ledgers import catalog, plans, rows
from pingyi_desktop.appraisal.ledgers.groups import likeness, opinion_groups
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.appraisal.ledgers.rectify import owing
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.demo import company, ledgers, office
from pingyi_desktop.exchange.ledgers import ledger_bodies
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.sheets.ledgers.ledger_in import read_ledger
from pingyi_desktop.storage.store import Store

COMMITMENT, TARGET, BY, TODAY = catalog.ledger("commitment"), 2, "王办事", ledgers.TODAY
TOTALS: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    "commitment": {
        "category": ledgers.PROMISES,
        "status": {**ledgers.KEPT, "NOT_FULFILLED": 40},
    },
    "deed": {"kind": {"PRACTICAL": 347, "GOOD": 346, "DIFFICULT": 346}},
    "opinion": {"nature": {"COMMON": 238, "INDIVIDUAL": 30}},
    "rectification": {
        "kind": {"IMMEDIATE": 58, "PLANNED": 29, "EXPLAINED": 9},
        "status": {"CLOSED": 87, "IN_PROGRESS": 9},
    },
    "presentation": {"mode": {"ORAL": 4347}, "layer_one": {"YES": 122}},
    "meeting": {"layer": {"TWO": 412}},
    "post": {"kind": {"POST": 446}},
}
"""by ledger and choice, as published; what is not named here is not asked"""
ROWS = {
    "commitment": 13_430,
    "deed": 1_039,
    "opinion": 268,
    "rectification": 96,
    "presentation": 4_720,
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The whole company, its campaign published."""
    folder, whole = tmp_path_factory.mktemp("公司"), company.load()
    made = office.create(folder / "公司.pingyi", whole)
    office.enrol(made, whole, folder=folder / "表")
    office.publish(made, whole)
    yield made
    made.close()


def sheet_of(path: Path) -> int:
    """The commitments of everybody in one sheet; how many rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("公开承诺")
    keys = ("member", "category", "content", "measures", "due_on", "status", "unfulfilled_reason")
    sheet.append(["党组织", *(COMMITMENT.by_key[key].title for key in keys)])
    many = 0
    for org, listed in ledgers.everything()["commitment"].items():
        for texts in listed:
            words = (COMMITMENT.by_key[key].option(texts[key]) for key in keys)
            sheet.append([org, *(o.word if o else texts[k] for k, o in zip(keys, words, strict=True))])
            many += 1
    book.save(path)
    return many


def cost(act: Callable[[], object], times: int = 3) -> float:
    """Seconds of CPU, the least of some runs."""
    seconds = []
    for _ in range(times):
        started = time.process_time()
        act()
        seconds.append(time.process_time() - started)
    return min(seconds)


def test_importing_every_commitment_beside_reading_the_sheet(reference: Store, tmp_path: Path) -> None:
    path = tmp_path / "承诺.xlsx"
    many = sheet_of(path)

    def bare() -> int:
        book = load_workbook(path)
        return sum(cell.value is not None for row in book.worksheets[0].rows for cell in row)

    def imported() -> None:
        with reference.reading() as session:
            sheet = read_ledger(path, COMMITMENT)
            campaign_id = make.campaign_of(session)
            plan = plans.plan(session, COMMITMENT, campaign_id=campaign_id, sheet=sheet, today=TODAY)
            plans.apply(session, plan, by=BY, reason="已核实")
            assert len(plan.written) == many
            session.rollback()

    reading, ours = cost(bare), cost(imported)
    print(f"\n{many} 项承诺：openpyxl 读 {reading:.2f} 秒，导入 {ours:.2f} 秒（CPU）")
    print(f"导入/读 = {ours / reading:.2f} 倍（目标 ≤ {TARGET}）")


def test_every_total_of_the_company_comes_out_of_the_packages_of_its_units(reference: Store) -> None:
    with reference.transaction() as session:
        campaign_id = make.campaign_of(session)
        _type_everything(session, campaign_id)
        before = {key: _counted(session, campaign_id, key) for key in ROWS}
        sent = list(_packages(session, campaign_id))
        for ledger in catalog.ledgers():
            session.execute(delete(ledger.sql))
        ledger_bodies.write(session, campaign_id=campaign_id, envelopes=sent)
        assert {key: _counted(session, campaign_id, key) for key in ROWS} == before
        assert {key: rows for key, (rows, _) in before.items()} == ROWS
        _check(session, campaign_id)
        session.rollback()
    print(f"\n{len(sent)} 个单位的台账经数据包到公司，合计与公布的一致")


def _type_everything(session: Session, campaign_id: str) -> None:
    for key, made in ledgers.everything().items():
        lines = [
            Line("表", n, {**texts, plans.ORG: org})
            for n, (org, texts) in enumerate((org, texts) for org, listed in made.items() for texts in listed)
        ]
        sheet = plans.LedgerSheet("表", tuple(lines))
        plan = plans.plan(session, catalog.ledger(key), campaign_id=campaign_id, sheet=sheet, today=TODAY)
        plans.apply(session, plan, by=BY, reason="已核实")


def _packages(session: Session, campaign_id: str) -> Iterator[Envelope]:
    for one in company.load().orgs:
        documents = ledger_bodies.members(session, campaign_id=campaign_id, unit=one.code)
        if documents:
            head = sealing.address("submission", "QL.01.B003", coverage=sealing.TOTALS).model_copy(
                update={"unit": one.code, "unit_name": one.short}
            )
            whole = {**sealing.documents_of("QL.01.B003"), **documents}
            apart = sorted({"ratee_tallies", "ledger_people"} & whole.keys())
            yield sealing.sealed_at(head, whole, detachable=apart)


def _counted(session: Session, campaign_id: str, key: str) -> tuple[int, tuple[object, ...]]:
    figures = rows.figures(session, catalog.ledger(key), Asked(campaign_id, TODAY))
    return figures.rows, tuple((one.parts, one.whole) for one in figures.added)


def _check(session: Session, campaign_id: str) -> None:
    for key, choices in TOTALS.items():
        ledger = catalog.ledger(key)
        for by, wanted in choices.items():
            found: dict[str, int] = {}
            for parts in rows.by_unit(session, ledger, Asked(campaign_id, TODAY), by=by).values():
                for choice, many in parts.items():
                    found[choice] = found.get(choice, 0) + many
            assert {choice: found[choice] for choice in wanted} == dict(wanted), (key, by)
    (money,) = [
        one
        for one in rows.figures(session, catalog.ledger("deed"), Asked(campaign_id, TODAY)).added
        if one.total.of == "amount"
    ]
    assert (money.whole, "200 余万" in money.note) == ("10629", True)
    posts = rows.by_unit(session, catalog.ledger("post"), Asked(campaign_id, TODAY), by="kind")
    assert sum("POST" in kinds for kinds in posts.values()) == 317
    owed = owing.replies(session, campaign_id=campaign_id)
    assert len(owed.unanswered) == 30
    listed = opinion_groups.problems(session, campaign_id=campaign_id)
    wanted = [one.wanted for one in likeness.suggestions(listed)]
    opinion_groups.merge(session, campaign_id=campaign_id, wanted=wanted, by=BY, reason="多处都有")
    merged = opinion_groups.problems(session, campaign_id=campaign_id)
    assert (len(merged), sum(len(one.originals) for one in merged)) == (96, 268)
