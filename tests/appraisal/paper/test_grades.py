"""民主评议等次: too many 优秀 and 预备党员 who are graded are said while keying, and asked once for the stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import ballots, signing
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper import grades, keying
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Outcome, Paper
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.people import members

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
    assert [one.code for one in told] == ["V-SES-29", "V-BAL-19"]  # the meeting is not registered yet


def test_counts_of_a_tally_sheet(form: Form) -> None:
    counts = {(target, "1"): Counts((3, 0, 0, 0)) for target in "12345"}
    blank = {("6", "1"): Counts((0, 0, 0, 0), blank=3)}
    assert not list(grades.on_counts("甲", form, counts | blank, NEW))
    graded = {("6", "1"): Counts((0, 1, 0, 0), blank=2)}
    assert [one.code for one in grades.on_counts("甲", form, counts | graded, NEW)] == ["V-BAL-15"]
