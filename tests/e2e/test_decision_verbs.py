"""conflicts, decide, withdraw, undo-import, quarantine, receipt: the commands, between two offices."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from offices import BALLOTS, DIRECT, WHY, Command, World, handed_down, run

import make


@pytest.fixture
def rivals(world: World) -> tuple[Path, Path]:
    """One unit's two packages of one revision: its data file was copied and both copies were exported."""
    mine, other = make.copied_folder(world.root, _rivals)
    return world.root / mine, world.root / other


def _rivals(root: Path) -> tuple[Path, Path]:
    world = World(root, run, make.copied_folder(root, handed_down))
    world.key(DIRECT, BALLOTS[DIRECT])
    world.hold(DIRECT, actual=10)
    copy = world.root / "拷贝.pingyi"
    shutil.copy(world.file(DIRECT), copy)
    mine = world.export(DIRECT)
    run(
        *("session", "hold", copy, DIRECT, "--reason", "已核实", "--layer", 2, "--date", "2025-10-09"),
        *("--expected", 12, "--actual", 11),
    )
    other = world.root / "另一份.pingyi-pack"
    run("export", copy, other, *WHY)
    return mine.relative_to(root), other.relative_to(root)


def actual(world: World, pingyi: Command) -> int | None:
    listed = pingyi("session", "list", world.file("QL"), "--json").facts
    return next(s["actual"] for s in listed if s["org_code"] == DIRECT and s["layer"] == 2)


def test_a_conflict_is_listed_decided_revoked(
    world: World, pingyi: Command, rivals: tuple[Path, Path]
) -> None:
    top = world.file("QL")
    assert "没有冲突" in pingyi("conflicts", top).out
    world.take("QL", rivals[0])
    said = pingyi("import", top, rivals[1], "--confirm-all", status=1)
    assert "2 份不同的内容" in said.err
    assert actual(world, pingyi) is None
    (conflict,) = pingyi("conflicts", top, "--json").facts
    assert (conflict["unit_code"], len(conflict["sides"])) == (DIRECT, 2)
    number = next(side["check_number"] for side in conflict["sides"] if side["people"]["actual"] == 11)
    assert number in pingyi("conflicts", top).out
    unit = ("--unit", DIRECT)
    refused = pingyi("decide", top, *unit, "--choose", "000000000000", "--reason", "核实", status=1)
    assert "校验码" in refused.err
    pingyi("decide", top, *unit, "--choose", number.replace(" ", ""), "--reason", "已电话核实")
    assert actual(world, pingyi) == 11
    assert "没有冲突" in pingyi("conflicts", top).out
    pingyi("decide", top, *unit, "--revoke", "--reason", "弄错了")
    assert actual(world, pingyi) is None
    pingyi("verify", top)


def test_data_is_withdrawn_and_restored_by_its_check_number(
    world: World, pingyi: Command, rivals: tuple[Path, Path]
) -> None:
    top = world.file("QL")
    world.take("QL", rivals[0])
    units = pingyi("coverage", top, "--json").facts["units"]
    number = next(u["check_number"] for u in units if u["code"] == DIRECT)
    assert number in pingyi("coverage", top).out
    pingyi("withdraw", top, "--choose", number, "--reason", "该单位要求收回")
    assert actual(world, pingyi) is None
    assert "没有校验码" in pingyi("withdraw", top, "--choose", number, "--reason", "再", status=1).err
    pingyi("withdraw", top, "--choose", number, "--reason", "收错了", "--restore")
    assert actual(world, pingyi) == 10
    assert "作废数据" in pingyi("journal", top).out


def test_the_last_import_is_undone(world: World, pingyi: Command, rivals: tuple[Path, Path]) -> None:
    top = world.file("QL")
    assert "还没有导入" in pingyi("undo-import", top, status=1).err
    world.take("QL", rivals[0])
    assert rivals[0].name in pingyi("undo-import", top).out
    assert actual(world, pingyi) is None
    assert "已经撤销" in pingyi("undo-import", top, status=1).err
    pingyi("verify", top)


