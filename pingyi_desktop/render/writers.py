"""Every kind of file that a report can be written as, by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pingyi_desktop.render.docx import render_docx
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.render.xlsx import render_xlsx
from pingyi_desktop.reports.blocks import Report

WRITERS: dict[str, Callable[[Report, Path], None]] = {
    "pdf": render_pdf,
    "xlsx": render_xlsx,
    "docx": render_docx,
}
