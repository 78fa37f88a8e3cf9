"""One unit's large content that nobody understands stops neither its office's import nor its office's export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import desks
import pytest
import sealing
from desks import B1, B3, C1, G1, Office

from pingyi_desktop.exchange import keys, makeup, settling, transfer
from pingyi_desktop.exchange.desks import open_desk
from pingyi_desktop.exchange.package import Envelope
from pingyi_desktop.exchange.situations import Situation
from pingyi_desktop.exchange.transfer import Package
from pingyi_desktop.storage.schema import Campaign


def bulky(unit: str, size: int, **made: object) -> Envelope:
    """A sound report with a member of so many bytes that this edition does not know."""
    text = {"text": "a" * 10_000}
    filler = {"many": [text] * (size // 10_011)}
    return sealing.submission(unit, documents={**sealing.documents_of(unit), "weather": filler}, **made)


LARGE = bulky(B3, 2 * makeup.MAX_UNKNOWN)
SMALL = bulky(B3, makeup.MAX_UNKNOWN)


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    made = desks.office(tmp_path / "C1.pingyi")
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(C1))
        desks.hold(session)
    yield made
    made.store.close()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Office]:
    made = desks.office(tmp_path / "QL.pingyi", "QL")
    yield made
    made.store.close()


def export(office: Office) -> Package:
    with office.acting() as session:
        desks.know_above(session)
        return transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实")


def test_a_report_with_a_large_unknown_member_is_refused_by_name(committee: Office) -> None:
    assert makeup.unknown_size(SMALL) <= makeup.MAX_UNKNOWN < makeup.unknown_size(LARGE)
    (entry,) = committee.take(desks.file(LARGE)).entries
    assert (entry.verdict, entry.situation, entry.unit_code) == ("拒收", Situation.OVERSIZED, B3)
    assert sealing.NAMES[B3] in entry.sentence
    assert committee.counted() == {}
    committee.take(desks.file(SMALL))
    assert committee.counted() == {B3: 10}


def test_in_an_office_s_file_only_that_one_is_set_aside(company: Office) -> None:
    other = sealing.submission(G1)
    done = company.take(desks.handed_up(C1, LARGE, other))
    assert company.counted() == {G1: 10}
    said = {entry.situation for entry in done.entries if entry.unit_code == B3}
    assert said == {Situation.OVERSIZED}
    assert LARGE.id not in company.held()


def hold(office: Office, *envelopes: Envelope) -> None:
    """Taken in by an edition that did not look at the size."""
    with office.acting() as session:
        desk = open_desk(session, session.get_one(Campaign, "c1"))
        ring = {(one.address.unit, 1): one.signer for one in envelopes}
        keys.remember(session, campaign_id="c1", keys=ring, origin="导入确认")
        desk.keyring.update(ring)
        settling.settle(session, desk=desk, fresh={one.id: one for one in envelopes}, number=1)


def test_an_export_names_it_leaves_it_out_and_takes_the_rest(committee: Office, company: Office) -> None:
    """Its zeros made the whole file shrink too well: the office's own check refused it and named nobody."""
    hold(committee, bulky(B3, 60_000_000), sealing.submission(G1))
    made = export(committee)
    (said,) = made.left_out
    assert sealing.NAMES[B3] in said
    done = company.take(desks.file(*desks.opened(made.data)))
    assert company.counted() == {G1: 10}
    assert Situation.MISSING_FILE not in {entry.situation for entry in done.entries}


def test_what_is_left_out_further_below_is_not_missing_above(committee: Office, company: Office) -> None:
    large, own = bulky(B1, 60_000_000), sealing.submission(G1)
    hold(committee, large, own, sealing.rollup(G1, [large]))
    made = export(committee)
    assert len(made.left_out) == 1
    done = company.take(desks.file(*desks.opened(made.data)))
    assert company.counted() == {G1: 10}
    assert Situation.MISSING_FILE not in {entry.situation for entry in done.entries}


def test_many_small_ones_together_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [SMALL, bulky(G1, makeup.MAX_UNKNOWN // 2), bulky(B1, makeup.MAX_UNKNOWN // 4)]
    monkeypatch.setattr(makeup, "MAX_UNKNOWN_CARRIED", makeup.MAX_UNKNOWN)
    kept, left = makeup.portable(many)
    assert ({one.address.unit for one in kept}, [one.address.unit for one in left]) == ({G1, B1}, [B3])
