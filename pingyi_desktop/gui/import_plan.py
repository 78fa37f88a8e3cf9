"""What an import would do, in plain words, before anything is written; new keys are confirmed here, one by one.

After writing, the panel stays when something was left out, and says what and why; keys can still be confirmed then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from pingyi_desktop.exchange import package, transfer
from pingyi_desktop.exchange.transfer import ImportPlan, PlanEntry
from pingyi_desktop.gui.forms import button, label, row, scrolled
from pingyi_desktop.gui.tables import Column, DataTable, number

LEFT_OUT = (transfer.REFUSED, transfer.CONFLICT, transfer.UNCONFIRMED)
WRITTEN = (transfer.NEW, transfer.UPDATED)
ORDER = (*LEFT_OUT, *WRITTEN, transfer.OLDER, transfer.UNCHANGED)
REASONS_SHOWN, BOXES_SHOWN = 2, 4
SENTENCE_WIDTH = 520


def left_out(plan: ImportPlan) -> int:
    """How many entries do not count: refused, in conflict, or of a sender not confirmed."""
    return sum(map(plan.count, LEFT_OUT))


def summary(plan: ImportPlan, verdicts: tuple[str, ...]) -> str:
    """“新增 3、更新 1”, "" when there is none of these."""
    return "、".join(f"{verdict} {plan.count(verdict)}" for verdict in verdicts if plan.count(verdict))


@dataclass(frozen=True)
class Line:
    """One entry with the number its sender reads out (核对号); "—" when two files of one name are told apart by none."""

    entry: PlanEntry
    check_number: str


class PlanPanel(QWidget):
    """The plan's table, a box to tick for every new key, and the two buttons."""

    def __init__(self, accept: Callable[[ImportPlan, list[str]], None], drop: Callable[[], None]) -> None:
        super().__init__()
        self._plan: ImportPlan | None = None
        self._written = False
        self._accept = accept
        self.said, self.reasons = label(role="strong"), label(role="wrong")
        self.boxes: list[QCheckBox] = []
        self._told = label(
            "下面的单位第一次报来数据。请打电话让对方念“收发”页下方的 24 位密钥指纹，一致的打勾："
        )
        inner = QWidget()
        self._keys = QVBoxLayout(inner)
        self._keys.setContentsMargins(0, 0, 0, 0)
        self._keys.setSpacing(0)
        self._area = scrolled(inner)
        self.table = DataTable(
            _COLUMNS,
            name="导入计划",
            empty="没有可以导入的内容。",
            same=lambda r: (r.entry.file, r.entry.envelope_id),
        )
        self.go = button("写入本机", self._go, primary=True)
        self.stop = button("不导入", drop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.said, self.reasons, self._told, self._area):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addLayout(row(self.go, self.stop))

    def show_plan(self, plan: ImportPlan) -> None:
        """Show a plan; nothing of it is written yet."""
        self._written = False
        self._show(plan, f"还没有写入。这些文件里：{summary(plan, ORDER)}。", "不导入")

    def show_done(self, done: ImportPlan) -> None:
        """Show what was written and what was left out."""
        self._written = True
        written = summary(done, WRITTEN)
        said = f"已写入：{written}。" if written else "没有写入新的内容。"
        self._show(done, f"{said}没有计入：{summary(done, LEFT_OUT)}，原因见下表。", "知道了，返回")

    def _show(self, plan: ImportPlan, said: str, back: str) -> None:
        self._plan = plan
        self.said.setText(said)
        bad = [e for e in plan.entries if e.verdict in (transfer.REFUSED, transfer.CONFLICT)]
        lines = [f"{entry.unit_name or entry.file}：{entry.sentence}" for entry in bad[:REASONS_SHOWN]]
        lines += [f"其余 {len(bad) - REASONS_SHOWN} 个见下表。"] if len(bad) > REASONS_SHOWN else []
        self.reasons.setText("\n".join(lines))
        self.reasons.setVisible(bool(lines))
        self.table.set_rows(_lines(plan))
        self.table.view.setColumnWidth([c.title for c in _COLUMNS].index("说明"), SENTENCE_WIDTH)
        self.stop.setText(back)
        self._ask_keys(plan)
        self._allow()

    def _ask_keys(self, plan: ImportPlan) -> None:
        for box in self.boxes:
            self._keys.removeWidget(box)
            box.deleteLater()
        self.boxes = []
        for key in plan.new_keys:
            box = QCheckBox(f"{key.unit_name}    {key.fingerprint}")
            box.setProperty("fingerprint", key.fingerprint)
            box.toggled.connect(lambda _: self._allow())
            self.boxes.append(box)
            self._keys.addWidget(box)
        self._told.setVisible(bool(self.boxes))
        self._area.setVisible(bool(self.boxes))
        if self.boxes:
            shown = min(BOXES_SHOWN, len(self.boxes))
            self._area.setFixedHeight(shown * self.boxes[0].sizeHint().height() + 4)

    def _allow(self) -> None:
        plan = self._plan
        if plan is None:
            return
        confirmed = set(self._confirmed())
        asked = [one for one in plan.files if one.fingerprint in confirmed]
        known = [] if self._written else [one for one in plan.files if not one.fingerprint]
        able = len(asked) + len(known)
        self.go.setVisible(bool(self.boxes) or not self._written)
        self.go.setEnabled(able > 0)
        self.go.setText(f"写入 {able} 个文件" if able else "写入本机")

    def _confirmed(self) -> list[str]:
        return [str(box.property("fingerprint")) for box in self.boxes if box.isChecked()]

    def _go(self) -> None:
        if self._plan is not None:
            self._accept(self._plan, self._confirmed())


def _lines(plan: ImportPlan) -> list[Line]:
    names = Counter(one.file for one in plan.files)
    numbers = {one.file: package.check_number(one.sender.id) for one in plan.files if names[one.file] == 1}
    ordered = sorted(plan.entries, key=lambda e: (ORDER.index(e.verdict), e.unit_code))
    return [Line(entry, numbers.get(entry.file, "—")) for entry in ordered]


_COLUMNS = (
    Column("处理", lambda r: r.entry.verdict, sort_key=lambda r: ORDER.index(r.entry.verdict)),
    Column("单位", lambda r: r.entry.unit_name or "—", sort_key=lambda r: r.entry.unit_code),
    number("第几次", lambda r: r.entry.revision or None),
    Column("核对号", lambda r: r.check_number),
    Column("说明", lambda r: r.entry.sentence),
    Column("文件", lambda r: r.entry.file),
)
