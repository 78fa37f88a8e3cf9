"""Every case of the design's table (package design §4) and of its threats T5–T9, at an office with a real data file.

Laws alone are weak: a wrong but lawful choice passes them. Each case here says which verdict, which named situation,
which words and which figures it must give.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B1, B3, C1, C2, G1, File, Office

from pingyi_desktop.exchange.inbox.receiving import LEAP
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.merging.situations import VERDICTS, Situation, verdict
from pingyi_desktop.exchange.wire import age, package
from pingyi_desktop.exchange.wire.package import Envelope

NEW_TASK = desks.proof(B3, sealing.key_of(B3, 2), 2)
"""what the unit's second task proves"""


@pytest.fixture
def committee(tmp_path: Path) -> Iterator[Office]:
    made = desks.office(tmp_path / "C1.pingyi")
    yield made
    made.store.close()


def only(office: Office, *files: File) -> tuple[str, Situation, str]:
    """Verdict, situation and sentence of the only entry."""
    (entry,) = office.entries(*files)
    assert entry.verdict == verdict(entry.situation)
    assert entry.sentence.endswith(("。", "）"))
    return entry.verdict, entry.situation, entry.sentence


# What arrives in order


def test_a_first_report_is_new(committee: Office) -> None:
    done = committee.take(desks.report(B3))
    assert [(e.verdict, e.situation) for e in done.entries] == [("新增", Situation.FIRST)]
    assert committee.counted() == {B3: 10}


def test_a_newer_revision_replaces_and_says_which(committee: Office) -> None:
    committee.take(desks.report(B3))
    assert only(committee, desks.report(B3, revision=2, satisfied=9)) == (
        "更新",
        Situation.NEWER,
        "第 2 次上报，替换先前的第 1 次。",
    )
    committee.take(desks.report(B3, revision=2, satisfied=9))
    assert committee.counted() == {B3: 9}


def test_the_same_file_again_counts_once(committee: Office) -> None:
    committee.take(desks.report(B3))
    before = committee.counted()
    assert only(committee, desks.report(B3))[:2] == ("无变化", Situation.KNOWN)
    done = committee.take(desks.report(B3))
    assert done.number == 0
    assert committee.counted() == before


def test_one_envelope_by_two_routes_counts_once(committee: Office) -> None:
    one, other = desks.report(B3, name="邮件.pingyi-pack"), desks.report(B3, name="U盘.pingyi-pack")
    done = committee.take(one, other)
    assert [(e.verdict, e.situation) for e in done.entries] == [
        ("新增", Situation.FIRST),
        ("无变化", Situation.TWO_ROUTES),
    ]
    assert "邮件.pingyi-pack" in done.entries[1].sentence
    assert committee.counted() == {B3: 10}


def test_a_rollback_changes_nothing(committee: Office) -> None:
    """T6."""
    committee.take(desks.report(B3, revision=3, satisfied=9))
    said = only(committee, desks.report(B3, revision=2, satisfied=4))
    assert said == ("旧版本", Situation.ROLLBACK, "已有第 3 次上报，这份是第 2 次，未改动。")
    committee.take(desks.report(B3, revision=2, satisfied=4))
    assert committee.counted() == {B3: 9}


def test_older_and_newer_in_one_plan(committee: Office) -> None:
    done = committee.take(desks.report(B3, revision=2, satisfied=9), desks.report(B3))
    assert [e.situation for e in done.entries] == [Situation.FIRST, Situation.ROLLBACK]
    assert committee.counted() == {B3: 9}


# Two contents, two keys, two offices


def test_two_contents_in_one_place_count_nowhere(committee: Office) -> None:
    """T9: a restored backup, a copied disk."""
    committee.take(desks.report(B3))
    answer = only(committee, desks.report(B3, satisfied=4))
    assert answer[:2] == ("冲突", Situation.SAME_REVISION)
    assert "有 2 份不同的内容" in answer[2]
    committee.take(desks.report(B3, satisfied=4))
    assert committee.counted() == {}
    committee.take(desks.report(B3, revision=2, satisfied=7))
    assert committee.counted() == {B3: 7}


