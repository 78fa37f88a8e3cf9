"""Every footnote there can be is enough to work out what stands above it, with nothing but a pocket calculator.

A reader who knows only the printed sentence works out each rate and each share (``Reader``, in fractions, from the
clauses alone); what the program prints under each of the 2,592 rules must be that.
"""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import pytest

from pingyi_desktop.appraisal.paper import forms, rules, tallies
from pingyi_desktop.appraisal.paper.tallies import Counts, Figures

RATES = {key: choices for key, choices in rules.CHOICES.items() if key not in ("multi_mark", "quorum")}
RATES["unknown_policy"] = RATES["unknown_policy"].keys() - {"AS_VALID"}
"""what changes how a rate is worked out from counts: two ticks are dealt with before, AS_VALID differs by the score only"""
RULES = [
    dict(zip((*RATES, "digits", "cap_100"), choice, strict=True))
    for choice in itertools.product(
        *(sorted(one, key=str) for one in RATES.values()), (0, 1, 2), (False, True)
    )
]
SAID = {
    "该项有效勾选数": {"marks"},
    "有效票数": {"valid"},
    "收回票数": {"valid", "blank", "void"},
    "发出票数": {"valid", "blank", "void", "lost"},
}
STRIDE = 1 if int(os.environ.get("PINGYI_EXAMPLES", "30")) > 30 else 5
"""which rules are reckoned with: all in the long series, else a fifth, in which every two choices meet"""
# marks by option, then 未填, 多选, 无法辨认; blank ballots, void ones, ballots that did not come back
STACKS = {
    "SAT4": [
        ((16, 4, 2, 0), (1, 0, 0), 2, 1, 3),
        ((426, 15712, 40059, 3), (7, 5, 1), 90, 11, 400),
        ((4376, 0, 0, 2), (0, 0, 0), 0, 0, 0),
        ((0, 1, 0, 0), (2999, 0, 0), 0, 1, 0),
        ((5, 5, 5, 1), (0, 0, 0), 0, 0, 0),
        ((1, 1, 1, 0), (0, 1, 0), 0, 0, 4),
        ((0, 0, 0, 0), (0, 0, 0), 0, 0, 0),
    ],
    "SAT4U": [
        ((180, 9, 15, 3, 6), (4, 2, 1), 2, 1, 9),
        ((2000, 0, 0, 1, 1), (0, 0, 0), 5, 0, 0),
        ((0, 0, 0, 0, 7), (1, 0, 0), 1, 0, 0),
    ],
}


