"""An office cannot speak for its branch: another key or an older report of it waits until a person has decided.

Each case at a data file of the level above: the attack, what an honest office does every day, and the way back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import desks
import pytest
import sealing
from desks import B1, B2, B3, C1, C2, G1, Office

from pingyi_desktop import cli
from pingyi_desktop.exchange.inbox import decisions, imports
from pingyi_desktop.exchange.inbox import desks as inbox_desks
from pingyi_desktop.exchange.inbox.decisions import Conflict
from pingyi_desktop.exchange.inbox.verdicts import PlanEntry
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.exchange.wire import bundle, package, trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Para, Table
from pingyi_desktop.standing import overview, soundness
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import Campaign

MINE, NEWER = sealing.submission(B3), sealing.submission(B3, revision=2, satisfied=9)
FORGED = sealing.submission(B3, epoch=2, satisfied=4, by=sealing.key_of(C1))
WHY = "已电话问过该支部"


@pytest.fixture
def company(company: Office) -> Iterator[Office]:
    """Whatever a test did to it, verify finds nothing."""
    yield company
    with company.store.reading() as session:
        assert soundness.full(session) == []


def told(entries: tuple[PlanEntry, ...], unit: str) -> PlanEntry:
    (entry,) = [one for one in entries if one.unit_code == unit]
    return entry


def waiting(office: Office) -> list[Conflict]:
    with office.acting() as session:
        return list(decisions.conflicts(session, campaign_id="c1"))


def decide(office: Office, chosen: Envelope, *, unit: str = B3) -> decisions.Decision:
    with office.acting() as session:
        return decisions.decide(
            session, campaign_id="c1", unit=unit, envelope_id=chosen.id, reason=WHY, by="李书记"
        )


def revoke(office: Office, unit: str = B3) -> None:
    with office.acting() as session:
        decisions.revoke(session, campaign_id="c1", unit=unit, reason=WHY, by="李书记")


# The attacks


def test_an_office_s_own_key_as_its_branch_s_next_one_waits_with_both_check_numbers(company: Office) -> None:
    company.take(desks.handed_up(C1, MINE))
    done = company.take(desks.handed_up(C1, FORGED, revision=2))
    entry = told(done.entries, B3)
    assert (entry.verdict, entry.situation) == ("待核", Situation.REKEYED)
    for one in (MINE, FORGED):
        assert package.check_number(one.id) in entry.sentence
    assert sealing.NAMES[C1] in entry.sentence
    assert company.counted() == {B3: 10}
    (conflict,) = waiting(company)
    assert (conflict.unit_code, conflict.set_aside, conflict.counted) == (B3, True, MINE.id)
    assert {side.check_number for side in conflict.sides} == {
        package.check_number(MINE.id),
        package.check_number(FORGED.id),
    }


def test_what_waits_is_seen_where_the_units_are_looked_over(company: Office) -> None:
    """On the board, in R24 and on the command line: what counts of the unit does not hide what waits beside it."""

    def waits() -> dict[str, int]:
        with company.acting() as session:
            units = overview.coverage(session, campaign_id="c1").units
        return {one.org.code: one.quarantined for one in units if one.quarantined}

    company.take(desks.handed_up(C1, MINE))
    assert waits() == {}
    company.take(desks.handed_up(C1, FORGED, revision=2))
    assert waits() == {B3: 1}
    decide(company, MINE)
    assert waits() == {}
    revoke(company)
    assert waits() == {B3: 1}


def test_an_office_that_goes_back_to_an_older_report_is_asked_about(company: Office) -> None:
    company.take(desks.handed_up(C1, NEWER))
    done = company.take(desks.handed_up(C1, MINE, revision=2))
    entry = told(done.entries, B3)
    assert (entry.verdict, entry.situation) == ("待核", Situation.ROLLED_BACK)
    for one in (MINE, NEWER):
        assert package.check_number(one.id) in entry.sentence
    assert company.counted() == {B3: 9}


def test_a_summary_that_goes_back_is_told_although_the_report_beside_it_stays(company: Office) -> None:
    leaf, later = sealing.submission(B1), sealing.submission(B1, revision=2, satisfied=9)
    own = sealing.submission(G1)
    first, second = sealing.rollup(G1, [leaf]), sealing.rollup(G1, [later], revision=2)
    company.take(desks.handed_up(C1, own, second, later))
    done = company.take(desks.handed_up(C1, own, first, leaf, revision=2))
    assert Situation.ROLLED_BACK in [one.situation for one in done.entries if one.unit_code == G1]
    assert company.counted() == {B1: 9, G1: 10}
    decide(company, first, unit=G1)  # the report it lists is older as well: it is asked about by itself
    assert company.counted() == {B1: 9, G1: 10}
    decide(company, leaf, unit=B1)
    assert company.counted() == {B1: 10, G1: 10}


def test_the_rest_of_the_office_s_file_is_taken_in(company: Office) -> None:
    leaf = sealing.submission(G1)
    company.take(desks.handed_up(C1, MINE, leaf))
    more = sealing.submission(G1, revision=2, satisfied=7)
    company.take(desks.handed_up(C1, FORGED, more, revision=2))
    assert company.counted() == {B3: 10, G1: 7}


@pytest.mark.parametrize("turned", [False, True])
def test_in_one_import_the_first_key_counts_whichever_file_is_first(company: Office, turned: bool) -> None:
    """Both summaries are there: that the office once accepted the other key is seen, whatever came first."""
    files = [desks.handed_up(C1, MINE, name="一.pingyi-pack"), desks.handed_up(C1, FORGED, revision=2)]
    company.take(*(files[::-1] if turned else files))
    assert company.counted() == {B3: 10}
    assert company.held()[MINE.id] == ("CHOSEN", True)
    assert company.held()[FORGED.id] == ("QUARANTINED", True)


def test_an_older_file_that_comes_late_changes_nothing(company: Office) -> None:
    """The first key this file took in is the one that counts, also against a lower epoch made up afterwards."""
    company.take(desks.handed_up(C1, FORGED, revision=2))
    company.take(desks.handed_up(C1, MINE))
    assert company.counted() == {B3: 4}
    done = company.take(desks.handed_up(C1, MINE, revision=3))
    assert told(done.entries, B3).situation is Situation.REKEYED
    assert company.counted() == {B3: 4}


def test_a_second_forgery_is_no_better_than_the_first(company: Office) -> None:
    company.take(desks.handed_up(C1, MINE))
    company.take(desks.handed_up(C1, FORGED, revision=2))
    again = sealing.submission(B3, epoch=2, revision=2, satisfied=3, by=sealing.key_of(C1))
    company.take(desks.handed_up(C1, again, revision=3))
    assert company.counted() == {B3: 10}
    assert [one.counted for one in waiting(company)] == [MINE.id]


def test_a_sister_office_does_not_speak_for_the_branch_either(company: Office) -> None:
    company.take(desks.handed_up(C1, MINE))
    company.take(desks.handed_up(C1, FORGED, revision=2))
    company.take(desks.file(sealing.rollup(C2, []), name="二.pingyi-pack"))
    assert company.counted() == {B3: 10}


# A key that was vouched for before the branch's first report came


def vouching(*keys: tuple[int, bytes], revision: int = 1, accepts: tuple[Envelope, ...] = ()) -> Envelope:
    """The committee's summary that names these keys of its branch, whether it lists a report or not."""
    named = [{"unit": B3, "epoch": epoch, "key": trust.public_key(key)} for epoch, key in keys]
    index = {"accepts": [one.id for one in accepts], "keys": named, "expected": [B3]}
    return sealing.sealed("rollup", C1, {"index": index}, revision=revision)


