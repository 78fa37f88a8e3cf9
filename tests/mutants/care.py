"""Mutants of what looks after a file: its backups, its export, the bundle for its maintainers (package design T11, T12)."""

from __future__ import annotations

from mutants.mutant import Mutant

COPIES = "pingyi_desktop/storage/care/copies.py"
TESTED = "tests/storage/care/test_copies.py"

CARE = (
    Mutant(
        "an-automatic-backup-holds-the-order",
        COPIES,
        "key, drafts=False)",
        "key)",
        (f"{TESTED}::test_no_backup_holds_ballots_of_a_stack_that_is_not_sealed",),
        "a backup outlives the seal, so nothing in the order of the paper may be in it (T11)",
    ),
    Mutant(
        "the-copy-before-an-upgrade-holds-the-order",
        "pingyi_desktop/storage/store.py",
        "key, drafts=False, go_on=steps.first)",
        "key, go_on=steps.first)",
        (f"{TESTED}::test_nor_does_the_copy_made_before_an_upgrade",),
        "the same for the copy that an upgrade leaves (T11)",
    ),
    Mutant(
        "what-a-restore-put-aside-keeps-the-order",
        COPIES,
        "                pages.leave_out_drafts(raw.execute, plain=not cipher.is_encrypted(aside))\n",
        "",
        (f"{TESTED}::test_what_a_restore_put_aside_loses_its_ballots_later_and_not_before",),
        "the file of before a restore is not forgotten (T11)",
    ),
    Mutant(
        "everything-shows-few-ballots",
        "pingyi_desktop/sheets/everything.py",
        '"—" if item.hidden else ',
        "",
        (
            "tests/sheets/test_everything.py::test_figures_of_few_ballots_are_hidden_and_no_single_ballot_leaves",
        ),
        "an export of everything is a report like any other (T12)",
    ),
    Mutant(
        "everything-holds-single-ballots",
        "pingyi_desktop/sheets/everything.py",
        '    "sealed_ballot": "单张的票（结果见“结果”页）",\n',
        "",
        (
            "tests/sheets/test_everything.py::test_figures_of_few_ballots_are_hidden_and_no_single_ballot_leaves",
        ),
        "no single ballot leaves the file (T11)",
    ),
    Mutant(
        "the-bundle-says-what-an-error-said",
        "pingyi_desktop/faultlog.py",
        'return kind["kind"] if kind else ""',
        "return line",
        (
            "tests/storage/care/test_diagnosis.py::test_of_the_log_only_versions_places_and_kinds_of_errors_stay",
        ),
        "what an error said may name a person",
    ),
    Mutant(
        "everything-holds-the-tokens-of-tasks",
        "pingyi_desktop/sheets/everything.py",
        '    "issued_task": {"token"},\n',
        "",
        ("tests/sheets/test_everything.py::test_no_column_that_sounds_like_a_secret_is_exported",),
        "no secret leaves the file with what may be read",
    ),
    Mutant(
        "everything-forgets-which-columns-are-secret",
        "pingyi_desktop/sheets/everything.py",
        "without = _COLUMNS_LEFT_OUT.get(table.name, set())",
        "without = set[str]()",
        ("tests/sheets/test_everything.py::test_no_table_and_no_column_is_forgotten_and_no_secret_gets_out",),
        "no secret leaves the file with what may be read",
    ),
    Mutant(
        "the-log-holds-what-errors-said",
        "pingyi_desktop/faultlog.py",
        'f"{scrubbed(details)}\\n"',
        'f"{details}\\n"',
        (
            "tests/storage/care/test_diagnosis.py::"
            "test_what_is_planted_everywhere_is_nowhere_in_the_bundle_nor_in_the_log",
        ),
        "the log is handed on as it is, and lies in the open beside an encrypted file",
    ),
    Mutant(
        "the-bundle-names-tables-of-others",
        "pingyi_desktop/storage/care/diagnosis.py",
        "sorted(ours & there)",
        "sorted(there)",
        (
            "tests/storage/care/test_diagnosis.py::"
            "test_what_is_planted_everywhere_is_nowhere_in_the_bundle_nor_in_the_log",
        ),
        "what somebody else put into a file may be called after a person",
    ),
    Mutant(
        "a-linked-backup-folder-is-written-to",
        COPIES,
        "        if place.is_symlink():\n",
        "        if False:\n",
        (
            "tests/storage/care/test_hostile_care.py::test_a_link_in_the_place_of_the_backup_folder_gets_no_copy",
        ),
        "whoever can write beside the file must not get copies of it",
    ),
    Mutant(
        "links-count-as-backups",
        COPIES,
        "if saving.is_own(one)]",
        "if one.is_file()]",
        (
            "tests/storage/care/test_hostile_care.py::"
            "test_a_link_called_like_what_a_restore_put_aside_costs_nobody_his_ballots",
        ),
        "behind a link lies somebody else's file, whose ballots would be washed",
    ),
    Mutant(
        "a-huge-or-torn-place-is-taken",
        "pingyi_desktop/paths.py",
        "or any(ord(one) < 32 for one in written)",
        "",
        ("tests/storage/care/test_hostile_care.py::test_a_second_drive_that_can_be_none_is_none_or_told",),
        "what a settings file says is bounded",
    ),
    Mutant(
        "a-wrong-clock-pushes-out-today-s-backup",
        COPIES,
        "(one[1][1] <= today, one[1][1]",
        "(one[1][1]",
        ("tests/storage/care/test_hostile_care.py::test_backups_of_days_to_come_do_not_push_out_today_s",),
        "what was made just now is there afterwards",
    ),
    Mutant(
        "a-salvaged-file-is-plain",
        "pingyi_desktop/storage/care/salvage.py",
        "store.connected(part, key, like=path)",
        "store.connected(part, key)",
        (
            "tests/storage/care/test_hostile_care.py::test_no_care_of_an_encrypted_file_leaves_a_plain_byte_anywhere",
        ),
        "what is saved of an encrypted file is encrypted",
    ),
    Mutant(
        "a-newer-backup-is-put-back",
        "pingyi_desktop/storage/pages.py",
        "    if version > migrations.LATEST:",
        "    if False:",
        ("tests/storage/care/test_hostile_care.py::test_a_newer_backup_is_refused_and_changes_nothing",),
        "an old program does not know what a newer file means",
    ),
    Mutant(
        "any-number-of-recent-files",
        "pingyi_desktop/gui/looks/settings.py",
        'split("\\n", RECENT)[:RECENT]',
        'split("\\n")',
        ("tests/gui/files/test_settings_kept.py::test_a_settings_file_that_is_none_costs_only_the_settings",),
        "what a settings file says is bounded",
    ),
    Mutant(
        "huge-settings-are-read",
        "pingyi_desktop/gui/looks/settings.py",
        "file.stat().st_size > MOST",
        "file.stat().st_size < 0",
        ("tests/gui/files/test_settings_kept.py::test_a_large_settings_file_is_put_aside_and_not_read",),
        "a settings file of a terabyte must not stop the program",
    ),
    Mutant(
        "a-moved-file-is-whatever-bears-its-name",
        "pingyi_desktop/storage/care/moved.py",
        "known.is_of(glance(one))",
        "one.name == path.name",
        ("tests/storage/care/test_moved.py::test_another_unit_s_file_of_the_same_name_is_not_taken_for_it",),
        "nobody works on another unit's file because a stick was changed",
    ),
    Mutant(
        "a-file-on-a-stick-may-keep-the-program-busy",
        "pingyi_desktop/storage/care/moved.py",
        "lambda: 1, _STEPS",
        "lambda: 0, _STEPS",
        ("tests/storage/care/test_moved.py::test_what_is_planted_on_a_stick_is_nothing_and_costs_nothing",),
        "what is planted on a stick is looked at before anybody opened it, so that is bounded",
    ),
)
