"""From sealed counts to rates: integers and exact division only, never a float (domain §4.3, §4.4, §4.7).

Counts are added ballot by ballot (K05, pooled); a rate is made once, at the very end, from the sums. Rates of units
are never averaged. ``D = 0`` prints "—", not 0 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter

from pingyi_desktop.appraisal.paper.forms import SATISFIED_SETS, Option, Scale
from pingyi_desktop.appraisal.paper.rules import Rule

NOTHING = "—"
TOO_FEW = "样本不足"


@dataclass(frozen=True)
class Figures:
    """Control-sheet figures of one or many batches (印制, 发出, 收回, 有效, 空白, 废票), in ballots."""

    printed: int = 0
    issued: int = 0
    returned: int = 0
    valid: int = 0
    blank: int = 0
    void: int = 0

    def __add__(self, other: Figures) -> Figures:
        return total((self, other))


def total(parts: Iterable[Figures]) -> Figures:
    """The figures of all of them together."""
    known = list(parts)
    return known[0] if len(known) == 1 else Figures(*map(sum, zip(*map(_EACH, known), strict=True)))


_EACH = attrgetter(*(one.name for one in fields(Figures)))


@dataclass(frozen=True)
class Counts:
    """Marks of one item: one number per option of its scale, then 未填, 多选, 无法辨认."""

    options: tuple[int, ...]
    blank: int = 0
    multi: int = 0
    illegible: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            tuple(a + b for a, b in zip(self.options, other.options, strict=True)),
            self.blank + other.blank,
            self.multi + other.multi,
            self.illegible + other.illegible,
        )

    @property
    def total(self) -> int:
        """All cells of the item: equals valid ballots × persons (K03)."""
        return sum(self.options) + self.blank + self.multi + self.illegible


@dataclass(frozen=True)
class Rate:
    """A printed rate with the two integers it was made from; ``text`` carries no percent sign."""

    numerator: int
    denominator: int
    text: str = field(compare=False)

    @property
    def per_mille(self) -> int:
        """Rounded down to 0.1 %, for drawing bars; 0 when there is no denominator."""
        return self.numerator * 1000 // self.denominator if self.denominator else 0


def quotient(numerator: int, denominator: int, *, digits: int, rounding: str = "HALF_UP") -> str:
    """``numerator / denominator`` with ``digits`` decimals, exact; "—" when the denominator is 0."""
    if denominator == 0:
        return NOTHING
    return _decimal(_units(numerator * 10**digits, denominator, rounding), digits)


def percent(
    numerator: int, denominator: int, *, digits: int = 1, rounding: str = "HALF_UP", cap: bool = False
) -> str:
    """``100 · numerator / denominator`` as printed, without the percent sign (K10, §4.4).

    With ``cap`` (封顶) anything short of all never prints 100 and anything above nothing never prints 0.
    """
    if denominator == 0:
        return NOTHING
    full = 100 * 10**digits
    units = _units(numerator * full, denominator, rounding)
    if cap and numerator < denominator and units == full:
        units = full - 1
    if cap and numerator > 0 and units == 0:
        units = 1
    return _decimal(units, digits)


def satisfaction_rate(counts: Counts, figures: Figures, *, scale: Scale, rule: Rule) -> Rate:
    """满意率 of one item under the campaign's counting rule (K10)."""
    satisfied = sum(counts.options[i] for i in scale.satisfied(rule.satisfied_set))
    below = denominator(counts, figures, scale=scale, rule=rule)
    return rate(satisfied, below, rule=rule)


def rate(numerator: int, below: int, *, rule: Rule) -> Rate:
    """Any rate under the rule's rounding and cap."""
    text = percent(numerator, below, digits=rule.digits, rounding=rule.rounding, cap=rule.cap_100)
    return Rate(numerator, below, text)


def shown(value: Rate, *, valid: int, rule: Rule) -> str:
    """What a table prints: the rate, or "样本不足" under ``min_cell`` valid ballots (V-BAL-19)."""
    return TOO_FEW if 0 < valid < rule.min_cell else value.text


def denominator(counts: Counts, figures: Figures, *, scale: Scale, rule: Rule) -> int:
    """分母 under the rule; for ITEM_VALID the marks of options that count (K04)."""
    match rule.denominator:
        case "RETURNED":
            return figures.returned
        case "ISSUED":
            return figures.issued
        case "VALID":
            return figures.valid + (figures.blank if rule.blank_ballot == "VALID" else 0)
    return sum(n for n, option in zip(counts.options, scale.options, strict=True) if _counts(option, rule))


