"""Pages drawn to measure: each text wrapped and, where it must, made smaller, so that none leaves its place.

Boxes, lines and corner marks are vectors, black on white.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from pingyi_desktop import visible
from pingyi_desktop.render import breaking
from pingyi_desktop.render.page import HEI, SONG, described, page_size, runs
from pingyi_desktop.reports.drawn import DrawnPage, Words

LEADING, INSIDE, SMALLEST, STEP = 1.3, 1.0, 4.0, 0.5
BOX_LINE = 0.9
ASCENT = 0.88
"""how much of a type's height is above its base line"""
Run = tuple[str, str]


def draw(canvas: Canvas, page: DrawnPage) -> None:
    """Draw one page on the canvas, which has its size; the page is not ended."""
    _, height = page_size(wide=page.wide)
    for line in page.lines:
        canvas.setLineWidth(line.weight)
        canvas.line(line.x1 * mm, height - line.y1 * mm, line.x2 * mm, height - line.y2 * mm)
    canvas.setLineWidth(BOX_LINE)
    for square in page.squares:
        side, solid = square.side * mm, int(square.solid)
        canvas.rect(square.x * mm, height - square.y * mm - side, side, side, stroke=1 - solid, fill=solid)
    for words in page.words:
        _write(canvas, words, height)


def _write(canvas: Canvas, words: Words, height: float) -> None:
    width = (words.width - 2 * INSIDE) * mm
    size, lines = fitted(words.text, HEI if words.bold else SONG, words.size, width, words.height * mm)
    used = len(lines) * size * LEADING
    top = height - words.y * mm - (0 if words.at_top else (words.height * mm - used) / 2)
    for number, (line, long) in enumerate(lines):
        base = top - number * size * LEADING - size * (ASCENT + (LEADING - 1) / 2)
        left = (words.x + INSIDE) * mm + (width - long) * {"left": 0.0, "center": 0.5, "right": 1.0}[
            words.align
        ]
        for font, run in line:
            canvas.setFont(font, size)
            canvas.drawString(left, base, run)
            left += stringWidth(run, font, size)


@lru_cache(4096)
def fitted(
    text: str, font: str, size: float, width: float, height: float
) -> tuple[float, Sequence[tuple[Sequence[Run], float]]]:
    """The largest type up to ``size`` in which the text keeps to its place (points), and its lines with their widths."""
    shown = visible.shown(text)
    while True:
        lines = _wrapped(shown, font, size, width)
        if size <= SMALLEST or len(lines) * size * LEADING <= height:
            return size, [_measured(line, font, size) for line in lines]
        size -= STEP


def _measured(line: str, font: str, size: float) -> tuple[Sequence[Run], float]:
    pieces = runs(line, font, described)
    return pieces, sum(stringWidth(run, name, size) for name, run in pieces)


def _wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    widths = [0.0 if character == "\n" else _measured(character, font, size)[1] for character in text]
    return [text[first:end] for first, end in breaking.lines(text, widths, [width])]
