"""Icons: Lucide's strokes in the colour of a token, drawn anew when the theme changes."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QIcon, QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QAbstractButton, QWidget

from pingyi_desktop import paths
from pingyi_desktop.gui.looks import tokens

SCALES = (1, 1.25, 1.5, 2)


def icon(name: str, ink: str = "ink2", size: int = 18) -> QIcon:
    """The icon in a token's colour, sharp at every scale of the screen."""
    made = QIcon()
    for scale in SCALES:
        made.addPixmap(QPixmap.fromImage(_drawn(name, tokens.colour(ink).name(), round(size * scale))))
    return made


def pixmap(name: str, ink: str, size: int, ratio: float = 1) -> QPixmap:
    """The same as one picture, for a screen of this pixel ratio."""
    made = QPixmap.fromImage(_drawn(name, tokens.colour(ink).name(), round(size * ratio)))
    made.setDevicePixelRatio(ratio)
    return made


def give_icon(button: QAbstractButton, name: str, ink: str = "ink2", size: int = 18) -> None:
    """Put an icon on a button; it follows the theme."""
    button.setProperty("icon_name", name)
    button.setProperty("icon_ink", ink)
    button.setIconSize(QSize(size, size))
    button.setIcon(icon(name, ink, size))


def redraw(widget: QWidget) -> None:
    """Draw a button's icon in the colours of now."""
    if isinstance(widget, QAbstractButton) and (name := widget.property("icon_name")):
        widget.setIcon(icon(name, widget.property("icon_ink"), widget.iconSize().width()))


@cache
def _drawn(name: str, colour: str, pixels: int) -> QImage:
    text = _text(name).replace("currentColor", colour)
    data = QByteArray(text.encode())
    buffer = QBuffer(data)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(pixels, pixels))
    return reader.read()


@cache
def _text(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
