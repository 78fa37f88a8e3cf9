"""The one bar above everything: menu, unit, what is worked on, search, undo, help, and who is at the keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu

from pingyi_desktop.gui.looks import icons
from pingyi_desktop.gui.looks.controls import Button, tip
from pingyi_desktop.gui.parts.forms import button, label

HEIGHT, SEARCH, BESIDE = 46, 400, 48
"""pixels: of the bar, of the search, and of what stands beside its words"""
NAME, SOUGHT, KEYS = "评议", "找单位、党员、台账或命令", "Ctrl+K"


class TopBar(QFrame):
    """``slot`` is the room beside the unit's name, for the chooser of campaigns."""

    def __init__(self, menu: QMenu, acts: dict[str, Callable[[], object]]) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setFixedHeight(HEIGHT)
        self._menu = menu
        self.menu_button = _small("菜单", self.unfold, "全部命令（Alt）")
        icons.give_icon(self.menu_button, "menu", "on_bar")
        self.unit = label(NAME, role="unit", wrap=False)
        self.slot = QHBoxLayout()
        self.search = _Search()
        self.search.clicked.connect(lambda: acts["search"]())
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(SEARCH)
        self.undo = _small("撤销", acts["undo"], "撤销刚做的事（Ctrl+Z）")
        self.help = _small("本页怎么用", acts["help"], "本页怎么用（F1）")
        self.operator = button("", acts["operator"], hint="写进操作日志的姓名，点这里更改")
        self._undrawn = {
            self.search: "search",
            self.undo: "undo-2",
            self.help: "circle-question-mark",
            self.operator: "user-round",
        }
        """icons of what only an open file needs: a start does not wait for them"""
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 12, 0)
        line.setSpacing(6)
        line.addWidget(self.menu_button)
        line.addWidget(self.unit)
        line.addSpacing(8)
        line.addLayout(self.slot)
        line.addStretch(1)
        line.addWidget(self.search, 2)
        for one in (self.undo, self.help, self.operator):
            line.addWidget(one)
        self.show_file("", on=False)

    def unfold(self) -> None:
        """Show the classic menu below its button."""
        self._menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))
        if actions := self._menu.actions():
            self._menu.setActiveAction(actions[0])

    def show_file(self, unit: str, *, on: bool) -> None:
        """Name the unit whose file is open; without one only the menu is offered."""
        self.unit.setText(unit or NAME)
        self.unit.setToolTip(tip(unit))
        for one in (self.search, self.undo, self.help, self.operator):
            if on and one in self._undrawn:
                icons.give_icon(one, self._undrawn.pop(one), "on_bar")
            one.setVisible(on)

    def name_operator(self, name: str) -> None:
        """Show who is at the keys."""
        self.operator.setText(name)
        self.operator.setAccessibleName(f"操作员：{name}")


class _Search(Button):
    """The button that looks like a line to type in; where its words have no room, one of them says it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search")
        self.setAccessibleName(SOUGHT)
        self.setAutoDefault(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        whole = f"{SOUGHT}　{KEYS}"
        fits = self.fontMetrics().horizontalAdvance(whole) + BESIDE <= self.width()
        self.setText(whole if fits else "查找")


def _small(name: str, pressed: Callable[[], object], hint: str) -> Button:
    made = button("", pressed, hint=hint)
    made.setAccessibleName(name)
    return made