def test_the_same_task_on_a_second_pc_waits_in_red(committee: Office) -> None:
    committee.take(desks.report(B3))
    second = desks.report(B3, revision=2, satisfied=4, by=sealing.key(5))
    said = only(committee, second)
    assert said[:2] == ("待核", Situation.SECOND_PC)
    assert "第二台电脑" in said[2]
    assert "重新下发" in said[2]
    committee.take(second)
    assert committee.counted() == {B3: 10}


def test_two_pcs_in_one_import_wait_both(committee: Office) -> None:
    pair = (desks.report(B3), desks.report(B3, revision=2, satisfied=4, by=sealing.key(5)))
    for order in (pair, pair[::-1]):
        assert [e.situation for e in committee.entries(*order)] == [Situation.SECOND_PC] * 2
    committee.take(*pair)
    assert committee.counted() == {}


def test_a_new_task_ends_the_matter_of_two_pcs(committee: Office) -> None:
    committee.take(desks.report(B3), desks.report(B3, revision=2, satisfied=4, by=sealing.key(5)))
    committee.issue(B3, 2)
    assert only(committee, desks.report(B3, epoch=2, satisfied=8))[1] is Situation.UNREGISTERED
    committee.take(desks.report(B3, epoch=2, satisfied=8, enrol=NEW_TASK))
    assert committee.counted() == {B3: 8}


def test_a_sister_office_with_a_genuine_newer_report_takes_nothing_away(company: Office) -> None:
    """Only what comes on the unit's own path counts; a person may let the other one in."""
    mine, newer = sealing.submission(B3), sealing.submission(B3, revision=2, satisfied=9)
    company.take(desks.handed_up(C1, mine))
    stray = sealing.rollup(C2, [newer])
    said = [e for e in company.entries(desks.file(stray, newer)) if e.unit_code == B3]
    assert [(e.verdict, e.situation) for e in said] == [("待核", Situation.UNREGISTERED)]
    done = company.take(desks.file(stray, newer))
    (entry,) = [e for e in done.entries if e.unit_code == B3]
    assert (entry.verdict, entry.situation) == ("待核", Situation.MISPLACED)
    for told in (
        sealing.NAMES[C2],
        package.check_number(mine.id),
        package.check_number(newer.id),
        "照旧计入",
    ):
        assert told in entry.sentence
    assert company.counted() == {B3: 10}
    company.take(desks.handed_up(C1, newer, revision=2))
    assert company.counted() == {B3: 9}


@pytest.mark.parametrize("kind", ["submission", "rollup"])
def test_what_is_addressed_to_another_unit_is_refused(company: Office, kind: str) -> None:
    to = {kind: C2}
    own = desks.meeting(C1, to=to.get("submission", "QL"))
    file = desks.file(own, sealing.rollup(C1, [], to=to.get("rollup", "QL")))
    (entry,) = company.entries(file)
    assert (entry.verdict, entry.situation) == ("拒收", Situation.ELSEWHERE)
    assert f"报给“{sealing.NAMES[C2]}”的" in entry.sentence
    assert sealing.NAMES["QL"] in entry.sentence
    company.take(file)
    assert company.held() == {}


def test_a_branch_inside_that_is_addressed_past_its_office_is_left_out_alone(company: Office) -> None:
    past, honest = sealing.submission(B3, to="QL"), sealing.submission(G1)
    file = desks.handed_up(C1, past, honest)
    done = company.take(file)
    said = {e.unit_code: e.situation for e in done.entries if e.unit_code != C1}
    assert said == {B3: Situation.ELSEWHERE, G1: Situation.FIRST}
    assert company.counted() == {G1: 10}
    assert past.id not in company.held()


def test_a_unit_listed_by_the_wrong_office_only_is_not_counted(company: Office) -> None:
    one = sealing.submission(B3)
    company.take(desks.handed_up(C1, one))
    company.take(desks.handed_up(C1, revision=2))
    done = company.take(desks.file(sealing.rollup(C2, [one]), one))
    (entry,) = [e for e in done.entries if e.unit_code == B3]
    assert (entry.verdict, entry.situation) == ("待核", Situation.MISPLACED)
    assert B3 not in company.counted()


