"""The set-up script, as a person on a fresh machine meets it."""

from __future__ import annotations

import importlib.util
import os
import re
import runpy
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from fuzz import __main__ as fuzzing
from fuzz import run

from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_people import OrgType

ROOT = Path(__file__).resolve().parent.parent.parent
DEV = ROOT / "installers" / "dev.py"


def dev(*arguments: str, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEV), *arguments]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **extra}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("arguments", [[], ["install"], ["--help"]])
def test_a_wrong_call_is_told_the_right_ones(arguments: list[str], tmp_path: Path):
    done = dev(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    for command in (
        "run",
        "window",
        "test",
        "lint",
        "one",
        "schema",
        "bench",
        "fuzz",
        "crash",
        "mutants",
        "pictures",
        "newcomer",
    ):
        assert command in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_the_window_needs_a_display(tmp_path: Path):
    done = dev("window", cwd=tmp_path, DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 1
    assert "没有图形界面" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_script_needs_nothing_but_python(tmp_path: Path):
    """``-I -S``: no third-party package and no package of this tree can be found."""
    command = [sys.executable, "-I", "-S", str(DEV)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script on a machine that has been set up: by whoever runs these tests."""
    spec = importlib.util.spec_from_file_location("dev", DEV)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(script, "prepare", lambda **_: None)
    monkeypatch.setenv(
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"
    )  # loading them costs more than these small tests
    return script


def test_every_command_is_told_at_the_top_in_the_usage_and_to_developers(ready: ModuleType):
    page = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"dev\.py (\w+)|(?<=, )`(\w+)`", page))
    assert {name for names in told for name in names if name} >= ready.COMMANDS.keys() - {"run", "window"}
    for command in ready.COMMANDS:
        assert f"dev.py {command} " in ready.__doc__
        assert f" {command} " in ready.USAGE


def test_fuzz_throws_what_it_was_asked_for(
    ready: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """As ``python -m`` would, but in this process, which has loaded the program."""

    def check(commands: list[list[str]]) -> int:
        ((module, *arguments),) = commands
        monkeypatch.setattr(sys, "argv", [module, *arguments])
        monkeypatch.delitem(sys.modules, fuzzing.__name__)
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(module, run_name="__main__")
        return ended.value.code  # type: ignore[return-value]

    monkeypatch.setattr(ready, "check", check)
    monkeypatch.setattr(run, "peak_memory", lambda: 0)  # see below
    assert ready.main(["fuzz", "--count", "18", "--first", "7"]) == 0
    assert "18 mutants, 0 accepted, 0 uncaught exceptions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--exhaustive", "--step", "997"], " 0 anything else"),
        (["--guided", "--count", "3"], "3 guided mutants, "),
    ],
)
def test_fuzz_has_other_ways(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        run, "peak_memory", lambda: 0
    )  # what this process held for other tests is not its doing
    assert fuzzing.main(arguments) == 0
    assert told in capsys.readouterr().out


def test_fuzz_fails_when_it_takes_too_much_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "peak_memory", lambda: run.LIMIT)
    assert fuzzing.main(["--guided", "--count", "1"]) == 1
    assert fuzzing.main(["--count", "1"]) == 1


def test_fuzz_fails_when_it_cannot_run(ready: ModuleType, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(SystemExit, match="2"):
        fuzzing.main(["--nonsense"])
    monkeypatch.setattr(ready, "check", lambda commands: len(commands[0]))
    assert ready.main(["fuzz", "--nonsense"]) == len(["fuzz", "--nonsense"])


SERIES = "import os\ndef test_series():\n    print('kills', os.environ['PINGYI_KILLS'])\n    assert {}\n"


@pytest.mark.parametrize("asked", [None, "3"])
def test_crash_runs_every_series_at_its_length_and_remembers_a_failure(
    ready: ModuleType,
    asked: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    monkeypatch.delenv("PINGYI_KILLS", raising=False)
    if asked:
        monkeypatch.setenv("PINGYI_KILLS", asked)
    for file in ready.KILLS:
        assert "PINGYI_KILLS" in (ROOT / file).read_text(encoding="utf-8")
    assert list(ready.KILLS.values()) == [500, 200, 200, 200, 200]
    first, second = tmp_path / "test_first.py", tmp_path / "test_second.py"
    first.write_text(SERIES.format(False), encoding="utf-8")
    second.write_text(SERIES.format(True), encoding="utf-8")
    monkeypatch.setattr(ready, "KILLS", {str(first): 500, str(second): 200})
    if asked:
        assert ready.main(["crash", str(second), "-p", "no:cacheprovider"]) == 0
        told = capfd.readouterr().out
        assert f"kills {asked}" in told
        assert "kills 500" not in told
    else:
        assert ready.main(["crash", "-p", "no:cacheprovider"]) == 1
        told = capfd.readouterr().out
        assert "kills 500" in told
        assert "kills 200" in told


@pytest.mark.skipif(sys.platform == "win32", reason="apt is Debian's")
def test_the_stock_age_tool_is_asked_for_and_its_absence_stops_nobody(
    ready: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An apt-get that can install nothing, on a machine where we are root and ``age`` is missing; and then no apt."""
    asked = tmp_path / "asked"
    shell = Path("/bin/sh")
    (tmp_path / "apt-get").write_text(f'#!{shell}\necho "$@" >> "{asked}"\nexit 100\n', encoding="ascii")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    ready.offer_stock_age()
    assert not asked.exists()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    ready.offer_stock_age()
    assert asked.read_text(encoding="ascii").splitlines()[-1].split()[-1] == "age"
    asked.unlink()
    (tmp_path / "age").write_text(f"#!{shell}\n", encoding="ascii")
    (tmp_path / "age").chmod(0o755)
    ready.offer_stock_age()
    assert not asked.exists()
    for name in ("age", "apt-get"):
        (tmp_path / name).unlink()
    ready.offer_stock_age()


def test_a_benchmark_may_take_longer_than_a_test(
    ready: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")  # the settings name some
    settings = ROOT / "pyproject.toml"
    assert "faulthandler_timeout = 300" in settings.read_text(encoding="utf-8")
    slow = tmp_path / "bench_slow.py"
    slow.write_text(
        "def test_slow(pytestconfig):\n    assert float(pytestconfig.getini('faulthandler_timeout')) == 0\n",
        encoding="utf-8",
    )
    assert ready.main(["bench", "-p", "no:cacheprovider", "-c", str(settings), str(slow)]) == 0


@pytest.mark.parametrize(("types", "status"), [(["this"], 0), (["nonsense"], 1)])
def test_the_types_are_checked_beside_the_tests_and_told_after_them(
    ready: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    types: list[str],
    status: int,
):
    (tmp_path / "test_one.py").write_text("def test_one(): pass\n", encoding="utf-8")
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin")
    monkeypatch.setattr(ready, "offer_stock_age", lambda: None)
    monkeypatch.setattr(ready, "LINT", ())
    monkeypatch.setattr(ready, "TYPES", types)
    assert ready.main(["test", "-n", "0", "-p", "no:cacheprovider", str(tmp_path)]) == status
    said = capfd.readouterr().out
    assert said.index("1 passed") < said.index(f"$ {' '.join(types)}")
    assert ("Beautiful is better than ugly" in said) == (status == 0)


@pytest.mark.parametrize(("types", "status"), [(["this"], 0), (["nonsense"], 1)])
def test_lint_runs_every_check_and_no_test(
    ready: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    types: list[str],
    status: int,
):
    assert [command[0] for command in ready.LINT] == ["ruff", "ruff"]
    assert ready.TYPES == ["mypy"]
    monkeypatch.setattr(ready, "LINT", (["platform"],))
    monkeypatch.setattr(ready, "TYPES", types)
    assert ready.main(["lint"]) == status
    said = capfd.readouterr().out
    assert said.index("$ platform") < said.index(f"$ {' '.join(types)}")
    assert "pytest" not in said
    assert ready.main(["lint", "tests"]) == 1


@pytest.mark.parametrize("asked", ["test_two.py::test_sound", "."])
def test_one_runs_the_test_it_is_given_and_nothing_around_it(
    ready: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str], asked: str
):
    (tmp_path / "test_two.py").write_text("def test_sound(): pass\n", encoding="utf-8")
    assert ready.main(["one", "-p", "no:cacheprovider", str(tmp_path / asked)]) == 0
    said = capfd.readouterr().out
    assert "1 passed" in said
    assert "ruff" not in said
    assert "mypy" not in said


def test_one_must_be_told_which(ready: ModuleType, capfd: pytest.CaptureFixture[str]):
    assert ready.main(["one"]) == 1
    assert "是哪个测试" in capfd.readouterr().err


def test_schema_prints_sql_that_makes_the_tables_of_a_new_file(
    ready: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    assert ready.main(["schema"]) == 0
    sql = capfd.readouterr().out
    file = tmp_path / "新.pingyi"
    store.create(file, code="QL", name="公司党委", org_type=OrgType.COMPANY_COMMITTEE).close()
    asked = "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    with closing(sqlite3.connect(file)) as new, closing(sqlite3.connect(":memory:")) as made:
        made.executescript(sql)
        assert made.execute(asked).fetchall() == new.execute(asked).fetchall()
    assert ready.main(["schema", "QL"]) == 1


def test_files_of_the_tests_lie_in_memory_where_there_is_room(
    ready: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ready, "MEMORY", tmp_path)
    monkeypatch.setattr(ready, "ROOM", 0)
    with ready.place_for_files() as (option, place):
        assert (option, Path(place).parent.parent) == ("--basetemp", tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(ready, "ROOM", 2**62)
    with ready.place_for_files() as where:
        assert where == []
    monkeypatch.setattr(ready, "MEMORY", tmp_path / "没有")
    with ready.place_for_files() as where:
        assert where == []
