"""Mutants of the weighing of findings: what is asked is answered, and the answer is kept (domain §7)."""

from __future__ import annotations

from mutants.mutant import Mutant

FILE = "pingyi_desktop/appraisal/rulebook/findings.py"
TESTS = "tests/appraisal/paper/test_findings.py"

WEIGHING = (
    Mutant(
        "an-error-passes-with-a-reason",
        FILE,
        "        if one.weight is Weight.ERROR:\n",
        "        if one.weight is Weight.ERROR and not reason:\n",
        (f"{TESTS}::test_an_error_stops_the_act_whatever_the_reason",),
        "no reason makes figures right that cannot be",
    ),
    Mutant(
        "an-invisible-reason-is-one",
        FILE,
        "if asking and not visible.line(reason):",
        "if asking and not reason:",
        (f"{TESTS}::test_a_warning_asks_for_a_reason",),
        "blanks and characters that nobody sees say nothing",
    ),
    Mutant(
        "the-reason-is-not-kept",
        FILE,
        "        facts[BECAUSE] = visible.line(reason)\n",
        "",
        (f"{TESTS}::test_with_a_reason_the_acts_own_entry_says_what_was_confirmed_and_why",),
        "who asks later reads it in the journal",
    ),
    Mutant(
        "a-reason-may-hold-a-telephone-number",
        FILE,
        "    if personal.has_private_number(reason):\n",
        "    if False:\n",
        (f"{TESTS}::test_a_reason_holds_no_private_number",),
        "no text of the file may hold an identity or telephone number",
    ),
    Mutant(
        "a-confirmation-outlives-its-stack",
        FILE,
        "        done = set() if entry.act == since else done\n",
        "",
        (f"{TESTS}::test_what_was_confirmed_is_not_asked_again_until_the_stack_is_void",),
        "a new stack is another one, though its figures are the same",
    ),
)
