"""The places where two entries differ in words: which sheet of the stack, whose row, which item, what may be on it.

Nothing here says what was keyed before somebody has looked at the paper; the values are for whoever has looked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pingyi_desktop import bounds, visible
from pingyi_desktop.appraisal.paper import compare, keying
from pingyi_desktop.appraisal.paper.alignment import Slip
from pingyi_desktop.appraisal.paper.compare import APART, DROP, KEEP, Difference, Kind
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.rulebook.catalogue import broken

FEW, SHARE = 3, 4


@dataclass(frozen=True)
class Open:
    """One difference to be settled; ``settled`` is "" until then. The values are for a person who has looked.

    ``options`` are the values the paper may show, with their names; none for a count, which is a free number. A
    ``whole`` ballot lies in one entry only (``KEEP``, ``DROP``): it is kept by giving its content. What was keyed
    ``once`` has nobody else's word for it, so that two people answer for what is taken of it.
    """

    spot: str
    position: int
    sentence: str
    first: str
    second: str
    options: tuple[tuple[str, str], ...]
    illegible: bool = False
    whole: bool = False
    once: bool = False
    settled: str = ""
    reason: str = ""

    def name_of(self, value: str) -> str:
        """A value in words."""
        if self.whole and value not in ("", DROP):
            return "有这一张"
        return dict(self.options).get(value) or value

    def needs_names(self, value: str) -> bool:
        """Whether this value takes a reason and a second name: fewer than two of three say so."""
        return value not in (DROP, APART) and (self.once or value not in (self.first, self.second))


@dataclass(frozen=True)
class Print:
    """What is printed on the paper: the form, its shape in cells, and whose rows a roster has."""

    form: Form
    paper: Paper
    rows: tuple[str, ...] = ()


def on_ballots(
    printed: Print, found: Sequence[Difference], slips: Mapping[str, Slip], *, sampled: bool
) -> list[Open]:
    """Differences between ballots; ``slips`` has the slip that a ballot without a partner belongs to, by its spot.

    Ballots that only one entry has come first: the numbers of the sheets after them depend on them. Where ballots
    differ in many cells it is said that they may be two sheets: not the values, only how many.
    """
    many = Counter(slips[one.spot] for one in found if one.kind is Kind.SHEET)
    differing = Counter(_ballots(one) for one in found if one.kind is Kind.CELL)
    told: Counter[Slip] = Counter()
    places = []
    for one in found:
        if one.kind is Kind.SHEET:
            slip = slips[one.spot]
            told[slip] += 1
            places.append(_sheet(printed.paper, one, slip, (told[slip], many[slip])))
        else:
            cells = 0 if sampled else differing[_ballots(one)]
            unlike = cells >= FEW and cells * SHARE >= printed.paper.size
            place = _ballot(printed, one, sampled=sampled)
            hint = f"（这一张有 {cells} 格不一致，可能不是同一张票）" if unlike else ""
            places.append(replace(place, sentence=place.sentence + hint))
    return sorted(places, key=lambda place: not place.whole)


def on_tally_sheet(form: Form, names: Mapping[str, str], found: Sequence[Difference]) -> list[Open]:
    """Differences between the counts of two passes over a tally sheet; ``names`` are the members of a roster."""
    return [_count(form, names, one) for one in found]


def check_value(paper: Paper, one: Open, value: str) -> None:
    """Refuse what this place cannot say, and a ballot kept without a second look at what is on it (V-BAL-55)."""
    if one.whole and value == KEEP:
        raise broken("V-BAL-55", n=paper.size, example="1" * min(paper.size, 5))
    if one.whole and value != DROP:
        if (wrong := keying.read_ballot(paper, value)) is not None:
            raise broken("V-BAL-56", wrong=wrong)
        return
    if not (value in dict(one.options) if one.options else _is_count(value)):
        raise broken("V-BAL-57", value=value)


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= bounds.DIGITS


def check_turn(found: Sequence[Open], one: Open) -> None:
    """Refuse a cell while it is open whether a ballot before it is one of the pile (V-BAL-58)."""
    if not one.whole and any(other.whole and not other.settled for other in found):
        raise broken("V-BAL-58")


def check_names(one: Open, *, by: str, reason: str, witness: str) -> None:
    """Refuse a decision that two people have to answer for when one does, or when it says no reason (V-BAL-59)."""
    if not visible.line(reason) or not visible.line(witness):
        raise broken("V-BAL-59", why=why_names(one))
    if visible.line(witness) == visible.line(by):
        raise broken("V-BAL-60")


def why_names(one: Open) -> str:
    """Why a reason and a second name are asked for here."""
    if one.whole:
        return "这一张只录过一遍"
    return "这一格看不清，只录过一遍" if one.once else "第三次看票与两遍都不同"


def _ballots(one: Difference) -> tuple[str, ...]:
    """Which two ballots a difference lies between."""
    return tuple(one.spot.split("/")[1:3])


def _sheet(paper: Paper, one: Difference, slip: Slip, which: tuple[int, int]) -> Open:
    """A ballot that only one entry has: where to look for it in the stack."""
    has, lacks = ("首录", "复录") if one.spot.startswith("f/") else ("复录", "首录")
    number, many = which
    place = f"，其中第 {number} 张" if many > 1 else ""
    where = f"{slip.sentence}{place}：{has}有，{lacks}没有"
    return Open(
        one.spot,
        one.position,
        where,
        one.first,
        one.second,
        compare.possible(paper, one),
        whole=True,
        once=True,
    )


def _ballot(printed: Print, one: Difference, *, sampled: bool) -> Open:
    """A cell of a ballot, or the whole of it where one entry has it void."""
    options = compare.possible(printed.paper, one)
    if one.cell is None:
        where = f"第 {one.position} 张：这张票有没有效"
    else:
        items = printed.form.items
        item = items[one.cell % len(items)]
        whose = f"“{printed.rows[one.cell // len(items)]}”" if printed.rows else ""
        where = f"第 {one.position} 张，{whose}{item.place}“{item.short_text}”"
        labels = [option.label for option in item.scale.options]
        options = tuple((mark, _mark_name(mark, labels)) for mark, _ in options)
    once = one.spot.startswith("i/")
    illegible = one.kind is Kind.ILLEGIBLE
    if illegible:
        where += "（没有抽到复录，首录看不清）" if once else "（两遍都看不清）"
    elif not sampled:
        options = (*options, (APART, "首录、复录的不是同一张票"))
    return Open(one.spot, one.position, where, one.first, one.second, options, illegible=illegible, once=once)


def _count(form: Form, names: Mapping[str, str], one: Difference) -> Open:
    _, target, number, column = one.spot.split("/")
    item = next(item for item in form.items if item.no == number)
    labels = {f"c{place}": option.label for place, option in enumerate(item.scale.options, 1)}
    labels |= {"blank": "未填", "multi": "多选", "illegible": "难辨"}
    whose = f"“{names[target]}”" if target in names else ""
    where = f"计票表{whose}{item.place}的“{labels[column]}”"
    return Open(one.spot, 0, where, one.first, one.second, ())


def _mark_name(mark: str, labels: Sequence[str]) -> str:
    words = {keying.BLANK: "未填", keying.MULTI: "多选", keying.ILLEGIBLE: "看不清"}
    return words.get(mark) or labels[int(mark) - 1]
