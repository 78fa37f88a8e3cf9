"""Licences of everything that is really in the frozen folder, as one text; a file whose owner nobody knows is an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import bundling

TEXTS = Path(__file__).resolve().parent / "texts"
NAME = "第三方许可.txt"
PROGRAM = "评议"
# What wheels carry inside that their own licence files do not say.
INSIDE = {
    "pyside6_essentials": ("LGPL-3.0.txt", "GPL-3.0.txt", "ICU.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "sqlcipher3": ("SQLCipher.txt", "OpenSSL.txt"),
    "cryptography": ("OpenSSL.txt",),
}
BUILDER = "pyinstaller"
"""its start program goes into every frozen folder"""
LIBRARY = "base_library.zip"
"""what PyInstaller packs of Python's own modules"""
QT_NOTE = f"""Qt、PySide6、Shiboken 按 LGPL 第 3 版使用，没有改动，以单独的动态库文件放在本文件夹的 {bundling.INTERNAL}/PySide6 和
{bundling.INTERNAL}/shiboken6 里。您可以用自己编译的同一系列（6.9）的库替换这些文件，程序照样使用；程序不加锁、不校验它们，也不禁止为此
进行反向工程。源代码与官方发布的同一版本相同，可向提供本软件的单位索取。Linux 版里的 libicudata 是从原文件删去用不到的各国语言资料
重新连接的（许可见 ICU），做法在源代码的 installers/icu.py。
"""


@dataclass(frozen=True)
class Component:
    """Something that others made: its name with version, the licence in short, and the texts."""

    name: str
    licence: str
    texts: tuple[str, ...]


class UnknownOwnerError(bundling.BuildError):
    """A file of the frozen folder belongs to no package."""

    def __init__(self, name: str) -> None:
        super().__init__(f"不知道“{name}”是谁的、按什么许可带上，没有打包。")


def components(files: list[tuple[str, str]]) -> list[Component]:
    """Who made these files, given as (name in the folder, source), the builder's start program included."""
    owners = _owners()
    used: dict[str, Distribution] = {}
    system: set[Path] = set()
    is_python = False
    for name, source in files:
        path = Path(source)
        if path in owners:
            used[_plain(owners[path].name)] = owners[path]
        elif path.is_relative_to(bundling.ROOT / bundling.PACKAGE) or path.is_relative_to(
            bundling.ROOT / "resources"
        ):
            continue
        elif _is_of_python(path):
            is_python = True
        elif sys.platform == "linux":
            system.add(path)
        else:
            raise UnknownOwnerError(f"{name} ← {source}")
    used[BUILDER] = Distribution.from_name(BUILDER)
    found = [_of_wheel(one) for _, one in sorted(used.items())]
    found += [_of_python()] if is_python else []
    return found + _of_system(system)


def text(found: list[Component]) -> str:
    """The one file: what is ours, how Qt can be replaced, then every component with its texts, each text once."""
    root = bundling.ROOT
    ours = [root / "LICENSE", *sorted((root / "resources").glob("fonts/OFL*"))]
    ours += sorted((root / "resources").glob("icons/LICENSE*"))
    parts = [f"{PROGRAM}所带的软件和字体，以及各自的许可\n", QT_NOTE, _contents(found)]
    seen: dict[str, str] = {}
    for path in ours:
        parts.append(_part(f"{PROGRAM}：{path.relative_to(root).as_posix()}", path.read_text("utf-8")))
    for one in found:
        for written in one.texts:
            before = seen.setdefault(written, one.name)
            parts.append(_part(one.name, written if before == one.name else f"同 {before} 的许可。\n"))
    return "\n".join(parts)


def _contents(found: list[Component]) -> str:
    return "".join(f"{one.name}    {one.licence}\n" for one in found)


def _part(title: str, written: str) -> str:
    return f"{'=' * 100}\n{title}\n{'=' * 100}\n\n{written.rstrip()}\n"


