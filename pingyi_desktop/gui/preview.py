"""What will come out of the printer, page by page: the very PDF, drawn by PDFium, and sent to a printer."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

SCREEN_DPI, PRINT_DPI, POINTS_PER_INCH = 96, 300, 72
FEW_PAGES = 12


def page_count(pdf: bytes) -> int:
    """How many pages a PDF has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def page_images(pdf: bytes, *, dpi: int, pages: Sequence[int]) -> list[QImage]:
    """The pages (counted from 0) as pictures; safe off the window's thread."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_image(document[number], dpi) for number in pages]
    finally:
        document.close()


def print_pdf(pdf: bytes, parent: QWidget, *, landscape: bool, name: str) -> bool:
    """Ask for a printer and print; False when the user thinks better of it."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(name)
    printer.setFullPage(True)
    layout = printer.pageLayout()
    layout.setOrientation(layout.Orientation.Landscape if landscape else layout.Orientation.Portrait)
    printer.setPageLayout(layout)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() != QPrintDialog.DialogCode.Accepted:
        return False
    paint(pdf, printer)
    return True


def paint(pdf: bytes, printer: QPrinter) -> None:
    """Draw every page on the printer's paper, as large as the paper is."""
    painter = QPainter(printer)
    for number in range(page_count(pdf)):
        if number:
            printer.newPage()
        (image,) = page_images(pdf, dpi=PRINT_DPI, pages=[number])
        area = printer.pageLayout().fullRectPixels(printer.resolution())
        painter.drawImage(QRect(0, 0, area.width(), area.height()), image)
    painter.end()


class Preview(QScrollArea):
    """Pages under each other, with a line on how many there are."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setAccessibleName("打印预览")
        self._pages = QVBoxLayout()
        self._pages.setSpacing(12)
        inner = QWidget()
        inner.setLayout(self._pages)
        self.setWidget(inner)
        self.tell("选一张报表,这里显示打印出来的样子。")

    def tell(self, sentence: str) -> None:
        """Show a sentence in place of pages."""
        self._clear()
        said = QLabel(sentence)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(said)

    def show_pages(self, images: Sequence[QImage], total: int) -> None:
        """Show these pages of ``total``."""
        self._clear()
        for number, image in enumerate(images, 1):
            page = QLabel()
            page.setPixmap(QPixmap.fromImage(image))
            page.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            page.setAccessibleName(f"第 {number} 页")
            self._pages.addWidget(page)
        if total > len(images):
            self._pages.addWidget(QLabel(f"预览前 {len(images)} 页,共 {total} 页;打印和存盘都是全部。"))
        self._pages.addStretch(1)
        self.verticalScrollBar().setValue(0)

    def _clear(self) -> None:
        while (item := self._pages.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()


def _image(page: pypdfium2.PdfPage, dpi: int) -> QImage:
    bitmap = page.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
    pixels = bitmap.buffer
    kind = QImage.Format.Format_RGB888 if bitmap.n_channels == 3 else QImage.Format.Format_RGBX8888
    return QImage(bytes(pixels), bitmap.width, bitmap.height, bitmap.stride, kind).copy()
