"""Charts as they are painted: dots where their rates lie, parts as wide as their marks, all of it said in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from pingyi_desktop.gui.looks.tokens import colour
from pingyi_desktop.gui.parts.charts import BAD, FILL, RADIUS, ROOMY, SPREAD, DotChart, StackChart, spaced
from pingyi_desktop.reports import chart
from pingyi_desktop.reports.chart import Part

pytestmark = pytest.mark.usefixtures("dressed")

DOTS = [
    chart.dot("思想政治", "100.0", satisfied=40, denominator=40, former=Decimal("96.0")),
    chart.dot("联系群众", "92.5", satisfied=37, denominator=40),
    chart.dot("少数人", "样本不足", satisfied=0, denominator=0),
]
STACKS = [
    chart.stack("思想政治", "50.0", (Part("满意", 5, "POSITIVE"), Part("不满意", 5, "NEGATIVE"))),
    chart.stack("少数人", "样本不足", (Part("满意", 0, "POSITIVE"), Part("不满意", 0, "NEGATIVE"))),
]


def painted(made, name, number):
    """Places across of the pixels of this colour in a row's drawing, and beside it as far as a dot reaches."""
    image, area = made.grab().toImage(), made.drawing(number).adjusted(-RADIUS, 0, RADIUS, 0)
    return [
        x
        for x in range(area.left(), area.right() + 1)
        for y in range(area.top(), area.bottom() + 1)
        if QColor(image.pixel(x, y)) == colour(name)
    ]


def test_the_counts_give_way_to_the_plot_where_it_would_be_too_narrow_to_read(qtbot):
    made = DotChart("各项满意率")
    qtbot.addWidget(made)
    made.show_rates(DOTS)
    plots = {}
    for width in (600, 330):
        made.resize(width, made.sizeHint().height())
        plots[made.counted()] = made.drawing(0).width()
        assert made.drawing(0).right() < made.width()
    assert set(plots) == {True, False}
    assert min(plots.values()) >= ROOMY
    assert "37/40" in made.accessibleDescription()


@pytest.fixture
def rates(qtbot):
    made = DotChart("各项满意率")
    qtbot.addWidget(made)
    made.show_rates(DOTS)
    made.resize(600, made.sizeHint().height())
    return made


@pytest.fixture
def marks(qtbot):
    made = StackChart("各项勾选的分布")
    qtbot.addWidget(made)
    made.show_marks(STACKS)
    made.resize(600, made.sizeHint().height())
    return made


def test_rows_share_the_height_that_the_page_gives_from_dense_to_twice_the_usual(rates):
    usual, needed, least = rates.line, rates.sizeHint(), rates.minimumSizeHint()
    rates.resize(600, least.height())
    assert rates.fontMetrics().height() < rates.line < usual
    rates.resize(600, needed.height() + usual)
    assert usual < rates.line < SPREAD * usual
    rates.resize(600, 4 * needed.height())
    assert rates.line == SPREAD * usual
    assert (rates.sizeHint(), rates.minimumSizeHint()) == (needed, least)
    below = len(DOTS)
    assert painted(rates, "line", below - 1)
    assert not painted(rates, "line", below)  # the hairlines end with the rows


def test_a_chart_reads_itself_out(rates):
    assert rates.accessibleName() == "各项满意率"
    assert rates.accessibleDescription() == (
        "思想政治 100.0%（40/40），上期 96.0%；联系群众 92.5%（37/40）；少数人 样本不足。"
        "横轴从 90% 起，不是从 0 起；空心点是上期"
    )
    rates.show_rates([])
    assert rates.accessibleDescription() == "还没有数据"


def test_a_dot_lies_where_its_rate_is(rates):
    area = rates.drawing(0)
    assert rates.point(0, 100).x() == area.left() + area.width()
    assert rates.point(1, Decimal("92.5")).x() == area.left() + area.width() // 4
    for number in (0, 1):
        found = painted(rates, FILL, number)
        centre = rates.point(number, DOTS[number].rate).x()
        assert (min(found) + max(found)) // 2 == pytest.approx(centre, abs=1)
        assert max(found) - min(found) <= 2 * RADIUS


def test_all_of_it_stays_off_the_figures(rates):
    assert max(painted(rates, FILL, 0)) < rates._beside(0).left()


def test_the_axis_is_told_above_the_rows(rates):
    """Where a window is low and the rows are scrolled, the cut is seen first."""
    assert rates.drawing(0).top() == 2 * rates.small_line
    assert rates.height() == rates.drawing(2).bottom() + 1
    rates.show_rates(DOTS[2:])
    assert rates.drawing(0).top() == 0


def test_words_have_no_dot(rates):
    assert painted(rates, FILL, 2) == []


def test_the_period_before_is_hollow(rates):
    image = rates.grab().toImage()
    before = rates.point(0, DOTS[0].former)
    assert QColor(image.pixel(before)) == colour("surface")
    assert QColor(image.pixel(before - QPoint(RADIUS - 1, 0))).lightness() < 128


def test_only_a_cut_axis_has_the_mark_of_the_cut(rates):
    def ink_left_of_the_axis():
        image, area = rates.grab().toImage(), rates.drawing(0)
        return sum(
            QColor(image.pixel(x, y)) == colour("ink2")
            for x in range(area.left() - 8, area.left())
            for y in range(area.top(), area.top() + 8)
        )

    assert ink_left_of_the_axis() > 0
    rates.show_rates([chart.dot("联系群众", "25.0", satisfied=10, denominator=40)])
    assert ink_left_of_the_axis() == 0


def test_parts_are_as_wide_as_their_marks_and_the_worst_is_the_last(marks):
    area = marks.drawing(0)
    found = painted(marks, BAD, 0)
    assert min(found) == pytest.approx(area.left() + area.width() // 2, abs=1)
    assert max(found) == pytest.approx(area.right(), abs=2)
    assert painted(marks, BAD, 1) == []


def test_the_blues_go_from_light_to_dark_wherever_the_negative_one_stands(marks):
    """A form's options come from a file; their order is not ours."""
    polarities = ("NEGATIVE", "POSITIVE", "UNKNOWN", "NEUTRAL")
    marks.show_marks(
        [chart.stack("项", "50.0", tuple(Part("档", n, p) for n, p in enumerate(polarities, 1)))]
    )
    area = marks.drawing(0)
    assert max(painted(marks, BAD, 0)) < area.left() + area.width() // 10
    assert min(painted(marks, "blue_soft", 0)) == area.left() + area.width() // 10
    assert min(painted(marks, FILL, 0)) == area.left() + area.width() * 6 // 10


def test_a_distribution_reads_itself_out(marks):
    assert marks.accessibleDescription() == (
        "思想政治 满意 5，不满意 5；少数人 样本不足。从左到右：满意、不满意（斜线）"
    )


def test_what_is_too_narrow_for_its_name_has_its_number_or_nothing(marks):
    part = Part("满意", 5, "POSITIVE")
    wide = marks.fontMetrics().horizontalAdvance("满意 5")
    narrow = marks.fontMetrics().horizontalAdvance("5")
    assert [marks._fitting(part, width) for width in (wide, wide - 1, narrow, narrow - 1)] == [
        *("满意 5", "5", "5", "")
    ]


def test_words_under_an_axis_that_is_too_narrow_are_left_out_and_never_run_into_each_other():
    assert spaced([0, 50, 100], [30, 30, 30]) == {0, 1, 2}
    assert spaced([0, 18, 36, 54, 76], [30, 30, 30, 30, 36]) == {0, 2, 4}
    assert spaced([], []) == set()
