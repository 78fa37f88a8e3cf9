"""The ordinary way of one batch, step by step: what its buttons do to the file, without a form over the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from pingyi_desktop.appraisal.batches import ballots, batches, seal_sheet, second, settling, signing
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.seal_sheet import SealSheet
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight
from pingyi_desktop.errors import UserError
from pingyi_desktop.gui.asking.reason_dialog import weighed
from pingyi_desktop.gui.counting.count_grid import Counted
from pingyi_desktop.gui.page import Context
from pingyi_desktop.gui.parts.record_dialog import RecordDialog

Said = Callable[[str], None]
ALONE = (
    "第一遍也是“{}”录的，名单上没有别的操作员。同一个人录两遍，容易把同一处看错两次，质量单上会写明“同一人复录”。"
    "有别人能录的，点“取消”，再到“其他…”里“换操作员”。"
)


class BatchSteps:
    """Steps of whatever batch is handed in; answers come later, so each goes to the callback that came with it."""

    def __init__(self, over: QWidget, context: Context) -> None:
        self._over, self._context = over, context

    def register(
        self, batch: BatchView, values: dict[str, int | None], then: Callable[[], None], wrong: Said
    ) -> None:
        """登记核对单."""
        by = self._context.operator()
        figures: dict[str, Any] = {name: value or 0 for name, value in values.items()}
        weighed(
            self._over,
            self._context,
            lambda session, reason: batches.set_control_sheet(
                session, batch_id=batch.id, by=by, reason=reason, **figures
            ),
            lambda _: then(),
            act="登记核对单",
            otherwise=lambda error: wrong(str(error)),
        )

    def check_keyer(self, batch: BatchView, then: Callable[[], None], wrong: Said) -> None:
        """Look who sits at the keys before the second entry (V-BAL-11); a lone secretary is told what it is worth."""
        by = self._context.operator()
        begun = bool(batch.keyed_again or batch.lines_again)
        self._context.work.read(
            lambda session: second.check_keyer(session, batch_id=batch.id, by=by),
            lambda same: self._ask_alone(by, then) if same and not begun else then(),
            otherwise=lambda error: wrong(str(error)),
        )

    def _ask_alone(self, by: str, then: Callable[[], None]) -> None:
        dialog = RecordDialog(self._over, "第二遍最好换一个人录", ALONE.format(by), save="没有别人，还是我录")

        def go_on() -> None:
            dialog.done_with()
            then()

        dialog.saving = go_on
        dialog.ask()

    def keep_counts(
        self,
        batch_id: str,
        counts: Counted,
        instead_of: Counted,
        pass_no: int,
        then: Callable[[], None],
        otherwise: Callable[[UserError], None],
    ) -> None:
        """Save a tally sheet as far as it is typed, in place of what its keyer knows to be kept."""
        by = self._context.operator()
        doing = second.commit_counts if pass_no == 2 else ballots.enter_counts
        self._context.act(
            lambda session: doing(session, batch_id=batch_id, counts=counts, by=by, instead_of=instead_of),
            then=lambda _: then(),
            act="保存计票表",
            otherwise=otherwise,
        )

    def look_before_second(
        self, batch: BatchView, then: Callable[[list[Finding], Sequence[second.Choice]], None]
    ) -> None:
        """What speaks against finishing the first entry, and the ways to key a second time."""
        self._context.work.read(
            lambda session: (
                signing.problems(session, batch_id=batch.id),
                second.choices(session, batch_id=batch.id),
            ),
            lambda found: then(*found),
        )

    def compare(self, batch: BatchView, then: Callable[[settling.Outcome], None], wrong: Said) -> None:
        """核对两遍."""
        by = self._context.operator()
        self._context.act(
            lambda session: settling.finish(session, batch_id=batch.id, by=by),
            then=then,
            act="核对两遍",
            otherwise=lambda error: wrong(str(error)),
        )

    def unsign(self, batch: BatchView, then: Callable[[], None]) -> None:
        """撤回签字."""
        by = self._context.operator()
        doing = partial(signing.unsign, batch_id=batch.id, by=by)
        self._context.act(doing, then=lambda _: then(), act="撤回签字")

    def look_before_seal(self, batch: BatchView, then: Callable[[SealSheet], None]) -> None:
        """What is to be read before the seal."""
        self._context.work.read(lambda session: seal_sheet.of_batch(session, batch_id=batch.id), then)

    def seal(
        self, batch: BatchView, then: Callable[[], None], otherwise: Callable[[UserError], None]
    ) -> None:
        """封存."""
        by = self._context.operator()
        self._context.act(
            lambda session: signing.seal(session, batch_id=batch.id, by=by),
            then=lambda _: then(),
            act="封存票批",
            otherwise=otherwise,
            compact=True,
        )


def blocking(found: Sequence[Finding]) -> list[str]:
    """The sentences of what stands in the way."""
    return [one.sentence for one in found if one.weight is Weight.ERROR]
