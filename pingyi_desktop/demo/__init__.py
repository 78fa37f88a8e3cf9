"""The whole job on the fictional company 青峦煤业, from task files to printed reports, in files that stay.

Every unit has its own data file and everything between units travels in files. Committees run in two processes.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pingyi_desktop import paths
from pingyi_desktop.appraisal.paper import layers
from pingyi_desktop.demo import committee, company, office, unit
from pingyi_desktop.demo.committee import Carried, Places, Task
from pingyi_desktop.demo.company import FAST, NAME, Company
from pingyi_desktop.demo.office import Figure
from pingyi_desktop.demo.progress import Bar
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store
from pingyi_desktop.storage.troubles import told_as_sentences

PROCESSES = 2
MARKER = "这是演示数据，可以整个删除.txt"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What came out of the whole job."""

    done: Carried
    figures: Sequence[Figure]
    coverage: str
    ledgers: Sequence[tuple[str, bool]]
    printed: Sequence[Path]
    file: Path

    @property
    def agrees(self) -> bool:
        """Every figure is what it should be."""
        return all(figure.agrees for figure in self.figures) and all(agrees for _, agrees in self.ledgers)


def run(out: Path, *, fast: bool, say: Say) -> bool:
    """Do the whole job in ``out`` and tell what came out; True when every figure agrees."""
    started = time.monotonic()
    whole = company.load()
    shown = whole.only(FAST) if fast else whole
    places = prepare(out)
    say(_introduction(shown))
    outcome = perform(out, shown, places=places, whole=not fast)
    say(_journey(outcome))
    _show(outcome.figures, say, whole=not fast)
    for sentence, agrees in outcome.ledgers:
        say(f"{sentence}。{'一致' if agrees else '不一致，请检查程序'}。")
    say(f"报表：{'、'.join(str(path) for path in outcome.printed)}")
    say(f"公司的数据文件：{outcome.file}（用时 {time.monotonic() - started:.0f} 秒）")
    say("在窗口里查看：执行 pingyi 打开窗口，再选“打开数据文件”，选上面这个文件。")
    return outcome.agrees


def perform(out: Path, shown: Company, *, places: Places, whole: bool, processes: int = PROCESSES) -> Outcome:
    """The job without its words; ``processes=0`` does everything in this one."""
    store = office.create(out / f"{NAME}.pingyi", shown)
    try:
        office.enrol(store, shown, folder=out / "名册")
        office.publish(store, shown)
        done = collect(store, shown, places=places, processes=processes)
        with Bar("公司汇总  ", len(done.files)) as bar:
            committee.carry(store, done.files, done=done, seed=NAME, step=bar.step)
        unit.register_above(store, company=shown)
        figures = office.figures(store, shown, whole=whole)
        coverage, sums = office.coverage(store), office.ledgers_agree(store, shown)
        with Bar("打印报表  ", len(office.REPORTS)) as bar:
            printed = office.print_reports(store, out / "报表", step=bar.step)
        store.compact()
    finally:
        store.close()
    return Outcome(done, figures, coverage, sums, printed, store.path)


def job(shown: str | None, task: Task, places: Places) -> Carried:
    """One committee, in a process of its own; ``shown`` narrows the company to one committee."""
    whole = company.load()
    return committee.report(whole if shown is None else whole.only(shown), task, places)


def prepare(out: Path) -> Places:
    """Make the demo's folders in ``out``; refuses a folder with anything else in it."""
    if out.exists() and not out.is_dir():
        raise FileError(f"“{out}”是一个文件，请换一个文件夹。")
    if out.exists() and any(out.iterdir()):
        if not (out / MARKER).exists():
            raise FileError(f"文件夹“{out}”里已有别的内容，演示不会覆盖它；请换一个空文件夹（--out）。")
        with told_as_sentences(out):
            shutil.rmtree(out)
    places = Places(out / "单位数据文件", out / "任务文件", out / "数据包")
    with told_as_sentences(out):
        for folder in (places.units, places.tasks, places.packages, out / "报表"):
            folder.mkdir(parents=True)
        (out / MARKER).write_text("本文件夹由 pingyi demo 生成，单位、人名均为虚构。\n", encoding="utf-8")
    return places


