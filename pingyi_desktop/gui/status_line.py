"""The line at the foot of the window: what is being done or was just done, and when the file was last backed up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QSizePolicy, QStatusBar

from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.parts.forms import button, label
from pingyi_desktop.later import later

if TYPE_CHECKING:
    import datetime
else:
    datetime = later("datetime")

READY = "就绪"


class StatusLine(QStatusBar):
    """``cancel`` stops the long job whose progress is shown."""

    def __init__(self, cancel: Callable[[], object]) -> None:
        super().__init__()
        self._happened = READY
        self._doing, self._saved = label(wrap=False), label(wrap=False)
        self._doing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(220)
        self._bar.setAccessibleName("进度")
        self._cancel = button("取消", cancel)
        self.setSizeGripEnabled(False)
        self.addWidget(self._doing, 1)
        for widget in (self._bar, self._cancel, self._saved):
            self.addPermanentWidget(widget)
        self.busy("")
        self.forget()

    def busy(self, act: str) -> None:
        """Say what is being done; "" when nothing is, then what was done last."""
        self._doing.setText(f"正在{act}…" if act else self._happened)
        if not act:
            self._bar.hide()
            self._cancel.hide()

    def progressed(self, done: int, total: int, text: str) -> None:
        """Show how far a long job is; total 0 means unknown."""
        self._doing.setText(text)
        self._bar.setMaximum(total)
        self._bar.setValue(done)
        self._bar.show()
        self._cancel.show()

    def happened(self, sentence: str) -> None:
        """Say what was just done."""
        self._happened = sentence
        self._doing.setText(sentence)
        self._doing.setToolTip(tip(sentence))

    def saved(self, path: Path) -> None:
        """Say when this file was last backed up from this computer; everything keyed is in it already."""
        last = when(settings.backed_up(path), datetime.datetime.now().astimezone())
        self._saved.setText(f"已自动保存 · {f'上次备份 {last}' if last else '还没有备份'}")
        self._saved.show()

    def forget(self) -> None:
        """The file was closed."""
        self._happened = READY
        self._saved.hide()
        self.busy("")


def when(at: str, now: datetime.datetime) -> str:
    """A time that was written down, as people say it: “今天 08:12”, “11-20 08:12”; "" for none or what is no time."""
    try:
        then = datetime.datetime.fromisoformat(at).astimezone()
    except (ValueError, OverflowError, OSError):  # the latter two where this computer's clock cannot say it
        return ""
    day = "今天" if then.date() == now.date() else f"{then:%m-%d}"
    return f"{day} {then:%H:%M}"
