"""Paragraphs of Chinese text in the fonts we carry, their lines ended where those of Chinese may end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph
from reportlab.platypus.paraparser import ParaFrag

from pingyi_desktop.render import breaking
from pingyi_desktop.render.page import runs
from pingyi_desktop.reports.blocks import printed

APART = 1.3
"""how far lines are apart, in sizes of their text"""


def paragraph(
    text: str,
    font: str,
    size: float,
    alignment: int = TA_LEFT,
    *,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
    indent: float = 0,
    apart: float = APART,
) -> Paragraph:
    """Plain text as a paragraph: nothing in it is taken for markup, and no space in it is lost."""
    style = ParagraphStyle(
        f"{font}-{size}-{alignment}-{before}-{after}-{keep}-{indent}-{apart}",
        fontName=font,
        fontSize=size,
        leading=size * apart,
        alignment=alignment,
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=keep,
        firstLineIndent=indent,
        wordWrap="CJK",
    )
    kept = re.sub(r"^ +| {2,}", lambda spaces: "\xa0" * len(spaces[0]), printed(text))
    pieces = (
        escape(run).replace("\n", "<br/>") if name == font else f'<font name="{name}">{escape(run)}</font>'
        for name, run in runs(kept, font)
    )
    return _Chinese("".join(pieces), style)


class _Chinese(Paragraph):  # type: ignore[misc] # reportlab has no types
    """A paragraph whose lines end where those of Chinese may; reportlab begins them with any comma that is not Japanese."""

    frags: list[Any]

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)
        self._whole = self.frags

    def breakLinesCJK(self, rooms: float | Sequence[float]) -> object:
        """The lines for this much room, as reportlab's method of this name gives them."""
        if getattr(self, "_splitpara", 0):  # the upper part of one that goes on overleaf: its lines are known
            return super().breakLinesCJK(rooms)
        each = rooms if isinstance(rooms, Sequence) else [rooms]
        only = self._whole[0] if len(self._whole) == 1 else None
        return self._pieces(each) if only is None or hasattr(only, "lineBreak") else _of_one_font(only, each)

    def _pieces(self, rooms: Sequence[float]) -> object:
        """Several fonts, or lines that were broken before: each line is ended by a break, so that reportlab only measures it."""
        text = [(c, one) for one in self._whole for c in ("\n" if hasattr(one, "lineBreak") else one.text)]
        widths = [0.0 if c == "\n" else stringWidth(c, one.fontName, one.fontSize) for c, one in text]
        self.frags = []
        for first, end in breaking.lines("".join(c for c, _ in text), widths, rooms):
            for one, run in groupby(text[first:end], key=itemgetter(1)):
                self.frags.append(one.clone(text="".join(c for c, _ in run)))
            if end < len(text):
                self.frags.append(text[end][1].clone(text="", lineBreak=True))
        return super().breakLinesCJK(rooms)


def _of_one_font(whole: ParaFrag, rooms: Sequence[float]) -> object:
    """Text of one font in lines, as reportlab draws them: what is left of each line's room, and the line."""
    text = whole.text if hasattr(whole, "text") else "".join(whole.words)
    widths = [stringWidth(character, whole.fontName, whole.fontSize) for character in text]
    found = breaking.lines(text, widths, rooms)
    goes_on = [first for first, _ in found[1:]] + [len(text)]
    lines = [
        (rooms[min(number, len(rooms) - 1)] - sum(widths[first:end]), [text[first:after]])
        for number, ((first, end), after) in enumerate(zip(found, goes_on, strict=True))
    ]
    return whole.clone(kind=0, lines=lines, ascent=whole.fontSize, descent=-0.2 * whole.fontSize)
