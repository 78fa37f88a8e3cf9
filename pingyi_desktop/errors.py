"""Errors a user can mend. Anything that is not a ``UserError`` is a bug and may show a traceback."""

from __future__ import annotations

from typing import Protocol


class UserError(Exception):
    """Something the user can mend; ``str(error)`` is one Chinese sentence: where, why, how to mend it."""


class RuleError(UserError):
    """A rule of the practice is broken; ``code`` is its number in the design (for example ``V-BAL-01``)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[type[RuleError], tuple[str, str]]:
        """How the error travels from a process of the demo to ours."""
        return type(self), (self.code, str(self))


class Asking(Protocol):
    """A finding that asks for a reason (``appraisal.catalogue.Finding``)."""

    @property
    def code(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...


class NeedsReasonError(UserError):
    """Something unusual (weight W) was found and no reason given: the person confirms it with one, or mends it.

    ``findings`` are what asks. The edges say how a reason is given: ``--reason``, or the window's dialog.
    """

    def __init__(self, findings: tuple[Asking, ...]) -> None:
        super().__init__("；".join(one.sentence.rstrip("。") for one in findings))
        self.findings = findings

    def __reduce__(self) -> tuple[type[NeedsReasonError], tuple[tuple[Asking, ...]]]:
        """How the error travels from a process of the demo to ours."""
        return type(self), (self.findings,)


class FileError(UserError):
    """A data file cannot be opened, read or written (missing, newer, damaged, in use, read-only)."""


class PackageError(UserError):
    """A signed package is refused; nothing of it was taken in."""
