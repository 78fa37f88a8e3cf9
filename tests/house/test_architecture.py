"""The house keeps its rules (``house_rules``): nothing of the product is imported here.

Every rule is also run against small sources that break it, so that a rule which stopped looking is noticed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from house_read import PACKAGE, House, read_house, sources
from house_rules import (
    FOLDER_FILES,
    MAY_IMPORT,
    MOST_FUNCTIONS,
    MOST_MODULES,
    RULES,
    Rule,
    acts_have_one_door,
    broad_except_at_the_edge,
    campaigns_keep_their_tree,
    classes_are_no_larger,
    dialect_in_storage,
    functions_say_what_they_do,
    imports_at_the_top,
    lengths,
    names_say_something,
    nine_of_ten_are_short,
    no_arrow_climbs,
    no_cycles,
    nothing_is_there_for_tests_only,
    one_door_for_later,
    one_meaning_each,
    one_place_commits,
    one_table_of_layers,
    pages_ask_for_the_chosen_campaign,
    row_of,
    sql_is_constant,
    third_parties_confined,
    who_imports_whom,
    within_budget,
)

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def house() -> House:
    return read_house(ROOT / PACKAGE)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule, house: House) -> None:
    problems = rule(house)
    assert not problems, "\n".join(problems)


def test_the_whole_house_was_read_and_every_row_is_about_something(house: House) -> None:
    assert {"", "__main__", "errors", "storage.schema", "gui.entry.page", "exchange.wire.age"} <= house.keys()
    assert MAY_IMPORT.keys() - {row_of(name) for name in house} == set()


def test_the_lengths_of_the_house_are_printed(house: House) -> None:
    """``-s`` shows them beside what nine of ten may have, so that growth is seen before it is refused."""
    functions, modules = lengths(house)
    for what, lines, most in (("functions", functions, MOST_FUNCTIONS), ("modules", modules, MOST_MODULES)):
        middle, ninth, longest = lines[len(lines) // 2], lines[len(lines) * 9 // 10], lines[-1]
        print(f"{len(lines)} {what}: median {middle}, p90 {ninth} (at most {most}), longest {longest} lines")
    assert len(modules) == sum(not name.startswith("storage.formats") for name in house)


CHECKED = """
if TYPE_CHECKING:
    from pingyi_desktop.exchange.outbox import tasks
else:
    tasks = later("pingyi_desktop.{name}")
