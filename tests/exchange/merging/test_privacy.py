"""What must not be learned from packages: a few late ballots by subtraction, a few voters' marks on one person."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B3, C1, Office

from pingyi_desktop.appraisal.paper import suppression
from pingyi_desktop.exchange.merging import privacy
from pingyi_desktop.exchange.outbox import transfer
from pingyi_desktop.exchange.wire import bundle, package
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal

ROSTER = "T-MEM-B"


def with_valid(valid: int, *, roster: int | None = None) -> Envelope:
    """A submission with this many valid ballots of the organisation form (and of the roster form)."""
    documents: dict[str, Any] = copy.deepcopy(sealing.documents_of(B3))
    org, sheet = documents["tallies"]["batches"]
    org["valid"] = valid
    if roster is not None:
        sheet["valid"] = roster
    return sealing.submission(B3, documents=documents, coverage=None)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (12, 12, []),
        (12, 13, [("T-ORG-A", 1)]),
        (12, 16, [("T-ORG-A", 4)]),
        (12, 17, []),
        (12, 8, [("T-ORG-A", 4)]),
        (12, 7, []),
    ],
)
def test_differences_of_one_to_four_are_small(before: int, after: int, found: list[tuple[str, int]]) -> None:
    assert privacy.small_changes([with_valid(before)], with_valid(after), k=5) == found


def test_a_batch_that_was_not_there_before_is_no_difference() -> None:
    documents: dict[str, Any] = copy.deepcopy(sealing.documents_of(B3))
    documents["tallies"]["batches"] = documents["tallies"]["batches"][:1]
    alone = sealing.submission(B3, documents={key: documents[key] for key in ("sessions", "tallies")})
    assert privacy.small_changes([alone], with_valid(12, roster=3), k=5) == []


def marked(*satisfied: int, person: int = 9, categories: tuple[str, ...] = ("ALL",)) -> Envelope:
    """A submission with these satisfied marks of the organisation form, one batch per category, and of one person."""
    documents: dict[str, Any] = copy.deepcopy(sealing.documents_of(B3))
    org, sheet = documents["tallies"]["batches"]
    stacks = []
    for good, category in zip(satisfied, categories, strict=True):
        one = copy.deepcopy({**org, "voter_category": category, "valid": 12})
        one["items"][0].update(counts=[good, 12 - good, 0, 0])
        stacks.append(one)
    documents["tallies"]["batches"] = [*stacks, sheet]
    documents["ratee_tallies"]["batches"][0]["items"][1].update(counts=[person, 11 - person, 0, 0])
    return sealing.submission(B3, documents=documents, coverage=None)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (marked(10), marked(10), []),
        (marked(10), marked(9), [("T-ORG-A", 1)]),  # one exchanged for another: no total changes
        (marked(10), marked(6), [("T-ORG-A", 4)]),
        (marked(10), marked(5), []),
        (marked(3, person=2), marked(3, person=1), [("T-MEM-B", 1)]),  # one mark on one person
        (marked(10, 10, categories=("A", "B")), marked(11, 9, categories=("A", "B")), [("T-ORG-A", 1)]),
        (marked(10, 10, categories=("A", "B")), marked(5, 11, categories=("A", "C")), [("T-ORG-A", 4)]),
    ],
)
def test_every_count_is_compared(before: Envelope, after: Envelope, found: list[tuple[str, int]]) -> None:
    """A row that no longer has a partner (categories merged since) is compared as the whole form."""
    assert [one for one in privacy.small_changes([before], after, k=5) if one in found] == found
    assert bool(privacy.small_changes([before], after, k=5)) is bool(found)


def test_every_earlier_submission_is_compared() -> None:
    first, second, third = marked(10), marked(3), marked(9)
    assert privacy.small_changes([second], third, k=5) == []
    assert privacy.small_changes([first, second], third, k=5) == [("T-ORG-A", 1)]
    assert privacy.small_changes([first, third], marked(9), k=5) == []  # sent before: nothing new


@pytest.mark.parametrize(("valid", "stays"), [(12, True), (5, True), (4, False), (1, False)])
def test_marks_per_person_stay_behind_when_few_stand_behind_them(valid: int, stays: bool) -> None:
    one = with_valid(12, roster=valid)
    onward = privacy.for_onward(one, k=5)
    assert ("ratee_tallies" in onward.members) is stays
    assert onward.id == one.id
    assert package.open_envelope(onward.raw).members["tallies"] == one.members["tallies"]
    assert privacy.for_onward(onward, k=5).raw == onward.raw


def test_rivals_show_no_marks_of_few() -> None:
    """Side by side they would tell the ballots between them, or those of a small stack."""
    key = ("2", B3, "T-ORG-A", "ALL")

    def told(*rivals: Envelope) -> list[str]:
        return sorted(item for stack, item in privacy.beside(rivals, k=5) if stack == key)

    assert told(marked(10), marked(5)) == ["1", "X"]
    assert told(marked(10), marked(10)) == ["1", "X"]
    assert told(marked(10), marked(6)) == ["X"]
    assert told(marked(10), marked(1), marked(9)) == ["X"]  # the first and the last
    assert told(marked(10), few(B3)) == []
    assert told(few(B3), few(B3)) == []


def categories(**stacks: tuple[int, int]) -> Envelope:
    """A submission with these satisfied and fair marks of the organisation form by category ("AB" is both merged)."""
    documents: dict[str, Any] = copy.deepcopy(sealing.documents_of(B3))
    documents["tallies"]["batches"] = [
        sealing.batch(
            B3,
            sealing.item((*marks, 0, 0)),
            voter_category=name,
            **dict.fromkeys(("issued", "returned", "valid"), sum(marks)),
            blank=0,
        )
        for name, marks in stacks.items()
    ]
    return sealing.submission(B3, documents={key: documents[key] for key in ("sessions", "tallies")})


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ({"A": (6, 0), "B": (5, 1)}, {"AB": (11, 2)}, ""),  # the sum of two beside the merged row: one ballot
        ({"A": (6, 0), "B": (5, 1)}, {"AB": (16, 2)}, "A AB B"),
        ({"A": (1, 2), "B": (10, 0)}, {"A": (1, 2), "B": (20, 0)}, ""),  # the form's total less B is A
        ({"A": (6, 0), "B": (10, 0)}, {"A": (6, 0), "B": (9, 1)}, ""),
        ({"A": (6, 0), "B": (10, 0)}, {"A": (6, 0), "B": (20, 0)}, "A B"),
    ],
)
def test_categories_of_rivals_are_judged_with_the_whole_form(
    one: dict[str, tuple[int, int]], other: dict[str, tuple[int, int]], shown: str
) -> None:
    told = privacy.beside([categories(**one), categories(**other)], k=5)
    assert sorted(stack[3] for stack, item in told if item == "1") == shown.split()


@pytest.mark.parametrize("persons", [1, 40])
def test_rivals_are_compared_once_a_pair_and_without_their_persons(
    persons: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work of the comparison: pairs × stacks, whatever the number of items and persons (counted, not timed)."""
    compared: list[int] = []

    def counting(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> dict[Any, int]:
        compared.append(len(before))
        return suppression.moved(before, after)

    monkeypatch.setattr(privacy, "moved", counting)
    documents = copy.deepcopy(sealing.documents_of(B3))
    people = documents["ratee_tallies"]["batches"][0]["items"]
    people += [{**people[0], "target": f"p{n}"} for n in range(persons)]
    rivals = [sealing.submission(B3, documents=documents, coverage=None, revision=n) for n in range(1, 7)]
    assert privacy.beside(rivals, k=5)
    pairs, stacks = 15, 4  # two forms: each batch, and each form whatever the categories
    assert len(compared) == pairs * stacks
    assert sum(compared) == pairs * 2 * (3 + 2)  # items of each form and its valid ballots


# Through an office


def few(unit: str) -> Envelope:
    """A sound submission with four valid ballots."""
    documents: dict[str, Any] = copy.deepcopy(sealing.documents_of(unit))
    for batch in documents["tallies"]["batches"]:
        batch.update(returned=5, valid=4)
        for number, item in enumerate(batch["items"]):
            item.update(counts=[4 * batch["persons"] - number, number, 0, 0], blank=0, multi=0)
    (persons,) = documents["ratee_tallies"]["batches"]
    for item in persons["items"]:
        item.update(counts=[4, 0, 0, 0], blank=0)
    return sealing.submission(unit, documents=documents, coverage=None)


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """An office that has one branch with enough ballots and one with few."""
    made = desks.office(tmp_path / "C1.pingyi")
    made.take(desks.file(few(B3)), desks.report("QL.01.G01"))
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(C1))
        desks.know_above(session)
        desks.hold(session)
    yield made
    made.store.close()


