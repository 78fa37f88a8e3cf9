"""Receipts: what the office accepted, signed, taken in by the unit only from its own office about its own packages.

And the board of the office, which shows what was receipted, what waits and what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B3, C1, C2, G1, Office

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import decisions
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.outbox import receipts
from pingyi_desktop.exchange.outbox.receipts import Acknowledged, ReceiptFile
from pingyi_desktop.exchange.wire import bundle, package, trust
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import UnitCoverage
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_exchange import EnvelopeState, IssuedTask

FIRST = sealing.submission(B3)
PRIVATE = sealing.key_of(C1)


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """The office, with the key that ``sealing`` makes for it, and the unit's first report."""
    made = desks.prepared(tmp_path / "C1.pingyi", C1, _with_a_report)
    yield made
    made.store.close()


def _with_a_report(made: Office) -> None:
    give_key(made, C1)
    made.take(desks.file(FIRST))


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Office]:
    """The unit's own file: it has exported once and knows its office's key."""
    made = desks.prepared(tmp_path / "B3.pingyi", B3, _exported)
    yield made
    made.store.close()


def _exported(made: Office) -> None:
    with made.acting() as session:
        keys.keep(session, [keys.stored(FIRST, state=EnvelopeState.SUPPORT, own=True)])
        office = {(C1, 1): trust.public_key(PRIVATE)}
        keys.remember(session, campaign_id="c1", keys=office, origin="任务文件")


def give_key(office: Office, code: str) -> None:
    with office.acting() as session:
        desks.own_key(session, sealing.key_of(code))


def issue(office: Office, unit: str = B3) -> ReceiptFile:
    with office.acting() as session:
        return receipts.issue(session, campaign_id="c1", unit=unit, by=desks.BY)


def take(office: Office, data: bytes) -> Acknowledged:
    with office.acting() as session:
        return receipts.take(session, campaign_id="c1", data=data, by=desks.BY)


def test_the_unit_learns_what_the_office_has(committee: Office, unit: Office) -> None:
    with unit.acting() as session:
        assert receipts.acknowledged(session, campaign_id="c1") is None
    made = issue(committee)
    assert made.file_name.endswith(".pingyi-receipt")
    found = take(unit, made.data)
    number = package.check_number(FIRST.id)
    assert (found.revision, found.check_number, found.is_current) == (1, number, True)
    assert found.totals == sealing.TOTALS.model_dump()
    assert found.sentence == f"上级“{sealing.NAMES[C1]}”已收第 1 次，校验码 {number}。"
    with unit.acting() as session:
        assert receipts.acknowledged(session, campaign_id="c1") == found
        assert journal.lines(session, newest=1)[0].act == "收到回执"
    assert take(unit, made.data) == found


def test_the_same_state_gives_the_same_receipt(committee: Office) -> None:
    assert issue(committee) == issue(committee)


def test_a_later_export_is_not_acknowledged_yet(committee: Office, unit: Office) -> None:
    take(unit, issue(committee).data)
    second = sealing.submission(B3, revision=2, satisfied=9)
    with unit.acting() as session:
        keys.keep(session, [keys.stored(second, state=EnvelopeState.SUPPORT, own=True)])
        found = receipts.acknowledged(session, campaign_id="c1")
    assert found is not None
    assert (found.revision, found.is_current) == (1, False)
    assert "还没有回执" in found.sentence


def test_an_older_receipt_does_not_replace_the_newer_one(committee: Office, unit: Office) -> None:
    early = issue(committee)
    second = sealing.submission(B3, revision=2, satisfied=9)
    committee.take(desks.file(second))
    late = issue(committee)
    with unit.acting() as session:
        keys.keep(session, [keys.stored(second, state=EnvelopeState.SUPPORT, own=True)])
    for one in (late, early):
        assert take(unit, one.data).revision == 2


def forged(*, by: bytes = PRIVATE, office: str = C1, to: str = B3, **made: Any) -> bytes:
    """A receipt as another might make it."""
    accepted = {
        "id": FIRST.id,
        "type": "submission",
        "epoch": 1,
        "revision": 1,
        "coverage": sealing.TOTALS.model_dump(),
        **made.pop("accepted", {}),
    }
    document = {"unit": made.pop("unit", to), "accepted": [accepted]}
    return bundle.write([sealing.sealed("receipt", office, {"receipt": document}, by=by, to=to, **made)])


def test_a_forger_s_pattern_is_sound_where_nothing_is_changed(unit: Office) -> None:
    assert take(unit, forged()).revision == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (forged(by=sealing.key(7)), "不是本单位的上级签的"),
        (forged(office=C2), "不是本单位的上级签的"),
        (forged(epoch=2, by=PRIVATE), "不是本单位的上级签的"),
        (forged(to=G1), f"给“{sealing.NAMES.get(G1)}”|给“{G1}”"),
        (forged(unit=G1), "不是给本单位的"),
        (forged(to=G1, unit=B3), "不是给本单位的"),
        (forged(accepted={"id": "0" * 64}), "不是本机导出的"),
        (forged(accepted={"revision": 2}), "对不上"),
        (forged(campaign="c2"), "另一次评议活动"),
        (forged(mode="drill"), "另一次评议活动"),
        (forged(accepted={"more": 1}), "不合规定"),
        (bundle.write([FIRST]), "这不是回执文件"),
        (bundle.write([sealing.sealed("receipt", C1, {"note": {"x": 1}}, to=B3)]), "这不是回执文件"),
    ],
)
def test_a_wrong_or_forged_receipt_is_refused(unit: Office, data: bytes, words: str) -> None:
    with pytest.raises(PackageError, match=words):
        take(unit, data)
    with unit.acting() as session:
        assert receipts.acknowledged(session, campaign_id="c1") is None