def distribution(counts: Counts, figures: Figures, *, scale: Scale, rule: Rule) -> list[str]:
    """各档得票率 (K11) over the rule's own denominator, one text per option; the tail fix changes the print only (§4.7).

    An option outside the denominator (“不了解” under EXCLUDE) has a share of the valid ballots instead (K13).
    """
    below = denominator(counts, figures, scale=scale, rule=rule)
    inside = [rule.denominator != "ITEM_VALID" or _counts(option, rule) for option in scale.options]
    marks = [n if counted else 0 for n, counted in zip(counts.options, inside, strict=True)]
    shares = _shares(marks, below, rule)
    for i, counted in enumerate(inside):
        if not counted:
            shares[i] = rate(counts.options[i], figures.valid, rule=rule).text
    return shares


def score(counts: Counts, *, scale: Scale, rule: Rule) -> Fraction | None:
    """满意度得分 0–100 (K14), None when nothing is scored; "不了解" counts as 0 only under INCLUDE_ZERO."""
    scored = list(zip(counts.options, rule.points(scale), strict=True))
    reached = sum(n * points for n, points in scored if points is not None)
    marks = sum(n for n, points in scored if points is not None or rule.unknown_policy == "INCLUDE_ZERO")
    return Fraction(reached, marks) if marks else None


def weighted(parts: Iterable[tuple[int, Fraction | None]]) -> Fraction | None:
    """加权 (K15, K16, K17): the mean of values by their weights; one that is not there leaves its weight to the rest."""
    known = [(weight, value) for weight, value in parts if value is not None]
    whole = sum(weight for weight, _ in known)
    return (
        Fraction(1, whole) * sum((weight * value for weight, value in known), Fraction()) if whole else None
    )


def points(value: Fraction | None) -> str:
    """A score as printed: two decimals, half up; "—" when there is none."""
    return NOTHING if value is None else quotient(value.numerator, value.denominator, digits=2)


def excellent_limit(members: int, *, share: tuple[int, int] = (1, 3)) -> int:
    """优秀名额: members × share, rounded down."""
    return members * share[0] // share[1]


def quorum(expected: int, *, rule: str) -> int:
    """Fewest attendants that satisfy ``>1/2``, ``>=2/3`` or ``>4/5`` of the expected."""
    match rule:
        case ">1/2":
            return expected // 2 + 1
        case ">4/5":
            return expected * 4 // 5 + 1
    return -(-expected * 2 // 3)


def agrees(published: Decimal, counts: Counts, *, scale: Scale, others: Iterable[int]) -> bool:
    """Whether these marks give the published percentage under some counting rule, rounded or cut off at its last digit.

    Satisfied may be 满意 alone or with the options after it, of the marks that count, of all ballots
    or of ``others`` (收回, 发出): domain §4.1, §4.8.
    """
    unit = Decimal(1).scaleb(int(published.as_tuple().exponent))
    marks = sum(n for n, o in zip(counts.options, scale.options, strict=True) if o.in_denominator)
    below_it = {marks, sum(counts.options), counts.total, *others} - {0}
    for name in SATISFIED_SETS:
        satisfied = sum(counts.options[i] for i in scale.satisfied(name))
        for below in below_it:
            if -unit * below <= 2 * (100 * satisfied - published * below) < 2 * unit * below:
                return True
    return not below_it


def _counts(option: Option, rule: Rule) -> bool:
    return option.in_denominator or rule.unknown_policy != "EXCLUDE"


def _units(numerator: int, below: int, rounding: str) -> int:
    whole, rest = divmod(numerator, below)
    if rounding == "TRUNCATE" or 2 * rest < below:
        return whole
    if rounding == "HALF_EVEN" and 2 * rest == below:
        return whole + whole % 2
    return whole + 1


def _decimal(units: int, digits: int) -> str:
    whole, rest = divmod(units, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def _shares(marks: Sequence[int], below: int, rule: Rule) -> list[str]:
    """Shares as printed; fixed ones add up to the printed share of all marks together, which is 100 when they are all."""
    full = 100 * 10**rule.digits
    if below == 0 or rule.tail_fix == "NONE":
        return [rate(n, below, rule=rule).text for n in marks]
    wanted = _units(sum(marks) * full, below, rule.rounding)
    if rule.tail_fix == "LARGEST_REMAINDER":
        units = _largest_remainder(marks, below, full, wanted)
    else:
        units = _into_the_last(marks, [_units(n * full, below, rule.rounding) for n in marks], wanted)
    return [_decimal(unit, rule.digits) for unit in units]


def _largest_remainder(marks: Sequence[int], below: int, full: int, wanted: int) -> list[int]:
    units = [n * full // below for n in marks]
    order = sorted(range(len(marks)), key=lambda i: (-(marks[i] * full % below), i))
    for i in order[: wanted - sum(units)]:
        units[i] += 1
    return units


def _into_the_last(marks: Sequence[int], units: list[int], wanted: int) -> list[int]:
    """What is over or missing goes into the last option with marks; what that one cannot give, into those before it."""
    for i in reversed([i for i, n in enumerate(marks) if n]):
        units[i] = max(0, units[i] + wanted - sum(units))
    return units
