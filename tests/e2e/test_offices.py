"""Company → committee → branch and back, through files and commands only."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
from offices import (
    BALLOTS,
    COMMITTEE,
    DIRECT,
    FIRST,
    MEMBER_ITEMS,
    SECOND,
    SIGNED,
    WHY,
    Command,
    World,
    handed_down,
    run,
    write_ballots,
)
from series import LONG

import make
from pingyi_desktop.storage import pages


def report_branches(world: World) -> dict[str, list[Path]]:
    """Every branch keys and exports; the first one twice, because it had counted one person too few."""
    packages = make.copied_folder(world.root, reported)
    return {code: [world.root / one for one in named] for code, named in packages.items()}


def reported(root: Path) -> dict[str, list[str]]:
    world = World(root, run, make.copied_folder(root, handed_down))
    packages: dict[str, list[Path]] = {}
    for code, rows in BALLOTS.items():
        world.key_by_commands(code, rows)
        world.hold(code, actual=9 if code == FIRST else 10)
        packages[code] = [world.export(code)]
    world.hold(FIRST, actual=10)
    packages[FIRST].append(world.export(FIRST))
    return {code: [str(one.relative_to(root)) for one in made] for code, made in packages.items()}


def arrived(root: Path) -> None:
    """What the branch right below the company reported has come there."""
    world = World(root, run)
    world.take("QL", *report_branches(world)[DIRECT])


def counted(facts: dict, form: str, item: str) -> tuple[list[int], int, int, int, int, int, str]:
    (rows,) = [f["items"] for f in facts["forms"] if f["form"] == form]
    (one,) = [row for row in rows if row["item"] == item]
    options = [option["count"] for option in one["options"]]
    pseudo = (one["blank"], one["multi"], one["illegible"])
    return options, *pseudo, one["satisfied"], one["denominator"], one["rate"]


def test_paper_in_the_branches_becomes_one_result_at_the_company(world: World, pingyi: Command):
    packages = report_branches(world)
    world.take(COMMITTEE, *packages[FIRST], *packages[SECOND])
    world.hold(COMMITTEE, actual=0)
    rollup = world.export(COMMITTEE)
    done = world.take("QL", rollup, *packages[DIRECT]).facts
    assert (done["reported"], done["expected"]) == (4, 4)
    assert {entry["verdict"] for entry in done["entries"]} == {"新增"}

    facts = pingyi("tally", world.file("QL"), "--layer", 2, "--json").facts
    # By hand: 5 + 7 + 4 organisation ballots; item 1 has one multiple mark, item 5 one illegible.
    figures = next(f["figures"] for f in facts["forms"] if f["form"] == "T-ORG-A")
    assert (figures["issued"], figures["returned"], figures["valid"]) == (16, 16, 16)
    assert (figures["blank"], figures["void"]) == (0, 0)
    assert counted(facts, "T-ORG-A", "1") == ([13, 1, 1, 0], 0, 1, 0, 13, 15, "86.7")
    assert counted(facts, "T-ORG-A", "2") == ([13, 2, 0, 0], 1, 0, 0, 13, 15, "86.7")
    assert counted(facts, "T-ORG-A", "X") == ([13, 2, 0, 0], 0, 0, 1, 13, 15, "86.7")
    assert counted(facts, "T-MEM-A", "3") == ([13, 1, 0, 0], 0, 0, 0, 13, 14, "92.9")

    # The branch directly below the company has four ballots: all less the committee's would tell them.
    below = pingyi("tally", world.file("QL"), "--org", COMMITTEE, "--json", status=1)
    assert (below.out, "该筛选组合样本过少" in below.err) == ("", True)
    known = pingyi("tally", world.file(COMMITTEE), "--json").facts["forms"]
    assert [f["hidden"] for f in known] == [False, False]
    pingyi("verify", world.file("QL"))
    pingyi("verify", world.file(COMMITTEE))


def test_the_company_reads_the_corrected_figure(world: World, pingyi: Command):
    packages = report_branches(world)
    world.take(COMMITTEE, packages[FIRST][0])
    world.hold(COMMITTEE, actual=0)
    early = world.export(COMMITTEE)
    world.take(COMMITTEE, *packages[SECOND], packages[FIRST][1])
    late = world.export(COMMITTEE)
    for order in ((early, late), (late, early)):
        mine = world.root / f"先{order[0].name}.pingyi"
        shutil.copy(world.file("QL"), mine)
        for package in order:
            pingyi("import", mine, package, "--confirm-all")
        listed = pingyi("session", "list", mine, "--json").facts
        assert next(s["actual"] for s in listed if s["org_code"] == FIRST) == 10
        assert pingyi("coverage", mine, "--json").facts["reported"] == 3


def test_every_order_of_arrival_gives_the_same_bytes(world: World, pingyi: Command):
    packages = report_branches(world)
    world.take(COMMITTEE, packages[FIRST][0])
    world.hold(COMMITTEE, actual=0)
    early = world.export(COMMITTEE)
    world.take(COMMITTEE, packages[FIRST][1], *packages[SECOND])
    late = world.export(COMMITTEE)
    (direct,) = packages[DIRECT]
    again = direct.with_name("再送一次.pingyi-pack")
    shutil.copy(direct, again)

    def outcomes(file: Path, left: list[Path]) -> Iterator[tuple[str, ...]]:
        """What the company answers after every order of what is left to arrive, and the same bytes once more.

        A beginning is imported once. Unless the long series runs, every package comes first once, no more.
        """
        if not left:
            pingyi("import", file, again, "--confirm-all")
            answers = (pingyi("tally", file, "--layer", layer, "--json").out for layer in (2, "all"))
            yield (*answers, pingyi("coverage", file, "--json").out)
        for number, package in enumerate(left if LONG or len(left) == 3 else left[:1]):
            mine = file.with_name(f"{file.stem}{number}.pingyi")
            shutil.copy(file, mine)
            pingyi("import", mine, package, "--confirm-all")
            yield from outcomes(mine, [one for one in left if one != package])

    answered = list(outcomes(world.file("QL"), [early, late, direct]))
    assert len(answered) == (6 if LONG else 3)
    assert len(set(answered)) == 1
    assert '"count": 13' in answered[0][0]


def test_a_branch_s_packages_in_every_order_at_the_committee(world: World, pingyi: Command):
    packages = report_branches(world)
    arriving = [*packages[FIRST], *packages[SECOND], packages[FIRST][1]]
    outcomes = set()
    orders = list(dict.fromkeys(permutations(arriving)))
    for number, order in enumerate(orders if LONG else orders[::3]):  # the correction first, between and last
        mine = world.root / f"{number}.pingyi"
        shutil.copy(world.file(COMMITTEE), mine)
        pingyi("import", mine, *order, "--confirm-all")
        outcomes.add(pingyi("tally", mine, "--json").out)
    assert len(outcomes) == 1


def test_a_flipped_bit_is_refused_with_a_sentence(world: World, pingyi: Command):
    """A few here, through the commands; every bit of every file: ``tests/exchange/inbox/test_hostile.py``."""
    world.key(DIRECT, BALLOTS[DIRECT])
    world.hold(DIRECT, actual=10)
    package = world.export(DIRECT)
    sound = package.read_bytes()
    before = world.tally("QL")
    for place in range(0, len(sound), len(sound) // (8 if LONG else 3)):
        spoiled = bytearray(sound)
        spoiled[place] ^= 1 << (place % 8)
        package.write_bytes(bytes(spoiled))
        said = pingyi("import", world.file("QL"), package, "--confirm-all", status=1)
        assert package.name in said.err
        assert pingyi("inspect", package, status=1).err.strip().endswith("。")
    assert world.tally("QL") == before
    package.write_bytes(sound)
    world.take("QL", package)
    assert world.tally("QL") != before


def test_an_export_never_overwrites_and_the_same_again_is_no_new_revision(world: World, pingyi: Command):
    world.key(DIRECT, BALLOTS[DIRECT])
    other = world.root / "上报.pingyi-pack"
    other.write_bytes(b"something else")
    world.hold(DIRECT, actual=10)
    assert "已经存在" in pingyi("export", world.file(DIRECT), other, *WHY, status=1).err
    assert other.read_bytes() == b"something else"
    first, second = world.export(DIRECT), world.export(DIRECT)
    assert first == second
    inspected = pingyi("inspect", first, "--with", world.file("QL"), "--json").facts
    assert inspected["envelopes"][0]["revision"] == 1


def test_a_task_opened_twice_changes_nothing(world: World, pingyi: Command):
    assigned = ("assign", world.file("QL"), "--out", world.root / "又一次", "--unit", DIRECT, "--json")
    (made,) = pingyi(*assigned).facts
    task = world.root / "又一次" / made["file"]
    before = world.tally(DIRECT)
    world.open(task, made)
    assert world.tally(DIRECT) == before
    said = pingyi("open", task, "--into", world.file(COMMITTEE), "--code", made["code"], status=1)
    assert said.err.strip().endswith("。")


def test_the_commands_run_as_a_program_of_their_own(world: World, pingyi: Command):
    """A verb that loads nothing of exchange signs its commit all the same: or verify would blame somebody for it.

    Programs that end with a sentence: ``tests/cli/test_typed.py``.
    """
    words = ["deed", "add", str(world.file(DIRECT)), "事项=修路", "类别=办实事"]
    command = [sys.executable, "-m", "pingyi_desktop", *words]
    added = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (added.returncode, added.stderr) == (0, "")
    assert "已新增办实事" in added.stdout
    assert "完好" in pingyi("verify", world.file(DIRECT)).out


@pytest.mark.parametrize(("name", "layer"), [("R02", "2"), ("R03", "2"), ("R04", "all"), ("R06", "2")])
def test_reports_are_printed_from_what_arrived(world: World, pingyi: Command, name: str, layer: str):
    make.copied_folder(world.root, arrived)
    org = ("--org", DIRECT) if name == "R06" else ()
    for kind, head in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        out = world.root / f"{name}.{kind}"
        pingyi("report", world.file("QL"), name, "--format", kind, "--out", out, "--layer", layer, *org)
        assert out.read_bytes().startswith(head)
        pingyi("report", world.file("QL"), name, "--format", kind, "--out", out, status=1)


CHANGED = (
    "UPDATE item_tally SET c1 = c1 - 1, c2 = c2 + 1 WHERE item = '1' AND c1 > 0",
    "UPDATE ballot_batch SET issued = issued + 1 WHERE source_id IS NOT NULL",
    "UPDATE appraisal_session SET actual = actual - 1 WHERE source_id IS NOT NULL",
)


@pytest.mark.parametrize("statement", CHANGED)
def test_verify_holds_an_office_to_what_was_signed_below(world: World, pingyi: Command, statement: str):
    make.copied_folder(world.root, arrived)
    pingyi("verify", world.file("QL"))
    with closing(sqlite3.connect(world.file("QL"))) as raw:
        raw.execute(statement)
        raw.commit()
    said = pingyi("verify", world.file("QL"), status=1)
    assert "“青峦公司机关党支部”的数字与它签名上报的不一致" in said.err


def test_counts_from_a_tally_sheet_replace_themselves(
    world: World, pingyi: Command, monkeypatch: pytest.MonkeyPatch
):
    batch = f"L2-{DIRECT}-T-MEM-A-v1-ALL"
    sheet = world.root / "计票表.csv"

    def write(first: int) -> None:
        rows = [["票批码", "项目", "发出", "收回", "空白", "废票", "满意", "比较满意", "基本满意", "不满意"]]
        for item, (most, fairly) in zip(MEMBER_ITEMS, ((first, 9 - first), (8, 1), (7, 2)), strict=True):
            rows.append([batch, item, "10", "10", "1", "0", str(most), str(fairly), "0", "0"])
        sheet.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8-sig")

    write(9)
    assert (
        pingyi("counts", "import", world.file(DIRECT), sheet, "--dry-run", "--json").facts["written"] is False
    )
    asked, make_room = list[int](), pages.make_room
    monkeypatch.setattr(pages, "make_room", lambda run, room: (asked.append(room), make_room(run, room)))
    pingyi("counts", "import", world.file(DIRECT), sheet)
    assert max(asked) > 0  # before anything of paper is written (``storage.pages``)
    write(6)
    pingyi("counts", "import", world.file(DIRECT), sheet)
    world.hold(DIRECT, actual=10)
    pingyi("seal", world.file(DIRECT), "--batch", batch, *SIGNED, *WHY)
    facts = pingyi("tally", world.file(DIRECT), "--json").facts
    assert counted(facts, "T-MEM-A", "1") == ([6, 3, 0, 0], 0, 0, 0, 6, 9, "66.7")
    assert next(f["figures"]["blank"] for f in facts["forms"] if f["form"] == "T-MEM-A") == 1
    said = pingyi("counts", "import", world.file(DIRECT), sheet, status=1)
    assert "已封存" in said.err


def test_ballots_are_not_counted_twice_and_bad_rows_are_named(world: World, pingyi: Command):
    batch = f"L2-{DIRECT}-T-MEM-A-v1-ALL"
    sheet = world.root / "票.csv"
    write_ballots(sheet, batch, ["111", "151"])
    said = pingyi("ballots", "import", world.file(DIRECT), sheet, status=1)
    assert "第 3 行" in said.err
    assert pingyi("batches", world.file(DIRECT), "--json").facts[1]["keyed"] == 0
    write_ballots(sheet, batch, ["111", "121"])
    pingyi("ballots", "import", world.file(DIRECT), sheet)
    pingyi("ballots", "import", world.file(DIRECT), sheet, status=1)
    keyed = {b["code"]: b["keyed"] for b in pingyi("batches", world.file(DIRECT), "--json").facts}
    assert keyed[batch] == 2
    pingyi("batch", "reset", world.file(DIRECT), batch)
    pingyi("ballots", "import", world.file(DIRECT), sheet)
