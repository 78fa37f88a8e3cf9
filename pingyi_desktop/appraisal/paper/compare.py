"""Two keyed stacks held against each other: what is asked again, what differs, what the settled stack is. Pure.

A *spot* names one place of difference and stays the same as long as the two entries do:

=============== ========================================================================================
``c/3/4/7``     cell 7 of first ballot 3 = second ballot 4 (positions from 1, cells from 0)
``b/3/4``       the whole ballot: one entry has it void, the other not, or void for another reason
``f/3``         first ballot 3 has no partner in the second entry
``s/4``         second ballot 4 has no partner in the first
``i/3/7``       cell 7 of first ballot 3, illegible and keyed only once: a sample left this ballot out
``p/3/4``       not a difference but a ruling: first ballot 3 and second ballot 4 are two sheets, not one
``t/M1/2/c3``   a count: member (or nothing), item, column
=============== ========================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.alignment import GAP, Pair, Slip, SlipKind, pair_cost
from pingyi_desktop.appraisal.paper.counting import Counted
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.paper.tallies import Counts

KEEP, DROP, APART = "KEEP", "DROP", "APART"
SLACK, MANY = 4, 12
ASTRAY = 3


class Kind(StrEnum):
    """What kind of place differs; ILLEGIBLE is a cell that neither entry could read, for a third pair of eyes."""

    CELL = "CELL"
    BALLOT = "BALLOT"
    SHEET = "SHEET"
    ILLEGIBLE = "ILLEGIBLE"
    COUNT = "COUNT"


@dataclass(frozen=True)
class Difference:
    """One place to look at on paper; ``position`` is the ballot's in the first entry (else in the second).

    ``numbered`` makes it the sheet's number in the pile.
    """

    spot: str
    kind: Kind
    position: int
    cell: int | None
    first: str
    second: str


def blanked(first: str, answer: str, *, size: int) -> str:
    """The answer with its differing cells unkeyed, "" when nothing differs; one void ballot blanks all ``size`` cells."""
    if first == answer:
        return ""
    if keying.is_void(first) or keying.is_void(answer):
        return keying.UNKEYED * size
    return "".join(mark if mark == told else keying.UNKEYED for told, mark in zip(first, answer, strict=True))


def paired(first: Sequence[str], second: Sequence[str], aligned: Sequence[Pair]) -> tuple[Pair, ...]:
    """The pairing that people are asked about: by place where that explains the stacks about as well, else aligned.

    Two stacks of one length are taken sheet by sheet unless the alignment leaves clearly fewer ballots that differ (more
    than ``SLACK``) or places to look at (more than ``MANY``, as when two roster sheets are exchanged): then every cell
    is held against the same paper. Between ballots that agree, as many of the one entry as of the other are taken sheet
    by sheet; ballots left over on both sides of one place are paired too, so that the contents of both are looked at,
    not only their number.
    """
    closed = _closed(aligned, first, second)
    if len(first) == len(second):
        straight = tuple(Pair(place, place) for place in range(1, len(first) + 1))
        by_place, by_sequence = _apart(first, second, straight), _apart(first, second, closed)
        if len(by_place) <= len(by_sequence) + SLACK and sum(by_place) <= sum(by_sequence) + MANY:
            return straight
    return closed


def sample_slips(first: Sequence[str], answers: Mapping[int, str]) -> tuple[Slip, ...]:
    """What a sample (position on the paper → content keyed again) says about sheets skipped or doubled before it.

    The drift of the first entry against the paper is followed from sampled sheet to sampled sheet, at most ``ASTRAY``
    either way: a change costs ``GAP`` for each ballot, a sheet that differs what it costs in ``align``.
    """
    ways: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for position, answer in sorted(answers.items()):
        costs = {
            drift: pair_cost(first[position + drift - 1], answer)
            for drift in range(-ASTRAY, ASTRAY + 1)
            if 0 < position + drift <= len(first)
        }
        ways = {
            drift: min(
                ((cost + GAP * abs(drift - old) + own, (*way, drift)) for old, (cost, way) in ways.items()),
                key=_cheaper,
            )
            for drift, own in costs.items()
        }
    best = min(ways.values(), key=_cheaper)[1]
    found, before, drift = [], 0, 0
    for position, now in zip(sorted(answers), best, strict=True):
        if now != drift:
            found.append(_sampled_slip(before + 1, position, now - drift))
        before, drift = position, now
    return tuple(found)


def differences(
    first: Mapping[int, str], second: Mapping[int, str], pairs: Sequence[Pair]
) -> tuple[Difference, ...]:
    """Every place where paired ballots differ or a ballot has no partner, in the order of the pairs."""
    found: list[Difference] = []
    for pair in pairs:
        one = first.get(pair.first) if pair.first is not None else None
        other = second.get(pair.second) if pair.second is not None else None
        if pair.first is not None and pair.second is not None and one is not None and other is not None:
            found += _between(pair.first, pair.second, one, other)
        elif pair.first is not None:
            found.append(Difference(spot_of(pair), Kind.SHEET, pair.first, None, KEEP, DROP))
        elif pair.second is not None:
            found.append(Difference(spot_of(pair), Kind.SHEET, pair.second, None, DROP, KEEP))
    return tuple(found)


def numbered(
    found: Sequence[Difference], pairs: Sequence[Pair], slips: Mapping[Pair, Slip], settled: Mapping[str, str]
) -> tuple[Difference, ...]:
    """The differences with the number that their sheet has in the pile of paper.

    A sheet that one entry skipped lies there, a ballot keyed twice does not: which it is, the settlement says, and
    until then the slip. Exchanged neighbours lie as they were handled last, in the second entry's order. Two ballots
    that were found to be two sheets are looked for where the entries had them in common.
    """
    numbers: dict[str, int] = {}
    number, before = 0, ""
    for pair in pairs:
        spot, slip = spot_of(pair), slips.get(pair)
        number += _lies_there(settled.get(spot), slip)
        numbers[spot] = numbers[f"f/{pair.first}"] = numbers[f"s/{pair.second}"] = number
        if slip is not None and slip.kind is SlipKind.SWAPPED:
            numbers[spot], numbers[before] = numbers[before], number
        before = spot
    return tuple(replace(one, position=max(1, numbers[_place_of(one)])) for one in found)


def spot_of(pair: Pair) -> str:
    """The spot of a pair without a partner; of any other the one that says that it is none."""
    if pair.first is None:
        return f"s/{pair.second}"
    return f"f/{pair.first}" if pair.second is None else f"p/{pair.first}/{pair.second}"


def unread(first: Mapping[int, str], pairs: Sequence[Pair]) -> tuple[Difference, ...]:
    """The illegible cells of ballots that no pair names: nobody has looked at them a second time."""
    named = {pair.first for pair in pairs}
    return tuple(
        Difference(f"i/{position}/{cell}", Kind.ILLEGIBLE, position, cell, keying.ILLEGIBLE, "")
        for position, content in first.items()
        if position not in named and keying.ILLEGIBLE in content
        for cell, mark in enumerate(content)
        if mark == keying.ILLEGIBLE
    )


def parted(pairs: Sequence[Pair], settled: Mapping[str, str]) -> tuple[Pair, ...]:
    """The pairs without those that somebody found to be two different sheets: each of these stands alone."""
    found: list[Pair] = []
    for pair in pairs:
        if settled.get(spot_of(pair)) == APART:
            found += [Pair(pair.first, None), Pair(None, pair.second)]
        else:
            found.append(pair)
    return tuple(found)


def agreed(
    first: Mapping[int, str],
    second: Mapping[int, str],
    pairs: Sequence[Pair],
    settled: Mapping[str, str],
) -> tuple[str, ...]:
    """The stack that counts: the first entry with every settlement carried out.

    A ballot without a partner counts as it was read at the third look, or (``KEEP``) as it was keyed. Ballots of the
    first entry that no pair names (a sample leaves most of them out) stay as they are but for illegible cells.
    """
    named = {pair.first for pair in pairs}
    found = [_read(at, content, settled) for at, content in first.items() if at not in named]
    for pair in pairs:
        if pair.first is not None and pair.second is not None:
            found.append(settled_pair(pair.first, pair.second, first[pair.first], settled))
            continue
        told = settled.get(spot_of(pair), DROP if pair.first is None else KEEP)
        if told != DROP:
            keyed = second[pair.second or 0] if pair.first is None else first[pair.first]
            found.append(keyed if told == KEEP else told)
    return tuple(found)


def count_differences(first: Counted, second: Counted) -> tuple[Difference, ...]:
    """Every count that the two passes over a tally sheet have differently; a missing row counts as zeros."""
    found = []
    for target, item in sorted(first.keys() | second.keys()):
        mine, yours = (_columns(side.get((target, item))) for side in (first, second))
        for name in sorted(mine.keys() | yours.keys()):
            one, other = mine.get(name, 0), yours.get(name, 0)
            if one != other:
                spot = f"t/{target}/{item}/{name}"
                found.append(Difference(spot, Kind.COUNT, 0, None, str(one), str(other)))
    return tuple(found)


def agreed_counts(
    first: Counted, second: Counted, settled: Mapping[str, str]
) -> dict[tuple[str, str], Counts]:
    """The counts that count: the first pass with every settlement carried out."""
    found = {}
    for target, item in sorted(first.keys() | second.keys()):
        shape = first.get((target, item)) or second[target, item]
        columns = dict.fromkeys(_columns(shape), 0) | _columns(first.get((target, item)))
        for name in columns:
            columns[name] = int(settled.get(f"t/{target}/{item}/{name}", columns[name]))
        options = tuple(columns[f"c{number}"] for number in range(1, len(shape.options) + 1))
        found[target, item] = Counts(options, columns["blank"], columns["multi"], columns["illegible"])
    return found


def wrong_cells(content: str, right: str) -> int:
    """Cells keyed otherwise than they are; a ballot wrongly void (or not) counts as one."""
    if keying.is_void(content) or keying.is_void(right):
        return int(content != right)
    return sum(mark != true for mark, true in zip(content, right, strict=True))


def possible(paper: Paper, one: Difference) -> tuple[tuple[str, str], ...]:
    """What the paper may say at this place: (value, name) for ballots and sheets; cells are named by their form."""
    if one.kind is Kind.SHEET:
        return ((KEEP, "有这一张（照纸再录一遍）"), (DROP, "没有这一张（多录了）"))
    if one.kind is Kind.BALLOT:
        voids = ((keying.VOID + digit, f"废票：{reason}") for digit, reason in keying.VOID_REASONS.items())
        whole = [value for value in (one.first, one.second) if not keying.is_void(value)]
        return (*((value, "有效票") for value in whole), *voids)
    if one.cell is None:
        return ()
    marks = [str(digit) for digit in range(1, paper.options_at(one.cell) + 1)]
    multi = [] if paper.no_multi else [keying.MULTI]
    return tuple((mark, "") for mark in (*marks, keying.BLANK, *multi, keying.ILLEGIBLE))


def _cheaper(way: tuple[int, tuple[int, ...]]) -> tuple[int, list[int]]:
    """The order of ways: by cost, and at one cost the one that stays longer where it belongs."""
    return way[0], [abs(drift) for drift in way[1]]


def _sampled_slip(start: int, end: int, step: int) -> Slip:
    number = "一" if abs(step) == 1 else f" {abs(step)} "
    kind, what = (SlipKind.MISSING_IN_FIRST, "漏录") if step < 0 else (SlipKind.DOUBLED_IN_FIRST, "重录")
    between = f"第 {start} 张" if start == end else f"第 {start} 至 {end} 张之间"
    return Slip(kind, start, end, f"首录{between}可能{what}{number}张")


def _lies_there(told: str | None, slip: Slip | None) -> bool:
    """Whether the pile has a sheet of its own for a pair."""
    if told is not None and told != APART:
        return told != DROP
    return slip is None or slip.kind not in (SlipKind.DOUBLED_IN_FIRST, SlipKind.DOUBLED_IN_SECOND)


def _place_of(one: Difference) -> str:
    """The spot of the pair that a difference belongs to."""
    return one.spot if one.kind is Kind.SHEET else "/".join(("p", *one.spot.split("/")[1:3]))


def _closed(aligned: Sequence[Pair], first: Sequence[str], second: Sequence[str]) -> tuple[Pair, ...]:
    """The pairing with every stretch between ballots that agree, or were exchanged, paired again."""
    found: list[Pair] = []
    stretch: list[Pair] = []
    ahead = [pair.second for pair in aligned[1:]]
    latest = 0
    for pair, following in zip(aligned, [*ahead, None][: len(aligned)], strict=True):
        if pair.first is not None and pair.second is not None:
            exchanged = pair.second < latest or (following is not None and following < pair.second)
            latest = max(latest, pair.second)
            if exchanged or first[pair.first - 1] == second[pair.second - 1]:
                found += [*_by_place(stretch), pair]
                stretch.clear()
                continue
        stretch.append(pair)
    return (*found, *_by_place(stretch))


def _by_place(stretch: Sequence[Pair]) -> list[Pair]:
    """As many ballots on either side are paired in their order; otherwise those left over at one place are."""
    ours = [pair.first for pair in stretch if pair.first is not None]
    theirs = [pair.second for pair in stretch if pair.second is not None]
    if len(ours) == len(theirs):
        return [Pair(one, other) for one, other in zip(ours, theirs, strict=True)]
    found: list[Pair] = []
    for paired_up, pairs in groupby(stretch, key=lambda pair: None not in (pair.first, pair.second)):
        if paired_up:
            found += pairs
            continue
        group = list(pairs)
        ours = [pair.first for pair in group if pair.first is not None]
        theirs = [pair.second for pair in group if pair.second is not None]
        both = min(len(ours), len(theirs))
        found += [Pair(one, other) for one, other in zip(ours[:both], theirs[:both], strict=True)]
        found += [Pair(one, None) for one in ours[both:]]
        found += [Pair(None, other) for other in theirs[both:]]
    return found


def _apart(first: Sequence[str], second: Sequence[str], pairs: Sequence[Pair]) -> list[int]:
    """Places to look at for each pair that differs; one for a ballot without a partner."""
    found = (
        1
        if pair.first is None or pair.second is None
        else wrong_cells(first[pair.first - 1], second[pair.second - 1])
        for pair in pairs
    )
    return [places for places in found if places]


def _between(a: int, b: int, one: str, other: str) -> list[Difference]:
    if keying.is_void(one) or keying.is_void(other):
        return [] if one == other else [Difference(f"b/{a}/{b}", Kind.BALLOT, a, None, one, other)]
    if one == other and keying.ILLEGIBLE not in one:
        return []
    found = []
    for cell, (mark, told) in enumerate(zip(one, other, strict=True)):
        if mark != told:
            found.append(Difference(f"c/{a}/{b}/{cell}", Kind.CELL, a, cell, mark, told))
        elif mark == keying.ILLEGIBLE:
            found.append(Difference(f"c/{a}/{b}/{cell}", Kind.ILLEGIBLE, a, cell, mark, told))
    return found


def _read(at: int, content: str, settled: Mapping[str, str]) -> str:
    """A ballot keyed once, its illegible cells as they were read at last."""
    if keying.ILLEGIBLE not in content:
        return content
    return "".join(settled.get(f"i/{at}/{cell}", mark) for cell, mark in enumerate(content))


def settled_pair(a: int, b: int, one: str, settled: Mapping[str, str]) -> str:
    """What first ballot ``a`` (content ``one``), which is second ballot ``b``, says once everything is settled."""
    whole = settled.get(f"b/{a}/{b}", one)
    if keying.is_void(whole) or keying.is_void(one):
        return whole
    return "".join(settled.get(f"c/{a}/{b}/{cell}", mark) for cell, mark in enumerate(one))


def _columns(counts: Counts | None) -> dict[str, int]:
    if counts is None:
        return {}
    options = {f"c{number}": many for number, many in enumerate(counts.options, 1)}
    return {**options, "blank": counts.blank, "multi": counts.multi, "illegible": counts.illegible}
