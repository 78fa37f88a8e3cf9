"""民主评议等次: too many 优秀 and 预备党员 who are graded are said while keying, and asked once for the stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import ballots, signing
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper import grades, keying
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.grades import Votes
from pingyi_desktop.appraisal.paper.keying import Outcome, Paper
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schemas.grade_words import Grade

PEOPLE = ("赵建国", "钱秀英", "孙志强", "李桂兰", "周文斌", "吴新来")
NEW = {"6": "吴新来"}
OVER = "优秀”选了 3 名，超过 2 名。按口径：照票面计，只作提醒。"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.school(tmp_path / "XX.pingyi", people=PEOPLE[:5])
    with made.transaction() as opened:
        members.add_member(opened, org_code="XX", name="吴新来", category="PROBATIONARY", by=make.BY)
        yield opened
    made.close()


@pytest.fixture
def form(session: Session) -> Form:
    make.published(session, form_codes=["T-MEM-E"])
    return campaigns.current(session).form("T-MEM-E")


PAPER = Paper((4,), tuple("123456"))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("112220", []),
        ("111220", [f"本票“{OVER}"]),
        ("112221", [f"本票“{OVER}", "“吴新来”为预备党员，只参加评议，不评定等次。"]),
        ("112222", ["“吴新来”为预备党员，只参加评议，不评定等次。"]),
        ("112229", []),
        ("!1", []),
    ],
)
def test_one_ballot(form: Form, cells: str, said: list[str]) -> None:
    assert grades.on_ballot(form, PAPER, cells, NEW) == said


def test_a_form_of_satisfaction_has_no_grades(session: Session) -> None:
    make.published(session, form_codes=["T-MEM-B"])
    form = campaigns.current(session).form("T-MEM-B")
    assert not grades.graded(form)
    assert grades.on_ballot(form, Paper((4, 4, 4), tuple("123456")), "1" * 18, NEW) == []


def test_two_ticks_are_said_at_the_key() -> None:
    step = keying.press(keying.start(PAPER, position=1), "9")
    assert (step.outcome, step.message) == (
        Outcome.KEYED,
        "该项选了两个等次，将按“多选”作废（其余项有效）。",
    )


def test_a_stack_is_asked_once_at_its_signature(session: Session, form: Form) -> None:
    stack = make.batch(session, campaign_id=campaigns.current(session).id).id
    contents = ["112220", "111220", "111112", "!1"]
    ballots.enter_ballots(session, batch_id=stack, ballots=contents, by=make.BY)
    make.sheet(session, stack, valid=4)  # the spoiled one is found while keying
    found = {one.code: one.sentence for one in signing.problems(session, batch_id=stack)}
    assert found["V-BAL-14"].startswith("本批有 2 张票超额，最多的一张“优秀”选了 5 名，超过 2 名。")
    assert found["V-BAL-15"] == "“吴新来”为预备党员，只参加评议，不评定等次。"
    signers = {"tellers": ["甲", "乙"], "scrutineers": ["丙", "赵建国"]}
    signing.waive(session, batch_id=stack, reason="票数少", by=make.BY)
    asked = make.asked(lambda: signing.sign(session, batch_id=stack, by=make.BY, **signers))
    assert {"V-BAL-14", "V-BAL-15", "V-SES-07"} <= set(asked)  # 赵建国 is one of those appraised
    told = signing.sign(session, batch_id=stack, by=make.BY, reason="已向支部说明", **signers)
    assert [one.code for one in told] == ["V-BAL-19"]


def test_counts_of_a_tally_sheet(form: Form) -> None:
    counts = {(target, "1"): Counts((3, 0, 0, 0)) for target in "12345"}
    blank = {("6", "1"): Counts((0, 0, 0, 0), blank=3)}
    assert not list(grades.on_counts("甲", form, counts | blank, NEW))
    graded = {("6", "1"): Counts((0, 1, 0, 0), blank=2)}
    assert [one.code for one in grades.on_counts("甲", form, counts | graded, NEW)] == ["V-BAL-15"]


# --- what the ballots propose ------------------------------------------------------------------------------------


def votes(*marks: tuple[int, ...], new: frozenset[int] = frozenset()) -> list[Votes]:
    return [Votes(str(n), one, probationary=n in new) for n, one in enumerate(marks)]


def proposed(
    *marks: tuple[int, ...], limit: int = 99, new: frozenset[int] = frozenset()
) -> list[Grade | None]:
    return list(grades.propose(votes(*marks, new=new), limit=limit).values())


E_, Q, B, U, N = Grade


def test_the_highest_grade_that_more_than_half_reach() -> None:
    assert proposed((6, 5, 0, 0), (5, 5, 0, 0), (2, 3, 5, 0), (2, 3, 6, 0), (0, 2, 3, 5), (0, 2, 3, 6)) == [
        E_, Q, B, B, B, U,
    ]  # fmt: skip


def test_half_is_not_more_than_half() -> None:
    assert proposed((5, 4, 1, 0), (0, 5, 4, 1), (0, 0, 5, 5), (0, 0, 4, 5)) == [Q, B, B, U]


def test_nobody_marked_and_nobody_graded() -> None:
    assert proposed((0, 0, 0, 0), (9, 0, 0, 0), new=frozenset({1})) == [None, N]


def test_the_quota_keeps_those_with_the_most_and_none_of_a_tie_at_its_edge() -> None:
    nine, eight, seven = (9, 1, 0, 0), (8, 2, 0, 0), (7, 3, 0, 0)
    assert proposed(seven, nine, eight, limit=2) == [Q, E_, E_]
    assert proposed(eight, nine, eight, limit=2) == [Q, E_, Q]
    assert proposed(eight, eight, limit=1) == [Q, Q]
    assert proposed(nine, eight, limit=0) == [Q, Q]


marks = st.tuples(*[st.integers(0, 6)] * 4)


@given(people=st.lists(st.tuples(marks, st.booleans()), max_size=9), limit=st.integers(0, 4), data=st.data())
def test_a_proposal_keeps_to_the_quota_and_does_not_depend_on_the_order(
    people: list[tuple[tuple[int, ...], bool]], limit: int, data: st.DataObject
) -> None:
    listed = [Votes(str(n), one, probationary=new) for n, (one, new) in enumerate(people)]
    found = grades.propose(listed, limit=limit)
    assert list(found.values()).count(E_) <= limit
    assert all((found[one.number] is N) == one.probationary for one in listed)
    chosen = [one.marks[0] for one in listed if found[one.number] is E_]
    others = [one.marks[0] for one in listed if found[one.number] is Q and 2 * one.marks[0] > sum(one.marks)]
    assert not chosen or not others or min(chosen) > max(others)
    assert grades.propose(data.draw(st.permutations(listed)), limit=limit) == found


@pytest.mark.parametrize(
    ("share", "counted", "limit"),
    [
        ("1/3", True, 8),
        ("15%", True, 3),
        ("20%", True, 5),
        ("30%", True, 7),
        ("1/3", False, 8),
        ("20%", False, 4),
    ],
)
def test_the_quota_is_rounded_down(share: str, counted: bool, limit: int) -> None:
    """Domain §4.6 example 9: 25 members, one of them 预备党员."""
    rule = grades.read({"share": share, "probationary_counted": counted})
    assert rule.limit(listed=25, probationary=1) == limit


def test_another_share_is_refused() -> None:
    with pytest.raises(RuleError, match="1/3、30%、20%、15%"):
        grades.read({"share": "1/2"})


def test_the_quota_of_the_campaign_is_the_one_told_while_keying(form: Form) -> None:
    strict = grades.read({"share": "15%"})
    assert grades.on_ballot(form, PAPER, "122222", {}, strict) == [
        "本票“优秀”选了 1 名，超过 0 名。按口径：照票面计，只作提醒。"
    ]


def test_only_a_roster_form_with_the_four_grades_decides(form: Form, session: Session) -> None:
    assert grades.rating(form) == form.items[0]
    make.published(session, name="第二次", form_codes=["T-MEM-B"])
    assert grades.rating(campaigns.current(session).form("T-MEM-B")) is None
