"""campaign: what is appraised, when, with which forms and under which counting rule."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper import forms, rules
from pingyi_desktop.appraisal.rulebook.catalogue import Weight
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.outbox import recovery
from pingyi_desktop.standing import choosing
from pingyi_desktop.storage.schema_campaign import CampaignMode

MODES = {CampaignMode.OFFICIAL: "正式", CampaignMode.DRILL: "演练"}
MANUAL = "人工核对：各单位第一次上报时，电话核对 24 位密钥指纹以后才导入"
STATES = {"DRAFT": "草稿", "PUBLISHED": "已发布"}
_COMMA = re.compile("[,，、]")
_PLACES = "、".join(f"{place}（{text}）" for place, text in forms.PLACES.items())
TEXT_FIELDS = {
    "purpose": "purpose",
    "tasks": "tasks",
    "scope": "scope_text",
    "subjects": "subjects_text",
    "methods": "methods_text",
}


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    below = edge.family(parsers, "campaign", TEXTS["campaign"])
    _add_new(edge.verb(below, "new", "新建评议活动，选定评议表与统计口径", new))
    parser = edge.verb(below, "change", "修改还没有发布的评议活动", change)
    _add_texts(parser, required=False)
    parser.add_argument("--manual-check", action=argparse.BooleanOptionalAction, default=None, help=MANUAL)
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "show", "查看评议活动", show)
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    parser = edge.verb(below, "publish", "发布评议活动；此后评议表与统计口径锁定", publish)
    edge.takes_reason(parser)
    edge.takes_recovery_out(parser)
    edge.takes_campaign(parser)
    edge.takes_by(parser)
    parser = edge.verb(below, "groups", "分派评议小组（层面一）；不带 --group 时列出", groups)
    parser.add_argument("--group", action="append", default=[], metavar="名称=代码，代码", help="可写多次")
    edge.takes_campaign(parser)
    edge.takes_json(parser)
    edge.takes_by(parser)
    edge.takes_json(edge.verb(below, "forms", "列出可用的评议表", list_forms, file=False))


def _add_new(parser: Parser) -> None:
    _add_texts(parser, required=True)
    parser.add_argument(
        "--year", type=parsing.number(bounds.YEARS[0], bounds.YEARS[-1]), required=True, help="年度，如 2025"
    )
    parser.add_argument(
        "--period", choices=sorted(campaigns.PERIODS), default="ANNUAL", help="周期（默认年度）"
    )
    parser.add_argument(
        "--period-no",
        type=parsing.number(1, bounds.MOST_PERIODS),
        default=1,
        help="第几期（半年、季度、学期、专项）",
    )
    parser.add_argument(
        "--voters",
        action="append",
        default=[],
        metavar="代码=名称",
        help="参评人员类别，可写多次（默认不分类）",
    )
    parser.add_argument("--manual-check", action="store_true", help=MANUAL)
    parser.add_argument("--drill", action="store_true", help="演练：不与正式数据混合")
    edge.takes_by(parser)


def _add_texts(parser: Parser, *, required: bool) -> None:
    parser.add_argument("--name", required=required, help="活动名称")
    parser.add_argument("--activity", required=required, help="活动用语，印在评议表上，如 创先争优")
    parser.add_argument("--start", type=parsing.day, required=required, help="开始日期，如 2025-09-01")
    parser.add_argument("--end", type=parsing.day, required=required, help="结束日期")
    parser.add_argument(
        "--form", action="append", metavar="代码", help="评议表，可写多次（见 campaign forms）"
    )
    parser.add_argument(
        "--form-for",
        action="append",
        default=[],
        metavar="代码=用处，用处",
        help=f"评议表用在哪里：{_PLACES}",
    )
    parser.add_argument(
        "--rule", action="append", metavar="KEY=VALUE", help="统计口径的一项设置，如 digits=2，可写多次"
    )
    parser.add_argument("--office", help="主办机构名称")
    parser.add_argument("--purpose", help="目的")
    parser.add_argument("--tasks", help="任务")
    parser.add_argument("--scope", help="活动范围")
    parser.add_argument("--subjects", help="对象")
    parser.add_argument("--methods", help="方法")


def new(arguments: argparse.Namespace) -> None:
    """pingyi campaign new"""
    with edge.acting(arguments.file) as session:
        campaign_id = campaigns.new(
            session,
            name=arguments.name,
            activity=arguments.activity,
            year=arguments.year,
            start_date=arguments.start,
            end_date=arguments.end,
            by=arguments.by,
            period_type=arguments.period,
            period_no=arguments.period_no,
            form_codes=arguments.form or campaigns.DEFAULT_FORMS,
            form_places=_form_places(arguments),
            rule=_settings(arguments.rule or ()),
            voter_categories=_pairs("--voters", arguments.voters) or (campaigns.EVERYONE,),
            office_name=arguments.office or "",
            mode=CampaignMode.DRILL if arguments.drill else CampaignMode.OFFICIAL,
            elements=_texts(arguments),
            manual_check=arguments.manual_check,
        )
        told = campaigns.findings_of(session, campaign_id=campaign_id)
    edge.say(f"已新建评议活动“{arguments.name}”（编号 {campaign_id}），现在是草稿。")
    edge.show_findings(told)


def change(arguments: argparse.Namespace) -> None:
    """pingyi campaign change"""
    fields: dict[str, Any] = {**_texts(arguments)}
    for field, value in (("name", arguments.name), ("activity", arguments.activity)):
        if value is not None:
            fields[field] = value
    if arguments.office is not None:
        fields["office_name"] = arguments.office
    for field, value in (("start_date", arguments.start), ("end_date", arguments.end)):
        if value is not None:
            fields[field] = value
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments, campaigns.in_preparation)
        rule = {**vars(view.rule), **_settings(arguments.rule)} if arguments.rule else None
        campaigns.change(
            session,
            campaign_id=view.id,
            by=arguments.by,
            form_codes=arguments.form,
            form_places=_form_places(arguments),
            rule=rule,
            manual_check=arguments.manual_check,
            **fields,
        )
    edge.say(f"已修改评议活动“{fields.get('name', view.name)}”。")


def show(arguments: argparse.Namespace) -> None:
    """pingyi campaign show"""
    with edge.reading(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        planned = sessions.listing(session, campaign_id=view.id)
        missing = campaigns.missing_elements(session, campaign_id=view.id)
        others = choosing.words(campaigns.all_campaigns(session))
    del others[view.id]
    if arguments.json:
        more = {"sessions": len(planned), "missing_elements": missing, "others": others}
        edge.facts(campaign_facts(view) | more)
        return
    rows = [
        ("活动", view.name),
        ("编号", view.id),
        ("周期", f"{view.period}，{view.start_date} 至 {view.end_date}"),
        ("性质", f"{MODES[CampaignMode(view.mode)]}，{STATES[view.status]}"),
        ("主办", view.office_name),
        ("评议表", "、".join(f"{form.title}（{form.code}，用于{form.where}）" for form in view.forms)),
        ("参评类别", "、".join(name for _, name in view.voter_categories)),
        ("场次", len(planned)),
        *((label, view.elements[key]) for key, label in campaigns.ELEMENTS.items() if view.elements[key]),
        ("统计口径", view.rule.in_words()),
        *(("另有活动", f"{words}：{one}") for one, words in others.items()),
    ]
    edge.show_table(("项目", "内容"), rows)


def campaign_facts(view: CampaignView) -> dict[str, Any]:
    """A campaign as JSON-ready facts."""
    return {
        "id": view.id,
        "name": view.name,
        "activity": view.activity,
        "period": view.period,
        "start_date": view.start_date,
        "end_date": view.end_date,
        "office_name": view.office_name,
        "root": view.root_code,
        "mode": view.mode,
        "status": view.status,
        "rule": vars(view.rule),
        "footnote": view.rule.footnote(),
        "forms": [
            {"code": f.code, "version": f.version, "title": f.title, "planned_for": list(f.planned_for)}
            for f in view.forms
        ],
        "voter_categories": [{"code": code, "name": name} for code, name in view.voter_categories],
        "elements": dict(view.elements),
        "manual_check": view.manual_check,
        "definition_sha256": view.definition_sha256,
    }


_COPY_THIS = "恢复码：{}（本软件不保存；请抄下装入信封封存，电脑坏了用它打开各单位报来的数据包）"


def publish(arguments: argparse.Namespace) -> None:
    """pingyi campaign publish"""
    with edge.acting(arguments.file) as session:
        view = edge.campaign_of(session, arguments, campaigns.in_preparation)
        told = campaigns.findings_of(session, campaign_id=view.id)
        done = recovery.publish(session, campaign_id=view.id, by=arguments.by, reason=arguments.reason)
        long = campaigns.long_rosters(session, campaign_id=view.id)
        planned = sessions.listing(session, campaign_id=view.id)
        if done.code:
            edge.hand_over(arguments, _COPY_THIS.format(codes.grouped(done.code)))
    edge.show_findings([*(one for one in told if one.weight is Weight.INFORMATION), *long])
    first = sum(s.layer == 1 for s in planned)
    edge.say(f"已发布“{view.name}”：层面一 {first} 场，层面二 {len(planned) - first} 场。")
    edge.say(f"活动定义的摘要：{done.definition_sha256}")


def groups(arguments: argparse.Namespace) -> None:
    """pingyi campaign groups"""
    if arguments.group:
        wanted = [(name, _several(units)) for name, units in _pairs("--group", arguments.group)]
        with edge.acting(arguments.file) as session:
            view = edge.campaign_of(session, arguments)
            sessions.set_review_groups(session, campaign_id=view.id, groups=wanted, by=arguments.by)
    with edge.reading(arguments.file) as session:
        view = edge.campaign_of(session, arguments)
        rows = sessions.listing(session, campaign_id=view.id, layer=1)
    if arguments.json:
        edge.facts([{"org": s.org_code, "name": s.org_name, "group": s.review_group} for s in rows])
    else:
        edge.show_table(
            ("代码", "名称", "评议小组"), [(s.org_code, s.org_name, s.review_group) for s in rows]
        )


def list_forms(arguments: argparse.Namespace) -> None:
    """pingyi campaign forms"""
    found = [
        {
            "code": code,
            "title": document["title"].replace("{{activity}}", "××"),
            "items": len(document["items"]),
            "scales": sorted({item["scale"] for item in document["items"]}),
            "planned_for": document["planned_for"],
        }
        for code, document in forms.templates().items()
    ]
    if arguments.json:
        edge.facts(found)
    else:
        names = {code: scale.name for code, scale in forms.scales().items()}
        rows = [
            (
                *(f["code"], f["title"], f["items"], "、".join(map(names.__getitem__, f["scales"]))),
                "、".join(map(forms.PLACES.__getitem__, f["planned_for"])),
            )
            for f in found
        ]
        edge.show_table(("代码", "名称", "项数", "等次", "用于"), rows)


def _texts(arguments: argparse.Namespace) -> dict[str, str]:
    given = {field: getattr(arguments, option) for option, field in TEXT_FIELDS.items()}
    return {field: text for field, text in given.items() if text is not None}


def _form_places(arguments: argparse.Namespace) -> dict[str, list[str]]:
    named = _pairs("--form-for", arguments.form_for)
    return {code: _several(places) for code, places in named}


def _several(text: str) -> list[str]:
    return [one.strip() for one in _COMMA.split(text)]


def _pairs(option: str, texts: Sequence[str]) -> list[tuple[str, str]]:
    found = [text.partition("=") for text in texts]
    for text, (key, sign, value) in zip(texts, found, strict=True):
        if not (key and sign and value):
            raise UserError(f"{option} 的“{text}”请写成“名称=值”的样子。")
    return [(key.strip(), value.strip()) for key, _, value in found]


def _settings(texts: Sequence[str]) -> dict[str, Any]:
    kinds = {name: field.type for name, field in rules.Rule.__dataclass_fields__.items()}
    found: dict[str, Any] = {}
    for key, value in _pairs("--rule", texts):
        match kinds.get(key):
            case "int" if value.isdecimal():
                found[key] = int(value)
            case "bool" if value.lower() in ("true", "false"):
                found[key] = value.lower() == "true"
            case "int" | "bool" as kind:
                wanted = "整数" if kind == "int" else "true 或 false"
                raise UserError(f"统计口径“{key}”应为{wanted}，不能是“{value}”。")
            case _:
                found[key] = value
    return found
