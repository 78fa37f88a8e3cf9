"""Merge: the laws of a set, and an oracle for every row of the design's table of cases (package design §4)."""

from __future__ import annotations

import copy
import dataclasses
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
import sealing
from hypothesis import given
from hypothesis import strategies as st
from series import LONG

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.merging import merge
from pingyi_desktop.exchange.merging.merge import Record, Rulings, View
from pingyi_desktop.exchange.wire import bundle, package, trust
from pingyi_desktop.exchange.wire.package import Envelope

PARENTS = sealing.PARENTS
B1, B2, B3, G1, C1, C2 = (
    "QL.01.G01.B001",
    "QL.01.G01.B002",
    "QL.01.B003",
    "QL.01.G01",
    "QL.01",
    "QL.02",
)


def seen(*envelopes: Envelope, office: str = "QL") -> View:
    return merge.view(map(sealing.record, envelopes), office=office, parents=PARENTS)


def up(office: str, *accepted: Envelope, revision: int = 1, **other: Any) -> Envelope:
    return sealing.rollup(office, accepted, revision=revision, **other)


def branch(unit: str = B3, revision: int = 1, satisfied: int = 10, epoch: int = 1) -> Envelope:
    return sealing.submission(unit, revision=revision, satisfied=satisfied, epoch=epoch)


# Every row of the table


def test_the_same_envelope_counts_once() -> None:
    one = branch()
    assert seen(one, one, office=C1) == seen(one, office=C1)
    assert seen(one, office=C1).submissions == {B3: one.id}


def test_an_older_revision_after_a_newer_one_changes_nothing() -> None:
    old, new = branch(revision=2), branch(revision=3, satisfied=9)
    for order in ([old, new], [new, old]):
        view = seen(*order, office=C1)
        assert view.submissions == {B3: new.id}
        assert view.conflicts == {}


def test_the_epoch_dominates_the_revision() -> None:
    """A thief's huge revision ends with one new task (T7)."""
    stolen, honest = branch(revision=2**52), branch(revision=1, epoch=2, satisfied=9)
    assert seen(stolen, honest, office=C1).submissions == {B3: honest.id}


def test_two_contents_in_one_place_are_a_conflict_and_count_nowhere() -> None:
    one, other = branch(revision=2), branch(revision=2, satisfied=9)
    view = seen(branch(), one, other, office=C1)
    assert view.submissions == {}
    assert view.conflicts == {B3: tuple(sorted((one.id, other.id)))}


def test_a_higher_revision_ends_a_conflict() -> None:
    last = branch(revision=3)
    view = seen(branch(revision=2), branch(revision=2, satisfied=9), last, office=C1)
    assert view.submissions == {B3: last.id}
    assert view.conflicts == {}


def test_an_old_conflict_below_the_newest_revision_is_no_matter() -> None:
    last = branch(revision=5)
    assert seen(last, branch(revision=2), branch(revision=2, satisfied=9), office=C1).submissions == {
        B3: last.id
    }


def test_the_same_envelope_by_two_routes_counts_once() -> None:
    one = branch()
    view = seen(one, up(C1, one), up(C2, one))
    assert view.submissions == {B3: one.id}
    assert view.conflicts == {}
    assert view.strays == ()


def test_of_a_unit_under_two_offices_the_content_of_its_own_goes_on_counting() -> None:
    mine, other = branch(), sealing.submission(B3, satisfied=9, by=sealing.key(5))
    view = seen(mine, other, up(C1, mine), up(C2, other))
    assert view.submissions == {B3: mine.id}
    assert (view.conflicts, view.held) == ({}, {other.id: mine.id})


def test_a_newer_content_through_the_wrong_office_is_not_chosen_silently() -> None:
    mine, newer = branch(), branch(revision=2, satisfied=9)
    view = seen(mine, newer, up(C1, mine), up(C2, newer))
    assert view.submissions == {B3: mine.id}
    assert (view.conflicts, view.held) == ({}, {newer.id: mine.id})


@pytest.mark.parametrize(("revision", "counts"), [(1, False), (2, False), (3, True)])
def test_what_a_person_let_in_from_another_office_counts_until_its_own_offers_a_higher_one(
    revision: int, counts: bool
) -> None:
    first, mine, stray = branch(), branch(revision=revision), branch(revision=2, satisfied=9)
    everything = [sealing.record(one) for one in (mine, stray, up(C1, mine), up(C2, stray))]
    ruled = Rulings(released={stray.id: first.id})
    view = merge.view(everything, office="QL", parents=PARENTS, rulings=ruled)
    assert view.submissions == {B3: mine.id if counts else stray.id}


def test_of_two_that_were_let_in_from_another_office_neither_counts() -> None:
    mine, one, two = branch(), branch(revision=2, satisfied=9), branch(revision=2, satisfied=4)
    everything = [sealing.record(e) for e in (mine, one, two, up(C1, mine), up(C2, one, two))]
    ruled = Rulings(released={one.id: mine.id, two.id: mine.id})
    view = merge.view(everything, office="QL", parents=PARENTS, rulings=ruled)
    assert view.submissions == {B3: mine.id}


def test_an_older_content_through_the_wrong_office_cannot_displace_the_newer_one() -> None:
    mine, older = branch(revision=2), branch(satisfied=9)
    view = seen(mine, older, up(C1, mine), up(C2, older))
    assert view.submissions == {B3: mine.id}
    assert view.conflicts == {}
    assert view.strays == ((C2, older.id),)


