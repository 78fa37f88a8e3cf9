"""A Debian 11 beside this system, with Python 3.11 in it, to build the Linux bundle for old computers (glibc 2.28).

    sudo python3 installers/old_system.py FOLDER                 make it (needs debootstrap; some ten minutes)
    sudo python3 installers/old_system.py FOLDER build [words]   make it if need be, then run build.py in it

A bundle asks for the C library that it was compiled with, so releases are built here: Debian 11 has 2.31, and what is
compiled here asks for no more than 2.28, as the wheels do. Debian 11 has no Python 3.11, and an older SQLite than the
program was tested with: both are compiled from the sources that Debian 12 ships. The wheels of the lock are fetched
outside, so that nothing in there needs the network once it is made.
"""

from __future__ import annotations

import ensurepip
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import still

ROOT = Path(__file__).resolve().parent.parent
SUITE, SOURCES = "bullseye", "bookworm"
BUILT, OUT, PIP = Path("opt/pingyi"), Path("opt/out"), Path("opt/pip")
NEEDED = (
    *("build-essential", "ca-certificates", "dpkg-dev", "pkg-config", "tcl", "xz-utils"),
    *("libssl-dev", "libffi-dev", "zlib1g-dev", "libbz2-dev", "liblzma-dev", "libexpat1-dev"),
    *("libgl1", "libegl1", "libdbus-1-3", "libfontconfig1", "libglib2.0-0", "libxkbcommon0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-image0", "libxcb-randr0"),
    *("libxcb-render-util0", "libxcb-shape0", "libxcb-xkb1", "libxkbcommon-x11-0", "libxcb-xinerama0"),
)
MACHINE = platform.machine()
WHEELS = tuple(f"{name}_{MACHINE}" for name in ("manylinux_2_28", "manylinux_2_17", "manylinux2014"))
"""wheels that run there"""
# Their functions of glibc 2.29 and 2.30, asked for as every older one has them, so that 2.28 is enough.
HEADER = Path("opt/old_glibc.h")
OLDEST = {"x86_64": "GLIBC_2.2.5", "aarch64": "GLIBC_2.17"}
NEWER = ("exp", "exp2", "log", "log2", "pow")
SQLITE = (
    f"./configure --prefix=/usr/local --disable-static && make -j2 CFLAGS='-O2 -include /{HEADER}' install"
)
# Debian's pyexpat asks for headers that only what is part of Python itself may have.
PYTHON = (
    "echo 'pyexpat pyexpat.c -DPy_BUILD_CORE_BUILTIN -lexpat' > Modules/Setup.local"
    " && ac_cv_func_sem_clockwait=no ./configure --prefix=/usr/local --enable-shared --without-ensurepip"
    f" --with-system-expat --with-wheel-pkg-dir=/{PIP} LDFLAGS=-Wl,-rpath,/usr/local/lib"
    f" && make -j2 EXTRA_CFLAGS='-include /{HEADER}' && make EXTRA_CFLAGS='-include /{HEADER}' altinstall"
    " && ldconfig && python3.11 -c 'import ctypes, pyexpat, sqlite3, _elementtree, _hashlib'"
)


def inside(folder: Path, command: str, **env: str) -> None:
    """Run a shell command in the old system, shown, and stop when it fails."""
    plain = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LANG": "C.UTF-8"}
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    print(f"$ {command}", flush=True)
    words = ["chroot", str(folder), "/bin/sh", "-ec", command]
    subprocess.run(words, env={**plain, **quiet, **env}, stdin=subprocess.DEVNULL, check=True)


def make(folder: Path) -> None:
    """Lay the old system down; what is there already is left alone."""
    if not (folder / "etc/debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", SUITE, str(folder)], check=True)
    sources = folder / "etc/apt/sources.list"
    first = sources.read_text(encoding="utf-8").splitlines()[0]
    newer = re.sub(rf"^deb (.*) {SUITE} .*$", rf"deb-src \1 {SOURCES} main", first)
    sources.write_text(f"{first}\n{newer}\n", encoding="utf-8")
    inside(folder, "apt-get update -q && apt-get install -yq --no-install-recommends " + " ".join(NEEDED))
    named = "".join(f'__asm__(".symver {name},{name}@{OLDEST[MACHINE]}");\n' for name in NEWER)
    (folder / HEADER).write_text(named, encoding="ascii")
    # Debian's source has no pip for its virtual environments: the one of the Python that runs this.
    shutil.copytree(Path(ensurepip.__file__).parent / "_bundled", folder / PIP, dirs_exist_ok=True)
    for package, commands in (("sqlite3", SQLITE), ("python3.11", PYTHON)):
        done = folder / "usr/local/share" / f"{package}.built"
        if not done.exists():
            place = f"/opt/{package}"
            fetch = f"mkdir -p {place} && cd {place} && apt-get source -q {package}"
            inside(folder, f"rm -rf {place} && {fetch} && cd {place}/{package}-* && {commands} && ldconfig")
            done.touch()


def build(folder: Path, words: list[str]) -> None:
    """Lay the committed source in, build, and copy what came out to ``dist``."""
    wheels = folder / "opt/wheels"
    fetch = [sys.executable, "-m", "pip", "download", "-q", "--require-hashes", "--only-binary", ":all:"]
    fetch += [word for name in WHEELS for word in ("--platform", name)] + ["--python-version", "3.11"]
    subprocess.run(
        [*fetch, "--no-deps", "-d", str(wheels), "-r", str(ROOT / "requirements.lock")], check=True
    )
    source = folder / BUILT
    source.mkdir(parents=True, exist_ok=True)
    for old in source.iterdir():  # the virtual environment stays
        if old.name != ".venv":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    still.lay(source)
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/opt/wheels"}
    command = f"cd /{BUILT} && python3.11 installers/build.py --out /{OUT} {' '.join(words)}"
    inside(folder, command, SOURCE_DATE_EPOCH=str(still.epoch()), **offline)
    shutil.copytree(folder / OUT, ROOT / "dist", symlinks=True, dirs_exist_ok=True)


def main(arguments: list[str]) -> int:
    """Make the old system, and build in it when asked."""
    if not arguments or os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0]).resolve()
    make(folder)
    if arguments[1:2] == ["build"]:
        build(folder, arguments[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
