"""The house rules of the source, checked on its syntax trees: nothing of the product is imported here.

``MAY_IMPORT`` is the table "who may import whom". To change the house, change its row here and say why in it.
Every rule is also run against small sources that break it, so that a rule which stopped looking is noticed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "pingyi_desktop"
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Row:
    """``who`` may import ``may`` (patterns of module names inside the package), because of ``why``."""

    who: str
    may: tuple[str, ...]
    why: str
    never: tuple[str, ...] = ()


NOTHING: tuple[str, ...] = ()
WORDING = (
    "appraisal.catalogue*"  # every rule's weight and sentence: texts, so everyone who refuses may use them
)
DATA = ("errors", "visible", "bounds", "storage.schema*", "storage.journal", WORDING)
# Left to right: each may import those before it. The pure ones never see a database, so nouns may stand on them.
PURE = tuple(
    f"appraisal.{name}"
    for name in (
        "catalogue_people",
        "catalogue_campaign",
        "catalogue_ballots",
        "catalogue",
        "forms",
        "rules",
        "tallies",
        "keying",
        "stages",
        "suppression",
        "counting",
        "alignment",
        "sampling",
        "compare",
        "places",
        "grades",
        "naming",
        "org_rules",
        "personal",
        "mentions",
        "facts_refused",
        "member_rules",
        "campaign_rules",
    )
)
NOUNS = tuple(
    f"appraisal.{name}"
    for name in (
        "findings",
        "org",
        "members",
        "at_work",
        "campaign_tree",
        "campaign_forms",
        "campaigns",
        "outsized",
        "sessions",
        "operators",
        "batches",
        "ballots",
        "signing",
        "second",
        "settling",
        "quality",
        "corrections",
        "calling",
        "stacks",
    )
)
PACKAGES = tuple(
    f"exchange.{name}"
    for name in (
        "canonical",
        "trust",
        "header",
        "package",
        "bodies",
        "identities",
        "plausible",
        "bundle",
        "records",
        "holds",
        "merge",
    )
)
CORE = ("errors", "paths", "visible", "bounds", "saving", "storage.schema*", "appraisal.*")

# The first row that matches a module is its rule.
MAY_IMPORT = (
    Row("errors", NOTHING, "everyone raises them, so they stand on nothing"),
    Row("paths", NOTHING, "everyone asks where files are, so it stands on nothing"),
    Row("visible", NOTHING, "texts in, texts out: what is typed and what is shown, in every room"),
    Row("bounds", NOTHING, "how large a figure can be, for every door through which one comes in"),
    Row("saving", ("errors",), "bytes into a file, whole or not at all"),
    Row("storage.schema", NOTHING, "read first; tables have no behaviour"),
    Row("storage.schema_*", ("storage.schema",), "the tables that only one room needs, in their own file"),
    Row("storage.format_*", NOTHING, "frozen history: the text of one format"),
    Row("storage.migrations", ("storage.format_*",), "frozen history: today's schema must not reach into it"),
    Row(
        "storage.store",
        (
            "storage.schema",
            "storage.migrations",
            "storage.replacing",
            "storage.troubles",
            "storage.cipher",
            "storage.journal",
            "errors",
            "saving",
        ),
        "the file, not its meaning; who signs the journal says so there",
    ),
    Row("storage.troubles", ("storage.cipher", "errors", "saving"), "what either database says, in words"),
    Row("storage.cipher", ("errors", "saving"), "the file encrypted as a whole; the key is given to it"),
    Row(
        "storage.replacing",
        ("storage.cipher", "errors", "saving"),
        "which files lie beside a data file, not what is in them",
    ),
    Row("storage.journal", ("storage.schema", "errors"), "a record of acts that knows none of them"),
    Row("appraisal.catalogue_*", NOTHING, "texts"),
    Row("appraisal.catalogue", ("errors", "appraisal.catalogue_*"), "a code becomes a sentence: pure"),
    Row(
        "appraisal.forms",
        ("errors", "paths", WORDING),
        "form templates and scales are data read from resources",
    ),
    Row(
        "appraisal.rules",
        ("errors", "appraisal.forms", WORDING),
        "the counting rule is pure and refers to scales only",
    ),
    Row(
        "appraisal.tallies",
        ("errors", "appraisal.forms", "appraisal.rules"),
        "arithmetic on counts given to it",
    ),
    Row(
        "appraisal.keying",
        ("errors", "appraisal.forms", WORDING),
        "keys in, marks out: a state machine without a file",
    ),
    Row(
        "appraisal.stages",
        ("errors", "storage.schema", WORDING),
        "which act a batch's state allows, without the batch",
    ),
    Row(
        "appraisal.counting",
        (
            "storage.schema*",
            "appraisal.forms",
            "appraisal.tallies",
            "appraisal.keying",
            "appraisal.suppression",
        ),
        "ballots already read become counts, and counts the values of a row",
    ),
    Row("appraisal.alignment", ("appraisal.keying",), "two stacks of ballots paired by sequence: pure"),
    Row("appraisal.sampling", NOTHING, "what a sample proves: arithmetic"),
    Row(
        "appraisal.compare",
        (
            "appraisal.keying",
            "appraisal.alignment",
            "appraisal.tallies",
            "appraisal.counting",
        ),
        "two entries held against each other: pure",
    ),
    Row(
        "appraisal.places",
        (
            "errors",
            "visible",
            "bounds",
            WORDING,
            "appraisal.forms",
            "appraisal.keying",
            "appraisal.alignment",
            "appraisal.compare",
        ),
        "what differs, in words: pure",
    ),
    Row(
        "appraisal.grades",
        (WORDING, "appraisal.forms", "appraisal.keying", "appraisal.counting"),
        "how many may be graded best: pure",
    ),
    Row("appraisal.suppression", NOTHING, "which printed sums to hide, and what a difference tells: pure"),
    Row("appraisal.naming", ("storage.schema",), "the words for the kinds of organisation"),
    Row("appraisal.personal", ("visible",), "what may be kept about a person: text in, text out"),
    Row(
        "appraisal.mentions",
        ("storage.schema", "appraisal.naming", "appraisal.personal"),
        "which organisations a text names: text in, names out",
    ),
    Row("appraisal.facts_refused", ("appraisal.personal",), "facts that are not kept, in whatever disguise"),
    Row(
        "appraisal.org_rules",
        ("errors", "visible", "bounds", "storage.schema", "appraisal.naming", WORDING),
        "checks on organisations already read",
    ),
    Row(
        "appraisal.member_rules",
        ("errors", "visible", "storage.schema", "appraisal.personal", WORDING),
        "checks on a member's values",
    ),
    Row(
        "appraisal.campaign_rules",
        ("errors", "bounds", "storage.schema", WORDING),
        "checks on a campaign's values",
    ),
    Row(
        "appraisal.roster*",
        (*DATA, *PURE, *NOUNS[:3], "appraisal.roster*"),
        "a whole roster at once, planned before anything is written",
    ),
    *(
        Row(
            noun,
            (*DATA, *PURE, *NOUNS[:place]),
            "organisation ← member ← campaign ← session ← batch ← ballot",
        )
        for place, noun in enumerate(NOUNS)
    ),
    Row(
        "appraisal.checks",
        (*DATA, "appraisal.*"),
        "figures of every noun held against each other; none looks back",
    ),
    Row(
        "appraisal.sums",
        (*DATA, "appraisal.*"),
        "sums of every noun held against each other; only the edges and the export look back",
    ),
    Row(
        "appraisal.overview",
        (*DATA, "appraisal.*", "exchange.arrivals"),
        "the workbench looks at every noun; none looks back. What stored packages say of a unit (check number,"
        " missing files, receipts) is the packages' to tell",
    ),
    Row(
        "appraisal.*",
        (*DATA, *PURE, *NOUNS[:8]),
        "other nouns hang on organisation and campaign, not on each other",
    ),
    Row(
        "standing.*",
        (*DATA, "appraisal.*", "exchange.*", "standing.*"),
        "where everything stands: looks at all nouns and at what stored packages say; only the edges look back",
    ),
    Row("sheets.*", (*CORE, "sheets.*"), "Excel in: rows become facts through the nouns"),
    Row(
        "reports.handover",
        (*CORE, "exchange.header", "exchange.package", "reports.*"),
        "the sheet that goes with a package adds up the signed documents themselves, to set them against the tables",
    ),
    Row("reports.*", (*CORE, "reports.*"), "what a report says, from the nouns' rows"),
    Row(
        "render.*",
        ("reports.blocks", "errors", "paths", "visible", "saving", "render.*"),
        "how blocks look; knows nothing of appraisal",
    ),
    *(
        Row(
            f"exchange.{verb}",
            (*DATA, "storage.store", "appraisal.*", "exchange.*"),
            "the verbs that join packages with the data file: they read the tree and plan sessions through the"
            " nouns, rather than knowing those tables a second time",
        )
        for verb in (
            "tasks",
            "enrolling",
            "recovery",
            "desks",
            "receiving",
            "imports",
            "transfer",
            "receipts",
            "sides",
        )
    ),
    Row(
        "exchange.protection",
        (*DATA, "storage.*", "exchange.codes", "exchange.keylock"),
        "the verbs that join keys at rest with the file: where its locks lie is the file's business",
    ),
    *(
        Row(
            name,
            ("errors", "saving", "visible", "bounds", *PACKAGES[:place]),
            "packages read without a database; bytes ← envelope ← merge",
        )
        for place, name in enumerate(PACKAGES)
    ),
    Row(
        "exchange.privacy",
        ("errors", "exchange.package", "appraisal.suppression", WORDING),
        "what two packages tell beside each other is counted as everywhere",
    ),
    Row(
        "exchange.handing_out",
        ("errors", "saving", "storage.troubles", "exchange.bundle", "exchange.tasks"),
        "task files laid into a folder, and taken away again",
    ),
    Row("exchange.*", (*DATA, "exchange.*"), "carries facts; does not know what they mean"),
    Row("cli", ("*",), "a face: everything but the other face", never=("gui", "gui.*")),
    Row("cli.*", ("*",), "a face: everything but the other face", never=("gui", "gui.*")),
    Row("demo", ("*",), "a script over the core, called by cli", never=("gui", "gui.*", "cli", "cli.*")),
    Row("demo.*", ("*",), "a script over the core, called by cli", never=("gui", "gui.*", "cli", "cli.*")),
    Row(
        "gui.pages.*",
        ("*",),
        "a face; pages meet in the window, not in each other",
        never=("cli", "cli.*", "demo", "demo.*", "gui.pages.*"),
    ),
    Row("gui.*", ("*",), "a face: everything but the other face", never=("cli", "cli.*", "demo", "demo.*")),
    Row("__main__", ("cli", "gui.app"), "chooses a face"),
    Row("*", NOTHING, "a room's own __init__ is empty, so importing a module loads that module only"),
)

# What is confined → the modules that may use it.
THIRD_PARTIES = {
    "PySide6": ("gui", "gui.*"),
    "shiboken6": ("gui", "gui.*"),
    "openpyxl": ("sheets.*", "render.xlsx"),
    "reportlab": ("render.*",),
    "cryptography": ("exchange.*",),
    "sqlite3": ("storage.*",),
    "sqlcipher3": ("storage.cipher",),
}
DATABASE_FREE = (
    *PURE,
    "errors",
    "paths",
    *PACKAGES,
    "render.*",
)
ENGINE_AND_COMMIT = ("storage.store",)
ATTACHES = ("storage.cipher",)  # our own file to its encrypted self, the path bound as a parameter
BROAD_EXCEPT = ("gui.work", "gui.app", "cli", "cli.*")
TREE_OF_TODAY = (
    "appraisal.org",
    "appraisal.members",
    "appraisal.roster*",
    "appraisal.campaign_tree",
    "appraisal.campaigns",
    "cli.roster_verbs",
    "exchange.enrolling",
    "exchange.recovery",
    "gui.org_*",
    "gui.pages.organisations",
    "gui.pages.campaign",
    "gui.pages.workbench",
    "gui.publishing",
    "gui.scope",
    "gui.workspace",
    "sheets.roster*",
)
"""who may ask for the file's own tree: those that change it, or make a draft of it; whatever serves a published campaign
asks ``campaign_tree``, or the next campaign changes its figures"""
FORBIDDEN_NAMES = re.compile(r"(core|common|util|base|manager|service|helper)s?")
LINES = (("storage.schema", 500), ("gui.pages.*", 300), ("*", 400))
FUNCTION_LINES = 50
SQL_CALLS = {"execute", "executemany", "executescript", "exec_driver_sql", "exec"}


@cache
def _parsed(text: str) -> ast.Module:
    """Every text is parsed once, however many rules look at it."""
    return ast.parse(text)


@dataclass(frozen=True)
class Source:
    """One module: its name inside the package, its text and its syntax tree."""

    name: str
    text: str
    is_package: bool = False

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)


House = dict[str, Source]
Rule = Callable[[House], list[str]]


def read_house(folder: Path) -> House:
    """Every module under the package's folder, by its name inside the package (``""`` is the package itself)."""
    house: House = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        house[name] = Source(name, path.read_text(encoding="utf-8"), is_package)
    return house


