"""Any interleaving of two keyers and crashes ends in the paper's true counts when one of them had every cell right.

A pile of paper, two keyings of it with wrong digits, ballots wrongly void and sheets skipped, doubled or exchanged, a
program killed before or after any act, keyers who go back, who are asked again and who try out of turn, and in the end
people who look at the pile by the number that the program tells them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlmodel import Session
from test_compare import surroundings

import make
from pingyi_desktop.appraisal.batches import ballots, operators, second, settling
from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.alignment import alike
from pingyi_desktop.appraisal.paper.compare import APART, DROP
from pingyi_desktop.appraisal.paper.places import Open
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_batches import BallotBatch

EXAMPLES = int(os.environ.get("PINGYI_EXAMPLES", "4"))  # the long series: PINGYI_EXAMPLES=300
FIRST, OTHER, THIRD = "王芳", "李强", "赵敏"
CELLS, MARKS = 5, "12340."
T = TypeVar("T")


class KilledError(Exception):
    """The program ended in the middle of an act: nothing of it is in the file."""


@dataclass(frozen=True)
class Ballot:
    """One keying of a sheet: what the keyer answers, and what when asked again."""

    sheet: int
    content: str
    asked_again: str


@dataclass(frozen=True)
class Case:
    """A pile of sheets, what the two keyers make of it, and the order in which it lies when people look again."""

    paper: list[str]
    first: list[Ballot]
    second: list[Ballot]
    pile: list[int]
    accidents: list[int]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file with an empty batch, copied for each case."""
    made = make.published_school(tmp_path_factory.mktemp("template") / "XX.pingyi", form_codes=["T-ORG-A"])
    with made.transaction() as session:
        campaign = make.campaign_of(session)
        stack = make.batch(session, campaign_id=campaign, form_code="T-ORG-A").id
        for name in (FIRST, OTHER, THIRD):
            operators.add(session, name=name, by=FIRST)
    made.close()
    return made.path, stack


