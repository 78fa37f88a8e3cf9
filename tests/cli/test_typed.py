"""Whatever a person types: an exit status and a sentence, never a program error, and nothing half-written.

Nobody may listen, no disk may take it, Ctrl-C may be pressed: the same holds.

The verbs, their arguments and the kinds of these are taken from the parser itself: a new verb is tried like the others.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from series import LONG

import make
from pingyi_desktop import cli, demo, interrupts, paths, saving
from pingyi_desktop.appraisal.ledgers.catalog import NOUNS
from pingyi_desktop.cli import parsing
from pingyi_desktop.cli.verbs import selftest_verb
from pingyi_desktop.exchange.inbox import collecting
from pingyi_desktop.storage import replacing, store

BATCH = "L1-QL.01-T-ORG-A-v1-ALL"
HUGE = (
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 5000,
    "-1",
    "2000000000",
    "1_000",
    "１_２",
    "1.5",
    "",
)
UNREADABLE = os.fsdecode("甲".encode()[:2])
LETTERS = 86  # Chinese letters of a name: with its ending more than the 255 bytes of a file's name
WRONG_PATHS = (
    "",
    " ",
    ".",
    "..",
    "/",
    "/dev/null",
    "/dev/full",
    "/proc/self/mem",
    "没有这里/没有.pingyi",
    "表.csv/里面.pingyi",
    "甲" * LETTERS,
    "甲" * 85,
    "a" * 243 + ".pingyi",
    "a" * 5000,
    "圈",
    UNREADABLE,
    "--",
)
WRONG_TEXTS = (UNREADABLE, "甲" * 20_000, "\n", "'\"%s{0}\\")
KNOWN = {"unit": "QL.01", "org": "QL.01", "parent": "QL.01", "batch": BATCH, "code": "QL", "type": "BRANCH"}
LEDGERS = [noun.key for noun in NOUNS]
TEXTS = {
    "spot": "1",
    "value": "1",
    "content": "11111",
    "pin": "1234",
    "sample": "1",
    "form": "T-ORG-A",
    "step": "close",
}


def leaves(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    below = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not below:
        yield words, parser
    for group in below:
        for name, child in group.choices.items():
            yield from leaves(child, (*words, name))


PARSER = cli.build_parser()
VERBS = dict(leaves(PARSER))
EACH = pytest.mark.parametrize("words", list(VERBS), ids=" ".join)
ONE_LEDGER_EACH = [  # every verb of the ledgers once, with a noun of its own
    words
    for words in VERBS
    if LONG or words[0] not in LEDGERS or LEDGERS.index(words[0]) == sum(map(ord, words[1])) % len(LEDGERS)
]
PATHS = (
    parsing.data_file,
    parsing.file_to_read,
    parsing.file_to_write,
    parsing.folder,
    parsing.file_or_folder,
    parsing.out_or_folder,
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = make.published_company(tmp_path_factory.mktemp("company") / "QL.pingyi")
    held.close()
    return held.path


@pytest.fixture
def place(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a company's file, a sheet, a link that leads to itself; the verbs run inside it."""
    monkeypatch.setattr(paths, "second_drive", lambda: None)  # whatever a command before has named
    here = tmp_path / "里面"
    here.mkdir()
    shutil.copy(published, here / "QL.pingyi")
    (here / "表.csv").write_text("姓名,所在党支部\n", encoding="utf-8-sig")
    (here / "圈").symlink_to(here / "圈")
    monkeypatch.chdir(here)
    monkeypatch.setenv("PINGYI_PASSWORD", "春风化雨2024")
    monkeypatch.setattr(
        cli, "build_parser", lambda _given: PARSER
    )  # to make it takes longer than many a verb
    monkeypatch.setattr(demo, "run", lambda out, **more: more["say"](f"演示做完了，在 {out}") is None)
    monkeypatch.setattr(collecting, "MAX_ENTRIES", 500)  # of whatever disk the tests run on
    monkeypatch.setattr(selftest_verb, "CHECKS", {"资源": selftest_verb._resources})
    return here


def sane(action: argparse.Action) -> str:
    """Something that may stand there."""
    if action.choices:
        return str(next(iter(action.choices)))
    if action.type is parsing.data_file:
        return "新.pingyi" if action.dest == "into" else "QL.pingyi"
    if action.type in (parsing.file_to_read, parsing.file_or_folder):
        return "表.csv"
    if action.type in PATHS:
        return "写到这里"
    if action.type is parsing.day:
        return "2025-10-09"
    if is_number(action):
        return "2025" if action.dest == "year" else "1"
    return {**KNOWN, **TEXTS}.get(action.dest, "甲")


def is_number(action: argparse.Action) -> bool:
    return getattr(action.type, "__qualname__", "").startswith("number.")


