"""Killed without warning, the entry page loses no key that was written (no key at all once the queue is empty)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import pytest

import make
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.paper.keying import Keying
from pingyi_desktop.storage import store as data

HERE = Path(__file__).parent.parent
KILLS = int(os.environ.get("PINGYI_KILLS", "1"))
SEED = 20261123
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


@dataclass(frozen=True)
class Keyers:
    """Starts keyers, each a process of its own: see ``keyer.py``."""

    asked: TextIO
    said: TextIO

    def start(self, path: Path, keys: str) -> int:
        """The number of a process that keys this into a file."""
        self.asked.write(f"{path}\t{keys}\n")
        self.asked.flush()
        return int(self.said.readline())


@pytest.fixture(scope="module")
def keyers() -> Iterator[Keyers]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        patch.setenv("PINGYI_HOME", home)
        command = [sys.executable, str(HERE / "keyer.py")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            yield Keyers(process.stdin, process.stdout)
            process.stdin.close()


def kill(process: int) -> None:
    """Without warning; one that has ended already stays so."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def killed_while_keying(keyers: Keyers, path: Path, keys: str, many: int = -1, after: float = 0) -> int:
    """Key in another process and kill it ``after`` seconds when it has acknowledged so ``many``, or after its last key was
    written; how many it had acknowledged in the end."""
    process, acknowledged = keyers.start(path, keys), 0
    timer = threading.Timer(after, kill, [process])
    for said in keyers.said:
        if said.startswith("ended"):
            assert said == f"ended {-signal.SIGKILL}\n"
            break
        if said == "written\n":
            kill(process)
        else:
            acknowledged = int(said)
            if acknowledged == many:
                timer.start()
    timer.cancel()
    return acknowledged


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


def test_two_ballots_and_the_started_third_survive_a_kill(keyers: Keyers, tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A"])
    made.close()
    assert killed_while_keying(keyers, path, "11111#12341#2212.") > 0
    state, committed = left(path)
    assert committed == ["11111", "12341"]
    assert (state.position, state.cells, state.full) == (3, "2212.", True)
    assert killed_while_keying(keyers, path, "<0#31") > 0
    state, committed = left(path)
    assert committed == ["11111", "12341", "22120"]
    assert (state.position, state.cells, state.cursor) == (4, "31___", 2)


def test_killed_at_random_moments_no_acknowledged_key_is_lost_and_no_ballot_doubled(
    keyers: Keyers, tmp_path: Path
) -> None:
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
        acknowledged = killed_while_keying(keyers, path, keys[durable : durable + 360], many, after)
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
