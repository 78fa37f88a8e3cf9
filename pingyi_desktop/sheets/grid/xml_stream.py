"""XML parts of a workbook, read piece by piece within bounds: nothing is trusted, and no tree is built.

Refused before they cost anything: parts and whole files that unpack to too much (whatever the archive claims), one
sign of markup that never ends, nesting beyond any real workbook, document types and their entities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat
from zipfile import ZipFile

from pingyi_desktop.errors import FileError

LARGEST_PART = 32 * 1024 * 1024  # unpacked
LARGEST_WHOLE = 48 * 1024 * 1024  # unpacked
_EMPTY_ROWS = "多半是数据下方或右边有大量带格式的空行、空列，请删除它们后另存再导入"
_CHUNK = 1 << 16
_LONGEST_TOKEN = 1 << 20
_DEEPEST = 40
Start = Callable[[str, Mapping[str, str]], object]
End = Callable[[str], object]
Text = Callable[[str], object]


class NotReadableError(Exception):
    """Not the XML of a workbook."""


@dataclass
class Archive:
    """An open workbook; ``unpacked`` counts what was really read of it, ``mend`` is said of one that is too large."""

    file: str
    zip: ZipFile
    unpacked: int = 0
    mend: str = _EMPTY_ROWS

    def has(self, part: str) -> bool:
        """Whether the workbook has this part."""
        return part in self.zip.NameToInfo

    def walk(self, part: str, start: Start, end: End, text: Text) -> None:
        """Read one part; names come without their namespaces."""
        parser, read = _parser(start, end, text), 0
        with self.zip.open(part) as packed:
            while chunk := packed.read(_CHUNK):
                read += len(chunk)
                self.unpacked += len(chunk)
                if read > LARGEST_PART or self.unpacked > LARGEST_WHOLE:
                    self._too_large()
                _feed(parser, chunk)
                if read - parser.CurrentByteIndex > _LONGEST_TOKEN:
                    raise NotReadableError("a sign of markup that does not end")
        _feed(parser, b"", last=True)

    def _too_large(self) -> NoReturn:
        raise FileError(f"“{self.file}”展开后过大，{self.mend}。")


def _feed(parser: expat.XMLParserType, chunk: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError as error:
        raise NotReadableError(str(error)) from error


def _parser(start: Start, end: End, text: Text) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    names: dict[str, str] = {}
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise NotReadableError("nested too deeply")
        start(names.get(name) or names.setdefault(name, name.rpartition("}")[2]), attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(names[name])

    def refused(*_: object) -> None:
        raise NotReadableError("a document type")

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refused
    return parser
