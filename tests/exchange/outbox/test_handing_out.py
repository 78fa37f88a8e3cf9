"""Task files in a folder are never overwritten; what is no package is said as what it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

import make
from pingyi_desktop import cli
from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.inbox import collecting
from pingyi_desktop.exchange.outbox import handing_out, tasks
from pingyi_desktop.exchange.wire import bundle
from pingyi_desktop.storage import store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main([str(word) for word in words]), *capsys.readouterr()

    return command


@pytest.fixture
def office(tmp_path: Path) -> Path:
    held = make.published_company(tmp_path / "QL.pingyi")
    held.close()
    return held.path


def files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def test_a_unit_without_units_below_it_has_nothing_to_hand_out(tmp_path: Path, run: Run) -> None:
    make.published_school(tmp_path / "XX.pingyi", form_codes=["T-ORG-A"]).close()
    status, shown, said = run("assign", tmp_path / "XX.pingyi", "--out", tmp_path / "U盘")
    assert (status, shown, "没有任务可下发" in said) == (1, "", True)
    assert not (tmp_path / "U盘").exists()


def test_a_row_is_added_for_a_unit_by_any_of_its_names(office: Path, run: Run) -> None:
    deed = ("事项=修路", "类别=办实事")
    for named in ("QL.02", "二矿党委"):
        status, shown, said = run("deed", "add", office, "--org", named, *deed)
        assert (status, "QL.02-" in shown) == (0, True), said
    status, _, said = run("deed", "add", office, "--org", "三矿", *deed)
    assert (status, "“三矿”，没有找到这个党组织，请填代码、简称或全称" in said) == (1, True)


def test_a_task_that_lies_there_is_not_overwritten(office: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "U盘"
    assert run("assign", office, "--out", out)[0] == 0
    before, data = files(out), office.read_bytes()
    assert len(before) == 2
    for again in ((), ("--unit", "QL.02")):
        status, shown, said = run("assign", office, "--out", out, *again)
        assert (status, shown, said.count("\n")) == (1, "", 1)
        assert "任务-QL.0" in said
        assert "没有覆盖" in said
        assert "换一个文件夹" in said
        assert "重新下发" in said
        assert (files(out), office.read_bytes()) == (before, data)
    # Another folder, or a new task for the one unit, are the ways out.
    assert run("assign", office, "--out", tmp_path / "另一个U盘")[0] == 0
    assert run("assign", office, "--out", out, "--unit", "QL.02", "--again", "激活码泄露")[0] == 0
    assert before.items() < files(out).items()
    assert len(files(out)) == 3
    assert run("assign", office, "--out", out, "--unit", "QL.02")[0] == 1


def test_what_was_written_is_taken_away_when_it_does_not_come_to_its_end(
    office: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, said = run(
        "assign", office, "--out", tmp_path / "U", "--recovery-out", tmp_path / "没有" / "码"
    )
    assert (status, "没有" in said, (tmp_path / "U").exists()) == (1, True, False)
    (tmp_path / "U").mkdir()
    (tmp_path / "U" / "别的").write_text("在")
    monkeypatch.setattr(sys, "stdout", None)
    status, _, said = run("assign", office, "--out", tmp_path / "U")
    assert (status, "什么都没有改动" in said, files(tmp_path / "U")) == (1, True, {"别的": "在".encode()})
    held = store.open_file(office)
    with held.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM issued_task").scalar() == 0
    held.close()


def test_the_window_asks_before_any_slip_is_shown(tmp_path: Path) -> None:
    name = f"任务-QL.01{tasks.SUFFIX}"
    handing_out.check_free(tmp_path / "还没有", [name])
    handing_out.check_free(tmp_path, [name])
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FileError, match="已经在文件夹"):
        handing_out.check_free(tmp_path, ["别的", name])


def test_an_empty_folder_is_said(office: Path, tmp_path: Path, run: Run) -> None:
    stick = tmp_path / "U盘"
    stick.mkdir()
    before = office.read_bytes()
    assert "“U盘”是空的" in run("import", office, stick)[2]
    (stick / "照片.jpg").write_bytes(b"x")
    assert "没有数据包（文件名以“.pingyi-pack”结尾）" in run("import", office, stick)[2]
    with ZipFile(stick / "上报.zip", "w") as archive:
        archive.writestr("一矿.pingyi-pack", b"x")
    status, shown, said = run("import", office, stick)
    assert (status, shown) == (1, "")
    assert "有压缩包“上报.zip”：请先解压" in said
    assert office.read_bytes() == before


@pytest.mark.parametrize("name", ["上报.zip", "上报", "上报.pingyi-pack.txt"])
@pytest.mark.parametrize("begins", [b"PINGYIBUNDLE/1 deflate ", b"age-encryption.org/v1\n-> X25519 "])
def test_a_renamed_package_is_found_in_a_folder(begins: bytes, name: str, tmp_path: Path) -> None:
    stick = tmp_path / "U盘"
    (stick / "一矿").mkdir(parents=True)
    (stick / "一矿" / name).write_bytes(begins)
    (stick / "一矿" / "任务.pingyi-task").write_bytes(b"age-encryption.org/v1\n-> scrypt AAA")
    (stick / "改了名的任务").write_bytes(b"age-encryption.org/v1\n-> scrypt AAA")
    (stick / "照片.jpg").write_bytes(b"x")
    assert collecting.collect([stick]) == [(name, stick / "一矿" / name)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04" + b"x" * 100, "压缩包或表格"),
        (b"SQLite format 3\0" + b"x" * 100, "数据文件，不是数据包"),
        (b"%PDF-1.7", "PDF 文件"),
        (b"x", "不是评议数据包"),
    ],
)
def test_another_file_under_a_package_s_name_is_said_as_what_it_is(content: bytes, told: str) -> None:
    with pytest.raises(PackageError, match=told):
        bundle.read(content)


NEW = ("--name", "评议", "--activity", "创先争优")


@pytest.mark.parametrize("year", ["-1", "0", "1999", "2100", "99999999999999999999"])
def test_a_year_is_of_this_century(year: str, office: Path, run: Run) -> None:
    dates = ("--start", "2025-01-01", "--end", "2025-12-31")
    status, _, said = run("campaign", "new", office, *NEW, f"--year={year}", *dates)
    assert (status, "2000 至 2099" in said) == (2, True)
    dates = ("--start", "2025-01-01", "--end", "3025-12-31")
    status, _, said = run("campaign", "new", office, *NEW, "--year=2025", *dates)
    assert (status, "2000 至 2099" in said) == (1, True)


def test_days_and_people_are_those_of_the_campaign(office: Path, run: Run) -> None:
    def hold(day: str, people: str) -> tuple[int, str]:
        words = (office, "QL.01", "--layer", 1, f"--date={day}", f"--expected={people}", "--actual=1")
        status, _, said = run("session", "hold", *words, "--reason", "已核实")
        return status, said

    status, said = hold("2099-01-12", "12")
    assert (status, "V-SES-30" in said or "一年以上" in said) == (1, True)
    status, said = hold("2024-01-12", "2000000000")
    assert (status, "0 至 999999" in said) == (2, True)
    assert hold("2024-01-12", "12")[0] == 0
