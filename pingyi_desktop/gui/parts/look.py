"""How the program looks, whatever the computer: fonts of its own, Chinese for Qt's own texts, one style sheet from one table of colours.

The style sheet is a template (``window.qss``): ``$ink`` is a token, ``$t17`` a size of text that grows with the setting,
``$row`` and the like a height that shrinks with it.
"""

from __future__ import annotations

from string import Template

from PySide6 import QtCore
from PySide6.QtCore import QDir, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from pingyi_desktop import __version__, paths
from pingyi_desktop.gui.looks import icons, settings, tokens
from pingyi_desktop.gui.looks.keyboard import KeyboardBack

POINTS = 11.0
TYPE = (26.0, 22.0, 17.0, 14.0, 12.5, 11.0, 10.0)
TEXT_SIZES = {"normal": 1.0, "large": 1.12, "larger": 1.25}
DENSITIES, LOW_ROW, LOW = {"roomy": 36, "close": 30}, 32, 650
_worn = {"scale": 1.0, "row": DENSITIES["roomy"]}
"""What the settings said when the application was dressed: every row that is painted asks for it, so the file is not."""
SYSTEM_FAMILIES = ("Microsoft YaHei UI", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC")


def prepare(app: QApplication) -> None:
    """Give the application its name, fonts, Chinese texts and style."""
    app.setApplicationName("pingyi")
    app.setApplicationDisplayName("")
    app.setApplicationVersion(__version__)
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    QDir.setSearchPaths("icons", [str(paths.resources() / "icons")])
    app.setWindowIcon(QIcon("icons:pingyi.svg"))
    app.setProperty("families", [*_families(), *SYSTEM_FAMILIES])
    KeyboardBack(app)
    app.styleHints().colorSchemeChanged.connect(lambda _: follow(app))
    apply(app)


def apply(app: QApplication) -> None:
    """Dress the application as the settings say now: theme, size of text, density."""
    wanted = settings.theme()
    hints = app.styleHints()
    hints.unsetColorScheme()
    app.setPalette(QPalette())  # the computer's own again, no longer ours
    theirs = tokens.DARK if is_dark(app.palette()) else tokens.LIGHT
    tokens.use({"light": tokens.LIGHT, "dark": tokens.DARK}.get(wanted, theirs))
    if tokens.theme() != theirs:  # the frame, which the computer draws, goes with us
        schemes = QtCore.Qt.ColorScheme
        hints.setColorScheme(schemes.Dark if tokens.theme() == tokens.DARK else schemes.Light)
    _worn["scale"] = TEXT_SIZES.get(settings.text_size(), 1.0)
    _worn["row"] = DENSITIES.get(settings.density(), DENSITIES["roomy"])
    app.setPalette(_palette())
    font = QFont()
    font.setFamilies(app.property("families"))
    font.setPointSizeF(POINTS * scale())
    app.setFont(font)
    app.setStyleSheet("")  # dressing the naked is several times as quick as dressing the dressed
    app.setStyleSheet(style_sheet())
    for widget in app.allWidgets():
        icons.redraw(widget)


def follow(app: QApplication) -> None:
    """The computer turned light or dark: so does the program, unless it was told otherwise."""
    if settings.theme() == "system":
        apply(app)


def is_dark(palette: QPalette) -> bool:
    """Whether windows of this palette are darker than what is written in them, as in a computer's dark theme."""
    role = QPalette.ColorRole
    return palette.color(role.Window).lightness() < palette.color(role.WindowText).lightness()


def scale() -> float:
    """How much larger than usual texts are."""
    return _worn["scale"]


def is_low(widget: QWidget) -> bool:
    """Whether the window is too low for everything, as at 125 % on a small screen: pages keep to what their tables need."""
    return widget.window().height() < LOW


def row_height(*, low: bool = False) -> int:
    """How high a row of a table is, in pixels; a little less where the window is low."""
    return round((min(_worn["row"], LOW_ROW) if low else _worn["row"]) * scale())


def style_sheet() -> str:
    """The template with the colours, sizes and heights of now; a name it does not know is an error."""
    values = {name: pair[tokens.theme()] for name, pair in tokens.TOKENS.items()}
    sizes = {f"t{points:g}".replace(".", "_"): f"{points * scale():g}pt" for points in TYPE}
    marks = {"mark": "-dark" if tokens.theme() == tokens.DARK else ""}
    text = (paths.resources() / "window.qss").read_text(encoding="utf-8")
    return Template(text).substitute(values | sizes | marks)


def _families() -> list[str]:
    """Load the fonts that come with the program; the sans ones first, the serif one for what the bold one lacks (喆)."""
    found: list[str] = []
    for file in sorted((paths.resources() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        if (
            number < 0
        ):  # a folder whose name the font library cannot be told: Chinese on a Windows of another language
            number = QFontDatabase.addApplicationFontFromData(file.read_bytes())
        found += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return sorted(dict.fromkeys(found), key=lambda family: "Sans" not in family)


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, name in (
        (role.Window, "bg"),
        (role.WindowText, "ink"),
        (role.Base, "surface"),
        (role.AlternateBase, "raised"),
        (role.Text, "ink"),
        (role.Button, "surface"),
        (role.ButtonText, "ink"),
        (role.Highlight, "blue_soft"),
        (role.HighlightedText, "ink"),
        (role.PlaceholderText, "ink2"),
        (role.ToolTipBase, "surface"),
        (role.ToolTipText, "ink"),
        (role.Link, "blue"),
    ):
        palette.setColor(which, tokens.colour(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, tokens.colour("ink3"))
    return palette
