"""The colours of the window, in one table: every name has a light and a dark value, and there are no others.

What paints itself asks for ``colour("ink")`` when it paints, so that it follows the theme; what mirrors a sheet of paper asks
for ``on_paper("ink")``, because paper stays white in the dark theme too.
"""

from __future__ import annotations

from PySide6.QtGui import QColor

LIGHT, DARK = 0, 1
TOKENS: dict[str, tuple[str, str]] = {
    "bg": ("#F4F3F0", "#17191C"),
    "surface": ("#FFFFFF", "#1F2226"),
    "raised": ("#FAF9F7", "#24282D"),
    "line": ("#DEDAD3", "#343A41"),
    "line2": ("#C9C3B8", "#4A515A"),
    "ink": ("#1E2226", "#ECEEF0"),
    "ink2": ("#565C63", "#B4BAC1"),
    "ink3": ("#7A8087", "#8E959D"),
    "brand": ("#9A1B1E", "#E06B66"),
    "brand_ink": ("#7E1417", "#F0928D"),
    "brand_soft": ("#F7E8E6", "#3A2424"),
    "primary": ("#9A1B1E", "#BF3B3B"),
    "primary_over": ("#7E1417", "#A93333"),
    "on_primary": ("#FFFFFF", "#FFFFFF"),
    "bar": ("#7E1417", "#3A1216"),
    "bar_soft": ("#8F3235", "#54292D"),
    "on_bar": ("#FFFFFF", "#F4E9E8"),
    "blue": ("#1F5C99", "#7FB2E5"),
    "blue_soft": ("#E6EFF8", "#22303F"),
    "ok": ("#1D6B43", "#6CC495"),
    "ok_soft": ("#E3F1E9", "#1F3329"),
    "warn": ("#8A5A00", "#E2B04A"),
    "warn_soft": ("#FBF0D9", "#38301C"),
    "bad": ("#B42318", "#F08A80"),
    "bad_soft": ("#FCE8E6", "#3D2625"),
}
_theme = [LIGHT]


def use(theme: int) -> None:
    """Answer with the light or the dark colours from now on."""
    _theme[0] = theme


def theme() -> int:
    """Which of the two is used: ``LIGHT`` or ``DARK``."""
    return _theme[0]


def colour(name: str) -> QColor:
    """A colour of the theme that is used now."""
    return QColor(TOKENS[name][_theme[0]])


def on_paper(name: str) -> QColor:
    """The same colour as it is on white paper, whatever the theme."""
    return QColor(TOKENS[name][LIGHT])


def between(first: str, last: str, step: int, steps: int) -> QColor:
    """The colour that lies ``step`` of ``steps`` on the way from one to another."""
    one, other = colour(first), colour(last)
    ends = (one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue())
    return QColor(*(a + (b - a) * step // max(1, steps) for a, b in ends))
