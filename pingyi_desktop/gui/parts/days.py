"""Days: the calendar in which they are picked, a box of one day, and a line in which days are typed however people write them."""

from __future__ import annotations

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QLineEdit, QMenu, QToolButton, QWidgetAction

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.rulebook import dates
from pingyi_desktop.gui.looks import icons
from pingyi_desktop.gui.looks.controls import tip

ISO, PICK = Qt.DateFormat.ISODate, "选日期"


TURNING = {"qt_calendar_prevmonth": "chevron-left", "qt_calendar_nextmonth": "chevron-right"}
"""what Qt calls the buttons that turn to another month, and their icons: its own are green"""


class Calendar(QCalendarWidget):
    """A month, its weekdays short enough to be read: Qt's own are cut to three dots."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(PICK)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        for name, drawn in TURNING.items():
            for one in self.findChildren(QToolButton, name):
                one.setIcon(icons.icon(drawn))


def day_box(first: QDate | None = None, last: QDate | None = None) -> QDateEdit:
    """A day to be picked or typed, at first today: between these, or of all years that the program knows."""
    made = QDateEdit(QDate.currentDate())
    made.setDateRange(first or QDate(bounds.YEARS[0], 1, 1), last or QDate(bounds.YEARS[-1], 12, 31))
    made.setCalendarPopup(True)
    made.setCalendarWidget(Calendar())
    made.setDisplayFormat("yyyy年M月d日")
    return made


def iso(box: QDateEdit) -> str:
    """The day in a box as it is kept, ``YYYY-MM-DD``."""
    return str(box.date().toString(ISO))


class DayLine(QLineEdit):
    """The calendar starts on the day that is written, else today; the day picked in it counts as typed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.pick = QAction(icons.icon("calendar-days"), PICK, self)
        self.pick.setToolTip(tip(f"{PICK}（Alt+↓）"))
        self.pick.triggered.connect(lambda: self.unfold())
        self.addAction(self.pick, QLineEdit.ActionPosition.TrailingPosition)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt+↓ unfolds, as in a box of choices."""
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.unfold()
        else:
            super().keyPressEvent(event)

    def unfold(self) -> Calendar:
        """Show the calendar; a click or Enter takes the day."""
        menu, calendar = QMenu(self), Calendar()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        written = QDate.fromString(dates.iso_day(self.text()) or "", ISO)
        calendar.setSelectedDate(written if written.isValid() else QDate.currentDate())
        for taken in (calendar.clicked, calendar.activated):
            taken.connect(lambda day: self._take(day, menu))
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        calendar.setFocus()
        return calendar

    def _take(self, day: QDate, menu: QMenu) -> None:
        if menu.isVisible():  # a click of Enter comes twice
            menu.close()
            self.setText(day.toString(ISO))
            self.textEdited.emit(self.text())
            self.setFocus()