@pytest.mark.parametrize("between", [0, 1, 3])
def test_a_key_vouched_for_before_the_first_report_is_not_exchanged(company: Office, between: int) -> None:
    """Whatever came in between and took the place of the summary that named it."""
    honest = (1, sealing.key_of(B3))
    company.take(desks.file(vouching(honest)))
    for number in range(between):
        company.take(desks.file(vouching(revision=2 + number)))
    file = desks.handed_up(C1, FORGED, revision=9)
    planned = company.plan(file)
    done = company.take(file)
    for entry in (told(planned.entries, B3), told(done.entries, B3)):
        assert (entry.verdict, entry.situation) == ("待核", Situation.REKEYED)
        assert package.check_number(FORGED.id) in entry.sentence
        assert "此前没有收下过它的数据" in entry.sentence
    assert company.counted() == {}
    assert [one.unit_code for one in waiting(company)] == [B3]
    company.take(desks.handed_up(C1, MINE, revision=10))
    assert company.counted() == {B3: 10}


def test_nor_when_both_summaries_come_in_one_import(company: Office) -> None:
    honest = vouching((1, sealing.key_of(B3)))
    company.take(desks.handed_up(C1, FORGED, revision=2), desks.file(honest))
    assert company.counted() == {}
    assert len(waiting(company)) == 1


