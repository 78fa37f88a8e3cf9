"""Merged opinions on their way up: offered to the office above, which alone says what counts as one problem there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B3, C1, C2, CAMPAIGN, Office, file, office
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers import catalog, edits, rows
from pingyi_desktop.appraisal.ledgers.groups import likeness, opinion_groups
from pingyi_desktop.appraisal.ledgers.groups.likeness import Like
from pingyi_desktop.appraisal.ledgers.groups.opinion_groups import Wanted
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.exchange.ledgers import group_bodies, ledger_bodies
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage.schema_exchange import EnvelopeState

OPINION, ASKED = catalog.ledger("opinion"), Asked(CAMPAIGN, "")
SAID = ("浴室水凉", "班车太早", "食堂菜少", "灯不亮")
"""nothing of which is like another"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path / "公司.pingyi", "QL")
    yield made
    made.store.close()


def opinions(*said: str) -> dict[str, Any]:
    told = [[number, "WELFARE", one, "COMMON"] for number, one in enumerate(said, 1)]
    return {"name": "opinion", "columns": ["number", "category", "content", "nature"], "rows": told}


def digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def groups(*told: Sequence[object]) -> dict[str, Any]:
    """The body of groups: (group, title, unit, number, what the original said)."""
    listed = [[*one[:4], digest(str(one[4]))] for one in told]
    return {"name": group_bodies.NAME, "columns": list(group_bodies.COLUMNS), "rows": listed}


def merged(title: str, *numbers: int, unit: str = B3, group: int = 1) -> list[Sequence[object]]:
    return [(group, title, unit, number, SAID[number - 1]) for number in numbers]


def branch(*told: dict[str, Any], unit: str = B3, revision: int = 1) -> Envelope:
    documents = {**sealing.documents_of(unit), "ledgers": {"ledgers": list(told)}}
    apart = sorted({"ratee_tallies"} & documents.keys())
    return sealing.sealed(
        "submission", unit, documents, detachable=apart, coverage=sealing.TOTALS, revision=revision
    )


def came(
    *below: Envelope, told: Sequence[dict[str, Any]] = (), revision: int = 1, by: str = C1
) -> desks.File:
    documents: dict[str, Any] = {"index": sealing.rollup(by, list(below)).document("index")}
    if told:
        documents["ledgers"] = {"ledgers": list(told)}
    return file(sealing.sealed("rollup", by, documents, revision=revision), *below)


def offered(desk: Office) -> list[Like]:
    with desk.store.reading() as session:
        return _offered(session)


def _offered(session: Session) -> list[Like]:
    found = opinion_groups.problems(session, campaign_id=CAMPAIGN)
    return likeness.suggestions(found, group_bodies.offered(session, campaign_id=CAMPAIGN, listed=found))


def shape(found: Sequence[Like]) -> list[tuple[int, str, str, list[str]]]:
    return [(one.number, one.title, one.by, [row.name for row in one.originals]) for one in found]


def take_over(desk: Office) -> None:
    with desk.acting() as session:
        wanted = [one.wanted for one in _offered(session)]
        opinion_groups.merge(session, campaign_id=CAMPAIGN, wanted=wanted, by="王", reason="都是共性")


def counted(desk: Office) -> tuple[int, list[int]]:
    """Originals in the totals, and how many each problem has."""
    with desk.store.reading() as session:
        found = opinion_groups.problems(session, campaign_id=CAMPAIGN)
        return rows.figures(session, OPINION, ASKED).rows, [len(one.originals) for one in found]


def test_what_an_office_merged_goes_with_its_package_and_is_offered_above(
    tmp_path: Path, desk: Office
) -> None:
    committee = office(tmp_path / "一矿.pingyi")
    below = branch(opinions(*SAID))
    committee.take(file(below))
    with committee.acting() as session:
        ids = tuple(rows.ids(session, OPINION, ASKED, many=2))
        wanted = [Wanted(ids, "生活设施")]
        opinion_groups.merge(session, campaign_id=CAMPAIGN, wanted=wanted, by="王")
        told = ledger_bodies.members(session, campaign_id=CAMPAIGN, unit=C1)
    committee.store.close()
    bodies = told["ledgers"]["ledgers"]  # type: ignore[index]
    assert [body["name"] for body in bodies] == ["opinion_group"]
    desk.take(came(below, told=bodies))
    assert shape(offered(desk)) == [(0, "生活设施", "一矿党委", [f"{B3}-1", f"{B3}-2"])]
    assert counted(desk) == (4, [1, 1, 1, 1])
    take_over(desk)
    assert counted(desk) == (4, [2, 1, 1])
    assert offered(desk) == []


