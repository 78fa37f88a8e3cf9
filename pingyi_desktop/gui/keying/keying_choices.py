"""How keying behaves on this computer: a small menu over the paper that never takes the keys away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton

from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.controls import tip


def card_button(shown: Callable[[bool], None]) -> QToolButton:
    """A button that folds the key card away and back; how it was left is remembered."""
    made = QToolButton()
    made.setText("按键卡")
    made.setToolTip(tip("收起或打开旁边的按键卡"))
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setCheckable(True)
    made.setChecked(settings.key_card())
    made.toggled.connect(settings.set_key_card)
    made.toggled.connect(shown)
    return made


def choices_button(changed: Callable[[], None]) -> QToolButton:
    """A button with the choices; ``changed`` is called after one of them."""
    made = QToolButton()
    made.setText("录票设置")
    made.setToolTip(tip("声音、每十张核对张数、一键填"))
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(made)
    for text, now, keep in (
        ("声音：每五行轻响一下，录完一张清脆一声，按错低声", settings.sounds, settings.set_sounds),
        ("每录十张停下来，数对张数再接着录", settings.count_asked, settings.set_count_asked),
        ("允许用 * 一键填其余各格", settings.may_fill, settings.set_may_fill),
    ):
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(now())
        action.toggled.connect(keep)
        action.toggled.connect(lambda _: changed())
    made.setMenu(menu)
    return made
