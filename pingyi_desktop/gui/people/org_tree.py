"""The tree of party organisations with member counts and what the rules say about each.

Only branches of the tree that are opened get their items, so that hundreds of organisations cost nothing at first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.appraisal.people import naming, org_rules
from pingyi_desktop.appraisal.people.naming import TYPE_NAMES
from pingyi_desktop.appraisal.people.org import Org, Strength
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.parts.forms import label
from pingyi_desktop.storage.schema_people import OrgStatus

CODE = Qt.ItemDataRole.UserRole
NAME, PEOPLE, NOTES = range(3)


@dataclass(frozen=True)
class OrgRow:
    """One organisation of the tree: members of its whole subtree, and the sentences of the rules about itself."""

    org: Org
    everyone: int
    full: int
    notes: tuple[str, ...]

    @property
    def dissolved(self) -> bool:
        """Whether it is 撤销."""
        return self.org.status == OrgStatus.DISSOLVED

    @property
    def summary(self) -> str:
        """What is worth knowing about it, line by line."""
        o = self.org
        marks = (
            (self.dissolved, "已撤销"),
            (not o.in_scope, "不参加评议"),
            (o.is_joint, "联合"),
            (o.is_temporary, "临时"),
        )
        about = [TYPE_NAMES[o.org_type], *(text for true, text in marks if true)]
        people = f"党员 {self.everyone} 名（正式 {self.full} 名）"
        return "\n".join([o.full_name, f"{o.code} · {' · '.join(about)} · {people}", *self.notes])


def rows(orgs: Sequence[Org], strengths: Mapping[str, Strength], findings: Iterable[Finding]) -> list[OrgRow]:
    """Rows for a depth-first list, with strengths added up over every subtree."""
    notes: dict[str, list[str]] = {}
    for finding in findings:
        notes.setdefault(finding.where, []).append(finding.sentence)
    totals = org_rules.totals(orgs, strengths)
    return [
        OrgRow(o, total.everyone, total.full, _notes(o, notes)) for o, total in zip(orgs, totals, strict=True)
    ]


def _notes(o: Org, notes: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = [
        *notes.get(o.full_name, ()),
        *(notes.get(o.short_name, ()) if o.short_name != o.full_name else ()),
    ]
    return tuple(dict.fromkeys(found))


class OrgTree(QWidget):
    """The tree, a box to find an organisation in it, and what is known of the chosen one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, OrgRow] = {}
        self._children: dict[str | None, list[str]] = {}
        self._found: list[str] = []
        self.finder = QLineEdit()
        self.finder.setPlaceholderText("查找党组织：输入名称或代码，回车找下一个")
        self.finder.setAccessibleName("查找党组织")
        self.finder.setClearButtonEnabled(True)
        self.finder.textEdited.connect(self._search)
        self.finder.returnPressed.connect(self._next)
        self.tree = _new_tree()
        self.tree.itemExpanded.connect(self._fill)
        self.tree.currentItemChanged.connect(lambda *_: self._choose())
        self.facts = label()
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.finder)
        column.addWidget(self.tree, 1)
        column.addWidget(self.facts)

    @property
    def row(self) -> OrgRow | None:
        """The chosen organisation."""
        item = self.tree.currentItem()
        return None if item is None else self._rows[item.data(NAME, CODE)]

    def under(self, code: str) -> set[str]:
        """Codes of an organisation and all below it."""
        return {code, *(one for child in self._children.get(code, ()) for one in self.under(child))}

    def offer(self, actions: Iterable[QAction]) -> None:
        """Acts on the chosen organisation: keys while the tree has the focus, and a context menu."""
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for action in actions:
            self.tree.addAction(action)

    def set_rows(self, found: Sequence[OrgRow], *, go_to: str | None = None) -> None:
        """Show this depth-first list; what was opened stays open, and what was chosen stays so unless told to go."""
        opened = {item.data(NAME, CODE) for item in self._items() if item.isExpanded()}
        chosen = go_to or (self.row.org.code if self.row else None)
        self._rows = {row.org.code: row for row in found}
        self._children = {}
        for row in found:
            above = row.org.parent_code if row.org.parent_code in self._rows else None
            self._children.setdefault(above, []).append(row.org.code)
        self.tree.blockSignals(True)
        self.tree.clear()
        tops = [_item(self._rows[code]) for code in self._children.get(None, [])]
        self.tree.addTopLevelItems(tops)
        for item in tops:
            self._grow(item)
        for code in (row.org.code for row in found if row.org.code in opened):
            self._reach(code).setExpanded(True)
        for item in tops:
            item.setExpanded(True)
        self.tree.blockSignals(False)
        self.choose(chosen if chosen in self._rows else next(iter(self._rows), None))

    def choose(self, code: str | None) -> None:
        """Go to an organisation, opening the tree down to it."""
        if code is not None and code in self._rows:
            self.tree.blockSignals(True)
            self.tree.setCurrentItem(self._reach(code))
            self.tree.blockSignals(False)
        self._choose()

    def _reach(self, code: str) -> QTreeWidgetItem:
        above = self._rows[code].org.parent_code
        if above is None or above not in self._rows:
            return next(item for item in self._items() if item.data(NAME, CODE) == code)
        parent = self._reach(above)
        self._grow(parent)
        return next(
            item
            for item in (parent.child(place) for place in range(parent.childCount()))
            if item.data(NAME, CODE) == code
        )

    def _items(self) -> Iterator[QTreeWidgetItem]:
        waiting = [self.tree.topLevelItem(place) for place in range(self.tree.topLevelItemCount())]
        while waiting:
            item = waiting.pop()
            if item is not None:
                yield item
                waiting += [item.child(place) for place in range(item.childCount())]

    def _fill(self, item: QTreeWidgetItem) -> None:
        self._grow(item)

    def _grow(self, item: QTreeWidgetItem) -> None:
        """Give an item its children."""
        if item.childCount() == 0:
            item.addChildren(
                [_item(self._rows[code]) for code in self._children.get(item.data(NAME, CODE), [])]
            )
            for place in range(item.childCount()):
                child = item.child(place)
                policy = QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator
                if self._children.get(child.data(NAME, CODE)):
                    child.setChildIndicatorPolicy(policy)

    def _choose(self) -> None:
        row = self.row
        self.facts.setText(row.summary if row else "")
        self.chosen.emit(row.org.code if row else "")

    def _search(self, text: str) -> None:
        words = text.casefold().split()
        self._found = [
            code
            for code, row in self._rows.items()
            if words
            and all(w in f"{code}\n{row.org.short_name}\n{row.org.full_name}".casefold() for w in words)
        ]
        self._next()

    def _next(self) -> None:
        if not self._found:
            return
        here = self.row.org.code if self.row else ""
        place = self._found.index(here) + 1 if here in self._found else 0
        self.choose(self._found[place % len(self._found)])


def _new_tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setAccessibleName("党组织")
    tree.setHeaderLabels(["党组织", "党员", "提醒"])
    tree.setUniformRowHeights(True)
    tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
    tree.headerItem().setToolTip(NOTES, tip("按规定值得核对的地方，选中后在下面看原话"))
    for section in (PEOPLE, NOTES):
        header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
    tree.headerItem().setTextAlignment(PEOPLE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return tree


def _item(row: OrgRow) -> QTreeWidgetItem:
    name, kind = row.org.short_name, row.org.org_type
    if name != naming.suggest_short_name(name, kind):  # the name does not say what it is
        name += f"（{TYPE_NAMES[kind]}）"
    if row.dissolved:
        name += "（已撤销）"
    notes = f"{len(row.notes)} 条" if row.notes else ""
    item = QTreeWidgetItem([visible.shown(name), str(row.everyone), notes])
    item.setData(NAME, CODE, row.org.code)
    item.setTextAlignment(PEOPLE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for section in range(3):
        item.setToolTip(section, tip(row.summary))
    return item
