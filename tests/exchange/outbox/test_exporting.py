"""What a unit signs and hands up: sums, never ballots; nothing that a difference or a digest would give away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B3, C1, CAMPAIGN, G1, Office
from series import LONG

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.exchange.inbox import contents
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.exchange.wire import trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_exchange import EnvelopeState

FORM = sealing.form("T-ORG-A", "ORG", ("1", "2"))


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[Office]]:
    """Data files made in a test; closed after it."""
    made: list[Office] = []
    yield made
    for one in made:
        one.store.close()


def branch(files: list[Office], folder: Path, *before: Envelope) -> Office:
    """The branch's data file with its key, and the submissions it has exported before."""
    made = desks.office(folder / f"{len(files)}.pingyi", B3, forms=[FORM])
    files.append(made)
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(B3))
        desks.know_above(session)
        keys.keep(session, [keys.stored(one, state=EnvelopeState.SUPPORT, own=True) for one in before])
        (own,) = [one for one in sessions.listing(session, campaign_id=CAMPAIGN, layer=2) if one.own]
        make.held(session, own.id, expected=20)
    return made


def seal(office: Office, stack: list[str]) -> None:
    with office.acting() as session:
        (found,) = batches.listing(session, campaign_id=CAMPAIGN, own_only=True)
        make.sealed(session, found.id, stack)


def export(office: Office, **agreed: str) -> Envelope:
    """The branch's own submission."""
    with office.acting() as session:
        made = transfer.export(session, campaign_id=CAMPAIGN, by=make.BY, **agreed)
    (one,) = desks.opened(made.data)
    return one


def exported(office: Office, stack: list[str]) -> Envelope:
    """The submission over these ballots, sealed now."""
    seal(office, stack)
    return export(office, reason=make.WHY)


# T13: a few ballots more or less


NOT_AGREED = (
    {},
    {"reason": "补录"},
    {"second_person": "李监票"},
    {"reason": "补录", "second_person": make.BY},
    {"reason": "补录", "second_person": f" {make.BY} "},
    {"reason": " ", "second_person": "李监票"},
)


@pytest.mark.parametrize("count", [8, 11, 13, 16] if LONG else [8, 13])
def test_a_few_ballots_more_or_less_need_a_reason_and_a_second_person(
    files: list[Office], tmp_path: Path, count: int
) -> None:
    first = exported(branch(files, tmp_path), ["11"] * 12)
    again = branch(files, tmp_path, first)
    seal(again, ["11"] * count)
    for agreed in NOT_AGREED:
        with pytest.raises(RuleError, match=f"T-ORG-A {abs(count - 12)} 张"):
            export(again, **agreed)
    assert export(again, reason="补录", second_person="李监票").address.revision == 2


def test_one_ballot_exchanged_for_another_needs_them_too(files: list[Office], tmp_path: Path) -> None:
    first = exported(branch(files, tmp_path), ["11"] * 12)
    again = branch(files, tmp_path, first)
    seal(again, ["11"] * 11 + ["12"])
    for agreed in NOT_AGREED:
        with pytest.raises(RuleError, match="T-ORG-A 1 张，增减或换票都算"):
            export(again, **agreed)
    assert export(again, reason="第 3 张录错", second_person="李监票").address.revision == 2


@pytest.mark.parametrize("count", [7, 17])
def test_five_ballots_more_or_less_need_nobody(files: list[Office], tmp_path: Path, count: int) -> None:
    first = exported(branch(files, tmp_path), ["11"] * 12)
    again = exported(branch(files, tmp_path, first), ["11"] * (count - 1) + ["12"])
    assert again.address.revision == 2


# §2.7: no category of few voters


def two_categories(files: list[Office], tmp_path: Path, few: int) -> Office:
    """A branch of two categories of voters, nine ballots of one and ``few`` of the other, ready to be exported."""
    categories = [{"code": code, "name": f"{code}类"} for code in "AB"]
    made = desks.office(tmp_path / "B3.pingyi", B3, forms=[FORM], voter_categories=categories)
    files.append(made)
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(B3))
        desks.know_above(session)
        (own,) = [one for one in sessions.listing(session, campaign_id=CAMPAIGN, layer=2) if one.own]
        make.held(session, own.id, expected=20)
        for batch, many in zip(
            batches.listing(session, campaign_id=CAMPAIGN, own_only=True), (9, few), strict=True
        ):
            make.sealed(session, batch.id, ["11"] * many, blank=2)
    return made