sheets = st.one_of(
    st.just("11111"),
    st.text("12", min_size=CELLS, max_size=CELLS),
    st.text(MARKS, min_size=CELLS, max_size=CELLS),
    st.sampled_from(("!2", "!4")),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    paper = draw(st.lists(sheets, min_size=2, max_size=16))
    orders = [list(range(len(paper))), list(range(len(paper)))]
    near: set[int] = set()
    for side in draw(st.sampled_from(((0,), (1,), (0, 1)))):
        order = list(orders[side])
        astray = draw(slips(len(paper), order, all_of_it=side == 0))
        around = set().union(*(surroundings(paper, place) for place in astray))
        if not near & around:  # a slip of each, but not of both at one place
            near |= around
            orders[side] = order
    pile = list(dict.fromkeys(orders[1])) if draw(st.booleans()) else list(range(len(paper)))
    pile += [sheet for sheet in range(len(paper)) if sheet not in pile]
    if len(pile) != len(set(orders[1])):
        pile = list(range(len(paper)))  # a skipped sheet stuck to its neighbour: it lies where it was
    keyed = [list(paper), list(paper)]
    for sheet in sorted(set(range(len(paper))) - near):
        make_slips(draw, keyed, sheet)
        if look_exchanged(paper, keyed, sheet):
            keyed[0][sheet] = keyed[1][sheet] = paper[sheet]
    entries = [
        [
            Ballot(sheet, keyed[side][sheet], draw(st.sampled_from((keyed[side][sheet], paper[sheet]))))
            for sheet in orders[side]
        ]
        for side in (0, 1)
    ]
    accidents = draw(st.lists(st.integers(0, 5), min_size=10, max_size=10))
    return Case(paper, entries[0], entries[1], pile, accidents)


@st.composite
def slips(draw: st.DrawFn, many: int, order: list[int], *, all_of_it: bool) -> list[int]:
    """Skip, double or exchange sheets of one keying; where. A first entry is mended until its number is right."""
    place = draw(st.integers(0, many - 2))
    match draw(st.sampled_from(("none", "exchanged", "both", "skipped", "doubled"))):
        case "exchanged":
            order[place : place + 2] = order[place + 1], order[place]
            return [place, place + 1]
        case "both":
            twice = draw(st.integers(0, many - 1).filter(lambda twice: twice != place))
            order.insert(order.index(twice), twice)
            order.remove(place)
            return [place, twice]
        case "skipped" if not all_of_it:
            order.remove(place)
            return [place]
        case "doubled" if not all_of_it:
            order.insert(place, place)
            return [place]
    return []


def look_exchanged(paper: list[str], keyed: list[list[str]], sheet: int) -> bool:
    """Whether one keyer made of this sheet what the other made of another: two sheets that changed places look the same."""
    return any(
        keyed[side][sheet] == keyed[1 - side][other] not in (paper[sheet], paper[other])
        for side in (0, 1)
        for other in range(len(paper))
        if other != sheet
    )


def make_slips(draw: st.DrawFn, keyed: list[list[str]], sheet: int) -> None:
    """Wrong marks on a sheet, each by one keyer only; or one of them takes it for void, or a void one for valid."""
    true, side = keyed[0][sheet], draw(st.integers(0, 1))
    kind = draw(st.integers(0, 9))
    if kind == 0:
        keyed[side][sheet] = draw(st.sampled_from([one for one in ("!1", "!3") if one != true]))
    elif kind == 1 and keying.is_void(true):
        keyed[side][sheet] = draw(st.text("1234", min_size=CELLS, max_size=CELLS))
    elif kind > 5 and not keying.is_void(true):
        for cell in draw(st.lists(st.integers(0, CELLS - 1), max_size=CELLS, unique=True)):
            side = draw(st.integers(0, 1))
            marks = list(keyed[side][sheet])
            marks[cell] = draw(st.sampled_from([mark for mark in MARKS if mark != true[cell]]))
            keyed[side][sheet] = "".join(marks)


class Room:
    """The program on one file, and the accidents that happen to it."""

    def __init__(self, path: Path, stack: str, accidents: list[int]) -> None:
        self.held, self.stack = store.open_file(path), stack
        self._accidents = self._endless(accidents)

    @staticmethod
    def _endless(accidents: list[int]) -> Iterator[int]:
        while True:
            yield from accidents

    def act(self, job: Callable[[Session], T]) -> T:
        """Do one act; it may die before it is written (and is done again), or the program dies after it."""
        accident = next(self._accidents)
        if accident == 1:
            self.rehearse(job)
            self._reopen()
        with self.held.transaction() as session:
            done = job(session)
        if accident == 2:
            self._reopen()
        return done

    def rehearse(self, job: Callable[[Session], object]) -> None:
        """Do an act of which nothing is written."""
        with suppress(KilledError), self.held.transaction() as session:
            job(session)
            raise KilledError

    def refuses(self, job: Callable[[Session], object]) -> None:
        with pytest.raises(RuleError), self.held.transaction() as session:
            job(session)

    def chance(self, number: int) -> bool:
        return next(self._accidents) == number

    def _reopen(self) -> None:
        self.held.close()
        self.held = store.open_file(self.held.path)


def cells_of(content: str) -> tuple[str, str]:
    """Cells and reason for being void, as they are written."""
    return (keying.UNKEYED * CELLS, content[1:]) if keying.is_void(content) else (content, "")


def key_first(room: Room, position: int, content: str, *, once_more: bool = True) -> None:
    """Key by key up to the middle, then to the end; whatever happened in between, keying goes on where it was."""
    cells, void = cells_of(content)
    begun = cells[:2] + keying.UNKEYED * 3
    before = room.act(lambda session: ballots.resume(session, batch_id=room.stack)).cells
    room.act(
        lambda session: ballots.save(
            session,
            batch_id=room.stack,
            position=position,
            cells=begun,
            committed=False,
            was=before,
            by=FIRST,
        )
    )
    state = room.act(lambda session: ballots.resume(session, batch_id=room.stack))
    assert (state.position, state.cells) == (position, begun)
    room.act(
        lambda session: ballots.save(
            session,
            batch_id=room.stack,
            position=position,
            cells=cells,
            was=begun,
            void_reason=void,
            committed=True,
            by=FIRST,
        )
    )
    if once_more and room.chance(4):
        room.act(lambda session: ballots.reopen_previous(session, batch_id=room.stack, position=position + 1))
        key_first(room, position, content, once_more=False)


def begin_second(room: Room, position: int, cells: str, shown: str) -> str:
    """The first empty cell is keyed and written: after a crash the rest follows there. Gives what is keyed by then."""
    keyed = shown.index(keying.UNKEYED) + 1
    begun = cells[:keyed] + shown[keyed:]
    room.act(
        lambda session: ballots.save(
            session,
            batch_id=room.stack,
            position=position,
            cells=begun,
            committed=False,
            was=shown,
            pass_no=2,
            by=OTHER,
        )
    )
    state = room.act(lambda session: second.resume(session, batch_id=room.stack)).state
    assert state is not None
    assert (state.position, state.cells) == (position, begun)
    return begun


def key_second(room: Room, position: int, ballot: Ballot) -> None:
    """Answer, and when asked again answer the cells that were blanked; never see what the first keyer keyed."""
    content = ballot.content
    for _ in range(2):
        state = room.act(lambda session: second.resume(session, batch_id=room.stack)).state
        assert state is not None
        if state.position != position:
            return
        (cells, void), was = cells_of(content), state.cells
        if not void and keying.UNKEYED in state.cells:
            shown = zip(state.cells, cells, strict=True)
            cells = "".join(answer if told == keying.UNKEYED else told for told, answer in shown)
            was = begin_second(room, position, cells, was)
        room.act(
            lambda session, cells=cells, void=void, was=was: second.take(
                session,
                batch_id=room.stack,
                position=position,
                cells=cells,
                was=was,
                void_reason=void,
                by=OTHER,
            )
        )
        content = ballot.asked_again


def third_look(case: Case, one: Open) -> str:
    """What lies in the pile at the number that is told; when that cannot be said here, these are two sheets."""
    kind, _, _, *rest = one.spot.split("/")
    true = case.paper[case.pile[one.position - 1]]
    value = true if kind == "b" or keying.is_void(true) else true[int(rest[0])]
    return value if value in dict(one.options) else APART


def settle(room: Room, one: Open, value: str) -> bool:
    return room.act(
        lambda session: settling.settle(
            session,
            batch_id=room.stack,
            spot=one.spot,
            value=value,
            by=THIRD,
            reason="看票",
            witness="监票人",
        )
    )


def left(room: Room) -> list[Open]:
    found = room.act(lambda session: settling.differences(session, batch_id=room.stack))
    return [one for one in found if not one.settled]


def settle_all(room: Room, case: Case) -> None:
    """One after the other, as the list has them."""
    apart: set[int] = set()
    dropped: Counter[tuple[str, str]] = Counter()
    while found := left(room):
        one = found[0]
        if not one.whole:
            value = third_look(case, one)
            if value == APART:
                apart.add(one.position)
        elif one.position in apart:  # the sheet that lies there is one of the two, or neither: it counts once
            apart.discard(one.position)
            value = case.paper[case.pile[one.position - 1]]
            other = next(other for other in found[1:] if other.whole)
            settle(room, other, DROP)
        else:
            value = whole_look(case, one, dropped)
        if settle(room, one, value):
            return


def whole_look(case: Case, one: Open, dropped: Counter[tuple[str, str]]) -> str:
    """People count the ballots of the pile that are alike there: one keyed twice is dropped, a real one is read."""
    side, position = one.spot.split("/")
    entry = case.first if side == "f" else case.second
    start, end = alike([ballot.content for ballot in entry], int(position))
    run = [ballot.sheet for ballot in entry[start - 1 : end]]
    kind = side, entry[int(position) - 1].content
    if len(run) - len(set(run)) > dropped[kind]:
        dropped[kind] += 1
        return DROP
    return case.paper[entry[int(position) - 1].sheet]


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(case=cases())
def test_any_interleaving_and_crash_ends_in_the_papers_counts(template: tuple[Path, str], case: Case) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, stack = template
        room = Room(Path(shutil.copy(path, folder)), stack, case.accidents)
        for position, ballot in enumerate(case.first, 1):
            room.refuses(
                lambda session: second.take(session, batch_id=stack, position=1, cells="11111", by=OTHER)
            )
            key_first(room, position, ballot.content)
        room.act(lambda session: make.sheet(session, stack, valid=len(case.paper)))
        room.act(lambda session: second.begin(session, batch_id=stack, sample=None, by=FIRST))
        for position, ballot in enumerate(case.second, 1):
            room.refuses(
                lambda session, position=position: second.take(
                    session, batch_id=stack, position=position, cells="11111", by=FIRST
                )
            )
            key_second(room, position, ballot)
            if room.chance(5):
                room.act(
                    lambda session, position=position: ballots.reopen_previous(
                        session, batch_id=stack, position=position + 1, pass_no=2
                    )
                )
                key_second(room, position, ballot)
        outcome = room.act(lambda session: settling.finish(session, batch_id=stack, by=OTHER))
        if outcome.left:
            settle_all(room, case)
        with room.held.reading() as session:
            assert session.get_one(BallotBatch, stack).state == "AGREED"
            assert ballots.multiset(session, batch_id=stack) == Counter(case.paper)
            counts = ballots.counts_of(session, batch_id=stack)["", "1"]
        room.held.close()
        valid = [content for content in case.paper if not keying.is_void(content)]
        assert counts.options == tuple(sum(content[0] == mark for content in valid) for mark in "1234")
        event(f"asked {min(len(outcome.left), 5)}, slips {len(outcome.slips)}")
