"""The command line loads what the given verb needs: cheap verbs stay cheap. Modules are counted, never seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import make
from pingyi_desktop import cli
from pingyi_desktop.cli.texts import TEXTS, VERBS
from pingyi_desktop.exchange.outbox import tasks

DATABASE = {"sqlalchemy", "sqlmodel", "sqlite3", "openpyxl", "reportlab", "PySide6"}
TELL = """
import sys
from pingyi_desktop.cli import main
status = main(sys.argv[1:])
print(status, *sorted(sys.modules), file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """The modules that a verb, which must succeed, loads in a process of its own."""
    done = subprocess.run([sys.executable, "-c", TELL, *words], capture_output=True, text=True, check=True)
    status, *modules = done.stderr.split()
    assert status == "0", done.stderr
    return set(modules)


def test_help_loads_no_verb() -> None:
    modules = loaded("--help")
    assert modules & (DATABASE | {"cryptography"}) == set()
    assert not [name for name in modules if name.rpartition(".")[2] in VERBS]


def test_inspecting_loads_no_database(tmp_path: Path) -> None:
    company = make.company(tmp_path / "公司.pingyi")
    with company.transaction() as session:
        task = tasks.assign(session, campaign_id=make.published(session), by=make.BY)[0]
    company.close()
    (tmp_path / "任务.pingyi-task").write_bytes(task.data)
    modules = loaded("inspect", str(tmp_path / "任务.pingyi-task"), "--code", task.code)
    assert "cryptography" in modules
    assert modules & DATABASE == set()


@pytest.fixture(scope="module")
def whole() -> tuple[str, dict[str, str]]:
    """The help of the whole command line, and of each of its verbs."""
    parser = cli.build_parser()
    return parser.format_help(), {verb: _below(parser, verb).format_help() for verb in TEXTS}


@pytest.mark.parametrize("verb", TEXTS)
def test_of_the_other_verbs_only_the_names_are_known(verb: str, whole: tuple[str, dict[str, str]]) -> None:
    """The help of one verb and the list of all are what the whole command line says."""
    some = cli.build_parser([verb])
    assert some.format_help() == whole[0]
    assert _below(some, verb).format_help() == whole[1][verb]


def test_without_a_verb_only_the_names_are_known(whole: tuple[str, dict[str, str]]) -> None:
    assert cli.build_parser([]).format_help() == whole[0]


def test_of_the_other_ledgers_no_verbs_are_made() -> None:
    some = cli.build_parser(["deed"])
    assert "template" in _below(some, "deed").format_help()
    assert "template" not in _below(some, "commitment").format_help()


def _below(parser, verb: str):
    (verbs,) = (action for action in parser._actions if action.dest == "command")
    return verbs.choices[verb]


def test_every_verb_is_in_the_list() -> None:
    (verbs,) = (action for action in cli.build_parser()._actions if action.dest == "command")
    assert list(verbs.choices) == list(TEXTS)
