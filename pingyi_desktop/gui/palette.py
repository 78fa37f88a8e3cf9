"""Ctrl+K: one line to type in, and below it what fits, found by any word or by initials of pinyin.

Pages and commands at once, units, people and reports as soon as they are read, rows of the ledgers while one types: they are
asked for in the file, a few of each ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget
from shiboken6 import isValid
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.appraisal.ledgers.across import finding
from pingyi_desktop.appraisal.people import members, org
from pingyi_desktop.appraisal.people.initials import initials, matches
from pingyi_desktop.gui.help import pages
from pingyi_desktop.gui.looks.states import READING
from pingyi_desktop.gui.page import PageEntry
from pingyi_desktop.gui.work import Work
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.reports import catalog
else:
    catalog = later("pingyi_desktop.reports.catalog")

MOST, WIDTH, HEIGHT = 50, 620, 420
KINDS = {
    "page": "页面",
    "command": "命令",
    "unit": "单位",
    "person": "党员",
    "help": "帮助",
    "row": "台账",
    "report": "报表",
}
Rows = Callable[[list["Target"]], None]
"""takes the rows of ledgers that were found"""


@dataclass(frozen=True)
class Target:
    """Something that can be gone to; ``kind`` is one of ``KINDS``, ``key`` what the window knows it by."""

    kind: str
    key: str
    title: str
    note: str = ""
    letters: str = ""
    person: str = ""
    """the number of a person, or of a row; ``key`` is then the code of the branch"""
    page: str = ""
    """the ledger of a row"""


def of_file(session: Session) -> list[Target]:
    """Reports, units and people of the open file."""
    tree = org.tree(session)
    units = [
        Target("unit", o.code, o.short_name, o.full_name, initials(f"{o.short_name}{o.full_name}"))
        for o in tree
    ]
    people = [
        Target("person", m.org_code, m.display_name, m.org_short_name, initials(m.display_name), m.member_no)
        for m in members.listed(session, tree)
    ]
    reports = [
        Target("report", f"reports/{one.number}", one.name, letters=initials(one.name))
        for one in catalog.OPEN
    ]
    return [*reports, *units, *people]


def of_ledgers(session: Session, *, chosen: str, text: str) -> list[Target]:
    """Rows of the ledgers of the ``chosen`` campaign ("" the one at work) that have every word."""
    known = at_work.newest_first(session)
    if not known:
        return []
    campaign_id = chosen or at_work.chosen(known)
    listed = finding.found(session, campaign_id=campaign_id, words=text.split())
    return [
        Target("row", one.name.rpartition("-")[0], one.said, one.note, person=one.name, page=one.key)
        for one in listed
    ]


def of_help() -> list[Target]:
    """The pages of the help."""
    return [Target("help", one.key, one.title, one.summary, initials(one.title)) for one in pages.written()]


def found(targets: Sequence[Target], text: str) -> list[Target]:
    """What fits every word, best first: titles that begin with it, then the others, at most ``MOST``."""
    words = text.casefold().split()
    fitting = [one for one in targets if matches(words, f"{one.title} {one.note}", one.letters)]
    first = words[0] if words else ""

    def worse(one: Target) -> bool:
        return not (one.title.casefold().startswith(first) or one.letters.startswith(first))

    return sorted(fitting, key=worse)[:MOST]


def search(
    over: QWidget,
    work: Work,
    entries: Sequence[PageEntry],
    commands: Sequence[QAction],
    chosen: Callable[[Target], None],
    campaign: str,
) -> None:
    """Ask where to go: pages, commands, units, people, and rows of the ledgers of this campaign ("" the one at work)."""
    places = [Target("page", one.key, one.title, letters=initials(one.title)) for one in entries]
    acts = [
        Target("command", str(place), one.text().rstrip("…"), letters=initials(one.text()))
        for place, one in enumerate(commands)
        if one.isEnabled()
    ]

    def look_for_rows(text: str, then: Rows) -> None:
        work.read(partial(of_ledgers, chosen=campaign, text=text), then, otherwise=lambda _: then([]))

    asked = Palette(over, [*places, *acts, *of_help()], chosen, look_for_rows)
    asked.open()

    def offer(more: Sequence[Target]) -> None:
        if isValid(asked):
            asked.offer(more)

    work.read(of_file, offer, otherwise=lambda _: offer(()))


class Palette(QDialog):
    """Asks where to go; ``chosen`` gets the target after the dialog has closed, ``look`` finds rows of ledgers for a text."""

    def __init__(
        self,
        over: QWidget,
        targets: Sequence[Target],
        chosen: Callable[[Target], None],
        look: Callable[[str, Rows], None],
    ) -> None:
        super().__init__(over)
        self.setWindowTitle("找单位、党员、台账或命令")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._targets, self._chosen, self._look = list(targets), chosen, look
        self._shown: list[Target] = []
        self._rows: list[Target] = []
        self._looking, self._known = False, False
        self.line = QLineEdit()
        self.line.setPlaceholderText("输入名称、姓名、台账里的字或拼音首字母，例如 lyg")
        self.line.setAccessibleName("找什么")
        self.line.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("找到的")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.line.textChanged.connect(self._type)
        self.line.returnPressed.connect(self._go)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(lambda _: self._go())
        column = QVBoxLayout(self)
        column.addWidget(self.line)
        column.addWidget(self.list, 1)
        self.resize(min(WIDTH, over.width() - 40), min(HEIGHT, over.height() - 80))
        corner = over.mapToGlobal(over.rect().topLeft())
        self.move(corner.x() + (over.width() - self.width()) // 2, corner.y() + 60)
        self._search("")

    def offer(self, more: Sequence[Target]) -> None:
        """Add what was read from the file meanwhile."""
        self._targets += more
        self._known = True
        self._search(self.line.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down move in the list while the keys stay in the line."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self._shown:
                self.list.setCurrentRow((self.list.currentRow() + step) % len(self._shown))
                return True
        return super().eventFilter(watched, event)

    def _type(self, text: str) -> None:
        self._rows = []
        self._ask()
        self._search(text)

    def _ask(self) -> None:
        """Look for rows; while one look is on its way, only what is typed last is looked for after it."""
        text = self.line.text().strip()
        if self._looking or not text:
            return
        self._looking = True

        def show(rows: list[Target]) -> None:
            if not isValid(self):
                return
            self._looking = False
            if self.line.text().strip() != text:
                self._ask()
                return
            self._rows = rows
            self._search(self.line.text(), max(0, self.list.currentRow()))

        self._look(text, show)

    def _search(self, text: str, place: int = 0) -> None:
        self._shown = [*found(self._targets, text)[: MOST - len(self._rows)], *self._rows]
        self.list.clear()
        for one in self._shown:
            note = f"　{one.note}" if one.note and one.note != one.title else ""
            self.list.addItem(QListWidgetItem(visible.shown(f"{KINDS[one.kind]}　{one.title}{note}")))
        if not self._shown:
            reading = self._looking or not self._known
            said = READING if reading else f"没有找到“{text}”。可以只打几个字，或拼音首字母。"
            nothing = QListWidgetItem(visible.shown(said))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(nothing)
        self.list.setCurrentRow(place)

    def _go(self) -> None:
        place = self.list.currentRow()
        if 0 <= place < len(self._shown):
            target = self._shown[place]
            self.accept()
            self._chosen(target)
