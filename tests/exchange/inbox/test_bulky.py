"""One unit's large content that nobody understands stops neither its office's import nor its office's export."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import desks
import pytest
import sealing
from desks import B1, B3, C1, G1, Office

from pingyi_desktop.exchange.inbox import settling
from pingyi_desktop.exchange.inbox.desks import open_desk
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging import makeup
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.exchange.outbox.transfer import Package
from pingyi_desktop.exchange.wire import bodies, canonical, header, package, trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage.schema_campaign import Campaign


def bulky(unit: str, size: int, **made: object) -> Envelope:
    """A sound report with a member of so many bytes that this edition does not know."""
    text = {"text": "a" * 10_000}
    filler = {"many": [text] * (size // 10_011)}
    return sealing.submission(unit, documents={**sealing.documents_of(unit), "weather": filler}, **made)


def padded(unit: str, size: int) -> Envelope:
    """A sound report of a newer minor version, with so many bytes in a field that this edition does not know."""
    documents = {**sealing.documents_of(unit)}
    documents["sessions"] = {**documents["sessions"], "pad": ["a" * 10_000] * (size // 10_003)}
    members = {name: canonical.encode(documents[name]) for name in sorted(documents)}
    private = sealing.key_of(unit)
    address = sealing.address("submission", unit, coverage=sealing.TOTALS)
    signers = [trust.public_key(private)]
    head = canonical.decode(
        header.write(address, members=members, keys=signers, detachable=["ratee_tallies"])
    )
    head["format"]["minor"] = 9
    signed = canonical.encode(head)
    signature = base64.b64encode(trust.sign(package.pae(signed), private))
    frame = f"PINGYI/1 {len(signed)} 1 {'1' * len(members)}\n".encode()
    return package.open_envelope(b"".join([frame, signed, b"\n", signature, b"\n", *members.values()]))


def undetachable(unit: str) -> Envelope:
    """A sound report that forbids to leave the marks of single persons out on the way up."""
    documents = sealing.documents_of(unit)
    return sealing.sealed("submission", unit, documents, detachable=(), coverage=sealing.TOTALS)


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


def export(office: Office) -> Package:
    with office.acting() as session:
        desks.know_above(session)
        return transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实")


def test_a_report_with_a_large_unknown_member_is_refused_by_name(committee: Office) -> None:
    assert bodies.unknown_bytes(SMALL) <= makeup.MAX_UNKNOWN < bodies.unknown_bytes(LARGE)
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
    hold(committee, bulky(B3, 30_000_000), sealing.submission(G1))
    made = export(committee)
    (said,) = made.left_out
    assert sealing.NAMES[B3] in said
    done = company.take(desks.file(*desks.opened(made.data)))
    assert company.counted() == {G1: 10}
    assert Situation.MISSING_FILE not in {entry.situation for entry in done.entries}


def test_what_is_left_out_further_below_is_not_missing_above(committee: Office, company: Office) -> None:
    large, own = bulky(B1, 10 * makeup.MAX_UNKNOWN), sealing.submission(G1)
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


def test_large_fields_of_a_newer_edition_are_bounded_like_members(committee: Office) -> None:
    small, large = padded(B3, makeup.MAX_UNKNOWN // 2), padded(B3, 2 * makeup.MAX_UNKNOWN)
    assert 0 < bodies.unknown_bytes(small) <= makeup.MAX_UNKNOWN < bodies.unknown_bytes(large)
    (entry,) = committee.take(desks.file(large)).entries
    assert (entry.verdict, entry.situation) == ("拒收", Situation.OVERSIZED)
    assert committee.counted() == {}
    committee.take(desks.file(small))
    assert committee.counted() == {B3: 10}


def test_a_report_that_its_office_could_not_hand_on_is_refused_by_name(committee: Office) -> None:
    """One branch forbade to leave out what the rule of few ballots leaves out, and its office could export no more."""
    (entry,) = committee.take(desks.file(undetachable(B3))).entries
    assert (entry.verdict, entry.situation, entry.unit_code) == ("拒收", Situation.NOT_DETACHABLE, B3)
    assert sealing.NAMES[B3] in entry.sentence


def test_one_held_from_before_is_left_out_of_the_export(committee: Office, company: Office) -> None:
    hold(committee, undetachable(B3), sealing.submission(G1))
    made = export(committee)
    assert len(made.left_out) == 1
    assert sealing.NAMES[B3] in made.left_out[0]
    company.take(desks.file(*desks.opened(made.data)))
    assert company.counted() == {G1: 10}


def test_of_one_revision_only_a_few_contents_are_kept(committee: Office) -> None:
    committee.take(desks.report(B3))
    files = [
        desks.report(B3, revision=2, satisfied=many, name=f"{many}.pingyi-pack") for many in range(3, 11)
    ]
    for brought in (files[:5], files):
        done = committee.take(*brought)
        told = [one.situation for one in done.entries]
        assert told.count(Situation.TOO_MANY) == len(brought) - makeup.MAX_RIVALS
        assert len(committee.held()) == 1 + makeup.MAX_RIVALS
    committee.take(desks.report(B3, revision=3))
    assert committee.counted() == {B3: 10}


def test_a_stranger_takes_nobody_s_place(committee: Office) -> None:
    committee.take(desks.report(B3, revision=1))
    forged = [desks.report(B3, revision=2, satisfied=many, by=sealing.key(many)) for many in range(3, 9)]
    committee.take(*forged, desks.report(B3, revision=2, satisfied=9), confirm=False)
    assert committee.counted() == {B3: 9}