def takes_value(action: argparse.Action) -> bool:
    return action.nargs != 0 and not isinstance(action, argparse.BooleanOptionalAction)


def line(words: tuple[str, ...], changed: argparse.Action | None = None, value: str = "") -> list[str]:
    """The verb with what it needs, one argument of it changed."""
    made = list(words)
    for action in VERBS[words]._actions:
        if takes_value(action) and (action.required or action is changed):
            given = value if action is changed else sane(action)
            # "--option=value", so that a value with a dash is a value; after "--" there are only positional arguments
            made += [f"{action.option_strings[0]}={given}"] if action.option_strings else [given]
    return made


def share(words: tuple[str, ...], place: int, values: tuple[str, ...]) -> tuple[str, ...]:
    """A fifth of the values, dealt out in turn to a verb's arguments; all of them in the long series (``PINGYI_EXAMPLES``).

    Of the ledgers, whose verbs are the same code for each, every noun has its own of them.
    """
    if LONG:
        return values
    if words[0] in LEDGERS:
        return values[(LEDGERS.index(words[0]) + place) % len(LEDGERS) :: len(LEDGERS)]
    return values[(place + len("".join(words))) % 5 :: 5]


def wrong(action: argparse.Action) -> tuple[str, ...]:
    if action.type in PATHS:
        return WRONG_PATHS
    if is_number(action):
        return HUGE
    return (
        ("2099-12-31x", "9999-12-31", "0001-01-01", "20251009", UNREADABLE)
        if action.type is parsing.day
        else WRONG_TEXTS
    )


class Place:
    """The files of a folder, all dated long ago: what is written to shows it, and only that is read again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {name: Path(name).read_bytes() for name in self._found()}
        for name in self.files:
            os.utime(name, (0, 0))
        self.facts = self._found()

    def _found(self) -> dict[str, tuple[int, int, int]]:
        found = {}
        for place, _, names in os.walk(self.folder):
            for name in names:
                told = os.stat(path := os.path.join(place, name), follow_symlinks=False)
                if stat.S_ISREG(told.st_mode):
                    found[path] = (told.st_ino, told.st_size, told.st_mtime_ns)
        return found

    def untouched(self) -> bool:
        return self._found() == self.facts

    def same(self) -> bool:
        """Whether every file holds what it held, and no other is there."""
        found = self._found()
        return found.keys() == self.files.keys() and all(
            found[name] == self.facts[name] or Path(name).read_bytes() == data
            for name, data in self.files.items()
        )

    def restore(self) -> None:
        for one in sorted(self.folder.rglob("*"), reverse=True):
            if one.is_dir() and not one.is_symlink():
                shutil.rmtree(one)
            elif str(one) not in self.files and not one.is_symlink():
                one.unlink()
        for name, data in self.files.items():
            Path(name).write_bytes(data)
            os.utime(name, (0, 0))
        self.facts = self._found()


ALLOWED = re.compile(
    r"--[a-z-]+|\b[A-Z][A-Z0-9_]*(?:[-.][A-Za-z0-9_]+)*\b|UTF-8|\.xlsx|\.csv|\.pingyi[a-z-]*|\bL[12]_[A-Z_]+\b"
    r"|\.key|\.pingyi-pack|Excel|PINGYI_[A-Z_]+|\bpingyi(?: [a-z-]+)*\b|pdf|xlsx|true|false|official|drill"
)
WORD = re.compile(r"[A-Za-z]{3,}")


def is_told(status: int, said: str, typed: list[str]) -> str:
    """What is wrong with an answer, "" when nothing is."""
    if status not in (0, 1, 2, 130):
        return f"status {status}"
    if status and not re.search(r"[\u4e00-\u9fff]", said):
        return "no sentence"
    if status and said.strip() and said.strip()[-1] not in "。？" and "--help" not in said:
        return "no full stop"
    bare = said
    for word in sorted({part for one in typed for part in re.split(r"[=/]", one)}, key=len, reverse=True):
        bare = bare.replace(word, " ") if len(word) > 1 else bare
    bare = re.sub(r"a{20,}", " ", bare)
    found = [one for one in WORD.findall(ALLOWED.sub(" ", bare)) if one not in NAMES]
    return f"English: {found}" if found else ""


NAMES = {word for words in VERBS for word in words} | {
    name
    for parser in VERBS.values()
    for action in parser._actions
    for name in re.findall(
        r"[A-Za-z]{3,}", f"{action.dest} {action.metavar} {' '.join(map(str, action.choices or ()))}"
    )
}


@EACH
def test_no_wrong_argument_is_a_program_error(
    words: tuple[str, ...], place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, failures = Place(place), []
    for number, action in enumerate(filter(takes_value, VERBS[words]._actions)):
        for value in share(words, number, wrong(action)):
            typed = line(words, action, value)
            status = cli.main(typed)
            err = capsys.readouterr().err
            if said := is_told(status, err, typed):
                failures.append((typed[-1][:40], action.dest, value[:40], status, said, err[-300:]))
            # what is refused is recorded, and an import is backed up before it is looked at
            if status != 0 and words[-1] != "import" and not before.same():
                failures.append((action.dest, value[:40], "half-written", sorted(map(str, place.rglob("*")))))
            if not before.untouched():
                before.restore()
    assert not failures, "\n".join(map(str, failures))


FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
INIT = ("init", "新.pingyi", "--code", "X", "--name", "新单位", "--type", "BRANCH", "--no-password")


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run a command whose results go to a disk that is full: status, stderr."""

    def command(*words: str) -> tuple[int, str]:
        said = io.StringIO()
        with FULL.open("w") as out, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", said)
            status = cli.main(words)
        return status, said.getvalue()

    return command