def test_a_receipt_goes_down_and_says_what_the_office_has(
    world: World, pingyi: Command, rivals: tuple[Path, Path]
) -> None:
    top, mine = world.file("QL"), world.file(DIRECT)
    assert "还没有收到" in pingyi("receipt", mine, status=1).err
    world.take("QL", rivals[0])
    folder = world.root / "回执" / "青峦"
    made = pingyi("receipt", top, "--unit", DIRECT, "--out", folder, "--json").facts
    assert pingyi("receipt", top, "--unit", DIRECT, "--out", folder).out.strip().endswith("。")
    lying = folder / Path(made["file"]).name
    sent = lying.read_bytes()
    lying.write_bytes(b"something else")
    assert "已经存在" in pingyi("receipt", top, "--unit", DIRECT, "--out", folder, status=1).err
    lying.unlink()
    lying.symlink_to(folder / "nowhere")
    assert "已经存在" in pingyi("receipt", top, "--unit", DIRECT, "--out", folder, status=1).err
    lying.unlink()
    lying.write_bytes(sent)
    said = pingyi("receipt", mine, "--take", made["file"]).out
    assert "已收第 1 次，校验码" in said
    assert pingyi("receipt", mine).out == said
    exported = pingyi("inspect", rivals[0], "--with", top, "--json").facts["envelopes"][0]["check_number"]
    assert exported in said
    assert "不是" in pingyi("receipt", world.file("QL.01"), "--take", made["file"], status=1).err
    units = pingyi("coverage", top, "--json").facts["units"]
    assert next(u["receipt"] for u in units if u["code"] == DIRECT) == "已回执"


def test_a_folder_is_imported_whole(world: World, pingyi: Command, rivals: tuple[Path, Path]) -> None:
    stick = world.root / "U盘" / "深处"
    stick.mkdir(parents=True)
    shutil.copy(rivals[0], stick)
    (stick / "坏.pingyi-pack").write_bytes(b"x")
    said = pingyi("import", world.file("QL"), stick.parent, "--confirm-all", status=1)
    assert "坏.pingyi-pack" in said.err
    assert actual(world, pingyi) == 10


def test_a_difference_of_a_few_ballots_needs_a_second_person(world: World, pingyi: Command) -> None:
    """T13: what came late could be read by subtracting the two reports."""
    world.key(DIRECT, BALLOTS[DIRECT])
    world.hold(DIRECT, actual=10)
    first = world.export(DIRECT)
    second = world.file(DIRECT)
    batch = f"L2-{DIRECT}-T-MEM-A-v1-ALL"
    reopen(world, pingyi, batch)
    world.key(DIRECT, {"T-MEM-A": [*BALLOTS[DIRECT]["T-MEM-A"], "111"]})
    out = world.root / "更正.pingyi-pack"
    said = pingyi("export", second, out, status=1)
    assert "T-MEM-A 1 张，增减或换票都算" in said.err
    assert "第二个人" in said.err
    assert not out.exists()
    pingyi("export", second, out, "--reason", "补录一张", status=1)
    pingyi("export", second, out, "--reason", "补录一张", "--second-person", "本机操作员", status=1)
    pingyi("export", second, out, "--reason", "补录一张", "--second-person", "李监票")
    assert "李监票" in pingyi("journal", second, "--json").out
    assert pingyi("inspect", out, "--with", world.file("QL"), "--json").facts["envelopes"][0]["revision"] == 2
    world.take("QL", first)
    assert "更新" in {e["verdict"] for e in world.take("QL", out).facts["entries"]}


def reopen(world: World, pingyi: Command, batch: str) -> None:
    """Reopen a sealed batch by a correction sheet and take its ballots out of the way."""
    pingyi(
        *("batch", "reopen", world.file(DIRECT), batch, "--reason", "漏录一张"),
        *("--applicant", "张书记", "--scrutineer", "李监票"),
    )
    pingyi("batch", "reset", world.file(DIRECT), batch)
