"""The tree belongs to a campaign: what it shows, prints and hands on is the same whatever another campaign brings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B2, B3, BY, C1, C2, G1, Office
from series import LONG
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaign_tree, results, sessions
from pingyi_desktop.appraisal.people import members, org
from pingyi_desktop.errors import RuleError
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.exchange.outbox import tasks, transfer
from pingyi_desktop.exchange.outbox.tasks import Task
from pingyi_desktop.exchange.wire import age, bundle, canonical
from pingyi_desktop.reports import catalog
from pingyi_desktop.standing import overview
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_people import PartyOrganization
from pingyi_desktop.storage.store import Store

CODE, CHEAP, TODAY = "1234567890123450", 1, "2025-03-01"
NEW = "QL.01.B009"
AT_LEAST = 100
LAYERED = [entry for entry in catalog.CATALOG if not isinstance(entry.build, partial)]
"""all but the tables of the ledgers, which know no layers"""
TABLES = [entry for entry in catalog.CATALOG if isinstance(entry.build, partial)]


def entries(place: int, places: int) -> list[catalog.ReportEntry]:
    """What is printed of a unit: the tables of the ledgers, which are one code, are dealt out; all in the long series."""
    return [*LAYERED, *(TABLES if LONG else TABLES[place::places])]


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    """A committee in the middle of the running campaign: packages have come in, tasks have gone out, one export is done."""
    made = desks.prepared(tmp_path / "C1.pingyi", C1, _in_the_middle)
    yield made
    made.store.close()


def _in_the_middle(made: Office) -> None:
    below = [sealing.submission(B1, satisfied=7), sealing.submission(B2, satisfied=3)]
    made.take(desks.report(B3), desks.handed_up(G1, *below))
    with made.acting() as session:
        desks.own_key(session, sealing.key_of(C1))
        desks.know_above(session)
        desks.hold(session)
        members.add_member(session, org_code=B1, name="赵建国", category="FULL", by=BY)
        tasks.assign(session, campaign_id="c1", by=BY, cost=CHEAP)
        transfer.export(session, campaign_id="c1", by=BY)


def orgs_of_next_year() -> list[dict[str, Any]]:
    """Everything that a tree can do: names, types and scope changed, branches moved both ways, one gone, one new."""
    rows = {one["code"]: dict(one) for one in sealing.definition()["orgs"]}
    for code, row in rows.items():
        row |= {"full_name": f"改名{code}", "short_name": f"改名{code}"}
    rows[B3] |= {"parent": G1, "type": "BRANCH"}
    rows[B1] |= {"parent": C1}
    rows[G1] |= {"in_scope": False}
    del rows[B2]
    rows[NEW] = {**rows[B3], "code": NEW, "parent": C1, "full_name": "新支部", "short_name": "新支部"}
    order = ["QL", C1, NEW, B1, G1, B3, C2, "QL.02.B001"]
    return [rows[code] for code in order]


def next_year() -> Task:
    """The next campaign's task for the committee, signed by the keys it knows; it brings a roster for every unit."""
    document = sealing.definition(campaign="c2", period_year=2025, orgs=orgs_of_next_year())
    digest = hashlib.sha256(canonical.encode(document)).hexdigest()
    head = {"campaign": "c2", "campaign_sha256": digest}
    definition = sealing.sealed("campaign", "QL", {"definition": document}, **{**head, "to": ""})
    people = [{**sealing.person(code), "member_no": code} for code in (B1, B3, G1, NEW)]
    documents = {
        "task": {"unit": C1, "parent": "QL", "epoch": 1, "recipient": desks.ABOVE[1]},
        "enrolment": {"token": "5a" * 32},
        "roster": {"people": people},
    }
    handed = sealing.sealed("assignment", "QL", documents, detachable=["roster", "enrolment"], to=C1, **head)
    sealed = age.seal_with_code(bundle.write([definition, handed]), CODE, cost=CHEAP)
    return tasks.read_task(sealed, CODE)


