"""Pairing two keyed stacks by sequence: one skipped, doubled or swapped sheet never makes the rest differ.

The two stacks are paired at the least total cost. Equal ballots pair for nothing, a pair that differs costs more the
more cells differ, an unpaired ballot costs ``GAP``, two neighbours in exchanged order cost ``SWAP``. Two unpaired
ballots cost more than any pair, so one sheet keyed quite differently stays one pair. Neighbours that differ in one cell
only are two wrong digits sooner than an exchange, so that somebody looks at them. At equal cost more pairs win.

The search walks along the diagonals of the usual table and stops only where two ballots differ (cheapest first, with
the gaps that must still come as the estimate), so its work grows with the slips and not with the stack. On a diagonal
a walk that is behind another and not cheaper is dropped; only a swap can make up for being one ballot behind.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from operator import eq

from pingyi_desktop.appraisal.paper import keying

GAP = 1001
SWAP = 1450
DIFFER, PER_CELL, DIFFER_MOST = 500, 200, 1800

BAND, ENOUGH = 8, 150_000
WINDOW, REACH = 300, 24
SHIFT_EVIDENCE = 6


@dataclass(frozen=True)
class Pair:
    """Positions (from 1) of one sheet in the two entries; None where an entry has no such sheet."""

    first: int | None
    second: int | None


class SlipKind(StrEnum):
    """What may have happened to a sheet."""

    MISSING_IN_FIRST = "MISSING_IN_FIRST"
    MISSING_IN_SECOND = "MISSING_IN_SECOND"
    DOUBLED_IN_FIRST = "DOUBLED_IN_FIRST"
    DOUBLED_IN_SECOND = "DOUBLED_IN_SECOND"
    SWAPPED = "SWAPPED"


@dataclass(frozen=True)
class Slip:
    """A sheet out of sequence, somewhere from ``start`` to ``end`` of the entry that the sentence names."""

    kind: SlipKind
    start: int
    end: int
    sentence: str


@dataclass(frozen=True)
class _Node:
    """A point of the search: ``first`` and ``second`` ballots are behind us, ``pairs`` were made to come here."""

    cost: int
    first: int
    second: int
    before: _Node | None
    swapped: bool = False


def pair_cost(one: str, other: str) -> int:
    """What it costs to take two contents for the same sheet; the same either way round."""
    if one == other:
        return 0
    if len(one) != len(other) or keying.is_void(one) != keying.is_void(other):
        return DIFFER_MOST
    same: int = sum(map(eq, one, other))
    return min(DIFFER + PER_CELL * (len(one) - same), DIFFER_MOST)


def align(first: Sequence[str], second: Sequence[str]) -> tuple[Pair, ...]:
    """Pair two keyed stacks (contents in keyed order) at the least cost; exchanging the stacks exchanges the pairs.

    The drift between the stacks is held to a band which widens until no path outside it could be cheaper, or until
    hundreds of ballots differ and looking further would only keep the keyer waiting.
    """
    if (len(second), second) < (len(first), first):
        return _mirrored(align(second, first))
    drift = len(second) - len(first)
    band = BAND
    while True:
        end, work = _search(first, second, [_Node(0, 0, 0, None)], band=band, whole=True)
        if end.cost < GAP * (2 * (band + 1) + abs(drift)) or work > ENOUGH:
            return tuple(_pairs(end))
        band *= 4


def _mirrored(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The same pairs with the stacks exchanged, again in the order of the first."""
    turned = [Pair(pair.second, pair.first) for pair in pairs]
    for place in range(1, len(turned)):
        one, other = turned[place - 1 : place + 1]
        if one.first is not None and other.first is not None and other.first < one.first:
            turned[place - 1 : place + 1] = other, one
    return tuple(turned)


def next_partner(first: Sequence[str], second_so_far: Sequence[str]) -> int | None:
    """Position in ``first`` of the ballot to be keyed next the second time; None when the first entry has no more.

    Only the last 300 ballots are paired again. Where they start is taken from the drift (at most 24 either way) at
    which most of the 300 ballots before them agree; another start costs ``GAP`` for each ballot of drift. Last
    ballots that differ are taken for wrong ballots until one agrees further on or repeats the ballot before it.
    """
    done = len(second_so_far)
    begin = max(0, done - WINDOW)
    origin = max(0, begin - REACH)
    ours = first[origin : done + REACH]
    settled = _drift(first, second_so_far, begin)
    starts = [
        _Node(GAP * abs(drift - settled), begin + drift - origin, 0, None)
        for drift in (range(-REACH, REACH + 1) if begin else (0,))
        if 0 <= begin + drift - origin <= len(ours)
    ]
    end, _ = _search(ours, second_so_far[begin:], starts, band=2 * REACH, whole=False)
    position = origin + end.first + 1
    return position if position <= len(first) else None


def window(done: int) -> tuple[int, int]:
    """Which ballots ``next_partner`` looks at once ``done`` are keyed again: those after the first place, to the last.

    Both stacks may be cut there (the second ends at ``done`` anyway); the answer then counts from the cut.
    """
    return max(0, done - 2 * WINDOW - REACH), done + REACH + 1


