"""Ledgers in packages: what a unit hands in replaces what it handed in before, and touches nobody else's rows."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sealing
from desks import B1, B2, B3, C1, CAMPAIGN, G1, Office, file, office
from hypothesis import given, settings
from hypothesis import strategies as st
from series import EXAMPLES
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.ledgers import catalog, edits, plans, rows
from pingyi_desktop.appraisal.ledgers.groups import opinion_groups
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.demo import ledgers
from pingyi_desktop.errors import RuleError
from pingyi_desktop.exchange.inbox import imports, settling
from pingyi_desktop.exchange.ledgers import ledger_bodies
from pingyi_desktop.exchange.wire import bundle, package
from pingyi_desktop.exchange.wire.ledger_shapes import MOST_ROWS
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage.schema_exchange import StoredEnvelope

DEED, COMMITMENT = catalog.ledger("deed"), catalog.ledger("commitment")
ASKED = Asked(CAMPAIGN, "2024-01-20")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    made = office(tmp_path / "一矿.pingyi")
    yield made
    made.store.close()


def deeds(*titles: str, **more: Sequence[Any]) -> dict[str, Any]:
    """The body of some deeds, one of each kind in turn."""
    kinds = ("PRACTICAL", "GOOD", "DIFFICULT")
    told = [[number, kinds[number % 3], title] for number, title in enumerate(titles, 1)]
    columns = ["number", "kind", "title", *more]
    return {
        "name": "deed",
        "columns": columns,
        "rows": [[*row, *extra] for row, *extra in zip(told, *more.values(), strict=True)],
    }


def promises(*states: str, **more: Sequence[Any]) -> dict[str, Any]:
    """The body of some commitments in these states."""
    told = [[number, f"承诺{number}", state] for number, state in enumerate(states, 1)]
    columns = ["number", "content", "status", *more]
    return {
        "name": "commitment",
        "columns": columns,
        "rows": [[*row, *extra] for row, *extra in zip(told, *more.values(), strict=True)],
    }


def handed_in(
    unit: str, *told: Mapping[str, Any], people: Sequence[Mapping[str, Any]] = (), **made: Any
) -> Envelope:
    """A unit's submission with these ledgers."""
    documents = sealing.documents_of(unit)
    if told:
        documents["ledgers"] = {"ledgers": list(told)}
    if people:
        documents["ledger_people"] = {"ledgers": list(people)}
    apart = {"ratee_tallies", "ledger_people"} & documents.keys()
    return sealing.sealed(
        "submission", unit, documents, detachable=sorted(apart), coverage=sealing.TOTALS, **made
    )


def titles(desk: Office) -> dict[str, list[str]]:
    """What deeds count, by unit."""
    found: dict[str, list[str]] = {}
    with desk.store.reading() as session:
        for row in rows.listing(session, DEED, ASKED):
            found.setdefault(row.org, []).append(row.texts["title"])
    return found


def test_what_came_is_listed_under_its_unit_and_adds_up(desk: Office) -> None:
    told = deeds("修路", "装灯", "修浴室", amount=["629万", "1 亿元", "200 余万"])
    desk.take(file(handed_in(B3, told, promises("FULFILLED", "IN_PROGRESS"))))
    assert titles(desk) == {B3: ["修路", "装灯", "修浴室"]}
    with desk.store.reading() as session:
        said = rows.figures(session, DEED, ASKED).sentences
        kept = rows.figures(session, COMMITMENT, ASKED)
    assert said[0] == "件数 3 件（办实事 1、做好事 1、解难事 1）"
    assert said[2] == "投入金额 10629 万元；另有 1 处不是确数，没有计入：“200 余万”"
    assert (kept.rows, kept.shares[0][1:]) == (2, (1, "50.0"))


def test_a_corrected_package_replaces_the_whole_ledger_of_its_unit_and_nothing_else(desk: Office) -> None:
    desk.take(file(handed_in(B3, deeds("修路", "装灯"))), file(handed_in(G1, deeds("不该有"))))
    desk.take(file(handed_in(B3, deeds("修路（更正）"), revision=2)))
    desk.take(file(handed_in(B3, deeds("修路", "装灯"))))  # the first one once more
    assert titles(desk) == {B3: ["修路（更正）"]}
    desk.take(file(handed_in(B3, revision=3)))
    assert titles(desk) == {}


def of_office(revision: int) -> tuple[str, bytes]:
    """What a general branch hands up: the submission of one of its branches, and its own promises with who made them."""
    below, people = sealing.submission(B1), {"name": "commitment", "columns": ["member"], "rows": [["m1"]]}
    documents = {
        "index": sealing.rollup(G1, [below]).document("index"),
        "ledgers": {"ledgers": [promises("FULFILLED")]},
        "ledger_people": {"ledgers": [people]},
    }
    told = sealing.sealed("rollup", G1, documents, detachable=["ledger_people"], revision=revision)
    return file(told, below, name=f"{G1}-{revision}.pingyi-pack")


