"""The packages around the frozen folder, made of a small folder that stands for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import bundling
import cryptography
import licences
import linux_packages
import pytest
import sqlalchemy
import windows_packages
from PySide6 import QtCore

from pingyi_desktop import paths

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="packages of Linux")
SUFFIXES = {paths.DATA_SUFFIX, paths.TASK_SUFFIX, paths.PACKAGE_SUFFIX}
EPOCH = 1_700_000_000


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A folder like the frozen one: a program, a library, the licences."""
    folder = tmp_path / "frozen" / "pingyi"
    (folder / bundling.INTERNAL).mkdir(parents=True)
    (folder / "pingyi").write_text("#!/bin/sh\necho 评议\n", encoding="utf-8")
    (folder / "pingyi").chmod(0o755)
    (folder / bundling.INTERNAL / "数据.txt").write_text("甲", encoding="utf-8")
    (folder / licences.NAME).write_text("许可", encoding="utf-8")
    return folder


def test_the_desktop_is_told_of_every_kind_of_file_of_ours():
    tree = ElementTree.fromstring(linux_packages.mime())
    globs = {one.attrib["pattern"].removeprefix("*") for one in tree.iter() if one.tag.endswith("}glob")}
    assert globs == SUFFIXES


def test_menu_entry_types_and_icons_belong_together(tmp_path: Path):
    linux_packages.share(tmp_path, "/opt/pingyi/pingyi")
    entry = (tmp_path / "applications/pingyi.desktop").read_text(encoding="utf-8")
    assert 'Exec="/opt/pingyi/pingyi" %F' in entry
    types = re.search(r"^MimeType=(.*);$", entry, re.MULTILINE)[1].split(";")
    assert types == list(linux_packages.TYPES)
    icons = {path.stem for path in (tmp_path / "icons/hicolor/scalable/mimetypes").iterdir()}
    assert icons == {name.replace("/", "-") for name in types}
    for path in tmp_path.rglob("*.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


@LINUX
@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg here")
def test_a_deb_has_the_folder_the_menu_and_what_it_needs_and_is_the_same_twice(frozen: Path, tmp_path: Path):
    made = []
    for number in "12":
        out = tmp_path / number
        out.mkdir()
        made.append(linux_packages.deb(frozen, out, "1.2.3", EPOCH))
    assert made[0].read_bytes() == made[1].read_bytes()
    told = subprocess.run(["dpkg-deb", "-f", made[0]], capture_output=True, text=True, check=True).stdout
    assert "Version: 1.2.3\n" in told
    assert re.search(r"^Depends: libc6 \(>= \d+\.\d+\)", told, re.MULTILINE)
    listed = subprocess.run(["dpkg-deb", "-c", made[0]], capture_output=True, text=True, check=True).stdout
    names = {line.split()[5] for line in listed.splitlines()}
    assert {
        "./opt/pingyi/pingyi",
        f"./opt/pingyi/{licences.NAME}",
        "./usr/share/applications/pingyi.desktop",
    } <= names
    assert not {name for name in names if name.startswith(("./home", "./root", "./var"))}
    assert " root/root " in listed.splitlines()[0]


@LINUX
@pytest.mark.parametrize(
    ("words", "refused"),
    [(["upgrade", "1.2.4"], "更新的版本"), (["upgrade", "1.2.2"], ""), (["install"], "")],
)
@pytest.mark.skipif(shutil.which("dpkg") is None, reason="no dpkg here")
def test_an_older_package_is_not_laid_over_a_newer_one(tmp_path: Path, words: list[str], refused: str):
    script = linux_packages.script("preinst", "1.2.3", "/no/such", 1)
    (tmp_path / "preinst").write_text(script, encoding="utf-8")
    done = subprocess.run(["sh", tmp_path / "preinst", *words], capture_output=True, text=True, check=False)
    assert (done.returncode, refused in done.stderr) == (int(bool(refused)), True)


@LINUX
def test_a_disk_that_is_too_small_is_told_before_anything_is_changed(tmp_path: Path):
    script = linux_packages.script("preinst", "1.2.3", "/no/such", 10**13)
    (tmp_path / "preinst").write_text(script, encoding="utf-8")
    done = subprocess.run(
        ["sh", tmp_path / "preinst", "install"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.fullmatch(r"磁盘只剩 \d+ MB，装评议要 \d+ MB，没有安装。请腾出空间再装一次。\n", done.stderr)


@LINUX
@pytest.mark.parametrize(("script", "word"), [("preinst", "install"), ("prerm", "remove")])
def test_nothing_is_changed_while_the_program_runs(tmp_path: Path, script: str, word: str):
    program = Path(shutil.copy2(shutil.which("sleep"), tmp_path / "pingyi"))
    text = linux_packages.script(script, "1.2.3", str(program.resolve()), 1)
    (tmp_path / script).write_text(text, encoding="utf-8")
    command = ["sh", tmp_path / script, word]
    running = subprocess.Popen([program, "600"])
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        running.kill()
        running.wait()
    assert done.returncode == 1
    assert "评议正在运行" in done.stderr
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@LINUX
def test_the_portable_folder_registers_itself_for_one_user_and_takes_that_back(frozen: Path, tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    archive = linux_packages.portable(frozen, out, "1.2.3", EPOCH)
    with tarfile.open(archive) as packed:
        assert {one.mtime for one in packed} == {EPOCH}
        packed.extractall(tmp_path / "我的 U盘&", filter="data")
    place = next((tmp_path / "我的 U盘&").iterdir())
    base = tmp_path / "家" / "data"
    env = {**os.environ, "HOME": str(tmp_path / "家"), "XDG_DATA_HOME": str(base)}
    subprocess.run(["sh", place / "menu.sh"], env=env, check=True, capture_output=True)
    entry = (base / "applications/pingyi.desktop").read_text(encoding="utf-8")
    assert f'Exec="{place}/pingyi" %F' in entry
    mine = base / "pingyi" / "甲.pingyi"
    mine.parent.mkdir()
    mine.write_text("数据", encoding="utf-8")
    subprocess.run(["sh", place / "menu.sh", "remove"], env=env, check=True, capture_output=True)
    assert not (base / "applications/pingyi.desktop").exists()
    assert mine.exists()


def test_a_windows_zip_is_the_same_twice(frozen: Path, tmp_path: Path):
    made = []
    for number in "12":
        (tmp_path / number).mkdir()
        made.append(windows_packages.portable(frozen, tmp_path / number, "1.2.3", EPOCH))
    assert made[0].read_bytes() == made[1].read_bytes()
    with zipfile.ZipFile(made[0]) as archive:
        assert f"{made[0].stem}/{licences.NAME}" in archive.namelist()


def test_uninstalling_takes_away_by_name_what_setup_brought(frozen: Path):
    macros = windows_packages.own_files(frozen)
    for name in ("pingyi", licences.NAME, windows_packages.UNINSTALLER):
        assert f'!insertmacro Away "{name}"' in macros
        assert f'!insertmacro Place "{name}"' in macros
    assert bundling.INTERNAL not in macros, "a folder is not changed in one step"
    script = (windows_packages.HERE / "setup.nsi").read_text("utf-8")
    assert not re.search(r'RMDir /r "\$INSTDIR"', script)
    assert "RequestExecutionLevel user" in script
    assert {f'"${{{name}}}"' for name in ("DATA", "TASK", "PACK")} <= set(re.findall(r'"\$\{\w+\}"', script))


@pytest.mark.skipif(shutil.which("makensis") is None, reason="no NSIS here")
def test_setup_can_be_made(frozen: Path, tmp_path: Path):
    (frozen / "pingyi-window.exe").write_bytes(b"MZ")
    assert windows_packages.setup(frozen, tmp_path, "1.2.3").read_bytes().startswith(b"MZ")


def test_an_icon_has_every_picture_where_it_says():
    made = windows_packages.ico([(16, b"\x89PNG16"), (256, b"\x89PNG256")])
    assert made[:6] == b"\0\0\1\0\2\0"
    assert made[6] == 16
    assert made[6 + 16] == 0  # 256, as icons write it
    assert made.endswith(b"\x89PNG16\x89PNG256")


# Licences


def test_licences_are_those_of_what_is_there_each_text_once():
    files = [("a", sqlalchemy.__file__), ("b", QtCore.__file__), ("c", re.__file__)]
    found = licences.components([(name, str(Path(source).resolve())) for name, source in files])
    names = {one.name.split(" ")[0] for one in found}
    assert names == {"SQLAlchemy", "PySide6_Essentials", "Python", "pyinstaller"}
    text = licences.text(found)
    assert text.count("GNU LESSER GENERAL PUBLIC LICENSE\n") == 1
    assert "可以用自己编译的" in text
    assert "SIL OPEN FONT LICENSE" in text


def test_what_is_compiled_into_a_wheel_is_listed_with_its_licence():
    (found,) = licences.components([("a", str(Path(cryptography.__file__).resolve()))])[:1]
    built_in = next(text for text in found.texts if text.startswith("编进 cryptography 的软件"))
    assert re.search(r"^pyo3 \d\S+    MIT OR Apache-2.0$", built_in, re.MULTILINE)
    assert any("The OpenSSL Project Authors" in text for text in found.texts)


@LINUX
def test_a_file_that_belongs_to_nobody_stops_the_build(tmp_path: Path):
    (tmp_path / "foreign.so").write_bytes(b"")
    with pytest.raises(licences.UnknownOwnerError, match=r"foreign\.so"):
        licences.components([("foreign.so", str(tmp_path / "foreign.so"))])
