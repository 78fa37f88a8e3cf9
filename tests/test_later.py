"""Modules loaded on first use, or one by one ahead of it."""

from __future__ import annotations

import sys
import threading
from importlib import import_module

import pytest

from pingyi_desktop import later as door
from pingyi_desktop.later import later, one_by_one


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


def test_what_another_thread_is_just_loading_is_waited_for(tmp_path, monkeypatch):
    """The window loads its rooms ahead while the thread of the file uses the same ones."""
    begun, go_on, load = threading.Event(), threading.Event(), door._load
    (tmp_path / "slow_room.py").write_text(
        "import threading\nMEET = threading.slow_room\nMEET[0].set()\nMEET[1].wait()\nBED = 'made'\n", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(threading, "slow_room", (begun, go_on), raising=False)
    room = later("slow_room")
    other = threading.Thread(target=lambda: room.BED)
    other.start()
    begun.wait()
    monkeypatch.setattr(door, "_load", lambda name: (go_on.set(), load(name))[1])
    try:
        assert room.BED == "made"
        with pytest.raises(AttributeError):
            _ = room.nothing
    finally:
        go_on.set()
        other.join()
        del sys.modules["slow_room"]
