"""Sheets that would eat the memory or the day: cells are counted, not rectangles, and what is too much is told.

Every attack is read in a process of its own, so that its peak is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from make_sheets import raw_row, raw_workbook
from series import LONG

from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.sheets.grid import grid, xml_stream
from pingyi_desktop.sheets.grid.reading import LARGEST_FILE, read_grids
from pingyi_desktop.sheets.roster.roster import read_roster

HEAD = raw_row(1, "姓名", "所在党支部", "人员类别")
ZHANG = raw_row(2, "张三", "一矿采一队党支部", "正式党员")
FAR = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>{}</t></is></c></row>'
ROWS, FILLED = (grid.MOST_ROWS, grid.MOST_CELLS) if LONG else (10_000, 60_000)
"""what a file may hold here: in the long series what it may hold in the program, else enough to see that it is counted"""
STYLED, PEOPLE = (60_000, ROWS) if LONG else (3_000, 3_000)
MOST_MEMORY = (300 if LONG else 120) * 1024  # KiB
MOST_MEMORY_OF_A_GOOD_SHEET = (120 if LONG else 90) * 1024
READER = """
import json, os, resource, sys
from pathlib import Path
from pingyi_desktop.errors import UserError
from pingyi_desktop.sheets.grid import grid, workbook
from pingyi_desktop.sheets.roster.roster import read_roster

grid.MOST_ROWS, workbook.MOST_CELLS = map(int, sys.argv[1:])

def tell(path):
    try:
        said = str(len(read_roster(path).members))
    except UserError as error:
        said = str(error)
    # Of this process alone: what getrusage tells begins with the size of the process that started it.
    own = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    memory = int(own[0].split()[1]) if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([memory, said]), flush=True)

for line in sys.stdin:
    if os.fork() == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # seconds of its own; the largest takes three
        tell(Path(json.loads(line)))
        os._exit(0)
    if os.wait()[1] != 0:
        print(json.dumps([0, "the process that read it came to no good end"]), flush=True)
