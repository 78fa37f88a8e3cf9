"""What may stand in a member's row (V-MEM-01…09), as checks on values. Pure.

V-MEM-01…10 are the domain's (§7.1). Two more: V-MEM-11 who is listed on a ballot sheet stays; V-MEM-12 a value is not
one of those offered, or too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from pingyi_desktop import visible
from pingyi_desktop.appraisal import personal
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema import MemberCategory, RosterStatus

CATEGORY_NAMES: dict[str, str] = {MemberCategory.FULL: "正式党员", MemberCategory.PROBATIONARY: "预备党员"}
STATUS_NAMES: dict[str, str] = {
    RosterStatus.IN_SCOPE: "在册参评",
    RosterStatus.MOBILE: "流动外出",
    RosterStatus.EXEMPT: "不参评",
}
# Texts a member may carry, with their names and greatest lengths.
TEXTS = {
    "name_suffix": ("区分标记", 12),
    "group_name": ("党小组", 40),
    "party_duty": ("党内职务", 40),
    "post": ("工作岗位", 40),
    "exempt_reason": ("不参评原因", 60),
}
FIELDS: dict[str, object] = {
    "name": "",
    "name_suffix": "",
    "group_name": "",
    "category": "",
    "party_duty": "",
    "is_leading_cadre": False,
    "post": "",
    "sex": "",
    "join_date": None,
    "full_date": None,
    "roster_status": RosterStatus.IN_SCOPE.value,
    "exempt_reason": "",
}
_PRIVATE = "“{what}”里含疑似身份证号或手机号。本软件不收集此类信息，请删去后再保存。"


def check_number(text: str) -> str:
    """An internal number (内部编号): 1 to 40 signs without blanks, and nobody's identity or telephone number."""
    number = personal.plain(text)
    if not re.fullmatch(r"\S{1,40}", number):
        raise RuleError("V-MEM-06", f"编号“{number[:40]}”请用 1 至 40 个字符，中间不留空格。")
    check_free_text("编号", number)
    return number


def check_free_text(what: str, text: str) -> None:
    """V-MEM-07 for a text about a member that is written by hand."""
    if personal.has_private_number(text):
        raise RuleError("V-MEM-07", _PRIVATE.format(what=what))


def same_mark(one: str, other: str) -> bool:
    """Whether two 区分标记 are one in another writing: （大）, (大) and 大."""
    return bare_mark(one) == bare_mark(other)


def bare_mark(mark: str) -> str:
    """A 区分标记 as it is compared."""
    return re.sub(r"[\s()\[\]【】〔〕]", "", personal.plain(mark))


def namesakes(branch: str, number: int, name: str) -> str:
    """The sentence of V-MEM-03."""
    return f"“{branch}”有 {number} 名“{name}”，请填写区分标记，否则名册式评议表无法辨认。"


def checked(values: Mapping[str, object], *, only: Iterable[str] | None = None) -> dict[str, object]:
    """Values of ``FIELDS`` cleaned and checked (V-MEM-01, 04, 07, 09); ``only`` names those that are new."""
    new = set(values if only is None else only)
    if unknown := values.keys() - FIELDS.keys():
        raise TypeError(f"not fields of a member: {sorted(unknown)}")
    clean = dict(values)
    clean["name"] = name = personal.clean_name(str(values["name"]))
    if not personal.is_name(name):
        raise RuleError("V-MEM-01", f"姓名“{name[:30]}”不符合要求，请填 2 至 20 个字，不含数字。")
    if clean["category"] not in CATEGORY_NAMES:
        raise RuleError("V-MEM-04", f"“{name}”：人员类别请选“正式党员”或“预备党员”。")
    if clean["roster_status"] not in STATUS_NAMES:
        raise RuleError("V-MEM-12", f"“{name}”：在册情况请选“{'”“'.join(STATUS_NAMES.values())}”之一。")
    if clean["sex"] not in ("", "男", "女"):
        raise RuleError("V-MEM-12", f"“{name}”：性别请选“男”或“女”，或者不填。")
    for field, (what, longest) in TEXTS.items():
        clean[field] = text = personal.tidy(visible.line(str(values[field])))
        if len(text) > longest:
            raise RuleError("V-MEM-12", f"“{name}”：{what}最长 {longest} 个字，请缩短。")
        check_free_text(what, text)
    _check_dates(name, clean, new)
    return clean


def _check_dates(name: str, values: dict[str, object], new: set[str]) -> None:
    for field, what in (("join_date", "入党日期"), ("full_date", "转正日期")):
        text = values[field] = values[field] or None
        if text is not None and not _is_date(str(text)):
            raise RuleError("V-MEM-12", f"“{name}”：{what}“{text}”请写成 2011-07-06 这样。")
    joined, full = values["join_date"], values["full_date"]
    if new & {"join_date", "full_date"} and joined and full and str(full) < str(joined):
        raise RuleError("V-MEM-09", f"“{name}”转正日期早于入党日期，请核对。")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
