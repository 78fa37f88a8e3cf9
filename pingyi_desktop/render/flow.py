"""Blocks as flowing pieces of a page: tables in the field's style, bars, facts, lines to sign.

Cells are plain strings wherever a string fits its column: a paragraph each would take three times as long. What is
too long, or has a character that the cell's font lacks, becomes a paragraph that wraps, or shrinks when it is a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby, zip_longest
from typing import Any, NamedTuple

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    LongTable,
    PageBreak,
    Paragraph,
    Spacer,
    TableStyle,
)

from pingyi_desktop.render.page import HEI, SONG, is_plain, runs, unprintable
from pingyi_desktop.render.paragraphs import APART, paragraph
from pingyi_desktop.reports.blocks import (
    INDENT,
    Bars,
    Block,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    SlipBlock,
    Table,
    printed,
)

Style = list[tuple[Any, ...]]
GREY, BAR = colors.Color(0.93, 0.93, 0.93), colors.Color(0.6, 0.6, 0.6)
ALIGNMENTS = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT}
SIZE, LEADING, SMALLEST = 10.5, 13.6, 6.5  # 五号; with the padding a row is 7 mm high
HEAD_SIZE, LEGIBLE = 10, 8
PADDING, ABOVE = 2.5, 3.1
TALLEST = 30  # lines in a cell: a row cannot be longer than a page
BEGINNING = 48 * mm  # a heading, its facts and the first row of its table are not torn


class _Sizes(NamedTuple):
    """Points of title, headings and paragraphs, and how far lines are apart in sizes of their text."""

    title: float
    heading: float
    body: float
    apart: float


ORDINARY, DOCUMENT = _Sizes(16, 11.5, 11, APART), _Sizes(22, 16, 16, 1.75)  # 公文: 二号, 三号, 28 points


def story(report: Report, width: float) -> list[Flowable]:
    """The whole report from its title to its last footnote, for a frame of this width in points."""
    sizes = DOCUMENT if report.document else ORDINARY
    found: list[Flowable] = [paragraph(report.title, HEI, sizes.title, TA_CENTER, after=sizes.title / 3)]
    subtitle = " ".join(filter(None, (report.subtitle, f"【{report.mark}】" if report.mark else "")))
    if subtitle:
        found.append(paragraph(subtitle, SONG, 12, TA_CENTER, after=3))
    if report.left or report.right:
        wanted = sum(stringWidth(run, name, SIZE) for name, run in runs(printed(report.right), SONG))
        right = min(wanted + 3 * PADDING, width * 0.55)  # the name of the unit has all that is left
        line = [
            [
                paragraph(_short(report.left, width - right), SONG, SIZE),
                paragraph(_short(report.right, right), SONG, SIZE, TA_RIGHT),
            ]
        ]
        found.append(_grid(line, [width - right, right], []))
    body = len(report.blocks)
    while body and isinstance(report.blocks[body - 1], Para | Signature):
        body -= 1
    for block, after in zip_longest(report.blocks[:body], report.blocks[1:body]):
        if isinstance(block, Heading) and isinstance(after, Facts):
            found.append(CondPageBreak(BEGINNING))
        found.extend(_block(block, width, sizes))
        if isinstance(block, Table) and isinstance(after, Table):
            found.append(Spacer(0, 2 * mm))
    ending = [piece for block in report.blocks[body:] for piece in _block(block, width, sizes)]
    notes = [paragraph(note, SONG, 9, before=3) for note in _notes(report)]
    return [*found, KeepTogether([*ending, *notes])]


def _notes(report: Report) -> list[str]:
    rare = unprintable("".join(map(printed, texts(report))))
    listed = "、".join(f"U+{ord(character):X}" for character in sorted(rare))
    told = f"注：有 {len(rare)} 个生僻字字体里没有，以“〓”代替（{listed}），请在纸上手写补正。"
    return [*report.footnotes, *([told] if rare else [])]


def texts(report: Report) -> Iterable[str]:
    """Every text of the report."""
    yield from (report.title, report.subtitle, report.left, report.right, *report.footnotes)
    for block in report.blocks:
        match block:
            case Table():
                for column in block.columns:
                    yield from (column.title, column.group)
                for row in block.rows:
                    yield from map(printed, row.cells)
            case Facts():
                for label, value in block.pairs:
                    yield from (label, printed(value))
            case Para() | Heading():
                yield printed(block.text)
            case Bars():
                yield printed(block.title)
                for bar in block.bars:
                    yield from (printed(bar.label), bar.text)
            case Signature():
                yield from block.labels
            case SlipBlock():
                yield from map(printed, (block.title, block.code, *block.lines))


def _block(block: Block, width: float, sizes: _Sizes) -> list[Flowable]:
    match block:
        case Table():
            return [_table(block, width)]
        case Facts():
            return [_facts(block, width), Spacer(0, 3 * mm)]
        case Heading():
            heading = paragraph(block.text, HEI, sizes.heading, before=7, after=4, keep=True)
            return [PageBreak(), heading] if block.overleaf else [heading]
        case Para():
            return [_para(block, sizes)]
        case Bars():
            return [_bars(block, width)]
        case Signature():
            cells = [
                paragraph(_short(label, width / len(block.labels)), SONG, SIZE) for label in block.labels
            ]
            return [
                Spacer(0, 4 * mm),
                _grid([cells], [width / len(cells)] * len(cells), []),
                Spacer(0, 3 * mm),
            ]
        case SlipBlock():
            return [KeepTogether([_slip(block, width)])]


def _para(block: Para, sizes: _Sizes) -> Paragraph:
    indent = 2 * sizes.body * block.text.startswith(INDENT)
    text = block.text.removeprefix(INDENT)
    align = ALIGNMENTS[block.align]
    gap = 4 * (sizes is ORDINARY)
    return paragraph(text, SONG, sizes.body, align, before=gap, after=gap, indent=indent, apart=sizes.apart)


def _slip(slip: SlipBlock, width: float) -> LongTable:
    picture = 30 * mm
    text = width - picture - 4 * mm
    said = [
        paragraph(slip.title, HEI, 12, after=4),
        paragraph(slip.code, HEI, 19, after=4),
        *(paragraph(_short(line, text), SONG, 9) for line in slip.lines),
    ]
    cut: Style = [("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black, "butt", (3, 3))]
    return _grid([[said, _qr(slip.code, picture)]], [text, picture + 4 * mm], cut)


def _qr(code: str, side: float) -> Drawing:
    """The digits alone, so that a hand scanner types them as they are."""
    made = QrCodeWidget("".join(filter(str.isdigit, code)), barLevel="M")
    left, bottom, right, top = made.getBounds()
    drawing = Drawing(side, side, transform=[side / (right - left), 0, 0, side / (top - bottom), 0, 0])
    drawing.add(made)
    return drawing


def _table(table: Table, width: float) -> LongTable:
    scale = width / sum(column.width_mm for column in table.columns)
    widths = [column.width_mm * scale for column in table.columns]
    lines, style = _heading(table.columns, widths)
    head = len(lines)
    style += [
        ("BACKGROUND", (0, 0), (-1, head - 1), GREY),
        ("BOX", (0, 0), (-1, -1), 1, colors.black),
        ("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("ALIGN", (0, 0), (-1, head - 1), "CENTER"),
        *(("ALIGN", (n, head), (n, -1), c.align.upper()) for n, c in enumerate(table.columns)),
    ]
    last = head + len(table.rows) - 1
    for number, row in enumerate(table.rows, head):
        lines.append(_row(row, table.columns, widths))
        if row.kind == "section":
            style += [("SPAN", (0, number), (-1, number)), ("BACKGROUND", (0, number), (-1, number), GREY)]
            style.append(("ALIGN", (0, number), (-1, number), "LEFT"))
            style.append(("NOSPLIT", (0, number), (0, min(number + 1, last))))
        if row.kind != "row":
            style += [("FONTNAME", (0, number), (-1, number), HEI)]
        if row.kind == "total" and number > head:
            style.append(("NOSPLIT", (0, number - 1), (0, number)))
    return _grid(lines, widths, style, repeat=head)


def _heading(
    columns: Sequence[ReportColumn], widths: Sequence[float]
) -> tuple[list[list[Flowable | str]], Style]:
    titles: list[Flowable | str] = [
        _title(column.title, width) for column, width in zip(columns, widths, strict=True)
    ]
    if not any(column.group for column in columns):
        return [titles], []
    groups: list[Flowable | str] = ["" for _ in columns]
    style: Style = []
    at = 0
    for group, members in groupby(columns, key=lambda column: column.group):
        last = at + len(list(members)) - 1
        if group:
            groups[at] = _title(group, sum(widths[at : last + 1]))
            style.append(("SPAN", (at, 0), (last, 0)))
        else:
            for place in range(at, last + 1):
                groups[place], titles[place] = titles[place], ""
                style.append(("SPAN", (place, 0), (place, 1)))
        at = last + 1
    return [groups, titles], style


def _title(text: str, width: float) -> Flowable:
    """A column's title; a word of up to four characters shrinks rather than breaks, or stands as two and two."""
    text = _short(text, width)
    word = max(re.split(r"[（\n]", text), key=len)
    if len(word) == 4 and _fitting(word, HEI, HEAD_SIZE, width) < LEGIBLE:
        text = text.replace(word, f"{word[:2]}\n{word[2:]}")
        word = word[:2]
    return paragraph(
        text, HEI, _fitting(word, HEI, HEAD_SIZE, width) if len(word) <= 4 else HEAD_SIZE, TA_CENTER
    )


