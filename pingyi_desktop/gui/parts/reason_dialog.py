"""Asking for the reason of an act: where the act always needs one, and where something unusual was found (weight W)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QLineEdit, QWidget
from sqlmodel import Session

from pingyi_desktop.errors import NeedsReasonError, UserError
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import Field, label, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.work import Otherwise, Work

T = TypeVar("T")
MOST = 8  # sentences listed one by one
UNUSUAL = "下面这些请核对。有错的点“取消”回去改；确认无误的写明原因，原因和这几句话记入操作日志。"


def weighed(
    over: QWidget,
    work: Work,
    doing: Callable[[Session, str], T],
    then: Callable[[T], None] | None = None,
    *,
    act: str,
    otherwise: Otherwise | None = None,
    compact: bool = False,
) -> None:
    """Do ``doing(session, reason)`` in one transaction, first without a reason.

    When it asks for one, what is unusual is listed over ``over`` and the act is done again with what is typed there.
    """

    def refused(error: UserError) -> None:
        if isinstance(over, RecordDialog):
            over.save.setEnabled(True)
        if isinstance(error, NeedsReasonError):
            confirm_unusual(over, work, error, doing, then, act=act, compact=compact)
        elif otherwise is not None:
            otherwise(error)
        else:
            work.failed.emit(str(error))

    work.write(lambda session: doing(session, ""), then, act=act, otherwise=refused, compact=compact)


def confirm_unusual(
    over: QWidget,
    work: Work,
    asked: NeedsReasonError,
    doing: Callable[[Session, str], T],
    then: Callable[[T], None] | None,
    *,
    act: str,
    compact: bool = False,
) -> RecordDialog:
    """List what asks for a reason, in words; with one the act is done again."""
    dialog = RecordDialog(over, f"请核对（{len(asked.findings)} 处）", UNUSUAL, save=f"确认无误，{act}")
    for one in asked.findings[:MOST]:
        dialog.column.insertWidget(dialog.column.count() - 1, label(f"· {one.sentence}", role="strong"))
    if len(asked.findings) > MOST:
        rest = f"……另有 {len(asked.findings) - MOST} 处，性质相同的请在表里一并核对。"
        dialog.column.insertWidget(dialog.column.count() - 1, label(rest, role="hint"))
    reason = Field("原因", QLineEdit(), hint="例如：已向本人核实", check=required("原因"))

    def done(result: T) -> None:
        dialog.done_with()
        if then is not None:
            then(result)

    def save() -> None:
        why = reason.text
        work.write(
            lambda session: doing(session, why), done, act=act, otherwise=dialog.refuse, compact=compact
        )

    dialog.saving = save
    dialog.ask((reason,))
    return dialog


def ask_reason(
    page: Page,
    title: str,
    purpose: str,
    act: str,
    doing: Callable[[Session, str, str], T],
    *,
    example: str = "",
    then: Callable[[T], object] | None = None,
) -> RecordDialog:
    """Ask, then do ``doing(session, reason, by)`` in one transaction; a refusal is shown in the dialog.

    ``then`` gets what it returned.
    """
    dialog = RecordDialog(page, title, purpose, save=act)
    reason = Field("原因", QLineEdit(), hint=example, check=required("原因"))
    name = Field("经办人", QLineEdit(page.context.operator()), check=required("经办人"))

    def done(result: T) -> None:
        dialog.done_with()
        if then is not None:
            then(result)

    def save() -> None:
        why, by = reason.text, name.text
        page.context.work.write(
            lambda session: doing(session, why, by), done, act=act, otherwise=dialog.refuse
        )

    dialog.saving = save
    dialog.ask((reason,), (name,))
    return dialog
