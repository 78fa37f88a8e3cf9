"""Mutants of the way down: what is no task, whose keys a task may bring, what a unit encrypts to (issue of the forged task)."""

from __future__ import annotations

from mutants.mutant import Mutant

READING, ANCHORS, KEYS = (
    f"pingyi_desktop/exchange/{name}.py" for name in ("task_reading", "anchors", "keys")
)
TESTS = "tests/test_anchors.py::"

ANCHORING = (
    Mutant(
        "an-open-task-is-read",
        READING,
        "    check_sealed(data)\n    if not code.strip():",
        "    if not age.is_encrypted(data):\n        data, code = age.seal_with_code(data, code or '0' * 16), code or '0' * 16\n    if not code.strip():",
        (TESTS + "test_a_task_that_is_not_sealed_is_refused_whatever_code_is_typed",),
        "anyone who holds the published definition can make an open task",
    ),
    Mutant(
        "an-open-task-is-inspected",
        "pingyi_desktop/exchange/transfer.py",
        "    if not with_code and any(one.address.type == ASSIGNMENT for one in envelopes):",
        "    if False:",
        (TESTS + "test_the_commands_refuse_an_open_task_and_make_nothing",),
        "nobody is told that a file which proves nothing is in order",
    ),
    Mutant(
        "a-second-definition-in-a-task-passes",
        READING,
        "len(found) != len(envelopes) or ",
        "",
        (TESTS + "test_a_file_with_a_second_definition_is_no_task",),
        "of two definitions, which one was checked?",
    ),
    Mutant(
        "a-roster-of-others-passes",
        READING,
        '        and all(row["org"] in inside for row in (assignment.document("roster") or {"people": ()})["people"])\n',
        "",
        (TESTS + "test_a_roster_of_other_units_is_refused",),
        "a task brings people of the unit and of those below it only",
    ),
    Mutant(
        "a-task-without-its-secrets-is-taken-up",
        ANCHORS,
        "    if not (task.token and task.recipient):",
        "    if False:",
        (TESTS + "test_a_task_that_would_leave_a_unit_in_clear_is_not_taken_up",),
        "a unit without them would export in clear, and prove nothing",
    ),
    Mutant(
        "a-changed-key-is-taken",
        ANCHORS,
        "    if nobody := [one for one in found if one.how == OPEN]:",
        "    if nobody := []:",
        (TESTS + "test_a_forged_second_key_of_the_office_enters_no_file",),
        "the forged second key of an office would get every next package",
    ),
    Mutant(
        "any-changed-key-counts-as-signed",
        ANCHORS,
        "if before is not None and any(before in _signers(one) for one in spoken):",
        "if before is not None:",
        (TESTS + "test_a_forged_second_key_of_the_office_enters_no_file",),
        "the key before has to have signed",
    ),
    Mutant(
        "another-unit-s-signature-vouches",
        ANCHORS,
        "if (one.address.unit, one.signer) == (unit, key)]",
        "]",
        (TESTS + "test_the_definition_s_old_key_does_not_vouch_for_the_office",),
        "each unit signs for its own change",
    ),
    Mutant(
        "any-fingerprint-confirms",
        ANCHORS,
        "one.how == OPEN and trust.digits(one.fingerprint) in told else one",
        "one.how == OPEN and told else one",
        (TESTS + "test_a_key_that_a_person_compared_is_taken_and_noted",),
        "the digits have to be those of the key",
    ),
    Mutant(
        "a-replaced-key-comes-back",
        ANCHORS,
        "    if here and epoch < max(here):",
        "    if False:",
        (TESTS + "test_a_replaced_key_is_never_taken_again",),
        "the key of a stolen computer stays replaced (T5)",
    ),
    Mutant(
        "a-key-of-years-ago-vouches",
        ANCHORS,
        "order.desc(), col(TrustedKey.epoch).desc())",
        "order, col(TrustedKey.epoch).desc())",
        (TESTS + "test_the_newest_campaign_s_key_is_the_one_that_vouches",),
        "only the newest known key may name the next",
    ),
    Mutant(
        "a-file-in-use-gets-an-office-above",
        ANCHORS,
        "return OPEN if before is not None or _has_campaigns(session) else FIRST",
        "return OPEN if before is not None else FIRST",
        (TESTS + "test_a_file_in_use_asks_before_it_gets_an_office_above",),
        "a forger would invent the offices above, so that no known key is contradicted",
    ),
    Mutant(
        "a-new-key-is-not-noted",
        ANCHORS,
        '    journal.record(session, act="登记上级密钥", subject=claim.unit_code, by=by, detail=detail)\n',
        "",
        (TESTS + "test_a_key_signed_by_the_one_before_is_taken_and_noted",),
        "who became the office above stands in the journal",
    ),
    Mutant(
        "a-task-is-signed-by-the-newest-key-alone",
        "pingyi_desktop/exchange/tasks.py",
        "        withheld={SECRET},\n        cosigners=keys.earlier(session, campaign_id=campaign.id),\n",
        "        withheld={SECRET},\n",
        (TESTS + "test_an_office_with_a_new_key_hands_down_what_its_units_know_again",),
        "without the key before every unit would have to telephone, and would stop asking",
    ),
    Mutant(
        "more-keys-sign-than-fit",
        KEYS,
        "before[: MAX_SIGNATURES - 1]",
        "before",
        (TESTS + "test_the_keys_before_sign_as_well_and_no_more_than_fit",),
        "an envelope has four signatures at most",
    ),
    Mutant(
        "a-package-goes-out-in-clear-when-no-key-is-known",
        KEYS,
        "    if parent is None:\n        raise PackageError(",
        "    if parent is None:\n        return data\n        raise PackageError(",
        (TESTS + "test_what_has_no_key_to_be_encrypted_to_is_not_exported",),
        "no fall-back from encrypted to open (T10)",
    ),
    Mutant(
        "a-replaced-key-s-recipient-is-used",
        KEYS,
        "        .order_by(col(TrustedKey.epoch).desc())\n        .limit(1)\n",
        "        .where(col(TrustedKey.age_recipient).is_not(None))\n        .limit(1)\n",
        (TESTS + "test_the_recipient_of_a_replaced_key_is_not_fallen_back_on",),
        "the thief of the old computer could read what is sent to the new one",
    ),
    Mutant(
        "a-secret-without-its-wrapping-is-used",
        "pingyi_desktop/exchange/keylock.py",
        "        if data_key is not None:\n            raise FileError(_NOT_WRAPPED)\n",
        "",
        (TESTS + "test_a_secret_that_is_not_wrapped_is_not_used_in_a_file_with_a_password",),
        "whoever can write the file would put his own key into it",
    ),
)
