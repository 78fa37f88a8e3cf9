"""What a hand-made mutant is: one security line of the program, written wrongly on purpose."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One wrong program: in ``file``, ``before`` (which stands there exactly once) is replaced by ``after``.

    ``tests`` are the pytest node ids of which at least one has to fail then; ``why`` says what the line is there for.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    why: str
