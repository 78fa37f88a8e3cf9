"""What every test stands on: no window on the screen, no file in the user's own folder.

PySide6 is deliberately not imported here; tests of the core run without it.
"""

from __future__ import annotations

import gc
import os
import sqlite3
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from series import EXAMPLES, LONG
from sqlmodel import Session

import make
from pingyi_desktop import cli
from pingyi_desktop.cli.texts import VERBS
from pingyi_desktop.exchange.locks import keylock
from pingyi_desktop.exchange.wire import age
from pingyi_desktop.storage.formats import migrations
from pingyi_desktop.storage.store import Store

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
settings.register_profile("pingyi", max_examples=EXAMPLES, deadline=None, derandomize=not LONG)
settings.load_profile("pingyi")


def pytest_collection_finish() -> None:
    """What has been loaded by now stays till the end: nobody needs to look through it for garbage again and again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the session, and every process it starts, its own data folder and the package of this tree.

    Codes of task files and passwords cost little here: hundreds are made, and they protect nothing. In
    ``test_keylock`` passwords cost what they cost in the product. The command line's parser, which takes longer to make
    than many a command to run, is made once for each set of verbs, and the empty tables of a new file once for all.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PINGYI_HOME", str(tmp_path_factory.mktemp("pingyi_home")))
        patch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
        patch.setattr(age, "COST", 10)
        patch.setattr(keylock, "_MEMORY", 64)
        patch.setattr(cli, "build_parser", _made_once(cli.build_parser))
        patch.setattr(migrations, "upgrade", _new_tables_copied(migrations.upgrade))
        yield


def _new_tables_copied(upgrade: Callable[..., None]) -> Callable[..., None]:
    """``migrations.upgrade``, whose answer to a plain file without tables is always the same: made once, copied by SQLite."""
    kept: list[bytes] = []

    def upgraded(raw: sqlite3.Connection, *told: migrations.GoOn) -> None:
        if not isinstance(raw, sqlite3.Connection) or raw.execute("SELECT 1 FROM sqlite_master").fetchone():
            upgrade(raw, *told)
            return
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
            if kept:
                made.deserialize(kept[0])
            else:
                upgrade(made)
                kept.append(made.serialize())
            made.backup(raw)

    return upgraded


def _made_once(
    build: Callable[[Sequence[str] | None], ArgumentParser],
) -> Callable[[Sequence[str] | None], ArgumentParser]:
    """``cli.build_parser``, whose answer depends on nothing but the verbs among the words that are given."""
    kept: dict[frozenset[str] | None, ArgumentParser] = {}
    names = {name for texts in VERBS.values() for name in texts}

    def made(given: Sequence[str] | None = None) -> ArgumentParser:
        verbs = None if given is None else frozenset(names.intersection(given))
        if verbs not in kept:
            kept[verbs] = build(given)
        return kept[verbs]

    return made


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Store]:
    """The small company of ``make``, without a campaign; a room whose tests are about another one has its own."""
    made = make.company(tmp_path / "QL.pingyi")
    yield made
    made.close()


@pytest.fixture
def session(company: Store) -> Iterator[Session]:
    """One transaction over the company's file."""
    with company.transaction() as opened:
        yield opened


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Session]:
    """One transaction over the file of the school that stands alone; a room that needs more of it has its own."""
    made = make.school(tmp_path / "XX.pingyi")
    with made.transaction() as opened:
        yield opened
    made.close()
