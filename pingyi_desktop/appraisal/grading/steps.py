"""The life of one member's grade (等次) as a pure state machine: what may follow what, and the name of every wrong step.

```mermaid
stateDiagram-v2
    [*] --> PROPOSED: the ballots are sealed
    PROPOSED --> DECIDED: decide (支委会 or members' meeting, with its date; a reason where it departs)
    DECIDED --> DECIDED: decide anew
    DECIDED --> TOLD: tell (the slip is handed to the person)
    TOLD --> ACKNOWLEDGED: acknowledge (the person signs)
    DECIDED --> PROPOSED: take back
    TOLD --> DECIDED: take back
    ACKNOWLEDGED --> TOLD: take back
```

Nothing is changed behind a person's back: once told, a grade is decided anew only after the telling was taken back.
"""

from __future__ import annotations

from enum import StrEnum

from pingyi_desktop.appraisal.rulebook.catalogue import sentence
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schemas.grade_words import GradeState


class Act(StrEnum):
    """What can be done about a member's grade."""

    DECIDE = "DECIDE"
    TELL = "TELL"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    TAKE_BACK = "TAKE_BACK"


class Wrong(StrEnum):
    """Names of the illegal steps."""

    NOT_DECIDED = "NOT_DECIDED"
    ALREADY_TOLD = "ALREADY_TOLD"
    NOT_TOLD = "NOT_TOLD"
    ALREADY_ACKNOWLEDGED = "ALREADY_ACKNOWLEDGED"
    NOTHING_TO_TAKE_BACK = "NOTHING_TO_TAKE_BACK"


_PROPOSED, _DECIDED, _TOLD, _ACKNOWLEDGED = GradeState
NAMES = {_PROPOSED: "待决定", _DECIDED: "已决定", _TOLD: "已告知", _ACKNOWLEDGED: "已签收"}
_NEXT: dict[tuple[GradeState, Act], GradeState] = {
    (_PROPOSED, Act.DECIDE): _DECIDED,
    (_DECIDED, Act.DECIDE): _DECIDED,
    (_DECIDED, Act.TELL): _TOLD,
    (_TOLD, Act.ACKNOWLEDGE): _ACKNOWLEDGED,
    (_DECIDED, Act.TAKE_BACK): _PROPOSED,
    (_TOLD, Act.TAKE_BACK): _DECIDED,
    (_ACKNOWLEDGED, Act.TAKE_BACK): _TOLD,
}


class StepError(RuleError):
    """An act that the state of a member's grade does not allow; ``wrong`` names it."""

    def __init__(self, wrong: Wrong, name: str) -> None:
        super().__init__(_CODES[wrong], sentence(_CODES[wrong], name=name))
        self.wrong = wrong


def step(state: GradeState | str, act: Act, *, name: str) -> GradeState:
    """The state after an act; :class:`StepError`, saying whose grade it is, when the act is not allowed now."""
    now = GradeState(state)
    after = _NEXT.get((now, act))
    if after is None:
        raise StepError(_wrong(now, act), name)
    return after


def allowed(state: GradeState | str, act: Act) -> bool:
    """Whether the act may be done now."""
    return (GradeState(state), act) in _NEXT


def _wrong(state: GradeState, act: Act) -> Wrong:
    match act:
        case Act.TAKE_BACK:
            return Wrong.NOTHING_TO_TAKE_BACK
        case Act.ACKNOWLEDGE:
            return Wrong.ALREADY_ACKNOWLEDGED if state is _ACKNOWLEDGED else Wrong.NOT_TOLD
    return Wrong.NOT_DECIDED if state is _PROPOSED else Wrong.ALREADY_TOLD


_CODES: dict[Wrong, str] = {
    Wrong.NOT_DECIDED: "V-GRD-01",
    Wrong.ALREADY_TOLD: "V-GRD-02",
    Wrong.NOT_TOLD: "V-GRD-03",
    Wrong.ALREADY_ACKNOWLEDGED: "V-GRD-04",
    Wrong.NOTHING_TO_TAKE_BACK: "V-GRD-05",
}
