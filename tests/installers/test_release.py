"""The release on real Windows, as far as it can be read here: pinned, and asking for what the scripts have."""

from __future__ import annotations

import re
from pathlib import Path

import making
import pytest
import selftesting
import wine_trials

ROOT = Path(__file__).resolve().parent.parent.parent
WORKFLOW = (ROOT / ".ci" / "release-windows.yml").read_text(encoding="utf-8")


def test_what_the_release_fetches_is_pinned():
    used = re.findall(r"uses: (\S+)", WORKFLOW)
    assert len(used) >= 3
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in used), used
    assert re.search(r'python-version: "3\.11\.\d+"', WORKFLOW)
    assert re.search(r"choco install nsis --version=\d", WORKFLOW)
    assert "latest" not in WORKFLOW
    assert "://" not in WORKFLOW
    dev = (ROOT / "installers" / "dev.py").read_text(encoding="utf-8")
    assert "--require-hashes" in dev, "python installers/build.py sets up with it"


def test_the_release_asks_for_what_the_scripts_have(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        making.run(["--help"])
    offered = capsys.readouterr().out
    for words in re.findall(r"python installers/build\.py(.*)", WORKFLOW):
        assert all(word in offered for word in words.split())
    assert f"dist\\{making.SUMS}" in WORKFLOW
    statuses = {int(one) for one in re.findall(r"\(Install\) -ne (\d)", WORKFLOW)}
    assert statuses == {0, wine_trials.RUNNING, wine_trials.NEWER}
    nsi = (ROOT / "installers" / "windows" / "setup.nsi").read_text(encoding="utf-8")
    refusals = {int(one) for one in re.findall(r"insertmacro Refuse (\d)", nsi)}
    tried = {wine_trials.RUNNING, wine_trials.NEWER, wine_trials.SMALL, wine_trials.READ_ONLY}
    assert refusals == {*tried, 2}, "2: an older Windows, which nobody here has"


def test_a_start_is_told_beside_the_empty_window_s_also_where_the_system_does_not_say():
    assert "1.50 倍" in selftesting.beside(2.0, 3.0)
    assert selftesting.beside(0.0, 0.0) == "这个系统不说"


def test_starts_are_taken_in_turns_so_that_what_else_the_computer_does_comes_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    started: list[str] = []
    monkeypatch.setattr(selftesting.subprocess, "run", lambda command, **_: started.append(command[0]))
    taken = selftesting.least({"empty": ["empty"], "ours": ["ours"]}, tmp_path, None)
    assert started == ["empty", "ours"] * selftesting.TIMES
    assert set(taken) == {"empty", "ours"}