"""


def data(*rows: str, after: str = "") -> Iterator[str]:
    yield f"<sheetData>{''.join(rows)}</sheetData>{after}"


def merged(*areas: str) -> str:
    listed = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return f"<mergeCells>{listed}</mergeCells>"


def styled(rows: int) -> Iterator[str]:
    yield f"<sheetData>{HEAD}{ZHANG}"
    for number in range(3, rows):
        yield f'<row r="{number}">' + "".join(f'<c r="{a}{number}" s="1"/>' for a in "ABCDEFGHIJ") + "</row>"
    yield "</sheetData>"


def people(rows: int) -> Iterator[str]:
    yield f"<sheetData>{HEAD}"
    for number in range(2, rows):
        name = f"{chr(0x4E00 + number % 9000)}{chr(0x4E00 + number // 9000)}{chr(0x4E00 + number % 7)}"
        yield raw_row(number, name, "一矿采一队党支部", "正式党员")
    yield "</sheetData>"


def lines(path: Path, first: str, line: str, many: int) -> Path:
    path.write_text(first + line * many, encoding="utf-8")
    return path


SIGNS = 30_000
"""signs of a text that is long and short enough to be read"""
SLOW = (
    ("(" * SIGNS, "一矿采一队党支部", "正式党员"),
    *[(f"张{' ' * SIGNS}{number}", "一矿采一队党支部", "正式党员") for number in range(20)],
    ("李四", "一矿采一队党支部", "正式党员", f"2011{' ' * SIGNS}7{' ' * (SIGNS // 30)}x"),
)
"""cells in which a careless search begins again at every sign"""


def slow_formats() -> str:
    listed = "".join(f'<numFmt numFmtId="{n}" formatCode="{"[" * SIGNS}"/>' for n in range(200, 800))
    used = "".join(f'<xf numFmtId="{n}"/>' for n in range(200, 800))
    return f"<numFmts>{listed}</numFmts><cellXfs>{used}</cellXfs>"


READ: dict[str, tuple[Callable[[Path], object], str]] = {
    "two far cells": (lambda p: raw_workbook(p, data(HEAD, ZHANG, FAR.format("x"))), "1"),
    "a blank far cell": (lambda p: raw_workbook(p, data(HEAD, ZHANG, FAR.format(" "))), "1"),
    "everything merged": (lambda p: raw_workbook(p, data(HEAD, ZHANG, after=merged("E1:XFD1048576"))), "1"),
    "merged to the last row": (
        lambda p: raw_workbook(p, data(HEAD, ZHANG, after=merged("D1:K1048576"))),
        "1",
    ),
    "a dimension that lies": (
        lambda p: raw_workbook(p, ['<dimension ref="A1:XFD1048576"/>', *data(HEAD, ZHANG)]),
        "1",
    ),
    "stray styles": (lambda p: raw_workbook(p, styled(STYLED)), "1"),
    "texts that are long to look through": (
        lambda p: raw_workbook(
            p,
            data(
                raw_row(1, "姓名", "所在党支部", "人员类别", "入党时间"),
                ZHANG,
                *(raw_row(n, *texts) for n, texts in enumerate(SLOW, 3)),
            ),
        ),
        "2",
    ),
    "formats that are long to look through": (
        lambda p: raw_workbook(p, data(HEAD, ZHANG), styles=slow_formats()),
        "1",
    ),
    "many people": (lambda p: raw_workbook(p, people(PEOPLE - 10)), str(PEOPLE - 12)),
}
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a far column in every row": (
        lambda p: raw_workbook(p, data(*(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 9000)))),
        "在很远的列里还有内容",
    ),
    "merged cells over far columns": (
        lambda p: raw_workbook(
            p,
            data(
                *(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 9000)),
                FAR.format("x"),
                after=merged(*(f"A{n}:XFD{n + 1}" for n in range(1, 9000))),
            ),
        ),
        "在很远的列里还有内容",
    ),
    "merged cells over one another": (
        lambda p: raw_workbook(p, [*people(3_000), merged(*["D2:K3000"] * 3_000)]),
        "合并的单元格互相重叠",
    ),
    "too many rows": (lambda p: raw_workbook(p, people(ROWS + 2_000)), f"超过 {ROWS // 10_000} 万行"),
    "too much unpacked": (
        lambda p: raw_workbook(p, ["<sheetData>", *[" " * 1_000_000] * 60, "</sheetData>"]),
        "展开后过大",
    ),
    "too many texts": (
        lambda p: raw_workbook(p, data(HEAD), shared=(f"<si><t>{n}</t></si>" for n in range(FILLED + 10_000))),
        f"里的文字超过 {FILLED // 10_000} 万段",
    ),
    "one endless text": (
        lambda p: raw_workbook(p, data(HEAD), shared=["<si><t>", *["a" * 1_000_000] * 30, "</t></si>"]),
        "有一格文字超过 32767 个字",
    ),
    "one endless sign": (
        lambda p: raw_workbook(p, ['<sheetData><row r="2" x="', *["1" * 1_000_000] * 30, '"/></sheetData>']),
        "不是 .xlsx 表格或已损坏",
    ),
    "nested without end": (
        lambda p: raw_workbook(p, ["<a>" * 2_000_000]),
        "不是 .xlsx 表格或已损坏",
    ),
    "entities": (
        lambda p: raw_workbook(
            p, data(HEAD), doctype='<!DOCTYPE w [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        ),
        "不是 .xlsx 表格或已损坏",
    ),
}  # fmt: skip
TEXTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "one wide row and 300,000 short ones": (
        lambda p: lines(p, "姓名,所在党支部,人员类别" + ",x" * 15_000 + "\n", "甲乙,b,c\n", 300_000),
        f"超过 {ROWS // 10_000} 万行",
    ),
    "a row of a million columns": (lambda p: lines(p, "姓名" + "," * 1_100_000 + "\n", "甲,b\n", 10), "太长"),
    "a row of many columns": (lambda p: lines(p, "姓名" + "," * 20_000 + "\n", "甲,b\n", 10), "20001 列"),
    "one line": (lambda p: lines(p, "", ",", 19_000_000), "太长"),
    "marks only": (lambda p: lines(p, "姓名,所在党支部,人员类别\n", '"甲\n', 2_000_000), "引号没有成对"),
}


Peak = Callable[[Path], tuple[int, str]]


@pytest.fixture(scope="module")
def peak() -> Iterator[Peak]:
    """The greatest memory of a process that reads a file, in KiB, and what it said; all are forked from one that has read nothing."""
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(ROWS), str(FILLED)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None

        def of(path: Path) -> tuple[int, str]:
            print(json.dumps(str(path)), file=reader.stdin, flush=True)
            memory, said = json.loads(reader.stdout.readline())
            return memory, said

        yield of
        reader.stdin.close()


@pytest.mark.parametrize("attack", READ)
def test_a_sheet_costs_what_it_holds(tmp_path: Path, peak: Peak, attack: str) -> None:
    make, members = READ[attack]
    make(tmp_path / "r.xlsx")
    memory, said = peak(tmp_path / "r.xlsx")
    assert said == members
    assert memory < MOST_MEMORY_OF_A_GOOD_SHEET


@pytest.mark.parametrize("attack", {**REFUSED, **TEXTS})
def test_what_is_too_much_is_told_before_it_is_built(tmp_path: Path, peak: Peak, attack: str) -> None:
    make, sentence = {**REFUSED, **TEXTS}[attack]
    path = tmp_path / ("r.csv" if attack in TEXTS else "r.xlsx")
    make(path)
    assert path.stat().st_size <= LARGEST_FILE
    memory, said = peak(path)
    assert sentence in said
    assert path.name in said
    assert memory < MOST_MEMORY


def test_small_attacks_take_no_time(tmp_path: Path) -> None:
    for attack in ("two far cells", "everything merged", "merged to the last row", "a dimension that lies"):
        path = tmp_path / "r.xlsx"
        READ[attack][0](path)
        assert path.stat().st_size < 6_000
        assert len(read_roster(path).members) == 1


def test_many_parts_and_large_files_are_refused_unread(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "parts.xlsx", "w", ZIP_DEFLATED) as book:
        for number in range(21_000):
            book.writestr(f"a{number}", "")
    with pytest.raises(FileError, match="里有 21000 个部分"):
        read_grids(tmp_path / "parts.xlsx")
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(FileError, match="超过 20 MB"):
        read_grids(tmp_path / "large.csv")


def test_cells_of_all_sheets_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "MOST_CELLS", 5)
    raw_workbook(tmp_path / "r.xlsx", data(HEAD, ZHANG))
    with pytest.raises(UserError, match="第 2 行已超过"):
        read_grids(tmp_path / "r.xlsx")


def test_the_whole_file_counts_not_the_parts_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_stream, "LARGEST_WHOLE", 1_000)
    raw_workbook(tmp_path / "r.xlsx", data(HEAD, ZHANG))
    with pytest.raises(FileError, match="展开后过大"):
        read_grids(tmp_path / "r.xlsx")
