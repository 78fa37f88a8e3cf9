"""How the program looks, whatever the computer: fonts of its own, Chinese for Qt's own texts, one style, one palette."""

from __future__ import annotations

from PySide6.QtCore import QDir, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from pingyi_desktop import __version__, paths

POINTS = 12
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
    app.setStyle("Fusion")
    app.styleHints().setColorScheme(Qt.ColorScheme.Light)
    app.setPalette(_palette())
    font = QFont()
    font.setFamilies([*_families(), *SYSTEM_FAMILIES])
    font.setPointSize(POINTS)
    app.setFont(font)
    app.setStyleSheet((paths.resources() / "style.qss").read_text(encoding="utf-8"))


def _families() -> list[str]:
    """Load the fonts that come with the program; the sans ones first."""
    found: list[str] = []
    for file in sorted((paths.resources() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        found += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return sorted(dict.fromkeys(found), key=lambda family: "Sans" not in family)


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, colour in (
        (role.Window, "#f5f6f8"),
        (role.WindowText, "#1b1f24"),
        (role.Base, "#ffffff"),
        (role.AlternateBase, "#f4f7fa"),
        (role.Text, "#1b1f24"),
        (role.Button, "#ffffff"),
        (role.ButtonText, "#1b1f24"),
        (role.Highlight, "#cfe2f5"),
        (role.HighlightedText, "#10263c"),
        (role.PlaceholderText, "#5c6670"),
        (role.ToolTipBase, "#ffffff"),
        (role.ToolTipText, "#1b1f24"),
    ):
        palette.setColor(which, QColor(colour))
    return palette