def workers(processes: int) -> ProcessPoolExecutor:
    """That many processes to work in, which end with this one, however it ends."""
    spawned = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=spawned, initializer=_end_with_parent)


def end_with_window() -> None:
    """Work that a window asked for ends with it; Windows gives no new parent to what is left, so there it goes on."""
    window = os.environ.get(paths.FOR_WINDOW, "")

    def gone() -> None:
        while os.getppid() == int(window):
            time.sleep(1)

    if window.isdecimal():
        _end_after(gone)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        _end_after(parent.join)


def _end_after(waited_for: Callable[[], object]) -> None:
    def watch() -> None:
        waited_for()
        os._exit(1)  # in the middle of its work, which nobody waits for any more

    threading.Thread(target=watch, name="parent", daemon=True).start()


def collect(store: Store, shown: Company, *, places: Places, processes: int) -> Carried:
    """Everything down and back up to the company's door; the packages for the company are in ``files``."""
    done = Carried(units=1)
    tasks = committee.assign(store, places=places)
    codes = [task.unit for task in tasks]
    only = codes[0] if len(codes) == 1 else None
    with Bar("各单位录票", len(shown.orgs)) as bar, ExitStack() as stack:
        reports: Iterator[Carried] = (committee.report(shown, task, places) for task in tasks)
        if processes:
            pool = stack.enter_context(workers(min(processes, len(tasks))))
            running = [pool.submit(job, only, task, places) for task in tasks]
            reports = (one.result() for one in as_completed(running))
        done.rows += unit.keep_ledgers(store, org=shown.orgs[0].code)
        done.ballots += unit.enter(store, company=shown, layer=1, orgs=codes)
        bar.step()
        for below in reports:
            done.count(below)
            done.files += below.files
            bar.step(below.units)
    done.files.sort()
    return done


def _introduction(shown: Company) -> str:
    return (
        f"虚构的{NAME}：基层党委 {shown.count(OrgType.GRASSROOTS_COMMITTEE)} 个，"
        f"党总支 {shown.count(OrgType.GENERAL_BRANCH)} 个，党支部 {shown.count(OrgType.BRANCH)} 个，"
        f"党员 {len(shown.members)} 名，一个单位一个数据文件。"
    )


def _journey(outcome: Outcome) -> str:
    done = outcome.done
    return (
        f"{done.units} 个单位逐票录入 {done.ballots} 张票，登记台账 {done.rows} 行；上报包 {done.sent} 个，打乱次序逐级上报，"
        f"其中重复送到 {done.twice} 次、更正后第二次上报 {done.revised} 个。{outcome.coverage}。"
    )


def _show(figures: Sequence[Figure], say: Say, *, whole: bool) -> None:
    against = "公布值" if whole else "资源里这个党委的票数"
    items: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        items.setdefault((figure.title, figure.text), []).append(figure)
    shown_title = ""
    for (title, text), by_layer in items.items():
        if title != shown_title:
            shown_title = title
            say(f"\n{title}：满意票/有效勾选=满意率%")
        cells = (f"{layers.LAYERS[f.layer].name} {f.satisfied}/{f.denominator}={f.rate}" for f in by_layer)
        published = f"公布 {by_layer[0].expected_rate}  " if whole else ""
        verdict = "一致" if all(f.agrees for f in by_layer) else "不一致"
        say(f"  {text}{' ' * (12 - 2 * len(text))}{'   '.join(cells)}   {published}{verdict}")
    agreeing = sum(all(f.agrees for f in by_layer) for by_layer in items.values())
    outcome = "全部一致" if agreeing == len(items) else "有不一致，请检查程序"
    say(f"\n{len(items)} 个满意率在两个层面和合并后与{against}核对，{agreeing} 个一致：{outcome}。\n")