def test_a_new_task_before_the_first_report_asks_nobody(company: Office) -> None:
    """The office names both keys openly from the beginning; what it would not say could not be found out either."""
    new = sealing.submission(B3, epoch=2, satisfied=8)
    both = vouching((1, sealing.key_of(B3)), (2, sealing.key_of(B3, 2)), accepts=(new,))
    assert told(company.take(desks.file(both, new)).entries, B3).situation is Situation.FIRST
    assert (company.counted(), waiting(company)) == ({B3: 8}, [])


def test_what_a_disputed_summary_vouches_for_is_no_first_key(company: Office) -> None:
    """Two summaries of one place: nobody knows which of them is the office's word."""
    company.take(desks.file(vouching((3, sealing.key(666))), name="甲.pingyi-pack"))
    company.take(desks.file(vouching(), name="乙.pingyi-pack"))
    company.take(desks.handed_up(C1, MINE, revision=2))
    assert (company.counted(), waiting(company)) == ({B3: 10}, [])


def test_nor_is_that_of_an_import_taken_back(company: Office) -> None:
    company.take(desks.file(vouching((3, sealing.key(666)))))
    with company.acting() as session:
        imports.undo_last_import(session, campaign_id="c1", by="x")
    company.take(desks.handed_up(C1, MINE))
    assert (company.counted(), waiting(company)) == ({B3: 10}, [])


@pytest.mark.parametrize("turned", [False, True])
def test_the_plan_tells_what_the_file_will_hold(company: Office, turned: bool) -> None:
    """What came before stands with the number of its import, also when it comes once more beside something else."""
    company.take(desks.handed_up(C1, FORGED, revision=2))
    file = desks.handed_up(C1, FORGED, name="二.pingyi-pack", revision=2)
    files = [file, desks.handed_up(C1, MINE, revision=3)]
    planned = company.plan(*(files[::-1] if turned else files))
    done = company.take(*files)
    found = {one.envelope_id: one.situation for one in planned.entries if one.unit_code == B3}
    assert found == {one.envelope_id: one.situation for one in done.entries if one.unit_code == B3}
    assert found[MINE.id] is Situation.REKEYED
    assert company.counted() == {B3: 4}


# What a person decides


