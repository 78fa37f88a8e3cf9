"""R29: the paper that goes with a package says what the package says, twice counted, or refuses to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import desks
import pytest
import sealing
from desks import B1, B3, C1, CAMPAIGN, G1, Office
from sqlmodel import Session, col, select

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.errors import RuleError
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.exchange.outbox.transfer import Package
from pingyi_desktop.exchange.wire import canonical, package
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.reports import catalog, handover
from pingyi_desktop.reports.blocks import Cell, Facts, Para, Report, Signature, Table
from pingyi_desktop.storage.schema_batches import ItemTally

TODAY = date(2024, 2, 9)


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """A branch and a general branch with a branch of its own have reported; the committee has met."""
    made = desks.prepared(tmp_path / "C1.pingyi", C1, _met)
    yield made
    made.store.close()


def _met(made: Office) -> None:
    made.take(desks.report(B3), desks.handed_up(G1, sealing.submission(B1, satisfied=6)))
    with made.acting() as session:
        hold(session)


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Office]:
    """A branch with its five ballots sealed."""
    form = sealing.DEFINITION["forms"][0]
    made = desks.office(tmp_path / "B3.pingyi", B3, forms=[form])
    with made.acting() as session:
        (batch,) = batches.listing(session, campaign_id=CAMPAIGN, own_only=True)
        make.sealed(session, batch.id, ["1" * len(form["items"])] * 5)
        hold(session)
    yield made
    made.store.close()


def hold(session: Session) -> None:
    (own,) = [s for s in sessions.listing(session, campaign_id=CAMPAIGN, layer=2) if s.own]
    make.held(session, own.id)
    desks.know_above(session)


def export(office: Office) -> Package:
    with office.acting() as session:
        return transfer.export(session, campaign_id=CAMPAIGN, by=make.BY, reason="已核实")


def sheet(office: Office) -> Report:
    with office.acting() as session:
        return catalog.build(session, name="R29", campaign_id=CAMPAIGN, today=TODAY)


def figures(report: Report) -> dict[str, tuple[Cell, ...]]:
    (table,) = [block for block in report.blocks if isinstance(block, Table)]
    return {str(row.cells[0]): row.cells[1:] for row in table.rows if row.kind == "row"}


def facts(report: Report) -> dict[str, Cell]:
    (found,) = [block for block in report.blocks if isinstance(block, Facts)]
    return dict(found.pairs)


def conclusion(report: Report) -> str:
    (found,) = [block for block in report.blocks if isinstance(block, Para)]
    return found.text


def test_it_carries_the_number_that_is_read_out(committee: Office) -> None:
    made = export(committee)
    said = facts(sheet(committee))
    assert said["核对号"] == made.check_number
    assert said["数据包"] == made.file_name.removesuffix(transfer.SUFFIX)
    assert said["软件版本"]


def test_totals_are_the_file_s_own_beside_those_of_the_packages(committee: Office) -> None:
    export(committee)
    found = figures(sheet(committee))
    assert found[handover.ORGS] == (4, 3, 1)  # two branches, a general branch, and the committee itself
    assert found[handover.MEETINGS] == (4, 3, 1)
    below = 3 * sealing.TOTALS.issued
    assert found["发出票（张）"] == (below, below, 0)
    assert found[handover.EXPECTED][2] == 12  # the committee's own meeting


def test_satisfied_marks_are_added_up_item_by_item(committee: Office) -> None:
    export(committee)
    report = sheet(committee)
    (table,) = [block for block in report.blocks if isinstance(block, Table)]
    sections = [row.cells[0] for row in table.rows if row.kind == "section"]
    assert sections == [f"满意票：{form['title']}" for form in sealing.DEFINITION["forms"]]
    first = table.rows[[row.kind for row in table.rows].index("section") + 1]
    assert first.cells[1:] == (10 + 10 + 6, 10 + 10 + 6, 0)


@pytest.mark.parametrize(
    ("mine", "theirs", "told"),
    [
        (9, 12, (21, 12, 9)),
        (9, 4, (TOO_FEW, TOO_FEW, TOO_FEW)),  # the four are the total less the nine of the own result sheet
        (4, 12, (16, TOO_FEW, TOO_FEW)),
        (1, 3, (TOO_FEW, TOO_FEW, TOO_FEW)),
    ],
)
def test_marks_of_few_are_not_on_it(
    tmp_path: Path, mine: int, theirs: int, told: tuple[int | str, ...]
) -> None:
    forms = [sealing.DEFINITION["forms"][0]]
    digest = hashlib.sha256(canonical.encode(sealing.definition(forms=forms))).hexdigest()
    items = [sealing.item((theirs, 0, 0, 0), no=one["no"]) for one in forms[0]["items"]]
    batch = sealing.batch(B1, *items, returned=theirs + 1, valid=theirs)
    documents = {
        "sessions": {"salt": sealing.SALT, "sessions": [sealing.meeting(B1)]},
        "tallies": {"salt": sealing.SALT, "batches": [batch]},
    }
    sent = sealing.submission(B1, documents=documents, coverage=None, campaign_sha256=digest)
    made = desks.office(tmp_path / "G1.pingyi", G1, forms=forms)
    made.take(desks.file(sent))
    with made.acting() as session:
        (own,) = batches.listing(session, campaign_id=CAMPAIGN, own_only=True)
        make.sealed(session, own.id, ["1" * len(items)] * mine)
        hold(session)
    export(made)
    report = sheet(made)
    assert figures(report)[forms[0]["items"][0]["short_text"]] == told
    assert figures(report)["有效票（张）"] == (mine + theirs, theirs, mine)
    assert conclusion(report).startswith("核对相符")
    made.store.close()


def test_it_says_that_both_countings_agree(committee: Office) -> None:
    export(committee)
    assert conclusion(sheet(committee)).startswith("核对相符：“差”就是本单位自己场次的数（已报党组织 1、")


def test_figures_changed_behind_the_packages_are_found(committee: Office) -> None:
    export(committee)
    with committee.acting() as session:
        cell = session.exec(select(ItemTally).where(col(ItemTally.c1) == 6).limit(1)).one()
        cell.c1 = 7
        session.add(cell)
    assert conclusion(sheet(committee)).startswith("核对不相符：")
    assert "请先不要上报" in conclusion(sheet(committee))


def test_a_branch_has_one_column(branch: Office) -> None:
    made = export(branch)
    report = sheet(branch)
    (table,) = [block for block in report.blocks if isinstance(block, Table)]
    assert [column.title for column in table.columns] == ["项目", "本单位数"]
    assert figures(report)["有效票（张）"] == (5,)
    assert facts(report)["核对号"] == made.check_number
    assert conclusion(report) == "本单位没有下级，以上就是本次上报的全部数据。"


def test_before_the_first_export_there_is_no_sheet(committee: Office) -> None:
    with pytest.raises(RuleError, match="还没有导出上报"):
        sheet(committee)


def test_after_another_import_the_old_sheet_is_refused(committee: Office) -> None:
    export(committee)
    committee.take(desks.report(B3, revision=2, satisfied=3))
    with pytest.raises(RuleError, match="导出上报以后，数据又有变化"):
        sheet(committee)
    made = export(committee)
    assert facts(sheet(committee))["核对号"] == made.check_number


def test_after_a_branch_changed_its_figures_the_old_sheet_is_refused(branch: Office) -> None:
    export(branch)
    with branch.acting() as session:
        (own,) = [s for s in sessions.listing(session, campaign_id=CAMPAIGN, layer=2) if s.own]
        make.held(session, own.id, actual=11)
    with pytest.raises(RuleError, match="导出上报以后，数据又有变化"):
        sheet(branch)


def test_the_top_office_hands_nothing_over(tmp_path: Path) -> None:
    company = desks.office(tmp_path / "QL.pingyi", "QL")
    company.take(desks.handed_up(C1, sealing.submission(B3)))
    with pytest.raises(RuleError, match="最上级，没有上报的数据包"):
        sheet(company)
    company.store.close()


def test_it_is_signed_by_the_secretary(committee: Office, tmp_path: Path) -> None:
    made = export(committee)
    report = sheet(committee)
    assert report.blocks[-1] == Signature(handover.SIGNERS)
    assert not report.landscape
    render_pdf(report, tmp_path / "R29.pdf")
    assert (tmp_path / "R29.pdf").stat().st_size > 0
    assert made.check_number == package.check_number(made.envelope_id)
