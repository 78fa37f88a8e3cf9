"""The control sheet of a stack: what is refused, what deserves a look, and whose stack it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import ballots, batches
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage import journal

GOOD = {"printed": 60, "issued": 50, "returned": 49, "blank": 2, "void": 1}


@pytest.fixture
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    path, forms = tmp_path / "QL.pingyi", ["T-ORG-A", "T-MEM-A", "T-MEM-B"]
    places = {"T-MEM-B": ["L1_COMMITTEE", "L2_BRANCH"]}
    wanted = "campaign_id" in request.fixturenames
    made = (
        make.published_company(path, form_codes=forms, form_places=places) if wanted else make.company(path)
    )
    with made.transaction() as opened:
        yield opened
    made.close()


@pytest.fixture
def campaign_id(session: Session) -> str:
    return make.campaign_of(session)


@pytest.fixture
def stack(session: Session, campaign_id: str) -> str:
    return make.batch(session, campaign_id=campaign_id, code="L1-QL.01-T-ORG-A-v1-ALL").id


def test_a_control_sheet_reads_back(session: Session, campaign_id: str, stack: str) -> None:
    assert batches.set_control_sheet(session, batch_id=stack, by=make.BY, **GOOD) == ()
    view = batches.find(session, campaign_id=campaign_id, code="L1-QL.01-T-ORG-A-v1-ALL")
    assert {key: getattr(view, key) for key in GOOD} == GOOD
    assert (view.to_key, view.keyed, view.valid, view.state) == (46, 0, None, "FIRST")
    assert (view.org_name, view.form_title) == ("一矿党委", "基层党组织开展创先争优活动群众评议表")
    assert journal.lines(session, newest=1)[0].subject == "L1-QL.01-T-ORG-A-v1-ALL"


@pytest.mark.parametrize(
    ("figures", "code", "said"),
    [
        ({"returned": 51}, "V-BAL-01", "收回 51 张，多于发出 50 张，本次测评无效"),
        ({"blank": 30, "void": 20}, "V-BAL-48", "空白 30 与废票 20 之和多于收回 49 张"),
        ({"void": -1}, "V-BAL-05", "应为 0 至 999999 的整数"),
        ({"printed": -1}, "V-BAL-05", "应为 0 至 999999 的整数"),
    ],
)
def test_impossible_figures_are_refused(
    session: Session, stack: str, figures: dict[str, int], code: str, said: str
) -> None:
    with pytest.raises(RuleError, match=said) as caught:
        batches.set_control_sheet(session, batch_id=stack, by=make.BY, **{**GOOD, **figures})
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("figures", "code", "said"),
    [
        ({"printed": 48}, "V-BAL-02", "发出多于印制 2 张"),
        ({"returned": 39}, "V-BAL-08", "回收率 78.0%"),
        ({"blank": 7, "void": 3}, "V-BAL-09", "空白、废票占 20.4%"),
    ],
)
def test_odd_figures_ask_for_a_reason(
    session: Session, stack: str, figures: dict[str, int], code: str, said: str
) -> None:
    odd = {"batch_id": stack, "by": make.BY, **GOOD, **figures}
    with pytest.raises(NeedsReasonError, match=said) as asked:
        batches.set_control_sheet(session, **odd)
    assert [one.code for one in asked.value.findings] == [code]
    assert batches.set_control_sheet(session, reason="已数过两遍", **odd) == ()
    assert "已数过两遍" in journal.lines(session, newest=1)[0].detail


def test_a_small_category_and_two_unequal_forms_ask(session: Session) -> None:
    campaign_id = make.published(
        session, form_codes=["T-ORG-A", "T-MEM-A"], voter_categories=[("A", "领导"), ("B", "群众")]
    )
    few, many, other = (
        make.batch(session, campaign_id=campaign_id, code=f"L1-QL.01-{code}").id
        for code in ("T-ORG-A-v1-A", "T-ORG-A-v1-B", "T-MEM-A-v1-B")
    )

    def asked(batch_id: str, issued: int) -> list[str]:
        figures = {"printed": issued, "issued": issued, "returned": issued, "blank": 0, "void": 0}
        return make.asked(
            lambda: batches.set_control_sheet(session, batch_id=batch_id, by=make.BY, **figures)
        )

    assert asked(few, 4) == ["V-PRI-01"]
    assert asked(few, 5) == []
    assert asked(many, 20) == []
    assert asked(other, 19) == ["V-BAL-07"]
    assert asked(other, 20) == []


def test_at_the_edge_of_the_warnings_there_is_none(session: Session, stack: str) -> None:
    edge = {"printed": 50, "issued": 50, "returned": 40, "blank": 4, "void": 4}
    assert batches.set_control_sheet(session, batch_id=stack, by=make.BY, **edge) == ()


@pytest.mark.parametrize(("actual", "told"), [(50, False), (45, False), (55, False), (44, True), (56, True)])
def test_issued_is_compared_with_who_came(
    session: Session, campaign_id: str, stack: str, actual: int, told: bool
) -> None:
    (planned,) = [
        s for s in sessions.listing(session, campaign_id=campaign_id, layer=1) if s.org_code == "QL.01"
    ]
    make.held(session, planned.id, expected=60, actual=actual)
    asked = make.asked(lambda: batches.set_control_sheet(session, batch_id=stack, by=make.BY, **GOOD))
    assert asked == ["V-BAL-06"] * told


def test_an_office_does_not_type_for_a_unit_below(session: Session, campaign_id: str) -> None:
    below = make.batch(session, campaign_id=campaign_id, org_code="QL.01.B003", form_code="T-ORG-A")
    assert not below.own
    with pytest.raises(RuleError, match="由该单位自己录入，上级不能代改") as caught:
        batches.set_control_sheet(session, batch_id=below.id, by=make.BY, **GOOD)
    assert caught.value.code == "V-BAL-49"


def test_a_sealed_stack_stays_as_it_is(session: Session, stack: str) -> None:
    make.sealed(session, stack, ["11111"] * 6)
    with pytest.raises(RuleError, match="已封存") as caught:
        batches.set_control_sheet(session, batch_id=stack, by=make.BY, **GOOD)
    assert caught.value.code == "V-BAL-17"


def test_an_unknown_batch_code_is_told(session: Session, campaign_id: str) -> None:
    with pytest.raises(RuleError, match=r"没有票批“L1-QL.99”") as caught:
        batches.find(session, campaign_id=campaign_id, code="L1-QL.99")
    assert caught.value.code == "V-BAL-47"


def test_batches_come_in_the_order_of_tree_and_forms(session: Session, campaign_id: str) -> None:
    codes = [b.code for b in batches.listing(session, campaign_id=campaign_id, own_only=True)]
    assert codes == [
        f"L1-{unit}-{form}-v1-ALL"
        for unit in ("QL.01", "QL.02")
        for form in ("T-ORG-A", "T-MEM-A", "T-MEM-B")
    ]


def test_the_paper_has_the_shape_of_the_form(session: Session, campaign_id: str, stack: str) -> None:
    assert batches.paper_of(session, batch_id=stack).options == (4, 4, 4, 4, 4)
    roster = make.batch(session, campaign_id=campaign_id, code="L1-QL.01-T-MEM-B-v1-ALL")
    paper = batches.paper_of(session, batch_id=roster.id)
    assert (len(paper.targets), paper.size) == (9, 27)


def test_members_out_of_scope_are_not_on_the_paper(session: Session, campaign_id: str) -> None:
    (one,) = [m for m in members.members(session, under="QL.01.B003") if m.name == "赵建国"]
    members.change_member(
        session, member_no=one.member_no, by=make.BY, roster_status="EXEMPT", exempt_reason="病假"
    )
    roster = make.batch(session, campaign_id=campaign_id, code="L1-QL.01-T-MEM-B-v1-ALL")
    assert one.member_no not in batches.paper_of(session, batch_id=roster.id).targets


def test_a_roster_form_needs_a_roster(session: Session, campaign_id: str) -> None:
    empty = make.batch(session, campaign_id=campaign_id, code="L1-QL.02-T-MEM-B-v1-ALL")
    with pytest.raises(RuleError, match=r"名册是空的.*请先导入名册") as caught:
        ballots.resume(session, batch_id=empty.id)
    assert caught.value.code == "V-MEM-33"


def test_keyed_ballots_are_counted(session: Session, campaign_id: str, stack: str) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=["11111", "21111"], by=make.BY)
    ballots.save(session, batch_id=stack, position=3, cells="1____", committed=False)
    view = make.batch(session, campaign_id=campaign_id, code="L1-QL.01-T-ORG-A-v1-ALL")
    assert (view.keyed, view.entry_mode) == (2, "PER_BALLOT")
