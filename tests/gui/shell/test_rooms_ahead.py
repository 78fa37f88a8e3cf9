"""The rooms of the window are loaded before they are visited, one module at a time, and never while something is read."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject
from showing import settle

from pingyi_desktop.gui import counting
from pingyi_desktop.gui.counting import zheng
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.gui.rooms_ahead import RoomsAhead


def unload(monkeypatch):
    """A room of the window as if nobody had been there; what it was comes back after the test."""
    monkeypatch.setattr(counting, "zheng", zheng)
    monkeypatch.delitem(sys.modules, zheng.__name__)


def test_a_window_that_stands_loads_its_other_rooms(open_window, looks_around, path, qtbot, monkeypatch):
    unload(monkeypatch)
    window = open_window(PAGES[:1])
    assert window.open_path(path)
    settle(window)
    qtbot.waitUntil(lambda: window.workspace.ahead.loaded)
    assert zheng.__name__ in sys.modules


def test_it_waits_while_something_is_read(qapp, monkeypatch):
    unload(monkeypatch)
    reading, owner = [True], QObject()
    ahead = RoomsAhead(lambda: reading[0], owner)
    ahead.step()
    assert zheng.__name__ not in sys.modules
    reading.clear()
    reading.append(False)
    while not ahead.loaded:
        ahead.step()
    assert zheng.__name__ in sys.modules
