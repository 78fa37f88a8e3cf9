"""Who is at the keys: the list of operators, a new name, an optional PIN. The name goes into the journal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import operators
from pingyi_desktop.appraisal.batches.operators import OperatorView
from pingyi_desktop.gui.parts.forms import Field, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.work import Work

PURPOSE = (
    "选一个名字，或写一个新名字。名字只留在本机，用来分清第一遍和第二遍是谁录的。"
    "数字口令可以不设；设了，别人就不会误用您的名字。"
)


def choose(over: QWidget, work: Work, now: str, chosen: Callable[[str], None]) -> None:
    """Ask who works from now on; ``chosen(name)`` gets a name that is on the list and whose PIN was right."""
    work.read(operators.listing, lambda listed: _ask(over, work, now, listed, chosen))


def _ask(
    over: QWidget, work: Work, now: str, listed: list[OperatorView], chosen: Callable[[str], None]
) -> None:
    dialog = RecordDialog(over, "操作员", PURPOSE, save="就用这个名字")
    box = QComboBox()
    box.setEditable(True)
    box.addItems([visible.clean(one.name) for one in listed])
    box.setEditText(visible.clean(now))
    pin = QLineEdit()
    pin.setEchoMode(QLineEdit.EchoMode.Password)
    pin.setMaxLength(8)
    name_field = Field("姓名", box, check=required("姓名"))
    pin_field = Field("数字口令", pin, hint="没有设过就空着；新名字填上 4 至 8 位就是设口令")
    known = {visible.clean(one.name): one.name for one in listed}

    def act(session: Session) -> str:
        name = visible.line(name_field.text)
        if name in known:
            operators.check_pin(session, name=known[name], pin=pin_field.text)
            return known[name]
        operators.add(session, name=name, pin=pin_field.text, by=name)
        return name

    def done(name: str) -> None:
        dialog.done_with()
        chosen(name)

    dialog.places = {"V-BAL-73": pin_field, "V-BAL-75": pin_field}
    dialog.saving = lambda: work.write(act, done, act="换操作员", otherwise=dialog.refuse)
    dialog.ask((name_field, pin_field))
