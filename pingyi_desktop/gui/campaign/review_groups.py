"""评议小组: the company's groups that appraise the committees at layer one, dealt out evenly and then by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign.dealing import group_name, split_evenly
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.gui.parts.forms import button, label, leave_values_alone, row

Groups = list[tuple[str, list[str]]]
MOST, WIDEST = 99, 36  # groups; width of the table in heights of a line


class GroupsPanel(QWidget):
    """Which group goes to which committee; ``save`` gets all groups with their committees."""

    def __init__(self, save: Callable[[Groups, Groups], None]) -> None:
        super().__init__()
        self._save = save
        self._meetings: Sequence[SessionView] = ()
        self._names: list[str] = []
        self.boxes: list[QComboBox] = []
        self.said = label(role="strong", wrap=False)
        self.count = QSpinBox()
        self.count.setRange(1, MOST)
        self.count.setAccessibleName("评议小组数")
        self.deal = button("按组织顺序平均分", self._deal)
        self.store = button("保存分派", self._store, primary=True)
        self.table = QTableWidget(0, 2)
        self.table.setAccessibleName("评议小组分派")
        self.table.setHorizontalHeaderLabels(["被评党委", "评议小组"])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        column = QVBoxLayout(self)
        column.addLayout(
            row(
                *(label("共", wrap=False), self.count, label("个小组", wrap=False), self.deal, self.store),
                self.said,
            )
        )
        self.table.setMaximumWidth(WIDEST * self.fontMetrics().height())
        column.addWidget(self.table, 1)

    def show_meetings(self, meetings: Sequence[SessionView]) -> None:
        """Show the layer-one sessions and the groups they have."""
        self._meetings = meetings
        named = list(dict.fromkeys(meeting.review_group for meeting in meetings if meeting.review_group))
        self._names = named
        self.count.setMaximum(max(1, min(MOST, len(meetings))))
        self.count.setValue(len(named) or min(5, self.count.maximum()))
        self._offer([meeting.review_group for meeting in meetings])

    def groups(self) -> Groups:
        """The groups as they stand in the boxes, in the order of their numbers; those without a committee too."""
        chosen = [box.currentData() for box in self.boxes]
        return [
            (name, [m.org_code for m, group in zip(self._meetings, chosen, strict=True) if group == name])
            for name in self._offered()
        ]

    def _offered(self) -> list[str]:
        spare = (name for name in map(group_name, range(1, MOST + 1)) if name not in self._names)
        names = list(self._names)
        while len(names) < self.count.value():
            names.append(next(spare))
        return names[: self.count.value()]

    def _offer(self, chosen: Sequence[str]) -> None:
        names = self._offered()
        self.boxes = []
        self.table.setRowCount(len(self._meetings))
        for number, (meeting, group) in enumerate(zip(self._meetings, chosen, strict=True)):
            box = QComboBox()
            box.setAccessibleName(f"{meeting.org_name}的评议小组")
            box.addItem("未分派", "")
            for name in names:
                box.addItem(visible.shown(name), name)
            box.setCurrentIndex(max(0, box.findData(group)))
            box.currentIndexChanged.connect(lambda _: self._say())
            self.boxes.append(box)
            self.table.setItem(number, 0, QTableWidgetItem(visible.shown(meeting.org_name)))
            self.table.setCellWidget(number, 1, box)
            self.table.setRowHeight(number, box.sizeHint().height() + 4)
        leave_values_alone(self.table)
        self._say()

    def _say(self) -> None:
        left = sum(not box.currentData() for box in self.boxes)
        whole = f"{len(self.boxes)} 个基层党委"
        self.said.setText(f"{whole}，还有 {left} 个没有分派评议小组。" if left else f"{whole}都已分派。")

    def _deal(self) -> None:
        sizes = split_evenly(len(self._meetings), self.count.value())
        names = self._offered()
        self._offer([name for name, size in zip(names, sizes, strict=True) for _ in range(size)])

    def _store(self) -> None:
        before = [
            (name, [m.org_code for m in self._meetings if m.review_group == name]) for name in self._names
        ]
        self._save(self.groups(), before)
