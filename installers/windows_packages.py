"""The frozen folder of Windows as setup.exe (NSIS) and as a portable zip; what Windows shows of the programs.

Runs on Windows, and on Linux for a folder that was frozen under wine.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
import zipfile
from pathlib import Path
from string import Template

import bundling

from pingyi_desktop import __version__, paths

HERE = Path(__file__).resolve().parent / "windows"
ICON = bundling.ROOT / "resources" / "icons" / "pingyi.svg"
ICON_SIZES = (16, 24, 32, 48, 64, 256)
OWN_FILES = "own-files.nsh"
"""what setup.exe puts into its folder by name, so that uninstalling takes away nothing else"""
UNINSTALLER = "uninstall.exe"


class NoToolError(bundling.BuildError):
    """A program that makes packages is not installed."""


def dressed(work: Path) -> dict[str, str]:
    """Icon and version of the programs, written into ``work``, as the environment that tells the spec of them."""
    icon, version = work / "pingyi.ico", work / "version.txt"
    icon.write_bytes(ico(_pictures(work)))
    numbers = ", ".join([*__version__.split("."), "0"])
    text = Template((HERE / "version.txt").read_text("utf-8"))
    version.write_text(text.substitute(numbers=numbers, version=__version__), encoding="utf-8")
    return {"PINGYI_ICON": str(icon), "PINGYI_VERSION_FILE": str(version)}


def _pictures(work: Path) -> list[tuple[int, bytes]]:
    """Our icon as PNGs by size."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QIcon  # noqa: PLC0415 - needed while freezing only

    application = QGuiApplication.instance() or QGuiApplication([])
    found = []
    for size in ICON_SIZES:
        path = work / f"{size}.png"
        QIcon(str(ICON)).pixmap(size, size).toImage().save(str(path))
        found.append((size, path.read_bytes()))
    del application
    return found


def ico(pictures: list[tuple[int, bytes]]) -> bytes:
    """A Windows icon of these PNGs, given with their sizes in pixels."""
    offset = 6 + 16 * len(pictures)
    head, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    for size, png in pictures:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), offset + len(body))
        body += png
    return head + body


def packages(bundle: Path, out: Path, version: str, epoch: int) -> list[Path]:
    """The zip and setup.exe."""
    return [portable(bundle, out, version, epoch), setup(bundle, out, version)]


def portable(bundle: Path, out: Path, version: str, epoch: int) -> Path:
    """The folder as a zip that gives the same bytes for the same folder."""
    name = f"pingyi-{version}-windows-x64"
    target = out / f"{name}.zip"
    when = time.gmtime(epoch)[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(one for one in bundle.rglob("*") if one.is_file()):
            member = zipfile.ZipInfo(f"{name}/{path.relative_to(bundle).as_posix()}", when)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, path.read_bytes())
    return target


def setup(bundle: Path, out: Path, version: str) -> Path:
    """setup.exe, made by NSIS; raises ``NoToolError`` without it."""
    tool = makensis()
    target = out / f"pingyi-{version}-setup.exe"
    size = sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file()) // 1024
    own = out / OWN_FILES
    own.write_text(own_files(bundle), encoding="utf-8")
    given = {
        "VERSION": version,
        "SOURCE": str(bundle),
        "TARGET": str(target),
        "KILOBYTES": str(size),
        "INTERNAL": next(path.name for path in bundle.iterdir() if path.is_dir()),
        "OWN": str(own),
        "DATA": paths.DATA_SUFFIX,
        "TASK": paths.TASK_SUFFIX,
        "PACK": paths.PACKAGE_SUFFIX,
    }
    given |= {} if os.name == "nt" else {"X64": "1"}
    defines = [f"-D{name}={value}" for name, value in given.items()]
    command = [tool, "-V2", "-INPUTCHARSET", "UTF8", *defines, str(HERE / "setup.nsi")]
    try:
        subprocess.run(command, check=True)
    finally:
        own.unlink()
    return target


def own_files(bundle: Path) -> str:
    """The macros of the files at the top of the folder: each name put in place, taken away."""
    names = [*sorted(path.name for path in bundle.iterdir() if path.is_file()), UNINSTALLER]
    lines = []
    for macro in ("Place", "Away"):
        lines += [f"!macro {macro}All", *(f'  !insertmacro {macro} "{name}"' for name in names), "!macroend"]
    return "\n".join(lines) + "\n"


def makensis() -> str:
    """The compiler of NSIS: on the path, or where its own setup puts it."""
    usual = Path(os.environ.get("PROGRAMFILES(X86)", "")) / "NSIS" / "makensis.exe"
    found = shutil.which("makensis") or (str(usual) if usual.is_file() else None)
    if found is None:
        raise NoToolError("没有找到 NSIS（makensis），做不了 setup.exe。请安装 NSIS 3 再来一次。")
    return found
