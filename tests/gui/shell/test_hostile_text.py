"""Every page over a file of hostile names: all of it plain text, nothing that cannot be seen or turns the others round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import hostile
import pytest
import showing
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QTreeWidget,
    QWidget,
)
from series import LONG

import make
from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import operators
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.parts import forms
from pingyi_desktop.gui.parts.charts import DotChart, StackChart
from pingyi_desktop.gui.window import Window
from pingyi_desktop.reports import chart
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_exchange import QuarantinedFile

ORG, MEM = "T-ORG-A", "T-MEM-A"
MOST_ROWS = 200
DRAFTED = [entry for entry in PAGES if entry.key in ("workbench", "organisations", "campaign")]
"""pages that show something of a draft"""
TIP = re.compile(r"<span>(?:[^<>]|<br>)*</span>")


@pytest.fixture(params=["published", "draft"])
def poisoned(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A company with figures, a waiting file, maybe a draft: every text that people fill is hostile."""
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=[ORG, MEM])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        groups = [("一组", ["QL.01"])]
        sessions.set_review_groups(session, campaign_id=campaign_id, groups=groups, by=make.BY)
        rows = [(57, 3, 0, 0)] * 5
        for code in ("QL.01.G01.B001", "QL.01.G01"):
            make.received(session, campaign_id=campaign_id, org_code=code, counts={ORG: rows, MEM: rows[:3]})
        one = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code=ORG)
        make.sealed(session, one.id, ["11111"] * 12)
        if request.param == "draft":
            make.draft(session, name="下一期", year=2025, start_date="2025-01-05", end_date="2025-01-31")
        operators.add(session, name="甲", by=f"=1{hostile.OVERRIDE}<b>")
        session.add(
            QuarantinedFile(
                id="0" * 64,
                campaign_id=campaign_id,
                file_name="报.pingyi-pack",
                unit_code=f"QL{hostile.OVERRIDE}<b>",
                reason=f"{next(iter(Situation))}|=1{hostile.OVERRIDE}<b>",
                data=b"x",
            )
        )
    made.close()
    hostile.poison(made.path)
    return made.path


def items(model: QAbstractItemModel, above: QModelIndex | None = None) -> Iterator[QModelIndex]:
    above = above or QModelIndex()
    for row in range(min(MOST_ROWS, model.rowCount(above))):
        for column in range(width(model, above)):
            yield model.index(row, column, above)
        yield from items(model, model.index(row, 0, above))


def width(model: QAbstractItemModel, above: QModelIndex) -> int:
    """How many columns; PySide keeps a list's own answer private."""
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)


