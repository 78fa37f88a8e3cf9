"""The demo: the short one in full, the whole one in its arithmetic (the documented command runs it in full)."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from offices import Command
from series import LONG

from pingyi_desktop import demo, paths
from pingyi_desktop.appraisal.paper.tallies import percent
from pingyi_desktop.appraisal.rulebook.money import in_wan, money
from pingyi_desktop.demo import company, ledgers, papers, rectifications
from pingyi_desktop.demo.company import NAME, Company

ONLY = Company.only
MEGABYTE = 1024 * 1024
SMALL = "QL.15"
SOME = {"QL", SMALL, "QL.15.G01", "QL.15.G01.B280", "QL.15.G01.B282", "QL.15.B286", "QL.15.B287"}
"""Of that committee: branches below the general branch and below itself, with rectifications, one that reports too early."""


class Here(Executor):
    """Does at once, in this process, what a process of its own would do; all that goes there and back must be able to."""

    def submit(self, work, /, *told, **named):
        act, told, named = pickle.loads(pickle.dumps((work, told, named)))
        done: Future[object] = Future()
        done.set_result(pickle.loads(pickle.dumps(act(*told, **named))))
        return done


def some_of(whole: Company, committee: str) -> Company:
    """What ``Company.only`` gives, with fewer branches, and of those who report at its own meeting these branches' people."""
    shown, told = ONLY(whole, committee), ledgers.everything()["presentation"]
    above = sum(texts["layer_one"] == "YES" for org in SOME for texts in told.get(org, ()))
    return replace(
        shown,
        orgs=tuple(o for o in shown.orgs if o.code in SOME),
        members=tuple(m for m in shown.members if m.branch in SOME),
        sessions=tuple(
            replace(s, reports=above) if s.layer == 1 else s for s in shown.sessions if s.org in SOME
        ),
        batches=tuple(b for b in shown.batches if b.org in SOME),
    )


def test_the_short_demo_carries_a_committee_through_and_agrees(
    tmp_path: Path, pingyi: Command, monkeypatch: pytest.MonkeyPatch
):
    """In one process, for in another one the codes of the tasks cost what they cost in the product.

    Of the committees that have a general branch the one with the fewest branches, and only some of those.
    """
    if not LONG:
        monkeypatch.setattr(company.Company, "only", some_of)
    monkeypatch.setattr(demo, "workers", lambda _processes: Here())
    monkeypatch.setattr(demo, "FAST", SMALL)
    out = tmp_path / "演示"
    said = pingyi("demo", "--fast", "--out", out)
    assert "8 个一致：全部一致" in said.out
    file = out / f"{NAME}.pingyi"
    assert said.out.count("一致。\n") >= 2
    assert "漏登或对不上的 0 处。一致。" in said.out
    assert "不一致" not in said.out
    pingyi("verify", file)
    people = pingyi("presentation", "list", file, "--totals", "--json").facts
    shown = company.load().only(SMALL)
    assert people["rows"] == len(shown.members)
    reported = pingyi("coverage", file, "--json").facts
    assert reported["reported"] == reported["expected"] == len(shown.orgs) - 1
    assert max(unit["revision"] for unit in reported["units"]) == 2
    assert len(list((out / "单位数据文件").glob("*.pingyi"))) == len(shown.orgs) - 1
    assert {path.name for path in (out / "报表").iterdir()} >= {"R01.docx", "R02.pdf", "R03.pdf", "R04.pdf"}
    figures = pingyi("tally", file, "--layer", 2, "--json").facts["forms"][0]["figures"]
    wanted = [b for b in shown.batches if b.layer == 2 and b.form == "T-ORG-A"]
    assert figures["valid"] == sum(b.returned - b.blank - b.void for b in wanted)
    inside = {o.code for o in shown.orgs}
    for noun in ledgers.everything().keys() - {*ledgers.OWN_WAY, *ledgers.BELOW}:
        facts = pingyi(noun, "list", file, "--totals", "--json").facts
        rows = ledgers.everything()[noun]
        assert facts["rows"] == sum(len(listed) for org, listed in rows.items() if org in inside) > 0
    branch = next((out / "单位数据文件").glob("*.B* *.pingyi"))
    for noun in ledgers.BELOW:
        assert pingyi(noun, "list", branch, "--totals", "--json").facts["rows"] == 2
        assert pingyi(noun, "list", file, "--totals", "--json").facts["rows"] == 0, "not reported upward"
    above, below = ([s for s in shown.sessions if s.layer == layer] for layer in (1, 2))
    invited, came = sum(s.expected for s in above), sum(s.actual for s in above)
    assert (
        f"会议：层面一 {len(above)} 次，应到 {invited} 人，实到 {came} 人；层面二 {len(below)} 次" in said.out
    )
    merged = pingyi("grouping", "list", file, "--json").facts
    told = [
        texts for org, listed in ledgers.everything()["opinion"].items() if org in inside for texts in listed
    ]
    assert sum(len(one["opinions"]) for one in merged) == len(told) > len(merged)
    assert list(Path(out / "单位数据文件").glob("*-journal")) == []
    # Begun again in its own folder, refused in anybody else's.
    places = demo.prepare(out)
    assert not file.exists()
    assert list(places.units.iterdir()) == []
    (tmp_path / "别的").mkdir()
    (tmp_path / "别的" / "要紧的.txt").write_text("x", encoding="utf-8")
    assert "不会覆盖" in pingyi("demo", "--fast", "--out", tmp_path / "别的", status=1).err


