"""The k-rule on every way out: all that is printed of a company with small units is taken together and solved.

Reports (blocks, workbook and PDF), ``tally`` as text and as JSON, for every organisation and every layer; in the file of
a unit with a session of its own its result sheet is among them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import attack
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from series import LONG
from sqlmodel import Session

import make
from pingyi_desktop import cli, paths
from pingyi_desktop.appraisal.campaign import campaigns, results
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.errors import RuleError
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Cell, Facts, Heading, Para, Report, Table
from pingyi_desktop.standing import soundness
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_people import OrgType

ORG, MEM = "T-ORG-A", "T-MEM-A"
ITEMS = {ORG: 5, MEM: 3}
LAYERS: Mapping[str, tuple[int, ...]] = {"1": (1,), "2": (2,), "all": (1, 2)}
MORE = (
    ("QL.02", "QL.02.B002", OrgType.BRANCH, "中共青峦公司二矿选煤支部委员会", "二矿选煤党支部"),
    ("QL", "QL.03", OrgType.GRASSROOTS_COMMITTEE, "中共青峦公司三矿委员会", "三矿党委"),
    ("QL.03", "QL.03.B001", OrgType.BRANCH, "中共青峦公司三矿机关支部委员会", "三矿机关党支部"),
    ("QL.03", "QL.03.B002", OrgType.BRANCH, "中共青峦公司三矿运输支部委员会", "三矿运输党支部"),
)
Row = tuple[int, str]
COMPANIES: Mapping[str, Mapping[Row, int]] = {
    "small branches": {
        (1, "QL.01"): 20, (1, "QL.02"): 3, (1, "QL.03"): 9,
        (2, "QL.01.G01"): 12, (2, "QL.01.G01.B001"): 3, (2, "QL.01.B003"): 16,
        (2, "QL.02.B001"): 2, (2, "QL.02.B002"): 1, (2, "QL.03.B001"): 9, (2, "QL.03.B002"): 17,
    },
    "a committee of one small branch": {
        (1, "QL.01"): 8, (1, "QL.02"): 7,
        (2, "QL.01.G01"): 1, (2, "QL.01.G01.B001"): 1, (2, "QL.01.G01.B002"): 2, (2, "QL.01.B003"): 6,
        (2, "QL.02.B001"): 11, (2, "QL.02.B002"): 30, (2, "QL.03.B001"): 4,
    },
}  # fmt: skip


def marks(many: int, item: int) -> tuple[int, int, int, int]:
    """How a stack of this many is marked on an item: never all alike, so that a wrong sum shows."""
    fair = (many + item) % 3 if many > 3 else item % (many + 1)
    return many - fair, fair, 0, 0


@dataclass
class Company:
    """A company's file, what each stack says, and every sum that was printed of it."""

    path: Path
    ballots: Mapping[Row, int]
    parents: dict[str, str | None]
    names: dict[str, str]
    printed: dict[str, set[frozenset[Row]]] = field(default_factory=lambda: {ORG: set(), MEM: set()})

    def under(self, code: str, layers: Sequence[int]) -> frozenset[Row]:
        inside = attack.below(self.parents, code)
        return frozenset(row for row in self.ballots if row[0] in layers and row[1] in inside)

    def satisfied(self, form: str, rows: frozenset[Row]) -> list[int]:
        return [sum(marks(self.ballots[row], i)[0] for row in rows) for i in range(ITEMS[form])]

    def note(self, form: str, rows: frozenset[Row], told: Sequence[object]) -> None:
        """A printed line about these rows: either every figure of it is hidden, or they are the right ones."""
        if any(isinstance(one, int) for one in told):
            assert list(told) == self.satisfied(form, rows), (form, rows)
            self.printed[form].add(rows)
        else:
            assert {str(one) for one in told} <= {"—", "None"}, told


