"""What may stand in a member's row (V-MEM-01…09), as checks on values. Pure.

V-MEM-01…10 are the domain's (§7.1). More of ours: who is listed on a ballot sheet stays; a value is not one of those
offered, or too long.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from pingyi_desktop import visible
from pingyi_desktop.appraisal.rulebook import dates, personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_people import MemberCategory, RosterStatus

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


def check_number(text: str) -> str:
    """An internal number (内部编号): 1 to 40 signs without blanks, and nobody's identity or telephone number."""
    number = personal.plain(text)
    if not re.fullmatch(r"\S{1,40}", number):
        raise broken("V-MEM-25", number=number[:40])
    check_free_text("编号", number)
    return number


def check_free_text(what: str, text: str) -> None:
    """V-MEM-07 for a text about a member that is written by hand."""
    if personal.has_private_number(text):
        raise broken("V-MEM-07", what=f"“{what}”里", mend="请删去后再保存")


def same_mark(one: str, other: str) -> bool:
    """Whether two 区分标记 are one in another writing: （大）, (大) and 大."""
    return bare_mark(one) == bare_mark(other)


def bare_mark(mark: str) -> str:
    """A 区分标记 as it is compared."""
    return re.sub(r"[\s()\[\]【】〔〕]", "", personal.plain(mark))


def checked(values: Mapping[str, object]) -> dict[str, object]:
    """Values of ``FIELDS`` cleaned and checked (V-MEM-01, 04, 07)."""
    if unknown := values.keys() - FIELDS.keys():
        raise TypeError(f"not fields of a member: {sorted(unknown)}")
    clean = dict(values)
    clean["name"] = name = personal.clean_name(str(values["name"]))
    if why := personal.why_no_name(name):
        raise broken("V-MEM-01", name=name[:30], why=why)
    if clean["category"] not in CATEGORY_NAMES:
        raise broken("V-MEM-04", at=f"“{name}”：")
    if clean["roster_status"] not in STATUS_NAMES:
        raise broken("V-MEM-12", at=f"“{name}”：", offered="”“".join(STATUS_NAMES.values()))
    if clean["sex"] not in ("", "男", "女"):
        raise broken("V-MEM-28", at=f"“{name}”：")
    for field, (what, longest) in TEXTS.items():
        clean[field] = text = personal.tidy(visible.line(str(values[field])))
        if len(text) > longest:
            raise broken("V-MEM-29", at=f"“{name}”：", what=what, longest=longest)
        check_free_text(what, text)
    _check_dates(name, clean)
    return clean


def unusual(values: Mapping[str, object], *, changed: Collection[str], typed: str = "") -> Iterator[Finding]:
    """V-MEM-02, 09, 10 and 36 of a member's values as far as ``changed`` ones bring them about; the same for every door.

    ``typed`` is the name as it was written.
    """
    name = str(values["name"])
    if "name" in changed and has_gap(typed, name):
        yield found("V-MEM-02", name, fixed=name)
    joined, full = values["join_date"], values["full_date"]
    if {"join_date", "full_date"} & set(changed) and joined and full and str(full) < str(joined):
        yield found("V-MEM-09", name, name=name)
    exempt = values["roster_status"] == RosterStatus.EXEMPT
    if {"roster_status", "exempt_reason"} & set(changed) and exempt != bool(values["exempt_reason"]):
        yield found("V-MEM-10" if exempt else "V-MEM-36", name, name=name)


def has_gap(typed: str, clean: str) -> bool:
    """Whether a name was written with a blank that is not kept."""
    tidied = personal.tidy(typed)
    return " " in tidied and tidied != clean


def _check_dates(name: str, values: dict[str, object]) -> None:
    for field, what in (("join_date", "入党日期"), ("full_date", "转正日期")):
        text = values[field] = values[field] or None
        if text is None:
            continue
        if (written := dates.read_day(str(text))) is None:
            raise broken("V-MEM-30", at=f"“{name}”：", what=what, text=text)
        values[field] = written.iso
