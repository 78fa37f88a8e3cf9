"""From what a cell says to what is kept: one function per column of a roster.

Each returns the value, with a ``Remark`` when something must be said about it. A remark of weight E means that the row
cannot be used; with W or I the value is kept as returned. V-IMP-06: a cell says something the column does not offer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.people import facts_refused, naming
from pingyi_desktop.appraisal.people.member_rules import TEXTS, has_gap
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.sheets.grid.dates import read_date
from pingyi_desktop.storage.schema_people import MemberCategory, RosterStatus

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
    """Something to be said about a cell: a code and its values; the row goes before it when the reader says it.

    ``unread``: the cell says something that cannot be kept, so that what the file knows already stays.
    """

    code: str
    values: Mapping[str, object]
    unread: bool = False


Read = tuple[object, Remark | None]


def name(text: str) -> Read:
    """A name without blanks (V-MEM-02), or V-MEM-01."""
    clean = personal.clean_name(text)
    if why := personal.why_no_name(clean):
        return clean, Remark("V-MEM-01", {"name": _safe(text), "why": why})
    if personal.has_own_signs(text):
        return clean, Remark("V-MEM-37", {"fixed": clean})
    if has_gap(text, clean):
        return clean, Remark("V-MEM-02", {"fixed": clean})
    return clean, None


def category(text: str) -> Read:
    """正式党员 or 预备党员 (V-MEM-04)."""
    found = _CATEGORIES.get(_compact(text))
    if not text:
        return "", Remark("V-MEM-38", {})
    if found is None:
        return "", Remark("V-MEM-04", {})
    return found.value, None


def status(text: str) -> Read:
    """在册情况; blank means 在册参评."""
    found = _STATUSES.get(_compact(text))
    if found is None:
        return "", _not_offered(f"在册情况“{text[:20]}”", "“在册参评”“流动外出”或“不参评”")
    return found.value, None


def yes(text: str) -> Read:
    """A yes or no; blank means no."""
    answer = _compact(text)
    if answer in _YES or answer in _NO:
        return answer in _YES, None
    return False, _not_offered(f"“{text[:20]}”", "“是”或“否”")


def in_scope(text: str) -> Read:
    """应参评: a yes or no where blank means yes."""
    return yes(text) if text.strip() else (True, None)


def sex(text: str) -> Read:
    """男, 女 or blank; anything else is dropped."""
    answer = _compact(text).removesuffix("性")
    if answer in ("", "男", "女"):
        return answer, None
    return "", Remark("V-IMP-23", {"text": text[:20]}, unread=True)


def day(text: str, *, days_later: int = 0) -> Read:
    """A complete date; anything else is not taken, with a warning, because dates are optional."""
    if not text.strip():
        return None, None
    written = read_date(text, days_later=days_later)
    if written is None:
        return None, Remark("V-IMP-22", {"text": text[:30]}, unread=True)
    if written.unusual:
        return written.iso, Remark("V-IMP-04", {"text": text[:30], "day": written.iso})
    return written.iso, None


def number(text: str) -> Read:
    """An internal number or a code."""
    bare = personal.plain(text)
    if len(bare) > 40 or " " in bare:
        return "", Remark("V-MEM-25", {"number": bare[:40]})
    return bare, None


def amount(text: str) -> Read:
    """A count, or nothing."""
    bare = personal.plain(text).removesuffix("人").removesuffix("名").strip()
    if not bare:
        return None, None
    if not (bare.isascii() and bare.isdigit() and len(bare) <= bounds.DIGITS):
        return None, _not_offered(f"“{text[:20]}”", f" 0 至 {bounds.MOST} 的整数")
    return int(bare), None


def place_in_order(text: str) -> Read:
    """A sorting number; blank means 0."""
    value, remark = amount(text)
    return value or 0, remark


def kind(text: str) -> Read:
    """组织类别."""
    found = naming.type_of(_compact(text))
    if found is None:
        offered = f"“{'”“'.join(naming.TYPE_NAMES.values())}”之一"
        return "", _not_offered(f"组织类别“{text[:20]}”", offered)
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
            return "", Remark("V-MEM-29", {"what": what, "longest": longest})
        if refused:
            return kept, Remark("V-MEM-43", {"what": what}, unread=not kept)
        return kept, None

    return read


def member_values(*, days_later: int) -> dict[str, Callable[[str], Read]]:
    """How to read each column of members; a workbook that counts days from 1904 has ``days_later``."""
    dated = partial(day, days_later=days_later)
    return {**MEMBER_VALUES, "join_date": dated, "full_date": dated}


def _not_offered(said: str, offered: str) -> Remark:
    """V-IMP-06: a cell says something the column does not offer."""
    return Remark("V-IMP-06", {"said": said, "offered": offered})


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
