"""Charts as descriptions: what is drawn and what it says, told once for the window and for paper; no figure is a float.

Rates lie between 90 and 100 %, where bars from zero are all alike: a dot plot stands on an axis that is cut, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pingyi_desktop.visible import with_percent

FULL = 100
STEPS = {90: 2, 80: 5, 70: 10, 60: 10, 50: 10, 0: 20}
"""where an axis may begin, in per cent, and how far apart its hairlines are then"""
NEGATIVE, UNKNOWN = "NEGATIVE", "UNKNOWN"
LOOKS = {NEGATIVE: "（斜线）", UNKNOWN: "（灰色）"}
"""polarities of options (``forms.Option``) that are drawn in their own way, and how that is told"""


@dataclass(frozen=True)
class Dot:
    """One row: ``rate`` and ``former`` (of the period before) in per cent, None where there is no dot to draw.

    ``text`` is the rate as tables print it, or the words in its place; ``marks`` what it was made from, “244/245”.
    """

    label: str
    rate: Decimal | None
    text: str
    marks: str = ""
    former: Decimal | None = None

    @property
    def printed(self) -> str:
        """The figures in one text."""
        before = "" if self.former is None else f"，上期 {self.former}%"
        return f"{self.text}（{self.marks}）{before}" if self.marks else f"{self.text}{before}"


@dataclass(frozen=True)
class DotPlot:
    """Rates one below the other in the order they are given, on one axis that ends at 100 %."""

    rows: tuple[Dot, ...]

    @property
    def start(self) -> int | None:
        """Where the axis begins, in per cent: the largest cut below every dot; None when there is no dot."""
        rates = [rate for row in self.rows for rate in (row.rate, row.former) if rate is not None]
        return next((cut for cut in STEPS if cut < min(rates)), 0) if rates else None

    @property
    def ticks(self) -> tuple[int, ...]:
        """The per cents that have a hairline, from the start to 100."""
        return () if self.start is None else tuple(range(self.start, FULL + 1, STEPS[self.start]))

    @property
    def note(self) -> str:
        """What has to be known to read it, in words; "" when that is nothing."""
        cut = f"横轴从 {self.start}% 起，不是从 0 起" if self.start else ""
        before = "空心点是上期" if any(row.former is not None for row in self.rows) else ""
        return "；".join(part for part in (cut, before) if part)

    def place(self, rate: Decimal | int, width: int) -> int:
        """How far from the start of an axis of this width a rate lies, in the units of the width; never outside."""
        start = self.start or 0
        return min(max(int((rate - start) * width // (FULL - start)), 0), width)


@dataclass(frozen=True)
class Part:
    """The marks of one option; ``polarity`` is the option's own."""

    label: str
    marks: int
    polarity: str


@dataclass(frozen=True)
class Stack:
    """How one item's marks lie over the options, best first; ``instead`` are the words when no marks are told."""

    label: str
    parts: tuple[Part, ...]
    instead: str = ""

    @property
    def printed(self) -> str:
        """The figures in one text."""
        return self.instead or "，".join(f"{part.label} {part.marks}" for part in self.parts)

    @property
    def worst(self) -> str:
        """The negative options with their marks: printed beside the bar, where they are too narrow to be seen."""
        negative = [part for part in self.parts if part.polarity == NEGATIVE]
        return self.instead or "，".join(f"{part.label} {part.marks}" for part in negative)

    def edges(self, width: int) -> tuple[int, ...]:
        """Where the parts of a bar of this width begin, and where the last one ends, in the units of the width."""
        whole, places, so_far = sum(part.marks for part in self.parts), [0], 0
        for part in self.parts:
            so_far += part.marks
            places.append(so_far * width // whole if whole else 0)
        return tuple(places)


@dataclass(frozen=True)
class Stacks:
    """100 % bars one below the other, each of all marks of its item."""

    rows: tuple[Stack, ...]

    @property
    def note(self) -> str:
        """How its bars are read, in words, once for each scale."""
        scales = dict.fromkeys(tuple((part.label, part.polarity) for part in row.parts) for row in self.rows)
        said = "；".join(_reading(scale) for scale in scales if scale)
        return f"从左到右：{said}" if said else ""


def dot(label: str, shown: str, *, satisfied: int, denominator: int, former: Decimal | None = None) -> Dot:
    """A row from what tables show of an item: a rate without its sign, or words (“—”, “样本不足”), which get no dot."""
    if not shown[:1].isdigit():
        return Dot(label, None, shown)
    return Dot(label, Decimal(shown), with_percent(shown), f"{satisfied}/{denominator}", former)


def stack(label: str, shown: str, parts: tuple[Part, ...]) -> Stack:
    """A bar from the same; where tables show words in place of the rate, no marks are told."""
    return Stack(label, parts) if shown[:1].isdigit() else Stack(label, (), shown)


def _reading(scale: tuple[tuple[str, str], ...]) -> str:
    return "、".join(f"{label}{LOOKS.get(polarity, '')}" for label, polarity in scale)
