"""The house as syntax trees: its modules, what each imports, now or ``later``, and the texts in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

PACKAGE = "pingyi_desktop"


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


def imported_names(source: Source) -> Iterator[tuple[int, str]]:
    """Absolute dotted names that a module imports, now or ``later``, with lines; ``from a import b`` gives ``a.b``."""
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
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "later":
            yield from ((node.lineno, part.value) for part in node.args if isinstance(part, ast.Constant))


def own_imports(source: Source, house: House) -> Iterator[tuple[int, str]]:
    """Modules of the house that a module imports, with their lines."""
    for line, dotted in imported_names(source):
        if dotted != PACKAGE and not dotted.startswith(f"{PACKAGE}."):
            continue
        name = dotted.removeprefix(PACKAGE).lstrip(".")
        while name and name not in house:
            name = name.rpartition(".")[0]
        yield line, name


def _prose(tree: ast.Module) -> set[int]:
    """Texts that stand alone: docstrings of modules, functions, classes and constants."""
    alone = (node for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {id(expression.value) for expression in alone}


def texts_of(source: Source) -> Iterator[ast.Constant]:
    prose = _prose(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node


def is_composed(argument: ast.expr) -> bool:
    """Tell whether a statement is glued together: an f-string with a value, %, +, or a string's own method."""
    if isinstance(argument, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in argument.values)
    if isinstance(argument, ast.BinOp):
        return isinstance(argument.op, ast.Mod | ast.Add)
    method = argument.func if isinstance(argument, ast.Call) else None
    return isinstance(method, ast.Attribute) and isinstance(method.value, ast.Constant | ast.JoinedStr)
