"""The list of hand-made mutants fits the program it spoils, and their runner tells the killed from the living."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from house_read import parsed
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
    return frozenset(re.findall(r"^ *def (\w+)\(", text(file), re.MULTILINE))


@cache
def statements(file: str) -> list[tuple[int, int, ast.stmt]]:
    """The first and the last line of every statement of a module, and its tree."""
    found = parsed(text(file)).body
    above = [[one.lineno for one in getattr(top, "decorator_list", ())] for top in found]
    return [
        (min([top.lineno, *lines]), top.end_lineno or top.lineno, top)
        for top, lines in zip(found, above, strict=True)
    ]


def means_something_else(mutant: Mutant) -> bool:
    """Whether the one statement of the module that has the line means something else with the other line in it."""
    source = text(mutant.file)
    line = source[: source.index(mutant.before)].count("\n") + 1
    first, last, was = next(one for one in statements(mutant.file) if one[0] <= line <= one[1])
    whole = "\n".join([*source.split("\n")[first - 1 : last], ""])
    assert whole.count(mutant.before) == 1, f"{mutant.name} is more than one statement"
    return [ast.dump(one) for one in ast.parse(whole.replace(mutant.before, mutant.after)).body] != [
        ast.dump(was)
    ]


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


def test_a_copy_has_all_that_is_tried_in_it_and_every_line_that_is_spoilt(tmp_path: Path) -> None:
    """What becomes of the program's own mutants in it is what ``dev.py mutants`` tells, with every one of them."""
    copy = run.copied(tmp_path / "copy")
    needed = {*chain(*(one.tests for one in MUTANTS)), *(one.file for one in MUTANTS)}
    for name in ("pyproject.toml", "tests/conftest.py", *(one.partition("::")[0] for one in needed)):
        assert (copy.root / name).read_bytes() == (ROOT / name).read_bytes()
    assert [one.name for one in copy.root.rglob("*") if one.name == "__pycache__"] == []


LINE = "RIGHT = 1"
TINY = Mutant(
    "tiny", "one.py", LINE, "RIGHT = 2", ("test_one.py::test_right",), "a line of a tree of two files"
)
PASSES = "import one\n\n\ndef test_right():\n    assert one.RIGHT == 1\n"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> run.Copy:
    """A tree with one line and one test of it: what pytest says of it is judged like what it says of the program's.

    Nothing of this program's is loaded, nor the plugins of its tests, which take longer than these do.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "one.py").write_text(f"import sys\n\n{LINE}\n")
    (tmp_path / "test_one.py").write_text(PASSES)
    return run.Copy(tmp_path)


@pytest.mark.parametrize(
    ("change", "verdict", "told"),
    [
        ({}, run.KILLED, TINY.tests[0]),
        ({"after": f"{LINE}  # all the same"}, run.SURVIVED, TINY.tests[0]),
        ({"before": "import sys\n", "after": "import no_such_module\n"}, run.BROKEN, "pytest ends with 4"),
    ],
)
def test_what_becomes_of_a_mutant_is_what_its_tests_say(
    tiny: run.Copy, change: dict[str, str], verdict: str, told: str
) -> None:
    """One that changes nothing survives, and one that only breaks the import is not killed; its file is as it was."""
    was = (tiny.root / TINY.file).read_bytes()
    found = run.judge(tiny, replace(TINY, **change))
    assert (found.verdict, told in found.told) == (verdict, True), found
    assert (tiny.root / TINY.file).read_bytes() == was


def test_tests_that_fail_without_the_mutant_kill_nothing(tiny: run.Copy) -> None:
    (tiny.root / "test_one.py").write_text(PASSES.replace("== 1", "== 3"))
    found = run.judge(tiny, TINY)
    assert found.verdict == run.BROKEN
    assert "without it" in found.told


def test_tests_that_are_skipped_here_are_not_taken_for_a_living_mutant(tiny: run.Copy) -> None:
    (tiny.root / "test_one.py").write_text(
        PASSES.replace("import one", "import one\nimport pytest").replace("def", "@pytest.mark.skip\ndef")
    )
    assert run.judge(tiny, TINY).verdict == run.SKIPPED


@pytest.mark.parametrize("before", ["no such line", "s"])
def test_a_line_that_is_not_there_once_is_told(tiny: run.Copy, before: str) -> None:
    times = (tiny.root / TINY.file).read_text().count(before)
    assert times != 1
    found = run.judge(tiny, replace(TINY, before=before))
    assert (found.verdict, found.told) == (run.BROKEN, f"its line is there {times} times")


def test_the_program_around_it_counts_and_says_whether_all_were_killed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two workers, each with a copy of its own, that judge as they were told to."""
    idle = replace(CHEAP, name="idle")
    told = {CHEAP.name: run.KILLED, idle.name: run.SURVIVED}
    copies = set[Path]()

    def judged(copy: run.Copy, mutant: Mutant) -> run.Outcome:
        copies.add(copy.root)
        return run.Outcome(mutant, told[mutant.name], CHEAP.tests[0])

    def copied(target: Path) -> run.Copy:
        target.mkdir()
        return run.Copy(target)

    monkeypatch.setattr(run, "MUTANTS", (CHEAP, idle))
    monkeypatch.setattr(run, "judge", judged)
    monkeypatch.setattr(run, "copied", copied)
    assert run.main([CHEAP.name]) == 0
    assert len(copies) == 1
    assert "1 mutants, 1 killed, 0 not" in capsys.readouterr().out
    assert run.main(["--jobs", "2"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{CHEAP.name}: killed by {CHEAP.tests[0]}"
    assert said[1] == f"idle: SURVIVED: {CHEAP.tests[0]}"
    assert said[2].startswith("2 mutants, 1 killed, 1 not")
    with pytest.raises(SystemExit, match="no such mutant: nobody"):
        run.main(["nobody"])