def test_a_person_lets_the_new_key_in_and_is_not_asked_again(company: Office) -> None:
    """重新下发: one question at the company, then everything as ever."""
    new = sealing.submission(B3, epoch=2, satisfied=8)
    company.take(desks.handed_up(C1, MINE))
    company.take(desks.handed_up(C1, new, revision=2))
    made = decide(company, new)
    assert (made.unit_code, made.epoch, made.envelope_id, made.reason) == (B3, 2, new.id, WHY)
    assert company.counted() == {B3: 8}
    assert waiting(company) == []
    with company.acting() as session:
        assert decisions.made(session, campaign_id="c1") == (made,)
        line = journal.lines(session, newest=1)[0]
    assert (line.act, line.who, line.subject) == ("裁定冲突", "李书记", B3)
    assert WHY in line.detail
    further = sealing.submission(B3, epoch=2, revision=2, satisfied=7)
    done = company.take(desks.handed_up(C1, further, revision=3))
    assert told(done.entries, B3).situation is Situation.NEWER
    assert company.counted() == {B3: 7}


def test_a_person_keeps_what_counted(company: Office) -> None:
    company.take(desks.handed_up(C1, MINE))
    company.take(desks.handed_up(C1, FORGED, revision=2))
    decide(company, MINE)
    assert (company.counted(), waiting(company)) == ({B3: 10}, [])
    done = company.take(desks.handed_up(C1, FORGED, revision=3))
    assert told(done.entries, B3).situation is Situation.VOIDED
    assert company.counted() == {B3: 10}
    company.take(desks.handed_up(C1, NEWER, revision=4))
    assert company.counted() == {B3: 9}


@pytest.mark.parametrize("chosen", [MINE, FORGED])
def test_a_decision_is_taken_back(company: Office, chosen: Envelope) -> None:
    company.take(desks.handed_up(C1, MINE))
    company.take(desks.handed_up(C1, FORGED, revision=2))
    decide(company, chosen)
    company.take(
        desks.file(sealing.rollup(C2, []), name="二.pingyi-pack")
    )  # deletes what was superseded before
    revoke(company)
    assert company.counted() == {B3: 10}
    assert len(waiting(company)) == 1
    decide(company, FORGED)
    assert company.counted() == {B3: 4}


def test_undo_of_the_import_lifts_the_decision(company: Office) -> None:
    company.take(desks.handed_up(C1, MINE))
    company.take(desks.handed_up(C1, FORGED, revision=2))
    decide(company, FORGED)
    with company.acting() as session:
        imports.undo_last_import(session, campaign_id="c1", by="x")
        assert decisions.made(session, campaign_id="c1") == ()
    assert company.counted() == {B3: 10}
    company.take(desks.handed_up(C1, FORGED, revision=2))
    assert company.counted() == {B3: 10}
    assert len(waiting(company)) == 1


def test_what_an_undone_import_listed_binds_nobody(company: Office) -> None:
    """A wrong file taken in and taken back: the key of the right one is the first."""
    company.take(desks.file(sealing.rollup(C1, []), name="空.pingyi-pack"))
    company.take(desks.handed_up(C1, FORGED, revision=2))
    with company.acting() as session:
        imports.undo_last_import(session, campaign_id="c1", by="x")
    company.take(desks.handed_up(C1, MINE, revision=2))
    assert (company.counted(), waiting(company)) == ({B3: 10}, [])


def test_a_withdrawn_report_does_not_let_an_older_one_in(company: Office) -> None:
    company.take(desks.handed_up(C1, NEWER))
    with company.acting() as session:
        decisions.withdraw(session, envelope_id=NEWER.id, reason=WHY, by="x")
    company.take(desks.handed_up(C1, MINE, revision=2))
    assert company.counted() == {}
    (conflict,) = waiting(company)
    assert (conflict.set_aside, conflict.counted) == (True, "")
    decide(company, MINE)
    assert company.counted() == {B3: 10}


# Several levels


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """Between the company and a general branch with branches of its own."""
    made = desks.office(tmp_path / "C1.pingyi")
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(C1))
        desks.hold(session)
    yield made
    with made.store.reading() as session:
        assert soundness.full(session) == []
    made.store.close()


def up(office: Office) -> desks.File:
    with office.acting() as session:
        desks.know_above(session)
        made = transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实")
    return desks.file(*desks.opened(made.data), name=f"{made.revision}.pingyi-pack")