def test_a_unit_only_another_office_lists_is_shown_but_not_counted() -> None:
    one = branch()
    view = seen(one, up(C1), up(C2, one))
    assert view.submissions == {}
    assert view.strays == ((C2, one.id),)


def test_a_unit_outside_the_tree_is_not_counted() -> None:
    alien = sealing.submission("QL.09.B001")
    view = seen(alien, branch(), office=C1)
    assert view.submissions.keys() == {B3}


def test_a_unit_of_a_sister_office_is_not_counted() -> None:
    view = seen(sealing.submission("QL.02.B001"), branch(), office=C1)
    assert view.submissions.keys() == {B3}


def test_a_rollup_that_lists_an_absent_envelope_shows_it_missing() -> None:
    here, absent = branch(), sealing.submission(G1)
    view = seen(here, up(C1, here, absent))
    assert view.missing == ((C1, absent.id),)
    assert view.submissions == {B3: here.id}
    assert seen(here, absent, up(C1, here, absent)).missing == ()


def test_below_a_child_only_what_its_newest_rollup_accepts_counts() -> None:
    """作废: the newest rollup no longer lists the submission, though the envelope is still here."""
    one = branch()
    assert seen(one, up(C1, one)).submissions == {B3: one.id}
    assert seen(one, up(C1, one), up(C1, revision=2)).submissions == {}
    assert seen(one).submissions == {}


def test_an_office_that_returns_to_an_earlier_submission_is_not_believed() -> None:
    first, second = branch(), branch(revision=2, satisfied=9)
    view = seen(first, second, up(C1, second), up(C1, first, revision=2))
    assert view.submissions == {B3: second.id}
    assert view.held == {first.id: second.id}


def test_an_office_that_vouches_for_another_key_of_a_branch_is_not_believed() -> None:
    """Whichever arrives first: the key of the lower epoch is the first one of a set."""
    mine, forged = branch(), branch(epoch=2, satisfied=4)
    files = [mine, up(C1, mine)], [forged, up(C1, forged, revision=2)]
    for order in (files, files[::-1]):
        view = seen(*order[0], *order[1])
        assert view.submissions == {B3: mine.id}
        assert view.held == {forged.id: mine.id}


def test_a_first_key_is_believed_whatever_its_epoch() -> None:
    """A task handed down again before anything was reported: nothing that counted is contradicted."""
    one = branch(epoch=2)
    view = seen(one, up(C1, one))
    assert (view.submissions, view.held) == ({B3: one.id}, {})


def test_an_office_cannot_make_its_own_key_the_earlier_one() -> None:
    """What was listed after an earlier import came first, whatever epoch is claimed afterwards."""
    mine, forged = branch(epoch=2), branch(revision=9, satisfied=4)
    rollups = [up(C1, mine), up(C1, forged, revision=2)]
    records = [
        dataclasses.replace(sealing.record(one), listed=1 if one is mine else None)
        for one in (mine, forged, *rollups)
    ]
    view = merge.view(records, office="QL", parents=PARENTS)
    assert view.submissions == {B3: mine.id}
    assert view.held == {forged.id: mine.id}


def test_a_direct_child_s_new_task_needs_no_question() -> None:
    old, new = branch(), branch(epoch=2, satisfied=9)
    view = seen(old, new, office=C1)
    assert (view.submissions, view.held) == ({B3: new.id}, {})


def test_an_office_s_new_key_holds_back_all_it_lists() -> None:
    """A general branch that its committee speaks for: its summary waits, and so does what only that one lists."""
    leaf, later = sealing.submission(B1), sealing.submission(B1, revision=2, satisfied=9)
    own, forged = up(G1, leaf), up(G1, later, epoch=2)
    view = seen(leaf, later, own, forged, up(C1, own), up(C1, forged, revision=2))
    assert view.submissions == {B1: leaf.id}
    assert view.held == {forged.id: own.id}
    assert later.id in view.waiting


def test_what_a_forged_summary_lists_makes_no_key_trusted() -> None:
    """A branch that was never seen: what its office's forged summary vouches for does not become the first key."""
    forged = sealing.submission(B1, epoch=2, satisfied=4)
    own, other = up(G1), up(G1, forged, epoch=2)
    assert seen(forged, own, other, up(C1, own), up(C1, other, revision=2)).submissions == {}
    leaf = sealing.submission(B1)
    honest = up(G1, leaf, revision=2)
    view = seen(forged, leaf, own, other, honest, up(C1, own), up(C1, honest, revision=3))
    assert (view.submissions, view.held) == ({B1: leaf.id}, {})


def test_of_two_summaries_that_rival_neither_is_believed() -> None:
    first, second = branch(), branch(revision=2, satisfied=9)
    left, right = up(C1, first), up(C1, second)
    assert decided(first, second, left, right, void=[right]).submissions == {B3: first.id}
    later = up(C1, first, revision=2)
    for view in (
        seen(first, second, left, right, later),
        decided(first, second, right, later, void=[right]),
    ):
        assert (view.submissions, view.held) == ({B3: first.id}, {})


def released(*envelopes: Envelope, let_in: Envelope, beside: Envelope) -> View:
    ruled = Rulings(released={let_in.id: beside.id})
    return merge.view(map(sealing.record, envelopes), office="QL", parents=PARENTS, rulings=ruled)


