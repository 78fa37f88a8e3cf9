"""Mutants of what is said of units that an office in between keeps back, drops or gives another key, and of arriving figures."""

from __future__ import annotations

from mutants.mutant import Mutant

HOLDS = "pingyi_desktop/exchange/merging/holds.py"
SETTLING = "pingyi_desktop/exchange/inbox/settling.py"
VERDICTS = "pingyi_desktop/exchange/inbox/verdicts.py"
UNLISTED = "pingyi_desktop/exchange/inbox/unlisted.py"
RECEIVED = "pingyi_desktop/standing/received.py"
FORETELLING = "pingyi_desktop/exchange/inbox/foretelling.py"
TESTS = "tests/exchange/merging/test_holds.py"
EDITS = "tests/e2e/test_soundness.py::test_a_hand_edit_contradicts_what_was_signed_sealed_or_journalled"

UNLISTED_UNITS = (
    Mutant(
        "a-key-vouched-for-before-is-forgotten",
        HOLDS,
        "    return min(found)[2]",
        "    return first.key",
        (f"{TESTS}::test_a_key_vouched_for_before_the_first_report_is_not_exchanged",),
        "an office does not exchange its branch's key before the branch's first report (M2)",
    ),
    Mutant(
        "a-superseded-summary-is-deleted",
        SETTLING,
        "    if envelope.address.type == SUBMISSION:",
        "    if envelope.address.type in (SUBMISSION, ROLLUP):",
        (f"{TESTS}::test_a_key_vouched_for_before_the_first_report_is_not_exchanged",),
        "what was vouched for is known from signed summaries, so these are kept (M2)",
    ),
    Mutant(
        "the-keys-of-a-disputed-summary-are-the-first",
        HOLDS,
        "            for rollup in rollups:\n                _take_listed(weights, rollup, parents)\n",
        "            for rollup in trusted:\n                _note_vouched(weights, rollup, parents)\n"
        "            for rollup in rollups:\n                _take_listed(weights, rollup, parents)\n",
        (f"{TESTS}::test_what_a_disputed_summary_vouches_for_is_no_first_key",),
        "of two words of one office nobody knows which is its own",
    ),
    Mutant(
        "a-key-named-beside-the-first-is-before-it",
        HOLDS,
        "        if (first.epoch, first.key) not in keys:\n",
        "        if True:\n",
        (f"{TESTS}::test_a_new_task_before_the_first_report_asks_nobody",),
        "an office that hides nothing is not asked",
    ),
    Mutant(
        "the-plan-forgets-when-something-came",
        SETTLING,
        "        identity: desks.noted(desks.record(e), desk.known.get(identity)) for identity, e in fresh.items()",
        "        identity: desks.record(e) for identity, e in fresh.items()",
        (f"{TESTS}::test_the_plan_tells_what_the_file_will_hold",),
        "the plan tells what the file will hold",
    ),
    Mutant(
        "what-an-office-keeps-back-is-unsaid",
        VERDICTS,
        "    entries += back\n",
        "",
        (f"{TESTS}::test_an_office_two_levels_above_that_keeps_the_older_report_is_told",),
        "an office does not keep an older report of a branch for ever without a word",
    ),
    Mutant(
        "what-is-kept-instead-is-nothing-new",
        VERDICTS,
        "if one.situation != Situation.KNOWN or one.envelope_id not in kept]",
        "if True]",
        (f"{TESTS}::test_an_office_two_levels_above_that_keeps_the_older_report_is_told",),
        "“no change” would hide it",
    ),
    Mutant(
        "an-office-speaks-of-what-is-not-below-it",
        VERDICTS,
        "trust.is_below(record.unit, office, sight.desk.parents)",
        "True",
        (f"{TESTS}::test_what_a_sister_office_says_it_keeps_back_is_nobody_s_word",),
        "an office's word is for the units below it",
    ),
    Mutant(
        "a-dropped-unit-has-never-reported",
        "pingyi_desktop/standing/overview.py",
        "    return DROPPED if dropped and state == NOT_REPORTED else state\n",
        "    return state\n",
        (f"{TESTS}::test_a_branch_that_its_office_dropped_is_not_taken_for_one_that_never_reported",),
        "who telephones has to know that it has reported",
    ),
    Mutant(
        "what-nobody-brought-is-dropped",
        UNLISTED,
        " & mine or strange ",
        " & mine ",
        (f"{TESTS}::test_what_a_summary_lists_and_nobody_brings_is_not_called_dropped",),
        "no office is accused of what it did not do",
    ),
    Mutant(
        "what-is-ruled-out-here-is-dropped-above",
        "pingyi_desktop/exchange/inbox/arrivals.py",
        "        if one.listed is not None and one.type == SUBMISSION and one.id not in void:\n",
        "        if one.listed is not None and one.type == SUBMISSION:\n",
        (f"{TESTS}::test_what_is_ruled_out_here_is_not_called_dropped_above",),
        "no office is accused of what was decided here",
    ),
    Mutant(
        "a-top-that-counts-nothing-any-longer-is-silent",
        "pingyi_desktop/exchange/outbox/receipts.py",
        "    if is_office:\n",
        "    if is_office and _counted_below(desk, seen, unit):\n",
        (
            "tests/exchange/outbox/test_receipts_end_to_end.py"
            "::test_a_top_that_counts_it_no_longer_says_so_though_nothing_else_counts_there",
        ),
        "a branch does not go on reading that its data counts",
    ),
    Mutant(
        "a-stranger-s-submission-hides-in-a-state",
        RECEIVED,
        "        is_far = (row.campaign_id, row.unit_code) not in children\n",
        "        is_far = True\n",
        ("tests/e2e/test_soundness.py::test_a_stranger_s_submission_is_found_whatever_state_it_is_put_in",),
        "a direct child signs with its own key, whatever the state of a row says",
    ),
    Mutant(
        "a-header-without-its-body-is-sound",
        RECEIVED,
        "        yield from _without_body(desk, seen)\n",
        "",
        (f"{EDITS}[another-source]", f"{EDITS}[a-newer-one-that-never-came]"),
        "a report does not disappear with one UPDATE",
    ),
    Mutant(
        "unusual-figures-are-told-of-what-does-not-count",
        FORETELLING,
        "        if one.id in counting and one.address.type == SUBMISSION",
        "        if one.address.type == SUBMISSION",
        ("tests/exchange/inbox/test_foretelling.py::test_of_what_does_not_count_nothing_is_said",),
        "the plan tells of the figures that it would count",
    ),
    Mutant(
        "a-dry-run-writes",
        "pingyi_desktop/cli/verbs/package_verbs.py",
        "        if arguments.dry_run:\n",
        "        if arguments.dry_run and arguments.json:\n",
        ("tests/exchange/inbox/test_foretelling.py::test_the_command_tells_it_and_writes_nothing",),
        "who only looks changes nothing",
    ),
)
