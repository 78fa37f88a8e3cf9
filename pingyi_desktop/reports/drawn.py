"""Pages drawn to measure, for paper on which people write: where each text, line and box is, in millimetres.

Everything is measured from the upper left corner of an A4 page. ``render`` makes a text smaller until it fits its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from pingyi_desktop.reports.blocks import Align, Report


@dataclass(frozen=True)
class Words:
    """A text in its place; it wraps, and is set smaller than ``size`` points rather than leave the place."""

    x: float
    y: float
    width: float
    height: float
    text: str
    size: float = 10.5
    align: Align = "left"
    bold: bool = False
    at_top: bool = False
    """whether it begins at the upper edge; otherwise it stands in the middle of the height"""


@dataclass(frozen=True)
class Line:
    """A straight line, so many points thick."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: float = 0.5


@dataclass(frozen=True)
class Square:
    """A box to tick, or (``solid``) a mark in a corner."""

    x: float
    y: float
    side: float
    solid: bool = False


@dataclass(frozen=True)
class DrawnPage:
    """One page; ``wide`` when it lies on its side."""

    words: tuple[Words, ...]
    lines: tuple[Line, ...] = ()
    squares: tuple[Square, ...] = ()
    wide: bool = False


@dataclass(frozen=True)
class PrintedSheet:
    """One piece of paper, of one or more pages, printed ``copies`` times, whole one after the other."""

    name: str
    copies: int
    content: tuple[DrawnPage, ...] | Report


@dataclass(frozen=True)
class Pack:
    """What is printed for one session in one go; ``file_name`` has no ending."""

    title: str
    file_name: str
    sheets: tuple[PrintedSheet, ...]


def frame(x: float, y: float, width: float, height: float, weight: float = 0.5) -> tuple[Line, ...]:
    """The four sides of a rectangle."""
    right, bottom = x + width, y + height
    return (
        Line(x, y, right, y, weight),
        Line(x, bottom, right, bottom, weight),
        Line(x, y, x, bottom, weight),
        Line(right, y, right, bottom, weight),
    )
