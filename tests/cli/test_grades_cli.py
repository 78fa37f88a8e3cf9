"""pingyi grades: shown, decided, told, signed, taken back; slips for one person each; how a draft grades."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

import make
from pingyi_desktop import cli, saving
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.errors import FileError
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.store import Store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = make.copied(tmp_path / "XX.pingyi", _keyed)
    made.close()
    return made.path


def _keyed(path: Path) -> Store:
    made = make.published_school(path, people=make.NAMES[:3], form_codes=["T-MEM-E"])
    with made.transaction() as session:
        stack = make.batch(session, campaign_id=make.campaign_of(session)).id
        make.sealed(session, stack, ["123"] * 6)
    return made


@pytest.fixture
def run(file: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(verb: str, *words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main(["grades", verb, str(file), *map(str, words)]), *capsys.readouterr()

    return command


def members(run: Run) -> list[dict[str, object]]:
    status, said, _ = run("show", "--json")
    assert status == 0
    found: list[dict[str, object]] = json.loads(said)["sheets"][0]["members"]
    return found


def test_from_the_proposal_to_the_signature(run: Run, tmp_path: Path, file: Path) -> None:
    first, second, third = (str(one["number"]) for one in members(run))
    assert [one["proposed"] for one in members(run)] == ["EXCELLENT", "QUALIFIED", "BASIC"]
    decide = ("--body", "支委会", "--on", "2024-01-20", "--grade", f"{second}=基本合格")
    assert run("decide", *decide)[0] == 1
    status, said, err = run("decide", *decide, "--why", f"{second}=长期不参加组织生活")
    assert (status, err) == (0, "")
    assert "优秀 1 名，合格 0 名，基本合格 2 名，不合格 0 名，不评等次 0 名" in said
    status, said, _ = run("show")
    assert "长期不参加组织生活" in said
    status, said, _ = run("slips", "--out", tmp_path / "单")
    assert "印了 3 份" in said
    texts = {path.name: PdfReader(path).pages[0].extract_text() for path in (tmp_path / "单").iterdir()}
    assert len(texts) == 3
    for name, text in texts.items():
        assert [who for who in make.NAMES[:3] if who in text] == [
            who for who in make.NAMES[:3] if who in name
        ]
    assert run("tell", "--on", "2024-01-21", "--member", first, "--member", third)[1] == "已登记告知 2 人。\n"
    assert run("sign", "--on", "2024-01-22", "--member", second)[0] == 1
    assert run("sign", "--on", "2024-01-22")[1] == "已登记 2 人签收。\n"
    assert [one["state"] for one in members(run)] == ["ACKNOWLEDGED", "DECIDED", "ACKNOWLEDGED"]
    assert run("back", "--member", first, "--by", "李书记")[1] == "已撤回 1 人的最近一步。\n"
    with closing(store.open_file(file)) as opened, opened.reading() as session:
        (newest,) = journal.lines(session, newest=1)
        assert (newest.act, newest.who) == ("撤回等次", "李书记")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("decide", "--body", "支委会", "--on", "2024-01-20", "--grade", "第一个"),
            "请写成 编号=内容 的样子",
        ),
        (("decide", "--body", "支委会", "--on", "2024-01-20", "--grade", "1=好"), "等次“好”不认识"),
        (("decide", "--body", "支委会", "--on", "2024-01-20", "--grade", "Z=合格"), "没有编号“Z”"),
        (("decide", "--body", "支委会", "--on", "2999-01-20"), "年份应为"),
        (("slips", "--out", "单"), "还没有研究决定"),
        (("tell", "--on", "2024-01-20"), "还没有研究决定"),
        (("back", "--org", "YY"), "YY"),
        (("back", "--form", "T-MEM-A"), "没有测评表“T-MEM-A”"),
        (("rule", "--share", "20%"), "已经发布"),
    ],
)
def test_a_refusal_is_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = run(*words)
    assert status == 1
    assert sentence in err
    assert not list(Path("单").glob("*"))


def test_slips_are_all_written_or_none(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("decide", "--body", "党员大会", "--on", "2024-01-20")
    save, done = saving.save, []

    def full(path: Path, data: bytes) -> None:
        if done:
            raise FileError("磁盘满了")
        done.append(path)
        save(path, data)

    monkeypatch.setattr(saving, "save", full)
    assert run("slips", "--out", tmp_path / "单")[0] == 1
    assert done
    assert list((tmp_path / "单").iterdir()) == []


def test_how_a_draft_grades(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(make.school(tmp_path / "YY.pingyi")) as made, made.transaction() as session:
        make.draft(session, form_codes=["T-MEM-E"])
    words = ["grades", "rule", str(tmp_path / "YY.pingyi"), "--share", "15%", "--names"]
    assert cli.main(words) == 0
    assert capsys.readouterr().out == "优秀名额按党员总数百分之十五向下取整。等次上报时附姓名。\n"


def test_those_who_vote_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """session later opens the stack, forms print --later prints it alone, and tally waits for it."""
    today = date.today()
    year = {"year": today.year, "start_date": f"{today.year}-01-01", "end_date": f"{today.year}-12-31"}
    with closing(make.school(tmp_path / "ZZ.pingyi")) as made, made.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"], **year)
        (meeting,) = sessions.listing(session, campaign_id=campaign_id)
        sessions.hold(
            session, session_id=meeting.id, held_on=f"{today.year}-01-01", expected=12, actual=9, by=make.BY,
            reason=make.WHY,
        )  # fmt: skip
        make.sealed(session, make.batch(session, campaign_id=campaign_id).id, ["11111"] * 9)
    path = str(tmp_path / "ZZ.pingyi")
    words = ["session", "later", path, "XX", "--people", "3", "--until", year["end_date"], "--why", "夜班"]
    assert cli.main([*map(str, words)]) == 1
    assert "V-SUP-05" in capsys.readouterr().err
    assert cli.main([*map(str, words), "--reason", "只有他们没到会"]) == 0
    assert "封存以前本场不出结果" in capsys.readouterr().out
    assert cli.main(["forms", "print", path, "--later", "--out", str(tmp_path / "补投")]) == 0
    names = sorted(file.name for file in (tmp_path / "补投").iterdir())
    assert len(names) == 2
    assert any(name.endswith("-补投.pdf") for name in names)
    assert "L2-XX-T-ORG-A-v1-ALL-B1" in "".join(
        page.extract_text() for page in PdfReader(tmp_path / "补投" / names[1]).pages
    ).replace("\n", "")
    capsys.readouterr()
    assert cli.main(["tally", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["forms"][0]["figures"]["valid"] == 0
