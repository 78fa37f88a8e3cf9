"""Fixtures of the end-to-end tests: the command line, and a small company that has published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from offices import COMMITTEE, ORGS, Command, Said, World

from pingyi_desktop import cli


@pytest.fixture
def pingyi(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command; it must end with ``status`` (0 unless told) and never show a traceback."""

    def run(*words: object, status: int = 0) -> Said:
        capsys.readouterr()
        ended = cli.main([str(word) for word in words])
        said = Said(ended, *capsys.readouterr())
        assert "Traceback" not in said.err
        assert ended == status, said.err
        return said

    return run


@pytest.fixture
def world(tmp_path: Path, pingyi: Command) -> World:
    """The company with a published campaign; every office below has opened its task."""
    made = World(tmp_path, pingyi)
    (tmp_path / "QL").mkdir()
    company = made.file("QL")
    pingyi("init", company, "--code", "QL", "--name", "中共青峦公司委员会", "--type", "公司党委")
    for parent, code, kind, name in ORGS:
        pingyi("org", "add", company, "--parent", parent, "--code", code, "--type", kind, "--name", name)
    pingyi(
        *("campaign", "new", company, "--name", "群众评议", "--activity", "创先争优", "--year", 2025),
        *("--start", "2025-09-01", "--end", "2025-12-20"),
    )
    said = pingyi("campaign", "publish", company, "--reason", "已核实").out
    made = replace(made, recovery=said.split("恢复码：")[1].split("（")[0])
    made.assign("QL")
    made.assign(COMMITTEE)
    return made
