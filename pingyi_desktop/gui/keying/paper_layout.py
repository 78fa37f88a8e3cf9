"""What is printed on a ballot and where its rows lie: items or members down, options across, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from pingyi_desktop.appraisal.paper.forms import Form

RULE_EVERY = 5
ROWS_PER_PAGE = {"A4_LANDSCAPE": 18, "A4_PORTRAIT": 30}
"""rows of a roster on one printed page (domain 5.7)"""


@dataclass(frozen=True)
class Layout:
    """What is printed on the paper: row captions (items, or members of a roster) and the columns of one row."""

    form: Form
    rows: tuple[str, ...]

    @property
    def items_per_row(self) -> int:
        """A roster row holds every item; any other form has one item a row."""
        return len(self.form.items) if self.form.is_roster else 1

    def options(self, row: int, item: int) -> tuple[str, ...]:
        """Labels of the options of a cell."""
        scale = self.form.items[item if self.form.is_roster else row].scale
        return tuple(option.label for option in scale.options)

    @property
    def widest(self) -> int:
        """Most options any cell has."""
        return max(len(item.scale.options) for item in self.form.items)

    @property
    def rows_per_page(self) -> int:
        """Rows before the paper has to be turned over; only rosters go over several pages."""
        return ROWS_PER_PAGE.get(self.form.paper, len(self.rows)) if self.form.is_roster else len(self.rows)

    def breaks_before(self, row: int) -> int:
        """Page breaks above a row."""
        return row // self.rows_per_page

    def starts_page(self, row: int) -> bool:
        """Whether a row is the first of a page after the first."""
        return row > 0 and row % self.rows_per_page == 0

    @property
    def pages(self) -> int:
        """Printed pages of one ballot."""
        return self.breaks_before(len(self.rows) - 1) + 1