@dataclass(frozen=True)
class Reader:
    """Somebody with the printed sentence, the counts of the item and the control sheet."""

    footnote: str
    options: tuple[int, ...]
    labels: tuple[str, ...]
    beside: int
    figures: Figures

    def says(self, text: str) -> bool:
        return text in self.footnote

    @property
    def fraction(self) -> tuple[str, str]:
        """The grades above the line and the name of what is below it."""
        found = re.match("注：满意率=（?(.*?)）?票÷(.*?)；", self.footnote)
        assert found is not None
        return found.group(1), found.group(2)

    @property
    def outside(self) -> set[str]:
        return {"不了解"} if self.says("“不了解”不进分母") else set()

    @property
    def below(self) -> int:
        """The denominator: its name, and what the clauses say is in it or not."""
        base = SAID[self.fraction[1]]
        if base == {"marks"}:
            assert self.says("不含未填、多选、无法辨认")
            return sum(
                n for n, label in zip(self.options, self.labels, strict=True) if label not in self.outside
            )
        assert not self.says("不含未填")
        assert self.says("未填、多选、无法辨认的")
        assert self.says("在分母内，不计满意")
        assert not self.outside
        found = sum(self.options) + self.beside
        if base != {"valid"}:
            assert self.says("整张空白、废票")
            found += self.figures.blank + self.figures.void
        if "lost" in base:
            assert self.says("没有收回的")
            found += self.figures.issued - self.figures.returned
        return found + (self.figures.blank if self.says("整张空白计为有效（弃权），进分母") else 0)

    @property
    def satisfied(self) -> int:
        wanted = set(self.fraction[0].split("+"))
        return sum(n for n, label in zip(self.options, self.labels, strict=True) if label in wanted)

    @property
    def places(self) -> int:
        found = re.search("保留(整数|[12]位小数)", self.footnote)
        assert found is not None
        return int(found.group(1)[0]) if found.group(1)[0].isdigit() else 0

    def rounded(self, value: Fraction) -> Fraction:
        """To the places that are said, in the way that is said."""
        whole = floor(scaled := value * 10**self.places)
        rest = scaled - whole
        if self.says("四舍六入五成双"):
            up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
        else:
            assert self.says("截尾保留") != self.says("四舍五入")
            up = self.says("四舍五入") and rest >= Fraction(1, 2)
        return Fraction(whole + up, 10**self.places)

    def rate(self, part: int, whole: int) -> Fraction | None:
        """A percentage with the two bounds, when the sentence has them."""
        if whole == 0:
            return None
        value = self.rounded(Fraction(100 * part, whole))
        bounds = re.search(r"未满分的最高印([\d.]+)%，不为0的最低印([\d.]+)%", self.footnote)
        if bounds and part < whole:
            value = min(value, Fraction(bounds.group(1)))
        if bounds and part:
            value = max(value, Fraction(bounds.group(2)))
        return value

    def shares(self) -> list[Fraction | None]:
        inside = [
            0 if label in self.outside else n for n, label in zip(self.options, self.labels, strict=True)
        ]
        found = self._inside(inside)
        for place, label in enumerate(self.labels):
            if label in self.outside:
                assert self.says("它的率是÷有效票数")
                found[place] = self.rate(self.options[place], self.figures.valid)
        return found

    def _inside(self, marks: list[int]) -> list[Fraction | None]:
        if self.below == 0:
            return [None] * len(marks)
        if self.says("各档的率与满意率一样舍入，其和可能不等于100%"):
            return [self.rate(n, self.below) for n in marks]
        exact = [Fraction(100 * n, self.below) for n in marks]
        whole, unit = self.rounded(sum(exact, Fraction())), Fraction(1, 10**self.places)
        if self.says("各档的率先截尾，尾差按余数从大到小补足"):
            found = [floor(value / unit) * unit for value in exact]
            order = sorted(range(len(marks)), key=lambda i: (found[i] - exact[i], i))
            for place in order:
                if sum(found) < whole:
                    found[place] += unit
            return list(found)
        assert self.says("尾差并入末个有票的档，不够减的再并入前一档")
        found = [self.rounded(value) for value in exact]
        for place in reversed(range(len(marks))):
            if marks[place]:
                found[place] = max(Fraction(), found[place] + whole - sum(found))
        return list(found)


def printed(value: Fraction | None, places: int) -> str:
    return "—" if value is None else f"{float(value):.{places}f}"


def test_there_are_2592_rules() -> None:
    assert len(RULES) == len({str(rule) for rule in RULES}) == 2592
    some, every = (
        {pair for one in listed for pair in itertools.combinations(one.items(), 2)}
        for listed in (RULES[::STRIDE], RULES)
    )
    assert some == every


@pytest.mark.parametrize("scale", STACKS)
def test_every_footnote_is_the_arithmetic_done(scale: str) -> None:
    kinds = forms.scales()[scale]
    labels = tuple(option.label for option in kinds.options)
    for document in RULES[::STRIDE]:
        rule = rules.read(document)
        footnote = rule.footnote()
        assert re.fullmatch("注：[^；]+(；[^；]+)+。", footnote)
        for options, beside, blank, void, lost in STACKS[scale]:
            valid = sum(options) + sum(beside)
            returned = valid + blank + void
            figures = Figures(returned + lost, returned + lost, returned, valid, blank, void)
            reader = Reader(footnote, options, labels, sum(beside), figures)
            counts = Counts(options, *beside)
            rate = tallies.satisfaction_rate(counts, figures, scale=kinds, rule=rule)
            assert rate.text == printed(reader.rate(reader.satisfied, reader.below), rule.digits), document
            shares = tallies.distribution(counts, figures, scale=kinds, rule=rule)
            assert shares == [printed(share, rule.digits) for share in reader.shares()], (document, options)


def test_no_footnote_says_what_another_rule_does() -> None:
    """What is said only where it is done."""
    for document in RULES:
        footnote = rules.read(document).footnote()
        assert ("不含未填、多选" in footnote) == (document["denominator"] == "ITEM_VALID")
        assert ("最高印" in footnote) == document["cap_100"]
        assert (
            f"最高印{['99%', '99.9%', '99.99%'][document['digits']]}" in footnote or not document["cap_100"]
        )
