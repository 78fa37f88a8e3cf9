"""The house as syntax trees: its modules, what each imports, now or ``later``, and the texts in it."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TypeGuard, TypeVar, cast

PACKAGE = "pingyi_desktop"
Node = TypeVar("Node", bound=ast.AST)
LEAVES = frozenset({ast.Constant, ast.Name, ast.alias, ast.Pass})
"""nothing stands inside these; every second node is one"""
OURS = {"property", "cached_property", "staticmethod", "classmethod"}
"""decorators under which a method is still called by ourselves"""


def _with_place(kind: type[ast.AST]) -> set[type[ast.AST]]:
    """A class of nodes and those below it, without the signs that have no place in the text (``ast.Load``, ``ast.Add``)."""
    below = [one for child in kind.__subclasses__() for one in _with_place(child)]
    return {*below, *([kind] if kind._fields or kind._attributes else [])}


WITH_PLACE = frozenset(_with_place(ast.AST))


@contextmanager
def _kept() -> Iterator[None]:
    """Nothing of a tree is garbage: looking for some while it grows, or ever after, costs more than to read it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@cache
@_kept()
def parsed(text: str) -> ast.Module:
    """Every text is parsed once, however many rules look at it."""
    return ast.parse(text)


@cache
@_kept()
def _sorted_out(text: str) -> dict[type[ast.AST], list[ast.AST]]:
    """Every node of a text by its class."""
    found: dict[type[ast.AST], list[ast.AST]] = {}
    for node in walked(parsed(text)):
        found.setdefault(type(node), []).append(node)
    return found


def walked(tree: ast.AST) -> list[ast.AST]:
    """What ``ast.walk`` gives but the signs that have no place in the text."""
    found = [tree]
    for node in found:
        for value in () if node.__class__ in LEAVES else vars(node).values():
            if value.__class__ is list:
                found += [one for one in value if one.__class__ in WITH_PLACE]
            elif value.__class__ in WITH_PLACE:
                found.append(value)
    return found


@dataclass(frozen=True)
class Source:
    """One module: its name inside the package, its text and its syntax tree."""

    name: str
    text: str
    is_package: bool = False

    @property
    def tree(self) -> ast.Module:
        return parsed(self.text)

    def of(self, kind: type[Node]) -> list[Node]:
        """Every node of a kind, of a tree that is walked once."""
        return cast("list[Node]", _sorted_out(self.text).get(kind, []))

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return [*self.of(ast.FunctionDef), *self.of(ast.AsyncFunctionDef)]

    @property
    def folder(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]


House = dict[str, Source]


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
    """A house made of texts; ``__`` in a keyword stands for the dot (``gui__entry__page``)."""
    named = {key if key == "__main__" else key.replace("__", "."): text for key, text in texts.items()}
    return {name: Source(name, text, name in {"", "gui", "cli"}) for name, text in named.items()}


def matches(name: str, rooms: tuple[str, ...]) -> bool:
    """Whether a module is one of the rooms (a star stands for any ending) or inside one."""
    return any(fnmatchcase(name, room) or name.startswith(f"{room}.") for room in rooms)


@cache
def imported_names(source: Source) -> tuple[tuple[int, str], ...]:
    """Absolute dotted names that a module imports, now or ``later``, with lines; ``from a import b`` gives ``a.b``."""
    return tuple(_imported_names(source))


def _imported_names(source: Source) -> Iterator[tuple[int, str]]:
    for plain in source.of(ast.Import):
        yield from ((plain.lineno, alias.name) for alias in plain.names)
    for node in source.of(ast.ImportFrom):
        yield from _of_import(source, node)
    for call in filter(is_later, source.of(ast.Call)):
        yield from ((call.lineno, name.value) for name in call.args if _is_text(name))