@pytest.fixture(autouse=True)
def unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts here came in no signed envelope; what a report says and does about that is tested in its own place."""
    monkeypatch.setattr(soundness, "before_report", lambda _session: [])


@pytest.fixture(params=COMPANIES)
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    ballots = COMPANIES[request.param]
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        for parent, code, org_type, full_name, short_name in MORE:
            org.add(
                session,
                parent_code=parent,
                code=code,
                org_type=org_type,
                full_name=full_name,
                short_name=short_name,
                by=make.BY,
            )
        campaign_id = make.published(session, form_codes=[ORG, MEM])
        for (layer, code), many in ballots.items():
            counts = {form: [marks(many, i) for i in range(ITEMS[form])] for form in ITEMS}
            if layer == 2:
                make.received(session, campaign_id=campaign_id, org_code=code, counts=counts)
            else:
                _sealed_here(session, campaign_id, layer, code, many)
        units = org.tree(session)
    yield Company(
        made.path, ballots, {o.code: o.parent_code for o in units}, {o.code: o.short_name for o in units}
    )
    made.close()


@pytest.mark.parametrize(("name", "user"), [("exact", "reports/handover.py")])
def test_what_hides_nothing_is_used_in_one_place(name: str, user: str) -> None:
    """It says what it is for; any other way out goes through what hides."""
    house = paths.resources().parent / "pingyi_desktop"
    users = [
        path.relative_to(house).as_posix()
        for path in sorted(house.rglob("*.py"))
        if f"results.{name}(" in path.read_text(encoding="utf-8")
    ]
    assert users == [user]


def _sealed_here(session: Session, campaign_id: str, layer: int, code: str, many: int) -> None:
    for form, items in ITEMS.items():
        batch = make.batch(session, campaign_id=campaign_id, layer=layer, org_code=code, form_code=form)
        fair = [marks(many, i)[1] for i in range(items)]
        make.sealed(session, batch.id, ["".join("2" if n < f else "1" for f in fair) for n in range(many)])


def test_everything_printed_together_tells_nothing_of_few(
    company: Company, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with _reading(company) as session:
        asked = Question(session, campaigns.current(session).id)
        for code in company.parents:
            for layer in LAYERS.values() if code == "QL" else (LAYERS["all"],):
                _summaries(asked, company, code, layer)
                _result_sheets(asked, company, code, layer)
        _files(asked, company, tmp_path)
    for code in company.parents:
        for name, layer in LAYERS.items():
            if LONG or name == "all" or ".B" not in code:  # a branch has no layer but one
                _tally(company, code, name, layer, lambda: capsys.readouterr().out)
    for form, printed in company.printed.items():
        assert attack.determined(printed, company.ballots, 5) == [], form
        for layer in (1, 2):
            whole = company.under("QL", (layer,))
            assert whole in printed  # nothing more is hidden than must be
        assert len(printed) > 4


@pytest.mark.parametrize(
    ("own", "first", "second"),
    [(7, 3, 0), (7, 3, 2), (7, 3, 9), (4, 9, 12), (3, 1, 0), *([(12, 1, 1), (9, 9, 9)] if LONG else [])],
)
def test_the_own_result_sheet_tells_nothing_of_few_either(
    own: int, first: int, second: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A general branch in its own file: the total of all less its own session's sheet would be a branch of three."""
    unit = "QL.01.G01"
    branches = {f"{unit}.B001": first, f"{unit}.B002": second}
    above = make.published_company(tmp_path / "QL.pingyi", form_codes=[ORG, MEM])
    with above.transaction() as session:
        campaign_id = make.campaign_of(session)
        made = make.adopted(session, tmp_path / "G01.pingyi", campaign_id=campaign_id, code=unit)
    with made.transaction() as session:
        _sealed_here(session, campaign_id, 2, unit, own)
        for code, many in branches.items():
            counts = {form: [marks(many, i) for i in range(ITEMS[form])] for form in ITEMS}
            if many:
                make.received(session, campaign_id=campaign_id, org_code=code, counts=counts)
        units = org.tree(session)
    ballots = {(2, code): many for code, many in {unit: own, **branches}.items() if many}
    names = {o.code: o.short_name for o in units}
    here = Company(made.path, ballots, {o.code: o.parent_code for o in units}, names)
    with made.reading() as session:
        asked = Question(session, campaigns.current(session).id)
        for code in here.parents:
            _summaries(asked, here, code, LAYERS["all"])
            _result_sheets(asked, here, code, LAYERS["all"])
    made.close()
    above.close()
    for code in here.parents:
        for name, layer in LAYERS.items():
            if LONG or name == "all" or code == unit:
                _tally(here, code, name, layer, lambda: capsys.readouterr().out)
    for form, printed in here.printed.items():
        assert attack.determined(printed, ballots, 5) == [], form
        assert (frozenset({(2, unit)}) in printed) is (own >= 5)  # signed by who counted it
        alone = own >= 5 and first < 5 and second < 5 and first + second < 5
        assert (here.under(unit, (2,)) in printed) is (sum(ballots.values()) >= 5 and not alone)


def _summaries(asked: Question, company: Company, code: str, layers: tuple[int, ...]) -> None:
    for name, form in (("R03", ORG), ("R04", MEM)):
        report = _report(asked, name, code, layers)
        for table in (block for block in report.blocks if isinstance(block, Table)):
            _table(company, form, code, layers, [list(row.cells) for row in table.rows])


