"""Enrolment through files and codes: no one sees a key, and one remedy for whatever goes wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from offices import BALLOTS, COMMITTEE, DIRECT, FIRST, ORGS, SECOND, WHY, Command, World, handed_down, run

import make
from pingyi_desktop.exchange.locks import codes


def report(world: World, code: str = DIRECT) -> Path:
    """The branch keys its paper and exports."""
    world.key(code, BALLOTS[code])
    world.hold(code, actual=10)
    return world.export(code)


def direct_has_reported(root: Path) -> tuple[str, Path]:
    """The branch directly below the company has made its package: the recovery code, and the package below ``root``."""
    world = World(root, run, make.copied_folder(root, handed_down))
    return world.recovery, report(world).relative_to(root)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """What the branch directly below the company reports; nobody has taken it in."""
    return tmp_path / make.copied_folder(tmp_path, direct_has_reported)[1]


@pytest.fixture
def reported(tmp_path: Path, pingyi: Command, package: Path) -> World:
    """The company whose branch has made its package."""
    return World(tmp_path, pingyi, make.copied_folder(tmp_path, direct_has_reported)[0])


def reissued(world: World, pingyi: Command, code: str = DIRECT) -> dict[str, str]:
    """The task handed down once more; ``path`` is the file."""
    folder = world.root / "重新下发"
    (made,) = pingyi(
        *("assign", world.file("QL"), "--out", folder, "--unit", code, "--again", "电脑丢失", "--json")
    ).facts
    return {**made, "path": str(folder / made["file"])}


def test_a_task_opens_with_its_code_only(world: World, pingyi: Command) -> None:
    (made,) = pingyi("assign", world.file("QL"), "--out", world.root / "再", "--unit", DIRECT, "--json").facts
    task, into = world.root / "再" / made["file"], world.root / "新.pingyi"
    assert made["code"].encode() not in task.read_bytes()
    assert "激活码" in pingyi("open", task, "--into", into, status=1).err
    wrong = "0000 0000 0000 0000"
    assert "激活码与这个任务文件对不上" in pingyi("open", task, "--into", into, "--code", wrong, status=1).err
    mistyped = made["code"][:-1] + str((int(made["code"][-1]) + 1) % 10)
    assert "输错" in pingyi("open", task, "--into", into, "--code", mistyped, status=1).err
    assert not into.exists()
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in made["code"])
    pingyi("open", task, "--into", into, "--code", full_width)
    assert pingyi("campaign", "show", into, "--json").facts["name"] == "群众评议"


def test_the_first_package_comes_in_without_a_question(
    reported: World, package: Path, pingyi: Command
) -> None:
    done = pingyi("import", reported.file("QL"), package, "--json").facts
    assert [entry["verdict"] for entry in done["entries"]] == ["新增"]
    assert done["new_keys"] == []
    assert done["reported"] == 1


def test_a_package_is_for_the_office_above_and_nobody_else(
    reported: World, package: Path, pingyi: Command
) -> None:
    assert package.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert "不是给本单位的" in pingyi("import", reported.file(COMMITTEE), package, status=1).err
    assert "加密" in pingyi("inspect", package, status=1).err
    inspected = pingyi("inspect", package, "--with", reported.file("QL"), "--json").facts
    assert [one["unit"] for one in inspected["envelopes"]] == [DIRECT]


def test_with_manual_check_the_first_package_waits_for_a_telephone_call(
    tmp_path: Path, pingyi: Command
) -> None:
    world = World(tmp_path, pingyi)
    (tmp_path / "QL").mkdir()
    company = world.file("QL")
    pingyi("init", company, "--code", "QL", "--name", "中共青峦公司委员会", "--type", "公司党委")
    for parent, code, kind, name in ORGS:
        pingyi("org", "add", company, "--parent", parent, "--code", code, "--type", kind, "--name", name)
    pingyi(
        *("campaign", "new", company, "--name", "群众评议", "--activity", "创先争优", "--year", 2025),
        *("--start", "2025-09-01", "--end", "2025-12-20", "--manual-check"),
    )
    pingyi("campaign", "publish", company, "--reason", "已核实")
    world.assign("QL")
    world.key(DIRECT, BALLOTS[DIRECT])
    world.hold(DIRECT, actual=10)
    package = tmp_path / "上报.pingyi-pack"
    made = pingyi("export", world.file(DIRECT), package, *WHY, "--json").facts
    assert made["fingerprint"] in pingyi("import", company, package, status=1).err
    assert pingyi("coverage", company, "--json").facts["reported"] == 0
    pingyi("import", company, package, "--confirm", made["fingerprint"])
    assert pingyi("coverage", company, "--json").facts["reported"] == 1


def test_a_task_handed_down_again_ends_the_old_key(reported: World, package: Path, pingyi: Command) -> None:
    stolen = reported.root / "丢失的电脑.pingyi"
    shutil.copy(reported.file(DIRECT), stolen)
    accepted = reported.tally("QL")
    reported.take("QL", package)
    counted = reported.tally("QL")
    assert counted != accepted
    again = reissued(reported, pingyi)
    assert reported.tally("QL") == counted  # what was accepted stays until it is replaced
    reported.hold(DIRECT, actual=9)
    old = reported.export(DIRECT)
    assert "重新下发" in pingyi("import", reported.file("QL"), old, status=1).err
    reported.open(Path(again["path"]), {"unit": DIRECT, **again})
    reported.hold(DIRECT, actual=11)
    done = pingyi("import", reported.file("QL"), reported.export(DIRECT), "--json").facts
    assert [entry["verdict"] for entry in done["entries"]] == ["更新"]
    assert reported.tally("QL") == counted
    with_old = pingyi("open", again["path"], "--into", stolen, "--code", "0000000000000000", status=1)
    assert "激活码" in with_old.err


def test_a_new_secretary_starts_from_the_new_task_alone(world: World, pingyi: Command) -> None:
    again = reissued(world, pingyi)
    fresh = world.root / "新书记.pingyi"
    pingyi("open", again["path"], "--into", fresh, "--code", again["code"])
    shutil.copy(fresh, world.file(DIRECT))
    done = pingyi("import", world.file("QL"), report(world), "--json").facts
    assert [entry["verdict"] for entry in done["entries"]] == ["新增"]


def test_an_older_task_is_not_taken_up_again(world: World, pingyi: Command) -> None:
    (first,) = pingyi(
        "assign", world.file("QL"), "--out", world.root / "再", "--unit", DIRECT, "--json"
    ).facts
    again = reissued(world, pingyi)
    world.open(Path(again["path"]), {"unit": DIRECT, **again})
    old = ("open", world.root / "再" / first["file"], "--into", world.file(DIRECT), "--code", first["code"])
    assert "旧的任务文件" in pingyi(*old, status=1).err


def test_the_second_computer_is_noticed(world: World, pingyi: Command) -> None:
    (made,) = pingyi("assign", world.file("QL"), "--out", world.root / "再", "--unit", DIRECT, "--json").facts
    second = world.root / "第二台.pingyi"
    pingyi("open", world.root / "再" / made["file"], "--into", second, "--code", made["code"])
    first = report(world)
    world.take("QL", first)
    first.unlink()
    shutil.copy(second, world.file(DIRECT))
    said = pingyi("import", world.file("QL"), report(world), status=1)
    assert "第二台电脑" in said.err


def test_ballots_of_a_unit_without_a_computer_are_entered_by_its_office(
    world: World, pingyi: Command
) -> None:
    pingyi("proxy", world.file(COMMITTEE), SECOND)
    assert "由本级代录" in pingyi("proxy", world.file(COMMITTEE), SECOND, status=1).err
    assigned = pingyi("assign", world.file(COMMITTEE), "--out", world.root / "再", "--json").facts
    assert [one["unit"] for one in assigned] == [FIRST]
    committee = world.file(COMMITTEE)
    shutil.copy(committee, world.file(SECOND))  # the office's own file keeps the branch's batches
    world.key(SECOND, BALLOTS[SECOND])
    world.hold(SECOND, actual=10)
    shutil.copy(world.file(SECOND), committee)
    world.take(COMMITTEE, report(world, FIRST))
    world.hold(COMMITTEE, actual=0)
    seen = pingyi("coverage", committee, "--json").facts
    assert (seen["reported"], seen["expected"]) == (3, 3)
    done = pingyi("import", world.file("QL"), world.export(COMMITTEE), "--json").facts
    assert {entry["unit_code"] for entry in done["entries"]} == {COMMITTEE, FIRST, SECOND}
    assert {entry["verdict"] for entry in done["entries"]} == {"新增"}
    below = pingyi("tally", world.file("QL"), "--org", COMMITTEE, "--json").facts
    assert below["forms"] == pingyi("tally", committee, "--json").facts["forms"]
    # By hand: 5 + 7 organisation ballots.
    assert next(f["figures"]["valid"] for f in below["forms"] if f["form"] == "T-ORG-A") == 12
    pingyi("verify", world.file("QL"))
    first, second = world.export(COMMITTEE), world.export(COMMITTEE)
    assert first == second
    said = pingyi(
        *("assign", committee, "--out", world.root / "再", "--unit", SECOND, "--again", "买了电脑"), status=1
    )
    assert "先在“录入”页作废" in said.err


def test_a_unit_that_has_reported_is_not_entered_by_proxy_as_well(
    reported: World, package: Path, pingyi: Command
) -> None:
    reported.take("QL", package)
    assert "作废它报来的数据" in pingyi("proxy", reported.file("QL"), DIRECT, status=1).err
    assert "有自己的下级" in pingyi("proxy", reported.file("QL"), COMMITTEE, status=1).err


def test_the_printed_recovery_code_opens_what_the_lost_computer_received(
    reported: World, package: Path, pingyi: Command
) -> None:
    before = reported.root / "备份.pingyi"
    shutil.copy(reported.file("QL"), before)
    plain = reported.root / "打开的.pingyi-pack"
    assert len(reported.recovery.replace(" ", "")) == 30
    refused = ("recover", package, plain, "--code", "0" * 30)
    assert "恢复码打不开" in pingyi(*refused, status=1).err
    assert not plain.exists()
    pingyi("recover", package, plain, "--code", reported.recovery)
    assert pingyi("inspect", plain, "--json").facts["envelopes"][0]["unit"] == DIRECT
    done = pingyi("import", before, plain, "--json").facts
    assert [entry["verdict"] for entry in done["entries"]] == ["新增"]
    assert (
        "没有加密"
        in pingyi("recover", plain, reported.root / "再.pingyi-pack", "--code", "0" * 30, status=1).err
    )


def test_an_office_on_a_new_computer_takes_in_what_was_sent_to_the_old_one(
    world: World, pingyi: Command
) -> None:
    sent = report(world, FIRST)
    again = reissued(world, pingyi, COMMITTEE)
    fresh = world.root / "新电脑.pingyi"
    pingyi("open", again["path"], "--into", fresh, "--code", again["code"])
    assert "用恢复码打开" in pingyi("import", fresh, sent, status=1).err
    other = codes.new_recovery_code()
    assert "不是本次活动的恢复码" in pingyi("import", fresh, sent, "--recovery-code", other, status=1).err
    recovered = ("import", fresh, sent, "--recovery-code", world.recovery, "--confirm-all", "--json")
    done = pingyi(*recovered).facts
    assert [one["verdict"] for one in done["entries"]] == ["新增"]


@pytest.mark.parametrize("anew", [False, True])
def test_a_revision_can_be_made_anew(reported: World, pingyi: Command, anew: bool) -> None:
    words = (*WHY, "--anew") if anew else WHY
    made = pingyi("export", reported.file(DIRECT), reported.root / DIRECT, *words, "--json").facts
    assert (made["revision"], made["changed"]) == ((2, True) if anew else (1, False))
