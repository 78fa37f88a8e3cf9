"""Blocks as PDF: A4, repeated table headings, page numbers, embedded fonts; the same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from pingyi_desktop.errors import FileError
from pingyi_desktop.render.page import HEI, MARGIN, SONG, page_size, register_fonts, runs, unprintable
from pingyi_desktop.reports.blocks import (
    Bars,
    Block,
    Column,
    Facts,
    Para,
    Report,
    Row,
    Signature,
    Table,
    printed,
)

FOOT = 10 * mm
GREY = colors.Color(0.93, 0.93, 0.93)
ALIGNMENTS = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT}


def render_pdf(report: Report, out: Path | BinaryIO) -> None:
    """Write the report as PDF; a ``FileError`` sentence when the place cannot be written."""
    register_fonts()
    width, height = page_size(wide=report.landscape)
    frame = Frame(MARGIN, MARGIN + FOOT, width - 2 * MARGIN, height - 2 * MARGIN - FOOT, 0, 0, 0, 0)
    document = BaseDocTemplate(
        str(out) if isinstance(out, Path) else out,
        pagesize=(width, height),
        title=report.title,
        author="评议",
        initialFontName=SONG,
        invariant=1,
    )
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _mark(canvas, report)))
    try:
        document.build(_story(report, width - 2 * MARGIN), canvasmaker=_NumberedCanvas)
    except OSError as error:
        name = out.name if isinstance(out, Path) else "报表"
        raise FileError(f"“{name}”没有写成(正被打开、只读或磁盘已满),请关闭它或换一个位置。") from error


class _NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Draws “第 x 页 共 y 页” once the number of pages is known."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - reportlab's own arguments
        super().__init__(*args, **{**settings, "initialFontName": SONG})
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(SONG, 9)
            self.drawCentredString(self._pagesize[0] / 2, MARGIN, f"第 {number} 页  共 {len(self._pages)} 页")
            super().showPage()
        super().save()


def _mark(canvas: Canvas, report: Report) -> None:
    canvas.saveState()
    canvas.setFont(SONG, 8)
    canvas.drawString(MARGIN, MARGIN, report.number)
    if report.mark:
        canvas.setFillGray(0.9)
        canvas.setFont(HEI, 72)
        width, height = canvas._pagesize
        canvas.translate(width / 2, height / 2)
        canvas.rotate(30)
        canvas.drawCentredString(0, 0, report.mark)
    canvas.restoreState()


def _story(report: Report, width: float) -> list[Flowable]:
    story: list[Flowable] = [_text(report.title, HEI, 16, TA_CENTER, after=4)]
    if report.subtitle:
        story.append(_text(report.subtitle, SONG, 11, TA_CENTER, after=4))
    line = [[_text(report.left, SONG, 10), _text(report.right, SONG, 10, TA_RIGHT)]]
    story.append(_grid(line, [width * 0.55, width * 0.45], []))
    for block in report.blocks:
        story.extend(_block(block, width))
    rare = sorted(unprintable("".join(_texts(report))))
    notes = list(report.footnotes)
    if rare:
        notes.append(f"注:有 {len(rare)} 个生僻字字体里没有,以“〓”代替,原文见电子表格。")
    story.extend(_text(note, SONG, 9, before=3) for note in notes)
    return story


def _block(block: Block, width: float) -> list[Flowable]:
    match block:
        case Table():
            return [_table(block, width)]
        case Facts():
            return [_facts(block, width), Spacer(0, 3 * mm)]
        case Para():
            return [_text(block.text, SONG, 11, before=4, after=4)]
        case Bars():
            return [_bars(block, width)]
        case Signature():
            cells = [_text(label, SONG, 10.5) for label in block.labels]
            return [Spacer(0, 5 * mm), _grid([cells], [width / len(cells)] * len(cells), [])]


def _table(table: Table, width: float) -> LongTable:
    scale = width / sum(column.width_mm * mm for column in table.columns)
    widths = [column.width_mm * mm * scale for column in table.columns]
    head, style = _heading(table.columns)
    body = [_row(row, table.columns, widths) for row in table.rows]
    for number, row in enumerate(table.rows, len(head)):
        if row.kind == "section":
            style += [("SPAN", (0, number), (-1, number)), ("BACKGROUND", (0, number), (-1, number), GREY)]
    style += [
        ("BOX", (0, 0), (-1, -1), 1, colors.black),
        ("INNERGRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("BACKGROUND", (0, 0), (-1, len(head) - 1), GREY),
    ]
    return _grid(head + body, widths, style, repeat=len(head))


def _heading(columns: Sequence[Column]) -> tuple[list[list[Flowable | str]], list[tuple[Any, ...]]]:
    titles: list[Flowable | str] = [_text(c.title, HEI, 9, TA_CENTER) for c in columns]
    if not any(column.group for column in columns):
        return [titles], []
    groups: list[Flowable | str] = ["" for _ in columns]
    style: list[tuple[Any, ...]] = []
    at = 0
    for group, members in groupby(columns, key=lambda column: column.group):
        last = at + len(list(members)) - 1
        if group:
            groups[at] = _text(group, HEI, 9, TA_CENTER)
            style.append(("SPAN", (at, 0), (last, 0)))
        else:
            for place in range(at, last + 1):
                groups[place], titles[place] = titles[place], ""
                style.append(("SPAN", (place, 0), (place, 1)))
        at = last + 1
    return [groups, titles], style


def _row(row: Row, columns: Sequence[Column], widths: Sequence[float]) -> list[Flowable]:
    font = SONG if row.kind == "row" else HEI
    if row.kind == "section":
        return [_text(printed(row.cells[0]), font, 9.5)]
    return [
        _cell(printed(cell), font, width, ALIGNMENTS[column.align])
        for cell, column, width in zip(row.cells, columns, widths, strict=True)
    ]


def _cell(text: str, font: str, width: float, alignment: int) -> Flowable:
    """A cell in 9.5 points, smaller when a single word (a figure) would not fit its column."""
    size = 9.5
    while size > 6 and alignment != TA_LEFT and stringWidth(text, SONG, size) > width - 4:
        size -= 0.5
    return _text(text, font, size, alignment)


def _facts(facts: Facts, width: float) -> LongTable:
    cells: list[Flowable | str] = []
    for label, value in facts.pairs:
        cells += [_text(label, HEI, 9.5, TA_CENTER), _text(printed(value), SONG, 10)]
    per_line = facts.across * 2
    cells += [""] * (-len(cells) % per_line)
    lines = [cells[i : i + per_line] for i in range(0, len(cells), per_line)]
    share = width / facts.across
    box = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
    return _grid(lines, [share * 0.4, share * 0.6] * facts.across, box)


def _bars(chart: Bars, width: float) -> Drawing:
    step, label_width, end_width = 7 * mm, 42 * mm, 18 * mm
    room = width - label_width - end_width
    height = step * len(chart.bars) + 8 * mm
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 5 * mm, chart.title, fontName=HEI, fontSize=10))
    for number, bar in enumerate(chart.bars):
        y = height - 8 * mm - (number + 1) * step + 2 * mm
        length = room * bar.per_mille / 1000
        drawing.add(String(0, y + 1, bar.label, fontName=SONG, fontSize=9))
        drawing.add(Rect(label_width, y, room, 4 * mm, strokeWidth=0.3, fillColor=None))
        drawing.add(
            Rect(label_width, y, length, 4 * mm, strokeWidth=0.3, fillColor=colors.Color(0.6, 0.6, 0.6))
        )
        drawing.add(String(label_width + room + 2 * mm, y + 1, bar.text, fontName=SONG, fontSize=9))
    return drawing


def _grid(
    lines: list[list[Any]], widths: Sequence[float], style: list[tuple[Any, ...]], *, repeat: int = 0
) -> LongTable:
    common = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    padded = [line + [""] * (len(widths) - len(line)) for line in lines]
    return LongTable(padded, colWidths=list(widths), repeatRows=repeat, style=TableStyle(common + style))


def _text(
    text: str, font: str, size: float, alignment: int = TA_LEFT, *, before: float = 0, after: float = 0
) -> Paragraph:
    """Plain text as a paragraph; nothing in it is taken for markup."""
    style = ParagraphStyle(
        f"{font}-{size}-{alignment}-{before}-{after}",
        fontName=font,
        fontSize=size,
        leading=size * 1.3,
        alignment=alignment,
        spaceBefore=before,
        spaceAfter=after,
        wordWrap="CJK",
    )
    pieces = (
        escape(run).replace("\n", "<br/>") if name == font else f'<font name="{name}">{escape(run)}</font>'
        for name, run in runs(text, font)
    )
    return Paragraph("".join(pieces), style)


def _texts(report: Report) -> Iterable[str]:
    yield from (report.title, report.subtitle, report.left, report.right, *report.footnotes)
    for block in report.blocks:
        match block:
            case Table():
                for row in block.rows:
                    yield from map(printed, row.cells)
            case Facts():
                yield from (printed(value) for _, value in block.pairs)
            case Para():
                yield block.text
            case Bars():
                yield from (bar.label for bar in block.bars)
            case Signature():
                yield from block.labels