@pytest.mark.parametrize("place", [0, 1, -1])
def test_ballots_add_up_to_the_counts_they_were_made_from(place: int):
    batch = company.load().batches[place]
    stack = papers.stack(batch)
    assert len(stack) == batch.returned - batch.blank - batch.void
    for column, counts in enumerate(batch.items):
        marks = Counter(ballot[column] for ballot in stack)
        assert tuple(marks[str(digit)] for digit in range(1, 5)) == counts.options
    assert papers.stack(batch) == stack


def test_the_resources_hold_the_whole_company_in_less_than_a_megabyte():
    whole = company.load()
    published = json.loads((paths.resources() / "demo" / "published.json").read_text(encoding="utf-8"))
    kinds = Counter(o.type for o in whole.orgs)
    counts = published["counts"]
    assert kinds["GRASSROOTS_COMMITTEE"] == counts["grassroots_committees"] == 23
    assert kinds["GENERAL_BRANCH"] == counts["general_branches"] == 40
    assert kinds["BRANCH"] == counts["branches"] == 349
    assert len(whole.members) == counts["members"] == 4720
    assert len({(m.branch, m.name, m.suffix) for m in whole.members}) == 4720
    folder = paths.resources() / "demo"
    assert sum(path.stat().st_size for path in folder.iterdir()) < MEGABYTE


def test_the_resources_add_up_to_what_was_published():
    whole = company.load()
    for form, items in whole.published.items():
        for place, (item, rate) in enumerate(items.items()):
            for layers in ((1,), (2,), (1, 2)):
                batches = [b for b in whole.batches if b.form == form and b.layer in layers]
                satisfied = sum(b.items[place].options[0] for b in batches)
                below = sum(sum(b.items[place].options) for b in batches)
                assert satisfied == sum(whole.satisfied[str(layer)][form][item] for layer in layers)
                assert (2000 * satisfied + below) // (2 * below) == int(rate.replace(".", ""))


PARENT = """
import os, time
from pingyi_desktop import demo

if __name__ == "__main__":
    with demo.workers(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600)
        time.sleep(600)
"""


