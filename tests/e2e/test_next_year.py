"""The same files a year later: a new campaign over a tree that has changed, and last year's figures as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import BALLOTS, COMMITTEE, DIRECT, FIRST, SECOND, Command, World, handed_down, run

import make
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.storage import store

THIRD = "QL.01.B003"
NEW_NAME = "中共青峦公司一矿综采队支部委员会"
YEAR = ("--name", "群众评议", "--activity", "创先争优", "--year", 2026)


def done(root: Path) -> str:
    """Last year is done: every branch keyed and reported, up to the company; the recovery code."""
    world = World(root, run, make.copied_folder(root, handed_down))
    for code in (FIRST, SECOND, DIRECT):
        world.key(code, BALLOTS[code])
        world.hold(code, actual=10)
    world.take(COMMITTEE, world.export(FIRST), world.export(SECOND))
    world.hold(COMMITTEE, actual=10)
    world.take("QL", world.export(COMMITTEE), world.export(DIRECT))
    return world.recovery


def begun(root: Path) -> str:
    """Since then one branch is new, one renamed, one dissolved; the tasks of 2026 are opened in last year's files."""
    world = World(root, run, make.copied_folder(root, done))
    top = world.file("QL")
    run("org", "add", top, "--parent", COMMITTEE, "--code", THIRD, "--type", "BRANCH", "--name", NEW_NAME)
    with store.open_file(top).transaction() as session:
        org.change(session, code=FIRST, by="x", short_name="采一队支部")
        org.dissolve(session, code=SECOND, by="x")
    run("campaign", "new", top, *YEAR, "--start", "2026-09-01", "--end", "2026-12-20")
    run("campaign", "publish", top, "--reason", "已核实")
    for office in ("QL", COMMITTEE):
        folder = world.root / f"{office}的任务"
        for made in run("assign", world.file(office), "--out", folder, "--json").facts:
            (world.root / made["unit"]).mkdir(exist_ok=True)
            world.open(folder / made["file"], made)
    return world.recovery


@pytest.fixture
def reported(tmp_path: Path, pingyi: Command) -> World:
    """Last year is done."""
    return World(tmp_path, pingyi, make.copied_folder(tmp_path, done))


@pytest.fixture
def next_year(tmp_path: Path, pingyi: Command) -> World:
    """The next has begun, in the same files."""
    return World(tmp_path, pingyi, make.copied_folder(tmp_path, begun))


def tallies(world: World, pingyi: Command) -> dict[str, str]:
    """Last year's tally in the files of both offices."""
    found = {}
    for code in ("QL", COMMITTEE):
        last = [one for one in campaigns(world, code) if one["year"] == 2025]
        found[code] = pingyi("tally", world.file(code), "--campaign", last[0]["id"], "--json").out
    return found


def campaigns(world: World, code: str) -> list[dict[str, object]]:
    with store.open_file(world.file(code)).reading() as session:
        rows = session.connection().exec_driver_sql("SELECT id, period_year FROM campaign").all()
    return [{"id": row[0], "year": row[1]} for row in rows]


def test_the_tree_of_the_new_campaign_is_taken_over(next_year: World, pingyi: Command) -> None:
    rows = pingyi("org", "list", next_year.file(COMMITTEE), "--json").facts
    found = {row["code"]: row for row in rows}
    assert found[THIRD]["full_name"] == NEW_NAME
    assert found[FIRST]["short_name"] == "采一队支部"
    assert not found[SECOND]["in_scope"]
    listed = pingyi("session", "list", next_year.file(COMMITTEE), "--json").facts
    assert {one["org_code"] for one in listed if one["layer"] == 2} == {COMMITTEE, FIRST, THIRD}


def test_last_years_figures_stay_as_they_were(reported: World, pingyi: Command, request) -> None:
    before = tallies(reported, pingyi)
    world = request.getfixturevalue("next_year")
    assert tallies(world, pingyi) == before


def hold(world: World, pingyi: Command, code: str) -> None:
    when = ("--date", "2026-10-09", "--expected", 12, "--actual", 10)
    pingyi("session", "hold", world.file(code), code, "--reason", "已核实", "--layer", 2, *when)


def test_the_new_year_is_reported_up_to_the_company(next_year: World, pingyi: Command) -> None:
    for code, rows in ((FIRST, BALLOTS[FIRST]), (THIRD, BALLOTS[SECOND])):
        hold(next_year, pingyi, code)
        next_year.key(code, rows)
    done = next_year.take(COMMITTEE, next_year.export(FIRST), next_year.export(THIRD)).facts
    assert [one["verdict"] for one in done["entries"]] == ["新增", "新增"]
    hold(next_year, pingyi, COMMITTEE)
    done = next_year.take("QL", next_year.export(COMMITTEE)).facts
    assert {one["verdict"] for one in done["entries"]} == {"新增"}
    assert done["reported"] == 3
