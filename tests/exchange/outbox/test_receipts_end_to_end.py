"""A branch sees what the top counted for it: the root's own word, passed on by its office, which cannot change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B3, C1, G1, Office

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import decisions
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.outbox import receipts, transfer
from pingyi_desktop.exchange.outbox.receipts import Acknowledged
from pingyi_desktop.exchange.wire import bundle, package, trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage.schema_exchange import EnvelopeState

MINE = sealing.submission(B3)
FORGED = sealing.submission(B3, satisfied=4, by=sealing.key_of(C1))
ROOT = sealing.key_of("QL")


def made(folder: Path, code: str, *trusted: str, own: Envelope | None = None) -> Office:
    """An office or branch with its own key, which knows those of others by their task files."""
    office = desks.prepared(folder / f"{code}.pingyi", code, give_key)
    with office.acting() as session:
        ring = {(unit, 1): trust.public_key(sealing.key_of(unit)) for unit in trusted}
        keys.remember(session, campaign_id="c1", keys=ring, origin="任务文件")
        if own is not None:
            keys.keep(session, [keys.stored(own, state=EnvelopeState.SUPPORT, own=True)])
    return office


def give_key(office: Office) -> None:
    with office.acting() as session:
        desks.own_key(session, sealing.key_of(keys.unit_code(session)))


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Office]:
    office = made(tmp_path, "QL")
    yield office
    office.store.close()


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    office = made(tmp_path, C1, "QL")
    with office.acting() as session:
        desks.hold(session)
    yield office
    office.store.close()


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Office]:
    office = made(tmp_path, B3, "QL", C1, own=MINE)
    yield office
    office.store.close()


def give(office: Office, unit: str) -> bytes:
    with office.acting() as session:
        return receipts.issue(session, campaign_id="c1", unit=unit, by=desks.BY).data


def take(office: Office, data: bytes) -> Acknowledged:
    with office.acting() as session:
        return receipts.take(session, campaign_id="c1", data=data, by=desks.BY)


def report(committee: Office, company: Office) -> None:
    """The committee hands up, the company takes in and gives its receipt, the committee takes that in."""
    with committee.acting() as session:
        desks.know_above(session)
        up = transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实")
    company.take(desks.file(*desks.opened(up.data), name=f"{up.revision}.pingyi-pack"))
    take(committee, give(company, C1))


def test_a_branch_sees_what_its_office_and_what_the_top_counts(
    company: Office, committee: Office, branch: Office
) -> None:
    committee.take(desks.file(MINE))
    assert take(branch, give(committee, B3)).top is None
    report(committee, company)
    found = take(branch, give(committee, B3))
    assert found.top is not None
    number = package.check_number(MINE.id)
    assert (found.check_number, found.top.check_numbers) == (number, (number,))
    assert (found.top.office_name, found.top.is_own, found.top.is_current) == (
        sealing.NAMES["QL"],
        True,
        True,
    )
    assert found.sentence.startswith(f"上级“{sealing.NAMES[C1]}”已收第 1 次")
    assert "就是本机最近导出的" in found.sentence
    with branch.acting() as session:
        assert receipts.acknowledged(session, campaign_id="c1") == found
        newer = sealing.submission(B3, revision=2, satisfied=9)
        keys.keep(session, [keys.stored(newer, state=EnvelopeState.SUPPORT, own=True)])
        later = receipts.acknowledged(session, campaign_id="c1")
    assert later is not None
    assert later.top is not None
    assert (later.top.is_own, later.top.is_current) == (True, False)


def test_an_office_that_spoke_for_its_branch_is_found_out(
    company: Office, committee: Office, branch: Office
) -> None:
    """From the very beginning nothing of the branch itself reached the company: only the branch can tell."""
    company.take(desks.handed_up(C1, FORGED))
    assert company.counted() == {B3: 4}
    top = give(company, C1)
    mine = {"id": MINE.id, "type": "submission", "epoch": 1, "revision": 1, "coverage": None}
    lie = sealing.sealed("receipt", C1, {"receipt": {"unit": B3, "accepted": [mine]}}, to=B3)
    passed_on = [package.strip(one, ["receipt"]) for one in bundle.read(top)]
    found = take(branch, bundle.write([lie, *passed_on]))
    assert found.top is not None
    assert found.top.is_own is False
    assert found.top.check_numbers == (package.check_number(FORGED.id),)
    assert "不是本机导出的" in found.sentence


def test_a_top_that_counts_nothing_of_the_branch_says_so(
    company: Office, committee: Office, branch: Office
) -> None:
    committee.take(desks.report(G1))
    report(committee, company)
    committee.take(desks.file(MINE))
    found = take(branch, give(committee, B3))
    assert found.top is not None
    assert found.top.check_numbers == ()
    assert "没有计入本单位的数据" in found.sentence


def test_a_top_that_counts_it_no_longer_says_so_though_nothing_else_counts_there(
    company: Office, committee: Office, branch: Office
) -> None:
    """Otherwise the branch would go on reading that its data counts."""
    committee.take(desks.file(MINE))
    report(committee, company)
    found = take(branch, give(committee, B3))
    assert found.top is not None
    assert found.top.is_current
    with company.acting() as session:
        decisions.withdraw(session, envelope_id=MINE.id, reason="已核实", by="x")
    take(committee, give(company, C1))
    found = take(branch, give(committee, B3))
    assert found.top is not None
    assert (found.top.check_numbers, found.top.is_current) == ((), False)
    assert found.sentence.endswith("没有计入本单位的数据。")


def test_another_word_of_the_top_makes_another_file(company: Office, committee: Office) -> None:
    """Two receipts for one report lie in one folder beside each other."""

    def named() -> str:
        with committee.acting() as session:
            return receipts.issue(session, campaign_id="c1", unit=B3, by=desks.BY).file_name

    committee.take(desks.file(MINE))
    before = named()
    report(committee, company)
    after = named()
    assert before != after
    assert named() == after


def test_what_is_passed_on_shows_no_figures_of_the_office(company: Office, committee: Office) -> None:
    committee.take(desks.file(MINE))
    report(committee, company)
    (passed,) = [one for one in bundle.read(give(committee, B3)) if one.address.unit == "QL"]
    assert set(passed.members) == {"counted"}
    assert {tuple(sorted(one)) for one in passed.document("counted")["units"]} == {
        ("epoch", "id", "revision", "type", "unit")
    }


def test_every_level_passes_it_on(company: Office, committee: Office, tmp_path: Path) -> None:
    leaf = sealing.submission(B1)
    own, rollup = sealing.submission(G1), sealing.rollup(G1, [leaf])
    committee.take(desks.file(own, rollup, leaf))
    report(committee, company)
    middle = made(tmp_path, G1, "QL", C1, own=own)
    with middle.acting() as session:
        keys.keep(session, [keys.stored(rollup, state=EnvelopeState.SUPPORT, own=True)])
    middle.take(desks.file(leaf))
    found = take(middle, give(committee, G1))
    assert found.top is not None
    assert found.top.is_current
    lowest = made(tmp_path, B1, "QL", G1, own=leaf)
    told = take(lowest, give(middle, B1))
    assert told.top is not None
    assert told.top.check_numbers == (package.check_number(leaf.id),)
    for office in (middle, lowest):
        office.store.close()


def test_an_older_word_of_the_top_does_not_replace_the_newer_one(
    company: Office, committee: Office, branch: Office
) -> None:
    committee.take(desks.file(MINE))
    report(committee, company)
    early = give(committee, B3)
    committee.take(desks.report(B3, revision=2, satisfied=9))
    newer = sealing.submission(B3, revision=2, satisfied=9)
    with branch.acting() as session:
        keys.keep(session, [keys.stored(newer, state=EnvelopeState.SUPPORT, own=True)])
    report(committee, company)
    for data in (give(committee, B3), early):
        found = take(branch, data)
        assert found.top is not None
        assert found.top.check_numbers == (package.check_number(newer.id),)


def statement(*, by: bytes = ROOT, unit: str = "QL", to: str = C1, **made: Any) -> Envelope:
    """The top's word as somebody else might make it."""
    counted = {"unit": B3, "id": MINE.id, "type": "submission", "epoch": 1, "revision": 1}
    documents = made.pop("documents", {"counted": {"units": [counted | made.pop("changed", {})]}})
    return sealing.sealed("receipt", unit, documents, by=by, to=to, **made)


