"""Asking for the reason of an act: where the act always needs one, and where something unusual was found (weight W)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QLineEdit, QWidget
from sqlmodel import Session

from pingyi_desktop.errors import NeedsReasonError, UserError
from pingyi_desktop.gui.page import Context, Page
from pingyi_desktop.gui.parts.forms import Field, Mend, Undoing, allow, label, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.work import Otherwise

T = TypeVar("T")
MOST = 8  # sentences listed one by one
UNUSUAL = "下面这些请核对。有错的点“取消”回去改；确认无误的写明原因，原因和这几句话记入操作日志。"


def weighed(
    over: QWidget,
    context: Context,
    doing: Callable[[Session, str], T],
    then: Callable[[T], object] | None = None,
    *,
    act: str,
    undo: Callable[[T], Undoing | None] | None = None,
    said: str | Callable[[T], str] = "",
    way: Callable[[T], Mend] | None = None,
    otherwise: Otherwise | None = None,
    compact: bool = False,
) -> None:
    """``Context.act`` for ``doing(session, reason)``, first without a reason.

    When it asks for one, what is unusual is listed over ``over`` and the act is done again with what is typed there.
    """
    below = over if isinstance(over, RecordDialog) else None
    saying = otherwise or (None if below is None else below.refuse)

    def attempt(reason: str, asked: RecordDialog | None, refused: Otherwise) -> None:
        def done(result: T) -> None:
            if below is not None:
                below.done_with()
            if then is not None:
                then(result)

        context.act(
            lambda session: doing(session, reason),
            undo,
            act=act,
            said=said,
            way=way,
            over=asked,
            then=done,
            otherwise=refused,
            compact=compact,
        )

    def refused(error: UserError) -> None:
        if below is not None:
            allow(below.save)
        if isinstance(error, NeedsReasonError):
            _ask_why(over, error, act, lambda asked, why: attempt(why, asked, asked.refuse))
        elif saying is not None:
            saying(error)
        else:
            context.work.failed.emit(str(error))

    attempt("", None, refused)


def _ask_why(
    over: QWidget, unusual: NeedsReasonError, act: str, go_on: Callable[[RecordDialog, str], None]
) -> None:
    """List what asks for a reason, in words; ``go_on`` gets the dialog and the reason."""
    found = unusual.findings
    dialog = RecordDialog(over, f"请核对（{len(found)} 处）", UNUSUAL, save=f"确认无误，{act}")
    for one in found[:MOST]:
        dialog.column.insertWidget(dialog.column.count() - 1, label(f"· {one.sentence}", role="strong"))
    if len(found) > MOST:
        rest = f"……另有 {len(found) - MOST} 处，性质相同的请在表里一并核对。"
        dialog.column.insertWidget(dialog.column.count() - 1, label(rest, role="hint"))
    reason = Field("原因", QLineEdit(), hint="例如：已核对，情况属实", check=required("原因"))
    dialog.saving = lambda: go_on(dialog, reason.text)
    dialog.ask((reason,))


def ask_reason(
    page: Page,
    title: str,
    purpose: str,
    act: str,
    doing: Callable[[Session, str, str], T],
    *,
    example: str = "",
    said: str = "",
    then: Callable[[T], object] | None = None,
) -> None:
    """Ask, then do ``doing(session, reason, by)`` as ``Context.act`` does."""
    dialog = RecordDialog(page, title, purpose, save=act)
    reason = Field("原因", QLineEdit(), hint=example, check=required("原因"))
    name = Field("经办人", QLineEdit(page.context.operator()), check=required("经办人"))

    def save() -> None:
        why, by = reason.text, name.text
        page.context.act(lambda session: doing(session, why, by), act=act, said=said, over=dialog, then=then)

    dialog.saving = save
    dialog.ask((reason,), (name,))