def _of_import(source: Source, node: ast.ImportFrom) -> Iterator[tuple[int, str]]:
    origin = node.module or ""
    if node.level:
        here = [PACKAGE, *filter(None, source.name.split("."))]
        above = here[: len(here) - node.level + source.is_package]
        origin = ".".join([*above, *filter(None, [node.module])])
    yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def defined_names(source: Source) -> Iterator[tuple[int, str]]:
    """Functions, classes and constants of a module, with lines; not what stands in a row of numbers (``A, B = 0, 1``)."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        yield from ((node.lineno, target.id) for target in targets if isinstance(target, ast.Name))


def defined_members(source: Source) -> Iterator[tuple[int, str, str]]:
    """Fields and methods of classes, with lines and the class; not what a library calls or names by itself: Qt's own
    names, and what stands under a decorator that hands it on."""
    for node in source.of(ast.ClassDef):
        for one in node.body:
            target = one.target if isinstance(one, ast.AnnAssign) else None
            if isinstance(target, ast.Name):
                yield one.lineno, node.name, target.id
            plain = isinstance(one, ast.FunctionDef) and one.name == one.name.lower()
            if plain and not one.name.startswith("__") and {*map(ast.unparse, one.decorator_list)} <= OURS:
                yield one.lineno, node.name, one.name


def asked_of_modules(house: House) -> tuple[set[str], set[str]]:
    """Whole names of what is asked for as ``module.name``, and the modules that are handed round, of which anything may be."""
    asked, anyhow = set(), set()
    for source in house.values():
        known = {alias: name for alias, name in _aliases(source) if name.removeprefix(f"{PACKAGE}.") in house}
        owners = set()
        for node in source.of(ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in known:
                owners.add(id(node.value))
                asked.add(f"{known[node.value.id]}.{node.attr}")
        bare = (
            node for node in source.of(ast.Name) if isinstance(node.ctx, ast.Load) and id(node) not in owners
        )
        anyhow |= {known[node.id].removeprefix(f"{PACKAGE}.") for node in bare if node.id in known}
    return asked, anyhow


def _aliases(source: Source) -> Iterator[tuple[str, str]]:
    """What a module calls the modules that it imports, now or ``later``."""
    for node in source.of(ast.ImportFrom):
        for alias, (_, dotted) in zip(node.names, _of_import(source, node), strict=True):
            yield alias.asname or alias.name, dotted
    for one in source.of(ast.Assign):
        if is_later(one.value) and isinstance(one.targets[0], ast.Name):
            yield from ((one.targets[0].id, str(name.value)) for name in one.value.args if _is_text(name))


def used_imports(source: Source) -> Iterator[str]:
    """What a module imports from another for itself; ``import a as a`` only hands it on."""
    for node in source.of(ast.ImportFrom):
        if node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.asname != alias.name)


def handed_on(source: Source) -> Iterator[tuple[str, str]]:
    """Whole names of what a module hands on (``import a as a``), here and where it comes from."""
    for node in source.of(ast.ImportFrom):
        for alias in node.names:
            if alias.asname == alias.name:
                yield f"{PACKAGE}.{source.name}.{alias.name}", f"{node.module}.{alias.name}"


def is_later(node: ast.AST) -> TypeGuard[ast.Call]:
    """What is loaded on first use is imported all the same."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "later"


def _is_text(node: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def of_checked(node: ast.If) -> Iterator[ast.Call]:
    """``a = later("x.a")`` in the ``else`` of an ``if TYPE_CHECKING:`` that imports ``a`` from ``x``; ``a = later("a")`` likewise."""
    if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
        return
    read = {
        (alias.asname or alias.name, f"{one.module}.{alias.name}")
        for one in node.body
        if isinstance(one, ast.ImportFrom)
        for alias in one.names
    }
    whole = (alias for one in node.body if isinstance(one, ast.Import) for alias in one.names)
    read |= {(alias.asname or alias.name, alias.name) for alias in whole}
    for one in node.orelse:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and is_later(one.value):
            names = [(one.targets[0].id, name.value) for name in one.value.args if _is_text(name)]
            if names and set(names) <= read:
                yield one.value


def own_imports(source: Source, house: House) -> Iterator[tuple[int, str]]:
    """Modules of the house that a module imports, with their lines."""
    for line, dotted in imported_names(source):
        if dotted != PACKAGE and not dotted.startswith(f"{PACKAGE}."):
            continue
        name = dotted.removeprefix(PACKAGE).lstrip(".")
        while name and name not in house:
            name = name.rpartition(".")[0]
        yield line, name


def _prose(source: Source) -> set[int]:
    """Texts that stand alone: docstrings of modules, functions, classes and constants."""
    return {id(expression.value) for expression in source.of(ast.Expr)}


def texts_of(source: Source) -> Iterator[ast.Constant]:
    prose = _prose(source)
    for node in source.of(ast.Constant):
        if isinstance(node.value, str) and id(node) not in prose:
            yield node


def is_composed(argument: ast.expr) -> bool:
    """Tell whether a statement is glued together: an f-string with a value, %, +, or a string's own method."""
    if isinstance(argument, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in argument.values)
    if isinstance(argument, ast.BinOp):
        return isinstance(argument.op, ast.Mod | ast.Add)
    method = argument.func if isinstance(argument, ast.Call) else None
    return isinstance(method, ast.Attribute) and isinstance(method.value, ast.Constant | ast.JoinedStr)