def test_what_was_let_in_counts_and_so_does_what_follows_by_its_key() -> None:
    mine, new = branch(), branch(epoch=2, satisfied=4)
    before = (mine, new, up(C1, mine), up(C1, new, revision=2))
    assert released(*before, let_in=new, beside=mine).submissions == {B3: new.id}
    further = branch(epoch=2, revision=2, satisfied=3)
    after = released(*before, further, up(C1, further, revision=3), let_in=new, beside=mine)
    assert (after.submissions, after.held) == ({B3: further.id}, {})
    third = branch(epoch=3, satisfied=2)
    again = released(*before, third, up(C1, third, revision=3), let_in=new, beside=mine)
    assert (again.submissions, again.held) == ({B3: new.id}, {third.id: new.id})


def test_an_earlier_one_that_was_let_in_is_held_again_once_it_is_overtaken() -> None:
    first, second, third = branch(), branch(revision=2, satisfied=9), branch(revision=3, satisfied=8)
    back = (first, second, up(C1, second), up(C1, first, revision=2))
    view = released(*back, let_in=first, beside=second)
    assert view.submissions == {B3: first.id}
    assert second.id in view.voided  # kept, in case the ruling is taken back
    once_more = (*back, third, up(C1, third, revision=3), up(C1, first, revision=4))
    view = released(*once_more, let_in=first, beside=second)
    assert (view.submissions, view.held) == ({B3: third.id}, {first.id: third.id})


def test_what_was_not_let_in_leaves_the_earlier_one_counting() -> None:
    mine, forged = branch(), branch(epoch=2, satisfied=4)
    view = decided(mine, forged, up(C1, mine), up(C1, forged, revision=2), void=[forged])
    assert (view.submissions, view.held, view.voided) == ({B3: mine.id}, {}, {forged.id})


def in_between(inner: Envelope, held: Envelope, kept: Envelope | None) -> Envelope:
    """The committee's summary: it lists its general branch's and says what it keeps instead of one further below."""
    index = {"accepts": [inner.id], "keys": [], "expected": []}
    key = kept and {"unit": kept.address.unit, "epoch": kept.address.epoch, "key": kept.signer}
    aside = {"kept": [{"held": held.id, "kept": kept.id if kept else "", "key": key}]}
    return sealing.sealed("rollup", C1, {"index": index, "holds": aside})


def vouching(office: str, listed: Envelope, *signed: Envelope) -> Envelope:
    """A rollup that lists one report and vouches for the keys of all these."""
    keys = [
        {"unit": one.address.unit, "epoch": one.address.epoch, "key": one.signer} for one in (listed, *signed)
    ]
    index = {"accepts": [listed.id], "keys": keys, "expected": []}
    return sealing.sealed("rollup", office, {"index": index})


def test_what_an_office_in_between_keeps_counts_above() -> None:
    """The committee holds back what its general branch says; the company counts what the committee counts."""
    mine, forged = sealing.submission(B1), sealing.submission(B1, epoch=2, satisfied=4)
    inner = vouching(G1, forged, mine)
    view = seen(mine, inner, in_between(inner, forged, mine))
    assert (view.submissions, view.held, view.missing) == ({B1: mine.id}, {}, ())


@pytest.mark.parametrize(("real", "made_up"), [(1, 2), (2, 1)])
def test_what_an_office_in_between_keeps_waits_unless_the_unit_s_own_office_bears_it_out(
    real: int, made_up: int
) -> None:
    mine = sealing.submission(B1, epoch=real)
    forged = sealing.submission(B1, epoch=made_up, satisfied=12, by=sealing.key(666))
    inner = up(G1, mine)
    for brought in ((forged,), (mine, forged)):
        view = seen(*brought, inner, in_between(inner, mine, forged))
        assert view.submissions == {}
        assert view.held == {one.id: "" for one in brought}
        assert view.contested == view.held.keys()
        assert not view.listed & view.held.keys()


def test_what_counted_before_goes_on_counting_whatever_is_said_in_between() -> None:
    mine, newer = sealing.submission(B1), sealing.submission(B1, revision=2, satisfied=9)
    forged = sealing.submission(B1, epoch=2, satisfied=12, by=sealing.key(666))
    for held, kept, aside in (
        (mine, forged, [forged]),
        (mine, None, []),
        (newer, forged, [newer, forged]),
        (newer, None, [newer]),
    ):
        inner = up(G1, held)
        brought = [one for one in (mine, newer, forged) if one in (mine, held, kept)]
        envelopes = (*brought, inner, in_between(inner, held, kept))
        records = [
            dataclasses.replace(sealing.record(one), listed=1 if one is mine else None) for one in envelopes
        ]
        view = merge.view(records, office="QL", parents=PARENTS)
        assert view.submissions == {B1: mine.id}
        assert view.held == {one.id: mine.id for one in aside}


def test_a_person_decides_between_an_office_and_the_one_above_it() -> None:
    mine = sealing.submission(B1)
    forged = sealing.submission(B1, epoch=2, satisfied=12, by=sealing.key(666))
    inner = up(G1, mine)
    records = [sealing.record(one) for one in (mine, forged, inner, in_between(inner, mine, forged))]
    for chosen, other in ((mine, forged), (forged, mine)):
        ruled = Rulings(void=frozenset({other.id}), released={chosen.id: ""})
        view = merge.view(records, office="QL", parents=PARENTS, rulings=ruled)
        assert (view.submissions, view.held) == ({B1: chosen.id}, {})


