"""The program's own test, under a kernel that kills whatever opens a socket to a network."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import no_network
import pytest
import selftesting
from series import LONG

from pingyi_desktop.appraisal.ledgers.catalog import NOUNS
from pingyi_desktop.cli.verbs import selftest_verb
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.selftest import every_page
from pingyi_desktop.render import page

WATCHED = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in no_network.MACHINES,
    reason="this kernel cannot watch",
)
# The program from the source, its passwords as cheap as in every test, the committee with one of its six branches and the
# window with one page of those that are declared alike (the long series, and the frozen program, do the whole of it);
# Python tells of every socket it makes itself.
DRIVEN = """
import sys
from dataclasses import replace
from pingyi_desktop import cli, paths
from pingyi_desktop.demo.company import Company
from pingyi_desktop.exchange.locks import keylock
from pingyi_desktop.exchange.wire import age
age.COST, keylock._MEMORY = 10, 64
committee = Company.only

def few(self, code):
    whole = committee(self, code)
    left_out = [one.code for one in whole.orgs if one.type == "BRANCH"][1:]
    return replace(
        whole,
        orgs=tuple(one for one in whole.orgs if one.code not in left_out),
        members=tuple(one for one in whole.members if one.branch not in left_out),
        sessions=tuple(one for one in whole.sessions if one.org not in left_out),
        batches=tuple(one for one in whole.batches if one.org not in left_out),
    )

if not LONG:
    Company.only = few
paths.itself = lambda: [sys.executable, "-c", WINDOW]
sys.addaudithook(lambda event, _: sys.exit(f"opened: {event}") if event.startswith("socket.") else None)
sys.exit(cli.main(["selftest", "--json"]))
"""
WINDOW = """
import sys
from pingyi_desktop import __main__
from pingyi_desktop.gui import entries
from pingyi_desktop.gui.selftest import every_page

sys.addaudithook(lambda event, _: sys.exit(f"opened: {event}") if event.startswith("socket.") else None)
alike = [noun.key for noun in entries.NOUNS if noun.key not in entries.OF_THEIR_OWN]
if not LONG:
    every_page.PAGES = tuple(one for one in entries.PAGES if one.key not in alike[1:])
sys.exit(__main__.main())
"""
DRIVEN = f"LONG = {LONG}\nWINDOW = {f'LONG = {LONG}' + WINDOW!r}\n{DRIVEN}"


def watched(code: str) -> subprocess.CompletedProcess[bytes]:
    command = [*selftesting.watched(), sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, check=False)


@WATCHED
@pytest.mark.parametrize(("family", "lives"), [("AF_UNIX", True), ("AF_INET", False), ("AF_INET6", False)])
def test_a_program_that_opens_a_socket_to_the_network_is_killed(family: str, lives: bool):
    done = watched(f"import socket; socket.socket(socket.{family})")
    assert (done.returncode == 0) is lives


@WATCHED
def test_the_whole_job_and_every_page_of_the_window_need_no_network():
    done = watched(DRIVEN)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["failed"] == 0
    assert [one["check"] for one in told["checks"]] == list(selftest_verb.CHECKS)
    assert not any(one["trouble"] for one in told["checks"])


def test_a_window_that_does_not_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What ends the process that shows the window, and what it said, is what the test of the program says."""
    monkeypatch.setattr(
        selftest_verb.paths, "itself", lambda: [sys.executable, "-c", "raise SystemExit('坏了')"]
    )
    assert "坏了" in selftest_verb._window(tmp_path)
    monkeypatch.undo()
    assert "找不到" in selftest_verb._window(tmp_path)  # there is no file


def test_the_frozen_program_is_given_nothing_of_who_builds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PYTHONPATH", "somewhere")
    monkeypatch.setenv("QT_PLUGIN_PATH", "somewhere")
    given = selftesting.alone(tmp_path)
    assert "somewhere" not in given.values()
    assert given["HOME"] == str(tmp_path)


def test_a_font_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert selftest_verb._tried(selftest_verb._resources, tmp_path) == ""
    monkeypatch.setattr(page, "FILES", {page.SONG: "none.ttf"})
    page.register_fonts.cache_clear()
    assert "字体“none.ttf”" in selftest_verb._tried(selftest_verb._resources, tmp_path)


def test_the_pages_that_are_opened_are_all_of_the_window_s_the_ledgers_among_them(
    monkeypatch: pytest.MonkeyPatch,
):
    visited: list[str] = []

    class Work:
        """Nothing waits."""

        waiting = 0
        failed = SimpleNamespace(connect=lambda _: None)

    workspace = SimpleNamespace(work=Work, go_to=visited.append)
    window = SimpleNamespace(workspace=workspace, grab=lambda: SimpleNamespace(toImage=lambda: None))
    monkeypatch.setattr(every_page, "_colours", lambda _: set())
    wrong: list[str] = []
    every_page._visit_all(window, wrong)  # type: ignore[arg-type]
    assert visited == [entry.key for entry in PAGES]
    assert {noun.key for noun in NOUNS} < set(visited)
    assert len(wrong) == len(PAGES), "a page that nothing was painted on is told"
