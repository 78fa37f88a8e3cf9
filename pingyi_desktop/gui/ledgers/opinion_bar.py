"""Beside the list of 意见建议: what follows from the chosen opinion — its reply, an item of 整改 — begun with what it says.

Beside that of 意见答复: the way to the opinions that wait for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.ledgers import catalog, counting, rows
from pingyi_desktop.appraisal.ledgers.catalog import Noun
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.gui.ledgers.details import NextSteps
from pingyi_desktop.gui.ledgers.ledger_acts import LedgerActs, Seen
from pingyi_desktop.gui.ledgers.page import LedgerPage
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.forms import allow, button, label
from pingyi_desktop.storage.schemas.rectify import RectifySource, RectifyState

CHOOSE, MOST = "先在左边选一条意见。", 120


def reply_page(context: Context, noun: Noun) -> LedgerPage:
    """The page of 意见答复 with the way to those who wait for one."""
    page = LedgerPage(context, noun)
    hint = "还没有答复的个性意见；选一条，点“答复…”"
    page.acts.insertWidget(0, button("待答复的意见…", partial(context.go_to, "opinion/owed"), hint=hint))
    return page


def followed(session: Session, one: Row, asked: Asked) -> str:
    """Which replies and items of 整改 name an opinion, of its own unit or of one above it."""
    units, found = campaign_tree.tree(session, campaign_id=asked.campaign_id), list[str]()
    above = counting.parents(session, campaign_id=asked.campaign_id, units=units)
    for key, names, says in (("reply", "opinion", "replied_on"), ("rectification", "origin", "status")):
        ledger, wanted = catalog.ledger(key), replace(asked, segment="", words=(one.name,), sort="")
        for row in rows.listing(session, ledger, wanted, units=units):
            if row.values[names] == one.name and counting.speaks_for(row.org, one.org, above):
                found.append(f"{ledger.title} {row.name}（{row.texts[says] or '没有写时间'}）")
    return f"已有{'、'.join(found)}。" if found else ""


class OpinionPage(LedgerPage):
    """The page of the ledger with the two next steps of an opinion beside it."""

    def __init__(self, context: Context, noun: Noun) -> None:
        super().__init__(context, noun)
        self.reply = button("答复…", self._reply, hint="登记答复了什么；意见编号已填好")
        self.rectify = button("列入整改…", self._rectify, hint="新增一件整改事项；问题、来源已填好")
        self.followed = label(role="hint")
        self.details.insert_above_acts(NextSteps(self.reply, self.rectify, said=self.followed))
        self.table.when_chosen(self._say)

    def _say(self) -> None:
        """The steps of the chosen opinion, and what was done about it already: it is not answered twice unawares."""
        only, asked = self.table.only(), self.does.seen.asked
        for one in (self.reply, self.rectify):
            allow(one, "" if only else CHOOSE)
        self.followed.setText("")
        self.followed.hide()
        if only is None:
            return

        def show(said: str) -> None:
            now = self.table.only()
            if said and now is not None and now.id == only.id:
                self.followed.setText(said)
                self.followed.show()

        self.context.work.read(lambda session: followed(session, only, asked), show)

    def _reply(self) -> None:
        if (one := self.table.only()) is not None:
            self._follow(catalog.ledger("reply"), one, {"opinion": one.name})

    def _rectify(self) -> None:
        if (one := self.table.only()) is not None:
            said = {
                "problem": one.texts["content"],
                "source_kind": RectifySource.OPINION,
                "origin": one.name,
                "nature": str(one.values["nature"] or ""),
                "raised_on": one.texts["heard_on"],
                "status": RectifyState.REGISTERED,
            }
            self._follow(catalog.ledger("rectification"), one, said)

    def _follow(self, ledger: Ledger, one: Row, begun: Mapping[str, str]) -> None:
        """Ask for a row of another ledger, of the opinion's unit where its ledgers are kept here."""
        asked, does = self.does.seen.asked, LedgerActs(self, ledger, self.table)

        def ask(units: list[tuple[str, str]]) -> None:
            does.seen = Seen(asked, units=units)
            title = f"新增{ledger.title}：{one.name}"
            about = f"意见：{one.texts['content'][:MOST]}"
            does.add(begun, unit=one.org, title=title, about=about, elsewhere=True)

        self.context.work.read(partial(rows.writable, ledger=ledger, campaign_id=asked.campaign_id), ask)
