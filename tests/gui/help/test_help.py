"""The help: a page for every page of the window and every task, true to the window, and whole without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import showing
from PySide6.QtCore import QPointF, Qt, QUrl
from PySide6.QtGui import QEnterEvent, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import QApplication
from written import texts_in

import make
import pingyi_desktop
from pingyi_desktop import paths
from pingyi_desktop.appraisal.ledgers.catalog import NOUNS
from pingyi_desktop.gui import palette
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.exchange import page as exchange
from pingyi_desktop.gui.help import pages
from pingyi_desktop.gui.help.help_window import NOTHING, HelpWindow
from pingyi_desktop.gui.keying.key_card import KEYS as KEYING
from pingyi_desktop.gui.ledgers.page import TOPICS
from pingyi_desktop.gui.looks import words
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.parts.forms import button, label
from pingyi_desktop.gui.parts.tables import Column, RowsModel

HELP = paths.resources() / "help"
SOURCES = Path(pingyi_desktop.__file__).parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]+)\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
NAMED = re.compile(r"“([^”]+)”")
KEY = re.compile(r"\b(?:Ctrl|Alt|Shift)\+\w+|\bF\d+\b")


@pytest.fixture(scope="module")
def written() -> set[str]:
    """Every text that the window's sources, and the list of reports, write down, without dots and menu marks."""
    files = [*(SOURCES / "gui").rglob("*.py"), SOURCES / "reports" / "catalog.py"]
    return {plain(one) for one in {text for file in files for text in texts_in(file)}}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    made = make.published_company(tmp_path / "QL.pingyi", form_codes=["T-ORG-A"])
    made.close()
    return made.path


def plain(text: str) -> str:
    return re.sub(r"\(&\w\)", "", text).removesuffix("…")


def text_of(key: str) -> str:
    return (HELP / f"{key}.md").read_text(encoding="utf-8")


def helping(window) -> HelpWindow:
    (found,) = window.findChildren(HelpWindow)
    assert found.isVisible()
    return found


def title_shown(window) -> str:
    return helping(window).list.currentItem().text()


def press_f1(window, qtbot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F1)


# What is written


def test_every_page_of_the_window_has_a_page_of_the_help_and_no_file_is_left_over():
    ledgers = {noun.key for noun in NOUNS}
    assert {one.key for one in PAGES} - ledgers <= set(pages.WRITTEN)
    assert set(TOPICS) <= ledgers
    assert set(TOPICS.values()) <= set(pages.WRITTEN)
    assert {one.stem for one in HELP.glob("*.md")} == set(pages.WRITTEN)


@pytest.mark.parametrize("key", pages.WRITTEN)
def test_what_the_help_names_stands_in_the_window(key, written):
    named = NAMED.findall(text_of(key))
    assert [one for one in named if plain(one) not in written] == []


@pytest.mark.parametrize("key", pages.WRITTEN)
def test_every_link_leads_to_a_page_of_the_help(key):
    known = {f"{one}.md" for one in (*pages.WRITTEN, pages.KEYS, pages.GLOSSARY)}
    assert set(LINK.findall(text_of(key))) <= known
    assert "://" not in text_of(key)


def test_every_page_is_reached_from_another():
    linked = {link.removesuffix(".md") for key in pages.WRITTEN for link in LINK.findall(text_of(key))}
    unreached = set(pages.WRITTEN) - linked - {"workbench", "questions"}
    assert unreached == set()


@pytest.mark.parametrize("key", pages.WRITTEN)
def test_a_page_begins_with_its_title_and_what_it_is_for(key):
    first, empty, summary, after = text_of(key).split("\n", 3)
    assert first.startswith("# ")
    assert (empty, after[:1]) == ("", "\n")
    assert summary.endswith("。")


@pytest.mark.usefixtures("dressed")
def test_every_page_fits_on_one_screen(open_window, company):
    window = open_window(PAGES)
    window.guide()
    view, heights = helping(window).page, dict[str, float]()
    for one in pages.written():
        paper = QTextDocument()
        paper.setDefaultFont(view.document().defaultFont())
        paper.setDocumentMargin(view.document().documentMargin())
        paper.setMarkdown(PICTURE.sub("", one.text))
        paper.setTextWidth(view.viewport().width())
        heights[one.title] = paper.size().height()
    assert {title: high for title, high in heights.items() if high > view.viewport().height()} == {}


def test_the_keys_that_the_help_names_are_keys_of_the_program(open_window, company):
    window = open_window(PAGES)
    assert window.open_path(company)
    window.workspace.go_to("organisations")
    showing.settle(window)
    window.guide()
    card = next(one for one in helping(window)._pages if one.key == pages.KEYS)
    named = {key for one in pages.WRITTEN for key in KEY.findall(text_of(one))}
    assert {one for one in named if f"**{one}" not in card.text and f" {one}**" not in card.text} == set()


