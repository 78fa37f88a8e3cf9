"""Printed sheets filled in by a simulated hand and keyed by somebody who sees nothing but their ink.

Where the boxes are is read from the printed PDF by PDFium, which knows nothing of our layout; what is ticked comes from
their ink; what that makes comes from the keying machine and the count. Long version, as many sheets as one likes:

    PYTHONPATH=.:tests:tests/reports/paper python tests/reports/paper/filled.py 200
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO

import paper_read
from paper_read import Rect
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from sheets_made import form, laid_out, paper_of, printed

from pingyi_desktop.appraisal.paper import counting, forms, keying, shaping
from pingyi_desktop.appraisal.paper.keying import Outcome, Paper
from pingyi_desktop.appraisal.paper.layout import A4, Layout
from pingyi_desktop.appraisal.paper.shaping import Shape
from pingyi_desktop.appraisal.paper.tallies import Counts

DARK = 30  # per mille of a box's inside that somebody takes for a mark
NAMES = tuple(f"党员{n}" for n in range(1, 21))


def shaped(code: str, shape: Shape) -> forms.Form:
    """A form as an office shaped it."""
    document = shaping.shaped(forms.templates()[code], shape)
    return forms.read_form(document, activity="创先争优", known=forms.scales())


SHAPES: dict[str, Layout] = {
    "T-ORG-A": laid_out(form("T-ORG-A")),
    "T-ORG-B": laid_out(form("T-ORG-B")),
    "T-MEM-B": laid_out(form("T-MEM-B"), NAMES),
    "T-MEM-E": laid_out(form("T-MEM-E"), NAMES, frozenset({3, 19})),
    "shaped": laid_out(shaped("T-ORG-C", Shape("SAT4U", "", True, ("食堂管理情况", "班车安排情况")))),
}


def gone_wrong(layout: Layout, sheets: int, seed: str) -> list[str]:
    """Sheets printed, filled in, looked at and keyed: what did not come out as it was meant, in words."""
    paper, blank = paper_of(layout), printed(layout)
    squares, chance = paper_read.boxes(blank), random.Random(seed)
    places = list(_places(layout, paper))
    assert len(places) == len(squares)
    truth = [_ballot(chance, layout, paper) for _ in range(sheets)]
    looked = paper_read.ink(blank, _hands(layout, squares, places, truth), squares)
    keyed = [_keyed(paper, dict(zip(places, ink, strict=True))) for ink in looked]
    wrong = [f"{n}: {a} → {b}" for n, (a, b) in enumerate(zip(truth, keyed, strict=True), 1) if a != b]
    if counting.count(layout.form, paper, Counter(keyed)) != _added_up(layout, paper, truth):
        wrong.append("the counts are not those of the sheets")
    return wrong


def _places(layout: Layout, paper: Paper) -> Iterator[tuple[int, int]]:
    """(cell, option) of the boxes in the order of reading; rows that are not graded have none."""
    for cell in range(paper.size):
        if cell // paper.row_width not in layout.unrated:
            yield from ((cell, option) for option in range(1, paper.options_at(cell) + 1))


def _ballot(chance: random.Random, layout: Layout, paper: Paper) -> str:
    def mark(cell: int) -> str:
        dice = chance.random()
        if dice < 0.04 or cell // paper.row_width in layout.unrated:
            return keying.BLANK
        return keying.MULTI if dice < 0.08 else str(chance.randint(1, paper.options_at(cell)))

    return "".join(map(mark, range(paper.size)))


def _hands(
    layout: Layout, squares: Sequence[Rect], places: Sequence[tuple[int, int]], truth: Sequence[str]
) -> bytes:
    """What hands draw into the boxes of sheet after sheet (√, ○ or ×), without the print."""
    out = BytesIO()
    width, height = (A4[1], A4[0]) if layout.wide else A4
    canvas = Canvas(out, pagesize=(width * mm, height * mm))
    for number, cells in enumerate(truth):
        for page in range(layout.pages):
            canvas.setLineWidth(1.6)
            for square, (cell, option) in zip(squares, places, strict=True):
                ticked = cells[cell] == str(option) or (cells[cell] == keying.MULTI and option <= 2)
                if square.page == page and ticked:
                    _draw(canvas, "√○×"[number % 3], square, height)
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, ink: str, square: Rect, height: float) -> None:
    left, bottom, side = square.left * mm, (height - square.bottom) * mm, square.size[0] * mm

    def line(*corners: float) -> None:
        x1, y1, x2, y2 = (side * part for part in corners)
        canvas.line(left + x1, bottom + y1, left + x2, bottom + y2)

    if ink == "○":
        canvas.circle(left + side / 2, bottom + side / 2, side * 0.32)
    elif ink == "×":
        line(0.2, 0.2, 0.8, 0.8)
        line(0.2, 0.8, 0.8, 0.2)
    else:
        line(0.15, 0.5, 0.4, 0.2)
        line(0.4, 0.2, 0.9, 0.9)


def _keyed(paper: Paper, ink: dict[tuple[int, int], int]) -> str:
    """What somebody keys who looks at the boxes cell after cell: the number of the one ticked."""
    state = keying.start(paper, position=1)
    for cell in range(paper.size):
        options = range(1, paper.options_at(cell) + 1)
        ticked = [option for option in options if ink.get((cell, option), 0) > DARK]
        key = keying.BLANK if not ticked else str(ticked[0]) if len(ticked) == 1 else keying.MULTI
        step = keying.press(state, key)
        assert step.outcome is Outcome.KEYED
        state = step.state
    return state.cells


def _added_up(layout: Layout, paper: Paper, truth: Sequence[str]) -> dict[tuple[str, str], Counts]:
    """The sheets' counts with a pencil: a stroke for every mark."""
    found = {}
    for row, target in enumerate(paper.targets):
        for column, item in enumerate(layout.form.items):
            marks = [cells[row * len(layout.form.items) + column] for cells in truth]
            options = tuple(marks.count(str(n)) for n in range(1, len(item.scale.options) + 1))
            found[target, item.no] = Counts(options, marks.count("0"), marks.count("9"), marks.count("."))
    return found


def main() -> int:
    """Print, fill in and key so many sheets of each shape; 1 when one of them comes out otherwise."""
    sheets = int(sys.argv[1])
    wrong = {name: gone_wrong(layout, sheets, name) for name, layout in SHAPES.items()}
    for name, lines in wrong.items():
        print(name, f"{sheets} sheets, {len(lines)} wrong", *lines[:5], sep="\n  ")
    return int(any(wrong.values()))


if __name__ == "__main__":
    raise SystemExit(main())
