"""Asking for the reason of an act and the name of who answers for it; both go into the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QLineEdit
from sqlmodel import Session

from pingyi_desktop.gui.forms import Field, required
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.record_dialog import RecordDialog

T = TypeVar("T")


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