def test_the_same_envelope_under_two_offices_counts_once(company: Office) -> None:
    one = sealing.submission(B3)
    company.take(desks.handed_up(C1, one))
    done = company.take(desks.file(sealing.rollup(C2, [one]), one))
    (entry,) = [e for e in done.entries if e.unit_code == B3]
    assert entry.situation is Situation.KNOWN
    assert company.counted()[B3] == 10


# Epochs


def test_a_key_of_an_old_task_is_refused(committee: Office) -> None:
    """T5: what was accepted stays until it is replaced."""
    committee.take(desks.report(B3))
    committee.issue(B3, 2)
    said = only(committee, desks.report(B3, revision=2, satisfied=4))
    assert said[:2] == ("拒收", Situation.OLD_EPOCH)
    assert "重新下发" in said[2]
    committee.take(desks.report(B3, revision=2, satisfied=4))
    assert committee.counted() == {B3: 10}
    assert only(committee, desks.report(B3))[:2] == ("无变化", Situation.KNOWN)
    done = committee.take(desks.report(B3, epoch=2, satisfied=8, enrol=NEW_TASK))
    assert [(e.verdict, e.situation) for e in done.entries] == [("更新", Situation.NEW_TASK)]
    assert committee.counted() == {B3: 8}


def test_an_epoch_nobody_issued_is_refused(committee: Office) -> None:
    said = only(committee, desks.report(B3, epoch=2))
    assert said[:2] == ("拒收", Situation.UNISSUED_EPOCH)
    assert "第 2 次下发" in said[2]


def test_a_huge_revision_waits_and_ends_with_a_new_task(committee: Office) -> None:
    """T7."""
    committee.take(desks.report(B3))
    huge = desks.report(B3, revision=2**52, satisfied=4)
    said = only(committee, huge)
    assert said[:2] == ("待核", Situation.FAST_FORWARD)
    assert str(2**52) in said[2]
    committee.take(huge)
    assert committee.counted() == {B3: 10}
    with committee.acting() as session:
        (waiting,) = desks.waiting(session)
        desks.release(session, waiting)
    assert committee.counted() == {B3: 4}
    committee.issue(B3, 2)
    committee.take(desks.report(B3, epoch=2, satisfied=8, enrol=NEW_TASK))
    assert committee.counted() == {B3: 8}


def test_a_leap_begins_after_the_revisions_that_a_unit_really_makes(committee: Office) -> None:
    committee.take(desks.report(B3))
    assert LEAP < 50
    last, first = desks.report(B3, revision=1 + LEAP), desks.report(B3, revision=2 + LEAP)
    assert only(committee, last)[:2] == ("更新", Situation.NEWER)
    assert only(committee, first)[:2] == ("待核", Situation.FAST_FORWARD)


def test_whoever_has_the_key_silences_the_unit_for_a_few_reports_only(committee: Office) -> None:
    """The largest jump that nobody asks about is behind the unit once it has exported as often."""
    committee.take(desks.report(B3))
    committee.take(desks.report(B3, revision=1 + LEAP, satisfied=4))
    committee.take(desks.report(B3, revision=2 + LEAP, satisfied=8))
    assert committee.counted() == {B3: 8}


# Wrong place, wrong campaign, wrong file


def test_a_unit_outside_the_tree_is_refused_by_what_it_claims(committee: Office) -> None:
    stranger = desks.report("QL.01.B099", unit_name="一矿机关党支部")
    (entry,) = committee.entries(stranger)
    assert (entry.verdict, entry.situation) == ("拒收", Situation.OUTSIDE_TREE)
    assert "自称是“一矿机关党支部”（代码 QL.01.B099）" in entry.sentence
    assert entry.unit_name == ""
    committee.take(stranger)
    assert committee.counted() == {}


def test_a_unit_is_called_as_the_campaign_calls_it(committee: Office) -> None:
    said = only(committee, desks.report(B3, unit_name="一矿采掘党总支"))
    assert said[:2] == ("拒收", Situation.MISNAMED)
    assert sealing.NAMES[B3] in said[2]


# One report and one summary per unit, each of them the sender's own or from below it


