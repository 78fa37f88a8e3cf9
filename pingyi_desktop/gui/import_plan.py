"""What an import would do, in plain words, before anything is written; new keys are confirmed here, one by one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from pingyi_desktop.exchange import transfer
from pingyi_desktop.exchange.transfer import ImportPlan
from pingyi_desktop.gui.forms import button, label, row
from pingyi_desktop.gui.tables import Column, DataTable, number

ORDER = (
    transfer.REFUSED,
    transfer.CONFLICT,
    transfer.UNCONFIRMED,
    transfer.NEW,
    transfer.UPDATED,
    transfer.OLDER,
    transfer.UNCHANGED,
)


class PlanPanel(QWidget):
    """The plan's table, a box to tick for every new key, and the two buttons."""

    def __init__(self, accept: Callable[[ImportPlan, list[str]], None], drop: Callable[[], None]) -> None:
        super().__init__()
        self._plan: ImportPlan | None = None
        self._accept = accept
        self.said = label(role="strong")
        self.boxes: list[QCheckBox] = []
        self._keys = QVBoxLayout()
        self.table = DataTable(_COLUMNS, name="导入计划", empty="没有可以导入的内容。")
        self.go = button("写入本机", self._go, primary=True)
        self.stop = button("不导入", drop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.said)
        column.addLayout(self._keys)
        column.addWidget(self.table, 1)
        column.addLayout(row(self.go, self.stop))

    def show_plan(self, plan: ImportPlan) -> None:
        """Show a plan; nothing of it is written yet."""
        self._plan = plan
        parts = [f"{verdict} {plan.count(verdict)}" for verdict in ORDER if plan.count(verdict)]
        self.said.setText("还没有写入。这些文件里:" + "、".join(parts) + "。")
        self.table.set_rows(sorted(plan.entries, key=lambda e: (ORDER.index(e.verdict), e.unit_code)))
        self._ask_keys(plan)
        self._allow()

    def _ask_keys(self, plan: ImportPlan) -> None:
        while (item := self._keys.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.boxes = []
        if plan.new_keys:
            told = "下面的单位第一次报来数据。请打电话核对 24 位指纹(对方在“收发”页能看到),一致的打勾:"
            self._keys.addWidget(label(told))
        for key in plan.new_keys:
            box = QCheckBox(f"{key.unit_name}    {key.fingerprint}")
            box.setProperty("fingerprint", key.fingerprint)
            box.toggled.connect(lambda _: self._allow())
            self.boxes.append(box)
            self._keys.addWidget(box)

    def _allow(self) -> None:
        plan = self._plan
        if plan is None:
            return
        confirmed = set(self._confirmed())
        able = [one for one in plan.files if not one.fingerprint or one.fingerprint in confirmed]
        self.go.setEnabled(bool(able))
        self.go.setText(f"写入 {len(able)} 个文件" if able else "写入本机")

    def _confirmed(self) -> list[str]:
        return [str(box.property("fingerprint")) for box in self.boxes if box.isChecked()]

    def _go(self) -> None:
        if self._plan is not None:
            self._accept(self._plan, self._confirmed())


_COLUMNS = (
    Column("处理", lambda e: e.verdict, sort_key=lambda e: ORDER.index(e.verdict)),
    Column("单位", lambda e: e.unit_name or "—", sort_key=lambda e: e.unit_code),
    number("第几次", lambda e: e.revision or None),
    Column("说明", lambda e: e.sentence),
    Column("文件", lambda e: e.file),
)