def test_what_waits_at_one_level_is_counted_by_none_above(committee: Office, company: Office) -> None:
    """The committee signs what it counts instead; the company knows it by the branch's own office."""
    leaf = sealing.submission(B1)
    forged = sealing.submission(B1, epoch=2, satisfied=4, by=sealing.key_of(G1))
    committee.take(desks.handed_up(G1, leaf))
    company.take(up(committee))
    committee.take(desks.handed_up(G1, forged, revision=2))
    assert committee.counted() == {B1: 10, G1: 10}
    done = company.take(up(committee))
    assert Situation.MISSING_FILE not in [one.situation for one in done.entries]
    assert company.counted() == {B1: 10, G1: 10}
    decide(committee, leaf, unit=B1)
    company.take(up(committee))
    assert company.counted() == {B1: 10, G1: 10}
    revoke(committee, B1)
    decide(committee, forged, unit=B1)
    assert committee.counted()[B1] == 4
    company.take(up(committee))
    assert company.counted() == {B1: 10, G1: 10}  # here a person is asked, too
    assert [one.unit_code for one in waiting(company)] == [B1]
    decide(company, forged, unit=B1)
    assert company.counted() == {B1: 4, G1: 10}


def test_an_office_without_anything_set_aside_hands_up_what_it_always_did(committee: Office) -> None:
    committee.take(desks.report(B3))
    _, data = up(committee)
    (rollup,) = [one for one in bundle.read(data) if one.address.type == "rollup"]
    assert set(rollup.members) == {"index"}


def test_an_office_in_between_cannot_name_what_is_not_below_it(company: Office) -> None:
    """What the second committee keeps "instead" for the first one's branch is nobody's word."""
    company.take(desks.handed_up(C1, MINE))
    index = {"accepts": [], "keys": [], "expected": []}
    key = {"unit": B3, "epoch": 2, "key": FORGED.signer}
    for said, situation in ((None, Situation.FIRST), (key, Situation.UNVOUCHED)):
        kept = {"kept": [{"held": MINE.id, "kept": FORGED.id, "key": said}]}
        file = desks.file(sealing.sealed("rollup", C2, {"index": index, "holds": kept}))
        assert [one.situation for one in company.take(file).entries] == [situation]
        assert company.counted() == {B3: 10}


# An office two levels above a branch


EVIL = sealing.key(666)
REAL, MADE_UP = sealing.submission(B1, satisfied=1), sealing.submission(B1, epoch=2, satisfied=12, by=EVIL)


def kept_instead(
    listed: Envelope, held: Envelope, kept: Envelope | None, *beside: Envelope, revision: int = 1
) -> desks.File:
    """The committee's file: its general branch honestly lists one report, and the committee keeps another instead."""
    inner = sealing.rollup(G1, [listed], revision=revision)
    key = kept and {"unit": B1, "epoch": kept.address.epoch, "key": kept.signer}
    aside = {"kept": [{"held": held.id, "kept": kept.id if kept else "", "key": key}]}
    keys = [{"unit": G1, "epoch": 1, "key": inner.signer}]
    index = {"accepts": [inner.id], "keys": keys, "expected": []}
    outer = sealing.sealed("rollup", C1, {"index": index, "holds": aside}, revision=revision)
    return desks.file(outer, inner, *beside)