def test_two_reports_of_one_unit_in_one_file_are_refused(committee: Office) -> None:
    """A huge revision beside an ordinary one went past the question about the jump (T7)."""
    committee.take(desks.report(B3))
    pair = desks.file(
        sealing.submission(B3, revision=2), sealing.submission(B3, revision=2**53 - 1, satisfied=4)
    )
    assert only(committee, pair)[:2] == ("拒收", Situation.TWICE)
    committee.take(pair)
    assert committee.counted() == {B3: 10}


def test_two_summaries_of_one_office_in_one_file_are_refused(company: Office) -> None:
    pair = desks.file(sealing.rollup(C1, []), sealing.rollup(C1, [], revision=2))
    assert only(company, pair)[:2] == ("拒收", Situation.TWICE)


@pytest.mark.parametrize("kind", ["submission", "rollup"])
def test_every_envelope_of_a_direct_child_is_asked_about_a_jump(company: Office, kind: str) -> None:
    """The summary speaks for the file; the report beside it is looked at like itself."""
    one = sealing.submission(B3)
    company.take(desks.handed_up(C1, one))
    jump = {kind: LEAP + 2}
    own = desks.meeting(C1, revision=jump.get("submission", 2))
    rollup = sealing.rollup(C1, [one], revision=jump.get("rollup", 2))
    said = company.entries(desks.file(own, rollup, one))
    assert Situation.FAST_FORWARD in [entry.situation for entry in said]


def test_the_report_of_an_old_task_beside_a_new_summary_is_refused(company: Office) -> None:
    company.take(desks.handed_up(C1))
    company.issue(C1, 2)
    proof = desks.proof(C1, sealing.key_of(C1, 2), 2)
    file = desks.file(desks.meeting(C1, revision=2), sealing.rollup(C1, [], epoch=2, enrol=proof))
    assert only(company, file)[:2] == ("拒收", Situation.OLD_EPOCH)


def test_a_branch_sends_no_summary(committee: Office) -> None:
    """It would bring its sister's report past every question that is asked of the sister itself."""
    committee.take(desks.report(B3), desks.report(G1))
    jump = sealing.submission(G1, revision=2**52, satisfied=4)
    for brought in ([], [jump]):
        index = {"accepts": [one.id for one in brought], "keys": [], "expected": []}
        smuggling = sealing.sealed("rollup", B3, {"index": index})
        said = only(committee, desks.file(sealing.submission(B3, revision=2), smuggling, *brought))
        assert said[:2] == ("拒收", Situation.SMUGGLED)


def test_an_office_brings_nothing_of_a_sister(company: Office) -> None:
    company.take(desks.handed_up(C1, sealing.submission(B3)))
    sister = desks.meeting(C1, revision=2)
    file = desks.file(sealing.rollup(C2, []), sister)
    said = only(company, file)
    assert said[:2] == ("拒收", Situation.SMUGGLED)
    assert sealing.NAMES[C2] in said[2]
    assert sealing.NAMES[C1] in said[2]


def test_a_summary_is_no_longer_than_the_tree(company: Office) -> None:
    accepts = sorted(f"{number:064x}" for number in range(2 * len(sealing.PARENTS) + 1))
    for changed in (
        {"accepts": accepts},
        {"keys": [{"unit": B3, "epoch": 1, "key": "aa" * 32}] * (100 * len(sealing.PARENTS) + 1)},
        {"expected": [B3] * (len(sealing.PARENTS) + 1)},
    ):
        index = {"accepts": [], "keys": [], "expected": [], **changed}
        said = only(company, desks.file(sealing.sealed("rollup", C1, {"index": index})))
        assert said[:2] == ("拒收", Situation.OVERSIZED)


@pytest.mark.parametrize(
    ("changed", "situation", "words"),
    [
        ({"mode": "drill"}, Situation.DRILL, "演练"),
        ({"campaign": "c2"}, Situation.OTHER_CAMPAIGN, "另一次评议活动"),
        ({"campaign_sha256": "0" * 64}, Situation.OTHER_FORMS, "评议表、统计口径或组织名单"),
    ],
)
def test_another_campaign_drill_or_forms_are_refused(
    committee: Office, changed: dict[str, Any], situation: Situation, words: str
) -> None:
    said = only(committee, desks.report(B3, **changed))
    assert said[:2] == ("拒收", situation)
    assert words in said[2]
    committee.take(desks.report(B3, **changed))
    assert committee.counted() == {}


