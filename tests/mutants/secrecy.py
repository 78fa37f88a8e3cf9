"""Mutants of secrecy: encryption, codes, keys at rest, few ballots, what is left on the disk (package design §2.7, §6)."""

from __future__ import annotations

from mutants.mutant import Mutant

SECRECY = (
    Mutant(
        "a-wrong-digit-is-taken",
        "pingyi_desktop/exchange/codes.py",
        '    if check_digit(digits) != "0":',
        "    if False:",
        ("tests/test_codes.py::test_every_single_error_and_every_swap_is_noticed",),
        "a mistyped code is told before the slow step",
    ),
)
