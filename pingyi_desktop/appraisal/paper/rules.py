"""统计口径: how a campaign counts. Chosen before publishing, locked afterwards, printed under every table.

The keys and their meaning are those of the field (domain §4.1). Rates are always pooled over ballots. The field's
denominator ACTUAL (实到) is not offered: people are counted once for a meeting, not for a form, of those who vote later it
knows nothing, and nobody signs that number; 发出 is the same people, counted by stack and signed by the tellers, and held
against 实到 by category of voters (V-BAL-06, V-MTG-24).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.appraisal.paper.forms import Scale
from pingyi_desktop.appraisal.paper.layers import EACH
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
        "AS_VALID": "“不了解”进分母、不计满意，也不计得分",
    },
    "blank_ballot": {"NOT_VALID": "整张空白不计入有效票", "VALID": "整张空白计为有效（弃权）"},
    "multi_mark": {
        "ITEM_VOID": "一项多选的该项作废",
        "LOWEST": "一项多选的按其中最低的一档计",
        "BALLOT_VOID": "一项多选的整张作废",
    },
    "rollup": {"POOLED": "各单位按票合并"},
    "rounding": {"HALF_UP": "四舍五入", "TRUNCATE": "截尾", "HALF_EVEN": "四舍六入五成双"},
    "tail_fix": {
        "NONE": "各档的率与满意率一样舍入，其和可能不等于100%",
        "LAST_NONZERO": "各档的率舍入后，尾差并入末个有票的档，不够减的再并入前一档",
        "LARGEST_REMAINDER": "各档的率先截尾，尾差按余数从大到小补足",
    },
    "quorum": {
        ">=2/3": "三分之二",
        ">1/2": "过半数",
        ">4/5": "超过五分之四",
        "NONE": "不要求",
    },
}
NO_MULTI = {
    "LOWEST": "本次口径：一项勾了几档的，录其中最低的一档，不录 9。",
    "BALLOT_VOID": "本次口径：一项勾了几档的，整张作废，请按 F8，不录 9。",
}
_TABLE = re.compile(r"[0-9]{1,3}(/[0-9]{1,3}){1,7}")
_WEIGHTS = re.compile(r"[A-Z0-9]{1,8}:[0-9]{1,3}(,[A-Z0-9]{1,8}:[0-9]{1,3})*")
_LATER = ("scores", "category_weights", "layer_weights", "quorum", "quorum_blocks", "low_rate", "good_rate")
AS_SCALED, FULL = "SCALE", 100
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
    """One counting rule; ``digits`` decimals in a printed rate, ``min_cell`` the fewest ballots shown as a rate.

    ``scores``: "" for none, ``SCALE`` for those of the scale, or those of the grades from the best on (“100/75/55/0”).
    ``category_weights`` (“A:40,B:30,C:30”) and ``layer_weights`` (“1:40,2:60”) are per cent, "" for none. A meeting of
    fewer people than the ``quorum`` is asked about, or refused (``quorum_blocks``). A rate below ``low_rate`` per cent
    calls for 补课 and a second measurement, one below ``good_rate`` for attention.
    """

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
    scores: str
    category_weights: str
    layer_weights: str
    quorum: str
    quorum_blocks: bool
    low_rate: int
    good_rate: int

    @property
    def no_multi(self) -> str:
        """Why no cell is keyed as 多选, and what is done in its place; "" where it is keyed."""
        return NO_MULTI.get(self.multi_mark, "")

    @property
    def by_category(self) -> dict[str, int]:
        """Weight of each category of voters, per cent; empty when they are not weighed."""
        return _read_weights(self.category_weights)

    @property
    def by_layer(self) -> dict[str, int]:
        """Weight of layer one and of layer two ("1", "2"), per cent; empty when they are not weighed."""
        return _read_weights(self.layer_weights)

    def points(self, scale: Scale) -> tuple[int | None, ...]:
        """The score of each option of a scale; None for one that has none, such as “不了解”."""
        table = [] if self.scores in ("", AS_SCALED) else [int(one) for one in self.scores.split("/")]
        graded = [option.polarity != "UNKNOWN" for option in scale.options]
        if len(table) != sum(graded):
            return tuple(option.score for option in scale.options)
        left = iter(table)
        return tuple(next(left) if one else None for one in graded)

    def footnote(self) -> str:
        """The line printed under every table (口径说明)."""
        return f"注：{self.in_words()}"

    def in_words(self) -> str:
        """What is done, in one sentence: a rate can be worked out from it alone."""
        clauses = (
            f"{CHOICES['satisfied_set'][self.satisfied_set]}{CHOICES['denominator'][self.denominator]}",
            _BESIDE[self.denominator],
            self._unknown(),
            "" if self.multi_mark == "ITEM_VOID" else CHOICES["multi_mark"][self.multi_mark],
            _BLANK.get((self.denominator, self.blank_ballot), ""),
            CHOICES["rollup"][self.rollup],
            CHOICES["tail_fix"][self.tail_fix],
            f"{CHOICES['rounding'][self.rounding]}保留{f'{self.digits}位小数' if self.digits else '整数'}",
            self._cap(),
            self._scores(),
            *self._weights(),
        )
        return f"{'；'.join(filter(None, clauses))}。"

    def _unknown(self) -> str:
        """Ballots that chose “不了解” are left out only where the marks themselves are the denominator."""
        if self.denominator == "ITEM_VALID" and self.unknown_policy == "EXCLUDE":
            return f"{CHOICES['unknown_policy']['EXCLUDE']}，它的率是÷有效票数"
        return CHOICES["unknown_policy"]["INCLUDE_ZERO"]

    def _scores(self) -> str:
        if not self.scores:
            return ""
        table = "各等次所列分值" if self.scores == AS_SCALED else self.scores
        unknown = "按0分计" if self.unknown_policy == "INCLUDE_ZERO" else "不计分"
        return f"满意度得分按{table}计，“不了解”{unknown}，保留两位小数，各题等权、总体评价和附加题不计入平均"

    def _weights(self) -> list[str]:
        said = []
        if self.by_category:
            listed = "、".join(
                f"{code} {Fraction(weight, FULL)}" for code, weight in self.by_category.items()
            )
            said.append(
                f"加权满意率按参评人员类别加权（{listed}），以分数相加、最后才舍入，没有票的类别由其余各类按权数分摊"
            )
        if self.by_layer:
            first, second = (Fraction(self.by_layer[layer], FULL) for layer in EACH)
            said.append(f"加权满意率由层面一 {first}、层面二 {second} 合成，以分数相加、最后才舍入")
        return said

    def _cap(self) -> str:
        if not self.cap_100:
            return ""
        least = "1" if not self.digits else f"0.{'1'.rjust(self.digits, '0')}"
        most = "99" if not self.digits else f"99.{'9' * self.digits}"
        return f"未满分的最高印{most}%，不为0的最低印{least}%"


@lru_cache(maxsize=8)
def of_text(text: str) -> Rule:
    """The rule that a campaign stores, read once for each text."""
    return read(json.loads(text))


def read(document: Mapping[str, Any] | None = None) -> Rule:
    """A rule from its document, missing keys from the default; raises when a choice is unknown."""
    merged = {**forms.default_rule(), **(document or {})}
    unknown = merged.keys() - Rule.__dataclass_fields__.keys()
    if unknown:
        offered = "、".join(Rule.__dataclass_fields__)
        raise broken("V-CMP-31", keys="、".join(sorted(unknown)), offered=offered)
    for key, choices in CHOICES.items():
        if merged[key] not in choices:
            raise broken("V-CMP-32", key=key, value=merged[key], offered="、".join(choices))
    digits, least = merged["digits"], merged["min_cell"]
    if type(digits) is not int or digits not in (0, 1, 2) or least not in range(2, 101):
        raise broken("V-CMP-33")
    for key in ("cap_100", "quorum_blocks"):
        if not isinstance(merged[key], bool):
            raise broken("V-CMP-34", key=key)
    _check_numbers(merged)
    return Rule(**merged)


def written(rule: Rule) -> dict[str, Any]:
    """The rule's document. What the first editions do not know stands in it only where it is used: they read the rest."""
    usual = forms.default_rule()
    return {key: value for key, value in vars(rule).items() if key not in _LATER or value != usual[key]}


