"""Every worked example of the field's rules (domain §4.4–§4.8), in integers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingyi_desktop.appraisal.paper import forms, rules, tallies
from pingyi_desktop.appraisal.paper.tallies import Counts, Figures

SAT4 = forms.scales()["SAT4"]


def rate(
    options: tuple[int, ...], *, scale: str = "SAT4", figures: Figures | None = None, **rule: object
) -> str:
    return tallies.satisfaction_rate(
        Counts(options), figures or Figures(), scale=forms.scales()[scale], rule=rules.read(rule)
    ).text


def points(counts: Counts, *, scale: str = "SAT4", **choice: object) -> str:
    """The score as printed."""
    return tallies.points(tallies.score(counts, scale=forms.scales()[scale], rule=rules.read(choice)))


def shares(
    options: tuple[int, ...], *, scale: str = "SAT4", figures: Figures | None = None, **rule: object
) -> list[str]:
    return tallies.distribution(
        Counts(options), figures or Figures(), scale=forms.scales()[scale], rule=rules.read(rule)
    )


def test_example_1_three_satisfied_sets_and_the_cap() -> None:
    marks = (4322, 42, 12, 2)
    assert rate(marks) == "98.7"
    assert rate(marks, satisfied_set="WIDE1") == "99.7"
    assert rate(marks, satisfied_set="WIDE2") == "99.9"
    assert rate(marks, satisfied_set="WIDE2", cap_100=False) == "100.0"
    assert points(Counts(marks)) == "99.65"


def test_example_2_layers_are_pooled() -> None:
    both = Counts((1663, 17, 4, 1)) + Counts((4322, 42, 12, 2))
    value = tallies.satisfaction_rate(both, Figures(), scale=SAT4, rule=rules.read())
    assert (value.numerator, value.denominator, value.text) == (5985, 6063, "98.7")


def test_example_3_pooled_is_not_the_mean() -> None:
    assert tallies.percent(57, 60) == "95.0"
    assert tallies.percent(8, 10) == "80.0"
    assert tallies.percent(57 + 8, 60 + 10) == "92.9"


def test_example_4_a_school_of_42() -> None:
    assert rate((42, 0, 0, 0)) == "100.0"
    assert rate((41, 1, 0, 0)) == "97.6"
    assert rate((41, 1, 0, 0), satisfied_set="WIDE1") == "100.0"


def test_example_5_unknown_in_and_out_of_the_denominator() -> None:
    marks, scale = Counts((180, 15, 3, 6)), forms.scales()["SAT3U"]
    assert rate(marks.options, scale="SAT3U") == "90.9"
    assert points(marks, scale="SAT3U") == "96.67"
    assert points(marks, scale="SAT3U", scores="100/75/55") == "97.42"
    assert rate(marks.options, scale="SAT3U", unknown_policy="INCLUDE_ZERO") == "88.2"
    figures = Figures(issued=204, returned=204, valid=204)
    assert tallies.distribution(marks, figures, scale=scale, rule=rules.read())[-1] == "2.9"


def test_example_6_weighted_voter_categories() -> None:
    rest = [(30, Fraction(27, 30)), (30, Fraction(92, 100))]
    assert tallies.weighted([(40, Fraction(9, 10)), *rest]) == Fraction(906, 1000)
    assert tallies.percent(128, 140) == "91.4"
    assert tallies.weighted([(40, None), *rest]) == Fraction(91, 100)
    assert tallies.weighted([(40, None), (60, None)]) is None
    assert tallies.weighted([(0, Fraction(1, 2))]) is None


def test_example_7_the_rule_changes_the_score() -> None:
    marks = Counts((20, 10, 2, 0, 3))
    assert points(marks, scale="COMP4U", unknown_policy="INCLUDE_ZERO") == "82.86"
    assert (
        points(marks, scale="COMP4U") == points(marks, scale="COMP4U", unknown_policy="AS_VALID") == "90.63"
    )
    assert rate(marks.options, scale="COMP4U", unknown_policy="AS_VALID") == "57.1"
    assert points(Counts((0, 0, 0, 0, 9)), scale="COMP4U") == "—"


@pytest.mark.parametrize(
    ("scale", "scores", "given"),
    [
        ("SAT4", "SCALE", (100, 80, 60, 0)),
        ("SAT4", "95/85/75/65", (95, 85, 75, 65)),
        ("SAT4U", "95/85/75/65", (95, 85, 75, 65, None)),
        ("SAT3U", "95/85/75/65", (100, 70, 30, None)),
        ("SAT3", "20/17/14", (20, 17, 14)),
    ],
)
def test_a_score_table_is_for_the_scales_it_fits(
    scale: str, scores: str, given: tuple[int | None, ...]
) -> None:
    assert rules.read({"scores": scores}).points(forms.scales()[scale]) == given


def test_example_8_reports_and_averages() -> None:
    assert tallies.percent(4347, 4720, digits=2) == "92.10"
    assert tallies.quotient(13430, 4720, digits=2) == "2.85"
    assert tallies.quotient(446, 349, digits=2) == "1.28"
    assert tallies.quotient(1039, 349, digits=2) == "2.98"


def test_example_9_excellent_places_round_down() -> None:
    assert tallies.excellent_limit(25) == 8
    assert tallies.excellent_limit(25, share=(15, 100)) == 3
    assert tallies.excellent_limit(25, share=(30, 100)) == 7
    assert tallies.excellent_limit(24) == 8


@pytest.mark.parametrize(("expected", "fewest"), [(42, (22, 28, 34)), (25, (13, 17, 21)), (13, (7, 9, 11))])
def test_example_10_quorum(expected: int, fewest: tuple[int, int, int]) -> None:
    assert tuple(tallies.quorum(expected, rule=rule) for rule in (">1/2", ">=2/3", ">4/5")) == fewest


def test_example_11_roster_cells() -> None:
    assert rate((14, 1, 0, 0)) == "93.3"
    twelve = sum((Counts((14, 1, 0, 0)) for _ in range(11)), Counts((15, 0, 0, 0)))
    assert twelve.total == 12 * 15
    assert rate(twelve.options) == tallies.percent(11 * 14 + 15, 180)


@pytest.mark.parametrize(
    ("marks", "independent", "published"),
    [
        ((134, 4, 3, 0), "95.04 2.84 2.13 0.00", "95.04 2.84 2.12 0.00"),
        ((134, 5, 2, 0), "95.04 3.55 1.42 0.00", "95.04 3.55 1.41 0.00"),
        ((127, 8, 6, 0), "90.07 5.67 4.26 0.00", "90.07 5.67 4.26 0.00"),
        ((126, 9, 6, 0), "89.36 6.38 4.26 0.00", "89.36 6.38 4.26 0.00"),
        ((132, 7, 2, 0), "93.62 4.96 1.42 0.00", "93.62 4.96 1.42 0.00"),
    ],
)
def test_tail_fix_table_of_141_ballots(marks: tuple[int, ...], independent: str, published: str) -> None:
    def split(fix: str) -> str:
        return " ".join(shares(marks, digits=2, tail_fix=fix))

    assert split("NONE") == independent
    assert split("LAST_NONZERO") == published


def test_largest_remainder_does_not_reproduce_the_published_table() -> None:
    fixed = shares((134, 4, 3, 0), digits=2, tail_fix="LARGEST_REMAINDER")
    assert fixed == ["95.03", "2.84", "2.13", "0.00"]


def test_the_last_option_never_gives_more_than_it_has() -> None:
    """0.8 + 28.0 + 71.3 + 0.0 is 100.1; the last one's share is 0.0, so the one before it gives the tenth."""
    assert shares((426, 15712, 40059, 3), tail_fix="LAST_NONZERO") == ["0.8", "28.0", "71.2", "0.0"]