def people_kept(desk: Office) -> dict[int, bool]:
    """By revision whether the office's own summary still tells who promised."""
    with desk.store.reading() as session:
        stored = session.scalars(select(col(StoredEnvelope.raw)).where(col(StoredEnvelope.type) == "rollup"))
        kept = [package.open_envelope(raw) for raw in stored if raw is not None]
    return {one.address.revision: "ledger_people" in one.members for one in kept}


def test_a_replaced_summary_of_an_office_keeps_no_persons(desk: Office) -> None:
    """As the body of a replaced submission it goes with the next import, so that one import can be undone."""
    desk.take(of_office(1))
    assert desk.take(of_office(2)).erased == 0
    assert people_kept(desk) == {1: True, 2: True}
    assert desk.take(file(handed_in(B3))).erased == 1
    assert people_kept(desk) == {1: False, 2: True}
    assert desk.take(file(handed_in(B3, revision=2))).erased == 0
    with desk.acting() as session:
        assert soundness.full(session) == []


def test_an_older_summary_that_comes_late_brings_no_persons(desk: Office) -> None:
    desk.take(of_office(2))
    desk.take(of_office(1))
    assert people_kept(desk) == {1: False, 2: True}


def test_corrected_opinions_stay_in_their_groups_unless_they_say_something_else(desk: Office) -> None:
    def told(*said: str) -> dict[str, Any]:
        listed = [[number, "WELFARE", one, "COMMON"] for number, one in enumerate(said, 1)]
        return {"name": "opinion", "columns": ["number", "category", "content", "nature"], "rows": listed}

    desk.take(file(handed_in(B3, told("浴室水凉", "浴室的水凉", "班车太早"))))
    with desk.acting() as session:
        ids = tuple(row.id for row in rows.listing(session, catalog.ledger("opinion"), ASKED))
        opinion_groups.merge(session, campaign_id=CAMPAIGN, wanted=[opinion_groups.Wanted(ids)], by="王")
    desk.take(file(handed_in(B3, told("浴室水凉", "浴室的水凉", "食堂菜少", "班车太早"), revision=2)))
    with desk.store.reading() as session:
        found = opinion_groups.problems(session, campaign_id=CAMPAIGN)
    assert [(one.number, [row.texts["content"] for row in one.originals]) for one in found] == [
        (1, ["浴室水凉", "浴室的水凉"]),
        (0, ["食堂菜少"]),
        (0, ["班车太早"]),
    ]


