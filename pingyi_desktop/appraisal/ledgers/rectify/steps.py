"""The steps of a 整改事项, from registered to crossed off and back: a pure state machine (domain §3.11).

.. code-block:: mermaid

    stateDiagram-v2
        [*] --> REGISTERED
        REGISTERED --> ASSIGNED: assign 交办
        ASSIGNED --> IN_PROGRESS: begin 开始办理
        REOPENED --> IN_PROGRESS: begin 开始办理
        IN_PROGRESS --> IN_PROGRESS: report 报告进展
        IN_PROGRESS --> DONE: finish 办结
        DONE --> VERIFIED: verify 验收
        DONE --> IN_PROGRESS: return 退回
        VERIFIED --> IN_PROGRESS: return 退回
        VERIFIED --> CLOSED: close 销号
        CLOSED --> REOPENED: reopen 复号

An overdue item is in no state of its own: its day is over while it is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from pingyi_desktop.appraisal.ledgers.ledger import Values
from pingyi_desktop.appraisal.rulebook import dates
from pingyi_desktop.appraisal.rulebook.catalogue import broken, sentence
from pingyi_desktop.storage.schemas.rectify import RectifyKind, RectifyState

WORDS: Mapping[RectifyState, str] = {
    RectifyState.REGISTERED: "已登记",
    RectifyState.ASSIGNED: "已交办",
    RectifyState.IN_PROGRESS: "办理中",
    RectifyState.DONE: "已办结",
    RectifyState.VERIFIED: "已验收",
    RectifyState.CLOSED: "已销号",
    RectifyState.REOPENED: "已复号",
}
OPEN = (RectifyState.REGISTERED, RectifyState.ASSIGNED, RectifyState.IN_PROGRESS, RectifyState.REOPENED)
"""states in which an item may be overdue"""
FINISHED = (RectifyState.DONE, RectifyState.VERIFIED, RectifyState.CLOSED)


class Step(StrEnum):
    """What may be done with an item, by its word on the command line."""

    ASSIGN = "assign"
    BEGIN = "begin"
    REPORT = "report"
    FINISH = "finish"
    VERIFY = "verify"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"


class Allowed(NamedTuple):
    """A step: its word, from which states it goes and to which, the fields it is the time to fill in, and its error.

    ``told`` says that it takes a line of the progress: what was done, or why it goes back.
    """

    word: str
    before: tuple[RectifyState, ...]
    after: RectifyState
    asks: tuple[str, ...]
    code: str
    told: bool = False


_S = RectifyState
STEPS: Mapping[Step, Allowed] = {
    Step.ASSIGN: Allowed(
        "交办", (_S.REGISTERED,), _S.ASSIGNED, ("cause", "lead", "responsible", "due_on"), "V-RCT-21"
    ),
    Step.BEGIN: Allowed(
        "开始办理", (_S.ASSIGNED, _S.REOPENED), _S.IN_PROGRESS, ("measures", "stages"), "V-RCT-22"
    ),
    Step.REPORT: Allowed("报告进展", (_S.IN_PROGRESS,), _S.IN_PROGRESS, (), "V-RCT-23", told=True),
    Step.FINISH: Allowed("办结", (_S.IN_PROGRESS,), _S.DONE, ("measures", "result", "evidence"), "V-RCT-24"),
    Step.VERIFY: Allowed("验收", (_S.DONE,), _S.VERIFIED, ("asked", "satisfied"), "V-RCT-25"),
    Step.RETURN: Allowed("退回", (_S.DONE, _S.VERIFIED), _S.IN_PROGRESS, ("due_on",), "V-RCT-26", told=True),
    Step.CLOSE: Allowed(
        "销号", (_S.VERIFIED,), _S.CLOSED, ("evidence", "closed_on", "closed_by", "approved_by"), "V-RCT-27"
    ),
    Step.REOPEN: Allowed("复号", (_S.CLOSED,), _S.REOPENED, ("due_on",), "V-RCT-28", told=True),
}


def after(state: RectifyState, step: Step, *, name: str = "") -> RectifyState:
    """The state that the step leads to; a RuleError of the step's own code (V-RCT-21…28) when it is not its turn.

    ``name`` is of the item, for the sentence.
    """
    allowed = STEPS[step]
    if state not in allowed.before:
        raise broken(allowed.code, at=f"{name}：" if name else "", state=WORDS[state])
    return allowed.after


def between(state: RectifyState, then: RectifyState) -> Step | None:
    """The step from one state to another one; None when there is none."""
    return next((step for step, one in STEPS.items() if state in one.before and one.after is then), None)


def leading(then: RectifyState) -> Step | None:
    """The step by which an item usually comes to a state; None for the one it is registered in."""
    return next((step for step, one in STEPS.items() if one.after is then), None)


def asks(step: Step, kind: str) -> tuple[str, ...]:
    """Keys of the fields that the step is the time to fill in, for an item of this kind."""
    if step is Step.FINISH and kind == RectifyKind.EXPLAINED:
        return ("explanation", "explained_on", "explained_to", "evidence")
    return STEPS[step].asks


def why_not(state: RectifyState, step: Step) -> str:
    """The sentence that ``after`` refuses the step with; "" when it is legal."""
    allowed = STEPS[step]
    return "" if state in allowed.before else sentence(allowed.code, at="", state=WORDS[state])


class Entry(NamedTuple):
    """One line of the progress: a day, how far in per cent (None: not said), and what was done."""

    on: str
    percent: int | None
    text: str

    @property
    def line(self) -> str:
        """As it is kept."""
        share = "" if self.percent is None else f"{self.percent}% "
        return f"{self.on} {share}{self.text}"


_LINE = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}) (?:(?P<percent>[0-9]{1,3})% )?(?P<text>\S.*)")


def entry(line: str) -> Entry | None:
    """What a line of the progress says; None when it is not in that form."""
    found = _LINE.fullmatch(line)
    if found is None or dates.iso_day(found["day"]) != found["day"]:
        return None
    percent = None if found["percent"] is None else int(found["percent"])
    return None if percent is not None and percent > 100 else Entry(found["day"], percent, found["text"])


def entries(values: Values) -> list[Entry]:
    """The progress of an item, the newest last."""
    lines = str(values["progress"]).splitlines()
    return [made for line in lines if (made := entry(line)) is not None]
