"""The one list of pages, in the order of the navigation and of Ctrl+1, Ctrl+2 and so on; each loaded when visited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pingyi_desktop.gui.page import PageEntry
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.gui.pages import campaign, entry, exchange, organisations, reports, results, workbench
else:
    campaign = later("pingyi_desktop.gui.pages.campaign")
    entry = later("pingyi_desktop.gui.pages.entry")
    exchange = later("pingyi_desktop.gui.pages.exchange")
    organisations = later("pingyi_desktop.gui.pages.organisations")
    reports = later("pingyi_desktop.gui.pages.reports")
    results = later("pingyi_desktop.gui.pages.results")
    workbench = later("pingyi_desktop.gui.pages.workbench")

PAGES = (
    PageEntry("workbench", "工作台", lambda context: workbench.WorkbenchPage(context)),
    PageEntry("organisations", "组织与党员", lambda context: organisations.OrganisationsPage(context)),
    PageEntry("campaign", "评议活动", lambda context: campaign.CampaignPage(context)),
    PageEntry("entry", "录入", lambda context: entry.EntryPage(context)),
    PageEntry("results", "结果", lambda context: results.ResultsPage(context)),
    PageEntry("exchange", "收发", lambda context: exchange.ExchangePage(context)),
    PageEntry("reports", "报表", lambda context: reports.ReportsPage(context)),
)
