"""统计口径: how a campaign counts. Chosen before publishing, locked afterwards, printed under every table.

The keys and their meaning are those of the field (domain §4.1). Rates are always pooled over ballots; a multiple
mark always voids that item only. Both are kept in the rule so that the footnote can say them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.appraisal.rulebook.catalogue import broken

CHOICES: dict[str, dict[str, str]] = {
    "satisfied_set": {
        "STRICT": "满意率=满意票÷",
        "WIDE1": "满意率=（满意+比较满意）票÷",
        "WIDE2": "满意率=（满意+比较满意+基本满意）票÷",
    },
    "denominator": {
        "ITEM_VALID": "该项有效勾选数",
        "VALID": "有效票数",
        "RETURNED": "收回票数",
        "ISSUED": "发出票数",
    },
    "unknown_policy": {
        "EXCLUDE": "“不了解”不进分母",
        "INCLUDE_ZERO": "“不了解”进分母、不计满意",
    },
    "blank_ballot": {"NOT_VALID": "整张空白不计入有效票", "VALID": "整张空白计为有效（弃权）"},
    "multi_mark": {"ITEM_VOID": "一项多选的该项作废"},
    "rollup": {"POOLED": "各单位按票合并"},
    "rounding": {"HALF_UP": "四舍五入", "TRUNCATE": "截尾", "HALF_EVEN": "四舍六入五成双"},
    "tail_fix": {
        "NONE": "各档的率与满意率一样舍入，其和可能不等于100%",
        "LAST_NONZERO": "各档的率舍入后，尾差并入末个有票的档，不够减的再并入前一档",
        "LARGEST_REMAINDER": "各档的率先截尾，尾差按余数从大到小补足",
    },
}
_BESIDE = {
    "ITEM_VALID": "不含未填、多选、无法辨认",
    "VALID": "未填、多选、无法辨认的也在分母内，不计满意",
    "RETURNED": "整张空白、废票和未填、多选、无法辨认的都在分母内，不计满意",
    "ISSUED": "没有收回的、整张空白、废票和未填、多选、无法辨认的都在分母内，不计满意",
}
_BLANK = {
    ("ITEM_VALID", "NOT_VALID"): "整张空白不计入有效票",
    ("ITEM_VALID", "VALID"): "整张空白（弃权）没有勾选，不进分母",
    ("VALID", "NOT_VALID"): "整张空白不计入有效票",
    ("VALID", "VALID"): "整张空白计为有效（弃权），进分母",
}


@dataclass(frozen=True)
class Rule:
    """One counting rule; ``digits`` decimals in a printed rate, ``min_cell`` the fewest ballots shown as a rate."""

    satisfied_set: str
    denominator: str
    unknown_policy: str
    blank_ballot: str
    multi_mark: str
    rollup: str
    rounding: str
    digits: int
    cap_100: bool
    tail_fix: str
    min_cell: int

    def footnote(self) -> str:
        """The sentence printed under every table (口径说明): what is done, so that a rate can be worked out from it alone."""
        clauses = (
            f"{CHOICES['satisfied_set'][self.satisfied_set]}{CHOICES['denominator'][self.denominator]}",
            _BESIDE[self.denominator],
            self._unknown(),
            _BLANK.get((self.denominator, self.blank_ballot), ""),
            CHOICES["rollup"][self.rollup],
            CHOICES["tail_fix"][self.tail_fix],
            f"{CHOICES['rounding'][self.rounding]}保留{f'{self.digits}位小数' if self.digits else '整数'}",
            self._cap(),
        )
        return f"注：{'；'.join(filter(None, clauses))}。"

    def _unknown(self) -> str:
        """Ballots that chose “不了解” are left out only where the marks themselves are the denominator."""
        if self.denominator == "ITEM_VALID" and self.unknown_policy == "EXCLUDE":
            return f"{CHOICES['unknown_policy']['EXCLUDE']}，它的率是÷有效票数"
        return CHOICES["unknown_policy"]["INCLUDE_ZERO"]

    def _cap(self) -> str:
        if not self.cap_100:
            return ""
        least = "1" if not self.digits else f"0.{'1'.rjust(self.digits, '0')}"
        most = "99" if not self.digits else f"99.{'9' * self.digits}"
        return f"未满分的最高印{most}%，不为0的最低印{least}%"


def read(document: Mapping[str, Any] | None = None) -> Rule:
    """A rule from its document, missing keys from the default; raises when a choice is unknown."""
    merged = {**forms.default_rule(), **(document or {})}
    unknown = merged.keys() - Rule.__dataclass_fields__.keys()
    if unknown:
        raise broken("V-CMP-31", keys="、".join(sorted(unknown)))
    for key, choices in CHOICES.items():
        if merged[key] not in choices:
            raise broken("V-CMP-32", key=key, value=merged[key], offered="、".join(choices))
    if merged["digits"] not in (0, 1, 2) or merged["min_cell"] not in range(2, 101):
        raise broken("V-CMP-33")
    if not isinstance(merged["cap_100"], bool):
        raise broken("V-CMP-34")
    return Rule(**merged)