def _table(
    company: Company, form: str, code: str, layers: tuple[int, ...], rows: Sequence[Sequence[Cell]]
) -> None:
    """R03 or R04: section, rows of one organisation each, subtotals, sum."""
    layer = layers[0]
    codes = {name: one for one, name in company.names.items()}
    for cells in rows:
        if len(cells) == 1:
            layer = 1 if cells[0] == "层面一" else 2
            continue
        label = str(cells[1])
        within = layers if label == "合计" else (layer,)
        about = frozenset({(layer, codes[label])}) if label in codes else company.under(code, within)
        assert cells[2] == sum(company.ballots[row] for row in about)
        company.note(form, about, [cells[3 + 2 * i] for i in range(ITEMS[form])])
        if about not in company.printed[form]:
            assert not [one for one in cells[3:] if str(one)[:1].isdigit()]


def _result_sheets(asked: Question, company: Company, code: str, layers: tuple[int, ...]) -> None:
    try:
        report = _report(asked, "R06", code, layers)
    except RuleError:
        return
    layer, form = layers[0], ""
    for block in report.blocks:
        if isinstance(block, Heading):
            layer = {"层面一": 1, "层面二": 2}.get(block.text, layer)
            form = ORG if "党组织" in block.text else MEM
        if isinstance(block, Para) and TOO_FEW in block.text:
            assert frozenset({(layer, code)}) not in company.printed[form]
        if isinstance(block, Table):
            company.note(form, frozenset({(layer, code)}), [row.cells[2] for row in block.rows])
        if isinstance(block, Facts):
            assert not any("满意" in title for title, _ in block.pairs)


def _report(asked: Question, name: str, code: str, layers: tuple[int, ...]) -> Report:
    layer = layers[0] if len(layers) == 1 else None
    return catalog.of(asked, name=name, layer=layer, org_code=code)


def _files(asked: Question, company: Company, folder: Path) -> None:
    """The workbook and the PDF print the same cells as the report they are made of."""
    report = _report(asked, "R03", "QL", (1, 2))
    (table,) = (block for block in report.blocks if isinstance(block, Table))
    few = sum(cell == TOO_FEW for row in table.rows for cell in row.cells)
    render_xlsx(report, folder / "R03.xlsx")
    sheet = load_workbook(folder / "R03.xlsx").active
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    hidden = [line for line in lines if TOO_FEW in line]
    assert sum(line.count(TOO_FEW) for line in hidden) == few > 0
    assert all({str(one) for one in line[3:]} <= {"—", TOO_FEW, "None"} for line in hidden)
    render_pdf(report, folder / "R03.pdf")
    text = "".join(page.extract_text() for page in PdfReader(folder / "R03.pdf").pages)
    (legend,) = (note for note in report.footnotes if TOO_FEW in note)
    assert text.count(TOO_FEW) == few + legend.count(TOO_FEW)


@contextmanager
def _reading(company: Company) -> Iterator[Session]:
    opened = store.open_file(company.path)
    with opened.reading() as session:
        yield session
    opened.close()


def _tally(company: Company, code: str, name: str, layers: tuple[int, ...], out: Callable[[], str]) -> None:
    out()
    words = ["tally", str(company.path), "--org", code, "--layer", name]
    if cli.main([*words, "--json"]):
        assert out() == ""
        with _reading(company) as session:
            chosen = {"campaign_id": campaigns.current(session).id, "under": code}
            found = results.pooled(session, **chosen, layer=layers[0] if len(layers) == 1 else None)
        assert {form.hidden for form in found if form.figures.valid} == {True}  # V-PRI-02, and only then
        return
    for form in json.loads(out())["forms"]:
        about = company.under(code, layers)
        hidden = form["hidden"]
        if about:
            company.note(form["form"], about, [item["satisfied"] for item in form["items"]])
        figures = [
            number
            for item in form["items"]
            for number in (*(o["count"] for o in item["options"]), item["denominator"], item["blank"])
        ]
        assert all((number is None) is hidden for number in figures)
        assert all((item["shown"] == item["rate"] == TOO_FEW) is hidden for item in form["items"])
    if code not in ("QL", "QL.02"):
        return
    assert cli.main(words) == 0
    lines = out().splitlines()
    for form, items in ITEMS.items():
        start = next(n for n, line in enumerate(lines) if f"({form})" in line)
        cells = [line.split() for line in lines[start + 3 : start + 3 + items]]
        if about := company.under(code, layers):
            told = [int(one[-3]) if one[-3].isdigit() else one[-3] for one in cells]
            company.note(form, about, told)
