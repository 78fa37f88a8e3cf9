"""Set up a fresh machine and run Pingyi, its window, its tests or its benchmarks, in one command.

Standard library only, because on a fresh machine there is nothing else. Everything it installs for Python goes into
``.venv`` beside the source; system libraries are installed with apt when we are root and only named when we are not.

    python3 installers/dev.py run                    the main job: pingyi demo --out demo-out
    python3 installers/dev.py run -- tally a.pingyi  any other command of pingyi
    python3 installers/dev.py window                 the window
    python3 installers/dev.py test [pytest args]     lint, format check, types, tests
    python3 installers/dev.py lint                   lint, format check and types alone
    python3 installers/dev.py one TEST [pytest args] one file, folder or test, without the checks around it
    python3 installers/dev.py schema                 the tables of a new data file, as SQL
    python3 installers/dev.py bench [pytest args]    the long measurements
    python3 installers/dev.py fuzz [--count N]       100,000 hostile packages; --exhaustive every bit; --guided by coverage
    python3 installers/dev.py crash [FILE] [args]    keying killed 500 times, importing 200 times, each act on a file 200 times
    python3 installers/dev.py pictures [FOLDER]      the README's and the help's pictures anew, or every page × state × screen
    python3 installers/dev.py newcomer               a new user's clicks and keys, counted on a screen of its own (Xvfb)
    python3 installers/dev.py mutants [names]        the security lines spoilt one by one: does a test notice?
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
MARKER = VENV / "pingyi-lock.sha256"
MAIN_JOB = ["demo", "--out", "demo-out"]
LINT = (["ruff", "check", "."], ["ruff", "format", "--check", "."])
TYPES = ["mypy"]
MEMORY, ROOM = (
    Path("/dev/shm"),
    2 * 1024**3,
)  # a folder in memory where there is one, and the bytes it should have
# The long series of the crash tests: file → how often it kills, unless PINGYI_KILLS says otherwise.
KILLS = {
    "tests/gui/entry/test_entry_crash.py": 500,
    "tests/exchange/inbox/test_import_crash.py": 200,
    "tests/storage/test_replacing.py": 200,
    "tests/storage/care/test_killed.py": 200,
    "tests/installers/test_menu.py": 200,
}

NO_LIMIT = ["-o", "faulthandler_timeout=0"]
"""pytest's words for series that take longer than a test may"""

# Shared library → Debian package. A bare Debian 12 has none of the first group, and Qt loads all of it even offscreen.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
DISPLAY_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


class SetupError(Exception):
    """Setting up failed; ``str(error)`` is a Chinese sentence that says what to do."""


def say(text: str) -> None:
    """Print one line of progress to stderr, so that stdout stays the job's own."""
    print(f"[准备] {text}", file=sys.stderr, flush=True)


def has_display() -> bool:
    """Tell whether a window can be shown here."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def can_load(library: str) -> bool:
    """Tell whether the system's loader finds this shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages() -> list[str]:
    """Debian packages of the shared libraries that Qt needs here and the loader does not find."""
    if sys.platform != "linux":
        return []
    wanted = {**QT_LIBRARIES, **(DISPLAY_LIBRARIES if has_display() else {})}
    return [package for library, package in wanted.items() if not can_load(library)]


def apt_line(packages: list[str]) -> list[str]:
    """Command that installs these Debian packages."""
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def may_install() -> bool:
    """Tell whether Debian packages can be installed here, by us."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install_packages(packages: list[str]) -> bool:
    """Install Debian packages when we may; otherwise print the line to type. True when they are installed."""
    if not may_install():
        say(f"缺少系统组件。请先执行：sudo {' '.join(apt_line(packages))}（非 Debian 系统请安装同名组件）")
        return False
    say(f"安装系统组件：{' '.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], apt_line(packages)):
        # An update that fails (one dead mirror of several) need not stop the installation.
        done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        say(f"系统组件未能安装。请检查软件源和网络后执行：{' '.join(apt_line(packages))}")
    return done.returncode == 0


def offer_stock_age() -> None:
    """Install the stock ``age`` tool where that can be had, so that our encrypted files are opened by another's hand.

    The tests that use it leave themselves out without it, so nobody is stopped by its absence.
    """
    if shutil.which("age") is None and may_install():
        install_packages(["age"])


def venv_works() -> bool:
    """Tell whether ``.venv`` holds a Python that starts and has pip (an interrupted set-up does not)."""
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-m", "pip", "--version"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def make_venv() -> None:
    """Create ``.venv``, installing Debian's separate venv package first where it is missing."""
    if importlib.util.find_spec("ensurepip") is None and not install_packages(["python3-venv"]):
        raise SetupError(
            "这台电脑的 Python 缺少 venv 组件（python3-venv），无法建立运行环境。装好后请重新执行本命令。"
        )
    say("建立运行环境 .venv")
    # A child, because a package installed a moment ago is not visible to this process.
    if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode != 0:
        raise SetupError(f"无法建立运行环境 {VENV}。请确认磁盘有空间、文件夹可写，然后重新执行本命令。")