@settings(max_examples=EXAMPLES // 7, deadline=None)
@given(st.permutations([(B3, 1), (B3, 2), (B3, 2), (B3, 3), (C1, 1), (C1, 2)]), st.integers(1, 3))
def test_any_order_of_packages_and_repeats_gives_the_same_totals(
    tmp_path_factory: pytest.TempPathFactory, order: list[tuple[str, int]], lot: int
) -> None:
    made = office(tmp_path_factory.mktemp("desk") / "公司.pingyi", "QL")
    told = {revision: deeds(*(f"第 {revision} 次的 {n}" for n in range(revision))) for revision in (1, 2, 3)}

    def package(unit: str, revision: int) -> tuple[str, bytes]:
        below = handed_in(B3, told[revision], revision=revision)
        index = sealing.rollup(C1, [below], revision=revision)
        documents = {"index": index.document("index"), "ledgers": {"ledgers": [told[revision]]}}
        both = sealing.sealed("rollup", C1, documents, revision=revision) if unit == C1 else index
        return file(both, below, name=f"{unit}-{revision}.pingyi-pack")

    for start in range(0, len(order), lot):
        made.take(*(package(*one) for one in order[start : start + lot]))
    counted = {unit: len(found) for unit, found in titles(made).items()}
    made.store.close()
    assert counted.get(B3) == 3


def test_an_office_hands_its_own_ledger_in_with_its_rollup(tmp_path: Path) -> None:
    company = office(tmp_path / "公司.pingyi", "QL")
    below = handed_in(B3, deeds("支部的"))
    index = sealing.rollup(C1, [below])
    documents = {"index": index.document("index"), "ledgers": {"ledgers": [deeds("党委的")]}}
    company.take(file(sealing.sealed("rollup", C1, documents), below))
    assert titles(company) == {C1: ["党委的"], B3: ["支部的"]}
    company.store.close()


def test_nobody_writes_into_the_ledger_of_another_unit(desk: Office) -> None:
    told = deeds("修路", org=[B1], campaign_id=["x"], source=[""])
    desk.take(file(handed_in(B3, told)))
    assert titles(desk) == {B3: ["修路"]}


def test_persons_stand_apart_and_may_be_left_out(desk: Office) -> None:
    named = {"name": "commitment", "columns": ["member"], "rows": [["m1"], [""]]}
    desk.take(file(handed_in(B3, promises("FULFILLED", "FULFILLED"), people=[named])))
    with desk.store.reading() as session:
        assert [row.values["member"] for row in rows.listing(session, COMMITMENT, ASKED)] == ["m1", ""]


WRONG = {
    "a choice nobody knows": promises("DONE"),
    "not kept and no reason": promises("NOT_FULFILLED"),
    "no number": {"name": "deed", "columns": ["kind", "title"], "rows": [["GOOD", "修路"]]},
    "a number twice": {
        "name": "deed",
        "columns": ["number", "kind", "title"],
        "rows": [[1, "GOOD", "a"], [1, "GOOD", "b"]],
    },
    "a title too long": deeds("路" * 201),
    "no title": deeds(""),
    "a count beyond all": deeds("修路", beneficiaries=[1_000_000]),
    "a count that is a text": deeds("修路", beneficiaries=["3"]),
    "a day that is none": deeds("修路", done_on=["2024-02-30"]),
    "money that is none": deeds("修路", amount=["很多"]),
    "a telephone number": deeds("联系 13812345678"),
    "a row too short": {"name": "deed", "columns": ["number", "title"], "rows": [[1]]},
    "a column twice": {"name": "deed", "columns": ["number", "number"], "rows": [[1, 1]]},
    "too many rows": {"name": "x", "columns": ["number"], "rows": [[n] for n in range(MOST_ROWS + 1)]},
}


@pytest.mark.parametrize("told", WRONG.values(), ids=WRONG)
def test_what_breaks_a_rule_is_refused_at_the_door(desk: Office, told: dict[str, Any]) -> None:
    (entry,) = desk.entries(file(handed_in(B3, told)))
    assert not entry.envelope_id
    desk.take(file(handed_in(B3, told)))
    assert titles(desk) == {}


def test_an_opinion_with_a_telephone_number_is_refused_at_the_door(desk: Office) -> None:
    columns = ["number", "category", "content"]
    sent = [
        handed_in(B3, {"name": "opinion", "columns": columns, "rows": [[1, "OTHER", said]]})
        for said in ("请打 0476-3328841", "电话老占线")
    ]
    assert [bool(entry.envelope_id) for one in sent for entry in desk.entries(file(one))] == [False, True]


def test_persons_that_do_not_fit_the_rows_are_refused(desk: Office) -> None:
    named = {"name": "commitment", "columns": ["member"], "rows": [["m1"]]}
    (entry,) = desk.entries(file(handed_in(B3, promises("FULFILLED", "FULFILLED"), people=[named])))
    assert not entry.envelope_id


def test_a_ledger_of_a_later_edition_travels_on_untouched(desk: Office) -> None:
    later = {"name": "starship", "columns": ["number", "warp"], "rows": [[1, "九"]]}
    sent = handed_in(B3, later, deeds("修路", invented=["新栏"]))
    desk.take(file(sent))
    assert titles(desk) == {B3: ["修路"]}
    with desk.store.reading() as session:
        (kept,) = settling.opened(session, ids=[sent.id])
    assert kept.raw == sent.raw


def test_rows_typed_for_a_unit_give_way_to_its_own(tmp_path: Path) -> None:
    company = office(tmp_path / "公司.pingyi", "QL")
    typed = {"title": "代登的", "kind": "做好事"}
    with company.acting() as session:
        edits.add(session, DEED, campaign_id=CAMPAIGN, org=B3, typed=typed, today="", by="王")
        edits.add(session, DEED, campaign_id=CAMPAIGN, org=B2, typed=typed, today="", by="王")
    below = handed_in(B3, deeds("支部自己的"))
    company.take(file(sealing.rollup(C1, [below]), below))
    assert titles(company) == {B2: ["代登的"], B3: ["支部自己的"]}
    with company.acting() as session, pytest.raises(RuleError) as refused:
        edits.add(session, DEED, campaign_id=CAMPAIGN, org=B3, typed=typed, today="", by="王")
    assert refused.value.code == "V-LED-10"
    company.store.close()


def test_rows_that_came_stay_as_their_unit_signed_them(tmp_path: Path) -> None:
    """Also at the top, where rows of every unit may be typed."""
    company = office(tmp_path / "公司.pingyi", "QL")
    below = handed_in(B3, deeds("修路"))
    company.take(file(sealing.rollup(C1, [below]), below))
    with company.store.reading() as session:
        (row,) = rows.listing(session, DEED, ASKED)
    with company.acting() as session, pytest.raises(RuleError) as refused:
        edits.change(
            session, DEED, campaign_id=CAMPAIGN, ids=[row.id], typed={"title": "x"}, today="", by="王"
        )
    assert refused.value.code == "V-LED-10"
    company.store.close()


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE deed SET amount = '9 亿元'",
        "DELETE FROM deed WHERE number = 2",
        "UPDATE deed SET org = 'QL.01.G01.B001'",
    ],
)
def test_a_received_row_changed_by_hand_is_found(desk: Office, edit: str) -> None:
    desk.take(file(handed_in(B3, deeds("修路", "装灯"))))
    with desk.store.reading() as session:
        assert not [one.sentence for one in soundness.full(session) if "台账" in one.sentence]
    desk.store.close()
    with closing(sqlite3.connect(desk.store.path)) as raw:
        raw.execute(edit)
        raw.commit()
    with desk.store.reading() as session:
        assert [one for one in soundness.full(session) if "台账" in one.sentence]


