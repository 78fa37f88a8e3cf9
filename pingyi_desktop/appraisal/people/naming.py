"""How party organisations are called: kinds, full names as on the seal, short names for reports. Pure.

Source: naming practice of the field (domain §2.10): "中共" + unit + 委员会/总支部委员会/支部委员会; a branch with fewer
than seven full members elects no committee and is simply called 支部.
"""

from __future__ import annotations

import re

from pingyi_desktop.storage.schema_people import OrgType

TYPE_NAMES: dict[str, str] = {
    OrgType.COMPANY_COMMITTEE: "公司党委",
    OrgType.GRASSROOTS_COMMITTEE: "基层党委",
    OrgType.GENERAL_BRANCH: "党总支",
    OrgType.BRANCH: "党支部",
    OrgType.GROUP: "党小组",
}
_TYPE_WORDS: dict[str, str] = {
    **{name: kind for kind, name in TYPE_NAMES.items()},
    **{kind.value: kind.value for kind in OrgType},
    "党委": OrgType.GRASSROOTS_COMMITTEE,
    "基层委员会": OrgType.GRASSROOTS_COMMITTEE,
    "总支": OrgType.GENERAL_BRANCH,
    "党总支部": OrgType.GENERAL_BRANCH,
    "总支部": OrgType.GENERAL_BRANCH,
    "支部": OrgType.BRANCH,
    "直属党支部": OrgType.BRANCH,
    "直属支部": OrgType.BRANCH,
    "小组": OrgType.GROUP,
}
_FULL_ENDS: dict[str, tuple[str, ...]] = {
    OrgType.COMPANY_COMMITTEE: ("委员会",),
    OrgType.GRASSROOTS_COMMITTEE: ("委员会",),
    OrgType.GENERAL_BRANCH: ("总支部委员会",),
    OrgType.BRANCH: ("支部委员会", "支部"),
    OrgType.GROUP: ("党小组", "小组"),
}
_SHORT_ENDS: dict[str, str] = {
    OrgType.COMPANY_COMMITTEE: "党委",
    OrgType.GRASSROOTS_COMMITTEE: "党委",
    OrgType.GENERAL_BRANCH: "党总支",
    OrgType.BRANCH: "党支部",
    OrgType.GROUP: "党小组",
}
# Longest first: an ending contains the shorter ones.
_KINDS = {
    "党总支部委员会": OrgType.GENERAL_BRANCH,
    "总支部委员会": OrgType.GENERAL_BRANCH,
    "党总支部": OrgType.GENERAL_BRANCH,
    "总支部": OrgType.GENERAL_BRANCH,
    "党总支": OrgType.GENERAL_BRANCH,
    "党支部委员会": OrgType.BRANCH,
    "支部委员会": OrgType.BRANCH,
    "党支部": OrgType.BRANCH,
    "支部": OrgType.BRANCH,
    "党委会": OrgType.GRASSROOTS_COMMITTEE,
    "党委": OrgType.GRASSROOTS_COMMITTEE,
    "委员会": OrgType.GRASSROOTS_COMMITTEE,
    "党小组": OrgType.GROUP,
}
_ENDINGS = tuple(_KINDS)
_NUMBERED = re.compile(r"第(?=[〇零一二三四五六七八九十百\d]+$)")


def type_of(word: str) -> OrgType | None:
    """The kind a person means by a word or an identifier (党总支, 总支, GENERAL_BRANCH); None when unknown."""
    found = _TYPE_WORDS.get(word.strip()) or _TYPE_WORDS.get(word.strip().upper())
    return OrgType(found) if found else None


def suggest_short_name(unit_name: str, org_type: str) -> str:
    """The name for table columns: ××党委, ××党总支, ××党支部, ××党小组; a full name may be given too."""
    return f"{unit_of(unit_name)}{_SHORT_ENDS[org_type]}"


def fits(full_name: str, org_type: str) -> bool:
    """Whether a full name begins with 中共 and ends as its kind asks (V-ORG-11)."""
    if org_type == OrgType.GROUP:
        return True
    endings = [e for e in _FULL_ENDS[org_type] if full_name.endswith(e)]
    longest = next((e for e in _ENDINGS if full_name.endswith(e)), "")
    return full_name.startswith("中共") and bool(endings) and longest in _FULL_ENDS[org_type]


def unit_of(name: str) -> str:
    """The unit's own name, without 中共 in front and the kind of organisation behind."""
    bare = name.strip().removeprefix("中国共产党").removeprefix("中共")
    ending = next((e for e in _ENDINGS if bare.endswith(e) and len(bare) > len(e)), "")
    return bare.removesuffix(ending)


def kind_of(name: str) -> str:
    """The kind of organisation a name ends with (a committee's level is not in its name); "" when it says none."""
    ending = next((e for e in _ENDINGS if name.strip().endswith(e)), "")
    return _KINDS[ending].value if ending else ""


def without_ordinal(unit: str) -> str:
    """第一 is 一, for what is compared: 第一支部 and 一支部 are two writings, 第十一支部 and 一支部 two branches."""
    return _NUMBERED.sub("", unit)


def is_kind_only(name: str) -> bool:
    """Whether a text is only the word for a kind (支部, 党委会) and names nobody."""
    return name in _KINDS