def test_an_official_package_is_refused_by_a_drill(tmp_path: Path) -> None:
    drill = desks.office(tmp_path / "drill.pingyi", mode="drill")
    assert only(drill, desks.report(B3))[:2] == ("拒收", Situation.DRILL)
    drill.store.close()


def test_own_package_task_receipt_and_grandchild_are_told_apart(committee: Office) -> None:
    task = desks.file(sealing.campaign(), sealing.assignment(C1, B3))
    receipt = desks.file(sealing.sealed("receipt", "QL", {"receipt": {"note": "x"}}, to=C1))
    cases = {
        Situation.OWN_PACKAGE: desks.report(C1),
        Situation.TASK_FILE: task,
        Situation.RECEIPT_FILE: receipt,
        Situation.NOT_DIRECT: desks.report(B1),
    }
    for situation, given in cases.items():
        assert only(committee, given)[:2] == ("拒收", situation)


def test_a_package_encrypted_to_another_office_is_not_for_us(committee: Office) -> None:
    """T10: who cannot open it has the wrong file; it is not damaged."""
    with committee.acting() as session:
        keys.create_signer(session, campaign_id=desks.CAMPAIGN, epoch=1)
        mine = keys.recipient(session, campaign_id=desks.CAMPAIGN)
    name, data = desks.report(B3)
    _, other = age.new_identity()
    said = only(committee, (name, age.encrypt(data, [other])))
    assert said[:2] == ("拒收", Situation.NOT_FOR_US)
    assert "不是给本单位的" in said[2]
    assert only(committee, (name, age.encrypt(data, [other])[:-1]))[1] is Situation.NOT_FOR_US
    assert only(committee, (name, age.encrypt(data, [mine])[:-1]))[1] is Situation.DAMAGED
    committee.take((name, age.encrypt(data, [other, mine])))
    assert committee.counted() == {B3: 10}


def test_a_sister_office_s_unit_is_not_direct(committee: Office) -> None:
    assert only(committee, desks.report("QL.02.B001"))[1] is Situation.NOT_DIRECT


def test_damaged_newer_and_unreadable_files_are_rows_like_any_other(
    committee: Office, tmp_path: Path
) -> None:
    name, data = desks.report(B3)
    newer = b"PINGYIBUNDLE/2" + data[len(b"PINGYIBUNDLE/1") :]
    absent: Any = ("没有.pingyi-pack", tmp_path / "没有.pingyi-pack")
    said = committee.entries(("坏.pingyi-pack", data[:-1]), ("新.pingyi-pack", newer), absent, (name, data))
    assert [e.situation for e in said] == [
        Situation.DAMAGED,
        Situation.NEWER_VERSION,
        Situation.UNREADABLE,
        Situation.UNREGISTERED,
    ]
    assert "升级" in said[1].sentence
    assert "找不到" in said[2].sentence


# Rollups


def test_a_rollup_that_lists_what_nobody_brought_says_so(company: Office) -> None:
    here, absent = sealing.submission(B3), sealing.submission(G1)
    rollup = sealing.rollup(C1, [here, absent])
    own = desks.meeting(C1)
    done = company.take(desks.file(own, rollup, here))
    (entry,) = [e for e in done.entries if e.situation is Situation.MISSING_FILE]
    assert (entry.verdict, entry.unit_code) == ("待核", C1)
    assert "1 份" in entry.sentence
    assert "缺文件" in entry.sentence
    assert company.counted() == {B3: 10}
    company.take(desks.file(own, rollup, here, absent))
    assert company.counted() == {B3: 10, G1: 10}


def test_a_key_vouched_for_by_the_wrong_office_refuses_the_file(company: Office) -> None:
    """T3: an office may register keys of its direct children only."""
    index = {"accepts": [], "keys": [{"unit": B3, "epoch": 1, "key": "aa" * 32}], "expected": []}
    forged = sealing.sealed("rollup", C2, {"index": index})
    assert only(company, desks.file(forged))[:2] == ("拒收", Situation.UNVOUCHED)