def _row(row: Row, columns: Sequence[ReportColumn], widths: Sequence[float]) -> list[Flowable | str]:
    font = SONG if row.kind == "row" else HEI
    if row.kind == "section":
        return [_cell(printed(row.cells[0]), font, sum(widths), "left")]
    return [
        _cell(printed(cell), font, width, column.align)
        for cell, column, width in zip(row.cells, columns, widths, strict=True)
    ]


def _cell(text: str, font: str, width: float, align: str) -> Flowable | str:
    if _fits(text, font, width):
        return text
    text = _short(text, width)
    if align == "left":
        return paragraph(text, font, SIZE)
    return paragraph(text, font, _fitting(text, font, SIZE, width), ALIGNMENTS[align])


def _short(text: str, width: float) -> str:
    """A text that a cell of this width can hold; the rest is left to the spreadsheet."""
    most = TALLEST * max(1, int((width - 2 * PADDING) / SIZE))
    if len(text) <= most:
        return text
    return f"{text[:most]}……（共 {len(text)} 字，全文见电子表格）"


@cache
def _fits(text: str, font: str, width: float) -> bool:
    return is_plain(text, font) and stringWidth(text, font, SIZE) <= width - 2 * PADDING


def _fitting(text: str, font: str, size: float, width: float) -> float:
    """The size at which a text that should not break fits, though never too small to be read."""
    while size > SMALLEST and stringWidth(text, font, size) > width - 2 * PADDING:
        size -= 0.5
    return size


