"""What goes into the frozen folder, decided in one place: modules, libraries, Qt's plugins and texts.

Read by ``pingyi.spec`` while PyInstaller works, and by the tests without it. A file of the frozen folder is named by its
place there (``dest``, with ``/`` on every system).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from pingyi_desktop import __version__

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "pingyi_desktop"
CONSOLE, WINDOWED, PROBE = "pingyi", "pingyi-window", "start-probe"
INTERNAL = f"_internal-{__version__}"
"""what the program is made of, named by its version: an upgrade lays the new folder beside the old one, and the program,
one file that knows its folder's name, is changed in one step; so whoever starts it at any moment has the one or the other"""
CONTENTS = "contents.json"
"""what the frozen folder was made from, written beside PyInstaller's own notes for the licences"""

WHOLE = (PACKAGE, "reportlab.graphics.barcode")
"""packages whose modules are loaded by names that PyInstaller cannot read: all of them go along"""

LEFT_OUT = (
    # Of Python: what an offline program has no use for. No ``ssl``: nothing here speaks to a network.
    *(
        "ssl",
        "_ssl",
        "tkinter",
        "_tkinter",
        "curses",
        "_curses",
        "readline",
        "idlelib",
        "lib2to3",
        "ensurepip",
    ),
    *("pydoc_data", "doctest", "test", "distutils", "turtledemo", "xmlrpc", "wsgiref", "sqlite3.test"),
    # Developers' tools, which pydantic, sqlalchemy and reportlab would use if they were there.
    *("pytest", "_pytest", "hypothesis", "mypy", "mypyc", "setuptools", "pkg_resources", "pip", "fontTools"),
    *("librt", "ast_serialize", "pygments", "numpy", "charset_normalizer", "chardet", "packaging"),
    # Of Qt: only Core, Gui, Widgets and PrintSupport are ours.
    *(f"PySide6.Qt{name}" for name in ("Network", "Qml", "Quick", "Sql", "Test", "OpenGL", "Xml", "DBus")),
    # Of Pillow, which reportlab loads for pictures that we do not print, what it can be loaded without.
    *(f"PIL.{name}" for name in ("_avif", "_webp", "_imagingft", "_imagingcms", "_imagingmath")),
    *(f"PIL.{name}" for name in ("_imagingtk", "_imagingmorph", "ImageTk", "ImageQt")),
    # Character sets of other countries, and what pydantic was before.
    *(f"_codecs_{name}" for name in ("jp", "kr", "tw", "hk", "iso2022")),
    "pydantic.v1",
    # Databases that are not ours.
    *(f"sqlalchemy.dialects.{name}" for name in ("mssql", "mysql", "oracle", "postgresql")),
)
PLUGINS = (
    *("platforms/*xcb.*", "platforms/qwindows.*", "platforms/*offscreen.*"),
    "platforminputcontexts/*ibusplatforminputcontextplugin.*",  # fcitx answers to its protocol too
    "platforminputcontexts/*composeplatforminputcontextplugin.*",
    *("iconengines/*svgicon.*", "imageformats/*svg.*", "printsupport/*"),
)
TEXTS = ("qtbase_zh_CN.qm",)
NO_DATA = ("resources/readme/*", "reportlab/fonts/*", "*/tests/*", "setuptools/*", "*.pyi", "*/py.typed")
CARRIED = (
    *("libpython*", "libcrypto*", "libsqlite3*", "libffi*", "libbz2*", "liblzma*", "libexpat*"),
    *("libxcb-*", "libxkbcommon*"),
)
"""libraries of the system that go along: Python's own, and the small ones of X11 that old desktops lack; every other one
belongs to the system it runs on (``linux_packages`` declares it)"""
CARRIED_NEVER = ("libxcb-dri*", "libxcb-glx*", "libxcb-present*", "libxcb-sync*")
"""these go with the graphics driver"""


class BuildError(Exception):
    """Nothing can be handed out; ``str(error)`` is a Chinese sentence that says why."""


@dataclass(frozen=True)
class Sizes:
    """Limits in bytes: of the folder as it lies on the disk, and of what is handed out."""

    folder: int = 150 * 1000**2
    installer: int = 60 * 1000**2
    archive: int = 80 * 1000**2

    def of(self, package: Path) -> int:
        """The limit of a package; a zip, which every Windows opens by itself, packs less well than the others."""
        return self.archive if package.suffix == ".zip" else self.installer


def resources(root: Path = ROOT) -> list[tuple[str, str]]:
    """Our own data files as (dest, source): all that the program reads, none of the README's pictures."""
    found = sorted(path for path in (root / "resources").rglob("*") if path.is_file())
    named = [(path.relative_to(root).as_posix(), str(path)) for path in found]
    return [(dest, source) for dest, source in named if not _fits(dest, NO_DATA)]


def is_data_wanted(dest: str) -> bool:
    """Whether a data file goes along."""
    place = PurePosixPath(dest)
    return place.name in TEXTS if place.suffix == ".qm" else not _fits(dest, NO_DATA)


def is_binary_wanted(dest: str, source: str, platform: str = sys.platform) -> bool:
    """Whether a library, extension module or plugin goes along, as far as its name tells."""
    _, is_plugin, plugin = dest.partition("/plugins/")
    if is_plugin:
        return _fits(plugin, PLUGINS)
    name = PurePosixPath(dest).name
    if platform.startswith("linux") and is_of_system(source):
        return _fits(name, CARRIED) and not _fits(name, CARRIED_NEVER)
    return True


def is_of_system(source: str) -> bool:
    """Whether a file is neither Python's own nor from one of its packages."""
    own = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    place = Path(source).resolve()
    return not any(place.is_relative_to(one) for one in own if one != Path("/usr"))


def is_library(dest: str) -> bool:
    """Whether a file is there only because others need it, and goes when they do: a Qt library, not a plugin."""
    place = PurePosixPath(dest)
    parent = place.parent.as_posix()
    is_shared = ".so" in place.name or place.suffix == ".dll"
    of_qt = is_shared and parent in ("PySide6/Qt/lib", "PySide6") and ".abi3." not in place.name
    return of_qt or parent.endswith(".libs")


def needed(binaries: Iterable[tuple[str, str]], imports: dict[str, set[str]]) -> set[str]:
    """Places of the binaries that stay: what is no library, and the libraries they need, and those need.

    ``imports`` says for each place the names of the libraries that file asks for.
    """
    places = {dest for dest, _ in binaries}
    named: dict[str, set[str]] = {}
    for dest in places:
        named.setdefault(_plain(PurePosixPath(dest).name), set()).add(dest)
    stay = {dest for dest in places if not is_library(dest)}
    waiting = list(stay)
    while waiting:
        asked = {_plain(name) for name in imports.get(waiting.pop(), set())}
        fresh = {dest for name in asked for dest in named.get(name, set())} - stay
        stay |= fresh
        waiting += fresh
    return stay


def _plain(name: str) -> str:
    return name.lower() if os.name == "nt" else name


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
