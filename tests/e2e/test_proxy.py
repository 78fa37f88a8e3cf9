"""由本级代录 together with everything else that can happen to a unit: nothing of it is ever counted twice or lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from offices import BALLOTS, COMMITTEE, DIRECT, SECOND, WHY, Command, World, handed_down, run

import make


def reported(world: World) -> Path:
    """The branch keys its paper and exports."""
    keyed(world)
    return world.export(DIRECT)


def keyed(world: World) -> None:
    make.copied_folder(world.root, _keyed)


def _keyed(root: Path) -> None:
    world = World(root, run, make.copied_folder(root, handed_down))
    world.key(DIRECT, BALLOTS[DIRECT])
    world.hold(DIRECT, actual=10)


def number(said: dict[str, list[dict[str, str]]], place: int = -1) -> str:
    return said["entries"][place]["check_number"].replace(" ", "")


def entered_at(world: World, office: str, unit: str) -> None:
    """The office keys the unit's paper in its own file."""
    aside = world.root / "旁边.pingyi"
    shutil.copy(world.file(unit), aside)
    shutil.copy(world.file(office), world.file(unit))
    world.key(unit, BALLOTS[unit])
    world.hold(unit, actual=9)
    shutil.copy(world.file(unit), world.file(office))
    shutil.copy(aside, world.file(unit))


def test_withdrawn_data_does_not_come_back_beside_what_is_entered_by_proxy(
    world: World, pingyi: Command
) -> None:
    company = world.file("QL")
    chosen = ("--choose", number(world.take("QL", reported(world)).facts))
    pingyi("withdraw", company, *chosen, "--reason", "该支部没有电脑了")
    pingyi("proxy", company, DIRECT)
    for keyed in (False, True):
        if keyed:
            entered_at(world, "QL", DIRECT)
        counted = world.tally("QL")
        said = pingyi("withdraw", company, *chosen, "--restore", "--reason", "弄错了", status=1)
        assert "已由本级代录" in said.err
        assert world.tally("QL") == counted
    pingyi("verify", company)


def test_undo_does_not_bring_data_back_beside_what_is_entered_by_proxy(world: World, pingyi: Command) -> None:
    company = world.file("QL")
    world.take("QL", reported(world))
    world.hold(DIRECT, actual=11)
    newer = number(world.take("QL", world.export(DIRECT)).facts)
    pingyi("withdraw", company, "--choose", newer, "--reason", "该支部没有电脑了")
    pingyi("proxy", company, DIRECT)
    entered_at(world, "QL", DIRECT)
    counted = world.tally("QL")
    pingyi("undo-import", company)
    assert world.tally("QL") == counted
    pingyi("verify", company)


def test_a_conflict_is_over_once_the_unit_is_entered_by_proxy(world: World, pingyi: Command) -> None:
    company, copy = world.file("QL"), world.root / "拷贝.pingyi"
    keyed(world)
    shutil.copy(world.file(DIRECT), copy)
    world.take("QL", world.export(DIRECT))
    shutil.copy(copy, world.file(DIRECT))
    world.hold(DIRECT, actual=11)
    rival = world.root / "另一份.pingyi-pack"
    pingyi("export", world.file(DIRECT), rival, *WHY)
    pingyi("import", company, rival, status=1)
    side = pingyi("conflicts", company, "--json").facts[0]["sides"][0]
    pingyi("proxy", company, DIRECT)
    assert "没有冲突" in pingyi("conflicts", company).out
    entered_at(world, "QL", DIRECT)
    counted = world.tally("QL")
    chosen = ("--choose", side["check_number"].replace(" ", ""), "--reason", "已电话核实")
    pingyi("decide", company, "--unit", DIRECT, *chosen, status=1)
    assert world.tally("QL") == counted


@pytest.mark.parametrize("reported_before", [False, True])
def test_an_office_handed_a_task_again_still_speaks_for_the_unit_it_enters(
    world: World, pingyi: Command, reported_before: bool
) -> None:
    committee, company = world.file(COMMITTEE), world.file("QL")
    pingyi("proxy", committee, SECOND)
    entered_at(world, COMMITTEE, SECOND)
    world.hold(COMMITTEE, actual=0)
    if reported_before:
        world.take("QL", world.export(COMMITTEE))
    folder = world.root / "再"
    (made,) = pingyi(
        *("assign", company, "--out", folder, "--unit", COMMITTEE, "--again", "激活码泄露", "--json")
    ).facts
    pingyi("open", folder / made["file"], "--into", committee, "--code", made["code"])
    done = pingyi("import", company, world.export(COMMITTEE), "--json").facts
    assert {entry["verdict"] for entry in done["entries"]} <= {"新增", "更新", "无变化"}
    below = pingyi("tally", company, "--org", COMMITTEE, "--json").facts
    assert below["forms"] == pingyi("tally", committee, "--json").facts["forms"]
