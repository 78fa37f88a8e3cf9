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
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.store import Store

if TYPE_CHECKING:
    from pingyi_desktop.standing import soundness
    from pingyi_desktop.standing.contradiction import Contradiction
else:
    soundness = later("pingyi_desktop.standing.soundness")

MOST = 10
"""sentences in one box"""


class UnsoundBar(QFrame):
    """Looks at the whole file once, in the database thread; one plain sentence, hidden while there is nothing to say.

    First at its contents, then at its pages: damage may lie where nothing was read.
    """

    def __init__(self, work: Work, store: Store) -> None:
        super().__init__()
        self.setObjectName("unsound")
        self._work, self._store, self._found = work, store, tuple[str, ...]()
        self._text = label(role="wrong")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 6, 4)
        line.addWidget(self._text, 1)
        line.addWidget(button("查看…", self.show_all, hint="看全部矛盾之处；看过以后这一行收起"))
        self.hide()

    def check(self) -> None:
        """Ask for everything to be looked at; other requests are served before and after as they come."""
        path, key = self._store.path, self._store.data_key
        self._work.read(lambda session: soundness.full(session), self._show)
        self._work.read(lambda _session: data.damage(path, key), self._damaged)

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
        self._say("前后矛盾", [one.sentence for one in found])

    def _damaged(self, found: Sequence[str]) -> None:
        self._say("已损坏", found)

    def _say(self, what: str, found: Sequence[str]) -> None:
        self._found = (*found, *self._found)
        if found:
            many = f"（共 {len(self._found)} 处）" if len(self._found) > 1 else ""
            self._text.setText(f"这个数据文件{what}{many}：{self._found[0]}")
            self.show()
