"""What waits for a person: contents that rival, side by side, and files in quarantine. Nothing is decided silently.

To the left every case in one list, to the right the chosen one with what can be done about it. Every act asks for a
reason and a name, which go into the journal; a decision and a withdrawal can be taken back here too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop import visible
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.exchange.inbox import decisions, imports, quarantine
from pingyi_desktop.exchange.inbox.decisions import Conflict, Decision, Side, Withdrawn
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.inbox.quarantine import Quarantined
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.gui.asking.reason_dialog import ask_reason
from pingyi_desktop.gui.exchange.side_by_side import SideBySide
from pingyi_desktop.gui.files.code_entry import CodeEntry
from pingyi_desktop.gui.looks.states import EMPTY, StatePanel
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts.forms import allow, button, label, row, scrolled
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.standing.picture import Picture

FINGERPRINT = 24
_FINGERPRINT = re.compile(r"\b[0-9]{4}(?: [0-9]{4}){5}\b")
LIST_WIDTH = 280
NOTHING = "没有等人处理的事：没有冲突，没有待核的文件。"
Case = Conflict | Quarantined | Decision | Withdrawn


@dataclass(frozen=True)
class Cases:
    """Everything that waits for a person or was decided by one, with the names to show it by."""

    campaign_id: str
    forms: tuple[Form, ...] = ()
    names: Mapping[str, str] | None = None
    conflicts: tuple[Conflict, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    decided: tuple[Decision, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()

    @property
    def waiting(self) -> int:
        """How many wait for a person."""
        return len(self.conflicts) + len(self.quarantined) + sum(one.waits for one in self.withdrawn)

    @property
    def all(self) -> tuple[Case, ...]:
        """Every case, those that wait first."""
        aside = [one for one in self.withdrawn if one.waits]
        rest = [one for one in self.withdrawn if not one.waits]
        return (*self.conflicts, *self.quarantined, *aside, *self.decided, *rest)

    def name(self, code: str) -> str:
        """A unit's name, or its code where the tree does not have it."""
        return (self.names or {}).get(code, code) or "未知单位"


def read(session: Session, seen: Picture, desk: Desk) -> Cases:
    """The cases of a published campaign, on the desk that was opened to look at it."""
    campaign_id, turned_down = seen.view.id, decisions.TURNED_DOWN
    withdrawn = decisions.withdrawn(session, campaign_id=campaign_id, desk=desk)
    return Cases(
        campaign_id=campaign_id,
        forms=seen.view.forms,
        names={o.code: o.short_name for o in seen.tree},
        conflicts=decisions.conflicts(session, campaign_id=campaign_id, desk=desk),
        quarantined=quarantine.listing(session, campaign_id=campaign_id, desk=desk),
        decided=decisions.made(session, campaign_id=campaign_id, desk=desk),
        withdrawn=tuple(one for one in withdrawn if not one.reason.startswith(turned_down)),
    )