def lock_digest() -> str:
    """Digest that changes when the locked set or the Python that installed it changes."""
    return hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()


def ensure_venv() -> None:
    """Make ``.venv`` hold exactly the locked dependencies; a second call costs milliseconds."""
    if PYTHON.exists() and MARKER.exists() and MARKER.read_text(encoding="ascii") == lock_digest():
        return
    if not venv_works():
        make_venv()
    say("安装依赖（首次约需一两分钟）")
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    command = [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False).returncode != 0:
        raise SetupError(
            "依赖未能装齐。请检查网络（可用环境变量 PIP_INDEX_URL 指定镜像），然后重新执行本命令。"
        )
    MARKER.write_text(lock_digest(), encoding="ascii")


def child_environment(*, testing: bool, **more: str) -> dict[str, str]:
    """Environment of what we start: the package from this tree, no window where none can be shown; ``more`` on top.

    Tools of the tests (``fuzz``, ``mutants``) are packages of the folder ``tests``. Tests start hundreds of processes of
    this tree: what is compiled is kept, whatever Python was told.
    """
    env = {**os.environ, **more}
    own = [str(ROOT), *([str(ROOT / "tests")] if testing else [])]
    env["PYTHONPATH"] = os.pathsep.join([*own, *filter(None, [env.get("PYTHONPATH")])])
    if testing or not has_display():
        env.setdefault("QT_QPA_PLATFORM", "offscreen")
    if testing:
        env["PYTHONDONTWRITEBYTECODE"] = ""
    return env


def pingyi(arguments: list[str]) -> int:
    """Run the program in the caller's folder; its exit status."""
    command = [str(PYTHON), "-m", "pingyi_desktop", *arguments]
    return subprocess.run(command, env=child_environment(testing=False), check=False).returncode


def check(commands: list[list[str]], **more: str) -> int:
    """Run every tool in the tree, even after one failed; the last exit status that is not 0, or 0.

    ``more`` are environment variables for them.
    """
    status = 0
    for command in commands:
        print(f"$ {' '.join(command)}", flush=True)
        env = child_environment(testing=True, **more)
        done = subprocess.run([str(PYTHON), "-m", *command], cwd=ROOT, env=env, check=False)
        status = done.returncode or status
    return status


def prepare(*, needs_qt: bool) -> None:
    """Install what this machine lacks.

    The command line works without Qt's libraries, so a person who may not install them is only stopped where
    ``needs_qt``.
    """
    packages = missing_packages()
    if packages and not install_packages(packages) and needs_qt:
        raise SetupError("缺少上述系统组件，窗口和测试无法启动。装好后请重新执行本命令。")
    ensure_venv()


def run(arguments: list[str]) -> int:
    """The main job, or the pingyi command given."""
    prepare(needs_qt=False)
    return pingyi(arguments or MAIN_JOB)


def window(arguments: list[str]) -> int:
    """The window."""
    if arguments:
        raise SetupError("window 不带参数；要执行某个命令请用：python3 installers/dev.py run -- 命令")
    if not has_display():
        raise SetupError("这里没有图形界面，无法显示窗口。请在桌面环境中执行，或用 run 执行命令行。")
    prepare(needs_qt=True)
    return pingyi([])


