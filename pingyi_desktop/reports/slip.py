"""R06 评议结果报告单 (T-RESULT): one organisation's session, signed on paper where it was counted (domain §5.20)."""

from __future__ import annotations

from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, org, results, sessions
from pingyi_desktop.appraisal.campaigns import CampaignView
from pingyi_desktop.appraisal.org import Org
from pingyi_desktop.appraisal.results import FormResult
from pingyi_desktop.appraisal.sessions import SessionView
from pingyi_desktop.appraisal.tallies import distribution, percent
from pingyi_desktop.errors import RuleError
from pingyi_desktop.reports.activity import LAYERS
from pingyi_desktop.reports.blocks import Block, Column, Facts, Para, Report, Row, Signature, Table

SIGNERS = ("监票人:", "计票人:", "主持人:", "      年    月    日")


def build(session: Session, campaign_id: str, layer: int | None, subject: str) -> Report:
    """The slip of the organisation's session at the layer; with no layer given, of the one it has counts for."""
    view = campaigns.show(session, campaign_id=campaign_id)
    one = org.find(session, code=subject)
    meetings = [
        s
        for s in sessions.listing(session, campaign_id=campaign_id, layer=layer)
        if s.org_code == subject and s.has_ballots
    ]
    blocks: list[Block] = []
    for meeting in meetings:
        blocks += _session(session, view, one, meeting)
    if not blocks:
        raise RuleError("V-CHK-08", f"“{one.short_name}”还没有已封存的票批,不能出结果报告单。")
    return Report(
        "R06",
        "群众评议结果报告单",
        one.full_name,
        "",
        "单位:张、%",
        (*blocks, Signature(SIGNERS)),
        ("注:本单打印后由监票人、计票人、主持人签字,随原始票一并封存。",),
    )


def _session(session: Session, view: CampaignView, one: Org, meeting: SessionView) -> list[Block]:
    found: list[Block] = []
    for form in view.forms:
        listed = results.by_org(
            session,
            campaign_id=view.id,
            layer=meeting.layer,
            form_code=form.code,
            under=one.code,
        )
        own = next((row.result for row in listed if row.org.code == one.code), None)
        if own is not None:
            found += [Para(f"{LAYERS[meeting.layer]}  {form.title}"), _figures(own), _items(view, own)]
    if found:
        found.insert(0, _facts(meeting))
        found.append(Para("经监票人核对,收回票数不多于发出票数,本次测评有效。"))
    return found


def _facts(meeting: SessionView) -> Facts:
    attendance = percent(meeting.actual or 0, meeting.expected or 0)
    return Facts(
        (
            ("评议时间", meeting.held_on),
            ("应到", meeting.expected),
            ("实到", meeting.actual),
            ("到会率", f"{attendance}%"),
            ("自我介绍", meeting.self_introduced),
            ("汇报", meeting.oral_reports),
        )
    )


def _figures(result: FormResult) -> Facts:
    figures = result.figures
    return Facts(
        (
            ("印制", figures.printed),
            ("发出", figures.issued),
            ("收回", figures.returned),
            ("有效", figures.valid),
            ("空白(弃权)", figures.blank),
            ("废票", figures.void),
            ("回收率", f"{percent(figures.returned, figures.issued)}%"),
            ("有效率", f"{percent(figures.valid, figures.returned)}%"),
            ("余票", figures.printed - figures.issued),
        )
    )


def _items(view: CampaignView, result: FormResult) -> Table:
    labels: list[str] = []
    for item in result.items:
        labels += [o.label for o in item.item.scale.options if o.label not in labels]
    columns = (
        Column("序号", 8, "center"),
        Column("评议内容", 52, "left"),
        *(Column(kind, 11, group=label) for label in labels for kind in ("票", "率")),
        *(Column(title, 10) for title in ("未填", "多选", "难辨")),
        Column("满意率", 14),
    )
    rows = []
    for item in result.items:
        shares = distribution(item.counts, rule=view.rule)
        by_label = {
            option.label: (count, share)
            for option, count, share in zip(item.item.scale.options, item.counts.options, shares, strict=True)
        }
        marks = [cell for label in labels for cell in by_label.get(label, (None, None))]
        tail = (item.counts.blank, item.counts.multi, item.counts.illegible, item.shown)
        number = "总体" if item.item.kind == "OVERALL" else item.item.no
        rows.append(Row((number, item.item.text, *marks, *tail)))
    return Table(columns, tuple(rows))
