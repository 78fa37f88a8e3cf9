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
        "key, drafts=False)",
        "key)",
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
)