@contextmanager
def place_for_files() -> Iterator[list[str]]:
    """pytest's arguments for the tests' files: in memory where there is room, for a commit waits for its disk."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        yield []
        return
    with tempfile.TemporaryDirectory(
        prefix="pingyi-tests-", dir=MEMORY, ignore_cleanup_errors=True
    ) as folder:
        yield ["--basetemp", str(Path(folder) / "tests")]


def test(arguments: list[str]) -> int:
    """Lint, format check, types, and the tests with pytest's own arguments, one process for each processor.

    The types are checked beside the tests, and what is found is told after them.
    """
    prepare(needs_qt=True)
    offer_stock_age()
    with tempfile.TemporaryFile() as said, place_for_files() as where:
        command, env = [str(PYTHON), "-m", *TYPES], child_environment(testing=True)
        types = subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=subprocess.STDOUT)
        status = check([*LINT, ["pytest", "-n", "auto", "--dist", "worksteal", *where, *arguments]])
        status = types.wait() or status
        said.seek(0)
        print(f"$ {' '.join(TYPES)}", said.read().decode(errors="replace"), sep="\n", end="", flush=True)
    return status


def lint(arguments: list[str]) -> int:
    """Lint, format check and types, without the tests."""
    if arguments:
        raise SetupError("lint 不带参数；只跑某个测试请用：python3 installers/dev.py one 测试")
    prepare(needs_qt=False)
    return check([*LINT, TYPES])


def one(arguments: list[str]) -> int:
    """One file, folder or test (``file.py::test_name``), without the checks around it."""
    if not arguments:
        raise SetupError("one 后面要写是哪个测试，例如：python3 installers/dev.py one tests/storage")
    prepare(needs_qt=True)
    with place_for_files() as where:
        return check([["pytest", *where, *arguments]])


def schema(arguments: list[str]) -> int:
    """The tables of a new data file, as SQL and nothing else, so that they can be piped on."""
    if arguments:
        raise SetupError("schema 不带参数，它印出新数据文件的表结构。")
    prepare(needs_qt=False)
    command = [str(PYTHON), "-m", "print_schema"]
    return subprocess.run(command, env=child_environment(testing=True), check=False).returncode


def bench(arguments: list[str]) -> int:
    """The long measurements (``tests/benchmarks/bench_*.py``), which the tests leave out; they may take their time."""
    prepare(needs_qt=True)
    unlimited = ["-o", "faulthandler_timeout=0", "-o", "python_files=bench_*.py"]
    return check([["pytest", "-s", *unlimited, *(arguments or ["tests/benchmarks"])]])


def fuzz(arguments: list[str]) -> int:
    """Hostile packages thrown at the reader (``tests/fuzz``); not 0 when one gets through."""
    prepare(needs_qt=False)
    return check([["fuzz", *arguments]])


def crash(arguments: list[str]) -> int:
    """The long series of SIGKILL, or the one of a file that is named first: none may lose a key that was acknowledged, or
    leave half an import or half a file."""
    prepare(needs_qt=True)
    named = {file: kills for file, kills in KILLS.items() if [file] == arguments[:1]}
    arguments, status = arguments[1:] if named else arguments, 0
    for file, kills in (named or KILLS).items():
        often = os.environ.get("PINGYI_KILLS", str(kills))
        status = check([["pytest", "-s", *NO_LIMIT, *arguments, file]], PINGYI_KILLS=often) or status
    return status


def mutants(arguments: list[str]) -> int:
    """The security lines changed one by one, by hand (``tests/mutants``); not 0 when the tests let one live."""
    prepare(needs_qt=True)
    return check([["mutants.run", *arguments]])


def pictures(arguments: list[str]) -> int:
    """Pictures of the real window, with what a machine can see in them (``tests/gui/pictures.py``); not 0 for a fault."""
    prepare(needs_qt=True)
    return check([["gui.pictures", *map(_absolute, arguments)]])


def _absolute(argument: str) -> str:
    """A path as the caller means it: tools run in the tree."""
    return str(Path(argument).absolute()) if os.sep in argument or Path(argument).exists() else argument


def newcomer(arguments: list[str]) -> int:
    """The scripted newcomer (``tests/gui/newcomer.py``) under Xvfb, with a window manager and xdotool."""
    prepare(needs_qt=True)
    return check([["gui.newcomer", *arguments]])


COMMANDS = {
    "run": run,
    "window": window,
    "test": test,
    "lint": lint,
    "one": one,
    "schema": schema,
    "bench": bench,
    "fuzz": fuzz,
    "crash": crash,
    "mutants": mutants,
    "pictures": pictures,
    "newcomer": newcomer,
}
USAGE = (
    "用法：python3 installers/dev.py run [-- 命令…] | window | test [pytest 参数…] | lint | one 测试 | schema | bench [pytest 参数…]"
    " | fuzz [--count 个数 | --exhaustive | --guided] | crash [pytest 参数…] | mutants [名称…] | pictures [文件夹] | newcomer "
)


def main(arguments: list[str]) -> int:
    """Run one subcommand and return its exit status: 1 when the set-up failed, 2 on wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not arguments or arguments[0] not in COMMANDS:
        print(USAGE, file=sys.stderr)
        return 2
    rest = arguments[2:] if arguments[1:2] == ["--"] else arguments[1:]
    try:
        if sys.version_info < (3, 11):  # noqa: UP036 - this script is what meets an old Python first
            raise SetupError(
                f"需要 Python 3.11 或更新的版本，现在是 {sys.version.split()[0]}。请安装后重新执行本命令。"
            )
        return COMMANDS[arguments[0]](rest)
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