def _check_numbers(rule: Mapping[str, Any]) -> None:
    """Score table, weights and thresholds; V-CMP-37, V-CMP-38, V-CMP-39 and V-TPL-06."""
    if rule["scores"] not in ("", AS_SCALED):
        if not _TABLE.fullmatch(str(rule["scores"])):
            raise broken("V-CMP-37")
        table = [int(one) for one in rule["scores"].split("/")]
        if max(table) > FULL or table != sorted(table, reverse=True):
            raise broken("V-CMP-37")
    for key in ("category_weights", "layer_weights"):
        text = str(rule[key])
        if not text:
            continue
        known = _read_weights(text) if _WEIGHTS.fullmatch(text) else {}
        twice = len(known) != text.count(":")
        if not known or twice or (key == "layer_weights" and tuple(known) != EACH):
            raise broken("V-CMP-38", text=text[:40])
        if (added := sum(int(one.partition(":")[2]) for one in text.split(","))) != FULL:
            raise broken("V-TPL-06", sum=added)
    low, good = rule["low_rate"], rule["good_rate"]
    if not (type(low) is type(good) is int and 0 <= low <= good <= FULL):
        raise broken("V-CMP-39")


def _read_weights(text: str) -> dict[str, int]:
    """“A:40,B:60” as numbers."""
    pairs = (one.partition(":") for one in text.split(",") if one)
    return {code: int(weight) for code, _, weight in pairs}
