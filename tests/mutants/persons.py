"""Mutants of people's results: who may see one person's marks, and what two prints beside each other would tell."""

from __future__ import annotations

from mutants.mutant import Mutant

_PEOPLE = "tests/appraisal/grading/test_person_results.py"
_LATER = "tests/appraisal/campaign/test_supplements.py"

PERSONS = (
    Mutant(
        "somebody-on-few-ballots-is-shown",
        "pingyi_desktop/appraisal/grading/person_results.py",
        "    if result.hidden or few:",
        "    if result.hidden:",
        (f"{_PEOPLE}::test_somebody_on_few_ballots_hides_everybody",),
        "the tally less the others would be that person's marks (k-rule)",
    ),
    Mutant(
        "a-small-category-stands-apart",
        "pingyi_desktop/appraisal/grading/person_results.py",
        "    if len(apart) < 2 or suppression.too_few(valid, rule.min_cell):",
        "    if len(apart) < 2:",
        (f"{_PEOPLE}::test_a_small_category_is_only_shown_with_the_other",),
        "a category of few voters is only shown together with the others",
    ),
    Mutant(
        "an-office-shows-people-it-did-not-count",
        "pingyi_desktop/appraisal/grading/person_results.py",
        "    if any(row.source_id is not None for row in rows):",
        "    if False:",
        (f"{_PEOPLE}::test_an_office_does_not_show_the_people_of_a_unit_that_counted_itself",),
        "people's results are for the organisation that counted them",
    ),
    Mutant(
        "people-are-printed-without-a-reason",
        "pingyi_desktop/reports/catalog.py",
        "    if not visible.line(reason):",
        "    if False:",
        (
            "tests/reports/test_persons.py::test_the_reason_goes_into_the_journal_and_there_is_no_way_around_it",
        ),
        "printing what tells of single persons needs a reason in the journal",
    ),
    Mutant(
        "what-people-say-of-one-another-is-printed-unasked",
        "pingyi_desktop/reports/catalog.py",
        "            restricted=one.restricted,",
        "            restricted=False,",
        ("tests/reports/test_persons.py::test_what_people_say_of_one_another_is_printed_with_a_reason_only",),
        "自查与互评 names members and what they lack: 内部资料",
    ),
    Mutant(
        "people-are-printed-by-the-plain-way",
        "pingyi_desktop/reports/catalog.py",
        "    if kind.restricted:",
        "    if False:",
        (
            "tests/reports/test_persons.py::test_the_reason_goes_into_the_journal_and_there_is_no_way_around_it",
        ),
        "there is one way to a restricted report, and it asks",
    ),
    Mutant(
        "a-session-counts-while-some-have-yet-to-vote",
        "pingyi_desktop/appraisal/campaign/results.py",
        "            tuple_(col(BallotBatch.session_id), col(BallotBatch.form_code)).not_in(_WAITING),\n",
        "",
        (f"{_LATER}::test_nothing_of_the_session_counts_while_one_is_open",),
        "the result before less the one after would be the few late votes",
    ),
    Mutant(
        "names-of-grades-come-unasked",
        "pingyi_desktop/exchange/wire/graded.py",
        '    if not (definition.get("grading") or {}).get("names", False):',
        "    if False:",
        ("tests/exchange/wire/test_graded.py::test_names_nobody_asked_for_are_refused",),
        "names travel only where the campaign asks for them",
    ),
    Mutant(
        "grades-of-nobody-are-counted",
        "pingyi_desktop/exchange/wire/graded.py",
        "        if not fewest <= listed <= min(most, bounds.MOST_PERSONS):",
        "        if False:",
        ("tests/exchange/wire/test_graded.py::test_what_is_not_is_refused",),
        "grades are borne out by the people on the paper of the same submission",
    ),
    Mutant(
        "nobody-counts-who-voted-later",
        "pingyi_desktop/exchange/wire/later.py",
        "        if many > absent[layer, org]:",
        "        if False:",
        ("tests/exchange/wire/test_later_votes.py::test_what_does_not_is_refused",),
        "or ballots of nobody would come in as late ones: they are held against those who were absent",
    ),
    Mutant(
        "one-who-voted-later-stands-alone-on-the-result-sheet",
        "pingyi_desktop/reports/slip.py",
        "        those = [b for b in stacks if b.voter_category == code]",
        "        those = [b for b in stacks if b.voter_category == code and not b.supplement]",
        (f"{_LATER}::test_a_blank_paper_of_one_who_voted_later_is_nobodys_own",),
        "the figures of a few who voted later stand with the others: their blank papers are their own",
    ),
    Mutant(
        "few-who-came-of-many-expected-are-not-asked-about",
        "pingyi_desktop/appraisal/campaign/supplements.py",
        "    if seen and 0 < valid < least <= later.people:",
        "    if False:",
        (f"{_LATER}::test_few_who_come_of_many_expected_are_asked_about_as_few_expected_are",),
        "results from before and after a small supplementary stack, beside each other, tell its ballots",
    ),
    Mutant(
        "a-definition-with-unfit-categories-is-taken-over",
        "pingyi_desktop/appraisal/campaign/campaign_rules.py",
        '    check_choices(document["period_type"], document["mode"], {}, categories)\n',
        "",
        (
            "tests/appraisal/campaign/test_campaigns.py::test_a_definition_nobody_could_publish_is_not_taken_over",
        ),
        "what nobody could publish here is not taken over from elsewhere",
    ),
    Mutant(
        "a-definition-says-one-scale-twice",
        "pingyi_desktop/exchange/wire/published.py",
        '        and len(scales) == len(document["scales"])\n',
        "",
        ("tests/exchange/wire/test_definitions.py::test_what_cannot_is_refused",),
        "which of two scales of one name counts would be anybody's guess",
    ),
    Mutant(
        "a-row-higher-than-a-page-is-cut",
        "pingyi_desktop/appraisal/paper/layout.py",
        "        if max(heights) > room:",
        "        if False:",
        ("tests/appraisal/paper/test_shaping.py::test_a_row_higher_than_a_page_is_refused_not_cut",),
        "nothing on a ballot is cut without a word",
    ),
    Mutant(
        "grades-of-a-branch-of-two-are-printed-above-it",
        "pingyi_desktop/reports/grades.py",
        "hidden=back.row(one)",
        "hidden=False",
        ("tests/e2e/test_grading.py::test_counts_travel_to_the_top_and_no_name_does",),
        "of few people the counts of grades are the grades",
    ),
    Mutant(
        "grades-of-a-few-are-the-sum-less-the-others",
        "pingyi_desktop/appraisal/grading/grade_counts.py",
        "        return one.meeting.org_code in self.decided[one.meeting.layer, one.form_code].rows",
        "        return one.listed < 5",
        (
            "tests/reports/test_grades_reports.py::test_counts_of_few_are_not_shown_above_their_branch_nor_worked_out",
        ),
        "what is printed of the others must not tell the grades of a few",
    ),
    Mutant(
        "figures-of-layer-one-travel-while-some-have-yet-to-vote",
        "pingyi_desktop/exchange/outbox/transfer.py",
        "        if (b.layer == 2 or b.supplement) and b.state != BatchState.SEALED",
        "        if b.layer == 2 and b.state != BatchState.SEALED",
        (f"{_LATER}::test_at_layer_one_nothing_travels_while_some_have_yet_to_vote",),
        "the package before less the one after would be the few late votes",
    ),
)
