"""What is shown once is shown before anything is committed: with nowhere to show it nothing is changed, and nothing is lost.

The verbs that show a code this once: ``init --encrypt``, ``protect``, ``protect --new-recovery-code``, ``campaign publish``,
``assign`` and ``assign --again``.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from series import LONG

import make
from pingyi_desktop import cli
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.exchange.locks import codes, protection
from pingyi_desktop.exchange.outbox import recovery, tasks
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.store import Store

WORD = "春风化雨2024"
WHY = ("--reason", make.WHY)  # a draft without the five elements asks for one
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("PINGYI_PASSWORD", WORD)

    def command(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main([str(word) for word in words]), *capsys.readouterr()

    return command


class Full(io.StringIO):
    """Standard output to a disk that is full: found out when it is flushed."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def _drafted(path: Path) -> Store:
    made = make.company(path)
    with made.transaction() as session:
        make.draft(session)
    return made


@pytest.fixture
def company(tmp_path: Path) -> Path:
    made = make.copied(tmp_path / "QL.pingyi", _drafted)
    made.close()
    return made.path


def words_of(verb: str, path: Path, out: Path, run: Run) -> list[object]:
    """A verb that shows a code, on a file prepared for it."""
    if verb.startswith("assign"):
        path.unlink()
        make.published_company(path).close()
    if verb == "assign --again":
        assert run("assign", path, "--out", out)[0] == 0
        return ["assign", path, "--out", out, "--unit", "QL.01", "--again", "激活码泄露"]
    if verb == "new code":
        assert run("protect", path)[0] == 0
        return ["protect", path, "--new-recovery-code"]
    return {
        "init": [
            "init",
            out / "新.pingyi",
            "--code",
            "X",
            "--name",
            "新单位",
            "--type",
            "BRANCH",
            "--encrypt",
        ],
        "protect": ["protect", path],
        "encrypt": ["protect", path, "--encrypt"],
        "publish": ["campaign", "publish", path, *WHY],
        "assign": ["assign", path, "--out", out],
    }[verb]


VERBS = ("init", "protect", "encrypt", "new code", "publish", "assign", "assign --again")


def content(path: Path) -> dict[str, list[object]]:
    """Every row of a plain file."""
    held = store.open_file(path)
    with held.reading() as session:
        raw = session.connection()
        tables = raw.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        found = {name: [*map(tuple, raw.exec_driver_sql(f"SELECT * FROM {name}"))] for name in tables}
    held.close()
    return found