def test_a_picture_that_is_missing_is_not_spoken_of(tmp_path, monkeypatch):
    (tmp_path / "help").mkdir()
    for key in pages.WRITTEN:
        (tmp_path / "help" / f"{key}.md").write_text(
            "# 题\n\n摘要。\n\n![图](pictures/x.png)\n", encoding="utf-8"
        )
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    pages.written.cache_clear()
    assert "x.png" not in pages.written()[0].text
    (tmp_path / "help" / "pictures").mkdir()
    (tmp_path / "help" / "pictures" / "x.png").write_bytes(b"")
    pages.written.cache_clear()
    assert "x.png" in pages.written()[0].text
    pages.written.cache_clear()


def test_pictures_are_those_that_the_help_shows_and_small():
    shown = {name for key in pages.WRITTEN for name in PICTURE.findall(text_of(key))}
    kept = {f"pictures/{one.name}": one.stat().st_size for one in (HELP / "pictures").glob("*.png")}
    assert set(kept) <= shown
    assert sum(kept.values()) <= 1_000_000


# F1


def test_f1_opens_the_page_that_fits_where_one_is(open_window, company, qtbot):
    window = open_window(PAGES)
    assert window.open_path(company)
    showing.settle(window)
    for entry in showing.some(3, showing.FEW):
        window.workspace.go_to(entry.key)
        showing.settle(window)
        press_f1(window, qtbot)
        ledger = entry.key in {noun.key for noun in NOUNS}
        topic = TOPICS.get(entry.key, "ledgers") if ledger else entry.key
        assert title_shown(window) == text_of(topic).partition("\n")[0].removeprefix("# ")
        helping(window).close()
    shortcuts = window.findChildren(QShortcut)
    assert len(shortcuts) > len(PAGES)
    assert [one.key().toString() for one in shortcuts if not one.whatsThis()] == [], (
        "the card of keys says it"
    )


def test_f1_works_in_a_dialog_over_the_page_and_the_help_can_be_read_there(open_window, company, qtbot):
    window = open_window([one for one in PAGES if one.key == "organisations"])
    assert window.open_path(company)
    showing.settle(window)
    page = window.workspace.page
    page.new_member.trigger()
    dialog = showing.dialog()
    qtbot.waitUntil(lambda: dialog.focusWidget() is not None and dialog.isActiveWindow())
    line = dialog.focusWidget()
    for _ in range(2):  # the second time it is the same help
        dialog.activateWindow()
        qtbot.keyClick(line, Qt.Key.Key_F1)
        (helped,) = dialog.findChildren(HelpWindow)
        assert helped.isVisible()
    qtbot.waitUntil(helped.isActiveWindow)
    showing.write(helped.line, "封存")
    assert helped.list.count() > 0
    dialog.reject()
    assert window.workspace.page is page


def test_f1_follows_the_tabs_of_the_exchange(open_window, company):
    window = open_window([one for one in PAGES if one.key == "exchange"])
    assert window.open_path(company)
    showing.settle(window)
    page = window.workspace.page
    topics = []
    for place in (exchange.BOARD, exchange.TASKS, exchange.CASES):
        page.tabs.setCurrentIndex(place)
        topics.append(page.topic)
    assert topics == ["exchange", "tasks", "cases"]


def test_f1_while_keying_is_about_keying_and_after_the_seal_about_seals(open_window, tmp_path):
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-ORG-A"])
    with made.transaction() as session:
        (batch,) = make.batches.listing(session, campaign_id=make.campaign_of(session))
        make.sheet(session, batch.id, valid=3)
    made.close()
    window = open_window([one for one in PAGES if one.key == "entry"])
    assert window.open_path(made.path)
    showing.settle(window)
    page = window.workspace.page
    assert page.topic == "entry"
    page.open_batch(page.batches[0])
    page.desk.acts.of["KEY"].click()
    showing.settle(window)
    assert page.topic == "keying"
    page.desk.step_back()
    assert page.topic == "entry"
    with window._opened.store.transaction() as session:
        make.ballots.enter_ballots(session, batch_id=batch.id, ballots=["11111"] * 3, by=make.BY)
        make.seal(session, batch_id=batch.id, by=make.BY)
    page.refresh()
    showing.settle(window)
    assert page.topic == "sealing"


def test_without_a_file_f1_tells_how_to_begin(open_window, qtbot):
    window = open_window(PAGES)
    press_f1(window, qtbot)
    assert title_shown(window) == "从这里开始"


def test_a_link_opens_its_page_and_a_picture_is_found(open_window):
    window = open_window(PAGES)
    window.guide()
    asked = helping(window)
    asked.line.setText("口令")
    asked.page.anchorClicked.emit(QUrl("keying.md"))
    assert title_shown(window) == "照纸录票"
    assert asked.line.text() == ""


