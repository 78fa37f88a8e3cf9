"""A PDF of reportlab's with its small objects packed together (object streams of PDF 1.5): the same pages in fewer bytes.

A pack has hundreds of page entries that differ in nothing but their number; packed they take a few bytes each.
"""

from __future__ import annotations

import re
import struct
import zlib

_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])")
_HEAD = re.compile(rb"\d+ 0 obj\s*")


def compacted(pdf: bytes) -> bytes:
    """The same document; ``pdf`` must be one that reportlab wrote (an xref table, generation 0 everywhere)."""
    found = _STARTXREF.search(pdf)
    assert found is not None
    xref = int(found[1])
    table, _, trailer = pdf[xref : found.start()].partition(b"trailer")
    offsets = {
        number: int(entry[1]) for number, entry in enumerate(_ENTRY.finditer(table)) if entry[3] == b"n"
    }
    return _written(_bodies(pdf, offsets, xref), trailer)


def _bodies(pdf: bytes, offsets: dict[int, int], end: int) -> dict[int, bytes]:
    """What stands between “obj” and “endobj”, by the object's number."""
    places = sorted(offsets.values())
    ends = dict(zip(places, [*places[1:], end], strict=True))
    found = {}
    for number, offset in offsets.items():
        text = pdf[offset : ends[offset]]
        head = _HEAD.match(text)
        assert head is not None
        found[number] = text[head.end() : text.rindex(b"endobj")].rstrip()
    return found


def _written(bodies: dict[int, bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe6\xf6\xfc\xdf\n")
    rows = {0: (0, 0, 65535)}
    small = {number: body for number, body in bodies.items() if not body.endswith(b"endstream")}
    packed, this = max(bodies) + 1, max(bodies) + 2

    def put(number: int, body: bytes) -> None:
        rows[number] = (1, len(out), 0)
        out.extend(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    for number, body in bodies.items():
        if number not in small:
            put(number, body)
    heads, at = [], 0
    for place, (number, body) in enumerate(small.items()):
        rows[number] = (2, packed, place)
        heads.append(b"%d %d" % (number, at))
        at += len(body) + 1
    first = b" ".join(heads) + b"\n"
    about = b"/Type /ObjStm /N %d /First %d" % (len(small), len(first))
    put(packed, _stream(about, first + b"\n".join(small.values())))
    start = len(out)
    rows[this] = (1, start, 0)
    table = b"".join(struct.pack(">BIH", *rows.get(number, (0, 0, 65535))) for number in range(this + 1))
    kept = b" ".join(
        _named(trailer, name) for name in (rb"/Root\s+\d+ 0 R", rb"/Info\s+\d+ 0 R", rb"/ID\s*\[[^\]]*\]")
    )
    put(this, _stream(b"/Type /XRef /Size %d /W [1 4 2] %b" % (this + 1, kept), table))
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def _stream(about: bytes, data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (about, len(packed), packed)


def _named(trailer: bytes, pattern: bytes) -> bytes:
    found = re.search(pattern, trailer)
    assert found is not None
    return found[0]
