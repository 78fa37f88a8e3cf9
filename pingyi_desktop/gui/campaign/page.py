"""评议活动: drafted, looked over, published once, and then only to be read."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QComboBox, QSizePolicy, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.errors import RuleError, UserError
from pingyi_desktop.exchange.outbox import recovery
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.campaign.campaign_form import CampaignFields
from pingyi_desktop.gui.campaign.campaign_view import PublishedView
from pingyi_desktop.gui.campaign.drafts import keep_draft
from pingyi_desktop.gui.campaign.publishing import ConfirmPanel, Outlook, Panels, before_publishing, outlook
from pingyi_desktop.gui.campaign.reading import Listed, read
from pingyi_desktop.gui.campaign.review_groups import Groups
from pingyi_desktop.gui.files import key_change, recovery_code, task_code
from pingyi_desktop.gui.files.welcome import Choice
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import button, label, row
from pingyi_desktop.standing import choosing
from pingyi_desktop.storage.schema_campaign import CampaignMode

START, DRAFT, CONFIRM, PUBLISHED = range(4)
LOWEST = 340  # less is not worth scrolling in; the window then scrolls the page
ELSEWHERE = "这是另一次活动，在这里只能看；要办理它，请在窗口上方选择它。"
TAKE = "上级重新下发、或发来下一次活动的任务文件时用；已录的票和已收的数据不动"


class CampaignPage(Page):
    """One campaign at a time; earlier ones can be looked at."""

    purpose: ClassVar[str] = "定下评什么、用什么表、怎么算，然后发布。"
    shows: ClassVar[frozenset[str]] = frozenset(
        {
            *("campaign", "campaign_form", "voter_category", "appraisal_session", "review_group"),
            *("party_organization", "ballot_batch", "envelope", "issued_task", "quarantined_file"),
            *("conflict_decision", "withdrawal"),
        }
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._state = Listed([], {}, "")
        self._shown: str | None = None
        self._followed, self._follows = "", ("", "", "")
        self._saved: dict[str, Any] | None = None
        self._begun, self._turned_down = dict[str, Any](), dict[str, Any]()
        self.which = QComboBox()
        self.which.setAccessibleName("活动")
        self.which.currentIndexChanged.connect(lambda _: self._show_chosen())
        self.what, self.step = label(role="strong"), label(role="strong")
        self.go = button("", self._go_on, primary=True)
        self.another = button("新建下一次活动…", self.new_draft)
        self.take = button("打开新的任务文件…", self._pick_task, hint=TAKE)
        self.view = PublishedView(self, self._assign)
        self.view.currentChanged.connect(lambda _: self._show_step())
        self.confirm = ConfirmPanel(self._publish, lambda: self.middle.setCurrentIndex(DRAFT))
        self.middle = Panels()
        for panel in (self._start(), self._draft(), self.confirm, self.view):
            self.middle.addWidget(panel)
        self.middle.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.middle.setMinimumHeight(LOWEST)
        for one in (self.which, self.take, self.another, self.go):
            self.acts.addWidget(one)
        self.body.addWidget(self.what)
        self.body.addWidget(self.step)
        self.body.addWidget(self.middle, 1)
        self._show(self._state)

    @cached_property
    def form(self) -> CampaignFields:
        """What a draft is written in; made when the first one is: most who come here only read."""
        made = CampaignFields()
        made.changed.connect(self._say_dirty)
        made.forms.draw_with(self.context.work)
        self._drafting.insertWidget(0, made, 1)
        return made

    def refresh(self) -> None:
        """Read the campaigns; what is being typed is left alone."""
        chosen = self.context.campaign()
        if chosen != self._followed and (self._saved is None or self.form.values == self._saved):
            self._shown = None
        self._followed = chosen
        self.context.work.read(partial(read, chosen=chosen), self._show)

    def keep(self) -> str:
        """A draft saves itself; one that is not right yet is asked about."""
        untouched = self._saved is None or self.form.values in (self._saved, self._begun)
        if untouched or self.middle.currentIndex() not in (DRAFT, CONFIRM):
            return ""
        if self.form.values == self._turned_down or not self.form.is_right():
            return "“评议活动”的草稿还有没填对的地方，没有保存；关闭以后，这次填的就没有了。"
        self._store(then_publish=False)
        return ""

    def new_draft(self) -> None:
        """Begin a new draft; nothing is stored before 保存草稿."""
        self._shown = None
        self._open_draft(None)
        self.form.name_line.setFocus()
        self.form.name_line.selectAll()

    def _start(self) -> QWidget:
        panel = QWidget()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        self.start_new = Choice("新建评议活动", "本单位自己组织评议：选评议表、定统计口径，发布后下发任务。")
        self.start_task = Choice("打开上级任务文件", "上级已经发布了活动：表和口径都在发来的任务文件里。")
        self.start_new.clicked.connect(self.new_draft)
        self.start_task.clicked.connect(self._pick_task)
        for one in (label("还没有评议活动。有两种办法：", role="strong"), self.start_new, self.start_task):
            column.addWidget(one)
        column.addStretch(1)
        return panel

    def _draft(self) -> QWidget:
        panel = QWidget()
        self._drafting = column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        self.dirty = label(role="hint", wrap=False)
        self.save = button("保存草稿", lambda: self._store(then_publish=False))
        self.publish = button("发布…", lambda: self._store(then_publish=True), primary=True)
        self.drop = button("不新建了", self.refresh_now)
        column.addLayout(row(self.publish, self.save, self.drop, self.dirty))
        return panel

    def refresh_now(self) -> None:
        """Give up what was typed and show what is stored."""
        self._saved = None
        self.refresh()

    def _show(self, state: Listed) -> None:
        self._state, chosen = state, self._shown or state.at_work
        self.which.blockSignals(True)
        self.which.clear()
        for one, words in choosing.words(state.campaigns).items():
            self.which.addItem(visible.shown(words), one)
        self.which.setCurrentIndex(max(0, self.which.findData(chosen)) if state.campaigns else -1)
        self.which.blockSignals(False)
        self.which.setVisible(len(state.campaigns) > 1)
        if self._saved is None or self.form.values == self._saved:
            self._show_chosen()

    def _show_chosen(self) -> None:
        place = self.which.currentIndex()
        if place < 0:
            self._say_what("")
            self._saved = None
            self.middle.setCurrentIndex(START)
            return
        view = self._state.campaigns[place]
        self._shown = view.id
        drill = "" if view.mode == CampaignMode.OFFICIAL else "，演练"
        self._say_what(f"{view.name}（{'已发布' if view.published else '草稿'}{drill}）", view)
        if view.published:
            self._saved = None
            self.view.show_campaign(view, self._state.sessions[view.id])
            self.middle.setCurrentIndex(PUBLISHED)
        elif self.middle.currentIndex() != CONFIRM:
            self._open_draft(view)

    def _say_what(self, text: str, view: CampaignView | None = None) -> None:
        """Which campaign is shown; above every tab of the one at work, when it is published, what comes next and the way there."""
        shown = view if view is not None and view.published else None
        step = self._state.step if shown is not None and shown.id == self._state.at_work else None
        self.what.setText(text)
        self.another.setVisible(shown is not None and shown.root_code == self._state.unit)
        self.take.setVisible(shown is not None)
        self.step.setText(
            "" if shown is None else ELSEWHERE if step is None else f"下一步：{step.label}。{step.reason}"
        )
        self.go.setText("" if step is None else step.label)
        self.go.setToolTip("" if step is None else tip(step.reason))
        self._show_step()

    def _show_step(self) -> None:
        """Where groups are dealt out, 保存分派 is the one red button; where rows are short, the step is on its button only."""
        self.step.setVisible(bool(self.step.text()) and not (self.low and self.go.text()))
        self.go.setVisible(bool(self.go.text()) and self.view.currentWidget() is not self.view.groups)

    def keep_low(self, *, low: bool) -> None:
        super().keep_low(low=low)
        self._show_step()

    def _go_on(self) -> None:
        if self._state.step is not None:
            self.context.go_to(self._state.step.page)

    def _open_draft(self, view: CampaignView | None) -> None:
        self.form.show_draft(view)
        self._begun = self.form.values
        self._saved = self._begun if view else {}
        self.drop.setVisible(view is None)
        if view is None:
            self._say_what("新的评议活动")
        self.middle.setCurrentIndex(DRAFT)
        self._say_dirty()

    def _say_dirty(self) -> None:
        self.dirty.setText("" if self.form.values == self._saved else "有还没有保存的内容")

    def _store(self, *, then_publish: bool) -> None:
        if not self.form.is_right():
            return
        values, by, chosen = self.form.values, self.context.operator(), self._shown

        def act(session: Session) -> tuple[str, Outlook]:
            known = keep_draft(session, chosen=chosen, values=values, by=by)
            return known, outlook(session, known)

        def stored(result: tuple[str, Outlook]) -> None:
            self._shown, self._saved = result[0], values
            self.drop.hide()
            self._say_dirty()
            if then_publish:
                self._show_outlook(result[1])
            else:
                self.messages.inform("草稿已保存。填好以后点“发布…”。")

        if then_publish and chosen and values == self._saved:
            self.context.work.read(lambda session: outlook(session, chosen), self._show_outlook)
        else:
            self.context.act(act, act="保存草稿", then=stored, otherwise=self._refused)

    def _refused(self, error: UserError) -> None:
        self._turned_down = self.form.values
        if not (isinstance(error, RuleError) and self.form.refuse(error)):
            self.messages.fail(str(error))

    def _show_outlook(self, seen: Outlook) -> None:
        self.confirm.show_outlook(seen)
        self._follows = seen.follows
        self.middle.setCurrentIndex(CONFIRM)
        self.confirm.focus(seen)

    def _publish(self) -> None:
        """What publishing asks is asked first: a code typed back from paper is not typed for nothing."""
        chosen = self._shown or ""
        self.middle.setCurrentIndex(DRAFT)
        weighed(
            self,
            self.context,
            partial(before_publishing, chosen),
            lambda found: self._show_code(chosen, *found),
            act="继续发布",
        )

    def _show_code(self, chosen: str, name: str, code: str, reason: str) -> None:
        """Nothing is published before its recovery code is on paper."""
        go_on = partial(self._publish_with, chosen, code, reason)
        if code:
            recovery_code.show_over(recovery_code.of_campaign(name, code), self, go_on)
        else:
            go_on()

    def _publish_with(self, chosen: str, code: str, reason: str) -> None:
        by, (said, go, page) = self.context.operator(), self._follows
        self.context.act(
            lambda session: recovery.publish(session, campaign_id=chosen, by=by, code=code, reason=reason),
            act="发布活动",
            then=lambda _: self.messages.inform(said, (go, partial(self.context.go_to, page))),
        )

    def _pick_task(self) -> None:
        if (path := pickers.to_open(self, "打开任务文件", pickers.TASK_FILES)) is not None:
            self.open_task(path)

    def open_task(self, path: Path) -> None:
        """Ask for the code of an office's task file, and take it into this data file."""
        try:
            task = task_code.ask(path, self)
        except UserError as error:
            self.messages.fail(str(error))
            return
        if task is not None:
            key_change.take_up(self, task)

    def _assign(self, groups: Groups, before: Groups) -> None:
        chosen, by = self._shown or "", self.context.operator()

        def act(wanted: Groups, session: Session) -> None:
            sessions.set_review_groups(session, campaign_id=chosen, groups=wanted, by=by)

        self.context.act(
            partial(act, groups),
            lambda _: partial(act, before),
            act="分派评议小组",
            said=f"已分派 {len(groups)} 个评议小组",
        )
