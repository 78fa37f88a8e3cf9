"""Exporting: whole or not at all, and what an office without data of its own hands up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import desks
import pytest
import sealing
from desks import B3, C1, Office

import make
from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.inbox import decisions
from pingyi_desktop.exchange.outbox import tasks, transfer
from pingyi_desktop.exchange.outbox.transfer import Package
from pingyi_desktop.exchange.wire import bundle, package
from pingyi_desktop.reports.paper import plan

resource = pytest.importorskip("resource", reason="limits of file size are set on POSIX only")
signal = pytest.importorskip("signal")


@contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """No file may grow beyond ``limit`` bytes while this lasts: the write fails half way, as on a full stick."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """An office with one branch's report and its own session registered."""
    made = desks.prepared(tmp_path / "C1.pingyi", C1, _ready)
    yield made
    made.store.close()


def _ready(made: Office) -> None:
    made.take(desks.report(B3))
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(C1))
        desks.know_above(session)
        desks.hold(session)


def export(office: Office) -> Package:
    with office.acting() as session:
        return transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实")


def export_to(path: Path, office: Office, limit: int) -> None:
    """As the command does it: export and write in one transaction, here onto a disk that becomes full."""
    with office.acting() as session:
        made = transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实")
        assert len(made.data) > limit
        with full_disk(limit):
            bundle.save(path, made.data)


@pytest.mark.parametrize("limit", [0, 1, 100, 1000])
def test_a_stick_that_is_full_gets_no_half_package_and_costs_no_revision(
    committee: Office, tmp_path: Path, limit: int
) -> None:
    path = tmp_path / "U盘" / "上报.pingyi-pack"
    path.parent.mkdir()
    with pytest.raises(FileError, match="没有写成"):
        export_to(path, committee, limit)
    assert list(path.parent.iterdir()) == []
    again = export(committee)
    assert (again.revision, again.changed) == (1, True)
    bundle.save(path, again.data)
    assert path.read_bytes() == again.data


def test_a_stick_pulled_out_gets_nothing(committee: Office, tmp_path: Path) -> None:
    gone = tmp_path / "U盘" / "上报.pingyi-pack"
    with pytest.raises(FileError, match="文件夹不存在"), committee.acting() as session:
        bundle.save(gone, transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实").data)
    assert export(committee).revision == 1


def test_what_was_withdrawn_is_handed_up_no_more(committee: Office, tmp_path: Path) -> None:
    first = export(committee)
    identity = sealing.submission(B3).id
    with committee.acting() as session:
        decisions.withdraw(session, envelope_id=identity, reason="该单位要求收回", by="x")
    second = export(committee)
    assert second.revision == 2
    assert identity in {one.id for one in desks.opened(first.data)}
    assert identity not in {one.id for one in desks.opened(second.data)}
    company = desks.office(tmp_path / "QL.pingyi", "QL")
    for made, counted in ((first, {B3: 10}), (second, {})):
        company.take((f"{made.revision}.pingyi-pack", bundle.write(desks.opened(made.data))))
        assert company.counted() == counted
    company.store.close()


def test_a_conflict_is_not_handed_up(committee: Office) -> None:
    committee.take(desks.report(B3, satisfied=4))
    sent = {one.address.unit for one in desks.opened(export(committee).data)}
    assert sent == {C1}


def test_the_top_office_has_nobody_to_report_to(tmp_path: Path) -> None:
    company = desks.office(tmp_path / "QL.pingyi", "QL")
    with pytest.raises(PackageError, match="最上级"):
        export(company)
    company.store.close()


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("采一队党支部", "上报-QL.01.B003-采一队党支部-2025年度-第2次"),
        ("采/掘\\队:甲?", "上报-QL.01.B003-采 掘 队 甲-2025年度-第2次"),
        ("长" * 40, f"上报-QL.01.B003-{'长' * 40}-2025年度-第2次"),
    ],
)
def test_a_package_is_named_by_unit_campaign_and_revision(name: str, stem: str) -> None:
    head = sealing.address("submission", B3, unit_name=name, revision=2)
    assert package.file_stem(head, "2025年度") == stem
    again = sealing.address("submission", B3, unit_name=name, revision=2, epoch=3)
    assert package.file_stem(again, "2025年度演练").endswith("-2025年度演练-第3次下发-第2次")


def test_a_drill_and_another_year_have_files_of_other_names(tmp_path: Path) -> None:
    made = make.company(tmp_path / "QL.pingyi")
    names = []
    with made.transaction() as session:
        for year, mode in ((2024, "official"), (2025, "drill"), (2026, "official")):
            chosen = make.published(
                session, year=year, mode=mode, start_date=f"{year}-01-05", end_date=f"{year}-01-31"
            )
            names += [
                one.file_name
                for one in tasks.assign(session, campaign_id=chosen, by=make.BY, units=["QL.01"])
            ]
    made.close()
    assert names == [
        f"任务-QL.01-一矿党委-{period}.pingyi-task" for period in ("2024年度", "2025年度演练", "2026年度")
    ]


def test_files_of_two_official_campaigns_of_one_year_have_two_names(tmp_path: Path) -> None:
    """The later one's say which they are of; those of the earlier one are called what they were called before."""
    made = make.company(tmp_path / "QL.pingyi")
    names: list[list[str]] = []
    with made.transaction() as session:
        chosen = [make.published(session, name=name) for name in ("群众评议", "群众评议/第二次")]
        for one in chosen:
            (task,) = tasks.assign(session, campaign_id=one, by=make.BY, units=["QL.01"])
            (slip,) = tasks.foresee(session, campaign_id=one, units=["QL.01"])
            meeting = plan.meetings(session, campaign_id=one, under="QL.01", layer=1, wish=plan.Wish())[0]
            assert task.file_name == slip.file_name
            names.append([task.file_name, meeting.file_name])
    made.close()
    assert names == [
        ["任务-QL.01-一矿党委-2024年度.pingyi-task", "层面一-QL.01-一矿党委-2024年度"],
        [
            "任务-QL.01-一矿党委-2024年度-群众评议 第二次.pingyi-task",
            "层面一-QL.01-一矿党委-2024年度-群众评议 第二次",
        ],
    ]