def slips(
    pairs: Sequence[Pair], first: Sequence[str], second: Sequence[str], *, sheets: int | None = None
) -> tuple[Slip, ...]:
    """What the pairing says about sheets, in order of place; among equal ballots the place is a range.

    A ballot too many that repeats its neighbour is a doubled sheet in one entry or a missing one in the other; with
    ``sheets`` (ballots that the paper has) the lengths of the two stacks decide. A place is told in the numbers of
    the entry that has the slip.
    """
    return tuple(dict.fromkeys(places(pairs, first, second, sheets=sheets).values()))


def places(
    pairs: Sequence[Pair], first: Sequence[str], second: Sequence[str], *, sheets: int | None = None
) -> dict[Pair, Slip]:
    """The slip that each pair out of sequence belongs to; several of a run of equal ballots share one."""
    found: dict[Pair, Slip | _Surplus] = {}
    behind_first = behind_second = 0
    for pair in pairs:
        if pair.first is None or pair.second is None:
            in_first = pair.second is None
            start, end = alike(first, pair.first) if in_first else alike(second, pair.second)
            lead = behind_first - behind_second
            found[pair] = _Surplus(start, end, in_first, -lead if in_first else lead)
        elif pair.second < behind_second:
            sentence = f"第 {pair.first - 1}、{pair.first} 张可能前后颠倒"
            found[pair] = Slip(SlipKind.SWAPPED, pair.first - 1, pair.first, sentence)
        behind_first = max(behind_first, pair.first or 0)
        behind_second = max(behind_second, pair.second or 0)
    many, lengths = Counter(found.values()), (len(first), len(second))
    shared = {one: _slip(one, many[one], lengths, sheets) for one in many if isinstance(one, _Surplus)}
    return {pair: one if isinstance(one, Slip) else shared[one] for pair, one in found.items()}


def row_shift(first_cells: str, second_cells: str, row_width: int) -> int | None:
    """Row (from 1) from which one keying seems to be a row ahead of the other, or None.

    The rows from the first to the last that differ are compared with their neighbours: at least six cells and two
    thirds of the rows must then agree, and fewer than half as many without the shift.
    """
    if keying.is_void(first_cells) or keying.is_void(second_cells) or len(first_cells) != len(second_cells):
        return None
    ours, theirs = _rows(first_cells, row_width), _rows(second_cells, row_width)
    differing = [row for row, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one != other]
    if not differing:
        return None
    start, end = differing[0], differing[-1]
    ours, theirs = ours[start : end + 1], theirs[start : end + 1]
    shifted = max(sum(map(eq, ours[1:], theirs)), sum(map(eq, ours, theirs[1:])))
    level = sum(map(eq, ours, theirs))
    clear = shifted * row_width >= SHIFT_EVIDENCE and 3 * shifted >= 2 * (end - start) and 2 * level < shifted
    return start + 1 if clear else None


def _search(
    first: Sequence[str], second: Sequence[str], starts: Sequence[_Node], *, band: int, whole: bool
) -> tuple[_Node, int]:
    """The cheapest end and the number of points looked at; ``whole`` stacks end together, else ``second`` ends."""
    goal = len(second) - len(first)
    low, high = (min(0, goal) - band, max(0, goal) + band) if whole else (-len(first) - band, band)
    serial = count()
    heap = [(node.cost, -node.first, next(serial), node, False) for node in starts]
    heapq.heapify(heap)
    furthest: dict[int, int] = {}
    work = 0
    while True:
        _, _, _, node, ended = heapq.heappop(heap)
        if ended:
            return node, work
        work += 1
        reached = furthest.get(node.second - node.first, -1)
        if node.first > reached:
            node = _slide(first, second, node)
            furthest[node.second - node.first] = node.first
            steps = _steps(first, second, node)
        elif node.first == reached - 1:
            steps = _swap(first, second, node)
        else:
            continue
        if node.second == len(second) and (not whole or node.first == len(first)):
            extra = 0 if whole else _unexplained(first, second, node)
            heapq.heappush(heap, (node.cost + extra, -node.first, next(serial), node, True))
        for step in steps:
            diagonal = step.second - step.first
            if low <= diagonal <= high:
                ahead = GAP * abs(goal - diagonal) if whole else 0
                heapq.heappush(heap, (step.cost + ahead, -step.first, next(serial), step, False))


def _slide(first: Sequence[str], second: Sequence[str], node: _Node) -> _Node:
    """Past the equal ballots ahead, in growing leaps."""
    i, j, leap = node.first, node.second, 1
    while leap:
        if i + leap <= len(first) and j + leap <= len(second) and first[i : i + leap] == second[j : j + leap]:
            i, j, leap = i + leap, j + leap, leap * 2
        else:
            leap //= 2
    return node if i == node.first else _Node(node.cost, i, j, node)


