"""The house rules, each a function from the syntax trees to what breaks it; ``test_architecture`` holds the source to them.

``MAY_IMPORT`` is the table "which folder may import which". To change the house, change its row here and say why in it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter

from house_read import (
    PACKAGE,
    House,
    asked_of_modules,
    defined_members,
    defined_names,
    handed_on,
    imported_names,
    is_composed,
    is_later,
    matches,
    of_checked,
    own_imports,
    texts_of,
    used_imports,
)

TEXTS = ("errors", "visible", "bounds", "paths", "saving")
TABLES = ("storage.schema*", "storage.journal")
PEOPLE = ("appraisal.rulebook", "appraisal.people")
NOUNS = (
    *PEOPLE,
    "appraisal.paper",
    "appraisal.campaign",
    "appraisal.batches",
    "appraisal.grading",
    "appraisal.ledgers",
    "appraisal.agreeing",
)
WIRE = ("exchange.wire", "exchange.merging")
LOCKS = (*WIRE, "exchange.locks")
INBOX = (*LOCKS, "exchange.ledgers", "exchange.inbox")
LOOKS = ("gui.work", "gui.page", "gui.parts", "gui.looks", "gui.asking")
ASKS = (*LOOKS, "gui.files", "gui.scope", "gui.operator_dialog")
BELOW = (
    *TEXTS,
    "faultlog",
    "later",
    "storage",
    "appraisal",
    "exchange",
    "standing",
    "sheets",
    "reports",
    "render",
)

# folder or module → what of ours it may import, besides itself; the longest name that fits is the row.
MAY_IMPORT: dict[str, tuple[tuple[str, ...], str]] = {
    "errors": ((), "everyone raises them"),
    "paths": ((), "everyone asks where files are"),
    "visible": ((), "texts in, texts out"),
    "bounds": ((), "how large a figure can be, for every door"),
    "saving": (("errors",), "bytes into a file, whole or not at all"),
    "interrupts": ((), "a signal of the process, remembered; it knows none of the rooms"),
    "faultlog": (("paths",), "bugs are written down for both faces"),
    "later": ((), "the door for what is loaded on first use; it knows none of the rooms"),
    "storage": (("errors", "saving"), "the file, not its meaning"),
    "storage.schema": (
        ("storage.schema_*", "storage.schemas"),
        "tables have no behaviour; some name others by foreign keys; the folder holds what is too much for one",
    ),
    "storage.care": (
        ("errors", "paths", "saving", "visible", "storage"),
        "what looks after a file: its backups, what a restore would change, what can be saved, where it lies or went",
    ),
    "storage.formats": (("errors",), "frozen history, not even the tables of today"),
    "appraisal.rulebook": (
        (*TEXTS, *TABLES),
        "every rule's code, weight and sentence; what may be kept of a person",
    ),
    "appraisal.people": (
        (*TEXTS, *TABLES, *PEOPLE[:1]),
        "organisations and members stand on their tables only",
    ),
    "appraisal.paper": (
        (*TEXTS, "storage.schema*", *PEOPLE[:1]),
        "pure: what is on paper; never sees a file",
    ),
    "appraisal.campaign": ((*TEXTS, *TABLES, *NOUNS[:3]), "people ← campaign"),
    "appraisal.batches": ((*TEXTS, *TABLES, *NOUNS[:4]), "people ← campaign ← batches"),
    "appraisal.grading": ((*TEXTS, *TABLES, *NOUNS[:5]), "grades stand on the results of sessions"),
    "appraisal.ledgers": (
        (*TEXTS, *TABLES, "storage.bulk", *NOUNS[:4]),
        "people ← campaign ← ledgers; beside batches",
    ),
    "appraisal.agreeing": (
        (*TEXTS, *TABLES, *NOUNS[:4], "appraisal.batches", "appraisal.ledgers"),
        "what several nouns must agree on: stacks, sessions, the ledger of meetings",
    ),
    "appraisal.ledgers.catalog": (
        ("later", "appraisal.ledgers"),
        "a line for each noun; the faces ask it before anything of a noun is loaded",
    ),
    "appraisal.ledgers.across.due": (
        ("later", "appraisal.ledgers"),
        "what waits is named before any ledger is loaded, so that the first page stands before that",
    ),
    "exchange.wire": (TEXTS, "bytes and envelopes, no database"),
    "exchange.merging": (
        (*TEXTS, *NOUNS[:3], *WIRE),
        "what may count, as pure functions of a set; no database",
    ),
    "exchange.locks": ((*TEXTS, "storage", *WIRE, "later"), "keys at rest and in the file"),
    "exchange.ledgers": (
        (*TEXTS, *TABLES, "storage.bulk", *NOUNS, *WIRE),
        "ledgers as bodies of packages and back; who may send what is for the inbox",
    ),
    "exchange.inbox": (
        (*TEXTS, "storage", *NOUNS, *LOCKS, "exchange.ledgers"),
        "what arrives: judged, decided, taken in",
    ),
    "standing": (
        (*TEXTS, *TABLES, "storage.care.definitions", *NOUNS, *INBOX, "later"),
        "where everything stands: looks at all nouns and at the inbox, of which the first page needs little",
    ),
    "standing.care": (
        (*TEXTS, *NOUNS, "faultlog", "storage", "standing"),
        "what was lost of a file, and what its maintainers are told, in the words of its contents",
    ),
    "exchange.outbox": (
        (*TEXTS, "storage", *NOUNS, *INBOX),
        "what is handed on",
    ),
    "sheets.grid": ((*TEXTS, *PEOPLE[:1]), "any table as rows of text"),
    "sheets.roster": ((*TEXTS, *TABLES, *PEOPLE, "sheets.grid"), "rosters in and out"),
    "sheets.stacks": ((*TEXTS, *TABLES, *NOUNS, "sheets.grid"), "ballots and counts in"),
    "sheets.ledgers": ((*TEXTS, *TABLES, *NOUNS, "sheets.grid"), "ledgers in and out"),
    "sheets.written": ((*TEXTS, "sheets.grid"), "a text that people wrote, as its paragraphs"),
    "sheets.everything": (
        (*TEXTS, *TABLES, *NOUNS, "sheets.grid", "standing"),
        "everything readable of a file, in the words of verify, with what verify finds",
    ),
    "reports": ((*TEXTS, *TABLES, *NOUNS, "exchange.wire", "standing"), "what a report says"),
    "reports.blocks": (("visible",), "the plain language of reports"),
    "reports.drawn": (("reports.blocks",), "the plain language of pages drawn to measure"),
    "reports.chart": (("visible",), "what a chart shows, for the window and for paper; no noun"),
    "render": (
        ("reports.blocks", "reports.drawn", "errors", "paths", "visible", "saving"),
        "how blocks look; no noun",
    ),
    "gui.work": (
        ("errors", "saving", "storage.store", "storage.care.copies"),
        "one door to threads; what is deleted for good goes from what a restore put aside too",
    ),
    "gui.looks": (("paths", "visible"), "colours, icons, how things lie, and what is remembered of that"),
    "gui.page": (
        (
            "errors",
            "gui.work",
            "gui.looks",
            "gui.parts.forms",
            "gui.parts.look",
            "gui.parts.record_dialog",
            "storage.store",
        ),
        "what a page is and is given",
    ),
    "gui.parts": (
        (
            *(*TEXTS, *PEOPLE[:1], "gui.work", "gui.looks", "sheets.grid", "render"),
            *("reports.blocks", "reports.chart"),
        ),
        "parts know no page and no noun; what a check found is none",
    ),
    "gui.asking": (
        (*TEXTS, *PEOPLE[:1], "gui.work", "gui.page", "gui.parts", "gui.looks", "sheets.grid"),
        "what any page asks a person: a reason, a plan to look at, where a table goes; no noun",
    ),
    "gui.files": ((*BELOW, *LOOKS), "opening, protecting and giving a file"),
    "gui.scope": ((*BELOW, *LOOKS), "choosing a part of the tree"),
    "gui.operator_dialog": ((*BELOW, *LOOKS), "who is at the keys"),
    "gui.keying": ((*BELOW, *ASKS), "paper mirrored, key by key"),
    "gui.counting": ((*BELOW, *ASKS, "gui.keying"), "tally sheets and calling votes stand on the keys"),
    "gui.entry": ((*BELOW, *ASKS, "gui.keying", "gui.counting"), "entry → counting → keying"),
    "gui.people": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui.ledgers": ((*BELOW, *ASKS), "one family for every ledger; pages meet in the window"),
    "gui.forms": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui.campaign": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui.exchange": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui.figures": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui.persons": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui.reports": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui.workbench": ((*BELOW, *ASKS), "a family; pages meet in the window"),
    "gui": ((*BELOW, "gui"), "a face: everything but the other face"),
    "cli": ((*BELOW, "demo", "interrupts"), "a face: everything but the other face"),
    "demo": (BELOW, "a script over the core, called by cli"),
    "__main__": (
        ("cli", "gui.app", "gui.selftest", "interrupts", "paths", "later"),
        "chooses a face, or the test of one",
    ),
    "": ((), "the package itself is empty"),
}
# What is confined → the modules that may use it.
THIRD_PARTIES = {
    "PySide6": ("gui",),
    "shiboken6": ("gui",),
    "openpyxl": ("sheets", "render.xlsx"),
    "reportlab": ("render",),
    "cryptography": ("exchange",),
    "pyrage": ("exchange",),
    "sqlite3": ("storage",),
    "sqlcipher3": ("storage.cipher",),
}
DATABASE_FREE = ("errors", "paths", "visible", "bounds", "saving", "appraisal.paper", *WIRE, "render")
LOADS_LATER = (
    *(
        "__main__",
        "appraisal.ledgers.across.due",
        "appraisal.ledgers.catalog",
        "cli",
        "cli.edge",
        "cli.verbs.package_verbs",
        "cli.parsing",
        "cli.passwords",
        "exchange.locks.signing",
    ),
    *(
        "gui.app",
        "gui.entries",
        "gui.palette",
        "gui.files.welcome",
        "gui.files.opening",
        "gui.files.unsound",
        "gui.status_line",
        "gui.window",
        "gui.workspace",
        "standing.overview",
    ),
)
"""who loads other rooms on first use: what stands before the first painting, the command line around its verbs, and what
the first page asks, which hardly ever needs a desk"""
WRITE_IN_GUI = (
    *("gui.page", "gui.parts.forms", "gui.operator_dialog"),
    *("gui.counting.calling_screen", "gui.keying"),
)
"""the door of acts, the undo bar, the operator's name asked before there is a page, and every key of a ballot"""
LAYER_WORDS = (re.compile("(层面)?一(.{0,10})"), re.compile("(层面)?二(.{0,10})"))
BROAD_EXCEPT = ("gui.work", "gui.app", "cli", "__main__")
TREE_OF_TODAY = (
    *("appraisal.people", "appraisal.campaign.campaign_tree", "appraisal.campaign.campaigns"),
    *("cli.verbs.roster_verbs", "exchange.outbox.enrolling", "exchange.outbox.recovery", "sheets.roster"),
    *(
        "gui.people",
        "gui.campaign.reading",
        "gui.campaign.publishing",
        "gui.workbench",
        "gui.scope",
        "gui.palette",
        "gui.workspace",
    ),
)
"""who may ask for the file's own tree: those that change it, or make a draft of it; whatever serves a published campaign
asks ``campaign_tree``, or the next campaign changes its figures"""
FORBIDDEN_NAMES = re.compile(r"(core|common|util|base|manager|service|helper)s?")
VAGUE_NAMES = {
    *("look", "told", "said", "one"),
    *("did", "do", "was", "with", "by", "any", "went", "how", "news", "off", "in"),
}
"""names of functions that leave open what they do or return"""
ONE_MEANING = frozenset({"Column", "Sheet", "Desk", "Record", "Form", "Envelope"})
OUTSIDE_SHAPES = ("exchange.wire", "exchange.outbox.receipts", "storage.schema*")
"""whose fields are the shape of what lies in files: they are written and checked whole"""
WITHOUT_CALLERS = {
    "cli.parsing.Layout._split_lines": "argparse asks how a help text is broken into lines",
    "cli.parsing.Parser._print_message": "argparse prints through it",
}
"""what the product defines and does not use, with the reason why it stays"""
LINES = (("storage.schema*", 300), ("gui.*.page", 300), ("*", 400))
FUNCTION_LINES, FOLDER_FILES = 50, 15
CLASS_LINES, CLASS_METHODS = 300, 25
LARGER = {
    "appraisal.paper.layout.Layout": (256, 39),
    "gui.counting.count_grid.CountGrid": (300, 26),
    "gui.entry.batch_desk.BatchDesk": (350, 39),
    "gui.exchange.page.ExchangePage": (222, 27),
    "gui.keying.keying_desk.KeyingDesk": (314, 29),
    "gui.keying.paper.PaperView": (232, 27),
    "gui.people.page.OrganisationsPage": (210, 26),
    "gui.window.Window": (342, 38),
}
"""classes that grew before anybody counted, with the lines and methods they had: they may shrink, not grow"""
DEPTH = 2
"""rooms, and the families inside them"""
MOST_FUNCTIONS, MOST_MODULES = 22, 300
"""lines that nine of ten functions, and nine of ten modules, keep to; the formats of old are what they were"""
SQL_CALLS = {"execute", "executemany", "executescript", "exec_driver_sql", "exec"}
DIALECT = re.compile(
    r"\b(PRAGMA|sqlite_master|AUTOINCREMENT|VACUUM)\b|INSERT OR|\browid\b|sqlalchemy\.dialects"
)