@pytest.mark.parametrize(("real", "made_up"), [(1, 2), (2, 1)])
@pytest.mark.parametrize("staged", [False, True])
def test_a_forged_report_kept_instead_of_the_branch_s_own_counts_nowhere(
    company: Office, real: int, made_up: int, staged: bool
) -> None:
    mine = sealing.submission(B1, satisfied=1, epoch=real)
    forged = sealing.submission(B1, satisfied=12, by=EVIL, epoch=made_up)
    if staged:
        inner = sealing.rollup(G1, [])
        company.take(desks.file(sealing.rollup(C1, [inner]), inner))
    done = company.take(kept_instead(mine, mine, forged, forged, revision=2))
    entry = told(done.entries, B1)
    assert (entry.verdict, entry.situation) == ("待核", Situation.CONTESTED)
    assert package.check_number(forged.id) in entry.sentence
    assert company.counted() == {}
    done = company.take(kept_instead(mine, mine, forged, mine, revision=3))
    for one in [one for one in done.entries if one.unit_code == B1]:
        assert (one.verdict, one.situation) == ("待核", Situation.CONTESTED)
    assert company.counted() == {}
    (conflict,) = waiting(company)
    numbers = {side.check_number for side in conflict.sides}
    assert numbers == {package.check_number(mine.id), package.check_number(forged.id)}
    decide(company, mine, unit=B1)
    assert company.counted() == {B1: 1}


def test_a_person_may_believe_the_office_above(company: Office) -> None:
    company.take(kept_instead(REAL, REAL, MADE_UP, MADE_UP))
    company.take(kept_instead(REAL, REAL, MADE_UP, REAL, revision=2))
    decide(company, MADE_UP, unit=B1)
    assert company.counted() == {B1: 12}
    revoke(company, B1)
    assert company.counted() == {}


def test_an_honest_file_after_a_forged_one_counts(company: Office) -> None:
    company.take(kept_instead(REAL, REAL, MADE_UP, MADE_UP))
    inner = sealing.rollup(G1, [REAL])
    company.take(desks.file(sealing.rollup(C1, [inner], revision=2), inner, REAL))
    assert company.counted() == {B1: 1}


def test_the_key_that_its_own_office_vouches_for_goes_before_a_far_one(company: Office) -> None:
    """What was signed by the far key is not taken for the unit's own afterwards."""
    company.take(kept_instead(REAL, REAL, MADE_UP, MADE_UP))
    new = sealing.submission(B1, satisfied=2, epoch=2)
    done = company.take(kept_instead(new, new, MADE_UP, new, revision=2))
    assert {one.verdict for one in done.entries if one.unit_code == B1} == {"待核"}
    assert company.counted() == {}
    with company.acting() as session:
        known = inbox_desks.open_desk(session, session.get_one(Campaign, desks.CAMPAIGN)).known
    assert known[MADE_UP.id].key == MADE_UP.signer  # as it stands in the envelope, whoever is vouched for now
    inner = sealing.rollup(G1, [new], revision=3)
    done = company.take(desks.file(sealing.rollup(C1, [inner], revision=3), inner, new))
    assert (
        told(done.entries, B1).situation is Situation.REKEYED
    )  # its office had vouched for another one before
    decide(company, new, unit=B1)
    assert company.counted() == {B1: 2}


def test_an_office_two_levels_above_does_not_silence_a_branch(company: Office) -> None:
    inner = sealing.rollup(G1, [REAL])
    company.take(desks.file(sealing.rollup(C1, [inner]), inner, REAL))
    company.take(kept_instead(REAL, REAL, None, REAL, revision=2))
    assert company.counted() == {B1: 1}


def standing(office: Office, unit: str = B1) -> overview.UnitCoverage:
    with office.acting() as session:
        units = overview.coverage(session, campaign_id="c1", today="2024-06-01").units
    return next(one for one in units if one.org.code == unit)


def reported_once(company: Office) -> None:
    inner = sealing.rollup(G1, [REAL])
    company.take(desks.file(sealing.rollup(C1, [inner]), inner, REAL))
    assert (standing(company).state, standing(company).dropped) == ("已报", "")