def test_a_group_that_grew_below_grows_here_when_a_person_says_so(desk: Office) -> None:
    below = branch(opinions(*SAID))
    desk.take(came(below, told=[groups(*merged("生活设施", 1, 2))]))
    take_over(desk)
    desk.take(came(below, told=[groups(*merged("生活", 1, 2, 3))], revision=2))
    assert shape(offered(desk)) == [(1, "生活设施", "", [f"{B3}-3"])]
    take_over(desk)
    desk.take(came(below, revision=3))
    assert counted(desk) == (4, [3, 1])  # what was taken over here is this office's


def test_the_higher_office_is_heard_first_and_no_original_is_offered_twice(desk: Office) -> None:
    below = branch(opinions(*SAID), groups(*merged("支部归的", 1, 2), *merged("又一个", 3, 4, group=2)))
    desk.take(came(below, told=[groups(*merged("党委归的", 2, 3, 1))]))
    assert shape(offered(desk)) == [(0, "党委归的", "一矿党委", [f"{B3}-2", f"{B3}-3", f"{B3}-1"])]


def test_what_says_something_else_now_or_belongs_to_others_is_not_offered(desk: Office) -> None:
    changed = [*merged("生活设施", 1, 2), (1, "生活设施", B3, 3, "原来的话")]
    foreign = [(2, "别人的", C2, 1, "路不平"), (2, "别人的", C2, 2, "门难开")]
    nobody = [(3, "没有的", "QL.09", 1, "x"), (3, "没有的", B3, 77, "x")]
    desk.take(came(told=[opinions("路不平", "门难开")], by=C2))
    desk.take(came(branch(opinions(*SAID)), told=[groups(*changed, *foreign, *nobody)]))
    assert shape(offered(desk)) == [(0, "生活设施", "一矿党委", [f"{B3}-1", f"{B3}-2"])]


WRONG = {
    "an original in two groups": groups(*merged("甲", 1), *merged("乙", 1, group=2)),
    "a telephone number": groups(*merged("请打 13812345678", 1)),
    "how to reach somebody": groups(*merged("答复 0476-3328841", 1)),
    "no title": groups(*merged("", 1)),
    "a title too long": groups(*merged("长" * 101, 1)),
    "no number": groups((1, "甲", B3, 0, "x")),
    "a number beyond all": groups((1_000_000, "甲", B3, 1, "x")),
    "a group that is a text": groups(("1", "甲", B3, 1, "x")),
    "a column missing": {"name": group_bodies.NAME, "columns": ["group", "title"], "rows": [[1, "甲"]]},
}


@pytest.mark.parametrize("told", WRONG.values(), ids=WRONG)
def test_a_group_that_breaks_a_rule_is_refused_at_the_door(desk: Office, told: dict[str, Any]) -> None:
    (entry,) = desk.entries(came(branch(opinions(*SAID)), told=[told]))
    assert not entry.envelope_id


ACTS = st.sampled_from(["again", "corrected", "regrouped", "take over", "split", "undo"])


