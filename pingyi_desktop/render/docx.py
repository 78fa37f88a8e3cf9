"""Blocks as a text document for WPS and Word: the same figures to the character, to be written on by people.

Written here and not with a library: the one there is brings a second XML parser, which openpyxl would then read other
people's sheets with, and which the bundle has no room for. What is needed of the format (ECMA-376) is paragraphs and tables.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, NamedTuple
from xml.sax.saxutils import escape

from pingyi_desktop import saving, visible
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

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
MADE = (1980, 1, 1, 0, 0, 0)
TWIPS = 56.69  # of a millimetre
EDGE = 40  # twips between a figure and the line beside it: those of 13 mm columns have to fit
A4 = 210, 297


class _Margins(NamedTuple):
    """Millimetres of the paper that stay empty."""

    left: int
    right: int
    top: int
    bottom: int


class _Look(NamedTuple):
    """A run of text: font, size in points, bold; and of its paragraph where it stands and how far lines are apart (points)."""

    font: str
    size: float
    bold: bool = False
    align: str = "left"
    apart: int = 0
    indent: bool = False
    before: int = 0


OFFICIAL, USUAL = _Margins(28, 26, 37, 35), _Margins(15, 15, 15, 18)
TITLE = {
    True: _Look("宋体", 22, bold=True, align="center", apart=32),
    False: _Look("黑体", 16, align="center"),
}
HEADING = {True: _Look("黑体", 16, apart=28), False: _Look("黑体", 12, before=6)}
BODY = {True: _Look("仿宋", 16, apart=28), False: _Look("宋体", 11)}
CELL, HEAD, NOTE = _Look("宋体", 10.5), _Look("黑体", 10, align="center"), _Look("宋体", 9)
BOLD = _Look("黑体", 10.5)


def render_docx(report: Report, out: Path | BinaryIO) -> None:
    """Write the report as .docx; a ``FileError`` sentence when the place cannot be written."""
    made = BytesIO() if isinstance(out, Path) else out
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(report):
            archive.writestr(zipfile.ZipInfo(name, MADE), XML + text, zipfile.ZIP_DEFLATED)
    if isinstance(out, Path) and isinstance(made, BytesIO):
        saving.save(out, made.getvalue())


def _parts(report: Report) -> Iterator[tuple[str, str]]:
    """The files inside the document."""
    title = escape(visible.line(printed(report.title)))
    yield (
        "[Content_Types].xml",
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{TYPES}.document.main+xml"/>'
        f'<Override PartName="/word/footer1.xml" ContentType="{TYPES}.footer+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{RELATIONS}/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>",
    )
    yield (
        "word/_rels/document.xml.rels",
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="r1" Type="{OFFICE}/footer" Target="footer1.xml"/></Relationships>',
    )
    yield (
        "docProps/core.xml",
        f'<cp:coreProperties xmlns:cp="{RELATIONS.replace("relationships", "metadata/core-properties")}" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>评议</dc:creator></cp:coreProperties>",
    )
    yield "word/footer1.xml", f'<w:ftr xmlns:w="{MAIN}">{_page_number()}</w:ftr>'
    yield (
        "word/document.xml",
        f'<w:document xmlns:w="{MAIN}" xmlns:r="{OFFICE}"><w:body>{"".join(_body(report))}</w:body></w:document>',
    )


def _body(report: Report) -> Iterator[str]:
    margins = OFFICIAL if report.document else USUAL
    paper = A4[::-1] if report.landscape else A4
    width = paper[0] - margins.left - margins.right
    yield _text(report.title, TITLE[report.document])
    said = " ".join(filter(None, (report.subtitle, f"【{report.mark}】" if report.mark else "")))
    yield _text(said, CELL._replace(align="center", size=12)) if said else ""
    if report.left or report.right:
        yield _grid([[(report.left, CELL), (report.right, CELL._replace(align="right"))]], [width / 2] * 2)
    for block in report.blocks:
        yield _block(block, width, document=report.document)
    for note in report.footnotes:
        yield _text(note, NOTE)
    wide = ' w:orient="landscape"' if report.landscape else ""
    edges = " ".join(f'w:{side}="{_twips(mm)}"' for side, mm in margins._asdict().items())
    yield (
        '<w:sectPr><w:footerReference w:type="default" r:id="r1"/>'
        f'<w:pgSz w:w="{_twips(paper[0])}" w:h="{_twips(paper[1])}"{wide}/>'
        f'<w:pgMar {edges} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )


def _block(block: Block, width: float, *, document: bool) -> str:
    match block:
        case Table():
            return _table(block, width)
        case Facts():
            return _facts(block, width)
        case Heading():
            return _text(block.text, HEADING[document], keep=True, overleaf=block.overleaf)
        case Para():
            body = BODY[document]._replace(align=block.align, indent=block.text.startswith(INDENT))
            return _text(block.text.removeprefix(INDENT), body)
        case Bars():
            rows = [[(bar.label, CELL), (bar.text, CELL)] for bar in block.bars]
            return _text(block.title, HEADING[False], keep=True) + _grid(rows, [width * 0.6, width * 0.4])
        case Signature():
            share = width / len(block.labels)
            return _text("", NOTE) + _grid(
                [[(label, CELL) for label in block.labels]], [share] * len(block.labels)
            )
        case SlipBlock():
            lines = "".join(_text(line, CELL) for line in block.lines)
            return (
                _text(block.title, HEADING[False], keep=True)
                + _text(block.code, TITLE[False], keep=True)
                + lines
            )


def _table(table: Table, width: float) -> str:
    scale = width / sum(column.width_mm for column in table.columns)
    widths = [column.width_mm * scale for column in table.columns]
    lines = [*_heading(table.columns, widths), *(_row(row, table.columns, widths) for row in table.rows)]
    return _framed(lines, widths)


def _heading(columns: Sequence[ReportColumn], widths: Sequence[float]) -> Iterator[str]:
    """One line of titles, or two where neighbours have a heading in common; repeated on every page."""
    grouped = any(column.group for column in columns)
    if grouped:
        cells, at = [], 0
        for group, members in groupby(columns, key=lambda column: column.group):
            many = len(list(members))
            if group:
                cells.append(_cell(group, HEAD, sum(widths[at : at + many]), span=many))
            else:
                pairs = zip(columns[at : at + many], widths[at : at + many], strict=True)
                cells += [_cell(one.title, HEAD, mm, merge="restart") for one, mm in pairs]
            at += many
        yield _line(cells, head=True)
    yield _line(
        [
            _cell("", HEAD, mm, merge="continue") if grouped and not one.group else _cell(one.title, HEAD, mm)
            for one, mm in zip(columns, widths, strict=True)
        ],
        head=True,
    )


def _row(row: Row, columns: Sequence[ReportColumn], widths: Sequence[float]) -> str:
    look = CELL if row.kind == "row" else BOLD
    if row.kind == "section":
        return _line([_cell(printed(row.cells[0]), look, sum(widths), span=len(widths))])
    return _line(
        [
            _cell(printed(cell), look._replace(align=one.align), mm)
            for cell, one, mm in zip(row.cells, columns, widths, strict=True)
        ]
    )


def _facts(facts: Facts, width: float) -> str:
    share = width / facts.across
    widths = [share * 0.4, share * 0.6] * facts.across
    cells = [one for label, value in facts.pairs for one in ((label, HEAD), (printed(value), CELL))]
    cells += [("", CELL)] * (-len(cells) % len(widths))
    lines = [cells[at : at + len(widths)] for at in range(0, len(cells), len(widths))]
    return _framed(
        [_line([_cell(*c, mm) for c, mm in zip(line, widths, strict=True)]) for line in lines], widths
    )


def _grid(lines: Sequence[Sequence[tuple[str, _Look]]], widths: Sequence[float]) -> str:
    """Texts side by side without a frame."""
    made = [_line([_cell(*c, mm) for c, mm in zip(line, widths, strict=True)]) for line in lines]
    return _framed(made, widths, frame="none")


def _framed(lines: Iterable[str], widths: Sequence[float], frame: str = "single") -> str:
    """A table and the paragraph behind it: two that touch are one table, and nothing may end with one."""
    edges = "".join(
        f'<w:{edge} w:val="{frame}" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    edge = "".join(f'<w:{side} w:w="{EDGE}" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
    grid = "".join(f'<w:gridCol w:w="{_twips(mm)}"/>' for mm in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{edge}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>{_text('', NOTE)}"
    )


def _line(cells: Sequence[str], *, head: bool = False) -> str:
    repeated = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, look: _Look, width: float, *, span: int = 1, merge: str = "") -> str:
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    tall = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' if look is HEAD else ""
    about = f'<w:tcW w:w="{_twips(width)}" w:type="dxa"/>{wide}{tall}{shade}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{_text(text, look)}</w:tc>"


def _text(text: str, look: _Look, *, keep: bool = False, overleaf: bool = False) -> str:
    """One paragraph; a line feed inside it is a new line."""
    apart = f'w:line="{look.apart * 20}" w:lineRule="exact" ' if look.apart else ""
    about = (
        ("<w:keepNext/>" if keep else "")
        + ("<w:pageBreakBefore/>" if overleaf else "")
        + f'<w:spacing w:before="{look.before * 20}" w:after="0" {apart}/>'
        + ('<w:ind w:firstLineChars="200" w:firstLine="640"/>' if look.indent else "")
        + f'<w:jc w:val="{look.align}"/>'
    )
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in printed(text).split("\n")
    )
    return f"<w:p><w:pPr>{about}{_run(look)}</w:pPr><w:r>{_run(look)}{lines}</w:r></w:p>"


def _run(look: _Look) -> str:
    bold = "<w:b/>" if look.bold else ""
    fonts = " ".join(f'w:{kind}="{look.font}"' for kind in ("ascii", "hAnsi", "eastAsia", "cs"))
    size = round(look.size * 2)
    return f'<w:rPr><w:rFonts {fonts}/>{bold}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def _page_number() -> str:
    look = NOTE._replace(align="center", size=10.5)
    field = "".join(
        f"<w:r>{_run(look)}{piece}</w:r>"
        for piece in (
            "<w:t>— </w:t>",
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="end"/>',
            "<w:t> —</w:t>",
        )
    )
    return f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{field}</w:p>'


def _twips(mm: float) -> int:
    return round(mm * TWIPS)
