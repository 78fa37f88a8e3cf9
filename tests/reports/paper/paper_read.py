"""Reads a printed sheet back with PDFium, which knows nothing of our layout: its boxes, its lines, its letters, its ink."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from ctypes import c_int
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops

MM = 25.4 / 72
FIELD = 8


@dataclass(frozen=True)
class Rect:
    """In millimetres from the upper left corner of the page."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    solid: bool = False

    @property
    def size(self) -> tuple[float, float]:
        return self.right - self.left, self.bottom - self.top

    def meets(self, other: Rect, slack: float = 0.0) -> bool:
        """Whether they overlap by more than ``slack`` in both directions."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return self.page == other.page and across > slack and down > slack

    def fields(self) -> Iterator[tuple[int, int, int]]:
        """The squares of ``FIELD`` millimetres that it lies in: what meets it lies in one of them too."""
        for x in range(int(self.left // FIELD), int(self.right // FIELD) + 1):
            for y in range(int(self.top // FIELD), int(self.bottom // FIELD) + 1):
                yield self.page, x, y


def meeting(ones: Iterable[Rect], others: Iterable[Rect], slack: float = 0.0) -> list[tuple[Rect, Rect]]:
    """Which of the ones overlap which of the others by more than ``slack`` in both directions."""
    near = defaultdict[tuple[int, int, int], list[Rect]](list)
    for one in ones:
        for field in one.fields():
            near[field].append(one)
    return [
        (one, other)
        for other in others
        for field in other.fields()
        for one in near.get(field, ())
        if one.meets(other, slack)
    ]


def paths(pdf: bytes) -> list[Rect]:
    """The bounds of everything that is drawn and not written; PDFium adds the thickness of a line on each side."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            height = page.get_height()
            for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
                left, bottom, right, top = one.get_bounds()
                fill, stroke = c_int(), c_int()
                pdfium.FPDFPath_GetDrawMode(one.raw, fill, stroke)
                corners = (x * MM for x in (left, height - top, right, height - bottom))
                found.append(Rect(number, *corners, solid=fill.value != 0))
    return found


def boxes(pdf: bytes, side: float = 5.0) -> list[Rect]:
    """The squares to tick in the order of reading: page by page, row by row, from left to right (corner marks left out)."""
    squares = [
        one for one in paths(pdf) if not one.solid and all(side <= length < side + 0.8 for length in one.size)
    ]
    return sorted(squares, key=lambda one: (one.page, round(one.top), one.left))


def letters(pdf: bytes) -> list[tuple[str, Rect]]:
    """Every visible character and where its ink is."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document):
            height, text = page.get_height(), page.get_textpage()
            for index in range(text.count_chars()):
                shown = text.get_text_range(index, 1)
                left, bottom, right, top = text.get_charbox(index)
                if shown.strip():
                    corners = (x * MM for x in (left, height - top, right, height - bottom))
                    found.append((shown, Rect(number, *corners)))
    return found


def ink(blank: bytes, drawn: bytes, squares: list[Rect], *, dpi: int = 75) -> Iterator[list[int]]:
    """Sheet by sheet of ``drawn`` over the printed ``blank``: how dark the inside of each square is, in per mille."""
    with pypdfium2.PdfDocument(blank) as printed, pypdfium2.PdfDocument(drawn) as hands:
        papers = [_picture(page, dpi) for page in printed]
        for first in range(0, len(hands), len(papers)):
            seen = [
                ImageChops.darker(paper, _picture(hands[first + n], dpi)) for n, paper in enumerate(papers)
            ]
            yield [_dark(seen[one.page], one, dpi) for one in squares]


def _picture(page: pypdfium2.PdfPage, dpi: int) -> Image.Image:
    return page.render(scale=dpi / 72, grayscale=True).to_pil()


def _dark(picture: Image.Image, one: Rect, dpi: int) -> int:
    inset = 0.9  # leaves the printed frame out
    corners = (one.left + inset, one.top + inset, one.right - inset, one.bottom - inset)
    cut = picture.crop(tuple(round(x / 25.4 * dpi) for x in corners))
    return 1000 * sum(cut.histogram()[:128]) // (cut.width * cut.height)
