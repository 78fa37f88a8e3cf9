"""Mutants of who reports and counts what: layer 1 of a company, and a ballot put in after a seal."""

from __future__ import annotations

from mutants.mutant import Mutant

FIGURES = (
    Mutant(
        "a-company-speaks-of-another-companys-committees",
        "pingyi_desktop/exchange/wire/identities.py",
        'if one["parent"] == unit and one["type"] in _COMMITTEES',
        'if one["type"] in _COMMITTEES',
        ("tests/appraisal/campaign/test_group.py::test_nobody_else_speaks_of_a_companys_committees",),
        "layer 1 of a committee is reported by the company directly above it, and by nobody else",
    ),
    Mutant(
        "a-unit-that-is-no-committee-is-appraised-from-above",
        "pingyi_desktop/exchange/wire/identities.py",
        'if one["parent"] == unit and one["type"] in _COMMITTEES',
        'if one["parent"] == unit',
        ("tests/appraisal/campaign/test_group.py::test_nobody_else_speaks_of_a_companys_committees",),
        "an office reports no layer 1 of its branches: that would count beside the branches' own ballots",
    ),
    Mutant(
        "layer-one-of-a-company-in-a-campaign-planned-without-it",
        "pingyi_desktop/exchange/wire/identities.py",
        'if definition.get("plan", 1) == 1 and unit != definition["root"]:',
        "if False:",
        ("tests/appraisal/campaign/test_group.py::test_nobody_else_speaks_of_a_companys_committees",),
        "in a campaign of the first edition only the root appraises, whatever a company sends",
    ),
    Mutant(
        "single-ballots-are-journalled-in-a-first-entry",
        "pingyi_desktop/appraisal/batches/corrections.py",
        "if all(one.closed for one in listing(session, batch_id=batch_id)):",
        "if False:",
        (
            "tests/appraisal/batches/test_signing.py::test_the_right_ballot_is_put_in_only_where_a_correction_asks_for_it",
        ),
        "a journal entry for each ballot of a first entry would tell when and in which order they were keyed",
    ),
)