def _steps(first: Sequence[str], second: Sequence[str], node: _Node) -> list[_Node]:
    i, j, cost = node.first, node.second, node.cost
    steps = []
    if i < len(first) and j < len(second):
        steps.append(_Node(cost + pair_cost(first[i], second[j]), i + 1, j + 1, node))
        steps += _swap(first, second, node)
    if i < len(first):
        steps.append(_Node(cost + GAP, i + 1, j, node))
    if j < len(second):
        steps.append(_Node(cost + GAP, i, j + 1, node))
    return steps


def _swap(first: Sequence[str], second: Sequence[str], node: _Node) -> list[_Node]:
    i, j = node.first, node.second
    if i + 1 >= len(first) or j + 1 >= len(second):
        return []
    crossed = pair_cost(first[i], second[j + 1]) + pair_cost(first[i + 1], second[j])
    return [_Node(node.cost + SWAP + crossed, i + 2, j + 2, node, swapped=True)]


def _unexplained(first: Sequence[str], second: Sequence[str], node: _Node) -> int:
    """Extra cost of ballots left out since the last that agreed, but for one that repeats the ballot before it."""
    cost = 0
    while node.before is not None and node.cost != node.before.cost:
        before, repeats = node.before, node.first and second[node.second - 1] == first[node.first - 1]
        if node.second == before.second or (node.first == before.first and not repeats):
            cost += GAP
        node = before
    return cost


def _drift(first: Sequence[str], second: Sequence[str], begin: int) -> int:
    """How far ``first`` is ahead where most of the ballots before ``begin`` agree; the smallest drift at a tie."""
    past = second[max(0, begin - WINDOW) : begin]

    def agreeing(drift: int) -> int:
        start = begin - len(past) + drift
        return sum(map(eq, first[max(0, start) : max(0, begin + drift)], past[max(0, -start) :]))

    return max(range(-REACH, REACH + 1), key=lambda drift: (agreeing(drift), -abs(drift))) if past else 0


def _pairs(end: _Node) -> list[Pair]:
    """The pairs on the way to a point, in order."""
    way = []
    node: _Node | None = end
    while node is not None:
        way.append(node)
        node = node.before
    pairs: list[Pair] = []
    for here, there in zip(reversed(way), reversed(way[:-1]), strict=False):
        i, j = here.first, here.second
        if there.swapped:
            pairs += [Pair(i + 1, j + 2), Pair(i + 2, j + 1)]
        elif there.second == j:
            pairs.append(Pair(i + 1, None))
        elif there.first == i:
            pairs.append(Pair(None, j + 1))
        else:
            pairs += [Pair(i + step, j + step) for step in range(1, there.first - i + 1)]
    return pairs


@dataclass(frozen=True)
class _Surplus:
    """Ballots that one entry has and the other has not, among its equal ballots ``start`` to ``end``.

    ``lead`` brings these numbers to those of the other entry; it was taken before the first of them.
    """

    start: int
    end: int
    in_first: bool
    lead: int = field(compare=False)


def alike(stack: Sequence[str], position: int | None) -> tuple[int, int]:
    """The equal ballots around a position, from and to: any of them may be the one that is meant."""
    start = end = position or 0
    while start > 1 and stack[start - 2] == stack[start - 1]:
        start -= 1
    while end < len(stack) and stack[end] == stack[end - 1]:
        end += 1
    return start, end


def _doubled(surplus: _Surplus, many: int, lengths: tuple[int, int], sheets: int | None) -> bool:
    """Whether ``many`` ballots of the run are rather one sheet keyed again than sheets the other entry lacks."""
    beside = surplus.end - surplus.start + 1 - many
    own, other = lengths if surplus.in_first else lengths[::-1]
    if sheets is not None and own > sheets <= other:
        return beside > 0
    if sheets is not None and own <= sheets > other:
        return False
    return beside == 1


def _slip(surplus: _Surplus, many: int, lengths: tuple[int, int], sheets: int | None) -> Slip:
    start, end, in_first = surplus.start, surplus.end, surplus.in_first
    number = "一" if many == 1 else f" {many} "
    if _doubled(surplus, many, lengths, sheets):
        kind = SlipKind.DOUBLED_IN_FIRST if in_first else SlipKind.DOUBLED_IN_SECOND
        between = f"第 {start}、{end} 张" if end == start + 1 else f"第 {start} 至 {end} 张之间"
        return Slip(kind, start, end, f"{_entry(in_first)}{between}可能重录{number}张（这几张填得一样）")
    kind = SlipKind.MISSING_IN_SECOND if in_first else SlipKind.MISSING_IN_FIRST
    start, end = start + surplus.lead, end + surplus.lead
    if start == end:
        return Slip(kind, start, end, f"{_entry(not in_first)}第 {start} 张起可能漏录一张")
    between = f"{_entry(not in_first)}第 {start} 至 {end} 张之间"
    return Slip(kind, start, end, f"{between}可能漏录{number}张（这几张填得一样）")


def _entry(first: bool) -> str:
    return "首录" if first else "复录"


def _rows(cells: str, width: int) -> list[str]:
    return [cells[start : start + width] for start in range(0, len(cells), width)]