@needs_full
@pytest.mark.parametrize("words", ONE_LEDGER_EACH, ids=" ".join)
@pytest.mark.usefixtures("place")
def test_results_that_cannot_be_shown_are_said(
    words: tuple[str, ...], full: Callable[..., tuple[int, str]]
) -> None:
    typed = line(words)
    status, said = full(*typed)
    assert is_told(status, said, typed) == ""
    assert status in (1, 2)
    assert "盘已满" in said or status == 2 or "显示" not in said
    status, said = full(*words, "--help")
    assert (status, "盘已满" in said) == (1, True)


@needs_full
def test_what_was_done_is_done_though_it_could_not_be_shown(
    place: Path, full: Callable[..., tuple[int, str]]
) -> None:
    status, said = full("campaign", "groups", "QL.pingyi", "--group", "甲组=QL.01")
    assert (status, "命令已经做完" in said, said.count("\n")) == (1, True, 1)
    held = store.open_file(place / "QL.pingyi")
    with held.reading() as session:
        assert session.connection().exec_driver_sql("SELECT name FROM review_group").scalars().all() == [
            "甲组"
        ]
    held.close()


def spawn(*words: str, shell: str = "", **more: object) -> subprocess.Popen[bytes]:
    """The program in a process of its own, its streams as the shell redirects them."""
    command = [sys.executable, "-m", "pingyi_desktop", *words]
    if shell:
        command = ["sh", "-c", f'exec "$@" {shell}', "sh", *command]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)  # type: ignore[call-overload,no-any-return]


@needs_full
def test_closed_and_full_streams_of_a_process(place: Path) -> None:
    bad = ("org", "list", "没有.pingyi")
    tried = {
        "1>/dev/full": (("--help",), "盘已满"),
        "1>&-": (("--version",), "输出已关闭"),
        "2>&-": (bad, ""),
        "0<&- 1>&- 2>&-": (INIT, ""),
    }
    running = {how: spawn(*words, shell=how) for how, (words, _) in tried.items()}
    for how, process in running.items():
        out, said = process.communicate(timeout=200)
        assert (how, process.returncode, out) == (how, 1, b"")
        assert tried[how][1] in said.decode()
        assert said.count(b"\n") == bool(tried[how][1])
    # Its file was made while no stream was open: nothing that was said went into it.
    assert store.damage(place / "新.pingyi") == []


@pytest.mark.skipif(os.name != "posix", reason="streams as POSIX has them")
def test_a_closed_stream_s_number_is_taken() -> None:
    """So no data file gets it; found out in a process, for the streams here are the tests' own."""
    program = (
        "import os, sys; from pingyi_desktop.cli import streams; streams.prepare();"
        "sys.exit(os.open(os.devnull, os.O_RDONLY) < 3)"
    )
    closed = subprocess.run(["sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh", sys.executable, "-c", program])
    assert closed.returncode == 0


BEGUN = b"begun\n"
# The interpreter's own start is not ours to answer for: an interrupt in there ends it with status 1.
BEGIN = f"import os, runpy; os.write(1, {BEGUN!r}); runpy.run_module('pingyi_desktop', run_name='__main__')"


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_at_any_moment_of_a_process(place: Path) -> None:
    for number, after in enumerate((0.0, 0.4, 0.9) if LONG else (0.0, 0.6)):
        out = f"写到{number}"
        process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, "assign", "QL.pingyi", "--out", out],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == BEGUN
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        shown, said = process.communicate(timeout=120)
        if process.returncode == 0:
            continue
        assert process.returncode in (130, -signal.SIGINT)  # the latter before main() had begun
        assert "Traceback" not in said.decode() or process.returncode == -signal.SIGINT
        assert not (place / out).exists() or b"\xe4\xbb\xbb\xe5\x8a\xa1" in shown


