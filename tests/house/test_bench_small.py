"""The benchmarks themselves keep working: the short company once, without judging the time it takes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from benchmarks import (
    bench_import,
    bench_ledger_pages,
    bench_pages,
    bench_stalls,
    bench_start,
    bench_upgrade,
)

import make
from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.demo import company, unit
from pingyi_desktop.demo.company import Company
from pingyi_desktop.gui.entries import PAGES
from pingyi_desktop.storage import pages, store


def small() -> Company:
    """One committee of the demo with one of its branches."""
    one = company.load().only("QL.23")
    kept = {org.code for org in one.orgs[:3]}
    return replace(
        one,
        orgs=tuple(org for org in one.orgs if org.code in kept),
        members=tuple(member for member in one.members if member.branch in kept),
        sessions=tuple(session for session in one.sessions if session.org in kept),
        batches=tuple(batch for batch in one.batches if batch.org in kept),
    )


@dataclass(frozen=True)
class Waiting:
    """That company with the packages at its door not yet taken in, and a copy of its file that has taken them in."""

    file: Path
    packages: list[Path]
    filled: Path

    @property
    def folder(self) -> Path:
        return self.file.parent / "数据包"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    out = tmp_path_factory.mktemp("演示")
    file, packages = bench_import.waiting_at_the_door(small(), out, processes=0)
    filled = Path(shutil.copy(file, out / "收齐.pingyi"))
    held = store.open_file(filled)
    unit.take_in(held, files=[(path.name, path.read_bytes()) for path in packages])
    held.close()
    return Waiting(file, packages, filled)


def test_the_import_benchmark_runs_and_prints_its_ratio(
    waiting: Waiting, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        bench_import, "waiting_at_the_door", lambda *_, **__: (waiting.file, waiting.packages)
    )
    ratio = bench_import.measure(small(), tmp_path, processes=0, times=1)
    printed = capsys.readouterr().out
    assert f"导入/直接写入 = {ratio:.2f} 倍" in printed
    assert "2 个单位的上报，1 个文件" in printed


def test_the_benchmark_of_a_start_runs_and_prints_its_ratios(
    waiting: Waiting, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """The empty window and the commands are started; the other stages, which ``test_start`` starts, are said to take as much."""
    probe = bench_start.probe
    empty = cache(lambda home: probe(("empty",), home))
    monkeypatch.setattr(bench_start, "probe", lambda _words, home, _kept: empty(home.parent))
    capsys.readouterr()
    ratio = bench_start.measure(waiting.filled, waiting.folder, tmp_path / "测", times=0)
    printed = capsys.readouterr().out
    assert f"是同一轮空窗口的 {ratio:.2f} 倍（目标 ≤ 1.5 倍；" in printed
    assert all(line in printed for line in ("欢迎页可用", "演示公司的第一页", "命令 --help", "命令 inspect"))


def test_the_benchmark_of_pages_prints_a_ratio_for_every_answer(
    waiting: Waiting, capsys: pytest.CaptureFixture[str]
):
    ratios = bench_pages.measure(waiting.filled, times=1)
    printed = capsys.readouterr().out
    assert ratios.keys() == bench_pages.ANSWERS.keys()
    assert all(f"{name}：" in printed and f"{ratio:.1f} 倍" in printed for name, ratio in ratios.items())


def test_the_benchmark_of_ledgers_prints_a_ratio_for_every_list_and_for_ten_times_its_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    made = make.published_company(tmp_path / "公司.pingyi")
    with made.transaction() as session:
        about = {"campaign_id": make.campaign_of(session), "org": "QL.01.B003", "today": "", "by": make.BY}
        edits.add(session, catalog.ledger("deed"), typed={"title": "修路", "kind": "办实事"}, **about)
    made.close()
    costs = bench_ledger_pages.measure_file(made.path, tmp_path, times=1)
    printed = capsys.readouterr().out
    assert all(f"{noun.title}，{size}" in costs for noun in catalog.NOUNS for size in ("公司", "十倍"))
    assert all(f"{what}：处理器 {cost.milliseconds:.1f} 毫秒" in printed for what, cost in costs.items())
    large = store.open_file(tmp_path / "十倍.pingyi")
    with large.reading() as session:
        asked = Asked(make.campaign_of(session), "")
        assert len(rows.ids(session, catalog.ledger("deed"), asked)) == bench_ledger_pages.LARGER
    large.close()


def test_the_benchmark_of_an_upgrade_runs_and_prints_its_ratio(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pages, "PAGES", 20)
    ratio = bench_upgrade.measure(1, tmp_path, megabytes=1)
    printed = capsys.readouterr().out
    assert f"升级/复制 = {ratio:.1f} 倍（处理器）" in printed
    assert "次可以取消" in printed


CHILD = """
import os, sys, time
from benchmarks import apart
apart.end_with_parent()
print(os.getpid(), file=sys.stderr, flush=True)
time.sleep(600)
"""
PARENT = f"""
import os, sys
from benchmarks import apart
apart.answer([sys.executable, "-c", {CHILD!r}], os.environ)
"""


def test_programs_that_work_for_a_benchmark_end_when_it_is_killed():
    """The child has its parent's error output too: what is read from it ends with the last of them."""
    tests = Path(__file__).parent.parent
    env = {**os.environ, "PYTHONPATH": str(tests)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], env=env, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stderr is not None
        child = int(parent.stderr.readline())
        parent.kill()
        try:
            assert parent.communicate(timeout=60) == (None, "")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
    for program in ("bench_scale.py", "keying_robot.py"):
        begun = (tests / "benchmarks" / program).read_text(encoding="utf-8").partition("__main__")[2]
        assert "apart.end_with_parent()" in begun


def test_the_benchmark_of_stalls_prints_the_longest_beside_an_empty_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(bench_stalls, "PAGES", [one for one in PAGES if one.key == "results"])
    made = make.counted_company(tmp_path / "QL.pingyi")
    made.close()
    with bench_stalls.enlarged(made.path, 2):
        found = bench_stalls.measure(made.path, 2)
    assert {
        "结果：第一次打开",
        "结果：再次打开",
        "结果：各项票数按满意率排",
        "结果：各项票数筛选“党支部”",
    } <= set(found)
    assert "空窗口最长停顿" in capsys.readouterr().out
    opened = store.open_file(made.path)
    with opened.reading() as session:
        assert len(members.members(session)) == 18
    opened.close()
