"""Sessions are planned from the tree: 412 = 23 + 40 + 349 at layer two and 23 at layer one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlmodel import Session, select

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import results, sessions
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_people import OrgStatus, OrgType, PartyOrganization


def meeting(session: Session, campaign_id: str, org_code: str, layer: int = 2) -> SessionView:
    found = sessions.listing(session, campaign_id=campaign_id, layer=layer)
    return next(s for s in found if s.org_code == org_code)


def plant(session: Session, *, committees: int, generals: int, branches: int) -> None:
    """A tree of the reference company's shape: general branches and branches dealt out in turn."""
    root = session.exec(select(PartyOrganization)).one()

    def row(code: str, kind: OrgType, parent: str) -> dict[str, object]:
        fixed = {"in_scope": True, "is_joint": False, "is_temporary": False, "sort_no": 0}
        names = {"id": code, "code": code, "full_name": code, "short_name": code}
        return {**fixed, **names, "org_type": kind, "parent_id": parent, "status": OrgStatus.ACTIVE}

    tops = [f"QL.{n:02}" for n in range(1, committees + 1)]
    middles = [f"{tops[n % committees]}.G{n:02}" for n in range(generals)]
    above = middles + tops
    leaves = [f"{above[n % len(above)]}.B{n:03}" for n in range(branches)]
    session.execute(
        insert(PartyOrganization), [row(code, OrgType.GRASSROOTS_COMMITTEE, root.id) for code in tops]
    )
    for codes, kind in ((middles, OrgType.GENERAL_BRANCH), (leaves, OrgType.BRANCH)):
        session.execute(
            insert(PartyOrganization), [row(code, kind, code.rpartition(".")[0]) for code in codes]
        )


def test_412_sessions_for_the_reference_company(tmp_path: Path) -> None:
    made = store.create(
        tmp_path / "a.pingyi", code="QL", name="青峦公司党委", org_type=OrgType.COMPANY_COMMITTEE
    )
    with made.transaction() as session:
        plant(session, committees=23, generals=40, branches=349)
        campaign_id = make.draft(session)
        assert sessions.foreseen(session, campaign_id=campaign_id) == {1: 23, 2: 412}
        sessions.publish(session, campaign_id=campaign_id, by=make.BY, reason=make.WHY)
        found = sessions.listing(session, campaign_id=campaign_id)
        kinds = Counter((s.layer, s.org_type) for s in found)
        assert kinds == {
            (1, OrgType.GRASSROOTS_COMMITTEE): 23,
            (2, OrgType.GRASSROOTS_COMMITTEE): 23,
            (2, OrgType.GENERAL_BRANCH): 40,
            (2, OrgType.BRANCH): 349,
        }
        assert sum(n for (layer, _), n in kinds.items() if layer == 2) == 412
        stacks = Counter(b.layer for b in batches.listing(session, campaign_id=campaign_id))
        assert stacks == {1: 2 * 23, 2: 2 * 389}
        assert sessions.plan(session, campaign_id=campaign_id) == 0
    made.close()


def test_who_meets_with_ballots_and_whose_session_it_is(session: Session) -> None:
    campaign_id = make.published(session)
    listed = [
        (s.layer, s.org_code, s.has_ballots, s.meeting_type, s.own)
        for s in sessions.listing(session, campaign_id=campaign_id)
    ]
    assert listed == [
        (1, "QL.01", True, "APPRAISAL", True),
        (1, "QL.02", True, "APPRAISAL", True),
        (2, "QL.01", False, "FORUM", False),
        (2, "QL.01.B003", True, "FORUM", False),
        (2, "QL.01.G01", True, "FORUM", False),
        (2, "QL.01.G01.B001", True, "FORUM", False),
        (2, "QL.01.G01.B002", True, "FORUM", False),
        (2, "QL.02", False, "FORUM", False),
        (2, "QL.02.B001", True, "FORUM", False),
    ]


