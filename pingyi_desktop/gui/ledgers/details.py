"""Beside the list: what the chosen row says, its history, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QGridLayout, QMenu, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.ledgers.edits import Past
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.gui.looks.controls import Button, offer
from pingyi_desktop.gui.parts.forms import allow, button, label, row, scrolled

MOST = 12
RECEIVED = "这是下级报来的，在这里只能看；要改请它改好再报。"


class NextSteps(QWidget):
    """What only one noun does with the chosen rows, under a title, and what is ``said`` of it before."""

    def __init__(self, *buttons: Button, said: QWidget | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 4)
        column.setSpacing(6)
        column.addWidget(label("下一步", role="strong"))
        if said is not None:
            column.addWidget(said)
        column.addLayout(row(*buttons))


class Details(QFrame):
    """One row with its history, or how many rows are chosen."""

    def __init__(self, ledger: Ledger, *, change: Callable[[], object], remove: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("details")
        self._ledger = ledger
        self._name, self.title = label(role="hint", wrap=False), label(role="strong")
        self._facts, self._past = QGridLayout(), label(role="hint")
        self._facts.setColumnStretch(1, 1)
        self._facts.setHorizontalSpacing(10)
        self._past_title = label("经过", role="strong")
        self.differing = label(role="hint")
        self._differing_title = label("上下级说得不一样的", role="strong")
        self.change = button("修改", change, hint="F2 或回车")
        self.remove = button("删除", remove, hint="Delete；可以撤销")
        self.received = label(RECEIVED, role="hint")
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addWidget(self.title)  # it may be as long as a page
        inside.addLayout(self._facts)
        inside.addWidget(self._differing_title)
        inside.addWidget(self.differing)
        inside.addWidget(self._past_title)
        inside.addWidget(self._past)
        inside.addStretch(1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self._name)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(self.received)
        column.addLayout(row(self.change, self.remove))
        self.show_many([], 0)

    def insert_above_acts(self, steps: NextSteps) -> None:
        """Take what only one noun does with the chosen rows, above what all do."""
        self._column.insertWidget(self._column.indexOf(self.received), steps)

    def offer(self, over: QAbstractItemView, where: QPoint) -> QMenu:
        """What can be done now with the rows chosen in the list, in a menu at this place of the screen."""
        return offer(over, self.findChildren(Button), where)

    def show_row(self, one: Row) -> None:
        """Show a row; its history comes later."""
        ledger = self._ledger
        self._name.setText(f"{one.name}　{one.org_name}")
        lead = ledger.shown[0] if one.texts[ledger.shown[0]] else ledger.same[-1]
        self.title.setText(one.texts[lead])
        self._show_facts(
            [(f.title, one.texts[f.key]) for f in ledger.fields if f.key != lead and one.texts[f.key]]
        )
        self._allow(RECEIVED if one.received else "", said="修改")
        self.show_differing(())
        self._past_title.hide()
        self._past.hide()

    def show_differing(self, lines: Sequence[str]) -> None:
        """What the office above, or the unit below, says otherwise of the same."""
        self.differing.setText("\n".join(lines))
        for one in (self.differing, self._differing_title):
            one.setVisible(bool(lines))

    def show_past(self, past: Sequence[Past]) -> None:
        """What happened to the row, newest first."""
        lines = [
            f"{one.at[:10]}　{one.act}（{one.who}）{'：' if one.said else ''}{one.said}"
            for one in past[:MOST]
        ]
        self._past.setText("\n".join(lines))
        self._past.setVisible(bool(lines))
        self._past_title.setVisible(bool(lines))

    def show_many(self, here: Sequence[Row], many: int) -> None:
        """Several rows are chosen (those of them that were read), or none."""
        state = self._ledger.state
        self._name.setText("")
        self.title.setText(f"已选 {many} 行" if many else "选一行，看它的内容和经过。")
        keys = [(str(n), one.word) for n, one in enumerate(state.options[:9], 1)]
        self._show_facts([("数字键", f"一起改“{state.title}”"), *keys] if many else [])
        self.show_differing(())
        self._past.hide()
        self._past_title.hide()
        received = RECEIVED if any(one.received for one in here) else ""
        self._allow(received if many else "先在左边选一行。", said="一起修改…")

    def _allow(self, reason: str, *, said: str) -> None:
        self.received.setVisible(reason == RECEIVED)
        for one in (self.change, self.remove):
            allow(one, reason)
        self.change.setText(said)

    def _show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for line, (title, text) in enumerate(facts):
            caption = label(title, role="hint", wrap=False)
            caption.setContentsMargins(0, 2, 0, 0)  # its smaller letters on the line of the larger ones
            self._facts.addWidget(caption, line, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(label(text), line, 1)
