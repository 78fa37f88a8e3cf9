"""The one list of pages, in the order of the navigation and of Ctrl+1, Ctrl+2 and so on; each loaded when visited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pingyi_desktop.appraisal.ledgers.catalog import NOUNS, Noun
from pingyi_desktop.gui.page import Context, Page, PageEntry
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.gui.campaign import page as campaign
    from pingyi_desktop.gui.entry import page as entry
    from pingyi_desktop.gui.exchange import page as exchange
    from pingyi_desktop.gui.figures import page as results
    from pingyi_desktop.gui.forms import page as forms
    from pingyi_desktop.gui.ledgers import grouping, meeting_bar, opinion_bar, presenting, rectify_bar
    from pingyi_desktop.gui.ledgers import page as ledgers
    from pingyi_desktop.gui.people import page as organisations
    from pingyi_desktop.gui.persons import page as persons
    from pingyi_desktop.gui.reports import page as reports
    from pingyi_desktop.gui.workbench import page as workbench
else:
    campaign = later("pingyi_desktop.gui.campaign.page")
    entry = later("pingyi_desktop.gui.entry.page")
    exchange = later("pingyi_desktop.gui.exchange.page")
    forms = later("pingyi_desktop.gui.forms.page")
    grouping = later("pingyi_desktop.gui.ledgers.grouping")
    ledgers = later("pingyi_desktop.gui.ledgers.page")
    meeting_bar = later("pingyi_desktop.gui.ledgers.meeting_bar")
    opinion_bar = later("pingyi_desktop.gui.ledgers.opinion_bar")
    organisations = later("pingyi_desktop.gui.people.page")
    persons = later("pingyi_desktop.gui.persons.page")
    presenting = later("pingyi_desktop.gui.ledgers.presenting")
    rectify_bar = later("pingyi_desktop.gui.ledgers.rectify_bar")
    reports = later("pingyi_desktop.gui.reports.page")
    results = later("pingyi_desktop.gui.figures.page")
    workbench = later("pingyi_desktop.gui.workbench.page")


OF_THEIR_OWN: Mapping[str, Callable[[Context, Noun], Page]] = {
    "meeting": lambda context, noun: meeting_bar.MeetingPage(context, noun),
    "opinion": lambda context, noun: opinion_bar.OpinionPage(context, noun),
    "presentation": lambda context, noun: presenting.PresentationPage(context, noun),
    "reply": lambda context, noun: opinion_bar.reply_page(context, noun),
    "rectification": lambda context, noun: rectify_bar.rectify_page(context, noun),
}
"""ledgers whose page has more beside the list: sessions and schedule, what follows from an opinion, who is left out, the
steps of an item"""


def ledger_entry(noun: Noun) -> PageEntry:
    """The page of a ledger; some have more beside the list than their declaration says."""

    def make(context: Context) -> Page:
        its_own = OF_THEIR_OWN.get(noun.key)
        return ledgers.LedgerPage(context, noun) if its_own is None else its_own(context, noun)

    return PageEntry(noun.key, noun.title, make, noun.icon, "台账")


PAGES = (
    PageEntry("workbench", "工作台", lambda context: workbench.WorkbenchPage(context), "house", ""),
    PageEntry(
        "organisations",
        "组织与党员",
        lambda context: organisations.OrganisationsPage(context),
        "users",
        "准备",
    ),
    PageEntry(
        "campaign", "评议活动", lambda context: campaign.CampaignPage(context), "clipboard-list", "准备"
    ),
    PageEntry("forms", "印表", lambda context: forms.FormsPage(context), "printer", "准备"),
    PageEntry("entry", "录入", lambda context: entry.EntryPage(context), "keyboard", "录票"),
    PageEntry("results", "结果", lambda context: results.ResultsPage(context), "chart-column", "结果"),
    PageEntry("persons", "党员结果", lambda context: persons.PersonsPage(context), "user-round", "结果"),
    PageEntry("exchange", "收发", lambda context: exchange.ExchangePage(context), "arrow-left-right", "往来"),
    PageEntry("reports", "报表", lambda context: reports.ReportsPage(context), "file-text", "往来"),
    *map(ledger_entry, NOUNS),
    PageEntry("grouping", "意见归并", lambda context: grouping.GroupingPage(context), "combine", "台账"),
)
