"""Modules loaded on first use, or one by one ahead of it."""

from __future__ import annotations

import sys
from importlib import import_module

from pingyi_desktop.later import one_by_one


def test_a_package_is_loaded_a_module_with_each_step(tmp_path, monkeypatch):
    room = tmp_path / "some_house" / "room"
    room.mkdir(parents=True)
    for file in (room.parent / "__init__.py", room / "__init__.py", room / "bed.py"):
        file.touch()
    (room / "table.py").write_text("from some_house.room import bed\n", "utf-8")
    (room.parent / "attic.py").write_text("from some_house.room import table\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    steps = one_by_one(import_module("some_house"))
    assert next(steps) == "some_house.attic"
    assert "some_house.room.bed" in sys.modules  # what it needs came with it, and takes no step of its own
    assert list(steps) == []
