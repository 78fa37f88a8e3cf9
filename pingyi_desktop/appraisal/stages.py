"""The life of one batch (票批) as a pure state machine: what may follow what, and the name of every wrong step.

```mermaid
stateDiagram-v2
    [*] --> FIRST
    FIRST --> FIRST: key, discard
    FIRST --> SECOND: finish the first entry (复录办法 chosen)
    FIRST --> AGREED: waive the second entry, with a reason (单录)
    SECOND --> SECOND: key again, blind; discard; a sample escalates to everything
    SECOND --> AGREED: compared, no difference
    SECOND --> DIFFERENCES: compared, differences
    DIFFERENCES --> DIFFERENCES: settle one at a third look
    DIFFERENCES --> AGREED: the last one settled
    AGREED --> SIGNED: tellers and scrutineers sign
    SIGNED --> AGREED: take the signature back
    SIGNED --> SEALED: seal
    SEALED --> FIRST: a signed correction reopens it (更正单)
    FIRST --> FIRST: reset
    SECOND --> FIRST: reset
    DIFFERENCES --> FIRST: reset
    AGREED --> FIRST: reset
    SIGNED --> FIRST: reset
    FIRST --> VOID
    SECOND --> VOID
    DIFFERENCES --> VOID
    AGREED --> VOID
    SIGNED --> VOID
    VOID --> [*]
```

*Discard* throws away the keyer's own unfinished pass; *reset* is the office's act: everything keyed goes, with a reason.
"""

from __future__ import annotations

from enum import StrEnum

from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema import BatchState


class Act(StrEnum):
    """What can be done to a batch."""

    FILL_SHEET = "FILL_SHEET"
    KEY = "KEY"
    FINISH_FIRST = "FINISH_FIRST"
    WAIVE = "WAIVE"
    KEY_SECOND = "KEY_SECOND"
    ESCALATE = "ESCALATE"
    FIND_SAME = "FIND_SAME"
    FIND_DIFFERENT = "FIND_DIFFERENT"
    SETTLE = "SETTLE"
    SETTLE_LAST = "SETTLE_LAST"
    SIGN = "SIGN"
    UNSIGN = "UNSIGN"
    SEAL = "SEAL"
    DISCARD = "DISCARD"
    RESET = "RESET"
    VOID = "VOID"
    REOPEN = "REOPEN"


class Wrong(StrEnum):
    """Names of the illegal steps."""

    IS_SEALED = "IS_SEALED"
    IS_VOID = "IS_VOID"
    IS_SIGNED = "IS_SIGNED"
    NOT_SEALED = "NOT_SEALED"
    FIRST_FINISHED = "FIRST_FINISHED"
    FIRST_UNFINISHED = "FIRST_UNFINISHED"
    SECOND_RUNNING = "SECOND_RUNNING"
    SECOND_FINISHED = "SECOND_FINISHED"
    DIFFERENCES_LEFT = "DIFFERENCES_LEFT"
    NO_DIFFERENCES = "NO_DIFFERENCES"
    NOT_SIGNED = "NOT_SIGNED"


