"""pingyi forms shape: shown, changed, previewed; locked once published; what was shaped travels, is printed and keyed."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

import make
from pingyi_desktop import cli, saving
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.storage import store

SAID = ("--scale", "SAT4U", "--people", "师生", "--own", "食堂管理情况", "--by", make.BY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with closing(make.company(tmp_path / "公司.pingyi")) as held, held.transaction() as session:
        make.draft(session)
        return held.path


@pytest.fixture
def run(file: Path, capsys: pytest.CaptureFixture[str]):
    def command(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main(["forms", "shape", str(file), *map(str, words)]), *capsys.readouterr()

    return command


def test_a_form_is_shaped_in_the_draft_and_shown_as_it_will_be_printed(run, tmp_path: Path) -> None:
    preview = tmp_path / "样张.pdf"
    status, said, err = run("T-ORG-A", *SAID, "--preview", preview, "--json")
    assert (status, err) == (0, "")
    facts = json.loads(said)
    assert facts["version"] == 2
    assert facts["shape"] == {"scale": "SAT4U", "people": "师生", "split": False, "own": ["食堂管理情况"]}
    (page,) = (re.sub(r"\s", "", one.extract_text()) for one in PdfReader(preview).pages)
    for item in facts["items"]:
        assert item["text"] in page
    assert "5不了解" in page
    assert "T-ORG-A第2版" in page
    status, said, err = run("T-ORG-A")
    assert (status, err) == (0, "")
    assert "附加题：食堂管理情况" in said
    assert "满意、比较满意、基本满意、不满意、不了解" in said


def test_what_is_not_named_stays_and_reset_goes_back_to_the_template(run) -> None:
    run("T-ORG-A", *SAID)
    _, said, _ = run("T-ORG-A", "--people", "干部", "--by", make.BY, "--json")
    assert json.loads(said)["shape"] == {
        "scale": "SAT4U",
        "people": "干部",
        "split": False,
        "own": ["食堂管理情况"],
    }
    _, said, _ = run("T-ORG-A", "--reset", "--by", make.BY, "--json")
    facts = json.loads(said)
    assert facts["shape"] == {"scale": "", "people": "", "split": False, "own": []}
    assert facts["version"] == 4
    assert {item["scale"] for item in facts["items"]} == {"SAT4"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("T-ORG-A", "--scale", "SAT9"), "没有评议等次“SAT9”，可用的有：SAT4、"),
        (("T-ORG-A", "--split"), "“T-ORG-A”上没有一题两问的题"),
        (("T-ORG-A", "--own", "题", "--own", "题"), "评议内容为空或与第"),
        (("T-ORG-D", "--scale", "SAT3"), "本次活动没有使用评议表“T-ORG-D”"),
    ],
)
def test_a_wrong_word_is_a_sentence_and_changes_nothing(run, tmp_path: Path, words, sentence: str) -> None:
    preview = tmp_path / "样张.pdf"
    status, said, err = run(*words, "--by", make.BY, "--preview", preview)
    assert (status, said) == (1, "")
    assert sentence in err
    assert not preview.exists()
    assert json.loads(run("T-ORG-A", "--json")[1])["version"] == 1


def test_a_preview_that_cannot_be_written_changes_nothing(run, monkeypatch, tmp_path: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "put", full)
    status, _, err = run("T-ORG-A", *SAID, "--preview", tmp_path / "样张.pdf")
    assert status == 1
    assert "样张.pdf" in err
    assert not list(tmp_path.glob("*样张*"))
    monkeypatch.undo()
    assert json.loads(run("T-ORG-A", "--json")[1])["version"] == 1


def test_what_is_published_is_locked(file: Path, run) -> None:
    with closing(store.open_file(file)) as held, held.transaction() as session:
        campaign_id = campaigns.in_preparation(session).id
        sessions.publish(session, campaign_id=campaign_id, by=make.BY, reason=make.WHY)
    status, _, err = run("T-ORG-A", *SAID)
    assert status == 1
    assert "活动已发布，评议表和统计口径不能再改" in err
