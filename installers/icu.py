"""A smaller libicudata for the Linux bundle: Qt's own carries 30 MB of every country's names, of which nothing is used.

Qt asks ICU for characters, for the order of texts and for character sets; what it says of countries, languages and
currencies it has itself. What stays: everything that belongs to no language, Chinese, English, and the Chinese
character sets. The library is made again from the data that stay, with ``as`` and ``ld`` (binutils, which PyInstaller
needs too). Qt is untouched; ICU's licence allows it.
"""

from __future__ import annotations

import re
import struct
import subprocess
import tempfile
from pathlib import Path

MAGIC, FORMAT = b"\xda\x27", b"CmnD"
TREES = ("coll", "curr", "lang", "rbnf", "region", "unit", "zone", "brkitr")
LANGUAGES = re.compile(r"(root|pool|res_index|zh(_.*)?|en(_CN|_US)?|supplementalData)\.res")
DROPPED = re.compile(r"unames\.icu|confusables\.cfu|rfc.*\.spp")
"""names of characters, characters that look alike, names of hosts"""
CONVERTERS = re.compile(r"(gb18030|ibm-1386_.*|ibm-5478_.*|windows-936.*|ibm-1392.*)\.cnv")


def is_kept(name: str) -> bool:
    """Whether an item of the data stays, by its name below the data's own (``coll/zh.res``)."""
    tree, _, rest = name.rpartition("/")
    if tree == "translit" or rest.endswith(".dict") or DROPPED.fullmatch(name):
        return False
    if name.endswith(".cnv"):
        return bool(CONVERTERS.fullmatch(name))
    is_language = rest.endswith(".res") and (tree in TREES or re.fullmatch(r"[a-z]{2,3}(_.*)?\.res", rest))
    return not is_language or bool(LANGUAGES.fullmatch(rest))


def package(library: bytes) -> bytes:
    """The data inside a libicudata: from its header to the end of its last item, which the library's end follows."""
    for found in re.finditer(re.escape(FORMAT), library):
        start = found.start() - 12
        if start >= 0 and library[start + 2 : start + 4] == MAGIC:
            return library[start:]
    raise ValueError("no ICU data in this library")


def items(data: bytes) -> list[tuple[str, bytes]]:
    """Items of a data package by name, in its order; the last one ends where the next page of the library begins."""
    (header,) = struct.unpack_from("<H", data)
    (count,) = struct.unpack_from("<I", data, header)
    places = [struct.unpack_from("<II", data, header + 4 + 8 * i) for i in range(count)]
    ends = [offset for _, offset in places[1:]] + [len(data) - header]
    found = []
    for (name, offset), end in zip(places, ends, strict=True):
        text = data[header + name : data.index(b"\0", header + name)].decode("ascii")
        found.append((text, data[header + offset : header + end]))
    return found


def packed(header: bytes, kept: list[tuple[str, bytes]]) -> bytes:
    """A data package of these items under the header of another one."""
    names, at = b"", 4 + 8 * len(kept)
    places = []
    for name, _ in kept:
        places.append(at + len(names))
        names += name.encode("ascii") + b"\0"
    body, table = b"", []
    start = _aligned(at + len(names))
    for place, (_, content) in zip(places, kept, strict=True):
        table.append((place, start + len(body)))
        body += content + bytes(_aligned(len(content)) - len(content))
    head = struct.pack("<I", len(kept)) + b"".join(struct.pack("<II", *pair) for pair in table) + names
    return header + head + bytes(start - len(head)) + body


def _aligned(size: int) -> int:
    return -(-size // 16) * 16


def slim(library: Path) -> None:
    """Replace a libicudata by one with the data that stay.

    Raises ``CalledProcessError`` when binutils refuse, ``ValueError`` for a file that is none.
    """
    data = package(library.read_bytes())
    (header,) = struct.unpack_from("<H", data)
    kept = [(name, content) for name, content in items(data) if is_kept(name.partition("/")[2])]
    version = library.name.rpartition(".")[2]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "icu.dat").write_bytes(packed(data[:header], kept))
        symbol = f"icudt{version}_dat"
        (here / "icu.s").write_text(
            f".section .rodata\n.balign 16\n.globl {symbol}\n.type {symbol}, %object\n{symbol}:\n"
            f'.incbin "icu.dat"\n.size {symbol}, .-{symbol}\n.section .note.GNU-stack,"",%progbits\n',
            encoding="ascii",
        )
        subprocess.run(["as", "-o", "icu.o", "icu.s"], cwd=here, check=True)
        link = ["ld", "-shared", "-soname", library.name, "-z", "noexecstack", "-o", "icu.so", "icu.o"]
        subprocess.run(link, cwd=here, check=True)
        library.unlink()
        library.write_bytes((here / "icu.so").read_bytes())
        library.chmod(0o755)