def test_a_forger_s_pattern_is_sound_where_nothing_is_changed(branch: Office) -> None:
    assert take(branch, bundle.write([direct(), statement()])).top is not None


def direct() -> Envelope:
    mine = {"id": MINE.id, "type": "submission", "epoch": 1, "revision": 1, "coverage": None}
    return sealing.sealed("receipt", C1, {"receipt": {"unit": B3, "accepted": [mine]}}, to=B3)


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        ({"by": sealing.key_of(C1)}, "不是最上级签的"),
        ({"unit": C1, "by": sealing.key_of(C1)}, "不是最上级签的"),
        ({"epoch": 2}, "不是最上级签的"),
        ({"to": "QL.02"}, "不是本单位所在的部分"),
        ({"campaign": "c2"}, "另一次评议活动"),
        ({"campaign_sha256": "0" * 64}, "另一次评议活动"),
        ({"mode": "drill"}, "另一次评议活动"),
        ({"changed": {"more": 1}}, "不合规定"),
        ({"documents": {"note": {"x": 1}}}, "不是回执文件"),
    ],
)
def test_a_forged_or_foreign_word_of_the_top_is_refused(
    branch: Office, forged: dict[str, Any], words: str
) -> None:
    with pytest.raises(PackageError, match=words):
        take(branch, bundle.write([direct(), statement(**forged)]))
    with branch.acting() as session:
        assert receipts.acknowledged(session, campaign_id="c1") is None


def test_a_receipt_without_what_is_for_us_is_none(branch: Office) -> None:
    half = sealing.sealed(
        "receipt",
        C1,
        {"receipt": {"unit": B3, "accepted": []}, "counted": {"units": []}},
        to=B3,
        detachable=["receipt"],
    )
    for envelopes in ([package.strip(half, ["receipt"])], [statement()], [direct(), statement(), MINE]):
        with pytest.raises(PackageError, match="回执"):
            take(branch, bundle.write(envelopes))