def sources(**texts: str) -> House:
    """A house made of texts; ``__`` in a keyword stands for the dot (``gui__pages__entry``)."""
    named = {key if key == "__main__" else key.replace("__", "."): text for key, text in texts.items()}
    return {name: Source(name, text, name in {"", "gui", "cli"}) for name, text in named.items()}


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def imported_names(source: Source) -> Iterator[tuple[int, str]]:
    """Absolute dotted names that a module imports, with their lines; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                here = [PACKAGE, *filter(None, source.name.split("."))]
                above = here[: len(here) - node.level + source.is_package]
                origin = ".".join([*above, *filter(None, [node.module])])
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def own_imports(source: Source, house: House) -> Iterator[tuple[int, str]]:
    """Modules of the house that a module imports, with their lines."""
    for line, dotted in imported_names(source):
        if dotted != PACKAGE and not dotted.startswith(f"{PACKAGE}."):
            continue
        name = dotted.removeprefix(PACKAGE).lstrip(".")
        while name and name not in house:
            name = name.rpartition(".")[0]
        yield line, name


def who_imports_whom(house: House) -> list[str]:
    found = []
    for source in house.values():
        row = next(row for row in MAY_IMPORT if fnmatchcase(source.name, row.who))
        for line, name in own_imports(source, house):
            allowed = name == "" or (matches(name, row.may) and not matches(name, row.never))
            if not allowed and name != source.name:
                found.append(f"{source.name}:{line} imports {name} ({row.why})")
    return found


def no_cycles(house: House) -> list[str]:
    graph = {
        source.name: {name for _, name in own_imports(source, house) if name != source.name}
        for source in house.values()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [f"import cycle: {' → '.join(error.args[1])}"]
    return []


def third_parties_confined(house: House) -> list[str]:
    found = []
    for source in house.values():
        for line, dotted in imported_names(source):
            library = dotted.partition(".")[0]
            if library in THIRD_PARTIES and not matches(source.name, THIRD_PARTIES[library]):
                found.append(f"{source.name}:{line} imports {library}")
            if library in {"sqlalchemy", "sqlmodel"} and matches(source.name, DATABASE_FREE):
                found.append(f"{source.name}:{line} imports {library}: no database in sight here")
            queries = library in {"sqlalchemy", "sqlmodel"} and dotted != "sqlmodel.Session"
            if queries and matches(source.name, ("gui.pages.*",)):
                found.append(f"{source.name}:{line} imports {dotted}: pages ask the nouns, they never query")
    return found


def imports_at_the_top(house: House) -> list[str]:
    found = []
    for source in house.values():
        for scope in ast.walk(source.tree):
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = (node for node in ast.walk(scope) if isinstance(node, ast.Import | ast.ImportFrom))
                found += [f"{source.name}:{node.lineno} imports inside {scope.name}" for node in inner]
    return [problem for problem in found if not problem.startswith("__main__:")]


def one_place_commits(house: House) -> list[str]:
    found = []
    for source in house.values():
        if matches(source.name, ENGINE_AND_COMMIT):
            continue
        found += [
            f"{source.name}:{line} imports create_engine"
            for line, dotted in imported_names(source)
            if dotted.endswith(".create_engine")
        ]
        found += [
            f"{source.name}:{node.lineno} uses {node.attr}"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and node.attr in {"commit", "create_engine"}
        ]
    return found


def campaigns_keep_their_tree(house: House) -> list[str]:
    """Nobody asks ``org`` for the tree of today in place of the campaign's."""
    return [
        f"{source.name}:{node.lineno} asks for org.{node.attr}"
        for source in house.values()
        if not matches(source.name, TREE_OF_TODAY)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("tree", "find", "own_unit")
        if isinstance(node.value, ast.Name) and node.value.id == "org"
    ]


