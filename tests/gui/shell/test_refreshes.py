"""What a page's refresh asks of the file, on the page itself: the same for forty branches as for eight, and little."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from counting import Asked, counted, office
from series import LONG
from showing import settle, some

import make
from pingyi_desktop.appraisal.ledgers import catalog
from pingyi_desktop.gui import entries
from pingyi_desktop.standing import soundness
from pingyi_desktop.standing.contradiction import ContradictedError
from pingyi_desktop.storage import store

pytestmark = pytest.mark.usefixtures("painted")  # what is read only when it is seen counts too

FEW, MANY = "QL.18", "QL.01"  # eight branches, forty branches
REFRESH = 25
SOUND = 15
ROLLUPS = 7  # the committee's and those of its six general branches
PAGES = ("workbench", "campaign", "organisations", "entry", "exchange", "results", "reports")
UNCHECKED = [entry.key for entry in (entries.PAGES if LONG else some(1)) if entry.key != "reports"]
"""报表 holds the file against its signature first: that is counted on a signed one"""


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {code: office(tmp_path_factory.mktemp(code), code) for code in (FEW, MANY)}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with sealed ballots and a row in every ledger, so that every page has something to show."""
    made = make.counted_company(tmp_path_factory.mktemp("company") / "QL.pingyi")
    with made.transaction() as session:
        place = {"campaign_id": make.campaign_of(session), "org": "QL.01.B001", "number": 1}
        for ledger in (catalog.ledger(noun.key) for noun in catalog.NOUNS):
            columns = ledger.sql.columns
            needed = [
                one
                for one in ledger.fields
                if not columns[one.key].nullable and columns[one.key].default is None
            ]
            session.add(
                ledger.table(**place, **{f.key: f.options[0].code if f.options else "甲" for f in needed})
            )
    made.close()
    return made.path


def refreshed(open_window: Callable, path: Path, keys: Iterable[str]) -> dict[str, Asked]:
    """What the refresh of each of these pages asks, by its key; all of them in one window."""
    wanted = [entry for entry in entries.PAGES if entry.key in keys]
    window, found = open_window(wanted), dict[str, Asked]()
    assert window.open_path(path)
    for entry in wanted:
        window.workspace.go_to(entry.key)
        settle(window)
        with counted() as found[entry.key]:
            window.workspace.page.refresh()
            assert settle(window), entry.key
    window.close()
    return found


def test_a_refresh_asks_a_company_of_many_units_no_more(
    open_window, offices: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "_refuse", lambda *_: None)  # the tasks of these files no act handed out
    few, many = (refreshed(open_window, path, PAGES) for path in offices.values())
    assert set(many) == set(PAGES)
    assert {key: one.statements for key, one in few.items()} == {
        key: one.statements for key, one in many.items()
    }
    for key, asked in many.items():
        assert 0 < len(asked.statements) <= REFRESH, key
        assert asked.desks <= 1, key
        assert asked.opened <= (2 if key == "reports" else 1) * ROLLUPS, (
            key
        )  # for the check and for the figures


def test_no_page_asks_the_file_often(open_window, company: Path) -> None:
    found = refreshed(open_window, company, UNCHECKED)
    assert len(found) == len(UNCHECKED)
    for key, asked in found.items():
        assert 0 < len(asked.statements) <= REFRESH, key


def test_whether_the_file_is_sound_is_asked_of_many_units_no_more(offices: dict[str, Path]) -> None:
    """Small tables are read together for their digests, the journal and the batches once for all checks."""
    found = []
    for path in offices.values():
        opened = store.open_file(path)
        with opened.reading() as session, counted() as asked, suppress(ContradictedError):
            soundness.before_report(session)  # whose tasks no act handed out: told when all is looked at
        opened.close()
        found.append(asked.statements)
    few, many = found
    assert few == many
    assert len(many) <= SOUND


def test_the_exchange_page_opens_one_desk_and_every_rollup_once(
    open_window, offices: dict[str, Path]
) -> None:
    asked = refreshed(open_window, offices[MANY], ["exchange"])["exchange"]
    assert (asked.desks, asked.opened) == (1, ROLLUPS)
    assert len([one for one in asked.statements if "FROM envelope" in one.replace("\n", " ")]) == 1
