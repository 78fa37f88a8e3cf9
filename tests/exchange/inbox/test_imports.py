"""Importing as a person does it: whole sticks, a plan, progress and cancel, quarantine, undo, and what is deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B2, B3, C1, G1, Office
from sqlmodel import select

from pingyi_desktop.errors import FileError, PackageError, RuleError, UserError
from pingyi_desktop.exchange.inbox import collecting, decisions, imports, quarantine
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_exchange import ImportRun, QuarantinedFile, TrustedKey


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    made = desks.office(tmp_path / "C1.pingyi")
    yield made
    with made.store.reading() as session:
        assert soundness.full(session) == []
    made.store.close()


@pytest.fixture
def company(company: Office) -> Iterator[Office]:
    """Whatever a test did to it, verify finds nothing."""
    yield company
    with company.store.reading() as session:
        assert soundness.full(session) == []


def undo(office: Office) -> imports.LastImport:
    with office.acting() as session:
        return imports.undo_last_import(session, campaign_id=desks.CAMPAIGN, by=desks.BY)


def keys_of(office: Office) -> list[tuple[str, int]]:
    with office.acting() as session:
        return sorted((row.unit_code, row.epoch) for row in session.exec(select(TrustedKey)))


def waiting(office: Office) -> list[quarantine.Quarantined]:
    with office.acting() as session:
        return desks.waiting(session)


# Files and folders


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A USB stick with three packages, two of one name, and what else lies on a stick."""
    root = tmp_path / "U盘"
    for place in ("一矿", "二矿/深处"):
        (root / place).mkdir(parents=True)
        (root / place / "上报.pingyi-pack").write_bytes(place.encode())
    (root / "单独.PINGYI-PACK").write_bytes(b"x")
    (root / "照片.jpg").write_bytes(b"x")
    (root / ".上报.pingyi-pack").write_bytes(b"half written")
    return root


def test_a_stick_is_searched_for_packages(stick: Path) -> None:
    found = imports.collect([stick])
    assert [path.relative_to(stick).as_posix() for _, path in found] == [
        "单独.PINGYI-PACK",
        "一矿/上报.pingyi-pack",
        "二矿/深处/上报.pingyi-pack",
    ]
    assert len({name for name, _ in found}) == 3


def test_a_file_named_outright_is_taken_once(stick: Path) -> None:
    photo = stick / "照片.jpg"
    assert imports.collect([photo, photo, stick / "一矿"]) == [
        ("照片.jpg", photo),
        ("上报.pingyi-pack", stick / "一矿" / "上报.pingyi-pack"),
    ]


@pytest.mark.skipif(os.name != "posix", reason="links need a right of their own on Windows")
def test_links_are_not_followed(stick: Path, tmp_path: Path) -> None:
    outside = tmp_path / "外面"
    outside.mkdir()
    (outside / "别人的.pingyi-pack").write_bytes(b"x")
    (stick / "链接").symlink_to(outside)
    (stick / "链接.pingyi-pack").symlink_to(outside / "别人的.pingyi-pack")
    assert len(imports.collect([stick])) == 3
    assert imports.collect([stick / "链接"]) == [("链接", stick / "链接")]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_name_that_is_no_text_is_shown_and_stops_no_other(committee: Office, stick: Path) -> None:
    odd = os.fsdecode(b"\xb1\xa8-\xff.pingyi-pack")
    jump = desks.report(B3, revision=2**40)[1]
    committee.take(desks.report(B3))
    try:
        (stick / odd).write_bytes(jump)
    except OSError:
        pytest.skip("this file system takes texts only")
    (stick / "好.pingyi-pack").write_bytes(desks.report(G1)[1])
    absent = stick / os.fsdecode(b"\xfe.pingyi-pack")
    done = committee.take(*imports.collect([stick, absent]))  # type: ignore[arg-type]
    assert committee.counted() == {B3: 10, G1: 10}
    (one,) = waiting(committee)
    assert one.file_name == "〔U+DCB1〕〔U+DCA8〕-〔U+DCFF〕.pingyi-pack"
    assert one.file_name in {entry.file for entry in done.entries}
    for entry in done.entries:
        (entry.file + entry.sentence).encode()
    with committee.acting() as session:
        last = imports.last_import(session, campaign_id="c1")
    assert last is not None
    assert one.file_name in last.files


