"""Hand edits of data files: whatever a table says, something signed, sealed or journalled says it too, and denies it.

The attacker knows the program, drops its triggers and makes the journal's chain anew; he has no key. Every edit is tried
on a file as it is, and on one as the editions before left it, whose journal no key has signed: there only what
packages, seals and entries tell is left to deny it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import make
import pytest
from offices import BALLOTS, COMMITTEE, DIRECT, FIRST, ORGS, SECOND, SIGNED, WHY, Said, World

from pingyi_desktop import cli
from pingyi_desktop.appraisal import ballots, campaigns
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.exchange import keylock, package, trust
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import store

PROXIED = "QL.B004"
CODE = f"L2-{FIRST}-T-ORG-A-v1-ALL"
COUNTED = f"L2-{SECOND}-T-ORG-A-v1-ALL"


def run(*words: object, status: int = 0) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ended = cli.main([str(word) for word in words])
    said = Said(ended, out.getvalue(), err.getvalue())
    assert "Traceback" not in said.err
    assert ended == status, said.err
    return said


def correct(world: World) -> None:
    """The branch reopens its sealed batch with a correction sheet and seals it again."""
    people = ("--reason", "漏一张", "--applicant", "甲", "--scrutineer", "乙")
    run("batch", "reopen", world.file(FIRST), CODE, *people)
    run("batch", "take-out", world.file(FIRST), CODE, "11112")
    run("batch", "put-in", world.file(FIRST), CODE, "11111")
    run("seal", world.file(FIRST), "--batch", CODE, *SIGNED, *WHY)


def count(world: World) -> None:
    """The other branch keys a tally sheet of seven ballots instead of ballots."""
    held = store.open_file(world.file(SECOND))
    with held.transaction() as session:
        campaign = campaigns.current(session)
        batch = make.batch(session, campaign_id=campaign.id, org_code=SECOND, form_code="T-ORG-A", layer=2)
        items = {("", item.no): Counts((4, 3, 0, 0), 0, 0, 0) for item in campaign.form("T-ORG-A").items}
        ballots.enter_counts(session, batch_id=batch.id, counts=items, by="甲")
        make.sheet(session, batch.id, valid=7)
        make.seal(session, batch_id=batch.id, by="甲")
    held.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A company at the end of its campaign: corrected, counted, exported, received, withdrawn, entered by proxy."""
    made = World(tmp_path_factory.mktemp("公司"), run)
    (made.root / "QL").mkdir()
    company = made.file("QL")
    run("init", company, "--code", "QL", "--name", "中共青峦公司委员会", "--type", "公司党委")
    for parent, code, kind, name in (*ORGS, ("QL", PROXIED, "BRANCH", "中共青峦公司后勤支部委员会")):
        run("org", "add", company, "--parent", parent, "--code", code, "--type", kind, "--name", name)
    dates = ("--year", 2025, "--start", "2025-09-01", "--end", "2025-12-20")
    run("campaign", "new", company, "--name", "群众评议", "--activity", "创先争优", *dates)
    run("campaign", "publish", company, *WHY)
    run("proxy", company, PROXIED)
    made.assign("QL")
    made.assign(COMMITTEE)
    made.key(FIRST, BALLOTS[FIRST])
    correct(made)
    made.key(SECOND, {"T-MEM-A": BALLOTS[SECOND]["T-MEM-A"]})
    count(made)
    made.key(DIRECT, BALLOTS[DIRECT])
    for code in (FIRST, SECOND, DIRECT):
        made.hold(code, actual=10)
    packages = {code: exported(made, code) for code in (FIRST, SECOND, DIRECT)}
    made.take(COMMITTEE, packages[FIRST], packages[SECOND])
    made.hold(COMMITTEE, actual=0)
    run("review", company) if False else None
    made.take("QL", exported(made, COMMITTEE), packages[DIRECT])
    numbers = {
        one["unit_code"]: one["check_number"].replace(" ", "")
        for one in made.take("QL", packages[DIRECT]).facts["entries"]
    }
    run("withdraw", company, "--choose", numbers[DIRECT], "--reason", "该支部来电更正")
    made.key(COMMITTEE, {"T-ORG-A": ["11111"] * 6}, layer=1)
    made.hold(COMMITTEE, actual=6, layer=1)
    return made


def exported(world: World, code: str) -> Path:
    made = run("export", world.file(code), world.root / code, "--json", *WHY).facts
    return Path(made["file"])
