"""Second entry: blind, another person, compared at Enter, aligned by sequence, settled by a third look."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from series import LONG
from sqlmodel import Session, select

import make
from make import refused
from pingyi_desktop.appraisal.batches import ballots, batches, operators, quality, second, settling, signing
from pingyi_desktop.appraisal.batches.second import Turn
from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.places import Open
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_entry import DraftBallot
from pingyi_desktop.storage.store import Store

PAPER = ["11111", "21111", "12341", "11.19", "40111", "11112", "33333", "12121"]
FIRST, OTHER, THIRD = "王芳", "李强", "赵敏"


@pytest.fixture
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    made = make.copied(tmp_path / "XX.pingyi", _staffed, "stack" in request.fixturenames)
    with made.transaction() as opened:
        yield opened
    made.close()


def _staffed(path: Path, published: bool) -> Store:
    made = make.published_school(path, form_codes=["T-ORG-A"]) if published else make.school(path)
    with made.transaction() as session:
        for name in (FIRST, OTHER, THIRD):
            operators.add(session, name=name, by=FIRST)
    return made


@pytest.fixture
def stack(session: Session) -> str:
    return make.batch(session, campaign_id=make.campaign_of(session), form_code="T-ORG-A").id


def begun(session: Session, stack: str, first: list[str], *, sample: int | None = None) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=first, by=FIRST)
    make.sheet(session, stack, valid=len(first))
    second.begin(session, batch_id=stack, sample=sample, by=FIRST)


def answer(session: Session, stack: str, cells: str, *, by: str = OTHER) -> Turn:
    state = second.resume(session, batch_id=stack).state
    assert state is not None
    void = cells[1:] if keying.is_void(cells) else ""
    whole = state.cells if void else cells
    if not void:  # key by key, as the desk does
        ballots.save(
            session,
            batch_id=stack,
            position=state.position,
            cells=whole[:3] + state.cells[3:],
            committed=False,
            was=state.cells,
            pass_no=2,
            by=by,
        )
    was = state.cells if void else whole[:3] + state.cells[3:]
    place = state.position
    return second.take(session, batch_id=stack, position=place, cells=whole, was=was, void_reason=void, by=by)


def again(session: Session, stack: str, cells: str, **who: str) -> Turn:
    """Key a ballot; when it is asked again, stand by the same answer."""
    turn = answer(session, stack, cells, **who)
    if turn.state is not None and "请只看纸" in turn.message:
        turn = answer(session, stack, cells, **who)
    return turn


def settle(session: Session, stack: str, one: Open, value: str, **more: str) -> bool:
    return settling.settle(session, batch_id=stack, spot=one.spot, value=value, by=THIRD, **more)


def state(session: Session, stack: str) -> str:
    return session.get_one(BallotBatch, stack).state


def final(session: Session, stack: str) -> Counter[str]:
    return ballots.multiset(session, batch_id=stack)


def test_two_right_entries_agree(session: Session, stack: str) -> None:
    begun(session, stack, PAPER)
    for cells in PAPER:
        turn = answer(session, stack, cells)
    assert turn.finished
    found = settling.finish(session, batch_id=stack, by=OTHER)
    assert found.sentence == "有 1 处看不清，请对照原始票逐条裁定。"
    assert [one.illegible for one in found.left] == [True]  # 11.19: both could not read it
    assert settle(session, stack, found.left[0], "2", reason="放大镜看清了", witness="监票人")
    assert state(session, stack) == "AGREED"
    assert final(session, stack) == Counter([*PAPER[:3], "11219", *PAPER[4:]])


def test_the_first_keyer_may_not_key_again(session: Session, stack: str) -> None:
    begun(session, stack, PAPER)
    said = refused("V-BAL-11", lambda: answer(session, stack, "11111", by=FIRST))
    assert FIRST in said
    assert answer(session, stack, "11111").state is not None


def test_a_lone_secretary_may_and_it_is_reported(session: Session, stack: str) -> None:
    for name in (OTHER, THIRD):
        operators.retire(session, name=name, by=FIRST)
    assert quality.checked(session, batch_id=stack) == "第一遍还没有录完，还没有核对。"
    begun(session, stack, ["11111", "21111"])
    answer(session, stack, "11111", by=FIRST)
    answer(session, stack, "21111", by=FIRST)
    settling.finish(session, batch_id=stack, by=FIRST)
    assert "同一人复录" in quality.checked(session, batch_id=stack)


def test_a_slip_of_the_second_keyer_is_asked_again_blind(session: Session, stack: str) -> None:
    begun(session, stack, PAPER)
    turn = answer(session, stack, "11311")
    assert turn.state is not None
    assert (turn.state.position, turn.state.cells, turn.state.cursor) == (1, "11_11", 2)
    assert "请只看纸" in turn.message
    assert "1" not in turn.message.replace("第 1 张", "")
    turn = answer(session, stack, "11111")
    assert turn.state is not None
    assert turn.state.position == 2
    for cells in PAPER[1:]:
        again(session, stack, cells)
    left = settling.finish(session, batch_id=stack, by=OTHER).left
    assert [one.illegible for one in left] == [True]
    settle(session, stack, left[0], ".")
    sheet = quality.sheet(session, batch_id=stack)
    assert (sheet.compared, sheet.first_wrong, sheet.second_wrong) == (40, 0, 1)


def test_the_same_answer_twice_is_settled_by_a_third_look(session: Session, stack: str) -> None:
    begun(session, stack, ["11111", "22222", "33333"])
    again(session, stack, "11111")
    again(session, stack, "22422")
    again(session, stack, "33133")
    found = settling.finish(session, batch_id=stack, by=OTHER)
    assert [(one.position, one.first, one.second) for one in found.left] == [(2, "2", "4"), (3, "3", "1")]
    assert "第 2 张" in found.left[0].sentence
    assert not any(mark in found.left[0].sentence.replace("第 3 项", "") for mark in "4")
    assert not settle(session, stack, found.left[0], "4")
    refused("V-BAL-59", lambda: settle(session, stack, found.left[1], "2"))
    refused("V-BAL-60", lambda: settle(session, stack, found.left[1], "2", reason="涂改", witness=THIRD))
    refused("V-BAL-57", lambda: settle(session, stack, found.left[1], "8"))
    assert settle(session, stack, found.left[1], "2", reason="涂改，以后一个√为准", witness="监票人")
    assert final(session, stack) == Counter(["11111", "22422", "33233"])
    sheet = quality.sheet(session, batch_id=stack)
    assert (sheet.first_wrong, sheet.second_wrong, sheet.decided) == (2, 1, 2)
    assert quality.checked(session, batch_id=stack) == "全部复录，2 处对照原始票裁定。"


def test_settlements_stay_in_the_journal_without_the_ballot(session: Session, stack: str) -> None:
    begun(session, stack, ["11111", "22222", "33333"])
    for cells in ("11111", "22422", "33333"):
        again(session, stack, cells)
    (one,) = settling.finish(session, batch_id=stack, by=OTHER).left
    settle(session, stack, one, "3", reason="涂改", witness="监票人")
    line = next(line for line in journal.lines(session) if line.act == "两遍核对一致")
    assert json.loads(line.detail)["settled"] == [["c/2", "2", "4", "3", "涂改", THIRD, "监票人"]]
    assert not any("第 2 张" in line.detail for line in journal.lines(session))


@pytest.mark.parametrize("gone", range(len(PAPER)) if LONG else (0, 3, len(PAPER) - 1))
def test_a_sheet_skipped_in_the_second_entry_does_not_make_the_rest_differ(
    session: Session, stack: str, gone: int
) -> None:
    begun(session, stack, PAPER)
    for cells in [*PAPER[:gone], *PAPER[gone + 1 :]]:
        again(session, stack, cells)
    found = settling.finish(session, batch_id=stack, by=OTHER)
    sheets = [one for one in found.left if one.spot.startswith("f/")]
    assert len(sheets) == 1
    assert all(one in sheets or one.illegible for one in found.left)
    assert found.slips
    for one in found.left:
        if one in sheets:
            settle(session, stack, one, PAPER[gone], reason="复录漏录", witness="监票人")
        else:
            settle(session, stack, one, ".")
    assert final(session, stack) == Counter(PAPER)


def test_a_sheet_doubled_in_the_first_entry_is_dropped(session: Session, stack: str) -> None:
    begun(session, stack, [*PAPER[:3], PAPER[2], *PAPER[3:]])
    for cells in PAPER:
        again(session, stack, cells)
    found = settling.finish(session, batch_id=stack, by=OTHER)
    doubled, unread = found.left
    settle(session, stack, doubled, "DROP")
    said = refused("V-BAL-51", lambda: settle(session, stack, unread, "."))
    assert "共 8 张，核对单上应有 9 张" in said
    assert state(session, stack) == "DIFFERENCES"
    make.sheet(session, stack, valid=len(PAPER))
    assert settle(session, stack, unread, ".")
    assert final(session, stack) == Counter(PAPER)
    signing.sign(session, batch_id=stack, tellers=["甲"], scrutineers=["乙"], by=OTHER, reason=make.WHY)
    assert state(session, stack) == "SIGNED"


def test_a_void_ballot_that_one_keyer_did_not_void(session: Session, stack: str) -> None:
    begun(session, stack, ["11111", "22222", "!2"])
    again(session, stack, "11111")
    turn = answer(session, stack, "!1")
    assert turn.state is not None
    assert turn.state.untouched
    answer(session, stack, "!1")
    again(session, stack, "!2")
    (one,) = settling.finish(session, batch_id=stack, by=OTHER).left
    assert {"22222", "!1"} <= dict(one.options).keys()
    assert settle(session, stack, one, "!1")
    assert final(session, stack) == Counter(["11111", "!1", "!2"])


def test_a_sample_is_drawn_and_escalates(session: Session, stack: str) -> None:
    first = [f"{a}{b}{c}11" for a in "1234" for b in "123" for c in "123"]
    begun(session, stack, first, sample=25)
    row = session.get_one(BallotBatch, stack)
    drawn = json.loads(row.sample or "")
    assert len(drawn) == 25
    assert len(set(drawn)) == 25
    turn = second.resume(session, batch_id=stack)
    assert turn.message == f"请取第 {drawn[0]} 张。"
    refused("V-BAL-53", lambda: settling.finish(session, batch_id=stack, by=OTHER))
    for number, position in enumerate(drawn):
        right = first[position - 1]
        turn = again(session, stack, right[:4] + "2" if number in (3, 7) else right)
    assert (turn.state, turn.finished) == (None, True)
    refused("V-BAL-30", lambda: ballots.resume(session, batch_id=stack, pass_no=2))
    found = settling.finish(session, batch_id=stack, by=OTHER)
    assert found.escalated
    assert (state(session, stack), row.second_entry, row.sample) == ("SECOND", "ALL", None)
    assert ballots.stack(session, batch_id=stack, pass_no=2) == {}
    for cells in first:
        answer(session, stack, cells)
    assert settling.finish(session, batch_id=stack, by=OTHER).left == ()
    assert final(session, stack) == Counter(first)


def test_one_difference_in_a_sample_is_settled(session: Session, stack: str) -> None:
    first = [f"{a}{b}{c}11" for a in "1234" for b in "123" for c in "123"]
    begun(session, stack, first, sample=25)
    drawn = json.loads(session.get_one(BallotBatch, stack).sample or "")
    for position in drawn:
        right = first[position - 1]
        again(session, stack, right[:4] + "2" if position == drawn[0] else right)
    (one,) = settling.finish(session, batch_id=stack, by=OTHER).left
    assert one.position == drawn[0]
    settle(session, stack, one, "2")
    assert final(session, stack).total() == len(first)
    assert "抽 25 张复录" in quality.checked(session, batch_id=stack)
    sheet = quality.sheet(session, batch_id=stack)
    assert (sheet.compared, sheet.first_wrong) == (125, 1)
    assert sheet.bound is not None
    assert sheet.bound > 1


def test_the_sample_goes_on_in_the_middle_of_a_ballot(session: Session, stack: str) -> None:
    first = [f"{a}{b}{c}11" for a in "1234" for b in "123" for c in "123"]
    begun(session, stack, first, sample=25)
    drawn = json.loads(session.get_one(BallotBatch, stack).sample or "")
    ballots.save(
        session, batch_id=stack, position=drawn[0], cells="12___", committed=False, pass_no=2, by=OTHER
    )
    turn = second.resume(session, batch_id=stack)
    assert turn.state is not None
    assert (turn.state.position, turn.state.cells) == (drawn[0], "12___")


def test_a_second_entry_half_keyed_is_not_written_over_from_another_window(session, stack: str) -> None:
    begun(session, stack, ["11111"])
    mine: dict[str, object] = {"batch_id": stack, "position": 1, "by": OTHER}
    ballots.save(session, **mine, cells="12___", committed=False, pass_no=2)
    refused("V-BAL-38", lambda: ballots.save(session, **mine, cells="2____", committed=False, pass_no=2))
    refused("V-BAL-38", lambda: second.take(session, **mine, cells="22222", was="2222_"))
    state = second.resume(session, batch_id=stack).state
    assert state is not None
    assert state.cells == "12___"


def steps_of_enter(session: Session, stack: str, many: int) -> int:
    """How many steps the file takes for one Enter of the second keyer, deep in a stack of so many ballots."""
    first = [f"{a}{b}{c}1{d}" for a in "1234" for b in "1234" for c in "1234" for d in "1234"] * (many // 256)
    begun(session, stack, first)
    ballots.enter_ballots(session, batch_id=stack, ballots=first[: many - 3], by=OTHER, pass_no=2)
    session.flush()
    taken = [0]

    def step() -> int:
        taken[0] += 1
        return 0

    file = session.connection().connection.driver_connection
    assert file is not None
    file.set_progress_handler(step, 10)
    turn = second.take(session, batch_id=stack, position=many - 2, cells=first[many - 3], by=OTHER)
    file.set_progress_handler(None, 10)
    assert turn.state is not None
    assert turn.state.position == many - 1
    return taken[0]


def test_enter_reads_only_the_ballots_near_it(session: Session, stack: str) -> None:
    """Whole stacks would be read four times over: a stack of four times the size must not cost twice the steps."""
    small = steps_of_enter(session, stack, 1_024)
    signing.reset(session, batch_id=stack, reason="再来", by=FIRST)
    assert steps_of_enter(session, stack, 4_096) < 2 * small


def test_a_sampled_sheet_that_is_its_neighbour_is_asked_for_again(session: Session, stack: str) -> None:
    first = [f"{a}{b}{c}11" for a in "1234" for b in "123" for c in "123"]
    begun(session, stack, first, sample=25)
    drawn = next(place for place in json.loads(session.get_one(BallotBatch, stack).sample or "") if place > 1)
    turn = second.resume(session, batch_id=stack)
    while turn.state is not None and turn.state.position != drawn:
        turn = answer(session, stack, first[turn.state.position - 1])
    turn = answer(session, stack, first[drawn - 2])
    assert turn.message.startswith(f"请数一数，手里的是不是第 {drawn} 张；")
    assert turn.message.endswith("和上一遍不同，请只看纸重按。")
    far = first[drawn - 1][:3] + "33"
    assert "数一数" not in answer(session, stack, far).message


def test_counts_are_keyed_twice(session: Session, stack: str) -> None:
    form = batches.form_of(session, session.get_one(BallotBatch, stack))
    counts = {("", item.no): Counts((5, 1, 0, 0)) for item in form.items}
    ballots.enter_counts(session, batch_id=stack, counts=counts, by=FIRST)
    make.sheet(session, stack, valid=6)
    assert [one.text for one in second.choices(session, batch_id=stack)] == ["另一人照计票表再录一遍"]
    second.begin(session, batch_id=stack, sample=None, by=FIRST)
    refused("V-BAL-52", lambda: settling.finish(session, batch_id=stack, by=OTHER))
    refused("V-BAL-11", lambda: second.commit_counts(session, batch_id=stack, counts=counts, by=FIRST))
    wrong = {**counts, ("", "2"): Counts((3, 3, 0, 0))}
    second.commit_counts(session, batch_id=stack, counts=wrong, by=OTHER)
    found = settling.finish(session, batch_id=stack, by=OTHER).left
    assert [(one.first, one.second) for one in found] == [("5", "3"), ("1", "3")]
    assert not settle(session, stack, found[0], "4", reason="正字数错", witness="监票人")
    refused("V-BAL-57", lambda: settle(session, stack, found[1], "二"))
    assert settle(session, stack, found[1], "2", reason="正字数错", witness="监票人")
    assert ballots.counts_of(session, batch_id=stack)["", "2"] == Counts((4, 2, 0, 0))
    sheet = quality.sheet(session, batch_id=stack)
    assert (sheet.first_wrong, sheet.second_wrong, sheet.decided) == (2, 2, 2)
    kept = json.loads(journal.lines(session, newest=1)[0].detail)["settled"]
    assert [entry[1:4] for entry in kept] == [
        ["", "", ""]
    ] * 2  # a count beside a later one tells what changed


def test_after_the_seal_nothing_tells_the_order(tmp_path: Path) -> None:
    made = make.published_school(tmp_path / "XX.pingyi", form_codes=["T-ORG-A"])
    with made.transaction() as session:
        campaign = make.campaign_of(session)
        stack = make.batch(session, campaign_id=campaign, form_code="T-ORG-A").id
        begun(session, stack, ["43214", "12341", "34123"])
        for cells in ("43214", "12344", "34123"):
            again(session, stack, cells)
        (one,) = settling.finish(session, batch_id=stack, by=OTHER).left
        settle(session, stack, one, "1")
    raw = made.path.read_bytes()
    assert b"43214" in raw
    with made.transaction() as session:
        signing.sign(session, batch_id=stack, tellers=["甲"], scrutineers=["乙"], by=OTHER, reason=make.WHY)
        signing.seal(session, batch_id=stack, by=OTHER)
    made.compact()
    with made.reading() as session:
        assert session.exec(select(DraftBallot)).all() == []
        kept = session.connection().exec_driver_sql("SELECT cells FROM sealed_ballot").fetchall()
    made.close()
    raw = make.bytes_without_ids(made.path)
    assert kept == sorted(kept)
    assert b"12344" not in raw
    assert [raw.count(cells) for cells in (b"43214", b"12341", b"34123")] == [1, 1, 1]


# --- what lies in one entry only ---------------------------------------------------------------------------------


def compared(
    session: Session, stack: str, first: list[str], other: list[str], **how: int
) -> settling.Outcome:
    begun(session, stack, first, **how)
    for cells in other:
        again(session, stack, cells)
    return settling.finish(session, batch_id=stack, by=OTHER)


def test_a_ballot_keyed_once_never_counts_unseen(session: Session, stack: str) -> None:
    """Its content is read from the paper a second time, by two people who say why."""
    (one,) = compared(session, stack, ["11111", "22222", "33333"], ["11111", "33333"]).left
    assert (one.whole, one.once) == (True, True)
    signed = {"reason": "复录漏录", "witness": "监票人"}
    assert "照原始票" in refused("V-BAL-55", lambda: settle(session, stack, one, "KEEP", **signed))
    assert "只录过一遍" in refused("V-BAL-59", lambda: settle(session, stack, one, "22222"))
    refused("V-BAL-59", lambda: settle(session, stack, one, "22222", reason="复录漏录"))
    refused("V-BAL-60", lambda: settle(session, stack, one, "22222", reason="复录漏录", witness=THIRD))
    for wrong in ("2222", "22225", "!9", "222_2", ""):
        refused("V-BAL-56", lambda wrong=wrong: settle(session, stack, one, wrong, **signed))
    assert state(session, stack) == "DIFFERENCES"
    assert settle(session, stack, one, "22322", **signed)
    assert final(session, stack) == Counter(["11111", "22322", "33333"])
    line = next(line for line in journal.lines(session) if line.act == "两遍核对一致")
    assert json.loads(line.detail)["settled"] == [["f", "KEEP", "DROP", "KEEP", "复录漏录", THIRD, "监票人"]]
    assert "22322" not in line.detail


def test_a_ballot_that_only_the_second_entry_has_is_kept_the_same_way(session: Session, stack: str) -> None:
    found = compared(session, stack, ["11111", "33333", "33333"], ["11111", "22222", "33333", "33333"])
    (one,) = found.left
    assert one.spot == "s/2"
    assert settling.keyed_once(session, batch_id=stack, spot=one.spot) == "22222"
    refused("V-BAL-50", lambda: settling.keyed_once(session, batch_id=stack, spot="s/9"))
    make.sheet(session, stack, valid=4)
    assert settle(session, stack, one, "!2", reason="首录漏录", witness="监票人")
    assert final(session, stack) == Counter(["11111", "33333", "33333", "!2"])


def test_the_place_of_a_ballot_keyed_once_is_a_range_of_the_stack(session: Session, stack: str) -> None:
    paper = ["11111", "22222", "22222", "22222", "33333", "44444"]
    found = compared(session, stack, paper, [paper[0], paper[1], *paper[4:]])
    assert [one.sentence for one in found.left] == [
        f"复录第 2 至 4 张之间可能漏录 2 张（这几张填得一样），其中第 {number} 张：首录有，复录没有"
        for number in (1, 2)
    ]


def test_a_sheet_is_named_by_its_number_in_the_pile(session: Session, stack: str) -> None:
    """The first entry doubled sheet 2 and left the last out: its ballot 5 is the fourth sheet that people find."""
    paper = ["11111", "22222", "33333", "44444", "12121", "34343"]
    first = [*paper[:2], *paper[1:3], "44414", paper[4]]
    left = compared(session, stack, first, paper).left
    assert [(one.spot, one.position) for one in left] == [("f/3", 2), ("s/6", 6), ("c/5/4/3", 4)]
    assert left[2].sentence.startswith("第 4 张，")
    assert "张号才准" in refused("V-BAL-58", lambda: settle(session, stack, left[2], "2"))
    signed = {"reason": "数过了", "witness": "监票人"}
    settle(session, stack, left[0], first[2], **signed)
    settle(session, stack, left[1], "DROP")
    (cell,) = (one for one in settling.differences(session, batch_id=stack) if not one.whole)
    assert cell.position == 5  # two sheets 2 after all: the pile itself says which number is right


def test_another_ruling_on_a_ballot_keyed_once_has_the_cells_looked_at_again(
    session: Session, stack: str
) -> None:
    paper = ["11111", "22222", "33333", "44444", "12121", "34343"]
    left = compared(session, stack, paper, [paper[0], *paper[2:4], "12143", paper[5]]).left
    assert [one.spot for one in left] == ["f/2", "c/5/4/3", "c/5/4/4"]
    signed = {"reason": "复录漏录", "witness": "监票人"}
    settle(session, stack, left[0], "22222", **signed)
    settle(session, stack, left[1], "2")
    settle(session, stack, left[0], "22322", **signed)
    assert settling.differences(session, batch_id=stack)[1].settled == "2"
    settle(session, stack, left[0], "DROP")
    found = settling.differences(session, batch_id=stack)
    assert [(one.position, one.settled) for one in found] == [(1, "DROP"), (4, ""), (4, "")]


def test_ballots_that_differ_in_many_cells_may_be_two_sheets(session: Session, stack: str) -> None:
    left = compared(session, stack, ["11111", "22222"], ["11111", "24442"]).left
    assert all(one.sentence.endswith("（这一张有 3 格不一致，可能不是同一张票）") for one in left)
    assert len(left) == 3


def test_two_ballots_held_against_each_other_may_be_two_sheets(session: Session, stack: str) -> None:
    first, second_ = ["11111", "22222", "33333"], ["11111", "24422", "33333"]
    left = compared(session, stack, first, second_).left
    assert [one.spot for one in left] == ["c/2/2/1", "c/2/2/2"]
    assert not settle(session, stack, left[0], "2")
    assert not settle(session, stack, left[1], "APART")
    parted = settling.differences(session, batch_id=stack)
    assert [(one.spot, one.settled) for one in parted] == [("f/2", ""), ("s/2", "")]
    refused("V-BAL-50", lambda: settle(session, stack, left[0], "2"))
    refused("V-BAL-56", lambda: settle(session, stack, parted[0], "APART"))
    assert not settle(session, stack, parted[0], "DROP")
    assert settle(session, stack, parted[1], "24422", reason="首录重录", witness="监票人")
    assert final(session, stack) == Counter(["11111", "24422", "33333"])
    assert quality.sheet(session, batch_id=stack).decided == 2


def test_the_stacks_are_paired_once_while_they_are_settled(session: Session, stack: str) -> None:
    """Pairing twenty thousand ballots again for each cell would keep everybody waiting; afterwards it is forgotten."""
    settling.paired_stacks.cache_clear()  # stacks that other tests left unsettled
    left = compared(session, stack, ["11111", "22222", "33333"], ["11112", "22224", "33331"]).left
    for one in left[:2]:
        settle(session, stack, one, one.first)
        settling.differences(session, batch_id=stack)
    assert settling.paired_stacks.cache_info().misses == 1
    assert settle(session, stack, left[2], "3")
    assert settling.paired_stacks.cache_info().currsize == 0


# --- outside a sample, and what a sample says about the sequence ----------------------------------------------------

MANY = [f"{a}{b}{c}11" for a in "1234" for b in "1234" for c in "1234"]


def sampled(
    session: Session, stack: str, first: list[str], paper: list[str], drawn: list[int]
) -> settling.Outcome:
    begun(session, stack, first, sample=len(drawn))
    session.get_one(BallotBatch, stack).sample = json.dumps(drawn)
    session.flush()
    for position in drawn:
        again(session, stack, paper[position - 1])
    return settling.finish(session, batch_id=stack, by=OTHER)


def test_illegible_cells_outside_the_sample_are_settled_by_two_people(session: Session, stack: str) -> None:
    first = [*MANY[:10], ".2.11", *MANY[11:]]
    found = sampled(session, stack, first, first, [3, 20, 40])
    assert state(session, stack) == "DIFFERENCES"
    assert [(one.spot, one.once) for one in found.left] == [("i/11/0", True), ("i/11/2", True)]
    assert found.sentence == "有 2 处看不清，请对照原始票逐条裁定。"
    assert "没有抽到复录" in found.left[0].sentence
    said = refused("V-BAL-59", lambda: settle(session, stack, found.left[0], "."))
    assert "只录过一遍" in said
    refused("V-BAL-59", lambda: settle(session, stack, found.left[0], "3"))
    assert not settle(session, stack, found.left[0], "3", reason="放大镜看清了", witness="监票人")
    assert settle(session, stack, found.left[1], ".", reason="两人都认不出", witness="监票人")
    assert final(session, stack) == Counter([*MANY[:10], "32.11", *MANY[11:]])
    line = next(line for line in journal.lines(session) if line.act == "两遍核对一致")
    assert [one[0] for one in json.loads(line.detail)["settled"]] == ["i/0", "i/2"]


def test_an_illegible_ballot_in_the_sample_is_no_difference_that_escalates(
    session: Session, stack: str
) -> None:
    first = ["..111", *MANY[1:5], ".2.11", *MANY[6:]]
    found = sampled(session, stack, first, first, [1, 6, 40])
    assert not found.escalated
    assert len(found.left) == 4
    assert not any(one.once for one in found.left)


def test_one_sampled_ballot_that_shows_a_skipped_sheet_escalates(session: Session, stack: str) -> None:
    """The first entry skipped sheet 30 and doubled the last; the sample met one ballot of that stretch."""
    paper = [cells[2] * 3 + cells[:2] for cells in MANY]
    first = [*paper[:29], *paper[30:], paper[-1]]
    found = sampled(session, stack, first, paper, [3, 20, 49])
    assert found.escalated
    assert found.sentence == (
        "首录第 21 至 49 张之间可能漏录一张。顺序对不上，须全部复录：请从第 1 张起录第二遍。"
    )
