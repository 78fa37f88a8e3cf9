"""What goes into the frozen folder, without freezing it."""

from __future__ import annotations

import ast
import struct
import subprocess
import sys
from pathlib import Path

import bundling
import icu
import licences
import making
import pytest
import still

from pingyi_desktop import __version__, paths
from pingyi_desktop.render import page

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = ROOT / "installers" / "pingyi.spec"


def test_rooms_loaded_later_are_found_by_looking_not_from_a_list():
    spec = ast.parse(SPEC.read_text(encoding="utf-8"))
    (hidden,) = [
        word.value for node in ast.walk(spec) if isinstance(node, ast.Call)
        for word in node.keywords if word.arg == "hiddenimports"
    ]  # fmt: skip
    assert "collect_submodules" in ast.unparse(hidden)
    assert "bundling.WHOLE" in ast.unparse(hidden)
    assert bundling.PACKAGE in bundling.WHOLE
    for package in bundling.WHOLE:
        assert not any(package.startswith(f"{out}.") or package == out for out in bundling.LEFT_OUT)


def test_everything_the_program_reads_goes_along_and_no_picture_of_the_readme():
    taken = {dest for dest, _ in bundling.resources()}
    assert {f"resources/fonts/{file}" for file in page.FILES.values()} <= taken
    own = {path.relative_to(ROOT).as_posix() for path in paths.resources().rglob("*") if path.is_file()}
    assert {name for name in own if not name.startswith("resources/readme/")} == taken


@pytest.mark.parametrize(
    ("dest", "source", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", f"{sys.prefix}/q.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", f"{sys.prefix}/q.so", True),
        ("PySide6/plugins/platforms/qwindows.dll", f"{sys.prefix}/q.dll", True),
        ("PySide6/Qt/plugins/iconengines/libqsvgicon.so", f"{sys.prefix}/q.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", f"{sys.prefix}/q.so", False),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", f"{sys.prefix}/q.so", False),
        (
            "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
            f"{sys.prefix}/q",
            True,
        ),
        ("libxcb-cursor.so.0", "/usr/lib/x86_64-linux-gnu/libxcb-cursor.so.0", True),
        ("libGL.so.1", "/usr/lib/x86_64-linux-gnu/libGL.so.1", False),
        ("libglib-2.0.so.0", "/usr/lib/x86_64-linux-gnu/libglib-2.0.so.0", False),
        ("libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", False),
        ("pyrage/pyrage.abi3.so", f"{sys.prefix}/pyrage.abi3.so", True),
    ],
)
def test_only_what_is_used_goes_along(dest: str, source: str, wanted: bool):
    assert bundling.is_binary_wanted(dest, source, "linux") is wanted


def test_of_qt_s_own_texts_only_the_chinese_ones_go_along():
    assert bundling.is_data_wanted("PySide6/Qt/translations/qtbase_zh_CN.qm")
    assert not bundling.is_data_wanted("PySide6/Qt/translations/qtbase_de.qm")


def test_a_library_that_nobody_needs_stays_behind():
    lib = "PySide6/Qt/lib"
    places = [
        ("PySide6/QtWidgets.abi3.so", ""), ("PySide6/Qt/plugins/platforms/libqxcb.so", ""),
        (f"{lib}/libQt6Widgets.so.6", ""), (f"{lib}/libQt6Core.so.6", ""), (f"{lib}/libQt6Qml.so.6", ""),
        (f"{lib}/libQt6XcbQpa.so.6", ""), ("pillow.libs/libtiff.so.6", ""),
    ]  # fmt: skip
    imports = {
        "PySide6/QtWidgets.abi3.so": {"libQt6Widgets.so.6"},
        f"{lib}/libQt6Widgets.so.6": {"libQt6Core.so.6", "libc.so.6"},
        "PySide6/Qt/plugins/platforms/libqxcb.so": {"libQt6XcbQpa.so.6"},
        f"{lib}/libQt6Qml.so.6": {"libQt6Core.so.6"},
    }
    left = {dest for dest, _ in places} - bundling.needed(places, imports)
    assert left == {f"{lib}/libQt6Qml.so.6", "pillow.libs/libtiff.so.6"}


@pytest.mark.parametrize(
    ("dest", "library"),
    [
        ("PySide6/Qt6Network.dll", True),
        ("PySide6/QtCore.pyd", False),
        ("PySide6/pyside6.abi3.dll", False),
        ("PySide6/Qt/lib/libQt6Qml.so.6", True),
        ("PySide6/QtCore.abi3.so", False),
        ("PySide6/plugins/platforms/qwindows.dll", False),
        ("python311.dll", False),
    ],
)
def test_only_libraries_of_qt_and_of_wheels_go_when_nobody_needs_them(dest: str, library: bool):
    assert bundling.is_library(dest) is library


def test_what_is_too_large_is_not_handed_out(capsys: pytest.CaptureFixture[str]):
    limits = bundling.Sizes()
    making.weigh(Path("pingyi.deb"), 59_900_000, limits.of(Path("pingyi.deb")))
    making.weigh(Path("pingyi.zip"), 60_000_001, limits.of(Path("pingyi.zip")))
    assert "59.9 MB" in capsys.readouterr().out
    with pytest.raises(making.TooLargeError, match=r"pingyi\.deb"):
        making.weigh(Path("pingyi.deb"), 60_000_001, limits.of(Path("pingyi.deb")))


# ICU's data


def a_library(items: list[tuple[str, bytes]]) -> bytes:
    header = struct.pack("<H2s", 32, icu.MAGIC) + bytes(8) + icu.FORMAT + bytes(16)
    return b"\x7fELF" + bytes(60) + icu.packed(header, items)


def test_icu_keeps_its_items_whole_and_in_order():
    made = [
        ("icudt73l/af.res", b"a" * 7),
        ("icudt73l/coll/zh.res", b"b" * 100),
        ("icudt73l/root.res", b"c" * 33),
    ]
    read = icu.items(icu.package(a_library(made)))
    assert [(name, content.rstrip(b"\0")) for name, content in read] == made
    with pytest.raises(ValueError, match="no ICU data"):
        icu.package(b"\x7fELF" + bytes(1000))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("root.res", True), ("zh.res", True), ("zh_Hans_CN.res", True), ("en.res", True), ("pool.res", True),
        ("af.res", False), ("zu_ZA.res", False), ("coll/zh.res", True), ("coll/root.res", True), ("coll/ja.res", False),
        ("coll/ucadata.icu", True), ("gb18030.cnv", True), ("ibm-1047.cnv", False), ("nfkc.nrm", True), ("unames.icu", False),
        ("brkitr/word.brk", True), ("brkitr/thaidict.dict", False), ("translit/root.res", False), ("zone/de.res", False),
    ],
)  # fmt: skip
def test_of_icu_only_chinese_english_and_what_has_no_language_stay(name: str, kept: bool):
    assert icu.is_kept(name) is kept


def test_only_what_is_committed_is_built(tmp_path: Path):
    still.lay(tmp_path)
    laid = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    told = subprocess.run(
        ["git", "ls-tree", "-r", "-z", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, check=True
    )
    assert laid == set(filter(None, told.stdout.decode().split("\0")))


def test_the_folder_of_the_program_is_named_by_its_version():
    """What an upgrade lays beside the old one has a name of its own."""
    assert f"_internal-{__version__}" == bundling.INTERNAL
    assert bundling.INTERNAL in licences.QT_NOTE
    assert "contents_directory=bundling.INTERNAL" in SPEC.read_text(encoding="utf-8")
