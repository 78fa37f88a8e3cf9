"""Mutants of ledgers: what may come in a package, whose rows it touches, what a hand in the file leaves behind."""

from __future__ import annotations

from mutants.mutant import Mutant

_TESTS = "tests/exchange/ledgers/test_ledger_bodies.py::"
_BODIES = "pingyi_desktop/exchange/ledgers/ledger_bodies.py"
_ORDERS, _DOWN = (
    "pingyi_desktop/exchange/ledgers/orders.py",
    "tests/exchange/ledgers/test_orders.py::",
)

LEDGERS = (
    Mutant(
        "a-ledger-of-any-size-is-kept",
        "pingyi_desktop/exchange/merging/makeup.py",
        "if one.name in _LEDGERS) > MAX_LEDGERS:",
        "if one.name in _LEDGERS) < 0:",
        (f"{_TESTS}test_the_ledgers_of_a_unit_are_bounded",),
        "one unit fills the file of every office above it",
    ),
    Mutant(
        "a-field-is-not-looked-at-at-the-door",
        _BODIES,
        "        if wrong is not None:",
        "        if False:",
        (f"{_TESTS}test_what_breaks_a_rule_is_refused_at_the_door",),
        "a telephone number or a count beyond all gets in with a package",
    ),
    Mutant(
        "a-rule-is-not-looked-at-at-the-door",
        _BODIES,
        "            if wrong:",
        "            if False:",
        (f"{_TESTS}test_what_breaks_a_rule_is_refused_at_the_door",),
        "what was not kept comes without its reason (V-COM-05)",
    ),
    Mutant(
        "an-office-changes-what-a-unit-signed",
        "pingyi_desktop/appraisal/ledgers/edits.py",
        "    if received := [row for row in found if row.received]:",
        "    if received := [row for row in found if False]:",
        (f"{_TESTS}test_rows_that_came_stay_as_their_unit_signed_them",),
        "the rows of a package are their unit's",
    ),
    Mutant(
        "rows-typed-for-a-unit-count-beside-its-own",
        "pingyi_desktop/appraisal/ledgers/rows.py",
        '    return or_(ledger.columns_of.source != "", ledger.columns_of.org.not_in(delivered))',
        '    return or_(ledger.columns_of.org != "", ledger.columns_of.org.not_in(delivered))',
        (f"{_TESTS}test_rows_typed_for_a_unit_give_way_to_its_own",),
        "originals are never counted twice",
    ),
    Mutant(
        "an-opinion-says-how-to-reach-its-writer",
        "pingyi_desktop/appraisal/ledgers/opinions.py",
        "    if reached := telling.reaching(content):",
        '    if reached := "":',
        ("tests/appraisal/ledgers/test_opinions.py::test_what_reaches_a_person_is_refused",),
        "contact details are torn off and never kept (V-OPN-02)",
    ),
    Mutant(
        "an-opinion-names-its-writer-unasked",
        "pingyi_desktop/appraisal/ledgers/opinions.py",
        "    elif told := telling.telling(content):",
        '    elif told := "":',
        (
            "tests/appraisal/ledgers/test_opinions.py::test_a_name_a_number_or_an_address_asks_for_a_reason_before_anything_is_kept",
        ),
        "opinions are anonymous (V-OPN-01)",
    ),
    Mutant(
        "a-changed-opinion-stays-merged",
        "pingyi_desktop/appraisal/ledgers/groups/opinion_groups.py",
        "        if group and digest == _digest(row):",
        "        if group:",
        (f"{_TESTS}test_corrected_opinions_stay_in_their_groups_unless_they_say_something_else",),
        "what was merged is what was read (package design: originals)",
    ),
    Mutant(
        "an-order-is-for-anybody",
        _ORDERS,
        "            if unit and unit not in inside:",
        "            if False:",
        (f"{_DOWN}test_an_order_that_no_row_could_be_is_refused",),
        "a task file puts work of other units into the ledger",
    ),
    Mutant(
        "an-order-says-where-it-comes-from-and-how-far-it-is",
        _ORDERS,
        '**given, **FIXED, "origin": origin, "unit": unit}',
        '**given, **told, "unit": unit}',
        (f"{_DOWN}test_an_order_becomes_a_task_whatever_state_and_origin_it_claims",),
        "an office crosses off what the unit has not done, in the unit's own signed ledger",
    ),
    Mutant(
        "an-order-that-breaks-a-rule-is-taken",
        _ORDERS,
        'ledger.check(values, today="") if one.weight is Weight.ERROR]:',
        'ledger.check(values, today="") if False]:',
        (f"{_DOWN}test_an_order_that_no_row_could_be_is_refused",),
        "a row that the form would refuse comes with a task file",
    ),
)
