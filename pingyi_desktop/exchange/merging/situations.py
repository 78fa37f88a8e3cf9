"""What can be the matter with an arriving file: every case has its own name, its verdict and its sentence. Pure.

The verdict is the word of the import plan's first column; the situation says why and is what tests and pages ask for.
"""

from __future__ import annotations

from enum import StrEnum

from pingyi_desktop.errors import PackageError

NEW, UPDATED, UNCHANGED, OLDER = "新增", "更新", "无变化", "旧版本"
CONFLICT, HELD, REFUSED = "冲突", "待核", "拒收"
VERDICTS = (NEW, UPDATED, UNCHANGED, OLDER, CONFLICT, HELD, REFUSED)


class Situation(StrEnum):
    """Why an entry of the plan has its verdict (package design §1, §4)."""

    FIRST = "first"
    NEWER = "newer"
    NEW_TASK = "new_task"
    KNOWN = "known"
    TWO_ROUTES = "two_routes"
    VOIDED = "voided"
    ROLLBACK = "rollback"
    SAME_REVISION = "same_revision"
    TRANSFERRED = "transferred"
    SECOND_PC = "second_pc"
    UNREGISTERED = "unregistered"
    MANUAL_CHECK = "manual_check"
    FAST_FORWARD = "fast_forward"
    FAR_FIGURES = "far_figures"
    FAR_TOGETHER = "far_together"
    OUTSIDE_TREE = "outside_tree"
    MISPLACED = "misplaced"
    REKEYED = "rekeyed"
    ROLLED_BACK = "rolled_back"
    CONTESTED = "contested"
    KEPT_BACK = "kept_back"
    NO_LONGER_LISTED = "no_longer_listed"
    MISSING_FILE = "missing_file"
    OLD_EPOCH = "old_epoch"
    UNISSUED_EPOCH = "unissued_epoch"
    DRILL = "drill"
    OTHER_CAMPAIGN = "other_campaign"
    OTHER_FORMS = "other_forms"
    OWN_PACKAGE = "own_package"
    TASK_FILE = "task_file"
    RECEIPT_FILE = "receipt_file"
    NOT_FOR_US = "not_for_us"
    ELSEWHERE = "elsewhere"
    NOT_DIRECT = "not_direct"
    UNVOUCHED = "unvouched"
    TWICE = "twice"
    SMUGGLED = "smuggled"
    MISNAMED = "misnamed"
    OVERSIZED = "oversized"
    NOT_DETACHABLE = "not_detachable"
    TOO_MANY = "too_many"
    OVER_ELIGIBLE = "over_eligible"
    UNBALANCED = "unbalanced"
    UNPLANNED = "unplanned"
    NEWER_VERSION = "newer_version"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


VERDICT: dict[Situation, str] = {
    Situation.FIRST: NEW,
    **dict.fromkeys((Situation.NEWER, Situation.NEW_TASK), UPDATED),
    **dict.fromkeys((Situation.KNOWN, Situation.TWO_ROUTES, Situation.VOIDED), UNCHANGED),
    **dict.fromkeys((Situation.ROLLBACK, Situation.NO_LONGER_LISTED), OLDER),
    **dict.fromkeys((Situation.SAME_REVISION, Situation.TRANSFERRED), CONFLICT),
    **dict.fromkeys(
        (
            Situation.SECOND_PC,
            Situation.UNREGISTERED,
            Situation.MANUAL_CHECK,
            Situation.FAST_FORWARD,
            Situation.FAR_FIGURES,
            Situation.FAR_TOGETHER,
            Situation.MISPLACED,
            Situation.MISSING_FILE,
            Situation.REKEYED,
            Situation.ROLLED_BACK,
            Situation.CONTESTED,
            Situation.KEPT_BACK,
        ),
        HELD,
    ),
}
"""Verdict of each situation; every other situation is a refusal (拒收)."""

# A whole file in one of these is kept in quarantine when it is addressed to us by someone known (``quarantine``); a
# person can let it in (``imports.release``) or throw it away.
QUARANTINED = frozenset(
    {
        Situation.SECOND_PC,
        Situation.UNREGISTERED,
        Situation.MANUAL_CHECK,
        Situation.FAST_FORWARD,
        Situation.FAR_FIGURES,
    }
)


class RefusalError(PackageError):
    """A file is not taken in: which situation it is in, and the unit it speaks for when that is known.

    ``proven`` tells that whoever signed it is known to us: only then may the file wait here.
    """

    def __init__(
        self,
        situation: Situation,
        sentence: str,
        *,
        unit: str = "",
        unit_name: str = "",
        proven: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.situation, self.unit, self.unit_name, self.proven = situation, unit, unit_name, proven

    def __reduce__(self) -> tuple[type[RefusalError], tuple[Situation, str]]:
        """How the error travels from a process of the demo to ours."""
        return type(self), (self.situation, str(self))


def verdict(situation: Situation) -> str:
    """The word of the plan's first column."""
    return VERDICT.get(situation, REFUSED)
