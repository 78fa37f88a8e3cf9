"""Five levels through files only: branch → general branch → committee → company → group, two companies below one group.

What the group counts is what the branches' own packages say added up by hand; every signed envelope of a branch
arrives byte for byte; and a group that imports everything in another order, twice, counts the same.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from offices import Command, World, run

import make

TREE = (
    ("JT", "JT.A", "COMPANY_COMMITTEE", "中共青峦公司委员会"),
    ("JT.A", "JT.A.01", "GRASSROOTS_COMMITTEE", "中共青峦公司一矿委员会"),
    ("JT.A.01", "JT.A.01.G01", "GENERAL_BRANCH", "中共青峦公司一矿采掘总支部委员会"),
    ("JT.A.01.G01", "JT.A.01.G01.B001", "BRANCH", "中共青峦公司采一队支部委员会"),
    ("JT.A.01.G01", "JT.A.01.G01.B002", "BRANCH", "中共青峦公司采二队支部委员会"),
    ("JT", "JT.B", "COMPANY_COMMITTEE", "中共白岭公司委员会"),
    ("JT.B", "JT.B.B001", "BRANCH", "中共白岭公司机关支部委员会"),
)
OFFICES = ("JT", "JT.A", "JT.A.01", "JT.A.01.G01", "JT.B")
# Organisation forms of five items; the second branch of the same general branch has fewer than five ballots.
STACKS = {
    "JT.A.01.G01": ["11111"] * 6,
    "JT.A.01.G01.B001": ["11111"] * 5 + ["22222"] * 2,
    "JT.A.01.G01.B002": ["11111", "11111", "22222"],
    "JT.B.B001": ["11111"] * 4 + ["33333"] * 4,
}
FIRST_LAYER = ["11111"] * 8 + ["22222"]  # the company's own appraisal of its committee


def handed_down(root: Path) -> World:
    """The group has published; every office has opened its task and handed tasks down."""
    made = World(root, run)
    (root / "JT").mkdir()
    top = made.file("JT")
    run("init", top, "--code", "JT", "--name", "中共远山集团委员会", "--type", "公司党委")
    for parent, code, kind, name in TREE:
        run("org", "add", top, "--parent", parent, "--code", code, "--type", kind, "--name", name)
    run(
        *("campaign", "new", top, "--name", "群众评议", "--activity", "创先争优", "--year", 2025),
        *("--start", "2025-09-01", "--end", "2025-12-20", "--form", "T-ORG-A"),
    )
    run("campaign", "publish", top, "--reason", "已核实")
    for office in OFFICES:
        made.assign(office)
    return made


def reported_up(root: Path) -> dict[str, Path]:
    """Every unit keys and exports, its office imports and exports in turn, all but the group; each unit's package."""
    group = handed_down(root)
    for code, stack in STACKS.items():
        group.key(code, {"T-ORG-A": stack})
        group.hold(code, actual=10)
    packages = {code: group.export(code) for code in ("JT.A.01.G01.B001", "JT.A.01.G01.B002", "JT.B.B001")}
    group.take("JT.A.01.G01", packages["JT.A.01.G01.B002"], packages["JT.A.01.G01.B001"])
    packages["JT.A.01.G01"] = group.export("JT.A.01.G01")
    group.hold("JT.A.01", actual=0)
    group.take("JT.A.01", packages["JT.A.01.G01"])
    packages["JT.A.01"] = group.export("JT.A.01")
    group.take("JT.A", packages["JT.A.01"])
    group.take("JT.B", packages["JT.B.B001"])
    group.key("JT.A.01", {"T-ORG-A": FIRST_LAYER}, layer=1, office="JT.A")
    group.hold("JT.A.01", actual=9, layer=1, office="JT.A")
    for company in ("JT.A", "JT.B"):
        group.hold(company, actual=0)
    packages |= {code: group.export(code) for code in ("JT.A", "JT.B")}
    return {code: package.relative_to(root) for code, package in packages.items()}


@pytest.fixture
def packages(tmp_path: Path) -> dict[str, Path]:
    """The package that each unit has made, in the folder of the group."""
    kept = make.copied_folder(tmp_path, reported_up)
    return {code: tmp_path / package for code, package in kept.items()}


