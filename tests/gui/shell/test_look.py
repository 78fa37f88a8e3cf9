"""The look of all pages: contrast, one table of colours, names for whoever cannot see, nothing pushed out of small windows."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

import pytest
import seen
import showing
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPalette, QTextLayout
from PySide6.QtWidgets import (
    QApplication,
    QScrollArea,
    QTabWidget,
    QToolButton,
)

import make
import pingyi_desktop
from pingyi_desktop import paths
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.looks import icons, settings, tokens
from pingyi_desktop.gui.looks.chips import MARKS
from pingyi_desktop.gui.looks.column_widths import ColumnWidths
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.days import TURNING, Calendar, DayLine
from pingyi_desktop.gui.parts.forms import label
from pingyi_desktop.gui.parts.tables import Column, DataTable
from pingyi_desktop.gui.settings_dialog import DENSITIES, SIZES, THEMES, SettingsDialog

GUI = Path(pingyi_desktop.__file__).parent / "gui"

GROUNDS = ("bg", "surface", "raised")
PAIRS = (
    *((ink, ground) for ink in ("ink", "ink2", "brand_ink", "blue", "bad") for ground in GROUNDS),
    *((ink, soft) for ink in ("ink", "ink2") for soft in ("blue_soft", "warn_soft", "bad_soft", "ok_soft")),
    *((name, f"{name}_soft") for name in ("blue", "ok", "warn", "bad")),
    *(("brand_ink", "brand_soft"), ("on_primary", "primary"), ("on_primary", "primary_over")),
    *(("on_bar", "bar"), ("on_bar", "bar_soft")),
)
"""which ink stands on which ground as text: at least 4.5 : 1"""
FAINT = tuple(("ink3", ground) for ground in GROUNDS)
"""large or doubled text: at least 3 : 1"""


@pytest.fixture
def dressed(qapp: QApplication, open_window):
    """Settings of its own; afterwards everything looks as before."""
    yield qapp
    for keep, value in (
        (settings.set_theme, "light"),
        (settings.set_text_size, "normal"),
        (settings.set_density, "roomy"),
    ):
        keep(value)
    look.apply(qapp)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A company whose branches have sealed ballots, so that every table has rows."""
    made = make.counted_company(tmp_path / "QL.pingyi")
    made.close()
    return made.path


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


# Colours


def test_contrast_is_reckoned_as_the_web_does_it():
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [tokens.LIGHT, tokens.DARK])
def test_every_ink_can_be_read_on_its_ground(theme):
    def low(pairs, least):
        value = {name: QColor(pair[theme]) for name, pair in tokens.TOKENS.items()}
        return [pair for pair in pairs if contrast(value[pair[0]], value[pair[1]]) < least]

    assert low(PAIRS, 4.5) == []
    assert low(FAINT, 3) == []


@pytest.mark.parametrize("theme", [tokens.LIGHT, tokens.DARK])
@pytest.mark.parametrize(("icon", "ground"), [("arrow-down", "surface"), ("arrow-down-bar", "bar_soft")])
def test_the_arrow_of_a_choice_is_seen_on_its_ground(theme, icon, ground):
    drawn = (paths.resources() / "icons" / f"{icon}.svg").read_text(encoding="utf-8")
    ink = re.search(r'stroke="(#[0-9A-F]{6})"', drawn)
    assert ink is not None
    assert contrast(QColor(ink[1]), QColor(tokens.TOKENS[ground][theme])) >= 3


def test_every_token_that_is_an_ink_or_a_ground_stands_in_a_pair():
    paired = {name for pair in (*PAIRS, *FAINT) for name in pair}
    assert set(tokens.TOKENS) - paired == {"line", "line2", "brand"}, (
        "hairlines, and the mark beside brand_ink"
    )


