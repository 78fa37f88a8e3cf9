"""意见建议 (Opinion of the domain): every original, written down without anything that tells who said it.

Like ones are merged in ``groups``; nothing there changes a row here, so originals stay counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, or_, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from pingyi_desktop.appraisal.ledgers.across.heard import heard
from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Option, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Row, Segment, Total, Values
from pingyi_desktop.appraisal.rulebook import telling
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schema_ledgers import (
    MergedOpinion,
    Opinion,
    OpinionCategory,
    OpinionChannel,
    OpinionNature,
    OpinionPolarity,
    YesNo,
)
from pingyi_desktop.storage.schemas.rectify import Rectification, Reply

CHANNELS = (
    Option(OpinionChannel.OPINION_FORM, "征求意见表", "", ("意见表",)),
    Option(OpinionChannel.BALLOT_AREA, "评议表意见栏", "", ("评议表", "意见栏")),
    Option(OpinionChannel.FORUM, "座谈会", "", ("座谈", "座谈交流")),
    Option(OpinionChannel.INTERVIEW, "个别访谈", "", ("访谈", "个别谈话", "走访")),
    Option(OpinionChannel.BOX, "意见箱"),
    Option(OpinionChannel.SPEECH, "会议发言", "", ("发言",)),
    Option(OpinionChannel.CONTACT, "来电来信", "", ("来信", "来电")),
    Option(OpinionChannel.PUBLICITY, "公示反馈", "", ("公示",)),
)
CATEGORIES = (
    Option(OpinionCategory.IDEOLOGY, "思想认识"),
    Option(OpinionCategory.STYLE, "工作作风", "", ("作风",)),
    Option(OpinionCategory.RESULTS, "工作成效", "", ("成效",)),
    Option(OpinionCategory.APPROACH, "工作思路"),
    Option(OpinionCategory.MECHANISM, "体制机制", "", ("制度机制",)),
    Option(OpinionCategory.ACTIVITY_FORM, "组织活动形式", "", ("活动形式",)),
    Option(OpinionCategory.COMMITMENT, "承诺践诺", "", ("履职践诺",)),
    Option(OpinionCategory.REPORTING, "信息报送与宣传", "", ("信息报送", "宣传")),
    Option(OpinionCategory.OPENNESS, "信息公开"),
    Option(OpinionCategory.SERVICE, "服务群众", "", ("办实事",)),
    Option(OpinionCategory.SAFETY, "安全生产", "", ("生产安全", "安全")),
    Option(OpinionCategory.PRODUCTION, "生产经营"),
    Option(OpinionCategory.WELFARE, "生活福利", "", ("福利",)),
    Option(OpinionCategory.OTHER, "其他"),
)


def _flag(yes: str, no: str) -> tuple[Option, Option]:
    return Option(YesNo.YES, yes, "ok", ("是",)), Option(YesNo.NO, no, "bad", ("否",))


FIELDS = (
    Text(
        "content",
        "意见内容",
        required=True,
        most=300,
        long=True,
        hint="照意思写，不写姓名、工号、电话、住址",
        words=("意见", "意见建议", "意见和建议", "内容", "问题"),
    ),
    Choice("category", "类别", required=True, words=("意见类别", "问题类别"), options=CATEGORIES),
    Choice(
        "nature",
        "性质",
        hint="多人多处都有的是共性，个性要答复本人",
        words=("共性/个性", "意见性质"),
        options=(
            Option(OpinionNature.COMMON, "共性", "", ("共性问题",)),
            Option(OpinionNature.INDIVIDUAL, "个性", "", ("个性问题",)),
        ),
    ),
    Choice(
        "polarity",
        "倾向",
        words=("意见倾向",),
        options=(
            Option(OpinionPolarity.SUGGESTION, "建议", "blue"),
            Option(OpinionPolarity.PROBLEM, "问题", "warn", ("批评", "不足")),
            Option(OpinionPolarity.PRAISE, "表扬", "ok", ("肯定",)),
        ),
    ),
    Choice("channel", "渠道", words=("来源", "提出渠道", "征求方式"), options=CHANNELS),
    Day("heard_on", "收到时间", words=("时间", "日期", "提出时间")),
    Choice("in_place", "到位", words=("是否到位", "到位不到位"), options=_flag("到位", "不到位")),
    Choice("reasonable", "合理", words=("是否合理", "合理不合理"), options=_flag("合理", "不合理")),
    Choice("effective", "有效", words=("是否有效", "有效没有效"), options=_flag("有效", "没有效")),
)


def _anonymous(values: Values, _today: str) -> Iterator[Finding]:
    """V-OPN-01, 02: nothing tells who said it; identity and mobile numbers no text of a ledger may hold."""
    content = str(values["content"])
    if reached := telling.reaching(content):
        yield found("V-OPN-02", frag=reached)
    elif told := telling.telling(content):
        yield found("V-OPN-01", frag=told)


def _undecided(columns: Any, _today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    undecided: ColumnElement[bool] = columns.nature.is_(None)
    return undecided


def _named(table: Any) -> Any:  # noqa: ANN401 - columns of a table, and an expression of them
    """The number of a row with its campaign, as a link names it."""
    return tuple_(table.campaign_id, table.org + "-" + cast(table.number, String))


def _answered() -> Select[str, str]:
    """Opinions that a reply names, of their own unit or of one above it."""
    mine = heard(col(Reply.org), col(Reply.opinion))
    return select(col(Reply.campaign_id), col(Reply.opinion)).where(mine)


def _owed(columns: Any, _today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    """V-RCT-08: who said something that concerns one alone is told what came of it."""
    single: ColumnElement[bool] = columns.nature == OpinionNature.INDIVIDUAL
    return and_(single, _named(columns).not_in(_answered()))


def _open(columns: Any, _today: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of a table
    """No reply and no item of 整改 names the opinion, nor one that was merged with it."""
    mine = heard(col(Rectification.org), col(Rectification.origin))
    taken = select(col(Rectification.campaign_id), col(Rectification.origin)).where(mine)
    one, other = aliased(MergedOpinion), aliased(MergedOpinion)
    merged = select(col(one.campaign_id), _named(one).clauses[1]).join(
        other, col(one.group_id) == col(other.group_id)
    )
    merged = merged.where(or_(_named(other).in_(taken), _named(other).in_(_answered())))
    asks: ColumnElement[bool] = columns.polarity.is_distinct_from(OpinionPolarity.PRAISE)
    return and_(asks, *(_named(columns).not_in(done) for done in (_answered(), taken, merged)))


def _word(key: str, row: Row) -> str:
    return row.texts[key]


_FLAGS = (("in_place", "到位"), ("reasonable", "合理"), ("effective", "有效"))
LEDGER = Ledger(
    key="opinion",
    title="意见建议",
    purpose="群众的意见一条一条照意思登记，不写是谁说的；同样的意见在“意见归并”里合成一个问题。",
    table=Opinion,
    fields=FIELDS,
    states="nature",
    same=("content", "channel", "heard_on"),
    shown=("content", "category", "nature", "channel"),
    report="R08B",
    report_title="意见建议明细表",
    columns=(
        Printed("编号", 26, lambda row: row.name, "center"),
        Printed("反映对象", 40, lambda row: row.org_name),
        Printed("意见内容", 96, lambda row: row.texts["content"]),
        Printed("类别", 24, lambda row: row.texts["category"], "center"),
        Printed("性质", 14, lambda row: row.texts["nature"], "center"),
        Printed("渠道", 25, lambda row: row.texts["channel"], "center"),
        *(Printed(title, 14, partial(_word, key), "center") for key, title in _FLAGS),
    ),
    totals=(
        Total("意见", by="category", unit="条"),
        Total("性质", by="nature", unit="条"),
        Total("渠道", by="channel", unit="条"),
    ),
    checks=(_anonymous,),
    segments=(
        Segment("undecided", "未定性质", _undecided),
        Segment("open", "没有办理", _open, frozenset({"reply", "rectification", "merged_opinion"})),
        Segment("owed", "待答复", _owed, frozenset({"reply"})),
    ),
)
