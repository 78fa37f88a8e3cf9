"""Exporting: whole or not at all, and what an office without data of its own hands up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import desks
import pytest
import sealing
from desks import B3, C1, Office

from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange import bundle, decisions, transfer
from pingyi_desktop.exchange.transfer import Package

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
    made = desks.office(tmp_path / "C1.pingyi")
    made.take(desks.report(B3))
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(C1))
        desks.hold(session)
    yield made
    made.store.close()


def export(office: Office) -> Package:
    with office.acting() as session:
        return transfer.export(session, campaign_id="c1", by=desks.BY)


def export_to(path: Path, office: Office, limit: int) -> None:
    """As the command does it: export and write in one transaction, here onto a disk that becomes full."""
    with office.acting() as session:
        made = transfer.export(session, campaign_id="c1", by=desks.BY)
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
        bundle.save(gone, transfer.export(session, campaign_id="c1", by=desks.BY).data)
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
        company.take((f"{made.revision}.pingyi-pack", made.data))
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