Rule = Callable[[House], list[str]]


def row_of(name: str) -> str:
    """The row of the table that fits a module: the longest one."""
    rows = [row for row in MAY_IMPORT if name == row or row == "" or name.startswith((f"{row}.", f"{row}_"))]
    return max(rows, key=len)


def who_imports_whom(house: House) -> list[str]:
    found = []
    for source in house.values():
        row = row_of(source.name)
        may, why = MAY_IMPORT[row]
        may = (*may, row) if row not in {"", "gui"} else may
        for line, name in own_imports(source, house):
            if name and name != source.name and not matches(name, may):
                found.append(f"{source.name}:{line} imports {name} ({why})")
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


def no_arrow_climbs(house: House) -> list[str]:
    """Rooms stand on floors, and so do the families inside each: they ask only those below."""
    floors: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for source in house.values():
        for _, name in own_imports(source, house):
            parts, others = source.name.split("."), name.split(".")
            depth = next(
                (at for at, pair in enumerate(zip(parts, others, strict=False)) if pair[0] != pair[1]), DEPTH
            )
            if depth < DEPTH:
                floors[".".join(parts[:depth])][parts[depth]].add(others[depth])
    found = []
    for above, rooms in floors.items():
        try:
            TopologicalSorter(rooms).prepare()
        except CycleError as error:
            found.append(f"rooms of {above or PACKAGE} in a circle: {' → '.join(error.args[1])}")
    return found


