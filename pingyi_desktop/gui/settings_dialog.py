"""设置: theme, size of text, density, sounds. What is chosen is seen at once, and remembered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog, QVBoxLayout, QWidget

from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.parts import look
from pingyi_desktop.gui.parts.forms import Field, button, label, row

THEMES = {"light": "浅色", "dark": "深色", "system": "跟随系统"}
SIZES = {"normal": "标准", "large": "大", "larger": "特大"}
DENSITIES = {"roomy": "舒展", "close": "紧凑"}


class SettingsDialog(QDialog):
    """Every choice is applied as soon as it is made; there is nothing to confirm."""

    def __init__(self, over: QWidget, changed: Callable[[], None]) -> None:
        super().__init__(over)
        self.setWindowTitle("设置")
        self.setMinimumWidth(420)
        self._changed = changed
        self.theme = _choice(THEMES, settings.theme())
        self.text = _choice(SIZES, settings.text_size())
        self.density = _choice(DENSITIES, settings.density())
        self.sounds = QCheckBox("录票时有提示音")
        self.sounds.setChecked(settings.sounds())
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(label("设置", role="title"))
        column.addWidget(label("选了就生效，下次打开还是这样。", role="purpose"))
        column.addWidget(Field("颜色", self.theme))
        column.addWidget(Field("文字大小", self.text))
        column.addWidget(Field("表格行高", self.density))
        column.addWidget(self.sounds)
        column.addLayout(row(button("关闭", self.accept, primary=True)))
        for box, keep in (
            (self.theme, settings.set_theme),
            (self.text, settings.set_text_size),
            (self.density, settings.set_density),
        ):
            box.currentIndexChanged.connect(
                lambda _, box=box, keep=keep: self._apply(keep, box.currentData())
            )
        self.sounds.toggled.connect(settings.set_sounds)

    def _apply(self, keep: Callable[[str], None], value: str) -> None:
        keep(value)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        look.apply(app)
        self._changed()


def _choice(names: dict[str, str], now: str) -> QComboBox:
    box = QComboBox()
    for key, name in names.items():
        box.addItem(name, key)
    box.setCurrentIndex(max(0, box.findData(now)))
    return box
