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
    Command --> Cell: * again (what was filled is cleared)
    Full --> Count: Enter, every tenth ballot, where an office wants the stack counted
    Count --> Cell: Enter (the count is right)
    Count --> Previous: Backspace (it is not)
    Asked --> Asked: an answer to a cell that differs from the other entry, Backspace; all else is refused
    Asked --> Cell: Enter
```

F9, and Esc where no command waits, is a pause: whoever listens leaves the paper, nothing keyed is lost. What a state does
not list is refused with one line and changes no cell.

A ballot is one character per cell, row by row as the paper has them: ``1``–``8`` the option ticked, ``0`` left
blank (未填), ``9`` two ticks (多选), ``.`` illegible, ``_`` not keyed yet. Enter commits, and only a full ballot:
one omitted key leaves the last cell empty and one extra key is refused, so a slip never spills over the next ballot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pingyi_desktop.appraisal.rulebook.catalogue import sentence

UNKEYED, BLANK, MULTI, ILLEGIBLE = "_", "0", "9", "."
BACKSPACE, ENTER, CANCEL = "BACKSPACE", "ENTER", "CANCEL"
JUMP, FILL, SPOIL, PAUSE = "/", "*", "F8", "F9"
COUNT, CLICK = "COUNT", "@"
"""``@12:3`` is a click on box 3 of cell 12: the cursor goes there and the box is ticked"""
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
    PAUSED = "PAUSED"
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class Paper:
    """The shape of a form: how many options each item has, and whose rows a roster form lists.

    ``targets`` is ``("",)`` for organisation and collective forms; cells run target by target, item by item. ``no_multi``
    says what is done in place of ``9`` ("" where it is keyed).
    """

    options: tuple[int, ...]
    targets: tuple[str, ...] = ("",)
    no_multi: str = ""

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
    when the whole ballot is void, ``pending`` a command that was begun. ``skipped`` is how many cells keyed before the
    last mark jumped over, so that Backspace finds its way back. ``asked`` marks with ``1`` the cells that are asked for
    again because the other entry has something else ("" = none): until Enter only they are answered.
    """

    paper: Paper
    position: int
    cells: str
    cursor: int
    filled: str = ""
    void_reason: str = ""
    pending: str = ""
    skipped: int = 0
    asked: str = ""

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


def ask_again(state: Keying, blanked: str) -> Keying:
    """The same ballot, the cells that ``blanked`` has unkeyed being asked for once more."""
    return replace(state, asked="".join("1" if mark == UNKEYED else "0" for mark in blanked))


def why_asked(state: Keying) -> str:
    """Why only an answer is taken now; what the other entry says is never told."""
    many = state.asked.count("1")
    which = "这一格" if many == 1 else "这一张" if many == state.paper.size else f"这 {many} 格"
    return f"{which}和上一遍不同，请只看纸重按。"


def content(cells: str, void_reason: str = "") -> str:
    """What a ballot says: its cells, or ``!`` and the reason's digit when the whole ballot is void."""
    return VOID + void_reason if void_reason else cells


def is_void(ballot: str) -> bool:
    """Whether a ballot's content is that of a void one."""
    return ballot.startswith(VOID)


def ask_count(state: Keying) -> Keying:
    """The same ballot once the keyer has counted the stack: Enter when it agrees, Backspace when it does not."""
    return replace(state, pending=COUNT)


def press(state: Keying, key: str, *, may_fill: bool = True) -> Step:
    """Take one key; every (state, key) pair has an answer. ``may_fill`` is off where an office forbids ``*``."""
    if key == PAUSE or (key == CANCEL and state.pending in ("", COUNT)):
        return Step(replace(state, pending=""), Outcome.PAUSED)
    if state.pending == COUNT:
        return _counted(state, key)
    if state.pending:
        return _command(state, key)
    if key.startswith(CLICK):
        return _click(state, key)
    if state.asked:
        return _answer(state, key)
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
        if why := _wrong(paper, cell, mark):
            return f"第 {cell + 1} 格“{mark}”：{why}"
    return None


def _wrong(paper: Paper, cell: int, mark: str) -> str:
    """Why a mark cannot stand in a cell."""
    if mark == MULTI:
        return paper.no_multi
    fits = mark in (BLANK, ILLEGIBLE) or int(mark) <= paper.options_at(cell)
    return "" if fits else f"这一项只有 1 至 {paper.options_at(cell)}。"


def _mark(state: Keying, key: str) -> Step:
    if state.cursor >= state.paper.size:
        full = Step(state, Outcome.REFUSED, "已满，核对后按回车确认这一张。")
        return full if state.full else _missing(state)
    if why := _wrong(state.paper, state.cursor, key):
        return Step(state, Outcome.REFUSED, why)
    cursor = _after(state)
    marked = _with_mark(state, key, cursor=cursor)
    said = sentence("V-BAL-13") if key == MULTI else ""
    return Step(replace(marked, skipped=cursor - state.cursor - 1), Outcome.KEYED, said)


def _click(state: Keying, key: str) -> Step:
    """A box was clicked: the pencil goes where the eye is."""
    cell, mark = key.removeprefix(CLICK).split(":")
    if state.asked[int(cell) :][:1] == "0":
        return Step(state, Outcome.REFUSED, why_asked(state))
    return _mark(replace(state, cursor=int(cell), skipped=0), mark)


def _answer(state: Keying, key: str) -> Step:
    """A key while cells are asked for again: an answer to them, or nothing."""
    if key == ENTER and state.full:
        return _commit(state)
    if key in MARKS and (state.cursor == state.paper.size or state.asked[state.cursor] == "1"):
        return _mark(state, key)
    if key == SPOIL and "0" not in state.asked:
        return _start_command(state, key, may_fill=False)
    answered = [at for at, on in enumerate(state.asked) if on == "1" and state.cells[at] != UNKEYED]
    if key == BACKSPACE and answered:
        at = max((one for one in answered if one < state.cursor), default=answered[-1])
        return Step(_with_mark(replace(state, cursor=at), UNKEYED, cursor=at), Outcome.KEYED)
    return Step(state, Outcome.REFUSED, why_asked(state))


def _after(state: Keying) -> int:
    """Where a mark leads: past cells that are keyed already, so that no digit falls on one of them by itself.

    A cell changed on purpose (arrows) leads to the next one, or to the end when the ballot is full.
    """
    if state.cells[state.cursor] == UNKEYED:
        empty = state.cells.find(UNKEYED, state.cursor + 1)
        return state.paper.size if empty < 0 else empty
    return state.paper.size if state.full else state.cursor + 1


def _commit(state: Keying) -> Step:
    following = start(state.paper, position=state.position + 1)
    return Step(following, Outcome.COMMITTED, done=state) if state.full else _missing(state)


def _missing(state: Keying) -> Step:
    cell = state.cells.index(UNKEYED)
    message = f"第 {cell // state.paper.row_width + 1} 行还没录，请补录。"
    return Step(replace(state, cursor=cell, skipped=0), Outcome.REFUSED, message)


def _back(state: Keying) -> Step:
    if state.cursor > 0:
        back = replace(state, cursor=state.cursor - 1 - state.skipped)
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
    return Step(replace(state, cursor=cursor, skipped=0), Outcome.MOVED)


def _with_mark(state: Keying, mark: str, *, cursor: int) -> Keying:
    """The cell under the cursor keyed by hand: it is no longer a filled one."""
    at = state.cursor
    cells = state.cells[:at] + mark + state.cells[at + 1 :]
    filled = state.filled and state.filled[:at] + "0" + state.filled[at + 1 :]
    return replace(state, cells=cells, filled=filled if "1" in filled else "", cursor=cursor, skipped=0)


def _start_command(state: Keying, key: str, *, may_fill: bool) -> Step:
    if key == FILL and not may_fill:
        return Step(state, Outcome.REFUSED, "本单位不用“*”填充，请逐格录入。")
    if key == FILL and state.full and not state.filled:
        return Step(state, Outcome.REFUSED, "已满，没有空格可填。")
    said = {
        JUMP: f"跳到第几行？输入行号（1 至 {state.rows}），退格取消。",
        FILL: "再按一次 * 收回填充的格，退格取消。"
        if state.full
        else "没录的格都填几？按一个数字，退格取消。",
        SPOIL: f"整张作废：按原因的数字 1 至 {len(VOID_REASONS)}，再按回车；退格取消。",
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
    return Step(replace(plain, cursor=(row - 1) * state.paper.row_width, skipped=0), Outcome.MOVED)


def _fill(state: Keying, plain: Keying, key: str) -> Step:
    if key == FILL and state.filled:
        return _unfill(plain)
    left = [cell for cell, mark in enumerate(state.cells) if mark == UNKEYED]
    if not left:
        return Step(state, Outcome.REFUSED, "已满，没有空格可填；再按一次 * 收回填充的格，退格取消。")
    most = min(state.paper.options_at(cell) for cell in left)
    if not key.isdigit() or int(key) > most:
        return Step(state, Outcome.REFUSED, f"填充只能用 0 至 {most}，退格取消。")
    before = state.filled or "0" * state.paper.size
    filled = "".join("1" if mark == UNKEYED else old for mark, old in zip(state.cells, before, strict=True))
    cells = state.cells.replace(UNKEYED, key)
    full = replace(plain, cells=cells, filled=filled, cursor=state.paper.size, skipped=0)
    return Step(full, Outcome.KEYED, f"其余 {len(left)} 格都填了 {key}。对就按回车，不对按 * *。")


def _unfill(state: Keying) -> Step:
    marks = zip(state.cells, state.filled, strict=True)
    cells = "".join(UNKEYED if filled == "1" else mark for mark, filled in marks)
    left = replace(state, cells=cells, filled="", cursor=cells.index(UNKEYED), skipped=0)
    return Step(left, Outcome.KEYED, "填充的格已收回。")


def _counted(state: Keying, key: str) -> Step:
    """The answer to the question how many ballots have been turned over."""
    plain = replace(state, pending="")
    if key == ENTER:
        return Step(plain, Outcome.MOVED, "接着录。")
    if key == BACKSPACE:
        return Step(plain, Outcome.REOPEN)
    return Step(state, Outcome.REFUSED, "先数左手边翻过的票：张数对就按回车，不对按退格。")


def _spoil(state: Keying, plain: Keying, key: str) -> Step:
    reason = state.pending.removeprefix(SPOIL)
    if key in VOID_REASONS:
        said = f"整张作废：{VOID_REASONS[key]}。按回车确认，退格取消。"
        return Step(replace(state, pending=SPOIL + key), Outcome.STARTED, said)
    if key == ENTER and reason:
        empty = UNKEYED * state.paper.size
        done = replace(plain, cells=empty, filled="", void_reason=reason)
        return Step(start(state.paper, position=state.position + 1), Outcome.COMMITTED, done=done)
    return Step(state, Outcome.REFUSED, f"先按作废原因的数字 1 至 {len(VOID_REASONS)}，再按回车；退格取消。")