@pytest.mark.parametrize(("limit", "words"), [("MAX_FILES", "多于 2 个"), ("MAX_ENTRIES", "文件太多")])
def test_a_whole_disk_is_not_a_stick(
    stick: Path, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    monkeypatch.setattr(collecting, limit, 2)
    with pytest.raises(FileError, match=words):
        imports.collect([stick])


def test_one_bad_file_stops_none_of_the_others(committee: Office, stick: Path) -> None:
    (stick / "好.pingyi-pack").write_bytes(desks.report(B3)[1])
    files: Any = imports.collect([stick, stick / "没有.pingyi-pack"])
    done = committee.take(*files)
    assert sorted(entry.verdict for entry in done.entries) == ["拒收"] * 4 + ["新增"]
    assert committee.counted() == {B3: 10}


# Progress and cancel


class StoppedError(UserError):
    """The user pressed cancel."""


def test_progress_is_told_and_may_stop_everything(committee: Office) -> None:
    files = [desks.report(B3), desks.report(G1)]
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int, text: str) -> None:
        told.append((done, total))
        assert text
        if len(told) == 5:
            raise StoppedError("停")

    with committee.acting() as session:
        plan = imports.plan_import(session, campaign_id="c1", files=files, progress=progress)
    assert told == [(0, 2), (1, 2), (2, 2)]
    confirmed = [key.fingerprint for key in plan.new_keys]
    with pytest.raises(StoppedError), committee.acting() as session:
        imports.apply_import(session, plan=plan, by=desks.BY, confirmed=confirmed, progress=progress)
    assert committee.counted() == {}
    assert committee.held() == {}
    with committee.acting() as session:
        assert imports.last_import(session, campaign_id="c1") is None


def test_a_plan_is_judged_again_when_it_is_carried_out(committee: Office) -> None:
    """A new task handed down between the look and the click."""
    plan = committee.plan(desks.report(B3))
    committee.issue(B3, 2)
    with committee.acting() as session:
        confirmed = [key.fingerprint for key in plan.new_keys]
        done = imports.apply_import(session, plan=plan, by=desks.BY, confirmed=confirmed)
    assert [entry.situation for entry in done.entries] == [Situation.OLD_EPOCH]
    assert committee.counted() == {}
    assert keys_of(committee) == []


# Quarantine


def test_a_file_whose_key_was_not_compared_waits_whole(committee: Office) -> None:
    name, data = desks.report(B3)
    done = committee.take((name, data), confirm=False)
    assert [(e.verdict, e.situation) for e in done.entries] == [("待核", Situation.UNREGISTERED)]
    (one,) = waiting(committee)
    assert (one.file_name, one.unit_code, one.unit_name, one.size) == (name, B3, sealing.NAMES[B3], len(data))
    assert one.situation is Situation.UNREGISTERED
    committee.take((name, data), confirm=False)
    assert len(waiting(committee)) == 1
    (key,) = done.new_keys
    with pytest.raises(PackageError, match="24 位指纹"), committee.acting() as session:
        desks.release(session, one)
    with committee.acting() as session:
        assert desks.release(session, one, key.fingerprint).entries[0].verdict == "新增"
    assert waiting(committee) == []
    assert committee.counted() == {B3: 10}