def third_parties_confined(house: House) -> list[str]:
    found = []
    for source in house.values():
        for line, dotted in imported_names(source):
            library = dotted.partition(".")[0]
            if library in THIRD_PARTIES and not matches(source.name, THIRD_PARTIES[library]):
                found.append(f"{source.name}:{line} imports {library}")
            database = library in {"sqlalchemy", "sqlmodel"}
            if database and matches(source.name, DATABASE_FREE):
                found.append(f"{source.name}:{line} imports {library}: no database in sight here")
            window = matches(source.name, ("gui",)) and source.name != "gui.work"
            if database and window and dotted != "sqlmodel.Session":
                found.append(
                    f"{source.name}:{line} imports {dotted}: the window asks the nouns, it never queries"
                )
    return found


def imports_at_the_top(house: House) -> list[str]:
    found = []
    for source in house.values():
        imports = [*source.of(ast.Import), *source.of(ast.ImportFrom)]
        for scope in [*source.functions, *source.of(ast.ClassDef)]:
            lines = range(scope.lineno, (scope.end_lineno or scope.lineno) + 1)
            inner = (node for node in imports if node.lineno in lines)
            found += [f"{source.name}:{node.lineno} imports inside {scope.name}" for node in inner]
    return found


def one_door_for_later(house: House) -> list[str]:
    """Rooms are loaded on first use by those who are declared to, under the name that checkers read beside it."""
    found = []
    for source in house.values():
        calls = list(filter(is_later, source.of(ast.Call)))
        beside = {id(call) for pair in source.of(ast.If) for call in of_checked(pair)}
        found += [f"{source.name}:{call.lineno} loads later" for call in calls if id(call) not in beside]
        if bool(calls) != (source.name in LOADS_LATER):
            found.append(
                f"{source.name} {'is not' if calls else 'need not be'} among those who load rooms later"
            )
        others = {dotted for _, dotted in imported_names(source)} & {"importlib", "importlib.import_module"}
        if others and source.name != "later":
            found.append(f"{source.name} imports {', '.join(others)}: rooms have one door")
    return found


