"""Four ballots to learn keying on, in a minute: Enter, Backspace, illegible and blank, void. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.keying import Keying, Paper

PAPER = Paper((4, 4, 4, 4, 4))
WRONG = "4"
FULL = "五行都录了，按回车，这一张就录完了。"


@dataclass(frozen=True)
class Lesson:
    """One sample ballot: what its keys must make, what it teaches, and whether a mistake is to be made on purpose."""

    content: str
    teaches: str
    correcting: bool = False

    @property
    def void(self) -> bool:
        """Whether the whole ballot is void."""
        return keying.is_void(self.content)


@dataclass(frozen=True)
class Verdict:
    """What the sample says of a committed ballot: right ("" and None), or what to mend and where to go on."""

    wrong: str = ""
    again: Keying | None = None


LESSONS: tuple[Lesson, ...] = (
    Lesson("12113", "勾在第几档就按几，五行按完按回车。"),
    Lesson("21121", "按错了用退格改。", correcting=True),
    Lesson("1.021", "看不清按小数点，没有勾按 0。"),
    Lesson("!2", "票上签了名，整张作废。"),
)


def hint(lesson: Lesson, state: Keying, *, corrected: bool) -> str:
    """One sentence: what to press now."""
    if lesson.void:
        return _void_hint(state)
    if state.pending:
        return "这一张不用这个键，按退格取消。"
    if lesson.correcting and not corrected:
        if state.untouched:
            return f"这张先故意按错：第 1 行本来勾在 2，请按 {WRONG}。"
        return "按错了不要紧：按退格，退一格并清掉。"
    if state.full:
        return FULL
    if state.cursor >= state.paper.size:
        return "有一行没有录，按回车，光标会跳过去。"
    row, mark = state.cursor + 1, lesson.content[state.cursor]
    if mark == keying.ILLEGIBLE:
        return f"第 {row} 行涂得看不清勾的是哪一档，按小数点。"
    if mark == keying.BLANK:
        return f"第 {row} 行没有勾，按 0。"
    return f"看左边那张票的第 {row} 行，勾在第几档就按几。"


def judge(lesson: Lesson, done: Keying, *, corrected: bool) -> Verdict:
    """Hold a committed ballot against its sample."""
    empty = keying.start(PAPER, position=done.position)
    if lesson.void:
        if not done.void_reason:
            return Verdict("这张票上签了名，不能当有效票。请按 F8。", empty)
        same = keying.content(done.cells, done.void_reason) == lesson.content
        return Verdict() if same else Verdict("签了名的票，原因是 2。请再按 F8。", empty)
    if done.void_reason:
        return Verdict("这一张没有签名，也没有涂改，不作废。请照左边录。", empty)
    marks = zip(done.cells, lesson.content, strict=True)
    cells = "".join(mark if mark == right else keying.UNKEYED for mark, right in marks)
    if keying.UNKEYED in cells:
        row = cells.index(keying.UNKEYED) + 1
        again = keying.start(PAPER, position=done.position, cells=cells)
        return Verdict(f"第 {row} 行和左边的票不一样，请再看一眼，重按这一行。", again)
    if lesson.correcting and not corrected:
        return Verdict("还差一样：按退格清掉最后一格，重按一遍，再按回车。", replace(done, cursor=PAPER.size))
    return Verdict()


def _void_hint(state: Keying) -> str:
    if state.pending == keying.SPOIL:
        return "按原因的数字：做了记号或署名，按 2。"
    if state.pending.startswith(keying.SPOIL):
        return "按回车，这张就作废了；选错了按退格。"
    return "这张票上签了名，整张作废：按 F8。"
