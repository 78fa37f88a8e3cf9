"""Counts copied from a spreadsheet: the block on the clipboard, and why it does not fit. No window."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pingyi_desktop.bounds import DIGITS as DIGITS


def read_block(text: str) -> list[list[str]]:
    """The cells of a copied block, line by line, every line as long as the longest; full-width digits as digits."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    cells = [[unicodedata.normalize("NFKC", cell).strip() for cell in line.split("\t")] for line in lines]
    width = max(len(line) for line in cells)
    return [line + [""] * (width - len(line)) for line in cells]


def complaint(block: Sequence[Sequence[str]], room: Sequence[Sequence[bool]], start: str) -> str:
    """Why the block cannot be put into the cells from ``start`` on, "" when it can.

    ``room`` says line by line which of them take a number; where none is taken, the block may be empty or 0.
    """
    rows, columns = len(block), len(block[0])
    down, across = len(room), len(room[0]) if room else 0
    if rows > down or columns > across:
        return (
            f"复制的是 {rows} 行 {columns} 列，从{start}起只放得下 {down} 行 {across} 列，没有粘贴。"
            "请只复制票数（不带表头和合计），再选对开始的格。"
        )
    for number, (line, free) in enumerate(zip(block, room, strict=False), 1):
        for place, (cell, takes) in enumerate(zip(line, free, strict=False), 1):
            where = f"复制的第 {number} 行第 {place} 列"
            if cell and not (cell.isascii() and cell.isdigit() and len(cell) <= DIGITS):
                return f"{where}是“{cell[:10]}”，不是整数，没有粘贴。请只复制票数，不带文字和小数。"
            if not takes and cell.strip("0"):
                return f"{where}是 {cell}，可是这一项没有这一档，没有粘贴。请核对列的次序。"
    return ""