@settings(max_examples=4, deadline=None)
@given(st.lists(ACTS, max_size=6))
def test_originals_stay_what_they_are_whatever_is_merged_anywhere(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    desk = office(tmp_path_factory.mktemp("desk") / "公司.pingyi", "QL")
    below, revision, before = branch(opinions(*SAID)), 1, None
    desk.take(came(below, told=[groups(*merged("甲", 1, 2))]))
    for act in acts:
        revision += 1
        if act == "again":
            desk.take(came(below, told=[groups(*merged("甲", 1, 2))]))
        elif act == "corrected":
            below = branch(opinions(f"改过的第 {revision} 次", *SAID[1:]), revision=revision)
            desk.take(came(below, told=[groups(*merged("甲", 2, 3))], revision=revision))
        elif act == "regrouped":
            told = groups(*merged("乙", 2, 3, 4) if revision % 2 else merged("丙", 1, 4))
            desk.take(came(below, told=[told], revision=revision))
        elif act == "undo" and before is not None:
            with desk.acting() as session:
                opinion_groups.put_back(session, campaign_id=CAMPAIGN, before=before, by="王")
        elif act == "take over" and offered(desk):
            take_over(desk)
        elif act == "split":
            with desk.acting() as session:
                grouped = [p for p in opinion_groups.problems(session, campaign_id=CAMPAIGN) if p.number]
                if grouped:
                    ids = [row.id for row in grouped[0].originals]
                    before = opinion_groups.split(session, campaign_id=CAMPAIGN, ids=ids, by="王")
        many, parts = counted(desk)
        assert (many, sum(parts)) == (4, 4)
    desk.store.close()


@settings(max_examples=4, deadline=None)
@given(st.permutations(["first", "second", "third", "third", "other", "edit", "merge", "merge", "split"]))
def test_edits_merges_corrections_and_repeats_in_any_order_give_the_same_totals(
    tmp_path_factory: pytest.TempPathFactory, order: list[str]
) -> None:
    desk = office(tmp_path_factory.mktemp("desk") / "公司.pingyi", "QL")
    about = {"campaign_id": CAMPAIGN, "by": "王"}
    with desk.acting() as session:
        typed = {"content": "班车太早", "category": "其他"}
        own = edits.add(session, OPINION, org="QL", typed=typed, today="", **about)
    packages = {
        "first": came(branch(opinions(*SAID[:1])), told=[groups(*merged("甲", 1))]),
        "second": came(branch(opinions(*SAID), revision=2), told=[groups(*merged("甲", 1, 2))], revision=2),
        "third": came(branch(opinions(*SAID[1:], "班车早"), revision=3), revision=3),
        "other": came(told=[opinions("路不平", SAID[1])], by=C2),
    }
    for act in order:
        if act in packages:
            desk.take(packages[act])
        elif act == "edit":
            with desk.acting() as session:
                typed = {"category": "生活福利", "nature": "个性"}
                edits.change(session, OPINION, ids=[own.id], typed=typed, today="", **about)
        elif act == "merge" and offered(desk):
            take_over(desk)
        elif act == "split":
            with desk.acting() as session:
                listed = [p for p in opinion_groups.problems(session, campaign_id=CAMPAIGN) if p.number]
                if ids := [row.id for one in listed for row in one.originals]:
                    opinion_groups.split(session, ids=ids, **about)
    with desk.store.reading() as session:
        said = rows.figures(session, OPINION, ASKED).sentences
    many, parts = counted(desk)
    desk.store.close()
    assert said[:2] == ["意见 7 条（生活福利 7）", "性质 7 条（共性 6、个性 1）"]
    assert (many, sum(parts)) == (7, 7)


def test_an_opinion_typed_here_is_in_no_group_of_anybody_else(desk: Office) -> None:
    with desk.acting() as session:
        typed = {"content": SAID[0], "category": "生活福利"}
        edits.add(session, OPINION, campaign_id=CAMPAIGN, org="QL", typed=typed, today="", by="王")
    desk.take(came(told=[groups((1, "甲", "QL", 1, SAID[0]), (1, "甲", B1, 1, SAID[0]))]))
    assert offered(desk) == []


@pytest.mark.parametrize("told", [[groups(*merged("水凉", 1, 2))], [{"name": "ledgers"}], 7], ids=str)
def test_a_task_file_suggests_nothing(tmp_path: Path, told: object) -> None:
    """The office is not in the branch's tree, and what a newer edition's task file calls ledgers has any shape."""
    desk = desks.office(tmp_path / "分公司.pingyi", C1)
    task = sealing.assignment("QL", C1)
    above = {"task": task.document("task"), "roster": task.document("roster"), "ledgers": {"ledgers": told}}
    task = sealing.sealed("assignment", "QL", above, detachable=["roster"], to=C1, epoch=1, revision=2)
    with desk.acting() as session:
        keys.keep(session, [keys.stored(task, state=EnvelopeState.SUPPORT, own=False)])
    assert offered(desk) == []
    desk.store.close()