@cache
def _owners() -> dict[Path, Distribution]:
    """Whose every file of this environment is, which does not change while it is read."""
    found: dict[Path, Distribution] = {}
    for one in distributions():
        root = os.path.realpath(str(one.locate_file("")))
        for file in one.files or ():
            found[Path(os.path.normpath(os.path.join(root, file)))] = one
    return found


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _of_wheel(one: Distribution) -> Component:
    asked = {
        f"{place}{name}" for name in one.metadata.get_all("License-File") or [] for place in ("", "licenses/")
    }
    files = [file for file in one.files or () if file.as_posix().partition(".dist-info/")[2] in asked]
    written = [_text_of(Path(str(one.locate_file(file)))) for file in files]
    written += [text for text in [_built_in(one)] if text]
    written += [(TEXTS / name).read_text("utf-8") for name in INSIDE.get(_plain(one.name), ())]
    fields = {key: one.metadata[key] for key in ("License-Expression", "License") if key in one.metadata}
    short = fields.get("License-Expression") or fields.get("License") or "见下"
    if not written:
        written = [f"许可：{short}\n"]
    return Component(f"{one.name} {one.version}", short.splitlines()[0][:80], tuple(dict.fromkeys(written)))


def _built_in(one: Distribution) -> str:
    """What is compiled into a wheel, by the list its makers put into it (CycloneDX), each with its licence; "" without one."""
    lines = set()
    for file in one.files or ():
        if "/sboms/" in file.as_posix():
            told = json.loads(Path(str(one.locate_file(file))).read_text("utf-8"))
            for part in told.get("components", ()):
                named = [each.get("expression") or each["license"] for each in part.get("licenses", ())]
                plain = [each if isinstance(each, str) else each.get("id") or each["name"] for each in named]
                lines.add(f"{part['name']} {part.get('version', '')}    {'；'.join(plain) or '见下'}\n")
    return (
        f"编进 {one.name} 的软件（其作者列出的，本软件只带用得到的）：\n{''.join(sorted(lines))}"
        if lines
        else ""
    )


def _text_of(path: Path) -> str:
    """A licence as its author wrote it: in UTF-8, or before that was usual."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _is_of_python(path: Path) -> bool:
    base = Path(sys.base_prefix).resolve()
    library = base / ("Lib" if sys.platform == "win32" else f"lib/python3.{sys.version_info.minor}")
    named = path.name.lower().startswith(("libpython", "python3", "vcruntime"))
    if path.name == LIBRARY:
        return True
    return path.is_relative_to(library) or (path.is_relative_to(base) and (named or sys.platform == "win32"))


def _of_python() -> Component:
    base = Path(sys.base_prefix)
    places = (base / "LICENSE.txt", base / f"lib/python3.{sys.version_info.minor}/LICENSE.txt")
    body = next((place.read_text("utf-8") for place in places if place.is_file()), None)
    if body is None:
        raise UnknownOwnerError("Python: LICENSE.txt")
    return Component(f"Python {sys.version.split()[0]}", "PSF-2.0", (body,))


def _of_system(paths: set[Path]) -> list[Component]:
    """Libraries of the Debian that this was built on; SQLite compiled by ``old_system.py`` is in the public domain."""
    found: dict[str, Component] = {}
    for path in sorted(paths):
        if path.name.startswith("libsqlite3") and not _package(path):
            found["sqlite"] = Component("SQLite", "公有领域", ("SQLite 属于公有领域（public domain）。\n",))
            continue
        package = _package(path)
        if package is None:
            raise UnknownOwnerError(str(path))
        body = Path("/usr/share/doc", package, "copyright").read_text("utf-8", errors="replace")
        found[package] = Component(f"Debian {package}", "见下", (body,))
    return list(found.values())


def _package(path: Path) -> str | None:
    """The Debian package of a library, which may be recorded under the folder's old name."""
    for place in (path, Path("/", *path.parts[2:])):
        asked = subprocess.run(["dpkg-query", "-S", str(place)], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.partition(":")[0].partition(",")[0]
    return None
