"""What a unit has to enter: session by session, the people who came first, then a card for every batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.gui.entry import batch_stages
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.parts.forms import button, label, restyle, row, scrolled
from pingyi_desktop.storage.schema_campaign import SessionStatus

CARD, RING, MANY = 320, 52, 10  # the width a card needs, its ring; batches from which one searches
AT_ONCE = 4
"""sessions that get their cards at once: what a screen shows"""
GAP = 12


@dataclass(frozen=True)
class Group:
    """One session with its batches."""

    meeting: SessionView
    batches: tuple[BatchView, ...]

    @property
    def held(self) -> bool:
        """Whether the people who came are registered."""
        return self.meeting.status == SessionStatus.HELD


def grouped(meetings: Sequence[SessionView], batches: Sequence[BatchView]) -> list[Group]:
    """Every session with its batches, in order."""
    return [
        Group(m, tuple(b for b in batches if (b.layer, b.org_code) == (m.layer, m.org_code)))
        for m in meetings
    ]


class Ring(QWidget):
    """How far a batch is, as an arc; a full one has a tick."""

    def __init__(self) -> None:
        super().__init__()
        self._done, self._wanted, self._closed = 0, 0, False
        self.setFixedSize(RING, RING)

    def show_progress(self, done: int, wanted: int, *, closed: bool) -> None:
        """``closed``: nothing is left to be done."""
        self._done, self._wanted, self._closed = done, wanted, closed
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(5, 5, RING - 10, RING - 10)
        painter.setPen(QPen(colour("line"), 5))
        painter.drawEllipse(area)
        part = 16 if self._closed else 16 * min(self._done, self._wanted) // max(1, self._wanted)
        painter.setPen(QPen(colour("ok" if self._closed else "blue"), 5))
        painter.drawArc(area, 90 * 16, -part * 360)
        if self._closed:
            left, top = area.left(), area.top()
            painter.drawLine(left + 13, top + 22, left + 19, top + 28)
            painter.drawLine(left + 19, top + 28, left + 30, top + 15)


class BatchCard(QFrame):
    """One batch: form, voter category, ring, state, and the one next act."""

    def __init__(self, opened: Callable[[BatchView], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.batch: BatchView | None = None
        self._opened = opened
        self.title, self.category = label(role="caption"), label(role="hint", wrap=False)
        self.chip = label(role="chip", wrap=False)
        self.chip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.ring, self.act = Ring(), button("", self._press)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for one in (self.title, self.category):
            texts.addWidget(one)
        top = QHBoxLayout()
        top.addWidget(self.ring, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(texts, 1)
        below = row(self.chip, stretch=True)
        below.addWidget(self.act)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.addLayout(top)
        column.addStretch(1)
        column.addLayout(below)

    def show_batch(self, batch: BatchView, *, held: bool) -> None:
        """Take newer figures."""
        self.batch = batch
        step = batch_stages.step_of(batch, held=held)
        own = batch_stages.step_of(batch, held=True)
        self.title.setText(batch.form_title)
        self.category.setText(batch.category_name)
        self.category.setToolTip(tip(f"票批码 {batch.code}，印在每张票上"))
        word = batch_stages.state_word(batch)
        self.chip.setText(word)
        self.chip.setProperty("kind", batch_stages.colour_of(batch, own))
        restyle(self.chip)
        if self.property("done") != batch.sealed:
            self.setProperty("done", batch.sealed)
            restyle(self)
        done, wanted = batch_stages.progress_of(batch)
        self.ring.show_progress(done, wanted, closed=batch.sealed)
        self.act.setText("查看" if step is None or own is None else batch_stages.name_of(own, batch))
        self.setAccessibleName(f"{batch.form_title}，{batch.category_name}，{word}")
        self.act.setAccessibleName(f"{self.act.text()}：{self.accessibleName()}")

    def _press(self) -> None:
        if self.batch is not None:
            self._opened(self.batch)


class GroupBox(QWidget):
    """A session: who came, and its cards in as many columns as there is room for."""

    def __init__(
        self, group: Group, asked: Callable[[SessionView], None], opened: Callable[[BatchView], None]
    ) -> None:
        super().__init__()
        self.group, self._columns = group, 1
        self.head, self.people = label(role="strong", wrap=False), label(role="hint")
        self.ask = button("", lambda: asked(self.group.meeting))
        line = row(self.head, self.people, self.ask, stretch=False)
        line.setStretch(1, 1)
        self.cards = [BatchCard(opened) for _ in group.batches]
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GAP)
        column.addLayout(line)
        column.addLayout(self._grid)
        for place, card in enumerate(self.cards):  # a card without a place would be a window of its own
            self._grid.addWidget(card, place, 0)
        self.show_group(group)

    def show_group(self, group: Group) -> None:
        """Take newer figures of the same session."""
        self.group = group
        meeting = group.meeting
        self.head.setText(f"{meeting.org_name}　层面{'一' if meeting.layer == 1 else '二'}评议会")
        came = f"应到 {meeting.expected} 人，实到 {meeting.actual} 人（{meeting.held_on}）"
        self.people.setText(came if group.held else "还没登记开会人数，先登记，再录票。")
        self.ask.setText("更正开会人数" if group.held else "登记开会人数")
        for card, batch in zip(self.cards, group.batches, strict=True):
            card.show_batch(batch, held=group.held)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = max(1, (self.width() + GAP) // (CARD + GAP))
        if columns != self._columns:
            for number in range(max(columns, self._columns)):
                self._grid.setColumnStretch(number, 1 if number < columns else 0)
            self._columns = columns
            self._place()

    def _place(self) -> None:
        shown = [card for card in self.cards if not card.isHidden()]
        for place, card in enumerate(shown):
            self._grid.addWidget(card, *divmod(place, max(1, self._columns)))

    def search(self, text: str, *, open_only: bool) -> bool:
        """Show the cards that have these words; whether anything is left."""
        left = 0
        for card in self.cards:
            batch = card.batch
            fits = (
                batch is not None and text in f"{self.head.text()} {batch.form_title} {batch.category_name}"
            )
            fits = fits and not (open_only and batch is not None and batch.sealed)
            card.setVisible(fits)
            left += fits
        self._place()
        self.setVisible(left > 0 or (not self.cards and text in self.head.text()))
        return left > 0


class BatchCards(QWidget):
    """All sessions with their cards; searched where there are many."""

    def __init__(self, asked: Callable[[SessionView], None], opened: Callable[[BatchView], None]) -> None:
        super().__init__()
        self._asked, self._opened = asked, opened
        self.groups: list[GroupBox] = []
        self._wanted: Sequence[Group] = ()
        self._asked_above = ""
        self._more = QTimer(self)
        self._more.timeout.connect(self._make_some)
        self.search = QLineEdit()
        self.search.setPlaceholderText("找单位、评议表")
        self.search.setAccessibleName("找票批")
        self.search.setClearButtonEnabled(True)
        self.open_only = button("只看没封存的", self._filter)
        self.open_only.setCheckable(True)
        self.nothing = label(role="hint")
        self._filters = QWidget()
        line = row(self.search, self.open_only, stretch=False)
        line.setContentsMargins(0, 0, 0, 0)
        self._filters.setLayout(line)
        self._filters.hide()
        self.search.textChanged.connect(lambda _: self._filter())
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, GAP, 0)
        self._column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._filters)
        column.addWidget(self.nothing)
        column.addWidget(scrolled(inner), 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        """It scrolls: what the page shows above and below it stays on the screen."""
        return QSize(CARD, 2 * CARD // 3)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show these; the same sessions and batches keep their widgets, and the focus that lies on one."""
        before, self._wanted = self._wanted, groups
        if _names(before) != _names(groups):
            for box in self.groups:
                box.hide()
                box.deleteLater()
            self.groups = []
            self._make_some()
            self._more.start()
        for box, group in zip(self.groups, groups, strict=False):
            if box.group != group:
                box.show_group(group)
        if not groups or _sealed(before) != _sealed(groups):  # a ballot changes one card, not what is found
            self._filters.setVisible(sum(len(group.batches) for group in groups) > MANY)
            self._filter()

    def _make_some(self) -> None:
        """Some more sessions, between what the user does: those of a whole company take a while."""
        start = len(self.groups)
        made = [GroupBox(one, self._asked, self._opened) for one in self._wanted[start : start + AT_ONCE]]
        for place, box in enumerate(made, start):
            self._column.insertWidget(place, box)
        self.groups += made
        if len(self.groups) == len(self._wanted):
            self._more.stop()
        if made and start:
            self.leave_to_the_head(self._asked_above)
            self._filter()

    def leave_to_the_head(self, meeting_id: str) -> None:
        """The people of this session are asked for by the big button above; they are not asked for twice."""
        self._asked_above = meeting_id
        for box in self.groups:
            box.ask.setHidden(box.group.meeting.id == meeting_id)

    def _filter(self) -> None:
        text, open_only = self.search.text().strip(), self.open_only.isChecked()
        found = [box.search(text, open_only=open_only) for box in self.groups]
        missed = text and self.groups and not any(found)
        self.nothing.setText(f"没有含“{text}”的票批。清掉查找的字再看。" if missed else "")
        self.nothing.setVisible(bool(self.nothing.text()))


def _sealed(groups: Sequence[Group]) -> list[tuple[str, bool]]:
    return [(batch.id, batch.sealed) for group in groups for batch in group.batches]


def _names(groups: Sequence[Group]) -> list[list[str]]:
    return [[group.meeting.id, *(batch.id for batch in group.batches)] for group in groups]
