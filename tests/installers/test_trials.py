"""What the trials in a bare Debian and under wine count and hold against each other, without either."""

from __future__ import annotations

from pathlib import Path

import in_bare_debian
import pytest
import wine
import wine_trials


@pytest.fixture
def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> in_bare_debian.Hands:
    """Hands that touch nothing."""
    monkeypatch.setattr(in_bare_debian, "x", lambda *_: "")
    monkeypatch.setattr(in_bare_debian, "inside", lambda *_, **__: "")
    monkeypatch.setattr(in_bare_debian.time, "sleep", lambda _: None)
    return in_bare_debian.Hands(tmp_path / "pictures")


def test_every_key_and_every_click_is_counted(hands: in_bare_debian.Hands, tmp_path: Path):
    hands.double_click(tmp_path, "task")
    hands.type("1234")
    hands.press("Return", "Tab")
    hands.fill(12, 0)
    hands.ballots("112", 2)
    assert hands.clicks == 1
    assert hands.keys == 4 + 2 + (2 + 1) + (1 + 1) + 2 * (3 + 1)


def test_a_step_that_does_not_come_is_told(hands: in_bare_debian.Hands, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(in_bare_debian, "PATIENCE", 0)
    with pytest.raises(in_bare_debian.StuckError, match="封存"):
        hands.look("封存")


@pytest.mark.parametrize("after", [{"a": "1"}, {"a": "1", "b": "3"}, {"a": "1", "b": "2", "c": "3"}])
def test_a_file_of_the_user_s_that_is_gone_changed_or_new_is_told(monkeypatch: pytest.MonkeyPatch, after):
    monkeypatch.setattr(in_bare_debian, "kept", lambda _: after)
    with pytest.raises(in_bare_debian.WrongError, match="升级以后不一样了"):
        in_bare_debian.unchanged(Path(), {"a": "1", "b": "2"}, "升级")
    in_bare_debian.unchanged(Path(), dict(after), "升级")


def test_a_package_that_was_not_refused_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(in_bare_debian, "inside", lambda *_: "Setting up pingyi")
    with pytest.raises(in_bare_debian.WrongError, match="没有拒绝"):
        in_bare_debian.refused(Path(), Path("pingyi.deb"), "评议正在运行")


def test_what_is_not_so_under_wine_is_told(capsys: pytest.CaptureFixture[str]):
    wine_trials.expect(True, "装好了")
    assert "装好了" in capsys.readouterr().out
    with pytest.raises(wine_trials.TrialError, match="装好了"):
        wine_trials.expect(0, "装好了")


def test_the_lock_for_windows_has_no_conditions_and_every_hash():
    blocks = wine.requirements().splitlines()
    pinned = [line for line in blocks if line and not line.startswith((" ", "#"))]
    assert pinned
    assert all(line.endswith(" \\") and "==" in line and ";" not in line for line in pinned)
    assert sum("--hash=sha256:" in line for line in blocks) >= len(pinned)
    assert any(line.startswith("pywin32-ctypes==") for line in pinned), "what only Windows takes"
