"""Mutants of the bounds: figures that cannot be, figures no roster explains, units set aside."""

from __future__ import annotations

from mutants.mutant import Mutant

_TESTS = "tests/exchange/inbox/test_bounds.py::"
_WAITS = f"{_TESTS}test_what_no_roster_explains_waits_with_both_numbers_at_the_office_above"
_NEVER = f"{_TESTS}test_what_cannot_be_is_refused_with_a_sentence_that_names_the_unit"
_ALONE = f"{_TESTS}test_what_cannot_be_three_levels_up_costs_no_other_unit_its_figures"
_ONWARD = f"{_TESTS}test_what_waits_is_not_handed_up"
_REST = "tests/appraisal/campaign/test_outsized.py::test_the_rest_is_counted_and_the_unit_is_named"
_PLAUSIBLE = "pingyi_desktop/exchange/merging/plausible.py"
_IDENTITIES = "pingyi_desktop/exchange/wire/identities.py"

BOUNDING = (
    Mutant(
        "people-of-a-session-are-not-held-against-the-roster",
        _PLAUSIBLE,
        'if (one["expected"] or 0) > bounds.most_voters(roll.listed):',
        "if False:",
        (_WAITS,),
        "5,000 ballots of 20 people outvote the company",
    ),
    Mutant(
        "members-are-not-held-against-the-roster",
        _PLAUSIBLE,
        "if (one[key] or 0) > bounds.most_members(roll.listed):",
        "if False:",
        (_WAITS,),
        "the party members of a unit are those of the roster",
    ),
    Mutant(
        "persons-of-a-roster-form-may-be-any-number",
        _PLAUSIBLE,
        'if roll.in_scope is not None and one["persons"] != roll.in_scope:',
        "if False:",
        (_WAITS,),
        "the persons appraised are those of the roster handed down",
    ),
    Mutant(
        "a-session-may-be-of-any-day",
        _PLAUSIBLE,
        "if held_on is not None and not period[0] <= held_on <= period[1]:",
        "if False:",
        (_WAITS,),
        "a session lies within the days of its campaign",
    ),
    Mutant(
        "papers-printed-may-be-any-number",
        _PLAUSIBLE,
        'if one["printed"] > bounds.most_voters(roll.listed):',
        "if False:",
        (_WAITS,),
        "papers printed are a control figure of the reports, too",
    ),
    Mutant(
        "ballots-need-no-people",
        _IDENTITIES,
        "    if eligible is None:\n        check.refuse",
        "    if eligible is None:\n        return\n        check.refuse",
        (_NEVER,),
        "without people counts every other bound is skipped",
    ),
    Mutant(
        "one-of-two-people-counts-will-do",
        _IDENTITIES,
        'if (one["expected"] is None) != (one["actual"] is None):',
        "if False:",
        (_NEVER,),
        "people expected and people present are told together",
    ),
    Mutant(
        "papers-beyond-the-spare-ones-are-taken",
        _IDENTITIES,
        "if issued > eligible + extra:",
        "if False:",
        (_NEVER,),
        "no more papers are handed out than people and spare ones",
    ),
    Mutant(
        "people-counts-are-not-bounded",
        _IDENTITIES,
        "if bounds.beyond(one[key] for key in _PEOPLE):",
        "if False:",
        (_NEVER,),
        "a count beyond all bounds overflows sums higher up",
    ),
    Mutant(
        "control-sheets-are-not-bounded",
        _IDENTITIES,
        "if bounds.beyond(batch[key] for key in _SHEET) or",
        "if",
        (_NEVER,),
        "a count beyond all bounds overflows sums higher up",
    ),
    Mutant(
        "persons-are-not-bounded",
        _IDENTITIES,
        " or persons > bounds.MOST_PERSONS:",
        ":",
        (_NEVER,),
        "ballots × persons beyond all bounds overflow sums higher up",
    ),
    Mutant(
        "one-bad-unit-below-refuses-the-whole-file",
        "pingyi_desktop/exchange/inbox/receiving.py",
        "if desk.parents[envelope.address.unit] == desk.unit:\n            raise",
        "if True:\n            raise",
        (_ALONE,),
        "what one unit sends never stops another's figures",
    ),
    Mutant(
        "what-is-set-aside-counts-all-the-same",
        "pingyi_desktop/exchange/inbox/imports.py",
        "settle(session, desk=judged, fresh=fresh",
        "settle(session, desk=desk, fresh=fresh",
        (_WAITS,),
        "figures that wait for a person are never silently counted",
    ),
    Mutant(
        "what-is-set-aside-counts-after-the-next-import",
        "pingyi_desktop/exchange/inbox/imports.py",
        "decisions.set_aside(session, campaign_id=desk.campaign.id, aside=aside, by=by)",
        "decisions.set_aside(session, campaign_id=desk.campaign.id, aside={}, by=by)",
        (_ONWARD,),
        "what waits goes on waiting whatever arrives next",
    ),
    Mutant(
        "what-contradicts-itself-is-released",
        "pingyi_desktop/exchange/inbox/decisions.py",
        "        receiving.check_figures(desk, envelope)",
        "        envelope.forget()",
        (_ALONE,),
        "a reason releases what is unlikely, never what is impossible",
    ),
    Mutant(
        "outsized-units-are-added-up",
        "pingyi_desktop/appraisal/campaign/results.py",
        "col(PartyOrganization.code).not_in([o.code for o in outsized.units(session, campaign_id=view.id)])",
        "col(PartyOrganization.code).not_in([])",
        (_REST,),
        "one unit's figures overflow every sum they are in",
    ),
    Mutant(
        "outsized-marks-are-not-noticed",
        "pingyi_desktop/appraisal/campaign/outsized.py",
        "for name in _CELLS)) > bounds.MOST_MARKS",
        "for name in _CELLS)) < 0",
        (_REST,),
        "one unit's figures overflow every sum they are in",
    ),
)