@pytest.fixture
def group(tmp_path: Path, pingyi: Command, packages: dict[str, Path]) -> World:
    """All have reported to the group, which has taken nothing in yet."""
    return World(tmp_path, pingyi)


def submissions(path: Path, own: bool) -> dict[str, bytes]:
    """The submissions that a data file made (or received), whole, by unit."""
    with closing(sqlite3.connect(path)) as raw:
        query = "SELECT unit_code, raw FROM envelope WHERE type = 'submission' AND own = ?"
        return dict(raw.execute(query, [own]).fetchall())


def test_paper_of_the_branches_becomes_one_result_of_the_group(
    group: World, packages: dict[str, Path], pingyi: Command
) -> None:
    done = group.take("JT", packages["JT.A"], packages["JT.B"]).facts
    assert (done["reported"], done["expected"]) == (7, 7)
    assert {entry["verdict"] for entry in done["entries"]} == {"新增"}
    facts = pingyi("tally", group.file("JT"), "--layer", 2, "--json").facts
    (form,) = facts["forms"]
    # By hand: 6 + 7 + 3 + 8 ballots; satisfied 6 + 5 + 2 + 4 of them on every item.
    assert form["figures"]["valid"] == 24
    assert [option["count"] for option in form["items"][0]["options"]] == [17, 3, 4, 0]
    for code in OFFICES:
        pingyi("verify", group.file(code))
    for company in ("JT.A", "JT.B"):
        mine = pingyi("tally", group.file(company), "--layer", 2, "--json").facts["forms"]
        there = pingyi("tally", group.file("JT"), "--org", company, "--layer", 2, "--json").facts["forms"]
        assert mine == there
    (first,) = pingyi("tally", group.file("JT"), "--layer", 1, "--json").facts["forms"]
    assert [option["count"] for option in first["items"][0]["options"]] == [8, 1, 0, 0]


def test_every_branch_s_envelope_arrives_byte_for_byte(
    group: World, packages: dict[str, Path], pingyi: Command
) -> None:
    group.take("JT", packages["JT.A"], packages["JT.B"])
    arrived = submissions(group.file("JT"), own=False)
    assert arrived.keys() == {*STACKS, "JT.A.01", "JT.A", "JT.B"}
    for code in arrived:
        assert submissions(group.file(code), own=True) == {code: arrived[code]}


def test_flat_is_hierarchical_in_any_order_and_twice(
    group: World, packages: dict[str, Path], pingyi: Command
) -> None:
    outcomes = set()
    for number, order in enumerate((("JT.A", "JT.B"), ("JT.B", "JT.A", "JT.B"), ("JT.A", "JT.A", "JT.B"))):
        mine = group.root / f"集团{number}.pingyi"
        shutil.copy(group.file("JT"), mine)
        for code in order:
            pingyi("import", mine, packages[code], "--confirm-all")
        outcomes.add(pingyi("tally", mine, "--json").out + pingyi("coverage", mine, "--json").out)
    assert len(outcomes) == 1
    assert '"count": 25' in outcomes.pop()  # 17 at layer 2 and 8 at layer 1


def test_a_correction_climbs_through_five_levels(
    group: World, packages: dict[str, Path], pingyi: Command
) -> None:
    group.take("JT", packages["JT.A"], packages["JT.B"])
    group.hold("JT.A.01.G01.B001", actual=9)
    group.take("JT.A.01.G01", group.export("JT.A.01.G01.B001"))
    group.take("JT.A.01", group.export("JT.A.01.G01"))
    group.take("JT.A", group.export("JT.A.01"))
    done = group.take("JT", group.export("JT.A")).facts
    changed = {entry["unit_code"]: entry["verdict"] for entry in done["entries"]}
    assert changed["JT.A.01.G01.B001"] == "更新"
    assert changed["JT.A.01.G01.B002"] == "无变化"
    listed = pingyi("session", "list", group.file("JT"), "--json").facts
    assert next(s["actual"] for s in listed if s["org_code"] == "JT.A.01.G01.B001") == 9


def test_a_level_cannot_be_jumped(group: World, packages: dict[str, Path], pingyi: Command) -> None:
    said = pingyi("import", group.file("JT"), packages["JT.A.01"], "--confirm-all", status=1)
    assert "应先由它的直接上级导入" in said.err
    assert pingyi("coverage", group.file("JT"), "--json").facts["reported"] == 0