def test_a_branch_nobody_vouches_for_refuses_the_file(company: Office) -> None:
    index = {"accepts": [sealing.submission(B3).id], "keys": [], "expected": []}
    loose = sealing.sealed("rollup", C1, {"index": index})
    said = only(company, desks.file(loose, sealing.submission(B3)))
    assert said[:2] == ("拒收", Situation.UNVOUCHED)


def test_a_known_rollup_does_not_bring_a_forged_branch_in(company: Office) -> None:
    one, forged = sealing.submission(B3), sealing.submission(G1, by=sealing.key(5))
    company.take(desks.handed_up(C1, one))
    file = desks.file(sealing.rollup(C1, [one]), one, forged)
    assert only(company, file)[:2] == ("拒收", Situation.UNVOUCHED)
    company.take(file)
    assert forged.id not in company.held()


def test_two_children_with_new_keys_do_not_share_one_telephone_call(committee: Office) -> None:
    """The 24 digits are those of one sender: a second child's key in its file has been compared by nobody."""
    file = desks.file(sealing.submission(B3), sealing.submission(G1))
    assert only(committee, file)[:2] == ("拒收", Situation.SMUGGLED)
    committee.take(file)
    assert committee.counted() == {}


def test_two_new_keys_of_one_sender_do_not_share_one_telephone_call(company: Office) -> None:
    """The 24 digits are those of one key: what the sender signed with another has been compared by nobody."""
    index = {"accepts": [], "keys": [], "expected": []}
    other = sealing.sealed("rollup", C1, {"index": index}, by=sealing.key(5))
    file = desks.file(desks.meeting(C1), other)
    assert only(company, file)[:2] == ("拒收", Situation.UNVOUCHED)


def test_incomplete_coverage_is_allowed(company: Office) -> None:
    company.take(desks.handed_up(C1, sealing.submission(B3)))
    assert company.counted() == {B3: 10}


def test_a_committee_with_ballots_it_was_not_to_have_is_refused(company: Office) -> None:
    said = only(company, desks.report(C1))
    assert said[:2] == ("拒收", Situation.UNPLANNED)
    company.take(desks.report(C1))
    assert company.counted() == {}


# Figures


def spoilt(unit: str, **figures: int) -> Envelope:
    documents = copy.deepcopy(sealing.documents_of(unit))
    documents["tallies"]["batches"][0].update(figures)
    return sealing.submission(unit, documents=documents, coverage=None)


def test_tallies_that_do_not_add_up_are_refused(committee: Office) -> None:
    said = only(committee, desks.file(spoilt(B3, blank=2)))
    assert said[:2] == ("拒收", Situation.UNBALANCED)
    assert "不平" in said[2]
    committee.take(desks.file(spoilt(B3, blank=2)))
    assert committee.counted() == {}


def test_more_ballots_than_people_are_refused(committee: Office) -> None:
    said = only(committee, desks.file(spoilt(B3, issued=15, returned=15, blank=3)))
    assert said[:2] == ("拒收", Situation.OVER_ELIGIBLE)
    assert "多于应到 13 人" in said[2]
    assert "名册" in said[2]


# Newer minor versions


def test_a_newer_minor_version_is_kept_and_handed_on_verbatim(committee: Office, company: Office) -> None:
    one = desks.from_the_future(B3)
    done = committee.take(desks.file(one))
    assert [e.verdict for e in done.entries] == ["新增"]
    assert "更新版本" in done.entries[0].sentence
    assert committee.counted() == {B3: 10}
    with committee.acting() as session:
        kept = desks.raw(session, one.id)
    assert kept == one.raw
    company.take(desks.file(sealing.rollup(C1, [one]), one))
    assert company.counted() == {B3: 10}
    with company.acting() as session:
        assert desks.raw(session, one.id) == one.raw


def test_an_unknown_member_is_kept(committee: Office) -> None:
    documents = {**sealing.documents_of(B3), "weather": {"rain": 1}}
    done = committee.take(desks.report(B3, documents=documents))
    assert "原样" in done.entries[0].sentence
    assert committee.counted() == {B3: 10}


def test_every_situation_has_a_verdict() -> None:
    assert {verdict(one) for one in Situation} == set(VERDICTS)
