"""Categories of few voters travel together: merged where they are counted, taken in as one row by every office above."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B3, Office
from sqlmodel import Session

from pingyi_desktop import cli
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange.merging import privacy
from pingyi_desktop.exchange.wire import canonical, identities
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.standing import overview

CATEGORIES = [{"code": "B", "name": "群众"}, {"code": "A", "name": "党员"}]
DEFINITION = sealing.definition(voter_categories=CATEGORIES)
DIGEST = hashlib.sha256(canonical.encode(DEFINITION)).hexdigest()


def stack(category: str, satisfied: int, fair: int, **changed: Any) -> dict[str, Any]:
    """One category's batch of the organisation form."""
    many = satisfied + fair
    sheet = {"printed": many + 2, "issued": many + 1, "returned": many, "blank": 0, "valid": many}
    items = [sealing.item((satisfied, fair, 0, 0)), sealing.item((many, 0, 0, 0), no="X")]
    return sealing.batch(B3, *items, voter_category=category, **{**sheet, **changed})


def roster(category: str, many: int, *people: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One category's batch of the roster form, and its counts per person."""
    sheet = {"printed": many, "issued": many, "returned": many, "blank": 0, "valid": many}
    whole = sealing.item((many * len(people) - 1, 1, 0, 0))
    one = sealing.batch(B3, whole, form_code="T-MEM-B", voter_category=category, persons=len(people), **sheet)
    head = {key: one[key] for key in ("layer", "org", "form", "version", "voter_category")}
    marks = [sealing.item((many - (n == 0), int(n == 0), 0, 0), target=who) for n, who in enumerate(people)]
    return one, {**head, "items": marks}


def merged(*stacks: dict[str, Any], k: int = 5) -> list[dict[str, Any]]:
    return privacy.merge_small(stacks, [], category="A+B", k=k)[0]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [(12, 1, True), (4, 12, True), (5, 12, False), (12, 5, False), (0, 12, False), (2, 2, True)],
)
def test_a_category_of_few_is_no_row_of_its_own(*, first: int, second: int, together: bool) -> None:
    rows = merged(stack("A", first, 0), stack("B", 0, second))
    assert [row["voter_category"] for row in rows] == (["A+B"] if together else ["A", "B"])
    assert sum(row["valid"] for row in rows) == first + second
    assert [sum(row["items"][0]["counts"][i] for row in rows) for i in (0, 1)] == [first, second]


def test_a_merged_row_is_the_sum_of_everything() -> None:
    commits = ["a" * 64, "b" * 64]
    one, other = (
        stack("A", 9, 1, ballot_commit=commits[0]),
        stack("B", 1, 1, ballot_commit=commits[1], entry_mode="PER_BALLOT"),
    )
    (row,) = merged(one, other)
    digest = hashlib.sha256("".join(commits).encode()).hexdigest()
    sheet = {"printed": 16, "issued": 14, "returned": 12, "blank": 0, "void": 0, "valid": 12, "persons": 1}
    assert {key: row[key] for key in sheet} == sheet
    assert (row["entry_mode"], row["ballot_commit"]) == ("COUNT", digest)
    assert [item["counts"] for item in row["items"]] == [[10, 2, 0, 0], [12, 0, 0, 0]]
    assert merged(one, stack("B", 1, 1))[0]["ballot_commit"] is None


def test_per_person_counts_are_merged_with_their_batch() -> None:
    pairs = [roster("A", 9, "m1", "m2"), roster("B", 3, "m1", "m2")]
    rows, people = privacy.merge_small(*zip(*pairs, strict=True), category="A+B", k=5)
    assert [row["voter_category"] for row in (*rows, *people)] == ["A+B", "A+B"]
    assert [(i["target"], i["counts"][:2]) for i in people[0]["items"]] == [("m1", [10, 2]), ("m2", [12, 0])]
    pairs[1] = roster("B", 3, "m1", "m3")
    with pytest.raises(RuleError, match="名册不同"):
        privacy.merge_small(*zip(*pairs, strict=True), category="A+B", k=5)


def submission(*stacks: dict[str, Any], revision: int = 1) -> Envelope:
    """The branch's submission of these batches in the campaign of two categories."""
    documents = {
        "sessions": {"salt": sealing.SALT, "sessions": [sealing.meeting(B3, expected=60, actual=60)]},
        "tallies": {"salt": sealing.SALT, "batches": [*stacks, *_rosters()]},
    }
    return sealing.submission(
        B3, documents=documents, coverage=None, campaign_sha256=DIGEST, revision=revision
    )


def _rosters() -> list[dict[str, Any]]:
    return [roster(category, 6, "m1")[0] for category in ("A", "B")]


def check(*stacks: dict[str, Any]) -> None:
    identities.check_submission(submission(*stacks), DEFINITION)


def test_a_merged_row_stands_alone() -> None:
    check(*merged(stack("A", 9, 1), stack("B", 1, 1)))
    together = stack("A+B", 9, 1)
    for wrong in (
        [together, stack("A", 1, 0)], [stack("B", 1, 0), together], [together, together],
        [stack("B+A", 9, 1)], [stack("A+C", 9, 1)], [stack("A+B+B", 9, 1)], [stack("", 9, 1)],
    ):  # fmt: skip
        with pytest.raises(PackageError, match="参评人员类别"):
            check(*wrong)


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    made = desks.office(tmp_path / "C1.pingyi", voter_categories=CATEGORIES)
    yield made
    made.store.close()


def rows_of(session: Session) -> list[tuple[str, str, int | None]]:
    listed = batches.listing(session, campaign_id=desks.CAMPAIGN)
    return [
        (one.voter_category, one.category_name, one.valid)
        for one in listed
        if (one.org_code, one.form_code) == (B3, "T-ORG-A")
    ]


def seen(office: Office) -> tuple[Sequence[tuple[str, str, int | None]], str, tuple[int, ...]]:
    """The branch's batches, whether it has reported, and what is counted of it."""
    with office.store.reading() as session:
        (unit,) = (
            one for one in overview.coverage(session, campaign_id=desks.CAMPAIGN).units if one.org.code == B3
        )
        found = results.exact(session, campaign_id=desks.CAMPAIGN, under=B3)[0]
        return rows_of(session), unit.state, found.items[0].counts.options[:2]


def test_an_office_takes_a_merged_row_in_the_place_of_its_categories(committee: Office) -> None:
    apart = [("A", "党员", 10), ("B", "群众", 7)]
    few, many = submission(*merged(stack("A", 9, 1), stack("B", 1, 1))), [stack("A", 9, 1), stack("B", 6, 1)]
    committee.take(desks.file(few))
    assert seen(committee) == ([("A+B", "党员＋群众", 12)], "已报", (10, 2))
    assert cli.main(["verify", str(committee.store.path)]) == 0
    committee.take(desks.file(submission(*many, revision=2)))
    assert seen(committee) == (apart, "已报", (15, 2))
    again = submission(*merged(stack("A", 9, 1), stack("B", 3, 1)), revision=3)
    committee.take(desks.file(again))
    assert seen(committee) == ([("A+B", "党员＋群众", 14)], "已报", (12, 2))
    assert cli.main(["verify", str(committee.store.path)]) == 0
    with committee.acting() as session:
        desks.imports.undo_last_import(session, campaign_id=desks.CAMPAIGN, by=desks.BY)
    assert seen(committee) == (apart, "已报", (15, 2))
