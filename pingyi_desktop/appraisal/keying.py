"""Keying one stack of paper: a pure state machine, one key at a time (entry design).

```mermaid
stateDiagram-v2
    [*] --> Cell
    Cell --> Cell: 1–8, 0, 9, . (tick and advance)
    Cell --> Full: last cell keyed
    Cell --> Cell: Backspace (back one cell, clear it), arrows
    Full --> Cell: Backspace, arrows
    Full --> Cell: Enter (ballot committed, next ballot, first cell)
    Cell --> Previous: Backspace on the first cell of an untouched ballot
    Previous --> Full: the previous ballot is open again
```

A ballot is one character per cell, row by row as the paper has them: ``1``–``8`` the option ticked, ``0`` left
blank (未填), ``9`` two ticks (多选), ``.`` illegible, ``_`` not keyed yet. Enter commits, and only a full ballot:
one omitted key leaves the last cell empty and one extra key is refused, so a slip never spills over the next ballot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

UNKEYED, BLANK, MULTI, ILLEGIBLE = "_", "0", "9", "."
BACKSPACE, ENTER = "BACKSPACE", "ENTER"
UP, DOWN, LEFT, RIGHT = "UP", "DOWN", "LEFT", "RIGHT"
MARKS = frozenset("0123456789.")
VOID = "!"
VOID_REASONS = {
    "1": "涂改看不清",
    "2": "做了记号或署名",
    "3": "整张未填（空白票）",
    "4": "不是这一批的票",
    "5": "其他",
}
WHOLLY_BLANK = "3"


class Outcome(StrEnum):
    """What a key did; KEYED, COMMITTED and REOPEN are to be made durable before the next key is taken."""

    MOVED = "MOVED"
    KEYED = "KEYED"
    COMMITTED = "COMMITTED"
    REOPEN = "REOPEN"
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class Paper:
    """The shape of a form: how many options each item has, and whose rows a roster form lists.

    ``targets`` is ``("",)`` for organisation and collective forms; cells run target by target, item by item.
    """

    options: tuple[int, ...]
    targets: tuple[str, ...] = ("",)

    @property
    def size(self) -> int:
        """Cells on one ballot."""
        return len(self.options) * len(self.targets)

    @property
    def row_width(self) -> int:
        """Cells in one printed row: a roster row holds every item, any other form has one item a row."""
        return len(self.options) if len(self.targets) > 1 or self.targets[0] else 1

    def options_at(self, cell: int) -> int:
        """Number of options of the item in this cell."""
        return self.options[cell % len(self.options)]


@dataclass(frozen=True)
class Keying:
    """Where the keyer is: ballot ``position`` (from 1), its cells, and the cursor (``paper.size`` = full).

    ``filled`` marks with ``1`` the cells filled by one key ("" = none), ``void_reason`` is a key of ``VOID_REASONS``
    when the whole ballot is void, ``pending`` a command that was begun.
    """

    paper: Paper
    position: int
    cells: str
    cursor: int
    filled: str = ""
    void_reason: str = ""
    pending: str = ""

    @property
    def full(self) -> bool:
        """True when every cell is keyed."""
        return UNKEYED not in self.cells

    @property
    def untouched(self) -> bool:
        """True when no cell is keyed."""
        return set(self.cells) == {UNKEYED}


@dataclass(frozen=True)
class Step:
    """The state after a key, what the key did, and one line for the keyer when it was refused."""

    state: Keying
    outcome: Outcome
    message: str = ""


def start(paper: Paper, *, position: int, cells: str = "", filled: str = "") -> Keying:
    """A ballot to key: empty, or continued at its first unkeyed cell."""
    cells = cells or UNKEYED * paper.size
    return Keying(paper, position, cells, cells.find(UNKEYED) if UNKEYED in cells else paper.size, filled)


def content(cells: str, void_reason: str = "") -> str:
    """What a ballot says: its cells, or ``!`` and the reason's digit when the whole ballot is void."""
    return VOID + void_reason if void_reason else cells


def is_void(ballot: str) -> bool:
    """Whether a ballot's content is that of a void one."""
    return ballot.startswith(VOID)


def press(state: Keying, key: str) -> Step:
    """Take one key; every (state, key) pair has an answer."""
    match key:
        case "ENTER":
            return _commit(state)
        case "BACKSPACE":
            return _back(state)
        case "UP" | "DOWN" | "LEFT" | "RIGHT":
            return _move(state, key)
        case _ if key in MARKS:
            return _mark(state, key)
    return Step(state, Outcome.REFUSED, "这个键在录票时不用。")


def read_ballot(paper: Paper, cells: str, *, started: bool = False) -> str | None:
    """Why ``cells`` is not a ballot of this paper, or None; unkeyed cells are right only in a ``started`` one."""
    if is_void(cells):
        return None if cells[1:] in VOID_REASONS else f"废票原因“{cells[1:]}”不是 1 至 {len(VOID_REASONS)}。"
    if len(cells) != paper.size:
        return f"应有 {paper.size} 格，实有 {len(cells)} 格。"
    for cell, mark in enumerate(cells):
        if mark == UNKEYED and started:
            continue
        if mark not in MARKS:
            return f"第 {cell + 1} 格“{mark}”不是 0 至 9 或小数点。"
        if (step := press(Keying(paper, 1, cells, cell), mark)).outcome is Outcome.REFUSED:
            return f"第 {cell + 1} 格“{mark}”：{step.message}"
    return None


def _mark(state: Keying, key: str) -> Step:
    if state.cursor >= state.paper.size:
        return (
            Step(state, Outcome.REFUSED, "已满，核对后按回车确认这一张。") if state.full else _missing(state)
        )
    allowed = state.paper.options_at(state.cursor)
    if key not in (BLANK, MULTI, ILLEGIBLE) and int(key) > allowed:
        return Step(state, Outcome.REFUSED, f"这一项只有 1 至 {allowed}。")
    cells = state.cells[: state.cursor] + key + state.cells[state.cursor + 1 :]
    return Step(replace(state, cells=cells, cursor=state.cursor + 1), Outcome.KEYED)


def _commit(state: Keying) -> Step:
    if not state.full:
        return _missing(state)
    return Step(start(state.paper, position=state.position + 1), Outcome.COMMITTED)


def _missing(state: Keying) -> Step:
    cell = state.cells.index(UNKEYED)
    message = f"第 {cell // state.paper.row_width + 1} 行还没录，请补录。"
    return Step(replace(state, cursor=cell), Outcome.REFUSED, message)


def _back(state: Keying) -> Step:
    if state.cursor > 0:
        cursor = state.cursor - 1
        cells = state.cells[:cursor] + UNKEYED + state.cells[cursor + 1 :]
        return Step(replace(state, cells=cells, cursor=cursor), Outcome.KEYED)
    if not state.untouched:
        return Step(state, Outcome.REFUSED, "本张后面还有已录的格，请先录完这一张。")
    if state.position == 1:
        return Step(state, Outcome.REFUSED, "这是第一张，前面没有了。")
    return Step(state, Outcome.REOPEN)


def _move(state: Keying, key: str) -> Step:
    step = {UP: -state.paper.row_width, DOWN: state.paper.row_width, LEFT: -1, RIGHT: 1}[key]
    cursor = state.cursor + step
    if not 0 <= cursor <= state.paper.size or (cursor == state.paper.size and not state.full):
        return Step(state, Outcome.REFUSED, "已到边上。")
    return Step(replace(state, cursor=cursor), Outcome.MOVED)
