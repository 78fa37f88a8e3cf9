"""From what a cell says to what is kept: one function per column of a roster.

Each returns the value, with a ``Remark`` when something must be said about it. A remark of level E means that the row
cannot be used; with W or I the value is kept as returned. V-IMP-06: a cell says something the column does not offer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pingyi_desktop.appraisal import facts_refused, naming, personal
from pingyi_desktop.appraisal.member_rules import TEXTS
from pingyi_desktop.sheets.dates import read_date
from pingyi_desktop.storage.schema import MemberCategory, RosterStatus

_YES = frozenset(["是", "√", "✓", "✔", "☑", "1", "y", "yes", "true", "有", "对"])
_NO = frozenset(["否", "×", "✗", "x", "0", "n", "no", "false", "无", "不是", "-", "—", "/"]) | {""}
_CATEGORIES = {
    **dict.fromkeys(("正式党员", "正式", "中共党员", "中共正式党员", "full"), MemberCategory.FULL),
    **dict.fromkeys(("预备党员", "预备", "中共预备党员", "probationary"), MemberCategory.PROBATIONARY),
}
_STATUSES = {
    **dict.fromkeys(
        ("", "在册参评", "在册", "参评", "正常", "应参评", "是", "in_scope"), RosterStatus.IN_SCOPE
    ),
    **dict.fromkeys(("流动外出", "流动", "外出", "流动党员", "外出流动", "mobile"), RosterStatus.MOBILE),
    **dict.fromkeys(("不参评", "免评", "不应参评", "否", "exempt"), RosterStatus.EXEMPT),
}


@dataclass(frozen=True)
class Remark:
    """Something to be said about a cell; ``{row}`` in the sentence is filled in by the reader.

    ``unread``: the cell says something that cannot be kept, so that what the file knows already stays.
    """

    code: str
    level: str
    sentence: str
    unread: bool = False


Read = tuple[object, Remark | None]


def name(text: str) -> Read:
    """A name without blanks (V-MEM-02), or V-MEM-01."""
    clean = personal.clean_name(text)
    if why := personal.why_no_name(clean):
        return clean, Remark("V-MEM-01", "E", f"第 {{row}} 行：姓名“{_safe(text)}”{why}。")
    if personal.has_own_signs(text):
        sentence = f"第 {{row}} 行：姓名里的生僻字用的是旧字库的编码，已按“{clean}”处理，请确认。"
        return clean, Remark("V-MEM-02", "W", sentence)
    if " " in personal.tidy(text) and clean != personal.tidy(text):
        sentence = f"第 {{row}} 行：姓名中有空格，已按“{clean}”处理，请确认（少数民族姓名间隔号用“·”）。"
        return clean, Remark("V-MEM-02", "W", sentence)
    return clean, None


def category(text: str) -> Read:
    """正式党员 or 预备党员 (V-MEM-04)."""
    found = _CATEGORIES.get(_compact(text))
    if not text:
        sentence = "第 {row} 行：没有填写人员类别，请选“正式党员”或“预备党员”；如果这一行不是党员，请删去。"
        return "", Remark("V-MEM-04", "E", sentence)
    if found is None:
        return "", Remark("V-MEM-04", "E", "第 {row} 行：人员类别请选“正式党员”或“预备党员”。")
    return found.value, None


def status(text: str) -> Read:
    """在册情况; blank means 在册参评."""
    found = _STATUSES.get(_compact(text))
    if found is None:
        sentence = f"第 {{row}} 行：在册情况“{text[:20]}”请改为“在册参评”“流动外出”或“不参评”。"
        return "", Remark("V-IMP-06", "E", sentence)
    return found.value, None


def yes(text: str) -> Read:
    """A yes or no; blank means no."""
    answer = _compact(text)
    if answer in _YES or answer in _NO:
        return answer in _YES, None
    return False, Remark("V-IMP-06", "E", f"第 {{row}} 行：“{text[:20]}”请改为“是”或“否”。")


def in_scope(text: str) -> Read:
    """应参评: a yes or no where blank means yes."""
    return yes(text) if text.strip() else (True, None)


def sex(text: str) -> Read:
    """男, 女 or blank; anything else is dropped."""
    answer = _compact(text).removesuffix("性")
    if answer in ("", "男", "女"):
        return answer, None
    return "", Remark(
        "V-IMP-06",
        "W",
        f"第 {{row}} 行：性别“{text[:20]}”看不懂，没有采用（原有的不变）；请改为“男”或“女”。",
        unread=True,
    )


def day(text: str, *, days_later: int = 0) -> Read:
    """A complete date; anything else is not taken, with a warning, because dates are optional."""
    if not text.strip():
        return None, None
    written = read_date(text, days_later=days_later)
    if written is None:
        sentence = f"第 {{row}} 行：日期“{text[:30]}”不完整或看不懂，没有采用（原有的日期不变）；请改为 2011-07-06 这样的写法。"
        return None, Remark("V-IMP-04", "W", sentence, unread=True)
    if written.unusual:
        return written.iso, Remark("V-IMP-04", "I", f"日期“{text[:30]}”已识别为 {written.iso}。")
    return written.iso, None


def number(text: str) -> Read:
    """An internal number or a code."""
    bare = personal.plain(text)
    if len(bare) > 40 or " " in bare:
        return "", Remark("V-IMP-06", "E", f"第 {{row}} 行：“{bare[:40]}”请用 1 至 40 个字符，中间不留空格。")
    return bare, None


def amount(text: str) -> Read:
    """A count, or nothing."""
    bare = personal.plain(text).removesuffix("人").removesuffix("名").strip()
    if not bare:
        return None, None
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 6):
        return None, Remark("V-IMP-06", "E", f"第 {{row}} 行：“{text[:20]}”请改为不小于 0 的整数。")
    return int(bare), None


def place_in_order(text: str) -> Read:
    """A sorting number; blank means 0."""
    value, remark = amount(text)
    return value or 0, remark


def kind(text: str) -> Read:
    """组织类别."""
    found = naming.type_of(_compact(text))
    if found is None:
        offered = "”“".join(naming.TYPE_NAMES.values())
        return "", Remark("V-IMP-06", "E", f"第 {{row}} 行：组织类别“{text[:20]}”请改为“{offered}”之一。")
    return found.value, None


def title(text: str) -> Read:
    """A name of an organisation, without blanks between Chinese characters."""
    return personal.close_gaps(personal.tidy(text)), None


def note(key: str) -> Callable[[str], Read]:
    """A free text of a member with its greatest length; 无 and strokes mean nothing, refused facts are left out."""
    what, longest = TEXTS[key]

    def read(text: str) -> Read:
        value = personal.close_gaps(personal.tidy(text))
        if value in {"无", "/", "-", "—", "\\"}:
            return "", None
        kept, refused = facts_refused.without_refused(value, whole=key != "exempt_reason")
        if len(kept) > longest:
            return "", Remark("V-IMP-06", "E", f"第 {{row}} 行：{what}最长 {longest} 个字，请缩短。")
        if refused:
            sentence = f"第 {{row}} 行：{what}里的民族、出生年月等本软件不需要，没有保存。"
            return kept, Remark("V-MEM-08", "W", sentence, unread=not kept)
        return kept, None

    return read


def member_values(*, days_later: int) -> dict[str, Callable[[str], Read]]:
    """How to read each column of members; a workbook that counts days from 1904 has ``days_later``."""
    dated = partial(day, days_later=days_later)
    return {**MEMBER_VALUES, "join_date": dated, "full_date": dated}


def _safe(text: str) -> str:
    return "（含号码）" if personal.has_private_number(text) else text[:30]


def _compact(text: str) -> str:
    return "".join(personal.plain(text).split()).lower()


MEMBER_VALUES: dict[str, Callable[[str], Read]] = {
    "member_no": number,
    "name": name,
    "branch_code": number,
    "branch": title,
    "general_branch": title,
    "committee": title,
    "category": category,
    "is_leading_cadre": yes,
    "sex": sex,
    "join_date": day,
    "full_date": day,
    "roster_status": status,
    **{key: note(key) for key in TEXTS},
}
ORG_VALUES: dict[str, Callable[[str], Read]] = {
    "code": number,
    "parent": title,
    "org_type": kind,
    "full_name": title,
    "short_name": title,
    "in_scope": in_scope,
    "declared_member_count": amount,
    "is_joint": yes,
    "is_temporary": yes,
    "sort_no": place_in_order,
}
