"""Saving what a table shows as a workbook: the same for every page that offers it."""

from __future__ import annotations

from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.pickers import mends
from pingyi_desktop.gui.parts.tables import Export
from pingyi_desktop.sheets.grid.writing import write_table


def exporter(page: Page, name: str) -> Export:
    """Ask for a place and write the table there; the page says how it went."""

    def export(titles: list[str], rows: list[list[str]]) -> None:
        path = pickers.to_save(page, "导出表格到", pickers.WORKBOOKS, name=f"{name}.xlsx")
        if path is not None:
            page.context.work.read(
                lambda _session: write_table(path, name=name, titles=titles, rows=rows),
                lambda _: page.messages.inform(f"已导出 {len(rows)} 行到 {path}", *mends(path)),
            )

    return export
