"""Charts as they are described: where an axis is cut, what has no dot, where things lie; nothing is drawn here."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pingyi_desktop.reports import chart
from pingyi_desktop.reports.chart import Dot, DotPlot, Part, Stack, Stacks

MARKS = (
    Part("满意", 6, "POSITIVE"),
    Part("基本满意", 3, "NEUTRAL"),
    Part("不满意", 1, "NEGATIVE"),
    Part("不了解", 2, "UNKNOWN"),
)


def plot(*shown: str, former: Decimal | None = None) -> DotPlot:
    return DotPlot(tuple(chart.dot("项", one, satisfied=1, denominator=2, former=former) for one in shown))


@pytest.mark.parametrize(
    ("smallest", "start"),
    [
        *(("100.0", 90), ("90.1", 90), ("90.0", 80), ("80.1", 80), ("80.0", 70), ("70.0", 60)),
        *(("60.0", 50), ("50.1", 50), ("50.0", 0), ("0.1", 0), ("0.0", 0)),
    ],
)
def test_the_axis_begins_at_the_largest_cut_below_the_smallest_rate(smallest, start):
    drawn = plot("100.0", smallest)
    assert drawn.start == start
    assert drawn.ticks[0] == start
    assert drawn.ticks[-1] == 100
    assert 5 <= len(drawn.ticks) <= 6 or start in {60, 70}


def test_a_cut_axis_says_so_and_a_whole_one_does_not():
    assert plot("95.5").note == "横轴从 90% 起，不是从 0 起"
    assert plot("20.0").note == ""


def test_the_former_period_is_on_the_axis_too():
    drawn = plot("99.6", former=Decimal("88.8"))
    assert drawn.start == 80
    assert drawn.note == "横轴从 80% 起，不是从 0 起；空心点是上期"
    assert drawn.rows[0].printed == "99.6%（1/2），上期 88.8%"


def test_words_get_no_dot_and_leave_the_axis_to_the_others():
    few, none = (chart.dot("项", words, satisfied=2, denominator=3) for words in ("样本不足", "—"))
    assert few == Dot("项", None, "样本不足")
    assert (few.printed, none.printed) == ("样本不足", "—")
    assert plot("样本不足", "97.0").start == 90
    alone = plot("样本不足", "—")
    assert (alone.start, alone.ticks, alone.note) == (None, (), "")


def test_a_rate_is_the_printed_one_exactly():
    drawn = chart.dot("①践诺", "99.6", satisfied=244, denominator=245)
    assert drawn == Dot("①践诺", Decimal("99.6"), "99.6%", "244/245")
    assert drawn.printed == "99.6%（244/245）"


def test_all_lies_at_the_end_of_the_axis_and_nothing_beyond_it():
    drawn = plot("95.0")
    assert [drawn.place(Decimal(rate), 200) for rate in (90, 95, 100)] == [0, 100, 200]
    assert drawn.place(Decimal("95.04"), 200) == 100
    assert [drawn.place(Decimal(rate), 200) for rate in (101, 89)] == [200, 0]


def test_a_stack_is_shared_out_whole():
    assert Stack("项", MARKS).edges(120) == (0, 60, 90, 100, 120)
    assert Stack("项", MARKS).edges(7)[-1] == 7
    assert Stack("项", ()).edges(7) == (0,)
    assert Stack("项", (Part("满意", 0, "POSITIVE"),)).edges(7) == (0, 0)


def test_a_stack_says_all_of_it_and_the_worst_beside():
    made = chart.stack("项", "90.0", MARKS)
    assert made.printed == "满意 6，基本满意 3，不满意 1，不了解 2"
    assert made.worst == "不满意 1"


def test_a_stack_of_too_few_tells_no_marks():
    made = chart.stack("项", "样本不足", MARKS)
    assert (made.printed, made.worst) == ("样本不足", "样本不足")
    assert made.parts == ()


def test_how_a_stack_is_read_is_told_once_for_each_scale():
    other = (Part("是", 1, "POSITIVE"), Part("否", 1, "NEGATIVE"))
    rows = (Stack("①", MARKS), Stack("②", MARKS), Stack("③", other))
    assert Stacks(rows).note == ("从左到右：满意、基本满意、不满意（斜线）、不了解（灰色）；是、否（斜线）")
    assert Stacks((chart.stack("④", "样本不足", MARKS),)).note == ""