def test_shares_are_of_the_rules_own_denominator() -> None:
    """16 of 23 valid ballots are satisfied, one did not fill the item in: the share is the satisfaction rate."""
    figures = Figures(printed=23, issued=23, returned=23, valid=23)
    truncated = {"denominator": "VALID", "digits": 2, "rounding": "TRUNCATE"}
    assert shares((16, 4, 2, 0), figures=figures, **truncated)[0] == "69.56"
    assert rate((16, 4, 2, 0), figures=figures, **truncated) == "69.56"
    for fix in ("LAST_NONZERO", "LARGEST_REMAINDER"):  # 22 of 23 is all that there is to share out
        parts = shares((16, 4, 2, 0), figures=figures, tail_fix=fix, **truncated)
        assert sum(int(part.replace(".", "")) for part in parts) == 9565


def test_what_is_not_in_the_denominator_has_a_share_of_the_valid_ballots() -> None:
    marks, figures = (180, 15, 3, 6), Figures(valid=204)
    assert shares(marks, scale="SAT3U", figures=figures) == ["90.9", "7.6", "1.5", "2.9"]
    counted = shares(marks, scale="SAT3U", figures=figures, unknown_policy="INCLUDE_ZERO")
    assert counted == ["88.2", "7.4", "1.5", "2.9"]
    fixed = shares(marks, scale="SAT3U", figures=figures, tail_fix="LAST_NONZERO")
    assert fixed == ["90.9", "7.6", "1.5", "2.9"]


