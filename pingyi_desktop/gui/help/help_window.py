"""The help beside the work: a list that can be searched to the left, one page to the right; nothing of it comes from the network."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import paths
from pingyi_desktop.gui.help import key_lists, pages
from pingyi_desktop.gui.help.key_lists import Keys
from pingyi_desktop.gui.help.pages import HelpPage
from pingyi_desktop.gui.page import Page

SIZE, LIST = (960, 700), 220
KEY = Qt.ItemDataRole.UserRole
NOTHING = "没有找到。换几个字试试，例如：打印、口令、录错了。"


def open_over(window: QMainWindow, key: str, page: Page | None) -> None:
    """Open the help of a window at a page of it (the first when there is none of this key); ``page`` is what is worked on.

    Over a dialog that keeps the keys it belongs to the dialog, and goes with it.
    """
    over = QApplication.activeModalWidget() or window
    here = over.findChildren(HelpWindow, options=Qt.FindChildOption.FindDirectChildrenOnly)
    helping = next(iter(here), None) or HelpWindow(over)
    title = "" if page is None else page.context.entry.title
    helping.open_at(key, key_lists.lists(window.actions(), page, title))


class HelpWindow(QDialog):
    """Stays open while one works; Esc closes it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setWindowTitle("帮助")
        self._pages: tuple[HelpPage, ...] = ()
        self.line, self.list, self.page = QLineEdit(), QListWidget(), QTextBrowser()
        self.line.setPlaceholderText("搜帮助")
        self.line.setAccessibleName("搜帮助")
        self.line.setClearButtonEnabled(True)
        self.list.setAccessibleName("帮助目录")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page.setAccessibleName("帮助内容")
        self.page.setOpenLinks(False)
        self.page.setSearchPaths([str(paths.resources() / "help")])
        self.page.document().setDocumentMargin(14)
        left = QVBoxLayout()
        left.addWidget(self.line)
        left.addWidget(self.list, 1)
        self.line.setFixedWidth(LIST)
        self.list.setFixedWidth(LIST)
        both = QHBoxLayout(self)
        both.addLayout(left)
        both.addWidget(self.page, 1)
        self.line.textChanged.connect(self._search)
        self.line.returnPressed.connect(self.list.setFocus)
        self.list.currentItemChanged.connect(self._show)
        self.page.anchorClicked.connect(self._follow)
        room = self.screen().availableGeometry()
        self.resize(min(SIZE[0], room.width() - 60), min(SIZE[1], room.height() - 60))

    def open_at(self, key: str, keys: list[tuple[str, Keys]]) -> None:
        """Show the page of this key (the first one when there is none), with the keys that work now on the card."""
        self._pages = pages.every_page(keys)
        self.line.clear()
        self._search("")
        self._go_to(key)
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus()

    def _search(self, text: str) -> None:
        """List the pages that fit and show the first of them."""
        self.list.clear()
        for one in pages.found(self._pages, text):
            item = QListWidgetItem(one.title)
            item.setData(KEY, one.key)
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            self.page.setPlainText(NOTHING)

    def _go_to(self, key: str) -> None:
        rows = [row for row in range(self.list.count()) if self.list.item(row).data(KEY) == key]
        self.list.setCurrentRow(rows[0] if rows else 0)

    def _show(self, item: QListWidgetItem | None) -> None:
        found = [one for one in self._pages if item is not None and one.key == item.data(KEY)]
        if found:
            self.page.setMarkdown(found[0].text)

    def _follow(self, link: QUrl) -> None:
        """From one page to another; a search that hides it is given up."""
        self.line.clear()
        self._go_to(link.path().removesuffix(".md"))
