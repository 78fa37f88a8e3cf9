"""One session in the list of 印表: what it needs, and a tick where there is something to print."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem

from pingyi_desktop import visible
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.reports.paper.plan import Meeting

UNKNOWN, NO_SHEETS = "没有登记应到人数", "没有要印的评议表"


def has_sheets(one: Meeting) -> bool:
    """Whether it is known that this session needs ballots."""
    return one.people is not None and one.sheets > 0


def item_of(one: Meeting, *, ticked: bool) -> QListWidgetItem:
    """Its two lines; what has no sheets cannot be ticked."""
    about = f"应参评 {one.people} 人，评议表 {one.sheets} 张" if one.sheets else NO_SHEETS
    said = visible.shown(
        f"{one.layer_name}　{one.org.short_name}\n{UNKNOWN if one.people is None else about}"
    )
    item = QListWidgetItem(said)
    item.setToolTip(tip(said))
    item.setData(Qt.ItemDataRole.UserRole, one.file_name)
    able = has_sheets(one)
    item.setCheckState(Qt.CheckState.Checked if able and ticked else Qt.CheckState.Unchecked)
    if not able:
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
    return item