def test_a_branch_that_its_office_dropped_is_not_taken_for_one_that_never_reported(company: Office) -> None:
    reported_once(company)
    without = sealing.rollup(G1, [], revision=2)
    company.take(desks.file(sealing.rollup(C1, [without], revision=2), without))
    found = standing(company)
    assert (found.state, found.standing) == ("不再列入", "不再列入")
    assert f"“{sealing.NAMES[G1]}”最新的汇总不再列入“{sealing.NAMES[B1]}”" in found.dropped
    assert package.check_number(REAL.id) in found.dropped
    assert (standing(company, B2).state, standing(company, B2).dropped) == ("未报", "")
    with company.acting() as session:
        (said,) = overview.coverage(session, campaign_id="c1").dropped
        assert said == found.dropped
    again = sealing.rollup(G1, [REAL], revision=3)
    company.take(desks.file(sealing.rollup(C1, [again], revision=3), again, REAL))
    assert (standing(company).state, standing(company).dropped) == ("已报", "")


def test_it_is_said_wherever_the_units_are_looked_over(
    company: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    reported_once(company)
    without = sealing.rollup(G1, [], revision=2)
    company.take(desks.file(sealing.rollup(C1, [without], revision=2), without))
    reason = standing(company).dropped
    path = str(company.store.path)
    assert cli.main(["coverage", path]) == 0
    printed = capsys.readouterr().out
    assert "不再列入" in printed.replace(reason, "")
    assert reason in printed
    assert cli.main(["coverage", path, "--json"]) == 0
    units = {one["code"]: one for one in json.loads(capsys.readouterr().out)["units"]}
    assert (units[B1]["state"], units[B1]["standing"], units[B1]["dropped"]) == (
        "不再列入",
        "不再列入",
        reason,
    )
    assert (units[B2]["state"], units[B2]["dropped"]) == ("未报", "")
    with company.acting() as session:
        listed = catalog.build(session, name="R24", campaign_id="c1", today=date(2024, 6, 1))
        asked = catalog.build(session, name="R24B", campaign_id="c1", today=date(2024, 6, 1))
    assert reason in [block.text for block in listed.blocks if isinstance(block, Para)]
    (row,) = [
        row
        for block in asked.blocks
        if isinstance(block, Table)
        for row in block.rows
        if row.cells[1] == sealing.NAMES[B1]
    ]
    assert row.cells[3:5] == ("不再列入", "报来过，上级不再列入，待核实")


def test_the_office_is_named_that_dropped_the_whole_of_another(company: Office) -> None:
    reported_once(company)
    company.take(desks.file(sealing.rollup(C1, [], revision=2)))
    said = f"“{sealing.NAMES[C1]}”最新的汇总不再列入“{sealing.NAMES[G1]}”"
    assert said in standing(company).dropped


def test_so_is_one_that_set_the_newer_report_aside(company: Office) -> None:
    reported_once(company)
    later = sealing.submission(B1, revision=2, satisfied=9)
    company.take(kept_instead(later, later, None, revision=2))
    assert standing(company).state == "不再列入"
    assert f"“{sealing.NAMES[C1]}”没有采用“{sealing.NAMES[G1]}”报来的" in standing(company).dropped


def test_what_a_summary_lists_and_nobody_brings_is_not_called_dropped(company: Office) -> None:
    reported_once(company)
    later = sealing.rollup(G1, [sealing.submission(B1, revision=2)], revision=2)
    company.take(desks.file(sealing.rollup(C1, [later], revision=2), later))
    assert (standing(company).state, standing(company).dropped) == ("未报", "")


def test_what_is_ruled_out_here_is_not_called_dropped_above(company: Office) -> None:
    reported_once(company)
    with company.acting() as session:
        decisions.withdraw(session, envelope_id=REAL.id, reason=WHY, by="x")
    assert (standing(company).state, standing(company).dropped) == ("未报", "")
    without = sealing.rollup(G1, [], revision=2)
    company.take(desks.file(sealing.rollup(C1, [without], revision=2), without))
    assert (standing(company).state, standing(company).dropped) == ("未报", "")


def test_two_summaries_of_the_office_are_said_to_be_in_conflict(company: Office) -> None:
    reported_once(company)
    one, other = sealing.rollup(G1, [REAL], revision=2), sealing.rollup(G1, [], revision=2)
    company.take(desks.file(sealing.rollup(C1, [one], revision=2), one))
    company.take(desks.file(sealing.rollup(C1, [one, other], revision=3), other))
    assert f"“{sealing.NAMES[G1]}”的汇总有冲突" in standing(company).dropped


@pytest.mark.parametrize("counted_before", [False, True])
def test_an_office_two_levels_above_that_keeps_the_older_report_is_told(
    company: Office, counted_before: bool
) -> None:
    """Its general branch lists the newer one, which the committee leaves out of the file."""
    later = sealing.submission(B1, revision=2, satisfied=9)
    before = [REAL] if counted_before else []
    inner = sealing.rollup(G1, before)
    company.take(desks.file(sealing.rollup(C1, [inner]), inner, *before))
    file = kept_instead(later, later, REAL, REAL, revision=2)
    for entries in (company.plan(file).entries, company.take(file).entries, company.take(file).entries):
        mine = [one for one in entries if one.unit_code == B1 and one.situation is not Situation.FIRST]
        said = [one for one in mine if one.situation is Situation.KEPT_BACK]
        assert [(one.verdict, one.check_number) for one in said] == [("待核", package.check_number(later.id))]
        assert "无变化" not in [one.verdict for one in mine]
        for one in (REAL, later):
            assert package.check_number(one.id) in said[0].sentence
        assert sealing.NAMES[C1] in said[0].sentence
        assert said[0].file == file[0]
    assert company.counted() == {B1: 1}


def test_what_is_set_aside_for_nothing_is_told_though_nobody_brings_it(company: Office) -> None:
    company.take(desks.file(sealing.rollup(C1, []), name="空.pingyi-pack"))
    file = kept_instead(REAL, REAL, None, revision=2)
    (entry,) = [one for one in company.plan(file).entries if one.situation is Situation.KEPT_BACK]
    assert (entry.unit_code, entry.check_number) == (G1, package.check_number(REAL.id))
    done = company.take(file)
    assert entry in done.entries
    assert company.counted() == {}


def test_what_a_sister_office_says_it_keeps_back_is_nobody_s_word(company: Office) -> None:
    company.take(desks.handed_up(C1, MINE))
    company.take(desks.file(sealing.rollup(C2, []), name="空.pingyi-pack"))
    kept = {"kept": [{"held": "ab" * 32, "kept": MINE.id, "key": None}]}
    index = {"accepts": [], "keys": [], "expected": []}
    file = desks.file(sealing.sealed("rollup", C2, {"index": index, "holds": kept}, revision=2))
    done = company.take(file)
    assert Situation.KEPT_BACK not in [one.situation for one in done.entries]
    assert company.counted() == {B3: 10}


def test_what_a_person_has_ruled_on_is_not_told_again(company: Office) -> None:
    file = kept_instead(REAL, REAL, MADE_UP, REAL, revision=3)
    company.take(kept_instead(REAL, REAL, MADE_UP, MADE_UP))
    company.take(kept_instead(REAL, REAL, MADE_UP, REAL, revision=2))
    decide(company, MADE_UP, unit=B1)
    assert Situation.KEPT_BACK not in [one.situation for one in company.take(file).entries]


def test_a_branch_that_its_office_no_longer_lists_is_named(company: Office) -> None:
    inner = sealing.rollup(G1, [REAL])
    company.take(desks.file(sealing.rollup(C1, [inner]), inner, REAL))
    without = sealing.rollup(G1, [], revision=2)
    file = desks.file(sealing.rollup(C1, [without], revision=2), without)
    for entries in (company.plan(file).entries, company.take(file).entries):
        entry = told(entries, B1)
        assert (entry.verdict, entry.situation) == ("旧版本", Situation.NO_LONGER_LISTED)
        assert "上级不再列入" in entry.sentence
        assert package.check_number(REAL.id) in entry.sentence
        assert entry.file == file[0]
    assert company.counted() == {}
