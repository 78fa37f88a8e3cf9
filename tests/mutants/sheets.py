"""Mutants of what reads sheets: bounds, evidence of another owner, rows lost or invented, refused facts."""

from __future__ import annotations

from mutants.mutant import Mutant

SHEETS = (
    Mutant(
        "a-sheet-unpacks-without-end",
        "pingyi_desktop/sheets/grid/xml_stream.py",
        "if read > LARGEST_PART or self.unpacked > LARGEST_WHOLE:",
        "if read > LARGEST_PART:",
        ("tests/sheets/test_sheet_bounds.py::test_the_whole_file_counts_not_the_parts_alone",),
        "many parts, or one part read again and again, unpack a small file to gigabytes",
    ),
    Mutant(
        "an-endless-sign-is-kept",
        "pingyi_desktop/sheets/grid/xml_stream.py",
        "if read - parser.CurrentByteIndex > _LONGEST_TOKEN:",
        "if False:",
        (
            "tests/sheets/test_sheet_bounds.py::test_what_is_too_much_is_told_before_it_is_built[one endless sign]",
        ),
        "one attribute of a hundred megabytes is held whole, several times",
    ),
    Mutant(
        "entities-are-taken",
        "pingyi_desktop/sheets/grid/xml_stream.py",
        "parser.StartDoctypeDeclHandler = refused",
        "parser.StartDoctypeDeclHandler = None",
        ("tests/sheets/test_sheet_bounds.py::test_what_is_too_much_is_told_before_it_is_built[entities]",),
        "entities of entities grow without bound",
    ),
    Mutant(
        "rectangles-are-not-counted",
        "pingyi_desktop/sheets/grid/grid.py",
        "if self.places > MOST_PLACES:",
        "if False:",
        (
            "tests/sheets/test_sheet_bounds.py::test_what_is_too_much_is_told_before_it_is_built[a far column in every row]",
        ),
        "one cell in the last column of every row builds the whole rectangle",
    ),
    Mutant(
        "rows-are-not-counted",
        "pingyi_desktop/sheets/grid/grid.py",
        "if self.rows > MOST_ROWS or self.cells > MOST_CELLS:",
        "if self.cells > MOST_CELLS:",
        (
            "tests/sheets/test_sheet_bounds.py::test_what_is_too_much_is_told_before_it_is_built[too many rows]",
        ),
        "hundreds of thousands of short rows take gigabytes once they are people",
    ),
    Mutant(
        "an-unknown-owner-is-overridden",
        "pingyi_desktop/appraisal/people/roster_owner.py",
        "        if not one.found and not one.is_committee:",
        "        if False:",
        ("tests/sheets/test_sheet_evidence.py::test_what_contradicts_itself_is_not_decided[unknown title]",),
        "a sheet of another branch is written into the only one there is",
    ),
    Mutant(
        "a-level-above-is-overridden",
        "pingyi_desktop/appraisal/people/roster_owner.py",
        "    unknown = next((one for one in found if not one.found), None)",
        "    unknown = None",
        (
            "tests/sheets/test_sheet_evidence.py::test_the_only_branch_is_not_taken_for_another[a title of a level above]",
        ),
        "a roster of another company is written into the only branch there is",
    ),
    Mutant(
        "ballots-of-another-unit-are-counted",
        "pingyi_desktop/sheets/stacks/stack_owner.py",
        "        if not meant and not any(mentions.means(name, s.above) for s in stacks):",
        "        if False:",
        ("tests/sheets/test_sheet_evidence.py::test_ballots_of_another_owner_are_not_counted[ballots-unit]",),
        "ballots of another branch change the figures of this one",
    ),
    Mutant(
        "a-stray-quotation-mark-swallows-rows",
        "pingyi_desktop/sheets/grid/text_table.py",
        "        if separator in inside or len(whole) > LONGEST_TEXT:",
        "        if len(whole) > LONGEST_TEXT:",
        ("tests/sheets/test_sheet_rows.py::test_a_stray_quotation_mark_swallows_no_neighbour",),
        "the people between two stray marks are lost without a word",
    ),
    Mutant(
        "hidden-rows-are-taken-silently",
        "pingyi_desktop/sheets/grid/worksheet.py",
        "            self.unseen.add(self.number)",
        "            pass",
        ("tests/sheets/test_sheet_rows.py::test_hidden_rows_are_told_and_chosen",),
        "people who were filtered out come in, ballots that were crossed out are counted",
    ),
    Mutant(
        "an-unreadable-date-erases-the-stored-one",
        "pingyi_desktop/sheets/roster/roster_cells.py",
        "            if remark.unread:",
        "            if False:",
        ("tests/sheets/test_sheet_rows.py::test_an_unreadable_value_erases_nothing",),
        "a year without a day takes the day away that somebody looked up",
    ),
    Mutant(
        "a-people-is-kept-as-a-mark",
        "pingyi_desktop/sheets/roster/name_marks.py",
        "    elif facts_refused.is_refused_fact(bare):",
        "    elif False:",
        ("tests/sheets/test_sheet_rows.py::test_a_refused_fact_is_no_mark",),
        "民族 and birth go into the file, and up to every office, in brackets",
    ),
    Mutant(
        "a-total-is-a-ballot",
        "pingyi_desktop/sheets/stacks/stack_rows.py",
        "    if labelled and not table.is_data(sheet.header, row):",
        "    if False:",
        ("tests/sheets/test_sheet_rows.py::test_a_total_is_no_ballot",),
        "the sums below the ballots are counted as one more",
    ),
    Mutant(
        "hidden-columns-are-taken-silently",
        "pingyi_desktop/sheets/grid/columns.py",
        "    if columns:\n        listed",
        "    if False:\n        listed",
        ("tests/sheets/test_sheet_rows.py::test_hidden_columns_are_told_and_chosen",),
        "a column that nobody looked at any more changes people, or is counted as marks",
    ),
    Mutant(
        "hidden-columns-are-never-skipped",
        "pingyi_desktop/sheets/grid/grid.py",
        '    if hidden != "skip" or not grid.unseen_columns:',
        "    if True:",
        ("tests/sheets/test_sheet_rows.py::test_hidden_columns_are_told_and_chosen",),
        "what was to be skipped is written all the same",
    ),
    Mutant(
        "a-ballot-of-circled-digits-is-a-header",
        "pingyi_desktop/sheets/stacks/circled.py",
        "    if not below or is_circled(below):",
        "    if False:",
        ("tests/sheets/test_sheet_rows.py::test_circled_digits_that_may_be_a_ballot_are_asked",),
        "a ballot in circled digits is lost, and turns the columns of those below it",
    ),
)
