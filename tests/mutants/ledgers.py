"""Mutants of ledgers: what may come in a package, whose rows it touches, what a hand in the file leaves behind."""

from __future__ import annotations

from mutants.mutant import Mutant

_TESTS = "tests/exchange/ledgers/test_ledger_bodies.py::"
_BODIES = "pingyi_desktop/exchange/ledgers/ledger_bodies.py"
_ORDERS, _DOWN = (
    "pingyi_desktop/exchange/ledgers/orders.py",
    "tests/exchange/ledgers/test_orders.py::",
)
_MOVES, _ITEMS = (
    "pingyi_desktop/appraisal/ledgers/rectify/moves.py",
    "tests/appraisal/ledgers/test_rectifications.py::",
)
_COUNTING = "pingyi_desktop/appraisal/ledgers/counting.py"
_GROUPS, _UP = (
    "pingyi_desktop/exchange/ledgers/group_bodies.py",
    "tests/exchange/ledgers/test_group_bodies.py::",
)
_KIT = "tests/appraisal/ledgers/test_kit.py::"

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
        "    if doubled := _doubled(session, ledger, asked.campaign_id):",
        "    if doubled := []:",
        (f"{_TESTS}test_rows_typed_for_a_unit_give_way_to_its_own",),
        "originals are never counted twice",
    ),
    Mutant(
        "a-sheet-or-a-form-sets-any-state",
        _MOVES,
        "    if before is then:",
        "    if True:",
        (f"{_ITEMS}test_a_form_a_command_and_a_sheet_set_no_state_out_of_turn",),
        "an item is crossed off that nobody did, verified or approved (domain §3.11)",
    ),
    Mutant(
        "an-item-is-registered-as-done-unasked",
        _MOVES,
        "    elif state not in BEGIN:",
        "    elif False:",
        (f"{_ITEMS}test_what_begins_late_asks_for_a_reason_and_names_its_row",),
        "what was not worked on here says that it is from paper",
    ),
    Mutant(
        "a-single-opinion-is-crossed-off-unanswered",
        _MOVES,
        '    return single and new["status"] == RectifyState.CLOSED and not same',
        "    return False",
        (f"{_ITEMS}test_a_single_opinion_is_answered_before_it_is_crossed_off_by_any_way",),
        "whoever spoke alone gets an answer (V-RCT-08)",
    ),
    Mutant(
        "the-journal-keeps-what-an-opinion-said",
        "pingyi_desktop/appraisal/ledgers/edits.py",
        "    return {title: pair if title in open_ else",
        "    return {title: pair if title else",
        (f"{_KIT}test_no_text_of_a_row_survives_in_the_journal_when_it_is_edited_imported_or_removed",),
        "a name that a transcriber took out stands in the journal for ever",
    ),
    Mutant(
        "the-journal-quotes-what-was-confirmed",
        "pingyi_desktop/appraisal/rulebook/findings.py",
        "one.sentence if quoting else catalogue.unfilled(one.code)",
        "one.sentence",
        (f"{_KIT}test_no_text_of_a_row_survives_in_the_journal_when_it_is_edited_imported_or_removed",),
        "the finding quotes the name that it warns of",
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
        "a-unit-merges-the-opinions-of-others",
        _GROUPS,
        "if one.group == group and one.org in inside]",
        "if one.group == group]",
        (f"{_UP}test_what_says_something_else_now_or_belongs_to_others_is_not_offered",),
        "a package says something of units that are not below its signer",
    ),
    Mutant(
        "a-group-holds-what-was-never-merged",
        _GROUPS,
        "if opinion_groups.digest(row) == said[row.org, row.number]]",
        "if said]",
        (f"{_UP}test_what_says_something_else_now_or_belongs_to_others_is_not_offered",),
        "what was merged is what was read",
    ),
    Mutant(
        "a-title-of-a-group-says-how-to-reach-somebody",
        _GROUPS,
        "        if not fields.is_shaped(TITLE, title) or telling.reaching(title):",
        "        if not fields.is_shaped(TITLE, title):",
        (f"{_UP}test_a_group_that_breaks_a_rule_is_refused_at_the_door",),
        "contact details are never kept (V-OPN-02)",
    ),
    Mutant(
        "an-order-is-taken-over-by-whoever-names-it",
        _COUNTING,
        "if name in by_name and org in _way(by_name[name][1], by_name[name][2], above)",
        "if name in by_name",
        (f"{_DOWN}test_nobody_takes_over_an_order_that_was_given_to_another_unit",),
        "a unit takes an item of the office out of the totals that was given to another one",
    ),
    Mutant(
        "an-item-of-its-own-takes-an-order-over",
        _COUNTING,
        'select(c.id, c.org, origin).where(*here, origin != "", c[how.by] == how.code)',
        'select(c.id, c.org, origin).where(*here, origin != "")',
        (f"{_DOWN}test_an_item_that_names_an_opinion_of_the_same_number_takes_over_no_order",),
        "the number of an opinion is no order",
    ),
    Mutant(
        "an-order-counts-beside-what-came-of-it",
        "pingyi_desktop/appraisal/ledgers/rows.py",
        "        where = [*where, ~is_handed]",
        "        where = [*where]",
        (f"{_DOWN}test_an_order_counts_once_however_far_down_it_went_and_came_back",),
        "what is given downward is counted once",
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
