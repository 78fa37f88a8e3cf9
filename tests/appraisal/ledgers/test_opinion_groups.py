"""Merging opinions: what is alike is found, originals stay what they are and are counted once, whatever is done."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.groups import likeness, opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Problem, Wanted
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.demo import company, opinions
from pingyi_desktop.errors import NeedsReasonError, RuleError

OPINION = catalog.ledger("opinion")
B1, B3 = "QL.02.B001", "QL.01.B003"
SAID = ("职工浴室热水供应断续", "希望解决浴室热水供应断续的问题", "通勤班车末班太早", "班车末班太早，赶不上")


def add(
    session: Session, content: str, *, org: str = B3, category: str = "生活福利", nature: str = ""
) -> Row:
    typed = {"content": content, "category": category, "nature": nature}
    campaign_id = make.campaign_of(session)
    return edits.add(session, OPINION, campaign_id=campaign_id, org=org, typed=typed, today="", by=BY)


def problems(session: Session) -> list[Problem]:
    return opinion_groups.problems(session, campaign_id=make.campaign_of(session))


def merge(
    session: Session, listed: Sequence[Row], title: str = "", reason: str = "", into: int = 0
) -> object:
    wanted = [Wanted(tuple(row.id for row in listed), title, into)]
    with session.begin_nested():
        return opinion_groups.merge(
            session, campaign_id=make.campaign_of(session), wanted=wanted, by=BY, reason=reason
        )


def split(session: Session, *listed: Row) -> opinion_groups.Kept:
    ids = [row.id for row in listed]
    return opinion_groups.split(session, campaign_id=make.campaign_of(session), ids=ids, by=BY)


def shape(session: Session) -> list[tuple[int, tuple[str, ...]]]:
    return [(one.number, tuple(row.name for row in one.originals)) for one in problems(session)]


def test_like_opinions_of_one_category_are_suggested_and_merged_in_one_act(session: Session) -> None:
    made = [add(session, said) for said in SAID]
    add(session, SAID[0], category="服务群众")
    found = likeness.suggestions(problems(session))
    assert [[row.name for row in one.originals] for one in found] == [
        [made[0].name, made[1].name],
        [made[2].name, made[3].name],
    ]
    wanted = [one.wanted for one in found]
    opinion_groups.merge(session, campaign_id=make.campaign_of(session), wanted=wanted, by=BY)
    whole = problems(session)
    assert [(one.number, one.title, len(one.originals)) for one in whole] == [
        (1, SAID[0], 2),
        (2, SAID[2], 2),
        (0, SAID[0], 1),
    ]
    assert opinion_groups.sentence(whole) == "5 条意见归并成 3 个问题，其中 2 个由多条意见归并，1 条未归并。"


def test_a_later_opinion_is_suggested_for_the_group_it_is_like(session: Session) -> None:
    merge(session, [add(session, said) for said in SAID[:2]], "浴室水凉")
    late = add(session, "浴室热水供应断续，尽快改进")
    (one,) = likeness.suggestions(problems(session))
    assert (one.number, one.title, [row.name for row in one.originals]) == (1, "浴室水凉", [late.name])


def test_the_words_that_everybody_writes_make_nothing_alike(session: Session) -> None:
    for subject in ("浴室", "班车", "食堂", "宿舍", "水房", "球场", "路灯", "暖气", "矿灯", "澡票", "厕所"):
        add(session, f"希望领导重视{subject}问题")
    assert likeness.suggestions(problems(session)) == []


def test_merging_changes_no_original_and_splitting_puts_everything_back(session: Session) -> None:
    made = [add(session, said) for said in SAID]
    before = shape(session)
    merge(session, made[:3], "三条合一")
    merge(session, made[2:])
    assert shape(session) == [(1, (made[0].name, made[1].name)), (2, (made[2].name, made[3].name))]
    assert rows.listing(session, OPINION, Asked(make.campaign_of(session), "")) == made
    kept = split(session, *made)
    assert shape(session) == before
    opinion_groups.put_back(session, campaign_id=make.campaign_of(session), before=kept, by=BY)
    assert [one.title for one in problems(session)] == ["三条合一", SAID[2]]


def test_what_cannot_be_merged_is_refused_with_its_code(session: Session) -> None:
    one = add(session, SAID[0])
    for code, act in (
        ("V-OPN-23", lambda: merge(session, [one, one])),
        ("V-OPN-24", lambda: merge(session, [one], into=7)),
        ("V-OPN-25", lambda: split(session, one)),
        ("V-OPN-26", lambda: opinion_groups.merge(session, campaign_id="", wanted=[], by=BY)),
    ):
        with pytest.raises(RuleError) as refused:
            act()
        assert refused.value.code == code


def test_several_organisations_ask_whether_it_is_common_unless_all_are(session: Session) -> None:
    listed = [add(session, SAID[0]), add(session, SAID[1], org=B1)]
    with pytest.raises(NeedsReasonError) as asks:
        merge(session, listed)
    assert [one.code for one in asks.value.findings] == ["V-OPN-03"]
    assert all(number == 0 for number, _ in shape(session))
    merge(session, [add(session, SAID[2], nature="共性"), add(session, SAID[3], org=B1, nature="共性")])


def test_a_title_tells_nobody_and_may_be_given_anew(session: Session) -> None:
    listed = [add(session, said) for said in SAID[:2]]
    with pytest.raises(NeedsReasonError):
        merge(session, listed, "王师傅说浴室水凉")
    with pytest.raises(RuleError):
        merge(session, listed, "答复 0476-3328841")
    merge(session, listed)
    about = {"campaign_id": make.campaign_of(session), "number": 1, "responsible": "后勤科", "by": BY}
    with pytest.raises(NeedsReasonError), session.begin_nested():
        opinion_groups.name(session, title="张师傅说浴室水凉", **about)
    with pytest.raises(RuleError), session.begin_nested():
        opinion_groups.name(session, title="答复 0476-3328841", **about)
    opinion_groups.name(session, title="浴室水凉", **about)
    assert [(one.title, one.responsible) for one in problems(session)] == [("浴室水凉", "后勤科")]


def test_an_opinion_that_says_something_else_now_is_out_of_its_group(session: Session) -> None:
    made = [add(session, said) for said in SAID[:3]]
    merge(session, made)
    edits.change(
        session,
        OPINION,
        campaign_id=make.campaign_of(session),
        ids=[made[2].id],
        typed={"content": "食堂菜少"},
        today="",
        by=BY,
    )
    assert shape(session) == [(1, (made[0].name, made[1].name)), (0, (made[2].name,))]


ACTS = st.sampled_from(["add", "edit", "remove", "merge", "into", "split", "undo", "suggested"])


def test_originals_are_counted_once_whatever_is_merged_split_and_undone(session: Session) -> None:
    for said in SAID:
        add(session, said)

    @settings(max_examples=10, deadline=None)
    @given(st.lists(ACTS, max_size=6), st.randoms(use_true_random=False))
    def play(acts: list[str], chance: Random) -> None:
        step = session.begin_nested()
        before: opinion_groups.Kept | None = None
        for number, act in enumerate(acts):
            before = _do(session, act, number, chance, before)
            names = [name for _, listed in shape(session) for name in listed]
            assert sorted(names) == sorted(row.name for row in here(session))
        step.rollback()

    play()


def here(session: Session) -> list[Row]:
    return rows.listing(session, OPINION, Asked(make.campaign_of(session), ""))


def _do(
    session: Session, act: str, number: int, chance: Random, before: opinion_groups.Kept | None
) -> opinion_groups.Kept | None:
    about = {"campaign_id": make.campaign_of(session), "by": BY}
    some = chance.sample(here(session), min(len(here(session)), 3))
    ids = [row.id for row in some]
    groups = [one for one in problems(session) if one.number]
    if act == "add":
        add(session, f"{chance.choice(SAID)}{number}")
    elif act == "edit" and some:
        typed = {"content": f"改过的第 {number} 条"}
        edits.change(session, OPINION, ids=ids[:1], typed=typed, today="", **about)
    elif act == "remove" and some:
        edits.remove(session, OPINION, ids=ids[:1], **about)
    elif act == "merge" and len(some) > 1:
        return merge(session, some)
    elif act == "into" and groups and some:
        return merge(session, some, into=groups[-1].number)
    elif act == "suggested" and (found := likeness.suggestions(problems(session))):
        return opinion_groups.merge(session, wanted=[one.wanted for one in found], **about)
    elif act == "split" and groups:
        return split(session, *groups[0].originals)
    elif act == "undo" and before is not None:
        opinion_groups.put_back(session, before=before, **about)
    return before


def test_the_opinions_of_the_whole_company_come_to_what_was_published() -> None:
    told = opinions.opinions(company.load())
    made = [
        Row(f"{org}-{number}", org, org, number, received=True, values=texts, texts=texts)
        for org, listed in sorted(told.items())
        for number, texts in enumerate(listed, 1)
    ]
    categories = [row.values["category"] for row in made]
    assert sorted(map(categories.count, set(categories)), reverse=True) == [41, 41, 35, 32, 32, 31, 31, 25]
    natures = [row.values["nature"] for row in made]
    assert (natures.count("COMMON"), natures.count("INDIVIDUAL")) == (238, 30)
    assert (len(made), len(told)) == (268, 191)
    found = likeness.suggestions([Problem(0, row.texts["content"], "", (row,)) for row in made])
    assert (len(found), sum(len(one.originals) for one in found)) == (96, 268)
