"""Mutants of the documents: whose words they print, what they hide, and what is read of other people's texts."""

from __future__ import annotations

from mutants.mutant import Mutant

_SUMMARY, _NOTICE = "tests/reports/documents/test_work_summary.py", "tests/reports/documents/test_notice.py"
_WRITTEN, _PROOF = "tests/sheets/test_written.py", "tests/reports/documents/test_proof.py"
_FEEDBACK = "tests/appraisal/ledgers/test_feedback.py"
DOCUMENTS = (
    Mutant(
        "a-summary-tells-rates-of-too-few",
        "pingyi_desktop/reports/documents/outcome.py",
        "    if result.hidden:\n        return",
        "    if False:\n        return",
        (f"{_SUMMARY}::test_too_few_ballots_have_no_rates",),
        "a hidden result has no rate in a sentence either",
    ),
    Mutant(
        "a-unit-reads-somebodys-own-words",
        "pingyi_desktop/reports/documents/feedback.py",
        "    merged = [one for one in found if one.number]",
        "    merged = list(found)",
        (f"{_NOTICE}::test_a_unit_reads_what_opinions_came_to_and_nobodys_words",),
        "an opinion that was not merged is one person's words",
    ),
    Mutant(
        "a-notice-quotes-somebody",
        "pingyi_desktop/reports/documents/notice.py",
        "    merged = [one for one in found if one.number]",
        "    merged = list(found)",
        (f"{_NOTICE}::test_a_notice_ranks_nobody_and_quotes_nobody",),
        "a notice goes to every unit below",
    ),
    Mutant(
        "commentary-is-printed-unasked",
        "pingyi_desktop/appraisal/ledgers/feedback/leader_comments.py",
        "    restricted=True,",
        "    restricted=False,",
        (f"{_FEEDBACK}::test_comments_stay_here_and_are_printed_with_a_reason_only",),
        "what is wanting in a person is printed with a reason only",
    ),
    Mutant(
        "commentary-travels",
        "pingyi_desktop/appraisal/ledgers/feedback/leader_comments.py",
        "    travels=False,",
        "    travels=True,",
        (f"{_FEEDBACK}::test_comments_stay_here_and_are_printed_with_a_reason_only",),
        "what is wanting in a person is nobody else's business",
    ),
    Mutant(
        "a-board-names-who-objected",
        "pingyi_desktop/appraisal/ledgers/feedback/publications.py",
        "    checks=(_complete, _anonymous),",
        "    checks=(_complete,),",
        (f"{_FEEDBACK}::test_who_objected_is_not_kept",),
        "who said something to a notice is not kept",
    ),
    Mutant(
        "a-text-is-read-with-every-number",
        "pingyi_desktop/reports/documents/proof.py",
        "    if len(numbers) > MOST:",
        "    if False:",
        (f"{_PROOF}::test_a_text_that_is_nothing_but_numbers_is_refused_at_once",),
        "a hostile text must not hold the file for hours",
    ),
    Mutant(
        "a-text-of-any-size-is-read",
        "pingyi_desktop/sheets/written.py",
        "        if (size := path.stat().st_size) > LARGEST_FILE:",
        "        if (size := path.stat().st_size) < 0:",
        (f"{_WRITTEN}::test_a_file_that_is_not_there_too_large_or_of_no_encoding",),
        "a file from outside is bounded before it is read",
    ),
)