class ConflictDesk(QWidget):
    """The list, and beside it the chosen case."""

    counted = Signal(int)
    """how many cases wait for a person"""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._cases = Cases("")
        self.list = QListWidget()
        self.list.setObjectName("forms")
        self.list.setAccessibleName("等人处理的事")
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.currentRowChanged.connect(self._show_case)
        self.title, self.said = label(role="strong"), label()
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sides = SideBySide(self._decide)
        self.accept = button("放行…", self._release, primary=True)
        self.discard = button("清除…", self._discard, hint="不是该单位的数据，从待核区删去")
        self.revoke = button("撤回裁定…", self._revoke)
        self.reinstate = button("恢复计入…", self._reinstate)
        self._acts = QWidget()
        acts = row(self.accept, self.discard, self.revoke, self.reinstate)
        acts.setContentsMargins(0, 0, 0, 0)
        self._acts.setLayout(acts)
        self._stack = QStackedWidget()
        self._lay_out()

    def show_cases(self, cases: Cases) -> None:
        """Show these; the chosen one stays chosen while it is there."""
        held = self._chosen()
        self._cases = cases
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([visible.shown(_title(cases, one)) for one in cases.all])
        self.list.blockSignals(False)
        again = next((place for place, one in enumerate(cases.all) if _same(one, held)), 0)
        self.list.setCurrentRow(again if cases.all else -1)
        self._show_case(self.list.currentRow())
        self.counted.emit(cases.waiting)

    def choose(self, unit: str) -> None:
        """Show the first case of a unit, if it has one."""
        for place, one in enumerate(self._cases.all):
            if one.unit_code == unit:
                self.list.setCurrentRow(place)
                return

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 0, 0, 0)
        for widget in (self.title, self.said, self.sides, self._acts):
            column.addWidget(widget, int(widget is self.sides))
        column.addStretch(0)
        empty = StatePanel()
        self._stack.addWidget(scrolled(inner))
        self._stack.addWidget(empty)
        empty.show_state(EMPTY, NOTHING, alone=True)
        empty.hide()  # until its turn comes
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 6, 0, 0)
        both.addWidget(self.list)
        both.addWidget(self._stack, 1)

    def _chosen(self) -> Case | None:
        place = self.list.currentRow()
        return self._cases.all[place] if 0 <= place < len(self._cases.all) else None

    def _show_case(self, _place: int) -> None:
        case = self._chosen()
        self.list.setVisible(case is not None)
        self._stack.setCurrentIndex(int(case is None))
        self.sides.setVisible(isinstance(case, Conflict))
        self.accept.setVisible(isinstance(case, Quarantined))
        self.discard.setVisible(isinstance(case, Quarantined))
        self.revoke.setVisible(isinstance(case, Decision))
        self.reinstate.setVisible(isinstance(case, Withdrawn))
        self._acts.setVisible(not isinstance(case, Conflict))
        if case is not None:
            self.title.setText(_title(self._cases, case))
            self.said.setText(_sentence_of(case))
        match case:
            case Conflict():
                self.sides.show_conflict(case, self._cases.forms)
            case Quarantined():
                self.accept.setText(_release_label(case))
            case Withdrawn():
                self.reinstate.setText("放行…" if case.waits else "恢复计入…")

    def _decide(self, side: Side) -> None:
        case = self._chosen()
        if not isinstance(case, Conflict):
            return
        campaign_id, unit = self._cases.campaign_id, case.unit_code
        purpose = (
            f"以核对号 {side.check_number} 的这份为准，其余的都不计入。请先打电话与该单位核实。"
            "这件事写进操作日志，以后可以撤回。"
        )
        ask_reason(
            self._page,
            f"裁定：{case.unit_name}",
            purpose,
            "裁定",
            lambda session, reason, by: decisions.decide(
                session,
                campaign_id=campaign_id,
                unit=unit,
                envelope_id=side.envelope_id,
                reason=reason,
                by=by,
            ),
            example="例如：已电话核实，以 U 盘送来的那份为准",
        )

    def _revoke(self) -> None:
        case = self._chosen()
        if isinstance(case, Decision):
            campaign_id, unit = self._cases.campaign_id, case.unit_code
            ask_reason(
                self._page,
                f"撤回裁定：{self._cases.name(unit)}",
                "撤回以后，几份不同的内容重新并列，都不计入，等重新裁定。",
                "撤回裁定",
                lambda session, reason, by: decisions.revoke(
                    session, campaign_id=campaign_id, unit=unit, reason=reason, by=by
                ),
            )

    def _reinstate(self) -> None:
        case = self._chosen()
        if isinstance(case, Withdrawn):
            act, verb = ("放行", "放行") if case.waits else ("恢复计入", "恢复")
            ask_reason(
                self._page,
                f"{act}：{self._cases.name(case.unit_code)}",
                f"{verb}以后，第 {case.revision} 次上报（核对号 {case.check_number}）计入汇总。",
                verb,
                partial(_reinstate, case.envelope_id),
            )

    def _discard(self) -> None:
        case = self._chosen()
        if isinstance(case, Quarantined):
            campaign_id, file_id = self._cases.campaign_id, case.id
            ask_reason(
                self._page,
                f"清除待核文件：{case.file_name}",
                "文件从待核区删去，不计入。该单位以后可以再报。",
                "清除",
                lambda session, reason, by: quarantine.discard(
                    session, campaign_id=campaign_id, file_id=file_id, reason=reason, by=by
                ),
                example="例如：已核实为冒名",
            )

    def _release(self) -> None:
        case = self._chosen()
        if not isinstance(case, Quarantined):
            return
        if not asked_digits(case):
            self._let_in(case, "", None)
            return
        purpose = "请打电话让对方念“收发”页下方的 24 位密钥指纹，听到几位就键入几位。一致的才能放行。"
        dialog = RecordDialog(
            self._page, f"核对密钥指纹：{case.unit_name or case.file_name}", purpose, save="放行"
        )
        entry = CodeEntry("对方念的 24 位", length=FINGERPRINT, check=lambda digits: _differs(case, digits))

        def save() -> None:
            if entry.complaint:
                entry.complain(entry.complaint)
                allow(dialog.save)
            else:
                self._let_in(case, entry.digits, dialog)

        dialog.saving = save
        dialog.ask((entry,))
        entry.setFocus()

    def _let_in(self, case: Quarantined, digits: str, dialog: RecordDialog | None) -> None:
        context, campaign_id = self._page.context, self._cases.campaign_id
        by = context.operator()
        context.act(
            lambda session: imports.release(
                session, campaign_id=campaign_id, file_id=case.id, by=by, confirmed=[digits] if digits else []
            ),
            act="放行待核文件",
            said=f"已放行“{case.file_name}”，数据已计入。",
            over=dialog,
        )


