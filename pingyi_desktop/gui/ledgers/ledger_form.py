"""The form of a ledger's row, from its fields: a new one, one that is changed, or several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget

from pingyi_desktop.appraisal.ledgers import fields
from pingyi_desktop.appraisal.ledgers.fields import Kind, Names
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.errors import RuleError
from pingyi_desktop.gui.parts.days import DayLine
from pingyi_desktop.gui.parts.forms import CHOOSE, Field, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.scope import ScopeBox

AS_IT_IS = "（不改）"
LINES = 2


class LedgerForm(RecordDialog):
    """Ask for the fields of one row; of several at once only what is filled in is changed.

    ``units`` are (code, name) of those a new row may belong to, ``unit`` the one that is chosen at first; with one there is
    no question. ``begun``: texts, and codes of choices, with which a new row begins. ``title`` says what is done when that is
    not adding or changing, ``about`` what the new row answers.
    """

    def __init__(
        self,
        over: QWidget,
        ledger: Ledger,
        *,
        units: Sequence[tuple[str, str]] = (),
        unit: str = "",
        was: Row | None = None,
        several: int = 0,
        title: str = "",
        begun: Mapping[str, str] | None = None,
        about: str = "",
    ) -> None:
        act = f"修改 {was.name}" if was else f"一起修改 {several} 行" if several else f"新增{ledger.title}"
        purpose = "只改填了的栏，空着的栏各行保持原样。" if several else about
        super().__init__(over, title or act, purpose)
        self._was, self._several, self._ledger, self._begun = was, bool(several), ledger, begun or {}
        self._unit = ScopeBox()
        self._unit.offer(units)
        self._unit.setCurrentIndex(max(0, self._unit.findData(unit)))
        self._lines = {one.key: self._line(one) for one in ledger.fields}
        self._first = {key: line.text for key, line in self._lines.items()}
        for one in ledger.fields:
            if one.kind in (Kind.TEXT, Kind.MONTH):
                self._lines[one.key].edited.connect(partial(self._look_at, one))
        asked: list[tuple[QWidget, ...]] = [(Field("党组织", self._unit),)] if len(units) > 1 else []
        pair: list[QWidget] = []
        for one in ledger.fields:
            if one.most > 60 and one.kind is Kind.TEXT:
                asked += [(pair[0], QWidget())] if pair else []
                asked.append((self._lines[one.key],))
                pair = []
                continue
            pair.append(self._lines[one.key])
            if len(pair) == 2:
                asked.append(tuple(pair))
                pair = []
        self.ask(*asked, *([(pair[0], QWidget())] if pair else []))
        missing = [one.key for one in ledger.fields if one.required and one.key not in self._begun]
        if self._begun and missing:
            self._lines[missing[0]].setFocus()

    @property
    def unit(self) -> str:
        """Code of the unit of a new row."""
        return str(self._unit.currentData() or "")

    @property
    def typed(self) -> Mapping[str, str]:
        """What is to be written: of a new row everything, of one that is there what was edited, of several what was filled in.

        What was not touched stays as it is by then: it may have been changed in another window meanwhile.
        """
        said = {key: line.text for key, line in self._lines.items()}
        if self._was is None and not self._several:
            return said
        return {key: text for key, text in said.items() if text != self._first[key]}

    def _look_at(self, one: fields.Field) -> None:
        """Say while it is typed what the text of a field is not to hold: what a check finds because of it."""
        line = self._lines[one.key]
        try:
            value = fields.read(replace(one, required=False), line.text, Names(), at="")
        except RuleError as error:
            line.complain(str(error))
            return
        values, today = {**self._values(), one.key: value}, date.today().isoformat()
        without = Counter(
            found.code for found in self._ledger.check({**values, one.key: one.empty}, today=today)
        )
        now = self._ledger.check(values, today=today)
        more = Counter(found.code for found in now) - without
        because = [found for found in now if found.code in more]
        line.complain("".join(found.sentence for found in because) if value else "")

    def _values(self) -> dict[str, fields.Value]:
        """What the form says so far; what cannot be read yet says nothing."""
        said = dict[str, fields.Value]()
        for one in self._ledger.fields:
            said[one.key] = one.empty
            with suppress(RuleError):
                said[one.key] = fields.read(
                    replace(one, required=False), self._lines[one.key].text, Names(), at=""
                )
        return said

    def _line(self, one: fields.Field) -> Field:
        was = self._was
        begun = self._begun.get(one.key, "")
        text = begun if was is None else was.texts[one.key]
        editor: QWidget
        if one.options:
            box = QComboBox()
            box.addItem(AS_IT_IS if self._several else CHOOSE if one.required else "", "")
            for option in one.options:
                box.addItem(option.word, option.code)
            box.setCurrentIndex(max(0, box.findData(begun if was is None else was.values[one.key])))
            editor = box
        elif one.long:
            area = QPlainTextEdit(text)
            area.setTabChangesFocus(True)
            area.setFixedHeight(area.fontMetrics().lineSpacing() * LINES + 20)
            editor = area
        else:
            line = DayLine(text) if one.kind is Kind.DAY else QLineEdit(text)
            line.setMaxLength(one.most)
            if one.kind in (Kind.MONTH, Kind.COUNT):
                line.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
            editor = line
        check = required(one.title) if one.required and not self._several else None
        return Field(one.title, editor, hint=one.like, check=check, needed=check is not None)
