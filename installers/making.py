"""What ``build.py`` does once the machine is set up: freeze, trim, write licences, pack, weigh, test."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bundling
import icu
import licences
import selftesting
import still

from pingyi_desktop import __version__

if sys.platform == "win32":
    import windows_packages
else:
    import linux_packages

SPEC = Path(__file__).resolve().parent / "pingyi.spec"
SUMS = "SHA256SUMS"
MEGABYTE = 1000**2


class TooLargeError(bundling.BuildError):
    """Something to be handed out is larger than it may be; ``str(error)`` says what, and how large."""


def run(arguments: list[str]) -> int:
    """Do what is asked; 1 when the folder did not pass its own test or is too large."""
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__)
    parser.add_argument("--out", type=Path, default=bundling.ROOT / "dist")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true")
    only.add_argument("--measure", action="store_true")
    only.add_argument("--freeze", action="store_true", help="the folder alone, not packed and not tested")
    asked = parser.parse_args(arguments)
    out: Path = asked.out.resolve()
    bundle = out / "bundle" / bundling.CONSOLE
    try:
        if asked.measure:
            return selftesting.measure(bundle, out / "bundle" / bundling.PROBE)
        if not asked.check:
            frozen(out, bundle)
        if asked.freeze:
            return 0
        if not asked.check:
            packed(out, bundle)
    except bundling.BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return selftesting.check(bundle)


def frozen(out: Path, bundle: Path) -> None:
    """The folder in ``out``; what an earlier build left there is replaced. ``TooLargeError``."""
    work = out / "work"
    for old in (bundle.parent, work):
        shutil.rmtree(old, ignore_errors=True)
    work.mkdir(parents=True)
    freeze(bundle.parent, work, epoch())
    finish(bundle, work)
    weigh(bundle, size_of(bundle), bundling.Sizes().folder)
    shutil.rmtree(work)


def packed(out: Path, bundle: Path) -> None:
    """The packages of the folder, and their digests. ``TooLargeError``."""
    packages = pack(bundle, out, epoch())
    for package in packages:
        weigh(package, package.stat().st_size, bundling.Sizes().of(package))
    lines = [f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}\n" for one in sorted(packages)]
    (out / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    print("".join(lines), end="", flush=True)


def epoch() -> int:
    """Seconds that everything handed out is dated with: what the caller says, or when the source was last committed."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or still.epoch())


def freeze(dist: Path, work: Path, when: int) -> None:
    """PyInstaller, with its words kept in ``work`` unless it fails."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(when), "PINGYI_BUILD": str(work)}
    if sys.platform == "win32":
        environment |= windows_packages.dressed(work)
    places = ["--distpath", str(dist), "--workpath", str(work / "pyinstaller")]
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", *places, str(SPEC)]
    with (work / "pyinstaller.txt").open("wb") as words:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=words, stderr=words, check=False
        )
    if done.returncode:
        print((work / "pyinstaller.txt").read_text("utf-8", errors="replace"), file=sys.stderr)
        raise SystemExit(done.returncode)


def finish(bundle: Path, work: Path) -> None:
    """Trim what PyInstaller cannot, and add the licences of all that is there."""
    for library in bundle.glob(f"{bundling.INTERNAL}/PySide6/Qt/lib/libicudata.so.*"):
        icu.slim(library)
    contents = json.loads((work / bundling.CONTENTS).read_text("utf-8"))
    files = [(name, source) for name, source in contents["files"] + contents["modules"]]
    text = licences.text(licences.components(files))
    (bundle / licences.NAME).write_text(text, encoding="utf-8", newline="\n")


def pack(bundle: Path, out: Path, when: int) -> list[Path]:
    """The packages for this system."""
    if sys.platform == "win32":
        return windows_packages.packages(bundle, out, __version__, when)
    return [make(bundle, out, __version__, when) for make in (linux_packages.deb, linux_packages.portable)]


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def weigh(path: Path, size: int, limit: int) -> None:
    """Print how large it is; raises ``TooLargeError`` above the limit."""
    words = f"{path.name}：{size / MEGABYTE:.1f} MB（上限 {limit / MEGABYTE:.0f} MB）"
    print(words, flush=True)
    if size > limit:
        raise TooLargeError(f"太大了：{words}")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
