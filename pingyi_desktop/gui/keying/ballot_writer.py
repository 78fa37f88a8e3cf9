"""Every key durable: the keys of the ballot in hand are written by the database thread, one by one, in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, second
from pingyi_desktop.appraisal.batches.ballots import NO_STROKES, Strokes
from pingyi_desktop.appraisal.batches.second import Turn
from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.keying import Keying, Outcome
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.page import Context

T = TypeVar("T")
Otherwise = Callable[[UserError], None]


class BallotWriter:
    """Asks for writes and counts them; nothing here waits for the disk.

    Keys that change nothing in the file (arrows, refusals) are counted and written with the next key that does.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._strokes = NO_STROKES
        self._asked = self._done = 0

    @property
    def depth(self) -> int:
        """How many writes have been asked for and not been answered."""
        return self._asked - self._done

    def note(self, key: str, outcome: Outcome) -> None:
        """Count a key for the quality sheet: going back counts as a correction."""
        self._strokes = Strokes(
            self._strokes.keystrokes + 1,
            self._strokes.corrections + (key == keying.BACKSPACE and outcome is not Outcome.REFUSED),
            self._strokes.refused + (outcome is Outcome.REFUSED),
        )

    def forget(self) -> None:
        """Another batch is taken up: keys counted and not written belong to nobody."""
        self._strokes = NO_STROKES

    def save(
        self,
        batch_id: str,
        pass_no: int,
        ballot: Keying,
        *,
        was: Keying,
        committed: bool,
        otherwise: Otherwise,
    ) -> None:
        """Write the ballot as it is after a key, on what it was before it."""
        by, strokes = self._context.operator(), self._take()
        self._ask(
            lambda session: ballots.save(
                session,
                batch_id=batch_id,
                position=ballot.position,
                cells=ballot.cells,
                committed=committed,
                was=was.cells,
                pass_no=pass_no,
                filled=ballot.filled,
                void_reason=ballot.void_reason,
                by=by,
                strokes=strokes,
            ),
            lambda _: None,
            otherwise,
        )

    def compare(
        self,
        batch_id: str,
        whole: Keying,
        then: Callable[[Turn], None],
        *,
        was: Keying,
        otherwise: Otherwise,
    ) -> None:
        """Write a whole ballot of the second entry; what comes next depends on the first, which only the file knows."""
        by, strokes = self._context.operator(), self._take()
        self._ask(
            lambda session: second.take(
                session,
                batch_id=batch_id,
                position=whole.position,
                cells=whole.cells,
                was=was.cells,
                filled=whole.filled,
                void_reason=whole.void_reason,
                by=by,
                strokes=strokes,
            ),
            then,
            otherwise,
        )

    def reopen(
        self,
        batch_id: str,
        pass_no: int,
        position: int,
        then: Callable[[Keying], None],
        *,
        otherwise: Otherwise,
    ) -> None:
        """Open the ballot before ``position`` again."""
        self._ask(
            lambda session: ballots.reopen_previous(
                session, batch_id=batch_id, position=position, pass_no=pass_no
            ),
            then,
            otherwise,
        )

    def _take(self) -> Strokes:
        strokes, self._strokes = self._strokes, NO_STROKES
        return strokes

    def _ask(self, job: Callable[[Session], T], then: Callable[[T], None], otherwise: Otherwise) -> None:
        self._asked += 1

        def written(result: T) -> None:
            self._done += 1
            then(result)

        def refused(error: UserError) -> None:
            self._done += 1
            otherwise(error)

        self._context.work.write(job, written, otherwise=refused)