def _facts(facts: Facts, width: float) -> LongTable:
    share = width / facts.across
    label_width = share * (0.4 if facts.across < 4 else 0.55)
    cells: list[Flowable | str] = []
    for label, value in ((_short(label, label_width), value) for label, value in facts.pairs):
        size = _fitting(label, HEI, HEAD_SIZE, label_width)
        cells += [
            paragraph(label, HEI, size, TA_CENTER),
            _cell(printed(value), SONG, share - label_width, "left"),
        ]
    per_line = facts.across * 2
    cells += [""] * (-len(cells) % per_line)
    lines = [cells[i : i + per_line] for i in range(0, len(cells), per_line)]
    box: Style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("BOX", (0, 0), (-1, -1), 1, colors.black)]
    return _grid(lines, [label_width, share - label_width] * facts.across, box)


def _bars(chart: Bars, width: float) -> KeepTogether:
    label, end = 50 * mm, 24 * mm
    room = min(width - label - end, 150 * mm)
    lines: list[list[Any]] = [
        [
            paragraph(_short(bar.label, label), SONG, SIZE),
            _bar(bar.per_mille, room - 2 * PADDING),
            paragraph(_short(bar.text, end), SONG, SIZE),
        ]
        for bar in chart.bars
    ]
    title = paragraph(chart.title, HEI, 11, before=8, after=3)
    return KeepTogether([title, _grid(lines, [label, room, width - label - room], [])])


def _bar(per_mille: int, room: float) -> Drawing:
    drawing = Drawing(room, 4 * mm)
    drawing.add(Rect(0, 0, room, 4 * mm, strokeWidth=0.3, fillColor=None))
    drawing.add(Rect(0, 0, room * per_mille / 1000, 4 * mm, strokeWidth=0.3, fillColor=BAR))
    return drawing


def _grid(lines: list[list[Any]], widths: Sequence[float], style: Style, *, repeat: int = 0) -> LongTable:
    everywhere = ((0, 0), (-1, -1))
    common: Style = [
        ("FONT", *everywhere, SONG, SIZE, LEADING),
        ("VALIGN", *everywhere, "MIDDLE"),
        ("LEFTPADDING", *everywhere, PADDING),
        ("RIGHTPADDING", *everywhere, PADDING),
        ("TOPPADDING", *everywhere, ABOVE),
        ("BOTTOMPADDING", *everywhere, ABOVE),
    ]
    padded = [line + [""] * (len(widths) - len(line)) for line in lines]
    return LongTable(padded, colWidths=list(widths), repeatRows=repeat, style=TableStyle(common + style))