@pytest.mark.parametrize(
    ("verb", "where"),
    [(verb, "stdout") for verb in VERBS]
    + [(verb, "file") for verb in (VERBS if LONG else ("init", "encrypt", "publish", "assign"))],
)
def test_with_nowhere_to_show_it_nothing_is_changed(
    verb: str, where: str, company: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    words = words_of(verb, company, out, run)
    before = content(company)
    if where == "file":
        status, _, told = run(*words, "--recovery-out", tmp_path / "没有" / "码.txt")
    else:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Full())
            status, _, told = run(*words)
        assert "什么都没有改动" in told
        assert "--recovery-out" in told
    assert status == 1
    assert content(company) == before
    assert not cipher.is_encrypted(company)
    assert not (out / "新.pingyi").exists()
    assert not list(tmp_path.rglob("*.part")) + list(tmp_path.rglob("*.key*"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_publishing_to_a_full_disk_publishes_nothing_and_says_so(company: Path) -> None:
    before = content(company)
    command = [sys.executable, "-m", "pingyi_desktop", "campaign", "publish", str(company), *WHY]
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, env=buffered)
    assert ended.returncode == 1
    assert ended.stderr.strip().startswith("恢复码或激活码没有显示出来（盘已满），所以什么都没有改动。")
    assert len(ended.stderr.strip().splitlines()) == 1
    assert content(company) == before


@pytest.mark.parametrize("verb", VERBS)
def test_the_code_is_shown_before_the_commit(
    verb: str, company: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the code is out, the file is as it was before."""
    out, seen = tmp_path / "out", list[object]()
    out.mkdir()
    words = words_of(verb, company, out, run)
    before = content(company)

    class Watching(io.StringIO):
        def flush(self) -> None:
            if not seen:
                digits = sum(letter.isdigit() for letter in self.getvalue())
                seen.extend(
                    [digits >= 16, company.read_bytes()[:16] == cipher.PLAIN, (out / "新.pingyi").exists()]
                )

    path_before = company.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Watching())
        status = run(*words)[0]
    assert status == 0
    assert seen == [True, True, False]
    assert verb == "init" or company.read_bytes() != path_before
    assert verb in ("init", "encrypt") or content(company) != before


def test_a_code_in_a_file_is_the_right_one_and_not_on_the_screen(
    company: Path, tmp_path: Path, run: Run
) -> None:
    def code_in(name: str) -> str:
        return (tmp_path / name).read_text(encoding="utf-8")

    status, said, _ = run("campaign", "publish", company, *WHY, "--recovery-out", tmp_path / "1.txt")
    assert status == 0
    code = "".join(filter(str.isdigit, code_in("1.txt").split("（")[0]))
    assert code[:4] not in said
    held = store.open_file(company)
    with held.reading() as session:
        chosen = campaigns.current(session).id
        assert recovery.identity(session, campaign_id=chosen, code=code)
    held.close()
    words = ("assign", company, "--out", tmp_path / "U", "--json", "--recovery-out", tmp_path / "2.txt")
    status, said, _ = run(*words)
    assert (status, said) == (0, "")
    for row in json.loads(code_in("2.txt")):
        assert (
            tasks.read_task((tmp_path / "U" / row["file"]).read_bytes(), row["code"]).unit_code == row["unit"]
        )
    again = ("--unit", row["unit"], "--again", "换人", "--recovery-out", tmp_path / "4.txt")
    status, said, _ = run("assign", company, "--out", tmp_path / "V", *again)
    assert (status, f"激活码写在 {tmp_path / '4.txt'}" in said, "请抄下" in said) == (0, True, False)
    status, said, _ = run("protect", company, "--encrypt", "--recovery-out", tmp_path / "3.txt")
    assert status == 0
    code = "".join(filter(str.isdigit, code_in("3.txt").splitlines()[0]))
    assert codes.grouped(code) not in said
    assert protection.unlock(protection.of_file(company), recovery_code=code)
    status, _, told = run("protect", company, "--new-recovery-code", "--recovery-out", tmp_path / "3.txt")
    assert status == 1
    assert "已经存在" in told
    assert protection.unlock(protection.of_file(company), recovery_code=code)


def test_a_slip_made_ahead_opens_the_file_made_later(company: Path, run: Run) -> None:
    assert run("campaign", "publish", company, *WHY)[0] == 0
    held = store.open_file(company)
    with held.reading() as session:
        chosen = campaigns.current(session).id
        slips = tasks.foresee(session, campaign_id=chosen, units=["QL.01", "QL.02"])
    ready = {one.unit_code: one.code for one in slips}
    with held.transaction() as session:
        made = tasks.assign(session, campaign_id=chosen, by="x", units=["QL.01", "QL.02"], ready=ready)
    assert [(one.unit_code, one.file_name, one.code) for one in made] == [
        (one.unit_code, one.file_name, one.code) for one in slips
    ]
    with held.transaction() as session:
        (ahead,) = tasks.foresee(session, campaign_id=chosen, units=["QL.01"], again=True)
        again = tasks.reissue(
            session, campaign_id=chosen, unit="QL.01", reason="激活码泄露", by="x", code=ahead.code
        )
    assert (again.file_name, again.code) == (ahead.file_name, ahead.code)
    assert tasks.read_task(again.data, ahead.code).epoch == 2
    held.close()