class PanicError(BaseException):
    """What a library written in Rust makes of an interrupt."""


@pytest.mark.parametrize("asked", [True, False], ids=["interrupted", "a panic of its own"])
@pytest.mark.parametrize("kind", [PanicError, RuntimeError])
def test_what_a_library_makes_of_ctrl_c(
    kind: type[BaseException],
    asked: bool,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def library(*_: object, **__: object) -> None:
        try:
            if asked:
                interrupts._press(signal.SIGINT, None)
        except KeyboardInterrupt as pressed:
            raise kind from pressed
        raise kind

    monkeypatch.setattr(interrupts, "_pressed", False)
    monkeypatch.setattr(store, "open_file", library)
    assert cli.main(["org", "list", "QL.pingyi"]) == (130 if asked else 70)
    assert (cli.CANCELLED in capsys.readouterr().err) is asked


class At:
    """Presses Ctrl-C at the n-th line that the program runs in its own modules."""

    def __init__(self, moment: int) -> None:
        self.left = moment

    def __call__(self, frame: FrameType, event: str, _arg: object) -> At | None:
        if "pingyi_desktop" not in frame.f_code.co_filename or "streams.py" in frame.f_code.co_filename:
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


ACTS = (
    ("assign", "QL.pingyi", "--out", "写到这里"),
    ("backup", "QL.pingyi", "备份.pingyi"),
    ("restore", "旧.pingyi", "QL.pingyi"),
    INIT,
    ("protect", "QL.pingyi", "--encrypt"),
    ("roster", "export", "QL.pingyi", "名册.xlsx", "--reason", "核对"),
)


MOMENTS: dict[tuple[str, ...], int] = {}
"""how many lines each of them runs, counted once"""


# Ctrl-C may come between the opening of a file and the first line of its block: it is closed all the same, a moment later.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("words", ACTS, ids=lambda words: words[0])
@pytest.mark.parametrize("part", [0.1, 0.35, 0.6, 0.8, 0.95, 0.99] if LONG else [0.35, 0.8, 0.95])
def test_ctrl_c_leaves_nothing_half_done(
    words: tuple[str, ...], part: float, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(place / "QL.pingyi", place / "旧.pingyi")
    if words not in MOMENTS:
        whole, trial = At(-1), place / "试"
        trial.mkdir()
        for name in ("QL.pingyi", "旧.pingyi"):
            shutil.copy(place / name, trial / name)
        os.chdir(trial)
        assert traced(words, whole) == 0
        os.chdir(place)
        MOMENTS[words] = -whole.left
        capsys.readouterr()
    before = {one.name for one in place.iterdir()}
    status = traced(words, At(max(1, int(MOMENTS[words] * part))))
    said = capsys.readouterr().err
    assert (status, cli.CANCELLED in said) in ((130, True), (0, False))
    for one in (*before, "新.pingyi", "备份.pingyi"):  # as whatever opens the file next does
        replacing.settle(place / one)
    assert not {
        one.name for one in place.iterdir() if one.suffix in {".tmp", *replacing.LEFT, replacing.BUSY}
    }
    if words[0] != "protect" or status == 130:
        assert cli.main(["org", "list", "QL.pingyi"]) == 0


def traced(words: tuple[str, ...], tracer: At) -> int:
    sys.settrace(tracer)
    try:
        return cli.main(words)
    finally:
        sys.settrace(None)


@pytest.mark.parametrize("home", ["/proc/没有", "/dev/null/x", "QL.pingyi/x", ""])
def test_a_home_that_cannot_be_made_is_no_trouble(
    home: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("PINGYI_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, home)
    assert cli.main(["org", "list", "QL.pingyi"]) == 0
    monkeypatch.setattr(cli.session_verbs, "list_sessions", broken)
    monkeypatch.setattr(store, "open_file", broken)  # a mistake of ours
    capsys.readouterr()
    assert cli.main(["org", "list", "QL.pingyi"]) == 70
    said = capsys.readouterr().err
    assert "软件的问题" in said
    assert ("PINGYI_HOME" in said) == bool(home)
    if not home:
        shutil.rmtree(place / "pingyi", ignore_errors=True)


def broken(*_: object) -> None:
    raise ZeroDivisionError


def test_an_account_without_a_home_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    for name in ("PINGYI_HOME", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FileNotFoundError):
        paths.user_data()


def test_every_error_of_a_disk_has_chinese_words() -> None:
    for number in errno.errorcode:
        said = saving.error_sentence(OSError(number, os.strerror(number), "甲.txt"))
        assert os.strerror(number) not in said
        assert "甲.txt" in said