def test_two_rollups_in_one_place_are_a_conflict_and_nothing_below_counts() -> None:
    one, two = branch(), branch(revision=2, satisfied=9)
    left, right = up(C1, one), up(C1, two)
    view = seen(one, two, left, right)
    assert view.submissions == {}
    assert view.rollups == {}
    assert view.conflicts == {C1: tuple(sorted((left.id, right.id)))}


def test_a_rollup_counts_its_children_only_through_every_level() -> None:
    leaf, own = sealing.submission(B1), sealing.submission(G1)
    inner = up(G1, leaf)
    outer = up(C1, own, inner)
    office = sealing.submission(C1)
    view = seen(leaf, own, inner, outer, office)
    assert view.submissions == {B1: leaf.id, G1: own.id, C1: office.id}
    assert view.rollups == {C1: outer.id, G1: inner.id}
    skipping = up(C1, leaf)
    assert seen(leaf, skipping).submissions == {}
    assert seen(leaf, skipping).strays == ((C1, leaf.id),)


def test_an_office_does_not_look_at_its_own_exports() -> None:
    one = branch()
    view = seen(one, up(C1, one), sealing.submission(C1), office=C1)
    assert view.submissions == {B3: one.id}
    assert view.rollups == {}


def test_incomplete_coverage_is_allowed() -> None:
    assert seen(up(C1)).submissions == {}
    assert seen().submissions == {}


# What persons decided


def decided(*envelopes: Envelope, void: Sequence[Envelope] = (), preferred: Sequence[Envelope] = ()) -> View:
    """The company's view after these rulings."""
    ruled = Rulings(frozenset(one.id for one in void), frozenset(one.id for one in preferred))
    return merge.view(map(sealing.record, envelopes), office="QL", parents=PARENTS, rulings=ruled)


def test_what_is_left_of_a_conflict_counts() -> None:
    one, two = branch(C1), branch(C1, satisfied=4)
    view = decided(one, two, void=[one])
    assert (view.submissions, view.conflicts, view.voided) == ({C1: two.id}, {}, {one.id})
    assert decided(one, two, void=[one, two]).submissions == {}


def test_after_a_withdrawal_the_older_one_does_not_come_back() -> None:
    old, new = branch(C1), branch(C1, revision=2, satisfied=4)
    view = decided(old, new, void=[new])
    assert (view.submissions, view.voided) == ({}, {new.id})


def test_of_two_strays_that_were_preferred_neither_counts() -> None:
    one, two = branch(revision=2, satisfied=9), branch(revision=2, satisfied=4)
    wrong = up(C2, one, two)
    assert decided(one, two, wrong, preferred=[two]).submissions == {B3: two.id}
    assert decided(one, two, wrong, preferred=[one, two]).submissions == {}


@pytest.mark.parametrize(("revision", "counts"), [(1, True), (2, True), (3, False)])
def test_a_preferred_stray_does_not_outlive_newer_data_of_its_own_office(revision: int, counts: bool) -> None:
    mine, stray = branch(revision=revision), branch(revision=2, satisfied=9)
    view = decided(mine, stray, up(C1, mine), up(C2, stray), void=[mine], preferred=[stray])
    assert view.submissions == ({B3: stray.id} if counts else {})


def test_a_newer_stray_turned_down_beside_it_does_not_stop_a_preferred_one() -> None:
    mine, stray, newer = branch(), branch(satisfied=9), branch(revision=2, satisfied=4)
    everything = (mine, stray, newer, up(C1, mine), up(C2, stray, newer))
    assert decided(*everything).held == {stray.id: mine.id, newer.id: mine.id}
    view = decided(*everything, void=[mine, newer], preferred=[stray])
    assert (view.submissions, view.conflicts) == ({B3: stray.id}, {})


def test_what_was_set_aside_and_turned_down_does_not_stop_a_preferred_stray() -> None:
    """Its own office lists a newer one by another key: it was never let in, so it overtakes nothing."""
    mine, stray, rekeyed = branch(), branch(satisfied=9), branch(epoch=2, satisfied=4)
    everything = (mine, stray, rekeyed, up(C1, mine, rekeyed), up(C2, stray, rekeyed))
    assert decided(*everything).held == {rekeyed.id: mine.id, stray.id: mine.id}
    view = decided(*everything, void=[mine, rekeyed], preferred=[stray])
    assert (view.submissions, view.conflicts) == ({B3: stray.id}, {})


def test_what_its_own_office_has_to_ask_about_does_not_count_as_a_preferred_stray() -> None:
    """It came by another office as well, and was preferred there: only letting it in ends the question of its key."""
    mine, rekeyed = branch(), branch(epoch=2, satisfied=4)
    everything = (mine, rekeyed, up(C1, mine, rekeyed), up(C2, rekeyed))
    view = decided(*everything, void=[mine], preferred=[rekeyed])
    assert (view.submissions, set(view.held)) == ({}, {rekeyed.id})