def everything(session: Session, *, campaign_id: str, codes: list[str]) -> dict[str, object]:
    """Every figure, report and file that the campaign gives here, each under its own name.

    The reports of one layer, and every table of a ledger, are printed of the whole; of a part only in the long series.
    """
    found, asked = dict[str, object](), Question(session, campaign_id)
    for layer in (None, 1, 2):
        for number, under in enumerate((None, *codes)):
            place = f"{layer} {under}"
            found[f"pooled {place}"] = results.pooled(
                session, campaign_id=campaign_id, layer=layer, under=under
            )
            for form in ("T-ORG-A", "T-MEM-B"):
                if layer is not None:
                    found[f"rows {form} {place}"] = results.read(session, campaign_id=campaign_id).by_org(
                        layer=layer, form_code=form, under=under
                    )
            if layer is not None and under is not None and not LONG:
                continue
            listed = catalog.CATALOG if under is None else entries(number - 1, len(codes))
            for entry in listed if layer is None else LAYERED:
                found[f"{entry.number} {place}"] = report(asked, entry.number, layer, under)
        if layer is not None:
            found[f"activity {layer}"] = overview.activity(
                pictures.read(session, campaign_id=campaign_id), layer
            )
    found["coverage"] = overview.coverage(session, campaign_id=campaign_id, today=TODAY)
    found["sessions"] = sessions.listing(session, campaign_id=campaign_id)
    found["batches"] = batches.listing(session, campaign_id=campaign_id)
    found["people"] = [targets(session, one.id) for one in batches.listing(session, campaign_id=campaign_id)]
    return {name: repr(value) for name, value in found.items()}


def report(asked: Question, name: str, layer: int | None, under: str | None) -> object:
    """A report, or the sentence that says why there is none; the file as it stands is read once for all of them."""
    try:
        return catalog.of(asked, name=name, layer=layer, org_code=under, today=date.fromisoformat(TODAY))
    except RuleError as error:
        return str(error)


def targets(session: Session, batch_id: str) -> object:
    try:
        return batches.targets(session, batch_id=batch_id)
    except RuleError as error:
        return str(error)


def sent(session: Session) -> dict[str, object]:
    """What goes out and what would come in, in the running campaign."""
    made = transfer.export(session, campaign_id="c1", by=BY)
    handed = tasks.assign(session, campaign_id="c1", by=BY, cost=CHEAP)
    files = [
        desks.report(B3, revision=2, satisfied=1),
        desks.handed_up(G1, sealing.submission(B1), revision=2),
    ]
    return {
        "export": bundle.write(desks.opened(made.data)),
        "tasks": [(one.file_name, age.open_with_code(one.data, one.code)) for one in handed],
        "plan": [repr(one) for one in imports.plan_import(session, campaign_id="c1", files=files).entries],
    }


def seen(office: Office) -> dict[str, object]:
    """A unit that goes out of scope, one that is gone, one that moves; in the long series every unit."""
    codes = [code for code in sealing.PARENTS if code.startswith(C1)] if LONG else [G1, B2, B3]
    with office.acting() as session:
        return {**everything(session, campaign_id="c1", codes=codes), **sent(session)}


def test_the_next_campaign_changes_nothing_of_the_running_one(committee: Office) -> None:
    before = seen(committee)
    with committee.acting() as session:
        tasks.take_task(session, task=next_year(), by=BY)
    with committee.store.reading() as session:
        assert org.find(session, code=B3).parent_code == G1  # the file's own tree did change
        assert {o.short_name for o in campaign_tree.tree(session, campaign_id="c2")} == {
            "新支部",
            *(f"改名{code}" for code in (C1, B1, G1, B3)),
        }
    after = seen(committee)
    assert {name for name in before if before[name] != after[name]} == set()
    assert len(before) > AT_LEAST


def test_what_was_held_and_voided_is_planned_again_as_the_campaign_has_it(committee: Office) -> None:
    with committee.acting() as session:
        tasks.take_task(session, task=next_year(), by=BY)
        before = [(one.layer, one.org_code) for one in sessions.listing(session, campaign_id="c1")]
        (own,) = [one for one in sessions.listing(session, campaign_id="c1") if one.own]
        sessions.void(session, session_id=own.id, reason="主持人宣布无效", by=BY)
        after = [(one.layer, one.org_code) for one in sessions.listing(session, campaign_id="c1")]
    assert after == before


def test_a_subtotal_is_that_of_the_campaign_s_own_branches(committee: Office) -> None:
    """A forged campaign that moved a branch out changed a subtotal of the running one from 43 to 23."""

    def valid() -> dict[str, int]:
        with committee.store.reading() as session:
            return {
                code: results.pooled(session, campaign_id="c1", under=code)[0].figures.valid
                for code in (C1, G1, B1, B3)
            }

    before = valid()
    assert before == {C1: 48, G1: 36, B1: 12, B3: 12}
    with committee.acting() as session:
        tasks.take_task(session, task=next_year(), by=BY)
    assert valid() == before


def test_a_roster_comes_to_new_units_only(committee: Office) -> None:
    """Whom a roster form lists, and the column 名册 of R24, belong to the campaigns that are there."""
    with committee.acting() as session:
        tasks.take_task(session, task=next_year(), by=BY)
        assert {m.org_code for m in members.members(session)} == {B1, NEW}


