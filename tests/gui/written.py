"""Every text that is written in the sources of the program, as Python has compiled them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType


def texts_in(file: Path) -> list[str]:
    """The texts of a module, in parts where something is put between them; of what lies compiled already nothing is parsed."""
    code = SourceFileLoader(file.stem, str(file)).get_code(file.stem)
    assert code is not None
    return list(_texts(code.co_consts))


def _texts(constants: object) -> Iterator[str]:
    match constants:
        case str():
            yield constants
        case tuple() | frozenset():
            for one in constants:
                yield from _texts(one)
        case CodeType():
            yield from _texts(constants.co_consts)