def one_place_commits(house: House) -> list[str]:
    others = [source for source in house.values() if source.name != "storage.store"]
    made = [
        f"{source.name}:{line} imports create_engine"
        for source in others
        for line, dotted in imported_names(source)
        if dotted.endswith(".create_engine")
    ]
    return made + [
        f"{source.name}:{node.lineno} uses {node.attr}"
        for source in others
        for node in source.of(ast.Attribute)
        if node.attr in {"commit", "create_engine"}
    ]


def acts_have_one_door(house: House) -> list[str]:
    """An act of the window is done, told and undone through ``Context.act``; only keys on paper write by themselves."""
    found = []
    for source in house.values():
        for node in source.of(ast.Attribute) if matches(source.name, ("gui",)) else ():
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else None
            owner = node.value.id if isinstance(node.value, ast.Name) else owner
            by_hand = (owner, node.attr)
            if by_hand == ("undo", "offer") and source.name != "gui.page":
                found.append(f"{source.name}:{node.lineno} offers to undo by hand; Context.act does")
            if by_hand in {("work", "write"), ("_work", "write")} and not matches(source.name, WRITE_IN_GUI):
                found.append(f"{source.name}:{node.lineno} writes by hand; Context.act does, and tells")
    return found


def pages_ask_for_the_chosen_campaign(house: House) -> list[str]:
    """A page reads the campaign that was chosen in the head of the window, never the one at work without asking."""
    return [
        f"{source.name}:{node.lineno} asks for campaigns.{node.func.attr} whatever was chosen"
        for source in house.values()
        if matches(source.name, ("gui",))
        for node in source.of(ast.Call)
        if isinstance(node.func, ast.Attribute)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "campaigns"
        if node.func.attr in ("current", "at_work_id", "in_preparation")
        if "chosen" not in {word.arg for word in node.keywords}
    ]