def test_no_colour_is_written_anywhere_but_in_the_table():
    coloured = re.compile(r"#[0-9a-fA-F]{6}\b|QColor\(\s*\d")
    found = {path.name for path in GUI.rglob("*.py") if coloured.search(path.read_text(encoding="utf-8"))}
    assert found == {"tokens.py"}
    sheet = (paths.resources() / "window.qss").read_text(encoding="utf-8")
    assert set(coloured.findall(sheet)) == {"#FFFFFF", "#1E2226"}, "paper alone is white in both themes"


def test_the_style_sheet_uses_the_tokens_and_knows_all_it_asks_for(dressed):
    template = Template((paths.resources() / "window.qss").read_text(encoding="utf-8"))
    for theme in (tokens.LIGHT, tokens.DARK):
        tokens.use(theme)
        assert "$" not in look.style_sheet()
    code = "".join(path.read_text(encoding="utf-8") for path in GUI.rglob("*.py") if path.name != "tokens.py")
    painted = {name for name in tokens.TOKENS if f'"{name}"' in code}
    assert set(tokens.TOKENS) - set(template.get_identifiers()) - painted == set()


def test_every_image_of_the_style_sheet_is_there(dressed):
    for theme in (tokens.LIGHT, tokens.DARK):
        tokens.use(theme)
        names = re.findall(r"url\(icons:([\w-]+\.svg)\)", look.style_sheet())
        assert names
        assert [name for name in names if QIcon(f"icons:{name}").pixmap(16, 16).isNull()] == []


def test_an_icon_takes_the_colour_of_a_token_and_follows_the_theme(dressed):
    def inks():
        image = icons.icon("house", "brand").pixmap(18, 18).toImage()
        points = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        return {one.name() for one in points if one.alpha() == 255}

    tokens.use(tokens.LIGHT)
    assert QColor(tokens.TOKENS["brand"][0]).name() in inks()
    tokens.use(tokens.DARK)
    assert QColor(tokens.TOKENS["brand"][1]).name() in inks()


def test_every_page_has_an_icon_that_is_there_and_a_licence_lies_beside_them():
    folder = paths.resources() / "icons"
    assert {f"{one.icon}.svg" for one in PAGES} <= {one.name for one in folder.glob("*.svg")}
    assert {f"{one}.svg" for one in MARKS.values()} <= {one.name for one in folder.glob("*.svg")}
    assert "ISC License" in (folder / "LICENSE-lucide.txt").read_text(encoding="utf-8")


def test_paper_stays_white_in_the_dark(dressed):
    tokens.use(tokens.DARK)
    assert tokens.on_paper("surface").name() == "#ffffff"
    assert tokens.colour("surface") != tokens.on_paper("surface")