def test_an_office_hands_on_what_its_branches_signed_without_the_marks_of_few(
    committee: Office, tmp_path: Path
) -> None:
    with committee.acting() as session:
        made = transfer.export(session, campaign_id="c1", by=desks.BY, reason="已核实")
    sent = {one.address.unit: one for one in desks.opened(made.data) if one.address.type == "submission"}
    assert "ratee_tallies" not in sent[B3].members
    assert sent[B3].id == few(B3).id
    assert sent["QL.01.G01"].raw == sealing.submission("QL.01.G01").raw
    with committee.acting() as session:
        assert desks.raw(session, few(B3).id) == few(B3).raw
    company = desks.office(tmp_path / "QL.pingyi", "QL")
    done = company.take(("上报.pingyi-pack", bundle.write(desks.opened(made.data))))
    assert {entry.verdict for entry in done.entries} == {"新增"}
    assert company.counted()[B3] == 4
    company.store.close()


def test_the_second_person_is_in_the_journal_only(committee: Office) -> None:
    with committee.acting() as session:
        made = transfer.export(session, campaign_id="c1", by=desks.BY, reason="更正", second_person="李监票")
        assert "李监票" in journal.lines(session, newest=1)[0].detail
    assert "李监票".encode() not in b"".join(one.raw for one in desks.opened(made.data))