def test_a_new_file_gets_the_whole_roster(tmp_path: Path) -> None:
    made = tasks.create_file(tmp_path / "C1.pingyi", task=next_year(), by=BY)
    with made.reading() as session:
        assert sorted(m.org_code for m in members.members(session)) == sorted([B1, B3, G1, NEW])
    made.close()


def test_a_renamed_and_moved_branch_stays_what_it_was_in_what_is_published(company: Store) -> None:
    """The file's own tree goes on: last year's sheets do not."""
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"])
        for one in batches.listing(session, campaign_id=campaign_id):
            if one.layer == 2 and one.org_code in (B1, B2, B3):
                items = len(sessions_form(session, campaign_id).items)
                make.received(
                    session, campaign_id=campaign_id, org_code=one.org_code, counts={"T-ORG-A": [ROW] * items}
                )
        codes = [o.code for o in org.tree(session)] if LONG else ["QL", C1, G1, B1, C2]
        before = printed(session, campaign_id, codes)
        org.change(session, code=B1, by=BY, short_name="改了名", sort_no=9)
        org.move(session, code=B3, new_parent_code=C2, by=BY)
        org.move(session, code=B2, new_parent_code=C1, by=BY)
        org.change(session, code=G1, by=BY, in_scope=False)
        org.change(session, code="QL", by=BY, short_name="新公司")
        make.published(session, year=2025, form_codes=["T-ORG-A"])
        after = printed(session, campaign_id, codes)
    assert {name for name in before if before[name] != after[name]} == set()


ROW = (11, 1, 0, 0, 0)


def sessions_form(session: Session, campaign_id: str) -> Any:
    (one, *_) = results.pooled(session, campaign_id=campaign_id)
    return one.form


def printed(session: Session, campaign_id: str, codes: list[str]) -> dict[str, object]:
    found, asked = dict[str, object](), Question(session, campaign_id)
    for place, under in enumerate(codes):
        for entry in entries(place, len(codes)):
            found[f"{entry.number} {under}"] = repr(report(asked, entry.number, None, under))
    found["coverage"] = repr(overview.coverage(session, campaign_id=campaign_id, today=TODAY))
    found["sessions"] = repr(sessions.listing(session, campaign_id=campaign_id))
    found["tree"] = repr(campaign_tree.tree(session, campaign_id=campaign_id))
    return found


def test_a_roster_form_lists_the_people_below_in_the_campaign(committee: Office) -> None:
    """B1 leaves G1 in the next campaign: its member stays on the paper of G1 in this one, and comes to none of C1's."""

    def listed() -> dict[str, object]:
        with committee.store.reading() as session:
            return {
                one.org_code: targets(session, one.id)
                for one in batches.listing(session, campaign_id="c1")
                if one.form_code == "T-MEM-B"
            }

    before = listed()
    assert {code for code, found in before.items() if not isinstance(found, str)} == {B1, G1}
    with committee.acting() as session:
        tasks.take_task(session, task=next_year(), by=BY)
    assert listed() == before


def test_a_draft_follows_the_file(company: Store) -> None:
    with company.transaction() as session:
        campaign_id = make.draft(session)
        org.change(session, code=B1, by=BY, short_name="改了名")
        assert campaign_tree.tree(session, campaign_id=campaign_id) == org.tree(session)
        assert campaign_tree.find(session, campaign_id=campaign_id, code=B1).short_name == "改了名"


def test_the_order_is_that_of_the_definition(company: Store) -> None:
    with company.transaction() as session:
        org.change(session, code=C2, by=BY, sort_no=-1)
        campaign_id = make.published(session)
        wanted = [o.code for o in org.tree(session)]
        assert [o.code for o in campaign_tree.tree(session, campaign_id=campaign_id)] == wanted
        assert wanted.index(C2) < wanted.index(C1)
        listed = [one.org_code for one in sessions.listing(session, campaign_id=campaign_id, layer=2)]
        assert listed == [code for code in wanted if code in listed]


def test_a_unit_of_another_campaign_is_not_known_to_this_one(committee: Office) -> None:
    with committee.acting() as session:
        tasks.take_task(session, task=next_year(), by=BY)
        assert session.get_one(Campaign, "c2")
        with pytest.raises(RuleError, match=r"没有代码为“QL\.01\.B009”"):
            results.pooled(session, campaign_id="c1", under=NEW)
        with pytest.raises(RuleError, match="没有代码为"):
            campaign_tree.find(session, campaign_id="c2", code=B2)


def test_the_ids_are_those_of_the_file(committee: Office) -> None:
    with committee.store.reading() as session:
        for o in campaign_tree.tree(session, campaign_id="c1"):
            assert session.get_one(PartyOrganization, o.id).code == o.code
        sealed = [one for one in batches.listing(session, campaign_id="c1") if one.state == BatchState.SEALED]
        assert len(sealed) == 8