@pytest.mark.parametrize(("revision", "rivals"), [(1, False), (2, True), (3, True)])
def test_a_stray_rivals_those_that_rival_each_other_in_its_own_office(revision: int, rivals: bool) -> None:
    """All are shown at once: the decision about two of them must not open the next conflict."""
    one, two = branch(revision=2, satisfied=9), branch(revision=2, satisfied=4)
    stray = branch(revision=revision, satisfied=6)
    everything = (one, two, stray, up(C1, one, two), up(C2, stray))
    shown = {one.id, two.id, stray.id} if rivals else {one.id, two.id}
    assert set(decided(*everything).conflicts[B3]) == shown
    void = [two, stray] if rivals else [two]
    view = decided(*everything, void=void, preferred=[one])
    assert (view.submissions, view.conflicts) == ({B3: one.id}, {})


# The laws


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Any set of records over the small tree, with ties, gaps, wrong offices and absent ids."""
    units = [unit for unit in PARENTS if unit != "QL"]
    places = st.tuples(st.integers(1, 2), st.integers(1, 2))
    made: list[Record] = []
    for number in range(draw(st.integers(0, 12))):
        unit, (epoch, revision) = draw(st.sampled_from(units)), draw(places)
        made.append(Record(f"s{number:02}", merge.SUBMISSION, unit, epoch, revision, key=f"k{epoch}"))
    for number in range(draw(st.integers(0, 8))):
        office = draw(st.sampled_from([C1, C2, G1]))
        epoch, revision = draw(places)
        listed = st.sampled_from([record.id for record in made] + ["absent"])
        accepts = tuple(sorted(draw(st.sets(listed, max_size=6))))
        made.append(Record(f"r{number:02}", merge.ROLLUP, office, epoch, revision, accepts, key=f"k{epoch}"))
    return made


@given(histories(), st.randoms(use_true_random=False))
def test_no_order_repetition_or_batching_changes_the_view(
    records: list[Record], chance: random.Random
) -> None:
    """Union is commutative, associative and idempotent, and the view is a function of the union."""
    whole = merge.view(records, office="QL", parents=PARENTS)
    shuffled = [*records, *chance.sample(records, len(records) // 2)]
    chance.shuffle(shuffled)
    assert merge.view(shuffled, office="QL", parents=PARENTS) == whole
    cut = chance.randint(0, len(shuffled))
    first = {record.id: record for record in shuffled[:cut]}
    second = {record.id: record for record in shuffled[cut:]}
    for batches in ({**first, **second}, {**second, **first}):
        assert merge.view(batches.values(), office="QL", parents=PARENTS) == whole


@given(histories())
def test_nothing_is_counted_twice_and_nothing_disputed_is_counted(records: list[Record]) -> None:
    view = merge.view(records, office="QL", parents=PARENTS)
    by_id = {record.id: record for record in records}
    assert all(by_id[identity].unit == unit for unit, identity in view.submissions.items())
    disputed = {identity for ids in view.conflicts.values() for identity in ids}
    assert disputed.isdisjoint(view.submissions.values())
    assert all(len(ids) > 1 for ids in view.conflicts.values())


@given(histories(), st.data())
def test_what_is_superseded_may_be_forgotten(records: list[Record], data: st.DataObject) -> None:
    """GC: a direct child's older submission can be deleted without any trace in the view."""
    direct = [r for r in records if r.unit in (C1, C2) and r.type == merge.SUBMISSION]
    older = [r for r in direct if any(r.unit == s.unit and r.place < s.place for s in direct)]
    listed = {identity for r in records for identity in r.accepts}
    free = [record for record in older if record.id not in listed]
    gone = {record.id for record in free if data.draw(st.booleans())}
    kept = [record for record in records if record.id not in gone]
    assert merge.view(kept, office="QL", parents=PARENTS) == merge.view(records, office="QL", parents=PARENTS)


