"""A real file killed in the middle of a backup, a restore or an upgrade: yesterday's state opens, and verify passes.

``test_replacing`` kills every act at every step of a small file; here the file has a campaign, sealed ballots and a signed
journal, and what is asked afterwards is what a secretary asks: does it open, does it hold what it held, is it sound?
``PINGYI_KILLS`` says how often each act is killed (default 1, and of the old formats the first and the last only; 200 with
``installers/dev.py crash``).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from series import LONG

import make
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import replacing, store
from pingyi_desktop.storage.care import contents, copies

KILLS = int(os.environ.get("PINGYI_KILLS", "1"))
OLD = Path(__file__).parents[2] / "old_databases"
NOW = datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
FILE, SAVED = "公司.pingyi", "昨天的备份.pingyi"
HALF_MADE = (".part", "-journal", ".busy")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")


def begin(path: Path) -> None:
    """A signed file of a company with sealed ballots, and its backup, which is a member behind."""
    made = make.counted_company(path)
    with made.transaction() as session:
        keys.signer(session, campaign_id=make.campaign_of(session))
    made.close()
    store.backup(path, path.with_name(SAVED))
    made = store.open_file(path)
    with made.transaction() as session:
        make.org_member(session, "QL.02.B001", "新来的")
    made.close()


def backup(path: Path) -> None:
    copies.make(path, None, copies.DAILY, NOW)


def restore(path: Path) -> None:
    store.restore(path.with_name(SAVED), path)


def upgrade(path: Path) -> None:
    store.open_file(path).close()


@dataclass(frozen=True)
class Act:
    """What is done to the file, and which file it is done to: "" the company's, else one of an old format."""

    run: Callable[[Path], None]
    old: str = ""


FORMATS = sorted(OLD.glob("v*.pingyi"))[:-1]
ACTS = {
    "backup": Act(backup),
    "restore": Act(restore),
    **{
        f"migration from {one.stem}": Act(upgrade, one.name)
        for one in (FORMATS if LONG or KILLS > 1 else FORMATS[:: len(FORMATS) - 1])
    },
}


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grounds")
    begin(folder / FILE)
    return folder


def lay(folder: Path, grounds: Path, act: Act) -> Path:
    folder.mkdir()
    path = folder / FILE
    shutil.copy(OLD / act.old if act.old else grounds / FILE, path)
    shutil.copy(grounds / SAVED, folder)
    return path


def killed(act: Act, path: Path, after: float = 0.0) -> bool:
    """Do it in a process of its own; whether that was killed before it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            act.run(path)
        except BaseException:  # noqa: BLE001 - nothing of pytest may run in this process
            os._exit(3)
        os._exit(0)
    if after:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def asked(path: Path) -> dict[str, int]:
    """What the file holds; it opens, and verify finds nothing."""
    opened = store.open_file(path)
    with opened.reading() as session:
        assert [one.sentence for one in soundness.full(session)] == []
    opened.close()
    assert store.damage(path) == []
    return contents.of_file(path).counts


@pytest.mark.parametrize("name", ACTS)
def test_after_every_kill_yesterday_s_state_opens_and_verify_passes(
    name: str, tmp_path: Path, grounds: Path
) -> None:
    act, chance, cut = ACTS[name], random.Random(name), 0
    path = lay(tmp_path / "whole", grounds, act)
    began = time.perf_counter()
    assert not killed(act, path)
    lasts = time.perf_counter() - began
    done = asked(path)
    for number in range(KILLS):
        path = lay(tmp_path / str(number), grounds, act)
        yesterday = done if act.old else contents.of_file(path).counts
        cut += killed(act, path, after=chance.uniform(0.001, lasts))
        assert asked(path) in (yesterday, done)
        assert not replacing.left(path)
        for kept in (*path.parent.glob("*恢复前*"), *path.parent.glob("*升级前备份*.pingyi")):
            shutil.copy(kept, tmp_path / "kept.pingyi")
            assert asked(tmp_path / "kept.pingyi") == yesterday
        act.run(path)
        assert asked(path) == done
        assert not [one.name for one in path.parent.iterdir() if one.name.endswith(HALF_MADE)]
        assert not any(store.damage(one.path) for one in copies.found(path))
        shutil.rmtree(path.parent)
    print(f"{name}: {KILLS} times, {cut} of them before its end; every file opened, verify found nothing")