def said_by(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Every text of one widget, with where it stands."""
    yield "tool tip", widget.toolTip()
    yield "title", widget.windowTitle()
    if isinstance(widget, QLabel):
        yield "label", widget.text()
    elif isinstance(widget, QAbstractButton):
        yield "button", widget.text()
    elif isinstance(widget, QLineEdit):
        yield "line", widget.text()
        yield "placeholder", widget.placeholderText()
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        yield "text", widget.toPlainText()
    elif isinstance(widget, QComboBox):
        yield from (("choice", widget.itemText(place)) for place in range(widget.count()))
    elif isinstance(widget, QGroupBox):
        yield "box", widget.title()
    elif isinstance(widget, QTabWidget):
        yield from (("tab", widget.tabText(place)) for place in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
        for index in items(model):
            yield "cell", str(index.data(Qt.ItemDataRole.DisplayRole) or "")
            yield "tool tip", str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        for place in range(width(model, QModelIndex())):
            yield "heading", str(model.headerData(place, Qt.Orientation.Horizontal) or "")
    yield from (("action", action.text()) for action in widget.actions())


def check_inert(window: Window) -> set[str]:
    """All that the window shows is plain and visible; gives every text."""
    found: set[str] = set()
    for widget in [window, *window.findChildren(QWidget)]:
        if isinstance(widget, QTreeWidget):
            widget.expandAll()
        if isinstance(widget, QLabel):
            assert widget.textFormat() is Qt.TextFormat.PlainText or not widget.text() or not _hostile(widget)
        assert not isinstance(widget, QTextEdit), "rich text"
        for where, text in said_by(widget):
            assert visible.shown(text) == text, (type(widget).__name__, where, text)
            if where == "tool tip" and ("<" in text or "&" in text):
                assert TIP.fullmatch(text), text
            found.add(text)
    for action in window.findChildren(QAction):
        assert visible.shown(action.text() + action.toolTip()) == action.text() + action.toolTip()
    return found


def _hostile(widget: QLabel) -> bool:
    return any(letter in widget.text() for letter in "<>&〔=+@")


@pytest.mark.usefixtures("painted")
def test_every_page(open_window, poisoned: Path, request: pytest.FixtureRequest) -> None:
    window = open_window(PAGES)
    assert window.open_path(poisoned)
    showing.settle(window)
    published = request.node.callspec.params["poisoned"] == "published"
    for entry in PAGES if LONG else showing.some(1, showing.FEW) if published else DRAFTED:
        window.workspace.go_to(entry.key)
        showing.settle(window)
        page = window.workspace.page
        tabs = page.findChildren(QTabWidget)
        for one in tabs:
            for place in range(one.count()):
                one.setCurrentIndex(place)
                showing.settle(window)
    all_said = "\n".join(check_inert(window))  # every page stays in the window
    for text in (
        "<b>x</b><img src=x>",
        '=HYPERLINK("x")',
        "〔U+202E〕",
        "&amp;&lt;",
        "%s {0} %n",
        "@x",
        "+1+1",
    ):
        assert text in all_said
    with store.open_file(poisoned).reading() as session:
        (held,) = (
            session.connection().exec_driver_sql("SELECT full_name FROM party_organization LIMIT 1").one()
        )
    assert visible.shown(held) != held
    assert visible.shown(held) in all_said


@pytest.mark.parametrize("text", [*hostile.TEXTS, *hostile.UNSEEN], ids=ascii)
def test_what_windows_are_made_of(qtbot, text: str) -> None:
    shown = visible.shown(text)
    made = forms.label(text)
    qtbot.addWidget(made)
    assert (made.text(), made.textFormat()) == (shown, Qt.TextFormat.PlainText)
    made.setText(f"甲{text}")
    assert made.text() == f"甲{shown}"
    pressed = forms.button(text, lambda: None, hint=text)
    qtbot.addWidget(pressed)
    assert pressed.text() == shown
    assert QAbstractButton.text(pressed) == shown.replace("&", "&&"), "no letter becomes a key"
    assert TIP.fullmatch(pressed.toolTip())
    bar = forms.MessageBar()
    qtbot.addWidget(bar)
    bar.fail(text)
    assert bar.text == shown
    field = forms.Field("项", QLineEdit())
    qtbot.addWidget(field)
    field.complain(text)
    assert field.complaint == shown
    rates, marks = DotChart("图"), StackChart("图")
    qtbot.addWidget(rates)
    qtbot.addWidget(marks)
    rates.show_rates([chart.Dot(text, Decimal(50), "50.0%")])
    assert rates.accessibleDescription() == f"{shown} 50.0%"
    marks.show_marks([chart.Stack(text, (chart.Part(text, 5, "POSITIVE"),))])
    assert marks.accessibleDescription() == f"{shown} {shown} 5。从左到右：{shown}"


@pytest.mark.parametrize("text", [*hostile.TEXTS, *hostile.UNSEEN], ids=ascii)
def test_what_is_copied_runs_nowhere(text: str) -> None:
    copied = visible.pasteable(text)
    assert visible.shown(copied) == copied
    assert not copied.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not re.search(r"[\t\n\r]", copied)
    assert copied.lstrip("'").strip('"') in re.sub(r"\s", " ", visible.shown(text)) + " "


def test_a_sentence_before_any_page(open_window, qtbot) -> None:
    window = open_window(())
    seen: list[tuple[str, Qt.TextFormat]] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        seen.append((box.text(), box.textFormat()))
        box.accept()

    qtbot.waitUntil(lambda: window.isVisible())
    from_timer = showing.QTimer()
    from_timer.setSingleShot(True)
    from_timer.timeout.connect(look)
    from_timer.start(50)
    window.tell(f"<b>甲</b>{hostile.OVERRIDE}")
    assert seen == [("<b>甲</b>〔U+202E〕", Qt.TextFormat.PlainText)]
