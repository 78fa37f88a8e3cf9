"""Where the user's own folder cannot be made the window works all the same, and remembers until it is closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pingyi_desktop import bounds, faultlog
from pingyi_desktop.gui.campaign.campaign_form import CampaignFields
from pingyi_desktop.gui.keying import sounds
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.gui.window import Window


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "文件").write_bytes(b"x")
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "文件" / "里面"))
    monkeypatch.setattr(settings, "_kept", {})


@pytest.mark.usefixtures("homeless")
def test_settings_last_until_the_program_ends(tmp_path: Path) -> None:
    assert settings.recent() == []
    settings.remember(tmp_path / "甲.pingyi")
    settings.remember_folder(tmp_path)
    settings.set_operator("赵登记")
    settings.set_may_fill(False)
    assert settings.recent() == [tmp_path / "甲.pingyi"]
    assert (settings.folder(), settings.operator(), settings.may_fill()) == (tmp_path, "赵登记", False)


@pytest.mark.usefixtures("homeless")
def test_a_bug_and_a_sound_without_a_place_are_no_second_bug() -> None:
    settings.set_sounds(True)
    with pytest.raises(OSError, match="文件"):
        faultlog.append("出错的经过")
    assert faultlog.without_personal_data() == ""
    assert not sounds._play(sounds.BUZZ)
    sounds.refuse()


@pytest.mark.usefixtures("homeless")
def test_the_window_opens(open_window, tmp_path: Path) -> None:
    window = open_window(())
    assert isinstance(window, Window)


def test_numbers_and_days_of_a_campaign_are_bounded(qtbot) -> None:
    form = CampaignFields()
    qtbot.addWidget(form)
    for typed, kept in ((-1, 2000), (99_999, 2099)):
        form.year.setValue(typed)
        assert form.year.value() == kept
    form.number.setValue(2**31 - 1)
    assert form.number.value() == bounds.MOST_PERIODS
    for day in (form.start, form.end):
        assert (day.minimumDate().year(), day.maximumDate().year()) == (2000, 2099)
