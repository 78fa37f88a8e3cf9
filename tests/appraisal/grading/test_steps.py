"""The state machine of a grade: what may follow what, and a named error with the person's name for all else."""

from __future__ import annotations

from itertools import product

import pytest

from pingyi_desktop.appraisal.grading import steps
from pingyi_desktop.appraisal.grading.steps import Act, StepError, Wrong
from pingyi_desktop.storage.schemas.grade_words import GradeState

P, D, T, A = GradeState
ALLOWED = {
    (P, Act.DECIDE): D,
    (D, Act.DECIDE): D,
    (D, Act.TELL): T,
    (T, Act.ACKNOWLEDGE): A,
    (D, Act.TAKE_BACK): P,
    (T, Act.TAKE_BACK): D,
    (A, Act.TAKE_BACK): T,
}
REFUSED = {
    (P, Act.TELL): Wrong.NOT_DECIDED,
    (P, Act.ACKNOWLEDGE): Wrong.NOT_TOLD,
    (P, Act.TAKE_BACK): Wrong.NOTHING_TO_TAKE_BACK,
    (D, Act.ACKNOWLEDGE): Wrong.NOT_TOLD,
    (T, Act.DECIDE): Wrong.ALREADY_TOLD,
    (T, Act.TELL): Wrong.ALREADY_TOLD,
    (A, Act.DECIDE): Wrong.ALREADY_TOLD,
    (A, Act.TELL): Wrong.ALREADY_TOLD,
    (A, Act.ACKNOWLEDGE): Wrong.ALREADY_ACKNOWLEDGED,
}


@pytest.mark.parametrize(("state", "act"), [*product(GradeState, Act)])
def test_every_pair(state: GradeState, act: Act) -> None:
    assert steps.allowed(state, act) == ((state, act) in ALLOWED)
    if (state, act) in ALLOWED:
        assert steps.step(state, act, name="赵建国") is ALLOWED[state, act]
        return
    with pytest.raises(StepError, match="赵建国") as refused:
        steps.step(state, act, name="赵建国")
    assert refused.value.wrong is REFUSED[state, act]
