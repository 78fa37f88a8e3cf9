"""A company below a group: appraised at layer 1 by the group, and appraising its own committees in the same campaign.

QL ─ QL.C (a company) ─ QL.C.01 ─ QL.C.01.B001
   └ QL.01 …, QL.02 …  (committees directly below the group, as in ``make.company``)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, results, sessions
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange.inbox import imports
from pingyi_desktop.exchange.merging import merge
from pingyi_desktop.exchange.outbox import tasks, transfer
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.reports import catalog, handover
from pingyi_desktop.reports.blocks import Table
from pingyi_desktop.standing import overview
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign
from pingyi_desktop.storage.schema_exchange import StoredEnvelope
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store

CHEAP = 2
UNITS = (
    ("QL", "QL.C", OrgType.COMPANY_COMMITTEE, "中共青峦集团丙公司委员会", "丙公司党委"),
    ("QL.C", "QL.C.01", OrgType.GRASSROOTS_COMMITTEE, "中共丙公司一厂委员会", "丙公司一厂党委"),
    ("QL.C.01", "QL.C.01.B001", OrgType.BRANCH, "中共丙公司一厂一车间支部委员会", "一厂一车间党支部"),
)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Store]:
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as session:
        for parent, code, kind, full, short in UNITS:
            make.org.add(
                session,
                parent_code=parent,
                code=code,
                org_type=kind,
                full_name=full,
                short_name=short,
                by=make.BY,
            )
    yield made
    made.close()


def planned(session: Session, campaign_id: str) -> list[tuple[int, str, bool, bool]]:
    listed = sessions.listing(session, campaign_id=campaign_id)
    return [(s.layer, s.org_code, s.has_ballots, s.own) for s in listed if s.org_code.startswith("QL.C")]


def first_edition(session: Session, campaign_id: str) -> str:
    """What the first edition would have published: a definition that says neither how to plan nor where a form is used."""
    view = session.get_one(Campaign, campaign_id)
    document = json.loads(str(view.definition))
    document.pop("plan")
    for form in document["forms"]:
        form.pop("planned_for")
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def adopt(path: Path, session: Session, definition: str, code: str) -> tuple[Store, str]:
    unit = make.org.find(session, code=code)
    made = make.store.create(
        path,
        code=code,
        name=unit.full_name,
        short_name=unit.short_name,
        org_type=OrgType(unit.org_type),
    )
    with made.transaction() as theirs:
        for o in make.org.tree(session, under=code)[1:]:
            make.org.add(
                theirs,
                parent_code=o.parent_code,
                code=o.code,
                org_type=o.org_type,
                full_name=o.full_name,
                short_name=o.short_name,
                by=make.BY,
            )
        return made, sessions.adopt(theirs, definition=definition, by=make.BY)


def test_both_layers_are_planned_for_a_company_below_a_group(group: Store) -> None:
    with group.transaction() as session:
        campaign_id = make.draft(session)
        assert sessions.foreseen(session, campaign_id=campaign_id) == {1: 4, 2: 10}
        sessions.publish(session, campaign_id=campaign_id, by=make.BY, reason=make.WHY)
        assert planned(session, campaign_id) == [
            (1, "QL.C", True, True),
            (1, "QL.C.01", True, False),
            (2, "QL.C", False, False),
            (2, "QL.C.01", False, False),
            (2, "QL.C.01.B001", True, False),
        ]
        groups = [("一组", ["QL.C", "QL.01"]), ("二组", ["QL.02"])]
        sessions.set_review_groups(session, campaign_id=campaign_id, groups=groups, by=make.BY)
        sent = {
            s.org_code: s.review_group for s in sessions.listing(session, campaign_id=campaign_id, layer=1)
        }
        assert sent == {"QL.01": "一组", "QL.02": "二组", "QL.C": "一组", "QL.C.01": ""}


def test_a_company_runs_layer_one_of_its_own(group: Store, tmp_path: Path) -> None:
    with group.transaction() as session:
        campaign_id = make.published(session)
        definition = str(session.get_one(Campaign, campaign_id).definition)
        company, same = adopt(tmp_path / "C.pingyi", session, definition, "QL.C")
    assert same == campaign_id
    with company.transaction() as theirs:
        assert planned(theirs, campaign_id) == [
            (1, "QL.C.01", True, True),
            (2, "QL.C", False, True),
            (2, "QL.C.01", False, False),
            (2, "QL.C.01.B001", True, False),
        ]
        sessions.set_review_groups(theirs, campaign_id=campaign_id, groups=[("组", ["QL.C.01"])], by=make.BY)
        own = batches.listing(theirs, campaign_id=campaign_id, own_only=True)
        assert [b.org_code for b in own] == ["QL.C.01", "QL.C.01"]
    company.close()


def test_what_the_first_edition_published_keeps_its_plan(group: Store, tmp_path: Path) -> None:
    with group.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A", "T-MEM-B"])
        old = first_edition(session, campaign_id)
        again, _ = adopt(tmp_path / "group.pingyi", session, old, "QL")
        company, _ = adopt(tmp_path / "C.pingyi", session, old, "QL.C")
    for made, layer_one in ((again, ["QL.01", "QL.02"]), (company, [])):
        with made.transaction() as theirs:
            assert campaigns.show(theirs, campaign_id=campaign_id).plan == 1
            listed = sessions.listing(theirs, campaign_id=campaign_id)
            assert [s.org_code for s in listed if s.layer == 1] == layer_one
            assert "QL.C" not in {s.org_code for s in listed}
            stacks = batches.listing(theirs, campaign_id=campaign_id)
            assert {b.form_code for b in stacks if b.layer == 1} == (
                {"T-ORG-A", "T-MEM-B"} if layer_one else set()
            )
            assert sessions.plan(theirs, campaign_id=campaign_id) == 0
        made.close()


def enter(session: Session, campaign_id: str, *, actual: int) -> None:
    """Hold every session of one's own and seal its ballots."""
    for meeting in sessions.listing(session, campaign_id=campaign_id):
        if meeting.own:
            make.held(session, meeting.id, expected=actual, actual=actual)
    for stack in batches.listing(session, campaign_id=campaign_id, own_only=True):
        items = len(campaigns.show(session, campaign_id=campaign_id).form(stack.form_code).items)
        make.sealed(session, stack.id, ["1" * items] * (actual - 1) + ["2" * items])


