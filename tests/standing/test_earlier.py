"""补课后再测: the slip of the second session tells the first one's rates beside its own; nothing of the first counts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

import make
from pingyi_desktop.appraisal.campaign import results, sessions
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Para, Table
from pingyi_desktop.reports.slip import AGAIN_COLUMNS
from pingyi_desktop.standing import earlier
from pingyi_desktop.standing.earlier import Change


@pytest.fixture
def school(tmp_path):
    with closing(make.school(tmp_path / "XX.pingyi")) as store, store.transaction() as session:
        yield session, make.published(session, form_codes=["T-ORG-A"])


def measured(session, campaign_id: str, stack: list[str]) -> str:
    """Seal a stack in the session there is now; its id."""
    batch = make.batch(session, campaign_id=campaign_id)
    make.sealed(session, batch.id, stack)
    (meeting,) = sessions.listing(session, campaign_id=campaign_id)
    return meeting.id


def slip(session, campaign_id: str):
    return catalog.build(session, name="R06", campaign_id=campaign_id)


def test_the_second_measurement_stands_beside_the_first_and_only_it_counts(school) -> None:
    session, campaign_id = school
    first = measured(session, campaign_id, ["14114"] * 3 + ["11111"] * 2)
    assert earlier.day(session, session_id=first) == ""
    sessions.void(session, session_id=first, reason="补课后再测", by=make.BY)
    second = measured(session, campaign_id, ["11112"] * 2 + ["11111"] * 4)
    counted = results.read(session, campaign_id=campaign_id)
    (now,) = counted.pooled()
    assert (now.figures.valid, [item.satisfied for item in now.items]) == (6, [6, 6, 6, 6, 4])
    told = earlier.changes(session, counted, session_id=second, now=now)
    assert told == [
        Change("①践诺", "100.0", "100.0", "+0.0"),
        Change("②中心工作", "40.0", "100.0", "+60.0"),
        Change("③办实事", "100.0", "100.0", "+0.0"),
        Change("④队伍建设", "100.0", "100.0", "+0.0"),
        Change("总体", "40.0", "66.7", "+26.7"),
    ]
    blocks = slip(session, campaign_id).blocks
    assert Para("本场为重新测评：2024年1月12日的原场次已作废，不计入。") in blocks
    tables = [block for block in blocks if isinstance(block, Table) and block.columns == AGAIN_COLUMNS]
    assert [row.cells for row in tables[0].rows] == [tuple(one) for one in told]


@pytest.mark.parametrize(("before", "after"), [(4, 6), (6, 4)])
def test_few_ballots_on_either_side_tell_no_rate(school, before: int, after: int) -> None:
    session, campaign_id = school
    first = measured(session, campaign_id, ["11111"] * before)
    sessions.void(session, session_id=first, reason="补课后再测", by=make.BY)
    measured(session, campaign_id, ["11111"] * after)
    blocks = slip(session, campaign_id).blocks
    assert any(isinstance(block, Para) and "本场为重新测评" in block.text for block in blocks)
    assert not [block for block in blocks if isinstance(block, Table) and block.columns == AGAIN_COLUMNS]


def test_a_session_voided_before_anything_was_sealed_was_no_measurement(school) -> None:
    session, campaign_id = school
    (empty,) = sessions.listing(session, campaign_id=campaign_id)
    sessions.void(session, session_id=empty.id, reason="人没到齐", by=make.BY)
    second = measured(session, campaign_id, ["11111"] * 5)
    assert earlier.day(session, session_id=second) == ""
    assert not [
        block
        for block in slip(session, campaign_id).blocks
        if isinstance(block, Para) and "重新测评" in block.text
    ]


def test_a_fall_is_told_with_its_sign(school) -> None:
    session, campaign_id = school
    first = measured(session, campaign_id, ["11111"] * 6)
    sessions.void(session, session_id=first, reason="补课后再测", by=make.BY)
    second = measured(session, campaign_id, ["21111"] * 2 + ["11111"] * 4)
    counted = results.read(session, campaign_id=campaign_id)
    (now,) = counted.pooled()
    told = earlier.changes(session, counted, session_id=second, now=now)
    assert told[0] == Change("①践诺", "100.0", "66.7", "-33.3")


@pytest.mark.parametrize(
    ("changed", "compared"),
    [
        ({}, True),
        ({"satisfied_from": "STRICT"}, False),
        ({"in_denominator": False}, False),
        ({"score": 1}, True),
    ],
)
def test_an_answer_that_counts_otherwise_now_is_not_compared(school, changed: dict, compared: bool) -> None:
    """The same words, but 比较满意 counted as 满意 then, or was left out: the difference would be the rule's."""
    session, campaign_id = school
    measured(session, campaign_id, ["11114"] * 6)
    now = results.read(session, campaign_id=campaign_id)
    (form,) = now.view.forms
    item = form.items[0]
    options = (item.scale.options[0], replace(item.scale.options[1], **changed), *item.scale.options[2:])
    other = replace(item, scale=replace(item.scale, options=options))
    then = replace(now, view=replace(now.view, forms=(replace(form, items=(other, *form.items[1:])),)))
    assert bool(earlier.items(then, now=now, layer=None)) == compared


def test_a_fall_too_small_to_print_has_no_minus(school) -> None:
    """Of 3001 and of 3000 one was not satisfied: the rates differ by a hundred-thousandth."""
    session, campaign_id = school
    measured(session, campaign_id, ["11111"] * 6)
    (now,) = results.read(session, campaign_id=campaign_id).pooled()
    more, fewer = (replace(now.items[0], satisfied=many - 1, denominator=many) for many in (3001, 3000))
    assert (earlier.points(more, fewer), earlier.points(fewer, more)) == ("+0.0", "+0.0")
