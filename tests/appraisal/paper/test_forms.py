"""Forms and scales are data: every template parses, prints the texts of the field, and bad ones are refused."""

from __future__ import annotations

from typing import Any

import pytest

from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.errors import RuleError

TEMPLATES = {
    "T-ORG-A": ("ORG", ["①践诺", "②中心工作", "③办实事", "④队伍建设", "总体"], "SAT4"),
    "T-ORG-B": ("ORG", ["①目标", "②思路", "③承诺", "④措施", "总体"], "YESNO3"),
    "T-ORG-C": ("ORG", None, "SAT4"),
    "T-ORG-D": ("ORG", None, "SAT4"),
    "T-MEM-A": ("MEMBERS_COLLECTIVE", ["①践诺", "②岗位争优", "③服务群众"], "SAT4"),
    "T-MEM-B": ("MEMBER_ROSTER", ["①践诺", "②岗位争优", "③服务群众"], "SAT4"),
    "T-MEM-D": ("MEMBERS_COLLECTIVE", None, "SAT4"),
    "T-MEM-E": ("MEMBER_ROSTER", None, "GRADE4"),
}
SCALES = {
    "SAT4": "满意 比较满意 基本满意 不满意",
    "SAT4U": "满意 比较满意 基本满意 不满意 不了解",
    "SAT3": "满意 基本满意 不满意",
    "SAT3U": "满意 基本满意 不满意 不了解",
    "GRADE4": "优秀 合格 基本合格 不合格",
    "COMP4": "优秀 称职 基本称职 不称职",
    "GOOD4": "好 较好 一般 差",
    "GOOD3": "好 一般 差",
    "TRUST2": "信任 不信任",
    "YESNO3": "是 基本是 否",
}


def read(code: str, activity: str = "创先争优") -> forms.Form:
    return forms.read_form(forms.templates()[code], activity=activity, known=forms.scales())


def test_the_templates_of_the_first_edition_are_all_there() -> None:
    assert sorted(forms.templates()) == sorted(TEMPLATES)


def test_forms_that_are_only_printed_cannot_be_chosen_for_a_campaign() -> None:
    for code in (forms.FIVE_GOOD, forms.SINGLE):
        form = forms.print_only(code, activity="主题教育")
        assert code == form.code
        assert code not in forms.templates()
        assert form.subject_kind not in forms.SUBJECT_KINDS
        assert "{{" not in form.title + "".join(item.text for item in form.items)


@pytest.mark.parametrize("code", TEMPLATES)
def test_every_template_parses(code: str) -> None:
    form = read(code)
    kind, short_texts, scale = TEMPLATES[code]
    assert form.subject_kind == kind
    assert form.items[0].scale.code == scale
    assert form.is_roster == (kind == forms.ROSTER)
    if short_texts is not None:
        assert [item.short_text for item in form.items] == short_texts
    assert len({item.no for item in form.items}) == len(form.items)
    assert "{{" not in form.title + "".join(item.text + item.short_text for item in form.items)
    overall = [item for item in form.items if item.kind == "OVERALL"]
    assert [item.no for item in overall] == {"T-MEM-E": ["1"], "T-MEM-D": ["X"]}.get(
        code, ["X"] * (kind == "ORG")
    )


def test_the_default_forms_say_what_the_field_says() -> None:
    assert read("T-ORG-A").title == "基层党组织开展创先争优活动群众评议表"
    assert [item.text for item in read("T-ORG-A").items] == [
        "兑现公开承诺情况",
        "推动中心工作和重点任务完成情况",
        "为员工群众办实事、做好事、解难事情况",
        "加强党组织和党员队伍建设情况",
        "对党组织开展创先争优活动的总体评价",
    ]
    assert read("T-MEM-A").title == "党员参加创先争优活动群众评议表"
    assert [item.text for item in read("T-MEM-A").items] == [
        "参加创先争优活动、践行公开承诺情况",
        "立足本职岗位创先争优情况",
        "联系和服务群众情况",
    ]


def test_the_four_questions_end_with_a_satisfaction_scale() -> None:
    form = read("T-ORG-B")
    assert [item.text for item in form.items[:4]] == [
        "活动目标是否达到",
        "发展思路是否清晰",
        "公开承诺事项是否完成",
        "工作措施是否得力",
    ]
    assert [item.scale.code for item in form.items] == ["YESNO3"] * 4 + ["SAT4"]


def test_the_activity_fills_the_texts() -> None:
    assert read("T-MEM-A", "主题教育").items[0].text == "参加主题教育活动、践行公开承诺情况"


@pytest.mark.parametrize("code", SCALES)
def test_every_scale_of_the_field(code: str) -> None:
    assert " ".join(option.label for option in forms.scales()[code].options) == SCALES[code]


def test_satisfied_sets_widen() -> None:
    scale = forms.scales()["SAT4"]
    assert [scale.satisfied(width) for width in forms.SATISFIED_SETS] == [(0,), (0, 1), (0, 1, 2)]
    unknown = forms.scales()["SAT3U"].options[-1]
    assert (unknown.polarity, unknown.in_denominator, unknown.score) == ("UNKNOWN", False, None)


def changed(**changes: object) -> dict[str, Any]:
    document = dict(forms.templates()["T-MEM-A"])
    document["items"] = [dict(item) for item in document["items"]]
    document["items"][1].update(changes)
    return document


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"text": " "}, "V-TPL-01", "第 2 项评议内容为空或与第 2 项相同。"),
        (
            {"text": "参加{{activity}}活动、践行公开承诺情况"},
            "V-TPL-01",
            "第 2 项评议内容为空或与第 1 项相同。",
        ),
        ({"scale": "SAT9"}, "V-TPL-23", "第 2 项的评议等次“SAT9”不认识"),
    ],
)
def test_a_bad_form_is_refused(change: dict[str, object], code: str, said: str) -> None:
    with pytest.raises(RuleError, match=said) as caught:
        forms.read_form(changed(**change), activity="创先争优", known=forms.scales())
    assert caught.value.code == code


def option(label: str, satisfied_from: str | None) -> dict[str, object]:
    return {
        "code": label,
        "label": label,
        "score": 0,
        "polarity": "NEUTRAL",
        "satisfied_from": satisfied_from,
        "in_denominator": True,
    }


@pytest.mark.parametrize(
    "options",
    [
        [option("满意", "STRICT")],
        [option("满意", None), option("不满意", None)],
        [option(str(number), "STRICT") for number in range(9)],
    ],
)
def test_a_scale_that_gives_no_rate_is_refused(options: list[dict[str, object]]) -> None:
    with pytest.raises(RuleError) as caught:
        forms.read_scales([{"code": "BAD", "name": "坏", "options": options}])
    assert caught.value.code == "V-TPL-02"