def names_say_something(house: House) -> list[str]:
    parts = ((name, part) for name in house for part in name.split("."))
    return [f"{name}: “{part}” says nothing" for name, part in parts if FORBIDDEN_NAMES.fullmatch(part)]


def _is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"})
        for one in kinds
    )


def broad_except_at_the_edge(house: House) -> list[str]:
    return [
        f"{source.name}:{node.lineno} catches everything"
        for source in house.values()
        if not matches(source.name, BROAD_EXCEPT)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
    ]


def within_budget(house: House) -> list[str]:
    found = []
    for source in house.values():
        length = len(source.text.splitlines())
        limit = next(limit for pattern, limit in LINES if fnmatchcase(source.name, pattern))
        if length > limit:
            found.append(f"{source.name} has {length} lines, more than {limit}")
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    found.append(f"{source.name}:{node.lineno} {node.name} has {length} lines")
    return found


def _docstrings(tree: ast.Module) -> set[int]:
    bodies = (node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list))
    first = (body[0] for body in bodies if body and isinstance(body[0], ast.Expr))
    return {id(expression.value) for expression in first}


def _is_composed(argument: ast.expr) -> bool:
    """Tell whether a statement is glued together: an f-string with a value, %, +, or a string's own method."""
    if isinstance(argument, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in argument.values)
    if isinstance(argument, ast.BinOp):
        return isinstance(argument.op, ast.Mod | ast.Add)
    method = argument.func if isinstance(argument, ast.Call) else None
    return isinstance(method, ast.Attribute) and isinstance(method.value, ast.Constant | ast.JoinedStr)


