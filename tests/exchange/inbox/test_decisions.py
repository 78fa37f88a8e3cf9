"""Conflicts side by side, decided by a person with a reason; withdrawal; nothing wins silently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B2, B3, C1, C2, G1, Office

from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange.inbox import decisions, imports
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import Totals
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import journal

ONE, OTHER = sealing.submission(B3), sealing.submission(B3, satisfied=4)
WHY = "已电话核实"


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """Two contents of one revision have arrived."""
    made = desks.prepared(tmp_path / "C1.pingyi", C1, _arrived)
    yield made
    with made.store.reading() as session:
        assert soundness.full(session) == []
    made.store.close()


def _arrived(made: Office) -> None:
    made.take(desks.file(ONE), desks.file(OTHER, name="另一份.pingyi-pack"))


@pytest.fixture
def company(company: Office) -> Iterator[Office]:
    """Whatever a test did to it, verify finds nothing."""
    yield company
    with company.store.reading() as session:
        assert soundness.full(session) == []


def open_conflicts(office: Office) -> list[decisions.Conflict]:
    with office.acting() as session:
        return list(decisions.conflicts(session, campaign_id="c1"))


def decide(office: Office, identity: str, *, unit: str = B3, reason: str = WHY) -> decisions.Decision:
    with office.acting() as session:
        return decisions.decide(
            session, campaign_id="c1", unit=unit, envelope_id=identity, reason=reason, by="李书记"
        )


def withdraw(office: Office, identity: str, reason: str = WHY) -> None:
    with office.acting() as session:
        decisions.withdraw(session, envelope_id=identity, reason=reason, by="李书记")


def test_both_contents_are_shown_side_by_side(committee: Office) -> None:
    (conflict,) = open_conflicts(committee)
    assert (conflict.unit_code, conflict.kind, conflict.transferred) == (B3, "上报", False)
    assert {side.envelope_id for side in conflict.sides} == {ONE.id, OTHER.id}
    for side in conflict.sides:
        satisfied = 10 if side.envelope_id == ONE.id else 4
        assert side.check_number == package.check_number(side.envelope_id)
        assert (side.epoch, side.revision, side.created, side.app) == (1, 1, "2024-01-15", "0.1.0")
        assert side.totals == sealing.TOTALS.model_dump()
        assert side.people["expected"] == 13
        first = side.forms[0]
        assert (first.form_code, first.issued, first.returned, first.valid) == ("T-ORG-A", 13, 13, 12)
        assert first.items[0] == ("1", (satisfied, 12 - satisfied, 0, 0))


@pytest.mark.parametrize(("chosen", "satisfied"), [(ONE, 10), (OTHER, 4)])
def test_a_person_decides_with_a_reason(committee: Office, chosen: package.Envelope, satisfied: int) -> None:
    assert committee.counted() == {}
    made = decide(committee, chosen.id)
    assert (made.unit_code, made.revision, made.decided_by) == (B3, 1, "李书记")
    assert committee.counted() == {B3: satisfied}
    assert open_conflicts(committee) == []
    with committee.acting() as session:
        assert decisions.made(session, campaign_id="c1") == (made,)
        line = journal.lines(session, newest=1)[0]
    assert (line.act, line.who, line.subject) == ("裁定冲突", "李书记", B3)
    assert WHY in line.detail


def test_a_decision_needs_a_reason_and_an_open_conflict(committee: Office) -> None:
    with pytest.raises(RuleError, match="原因"):
        decide(committee, ONE.id, reason="  ")
    with pytest.raises(PackageError, match="没有这样的冲突"):
        decide(committee, "0" * 64)
    with pytest.raises(PackageError, match="没有这样的冲突"):
        decide(committee, ONE.id, unit=G1)
    decide(committee, ONE.id)
    with pytest.raises(PackageError, match="没有这样的冲突"):
        decide(committee, OTHER.id)


def test_what_was_turned_down_does_not_come_back_with_its_file(committee: Office) -> None:
    decide(committee, ONE.id)
    (entry,) = committee.take(desks.file(OTHER)).entries
    assert entry.situation is Situation.VOIDED
    assert committee.counted() == {B3: 10}


def test_a_decision_can_be_revoked(committee: Office) -> None:
    decide(committee, ONE.id)
    with pytest.raises(RuleError, match="原因"), committee.acting() as session:
        decisions.revoke(session, campaign_id="c1", unit=B3, reason="", by="x")
    with committee.acting() as session:
        decisions.revoke(session, campaign_id="c1", unit=B3, reason=WHY, by="x")
        assert journal.lines(session, newest=1)[0].act == "撤回裁定"
        assert decisions.made(session, campaign_id="c1") == ()
    assert committee.counted() == {}
    assert len(open_conflicts(committee)) == 1
    with pytest.raises(PackageError, match="没有作过裁定"), committee.acting() as session:
        decisions.revoke(session, campaign_id="c1", unit=B3, reason=WHY, by="x")


def test_a_third_content_opens_the_conflict_again(committee: Office) -> None:
    decide(committee, ONE.id)
    third = sealing.submission(B3, satisfied=6)
    (entry,) = committee.take(desks.file(third)).entries
    assert entry.situation is Situation.SAME_REVISION
    assert committee.counted() == {}
    (conflict,) = open_conflicts(committee)
    assert {side.envelope_id for side in conflict.sides} == {ONE.id, third.id}


def test_a_higher_revision_overrules_a_decision(committee: Office) -> None:
    decide(committee, OTHER.id)
    committee.take(desks.report(B3, revision=2, satisfied=7))
    assert committee.counted() == {B3: 7}


def test_undo_of_the_import_that_brought_a_rival_lifts_the_decision(tmp_path: Path) -> None:
    office = desks.office(tmp_path / "C1.pingyi")
    office.take(desks.file(ONE))
    office.take(desks.file(OTHER))
    decide(office, OTHER.id)
    assert office.counted() == {B3: 4}
    with office.acting() as session:
        imports.undo_last_import(session, campaign_id="c1", by="x")
        assert decisions.made(session, campaign_id="c1") == ()
        assert decisions.withdrawn(session, campaign_id="c1") == ()
    assert office.counted() == {B3: 10}
    office.store.close()


def test_bodies_of_a_decided_conflict_are_kept_until_it_is_overruled(committee: Office) -> None:
    decide(committee, ONE.id)
    committee.take(desks.report(G1))
    assert committee.held()[OTHER.id] == ("QUARANTINED", True)
    committee.take(desks.report(B3, revision=2))
    committee.take(desks.report(G1, revision=2))
    assert committee.held()[OTHER.id] == ("SUPERSEDED", False)


# Two offices


def transferred(company: Office) -> tuple[str, str]:
    mine, newer = sealing.submission(B3), sealing.submission(B3, revision=2, satisfied=9)
    company.take(desks.handed_up(C1, mine))
    company.take(desks.file(sealing.rollup(C2, [newer]), newer))
    return mine.id, newer.id


def test_the_common_parent_decides_between_two_offices(company: Office) -> None:
    mine, newer = transferred(company)
    (conflict,) = open_conflicts(company)
    assert conflict.transferred
    assert {side.by_office for side in conflict.sides} == {sealing.NAMES[C1], sealing.NAMES[C2]}
    decide(company, newer)
    assert company.counted() == {B3: 9}
    with company.acting() as session:
        decisions.revoke(session, campaign_id="c1", unit=B3, reason=WHY, by="x")
    assert company.counted() == {B3: 10}
    decide(company, mine)
    assert company.counted() == {B3: 10}
    assert open_conflicts(company) == []


def test_a_revoked_decision_lets_a_newer_rival_of_another_office_back_too(company: Office) -> None:
    mine, newer = transferred(company)
    decide(company, mine)
    with company.acting() as session:
        decisions.revoke(session, campaign_id="c1", unit=B3, reason=WHY, by="x")
        assert decisions.withdrawn(session, campaign_id="c1") == ()
    (conflict,) = open_conflicts(company)
    assert {side.envelope_id for side in conflict.sides} == {mine, newer}


def test_two_rollups_in_one_place_are_decided_like_any_conflict(company: Office) -> None:
    one, two = sealing.submission(B3), sealing.submission(B3, revision=2, satisfied=9)
    left, right = sealing.rollup(C1, [one]), sealing.rollup(C1, [two])
    company.take(desks.file(left, one))
    company.take(desks.file(right, two))
    assert company.counted() == {}
    (conflict,) = open_conflicts(company)
    assert (conflict.kind, conflict.unit_code) == ("汇总", C1)
    assert sorted(side.accepts for side in conflict.sides) == [
        (f"{sealing.NAMES[B3]} 第 1 次上报",),
        (f"{sealing.NAMES[B3]} 第 2 次上报",),
    ]
    decide(company, left.id, unit=C1)
    assert company.counted() == {B3: 10}


def test_an_office_s_submission_and_rollup_are_decided_each_for_itself(company: Office) -> None:
    """Two PCs at one office: both of its envelopes rival, and one decision does not forget the other."""
    one, two = sealing.submission(B3), sealing.submission(B3, revision=2, satisfied=9)
    mine, other = desks.meeting(C1), desks.meeting(C1, created="2024-01-16")
    left, right = sealing.rollup(C1, [one]), sealing.rollup(C1, [two])
    company.take(desks.file(mine, left, one))
    company.take(desks.file(other, right, two))
    assert {conflict.kind for conflict in open_conflicts(company)} == {"上报", "汇总"}
    decide(company, left.id, unit=C1)
    decide(company, other.id, unit=C1)
    assert open_conflicts(company) == []
    with company.acting() as session:
        made = decisions.made(session, campaign_id="c1")
        assert {one.envelope_id for one in made} == {left.id, other.id}
        assert {*decisions.counting(session, campaign_id="c1")} == {one.id, left.id, other.id}
    with company.acting() as session:
        decisions.revoke(session, campaign_id="c1", unit=C1, reason=WHY, by="李书记")
    assert {conflict.kind for conflict in open_conflicts(company)} == {"上报", "汇总"}


# 作废


def test_withdrawn_data_counts_nowhere_and_keeps_its_place(committee: Office) -> None:
    new = sealing.submission(B3, revision=2, satisfied=7)
    committee.take(desks.file(new))
    withdraw(committee, new.id)
    assert committee.counted() == {}
    assert open_conflicts(committee) == []
    with committee.acting() as session:
        (gone,) = decisions.withdrawn(session, campaign_id="c1")
        assert (gone.envelope_id, gone.unit_code, gone.revision, gone.reason) == (new.id, B3, 2, WHY)
        assert journal.lines(session, newest=1)[0].act == "作废数据"
    (entry,) = committee.take(desks.file(new)).entries
    assert entry.situation is Situation.VOIDED
    committee.take(desks.report(B3, revision=3, satisfied=8))
    assert committee.counted() == {B3: 8}


def test_withdrawn_data_can_count_again(committee: Office) -> None:
    new = sealing.submission(B3, revision=2, satisfied=7)
    committee.take(desks.file(new))
    withdraw(committee, new.id)
    committee.take(desks.report(G1))
    with committee.acting() as session:
        decisions.reinstate(session, envelope_id=new.id, reason=WHY, by="x")
    assert committee.counted() == {B3: 7, G1: 10}
    with pytest.raises(PackageError, match="没有作废"), committee.acting() as session:
        decisions.reinstate(session, envelope_id=new.id, reason=WHY, by="x")


def test_only_what_counts_is_withdrawn_and_with_a_reason(committee: Office) -> None:
    with pytest.raises(PackageError, match="正在计入"):
        withdraw(committee, ONE.id)
    with pytest.raises(PackageError, match="没有收到"):
        withdraw(committee, "0" * 64)
    decide(committee, ONE.id)
    with pytest.raises(RuleError, match="原因"):
        withdraw(committee, ONE.id, "")
    withdraw(committee, ONE.id)
    assert committee.counted() == {}


def test_an_office_s_withdrawn_rollup_takes_everything_below_along(company: Office) -> None:
    rollup = sealing.rollup(C1, [ONE])
    company.take(desks.file(rollup, ONE))
    withdraw(company, rollup.id)
    assert company.counted() == {}


# Marks of few (k-rule)


def marked(unit: str, valid: int, satisfied: int, **changed: Any) -> package.Envelope:
    """A submission of the organisation form alone."""
    sheet = {**dict.fromkeys(("issued", "returned", "valid"), valid), "printed": valid + 2, "blank": 0}
    items = sealing.item((satisfied, valid - satisfied, 0, 0)), sealing.item((valid, 0, 0, 0), no="X")
    people = {"expected": valid, "actual": valid, "members": 1, "self_introduced": 1, "oral_reports": 1}
    documents = {
        "sessions": {"salt": sealing.SALT, "sessions": [sealing.meeting(unit, **people)]},
        "tallies": {"salt": sealing.SALT, "batches": [sealing.batch(unit, *items, **sheet)]},
    }
    totals = Totals(eligible=valid, issued=valid, returned=valid, valid=valid, invalid=0)
    return sealing.sealed("submission", unit, documents, coverage=totals, **changed)


def shown(office: Office) -> dict[str, list[tuple[int, ...]]]:
    """Marks of the first item on every side of the open conflicts, by unit."""
    return {
        one.unit_code: sorted(
            marks for side in one.sides for form in side.forms for _, marks in form.items[:1]
        )
        for one in open_conflicts(office)
    }


def handed_up(office: Office, first: package.Envelope, second: package.Envelope, revision: int) -> None:
    below = sealing.rollup(G1, [first, second], revision=revision)
    above = sealing.rollup(C1, [below], revision=revision)
    office.take(desks.file(above, below, first, second))


@pytest.mark.parametrize(("few", "told"), [(3, [(), ()]), (6, [(6, 1, 0, 0), (20, 0, 0, 0)])])
def test_sides_of_a_row_that_is_hidden_for_another_have_no_marks(
    company: Office, few: int, told: list[tuple[int, ...]]
) -> None:
    """The total of both branches is printed; the marks of the second would tell those of the first."""
    first, second = marked(B1, few, 1), marked(B2, 7, 6)
    handed_up(company, first, second, 1)
    handed_up(company, first, marked(B2, 20, 20, by=sealing.key(5), epoch=2), 2)
    with company.store.reading() as session:
        rows = results.read(session, campaign_id="c1").by_org(layer=2, form_code="T-ORG-A")
        hidden = {row.org.code: row.result.hidden for row in rows}
    assert hidden == {B1: few < 5, B2: few < 5}
    assert shown(company)[B2] == told


@pytest.mark.parametrize(("few", "told"), [(3, [(), ()]), (6, [(6, 1, 0, 0), (20, 0, 0, 0)])])
def test_sides_that_would_tell_few_ballots_if_they_counted_have_no_marks(
    tmp_path: Path, few: int, told: list[tuple[int, ...]]
) -> None:
    """While two contents rival, neither counts and nothing is printed of the unit; once decided, the total is."""
    made = desks.office(tmp_path / "G1.pingyi", G1)
    made.take(desks.file(marked(B1, few, 1)))
    made.take(desks.file(marked(B2, 7, 6)), desks.file(marked(B2, 20, 20), name="另一份.pingyi-pack"))
    assert made.counted() == {B1: 1}
    assert shown(made)[B2] == told
    made.store.close()