def test_a_receipt_for_what_was_only_received_here_is_refused(unit: Office) -> None:
    """Our own office cannot have taken in from us what another unit made."""
    other = sealing.submission(G1)
    with unit.acting() as session:
        keys.keep(session, [keys.stored(other, state=EnvelopeState.SUPPORT, own=False)])
    with pytest.raises(PackageError, match="不是本机导出的"):
        take(unit, forged(accepted={"id": other.id}))


def test_a_replaced_key_of_the_office_gives_no_receipt(unit: Office) -> None:
    """The office got a new key, of which its task told us: the stolen computer's says nothing any more."""
    with unit.acting() as session:
        new = {(C1, 2): trust.public_key(sealing.key_of(C1, 2))}
        keys.remember(session, campaign_id="c1", keys=new, origin="原密钥签名")
    with pytest.raises(PackageError, match="已作废的密钥"):
        take(unit, forged())
    assert take(unit, forged(epoch=2, by=sealing.key_of(C1, 2))).revision == 1


def test_only_the_office_above_gives_a_receipt_whoever_else_is_known(unit: Office) -> None:
    """The unit knows the key of the top office, too: from the campaign's definition."""
    with unit.acting() as session:
        top = {("QL", 1): trust.public_key(sealing.key_of("QL"))}
        keys.remember(session, campaign_id="c1", keys=top, origin="任务文件")
    with pytest.raises(PackageError, match="不是本单位的上级签的"):
        take(unit, forged(office="QL", by=sealing.key_of("QL")))


def test_no_receipt_without_data_that_counts(committee: Office) -> None:
    for code, words in (
        (G1, "没有计入"),
        ("QL.01.G01.B001", "不是本单位的直接下级"),
        (C1, "不是本单位的直接下级"),
    ):
        with pytest.raises(PackageError, match=words):
            issue(committee, code)
    committee.take(desks.file(sealing.submission(B3, satisfied=4)))
    with pytest.raises(PackageError, match="没有计入"):
        issue(committee)


# The board


def board(office: Office, today: str = "2024-06-01") -> dict[str, UnitCoverage]:
    with office.acting() as session:
        seen = overview.coverage(session, campaign_id="c1", today=today)
        return {one.org.code: one for one in seen.units}


def test_the_board_shows_check_number_revision_and_receipt(committee: Office) -> None:
    one = board(committee)[B3]
    assert (one.standing, one.revision, one.receipt) == ("已报", 1, "")
    assert one.check_number == package.check_number(FIRST.id)
    issue(committee)
    assert board(committee)[B3].receipt == overview.RECEIPTED
    committee.take(desks.report(B3, revision=2))
    one = board(committee)[B3]
    assert (one.revision, one.receipt) == (2, overview.RECEIPT_OLD)


def test_the_board_shows_late_units_after_the_last_day(committee: Office) -> None:
    assert board(committee, "2024-12-31")[G1].standing == "未报"
    late = board(committee, "2025-01-01")
    assert (late[G1].late, late[G1].standing) == (True, "逾期未报")
    assert (late[B3].late, late[B3].standing) == (False, "已报")
    with committee.acting() as session:
        seen = overview.coverage(session, campaign_id="c1", today="2025-01-01")
        assert B3 not in [one.org.code for one in seen.missing]
        assert G1 in [one.org.code for one in seen.missing if one.late]
        early = overview.coverage(session, campaign_id="c1", today="2024-01-01")
        assert not any(one.late for one in early.missing)


def test_the_board_shows_conflict_quarantine_and_proxy(committee: Office) -> None:
    committee.take(desks.report(G1), confirm=False)
    committee.take(desks.file(sealing.submission(B3, satisfied=4)))
    with committee.acting() as session:
        session.add(IssuedTask(campaign_id="c1", unit_code=G1, epoch=2, token="", by_proxy=True))
    seen = board(committee)
    assert (seen[B3].standing, seen[B3].check_number) == ("冲突", "")
    assert (seen[G1].standing, seen[G1].quarantined, seen[G1].by_proxy) == ("待核", 1, True)
    assert not seen[B3].by_proxy
    with committee.acting() as session:
        decisions.decide(session, campaign_id="c1", unit=B3, envelope_id=FIRST.id, reason="核实", by="x")
    assert board(committee)[B3].standing == "已报"


def test_the_board_shows_an_office_whose_file_is_incomplete(tmp_path: Path) -> None:
    company = desks.office(tmp_path / "QL.pingyi", "QL")
    rollup = sealing.rollup(C1, [FIRST, sealing.submission(G1)])
    company.take(desks.file(desks.meeting(C1), rollup, FIRST))
    one = board(company)[C1]
    assert (one.standing, one.missing_files) == ("缺文件", 1)
    assert one.check_number == package.check_number(rollup.id)
    company.take(desks.handed_up(C1, FIRST, sealing.submission(G1), revision=2))
    assert board(company)[C1].standing == "已报"
    company.store.close()
