"""Settings and recent files outlive an upgrade of the program and of a file; a settings file that is none harms nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pingyi_desktop import paths
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.storage import store
from pingyi_desktop.storage.care import mounts
from pingyi_desktop.storage.formats import migrations

OLD = Path(__file__).parents[2] / "old_databases"
WRITTEN = """[files]
recent=/数据/张 三/评议/一矿党委.pingyi\\n/挂载/U 盘/二矿.pingyi

[folders]
last=/数据/张 三/评议

[keying]
count=yes
fill=no
sounds=yes

[operator]
name=王办事

[of-a-newer-edition]
something=else
"""
"""as an edition wrote it that knew data format 1, and with what today's does not know"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PINGYI_HOME", str(tmp_path / "家"))
    return paths.user_data()


def test_what_is_kept_already_is_not_written_again(home: Path) -> None:
    settings.set_last_page("exchange")
    settings._settings().sync()
    os.utime(home / "pingyi.ini", (0, 0))
    settings.set_last_page("exchange")
    settings._settings().sync()
    assert (home / "pingyi.ini").stat().st_mtime == 0
    settings.set_last_page("results")
    settings._settings().sync()
    assert (home / "pingyi.ini").stat().st_mtime > 0


@pytest.mark.skipif(os.name == "nt", reason="paths as Linux has them")
def test_what_an_earlier_edition_wrote_is_read_and_what_a_newer_one_wrote_stays(home: Path) -> None:
    (home / "pingyi.ini").write_text(WRITTEN, encoding="utf-8")
    assert settings.recent() == [Path("/数据/张 三/评议/一矿党委.pingyi"), Path("/挂载/U 盘/二矿.pingyi")]
    assert (settings.operator(), settings.sounds(), settings.count_asked(), settings.may_fill()) == (
        "王办事",
        True,
        True,
        False,
    )
    settings.set_theme("dark")
    settings._settings().sync()
    left = (home / "pingyi.ini").read_text(encoding="utf-8")
    assert "something=else" in left
    assert "name=王办事" in left
    assert settings.theme() == "dark"


def test_a_file_that_is_upgraded_stays_on_top_of_the_recent_ones(
    open_window, home: Path, tmp_path: Path
) -> None:
    other, old = tmp_path / "别的.pingyi", tmp_path / "U 盘" / "旧 的.pingyi"
    old.parent.mkdir()
    shutil.copy(OLD / "v1.pingyi", old)
    settings.remember(other)
    settings.remember(old)
    settings.remember(other)
    window = open_window()
    assert window.open_path(old)
    window.close_file()
    assert store.format_of(old) == migrations.LATEST
    assert settings.recent() == [old.resolve(), other.resolve()]


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff" * 5000,
        b"[files]\nrecent=" + b"/x\\n" * 100_000,
        b"[files]\nrecent=\\x0/a\\n../b\\n/"
        + b"y" * 9000
        + b"\\n/good.pingyi\n[window]\ngeometry=zz\npage=\\x0\n",
        b"[look]\ntheme=../../x\ntext=99\ndensity=-1\n[operator]\nname=@Invalid()\n",
        b"[columns]\n%x=1:99999999999999\n[folders]\nlast=@Variant(\\0\\0\\0\\x7f\\0)\n",
    ],
)
def test_a_settings_file_that_is_none_costs_only_the_settings(
    open_window, home: Path, content: bytes
) -> None:
    (home / "pingyi.ini").write_bytes(content)
    assert len(settings.recent()) <= settings.RECENT
    assert all(one.is_absolute() and len(str(one)) < 5000 for one in settings.recent())
    assert settings.operator()
    assert settings.folder().is_dir()
    window = open_window()
    assert window.isVisible()


def test_a_large_settings_file_is_put_aside_and_not_read(home: Path) -> None:
    filled = b"[operator]\nname=x\n" + b"; \n" * settings.MOST
    (home / "pingyi.ini").write_bytes(filled)
    settings.set_operator("王办事")
    settings._settings().sync()
    assert settings.operator() == "王办事"
    assert (home / "pingyi-太大.ini").read_bytes() == filled


def test_a_folder_in_the_place_of_the_settings_harms_nothing(open_window, home: Path) -> None:
    (home / "pingyi.ini").mkdir()
    settings.set_theme("dark")
    assert settings.recent() == []
    assert open_window().isVisible()


@pytest.mark.skipif(os.name != "posix", reason="links need rights there")
def test_a_recent_file_that_is_a_link_in_a_circle_now_is_looked_for_once(
    open_window, home: Path, qtbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the search would begin with it again every few milliseconds, each time with a bug to tell."""
    circle = home / "圈.pingyi"
    settings.remember(circle, "QL 1 ")
    circle.symlink_to(circle.name)
    assert settings.identity(circle) == "QL 1 "
    monkeypatch.setattr(mounts, "mounted", list)
    window = open_window()
    qtbot.waitUntil(lambda: not window.welcome._sought)
