"""Checks on a campaign's values before anything is written; no database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema import CampaignMode

PERIODS = {
    "ANNUAL": "年度",
    "HALF_YEAR": "半年",
    "QUARTERLY": "季度",
    "TERM": "学期",
    "SPECIAL": "专项",
}
ELEMENTS = {
    "purpose": "目的",
    "tasks": "任务",
    "scope_text": "活动范围",
    "subjects_text": "对象",
    "methods_text": "方法",
}

_CATEGORY = re.compile(r"[A-Z0-9]{1,8}")


def check_date(what: str, text: str) -> None:
    """A real date written ``YYYY-MM-DD``; a sentence otherwise (V-CMP-01)."""
    try:
        real = date.fromisoformat(text).isoformat() == text
    except ValueError:
        real = False
    if not real:
        raise RuleError("V-CMP-01", f"{what}“{text}”不是正确的日期，请写成 2024-01-31 的样子。")


def check_choices(
    period_type: str, mode: str, elements: Mapping[str, str], voter_categories: Sequence[tuple[str, str]]
) -> None:
    """The kind of period, official or drill, the elements and the categories of voters; a sentence otherwise (V-CMP-02)."""
    if period_type not in PERIODS:
        listed = "、".join(f"{code}（{label}）" for code, label in PERIODS.items())
        raise RuleError("V-CMP-02", f"评议周期不能是“{period_type}”，请从{listed}中选一个。")
    if mode not in list(CampaignMode):
        raise RuleError("V-CMP-02", f"活动性质不能是“{mode}”，请选 official（正式）或 drill（演练）。")
    if unknown := elements.keys() - ELEMENTS.keys():
        raise RuleError("V-CMP-02", f"活动没有“{'、'.join(sorted(unknown))}”这一要素。")
    codes = [code for code, _ in voter_categories]
    if not codes or len(set(codes)) < len(codes) or not all(map(_CATEGORY.fullmatch, codes)):
        raise RuleError(
            "V-CMP-02", "身份类别至少一类，代码用一至八个大写字母或数字（如 A、B、C），且不能重复。"
        )


def check_texts(name: str, activity: str) -> None:
    """A campaign has a name and the word its forms print; a sentence otherwise (V-CMP-02)."""
    if not name.strip() or not activity.strip():
        raise RuleError("V-CMP-02", "活动还缺：名称或活动用语，请补充后再保存。")


def check_dates(start: str, end: str) -> None:
    """Two real dates in order; a sentence otherwise (V-CMP-01)."""
    check_date("开始日期", start)
    check_date("结束日期", end)
    if end < start:
        raise RuleError("V-CMP-01", f"结束日期（{end}）早于开始日期（{start}）。")