# Searching


def test_the_help_is_searched_by_words_and_initials(open_window, qtbot):
    window = open_window(PAGES)
    window.guide()
    asked = helping(window)
    for text, title in (
        *(("恢复码", "评议活动"), ("bfykl", "备份与口令"), ("F8", "照纸录票")),
        *(("销号", "整改和答复"), ("汇报", "会议、汇报和检查"), ("等次", "党员结果与民主评议")),
    ):
        asked.line.setText(text)
        listed = [asked.list.item(row).text() for row in range(asked.list.count())]
        assert title in listed
        assert len(listed) < len(pages.WRITTEN)
    asked.line.setText("没有这个词")
    assert asked.page.toPlainText() == NOTHING


def test_control_k_finds_the_help_too(open_window, company, qtbot):
    window = open_window(PAGES)
    assert window.open_path(company)
    showing.settle(window)
    window.search()
    (asked,) = [one for one in window.findChildren(palette.Palette) if one.isVisible()]
    showing.write(asked.line, "照纸录票")
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    assert title_shown(window) == "照纸录票"


def test_control_k_finds_a_report_and_shows_it(open_window, company, qtbot):
    window = open_window(PAGES)
    assert window.open_path(company)
    showing.settle(window)
    window.search()
    (asked,) = [one for one in window.findChildren(palette.Palette) if one.isVisible()]
    showing.settle(window)
    showing.write(asked.line, "群众评议工作总结")
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    showing.settle(window)
    page = window.workspace.page
    assert (page.key, page.list.currentItem().text()) == ("reports", "群众评议工作总结 R01")


# Keys


def test_the_card_has_every_key_of_keying_of_the_window_and_of_the_page(open_window, company):
    window = open_window(PAGES)
    assert window.open_path(company)
    window.workspace.go_to("organisations")
    showing.settle(window)
    window.guide()
    card = next(one for one in helping(window)._pages if one.key == pages.KEYS)
    paper = QTextDocument()
    paper.setMarkdown(card.text)
    shown = paper.toPlainText()
    assert [pair for pair in KEYING if pair[0] not in shown or pair[1] not in shown] == []
    actions = [one for one in window.actions() if not one.shortcut().isEmpty()]
    assert len(actions) > 9  # Ctrl+1 to Ctrl+9, and those of the window
    page = window.workspace.page
    for act in (*actions, page.new_org, page.end_member):
        assert act.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in shown
        assert act.text().rstrip("…") in shown


# Words


def enter(widget) -> None:
    where = QPointF(1, 1)
    QApplication.sendEvent(widget, QEnterEvent(where, where, where))


def test_a_word_is_explained_where_it_stands(qtbot):
    said = label("先登记核对单，再录第一遍。")
    plainly = label("还没有党员。")
    own = label("票批")
    own.setToolTip("自己的")
    for one in (said, plainly, own):
        qtbot.addWidget(one)
        enter(one)
    assert words.WORDS["核对单"] in said.toolTip()
    assert words.WORDS["第一遍"] in said.toolTip()
    assert (plainly.toolTip(), own.toolTip()) == ("", "自己的")
    said.setText("已封存。")
    enter(said)
    assert said.toolTip() == tip(f"封存：{words.WORDS['封存']}")


def test_heads_and_buttons_explain_their_words_too(qtbot):
    model = RowsModel([Column("核对号", str)])
    head = model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert words.WORDS["核对号"] in head
    pressed = button("封存这一批", lambda: None)
    qtbot.addWidget(pressed)
    assert words.WORDS["封存"] in pressed.toolTip()


def test_the_longest_word_is_explained_and_not_its_parts():
    found = words.explain("票批码和回执").splitlines()
    assert found == [f"票批码：{words.WORDS['票批码']}", f"回执：{words.WORDS['回执']}"]
    assert words.explain("没有生词") == ""


def test_the_glossary_has_every_word_and_every_word_stands_in_the_window(written):
    paper = QTextDocument()
    paper.setMarkdown(next(one for one in pages.every_page([]) if one.key == pages.GLOSSARY).text)
    shown = paper.toPlainText()
    assert [word for word, meaning in words.WORDS.items() if word not in shown or meaning not in shown] == []
    texts = "\n".join(written)
    once = [word for word in words.WORDS if texts.count(word) <= words_own(word)]
    assert once == []


def words_own(word: str) -> int:
    """How often the table of words itself says it."""
    return "\n".join((*words.WORDS, *words.WORDS.values())).count(word)


def test_the_reports_are_listed_by_name_and_numbers_come_after(open_window, company):
    window = open_window([one for one in PAGES if one.key == "reports"])
    assert window.open_path(company)
    showing.settle(window)
    listed = window.workspace.page.list
    assert not any(re.match(r"R\d", listed.item(row).text()) for row in range(listed.count()))
