"""Fixtures of the end-to-end tests: the command line, and a small company that has published."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import Command, Said, World, handed_down

import make
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
    code = make.copied_folder(tmp_path, handed_down)
    return World(tmp_path, pingyi, code)
