"""What a page's answer costs beyond its rows: the reference company's file, each beside a bare SELECT of the same rows.

The bare side sends the very statements of the answer, with their values, through ``sqlite3`` alone and fetches every row:
what no program could do without. Nothing is asserted about time; the ratios are printed, of the best of several runs.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from counting import counted
from sqlalchemy import Engine, event
from sqlmodel import Session

from pingyi_desktop import demo
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.demo import company
from pingyi_desktop.gui.campaign import reading as campaign
from pingyi_desktop.gui.entry import page as entry
from pingyi_desktop.gui.exchange import page as exchange
from pingyi_desktop.gui.figures import page as results
from pingyi_desktop.gui.people import page as organisations
from pingyi_desktop.gui.workbench import page as workbench
from pingyi_desktop.reports import catalog
from pingyi_desktop.storage import store

Answer = Callable[[Session], object]
Statement = tuple[str, Sequence[object]]
ANSWERS: dict[str, Answer] = {
    "工作台": partial(workbench.read, chosen=""),
    "评议活动": partial(campaign.read, chosen=""),
    "组织与党员": organisations.read,
    "录入": partial(entry.read, chosen=""),
    "收发": partial(exchange.read, chosen=""),
    "结果": lambda session: results.read(session, "", None, None),
    **{name: lambda session, name=name: _report(session, name) for name in ("R02", "R03", "R04", "R24")},
}
TIMES = 5


def test_pages_of_the_reference_company(tmp_path: Path) -> None:
    made = demo.perform(tmp_path, company.load(), places=demo.prepare(tmp_path), whole=False)
    measure(made.file)


def measure(path: Path, *, times: int = TIMES) -> dict[str, float]:
    """Print and return by answer how many times the bare SELECT it takes on a company's data file."""
    ratios = dict[str, float]()
    opened = store.open_file(path)
    for name, answer in ANSWERS.items():
        sent = statements(opened, answer)
        ours = min(_seconds(opened, answer) for _ in range(times))
        bare = min(_bare(path, sent) for _ in range(times))
        ratios[name] = ours / bare
        print(f"\n{name}：{len(sent)} 条语句，用时是直接 SELECT 同样的行的 {ratios[name]:.1f} 倍", end="")
    opened.close()
    print()
    return ratios


def statements(opened: store.Store, answer: Answer) -> list[Statement]:
    """What the answer sends, with the values."""
    sent: list[Statement] = []

    def executed(_connection, _cursor, statement: str, values: Sequence[object], *_more: object) -> None:
        sent.append((statement, values))

    with opened.reading() as session, counted() as asked:
        event.listen(Engine, "before_cursor_execute", executed)
        answer(session)
        event.remove(Engine, "before_cursor_execute", executed)
    return [one for one in sent if one[0] in asked.statements]


def _seconds(opened: store.Store, answer: Answer) -> float:
    with opened.reading() as session:
        started = time.perf_counter()
        answer(session)
        return time.perf_counter() - started


def _bare(path: Path, sent: Sequence[Statement]) -> float:
    with closing(sqlite3.connect(path)) as raw:
        started = time.perf_counter()
        for statement, values in sent:
            raw.execute(statement, tuple(values)).fetchall()
        return time.perf_counter() - started


def _report(session: Session, name: str) -> object:
    return catalog.build(session, name=name, campaign_id=campaigns.current(session).id)
