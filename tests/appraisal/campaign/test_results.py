"""Counts are added ballot by ballot over the tree; a rate is made once, from the sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.campaign import results
from pingyi_desktop.appraisal.campaign.results import FormResult
from pingyi_desktop.appraisal.grading import person_results
from pingyi_desktop.appraisal.grading.person_results import PeopleSheet
from pingyi_desktop.appraisal.paper.tallies import Counts, Figures
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.storage.store import Store

MEM = "T-MEM-A"
THREE = "T-MEM-B"


def rates(found: FormResult) -> list[str]:
    return [item.shown for item in found.items]


def of_school(session: Session, campaign_id: str) -> PeopleSheet:
    counted = results.read(session, campaign_id=campaign_id)
    (found,) = person_results.of_org(session, counted=counted, org_code="XX")
    return found


def same(*options: int) -> list[tuple[int, ...]]:
    return [options] * 3


def fill(session: Session, campaign_id: str, stacks: Mapping[str, Sequence[int]]) -> None:
    for code, options in stacks.items():
        make.received(session, campaign_id=campaign_id, org_code=code, counts={MEM: same(*options)})


def _counted(path: Path) -> Store:
    made = make.published_company(path, form_codes=[MEM, "T-ORG-A"])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        fill(
            session,
            campaign_id,
            {"QL.01.G01.B001": (57, 3, 0, 0), "QL.01.B003": (8, 1, 1, 0), "QL.02.B001": (3, 1, 0, 0)},
        )
        stack = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code=MEM).id
        make.sealed(session, stack, ["111"] * 27 + ["129"] * 2 + ["10."], blank=2, lost=1)
    return made


@pytest.fixture
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    path = tmp_path / "QL.pingyi"
    made = make.copied(path, _counted) if "campaign_id" in request.fixturenames else make.company(path)
    with made.transaction() as opened:
        yield opened
    made.close()


@pytest.fixture
def campaign_id(session: Session) -> str:
    """Two branches of the example in the field (57/60 and 8/10), a general branch, and layer one of QL.01."""
    return make.campaign_of(session)


def test_pooled_is_the_sum_not_the_mean(session: Session, campaign_id: str) -> None:
    found, empty = results.exact(session, campaign_id=campaign_id, layer=2, under="QL.01")
    assert found.items[0].counts == Counts((65, 4, 1, 0))
    assert rates(found) == ["92.9"] * 3
    assert (found.items[0].satisfied, found.items[0].denominator) == (65, 70)
    assert found.figures == Figures(printed=70, issued=70, returned=70, valid=70)
    assert found.batches == 2
    assert (empty.form.code, empty.batches, rates(empty)) == ("T-ORG-A", 0, ["—"] * 5)


def test_layers_apart_and_together(session: Session, campaign_id: str) -> None:
    first, second, both = (
        results.pooled(session, campaign_id=campaign_id, layer=layer)[0] for layer in (1, 2, None)
    )
    assert [item.counts for item in first.items] == [
        Counts((30, 0, 0, 0)),
        Counts((27, 2, 0, 0), blank=1),
        Counts((27, 0, 0, 0), multi=2, illegible=1),
    ]
    assert rates(first) == ["100.0", "93.1", "100.0"]
    assert second.items[0].counts == Counts((68, 5, 1, 0))
    assert both.items[0].counts == first.items[0].counts + second.items[0].counts
    assert both.items[0].rate.text == "94.2"
    assert both.figures == first.figures + second.figures
    assert first.figures == Figures(printed=33, issued=33, returned=32, valid=30, blank=2)


def test_by_org_adds_up_to_exact(session: Session, campaign_id: str) -> None:
    make.received(
        session, campaign_id=campaign_id, org_code="QL.01.G01.B002", counts={MEM: same(12, 3, 0, 0)}
    )
    rows = results.read(session, campaign_id=campaign_id).by_org(layer=2, form_code=MEM, under="QL.01.G01")
    assert [row.org.code for row in rows] == ["QL.01.G01.B001", "QL.01.G01.B002"]
    total = rows[0].result.items[0].counts + rows[1].result.items[0].counts
    assert (
        total
        == results.exact(session, campaign_id=campaign_id, layer=2, under="QL.01.G01")[0].items[0].counts
    )
    assert results.read(session, campaign_id=campaign_id).by_org(layer=1, form_code="T-ORG-A") == []


def test_what_is_hidden_is_decided_over_the_whole_tree(session: Session, campaign_id: str) -> None:
    """The second committee has four ballots: they are the company's total less the first committee's."""
    rows = results.read(session, campaign_id=campaign_id).by_org(layer=2, form_code=MEM)
    assert [row.org.code for row in rows] == ["QL.01.B003", "QL.01.G01.B001", "QL.02.B001"]
    assert [rates(row.result)[0] for row in rows] == ["样本不足", "95.0", "样本不足"]
    assert [row.result.hidden for row in rows] == [True, False, True]
    for row in rows[::2]:
        assert row.result.cells == ()
        assert {item.counts for item in row.result.items} == {Counts((0, 0, 0, 0))}
        assert {(item.satisfied, item.denominator) for item in row.result.items} == {(0, 0)}
        assert {share for item in row.result.items for share in item.shares} == {"—"}
    assert [row.result.figures.valid for row in rows] == [10, 60, 4]
    for under, layer, hidden in (
        (None, 2, False), ("QL", 2, False), ("QL.01.G01", 2, False), ("QL.01.G01", None, False),
        ("QL.01", 1, False), ("QL.01", 2, True), ("QL.01", None, True), ("QL.02", 2, True), ("QL.02", 1, False),
    ):  # fmt: skip
        found = results.pooled(session, campaign_id=campaign_id, layer=layer, under=under)[0]
        assert found.hidden is hidden, (under, layer)
    (below,) = results.read(session, campaign_id=campaign_id).by_org(
        layer=2, form_code=MEM, under="QL.01.B003"
    )
    assert below.result.hidden  # whatever part is asked for


def test_few_ballots_show_nothing_but_still_count_above(session: Session, campaign_id: str) -> None:
    (alone,) = results.read(session, campaign_id=campaign_id).by_org(layer=2, form_code=MEM, under="QL.02")
    assert alone.result.items[0].counts == Counts((0, 0, 0, 0))
    assert rates(alone.result) == ["样本不足"] * 3
    assert results.pooled(session, campaign_id=campaign_id, layer=2)[0].items[0].denominator == 74


def test_open_batches_do_not_count(session: Session, campaign_id: str) -> None:
    before = results.pooled(session, campaign_id=campaign_id)
    stack = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.02", form_code=MEM).id
    ballots.enter_ballots(session, batch_id=stack, ballots=["444"] * 9, by=make.BY)
    assert results.pooled(session, campaign_id=campaign_id) == before
    make.sheet(session, stack, valid=9)
    make.seal(session, batch_id=stack, by=make.BY)
    assert results.pooled(session, campaign_id=campaign_id) != before


def test_moving_an_organisation_leaves_its_counts_where_the_campaign_has_them(
    session: Session, campaign_id: str
) -> None:
    places = ("QL", "QL.01", "QL.02")
    before = [results.exact(session, campaign_id=campaign_id, layer=2, under=one) for one in places]
    org.move(session, code="QL.01.B003", new_parent_code="QL.02", by=make.BY)
    assert before == [results.exact(session, campaign_id=campaign_id, layer=2, under=one) for one in places]


CATEGORIES = [("A", "全体党员"), ("B", "先进典型代表"), ("C", "一线员工群众")]


def test_voter_categories_are_counted_together(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[MEM], voter_categories=CATEGORIES)
    for category, stack in (
        ("A", ["111"] * 9 + ["211"]),
        ("B", ["111"] * 27 + ["211"] * 3),
        ("C", ["111"] * 2),
    ):
        found = make.batch(
            session, campaign_id=campaign_id, layer=1, org_code="QL.01", voter_category=category
        )
        make.sealed(session, found.id, stack)
    (found,) = results.pooled(session, campaign_id=campaign_id)
    assert (found.items[0].counts.options[0], rates(found)[0], found.batches) == (38, "90.5", 3)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, "92.9"),  # 52/56
        ({"denominator": "VALID"}, "86.7"),  # 52/60
        ({"denominator": "VALID", "blank_ballot": "VALID"}, "82.5"),  # 52/63
        ({"denominator": "RETURNED"}, "80.0"),  # 52/65
        ({"denominator": "ISSUED"}, "74.3"),  # 52/70
    ],
)
def test_denominators_over_several_batches(session: Session, rule: dict[str, str], expected: str) -> None:
    campaign_id = make.published(session, form_codes=[MEM], voter_categories=CATEGORIES[:2], rule=rule)
    for category, stack, figures in (
        ("A", ["111"] * 36 + ["211"] * 2 + ["011", "911"], {"blank": 1, "void": 1, "lost": 2}),
        ("B", ["111"] * 16 + ["311"] * 2 + [".11", "011"], {"blank": 2, "void": 1, "lost": 3}),
    ):
        found = make.batch(
            session, campaign_id=campaign_id, layer=1, org_code="QL.01", voter_category=category
        )
        make.sealed(session, found.id, stack, **figures)
    assert rates(results.pooled(session, campaign_id=campaign_id)[0])[0] == expected


def test_a_roster_form_per_person_and_for_the_branch(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", people=make.NAMES[:2], form_codes=[THREE])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        stack = make.batch(session, campaign_id=campaign_id).id
        make.sealed(session, stack, ["111" + "111"] * 14 + ["211" + "01."])
        people = of_school(session, campaign_id).people
        assert [person.name for person in people] == ["赵建国", "钱秀英"]
        assert [[item.shown for item in person.items] for person in people] == [
            ["93.3", "100.0", "100.0"],
            ["100.0", "100.0", "100.0"],
        ]
        assert people[1].items[0].counts == Counts((14, 0, 0, 0), blank=1)
        (pooled,) = results.pooled(session, campaign_id=campaign_id)
        assert pooled.items[0].counts == Counts((28, 1, 0, 0), blank=1)
        assert rates(pooled) == ["96.6", "100.0", "100.0"]
        assert pooled.figures.valid == 15
    made.close()


def test_a_roster_denominator_counts_every_person_of_every_batch(tmp_path: Path) -> None:
    """Two voter categories whose lists differ: 10 ballots × 2 persons + 10 × 1 = 30 marks an item."""
    made = make.school(tmp_path / "XX.pingyi", people=make.NAMES[:1])
    with made.transaction() as session:
        campaign_id = make.published(
            session, form_codes=[THREE], voter_categories=CATEGORIES[:2], rule={"denominator": "VALID"}
        )
        first, second = (
            make.batch(session, campaign_id=campaign_id, voter_category=category).id for category in "AB"
        )
        make.sealed(session, first, ["111"] * 10)
        make.org_member(session, "XX", "钱秀英")
        make.sealed(session, second, ["111211"] * 10)
        (pooled,) = results.pooled(session, campaign_id=campaign_id)
        assert (pooled.items[0].satisfied, pooled.items[0].denominator) == (20, 30)
        assert pooled.figures.valid == 20
    made.close()


def test_persons_of_a_small_stack_show_no_rate(tmp_path: Path) -> None:
    made = make.school(tmp_path / "XX.pingyi", people=make.NAMES[:2])
    with made.transaction() as session:
        campaign_id = make.published(session, form_codes=[THREE])
        stack = make.batch(session, campaign_id=campaign_id).id
        make.sealed(session, stack, ["111111"] * 4)
        assert {
            (item.shown, item.counts)
            for person in of_school(session, campaign_id).people
            for item in person.items
        } == {("样本不足", Counts((0, 0, 0, 0)))}
    made.close()


def test_received_roster_counts_weigh_like_keyed_ones(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[THREE], rule={"denominator": "RETURNED"})
    make.received(
        session, campaign_id=campaign_id, org_code="QL.01.B003", counts={THREE: same(24, 3, 3, 0)}, persons=3,
        blank=2,
    )  # fmt: skip
    (pooled,) = results.pooled(session, campaign_id=campaign_id)
    assert (pooled.items[0].satisfied, pooled.items[0].denominator) == (24, 36)
    assert batches.find(session, campaign_id=campaign_id, code="L2-QL.01.B003-T-MEM-B-v1-ALL").received