@pytest.mark.parametrize(("few", "rows"), [(4, ["A+B"]), (5, ["A", "B"])])
def test_a_category_of_few_voters_travels_merged(
    files: list[Office], tmp_path: Path, few: int, rows: list[str]
) -> None:
    made = two_categories(files, tmp_path, few)
    found = export(made, reason=make.WHY).document("tallies")["batches"]
    assert [one["voter_category"] for one in found] == rows
    assert sum(one["valid"] for one in found) == 9 + few


@pytest.mark.parametrize(("few", "asked"), [(4, ["“B类”仅 4 张有效票"]), (5, [])])
def test_a_category_of_few_voters_is_asked_for_before_it_travels_merged(
    files: list[Office], tmp_path: Path, few: int, asked: list[str]
) -> None:
    """Six were handed out, so the control sheet asked nothing (V-PRI-01)."""
    made = two_categories(files, tmp_path, few)
    found: list[Finding] = []
    try:
        export(made)
    except NeedsReasonError as error:
        found = [one for one in error.findings if one.code == "V-PRI-01"]
    assert [one.sentence.split("，")[0] for one in found] == asked
    export(made, reason="人少，已说明")
    with made.store.reading() as session:
        (entry,) = [one.detail for one in journal.lines(session) if one.act == "导出上报"]
    assert ("V-PRI-01" in entry) == bool(asked)


# T11: no ballots


def said(one: Envelope) -> dict[str, Any]:
    """Every document of a submission, the commitments to the ballots set apart."""
    documents = {name: one.document(name) for name in one.members}
    for batch in documents["tallies"]["batches"]:
        assert len(batch.pop("ballot_commit")) == 64
    return documents


def test_ballots_with_the_same_sums_make_the_same_documents(files: list[Office], tmp_path: Path) -> None:
    """Which mark stood beside which on one ballot is in nothing that travels; a salted commitment to it is."""
    apart = exported(branch(files, tmp_path), ["11"] * 6 + ["22"] * 6)
    mixed = exported(branch(files, tmp_path), ["12"] * 6 + ["21"] * 6)
    assert said(apart) == said(mixed)
    assert apart.members.keys() == {"sessions", "tallies"}


def test_salts_differ_by_unit_and_member_and_stay_the_same() -> None:
    def salt(unit: str, member: str) -> str:
        return contents.salt(sealing.key_of(unit), campaign_id=CAMPAIGN, member=member)

    found = {salt(unit, member) for unit in (B1, B3) for member in ("sessions", "tallies")}
    assert len(found) == 4
    assert salt(B3, "tallies") == salt(B3, "tallies")


def test_what_is_not_sealed_is_not_signed(files: list[Office], tmp_path: Path) -> None:
    with branch(files, tmp_path).acting() as session, pytest.raises(RuleError, match="还有 1 个票批没有封存"):
        transfer.export(session, campaign_id=CAMPAIGN, by=make.BY)


# T3: whose keys an office vouches for


def test_an_office_vouches_for_the_keys_of_its_direct_children_only(
    files: list[Office], tmp_path: Path
) -> None:
    committee = desks.office(tmp_path / "C1.pingyi")
    files.append(committee)
    committee.take(desks.report(B3), desks.handed_up(G1, sealing.submission(B1)))
    with committee.acting() as session:
        desks.own_key(session, sealing.key_of(C1))
        desks.hold(session)
        assert {unit for unit, _ in keys.keyring(session, campaign_id=CAMPAIGN)} == {B1, B3, G1}
        desks.know_above(session)
        made = transfer.export(session, campaign_id=CAMPAIGN, by=desks.BY, reason="已核实")
    (rollup,) = [one for one in desks.opened(made.data) if one.address.unit == C1 and "index" in one.members]
    assert [(key["unit"], key["epoch"], key["key"]) for key in rollup.document("index")["keys"]] == [
        (unit, 1, trust.public_key(sealing.key_of(unit))) for unit in (B3, G1)
    ]
