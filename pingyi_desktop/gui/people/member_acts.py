"""What can be done to members by hand: add, change, move, take off the roster and back, each to be undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox
from sqlmodel import Session

from pingyi_desktop.appraisal.people import members
from pingyi_desktop.appraisal.people.members import FIELDS, Member
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.looks.editors import put_into
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import Field
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.people.member_form import MemberDialog
from pingyi_desktop.gui.people.org_box import OrgBox, org_field

REASONS = ("组织关系转出", "退休后转出", "停止党籍", "去世", "登记有误")


class MemberActs:
    """Acts on members for one page."""

    def __init__(self, page: Page) -> None:
        self._context, self._page = page.context, page

    def add(self, branches: Sequence[Org], suggested: str | None, category: str = "") -> None:
        """Ask for a new member; ``suggested`` is the branch that is chosen, ``category`` that of the one before."""
        dialog = MemberDialog(self._page, branches=branches, suggested=suggested, was=None)
        put_into(dialog.category.editor, category)
        dialog.saving = lambda: self._add(dialog)
        dialog.offer_more(
            "保存，再加一名", lambda: self.add(branches, dialog.branch_code, dialog.category.text)
        )

    def change(self, was: Member) -> None:
        """Ask for the fields of a member."""
        dialog = MemberDialog(self._page, branches=(), suggested=None, was=was)
        dialog.saving = lambda: self._change(dialog, was)

    def move(self, chosen: Sequence[Member], branches: Sequence[Org]) -> None:
        """Ask into which branch they go."""
        dialog = RecordDialog(self._page, f"移动 {_who(chosen)}", "原来的党小组不带走。", save="移动")
        box = OrgBox(branches)
        dialog.saving = lambda: self._move(dialog, chosen, box.code)
        dialog.ask((org_field("新的党支部", box),))

    def retire(self, chosen: Sequence[Member]) -> None:
        """Ask why they leave the roster."""
        title = f"转出/停用 {_who(chosen)}"
        purpose = "离册后不再出现在名册和新的评议表里；以前的记录都保留，以后可以恢复。"
        dialog = RecordDialog(self._page, title, purpose, save="离册")
        reason = QComboBox()
        reason.addItems(REASONS)
        reason.setEditable(True)
        field = Field("原因", reason, hint="可以自己写")
        dialog.saving = lambda: self._retire(dialog, chosen, field.text)
        dialog.ask((field,))

    def restore(self, chosen: Sequence[Member]) -> None:
        """Put members taken off the roster back on it."""
        by, numbers = self._context.operator(), _numbers(chosen)
        self._context.act(
            lambda session: members.restore_members(session, member_nos=numbers, by=by),
            lambda _: (
                lambda session: members.retire_members(session, member_nos=numbers, by=by, reason="撤销恢复")
            ),
            act="恢复党员",
            said=f"已恢复 {_who(chosen)}",
        )

    def _add(self, dialog: MemberDialog) -> None:
        by, values = self._context.operator(), dict[str, Any](dialog.values)
        code, number = dialog.branch_code, dialog.number.text

        def act(session: Session, reason: str) -> Member:
            return members.add_member(
                session, org_code=code, member_no=number, by=by, reason=reason, **values
            )

        weighed(
            dialog,
            self._context,
            act,
            act="新增党员",
            undo=lambda made: lambda session: members.delete_member(session, member_no=made.member_no, by=by),
            said=lambda made: f"已新增党员“{made.display_name}”，编号 {made.member_no}",
        )

    def _change(self, dialog: MemberDialog, was: Member) -> None:
        by, values = self._context.operator(), dict[str, Any](dialog.values)
        before: dict[str, Any] = {name: getattr(was, name) for name in FIELDS}
        weighed(
            dialog,
            self._context,
            lambda session, reason: members.change_member(
                session, member_no=was.member_no, by=by, reason=reason, **values
            ),
            act="修改党员",
            undo=lambda _: (
                lambda session: members.change_member(
                    session, member_no=was.member_no, by=by, reason="撤销修改", **before
                )
            ),
            said=f"已修改党员“{was.display_name}”",
        )

    def _move(self, dialog: RecordDialog, chosen: Sequence[Member], to: str) -> None:
        by, numbers = self._context.operator(), _numbers(chosen)
        weighed(
            dialog,
            self._context,
            lambda session, reason: members.move_members(
                session, member_nos=numbers, to_code=to, by=by, reason=reason
            ),
            act="移动党员",
            undo=lambda were: lambda session: members.put_back_members(session, moved=were, by=by),
            said=f"已移动 {_who(chosen)}",
        )

    def _retire(self, dialog: RecordDialog, chosen: Sequence[Member], reason: str) -> None:
        by, numbers = self._context.operator(), _numbers(chosen)
        weighed(
            dialog,
            self._context,
            lambda session, why: members.retire_members(
                session, member_nos=numbers, reason=reason or why, by=by
            ),
            act="党员离册",
            undo=lambda gone: lambda session: members.restore_members(session, member_nos=gone, by=by),
            said=f"已离册 {_who(chosen)}",
        )


def _numbers(chosen: Sequence[Member]) -> list[str]:
    return [member.member_no for member in chosen]


def _who(chosen: Sequence[Member]) -> str:
    return f"“{chosen[0].display_name}”" if len(chosen) == 1 else f"{len(chosen)} 名党员"
