"""One batch on the desk: what is on the paper, the control sheet, keying or counting, and the seal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal import ballots, batches, campaigns, signing
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.org import Finding
from pingyi_desktop.gui.count_grid import Counted, CountGrid, Sheet, read_sheet
from pingyi_desktop.gui.forms import button, label, row, say
from pingyi_desktop.gui.keying_desk import KeyingDesk
from pingyi_desktop.gui.number_row import NumberRow
from pingyi_desktop.gui.page import Context
from pingyi_desktop.storage.schema import BatchState, EntryMode

FIGURES = (("printed", "印制"), ("issued", "发出"), ("returned", "收回"), ("blank", "空白"), ("void", "废票"))
NOTHING, KEYING, COUNTING = 0, 1, 2
SEAL, CLEAR = "seal", "clear"


@dataclass(frozen=True)
class _Echo:
    batch: BatchView
    form: Form


class BatchDesk(QWidget):
    """Everything about one batch; ``sealed`` is called after its seal.

    ``spread``: the paper (or the tally sheet) has the whole page while it is keyed, so that nothing of it is hidden.
    """

    spread: ClassVar[Signal] = Signal(bool)

    def __init__(self, context: Context, sealed: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._sealed = context, sealed
        self._batch: BatchView | None = None
        self._asked = ""
        self.head = label(role="strong")
        self.sheet = NumberRow(FIGURES, "登记核对单", self._register)
        self.keying = KeyingDesk(context)
        context.work.finishing.connect(self.pause)
        self.counting = CountGrid(self._keep_counts)
        self.by_ballot = button("逐票录入", self._key, primary=True, hint="一张一张录，一只手就够")
        self.by_count = button("按计票表录入", self._count, hint="已经用“正”字数好的，录各档票数")
        self.seal = button("封存这一批…", self._look_at_problems)
        self.clear = button("清空重录", self._clear)
        self.back = button("暂停，回到票批（Esc）", self.step_back)
        self.back.hide()
        self.keying.paper.left.connect(self.step_back)
        self.keying.opened.connect(lambda: self._spread(True))
        self.counting.left.connect(self.step_back)
        self.problems = label(role="wrong")
        self.problems.hide()
        self.work = QStackedWidget()
        self.empty = label()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        for widget in (self.empty, self.keying, self.counting):
            self.work.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.acts = QWidget()
        acts = row(self.by_ballot, self.by_count, self.seal, self.clear)
        acts.setContentsMargins(0, 0, 0, 0)
        self.acts.setLayout(acts)
        top = QHBoxLayout()
        top.addWidget(self.head, 1)
        top.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        column.addWidget(self.sheet)
        column.addWidget(self.acts)
        column.addWidget(self.problems)
        column.addWidget(self.work, 1)

    def show_batch(self, batch: BatchView) -> None:
        """Put a batch on the desk, or the newest figures of the one that lies there."""
        same, begun = self._on_desk(batch), self._batch is not None and self._batch.entry_mode is not None
        if not same:
            self.pause()
        self._batch = batch
        self.keying.renew(batch)
        self._ask_again("")
        self.head.setText(
            f"{batch.org_name}　{batch.form_title}\n{batch.form_code} 第 {batch.form_version} 版　"
            f"{batch.category_name}"
        )
        if not same:
            self._tell("")
            self.sheet.show_values({name: getattr(batch, name) for name, _ in FIGURES})
            self.sheet.tell(())
            self._open(batch)
        elif batch.entry_mode is not None and not begun and self.work.currentIndex() == NOTHING:
            self._open(batch)
        else:
            self.counting.renew(batch.to_key)
        closed = batch.state == BatchState.SEALED
        for one in (self.sheet, self.by_ballot, self.by_count, self.seal, self.clear):
            one.setDisabled(closed)
        self.by_ballot.setEnabled(not closed and batch.entry_mode != EntryMode.COUNT)
        self.by_count.setEnabled(not closed and batch.entry_mode != EntryMode.PER_BALLOT)
        self.by_ballot.setText("接着逐票录入" if batch.entry_mode == EntryMode.PER_BALLOT else "逐票录入")
        self.clear.setEnabled(not closed and batch.entry_mode is not None)
        if closed:
            self._tell("")
            self.work.setCurrentIndex(NOTHING)
            self.empty.setText(f"这一批已经封存，有效票 {batch.valid} 张。结果请看“结果”页。")

    def pause(self) -> None:
        """Leave the batch as it is: what was typed last is saved too."""
        self.counting.pause()

    def hideEvent(self, event: QHideEvent) -> None:
        self.pause()
        super().hideEvent(event)

    def take_focus(self) -> None:
        """Put the cursor where the next thing is to be typed."""
        batch = self._batch
        if batch is not None and batch.returned is None:
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        elif batch is not None and batch.entry_mode is None:
            self.by_ballot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, batch: BatchView) -> None:
        """Go on the way the batch was begun."""
        self._put_away(batch)
        if batch.state == BatchState.SEALED:
            return
        if batch.entry_mode == EntryMode.COUNT:
            self._count()
        elif batch.entry_mode == EntryMode.PER_BALLOT:
            self._key()

    def _put_away(self, batch: BatchView) -> None:
        self.keying.close_batch()
        self.counting.close_sheet()
        self._spread(False)
        self.work.setCurrentIndex(NOTHING)
        self.empty.setText("")
        if batch.state != BatchState.SEALED:
            self._context.work.read(partial(_form, batch), self._echo)

    def _spread(self, on: bool) -> None:
        self.sheet.setVisible(not on)
        self.acts.setVisible(not on)
        self.back.setVisible(on)
        self.spread.emit(on)

    def step_back(self) -> None:
        """Leave the paper or the tally sheet, with everything typed kept, and show the whole desk."""
        batch = self._batch
        if batch is None:
            return
        self.pause()
        self._put_away(batch)
        if batch.returned is None:
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.seal.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_desk(self, batch: BatchView) -> bool:
        """Answers come later than questions: by then another batch may lie on the desk."""
        return self._batch is not None and self._batch.id == batch.id

    def _echo(self, paper: _Echo) -> None:
        if self._on_desk(paper.batch):
            begun = paper.batch.entry_mode is not None
            then = "" if begun else "对上了，就填上面的核对单，再选一种录入办法。"
            self.empty.setText(echo(paper.form, then))

    def _key(self) -> None:
        if self._batch is not None:
            self.work.setCurrentIndex(KEYING)
            self.keying.open_batch(self._batch)

    def _count(self) -> None:
        batch = self._batch
        if batch is not None:
            self._context.work.read(lambda session: read_sheet(session, batch), self._show_counts)

    def _show_counts(self, sheet: Sheet) -> None:
        if self._batch is not None and self._batch.id == sheet.batch_id:
            self._spread(True)
            self.counting.show_sheet(sheet, self._batch.to_key)
            self.work.setCurrentIndex(COUNTING)
            self.counting.table.setFocus()

    def _register(self, values: dict[str, int | None]) -> None:
        batch, by = self._batch, self._context.operator()
        if batch is not None:
            figures = {name: value or 0 for name, value in values.items()}
            self._context.work.write(
                lambda session: batches.set_control_sheet(session, batch_id=batch.id, by=by, **figures),
                partial(self._registered, batch),
                act="登记核对单",
                otherwise=lambda error: self.sheet.tell([str(error)]),
            )

    def _registered(self, batch: BatchView, warnings: list[Finding]) -> None:
        if not self._on_desk(batch):
            return
        self.sheet.tell([finding.sentence for finding in warnings] or ["核对单已登记。"])
        (self.by_ballot if self.by_ballot.isEnabled() else self.by_count).setFocus()

    def _keep_counts(self, batch_id: str, counts: Counted) -> None:
        by = self._context.operator()
        self._context.work.write(
            lambda session: ballots.enter_counts(session, batch_id=batch_id, counts=counts, by=by),
            lambda _: self.counting.saved(),
            act="保存计票表",
            otherwise=self.counting.failed,
        )

    def _look_at_problems(self) -> None:
        batch, by = self._batch, self._context.operator()
        if batch is None:
            return
        self.pause()
        if self._asked != SEAL:
            self._context.work.read(
                lambda session: signing.problems(session, batch_id=batch.id), partial(self._say, batch)
            )
            return
        self._context.work.write(
            lambda session: signing.seal(session, batch_id=batch.id, by=by),
            lambda _: self._sealed(),
            act="封存票批",
            compact=True,
        )

    def _say(self, batch: BatchView, found: list[Finding]) -> None:
        if not self._on_desk(batch):
            return
        blocking = [finding.sentence for finding in found if finding.level == "E"]
        self._ask_again("" if blocking else SEAL)
        notices = [f"请留意：{finding.sentence}" for finding in found]
        self._tell(
            "\n".join(blocking or [*notices, f"有效票 {batch.to_key} 张，数目都对得上。封存后不能再改。"]),
            wrong=bool(blocking),
        )

    def _clear(self) -> None:
        batch, by = self._batch, self._context.operator()
        if batch is None:
            return
        if self._asked != CLEAR:
            self._ask_again(CLEAR)
            return
        self.keying.forget()
        self.counting.close_sheet()
        self._context.work.write(
            lambda session: signing.reset(session, batch_id=batch.id, reason="", by=by),
            lambda _: self._cleared(batch, "已清空，可以重新录。"),
            act="清空票批",
            otherwise=lambda error: self._cleared(batch, str(error)),
        )

    def _cleared(self, batch: BatchView, said: str) -> None:
        if self._on_desk(batch):
            self._open(replace(batch, entry_mode=None))
            self._tell(said, wrong=False)

    def _tell(self, text: str, *, wrong: bool = True) -> None:
        say(self.problems, text, wrong=wrong)
        self.problems.setVisible(bool(text))

    def _ask_again(self, act: str) -> None:
        """Sealing and clearing cannot be undone, so the button itself asks once more."""
        self._asked = act
        batch = self._batch
        counted = batch is not None and batch.entry_mode == EntryMode.COUNT
        keyed = "计票表" if counted else f"已录的 {batch.keyed if batch is not None else 0} 张"
        self.clear.setText(f"再按一次，清空{keyed}" if act == CLEAR else "清空重录")
        self.seal.setText("再按一次，封存" if act == SEAL else "封存这一批…")


def _form(batch: BatchView, session: Session) -> _Echo:
    return _Echo(batch, campaigns.current(session).form(batch.form_code))


def echo(form: Form, then: str) -> str:
    """What is printed on the paper, to be held against it before keying."""
    scales = {item.scale.code: item.scale for item in form.items}
    lines = ["纸上印的是这些吗？不是的话，请先找到对应的那一批。", ""]
    lines += [f"{number}　{item.text}" for number, item in enumerate(form.items, start=1)]
    lines.append("")
    for scale in scales.values():
        options = "　".join(f"{place} {option.label}" for place, option in enumerate(scale.options, start=1))
        which = "" if len(scales) == 1 else f"（{scale.name}）"
        lines.append(f"等次{which}：{options}")
    if form.is_roster:
        lines.append("名册式：每名党员一行，每行各项都要评。")
    return "\n".join([*lines, "", then]).rstrip()