def test_undo_puts_a_released_file_back_where_it_waited(committee: Office) -> None:
    done = committee.take(desks.report(B3), confirm=False)
    (before,) = waiting(committee)
    (key,) = done.new_keys
    with committee.acting() as session:
        desks.release(session, before, key.fingerprint)
    with committee.acting() as session:
        imports.undo_last_import(session, campaign_id="c1", by=desks.BY)
    assert waiting(committee) == [before]
    assert committee.counted() == {}
    with committee.acting() as session:
        desks.release(session, before, key.fingerprint)
    assert committee.counted() == {B3: 10}
    committee.take(desks.report(G1, satisfied=7))
    with committee.acting() as session:
        assert session.exec(select(QuarantinedFile)).all() == []  # only the last import can be undone


def test_a_file_confirmed_at_the_second_attempt_leaves_quarantine(committee: Office) -> None:
    committee.take(desks.report(B3), confirm=False)
    committee.take(desks.report(B3))
    assert waiting(committee) == []
    assert committee.counted() == {B3: 10}


def second_pc(office: Office, **made: Any) -> desks.File:
    """A report of B3 by another key that was made with B3's own task."""
    office.issue(B3, 1)
    key = sealing.key(5)
    return desks.report(B3, revision=2, by=key, enrol=desks.proof(B3, key), **made)


def test_what_is_refused_is_not_kept_and_what_waits_is(committee: Office) -> None:
    committee.take(desks.report(B3))
    strange = desks.report("QL.01.B099")
    damaged = ("坏.pingyi-pack", desks.report(G1)[1][:-1])
    committee.take(strange, second_pc(committee), damaged, desks.report(B3, mode="drill"))
    assert [one.situation for one in waiting(committee)] == [Situation.SECOND_PC]


def size(office: Office) -> int:
    """Bytes that wait in the data file."""
    return sum(one.size for one in waiting(office))


def test_strangers_fill_no_quarantine(committee: Office) -> None:
    """Whoever has the public definition can sign for any unit: nothing of that stays in the data file."""
    committee.take(desks.report(B3))
    committee.issue(G1, 1)
    files = [
        desks.report("QL.01.B099"),
        desks.report(B3, revision=2, by=sealing.key(5)),
        desks.report(G1, by=sealing.key(6)),
        desks.report(B3, name="别处.pingyi-pack", revision=3, by=sealing.key(7), to=C1),
    ]
    done = committee.take(*files, confirm=False)
    assert waiting(committee) == []
    assert done.number == 0
    assert {entry.verdict for entry in done.entries} == {"待核", "拒收"}
    assert all("没有收存" in entry.sentence for entry in done.entries)


