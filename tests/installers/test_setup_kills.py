"""Setup cut off: what counts as half is found, and an upgrade killed at any step leaves the old program or the new one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import setup_kills

PROGRAMS = ("pingyi",)
CAN_KILL = (
    os.geteuid() == 0 and all(map(shutil.which, ("dpkg", "dpkg-deb", "cc"))) if os.name == "posix" else False
)


@pytest.fixture
def versions(tmp_path: Path) -> dict[str, setup_kills.Listing]:
    made = (setup_kills.small(tmp_path, version, files=3) for version in (setup_kills.OLD, setup_kills.NEW))
    return dict(zip((setup_kills.OLDER, setup_kills.NEWER), map(setup_kills.listing, made), strict=True))


def place(tmp_path: Path) -> Path:
    """Where the new one was laid beside the old one, and the program is still the old one."""
    folder = tmp_path / f"small-{setup_kills.OLD}"
    new = tmp_path / f"small-{setup_kills.NEW}"
    shutil.copytree(new / f"_internal-{setup_kills.NEW}", folder / f"_internal-{setup_kills.NEW}")
    return folder


def test_two_versions_beside_each_other_are_whichever_the_program_is(tmp_path: Path, versions):
    folder = place(tmp_path)
    assert setup_kills.standing(folder, PROGRAMS, versions) == (setup_kills.OLDER,)
    shutil.copy2(tmp_path / f"small-{setup_kills.NEW}" / "pingyi", folder / "pingyi")
    assert setup_kills.standing(folder, PROGRAMS, versions) == (setup_kills.NEWER,)


@pytest.mark.parametrize("spoilt", ["pingyi", f"_internal-{setup_kills.OLD}/0.so"])
@pytest.mark.parametrize("how", ["gone", "changed"])
def test_a_program_that_lacks_something_is_half(tmp_path: Path, versions, spoilt: str, how: str):
    folder = place(tmp_path)
    (folder / spoilt).unlink()
    if how == "changed":
        (folder / spoilt).write_text("0", encoding="utf-8")
    with pytest.raises(setup_kills.HalfError):
        setup_kills.standing(folder, PROGRAMS, versions)


@pytest.mark.skipif(not CAN_KILL, reason="needs root, dpkg and a C compiler")
def test_an_upgrade_killed_at_any_step_leaves_one_program_or_the_other(tmp_path: Path):
    """Four steps of all; the whole series is a command of its own."""
    old, new = setup_kills.two_small(tmp_path, files=8)
    found = setup_kills.debs(4, old, new, tmp_path, started=True)
    assert found.total() == 4
    assert len(found) > 1, "killed while the old one stood, and while the new one did"
