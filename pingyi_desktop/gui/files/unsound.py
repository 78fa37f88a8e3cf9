"""What contradicts itself in the open file, on every page until somebody has looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox

from pingyi_desktop import visible
from pingyi_desktop.gui.parts.forms import button, label
from pingyi_desktop.gui.work import Work
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.standing import soundness
    from pingyi_desktop.standing.contradiction import Contradiction
else:
    soundness = later("pingyi_desktop.standing.soundness")

MOST = 10
"""sentences in one box"""


class UnsoundBar(QFrame):
    """Looks at the whole file once, in the database thread; one plain sentence, hidden while there is nothing to say."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.setObjectName("unsound")
        self._work, self._found = work, tuple[str, ...]()
        self._text = label(role="wrong")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 6, 4)
        line.addWidget(self._text, 1)
        line.addWidget(button("查看…", self.show_all, hint="看全部矛盾之处；看过以后这一行收起"))
        self.hide()

    def check(self) -> None:
        """Ask for everything to be looked at; other requests are served before and after as they come."""
        self._work.read(lambda session: soundness.full(session), self._show)

    def show_all(self) -> None:
        """Say all of it; then it has been looked at. Reports and exports stay refused."""
        box = QMessageBox(
            QMessageBox.Icon.Warning, "数据文件前后矛盾", "", QMessageBox.StandardButton.Ok, self
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        more = len(self._found) - MOST
        rest = (f"另有 {more} 处，用命令 pingyi verify 看全部。",) if more > 0 else ()
        box.setText(visible.shown("\n".join([*self._found[:MOST], *rest])))
        box.exec()
        box.deleteLater()
        self.hide()

    def _show(self, found: Sequence[Contradiction]) -> None:
        self._found = tuple(one.sentence for one in found)
        if self._found:
            many = f"（共 {len(found)} 处）" if len(found) > 1 else ""
            self._text.setText(f"这个数据文件前后矛盾{many}：{self._found[0]}")
            self.show()
