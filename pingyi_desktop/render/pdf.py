"""Blocks as PDF: A4, repeated table headings, page numbers, embedded fonts; the same report gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from pingyi_desktop import saving, visible
from pingyi_desktop.errors import FileError
from pingyi_desktop.render.flow import story
from pingyi_desktop.render.page import HEI, MARGIN, SONG, page_size, register_fonts, runs
from pingyi_desktop.reports.blocks import Report, printed

FOOT = 9 * mm
OFFICIAL = 28 * mm, 26 * mm, 37 * mm, 35 * mm
"""left, right, top and bottom of documents (GB/T 9704)"""


def render_pdf(report: Report, out: Path | BinaryIO) -> None:
    """Write the report as PDF; a ``FileError`` sentence when the place cannot be written."""
    made = BytesIO() if isinstance(out, Path) else out
    flow_into(report, made, NumberedCanvas)
    if isinstance(out, Path) and isinstance(made, BytesIO):
        saving.save(out, made.getvalue())


def render_each(reports: Mapping[str, Report], out: Path) -> list[Path]:
    """A PDF for each report under its name (without an ending) in the folder: all of them or none, and none replaced."""
    paths = [out / f"{name}.pdf" for name in reports]
    for path in paths:
        if path.exists():
            raise FileError(f"“{path.name}”已经存在，没有改动它；请换一个空文件夹。")
    with saving.all_or_none() as save:
        for path, report in zip(paths, reports.values(), strict=True):
            made = BytesIO()
            render_pdf(report, made)
            save(path, made.getvalue())
    return paths


def flow_into(report: Report, out: BinaryIO, maker: Callable[..., Canvas]) -> None:
    """Lay the report out on the pages of the canvas that ``maker`` gives, and save that."""
    register_fonts()
    width, height = page_size(wide=report.landscape)
    left, right, top, bottom = OFFICIAL if report.document else (MARGIN, MARGIN, MARGIN, MARGIN + FOOT)
    frame = Frame(left, bottom, width - left - right, height - top - bottom, 0, 0, 0, 0)
    document = BaseDocTemplate(
        out,
        pagesize=(width, height),
        title=visible.line(printed(report.title)),
        author="评议",
        initialFontName=SONG,
        invariant=1,
    )
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _mark(canvas, report)))
    document.build(story(report, width - left - right), canvasmaker=maker)


class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Draws “第 x 页 共 y 页” once the number of pages is known."""

    def __init__(self, *args: Any, **settings: Any) -> None:  # noqa: ANN401 - reportlab's own arguments
        super().__init__(*args, **{**settings, "initialFontName": SONG})
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        self.number_pages()
        super().save()

    def number_pages(self, *, numbered: bool = True) -> None:
        """Make pages of those that wait for their numbers, with or without these."""
        waiting, self._pages = self._pages, []
        for number, page in enumerate(waiting, 1):
            self.__dict__.update(page | {"_pages": []})
            if numbered:
                self.setFont(SONG, 9)
                self.drawCentredString(self._pagesize[0] / 2, MARGIN, f"第 {number} 页  共 {len(waiting)} 页")
            super().showPage()


def _mark(canvas: Canvas, report: Report) -> None:
    foot = re.sub(r"\s+", " ", printed(f"{report.number} {report.title}"))[:60]
    canvas.saveState()
    canvas.setFont(SONG, 8)
    canvas.drawString(MARGIN, MARGIN, "".join(run for _, run in runs(foot, SONG)))
    if report.mark:
        canvas.setFillGray(0.85)
        canvas.setFont(HEI, 72)
        width, height = canvas._pagesize
        canvas.translate(width / 2, height / 2)
        canvas.rotate(30)
        canvas.drawCentredString(0, 0, report.mark)
    canvas.restoreState()
