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
    Cell --> Command: / (jump to a row), * (fill), F8 (whole ballot void)
    Full --> Command: / or F8
    Command --> Cell: row typed; digit filled in; Backspace or Esc gives it up
    Command --> Full: digit filled in
    Command --> Cell: reason and Enter after F8 (void ballot committed, next ballot)
```

A ballot is one character per cell, row by row as the paper has them: ``1``–``8`` the option ticked, ``0`` left
blank (未填), ``9`` two ticks (多选), ``.`` illegible, ``_`` not keyed yet. Enter commits, and only a full ballot:
one omitted key leaves the last cell empty and one extra key is refused, so a slip never spills over the next ballot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

UNKEYED, BLANK, MULTI, ILLEGIBLE = "_", "0", "9", "."
BACKSPACE, ENTER, CANCEL = "BACKSPACE", "ENTER", "CANCEL"
JUMP, FILL, SPOIL = "/", "*", "F8"
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
    STARTED = "STARTED"
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
    def rows(self) -> int:
        """Printed rows of the paper."""
        return self.paper.size // self.paper.row_width

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
    """The state after a key, what the key did, and one line for the keyer; ``done`` is the ballot just committed."""

    state: Keying
    outcome: Outcome
    message: str = ""
    done: Keying | None = None


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


def press(state: Keying, key: str, *, may_fill: bool = True) -> Step:
    """Take one key; every (state, key) pair has an answer. ``may_fill`` is off where an office forbids ``*``."""
    if state.pending:
        return _command(state, key)
    match key:
        case "ENTER":
            return _commit(state)
        case "BACKSPACE":
            return _back(state)
        case "UP" | "DOWN" | "LEFT" | "RIGHT":
            return _move(state, key)
        case "/" | "*" | "F8":
            return _start_command(state, key, may_fill=may_fill)
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
    return Step(_with_mark(state, key, cursor=state.cursor + 1), Outcome.KEYED)


def _commit(state: Keying) -> Step:
    if not state.full:
        return _missing(state)
    return Step(start(state.paper, position=state.position + 1), Outcome.COMMITTED, done=state)


def _missing(state: Keying) -> Step:
    cell = state.cells.index(UNKEYED)
    message = f"第 {cell // state.paper.row_width + 1} 行还没录，请补录。"
    return Step(replace(state, cursor=cell), Outcome.REFUSED, message)


def _back(state: Keying) -> Step:
    if state.cursor > 0:
        back = replace(state, cursor=state.cursor - 1)
        return Step(_with_mark(back, UNKEYED, cursor=back.cursor), Outcome.KEYED)
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


def _with_mark(state: Keying, mark: str, *, cursor: int) -> Keying:
    """The cell under the cursor keyed by hand: it is no longer a filled one."""
    at = state.cursor
    cells = state.cells[:at] + mark + state.cells[at + 1 :]
    filled = state.filled and state.filled[:at] + "0" + state.filled[at + 1 :]
    return replace(state, cells=cells, filled=filled if "1" in filled else "", cursor=cursor)


def _start_command(state: Keying, key: str, *, may_fill: bool) -> Step:
    if key == FILL and not may_fill:
        return Step(state, Outcome.REFUSED, "本单位不用“*”填充，请逐格录入。")
    if key == FILL and state.full:
        return Step(state, Outcome.REFUSED, "已满，没有空格可填。")
    said = {
        JUMP: f"跳到第几行？输入行号（1 至 {state.rows}），退格取消。",
        FILL: "没录的格都填几？按一个数字，退格取消。",
        SPOIL: f"整张作废，原因：{_reasons()}。按数字再按回车，退格取消。",
    }
    return Step(replace(state, pending=key), Outcome.STARTED, said[key])


def _command(state: Keying, key: str) -> Step:
    """A key while a command waits for the rest of it."""
    plain = replace(state, pending="")
    if key in (BACKSPACE, CANCEL):
        return Step(plain, Outcome.STARTED)
    if state.pending.startswith(JUMP):
        return _jump(state, plain, key)
    if state.pending == FILL:
        return _fill(state, plain, key)
    return _spoil(state, plain, key)


def _jump(state: Keying, plain: Keying, key: str) -> Step:
    typed = state.pending[1:]
    if key == ENTER and typed:
        return _to_row(state, plain, int(typed))
    if not key.isdigit():
        return Step(state, Outcome.REFUSED, "请输入行号，退格取消。")
    typed += key
    if len(typed) == len(str(state.rows)):
        return _to_row(state, plain, int(typed))
    return Step(replace(state, pending=JUMP + typed), Outcome.STARTED, f"第 {typed} 行？再按一位，或按回车。")


def _to_row(state: Keying, plain: Keying, row: int) -> Step:
    if not 1 <= row <= state.rows:
        return Step(
            replace(state, pending=JUMP), Outcome.REFUSED, f"没有第 {row} 行，应为 1 至 {state.rows}。"
        )
    return Step(replace(plain, cursor=(row - 1) * state.paper.row_width), Outcome.MOVED)


def _fill(state: Keying, plain: Keying, key: str) -> Step:
    left = [cell for cell, mark in enumerate(state.cells) if mark == UNKEYED]
    most = min(state.paper.options_at(cell) for cell in left)
    if not key.isdigit() or int(key) > most:
        return Step(state, Outcome.REFUSED, f"填充只能用 0 至 {most}，退格取消。")
    before = state.filled or "0" * state.paper.size
    filled = "".join("1" if mark == UNKEYED else old for mark, old in zip(state.cells, before, strict=True))
    cells = state.cells.replace(UNKEYED, key)
    return Step(replace(plain, cells=cells, filled=filled, cursor=state.paper.size), Outcome.KEYED)


def _spoil(state: Keying, plain: Keying, key: str) -> Step:
    reason = state.pending.removeprefix(SPOIL)
    if key in VOID_REASONS:
        said = f"整张作废：{VOID_REASONS[key]}。按回车确认，退格取消。"
        return Step(replace(state, pending=SPOIL + key), Outcome.STARTED, said)
    if key == ENTER and reason:
        empty = UNKEYED * state.paper.size
        done = replace(plain, cells=empty, filled="", void_reason=reason)
        return Step(start(state.paper, position=state.position + 1), Outcome.COMMITTED, done=done)
    return Step(state, Outcome.REFUSED, f"请按原因的数字：{_reasons()}。")


def _reasons() -> str:
    return "，".join(f"{digit} {text}" for digit, text in VOID_REASONS.items())