"""
TASKS = CHECKED.format(name="exchange.outbox.tasks")
LONG = "def f():\n" + "    x = 1\n" * 50
P = f"from {PACKAGE}."
BROKEN: tuple[tuple[Rule, House], ...] = (
    (who_imports_whom, sources(errors=f"import {PACKAGE}.paths", paths="")),
    (who_imports_whom, sources(storage__formats__format_2=P + "storage.schema import A", storage__schema="")),
    (who_imports_whom, sources(storage__formats__format_2="from .. import schema", storage__schema="")),
    (who_imports_whom, sources(appraisal__people__org="from ..batches import b", appraisal__batches__b="")),
    (
        who_imports_whom,
        sources(appraisal__paper__keying=P + "appraisal.people import org", appraisal__people__org=""),
    ),
    (
        who_imports_whom,
        sources(appraisal__campaign__a=P + "appraisal.batches import b", appraisal__batches__b=""),
    ),
    (who_imports_whom, sources(appraisal__people__org=P + "storage import store", storage__store="")),
    (who_imports_whom, sources(exchange__wire__header=P + "storage.schema import A", storage__schema="")),
    (
        who_imports_whom,
        sources(exchange__inbox__imports=P + "exchange.outbox import tasks", exchange__outbox__tasks=""),
    ),
    (
        who_imports_whom,
        sources(standing__sums=P + "exchange.outbox import tasks", exchange__outbox__tasks=""),
    ),
    (who_imports_whom, sources(sheets__grid__grid=P + "sheets.stacks import b", sheets__stacks__b="")),
    (who_imports_whom, sources(render__pdf=P + "appraisal.people.org import x", appraisal__people__org="")),
    (who_imports_whom, sources(render__pdf=P + "reports import slip", reports__slip="")),
    (who_imports_whom, sources(reports__slip=P + "render import pdf", render__pdf="")),
    (
        who_imports_whom,
        sources(gui__parts__tables=P + "appraisal.people import org", appraisal__people__org=""),
    ),
    (who_imports_whom, sources(gui__entry__page=P + "gui.people import page", gui__people__page="")),
    (who_imports_whom, sources(gui__keying__paper=P + "gui.entry import desk", gui__entry__desk="")),
    (
        who_imports_whom,
        sources(gui__people__page=f"page = later('{PACKAGE}.gui.entry.page')", gui__entry__page=""),
    ),
    (who_imports_whom, sources(cli=P + "gui import app", gui__app="")),
    (who_imports_whom, sources(cli__jobs=f"def f():\n    {P}gui.app import run", gui__app="")),
    (who_imports_whom, sources(demo=P + "cli import main", cli="")),
    (who_imports_whom, sources(gui__window=P + "demo import run", demo="")),
    (who_imports_whom, sources(gui=P + "cli import main", cli="")),
    (
        no_arrow_climbs,
        sources(
            standing__a=P + "exchange.wire import b",
            exchange__wire__b="",
            exchange__outbox__c=P + "standing import d",
            standing__d="",
        ),
    ),
    (
        no_arrow_climbs,
        sources(
            gui__parts__a="from ..page import Page", gui__page="from .parts import b", gui__parts__b="x = 1"
        ),
    ),
    (one_meaning_each, sources(reports__drawn="class Sheet: pass", sheets__grid__sheet="class Sheet: pass")),
    (no_cycles, sources(cli=f"import {PACKAGE}.demo", demo=P + "cli import main")),
    (third_parties_confined, sources(cli="from PySide6.QtCore import QTimer")),
    (third_parties_confined, sources(gui__reports__page="import openpyxl.styles")),
    (third_parties_confined, sources(render__pdf="import openpyxl")),
    (third_parties_confined, sources(reports__blocks="from reportlab import rl_config")),
    (third_parties_confined, sources(storage__journal="from cryptography.hazmat import x")),
    (third_parties_confined, sources(gui__files__a="openpyxl = later('openpyxl')")),
    (third_parties_confined, sources(exchange__inbox__a="import sqlite3")),
    (third_parties_confined, sources(storage__store="from sqlcipher3 import dbapi2")),
    (third_parties_confined, sources(exchange__merging__merge="from sqlmodel import Session")),
    (third_parties_confined, sources(appraisal__paper__tallies="from sqlalchemy import select")),
    (third_parties_confined, sources(gui__entry__page="from sqlmodel import select")),
    (imports_at_the_top, sources(cli="def f():\n    import json")),
    (imports_at_the_top, sources(gui__window="class A:\n    from json import loads")),
    (imports_at_the_top, sources(__main__=f"def main():\n    {P}cli import main")),
    (one_door_for_later, sources(reports__slip=CHECKED.format(name="sheets.roster"))),
    (one_door_for_later, sources(gui__window="tasks = later('pingyi_desktop.exchange.outbox.tasks')")),
    (one_door_for_later, sources(gui__window=CHECKED.format(name="exchange.locks.keys"))),
    (one_door_for_later, sources(gui__window="def f():\n    return later('pingyi_desktop.exchange')")),
    (one_door_for_later, sources(gui__window="x = 1")),
    (one_door_for_later, sources(gui__parts__forms="from importlib import import_module")),
    (one_place_commits, sources(appraisal__people__org="def f(session):\n    session.commit()")),
    (one_place_commits, sources(cli="from sqlmodel import create_engine")),
    (one_place_commits, sources(cli="import sqlalchemy as sa\nengine = sa.create_engine('x')")),
    (acts_have_one_door, sources(gui__people__page="self.context.undo.offer('已移动', back)")),
    (acts_have_one_door, sources(gui__people__page="self.context.work.write(act, done)")),
    (pages_ask_for_the_chosen_campaign, sources(gui__entry__page="asked = campaigns.at_work_id(session)")),
    (pages_ask_for_the_chosen_campaign, sources(gui__exchange__sending="view = campaigns.current(session)")),
    (one_table_of_layers, sources(reports__slip="NAMES = {1: '层面一', 2: '层面二'}")),
    (one_table_of_layers, sources(sheets__stacks__ballot_words="OF = {'一': '1', '二': '2'}")),
    (one_table_of_layers, sources(appraisal__paper__rules="LAYERS = ('1', '2')\nprint(LAYERS)")),
    (campaigns_keep_their_tree, sources(reports__slip="names = org.tree(session)")),
    (campaigns_keep_their_tree, sources(exchange__outbox__tasks="def f(s):\n    return org.own_unit(s)")),
    (names_say_something, sources(gui__utils="")),
    (names_say_something, sources(helper__dates="")),
    (functions_say_what_they_do, sources(gui__entry__page="def _told(a):\n    return a")),
    (functions_say_what_they_do, sources(gui__entry__page="class A:\n    def look(self):\n        pass")),
    (nothing_is_there_for_tests_only, sources(reports__slip="def build():\n    pass")),
    (nothing_is_there_for_tests_only, sources(reports__slip="LONGEST: int = 3\nLONGEST = 4")),
    (
        nothing_is_there_for_tests_only,
        sources(reports__slip=P + "reports.blocks import Text as Text", reports__blocks="class Text: pass"),
    ),
    (
        nothing_is_there_for_tests_only,
        sources(reports__slip="def build():\n    pass", gui__app="build = 1\nprint(build)"),
    ),
    (
        nothing_is_there_for_tests_only,
        sources(reports__slip="def build():\n    pass", gui__app="x = one.build\nprint(x)"),
    ),
    (
        nothing_is_there_for_tests_only,
        sources(gui__app="class A:\n    def told(self):\n        pass\nprint(A())"),
    ),
    (
        nothing_is_there_for_tests_only,
        sources(gui__app="class A:\n    @property\n    def told(self): pass\nprint(A())"),
    ),
    (nothing_is_there_for_tests_only, sources(gui__app="class A:\n    told: int = 0\nprint(A())")),
    (broad_except_at_the_edge, sources(gui__entry__page="try:\n    f()\nexcept Exception:\n    g()")),
    (broad_except_at_the_edge, sources(storage__store="try:\n    f()\nexcept:\n    raise")),
    (broad_except_at_the_edge, sources(demo="try:\n    f()\nexcept (OSError, BaseException):\n    raise")),
    (within_budget, sources(cli="x = 1\n" * 401)),
    (within_budget, sources(storage__schema_entry="x = 1\n" * 301)),
    (within_budget, sources(gui__entry__page="x = 1\n" * 301)),
    (within_budget, sources(cli=LONG)),
    (classes_are_no_larger, sources(cli="class A:\n" + "    x = 1\n" * 300)),
    (classes_are_no_larger, sources(gui__window="class Window:\n" + "    def f(self): pass\n" * 39)),
    (classes_are_no_larger, sources(gui__window="class Window:\n    x = 1")),
    (classes_are_no_larger, sources(cli="class A:\n" + "    def f(self): pass\n" * 26)),
    (nine_of_ten_are_short, sources(cli="x = 1\n" * 301, demo="", errors="")),
    (nine_of_ten_are_short, sources(cli="def f():\n" + "    x = 1\n" * 22 + "def g(): pass")),
    (within_budget, sources(**{f"render__m{number}": "" for number in range(FOLDER_FILES + 1)})),
    (dialect_in_storage, sources(appraisal__people__org="s.execute(text('PRAGMA user_version'))")),
    (dialect_in_storage, sources(exchange__inbox__a="most = func.max(*cells)")),
    (dialect_in_storage, sources(exchange__inbox__a="order = literal_column('campaign.rowid')")),
    (dialect_in_storage, sources(exchange__inbox__a="from sqlalchemy.dialects.sqlite import insert")),
    (sql_is_constant, sources(storage__store="db.execute('ATTACH ? AS other', [path])")),
    (sql_is_constant, sources(storage__store="db.execute(f'DELETE FROM {table}')")),
    (sql_is_constant, sources(storage__store="db.executemany('DELETE FROM ' + table, [])")),
    (sql_is_constant, sources(storage__store="db.exec_driver_sql('DELETE FROM %s' % table)")),
    (sql_is_constant, sources(storage__store="db.execute('DELETE FROM {}'.format(table))")),
    (sql_is_constant, sources(storage__store="db.execute(' AND '.join(parts))")),
    (sql_is_constant, sources(storage__store="from sqlmodel import text\nq = text(f'SELECT {x}')")),
)


@pytest.mark.parametrize(("rule", "broken"), BROKEN)
def test_a_broken_rule_is_found(rule: Rule, broken: House) -> None:
    assert rule(broken) != []


SOUND = sources(
    errors='"""ATTACH and PRAGMA are only spoken of here."""',
    paths="",
    storage__schema="from sqlmodel import SQLModel, text\nindex = text('retired = 0')",
    storage__store="from sqlmodel import create_engine\ndef f(s):\n    s.commit()\n    s.execute('PRAGMA x', [1])\nf(1)",
    appraisal__people__org=P + "storage.schema import Member, index\nfrom ...errors import UserError",
    appraisal__batches__ballots=P + "appraisal.people import org\ns.execute(select(A).join(B))",
    exchange__wire__package=f"from {PACKAGE} import errors, __version__",
    exchange__outbox__transfer=P + "storage.store import Store\nfrom ..wire import package",
    sheets__grid__columns="import openpyxl",
    cli=TASKS + P[:-1] + " import demo\ntry:\n    demo.run()\nexcept Exception:\n    pass",
    demo=P + "appraisal.people import org",
    gui__app=TASKS + f"from PySide6.QtWidgets import QApplication\n{P}gui.window import Window",
    gui__window=TASKS + "label = field.text()\nprint(label)",
    gui__entry__page=P + "appraisal.people.org import x\nfrom sqlmodel import Session",
    __main__=f"if TYPE_CHECKING:\n    {P[:-1]} import cli\nelse:\n    cli = later('{PACKAGE}.cli')",
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_house_is_left_alone(rule: Rule) -> None:
    assert rule(SOUND) == []
