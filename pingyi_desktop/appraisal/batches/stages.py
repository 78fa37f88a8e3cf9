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

from pingyi_desktop.appraisal.rulebook.catalogue import sentence
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema_batches import BatchState


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
        super().__init__(_CODES[wrong], sentence(_CODES[wrong]))
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


_CODES: dict[Wrong, str] = {
    Wrong.IS_SEALED: "V-BAL-17",
    Wrong.IS_VOID: "V-BAL-21",
    Wrong.IS_SIGNED: "V-BAL-22",
    Wrong.NOT_SEALED: "V-BAL-23",
    Wrong.FIRST_FINISHED: "V-BAL-24",
    Wrong.FIRST_UNFINISHED: "V-BAL-25",
    Wrong.SECOND_RUNNING: "V-BAL-26",
    Wrong.SECOND_FINISHED: "V-BAL-27",
    Wrong.DIFFERENCES_LEFT: "V-BAL-10",
    Wrong.NO_DIFFERENCES: "V-BAL-28",
    Wrong.NOT_SIGNED: "V-BAL-29",
}
