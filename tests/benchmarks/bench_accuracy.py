"""How many cells are still wrong after single entry, sampled second entry and full second entry, by simulation.

A robot keys stacks of paper whose content is known, through the real keying grammar, and slips the way people do. The
total rate of its slips per cell is the one published for people (entry design: trained 3.7 to 37 in 10 000, untrained
about 100); how the total is shared out over the kinds of slips, how many sheets are skipped, and how many cells are
hard to read are assumptions, all in ``Keyer``. A slip that the grammar shows (a cell left over at Enter, a digit
refused) makes the robot look back and key the ballot again, most of the time. A first entry whose number of ballots
is not the control sheet's is mended, because the program does not take it.

The second robot is another person: it never sees the first values. Ballots are paired by ``alignment`` as they are
keyed, differing cells are asked again once, what still differs is settled by a third look that can be wrong too.
``matches`` is the old habit that blind entry rules out (Barchard 2020): on a difference the second keyer takes over
what the first has. Everything is drawn from one seed; the same seed gives the same figures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from pingyi_desktop.appraisal.paper import compare, keying, sampling
from pingyi_desktop.appraisal.paper.alignment import Pair, align, next_partner
from pingyi_desktop.appraisal.paper.keying import BACKSPACE, ENTER, UNKEYED, Keying, Outcome, Paper

ORGANISATION = Paper((4, 4, 4, 4, 4))
ROSTER = Paper((4, 4, 4), tuple(f"M{number}" for number in range(1, 14)))
SHARES = (85, 10, 3, 2)
PUBLISHED = "公布的数字：单遍 37，Paulsen；两遍 4.2"


@dataclass(frozen=True)
class Keyer:
    """How often this robot slips. ``rate`` is all slips per cell; the shares of its kinds add up to 1.

    ``sheet`` is skipped, doubled or exchanged sheets per sheet; ``unclear`` the cells whose mark is hard to read, of
    which everybody misreads half, always in the same way; ``looks_back`` how often a refused key or Enter makes the
    robot key the ballot again; ``matches`` how often it takes over the first value on a difference.
    """

    rate: float = 0.0037
    wrong: float = 0.70
    omitted: float = 0.12
    doubled: float = 0.12
    row: float = 0.06
    sheet: float = 0.001
    unclear: float = 0.0
    looks_back: float = 0.9
    matches: float = 0.0


@dataclass(frozen=True)
class Keyed:
    """A ballot as keyed, the sheet it was keyed from, and whether that sheet was keyed before."""

    content: str
    sheet: int
    again: bool = False


@dataclass(frozen=True)
class Residual:
    """Wrong cells left out of ``cells``; ``asked`` second ballots were asked again, ``settled`` places looked at."""

    wrong: int = 0
    cells: int = 0
    asked: int = 0
    settled: int = 0

    def __add__(self, other: Residual) -> Residual:
        return Residual(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def per_10_000(self) -> str:
        """Wrong cells per 10 000, two decimals."""
        hundredths = self.wrong * 1_000_000 // self.cells
        return f"{hundredths // 100}.{hundredths % 100:02d}"


@dataclass(frozen=True)
class Stack:
    """Paper of a known content, and how each cell reads to somebody who misreads it."""

    paper: Paper
    sheets: tuple[str, ...]
    misread: tuple[str, ...]


TRAINED = Keyer()
KEYERS = {
    "熟练，高手（每万格 3.7 次失误）": replace(TRAINED, rate=0.00037),
    "熟练，一般（每万格 37 次失误）": TRAINED,
    "熟练，一般；另有每万格 5 格难辨": replace(TRAINED, unclear=0.0005),
    "生手（每万格 100 次失误）": replace(TRAINED, rate=0.01, looks_back=0.8),
}


def test_accuracy_of_single_sampled_and_double_entry() -> None:
    """Print residual wrong cells per 10 000 beside the published figures."""
    forms = (("支部评议表，5 格", ORGANISATION, 200, 100), ("名册式，13 人×3 项", ROSTER, 120, 20))
    for name, paper, ballots, stacks in forms:
        print(f"\n{name}：{stacks} 批，每批 {ballots} 张；每万格仍错的格数（{PUBLISHED}）")
        for title, keyer in KEYERS.items():
            began = time.perf_counter()
            show(title, simulate(paper, keyer, ballots=ballots, stacks=stacks, seed=2026))
            print(f"      用时 {time.perf_counter() - began:.0f} 秒")


def show(title: str, results: dict[str, Residual]) -> None:
    """Print one line per way of keying."""
    print(f"   {title}")
    for way, found in results.items():
        print(
            f"      {way}：{found.per_10_000}（再问 {found.asked} 张，裁定 {found.settled} 处，共 {found.cells} 格）"
        )


def simulate(paper: Paper, keyer: Keyer, *, ballots: int, stacks: int, seed: int) -> dict[str, Residual]:
    """Residual wrong cells of each way of keying over the same stacks and the same first entries."""
    ways = {
        "单遍": Residual(),
        "抽 50 张复录": Residual(),
        "全部复录（盲录）": Residual(),
        "全部复录（不盲，三成照第一遍改）": Residual(),
    }
    for number in range(stacks):
        draw = Random(f"{seed}/{number}")
        stack = pile(paper, keyer, ballots, draw)
        first = first_entry(stack, keyer, draw)
        state = draw.getstate()
        found = [single(stack, first)]
        for way in (sampled, double):
            draw.setstate(state)
            found.append(way(stack, first, keyer, draw))
        draw.setstate(state)
        found.append(double(stack, first, replace(keyer, matches=0.3), draw))
        ways = {name: ways[name] + one for name, one in zip(ways, found, strict=True)}
    return ways


def pile(paper: Paper, keyer: Keyer, ballots: int, draw: Random) -> Stack:
    """A stack of paper as meetings give it: mostly the best mark, some cells hard to read."""
    sheets, misread = [], []
    for _ in range(ballots):
        sheet = "".join(draw.choices("1234", SHARES, k=paper.size))
        sheets.append(sheet)
        unclear = [other_mark(mark, draw) if draw.random() < keyer.unclear else mark for mark in sheet]
        misread.append("".join(unclear))
    return Stack(paper, tuple(sheets), tuple(misread))


def other_mark(mark: str, draw: Random) -> str:
    """Another option of a scale of four."""
    return draw.choice([one for one in "1234" if one != mark])


def read(stack: Stack, sheet: int, cell: int, draw: Random) -> str:
    """What somebody sees in a cell: the mark, or half of the time the wrong one when it is hard to read."""
    true, seen = stack.sheets[sheet][cell], stack.misread[sheet][cell]
    return seen if seen != true and draw.random() < 0.5 else true


# --- one keyer ---------------------------------------------------------------------------------------------------


def typed(stack: Stack, sheet: int, keyer: Keyer, draw: Random) -> list[str]:
    """The digits that the hand types for one sheet, slips and all."""
    width, rows = stack.paper.row_width, list(range(stack.paper.size // stack.paper.row_width))
    for row in range(len(rows)):
        if draw.random() < keyer.rate * keyer.row * width:
            rows[row : row + 1] = draw.choice([[], [row, row]])
            break
    digits = []
    for cell in (row * width + column for row in rows for column in range(width)):
        mark = read(stack, sheet, cell, draw)
        slip = draw.random() / keyer.rate if keyer.rate else 1.0
        if slip < keyer.wrong:
            digits.append(other_mark(mark, draw))
        elif slip < keyer.wrong + keyer.omitted:
            continue
        elif slip < keyer.wrong + keyer.omitted + keyer.doubled:
            digits += [mark, mark]
        else:
            digits.append(mark)
    return digits


def key_sheet(stack: Stack, sheet: int, keyer: Keyer, draw: Random) -> str:
    """Key one sheet through the real grammar until Enter takes it; its content."""
    state = keying.start(stack.paper, position=1)
    while True:
        state, refused = press_all(state, typed(stack, sheet, keyer, draw))
        step = keying.press(state, ENTER)
        if step.outcome is Outcome.COMMITTED and not (refused and draw.random() < keyer.looks_back):
            return state.cells
        if step.outcome is Outcome.REFUSED and draw.random() >= keyer.looks_back:
            return fill_in(stack, sheet, step.state, keyer, draw)
        while not state.untouched:
            state = keying.press(state, BACKSPACE).state


def press_all(state: Keying, digits: Sequence[str]) -> tuple[Keying, bool]:
    """Press the digits one after the other, up to the first that is refused."""
    for digit in digits:
        step = keying.press(state, digit)
        if step.outcome is Outcome.REFUSED:
            return step.state, True
        state = step.state
    return state, False


def fill_in(stack: Stack, sheet: int, state: Keying, keyer: Keyer, draw: Random) -> str:
    """Key only the cells that are not keyed, each from its place on the paper, with a good look at it."""
    while UNKEYED in state.cells:
        state = keying.press(state, ENTER).state
        mark = read(stack, sheet, state.cursor, draw)
        if draw.random() < keyer.rate * keyer.wrong:
            mark = other_mark(mark, draw)
        state = keying.press(state, mark).state
    assert keying.press(state, ENTER).outcome is Outcome.COMMITTED
    return state.cells


def order(stack: Stack, keyer: Keyer, draw: Random) -> list[tuple[int, bool]]:
    """The sheets in the order in which they are keyed; True for a sheet keyed a second time."""
    places = [(sheet, False) for sheet in range(len(stack.sheets))]
    for sheet in reversed(range(len(places))):
        if draw.random() >= keyer.sheet:
            continue
        match draw.choice(("skipped", "doubled", "swapped")):
            case "skipped":
                del places[sheet]
            case "doubled":
                places.insert(sheet + 1, (sheet, True))
            case _:
                places[sheet : sheet + 2] = reversed(places[sheet : sheet + 2])
    return places


def first_entry(stack: Stack, keyer: Keyer, draw: Random) -> list[Keyed]:
    """The first entry; a number of ballots that is not the control sheet's is mended before it is finished."""
    places = order(stack, keyer, draw)
    if len(places) != len(stack.sheets):
        places = [(sheet, False) for sheet in range(len(stack.sheets))]
    return [Keyed(key_sheet(stack, sheet, keyer, draw), sheet, again) for sheet, again in places]


