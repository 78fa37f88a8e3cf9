"""Forms shaped before publishing: what is offered changes the paper, what is not is refused, nothing else changes."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from pingyi_desktop.appraisal.paper import forms, shaping
from pingyi_desktop.appraisal.paper.shaping import PLAIN, Shape
from pingyi_desktop.errors import RuleError


def shaped(code: str, **changes: object) -> forms.Form:
    document = shaping.shaped(forms.templates()[code], Shape(**changes))
    return forms.read_form(document, activity="创先争优", known=forms.scales())


@pytest.mark.parametrize("code", sorted(forms.templates()))
def test_a_form_left_as_it_is_says_what_its_template_says(code: str) -> None:
    template = forms.templates()[code]
    document = shaping.shaped(template, PLAIN)
    assert shaping.of(document) == PLAIN
    assert document == {
        **{key: value for key, value in template.items() if key != "people"},
        "items": [{key: item[key] for key in item if key != "parts"} for item in template["items"]],
    }


@pytest.mark.parametrize("scale", sorted(forms.scales()))
def test_every_scale_can_be_had_and_the_overall_question_is_no_yes_or_no(scale: str) -> None:
    form = shaped("T-ORG-A", scale=scale)
    *items, overall = form.items
    assert {item.scale.code for item in items} == {scale}
    assert overall.kind == "OVERALL"
    assert overall.scale.code == ("SAT4" if scale == "YESNO3" else scale)


def test_a_scale_of_its_own_stays_with_the_overall_question() -> None:
    assert [item.scale.code for item in shaped("T-ORG-B", scale="GOOD3").items] == [*["GOOD3"] * 4, "SAT4"]


@pytest.mark.parametrize("word", [*shaping.PEOPLE, "村民"])
def test_the_word_for_the_people_follows_the_kind_of_unit(word: str) -> None:
    assert shaped("T-ORG-A", people=word).items[2].text == f"为{word}群众办实事、做好事、解难事情况"


@pytest.mark.parametrize(
    ("code", "parts", "after"),
    [
        ("T-MEM-A", ("参加创先争优活动情况", "践行公开承诺情况"), "③岗位争优"),
        ("T-MEM-B", ("参加创先争优活动情况", "践行公开承诺情况"), "③岗位争优"),
        (
            "T-ORG-C",
            (
                "管党履责：履行管党职责、解决基层党建突出问题、创建“五个好”情况",
                "争创活动：开展争创主题活动情况",
            ),
            "⑥班子建设",
        ),
    ],
)
def test_two_questions_in_one_are_asked_apart_and_numbered_on(code: str, parts, after: str) -> None:
    before, form = shaped(code), shaped(code, split=True)
    texts = [item.text for item in form.items]
    at = texts.index(parts[0])
    assert texts[at + 1] == parts[1]
    assert form.items[at + 2].short_text == after
    numbers = [item.no for item in form.items if item.no != "X"]
    assert numbers == [str(n) for n in range(1, len(before.items) + 2)][: len(numbers)]
    assert len(form.items) == len(before.items) + 1
    assert not [one for one in forms.findings([form]) if one.code == "V-TPL-03"]


def test_own_questions_come_before_the_overall_one_and_say_that_they_are_own() -> None:
    form = shaped("T-ORG-A", own=("食堂管理情况", "班车安排情况"), scale="SAT4U")
    assert [item.own for item in form.items] == [False] * 4 + [True] * 2 + [False]
    assert [(item.no, item.text) for item in form.items[4:6]] == [
        ("5", "附加题：食堂管理情况"),
        ("6", "附加题：班车安排情况"),
    ]
    assert {item.scale.code for item in form.items} == {"SAT4U"}
    assert form.items[-1].no == "X"


def test_how_a_form_was_shaped_is_read_from_its_document() -> None:
    shape = Shape("SAT4U", "师生", False, ("食堂管理情况",))
    document = shaping.shaped(forms.templates()["T-ORG-A"], shape)
    assert shaping.of(document) == shape
    assert set(document["shape"]) == {key for key, value in asdict(shape).items() if value}


def test_no_two_papers_share_a_version() -> None:
    template = forms.templates()["T-ORG-A"]
    versions, last = [], shaping.shaped(template, PLAIN)
    for shape in (PLAIN, Shape("SAT4U"), Shape("SAT4U"), PLAIN, Shape("SAT4U")):
        last = shaping.versioned(shaping.shaped(template, shape), last)
        versions.append(last["version"])
    assert versions == [1, 2, 2, 3, 4]
    moved = forms.placed(last, ["L2_BRANCH"])
    assert shaping.versioned(moved, last)["version"] == 4


@pytest.mark.parametrize(
    ("code", "changes", "said"),
    [
        ("T-ORG-A", {"scale": "SAT9"}, "V-TPL-27"),
        ("T-MEM-E", {"scale": "SAT4"}, "V-TPL-28"),
        ("T-ORG-A", {"people": "一二三四五六七"}, "V-TPL-29"),
        ("T-ORG-A", {"people": "员\u202e工"}, "V-TPL-29"),
        ("T-ORG-B", {"people": "师生"}, "V-TPL-30"),
        ("T-ORG-A", {"split": True}, "V-TPL-30"),
        ("T-ORG-A", {"own": ("甲", "乙", "丙", "丁")}, "V-TPL-26"),
        ("T-MEM-E", {"own": ("甲",)}, "V-TPL-26"),
        ("T-ORG-A", {"own": ("",)}, "V-TPL-34"),
        ("T-ORG-A", {"own": ("题" * 61,)}, "V-TPL-34"),
        ("T-ORG-A", {"own": ("两\n行",)}, "V-TPL-34"),
        ("T-ORG-A", {"own": ("甲", "甲")}, "V-TPL-01"),
    ],
)
def test_what_a_template_has_no_room_for_is_refused(code: str, changes: dict, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        shaped(code, **changes)
    assert refused.value.code == said


def test_a_roster_wider_than_the_paper_is_refused_while_it_is_shaped() -> None:
    form = shaped("T-MEM-B", scale="SAT4U", split=True, own=("甲", "乙", "丙"))
    shaping.check_fits(form)
    wider = forms.read_form(
        {
            **form.document,
            "items": [*form.document["items"], {**form.document["items"][0], "text": "又一题"}],
        },
        activity="创先争优",
        known=forms.scales(),
    )
    with pytest.raises(RuleError) as refused:
        shaping.check_fits(wider)
    assert refused.value.code == "V-TPL-31"


def test_typed_lines_become_questions() -> None:
    assert shaping.own_of([" 食堂  管理 ", "", "\u200b"]) == ("食堂 管理",)


def test_a_row_higher_than_a_page_is_refused_not_cut() -> None:
    form = shaped("T-ORG-A")
    long = [{**form.document["items"][0], "text": "很长的评议内容" * 300}, *form.document["items"][1:]]
    higher = forms.read_form({**form.document, "items": long}, activity="创先争优", known=forms.scales())
    with pytest.raises(RuleError) as refused:
        shaping.check_fits(higher)
    assert (refused.value.code, "第 1 行" in str(refused.value)) == ("V-TPL-37", True)


@pytest.mark.parametrize("code", ["T-ORG-A", "T-MEM-B"])
def test_instructions_that_leave_no_room_for_rows_are_refused(code: str) -> None:
    wordy = {**shaped(code).document, "instructions": ["很长的填写说明" * 500]}
    with pytest.raises(RuleError) as refused:
        shaping.check_fits(forms.read_form(wordy, activity="创先争优", known=forms.scales()))
    assert refused.value.code == "V-TPL-38"
