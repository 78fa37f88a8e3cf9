"""意见归并: problems that opinions come to, what units below merged or could be merged; the originals of the chosen ones beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers.groups import likeness, opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import RESPONSIBLE, TITLE, Kept, Problem, Wanted
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.ledgers import group_bodies
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.looks.states import EMPTY
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts.forms import Field, Undoing, allow, button, label, required, row
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.gui.parts.tables import Column, DataTable, number
from pingyi_desktop.reports import catalog as reports

LEFT, RIGHT = 640, 480
MERGED, ALIKE = "归并后的问题", "相近、可以归并"
NOTHING = "还没有意见。在“意见建议”里登记或导入以后，再到这里归并。"
NOTHING_ALIKE = "没有相近的意见了。意思相同而写法不同的，在“归并后的问题”里选中几行再归并。"
CHOOSE = "先在左边选一行。"
CHOOSE_TWO = "先在左边选几行，至少两条意见。"
NOT_MERGED = "选中的没有归并过，不用拆开。"
CHOOSE_GROUP = "先在左边选一个归并过的问题。"


@dataclass(frozen=True)
class Looked:
    """One look: the problems, what is alike among those that stand alone (as a problem each), and of which campaign."""

    campaign_id: str = ""
    problems: Sequence[Problem] = ()
    alike: Sequence[Problem] = ()


class GroupingPage(Page):
    """Merge, split and name; originals are never changed here."""

    purpose: ClassVar[str] = "意思相同的意见合成一个问题，好逐个整改；原来的意见一条不少，随时可以拆开。"
    shows: ClassVar[frozenset[str]] = frozenset({"opinion", "opinion_group", "merged_opinion", "campaign"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.looked = Looked()
        self.segments = [button("", lambda: self._choose(0)), button("", lambda: self._choose(1))]
        self.tables = QStackedWidget()
        for name, empty in (("问题", NOTHING), ("相近的意见", NOTHING_ALIKE)):
            self.tables.addWidget(table := DataTable(_columns(), name=name, empty=empty, same=_same))
            table.selection_changed.connect(self._show_originals)
        self.originals = DataTable(
            _original_columns(), name="原来的意见", empty=CHOOSE, same=lambda one: one.name
        )
        self.figures = label(role="hint", wrap=False)
        self.print = button("打印…", self._print, hint="意见归并表，先看预览")
        self.name = button("改名…", self._name, hint="问题的名称和建议责任单位")
        self.split = button(
            "拆开", self._split, hint="Ctrl+Shift+M：右边选中的意见；没有选就整个拆开。可以撤销"
        )
        self.merge = button("归并选中的", self._merge, hint="Ctrl+M：左边选中的几行合成一个问题；可以撤销")
        self.merge_all = button(
            "归并相近的", self._merge_all, primary=True, hint="电脑找出的相近意见，一次全部归并；可以撤销"
        )
        for one, keys in ((self.merge, "Ctrl+M"), (self.split, "Ctrl+Shift+M")):
            one.setShortcut(keys)
        for table in self.tables.findChildren(DataTable):
            table.acts = (self.merge, self.name, self.split)
            table.view.customContextMenuRequested.connect(lambda _: self.originals.view.clearSelection())
        self.originals.acts = (self.split,)
        self._lay_out()

    @property
    def alike(self) -> bool:
        """Whether what could be merged is shown, not what there is."""
        return self.segments[1].isChecked()

    @property
    def table(self) -> DataTable:
        """The list that is shown."""
        shown = self.tables.currentWidget()
        assert isinstance(shown, DataTable)
        return shown

    def refresh(self) -> None:
        """Read everything again."""
        chosen = self.context.campaign()
        self.context.work.read(
            lambda session: read_problems(session, chosen), self._show, otherwise=self._refused
        )

    def _lay_out(self) -> None:
        for one in (self.print, self.name, self.split, self.merge, self.merge_all):
            self.acts.addWidget(one)
        for one in self.segments:
            one.setCheckable(True)
        self.segments[0].setChecked(True)
        parts = QSplitter()
        parts.addWidget(self.tables)
        parts.addWidget(self.originals)
        parts.setSizes([LEFT, RIGHT])
        parts.setHandleWidth(12)
        parts.setChildrenCollapsible(False)
        self.body.addLayout(row(*self.segments))
        self.body.addWidget(parts, 1)
        self.body.addWidget(self.figures)
        self.originals.selection_changed.connect(self._allow)

    def _choose(self, which: int) -> None:
        for place, one in enumerate(self.segments):
            one.setChecked(place == which)
        self.tables.setCurrentIndex(which)
        self._fill()

    def _refused(self, error: UserError) -> None:
        self._show(Looked())
        self.refuse(error)

    def _show(self, looked: Looked) -> None:
        self.looked = looked
        if looked.problems:
            self.state.hide()
        else:
            to_opinions = partial(self.context.go_to, "opinion")
            self.state.show_state(EMPTY, NOTHING, "去“意见建议”", to_opinions, alone=True)
        self.segments[0].setText(f"{MERGED} {len(looked.problems)}")
        self.segments[1].setText(f"{ALIKE} {len(looked.alike)}")
        self.merge_all.setText(f"归并相近的 {len(looked.alike)} 组" if looked.alike else "归并相近的")
        self.figures.setText(opinion_groups.sentence(looked.problems) if looked.problems else "")
        self._fill()

    def _fill(self) -> None:
        self.table.set_rows(self.looked.alike if self.alike else self.looked.problems)
        self._show_originals()

    def _show_originals(self) -> None:
        self.originals.set_rows([one for chosen in self.table.selected() for one in chosen.originals])
        self._allow()

    def _allow(self) -> None:
        """Only what can be done now; what cannot says why."""
        chosen = self.table.selected()
        many = sum(len(one.originals) for one in chosen)
        grouped = any(one.number for one in chosen)
        allow(self.merge, "" if many > 1 and (self.alike or len(chosen) > 1) else CHOOSE_TWO)
        allow(self.split, "" if grouped and not self.alike else NOT_MERGED if chosen else CHOOSE)
        allow(self.name, "" if len(chosen) == 1 and grouped else CHOOSE_GROUP)
        allow(self.merge_all, "" if self.looked.alike else NOTHING_ALIKE if self.looked.problems else NOTHING)
        allow(self.print, "" if self.looked.problems else NOTHING)

    def _merge(self) -> None:
        chosen = self.table.selected()
        if self.alike:
            self._regroup("归并意见", [_wanted([one]) for one in chosen])
        else:
            self._regroup("归并意见", [_wanted(chosen)])

    def _merge_all(self) -> None:
        self._regroup("归并意见", [_wanted([one]) for one in self.looked.alike])

    def _regroup(self, act: str, wanted: Sequence[Wanted]) -> None:
        about = {"campaign_id": self.looked.campaign_id, "by": self.context.operator()}
        weighed(
            self,
            self.context,
            lambda session, reason: opinion_groups.merge(session, **about, wanted=wanted, reason=reason),
            act=act,
            undo=self._undoing,
            said=f"已归并成 {len(wanted)} 个问题。" if len(wanted) > 1 else "已归并。",
        )

    def _split(self) -> None:
        rows = self.originals.selected() or [
            one for chosen in self.table.selected() for one in chosen.originals
        ]
        about = {"campaign_id": self.looked.campaign_id, "by": self.context.operator()}
        ids = [one.id for one in rows]
        self.context.act(
            lambda session: opinion_groups.split(session, **about, ids=ids),
            self._undoing,
            act="拆开意见",
            said=f"已拆开 {len(ids)} 条意见。",
        )

    def _name(self) -> None:
        (chosen,) = self.table.selected()
        dialog = RecordDialog(self, f"第 {chosen.number} 号问题")
        title, unit = QLineEdit(chosen.title), QLineEdit(chosen.responsible)
        title.setMaxLength(TITLE.most)
        unit.setMaxLength(RESPONSIBLE.most)
        asked = Field(TITLE.title, title, check=required(TITLE.title))
        responsible = Field(RESPONSIBLE.title, unit)

        def save() -> None:
            about = {"campaign_id": self.looked.campaign_id, "by": self.context.operator()}
            typed = {"title": asked.text, "responsible": responsible.text}
            weighed(
                dialog,
                self.context,
                lambda session, reason: opinion_groups.name(
                    session, number=chosen.number, **about, **typed, reason=reason
                ),
                act="修改归并问题",
                undo=self._undoing,
                said=f"已修改第 {chosen.number} 号问题。",
            )

        dialog.saving = save
        dialog.ask((asked,), (responsible,))

    def _print(self) -> None:
        campaign_id = self.looked.campaign_id
        ReportDialog(
            self,
            self.context.work,
            reports.entry("R08").name,
            lambda session: reports.build(session, name="R08", campaign_id=campaign_id),
        )

    def _undoing(self, before: Kept) -> Undoing:
        campaign_id, by = self.looked.campaign_id, self.context.operator()
        return lambda session: opinion_groups.put_back(session, campaign_id=campaign_id, before=before, by=by)


def read_problems(session: Session, chosen: str) -> Looked:
    """Everything the page shows, in one reading."""
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    found = opinion_groups.problems(session, campaign_id=campaign_id)
    offered = group_bodies.offered(session, campaign_id=campaign_id, listed=found)
    like = likeness.suggestions(found, offered)
    alike = [Problem(one.number, one.title, "", tuple(one.originals)) for one in like]
    return Looked(campaign_id, found, alike)


def _wanted(chosen: Sequence[Problem]) -> Wanted:
    """These in one: in the first group among them, else a new one named by the first of them."""
    into = next((one.number for one in chosen if one.number), 0)
    title = chosen[0].title[: TITLE.most] if len(chosen) == 1 and not into else ""
    return Wanted(tuple(row.id for one in chosen for row in one.originals), title, into=into)


def _same(one: Problem) -> object:
    return one.number or one.originals[0].name


def _columns() -> list[Column]:
    return [
        number("号", lambda one: one.number or None, missing=""),
        Column("问题", lambda one: one.title, tooltip=lambda one: one.title),
        Column("类别", lambda one: one.category, spare=True),
        Column("性质", lambda one: one.nature),
        number("条数", lambda one: len(one.originals)),
        replace(number("组织数", lambda one: len(one.organisations)), spare=True),
    ]


def _original_columns() -> list[Column]:
    return [
        Column("党组织", lambda one: one.org_name),
        Column("意见内容", lambda one: one.texts["content"], tooltip=lambda one: one.texts["content"]),
        Column("编号", lambda one: one.name.rpartition(".")[2], tooltip=lambda one: one.name, spare=True),
    ]