class StepError(RuleError):
    """An act that the state of the batch does not allow; ``wrong`` names it."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(*_SENTENCES[wrong])
        self.wrong = wrong


_FIRST, _SECOND, _DIFFERENCES, _AGREED, _SIGNED, _SEALED, _VOID = BatchState
NAMES = {
    _FIRST: "首录",
    _SECOND: "复录",
    _DIFFERENCES: "待裁定",
    _AGREED: "待签字",
    _SIGNED: "已签字",
    _SEALED: "已封存",
    _VOID: "已作废",
}

_NEXT: dict[tuple[BatchState, Act], BatchState] = {
    (_FIRST, Act.KEY): _FIRST,
    (_FIRST, Act.FINISH_FIRST): _SECOND,
    (_FIRST, Act.WAIVE): _AGREED,
    (_SECOND, Act.KEY_SECOND): _SECOND,
    (_SECOND, Act.ESCALATE): _SECOND,
    (_SECOND, Act.FIND_SAME): _AGREED,
    (_SECOND, Act.FIND_DIFFERENT): _DIFFERENCES,
    (_DIFFERENCES, Act.SETTLE): _DIFFERENCES,
    (_DIFFERENCES, Act.SETTLE_LAST): _AGREED,
    (_AGREED, Act.SIGN): _SIGNED,
    (_SIGNED, Act.UNSIGN): _AGREED,
    (_SIGNED, Act.SEAL): _SEALED,
    (_SEALED, Act.REOPEN): _FIRST,
    (_FIRST, Act.DISCARD): _FIRST,
    (_SECOND, Act.DISCARD): _SECOND,
    **{(state, Act.FILL_SHEET): state for state in (_FIRST, _SECOND, _DIFFERENCES, _AGREED)},
    **{(state, Act.RESET): _FIRST for state in (_FIRST, _SECOND, _DIFFERENCES, _AGREED, _SIGNED)},
    **{(state, Act.VOID): _VOID for state in (_FIRST, _SECOND, _DIFFERENCES, _AGREED, _SIGNED)},
}


def step(state: BatchState | str, act: Act) -> BatchState:
    """The state after an act; :class:`StepError` when the act is not allowed now."""
    now = BatchState(state)
    after = _NEXT.get((now, act))
    if after is None:
        raise StepError(_wrong(now, act))
    return after


def allowed(state: BatchState | str, act: Act) -> bool:
    """Whether the act may be done now."""
    return (BatchState(state), act) in _NEXT


def _wrong(state: BatchState, act: Act) -> Wrong:
    if act is Act.REOPEN and state is not _VOID:
        return Wrong.NOT_SEALED
    match state:
        case BatchState.SEALED:
            return Wrong.IS_SEALED
        case BatchState.VOID:
            return Wrong.IS_VOID
        case BatchState.SIGNED:
            return Wrong.IS_SIGNED
    if act in (Act.KEY, Act.FINISH_FIRST, Act.WAIVE):
        return Wrong.FIRST_FINISHED
    if state is _FIRST:
        return Wrong.FIRST_UNFINISHED
    if act in (Act.SIGN, Act.SEAL, Act.UNSIGN):
        return {_SECOND: Wrong.SECOND_RUNNING, _DIFFERENCES: Wrong.DIFFERENCES_LEFT}.get(
            state, Wrong.NOT_SIGNED
        )
    if act in (Act.SETTLE, Act.SETTLE_LAST):
        return Wrong.SECOND_RUNNING if state is _SECOND else Wrong.NO_DIFFERENCES
    return Wrong.SECOND_FINISHED


_SENTENCES: dict[Wrong, tuple[str, str]] = {
    Wrong.IS_SEALED: ("V-BAL-17", "该票批已封存。更正需提出更正单，由监票人签字后重开，原记录保留。"),
    Wrong.IS_VOID: ("V-BAL-17", "该票批已作废，不能再动。请在重新组织的那一批里录入。"),
    Wrong.IS_SIGNED: ("V-BAL-17", "该票批已由计票人、监票人签字，要改动请先撤回签字。"),
    Wrong.NOT_SEALED: ("V-BAL-17", "该票批还没有封存，不需要更正单，可以直接改。"),
    Wrong.FIRST_FINISHED: ("V-BAL-10", "第一遍已经录完，不能再改第一遍。要重来请“整批重录”。"),
    Wrong.FIRST_UNFINISHED: ("V-BAL-10", "第一遍还没有录完，请先录完第一遍。"),
    Wrong.SECOND_RUNNING: ("V-BAL-10", "第二遍还没有录完，请先录完第二遍。"),
    Wrong.SECOND_FINISHED: ("V-BAL-10", "两遍已经核对过，不能再录第二遍。要重来请“整批重录”。"),
    Wrong.DIFFERENCES_LEFT: ("V-BAL-10", "两遍录入还有不一致的地方没有裁定，请先对照原始票逐条裁定。"),
    Wrong.NO_DIFFERENCES: ("V-BAL-10", "两遍录入没有待裁定的不一致。"),
    Wrong.NOT_SIGNED: ("V-BAL-18", "还没有登记计票人、监票人签字，请先签字，再封存。"),
}
