"""回执, both ways: the office gives one to each child whose data counts; the unit takes in its own and knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.outbox import receipts
from pingyi_desktop.exchange.outbox.receipts import Acknowledged, ReceiptFile
from pingyi_desktop.exchange.wire import bundle
from pingyi_desktop.gui.page import Page
from pingyi_desktop.gui.parts import pickers

RECEIPTS = f"回执 (*{receipts.SUFFIX})"


class ReceiptActs:
    """Gives and takes receipts for one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def give(self, units: Sequence[str]) -> None:
        """Ask for a folder and write one receipt for each of these direct children."""
        folder = pickers.folder(self._page, "回执存到哪个文件夹")
        if folder is None:
            return
        by, chosen = self._page.context.operator(), self._page.context.campaign()
        self._page.context.act(
            lambda session: _give(session, chosen, folder, units, by),
            act="出回执",
            then=lambda made: self._page.messages.inform(
                f"已写好 {len(made)} 个回执，存在 {folder}。交给各下级，他们在“收发”页点“收回执”。",
                pickers.opens(folder),
            ),
        )

    def pick(self) -> None:
        """Ask for the receipt that the office above has sent, and take it in."""
        if (path := pickers.to_open(self._page, "选择上级交来的回执", RECEIPTS)) is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Take a receipt in and say what the office above has."""
        by, chosen = self._page.context.operator(), self._page.context.campaign()
        self._page.context.act(
            lambda session: _take(session, chosen, path, by), act="收回执", said=lambda found: found.sentence
        )


def _give(session: Session, chosen: str, folder: Path, units: Sequence[str], by: str) -> list[ReceiptFile]:
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    made = [receipts.issue(session, campaign_id=campaign_id, unit=unit, by=by) for unit in units]
    for one in made:
        bundle.save(folder / one.file_name, one.data)
    return made


def _take(session: Session, chosen: str, path: Path, by: str) -> Acknowledged:
    campaign_id = campaigns.at_work_id(session, chosen=chosen)
    return receipts.take(session, campaign_id=campaign_id, data=bundle.read_file(path), by=by)


def acknowledged(session: Session, campaign_id: str, desk: Desk) -> str:
    """What the receipt says that this unit took in last; "" without one."""
    found = receipts.acknowledged(session, campaign_id=campaign_id, desk=desk)
    return found.sentence if found else ""
