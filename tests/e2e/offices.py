"""Offices that know each other through files only: every step is a command, every office a data file in its folder."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import make
from pingyi_desktop import cli
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.storage import store

COMMITTEE, FIRST, SECOND, DIRECT = "QL.01", "QL.01.B001", "QL.01.B002", "QL.B003"
WHY = ("--reason", "已核实")
SIGNED = ("--single-reason", "票数少", "--teller", "甲", "--scrutineer", "乙")
ORG_ITEMS = ("①践诺", "②中心工作", "③办实事", "④队伍建设", "总体")
MEMBER_ITEMS = ("①践诺", "②岗位争优", "③服务群众")
ORGS = (
    ("QL", COMMITTEE, "GRASSROOTS_COMMITTEE", "中共青峦公司一矿委员会"),
    (COMMITTEE, FIRST, "BRANCH", "中共青峦公司采一队支部委员会"),
    (COMMITTEE, SECOND, "BRANCH", "中共青峦公司采二队支部委员会"),
    ("QL", DIRECT, "BRANCH", "中共青峦公司机关支部委员会"),
)


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Said]


def run(*words: object, status: int = 0) -> Said:
    """Run a command; it must end with ``status`` and never show a traceback."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ended = cli.main([str(word) for word in words])
    said = Said(ended, out.getvalue(), err.getvalue())
    assert "Traceback" not in said.err
    assert ended == status, said.err
    return said


@dataclass(frozen=True)
class World:
    """Folders of a small company; ``file`` is an office's data file, ``recovery`` the code printed at publishing."""

    root: Path
    run: Command
    recovery: str = ""

    def file(self, code: str) -> Path:
        return self.root / code / "数据.pingyi"

    def assign(self, code: str) -> None:
        """Hand task files down and let the units below open them."""
        folder = self.root / code / "任务"
        for made in self.run("assign", self.file(code), "--out", folder, "--json").facts:
            (self.root / made["unit"]).mkdir()
            self.open(folder / made["file"], made)

    def open(self, task: Path, made: Any) -> None:
        """Open a task file with its code in the data file of the unit it is for."""
        self.run("open", task, "--into", self.file(made["unit"]), "--code", made["code"])

    def hold(self, code: str, *, actual: int, layer: int = 2, office: str = "QL") -> None:
        """A unit's meeting as ``pingyi session hold`` registers it."""
        held = store.open_file(self.file(office if layer == 1 else code))
        with held.transaction() as session:
            listed = sessions.listing(session, campaign_id=campaigns.current(session).id, layer=layer)
            (meeting,) = [one.id for one in listed if one.org_code == code]
            make.held(session, meeting, actual=actual, held_on="2025-10-09")
        held.close()

    def key(self, code: str, rows: dict[str, list[str]], *, layer: int = 2, office: str = "QL") -> None:
        """Ballots (by form) keyed and sealed, with their control sheet: what ``key_by_commands`` does, without commands.

        A meeting that nobody has registered yet is registered first.
        """
        held = store.open_file(self.file(office if layer == 1 else code))
        with held.transaction() as session:
            campaign_id = campaigns.current(session).id
            for one in sessions.listing(session, campaign_id=campaign_id, layer=layer):
                if (one.org_code, one.actual) == (code, None):
                    make.held(session, one.id, actual=10, held_on="2025-10-09")
            for form, ballots in rows.items():
                batch = make.batch(
                    session, campaign_id=campaign_id, org_code=code, form_code=form, layer=layer
                )
                make.sealed(session, batch.id, ballots)
        held.close()

    def key_by_commands(
        self, code: str, rows: dict[str, list[str]], *, layer: int = 2, office: str = "QL"
    ) -> None:
        """Key ballots (by form) from a file as a branch would export it, with its control sheet, and seal.

        A meeting that nobody has registered yet is registered first.
        """
        owner = self.file(office if layer == 1 else code)
        known = self.run("session", "list", owner, "--json").facts
        if any((s["layer"], s["org_code"], s["actual"]) == (layer, code, None) for s in known):
            self.run(
                *("session", "hold", owner, code, "--layer", layer, "--date", "2025-10-09"),
                *("--expected", 12, "--actual", 10, *WHY),
            )
        for form, ballots in rows.items():
            batch = f"L{layer}-{code}-{form}-v1-ALL"
            self.run(
                "batch", "sheet", owner, batch, "--issued", len(ballots), "--returned", len(ballots), *WHY
            )
            sheet = self.root / f"{batch}.csv"
            write_ballots(sheet, batch, ballots)
            self.run("ballots", "import", owner, sheet, *WHY)
            self.run("seal", owner, "--batch", batch, *SIGNED, *WHY)

    def export(self, code: str) -> Path:
        """Export into the unit's folder; the file's own name, so that every revision stays."""
        made = self.run("export", self.file(code), self.root / code, *WHY, "--json").facts
        return Path(made["file"])

    def take(self, code: str, *packages: Path) -> Said:
        return self.run("import", self.file(code), *packages, "--confirm-all", "--json")

    def tally(self, code: str, *words: object) -> str:
        return self.run("tally", self.file(code), *words, "--json").out


def handed_down(root: Path) -> str:
    """The company publishes its campaign, every office below opens its task; the recovery code."""
    made = World(root, run)
    company = made.file("QL")
    company.parent.mkdir()
    run("init", company, "--code", "QL", "--name", "中共青峦公司委员会", "--type", "公司党委")
    for parent, code, kind, name in ORGS:
        run("org", "add", company, "--parent", parent, "--code", code, "--type", kind, "--name", name)
    run(
        *("campaign", "new", company, "--name", "群众评议", "--activity", "创先争优", "--year", 2025),
        *("--start", "2025-09-01", "--end", "2025-12-20"),
    )
    said = run("campaign", "publish", company, "--reason", "已核实").out
    made.assign("QL")
    made.assign(COMMITTEE)
    return said.split("恢复码：")[1].split("（")[0]


BALLOTS = {
    FIRST: {"T-ORG-A": ["11111", "11211", "1121.", "90111", "11112"], "T-MEM-A": ["111", "121", "441"]},
    SECOND: {"T-ORG-A": ["11111"] * 6 + ["22222"], "T-MEM-A": ["111"] * 7},
    DIRECT: {"T-ORG-A": ["12341", "11111", "11111", "31111"], "T-MEM-A": ["112", "111", "111", "011"]},
}


def write_ballots(path: Path, batch: str, ballots: list[str]) -> None:
    """A spreadsheet of ballots, one row each, as a unit that already keyed its paper elsewhere would have it."""
    items = ORG_ITEMS if "T-ORG-A" in batch else MEMBER_ITEMS
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["票批码", *items])
        writer.writerows([batch, *ballot] for ballot in ballots)