@pytest.fixture
def company(group: Store, tmp_path: Path) -> Iterator[Store]:
    """The company's file, made from its task; its layer 1 counted by itself."""
    with group.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"])
        (handed,) = tasks.assign(session, campaign_id=campaign_id, by=make.BY, units=["QL.C"], cost=CHEAP)
    made = tasks.create_file(
        tmp_path / "C.pingyi", task=tasks.read_task(handed.data, handed.code), by=make.BY
    )
    with made.transaction() as session:
        enter(session, campaign_id, actual=8)
    yield made
    made.close()


def test_a_company_hands_its_layer_one_up(group: Store, company: Store) -> None:
    with company.transaction() as session:
        campaign_id = campaigns.current(session).id
        made = transfer.export(session, campaign_id=campaign_id, by=make.BY)
        sheet = catalog.build(session, name="R29", campaign_id=campaign_id)
    (figures,) = [block for block in sheet.blocks if isinstance(block, Table)]
    said = {row.cells[0]: row.cells[1:] for row in figures.rows if row.kind == "row"}
    assert (said[handover.ORGS], said[handover.MEETINGS]) == ((1, 0, 1), (2, 0, 2))
    assert said["有效票（张）"] == (8, 0, 8)
    with group.transaction() as session:
        plan = imports.plan_import(session, campaign_id=campaign_id, files=[(made.file_name, made.data)])
        imports.apply_import(session, plan=plan, by=make.BY, confirmed=[k.fingerprint for k in plan.new_keys])
        found = results.read(session, campaign_id=campaign_id).by_org(layer=1, form_code="T-ORG-A")
        assert [(one.org.code, one.result.figures.valid) for one in found] == [("QL.C.01", 8)]
        units = {u.org.code: u for u in overview.coverage(session, campaign_id=campaign_id).units}
        assert (units["QL.C"].state, units["QL.C"].sealed, units["QL.C"].planned) == ("已报", 1, 1)
        notes = catalog.build(session, name="R03", campaign_id=campaign_id).footnotes
        assert "层面一：已评 1 / 应评 4。尚缺：一矿党委、二矿党委、丙公司党委。" in notes


def test_what_a_company_has_not_begun_at_layer_one_comes_later(group: Store, company: Store) -> None:
    """Its branches' figures do not wait for its last committee; but what is sealed says when and with how many."""
    with company.transaction() as session:
        campaign_id = campaigns.current(session).id
        (first,) = sessions.listing(session, campaign_id=campaign_id, layer=1)
        sessions.void(session, session_id=first.id, reason="重新测评", by=make.BY)
        made = transfer.export(session, campaign_id=campaign_id, by=make.BY)
        stack = make.batch(session, campaign_id=campaign_id, layer=1)
        make.sealed(session, stack.id, ["11111"] * 8)
        (again,) = sessions.listing(session, campaign_id=campaign_id, layer=1)
        row = session.get_one(AppraisalSession, again.id)
        row.status, row.held_on, row.expected, row.actual = (
            "PLANNED",
            None,
            None,
            None,
        )  # an earlier edition's
        session.flush()
        with pytest.raises(RuleError, match="“丙公司一厂党委”的场次还没有登记"):
            transfer.export(session, campaign_id=campaign_id, by=make.BY)
    with group.transaction() as session:
        plan = imports.plan_import(session, campaign_id=campaign_id, files=[(made.file_name, made.data)])
        imports.apply_import(session, plan=plan, by=make.BY, confirmed=[k.fingerprint for k in plan.new_keys])
        units = {u.org.code: u for u in overview.coverage(session, campaign_id=campaign_id).units}
        assert (units["QL.C"].state, units["QL.C"].sealed, units["QL.C"].planned) == ("部分", 0, 1)


def test_nobody_else_speaks_of_a_companys_committees(company: Store) -> None:
    """Layer 1 counts from the company for its committees only, and not in a campaign that was planned without it."""
    with company.transaction() as session:
        campaign_id = campaigns.current(session).id
        transfer.export(session, campaign_id=campaign_id, by=make.BY)
        own = select(StoredEnvelope.raw).where(StoredEnvelope.type == "submission", StoredEnvelope.own)
        sent = package.parse_stored(session.exec(own).one() or b"")
        document = json.loads(str(session.get_one(Campaign, campaign_id).definition))
        assert session.exec(select(AppraisalSession.layer)).all().count(1) == 1
    merge.check_submission(sent, document)

    def moved(**changed: object) -> dict[str, object]:
        orgs = [{**one, **(changed if one["code"] == "QL.C.01" else {})} for one in document["orgs"]]
        return {**document, "orgs": orgs}

    without = {key: value for key, value in document.items() if key != "plan"}
    for other in (without, moved(parent="QL"), moved(type="GENERAL_BRANCH")):
        with pytest.raises(PackageError, match="不归该单位上报"):
            merge.check_submission(sent, other)
