"""The life of a batch: every (state, act) pair leads somewhere known or is refused under its own name."""

from __future__ import annotations

from itertools import product

import pytest

from pingyi_desktop.appraisal.batches import stages
from pingyi_desktop.appraisal.batches.stages import Act, StepError, Wrong
from pingyi_desktop.storage.schema_batches import BatchState

S, A, W = BatchState, Act, Wrong

# Rows: acts in the order of ``Act``; columns: states in the order of ``BatchState``.
TABLE: dict[Act, tuple[BatchState | Wrong, ...]] = {
    A.FILL_SHEET: (S.FIRST, S.SECOND, S.DIFFERENCES, S.AGREED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID),
    A.KEY: (
        S.FIRST, W.FIRST_FINISHED, W.FIRST_FINISHED, W.FIRST_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.FINISH_FIRST: (
        S.SECOND, W.FIRST_FINISHED, W.FIRST_FINISHED, W.FIRST_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.WAIVE: (
        S.AGREED, W.FIRST_FINISHED, W.FIRST_FINISHED, W.FIRST_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.KEY_SECOND: (
        W.FIRST_UNFINISHED, S.SECOND, W.SECOND_FINISHED, W.SECOND_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.ESCALATE: (
        W.FIRST_UNFINISHED, S.SECOND, W.SECOND_FINISHED, W.SECOND_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.FIND_SAME: (
        W.FIRST_UNFINISHED, S.AGREED, W.SECOND_FINISHED, W.SECOND_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.FIND_DIFFERENT: (
        W.FIRST_UNFINISHED, S.DIFFERENCES, W.SECOND_FINISHED, W.SECOND_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.SETTLE: (
        W.FIRST_UNFINISHED, W.SECOND_RUNNING, S.DIFFERENCES, W.NO_DIFFERENCES, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.SETTLE_LAST: (
        W.FIRST_UNFINISHED, W.SECOND_RUNNING, S.AGREED, W.NO_DIFFERENCES, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.SIGN: (
        W.FIRST_UNFINISHED, W.SECOND_RUNNING, W.DIFFERENCES_LEFT, S.SIGNED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.UNSIGN: (
        W.FIRST_UNFINISHED, W.SECOND_RUNNING, W.DIFFERENCES_LEFT, W.NOT_SIGNED, S.AGREED, W.IS_SEALED, W.IS_VOID,
    ),
    A.SEAL: (
        W.FIRST_UNFINISHED, W.SECOND_RUNNING, W.DIFFERENCES_LEFT, W.NOT_SIGNED, S.SEALED, W.IS_SEALED, W.IS_VOID,
    ),
    A.DISCARD: (
        S.FIRST, S.SECOND, W.SECOND_FINISHED, W.SECOND_FINISHED, W.IS_SIGNED, W.IS_SEALED, W.IS_VOID,
    ),
    A.RESET: (S.FIRST, S.FIRST, S.FIRST, S.FIRST, S.FIRST, W.IS_SEALED, W.IS_VOID),
    A.VOID: (S.VOID, S.VOID, S.VOID, S.VOID, S.VOID, W.IS_SEALED, W.IS_VOID),
    A.REOPEN: (
        W.NOT_SEALED, W.NOT_SEALED, W.NOT_SEALED, W.NOT_SEALED, W.NOT_SEALED, S.FIRST, W.IS_VOID,
    ),
}  # fmt: skip


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(Act)
    assert all(len(row) == len(BatchState) for row in TABLE.values())


@pytest.mark.parametrize(("act", "place"), list(product(Act, range(len(BatchState)))))
def test_every_step(act: Act, place: int) -> None:
    state, expected = list(BatchState)[place], TABLE[act][place]
    if isinstance(expected, BatchState):
        assert stages.step(state, act) is expected
        assert stages.allowed(state, act)
        return
    with pytest.raises(StepError) as caught:
        stages.step(state, act)
    assert caught.value.wrong is expected
    assert caught.value.code.startswith("V-BAL-")
    assert str(caught.value).endswith("。")
    assert not stages.allowed(state, act)


def test_every_wrong_step_has_its_own_sentence() -> None:
    said = {}
    for state, act in product(BatchState, Act):
        try:
            stages.step(state, act)
        except StepError as error:
            said[error.wrong] = str(error)
    assert set(said) == set(Wrong)
    assert len(set(said.values())) == len(Wrong)


def test_the_picture_shows_every_step() -> None:
    picture = stages.__doc__ or ""
    steps = {
        (state, stages.step(state, act))
        for state, act in product(BatchState, Act)
        if stages.allowed(state, act)
    }
    for before, after in steps:
        if before is not after:
            assert f"{before} --> {after}" in picture, (before, after)
