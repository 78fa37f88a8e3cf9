"""What the lists of the ledgers cost: opened and while somebody types, with the reference company's rows and ten times these.

Each answer stands beside a bare SELECT: the very statements of the answer through ``sqlite3`` alone. Processor time, the
best of several runs; nothing is asserted about it, the ratios are printed.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.bench_pages import Answer, Statement, statements
from sqlmodel import Session

from pingyi_desktop import demo
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.ledgers import catalog
from pingyi_desktop.appraisal.ledgers.across import finding
from pingyi_desktop.appraisal.ledgers.ledger import Ledger
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.demo import company
from pingyi_desktop.demo.company import NAME, Company
from pingyi_desktop.gui.ledgers.ledger_acts import Seen, first_rows, with_sums
from pingyi_desktop.storage import store
from pingyi_desktop.storage.store import Store

TODAY, TIMES, LARGER = "2025-12-01", 5, 10
TYPED = {"": (), "输入“安全”": ("安全",), "输入“gkts”": ("gkts",), "输入没有的字": ("鑫淼",)}
STEP = 100_000
"""between the numbers of one copy of a ledger and of the next"""


class Cost(NamedTuple):
    """Processor time in milliseconds, and how many times that of the bare side it is."""

    milliseconds: float
    ratio: float


def test_the_lists_of_the_reference_company(tmp_path: Path) -> None:
    measure(company.load(), tmp_path, processes=demo.PROCESSES)


def measure(shown: Company, folder: Path, *, processes: int, times: int = TIMES) -> dict[str, Cost]:
    """Print and return every cost by what was done."""
    demo.perform(folder, shown, places=demo.prepare(folder), whole=False, processes=processes)
    return measure_file(folder / f"{NAME}.pingyi", folder, times=times)


def measure_file(path: Path, folder: Path, *, times: int = TIMES) -> dict[str, Cost]:
    """The same of a company's file that is there already."""
    costs = {f"{what}，公司": cost for what, cost in lists(path, times).items()}
    large = enlarged(path, folder / "十倍.pingyi")
    costs |= {f"{what}，十倍": cost for what, cost in lists(large, times).items()}
    for what, cost in costs.items():
        print(f"\n{what}：处理器 {cost.milliseconds:.1f} 毫秒，{cost.ratio:.1f} 倍", end="")
    print("\n倍数：同直接 SELECT 同样的行比。")
    return costs


def lists(path: Path, times: int) -> dict[str, Cost]:
    """Every ledger opened, the longest one while somebody types, and Ctrl+K."""
    answers: dict[str, Answer] = {}
    for noun in catalog.NOUNS:
        for typed, words in TYPED.items() if noun.key == "commitment" else [("", ())]:
            answers[f"{noun.title}{typed}"] = partial(_listed, noun.declared(), words)
        answers[f"{noun.title}，数和合计"] = partial(_summed, noun.declared())
    answers["Ctrl+K 输入“安全”"] = lambda session: finding.found(
        session, campaign_id=campaigns.at_work_id(session), words=["安全"]
    )
    opened = store.open_file(path)
    found = {what: _beside(opened, path, answer, times) for what, answer in answers.items()}
    opened.close()
    return found


def _listed(ledger: Ledger, words: tuple[str, ...], session: Session) -> Seen:
    return first_rows(session, ledger, Asked("", TODAY, words=words), "")


def _summed(ledger: Ledger, session: Session) -> Seen:
    """What comes behind the list."""
    return with_sums(session, ledger, Seen(Asked(campaigns.at_work_id(session), TODAY)))


def _beside(opened: Store, path: Path, answer: Answer, times: int) -> Cost:
    def ours() -> None:
        with opened.reading() as session:
            answer(session)

    sent = statements(opened, answer)
    mine = _best(ours, times)
    return Cost(mine * 1000, mine / _best(lambda: _bare(path, sent), times))


def _bare(path: Path, sent: list[Statement]) -> None:
    with closing(sqlite3.connect(path)) as raw:
        for statement, values in sent:
            raw.execute(statement, tuple(values)).fetchall()


def enlarged(path: Path, out: Path) -> Path:
    """The file with ten rows for every row of a ledger."""
    shutil.copyfile(path, out)
    with closing(sqlite3.connect(out)) as raw:
        for noun in catalog.NOUNS:
            table = noun.declared().sql
            names = [column.name for column in table.columns]
            changed = {"id": "id || '-' || ?", "number": f"number + ? * {STEP}"}
            told = ", ".join(changed.get(name, name) for name in names)
            copied = f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {told} FROM {table.name} WHERE number < {STEP}"
            raw.executemany(copied, [(copy, copy) for copy in range(1, LARGER)])
        raw.commit()
    return out


def _best(act: Callable[[], object], times: int) -> float:
    """Processor seconds of the best run."""
    spent = list[float]()
    for _ in range(times):
        started = time.process_time()
        act()
        spent.append(time.process_time() - started)
    return max(min(spent), 1e-6)
