"""印表: blank paper for the meetings. Choose sessions, look at one session's paper, print it or save many as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pingyi_desktop import visible
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.forms import job
from pingyi_desktop.gui.forms.job import Offer
from pingyi_desktop.gui.forms.meeting_item import UNKNOWN, has_sheets, item_of
from pingyi_desktop.gui.forms.number_box import number_box
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts import look, pickers, preview
from pingyi_desktop.gui.parts.forms import Field, allow, button, label, leave_values_alone, row
from pingyi_desktop.gui.parts.preview import Preview
from pingyi_desktop.gui.scope import ScopeBox
from pingyi_desktop.render.pack import Made
from pingyi_desktop.reports.paper import plan
from pingyi_desktop.reports.paper.plan import Meeting, Wish

PANEL, FEWEST, IN_A_ROW = 320, 3, 3
"""pixels in texts of the usual size; sessions that the list shows at least; numbers side by side"""
NO_MEETINGS = "这个范围里没有要开会投票的场次，没有纸可印。场次由发布了的活动排定，到“评议活动”看一看；也可以换一个范围。"
PER_MEETING = "没有登记应到人数、会议台账里也没有写的场次，每场按几人印"


class FormsPage(Page):
    """Sessions to tick at the left, the paper of the one in hand at the right."""

    purpose: ClassVar[str] = "开会以前印空白评议表：选好场次，先看样子，再打印或存成 PDF。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {"campaign", "appraisal_session", "ballot_batch", "party_organization", "party_member"}
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._meetings: list[Meeting] = []
        self._categories: tuple[tuple[str, str], ...] = ()
        self._unticked: set[str] = set()
        self._asked, self._pdf = 0, b""
        self.org, self.list, self.preview = ScopeBox(), QListWidget(), Preview()
        self.list.setAccessibleName("场次")
        self.people: dict[str, QSpinBox] = {}
        self._fields: list[Field] = []
        self.spare = number_box(plan.SPARE, plan.MOST_PERCENT, " %")
        self.opinions = number_box(plan.OPINIONS, plan.MOST_PERCENT, " %")
        self._shares = [Field("备用", self.spare), Field("征求意见表", self.opinions)]
        self.attach, self.single = QCheckBox("组织表附“五个好”一页"), QCheckBox("层面一另印一人一表")
        self.total, self.count = label(role="strong", wrap=False), label(role="hint", wrap=False)
        self.print_button = button("打印这一场…", self._print, primary=True, hint="Ctrl+P")
        self.print_button.setShortcut("Ctrl+P")
        self.renew_button = button(
            "按新名册重印", self._renew, hint="名册式评议表换成现在的名册；以前印的作废"
        )
        self.save_button = button("把打勾的存成 PDF…", self._save, hint="一个场次一个文件，另有一份印制清单")
        self._lay_out()
        self.org.currentIndexChanged.connect(lambda _: self.refresh())
        for box in (self.spare, self.opinions):
            box.valueChanged.connect(lambda _: self.refresh())
        for check in (self.attach, self.single):
            check.toggled.connect(lambda _: self.refresh())
        self.list.currentRowChanged.connect(lambda _: self._draw())
        self.list.itemChanged.connect(self._ticked)
        self.preview.resized.connect(self._redraw)
        self._allow()

    def refresh(self) -> None:
        """Read the sessions and how much paper each takes."""
        self._asked += 1
        asked, under, wish = self._asked, self.org.currentData(), self._wish()
        chosen = self.context.campaign()
        self.context.work.read(
            lambda session: job.offer(session, chosen, under, wish) if asked == self._asked else None,
            self._show,
            otherwise=self._refused,
        )

    def _lay_out(self) -> None:
        self._panel = panel = QWidget()
        self._left = left = QVBoxLayout(panel)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(Field("范围", self.org))
        self._numbers = QGridLayout()
        left.addLayout(self._numbers)
        self._place_numbers()
        for check, about in ((self.attach, "附页随组织表一起填"), (self.single, "给党员领导干部每人一表")):
            check.setToolTip(f"{about}，由手工计票，不在本软件里录入。")
            left.addWidget(check)
        left.addLayout(row(button("全部打勾", self._tick_all), button("全不打勾", self._tick_none)))
        left.addWidget(self.list, 1)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._fit_panel()
        right = QVBoxLayout()
        for act in (self.renew_button, self.save_button, self.print_button):
            self.acts.addWidget(act)
        right.addLayout(row(self.total, self.count))
        right.addWidget(self.preview, 1)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(panel)
        both.addLayout(right, 1)
        self.body.addLayout(both, 1)

    def keep_low(self, *, low: bool) -> None:
        """Everything closer together, and one session fewer seen."""
        super().keep_low(low=low)
        self._left.setSpacing(3 if low else 8)
        self._fit_panel()

    def event(self, event: QEvent) -> bool:
        """The panel is as wide as its texts need, in whatever size."""
        if event.type() == QEvent.Type.StyleChange:
            self._fit_panel()
        return super().event(event)

    def _fit_panel(self) -> None:
        self._panel.setFixedWidth(round(PANEL * look.scale()))
        self.list.setMinimumHeight((FEWEST - self.low) * 2 * self.list.fontMetrics().lineSpacing())

    def _place_numbers(self) -> None:
        """The numbers side by side: people of each category, spare ballots, sheets for opinions."""
        for place, field in enumerate([*self._fields, *self._shares]):
            self._numbers.addWidget(field, place // IN_A_ROW, place % IN_A_ROW, Qt.AlignmentFlag.AlignTop)

    def _wish(self) -> Wish:
        people = {code: box.value() for code, box in self.people.items() if box.value()}
        asked = self.attach.isChecked(), self.single.isChecked()
        return Wish(people, self.spare.value(), self.opinions.value(), *asked)

    def _refused(self, error: UserError) -> None:
        self._meetings, self._pdf = [], b""
        self.list.clear()
        self.preview.tell("")
        self.refuse(error)
        self._allow()

    def _show(self, offer: Offer | None) -> None:
        if offer is None:
            return
        self.org.offer(offer.scopes)
        self._ask_people(offer.categories)
        self._meetings = offer.meetings
        if offer.meetings:
            self.state.hide()
        else:
            self.preview.tell("")
            self.refuse(UserError(NO_MEETINGS))
        chosen = self.list.currentRow()
        self.list.blockSignals(True)
        self.list.clear()
        for one in offer.meetings:
            self.list.addItem(item_of(one, ticked=one.file_name not in self._unticked))
        self.list.setCurrentRow(max(0, min(chosen, len(offer.meetings) - 1)))
        self.list.blockSignals(False)
        self._draw()

    def _ask_people(self, categories: tuple[tuple[str, str], ...]) -> None:
        """One number for each category of voters, 0 while it is not known."""
        if categories == self._categories:
            return
        self._categories = categories
        for field in self._fields:
            field.deleteLater()
        self.people = {code: number_box(0, plan.MOST_PEOPLE, " 人", zero="按应到") for code, _ in categories}
        only = len(categories) == 1
        self._fields = [
            Field("每场人数" if only else visible.shown(name), self.people[code]) for code, name in categories
        ]
        self._place_numbers()
        for field, box in zip(self._fields, self.people.values(), strict=True):
            field.setToolTip(tip(PER_MEETING))
            leave_values_alone(field)
            box.valueChanged.connect(lambda _: self.refresh())

    def _ticked(self, item: QListWidgetItem) -> None:
        name = item.data(Qt.ItemDataRole.UserRole)
        if item.checkState() == Qt.CheckState.Checked:
            self._unticked.discard(name)
        else:
            self._unticked.add(name)
        self._allow()

    def _tick_all(self) -> None:
        self._unticked.clear()
        self.refresh()

    def _tick_none(self) -> None:
        self._unticked = {one.file_name for one in self._meetings}
        self.refresh()

    @property
    def chosen(self) -> list[Meeting]:
        """The sessions that are ticked and have sheets to print."""
        able = [one for one in self._meetings if has_sheets(one)]
        return [one for one in able if one.file_name not in self._unticked]

    def _draw(self) -> None:
        """Show the paper of the session in hand, each sheet once."""
        self._pdf = b""
        self._allow()
        if (one := self._in_hand()) is None:
            return
        if one.people is None:
            self.preview.tell(f"{UNKNOWN}：请在“录入”登记这一场，或在左边“每场人数”里写按几人印。")
            return
        self.preview.tell("正在排版…")
        self.context.work.read(
            lambda session: job.drawn(session, one),
            lambda found: self._drawn(one, *found),
            otherwise=lambda error: self.preview.tell(str(error)),
        )

    def _drawn(self, one: Meeting, made: Made, said: str) -> None:
        if self._in_hand() is one:
            self._pdf = made.pdf
            if said:
                self.messages.warn(said)
            self._allow()
            self._redraw()

    def _in_hand(self) -> Meeting | None:
        number = self.list.currentRow()
        return self._meetings[number] if 0 <= number < len(self._meetings) else None

    def _redraw(self) -> None:
        pdf, width = self._pdf, self.preview.page_width
        if pdf:
            self.context.work.read(
                lambda _session: preview.pages(pdf, width=width),
                lambda shown: self.preview.show_pages(shown) if pdf is self._pdf else None,
            )

    def _allow(self) -> None:
        chosen = self.chosen
        allow(self.print_button, "" if self._pdf else "在左边选一场，右边排好版才能打印。")
        one = self._in_hand()
        self.renew_button.setVisible(one is not None and any(s.own and s.form.is_roster for s in one.stacks))
        allow(self.save_button, "" if chosen else "先给要印的场次打勾；没有应到人数的，先写每场几人。")
        self.total.setText(f"打勾 {len(chosen)} 场，评议表 {sum(one.sheets for one in chosen)} 张")
        self.count.setText("预览里每种纸只显示一张" if self._pdf else "")

    def _print(self) -> None:
        if (one := self._in_hand()) is not None and self._pdf:
            by = self.context.operator()
            self.context.act(
                lambda session: job.whole(session, one, by),
                act="印表",
                then=lambda made: self._send(one, made),
            )

    def _renew(self) -> None:
        if (one := self._in_hand()) is not None:
            by = self.context.operator()
            self.context.act(
                lambda session: job.renew(session, one, by),
                act="按新名册重印",
                said="已换成现在的名册，以前印的名册式评议表请作废，重新打印。",
            )

    def _send(self, one: Meeting, made: Made) -> None:
        try:
            if preview.print_pdf(made.pdf, self, landscape=False, name=one.file_name):
                self.messages.inform("已送到打印机。")
        except UserError as error:
            self.messages.fail(str(error))

    def _save(self) -> None:
        out = pickers.folder(self, "存到哪个文件夹")
        chosen = self.chosen
        if out is not None and chosen:
            by = self.context.operator()
            left = [one for one in self._meetings if one.people is None]
            self.context.work.long(
                lambda session, progress: job.write(session, chosen, left, out, by, progress),
                lambda made: self._saved(chosen, made, out),
                act="印表",
            )

    def _saved(self, chosen: Sequence[Meeting], made: Sequence[Made], out: Path) -> None:
        said, rare = job.saved_words(chosen, made, out)
        (self.messages.warn if rare else self.messages.inform)(said + rare, pickers.opens(out))