def test_of_a_unit_without_a_task_one_small_file_for_us_waits(
    committee: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of the first edition is proved by telephone only."""
    elsewhere = desks.report(G1, to="QL.02")
    assert committee.take(elsewhere, confirm=False).entries[0].verdict == "拒收"
    first, second = desks.report(B3), desks.report(B3, name="又一份.pingyi-pack", satisfied=4)
    committee.take(first, confirm=False)
    assert "没有收存" in committee.take(second, confirm=False).entries[0].sentence
    assert [one.file_name for one in waiting(committee)] == [first[0]]
    monkeypatch.setattr(quarantine, "MAX_UNPROVEN", 100)
    assert "没有收存" in committee.take(desks.report(G1), confirm=False).entries[0].sentence


def test_all_that_waits_is_bounded(committee: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    committee.take(desks.report(B3), desks.report(G1))
    jumps = [
        desks.report(unit, name=f"{unit}-{n}.pingyi-pack", revision=2**40 + n)
        for unit in (B3, G1)
        for n in range(4)
    ]
    monkeypatch.setattr(quarantine, "MAX_TOTAL", 3 * max(len(data) for _, data in jumps))
    done = committee.take(*jumps)
    assert len(waiting(committee)) == 3
    assert size(committee) <= quarantine.MAX_TOTAL
    assert ["待核区已满" in entry.sentence for entry in done.entries] == [False] * 3 + [True] * 5


@pytest.mark.parametrize("reissued", [False, True])
def test_what_cannot_be_released_says_why_and_stays(committee: Office, reissued: bool) -> None:
    committee.take(desks.report(B3))
    committee.take(second_pc(committee))
    (one,) = waiting(committee)
    if reissued:
        committee.issue(B3, 2)
        with pytest.raises(PackageError, match="重新下发"), committee.acting() as session:
            desks.release(session, one)
        return
    with pytest.raises(PackageError) as caught, committee.acting() as session:
        desks.release(session, one)
    assert str(caught.value) == one.sentence
    assert waiting(committee) == [one]


def test_a_file_thrown_away_needs_a_reason(committee: Office) -> None:
    committee.take(desks.report(B3))
    committee.take(second_pc(committee))
    (one,) = waiting(committee)
    with pytest.raises(RuleError, match="原因"), committee.acting() as session:
        quarantine.discard(session, campaign_id="c1", file_id=one.id, reason=" ", by=desks.BY)
    with committee.acting() as session:
        quarantine.discard(session, campaign_id="c1", file_id=one.id, reason="拿错了", by=desks.BY)
        assert journal.lines(session, newest=1)[0].act == "清除待核文件"
    assert waiting(committee) == []
    with pytest.raises(PackageError, match="没有这个文件"), committee.acting() as session:
        quarantine.discard(session, campaign_id="c1", file_id=one.id, reason="x", by=desks.BY)


def test_a_file_too_large_is_not_kept(committee: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MAX_KEPT", 100)
    committee.take(desks.report(B3))
    done = committee.take(second_pc(committee))
    assert waiting(committee) == []
    assert "没有收存" in done.entries[0].sentence


# Undo


def test_the_last_import_is_undone_whole(committee: Office) -> None:
    committee.take(desks.report(B3))
    before = committee.counted(), committee.held(), keys_of(committee)
    strange = second_pc(committee, name="第二台.pingyi-pack")
    committee.take(desks.report(B3, revision=2, satisfied=9), desks.report(G1), strange)
    assert committee.counted() == {B3: 9, G1: 10}
    done = undo(committee)
    assert (done.number, done.undone, len(done.files)) == (2, True, 3)
    assert (committee.counted(), committee.held(), keys_of(committee)) == before
    assert waiting(committee) == []
    with committee.acting() as session:
        assert journal.lines(session, newest=1)[0].act == "撤销导入"
        assert [run.undone for run in session.exec(select(ImportRun).order_by("number"))] == [False, True]


def test_only_the_last_import_can_be_undone(committee: Office) -> None:
    with pytest.raises(PackageError, match="还没有导入"):
        undo(committee)
    committee.take(desks.report(B3))
    committee.take(desks.report(G1))
    undo(committee)
    with pytest.raises(PackageError, match="已经撤销"):
        undo(committee)
    assert committee.counted() == {B3: 10}


def test_an_import_without_anything_new_does_not_hide_the_last_one(committee: Office) -> None:
    committee.take(desks.report(B3))
    assert committee.take(desks.report(B3), ("坏.pingyi-pack", b"x")).number == 0
    assert undo(committee).number == 1
    assert committee.counted() == {}


def test_after_undo_the_same_files_come_in_again(committee: Office) -> None:
    committee.take(desks.report(B3), desks.report(G1))
    before = committee.counted(), keys_of(committee)
    undo(committee)
    assert committee.take(desks.report(B3), desks.report(G1)).number == 2
    assert (committee.counted(), keys_of(committee)) == before


def test_undo_of_an_office_s_package_takes_everything_below_back(company: Office) -> None:
    leaf = sealing.submission(B1)
    company.take(desks.handed_up(C1, sealing.submission(B3)))
    inner = [leaf, sealing.submission(G1), sealing.rollup(G1, [leaf])]
    company.take(desks.handed_up(C1, sealing.submission(B3), *inner, revision=2))
    assert company.counted() == {B3: 10, G1: 10, B1: 10}
    undo(company)
    assert company.counted() == {B3: 10}


# What is deleted


def test_a_superseded_body_is_deleted_by_the_next_import(committee: Office) -> None:
    """T13: two revisions side by side would tell the ballots between them."""
    committee.take(desks.report(B3))
    first = sealing.submission(B3).id
    assert committee.take(desks.report(B3, revision=2, satisfied=9)).erased == 0
    assert committee.held()[first] == ("SUPERSEDED", True)
    assert committee.take(desks.report(G1)).erased == 1
    assert committee.held()[first] == ("SUPERSEDED", False)
    assert committee.counted() == {B3: 9, G1: 10}


def test_an_older_body_that_comes_late_is_never_kept(committee: Office) -> None:
    committee.take(desks.report(B3, revision=2, satisfied=9))
    committee.take(desks.report(B3))
    assert committee.held()[sealing.submission(B3).id] == ("SUPERSEDED", False)
    assert committee.counted() == {B3: 9}


def test_a_deleted_body_does_not_come_back_with_its_file(committee: Office) -> None:
    for revision in (1, 2):
        committee.take(desks.report(B3, revision=revision))
    committee.take(desks.report(G1))
    committee.take(desks.report(B3))
    assert committee.held()[sealing.submission(B3).id] == ("SUPERSEDED", False)


def test_superseded_rollups_stay_and_the_reports_beside_them_do_not(company: Office) -> None:
    """A rollup has no figures, and tells which key was vouched for when (``holds``)."""
    one = sealing.submission(B3)
    for revision in (1, 2, 3):
        company.take(desks.handed_up(C1, one, revision=revision))
    assert (
        sum(body for _, body in company.held().values()) == 3 + 2 + 1
    )  # rollups, the office's own, the branch's
    assert company.counted() == {B3: 10}
    assert company.take(desks.handed_up(C1, one, revision=3)).number == 0


def test_an_office_that_returns_to_an_earlier_submission_brings_its_body_back(company: Office) -> None:
    first, second = sealing.submission(B3), sealing.submission(B3, revision=2, satisfied=9)
    company.take(desks.handed_up(C1, first))
    company.take(desks.handed_up(C1, second, revision=2))
    company.take(desks.handed_up(C1, second, revision=3))
    assert company.held()[first.id] == ("SUPERSEDED", False)
    done = company.take(desks.handed_up(C1, first, revision=4))
    assert Situation.ROLLED_BACK in [entry.situation for entry in done.entries]
    assert company.held()[first.id] == ("QUARANTINED", True)
    with company.acting() as session:
        decisions.decide(session, campaign_id="c1", unit=B3, envelope_id=first.id, reason="核实", by="x")
    assert company.counted() == {B3: 10}
    assert company.held()[first.id] == ("CHOSEN", True)


def test_every_order_and_batching_gives_the_same_file(tmp_path: Path) -> None:
    """The laws, at a real data file: what counts and what is held does not depend on how it came."""
    files = [
        desks.report(B3),
        desks.report(B3, revision=2, satisfied=9),
        desks.report(G1),
        desks.report(G1, satisfied=4),
    ]
    orders = [[[a] for a in files], [files], [[a] for a in files[::-1]], [files[2:], files[:2], files]]
    outcomes = []
    for number, lots in enumerate(orders):
        office = desks.office(tmp_path / f"{number}.pingyi")
        for lot in lots:
            office.take(*lot)
        outcomes.append((office.counted(), {key: state for key, (state, _) in office.held().items()}))
        office.store.close()
    assert outcomes == [outcomes[0]] * len(orders)
    assert outcomes[0][0] == {B3: 9}
    assert B2 not in outcomes[0][0]


def test_one_unit_leaves_room_in_quarantine(committee: Office) -> None:
    committee.take(desks.report(B3))
    huge = [
        desks.report(B3, revision=2**40 + n, name=f"{n}.pingyi-pack")
        for n in range(quarantine.MAX_FILES_OF_ONE + 2)
    ]
    done = committee.take(*huge)
    assert sum("个文件在待核，没有收存" in one.sentence for one in done.entries) == 2
    with committee.acting() as session:
        assert len(desks.waiting(session)) == quarantine.MAX_FILES_OF_ONE
