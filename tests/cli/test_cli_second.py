"""The second entry on the command line: counts keyed twice, differences settled, signed, sealed, corrected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import make
from pingyi_desktop import cli
from pingyi_desktop.appraisal.batches import ballots, batches, signing
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_batches import BallotBatch

CODE = "L2-XX-T-ORG-A-v1-ALL"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A"])
    with made.transaction() as session:
        campaign = make.campaign_of(session)
        stack = make.batch(session, campaign_id=campaign, form_code="T-ORG-A").id
        make.sheet(session, stack, valid=6)
        ballots.enter_counts(session, batch_id=stack, counts=counts(session, stack, 6), by="王芳")
    made.close()
    return path


def counts(session, stack: str, satisfied: int) -> dict[tuple[str, str], Counts]:
    form = batches.form_of(session, session.get_one(BallotBatch, stack))
    return {("", item.no): Counts((satisfied, 6 - satisfied, 0, 0)) for item in form.items}


def key_again(path: Path, satisfied: int) -> None:
    opened = store.open_file(path)
    with opened.transaction() as session:
        stack = session.connection().exec_driver_sql("SELECT id FROM ballot_batch").scalar_one()
        ballots.enter_counts(
            session, batch_id=stack, counts=counts(session, stack, satisfied), by="李强", pass_no=2
        )
    opened.close()


def run(capsys, *words: object) -> tuple[int, str, str]:
    status = cli.main([str(word) for word in words])
    said = capsys.readouterr()
    return status, said.out, said.err


def refuses_differences(capsys, file: Path, why: str) -> None:
    """Before the entries are compared nothing of the first one is listed: the second keyer keys blind."""
    status, out, err = run(capsys, "batch", "differences", file, CODE)
    assert (status, out) == (1, "")
    assert why in err
    assert "batch compare" in err


def test_from_two_entries_to_the_seal_and_a_correction(capsys, file: Path) -> None:
    assert run(capsys, "operator", "add", file, "王芳", "--pin", "4821")[0] == 0
    assert run(capsys, "operator", "add", file, "李强")[0] == 0
    assert run(capsys, "operator", "add", file, "李强")[0] == 1
    assert json.loads(run(capsys, "operator", "list", file, "--json")[1]) == [
        {"name": "李强", "has_pin": False},
        {"name": "王芳", "has_pin": True},
    ]
    status, _, err = run(capsys, "batch", "compare", file, CODE)
    assert (status, "第一遍还没有录完" in err) == (1, True)
    refuses_differences(capsys, file, "还没有第二遍")
    assert run(capsys, "batch", "finish", file, CODE)[0] == 0
    refuses_differences(capsys, file, "第二遍还没有核对")
    key_again(file, 5)
    refuses_differences(capsys, file, "第二遍还没有核对")
    status, out, _ = run(capsys, "batch", "compare", file, CODE, "--by", "李强")
    assert (status, "10 处不一致" in out) == (1, True)
    found = json.loads(run(capsys, "batch", "differences", file, CODE, "--json")[1])
    assert "总体" in found[-1]["sentence"] or "第" in found[-1]["sentence"]
    assert "SPOT" in run(capsys, "batch", "differences", file, CODE)[1]
    for one in found:
        assert run(capsys, "batch", "settle", file, CODE, one["spot"], one["first"], "--by", "赵敏")[0] == 0
    assert "没有待裁定" in run(capsys, "batch", "differences", file, CODE)[1]
    assert json.loads(run(capsys, "batch", "differences", file, CODE, "--json")[1]) == []
    status, out, _ = run(capsys, "batch", "quality", file, CODE)
    assert (status, "第二遍错 10" in out) == (0, True)
    facts = json.loads(run(capsys, "batch", "quality", file, CODE, "--json")[1])
    assert (facts["first_wrong"], facts["second_wrong"]) == (0, 10)
    status, _, err = run(capsys, "seal", file)
    assert (status, "签字" in err) == (1, True)
    assert (
        run(
            capsys, "batch", "sign", file, CODE, "--teller", "甲", "--scrutineer", "乙", "--reason", "已核实"
        )[0]
        == 0
    )
    assert run(capsys, "batch", "unsign", file, CODE)[0] == 0
    assert run(capsys, "seal", file, "--teller", "甲", "--scrutineer", "乙", "--reason", "已核实")[0] == 0
    status, _, err = run(capsys, "batch", "reset", file, CODE)
    assert (status, "更正单" in err) == (1, True)
    more = ("--reason", "录错", "--applicant", "张三", "--scrutineer", "李四")
    assert run(capsys, "batch", "reopen", file, CODE, *more)[0] == 0
    assert run(capsys, "batch", "take-out", file, CODE, "11111")[0] == 1
    assert run(capsys, "batch", "single", file, CODE, "--reason", "只改核对单")[0] == 0
    assert run(capsys, "batch", "void", file, CODE, "--reason", "无效")[0] == 0
    (left,) = json.loads(run(capsys, "batches", file, "--json")[1])
    assert (left["state"], left["returned"]) == ("FIRST", None)
    assert run(capsys, "operator", "retire", file, "李强")[0] == 0


def test_a_wrong_ballot_is_taken_out_and_the_right_one_put_in(capsys, tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A"])
    with made.transaction() as session:
        campaign = make.campaign_of(session)
        stack = make.batch(session, campaign_id=campaign).id
        make.sealed(session, stack, ["11111"] * 5 + ["21111"])
    made.close()
    more = ("--reason", "录错", "--applicant", "张三", "--scrutineer", "李四")
    assert run(capsys, "batch", "put-in", path, CODE, "31111")[0] == 1
    assert run(capsys, "batch", "reopen", path, CODE, *more)[0] == 0
    assert "batch put-in" in run(capsys, "batch", "take-out", path, CODE, "21111")[1]
    status, out, _ = run(capsys, "batch", "put-in", path, CODE, "31111")
    assert (status, out) == (0, f"已录入这张票，“{CODE}”现在有 6 张。\n")
    names = ("--teller", "甲", "--scrutineer", "乙", "--single-reason", "只改一张")
    assert "建议监票、计票各不少于 2 人" in run(capsys, "seal", path, *names)[2]
    assert run(capsys, "seal", path, *names, "--reason", "已核实")[0] == 0
    (form,) = json.loads(run(capsys, "tally", path, "--json")[1])["forms"]
    assert [one["count"] for one in form["items"][0]["options"]] == [5, 0, 1, 0]


def test_a_batch_that_is_not_so_far_keeps_no_other_from_its_seal(capsys, tmp_path: Path) -> None:
    """The first of two could be sealed, the second is only keyed once: one is sealed, the other is named."""
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A", "T-MEM-B"])
    with made.transaction() as session:
        stacks = batches.listing(session, campaign_id=make.campaign_of(session))
        for stack in stacks:
            width = batches.paper_of(session, batch_id=stack.id).size
            ballots.enter_ballots(session, batch_id=stack.id, ballots=["1" * width] * 6, by="王芳")
            make.sheet(session, stack.id, valid=6)
        signing.waive(session, batch_id=stacks[0].id, reason="票数少", by="王芳")
    made.close()
    done, left = (stack.code for stack in stacks)
    status, out, err = run(
        capsys, "seal", path, "--teller", "甲", "--scrutineer", "乙", "--reason", "已核实", "--json"
    )
    (waiting,) = json.loads(out)["not_ready"]
    assert (status, json.loads(out)["sealed"], waiting["batch"]) == (1, [done], left)
    assert f"{left}：第一遍还没有录完" in err
    assert "--single-reason" in err


def test_blank_ballots_alone_are_sealed_without_a_word_of_second_entries(capsys, tmp_path: Path) -> None:
    path = tmp_path / "XX.pingyi"
    made = make.published_school(path, form_codes=["T-ORG-A", "T-MEM-A"])
    with made.transaction() as session:
        stacks = batches.listing(session, campaign_id=make.campaign_of(session))
        for stack in stacks:
            make.sheet(session, stack.id, valid=0, blank=6)
    made.close()
    one, other = (stack.code for stack in stacks)
    assert "没有要录的票，不用录第二遍" in run(capsys, "batch", "finish", path, one)[1]
    names = ("--teller", "甲", "--scrutineer", "乙", "--reason", "已核实")
    status, out, _ = run(capsys, "seal", path, *names, "--json")
    assert (status, json.loads(out)["sealed"]) == (0, [one, other])
