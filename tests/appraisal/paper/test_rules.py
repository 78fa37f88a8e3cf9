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
        ({"multi_mark": "LOWEST"}, "；一项多选的按其中最低的一档计；"),
        ({"multi_mark": "BALLOT_VOID"}, "；一项多选的整张作废；"),
        ({"unknown_policy": "AS_VALID"}, "“不了解”进分母、不计满意；"),
        ({"scores": "SCALE"}, "；满意度得分按各等次所列分值计，“不了解”不计分，保留两位小数，"),
        ({"scores": "100/75/55/0", "unknown_policy": "INCLUDE_ZERO"}, "按100/75/55/0计，“不了解”按0分计，"),
        (
            {"category_weights": "A:40,B:60"},
            "加权满意率按参评人员类别加权（A 2/5、B 3/5），以分数相加、最后才舍入，没有票的类别",
        ),
        ({"layer_weights": "1:40,2:60"}, "加权满意率由层面一 2/5、层面二 3/5 合成，以分数相加、最后才舍入。"),
    ],
)
def test_the_footnote_says_each_choice(choice: dict[str, object], said: str) -> None:
    assert said in rules.read(choice).footnote()


CODES = {
    "digits": "V-CMP-33",
    "min_cell": "V-CMP-33",
    "cap_100": "V-CMP-34",
    "colour": "V-CMP-31",
    "scores": "V-CMP-37",
    "category_weights": "V-CMP-38",
    "layer_weights": "V-CMP-38",
    "quorum_blocks": "V-CMP-34",
    "low_rate": "V-CMP-39",
    "good_rate": "V-CMP-39",
} | dict.fromkeys(("satisfied_set", "denominator", "rollup", "multi_mark", "quorum"), "V-CMP-32")


@pytest.mark.parametrize(
    "choice",
    [
        {"satisfied_set": "HAPPY"},
        {"denominator": "ACTUAL"},
        {"rollup": "MEAN_ORG"},
        {"multi_mark": "HIGHEST"},
        {"quorum": ">3/4"},
        {"quorum_blocks": "no"},
        *({"scores": text} for text in ("100", "100/x", "100/101", "60/80", "1/" * 8 + "1", 5, "100/80\n")),
        *({"category_weights": text} for text in ("A", "a:40,B:60", "A:40;B:60", "A:-1,B:101", 7)),
        *({"layer_weights": text} for text in ("A:40,B:60", "2:40,1:60", "1:100")),
        {"low_rate": 90},
        {"low_rate": True},
        {"good_rate": 101},
        {"low_rate": -1},
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


def test_an_unknown_setting_is_told_with_those_that_there_are() -> None:
    with pytest.raises(RuleError, match=r"“colour”，请删去；可用的有：satisfied_set、.*、min_cell、"):
        rules.read({"colour": "red"})


def test_every_choice_offered_is_accepted() -> None:
    for key, choices in rules.CHOICES.items():
        for choice in choices:
            assert getattr(rules.read({key: choice}), key) == choice


def test_weights_that_are_not_a_hundred_are_refused() -> None:
    with pytest.raises(RuleError, match="权数合计 90，应为 100"):
        rules.read({"category_weights": "A:40,B:50"})
    assert rules.read({"category_weights": "A:40,B:60"}).by_category == {"A": 40, "B": 60}
    assert rules.read({"layer_weights": "1:40,2:60"}).by_layer == {"1": 40, "2": 60}


def test_only_what_is_used_of_the_later_settings_is_written() -> None:
    """The first edition refuses a setting that it does not know: it must not meet one that changes nothing."""
    first = {"satisfied_set", "denominator", "unknown_policy", "blank_ballot", "multi_mark", "rollup"}
    first |= {"rounding", "digits", "cap_100", "tail_fix", "min_cell"}
    assert set(rules.written(rules.read())) == first
    assert rules.written(rules.read({"scores": "SCALE"})).keys() - first == {"scores"}
    for document in ({}, {"scores": "SCALE", "quorum": "NONE"}):
        assert rules.read(rules.written(rules.read(document))) == rules.read(document)