WINDOW = """
import os, subprocess, sys, time

worker = "import time; from pingyi_desktop import demo; demo.end_with_window(); print('begun', flush=True); time.sleep(600)"
around = {**os.environ, "PINGYI_FOR_WINDOW": str(os.getpid())}
subprocess.Popen([sys.executable, "-c", worker], env=around)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="what is left there gets no new parent")
def test_a_demo_made_for_a_window_ends_when_the_window_is_killed():
    """It went on keying for a window that was no longer there; its output ends with it."""
    with subprocess.Popen([sys.executable, "-c", WINDOW], stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "begun\n"
        window.kill()
        assert window.communicate(timeout=60) == ("", None)


def test_the_rectification_of_the_whole_company_has_the_published_totals():
    told = ledgers.everything()["opinion"]
    items = [texts for listed in ledgers.everything()["rectification"].values() for texts in listed]
    assert Counter(texts["kind"] for texts in items) == {"IMMEDIATE": 58, "PLANNED": 29, "EXPLAINED": 9}
    closed = sum(texts["status"] == "CLOSED" for texts in items)
    assert (len(items), closed, percent(closed, len(items), cap=True)) == (96, 87, "90.6")
    assert sum(texts["nature"] == "INDIVIDUAL" for listed in told.values() for texts in listed) == 30
    low = list(rectifications._low(company.load()))
    assert (len(low), len({org for org, _ in low}), sum(must for _, must in low)) == (17, 11, 1)


def test_the_ledgers_of_the_whole_company_have_the_published_totals():
    promises = [texts for listed in ledgers.everything()["commitment"].values() for texts in listed]
    categories = Counter(texts["category"] for texts in promises)
    assert categories == {"SERVE": 2723, "EXCEL": 2716, "LEARN": 2675, "COMPLY": 2671, "UPRIGHT": 2645}
    assert Counter(texts["status"] for texts in promises) == {
        "FULFILLED": 13_207,
        "IN_PROGRESS": 183,
        "NOT_FULFILLED": 40,
    }
    assert all(texts["unfulfilled_reason"] for texts in promises if texts["status"] == "NOT_FULFILLED")
    assert percent(13_207, len(promises), cap=True) == "98.3"
    deeds = [texts for listed in ledgers.everything()["deed"].values() for texts in listed]
    assert Counter(texts["kind"] for texts in deeds) == {"PRACTICAL": 347, "GOOD": 346, "DIFFICULT": 346}
    amounts = [found for texts in deeds if (found := money(texts["amount"])) is not None]
    assert in_wan(sum((one.yuan for one in amounts if one.exact), Decimal(0))) == "10629"
    assert [one.number for one in amounts if not one.exact] == ["200余"]
    branches = {o.code for o in company.load().orgs if o.type == "BRANCH"}
    for noun in ("commitment", "deed", "presentation"):
        assert ledgers.everything()[noun].keys() == branches
    assert ledgers.everything()["opinion"].keys() == ledgers.everything()["solicitation"].keys() <= branches


def test_the_meetings_and_the_people_of_the_whole_company_have_the_published_totals():
    whole = company.load()
    held = [texts for listed in ledgers.everything()["meeting"].values() for texts in listed]
    assert Counter(texts["kind"] for texts in held) == {"FORUM": 23, "APPRAISAL": 389}
    assert (
        sum(int(texts["expected"]) for texts in held) == sum(int(texts["actual"]) for texts in held) == 4378
    )
    above = [s for s in whole.sessions if s.layer == 1]
    assert (len(above), sum(s.expected for s in above), sum(s.actual for s in above)) == (23, 1718, 1685)
    assert [len(codes) for _, codes in whole.review_groups()] == [5, 5, 5, 4, 4]
    people = [texts for listed in ledgers.everything()["presentation"].values() for texts in listed]
    assert len({texts["member"] for texts in people}) == len(people) == 4720
    modes = Counter(texts["mode"] for texts in people)
    assert (modes["ORAL"], modes["NONE"]) == (4347, 0)
    assert percent(4347, len(people), cap=True) == "92.1"
    assert sum(texts["layer_one"] == "YES" for texts in people) == 122
    absent = Counter(texts["attendance"] for texts in people if texts["attendance"] != "PRESENT")
    assert (absent.total(), sorted(absent.values())) == (373, [74, 74, 75, 75, 75])


def test_processes_that_work_for_the_demo_end_when_it_is_killed():
    """The worker has its parent's output too: what is read from it ends with the last of them."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
        try:
            assert parent.communicate(timeout=60) == ("", None)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGTERM)
