"""The list of hand-made mutants fits the program it spoils, and their runner tells the killed from the living."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from mutants import run
from mutants.listed import MUTANTS
from mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
ENOUGH = 28
KNOWN = {one.name: one for one in MUTANTS}
CHEAP = KNOWN["a-wrong-digit-is-taken"]


@cache
def text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse(text(file))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


@cache
def statements(file: str) -> list[tuple[int, int, str]]:
    """The first and the last line of every statement of a module, and what it means."""
    found = ast.parse(text(file)).body
    above = [[one.lineno for one in getattr(top, "decorator_list", ())] for top in found]
    return [
        (min([top.lineno, *lines]), top.end_lineno or top.lineno, ast.dump(top))
        for top, lines in zip(found, above, strict=True)
    ]


def means_something_else(mutant: Mutant) -> bool:
    """Whether the one statement of the module that has the line means something else with the other line in it."""
    source = text(mutant.file)
    line = source[: source.index(mutant.before)].count("\n") + 1
    first, last, was = next(one for one in statements(mutant.file) if one[0] <= line <= one[1])
    whole = "\n".join([*source.split("\n")[first - 1 : last], ""])
    assert whole.count(mutant.before) == 1, f"{mutant.name} is more than one statement"
    return [ast.dump(one) for one in ast.parse(whole.replace(mutant.before, mutant.after)).body] != [was]


# The list


def test_there_are_enough_and_each_has_its_own_name() -> None:
    assert len(MUTANTS) >= ENOUGH
    assert len(KNOWN) == len(MUTANTS)
    assert Counter((one.file, one.before, one.after) for one in MUTANTS).most_common(1)[0][1] == 1


def test_every_mutant_is_one_line_of_this_program_written_otherwise() -> None:
    assert [one.name for one in MUTANTS if not one.file.startswith("pingyi_desktop/")] == []
    assert [one.name for one in MUTANTS if text(one.file).count(one.before) != 1] == []
    assert [one.name for one in MUTANTS if not means_something_else(one)] == []
    assert [one.name for one in MUTANTS if len(one.why) <= 20] == []


def test_every_mutant_s_tests_are_there() -> None:
    for mutant in MUTANTS:
        assert mutant.tests, mutant.name
        for node in mutant.tests:
            file, _, name = node.partition("::")
            assert name.partition("[")[0] in functions(file), mutant.name


# The runner


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> run.Copy:
    return run.copied(tmp_path_factory.mktemp("tree") / "copy")


def test_a_killed_mutant_names_the_test_and_leaves_the_copy_as_it_was(tree: run.Copy) -> None:
    found = run.judge(tree, CHEAP)
    assert (found.verdict, found.told.partition("[")[0]) == (run.KILLED, CHEAP.tests[0])
    assert (tree.root / CHEAP.file).read_bytes() == (ROOT / CHEAP.file).read_bytes()


def test_a_mutant_that_changes_nothing_survives(tree: run.Copy) -> None:
    line = 'if check_digit(digits) != "0":'
    found = run.judge(tree, replace(CHEAP, before=line, after=f"{line}  # all the same"))
    assert found.verdict == run.SURVIVED


def test_a_mutant_that_only_breaks_the_import_is_not_killed(tree: run.Copy) -> None:
    found = run.judge(tree, replace(CHEAP, before="import secrets\n", after="import no_such_module\n"))
    assert found.verdict == run.BROKEN
    assert "pytest ends with 4" in found.told


def test_tests_that_fail_without_the_mutant_kill_nothing(tree: run.Copy) -> None:
    (tree.root / "tests" / "test_red.py").write_text("def test_red():\n    assert False\n")
    found = run.judge(tree, replace(CHEAP, tests=("tests/test_red.py",)))
    assert found.verdict == run.BROKEN
    assert "without it" in found.told


def test_tests_that_are_skipped_here_are_not_taken_for_a_living_mutant(tree: run.Copy) -> None:
    skipped = "import pytest\n\n\n@pytest.mark.skip\ndef test_skipped():\n    pass\n"
    (tree.root / "tests" / "test_skipped.py").write_text(skipped)
    assert run.judge(tree, replace(CHEAP, tests=("tests/test_skipped.py",))).verdict == run.SKIPPED


@pytest.mark.parametrize("before", ["no such line", "digits"])
def test_a_line_that_is_not_there_once_is_told(tree: run.Copy, before: str) -> None:
    times = text(CHEAP.file).count(before)
    assert times != 1
    found = run.judge(tree, replace(CHEAP, before=before))
    assert (found.verdict, found.told) == (run.BROKEN, f"its line is there {times} times")


def test_the_program_around_it_counts_and_says_whether_all_were_killed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = replace(CHEAP, name="idle", after=f"{CHEAP.before}  # all the same")
    monkeypatch.setattr(run, "MUTANTS", (CHEAP, idle))
    with monkeypatch.context() as told:
        told.setattr(run, "judge", lambda _copy, mutant: run.Outcome(mutant, run.KILLED, "a test"))
        assert run.main([CHEAP.name]) == 0
    assert "1 mutants, 1 killed, 0 not" in capsys.readouterr().out
    assert run.main(["--jobs", "2"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{CHEAP.name}: killed by {CHEAP.tests[0]}")
    assert said[1] == f"idle: SURVIVED: {CHEAP.tests[0]}"
    assert said[2].startswith("2 mutants, 1 killed, 1 not")
    with pytest.raises(SystemExit, match="no such mutant: nobody"):
        run.main(["nobody"])