def test_organisations_out_of_scope_or_dissolved_do_not_meet(session: Session) -> None:
    org.change(session, code="QL.01.B003", by=make.BY, in_scope=False)
    org.dissolve(session, code="QL.02.B001", by=make.BY)
    org.dissolve(session, code="QL.02", by=make.BY)
    campaign_id = make.published(session)
    codes = {s.org_code for s in sessions.listing(session, campaign_id=campaign_id)}
    assert codes == {"QL.01", "QL.01.G01", "QL.01.G01.B001", "QL.01.G01.B002"}


def test_a_batch_for_every_form_and_voter_category(session: Session) -> None:
    categories = [("A", "全体党员"), ("B", "先进典型代表"), ("C", "一线员工群众")]
    campaign_id = make.published(session, voter_categories=categories)
    codes = [b.code for b in batches.listing(session, campaign_id=campaign_id, own_only=True)]
    assert codes[:7] == [
        "L1-QL.01-T-ORG-A-v1-A",
        "L1-QL.01-T-ORG-A-v1-B",
        "L1-QL.01-T-ORG-A-v1-C",
        "L1-QL.01-T-MEM-A-v1-A",
        "L1-QL.01-T-MEM-A-v1-B",
        "L1-QL.01-T-MEM-A-v1-C",
        "L1-QL.02-T-ORG-A-v1-A",
    ]
    assert len(codes) == 12


def test_a_branch_that_stands_alone(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi")
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        (only,) = sessions.listing(session, campaign_id=campaign_id)
        assert (only.layer, only.org_code, only.own, only.has_ballots) == (2, "XX", True, True)
        make.held(session, only.id, expected=42, actual=42)
    made.close()


def test_holding_a_session(session: Session) -> None:
    campaign_id = make.published(session)
    sessions.set_review_groups(session, campaign_id=campaign_id, groups=[("一组", ["QL.01"])], by=make.BY)
    planned = meeting(session, campaign_id, "QL.01", layer=1)
    found = sessions.hold(
        session,
        session_id=planned.id,
        held_on="2024-01-12",
        expected=60,
        actual=58,
        self_introduced=12,
        oral_reports=9,
        members=12,
        by=make.BY,
    )
    assert found == ()
    now = meeting(session, campaign_id, "QL.01", layer=1)
    assert (now.status, now.held_on, now.expected, now.actual) == ("HELD", "2024-01-12", 60, 58)
    assert (now.self_introduced, now.oral_reports, now.members) == (12, 9, 12)
    make.held(session, planned.id, expected=60, actual=59)
    assert meeting(session, campaign_id, "QL.01", layer=1).actual == 59


@pytest.mark.parametrize(
    ("facts", "code", "said"),
    [
        ({"actual": 61}, "V-SES-04", r"实到（61）多于应到（60）"),
        ({"actual": -1}, "V-SES-27", "应为 0 至 999999 的整数"),
        ({"members": -1}, "V-SES-27", "应为 0 至 999999 的整数"),
        ({"held_on": "1月12日"}, "V-CMP-21", "评议时间“1月12日”不是正确的日期"),
    ],
)
def test_impossible_figures_of_a_meeting_are_refused(
    session: Session, facts: dict[str, object], code: str, said: str
) -> None:
    planned = meeting(session, make.published(session), "QL.01", layer=1)
    good: dict[str, object] = {"held_on": "2024-01-12", "expected": 60, "actual": 58, "by": make.BY}
    with pytest.raises(RuleError, match=said) as caught:
        sessions.hold(session, session_id=planned.id, **{**good, **facts})
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("facts", "code", "said"),
    [
        ({"held_on": "2024-02-01"}, "V-SES-02", "评议时间 2024-02-01 不在活动期间"),
        ({"actual": 39}, "V-SES-05", "实到 39 人、应到 60 人，到会率 65.0%，未达到三分之二的要求"),
        ({"oral_reports": 5, "self_introduced": 4}, "V-CHK-04", "汇报 5、自我介绍 4、党员 未填 不满足"),
        ({"self_introduced": 13, "members": 12}, "V-CHK-04", "汇报≤自我介绍≤党员数"),
    ],
)
def test_odd_figures_of_a_meeting_ask_for_a_reason(
    session: Session, facts: dict[str, object], code: str, said: str
) -> None:
    campaign_id = make.published(session)
    sessions.set_review_groups(session, campaign_id=campaign_id, groups=[("一组", ["QL.01"])], by=make.BY)
    planned = meeting(session, campaign_id, "QL.01", layer=1)
    good: dict[str, object] = {"held_on": "2024-01-31", "expected": 60, "actual": 40, "by": make.BY}
    assert sessions.hold(session, session_id=planned.id, **good) == ()
    with pytest.raises(NeedsReasonError, match=said) as asked:
        sessions.hold(session, session_id=planned.id, **{**good, **facts})
    assert [one.code for one in asked.value.findings] == [code]
    assert sessions.hold(session, session_id=planned.id, reason="大雪封路", **{**good, **facts}) == ()
    assert "大雪封路" in journal.lines(session, newest=1)[0].detail