def asked_digits(case: Quarantined) -> str:
    """The fingerprint that has to be compared before this file may come in, "" when that is not what it waits for."""
    if case.situation not in (Situation.MANUAL_CHECK, Situation.UNREGISTERED):
        return ""
    found = _FINGERPRINT.search(case.sentence)
    return found[0].replace(" ", "") if found else ""


def _differs(case: Quarantined, digits: str) -> str:
    if digits == asked_digits(case):
        return ""
    return "和这个数据包里的指纹不一致。请对方再念一遍；仍不一致的，不是该单位报的，请清除。"


def _release_label(case: Quarantined) -> str:
    if asked_digits(case):
        return "核对指纹后放行…"
    return "已核实，放行" if case.situation is Situation.FAST_FORWARD else "重新核验"


def _reinstate(envelope_id: str, session: Session, reason: str, by: str) -> None:
    decisions.reinstate(session, envelope_id=envelope_id, reason=reason, by=by)


def _title(cases: Cases, case: Case) -> str:
    match case:
        case Conflict():
            return f"{'待核' if case.set_aside else '冲突'}：{case.unit_name}"
        case Quarantined():
            return f"待核：{case.unit_name or case.file_name}"
        case Decision():
            return f"已裁定：{cases.name(case.unit_code)}"
        case Withdrawn(waits=True):
            return f"待核：{cases.name(case.unit_code)}"
    return f"已作废：{cases.name(case.unit_code)}"


def _sentence_of(case: Case) -> str:
    match case:
        case Conflict(transferred=True):
            return f"两个上级都报来了这个单位的数据，内容不同。{_counted_now(case)}请核实归谁管理，选定作数的一份。"
        case Conflict(set_aside=True):
            return _set_aside(case)
        case Conflict():
            return (
                f"同一次{case.kind}有 {len(case.sides)} 份不同的内容，现在都不计入。不同的行标了“不同”。"
                "请打电话与该单位核对核对号，选定作数的一份；也可以让该单位更正后再报一次。"
            )
        case Quarantined():
            return f"{case.sentence}\n文件：{case.file_name}"
        case Decision():
            number = f"第 {case.revision} 次（核对号 {case.check_number}）"
            return f"以{number}为准。裁定人：{case.decided_by}。原因：{case.reason}"
    number = f"第 {case.revision} 次上报（核对号 {case.check_number}）"
    if case.waits:
        return f"{number}的数据还没有计入。{case.reason}"
    return f"{number}已作废，不计入。经办人：{case.decided_by}。原因：{case.reason}"


def _counted_now(case: Conflict) -> str:
    counted = next((one.check_number for one in case.sides if one.envelope_id == case.counted), "")
    return f"核对号 {counted} 的照旧计入，另一份先不计入。" if counted else "现在都不计入。"


def _set_aside(case: Conflict) -> str:
    return (
        f"它的上级给它换了密钥（重新下发、代录，也可能是冒名），或把它退回到较早的一次。{_counted_now(case)}"
        f"请打电话问“{case.unit_name}”本人哪个核对号是它导出的，选定作数的一份。"
    )


def _same(case: Case, held: Case | None) -> bool:
    """Whether it is the case that was shown before."""
    if type(case) is not type(held) or held is None:
        return False
    identity: Sequence[str] = ("id",) if isinstance(case, Quarantined) else ("unit_code",)
    return all(getattr(case, key) == getattr(held, key) for key in identity)
