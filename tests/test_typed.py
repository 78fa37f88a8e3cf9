"""Whatever a person types: an exit status and a sentence, never a program error, and nothing half-written.

The verbs, their arguments and the kinds of these are taken from the parser itself: a new verb is tried like the others.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

import make
from pingyi_desktop import cli, demo
from pingyi_desktop.cli import parsing, selftest_verb
from pingyi_desktop.exchange import keylock
from pingyi_desktop.storage import store

BATCH = "L1-QL.01-T-ORG-A-v1-ALL"
HUGE = (
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 5000,
    "-1",
    "2000000000",
    "1_000",
    "１２",
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
TEXTS = {"spot": "1", "value": "1", "content": "11111", "pin": "1234", "sample": "1", "form": "T-ORG-A"}


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
    held = make.company(tmp_path_factory.mktemp("company") / "QL.pingyi")
    with held.transaction() as session:
        make.published(session)
    held.close()
    return held.path


@pytest.fixture
def place(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a company's file, a sheet, a link that leads to itself; the verbs run inside it."""
    shutil.copy(published, tmp_path / "QL.pingyi")
    (tmp_path / "表.csv").write_text("姓名,所在党支部\n", encoding="utf-8-sig")
    (tmp_path / "圈").symlink_to(tmp_path / "圈")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PINGYI_PASSWORD", "春风化雨2024")
    monkeypatch.setattr(keylock, "_MEMORY", 64)
    monkeypatch.setattr(cli, "build_parser", lambda: PARSER)  # to make it takes longer than many a verb
    monkeypatch.setattr(demo, "run", lambda out, **more: more["say"](f"演示做完了，在 {out}") is None)
    monkeypatch.setattr(selftest_verb, "CHECKS", {"资源": selftest_verb._resources})
    return tmp_path


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


def content(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(one): (one.stat().st_size, one.read_bytes()) for one in sorted(folder.rglob("*")) if one.is_file()
    }


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
    before, failures = content(place), []
    for action in filter(takes_value, VERBS[words]._actions):
        for value in wrong(action):
            typed = line(words, action, value)
            status = cli.main(typed)
            err = capsys.readouterr().err
            if said := is_told(status, err, typed):
                failures.append((typed[-1][:40], action.dest, value[:40], status, said, err[-300:]))
            if status != 0 and content(place) != before and words != ("import",):  # what is refused is recorded
                failures.append((action.dest, value[:40], "half-written", sorted(map(str, place.rglob("*")))))
            if content(place) != before:
                _restore(place, before)
    assert not failures, "\n".join(map(str, failures))


def _restore(folder: Path, before: dict[str, tuple[int, bytes]]) -> None:
    for one in sorted(folder.rglob("*"), reverse=True):
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        elif str(one) not in before and not one.is_symlink():
            one.unlink()
    for name, (_, data) in before.items():
        Path(name).write_bytes(data)