def sql_is_constant(house: House) -> list[str]:
    """No ATTACH (a received file is never opened as a database) and no SQL made from pieces."""
    found = []
    for source in house.values():
        tree = source.tree
        texts = {dotted for _, dotted in imported_names(source)} & {"sqlalchemy.text", "sqlmodel.text"}
        prose = _docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                attaches = re.search(r"\bATTACH\b", node.value, re.IGNORECASE)
                if attaches and not matches(source.name, ATTACHES):
                    found.append(f"{source.name}:{node.lineno} attaches a database")
            elif isinstance(node, ast.Call) and node.args and _is_composed(node.args[0]):
                called = node.func
                is_sql = isinstance(called, ast.Attribute) and called.attr in SQL_CALLS
                if is_sql or (texts and isinstance(called, ast.Name) and called.id == "text"):
                    found.append(
                        f"{source.name}:{node.lineno} composes SQL from pieces; bind parameters instead"
                    )
    return found


RULES: tuple[Rule, ...] = (
    who_imports_whom,
    no_cycles,
    third_parties_confined,
    imports_at_the_top,
    one_place_commits,
    campaigns_keep_their_tree,
    names_say_something,
    broad_except_at_the_edge,
    within_budget,
    sql_is_constant,
)


@pytest.fixture(scope="module")
def house() -> House:
    return read_house(ROOT / PACKAGE)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: Rule, house: House) -> None:
    problems = rule(house)
    assert not problems, "\n".join(problems)