def test_what_else_a_meeting_asks(tmp_path: Path, session: Session) -> None:
    campaign_id = make.published(session, mode="drill")
    planned = meeting(session, campaign_id, "QL.01", layer=1)
    good: dict[str, object] = {"held_on": "2024-01-31", "expected": 10, "actual": 10, "by": make.BY}
    assert make.asked(lambda: sessions.hold(session, session_id=planned.id, **good)) == ["V-SES-03"]
    told = sessions.hold(session, session_id=planned.id, reason="小组后定", **good)
    assert [one.code for one in told] == ["V-BAL-20"]
    with make.school(tmp_path / "XX.pingyi").transaction() as branch:
        (only,) = sessions.listing(branch, campaign_id=make.published(branch))
        assert make.asked(lambda: sessions.hold(branch, session_id=only.id, **good)) == ["V-SES-06"]
        assert make.asked(lambda: sessions.hold(branch, session_id=only.id, oral_reports=5, **good)) == []


def test_a_meeting_whose_ballots_are_sealed_is_not_held_again(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-ORG-A"])
    planned = meeting(session, campaign_id, "QL.01", layer=1)
    make.held(session, planned.id)
    stack = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01")
    make.sealed(session, stack.id, ["11111"] * 12)
    make.held(session, planned.id, actual=11)  # the same day: a figure is corrected
    with pytest.raises(RuleError, match="已有评议场次（2024-01-12）。如需重新测评，请先作废原场次") as caught:
        sessions.hold(
            session, session_id=planned.id, held_on="2024-01-20", expected=12, actual=12, by=make.BY
        )
    assert caught.value.code == "V-SES-01"


def test_an_office_does_not_register_for_a_unit_below(session: Session) -> None:
    planned = meeting(session, make.published(session), "QL.01.B003")
    with pytest.raises(RuleError, match="由该单位自己登记，上级只能查看") as caught:
        make.held(session, planned.id)
    assert caught.value.code == "V-SES-21"


def test_review_groups(session: Session) -> None:
    campaign_id = make.published(session)

    def assign(*groups: tuple[str, list[str]]) -> dict[str, str]:
        sessions.set_review_groups(session, campaign_id=campaign_id, groups=groups, by=make.BY)
        found = sessions.listing(session, campaign_id=campaign_id, layer=1)
        return {s.org_code: s.review_group for s in found}

    assert assign(("第一评议小组", ["QL.01"]), ("第二评议小组", ["QL.02"])) == {
        "QL.01": "第一评议小组",
        "QL.02": "第二评议小组",
    }
    assert assign(("评议小组", ["QL.02"])) == {"QL.01": "", "QL.02": "评议小组"}
    for groups, said in (
        ([("一组", ["QL.01.B003"])], "V-SES-25“QL.01.B003”没有层面一评议场次.*活动发布以后才有场次"),
        ([("一组", ["QL.01"]), ("二组", ["QL.01"])], "V-SES-26“QL.01”分派了 2 个评议小组"),
    ):
        with pytest.raises(RuleError, match=said[8:]) as caught:
            assign(*groups)
        assert caught.value.code == said[:8]


def test_a_void_session_counts_nowhere_and_gets_a_successor(session: Session) -> None:
    campaign_id = make.published(session, form_codes=["T-ORG-A"])
    (old,) = [
        b for b in batches.listing(session, campaign_id=campaign_id, own_only=True) if b.org_code == "QL.01"
    ]
    make.sealed(session, old.id, ["11111"] * 6)
    meeting = next(
        s for s in sessions.listing(session, campaign_id=campaign_id, layer=1) if s.org_code == "QL.01"
    )
    with pytest.raises(RuleError, match="写明原因"):
        sessions.void(session, session_id=meeting.id, reason=" ", by=make.BY)
    successor = sessions.void(session, session_id=meeting.id, reason="收回票数多于发出票数", by=make.BY)
    again = [s for s in sessions.listing(session, campaign_id=campaign_id, layer=1) if s.org_code == "QL.01"]
    assert [s.id for s in again] == [successor]
    (pooled,) = results.pooled(session, campaign_id=campaign_id)
    assert pooled.figures.valid == 0
    (new,) = [
        b for b in batches.listing(session, campaign_id=campaign_id, own_only=True) if b.org_code == "QL.01"
    ]
    assert (new.state, new.keyed) == ("FIRST", 0)
    assert new.id != old.id
    with pytest.raises(RuleError, match="已经作废"):
        sessions.void(session, session_id=meeting.id, reason="再来", by=make.BY)


def test_only_the_unit_itself_voids_its_session(session: Session) -> None:
    campaign_id = make.published(session)
    below = next(s for s in sessions.listing(session, campaign_id=campaign_id, layer=2))
    with pytest.raises(RuleError, match="由该单位自己作废"):
        sessions.void(session, session_id=below.id, reason="误排", by=make.BY)


@pytest.mark.parametrize(
    ("rule", "fewest"),
    [({}, 40), ({"quorum": ">1/2"}, 31), ({"quorum": ">4/5"}, 49), ({"quorum": "NONE"}, 0)],
)
def test_the_quorum_is_the_rule_s(session: Session, rule: dict[str, object], fewest: int) -> None:
    campaign_id = make.published(session, rule=rule)
    sessions.set_review_groups(session, campaign_id=campaign_id, groups=[("一组", ["QL.01"])], by=make.BY)
    planned = meeting(session, campaign_id, "QL.01", layer=1)
    good: dict[str, object] = {"held_on": "2024-01-31", "expected": 60, "by": make.BY}
    assert sessions.hold(session, session_id=planned.id, actual=fewest, **good) == ()
    if fewest:
        assert make.asked(
            lambda: sessions.hold(session, session_id=planned.id, actual=fewest - 1, **good)
        ) == ["V-SES-05"]


def test_a_quorum_that_blocks_cannot_be_answered_with_a_reason(session: Session) -> None:
    campaign_id = make.published(session, rule={"quorum": ">1/2", "quorum_blocks": True})
    planned = meeting(session, campaign_id, "QL.01", layer=1)
    good: dict[str, object] = {"held_on": "2024-01-31", "expected": 60, "by": make.BY, "reason": make.WHY}
    with pytest.raises(RuleError, match="未达到过半数，按本次活动的口径不能评议"):
        sessions.hold(session, session_id=planned.id, actual=30, **good)
    sessions.hold(session, session_id=planned.id, actual=31, **good)