def test_undoing_an_import_takes_its_rows_out(desk: Office) -> None:
    desk.take(file(handed_in(B3, deeds("修路"))))
    with desk.acting() as session:
        imports.undo_last_import(session, campaign_id=CAMPAIGN, by="王")
    assert titles(desk) == {}


def test_what_a_unit_took_out_of_an_opinion_is_gone_from_the_file_above(desk: Office) -> None:
    """The replaced package stays as long as its import can be undone, and goes with the next one (T13)."""
    columns, secret = ["number", "category", "content"], "张师傅说浴室水凉"
    for revision, said in enumerate((secret, "浴室水凉", "浴室水很凉"), 1):
        told = {"name": "opinion", "columns": columns, "rows": [[1, "WELFARE", said]]}
        desk.take(file(handed_in(B3, told, revision=revision)))
        assert (secret.encode() in desk.store.path.read_bytes()) == (revision < 3)


def test_the_ledgers_of_a_unit_are_bounded(desk: Office) -> None:
    chance = random.Random(1)
    long = ["".join(map(chr, chance.choices(range(0x4E00, 0x9FA5), k=1000))) for _ in range(800)]
    told = {"name": "x", "columns": ["number", "a"], "rows": [[n, text] for n, text in enumerate(long, 1)]}
    (entry,) = desk.entries(file(handed_in(B3, told)))
    assert not entry.envelope_id
    assert "台账" in entry.sentence


def enrolled(session: Session, numbers: Sequence[str]) -> dict[str, str]:
    """As many members, and which of them stands for which number."""
    for place, number in enumerate(numbers):
        name = f"{chr(0x4E00 + place // 10)}{chr(0x4E01 + place % 10)}"
        members.add_member(
            session, org_code=B1, name=name, category="FULL", member_no=number, by="王", reason="演示"
        )
    return dict(zip(numbers, numbers, strict=True))


def test_the_package_of_a_large_branch_grows_by_less_than_15_kilobytes(tmp_path: Path) -> None:
    """As the largest branch of the demo keeps them: some 140 promises of 48 members, how each presented, and its deeds."""
    company = office(tmp_path / "公司.pingyi", "QL")
    largest = max(ledgers.everything()["commitment"].items(), key=lambda one: len(one[1]))[0]
    with company.acting() as session:
        people = enrolled(session, [one["member"] for one in ledgers.everything()["presentation"][largest]])
        for key, kept in ledgers.everything().items():
            known = {plans.ORG: B3, "responsible": "支部书记"}
            lines = tuple(
                plans.Line("表", n, {**one, **known, "member": people.get(one.get("member", ""), "")})
                for n, one in enumerate(kept.get(largest, ()), 1)
            )
            sheet = plans.LedgerSheet("表", lines)
            plan = plans.plan(
                session, catalog.ledger(key), campaign_id=CAMPAIGN, sheet=sheet, today="2024-01-20"
            )
            plans.apply(session, plan, by="王")
        told = ledger_bodies.members(session, campaign_id=CAMPAIGN, unit=B3)
    company.store.close()
    documents = sealing.documents_of(B3)
    bare = sealing.sealed("submission", B3, documents, coverage=sealing.TOTALS)
    full = sealing.sealed("submission", B3, {**documents, **told}, coverage=sealing.TOTALS)
    sent = {body["name"]: len(body["rows"]) for body in told["ledgers"]["ledgers"]}  # type: ignore[index]
    assert (sent["commitment"] > 100, sent["presentation"]) == (True, len(people))
    named = [body["name"] for body in told["ledger_people"]["ledgers"]]  # type: ignore[index]
    assert named == ["presentation", "commitment", "post", "post_rating"]
    assert len(bundle.write([full])) - len(bundle.write([bare])) <= 15 * 1024