def one_table_of_layers(house: House) -> list[str]:
    """The words for the layers stand in ``appraisal.paper.layers``; nobody keeps a table of them."""
    return [
        f"{source.name}:{node.lineno} has its own words for the layers"
        for source in house.values()
        if source.name != "appraisal.paper.layers"
        for node in source.of(ast.Dict)
        if all(any(map(word.fullmatch, _texts_in(node))) for word in LAYER_WORDS)
    ] + [
        f"{source.name}:{line} has a table of the layers of its own"
        for source in house.values()
        if source.name != "appraisal.paper.layers"
        for line, name in defined_names(source)
        if name.strip("_") == "LAYERS"
    ]


def _texts_in(node: ast.Dict) -> list[str]:
    inside = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return [text for text in inside if isinstance(text, str)]


def campaigns_keep_their_tree(house: House) -> list[str]:
    """Nobody asks ``org`` for the tree of today in place of the campaign's."""
    return [
        f"{source.name}:{node.lineno} asks for org.{node.attr}"
        for source in house.values()
        if not matches(source.name, TREE_OF_TODAY)
        for node in source.of(ast.Attribute)
        if node.attr in ("tree", "find", "own_unit")
        if isinstance(node.value, ast.Name) and node.value.id == "org"
    ]


def names_say_something(house: House) -> list[str]:
    parts = ((name, part) for name in house for part in name.split("."))
    return [f"{name}: “{part}” says nothing" for name, part in parts if FORBIDDEN_NAMES.fullmatch(part)]


