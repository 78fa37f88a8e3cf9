"""Work: in order, off the window's thread, one transaction per act, every touched table told once."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref

import pytest
from sqlalchemy import delete, insert, text, update
from sqlmodel import SQLModel, func, select

from pingyi_desktop.errors import FileError, RuleError, UserError
from pingyi_desktop.gui.app import Collector
from pingyi_desktop.gui.work import CancelError, Work
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import ReviewGroup
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization


def branch(code):
    return PartyOrganization(code=code, full_name=code, short_name=code, org_type=OrgType.BRANCH)


def row(code):
    return {"code": code, "full_name": code, "short_name": code, "org_type": OrgType.BRANCH}


def count(session):
    return session.exec(select(func.count()).select_from(PartyOrganization)).one()


def organisations(store):
    with store.reading() as session:
        return count(session)


def test_a_read_runs_elsewhere_and_its_result_comes_back_here(work, qtbot):
    seen = []
    work.read(
        lambda session: (count(session), threading.get_ident()),
        lambda result: seen.append((*result, threading.get_ident())),
    )
    assert seen == []  # nothing happens inside the call
    qtbot.waitUntil(lambda: bool(seen))
    number, there, here = seen[0]
    assert number == 1
    assert here == threading.get_ident() != there


def test_the_thread_of_the_file_gives_way_to_the_window_many_times_in_a_frame(store):
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)  # as Python has it
    try:
        Work(store).close()
        assert sys.getswitchinterval() * 16 < 0.016
    finally:
        sys.setswitchinterval(before)


def test_requests_are_served_in_the_order_they_were_made(work, qtbot):
    seen = []
    for place in range(1, 21):
        work.write(lambda session, place=place: session.add(branch(f"B{place:02}")))
        work.read(count, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(2, 22))


def test_what_a_read_flushes_is_not_kept(work, store, qtbot):
    seen = []

    def careless(session):
        session.add(branch("X"))
        session.flush()
        return count(session)

    work.read(careless, seen.append)
    qtbot.waitUntil(lambda: seen == [2])
    assert organisations(store) == 1


@pytest.mark.parametrize(
    ("act", "tables"),
    [
        (lambda s: s.add(branch("B")), {"party_organization"}),
        (lambda s: (s.add(branch("B")), s.flush(), s.add(branch("C"))), {"party_organization"}),
        (lambda s: s.execute(insert(PartyOrganization), [row("B"), row("C")]), {"party_organization"}),
        (lambda s: s.execute(insert(PartyOrganization.__table__).values(row("B"))), {"party_organization"}),
        (
            lambda s: s.connection().execute(insert(PartyOrganization.__table__), [row("B")]),
            {"party_organization"},
        ),
        (lambda s: s.execute(update(PartyOrganization).values(sort_no=7)), {"party_organization"}),
        (lambda s: s.execute(delete(ReviewGroup)), {"review_group"}),
        (lambda s: setattr(s.exec(select(PartyOrganization)).one(), "sort_no", 5), {"party_organization"}),
        (
            lambda s: (s.add(branch("B")), journal.record(s, act="新增", subject="B", by="张三")),
            {"party_organization", "journal_entry"},
        ),
        (
            lambda s: s.execute(text("DELETE FROM review_group")),
            SQLModel.metadata.tables,
        ),  # all that are known by then
    ],
)
def test_the_tables_an_act_wrote_to_are_told_once(work, qtbot, act, tables):
    told, done = [], []
    work.changed.connect(told.append)
    work.write(lambda session: act(session) and None, done.append)
    work.read(count, done.append)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert told == [frozenset(tables)]


def test_reading_in_a_write_tells_of_nothing(work, qtbot):
    told, done = [], []
    work.changed.connect(told.append)
    work.write(count, done.append)
    qtbot.waitUntil(lambda: done == [1])
    assert told == []


def test_what_the_user_can_mend_is_told_as_a_sentence_and_nothing_is_written(work, store, qtbot):
    told, changed, done = [], [], []
    work.failed.connect(told.append)
    work.changed.connect(changed.append)

    def refused(session):
        session.add(branch("B"))
        session.flush()
        raise RuleError("V-ORG-01", "代码重复，请换一个。")

    work.write(refused, done.append)
    work.read(count, done.append)
    qtbot.waitUntil(lambda: done == [1])
    assert told == ["代码重复，请换一个。"]
    assert changed == []
    assert organisations(store) == 1


def test_a_caller_may_take_the_refusal_itself(work, qtbot):
    told, taken = [], []
    work.failed.connect(told.append)

    def refused(_session):
        raise RuleError("V-ORG-01", "代码重复，请换一个。")

    work.write(refused, otherwise=lambda error: taken.append(error.code))
    qtbot.waitUntil(lambda: taken == ["V-ORG-01"])
    assert told == []


def test_a_bug_goes_to_the_excepthook_and_work_goes_on(work, qtbot, monkeypatch):
    bugs, told, done = [], [], []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, _: bugs.append((kind, str(error))))
    work.failed.connect(told.append)
    work.write(lambda _session: {}["missing"])
    work.read(count, done.append)
    qtbot.waitUntil(lambda: done == [1])
    assert bugs == [(KeyError, "'missing'")]
    assert told == []


def test_progress_comes_back_here_and_the_job_is_one_transaction(work, store, qtbot):
    told, done = [], []
    work.progressed.connect(lambda *report: told.append((*report, threading.get_ident())))

    def many(session, progress):
        for place in range(1, 4):
            session.add(branch(f"B{place}"))
            progress(place, 3, f"第 {place} 个")
        return count(session)

    work.long(many, done.append, act="导入名册")
    qtbot.waitUntil(lambda: done == [4])
    assert told[0] == (1, 3, "第 1 个", threading.get_ident())
    assert told[-1] == (3, 3, "第 3 个", threading.get_ident())
    assert organisations(store) == 4


def test_a_cancelled_job_writes_nothing(work, store, qtbot):
    told, done = [], []
    work.failed.connect(told.append)
    work.progressed.connect(work.cancel)

    def endless(session, progress):
        for place in range(1, 100_000):
            session.add(branch(f"B{place}"))
            progress(place, 100_000, "导入")
            time.sleep(0.01)

    work.long(endless, done.append, act="导入名册")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["“导入名册”已取消，没有写入任何内容。"]
    assert done == []
    assert organisations(store) == 1


def test_cancelling_one_job_does_not_touch_the_next(work, qtbot):
    done, told = [], []
    work.failed.connect(told.append)
    work.cancel()
    work.long(lambda session, progress: progress(1, 1, "") or count(session), done.append, act="统计")
    qtbot.waitUntil(lambda: done == [1])
    assert told == []


def test_the_act_in_hand_is_told_until_all_is_done(work, qtbot):
    told = []
    work.busy.connect(told.append)
    work.read(count, lambda _: None)
    work.write(count, act="移动党员")
    assert told == ["", "移动党员"]
    qtbot.waitUntil(lambda: told[-1] == "")
    assert set(told) == {"", "移动党员"}


def test_finishing_waits_for_every_write(store, qtbot):
    work = Work(store)
    for place in range(10):
        work.write(lambda session, place=place: session.add(branch(f"B{place}")))
    assert work.finish()
    assert organisations(store) == 11
    work.close()


def test_finishing_says_when_something_was_refused(work, qtbot):
    told = []
    work.failed.connect(told.append)

    def refused(_session):
        raise UserError("磁盘已满。")

    work.write(refused)
    assert not work.finish()
    assert told == ["磁盘已满。"]
    assert work.finish()


def test_closing_stops_a_long_job_and_takes_nothing_more(store, qtbot):
    work, done, started = Work(store), [], threading.Event()

    def endless(session, progress):
        session.add(branch("B"))
        while True:
            started.set()
            progress(0, 0, "")
            time.sleep(0.005)

    work.long(endless, done.append, act="导入名册")
    assert started.wait(5)
    work.close()
    work.write(lambda session: session.add(branch("C")), done.append)
    assert done == []
    assert organisations(store) == 1


def test_compacting_gives_back_the_room_of_what_was_deleted(work, path, qtbot):
    sizes = []
    work.write(lambda s: s.execute(insert(PartyOrganization), [row(f"B{n}") for n in range(500)]) and None)
    work.write(lambda s: s.execute(delete(PartyOrganization).where(PartyOrganization.code != "QL")) and None)
    work.read(count, lambda _: sizes.append(path.stat().st_size))
    work.write(count, lambda _: sizes.append(path.stat().st_size), compact=True)
    qtbot.waitUntil(lambda: len(sizes) == 2)
    assert sizes[1] < sizes[0] - 50_000


def test_what_is_done_is_not_told_as_refused_where_the_file_cannot_be_compacted(
    work, store, qtbot, monkeypatch
):
    """Sealing on a drive almost full was told as failed, “清出空间后重试”, while the batch was sealed."""

    def full(_self):
        raise FileError("磁盘已满。")

    monkeypatch.setattr(type(store), "compact", full)
    told, refused = [], []
    work.changed.connect(lambda tables: told.append(sorted(tables)))
    work.failed.connect(told.append)
    work.write(
        lambda s: s.add(branch("C")), lambda _: told.append("done"), otherwise=refused.append, compact=True
    )
    qtbot.waitUntil(lambda: len(told) + len(refused) == 3)
    assert refused == []
    assert told[:2] == ["done", ["party_organization"]]
    assert "已经做完，不用重做" in told[2]
    assert organisations(store) == 2


def test_cancelling_is_something_the_user_did():
    assert issubclass(CancelError, UserError)


def test_garbage_is_collected_in_the_window_s_thread(work, qtbot):
    gc.enable()
    collector, freed, asked = Collector(), [], []

    class Ring:
        def __init__(self):
            self.me = self
            weakref.finalize(self, lambda: freed.append(threading.get_ident()))

    def allocate(_session):
        kept = [
            [number] for number in range(100_000)
        ]  # enough for Python to look for garbage by itself many times
        return len(kept)

    for _ in range(3):
        Ring()
    work.read(allocate, asked.append)
    qtbot.waitUntil(lambda: bool(asked))
    assert freed == []
    qtbot.waitUntil(lambda: len(freed) == 3)
    assert set(freed) == {threading.get_ident()}
    collector.stop()