# --- ways of keying ----------------------------------------------------------------------------------------------


def single(stack: Stack, first: Sequence[Keyed]) -> Residual:
    """The first entry as it stands."""
    return residual(stack, [(one.content, one.sheet, one.again) for one in first])


def sampled(stack: Stack, first: Sequence[Keyed], keyer: Keyer, draw: Random) -> Residual:
    """A random sample is keyed again; everything is when more than one ballot of it differs."""
    drawn = sampling.draw(len(first), sampling.RECOMMENDED, pick=draw.sample)
    second, asked = {}, 0
    for position in drawn:
        one = first[position - 1]
        content, again = second_look(stack, one.sheet, one.content, keyer, draw)
        second[position] = Keyed(content, one.sheet)
        asked += again
    differing = sum(second[position].content != first[position - 1].content for position in drawn)
    if sampling.must_escalate(differing):
        return double(stack, first, keyer, draw) + Residual(asked=asked)
    pairs = [Pair(position, position) for position in drawn]
    return settled(stack, dict(enumerate(first, 1)), second, pairs, keyer, draw) + Residual(asked=asked)


def double(stack: Stack, first: Sequence[Keyed], keyer: Keyer, draw: Random) -> Residual:
    """Everything is keyed again, compared at Enter with the partner by sequence, and settled."""
    told, second, asked = [one.content for one in first], [], 0
    for sheet, repeated in order(stack, keyer, draw):
        partner = next_partner(told, [one.content for one in second])
        content, again = second_look(stack, sheet, told[partner - 1] if partner else None, keyer, draw)
        second.append(Keyed(content, sheet, repeated))
        asked += again
    keyed = [one.content for one in second]
    pairs = compare.paired(told, keyed, align(told, keyed))
    entries = dict(enumerate(first, 1)), dict(enumerate(second, 1))
    return settled(stack, *entries, pairs, keyer, draw) + Residual(asked=asked)