@pytest.mark.parametrize("bold", [False, True])
def test_a_rare_character_of_a_name_is_shown_by_a_font_of_ours_bold_too(dressed, bold):
    font = QFont(dressed.font())
    font.setBold(bold)
    layout = QTextLayout("喆堃峣国", font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    runs = layout.glyphRuns()
    assert {run.rawFont().familyName() for run in runs} <= {"Noto Sans SC", "Noto Serif SC"}
    assert 0 not in [number for run in runs for number in run.glyphIndexes()], "0 is an empty box"


# Settings


def test_the_program_is_dark_where_the_computer_is_if_it_is_told_to_be_as_it_is(dressed, monkeypatch):
    black, white = QPalette(QColor("black")), QPalette(QColor("white"))
    assert (look.is_dark(black), look.is_dark(white)) == (True, False)
    for dark in (True, False):
        monkeypatch.setattr(look, "is_dark", lambda _, dark=dark: dark)
        themes = []
        for theme in THEMES:
            settings.set_theme(theme)
            look.apply(dressed)
            themes.append(tokens.theme())
        expected = {
            "light": tokens.LIGHT,
            "dark": tokens.DARK,
            "system": tokens.DARK if dark else tokens.LIGHT,
        }
        assert themes == [expected[theme] for theme in THEMES]


def test_a_choice_is_seen_at_once_and_remembered(open_window, dressed):
    window = open_window()
    dialog = SettingsDialog(window, lambda: None)
    points = dressed.font().pointSizeF()
    dialog.show()
    dialog.theme.setCurrentIndex(list(THEMES).index("dark"))
    assert dressed.palette().window().color().name() == tokens.TOKENS["bg"][1].lower()
    dialog.text.setCurrentIndex(list(SIZES).index("larger"))
    assert dressed.font().pointSizeF() == pytest.approx(points * 1.25)
    assert dialog.font().pointSizeF() == pytest.approx(points * 1.25)
    dialog.density.setCurrentIndex(list(DENSITIES).index("close"))
    assert look.row_height() == round(30 * 1.25)
    dialog.sounds.setChecked(True)
    again = SettingsDialog(window, lambda: None)
    chosen = (again.theme.currentData(), again.text.currentData(), again.density.currentData())
    assert chosen == ("dark", "larger", "close")
    assert again.sounds.isChecked()
    for one in (dialog, again):
        one.deleteLater()


@pytest.mark.parametrize("written", ["grün", "", "normal;drop"])
def test_what_the_settings_file_says_wrongly_changes_nothing(open_window, dressed, written):
    for keep in (settings.set_theme, settings.set_text_size, settings.set_density):
        keep(written)
    look.apply(dressed)
    assert look.row_height() == 36
    assert dressed.font().pointSizeF() == look.POINTS


def test_what_is_painted_asks_no_settings_file(open_window, dressed, monkeypatch):
    settings.set_text_size("larger")
    settings.set_density("close")
    look.apply(dressed)
    monkeypatch.setattr(settings, "_settings", lambda: pytest.fail("asked the file"))
    assert (look.scale(), look.row_height()) == (1.25, round(30 * 1.25))
    monkeypatch.undo()


def test_rows_follow_the_density_at_once(open_window, dressed, qtbot):
    table = DataTable([Column("名", str)], name="名", empty="没有。")
    qtbot.addWidget(table)
    table.resize(600, 700)
    table.show()
    assert table.view.verticalHeader().defaultSectionSize() == 36
    settings.set_density("close")
    look.apply(dressed)
    assert table.view.verticalHeader().defaultSectionSize() == 30


def test_columns_follow_the_size_of_text_at_once(open_window, dressed, qtbot):
    table = DataTable(
        [Column("姓名", str), Column("党支部", lambda _: "老鹰沟矿采剥1队党支部")], name="名", empty="没有。"
    )
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.show()
    table.set_rows(["阿布都拉·买买提江"])
    settings.set_text_size("larger")
    look.apply(dressed)
    needed = table.view.sizeHintForColumn
    qtbot.waitUntil(lambda: table.view.columnWidth(0) >= needed(0))


def test_a_line_with_too_little_room_loses_its_middle_and_shows_it(open_window, dressed, qtbot):
    said = "青峦煤业公司运行一队党支部　基层党组织开展创先争优活动群众评议表　全体参评人员"
    long = label(said, role="strong", wrap=False)
    qtbot.addWidget(long)
    long.resize(300, 40)
    middle = long.fontMetrics().elidedText(said, Qt.TextElideMode.ElideMiddle, 300)
    short = label(middle, role="strong", wrap=False)
    qtbot.addWidget(short)
    short.resize(300, 40)
    assert long.text() == said
    assert said[-4:] in middle
    assert long.grab().toImage() == short.grab().toImage()


# The largest texts


def enlarged(open_window, dressed, company, key):
    """The page with this key on a small screen, after the largest texts were chosen while it was open."""
    window = open_window([one for one in PAGES if one.key == key])
    assert window.open_path(company)
    window.resize(*seen.SCREENS["100"][:2])
    showing.settle(window)
    settings.set_text_size("larger")
    look.apply(dressed)
    showing.settle(window)
    return window.workspace.page


def test_the_largest_texts_do_not_run_into_each_other_in_the_list_of_reports(
    open_window, dressed, company, qtbot
):
    page = enlarged(open_window, dressed, company, "reports")
    page._warn((["有一个党支部的票数和它上级报来的不一样，请打电话核实。"] * 9, True))
    assert page.about.text().endswith("……共 9 处。")
    field = page.layer.parentWidget()
    qtbot.waitUntil(lambda: page.about.geometry().bottom() < field.geometry().top())
    assert page.about.height() >= page.about.heightForWidth(page.about.width())
    assert page.list.height() >= 4 * page.list.sizeHintForRow(0)
    assert page.list.horizontalScrollBar().maximum() == 0


def test_the_largest_texts_leave_the_page_of_blank_paper_without_a_second_scroll_bar(
    open_window, dressed, company
):
    page = enlarged(open_window, dressed, company, "forms")
    assert area_of(page).verticalScrollBar().maximum() == 0
    assert page.list.horizontalScrollBar().maximum() == 0
    assert page.list.height() >= 3 * page.list.sizeHintForRow(0)


def test_a_change_of_the_look_measures_a_table_that_is_seen_once_and_others_when_they_are(
    dressed, qtbot, monkeypatch
):
    measured, fit = [], ColumnWidths.fit
    monkeypatch.setattr(
        ColumnWidths, "fit", lambda one, *, anew: (measured.append(one), fit(one, anew=anew))[1]
    )
    seen, hidden = (DataTable([Column("名", str)], name=name, empty="没有。") for name in "甲乙")
    for one in (seen, hidden):
        qtbot.addWidget(one)
        one.show()
        one.set_rows(["阿布都拉·买买提江"])
    hidden.hide()
    measured.clear()
    settings.set_text_size("larger")
    look.apply(dressed)
    qtbot.waitUntil(lambda: bool(measured))
    QApplication.processEvents()
    assert measured == [seen._widths]
    hidden.show()
    qtbot.waitUntil(lambda: len(measured) == 2)
    assert measured[1] is hidden._widths


def area_of(page: Page) -> QScrollArea:
    """The scroll area that the window puts around a page."""
    area = page.parentWidget().parentWidget()
    assert isinstance(area, QScrollArea)
    return area


def each_tab(page: Page):
    tabs = [one for one in page.findChildren(QTabWidget) if one.isVisible()]
    if not tabs:
        yield 0
    for place in range(tabs[0].count() if tabs else 0):
        if tabs[0].isTabVisible(place):
            tabs[0].setCurrentIndex(place)
            yield place


def test_fonts_are_read_by_us_where_the_font_library_cannot_be_told_their_folder(monkeypatch):
    """A folder with a Chinese name on a Windows of another language."""
    told = look._families()
    monkeypatch.setattr(look.QFontDatabase, "addApplicationFont", lambda _: -1)
    assert look._families() == told
    assert "Sans" in told[0]


def test_every_calendar_says_its_weekdays():
    """Qt's own are too wide for their columns: seven times three dots."""
    texts = [path.read_text(encoding="utf-8") for path in GUI.rglob("*.py")]
    folded_out = sum(text.count(".setCalendarPopup(True)") for text in texts)
    assert folded_out == sum(text.count(".setCalendarWidget(Calendar())") for text in texts) > 0


def test_a_calendar_turns_with_our_icons(qtbot):
    calendar = Calendar()
    qtbot.addWidget(calendar)
    for name, drawn in TURNING.items():
        one = calendar.findChild(QToolButton, name)
        assert one.icon().pixmap(18).toImage() == icons.icon(drawn).pixmap(18).toImage(), name


@pytest.mark.usefixtures("dressed")
def test_what_stands_in_a_line_stands_in_its_middle(qtbot):
    """The padding of buttons had pushed the icon to the lower edge."""
    line = DayLine("")
    qtbot.addWidget(line)
    line.show()
    (pick,) = line.findChildren(QToolButton)
    assert pick.sizeHint().height() <= line.height() - 4
    assert abs(pick.geometry().center().y() - line.rect().center().y()) <= 1
