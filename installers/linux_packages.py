"""The frozen folder as a ``.deb`` and as a portable ``.tar.xz``; no administrator is needed to make them.

Both hold the same folder. ``share`` in it has the menu entry, the types of our files and their icons: the package lays
them into the system, ``menu.sh`` of the portable folder into the user's own account. The user's data lie elsewhere and
stay.
"""

from __future__ import annotations

import lzma
import os
import platform
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

import bundling
import elf

from pingyi_desktop import paths

HERE = Path(__file__).resolve().parent / "linux"
ICONS = bundling.ROOT / "resources" / "icons"
PLACE = Path("opt/pingyi")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
TYPES = {
    "application/x-pingyi": ("评议数据文件", paths.DATA_SUFFIX),
    "application/x-pingyi-task": ("评议任务文件", paths.TASK_SUFFIX),
    "application/x-pingyi-pack": ("评议数据包", paths.PACKAGE_SUFFIX),
}
"""type → what it is called, and how the name of such a file ends"""
RECOMMENDED = ("desktop-file-utils", "hicolor-icon-theme", "libcups2", "shared-mime-info", "xdg-utils")


def share(folder: Path, program: str) -> None:
    """Write the menu entry, the types and the icons below ``folder``, starting ``program``."""
    entry = Template((HERE / "pingyi.desktop").read_text("utf-8"))
    text = entry.substitute(program=program, types=";".join(TYPES))
    _write(folder / "applications/pingyi.desktop", text)
    _write(folder / "mime/packages/pingyi.xml", mime())
    icons = folder / "icons/hicolor/scalable"
    _write(icons / "apps/pingyi.svg", (ICONS / "pingyi.svg").read_text("utf-8"))
    for name in TYPES:
        own = name.replace("/", "-")
        _write(icons / f"mimetypes/{own}.svg", (HERE / f"{own}.svg").read_text("utf-8"))


def mime() -> str:
    """Our types for the desktop, each known by the end of its name."""
    rows = [
        f'  <mime-type type="{name}">\n    <comment>{escape(title)}</comment>\n'
        f'    <glob pattern="*{suffix}" weight="80"/>\n    <icon name="{name.replace("/", "-")}"/>\n  </mime-type>'
        for name, (title, suffix) in TYPES.items()
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">'
    return "\n".join([head, *rows, "</mime-info>\n"])


def portable(folder: Path, out: Path, version: str, epoch: int) -> Path:
    """The folder, with ``menu.sh``, as an archive that gives the same bytes for the same folder."""
    name = f"pingyi-{version}-linux-{platform.machine()}"
    share(folder / "share", "@PROGRAM@")
    shutil.copy2(HERE / "menu.sh", folder / "menu.sh")
    (folder / "menu.sh").chmod(0o755)
    target = out / f"{name}.tar.xz"
    with lzma.open(target, "wb", preset=6) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.add(
                path,
                f"{name}/{path.relative_to(folder)}",
                recursive=False,
                filter=lambda one: _plain(one, epoch),
            )
    return target


def _plain(one: tarfile.TarInfo, epoch: int) -> tarfile.TarInfo:
    """A member without who built it, and when."""
    one.uid = one.gid = 0
    one.uname = one.gname = "root"
    one.mtime = epoch
    one.mode = 0o755 if one.isdir() or one.mode & 0o100 else 0o644
    return one


def deb(folder: Path, out: Path, version: str, epoch: int) -> Path:
    """The folder as a Debian package; ``folder`` is left alone."""
    architecture = ARCHITECTURES[platform.machine()]
    stage = out / "deb"
    shutil.rmtree(stage, ignore_errors=True)
    inner = stage / PLACE
    shutil.copytree(folder, inner, ignore=shutil.ignore_patterns("share", "menu.sh"))
    share(stage / "usr/share", f"/{PLACE}/{bundling.CONSOLE}")
    (stage / "usr/bin").mkdir()
    (stage / "usr/bin" / bundling.CONSOLE).symlink_to(f"/{PLACE}/{bundling.CONSOLE}")
    manual = stage / "usr/share/doc/pingyi"
    manual.mkdir(parents=True)
    shutil.copy2(bundling.ROOT / "LICENSE", manual / "copyright")
    control(stage, version, architecture)
    for path in [stage, *stage.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)
    target = out / f"pingyi_{version}_{architecture}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(stage), str(target)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    shutil.rmtree(stage)
    return target


def control(stage: Path, version: str, architecture: str) -> None:
    """What the package is and needs, and what it says when it cannot be installed now."""
    size = sum(path.lstat().st_size for path in stage.rglob("*") if path.is_file()) // 1024
    place = stage / "DEBIAN"
    text = Template((HERE / "control").read_text("utf-8")).substitute(
        version=version,
        architecture=architecture,
        size=size,
        depends=", ".join(depends(elf.asked(stage / PLACE))),
        recommends=", ".join(RECOMMENDED),
    )
    _write(place / "control", text)
    for name in ("preinst", "prerm"):
        _write(place / name, script(name, version, f"/{PLACE}/{bundling.CONSOLE}", size))
        (place / name).chmod(0o755)


def script(name: str, version: str, program: str, kilobytes: int) -> str:
    """What the package asks before it is laid down or taken away: a program of dpkg's shell."""
    body = (HERE / name).read_text("utf-8").replace("@VERSION@", version)
    return body.replace("@PROGRAM@", program).replace("@KILOBYTES@", str(kilobytes))


def depends(asked: elf.Asked) -> list[str]:
    """Debian packages of the libraries that the system must have, and the C library by its version."""
    major, minor = asked.glibc
    found = {f"libc6 (>= {major}.{minor})"}
    for library in asked.libraries:
        package = package_of(library)
        if package not in {"libc6", None, *RECOMMENDED}:
            found.add(str(package))
    return sorted(found)


def package_of(library: str) -> str | None:
    """The package that has this library here; None for the loader and for what is not installed where we build."""
    told = subprocess.run(
        ["dpkg-query", "-S", f"*/{library}"], capture_output=True, text=True, check=False
    ).stdout
    named = re.findall(rf"^([\w.+-]+)(?::\w+)?: \S*/{re.escape(library)}$", told, re.MULTILINE)
    return named[0] if named else None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