def test_the_whole_house_was_read(house: House) -> None:
    assert {"", "__main__", "errors", "paths", "storage.schema", "storage.store", "gui.pages"} <= house.keys()


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 50

BROKEN: tuple[tuple[Rule, House], ...] = (
    (who_imports_whom, sources(errors="import pingyi_desktop.paths", paths="")),
    (
        who_imports_whom,
        sources(storage__migrations="from pingyi_desktop.storage.schema import A", storage__schema=""),
    ),
    (who_imports_whom, sources(storage__migrations="from . import schema", storage__schema="")),
    (who_imports_whom, sources(appraisal__org="from ..appraisal.ballots import seal", appraisal__ballots="")),
    (
        who_imports_whom,
        sources(appraisal__tallies="from pingyi_desktop.appraisal import ballots", appraisal__ballots=""),
    ),
    (
        who_imports_whom,
        sources(appraisal__campaigns="from pingyi_desktop.appraisal import sessions", appraisal__sessions=""),
    ),
    (
        who_imports_whom,
        sources(appraisal__deeds="from pingyi_desktop.appraisal.ballots import x", appraisal__ballots=""),
    ),
    (who_imports_whom, sources(appraisal__org="from pingyi_desktop.storage import store", storage__store="")),
    (who_imports_whom, sources(render__pdf="from pingyi_desktop.appraisal.org import x", appraisal__org="")),
    (
        who_imports_whom,
        sources(render__pdf="from pingyi_desktop.reports import coverage", reports__coverage=""),
    ),
    (
        who_imports_whom,
        sources(exchange__merge="from pingyi_desktop.storage.schema import A", storage__schema=""),
    ),
    (who_imports_whom, sources(cli="from pingyi_desktop.gui import app", gui__app="")),
    (
        who_imports_whom,
        sources(cli__jobs="def f():\n    from pingyi_desktop.gui.app import run", gui__app=""),
    ),
    (who_imports_whom, sources(demo="from pingyi_desktop.cli import main", cli="")),
    (who_imports_whom, sources(gui__window="from pingyi_desktop.demo import run", demo="")),
    (
        who_imports_whom,
        sources(gui__pages__entry="from pingyi_desktop.gui.pages import orgs", gui__pages__orgs=""),
    ),
    (who_imports_whom, sources(gui="from pingyi_desktop.gui.app import run", gui__app="")),
    (no_cycles, sources(cli="import pingyi_desktop.demo", demo="from pingyi_desktop.cli import main")),
    (third_parties_confined, sources(cli="from PySide6.QtCore import QTimer")),
    (third_parties_confined, sources(gui__pages__reports="import openpyxl.styles")),
    (third_parties_confined, sources(render__pdf="import openpyxl")),
    (third_parties_confined, sources(reports__blocks="from reportlab import rl_config")),
    (third_parties_confined, sources(storage__journal="from cryptography.hazmat import x")),
    (third_parties_confined, sources(exchange__transfer="import sqlite3")),
    (third_parties_confined, sources(storage__store="from sqlcipher3 import dbapi2")),
    (third_parties_confined, sources(exchange__merge="from sqlmodel import Session")),
    (third_parties_confined, sources(appraisal__tallies="from sqlalchemy import select")),
    (third_parties_confined, sources(gui__pages__entry="from sqlmodel import select")),
    (imports_at_the_top, sources(cli="def f():\n    import json")),
    (imports_at_the_top, sources(gui__window="class A:\n    from json import loads")),
    (one_place_commits, sources(appraisal__org="def f(session):\n    session.commit()")),
    (one_place_commits, sources(cli="from sqlmodel import create_engine")),
    (one_place_commits, sources(cli="import sqlalchemy as sa\nengine = sa.create_engine('x')")),
    (campaigns_keep_their_tree, sources(reports__slip="names = org.tree(session)")),
    (campaigns_keep_their_tree, sources(exchange__tasks="def f(session):\n    return org.own_unit(session)")),
    (names_say_something, sources(gui__utils="")),
    (names_say_something, sources(helper__dates="")),
    (broad_except_at_the_edge, sources(gui__pages__entry="try:\n    f()\nexcept Exception:\n    g()")),
    (broad_except_at_the_edge, sources(storage__store="try:\n    f()\nexcept:\n    raise")),
    (broad_except_at_the_edge, sources(demo="try:\n    f()\nexcept (OSError, BaseException):\n    raise")),
    (within_budget, sources(cli="x = 1\n" * 401)),
    (within_budget, sources(storage__schema="x = 1\n" * 501)),
    (within_budget, sources(gui__pages__entry="x = 1\n" * 301)),
    (within_budget, sources(cli=LONG_FUNCTION)),
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
    errors='"""ATTACH is only spoken of here."""',
    paths="",
    storage__schema="from sqlmodel import SQLModel, text\nindex = text('retired = 0')",
    storage__store="from sqlmodel import create_engine\ndef f(s):\n    s.commit()\n    s.execute('SELECT 1', [1])",
    appraisal__org="from pingyi_desktop.storage.schema import Member\nfrom ..errors import UserError",
    appraisal__ballots="from pingyi_desktop.appraisal import org, tallies\ns.execute(select(A).join(B))",
    appraisal__tallies="",
    exchange__package="from pingyi_desktop import errors, __version__",
    exchange__transfer="from pingyi_desktop.storage.store import Store\nfrom . import package",
    sheets__columns="import openpyxl\nfrom pingyi_desktop.appraisal.org import x",
    cli="from pingyi_desktop import demo\ntry:\n    demo.run()\nexcept Exception:\n    pass",
    demo="from pingyi_desktop.appraisal import tallies",
    gui__app="from PySide6.QtWidgets import QApplication\nfrom pingyi_desktop.gui.window import Window",
    gui__window="from pingyi_desktop.gui.pages.entry import Entry\nlabel = field.text()",
    gui__pages__entry="from pingyi_desktop.appraisal.org import x",
    __main__="def main():\n    from pingyi_desktop.cli import main\n    from pingyi_desktop.gui.app import run",
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_house_is_left_alone(rule: Rule) -> None:
    assert rule(SOUND) == []
