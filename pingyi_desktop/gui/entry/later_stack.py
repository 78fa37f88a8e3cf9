"""Asking for a supplementary stack (补投): how many people vote later, until when, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign import supplements
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.days import day_box, iso
from pingyi_desktop.gui.parts.forms import Field, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog

PURPOSE = (
    "没到会的人（夜班、出差等）另用一叠票补投：有自己的核对单和票批码，照样录入、签字、封存，和本场一并计票。"
    "封存以前本场不出结果。"
)


def ask(
    over: QWidget,
    context: Context,
    meeting: SessionView,
    categories: Sequence[tuple[str, str]],
    then: Callable[[str], None],
) -> None:
    """Ask, then open a stack of every form of the session; ``then`` gets what to say."""
    absent = (meeting.expected or 0) - (meeting.actual or 0)
    dialog = RecordDialog(over, f"补投：{meeting.org_name}", PURPOSE, save="开补投票批")
    people, until, why, voters = QSpinBox(), day_box(QDate.currentDate()), QLineEdit(), QComboBox()
    people.setRange(1, max(1, absent))
    for code, name in categories:
        voters.addItem(visible.shown(name), code)
    by = context.operator()

    def act(session: Session, reason: str) -> tuple[list[str], tuple[Finding, ...]]:
        return supplements.open_stacks(
            session,
            session_id=meeting.id,
            people=people.value(),
            closes_on=iso(until),
            why=why.text(),
            category=str(voters.currentData()),
            today=date.today(),
            by=by,
            reason=reason,
        )

    dialog.saving = lambda: weighed(
        dialog,
        context,
        act,
        lambda made: then(f"已开补投票批 {len(made[0])} 个；请到“印表”页印票，收齐后在这里录入、封存。"),
        act="开补投票批",
    )
    rows: list[tuple[QWidget, ...]] = [
        (Field("补投几人", people, hint=f"应到未到 {absent} 人"), Field("截止日期", until)),
        (Field("为什么补投", why, hint="例如：夜班、出差", check=required("为什么补投")),),
    ]
    if len(categories) > 1:
        rows.insert(1, (Field("哪一类参评人员", voters),))
    dialog.ask(*rows)
