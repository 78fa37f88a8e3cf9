"""The one door through which a room is loaded on first use instead of when its reader is loaded.

A window stands at once, and ``--help`` answers at once, because what they do not need is not loaded before it is asked
for. Checkers read the ordinary import; the program takes the proxy::

    if TYPE_CHECKING:
        from pingyi_desktop.gui import opening
    else:
        opening = later("pingyi_desktop.gui.files.opening")

Only the faces (``gui``, ``cli``) and what they ask first (the catalogue of ledgers, what waits in them, where everything stands) may use it, and ``tests/house/test_architecture.py`` counts it as an import.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType


def later(name: str) -> ModuleType:
    """The module of this full name, loaded when something of it is first asked for, in whichever thread asks."""
    return _Later(name)


def one_by_one(package: ModuleType) -> Iterator[str]:
    """Load what is below a package and not loaded yet, a module with each step; gives its full name."""
    for found in walk_packages(package.__path__, f"{package.__name__}."):
        if found.name not in sys.modules:
            _load(found.name)
            yield found.name


class _Later(ModuleType):
    """Stands for a module without keeping anything of it, so that what changes there is seen here."""

    def __getattr__(self, asked: str) -> object:
        try:
            return getattr(sys.modules[self.__name__], asked)
        except (KeyError, AttributeError):  # not loaded, or only in part by another thread: waits for that
            return getattr(_load(self.__name__), asked)


def _load(name: str) -> ModuleType:
    """The module with everything it needs. Python does not look for garbage meanwhile, nor among what was loaded ever
    again: modules are none, and looking cost a tenth of a start."""
    collects = gc.isenabled()
    gc.disable()
    try:
        loaded = import_module(name)
        gc.freeze()
        return loaded
    finally:
        if collects:
            gc.enable()
