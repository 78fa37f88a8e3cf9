"""A branch with a right key of its own that invents ballots: nothing of it counts three levels up, whatever its office does.

The hostile branch signs and encrypts real package files with the key its task gave it; only its figures are invented.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from offices import BALLOTS, COMMITTEE, FIRST, SECOND, World, handed_down, run

import make
from pingyi_desktop import bounds
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.wire import bundle, package
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import StoredEnvelope

Change = Callable[[dict[str, Any]], None]
NAME = "采一队"


def forged(world: World, code: str, change: Change, *, into: Path) -> Path:
    """A package file of the branch whose own last submission says something else, signed and encrypted as it signs."""
    held = store.open_file(world.file(code))
    with held.transaction() as session:
        campaign = session.connection().exec_driver_sql("SELECT id FROM campaign").scalar_one()
        rows = session.connection().exec_driver_sql(
            "SELECT raw FROM envelope WHERE own AND type = 'submission'"
        )
        honest = package.parse_stored(rows.scalars().all()[-1])
        documents = {name: copy.deepcopy(honest.document(name)) for name in honest.members}
        change(documents)
        made, _ = keys.issue(
            session,
            campaign=session.get_one(Campaign, campaign),
            kind="submission",
            members=documents,
            unit_name=honest.address.unit_name,
            to=COMMITTEE,
            signer=keys.signer(session, campaign_id=campaign),
        )
        into.write_bytes(keys.wrap_for(session, campaign_id=campaign, data=bundle.write([made])))
        assert session.get(StoredEnvelope, made.id) is not None
    held.close()
    return into


def flood(many: int) -> Change:
    """So many satisfied ballots in every batch, and as many people."""

    def change(documents: dict[str, Any]) -> None:
        documents["sessions"]["sessions"][0].update(expected=many, actual=many)
        for batch in documents["tallies"]["batches"]:
            batch.update(printed=many, issued=many, returned=many, valid=many, blank=0, void=0)
            for item in batch["items"]:
                item.update(counts=[many, 0, 0, 0], blank=0, multi=0, illegible=0)

    return change


def without_people(documents: dict[str, Any]) -> None:
    flood(5000)(documents)
    documents["sessions"]["sessions"][0].update(expected=None, actual=None)


def overflowing(documents: dict[str, Any]) -> None:
    flood(2**52)(documents)
    documents["sessions"]["sessions"][0].update(expected=None, actual=None)


@pytest.fixture
def reported(world: World) -> World:
    """Both branches of the committee have reported honestly, and the committee has handed up."""
    make.copied_folder(world.root, _reported)
    return world


def _reported(root: Path) -> None:
    world = World(root, run, make.copied_folder(root, handed_down))
    for code in (FIRST, SECOND):
        world.key(code, BALLOTS[SECOND])
        world.hold(code, actual=7)
        world.take(COMMITTEE, handed_up(world, code))
    world.hold(COMMITTEE, actual=10)
    world.take("QL", handed_up(world, COMMITTEE))


def handed_up(world: World, code: str) -> Path:
    """The unit's export, whatever it is asked confirmed."""
    export = ("export", world.file(code), world.root / code, "--json", "--reason", "已核实")
    return Path(world.run(*export).facts["file"])


def rates(world: World, code: str) -> Any:
    return [
        [(i["satisfied"], i["denominator"]) for i in f["items"]]
        for f in json.loads(world.tally(code))["forms"]
    ]


@pytest.mark.parametrize(
    "change", [flood(5000), without_people, overflowing], ids=["5000", "no people", "2**52"]
)
def test_invented_ballots_count_nowhere_and_cost_nobody_else_his(
    reported: World, change: Change, tmp_path: Path
) -> None:
    before = rates(reported, "QL")
    bad = forged(reported, FIRST, change, into=tmp_path / "伪造.pingyi-pack")
    said = reported.run("import", reported.file(COMMITTEE), bad, "--confirm-all", "--json", status=1)
    (entry,) = said.facts["entries"]
    assert NAME in entry["unit_name"]
    assert entry["verdict"] in ("待核", "拒收")
    for verb in ("tally", "coverage", "verify"):
        reported.run(verb, reported.file(COMMITTEE))
    reported.take("QL", handed_up(reported, COMMITTEE))
    for form, other in zip(rates(reported, "QL"), before, strict=True):
        for (satisfied, below), (_, honest) in zip(form, other, strict=True):
            assert satisfied <= below <= honest


def test_what_an_office_releases_is_asked_for_again_above(reported: World, tmp_path: Path) -> None:
    bad = forged(reported, FIRST, flood(5000), into=tmp_path / "伪造.pingyi-pack")
    reported.run("import", reported.file(COMMITTEE), bad, "--confirm-all", status=1)
    (waiting,) = reported.run("quarantine", reported.file(COMMITTEE), "--json").facts
    assert "应到 5000 人" in waiting["sentence"]
    release = ("quarantine", reported.file(COMMITTEE), "--release", waiting["id"][:8])
    reported.run(*release, status=1)
    reported.run(*release, "--reason", "已电话核实")
    assert rates(reported, COMMITTEE)[0][0][0] > 5000
    sent = handed_up(reported, COMMITTEE)
    reported.run("import", reported.file("QL"), sent, "--confirm-all", status=1)
    assert all(below <= 20 for form in rates(reported, "QL") for _, below in form)
    (again,) = reported.run("quarantine", reported.file("QL"), "--json").facts
    assert (again["unit_code"], "应到 5000 人" in again["sentence"]) == (FIRST, True)


NEARLY = bounds.most_voters(bounds.STRANGER.listed) - 5  # of a unit of which the office has no roster


@pytest.mark.parametrize("at_once", [True, False], ids=["together", "one by one"])
def test_two_that_are_each_nearly_too_large_are_not_counted_together_at_any_level(
    reported: World, at_once: bool, tmp_path: Path
) -> None:
    bad = [
        forged(reported, code, flood(NEARLY), into=tmp_path / f"{code}.pingyi-pack")
        for code in (FIRST, SECOND)
    ]
    ask = ("import", reported.file(COMMITTEE), "--confirm-all", "--json")
    if not at_once:
        reported.run(*ask, bad[0])
    said = reported.run(*ask, *bad, status=1)
    waiting = [one for one in said.facts["entries"] if one["verdict"] == "待核"]
    assert len(waiting) == 1 + at_once
    for one in waiting:
        assert f"2 个单位应到合计 {2 * NEARLY} 人" in one["sentence"]
        assert "党员共 100 名" in one["sentence"]
    assert all(below <= NEARLY for form in rates(reported, COMMITTEE) for _, below in form)
    for verb in ("tally", "coverage", "verify"):
        reported.run(verb, reported.file(COMMITTEE))
    for one in reported.run("quarantine", reported.file(COMMITTEE), "--json").facts:
        release = ("quarantine", reported.file(COMMITTEE), "--release", one["id"][:8])
        reported.run(*release, status=1)
        reported.run(*release, "--reason", "已电话核实")
    assert rates(reported, COMMITTEE)[0][0][1] >= 2 * NEARLY
    sent = handed_up(reported, COMMITTEE)
    reported.run("import", reported.file("QL"), sent, "--confirm-all", status=1)
    assert all(below <= 20 for form in rates(reported, "QL") for _, below in form)
    reported.run("verify", reported.file("QL"))
