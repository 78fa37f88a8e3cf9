"""pingyi forms print: a pack for each session and the list of them, or nothing; every refusal is one sentence."""

from __future__ import annotations

import errno
import json
import os
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

import make
from pingyi_desktop import cli, saving
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.storage.store import open_file as store_of

CATEGORIES = (("A", "党员"), ("B", "群众"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with closing(make.company(tmp_path / "公司.pingyi")) as store, store.transaction() as session:
        campaign = make.published(session)
        for one in sessions.listing(session, campaign_id=campaign, layer=1):
            make.held(session, one.id, expected=40, actual=40)
        return store.path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    def command(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main(["forms", "print", *map(str, words)]), *capsys.readouterr()

    return command


def test_every_session_has_its_pack_and_a_list_of_all_comes_last(file: Path, run, tmp_path: Path) -> None:
    out = tmp_path / "印表" / "新的"
    status, said, err = run(file, "--out", out, "--people", 10, "--json")
    assert (status, err) == (0, "")
    facts = json.loads(said)
    assert {path.name for path in out.iterdir()} == {
        facts["manifest"],
        *(one["file"] for one in facts["packs"]),
    }
    assert facts["sessions"] == len(facts["packs"]) == 9
    layers = {key: value["sheets"] for key, value in facts["layers"].items()}
    assert layers == {"1": 2 * 2 * 42, "2": 5 * 2 * 12}
    assert facts["sheets"] == sum(layers.values())
    for one in facts["packs"]:
        assert one["pages"] == len(PdfReader(out / one["file"]).pages)
    status, _, err = run(file, "--out", out, "--people", 10)
    assert status == 1
    assert "已经存在，没有改动它" in err


def test_one_organisation_and_what_nobody_knows(file: Path, run, tmp_path: Path) -> None:
    status, said, err = run(file, "--out", tmp_path / "一", "--org", "QL.02")
    assert status == 0
    assert "印了 1 个场次，评议表 84 张" in said
    assert err == "有 2 个场次不知道应参评多少人，没有印：二矿党委、二矿机关党支部。请加 --people 人数。\n"
    status, _, err = run(file, "--out", tmp_path / "二", "--org", "QL.02", "--layer", 2)
    assert status == 1
    assert "不知道应参评多少人（二矿党委、二矿机关党支部），没有印表" in err
    assert not (tmp_path / "二").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--people", "很多"), "--people 的人数应为 1 至 5000 的整数，不能是“很多”。"),
        (("--people", "0"), "不能是“0”"),
        (("--people", "C=3"), "请写明身份类别，如 ALL=20"),
        (("--org", "QL.99"), "QL.99"),
    ],
)
def test_wrong_words_are_refused(file: Path, run, tmp_path: Path, words, sentence: str) -> None:
    status, _, err = run(file, "--out", tmp_path / "出", *words)
    assert status == 1
    assert sentence in err
    assert not (tmp_path / "出").exists()


def test_by_voter_category_the_people_of_each_are_asked(tmp_path: Path, run) -> None:
    with closing(make.company(tmp_path / "公司.pingyi")) as store, store.transaction() as session:
        make.published(session, voter_categories=CATEGORIES)
        file = store.path
    status, _, err = run(file, "--out", tmp_path / "出", "--people", 5)
    assert status == 1
    assert "请写明身份类别，如 A=20；本次活动有：A、B。" in err
    status, said, _ = run(
        file, "--out", tmp_path / "出", "--people", "A=5", "--people", "B=9", "--org", "QL.02.B001"
    )
    assert status == 0
    assert "评议表 36 张" in said


def test_a_full_disk_leaves_nothing_and_says_so(
    file: Path, run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, done = saving.put, []

    def full(part: Path, path: Path) -> None:
        done.append(path)
        if len(done) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        put(part, path)

    monkeypatch.setattr(saving, "put", full)
    out = tmp_path / "U盘"
    status, _, err = run(file, "--out", out, "--people", 10)
    assert status == 1
    assert "没有写成（盘已满），请换一个位置或 U 盘再试。" in err
    assert len(done) == 3
    assert list(out.iterdir()) == []


def test_a_printed_roster_stays_until_it_is_printed_anew(run, tmp_path: Path) -> None:
    with closing(make.school(tmp_path / "XX.pingyi")) as store, store.transaction() as session:
        make.published(session, form_codes=("T-MEM-E",))
    said = run(store.path, "--out", tmp_path / "一", "--people", 12, "--json", "--by", make.BY)[1]
    assert json.loads(said)["findings"] == []
    with closing(store_of(store.path)) as held, held.transaction() as session:
        make.org_member(session, "XX", "后来人")
    status, _, err = run(store.path, "--out", tmp_path / "二", "--people", 12)
    assert status == 0
    assert "仍按印过的 5 人印" in err
    status, _, err = run(store.path, "--out", tmp_path / "三", "--people", 12, "--new-roster")
    assert (status, err) == (0, "")
    pages = {
        n: "".join(p.extract_text() for p in PdfReader(next((tmp_path / n).glob("层面二*"))).pages)
        for n in "二三"
    }
    assert ["后来人" in pages[n] for n in "二三"] == [False, True]
