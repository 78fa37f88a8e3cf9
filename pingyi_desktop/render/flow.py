"""Blocks as flowing pieces of a page: tables in the field's style, bars, facts, lines to sign.

Cells are plain strings wherever a string fits its column: a paragraph each would take three times as long. What is
too long, or has a character that the cell's font lacks, becomes a paragraph that wraps, or shrinks when it is a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, LongTable, Paragraph, Spacer, TableStyle
from reportlab.platypus.paraparser import ParaFrag

from pingyi_desktop.render import breaking
from pingyi_desktop.render.page import HEI, SONG, is_plain, runs, unprintable
from pingyi_desktop.reports.blocks import (
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
INDENT = "    "  # a paragraph that begins so stands two characters in, however many lines it takes
BEGINNING = 48 * mm  # a heading, its facts and the first row of its table are not torn


class _Sizes(NamedTuple):
    """Points of title, headings and paragraphs, and how far lines are apart in sizes of their text."""

    title: float
    heading: float
    body: float
    apart: float


ORDINARY, DOCUMENT = _Sizes(16, 11.5, 11, 1.3), _Sizes(22, 16, 16, 1.75)  # 公文: 二号, 三号, 28 points


def story(report: Report, width: float) -> list[Flowable]:
    """The whole report from its title to its last footnote, for a frame of this width in points."""
    sizes = DOCUMENT if report.document else ORDINARY
    found: list[Flowable] = [_text(report.title, HEI, sizes.title, TA_CENTER, after=sizes.title / 3)]
    subtitle = " ".join(filter(None, (report.subtitle, f"【{report.mark}】" if report.mark else "")))
    if subtitle:
        found.append(_text(subtitle, SONG, 12, TA_CENTER, after=3))
    if report.left or report.right:
        wanted = sum(stringWidth(run, name, SIZE) for name, run in runs(printed(report.right), SONG))
        right = min(wanted + 3 * PADDING, width * 0.55)  # the name of the unit has all that is left
        line = [
            [
                _text(_short(report.left, width - right), SONG, SIZE),
                _text(_short(report.right, right), SONG, SIZE, TA_RIGHT),
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
    notes = [_text(note, SONG, 9, before=3) for note in _notes(report)]
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
            return [_text(block.text, HEI, sizes.heading, before=7, after=4, keep=True)]
        case Para():
            return [_para(block, sizes)]
        case Bars():
            return [_bars(block, width)]
        case Signature():
            cells = [_text(_short(label, width / len(block.labels)), SONG, SIZE) for label in block.labels]
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
    return _text(text, SONG, sizes.body, align, before=gap, after=gap, indent=indent, apart=sizes.apart)


def _slip(slip: SlipBlock, width: float) -> LongTable:
    picture = 30 * mm
    text = width - picture - 4 * mm
    said = [
        _text(slip.title, HEI, 12, after=4),
        _text(slip.code, HEI, 19, after=4),
        *(_text(_short(line, text), SONG, 9) for line in slip.lines),
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
    return _text(text, HEI, _fitting(word, HEI, HEAD_SIZE, width) if len(word) <= 4 else HEAD_SIZE, TA_CENTER)


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
        return _text(text, font, SIZE)
    return _text(text, font, _fitting(text, font, SIZE, width), ALIGNMENTS[align])


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
            _text(label, HEI, size, TA_CENTER),
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
            _text(_short(bar.label, label), SONG, SIZE),
            _bar(bar.per_mille, room - 2 * PADDING),
            _text(_short(bar.text, end), SONG, SIZE),
        ]
        for bar in chart.bars
    ]
    title = _text(chart.title, HEI, 11, before=8, after=3)
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


def _text(
    text: str,
    font: str,
    size: float,
    alignment: int = TA_LEFT,
    *,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
    indent: float = 0,
    apart: float = ORDINARY.apart,
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
