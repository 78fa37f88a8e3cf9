"""From agreed entries to the seal: reasons, signatures, void ballots, reset, voiding, and corrections after the seal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel, col, select

import make
from make import refused
from pingyi_desktop.appraisal.batches import (
    ballots,
    batches,
    corrections,
    operators,
    quality,
    second,
    signing,
)
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, ItemTally, SealedBallot
from pingyi_desktop.storage.schema_campaign import AppraisalSession
from pingyi_desktop.storage.schema_entry import Correction, DraftBallot, DraftTally
from pingyi_desktop.storage.schemas.desk import CalledVote, Operator, Settlement

STACK = ["11111", "21111", "11111", "11.19", "40111", "11112"]


@pytest.fixture
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    path, forms = tmp_path / "XX.pingyi", ["T-ORG-A", "T-MEM-A"]
    wanted = "campaign" in request.fixturenames
    made = make.published_school(path, form_codes=forms) if wanted else make.school(path)
    with made.transaction() as opened:
        yield opened
    made.close()


@pytest.fixture
def campaign(session: Session) -> str:
    return make.campaign_of(session)


@pytest.fixture
def stack(session: Session, campaign: str) -> str:
    return make.batch(session, campaign_id=campaign, form_code="T-ORG-A").id


def view(session: Session, campaign: str) -> BatchView:
    return make.batch(session, campaign_id=campaign, form_code="T-ORG-A")


def keyed(session: Session, stack: str, contents: list[str] = STACK) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=contents, by=make.BY)
    make.sheet(session, stack, valid=len(contents))


def agreed(session: Session, stack: str) -> None:
    keyed(session, stack)
    signing.waive(session, batch_id=stack, reason="票数少，监票人逐张看过", by=make.BY)


def state(session: Session, stack: str) -> str:
    return session.get_one(BallotBatch, stack).state


def sign(session: Session, stack: str, tellers: list[str], scrutineers: list[str]) -> list[str]:
    """Sign, with a reason when one is asked; returns what was asked."""
    names = {"tellers": tellers, "scrutineers": scrutineers}
    asked = make.asked(lambda: signing.sign(session, batch_id=stack, by=make.BY, **names))
    if asked:
        signing.sign(session, batch_id=stack, by=make.BY, reason="人手不够", **names)
    return asked


def test_a_single_entry_needs_a_reason_that_stays(session: Session, stack: str, campaign: str) -> None:
    keyed(session, stack)
    assert "原因" in refused("V-BAL-44", lambda: signing.waive(session, batch_id=stack, reason=" ", by="甲"))
    signing.waive(session, batch_id=stack, reason=" 票数少 ", by="甲")
    assert (view(session, campaign).state, view(session, campaign).single_reason) == ("AGREED", "票数少")
    assert "票数少" in journal.lines(session, newest=1)[0].detail
    refused(
        "V-BAL-24", lambda: ballots.save(session, batch_id=stack, position=7, cells="1____", committed=False)
    )


def test_a_stack_without_a_ballot_to_key_needs_no_reason_and_no_second_entry(
    session: Session, stack: str, campaign: str
) -> None:
    """All came back blank: the one way asked why there is no second entry, the other ended where one had to be keyed."""
    make.sheet(session, stack, valid=0, blank=5, void=1)
    assert [one.text for one in second.choices(session, batch_id=stack)] == ["没有要录的票，不录第二遍"]
    second.begin(session, batch_id=stack, sample=None, by="甲")
    assert (view(session, campaign).state, view(session, campaign).single_reason) == (
        "AGREED",
        "没有要录的票",
    )
    assert quality.checked(session, batch_id=stack) == "单录，监票人核对（没有要录的票）。"
    sign(session, stack, ["张三", "赵六"], ["李四", "王五"])
    signing.seal(session, batch_id=stack, by="甲")
    assert (view(session, campaign).state, view(session, campaign).valid) == ("SEALED", 0)


def test_a_stack_of_blank_ballots_that_is_reopened_goes_to_its_signature_again(
    session: Session, stack: str, campaign: str
) -> None:
    """It has a way of keying from its seal: a second entry was asked for in which there was nothing to key."""
    make.sheet(session, stack, valid=0, blank=6)
    for number in range(2):
        assert view(session, campaign).nothing_to_key
        second.begin(session, batch_id=stack, sample=None, by="甲")
        assert view(session, campaign).state == "AGREED"
        sign(session, stack, ["张三", "赵六"], ["李四", "王五"])
        signing.seal(session, batch_id=stack, by="甲")
        if number == 0:
            corrections.reopen(
                session, batch_id=stack, reason="签错了", applicant="张三", scrutineer="李四", by="甲"
            )
    assert view(session, campaign).valid == 0


@pytest.mark.parametrize("missing", ["held_on", "expected", "actual"])
def test_no_figures_without_people(session: Session, stack: str, missing: str) -> None:
    """Whatever the layer and the door: without 应到 and 实到 nothing bounds what one stack may say (V-SES-28)."""
    agreed(session, stack)
    sign(session, stack, ["张三"], ["李四"])
    meeting = session.get_one(AppraisalSession, session.get_one(BallotBatch, stack).session_id)
    before = getattr(meeting, missing)
    setattr(meeting, missing, None)
    session.flush()
    said = refused("V-SES-28", lambda: signing.seal(session, batch_id=stack, by="甲"))
    assert said == (
        "“L2-XX-T-ORG-A-v1-ALL”还不能封存：“慈云学校党支部”的场次还没有登记时间和应到、实到人数，"
        "请先在“录入”页登记（命令行：session hold）。"
    )
    assert state(session, stack) == "SIGNED"
    signing.unsign(session, batch_id=stack, by="甲")
    refused("V-SES-28", lambda: sign(session, stack, ["张三"], ["李四"]))
    setattr(meeting, missing, before)
    session.flush()
    sign(session, stack, ["张三"], ["李四"])
    signing.seal(session, batch_id=stack, by="甲")
    assert state(session, stack) == "SEALED"


def test_the_offices_own_layer_is_no_exception(tmp_path: Path) -> None:
    """The root reports to nobody, so nothing but the seal asks for the people of its own layer 1."""
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as opened:
        campaign = make.published(opened, form_codes=["T-ORG-A"])
        one = make.batch(opened, campaign_id=campaign, layer=1, org_code="QL.01")
        ballots.enter_ballots(opened, batch_id=one.id, ballots=STACK, by=make.BY)
        figures = {"printed": 9, "issued": len(STACK), "returned": len(STACK), "blank": 0, "void": 0}
        batches.set_control_sheet(opened, batch_id=one.id, by=make.BY, reason=make.WHY, **figures)
        refused("V-SES-28", lambda: signing.waive(opened, batch_id=one.id, reason="票数少", by=make.BY))
        make.registered(opened, one.id)
        make.seal(opened, batch_id=one.id, by=make.BY)
    made.close()


def test_an_unfinished_stack_cannot_be_waived(session: Session, stack: str) -> None:
    keyed(session, stack)
    ballots.save(session, batch_id=stack, position=7, cells="1____", committed=False)
    refused("V-BAL-43", lambda: signing.waive(session, batch_id=stack, reason="少", by="甲"))
    assert state(session, stack) == "FIRST"


def test_the_seal_needs_signatures_of_different_people(session: Session, stack: str, campaign: str) -> None:
    agreed(session, stack)
    refused("V-BAL-29", lambda: signing.seal(session, batch_id=stack, by="甲"))
    refused("V-BAL-45", lambda: sign(session, stack, ["张三"], []))
    refused("V-BAL-45", lambda: sign(session, stack, [" "], ["李四"]))
    said = refused("V-SES-08", lambda: sign(session, stack, ["张三", "李四"], ["李四"]))
    assert "李四" in said
    assert sign(session, stack, ["张三"], ["李四"]) == ["V-SES-07"]
    signing.unsign(session, batch_id=stack, by="甲")
    assert view(session, campaign).tellers == ""
    assert sign(session, stack, ["张三", " 王五", "张三"], ["李四", "赵六"]) == []
    signing.seal(session, batch_id=stack, by="甲")
    sealed = view(session, campaign)
    assert (sealed.tellers, sealed.scrutineers, sealed.valid) == ("张三、王五", "李四、赵六", 6)


def test_a_signed_batch_is_not_changed(session: Session, stack: str) -> None:
    agreed(session, stack)
    sign(session, stack, ["张三"], ["李四"])
    said = refused("V-BAL-22", lambda: make.sheet(session, stack, valid=6, blank=1))
    assert "撤回签字" in said


def test_void_and_blank_ballots_found_while_keying_count_as_such(
    session: Session, stack: str, campaign: str
) -> None:
    ballots.enter_ballots(session, batch_id=stack, ballots=[*STACK, "!1", "!3", "!2"], by=make.BY)
    make.sheet(session, stack, valid=9, blank=1, void=1)
    make.seal(session, batch_id=stack, by=make.BY)
    one = view(session, campaign)
    assert (one.returned, one.valid, one.blank, one.void) == (11, 6, 2, 3)
    assert {c.total for c in ballots.counts_of(session, batch_id=stack).values()} == {6}
    kept = session.exec(select(SealedBallot.cells).where(SealedBallot.batch_id == stack)).all()
    assert not any(cells.startswith("!") for cells in kept)


def test_a_void_ballot_has_a_known_reason(session: Session, stack: str) -> None:
    refused("V-BAL-31", lambda: ballots.enter_ballots(session, batch_id=stack, ballots=["!8"], by=make.BY))


def test_ballots_all_alike_are_told(session: Session, stack: str) -> None:
    keyed(session, stack, ["11111"] * 30)
    assert [f.weight for f in signing.problems(session, batch_id=stack) if f.code == "V-BAL-12"] == ["I"]
    signing.reset(session, batch_id=stack, reason="", by=make.BY)
    keyed(session, stack, ["11111"] * 29)
    assert not [f for f in signing.problems(session, batch_id=stack) if f.code == "V-BAL-12"]


def test_both_forms_are_issued_in_equal_numbers(session: Session, stack: str, campaign: str) -> None:
    other = make.batch(session, campaign_id=campaign, form_code="T-MEM-A").id
    keyed(session, stack)
    make.sheet(session, other, valid=5)
    (found,) = [f for f in signing.problems(session, batch_id=stack) if f.code == "V-BAL-07"]
    assert (found.weight, "发出 6" in found.sentence, "发出 5" in found.sentence) == ("W", True, True)
    make.sheet(session, other, valid=6)
    assert not [f for f in signing.problems(session, batch_id=stack) if f.code == "V-BAL-07"]


def test_nothing_of_the_drafts_survives_the_seal(session: Session, stack: str) -> None:
    ballots.save(session, batch_id=stack, position=1, cells="11111", committed=True, by="甲")
    session.add(CalledVote(batch_id=stack, number=1, target="", item="1", mark="1"))
    session.add(Settlement(batch_id=stack, spot="1/1", first="1", second="2", settled="1", decided_by="甲"))
    session.flush()
    make.sheet(session, stack, valid=1)
    make.seal(session, batch_id=stack, by=make.BY)
    tables: tuple[type[SQLModel], ...] = (DraftBallot, DraftTally, CalledVote, Settlement)
    for table in tables:
        assert session.exec(select(table)).all() == []


def test_reset_is_the_offices_act_and_discard_the_keyers(session: Session, stack: str, campaign: str) -> None:
    ballots.save(session, batch_id=stack, position=1, cells="11111", committed=True, by="甲")
    said = refused("V-BAL-36", lambda: ballots.discard(session, batch_id=stack, pass_no=1, by="乙"))
    assert "甲" in said
    ballots.discard(session, batch_id=stack, pass_no=1, by="甲")
    assert (view(session, campaign).keyed, view(session, campaign).entry_mode) == (0, None)
    agreed(session, stack)
    refused("V-BAL-27", lambda: ballots.discard(session, batch_id=stack, pass_no=1, by=make.BY))
    signing.reset(session, batch_id=stack, reason="录错了表", by="办公室")
    one = view(session, campaign)
    assert (one.state, one.keyed, one.single_reason, one.returned) == ("FIRST", 0, "", 6)
    assert "录错了表" in journal.lines(session, newest=1)[0].detail


def test_a_void_batch_makes_room_for_a_new_one(session: Session, stack: str, campaign: str) -> None:
    keyed(session, stack)
    refused("V-BAL-46", lambda: signing.void(session, batch_id=stack, reason="", by="甲"))
    fresh = signing.void(session, batch_id=stack, reason="收回多于发出", by="甲")
    assert (state(session, stack), view(session, campaign).id) == ("VOID", fresh)
    assert (view(session, campaign).keyed, view(session, campaign).returned) == (0, None)
    for act in (
        lambda: ballots.enter_ballots(session, batch_id=stack, ballots=STACK, by="甲"),
        lambda: signing.reset(session, batch_id=stack, reason="", by="甲"),
        lambda: reopen(session, stack),
    ):
        assert "已作废" in refused("V-BAL-21", act)
    make.sealed(session, fresh, STACK)
    assert view(session, campaign).valid == 6


def reopen(session: Session, stack: str, **changes: str) -> corrections.CorrectionView:
    facts = {"reason": "第 2 张录错", "applicant": "张三", "scrutineer": "李四", **changes}
    return corrections.reopen(session, batch_id=stack, by=make.BY, **facts)


def test_a_correction_needs_a_reason_and_two_names(session: Session, stack: str) -> None:
    make.sealed(session, stack, STACK)
    for code, change in (
        ("V-BAL-65", {"reason": ""}),
        ("V-BAL-66", {"applicant": " "}),
        ("V-BAL-66", {"scrutineer": ""}),
        ("V-BAL-67", {"scrutineer": "张三"}),
    ):
        refused(code, lambda change=change: reopen(session, stack, **change))  # type: ignore[misc]
    assert state(session, stack) == "SEALED"


def test_only_a_sealed_batch_is_corrected(session: Session, stack: str) -> None:
    keyed(session, stack)
    assert "直接改" in refused("V-BAL-23", lambda: reopen(session, stack))


def test_a_correction_keeps_both_control_sheets_and_not_the_marks_of_few(
    session: Session, stack: str, campaign: str
) -> None:
    make.sealed(session, stack, STACK)
    before = ballots.counts_of(session, batch_id=stack)
    opened = reopen(session, stack)
    assert (opened.number, opened.closed, opened.changes) == (1, False, ())
    again = view(session, campaign)
    assert (again.state, again.keyed, again.tellers, again.valid, again.corrections) == (
        "FIRST",
        6,
        "",
        None,
        1,
    )
    assert ballots.counts_of(session, batch_id=stack) == before
    assert session.exec(select(ItemTally)).all() == session.exec(select(SealedBallot)).all() == []
    refused("V-BAL-37", lambda: ballots.take_out(session, batch_id=stack, content="44444", by=make.BY))
    ballots.take_out(session, batch_id=stack, content="21111", by=make.BY)
    ballots.enter_ballots(session, batch_id=stack, ballots=["31111", "11111"], by=make.BY)
    make.sheet(session, stack, valid=7)
    make.seal(session, batch_id=stack, by=make.BY)
    assert ballots.counts_of(session, batch_id=stack)["", "1"] == Counts((5, 0, 1, 1))
    (closed,) = corrections.listing(session, batch_id=stack)
    assert closed.closed
    assert closed.changes == (
        "印制由 6 改为 7", "发出由 6 改为 7", "收回由 6 改为 7", "有效由 6 改为 7",
        "5 处票数的变动少于 5 张票，不印改前改后的票数",
    )  # fmt: skip
    assert closed.cells == ()
    (kept,) = session.exec(select(Correction))
    assert [json.loads(side or "{}")["counts"] for side in (kept.before, kept.after)] == [[], []]
    old, new = (
        json.loads(next(line.detail for line in journal.lines(session) if line.act == act))
        for act in ("更正重开", "封存票批")
    )
    figures = {"blank": 0, "issued": 6, "printed": 6, "returned": 6, "valid": 6, "void": 0}
    assert old == {"before": figures, "number": 1, "reason": "第 2 张录错", "signed": ["张三", "李四"]}
    row = session.get_one(BallotBatch, stack)
    assert new == {"valid": 7, "digest": signing.digest_of(session, row)}


def test_the_journal_of_a_seal_holds_a_digest_that_cannot_be_tried_out(session: Session, stack: str) -> None:
    """The same ballots sealed again after a correction have another digest: the salt of the first seal is gone."""
    make.sealed(session, stack, STACK)
    row = session.get_one(BallotBatch, stack)
    first, kept = row.ballot_salt, json.loads(journal.lines(session, newest=1)[0].detail)["digest"]
    assert signing.digest_of(session, row) == kept
    row.ballot_salt = None
    assert signing.digest_of(session, row) != kept
    row.ballot_salt = first
    reopen(session, stack)
    make.seal(session, batch_id=stack, by=make.BY)
    digests = [json.loads(o.detail)["digest"] for o in journal.lines(session) if o.act == "封存票批"]
    assert len(set(digests)) == 2
    assert session.get_one(BallotBatch, stack).ballot_salt != first is not None
    assert corrections.listing(session, batch_id=stack)[0].changes == ()


@pytest.mark.parametrize(("exchanged", "told"), [(1, False), (4, False), (5, True)])
def test_marks_before_and_after_are_told_of_five_ballots(
    session: Session, stack: str, *, exchanged: int, told: bool
) -> None:
    make.sealed(session, stack, ["11111"] * 12)
    reopen(session, stack)
    for _ in range(exchanged):
        ballots.take_out(session, batch_id=stack, content="11111", by=make.BY)
    ballots.enter_ballots(session, batch_id=stack, ballots=["21111"] * exchanged, by=make.BY)
    make.seal(session, batch_id=stack, by=make.BY)
    (closed,) = corrections.listing(session, batch_id=stack)
    cells = ("第 1 项由 满意 12 改为 满意 7、比较满意 5",)
    assert closed.cells == (cells if told else ())
    assert closed.changes == (() if told else ("1 处票数的变动少于 5 张票，不印改前改后的票数",))
    assert ("11111" in "".join(line.detail for line in journal.lines(session))) is False


@pytest.mark.parametrize(("before", "after"), [(4, 12), (12, 4)])
def test_marks_of_a_small_stack_are_not_told_by_its_correction(
    session: Session, stack: str, before: int, after: int
) -> None:
    make.sealed(session, stack, ["11111"] * before)
    reopen(session, stack)
    for _ in range(before - after):
        ballots.take_out(session, batch_id=stack, content="11111", by=make.BY)
    if after > before:
        ballots.enter_ballots(session, batch_id=stack, ballots=["11111"] * (after - before), by=make.BY)
    make.sheet(session, stack, valid=after)
    make.seal(session, batch_id=stack, by=make.BY)
    (closed,) = corrections.listing(session, batch_id=stack)
    assert closed.cells == ()
    assert f"有效由 {before} 改为 {after}" in closed.changes


def test_two_corrections_tell_no_counts(session: Session, stack: str) -> None:
    """Five ballots in and four of them out again: first and last version differ by one ballot, which would be read."""
    make.sealed(session, stack, ["11111"] * 12 + ["22222"] * 3)
    for out, put in ((0, ["11111"] * 4 + ["43424"]), (4, [])):
        reopen(session, stack)
        for _ in range(out):
            ballots.take_out(session, batch_id=stack, content="11111", by=make.BY)
        for content in put:
            corrections.put_in(session, batch_id=stack, content=content, by=make.BY)
        many = ballots.multiset(session, batch_id=stack).total()
        make.sheet(session, stack, valid=many)
        make.seal(session, batch_id=stack, by=make.BY)
        told = [len(one.cells) for one in corrections.listing(session, batch_id=stack)]
        assert told == ([0, 0] if out else [5])
    assert ballots.counts_of(session, batch_id=stack)["", "1"] == Counts((12, 3, 0, 1))
    first, second = corrections.listing(session, batch_id=stack)
    assert "有效由 15 改为 20" in first.changes
    assert "有效由 20 改为 16" in second.changes
    said = "5 处票数有变动；这批票更正过不止一次，不印改前改后的票数"
    assert first.changes[-1] == second.changes[-1] == said
    kept = [
        json.loads(side or "{}")["counts"]
        for one in session.exec(select(Correction))
        for side in (one.before, one.after)
    ]
    assert kept == [[]] * 4


def test_two_corrections_of_earlier_editions_tell_no_counts(session: Session, stack: str) -> None:
    """Their rows hold what one correction alone may keep."""
    make.sealed(session, stack, ["11111"] * 12)
    for number, (old, new) in enumerate(((12, 7), (7, 11)), start=1):
        texts = [
            json.dumps(
                {**dict.fromkeys(corrections.FIGURES, 12), "counts": [["", "1", [n, 12 - n, 0, 0], 0, 0, 0]]}
            )
            for n in (old, new)
        ]
        facts = {
            "batch_id": stack,
            "number": number,
            "reason": "错",
            "applicant": "张三",
            "scrutineer": "李四",
        }
        session.add(Correction(**facts, before=texts[0], after=texts[1]))
        session.flush()
        told = [bool(one.cells) for one in corrections.listing(session, batch_id=stack)]
        assert told == ([True] if number == 1 else [False, False])


def test_corrections_of_earlier_editions_are_bounded_when_read(session: Session, stack: str) -> None:
    """Their rows hold every count before and after."""
    make.sealed(session, stack, STACK)
    sheet = signing.sheet_of(session, session.get_one(BallotBatch, stack))
    changed = {**sheet, "counts": [["", "1", [5, 0, 0, 0], 0, 0, 1], *sheet["counts"][1:]]}  # type: ignore[misc]
    texts = [json.dumps(one) for one in (sheet, changed)]
    facts = {"batch_id": stack, "number": 1, "reason": "错", "applicant": "张三", "scrutineer": "李四"}
    session.add(Correction(**facts, before=texts[0], after=texts[1]))
    session.flush()
    (closed,) = corrections.listing(session, batch_id=stack)
    assert (len(closed.changes), closed.cells) == (1, ())


def test_the_right_ballot_is_put_in_only_where_a_correction_asks_for_it(session: Session, stack: str) -> None:
    keyed(session, stack)
    said = refused(
        "V-BAL-99", lambda: corrections.put_in(session, batch_id=stack, content="11111", by=make.BY)
    )
    assert "没有凭更正单重开" in said
    make.sheet(session, stack, valid=6)
    make.seal(session, batch_id=stack, by=make.BY)
    said = refused(
        "V-BAL-17", lambda: corrections.put_in(session, batch_id=stack, content="11111", by=make.BY)
    )
    reopen(session, stack)
    refused("V-BAL-31", lambda: corrections.put_in(session, batch_id=stack, content="1111", by=make.BY))
    corrections.put_in(session, batch_id=stack, content="31111", by=make.BY)
    assert ballots.multiset(session, batch_id=stack)["31111"] == 1


def test_a_correction_of_counts(session: Session, stack: str) -> None:
    form = batches.form_of(session, session.get_one(BallotBatch, stack))
    counts = {("", item.no): Counts((6, 0, 0, 0)) for item in form.items}
    ballots.enter_counts(session, batch_id=stack, counts=counts, by=make.BY)
    make.sheet(session, stack, valid=6)
    make.seal(session, batch_id=stack, by=make.BY)
    reopen(session, stack)
    assert ballots.counts_of(session, batch_id=stack) == counts
    ballots.enter_counts(session, batch_id=stack, counts={**counts, ("", "1"): Counts((5, 1, 0, 0))}, by="甲")
    make.seal(session, batch_id=stack, by=make.BY)
    (closed,) = corrections.listing(session, batch_id=stack)
    assert (len(closed.changes), closed.cells) == (1, ())
    reopen(session, stack, reason="又改")
    assert [one.number for one in corrections.listing(session, batch_id=stack)] == [1, 2]


def test_a_correction_of_a_roster_form_names_the_person(session: Session) -> None:
    campaign = make.published(session, form_codes=["T-MEM-B"])
    one = make.batch(session, campaign_id=campaign, form_code="T-MEM-B")
    size = batches.paper_of(session, batch_id=one.id).size
    make.sealed(session, one.id, ["1" * size] * 5)
    reopen(session, one.id)
    for _ in range(5):
        ballots.take_out(session, batch_id=one.id, content="1" * size, by=make.BY)
    ballots.enter_ballots(session, batch_id=one.id, ballots=["2" + "1" * (size - 1)] * 5, by=make.BY)
    make.seal(session, batch_id=one.id, by=make.BY)
    (closed,) = corrections.listing(session, batch_id=one.id)
    first = members.members(session, under="XX")[0].display_name
    assert [line.startswith(f"{first}第 1 项由 ") for line in closed.cells] == [True]


def test_operators_are_names_with_an_optional_pin(session: Session) -> None:
    assert operators.listing(session) == []
    operators.add(session, name=" 王芳 ", by="甲")
    operators.add(session, name="李强", pin="4821", by="甲")
    assert [(o.name, o.has_pin) for o in operators.listing(session)] == [("李强", True), ("王芳", False)]
    operators.check_pin(session, name="王芳", pin="随便")
    operators.check_pin(session, name="李强", pin="4821")
    for code, act in (
        ("V-BAL-73", lambda: operators.check_pin(session, name="李强", pin="4822")),
        ("V-BAL-74", lambda: operators.check_pin(session, name="没有", pin="")),
        ("V-BAL-72", lambda: operators.add(session, name="王芳", by="甲")),
        ("V-BAL-71", lambda: operators.add(session, name="  ", by="甲")),
        ("V-BAL-72", lambda: operators.add(session, name="王\u200b芳", by="甲")),
        ("V-BAL-75", lambda: operators.add(session, name="赵敏", pin="12a4", by="甲")),
        ("V-BAL-75", lambda: operators.add(session, name="赵敏", pin="123", by="甲")),
    ):
        refused(code, act)
    operators.retire(session, name="李强", by="甲")
    assert [o.name for o in operators.listing(session)] == ["王芳"]
    operators.add(session, name="李强", by="甲")
    operators.check_pin(session, name="李强", pin="")
    assert len(operators.listing(session)) == 2


def test_a_pin_is_not_in_the_file(session: Session) -> None:
    operators.add(session, name="李强", pin="48215", by="甲")
    row = session.exec(select(Operator).where(col(Operator.name) == "李强")).one()
    assert "48215" not in f"{row.pin_salt}{row.pin_hash}"
    assert not any("48215" in line.detail for line in journal.lines(session))


def test_a_void_session_takes_its_batches_along(session: Session, stack: str, campaign: str) -> None:
    meeting = next(s for s in sessions.listing(session, campaign_id=campaign) if s.own)
    sessions.void(session, session_id=meeting.id, reason="人数不足", by=make.BY)
    assert view(session, campaign).id != stack
    assert state(session, stack) == BatchState.FIRST


def test_what_another_window_voided_takes_no_more_keys_and_nobody_who_came(
    session: Session, stack: str, campaign: str
) -> None:
    """Keys went on falling into the void session unsaid, and registering who came was a fault of the program."""
    meeting = next(s for s in sessions.listing(session, campaign_id=campaign) if s.own)
    sessions.void(session, session_id=meeting.id, reason="人数不足", by=make.BY)
    cells = STACK[0]
    for act in (
        lambda: ballots.save(session, batch_id=stack, position=len(STACK) + 1, cells=cells, committed=True),
        lambda: signing.waive(session, batch_id=stack, reason="票数少", by=make.BY),
        lambda: make.held(session, meeting.id),
    ):
        assert "重新排的那一场" in refused("V-SES-29", act)


def test_ballots_of_a_session_to_which_nobody_came_are_neither_signed_nor_sealed(
    session: Session, stack: str, campaign: str
) -> None:
    agreed(session, stack)
    (planned,) = [s for s in sessions.listing(session, campaign_id=campaign) if s.own and s.layer == 2]
    make.held(session, planned.id, expected=len(STACK), actual=0)
    said = refused("V-SES-31", lambda: sign(session, stack, ["甲"], ["乙"]))
    assert f"收回 {len(STACK)} 张，实到却是 0 人" in said
    make.held(session, planned.id, expected=len(STACK), actual=len(STACK))
    sign(session, stack, ["甲"], ["乙"])
    make.held(session, planned.id, expected=len(STACK), actual=0)
    refused("V-SES-31", lambda: signing.seal(session, batch_id=stack, by=make.BY))
    assert state(session, stack) == "SIGNED"
