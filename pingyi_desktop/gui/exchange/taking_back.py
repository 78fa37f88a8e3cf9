"""Taking back the last import: asked about first, for whole committees may stop counting with it."""

from __future__ import annotations

from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.exchange.inbox.imports import LastImport
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.record_dialog import RecordDialog

SHOWN = 5
"""names of files that are said"""
PURPOSE = "第 {} 次导入的 {} 个文件（{}）不再计入，各单位回到这次导入以前。数据包文件不受影响，要重新计入，再导入一次。"
DONE = "已撤销第 {} 次导入（{} 个文件）。要重新计入，再导入一次；撤销前后重新下发过任务的单位，请它重报。"


def ask(page: Page, last: LastImport, campaign_id: str) -> None:
    """Say what would no longer count, then do it."""
    files = "、".join(last.files[:SHOWN]) + ("等" if len(last.files) > SHOWN else "")
    purpose = PURPOSE.format(last.number, len(last.files), files)
    dialog = RecordDialog(page, "撤销上次导入", purpose, save=f"撤销第 {last.number} 次导入")
    by = page.context.operator()
    dialog.saving = lambda: page.context.act(
        lambda session: imports.undo_last_import(session, campaign_id=campaign_id, by=by),
        act="撤销导入",
        said=lambda done: DONE.format(done.number, len(done.files)),
        over=dialog,
    )
    dialog.ask()