def test_no_denominator_is_a_dash_not_zero() -> None:
    assert rate((0, 0, 0, 0)) == "—"
    assert shares((0, 0, 0, 0)) == ["—"] * 4


def test_cap_keeps_almost_all_and_almost_none_apart_from_all_and_none() -> None:
    assert tallies.percent(4377, 4378, cap=True) == "99.9"
    assert tallies.percent(1, 4378, cap=True) == "0.1"
    assert tallies.percent(4378, 4378, cap=True) == "100.0"
    assert tallies.percent(0, 4378, cap=True) == "0.0"


def test_truncation_changes_layer_one_only_as_the_reference_says() -> None:
    assert tallies.percent(1663, 1685, rounding="TRUNCATE") == "98.6"
    assert tallies.percent(1658, 1685, rounding="TRUNCATE") == "98.3"
    assert tallies.percent(5985, 6063, rounding="TRUNCATE") == "98.7"


def test_rounding_at_the_tie() -> None:
    assert tallies.percent(1, 16, digits=2) == "6.25"
    assert tallies.percent(1, 16) == "6.3"
    assert tallies.percent(1, 16, rounding="HALF_EVEN") == "6.2"
    assert tallies.percent(1, 16, rounding="TRUNCATE") == "6.2"


@pytest.mark.parametrize(
    ("denominator", "blank", "text"),
    [
        ("ITEM_VALID", "NOT_VALID", "90.0"),
        ("VALID", "NOT_VALID", "81.8"),
        ("VALID", "VALID", "75.0"),
        ("RETURNED", "NOT_VALID", "72.0"),
        ("ISSUED", "NOT_VALID", "60.0"),
    ],
)
def test_each_denominator(denominator: str, blank: str, text: str) -> None:
    figures = Figures(printed=32, issued=30, returned=25, valid=22, blank=2, void=1)
    marks = Counts((18, 2, 0, 0), blank=1, multi=1)
    rule = rules.read({"denominator": denominator, "blank_ballot": blank})
    assert tallies.satisfaction_rate(marks, figures, scale=SAT4, rule=rule).text == text


def test_few_ballots_show_no_rate() -> None:
    rule = rules.read()
    value = tallies.rate(3, 4, rule=rule)
    assert tallies.shown(value, valid=4, rule=rule) == "样本不足"
    assert tallies.shown(value, valid=5, rule=rule) == "75.0"


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_half_up_is_the_nearest_tenth(n: int, extra: int) -> None:
    below = n + extra
    tenths = int(tallies.percent(n, below).replace(".", ""))
    assert (2 * tenths - 1) * below <= 2000 * n < (2 * tenths + 1) * below


@given(st.lists(st.integers(0, 500), min_size=4, max_size=4).filter(any))
def test_tail_fixes_always_sum_to_one_hundred(marks: list[int]) -> None:
    for fix in ("LAST_NONZERO", "LARGEST_REMAINDER"):
        parts = shares(tuple(marks), digits=2, tail_fix=fix)
        assert not any("-" in part for part in parts)
        assert sum(int(part.replace(".", "")) for part in parts) == 10000
