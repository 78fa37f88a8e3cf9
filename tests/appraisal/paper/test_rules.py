"""The counting rule says itself in one sentence and refuses what it does not know."""

from __future__ import annotations

import pytest

from pingyi_desktop.appraisal.paper import rules
from pingyi_desktop.errors import RuleError


def test_the_default_rule_and_its_footnote() -> None:
    rule = rules.read()
    assert (rule.satisfied_set, rule.denominator, rule.rollup) == ("STRICT", "ITEM_VALID", "POOLED")
    assert rule.footnote() == (
        "注：满意率=满意票÷该项有效勾选数；不含未填、多选、无法辨认；“不了解”不进分母，它的率是÷有效票数；"
        "整张空白不计入有效票；各单位按票合并；各档的率与满意率一样舍入，其和可能不等于100%；"
        "四舍五入保留1位小数；未满分的最高印99.9%，不为0的最低印0.1%。"
    )


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"satisfied_set": "WIDE1"}, "满意率=（满意+比较满意）票÷"),
        ({"satisfied_set": "WIDE2"}, "满意率=（满意+比较满意+基本满意）票÷"),
        ({"denominator": "VALID"}, "÷有效票数；"),
        ({"denominator": "RETURNED"}, "÷收回票数；"),
        ({"denominator": "ISSUED"}, "÷发出票数；"),
        ({"unknown_policy": "INCLUDE_ZERO"}, "“不了解”进分母、不计满意"),
        ({"blank_ballot": "VALID"}, "整张空白（弃权）没有勾选，不进分母"),
        ({"blank_ballot": "VALID", "denominator": "VALID"}, "整张空白计为有效（弃权），进分母"),
        ({"rounding": "TRUNCATE"}, "截尾保留1位小数"),
        (
            {"rounding": "HALF_EVEN", "digits": 2},
            "四舍六入五成双保留2位小数；未满分的最高印99.99%，不为0的最低印0.01%。",
        ),
        ({"cap_100": False}, "四舍五入保留1位小数。"),
        ({"digits": 0}, "四舍五入保留整数；未满分的最高印99%，不为0的最低印1%。"),
        ({"tail_fix": "LAST_NONZERO"}, "尾差并入末个有票的档"),
        ({"tail_fix": "LARGEST_REMAINDER"}, "尾差按余数从大到小补足"),
    ],
)
def test_the_footnote_says_each_choice(choice: dict[str, object], said: str) -> None:
    assert said in rules.read(choice).footnote()


CODES = {
    "digits": "V-CMP-33",
    "min_cell": "V-CMP-33",
    "cap_100": "V-CMP-34",
    "colour": "V-CMP-31",
} | dict.fromkeys(("satisfied_set", "denominator", "rollup", "multi_mark"), "V-CMP-32")


@pytest.mark.parametrize(
    "choice",
    [
        {"satisfied_set": "HAPPY"},
        {"denominator": "ACTUAL"},
        {"rollup": "MEAN_ORG"},
        {"multi_mark": "LOWEST"},
        {"digits": 3},
        {"digits": "1"},
        {"min_cell": 1},
        {"min_cell": 101},
        {"min_cell": "5"},
        {"cap_100": "yes"},
        {"colour": "red"},
    ],
)
def test_unknown_choices_are_refused(choice: dict[str, object]) -> None:
    with pytest.raises(RuleError, match="统计口径") as caught:
        rules.read(choice)
    assert caught.value.code == CODES[next(iter(choice))]


def test_every_choice_offered_is_accepted() -> None:
    for key, choices in rules.CHOICES.items():
        for choice in choices:
            assert getattr(rules.read({key: choice}), key) == choice
