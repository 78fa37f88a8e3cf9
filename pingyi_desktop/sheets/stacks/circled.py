"""Rows of circled digits (③ ① ②) in a table of ballots: a header in an order of its own, or a ballot? Pure.

Never a guess: a header has plain rows below it, and nobody marks his ballot with circled digits in the same table.
"""

from __future__ import annotations

from pingyi_desktop.sheets.grid.columns import SheetHeader
from pingyi_desktop.sheets.grid.grid import Grid, Row
from pingyi_desktop.sheets.stacks.ballot_words import CIRCLED


def is_circled(row: Row) -> bool:
    """Whether a row says circled digits and nothing else."""
    said = [cell for cell in row if cell]
    return bool(said) and all(cell in CIRCLED for cell in said)


def is_marks(row: Row) -> bool:
    """Whether a row says digits only, and not circled ones only: a ballot, whatever titles these digits may be."""
    said = [cell for cell in row if cell]
    return all(isinstance(cell, str) and cell.isdigit() for cell in said) and not is_circled(row)


def mark_ballots(grid: Grid, number: int, first: int) -> bool:
    """Whether ballots below row ``first`` are marked with circled digits: a row of them has not just those of this row."""
    titles = {cell for cell in grid.row(number) if cell}
    rows = ([cell for cell in row if cell] for _, row in grid.below(first) if is_circled(row))
    return any(len(row) != len(titles) or set(row) != titles for row in rows)


def is_under_titles(grid: Grid, header: SheetHeader) -> bool:
    """Whether a row of circled digits that would be the first header is a ballot below titles that nobody knows."""
    titled = any(sum(map(bool, row)) >= len(header.places) for _, row in grid.above(header.first))
    return titled and is_circled(header.titles) and mark_ballots(grid, header.row, header.row)


def is_header(grid: Grid, number: int, first: int) -> bool:
    """Whether a row of circled digits below the header in row ``first`` can be nothing else than another header."""
    below = next((row for _, row in grid.below(number)), ())
    if not below or is_circled(below):
        return False
    return not mark_ballots(grid, number, first) and not any(
        cell in CIRCLED for _, row in grid.below(first) if not is_circled(row) for cell in row if cell
    )
