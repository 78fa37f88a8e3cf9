"""Killed without warning, the entry page loses no key that was written (no key at all once the queue is empty)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

import make
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.paper.keying import Keying
from pingyi_desktop.storage import store as data

HERE = Path(__file__).parent.parent
KILLS = int(os.environ.get("PINGYI_KILLS", "2"))
SEED = 20261123
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


def keyed_and_killed(path: Path, keys: str) -> None:
    """Key in another process and kill it after its last key was written."""
    env = {**os.environ, "PYTHONPATH": str(HERE.parent.parent), "PINGYI_HOME": str(path.parent / "home")}
    command: Sequence[str] = [sys.executable, str(HERE / "keyer.py"), str(path), keys]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "written\n" in process.stdout
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert process.returncode == -signal.SIGKILL


def left(path: Path) -> tuple[Keying, list[str]]:
    """What a reopened file holds: the ballot in hand and the committed ones."""
    opened = data.open_file(path)
    with opened.reading() as session:
        (batch,) = batches.listing(session, campaign_id=only_campaign(session))
        state = ballots.resume(session, batch_id=batch.id)
        query = "SELECT cells FROM draft_ballot WHERE committed ORDER BY position"
        rows = session.connection().exec_driver_sql(query)
        committed = [cells for (cells,) in rows]
    opened.close()
    return state, committed


def only_campaign(session) -> str:
    return session.connection().exec_driver_sql("SELECT id FROM campaign").scalar_one()


def test_two_ballots_and_the_started_third_survive_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A"])
    made.close()
    keyed_and_killed(path, "11111#12341#2212.")
    state, committed = left(path)
    assert committed == ["11111", "12341"]
    assert (state.position, state.cells, state.full) == (3, "2212.", True)
    keyed_and_killed(path, "<0#31")
    state, committed = left(path)
    assert committed == ["11111", "12341", "22120"]
    assert (state.position, state.cells, state.cursor) == (4, "31___", 2)


def killed_while_keying(path: Path, keys: str, many: int, after: float) -> int:
    """Key in another process, kill it ``after`` seconds when it has acknowledged so ``many``; how many it had in the end."""
    env = {**os.environ, "PYTHONPATH": str(HERE.parent.parent), "PINGYI_HOME": str(path.parent / "home")}
    command: Sequence[str] = [sys.executable, str(HERE / "keyer.py"), str(path), keys]
    acknowledged = 0
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "written\n":
                process.kill()
                break
            acknowledged = int(line)
            if acknowledged == many:
                threading.Timer(after, process.kill).start()
        process.wait(30)
    return acknowledged


def test_killed_at_random_moments_no_acknowledged_key_is_lost_and_no_ballot_doubled(tmp_path: Path) -> None:
    """Checked key by key; ``PINGYI_KILLS=500`` is the long series (``installers/dev.py crash``)."""
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A"])
    made.close()
    chance = random.Random(SEED)
    paper = ["".join(chance.choice("1234") for _ in range(5)) for _ in range(60 * KILLS)]
    keys = "".join(f"{cells}#" for cells in paper)
    durable = 0
    for number in range(KILLS):
        many, after = chance.randint(1, 30), chance.random() * 0.2
        acknowledged = killed_while_keying(path, keys[durable : durable + 360], many, after)
        assert acknowledged >= many
        state, committed = left(path)
        keyed = 6 * len(committed) + len(state.cells.rstrip("_"))
        assert keyed >= durable + acknowledged, f"kill {number}: an acknowledged key is lost"
        assert committed == paper[: len(committed)], f"kill {number}: a ballot is doubled, lost or changed"
        assert state.cells == (paper[len(committed)][: keyed % 6] + "_____")[:5]
        durable = keyed
    assert durable > KILLS
    assert data.damage(path) == []
    print(
        f"\n{KILLS} kills, {durable} keys, {durable // 6} ballots: no acknowledged key lost, no ballot doubled"
    )
