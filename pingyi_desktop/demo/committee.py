"""One committee of the demo with all below it, through files only; runs in a process of its own.

Down: the committee opens the company's task file and assigns to its general branches and branches, a general branch
to its branches. Up: every unit keys, seals and exports; its office imports, seals its own session and exports in turn.
The packages arrive in a shuffled order, some twice, some replaced by a second revision, and the result is the same.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.demo import unit
from pingyi_desktop.demo.company import Company
from pingyi_desktop.demo.unit import BY
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.wire import bundle
from pingyi_desktop.storage.store import Store

COST = 10  # scrypt's log2 N: a code of the demo protects nothing, and there are 412 of them
LOT = 6  # packages taken in by one act
ONE_IN = 8  # every eighth package arrives twice, every eighth unit reports too early
REASON = "第一次上报时实到人数登记有误，更正"


@dataclass(frozen=True)
class Places:
    """Folders of the demo: data files, task files, packages."""

    units: Path
    tasks: Path
    packages: Path


@dataclass(frozen=True)
class Task:
    """A task on its way: the file, and the code that travels another way."""

    unit: str
    file: Path
    code: str


@dataclass
class Carried:
    """Files that a unit has for the office above, and figures of what was done in it and below."""

    files: list[Path] = field(default_factory=list)
    units: int = 0
    ballots: int = 0
    rows: int = 0
    sent: int = 0
    twice: int = 0
    revised: int = 0

    def count(self, below: Carried) -> None:
        """Count the figures of a unit below in; its files stay its own."""
        for name in ("units", "ballots", "rows", "sent", "twice", "revised"):
            setattr(self, name, getattr(self, name) + getattr(below, name))


def report(company: Company, task: Task, places: Places) -> Carried:
    """Let the unit open its task, have those below report first, then report itself."""
    code = task.unit
    done = Carried(units=1)
    with _opened(company, task, places) as store:
        arriving: list[Path] = []
        for its_task in assign(store, places=places):
            below = report(company, its_task, places)
            done.count(below)
            arriving += below.files
        done.rows += unit.keep_ledgers(store, org=code)
        done.ballots += unit.enter(store, company=company, layer=2, orgs=[code])
        carry(store, arriving, done=done, seed=code, early=lambda: _early(store, company, code, places, done))
        _export(store, places, done)
    return done


def assign(store: Store, *, places: Places) -> list[Task]:
    """Write a task file for every unit directly below."""
    with store.transaction() as session:
        campaign_id = campaigns.current(session).id
        made = tasks.assign(session, campaign_id=campaign_id, by=BY, cost=COST)
    for one in made:
        bundle.save(places.tasks / one.file_name, one.data)
    return [Task(one.unit_code, places.tasks / one.file_name, one.code) for one in made]


def carry(
    store: Store,
    arriving: Sequence[Path],
    *,
    done: Carried,
    seed: str,
    early: Callable[[], None] | None = None,
    step: Callable[[int], None] | None = None,
) -> None:
    """Bring the packages in: shuffled, some twice, a few at a time; ``early`` is called before the last lot."""
    chance = random.Random(seed)
    twice = [path for path in arriving if chance.randrange(ONE_IN) == 0]
    stick = [*arriving, *twice]
    chance.shuffle(stick)
    done.twice += len(twice)
    lots = [stick[start : start + LOT] for start in range(0, len(stick), LOT)] or [[]]
    for number, lot in enumerate(lots, 1):
        if early is not None and number == len(lots):
            early()
        if lot:
            unit.take_in(store, files=[(path.name, path.read_bytes()) for path in lot])
        if step is not None:
            step(len(set(lot) - set(stick[: (number - 1) * LOT])))


def _early(store: Store, company: Company, code: str, places: Places, done: Carried) -> None:
    """One unit in eight reports too early, with a wrong figure, and mends it: a second revision follows."""
    if crc32(code.encode()) % ONE_IN == 0 and unit.miscount(store, company=company, org=code):
        _export(store, places, done)
        unit.correct(store, company=company, org=code)


def _export(store: Store, places: Places, done: Carried) -> None:
    again = bool(done.files)
    made = unit.export(store, reason=REASON if again else "")
    path = places.packages / made.file_name
    bundle.save(path, made.data)
    done.files.append(path)
    done.sent += 1
    done.revised += again and made.revision > 1


@contextmanager
def _opened(company: Company, task: Task, places: Places) -> Iterator[Store]:
    name = next(o.short for o in company.orgs if o.code == task.unit)
    path = places.units / f"{task.unit} {name}.pingyi"
    store = tasks.create_file(path, task=tasks.read_task(task.file.read_bytes(), task.code), by=BY)
    try:
        yield store
    finally:
        store.close()