def second_look(
    stack: Stack, sheet: int, partner: str | None, keyer: Keyer, draw: Random
) -> tuple[str, bool]:
    """What the second keyer answers in the end, and whether the ballot was asked again."""
    answer = key_sheet(stack, sheet, keyer, draw)
    if partner is None or answer == partner:
        return answer, False
    if draw.random() < keyer.matches:
        return partner, True
    blank = compare.blanked(partner, answer, size=stack.paper.size)
    return fill_in(stack, sheet, keying.start(stack.paper, position=1, cells=blank), keyer, draw), True


def settled(
    stack: Stack,
    first: dict[int, Keyed],
    second: dict[int, Keyed],
    pairs: Sequence[Pair],
    keyer: Keyer,
    draw: Random,
) -> Residual:
    """Every difference looked at a third time and carried out; what is wrong then."""
    told = {position: one.content for position, one in first.items()}
    keyed = {position: one.content for position, one in second.items()}
    found = compare.differences(told, keyed, pairs)
    answers = {
        one.spot: third_look(stack, one, first[one.position], keyer, draw)
        for one in found
        if one.kind is compare.Kind.CELL
    }
    paired_firsts = {pair.first for pair in pairs}
    kept = [(one.content, one.sheet, one.again) for at, one in first.items() if at not in paired_firsts]
    for pair in pairs:
        one = first.get(pair.first or 0)
        if one is not None and pair.first is not None and pair.second is not None:
            content = compare.settled_pair(pair.first, pair.second, one.content, answers)
            kept.append((content, one.sheet, one.again))
        elif one is None or not one.again:
            left = one or second[pair.second or 0]
            have = {sheet for _, sheet, _ in kept} | {other.sheet for other in first.values()}
            if one is not None or left.sheet not in have:
                kept.append((left.content, left.sheet, False))
    return residual(stack, kept) + Residual(settled=len(found))


def third_look(stack: Stack, one: compare.Difference, at: Keyed, keyer: Keyer, draw: Random) -> str:
    """A third person reads the cell; when that is neither of the two, two persons look together and read it right."""
    cell = one.cell or 0
    seen = read(stack, at.sheet, cell, draw)
    if draw.random() < keyer.rate * keyer.wrong:
        seen = other_mark(seen, draw)
    return seen if seen in (one.first, one.second) else stack.sheets[at.sheet][cell]


def residual(stack: Stack, kept: Sequence[tuple[str, int, bool]]) -> Residual:
    """Wrong cells of a final stack; a sheet that is not in it, or twice, is wrong in every cell."""
    wrong = sum(
        compare.wrong_cells(content, stack.sheets[sheet]) for content, sheet, again in kept if not again
    )
    own = {sheet for _, sheet, again in kept if not again}
    astray = len(stack.sheets) - len(own) + sum(again for _, _, again in kept)
    size = stack.paper.size
    return Residual(wrong + astray * size, len(stack.sheets) * size)