def functions_say_what_they_do(house: House) -> list[str]:
    return [
        f"{source.name}:{node.lineno} {node.name} does not say what it does or returns"
        for source in house.values()
        for node in source.functions
        if node.name.strip("_") in VAGUE_NAMES
    ]


def one_meaning_each(house: House) -> list[str]:
    """A word of which the house speaks everywhere is one class in it."""
    found = defaultdict(list)
    for source in house.values():
        for node in source.of(ast.ClassDef):
            if node.name in ONE_MEANING:
                found[node.name].append(source.name)
    return [f"{name} is a class of {', '.join(where)}" for name, where in found.items() if len(where) > 1]


def nothing_is_there_for_tests_only(house: House) -> list[str]:
    """A function, class or constant of a module is used in it, imported by another (not to be handed on), or asked for as
    ``module.name``; what stands in a class is asked for by its name somewhere."""
    asked, anyhow = asked_of_modules(house)
    imported = {dotted for source in house.values() for dotted in used_imports(source)}
    handed = [pair for source in house.values() for pair in handed_on(source)]
    imported |= {origin for here, origin in handed if here in asked | imported}
    members = {node.attr for source in house.values() for node in source.of(ast.Attribute)}
    members |= {text.value for source in house.values() for text in texts_of(source)}
    members |= {
        word for source in house.values() for node in source.of(ast.MatchClass) for word in node.kwd_attrs
    }
    unused = set()
    for source in house.values():
        loaded = {node.id for node in source.of(ast.Name) if isinstance(node.ctx, ast.Load)}
        for line, name in defined_names(source):
            whole = ".".join(filter(None, (PACKAGE, source.name, name)))
            by_any = source.name in anyhow and name in members
            if not (name in loaded or by_any or whole in asked or whole in imported):
                unused.add((whole.removeprefix(f"{PACKAGE}."), line))
        if not matches(source.name, OUTSIDE_SHAPES):
            unused |= {
                (f"{source.name}.{kind}.{name}", line)
                for line, kind, name in defined_members(source)
                if name not in members
            }
    found = [
        f"{name} (line {line}) is used by nothing here"
        for name, line in unused
        if name not in WITHOUT_CALLERS
    ]
    needless = WITHOUT_CALLERS.keys() - {name for name, _ in unused}
    return sorted(found) + [
        f"{name} has a caller by now"
        for name in needless
        if {name.rpartition(".")[0], name.rsplit(".", 2)[0]} & house.keys()
    ]


def _is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    broad = {"Exception", "BaseException"}
    return any(one is None or (isinstance(one, ast.Name) and one.id in broad) for one in kinds)


def broad_except_at_the_edge(house: House) -> list[str]:
    return [
        f"{source.name}:{node.lineno} catches everything"
        for source in house.values()
        if not matches(source.name, BROAD_EXCEPT)
        for node in source.of(ast.ExceptHandler)
        if _is_broad(node.type)
    ]


def within_budget(house: House) -> list[str]:
    found = []
    folders: dict[str, int] = {}
    for source in house.values():
        folders[source.folder] = folders.get(source.folder, 0) + (not source.is_package)
        length = len(source.text.splitlines())
        limit = next(limit for pattern, limit in LINES if fnmatchcase(source.name, pattern))
        if length > limit:
            found.append(f"{source.name} has {length} lines, more than {limit}")
        for node in source.functions:
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{source.name}:{node.lineno} {node.name} has {length} lines")
    return found + [f"{name}: {files} files" for name, files in folders.items() if files > FOLDER_FILES]


