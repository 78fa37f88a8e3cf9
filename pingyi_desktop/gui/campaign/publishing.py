"""The last look before publishing: what will be locked, which sessions will be planned, what is still missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.exchange.outbox import recovery
from pingyi_desktop.gui.campaign.campaign_form import MANUAL, MODES
from pingyi_desktop.gui.parts.forms import MessageBar, button, label, row
from pingyi_desktop.storage.schema_people import OrgStatus


class Panels(QStackedWidget):
    """Panels that scroll inside: their full height is not asked of the page."""

    def hasHeightForWidth(self) -> bool:
        return False


@dataclass(frozen=True)
class Outlook:
    """What publishing a draft would lock and plan: sessions of layer one and two, active organisations."""

    view: CampaignView
    first: int
    second: int
    orgs: int
    missing: list[str]
    long: list[str]
    """sentences about rosters of several pages"""

    @property
    def follows(self) -> tuple[str, str, str]:
        """What is said once it is published, and the button that goes on: its text and its page."""
        if self.orgs > 1:
            return "已发布，场次已安排好。下一步到“收发”页给下级发任务文件。", "去“收发”", "exchange"
        said = "已发布，场次已安排好。下一步到“印表”页印评议表；开完会，到“录入”页录票。"
        return said, "去“印表”", "forms"


def outlook(session: Session, campaign_id: str) -> Outlook:
    """Look ahead; nothing is written."""
    view = campaigns.show(session, campaign_id=campaign_id)
    planned = sessions.foreseen(session, campaign_id=campaign_id)
    active = [o for o in org.tree(session, under=view.root_code) if o.status == OrgStatus.ACTIVE]
    missing = campaigns.missing_elements(session, campaign_id=campaign_id)
    long = [one.sentence for one in campaigns.long_rosters(session, campaign_id=campaign_id)]
    return Outlook(view, planned[1], planned[2], len(active), missing, long)


class ConfirmPanel(QWidget):
    """The outlook in words and two buttons."""

    def __init__(self, publish: Callable[[], None], back: Callable[[], None]) -> None:
        super().__init__()
        self.said, self.lacking = label(), MessageBar()
        self.yes = button("确认发布", publish, primary=True)
        self.no = button("返回修改", back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label("发布以后，下面这些就锁定了，不能再改：", role="strong"))
        column.addWidget(self.said)
        column.addWidget(self.lacking)
        column.addLayout(row(self.yes, self.no))
        column.addStretch(1)

    def show_outlook(self, seen: Outlook) -> None:
        """Say what would happen."""
        view, total = seen.view, seen.first + seen.second
        titles = "\n".join(
            f"　　{form.title}（{len(form.items)} 项），用于{form.where}" for form in view.forms
        )
        voters = "、".join(name for _, name in view.voter_categories)
        layers = f"层面二 {seen.second} 场（每个党委、党总支、党支部一场）"
        if seen.first:
            layers = f"层面一 {seen.first} 场（评议小组到各党委），{layers}"
        manual = f"{MANUAL}\n" if view.manual_check else ""
        self.said.setText(
            f"活动：{view.name}，{view.period}，{view.start_date} 至 {view.end_date}，{MODES[view.mode]}\n"
            f"评议表 {len(view.forms)} 张：\n{titles}\n参评人员：{voters}\n"
            f"统计口径：{view.rule.in_words()}\n{manual}党组织：{seen.orgs} 个\n将安排 {total} 个场次：{layers}。"
            + "".join(f"\n{sentence}" for sentence in seen.long)
        )
        self.lacking.hide()
        if not total:
            self.lacking.warn("现在没有可以安排的场次。请先到“组织与党员”页导入或新增党组织，再来发布。")
        elif seen.missing:
            missing = "、".join(seen.missing)
            self.lacking.warn(f"活动还缺：{missing}。可以发布，但发布后不能再补；建议返回补上。")

    def focus(self, seen: Outlook) -> None:
        """Go to the button that is right in most cases."""
        (self.no if seen.missing or not seen.first + seen.second else self.yes).setFocus()


def before_publishing(campaign_id: str, session: Session, reason: str) -> tuple[str, str, str]:
    """What the recovery code is shown with, once ``reason`` answers what publishing asks: name, code, reason."""
    findings.check(campaigns.findings_of(session, campaign_id=campaign_id), reason=reason)
    return campaigns.show(session, campaign_id=campaign_id).name, recovery.new_code(session), reason
