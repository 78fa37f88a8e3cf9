"""What will come out of the printer, page by page: the very PDF, drawn by PDFium, and sent to a printer.

Pictures are made off the window's thread, one at a time (PDFium knows no threads), as wide as the pane. Of a long report
the first and the last pages are shown: the totals stand at the end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import pypdfium2
from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QLabel, QProgressDialog, QScrollArea, QVBoxLayout, QWidget

from pingyi_desktop.errors import FileError
from pingyi_desktop.gui.parts.forms import label

PRINT_DPI = 300
FIRST_PAGES, LAST_PAGES = 8, 4
NARROWEST, BORDER = 320, 2
_pdfium = Lock()


@dataclass(frozen=True)
class Pages:
    """Pictures of some pages (counted from 0) of a PDF that has ``total``, made for a pane ``width`` pixels wide."""

    images: tuple[tuple[int, QImage], ...]
    total: int
    width: int


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def pages(pdf: bytes, *, width: int, zoom: int = 100) -> Pages:
    """Pictures, so many pixels wide, of all pages or of the first and last of many; safe off the window's thread.

    The larger the ``zoom`` (per cent), the fewer pages: pictures take memory.
    """
    total, first, last = page_count(pdf), FIRST_PAGES * 100 // zoom, LAST_PAGES * 100 // zoom
    shown = [n for n in range(total) if n < first or n >= total - last]
    return Pages(tuple((number, _image(pdf, number, width=width)) for number in shown), total, width)


NO_PRINTER = "这台电脑没有可用的打印机，没有印。请先在系统的“打印机”设置里添加；或者存成 PDF，拿到有打印机的电脑上打印。"


def print_pdf(pdf: bytes, parent: QWidget, *, landscape: bool, name: str) -> bool:
    """Ask for a printer and print; False when the user thinks better of it, a sentence when it cannot be done."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if sys.platform == "win32" and printer.outputFormat() != QPrinter.OutputFormat.NativeFormat:
        raise FileError(NO_PRINTER)  # elsewhere the dialog offers to print into a file
    printer.setDocName(name)
    set_paper(printer, landscape=landscape)  # what the dialog shows; each page then lies as it is
    dialog = QPrintDialog(printer, parent)
    dialog.setMinMax(1, page_count(pdf))
    accepted = dialog.exec() == QPrintDialog.DialogCode.Accepted
    dialog.deleteLater()
    if not accepted:
        return False
    waiting = QProgressDialog("正在送往打印机…", "取消", 0, page_count(pdf), parent)
    waiting.setWindowModality(Qt.WindowModality.WindowModal)

    def go_on(done: int) -> bool:
        waiting.setValue(done)
        return not waiting.wasCanceled()

    try:
        return paint(pdf, printer, go_on)
    finally:
        waiting.deleteLater()


def set_paper(printer: QPrinter, *, landscape: bool) -> None:
    """A4, lying or upright, drawn from edge to edge: the margins are in the page."""
    orientation = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageOrientation(orientation)
    printer.setFullPage(True)


def paint(pdf: bytes, printer: QPrinter, go_on: Callable[[int], bool] = lambda _: True) -> bool:
    """Draw the pages asked for, each as large as the paper and lying as it does; False when ``go_on(pages done)`` says stop."""
    painter = QPainter()
    wide = _wide(pdf)
    wanted = _wanted(printer, len(wide))
    set_paper(printer, landscape=wide[wanted[0]])
    if not painter.begin(printer):
        raise FileError("打印机不能用，请检查它是否接通、有没有纸，或改用“存为 PDF”。")
    for done, number in enumerate(wanted):
        if not go_on(done):
            printer.abort()
            break
        if done:
            set_paper(printer, landscape=wide[number])
            printer.newPage()
        area = printer.pageLayout().fullRectPixels(printer.resolution())
        width = round(area.width() * PRINT_DPI / printer.resolution())
        painter.drawImage(QRect(0, 0, area.width(), area.height()), _image(pdf, number, width=width))
    painter.end()
    return go_on(len(wanted))


def _wanted(printer: QPrinter, total: int) -> Sequence[int]:
    if printer.printRange() == QPrinter.PrintRange.PageRange and printer.fromPage():
        return range(printer.fromPage() - 1, min(total, printer.toPage()))
    return range(total)


def _wide(pdf: bytes) -> list[bool]:
    """Which pages lie on their side."""
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        sizes = [document.get_page_size(number) for number in range(len(document))]
    return [width > height for width, height in sizes]


def _image(pdf: bytes, number: int, *, width: int) -> QImage:
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        page = document[number]
        bitmap = page.render(scale=width / page.get_width(), rev_byteorder=True)
        three = bitmap.n_channels == 3
        kind = QImage.Format.Format_RGB888 if three else QImage.Format.Format_RGBX8888
        drawn = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, kind)
        return drawn.convertToFormat(QImage.Format.Format_RGB32)  # what the screen takes without further work


class Preview(QScrollArea):
    """Pages under each other, as wide as the pane or larger; Page Up and Page Down turn them."""

    resized = Signal()
    """the pane has another width now, and the pictures should be made anew"""

    def __init__(self) -> None:
        super().__init__()
        self.zoom = 100
        self._width = 0
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName("打印预览")
        self._pages = QVBoxLayout()
        self._pages.setSpacing(12)
        inner = QWidget()
        inner.setLayout(self._pages)
        self.setWidget(inner)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(150)
        self._settled.timeout.connect(self._tell_width)
        self.tell("选一张报表，这里显示打印出来的样子。")

    @property
    def page_width(self) -> int:
        """How many pixels wide pictures should be now."""
        margins = self._pages.contentsMargins()
        room = self.viewport().width() - margins.left() - margins.right() - 2 * BORDER
        return round(max(NARROWEST, room) * self.zoom / 100 * self.devicePixelRatioF())

    def tell(self, sentence: str) -> None:
        """Show a sentence in place of pages."""
        self._clear()
        said = label(sentence)
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(said)
        self._width = 0

    def show_pages(self, shown: Pages) -> None:
        """Show these pages; larger or smaller ones stay where the reader was, others start at the top."""
        bar = self.verticalScrollBar()
        place = bar.value() / max(1, bar.maximum()) if self._width else 0
        self._clear()
        before = -1
        for number, image in shown.images:
            if number > before + 1:
                left_out = (
                    f"第 {before + 2} 至 {number} 页不在预览里；打印和存成文件都是全部 {shown.total} 页。"
                )
                self._pages.addWidget(label(left_out, role="hint"))
            self._pages.addWidget(self._page(number, image))
            before = number
        self._pages.addStretch(1)
        self._width = shown.width
        self._pages.activate()
        self.widget().adjustSize()
        bar.setValue(round(place * bar.maximum()))
        self._settled.start()  # the pane may have got another width while they were made

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settled.start()

    def _tell_width(self) -> None:
        if self._width and self._width != self.page_width:
            self.resized.emit()

    def _page(self, number: int, image: QImage) -> QLabel:
        picture = QPixmap.fromImage(image)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        page = QLabel()
        page.setObjectName("paper")
        page.setPixmap(picture)
        page.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        page.setAccessibleName(f"第 {number + 1} 页")
        return page

    def _clear(self) -> None:
        while (item := self._pages.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
