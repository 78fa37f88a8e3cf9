"""导出上报 as an act: the package into a file, then what is read out and the paper that goes with it.

When only a few ballots came or went since the last export, whoever holds both packages could read them; then a reason
and a second person are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QLineEdit
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.errors import RuleError, UserError
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.exchange.outbox.transfer import Package
from pingyi_desktop.exchange.wire import bundle
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers
from pingyi_desktop.gui.parts.forms import Field, required
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.gui.parts.report_view import ReportDialog
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.standing import soundness

PACKAGES = f"评议数据包 (*{transfer.SUFFIX})"
LEAF_STEPS = """上报的步骤：
1. 在“录入”页把票录完、逐批封存，并登记会议的应到、实到人数。
2. 点“导出上报”，数据包存到 U 盘；再打印核对单，签字后和 U 盘一起交给上级。
3. 上级导入时，屏幕上的核对号和核对单上的应当一样；不一样的，请打电话核实。
4. 发现有错：更正并重新封存后，再导出一次；上级导入后以新的一次为准，不会重复计票。"""
FEW_BALLOTS = "V-PKG-01"
HANDOVER = "R29"
PARENT = "把本单位（连同已收齐的下级）的结果报给上级"
NO_CHILDREN = "本单位在这次活动里没有下级，不收数据包，“{}”没有导入。要报上级的，点“导出上报”。"
UNPUBLISHED = "活动发布以后才能收发。"
ALONE = "本次活动由本单位自己开展，没有上级和下级，不用收发。"


class Sending:
    """Exports for one page; ``shown(package, path)`` is called when the package is safely in its file."""

    def __init__(self, page: Page, shown: Callable[[Package, Path], None]) -> None:
        self._page, self._shown = page, shown

    def export(self) -> None:
        """Make the package, then ask where to put it."""
        self._export("", "", self._refused)

    def export_anew(self) -> None:
        """Make the next revision though nothing changed: the way out of two files that claim to be the same one."""
        self._export("", "", self._refused, anew=True)

    def print_sheet(self) -> None:
        """Show R29 for the last package exported."""
        make = partial(_handover, self._page.context.campaign())
        ReportDialog(self._page, self._page.context.work, catalog.entry(HANDOVER).name, make)

    def save(self, made: Package, path: Path) -> None:
        """Write the package, then show what is read out to the office above."""
        self._page.context.work.read(
            lambda _session: bundle.save(path, made.data), lambda _: self._shown(made, path)
        )

    def _export(
        self,
        reason: str,
        second_person: str,
        otherwise: Callable[[UserError], None],
        then: Callable[[], object] = lambda: None,
        *,
        anew: bool = False,
    ) -> None:
        def made(package: Package) -> None:
            then()
            self._pick(package)

        by, chosen = self._page.context.operator(), self._page.context.campaign()

        def export(session: Session, why: str) -> Package:
            return _export(
                session, chosen, by=by, reason=reason or why, second_person=second_person, anew=anew
            )

        def checked(unsound: list[str]) -> None:
            if unsound:
                self._page.messages.warn("".join(unsound))
            weighed(self._page, self._page.context, export, made, act="导出上报", otherwise=otherwise)

        self._page.context.work.read(soundness.before_export, checked, otherwise=otherwise)

    def _refused(self, error: UserError) -> None:
        if isinstance(error, RuleError) and error.code == FEW_BALLOTS:
            self._ask_two(str(error))
        else:
            self._page.messages.fail(str(error))

    def _ask_two(self, why: str) -> None:
        dialog = RecordDialog(self._page, "改动很小，要两个人同意", why, save="导出上报")
        reason = Field("更正原因", QLineEdit(), hint="例如：补录一张迟交的票", check=required("更正原因"))
        other = Field("同意人", QLineEdit(), hint="本单位的另一个人，不是操作人自己", check=self._check_other)
        dialog.saving = lambda: self._export(reason.text, other.text, dialog.refuse, dialog.done_with)
        dialog.ask((reason,), (other,))

    def _check_other(self, name: str) -> str:
        if name == self._page.context.operator():
            return "同意人不能是操作人自己，请另一个人看过以后填他的姓名。"
        return required("同意人")(name)

    def _pick(self, made: Package) -> None:
        path = pickers.to_save(self._page, "数据包存到", PACKAGES, name=made.file_name)
        if path is not None:
            self.save(made, path)
        else:
            self._page.messages.warn(_not_saved(made))


def _not_saved(made: Package) -> str:
    """What is true when no place was chosen for a package."""
    if made.changed:
        return f"第 {made.revision} 次的数据包没有存成文件，上级还收不到；请再点“导出上报”，选一个位置。"
    return (
        f"这次没有存成文件。内容和第 {made.revision} 次上报的一样：那次的数据包交给了上级的，不用再交；"
        "没有存下来的，请再点“导出上报”。"
    )


def _export(
    session: Session, chosen: str, *, by: str, reason: str, second_person: str, anew: bool
) -> Package:
    return transfer.export(
        session,
        campaign_id=campaigns.at_work_id(session, chosen=chosen),
        by=by,
        reason=reason,
        second_person=second_person,
        anew=anew,
    )


def _handover(chosen: str, session: Session) -> Report:
    soundness.before_report(session)
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    return catalog.build(session, name=HANDOVER, campaign_id=campaign_id)