@given(histories(), st.data(), st.randoms(use_true_random=False))
def test_no_order_or_repetition_changes_the_view_of_what_people_decided(
    records: list[Record], data: st.DataObject, chance: random.Random
) -> None:
    ruled = rulings(records, data)
    whole = merge.view(records, office="QL", parents=PARENTS, rulings=ruled)
    shuffled = [*records, *chance.sample(records, len(records) // 2)]
    chance.shuffle(shuffled)
    assert merge.view(shuffled, office="QL", parents=PARENTS, rulings=ruled) == whole


@given(histories(), st.data())
def test_what_was_ruled_out_counts_and_rivals_nowhere(records: list[Record], data: st.DataObject) -> None:
    ruled = rulings(records, data)
    view = merge.view(records, office="QL", parents=PARENTS, rulings=ruled)
    counted = {*view.submissions.values(), *view.rollups.values()}
    disputed = {identity for ids in view.conflicts.values() for identity in ids}
    assert ruled.void.isdisjoint(counted | disputed)
    assert view.voided <= ruled.void | set(ruled.released.values())
    assert counted.isdisjoint(view.held)
    assert disputed.isdisjoint(view.submissions.values())


@given(histories(), st.data())
def test_a_withdrawal_never_brings_other_data_in_its_stead(
    records: list[Record], data: st.DataObject
) -> None:
    """Where nothing was disputed, ruling submissions out only takes away; older ones do not come back."""
    before = merge.view(records, office="QL", parents=PARENTS)
    ids = sorted(record.id for record in records if record.type == merge.SUBMISSION)
    void = frozenset(data.draw(st.sets(st.sampled_from(ids)))) if ids else frozenset()
    after = merge.view(records, office="QL", parents=PARENTS, rulings=Rulings(void=void))
    for unit, identity in after.submissions.items():
        if unit not in before.conflicts:
            assert before.submissions[unit] == identity


@given(histories(), st.data())
def test_a_decision_settles_its_conflict_and_nothing_else(records: list[Record], data: st.DataObject) -> None:
    before = merge.view(records, office="QL", parents=PARENTS)
    by_id = {record.id: record for record in records}
    open_ones = [
        (unit, identity)
        for unit, ids in before.conflicts.items()
        if all(by_id[one].type == merge.SUBMISSION for one in ids)
        for identity in ids
    ]
    if not open_ones:
        return
    unit, chosen = data.draw(st.sampled_from(open_ones))
    losers = frozenset(before.conflicts[unit]) - {chosen}
    ruled = Rulings(void=losers, preferred=frozenset({chosen}))
    after = merge.view(records, office="QL", parents=PARENTS, rulings=ruled)
    assert after.submissions[unit] == chosen
    assert unit not in after.conflicts
    others = {one: identity for one, identity in after.submissions.items() if one != unit}
    assert others == before.submissions
    assert {one: ids for one, ids in before.conflicts.items() if one != unit} == after.conflicts


@given(histories())
def test_a_direct_child_s_newest_place_is_never_passed_over(records: list[Record]) -> None:
    """Epoch before revision: whatever counts has the highest place its unit ever claimed."""
    view = merge.view(records, office="QL", parents=PARENTS)
    by_id = {record.id: record for record in records}
    for unit in (C1, C2):
        places = [r.place for r in records if r.unit == unit and r.type == merge.SUBMISSION]
        if unit in view.submissions:
            assert by_id[view.submissions[unit]].place == max(places)
        elif places:
            assert unit in view.conflicts


@given(histories(), st.integers(3, 9))
def test_a_new_task_ends_every_conflict_of_a_direct_child(records: list[Record], revision: int) -> None:
    last = Record("new", merge.SUBMISSION, C1, 3, revision)
    view = merge.view([*records, last], office="QL", parents=PARENTS)
    rivals = {i for i in view.conflicts.get(C1, ()) if i.startswith("s")}
    assert view.submissions[C1] == "new"
    assert not rivals


@given(histories())
def test_bodies_that_do_not_count_may_be_deleted(records: list[Record]) -> None:
    """T13: what is superseded keeps its header only, rollups with what they listed; nothing changes by it."""
    view = merge.view(records, office="QL", parents=PARENTS)
    kept = {*view.submissions.values(), *view.rollups.values(), *(i for _, i in view.strays)}
    kept |= {identity for ids in view.conflicts.values() for identity in ids} | view.waiting
    headers = [
        dataclasses.replace(
            record if record.id in kept else dataclasses.replace(record, accepts=(), body=False),
            listed=0 if record.id in view.listed else None,
        )
        for record in records
    ]
    assert merge.view(headers, office="QL", parents=PARENTS) == view


def test_a_deleted_body_that_is_needed_again_is_missing() -> None:
    one = sealing.record(branch())
    gone = dataclasses.replace(one, body=False)
    rollup = sealing.record(up(C1, branch()))
    view = merge.view([gone, rollup], office="QL", parents=PARENTS)
    assert view.missing == ((C1, one.id),)
    assert view.submissions == {}


def rulings(records: list[Record], data: st.DataObject) -> Rulings:
    """Any ids ruled out and any preferred, known or not."""
    ids = st.sampled_from(sorted({record.id for record in records} | {"absent"}))
    void, preferred = data.draw(st.sets(ids)), data.draw(st.sets(ids))
    let_in = data.draw(st.dictionaries(ids, ids | st.just(""), max_size=3))
    return Rulings(frozenset(void), frozenset(preferred), let_in)


@given(histories(), st.data())
def test_whatever_the_order_no_second_key_and_no_lower_place_counts_unasked(
    records: list[Record], data: st.DataObject
) -> None:
    """The honest law of what is set aside: which of two keys counts depends on what this file took in first, but that

    only one ever counts, and never less far than before, does not depend on the order, the batches or the repetitions.
    """
    order = data.draw(st.permutations(records))
    held: dict[str, Record] = {}
    keys: dict[str, str] = {}
    places: dict[tuple[str, str], tuple[int, int]] = {}
    number = 0
    while order:
        many = data.draw(st.integers(1, len(order)))
        held |= {one.id: held.get(one.id, one) for one in order[:many]}
        order, number = order[many:], number + 1
        view = merge.view(held.values(), office="QL", parents=PARENTS)
        held |= {
            one: dataclasses.replace(held[one], listed=number)
            for one in view.listed
            if held[one].listed is None
        }
        assert merge.view(held.values(), office="QL", parents=PARENTS) == view
        for identity in (*view.submissions.values(), *view.rollups.values()):
            one = held[identity]
            if PARENTS[one.unit] != "QL":
                assert keys.setdefault(one.unit, one.key) == one.key
                assert places.get((one.type, one.unit), (0, 0)) <= one.place
                places[one.type, one.unit] = one.place


@given(st.dictionaries(st.sampled_from([unit for unit in PARENTS if unit != "QL"]), st.integers(1, 3)))
def test_flat_is_hierarchical(revisions: Mapping[str, int]) -> None:
    """Offices that accept what they see and hand it up give the company the newest submission of every unit."""
    records = [
        Record(f"{unit}/{number}", merge.SUBMISSION, unit, 1, number)
        for unit, last in revisions.items()
        for number in range(1, last + 1)
    ]
    for office in (G1, C1, C2):
        view = merge.view(records, office=office, parents=PARENTS)
        chosen = {**view.submissions, **{f"{unit} rollup": one for unit, one in view.rollups.items()}}
        direct = [
            identity for name, identity in chosen.items() if PARENTS[name.removesuffix(" rollup")] == office
        ]
        records.append(Record(f"{office} up", merge.ROLLUP, office, 1, 1, tuple(sorted(direct))))
    flat = {unit: f"{unit}/{last}" for unit, last in revisions.items()}
    assert merge.view(records, office="QL", parents=PARENTS).submissions == flat


def test_a_set_of_a_hundred_companies_is_merged() -> None:
    """34,900 branches under 349 offices (a quarter with every test): every office's children are looked at once."""
    many = 100 if LONG else 25
    parents: dict[str, str | None] = {"Q": None}
    records = []
    for office in range(349):
        parents[f"Q.{office}"] = "Q"
        ids = []
        for number in range(many):
            unit = f"Q.{office}.{number}"
            parents[unit] = f"Q.{office}"
            records.append(Record(unit, merge.SUBMISSION, unit, 1, 1))
            ids.append(unit)
        records.append(Record(f"up {office}", merge.ROLLUP, f"Q.{office}", 1, 1, tuple(ids)))
    view = merge.view(records, office="Q", parents=parents)
    assert len(view.submissions) == 349 * many
    assert len(view.rollups) == 349


# From the company's point of view, with real packages


def test_a_general_branch_and_a_committee_hand_up_signed_envelopes_byte_for_byte() -> None:
    """Three levels through bundles: the company verifies the branch's own signature and certifies downwards."""
    leaves = [sealing.submission(B1), sealing.submission(B2)]
    inner = up(G1, *leaves)
    middle = sealing.submission(G1)
    outer = up(C1, middle, inner, branch())
    arrived = bundle.read(bundle.write([*leaves, inner, middle, branch(), outer]))
    assert {one.raw for one in leaves} <= {one.raw for one in arrived}
    ring = {(C1, 1): outer.signer}
    for office in (outer, inner):
        keys = [(key["unit"], key["epoch"], key["key"]) for key in office.document("index")["keys"]]
        trust.register(ring, office=office.address.unit, keys=keys, parents=PARENTS)
    for one in arrived:
        verdict = trust.judge_signer(
            unit=one.address.unit,
            epoch=one.address.epoch,
            key=one.signer,
            keyring=ring,
            me="QL",
            parents=PARENTS,
            issued={},
        )
        assert verdict == trust.Known()
    assert seen(*arrived).submissions.keys() == {B1, B2, B3, G1}


# 勾稽: what does not add up is refused


def spoilt(change: Callable[[dict[str, Any]], None], *, unit: str = B1, **head: Any) -> Envelope:
    documents = copy.deepcopy(sealing.documents_of(unit))
    change(documents)
    return sealing.submission(unit, documents=documents, **head)


def is_sound(envelope: Envelope) -> bool:
    merge.check_submission(envelope, sealing.DEFINITION)
    return True


def test_a_sound_submission_passes() -> None:
    assert is_sound(sealing.submission(B1))
    assert is_sound(package.strip(sealing.submission(B1), ["ratee_tallies"]))


def batches(documents: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = documents["tallies"]["batches"]
    return found


def in_batch(number: int, **changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda documents: batches(documents)[number].update(changed)


def in_item(number: int, place: int, **changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda documents: batches(documents)[number]["items"][place].update(changed)


def in_session(**changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda documents: documents["sessions"]["sessions"][0].update(changed)


def in_person(place: int, **changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda documents: documents["ratee_tallies"]["batches"][0]["items"][place].update(changed)


def swap_marks_between_persons(documents: dict[str, Any]) -> None:
    """Each person still adds up, the sum over persons no longer equals the unit's totals."""
    documents["ratee_tallies"]["batches"][0]["items"][0]["counts"] = [11, 1, 0, 0]


NOT_SOUND = {
    "one mark too many": (in_item(0, 0, counts=[11, 2, 0, 0]), "各档合计 13，应为 12（差 1）"),
    "one mark too few": (in_item(0, 0, counts=[9, 2, 0, 0]), "各档合计 11，应为 12（差 1）"),
    "a blank mark too many": (in_item(0, 1, blank=1), "第 X 项各档合计 13"),
    "K01": (in_batch(0, returned=12), "收回 12 ≠ 有效 12+空白 1+废票 0"),
    "K02": (in_batch(0, issued=12), "收回 13 张，多于发出 12 张"),
    "a count that cannot be": (in_batch(0, printed=2**53 - 1), "票数超出 0 至 999999"),
    "too many issued to be": (in_batch(0, issued=1_000_000), "票数超出 0 至 999999"),
    "persons that cannot be": (in_batch(1, persons=10_000), "被评人多于 9999 人"),
    "people that cannot be": (in_session(expected=2**53 - 1), "人数超出 0 至 999999"),
    "ballots without the people expected": (in_session(expected=None, actual=None), "没有评议时间和应到"),
    "ballots and only the people present": (in_session(expected=None), "只填了一个"),
    "ballots and only the people expected": (in_session(actual=None), "只填了一个"),
    "ballots without a day": (in_session(held_on=None), "没有评议时间和应到"),
    "more papers than people and spare ones": (
        in_batch(0, issued=16),
        "发出 16 张，多于应到 13 人加备用 2 张",
    ),
    "more ballots than people": (in_session(expected=12, actual=12), "收回 13 张，多于应到 12 人"),
    "more present than expected": (in_session(actual=14), "实到 14 人，多于应到 13 人"),
    "more reports than introductions": (in_session(oral_reports=13), "应依次不减"),
    "form unknown": (in_batch(0, form="T-ORG-Z"), "评议表与本次活动发布的不同"),
    "form of another version": (in_batch(0, version=2), "评议表与本次活动发布的不同"),
    "voter category unknown": (in_batch(0, voter_category="B"), "参评人员类别"),
    "another organisation's batch": (in_batch(0, org=B2), "所报的场次"),
    "another layer's batch": (in_batch(0, layer=1), "所报的场次"),
    "another organisation's session": (in_session(org=B2), "不归该单位上报"),
    "a layer-1 session of a branch": (in_session(layer=1), "不归该单位上报"),
    "a batch twice": (lambda d: batches(d).append(batches(d)[0]), "重复"),
    "a session twice": (lambda d: d["sessions"]["sessions"].append(d["sessions"]["sessions"][0]), "重复"),
    "an item missing": (lambda d: batches(d)[0]["items"].pop(), "评议项目与评议表不同"),
    "an item twice": (in_item(0, 1, item="1"), "评议项目与评议表不同"),
    "an item unknown": (in_item(0, 1, item="9"), "评议项目与评议表不同"),
    "a grade too few": (in_item(0, 0, counts=[10, 2, 0]), "档数与评议表不同"),
    "a grade too many": (in_item(0, 0, counts=[10, 2, 0, 0, 0]), "档数与评议表不同"),
    "persons on an organisation form": (in_batch(0, persons=2), "不是名册式"),
    "a person among the totals": (in_item(0, 0, target="m1"), "混有个人"),
    "one person too many": (in_batch(1, persons=3), "应为 36"),
    "a person's marks": (in_person(0, counts=[11, 0, 0, 0]), "各档合计 11，应为 12"),
    "a person renamed to another": (in_person(0, target="m2"), "有 1 人的票数，应为 2 人"),
    "a person without a number": (in_person(0, target=""), "有 2 人的票数，应为 2 人"),
    "persons do not sum to the unit": (swap_marks_between_persons, "个人票数之和与单位合计不等"),
    "persons of another batch": (
        lambda d: d["ratee_tallies"]["batches"][0].update(form="T-ORG-A"),
        "票批不对应",
    ),
}


@pytest.mark.parametrize(("change", "words"), NOT_SOUND.values(), ids=NOT_SOUND.keys())
def test_figures_that_do_not_agree_are_refused(change: Callable[[dict[str, Any]], None], words: str) -> None:
    with pytest.raises(PackageError) as caught:
        merge.check_submission(spoilt(change, coverage=None), sealing.DEFINITION)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"“{sealing.NAMES[B1]}”")


def test_of_several_categories_each_reports_once() -> None:
    several = [*sealing.DEFINITION["voter_categories"], {"code": "B", "name": "群众"}]
    twice, words = NOT_SOUND["a batch twice"]
    with pytest.raises(PackageError, match=words):
        merge.check_submission(
            spoilt(twice, coverage=None), {**sealing.DEFINITION, "voter_categories": several}
        )


@pytest.mark.parametrize("total", ["eligible", "issued", "returned", "valid", "invalid"])
def test_control_totals_other_than_the_sums_are_refused(total: str) -> None:
    coverage = sealing.TOTALS.model_copy(update={total: 99})
    with pytest.raises(PackageError, match="控制总数"):
        merge.check_submission(sealing.submission(B1, coverage=coverage), sealing.DEFINITION)


def test_people_not_registered_are_not_compared_where_no_ballots_are() -> None:
    def no_ballots(documents: dict[str, Any]) -> None:
        in_session(expected=None, actual=None, members=None, oral_reports=None)(documents)
        batches(documents).clear()
        documents["ratee_tallies"]["batches"].clear()

    assert is_sound(spoilt(no_ballots, coverage=None))


def layer_one(org: str) -> dict[str, Any]:
    made = sealing.batch(org, sealing.item((12, 0, 0, 0)), sealing.item((12, 0, 0, 0), no="X"), layer=1)
    return {
        "sessions": {"salt": sealing.SALT, "sessions": [sealing.meeting(org, layer=1)]},
        "tallies": {"salt": sealing.SALT, "batches": [made]},
    }


def test_the_root_reports_layer_one_of_its_direct_children_only() -> None:
    fine = sealing.submission("QL", documents=layer_one(C1), coverage=None)
    assert is_sound(fine)
    for unit, org in (("QL", G1), (C1, C1), (C1, G1)):
        with pytest.raises(PackageError, match="不归该单位上报"):
            merge.check_submission(
                sealing.submission(unit, documents=layer_one(org), coverage=None), sealing.DEFINITION
            )
