"""Setup cut off at any step, many times: afterwards the old program is there or the new one, never half of each.

    python3 installers/setup_kills.py COUNT                     two small packages, as root (dpkg with a root of its own)
    python3 installers/setup_kills.py COUNT OLD.deb NEW.deb     the same with these two, and each program is started too

dpkg is killed, with everything it started, before its n-th change of a file, for ``COUNT`` n spread over all its changes:
a library loaded into it counts them (needs a C compiler). ``wine_trials.py`` does it with setup.exe, at any moment by the
clock. What a power cut does besides is not shown: dpkg has every file on the disk before it renames the first one,
setup.exe leaves that to Windows.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import bundling
import linux_packages

PLACE = linux_packages.PLACE
OLD, NEW = "0.9.0", "1.0.0"
OLDER, NEWER = "旧", "新"
SMALL = 80
"""files of the small packages"""
Listing = dict[str, str]
CHANGES = {
    "rename": ("const char *", "const char *"),
    "unlink": ("const char *",),
    "rmdir": ("const char *",),
    "mkdir": ("const char *", "mode_t"),
    "symlink": ("const char *", "const char *"),
    "fsync": ("int",),
    "fchmod": ("int", "mode_t"),
}
"""calls of the C library that are counted, and what they are given"""
COUNTER = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
static int done;
static int counted(void) { return strcmp(program_invocation_short_name, "dpkg") == 0; }
static void step(void) { if (counted() && ++done == atoi(getenv("CUT_OFF"))) kill(0, SIGKILL); }
__attribute__((destructor)) static void tell(void)
{ FILE *f; if (counted() && (f = fopen(getenv("TOLD"), "w"))) { fprintf(f, "%d", done); fclose(f); } }
"""


class HalfError(Exception):
    """A program is there that lacks something, or has something of another version; ``str(error)`` says what."""


def listing(folder: Path) -> Listing:
    """Name and digest of every file in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def standing(place: Path, programs: tuple[str, ...], versions: dict[str, Listing]) -> tuple[str, ...]:
    """Which version each program in a folder is; ``HalfError`` when it is none, or not whole."""
    there = listing(place)
    return tuple(_version(one, there, versions) for one in programs)


def _version(program: str, there: Listing, versions: dict[str, Listing]) -> str:
    found = there.get(program)
    name = next((name for name, files in versions.items() if files[program] == found), None)
    if name is None:
        raise HalfError(f"{program} 不是旧的，也不是新的")
    made_of = {one for one in versions[name] if os.sep in one}
    wrong = [one for one in made_of if there.get(one) != versions[name][one]]
    if wrong:
        raise HalfError(f"{program} 是 {name}，可是 {len(wrong)} 个文件不是，例如 {sorted(wrong)[0]}")
    return name


def counter(folder: Path) -> Path:
    """The library that counts dpkg's changes of files, and kills before the one it is told."""
    source, made = folder / "counter.c", folder / "counter.so"
    calls = "".join(
        f"int {name}({', '.join(f'{kind} a{number}' for number, kind in enumerate(kinds))})\n"
        f'{{ step(); return ((int (*)({", ".join(kinds)}))dlsym(RTLD_NEXT, "{name}"))'
        f"({', '.join(f'a{number}' for number in range(len(kinds)))}); }}\n"
        for name, kinds in CHANGES.items()
    )
    source.write_text(COUNTER + calls, encoding="ascii")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"], check=True)
    return made


def cut_off(command: list[str], library: Path, step: int) -> int:
    """Run a command, killed with what it started before this change (0: never); how many changes it made to its end."""
    told = library.with_name("steps")
    told.unlink(missing_ok=True)
    env = {**os.environ, "LD_PRELOAD": str(library), "CUT_OFF": str(step), "TOLD": str(told)}
    subprocess.run(
        command, env=env, start_new_session=True, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return int(told.read_text()) if told.exists() else 0


def small(folder: Path, version: str, files: int = SMALL) -> Path:
    """A folder that stands for the frozen one: a program, and many files that say which version they are of."""
    bundle = folder / f"small-{version}"
    made_of = bundle / f"_internal-{version}"
    made_of.mkdir(parents=True)
    for number in range(files):
        (made_of / f"{number}.so").write_text(f"{version} {number}\n" * 500, encoding="utf-8")
    program = bundle / bundling.CONSOLE
    program.write_text(f"#!/bin/sh\necho 评议 {version}\n", encoding="utf-8")
    program.chmod(0o755)
    return bundle


def dpkg(root: Path, *words: str) -> list[str]:
    """A command of dpkg that has a root of its own; nothing of this system is touched."""
    forced = ["--force-script-chrootless", "--force-depends", "--force-not-root"]
    return ["dpkg", f"--root={root}", *forced, "--log=/dev/null", *words]


def empty_root(root: Path) -> None:
    """A root where nothing is installed."""
    (root / "var/lib/dpkg/updates").mkdir(parents=True)
    (root / "var/lib/dpkg/info").mkdir()
    (root / "var/lib/dpkg/status").touch()


def debs(count: int, old: Path, new: Path, folder: Path, *, started: bool) -> Counter[str]:
    """Kill the upgrade from one package to another so often; how often each came out. ``HalfError`` also when installing
    again afterwards does not mend everything."""
    library, versions = counter(folder), {}
    for name, package in ((OLDER, old), (NEWER, new)):
        subprocess.run(["dpkg-deb", "-x", package, folder / name], check=True)
        versions[name] = listing(folder / name / PLACE)
    base, root = folder / "base", folder / "root"
    empty_root(base)
    _quietly(dpkg(base, "-i", str(old)))
    upgrade = dpkg(root, "-i", str(new))
    shutil.copytree(base, root, symlinks=True)
    changes = cut_off(upgrade, library, 0)

    def once(step: int) -> str:
        shutil.rmtree(root)
        shutil.copytree(base, root, symlinks=True)
        cut_off(upgrade, library, step)
        (found,) = standing(root / PLACE, (bundling.CONSOLE,), versions)
        if started:
            _quietly([str(root / PLACE / bundling.CONSOLE), "--version"])
        both = len([*(root / PLACE).glob("_internal-*")]) > 1
        _quietly(upgrade)
        if listing(root / PLACE) != versions[NEWER]:
            raise HalfError(f"在第 {step} 步强行结束、再装一次以后，还不是新的样子")
        return f"强行结束后是{found}的" + ("，两版的文件夹都在" if both else "")

    return Counter(once(1 + number * changes // count) for number in range(count))


def _quietly(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        print(done.stderr.decode(errors="replace"), file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)


def two_small(folder: Path, files: int = SMALL) -> tuple[Path, Path]:
    """Two packages of the small folder, the second one newer."""
    made = []
    for version in (OLD, NEW):
        out = folder / version
        out.mkdir()
        made.append(linux_packages.deb(small(folder, version, files), out, version, 0))
    return made[0], made[1]


def main(arguments: list[str]) -> int:
    """The series that is asked for, and its count."""
    if len(arguments) not in (1, 3) or os.geteuid() != 0:
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="pingyi-") as name:
        folder = Path(name)
        old, new = map(Path, arguments[1:]) if arguments[1:] else two_small(folder)
        found = debs(int(arguments[0]), old, new, folder, started=len(arguments) > 1)
    for outcome, times in sorted(found.items()):
        print(f"{outcome}：{times} 次", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