def classes_are_no_larger(house: House) -> list[str]:
    found, small = [], []
    for source in house.values():
        for node in source.of(ast.ClassDef):
            name, lines = f"{source.name}.{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1
            methods = sum(isinstance(one, ast.FunctionDef) for one in node.body)
            most = LARGER.get(name, (CLASS_LINES, CLASS_METHODS))
            if lines > most[0] or methods > most[1]:
                found.append(f"{name} has {lines} lines and {methods} methods, more than {most}")
            if name in LARGER and lines <= CLASS_LINES and methods <= CLASS_METHODS:
                small.append(f"{name} is as small as others by now")
    return found + small


def lengths(house: House) -> tuple[list[int], list[int]]:
    """Lines of every function and of every module, the shortest first; frozen history is left out."""
    living = [source for source in house.values() if not matches(source.name, ("storage.formats",))]
    functions = [
        (node.end_lineno or node.lineno) - node.lineno + 1 for source in living for node in source.functions
    ]
    return sorted(functions), sorted(len(source.text.splitlines()) for source in living)


def nine_of_ten_are_short(house: House) -> list[str]:
    found = []
    for what, lines, most in zip(
        ("functions", "modules"), lengths(house), (MOST_FUNCTIONS, MOST_MODULES), strict=True
    ):
        if lines and lines[len(lines) * 9 // 10] > most:
            found.append(
                f"one in ten {what} has {lines[len(lines) * 9 // 10]} lines or more, more than {most}"
            )
    return found


def dialect_in_storage(house: House) -> list[str]:
    """What only SQLite understands stands in ``storage``, so that another engine stays possible."""
    found = []
    for source in house.values():
        if not matches(source.name, ("storage",)):
            found += [
                f"{source.name}:{n.lineno} speaks SQLite"
                for n in texts_of(source)
                if DIALECT.search(str(n.value))
            ]
            found += [
                f"{source.name}:{n} imports {name}"
                for n, name in imported_names(source)
                if DIALECT.search(name)
            ]
            found += [
                f"{source.name}:{n.lineno} asks for the {n.func.attr} of several columns, which others call otherwise"
                for n in source.of(ast.Call)
                if isinstance(n.func, ast.Attribute) and n.func.attr in ("max", "min")
                if isinstance(n.func.value, ast.Name) and n.func.value.id == "func"
                if len(n.args) != 1 or isinstance(n.args[0], ast.Starred)
            ]
    return found


def sql_is_constant(house: House) -> list[str]:
    """No ATTACH (a received file is never opened as a database) and no SQL made from pieces."""
    found = []
    for source in house.values():
        texts = {dotted for _, dotted in imported_names(source)} & {"sqlalchemy.text", "sqlmodel.text"}
        if (
            source.name != "storage.cipher"
        ):  # our own file to its encrypted self, the path bound as a parameter
            attach = re.compile(r"\bATTACH\s+(DATABASE|\?|')", re.IGNORECASE)
            found += [
                f"{source.name}:{n.lineno} attaches" for n in texts_of(source) if attach.search(str(n.value))
            ]
        for node in source.of(ast.Call):
            if node.args and is_composed(node.args[0]):
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
    no_arrow_climbs,
    third_parties_confined,
    imports_at_the_top,
    one_door_for_later,
    one_place_commits,
    acts_have_one_door,
    one_table_of_layers,
    pages_ask_for_the_chosen_campaign,
    campaigns_keep_their_tree,
    names_say_something,
    functions_say_what_they_do,
    one_meaning_each,
    nothing_is_there_for_tests_only,
    broad_except_at_the_edge,
    within_budget,
    classes_are_no_larger,
    nine_of_ten_are_short,
    dialect_in_storage,
    sql_is_constant,
)
