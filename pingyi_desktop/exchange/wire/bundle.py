"""Bundles: many envelopes in one file (package design §2.1, §2.5). No database.

::

    PINGYIBUNDLE/1 deflate <sha256 of the rest, hex>\\n
    zlib( ( <decimal length>\\n <envelope> )* )                          sorted by id, each once

The digest in the first line goes beyond the design's first sketch. A zlib stream has bits that mean nothing (the
compression level, padding), so without it a damaged file could still open; with it every flipped bit of the file is
noticed, and before anything is inflated. It proves nothing about who wrote the file: that is the signatures' part.

A bundle travels inside an age file (see ``age``); :func:`save` writes either, :func:`read` takes the bundle inside.
"""

from __future__ import annotations

import hashlib
import re
import stat
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path

from pingyi_desktop import saving, visible
from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.wire import bodies, header
from pingyi_desktop.exchange.wire.header import MAX_ENVELOPE
from pingyi_desktop.exchange.wire.package import Envelope, open_envelope, unite

MAX_FILE = 256 * 1024 * 1024
MAX_INFLATED = 512 * 1024 * 1024
MAX_RATIO = 200

_FIRST_LINE = re.compile(rb"PINGYIBUNDLE/([1-9][0-9]{0,4}) deflate ([0-9a-f]{64})\n")
_LONGEST_LINE = 128
_LENGTH_LINE = re.compile(rb"[1-9][0-9]{0,8}")
_LONGEST_LENGTH = len(str(MAX_ENVELOPE))
_CHUNK = 256 * 1024
FIRST_BYTES = b"PINGYIBUNDLE/"
_FOREIGN = (
    (
        b"PK\x03\x04",
        "这是压缩包或表格（不论它现在叫什么名字），不是评议数据包。压缩包请先解压，再导入里面的数据包。",
    ),
    (b"SQLite format 3\0", "这是一个单位的数据文件，不是数据包。请那个单位用“导出上报”生成数据包，再导入。"),
    (b"%PDF", "这是 PDF 文件，不是评议数据包。请选择对方用本软件导出的数据包。"),
)
_DAMAGED = "这个文件不完整或已损坏，请让对方重新导出并重新拷贝。"
_TOO_LARGE = "这个文件的内容大得不合常理，已拒收。请核对是否拿错了文件。"


def write(envelopes: Collection[Envelope]) -> bytes:
    """The bytes of a bundle file."""
    united = unite(envelopes)
    if not united:
        raise PackageError("没有可以导出的内容。请先封存票批，再导出。")
    parts = (part for one in united.values() for part in (b"%d\n" % len(one.raw), one.raw))
    packed = zlib.compress(b"".join(parts), 9)
    digest = hashlib.sha256(packed).hexdigest()
    return f"PINGYIBUNDLE/1 deflate {digest}\n".encode() + packed


def read(source: Path | bytes) -> list[Envelope]:
    """Every envelope of a bundle, in order of id, each verified and in shape; :class:`PackageError` and nothing else otherwise."""
    data = source if isinstance(source, bytes) else read_file(source)
    if len(data) > MAX_FILE:
        raise PackageError(_TOO_LARGE)
    packed = _packed(data)
    envelopes = [open_envelope(raw) for raw in _split(packed)]
    ids = [one.id for one in envelopes]
    if not ids or ids != sorted(set(ids)):
        raise PackageError(_DAMAGED)
    for envelope in envelopes:
        bodies.check_shape(envelope)
    _refuse_incomplete(envelopes)
    return envelopes


def read_file(path: Path) -> bytes:
    """The bytes of a regular file of sensible size; :class:`FileError` tells why it cannot be read."""
    name = visible.shown(path.name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe could wait for ever
            raise FileError(f"“{name}”不是普通文件，不能导入。请选择数据包文件。")
        if status.st_size > MAX_FILE:
            raise PackageError(_TOO_LARGE)
        with path.open("rb") as file:
            return file.read(status.st_size + 1)
    except FileNotFoundError:
        raise FileError(f"找不到文件“{name}”，请核对位置和文件名。") from None
    except OSError as error:
        raise FileError(
            f"读不出文件“{name}”（{saving.reason(error)}）。请换一个U盘或重新拷贝后再试。"
        ) from None


def save(path: Path, data: bytes) -> None:
    """Write a bundle so that it is either there, read back and verified, or not there at all (T21).

    What is inside an encrypted file only its recipient can verify; here it is compared byte for byte.
    """
    if not _is_encrypted(data):
        read(data)
    saving.save(path, data)


def _is_encrypted(data: bytes) -> bool:
    return data.startswith(b"age-encryption.org/v1")


def _packed(data: bytes) -> bytes:
    """What follows the first line, once its digest has been found right."""
    if _is_encrypted(data):
        raise PackageError(
            "这个文件是加密的。上报的数据包请在收件单位的“收发”页导入；任务文件请用“打开任务文件”，并输入激活码。"
        )
    found = _FIRST_LINE.match(data[:_LONGEST_LINE])
    if not found:
        known = (said for begins, said in _FOREIGN if data.startswith(begins))
        raise PackageError(next(known, "这不是评议数据包，或文件已损坏。请选择对方用本软件导出的文件。"))
    if int(found[1]) != header.MAJOR:
        raise PackageError(header.UPGRADE)
    packed = data[found.end() :]
    if hashlib.sha256(packed).hexdigest().encode() != found[2]:
        raise PackageError(_DAMAGED)
    return packed


def _split(packed: bytes) -> Iterator[bytes]:
    """The envelopes' bytes, taken out of the stream one by one."""
    waiting = bytearray()
    length: int | None = None
    for piece in _inflate(packed):
        waiting += piece
        while True:
            if length is None:
                end = waiting.find(b"\n", 0, _LONGEST_LENGTH + 1)
                if end < 0:
                    break
                length = _length(bytes(waiting[:end]))
                del waiting[: end + 1]
            if len(waiting) < length:
                break
            yield bytes(waiting[:length])
            del waiting[:length]
            length = None
        if length is None and len(waiting) > _LONGEST_LENGTH:
            raise PackageError(_DAMAGED)
    if waiting or length is not None:
        raise PackageError(_DAMAGED)


def _length(line: bytes) -> int:
    if not _LENGTH_LINE.fullmatch(line) or int(line) > MAX_ENVELOPE:
        raise PackageError(_DAMAGED)
    return int(line)


def _inflate(packed: bytes) -> Iterator[bytes]:
    """The stream in pieces, never more than the limits allow."""
    machine = zlib.decompressobj()
    allowed = min(MAX_INFLATED, MAX_RATIO * len(packed))
    waiting = packed
    while not machine.eof:
        try:
            piece = machine.decompress(waiting, _CHUNK)
        except zlib.error:
            raise PackageError(_DAMAGED) from None
        waiting = machine.unconsumed_tail
        allowed -= len(piece)
        if allowed < 0:
            raise PackageError(_TOO_LARGE)
        if not piece and not machine.eof:
            raise PackageError(_DAMAGED)
        yield piece
    if machine.unused_data:
        raise PackageError(_DAMAGED)


def _refuse_incomplete(envelopes: list[Envelope]) -> None:
    """A body may be missing only below a rollup of the same file: what its unit hands in itself must be whole.

    And of a receipt that is passed on: what the office it was for need not show (``receipts``).
    """
    rollups = [one for one in envelopes if one.address.type == header.ROLLUP]
    listed = {identity for one in rollups for identity in one.document("index")["accepts"]}
    partial = (one for one in envelopes if not one.is_complete and one.address.type != header.RECEIPT)
    if any(one.id not in listed for one in partial):
        raise PackageError("数据包缺少应带的内容，请让对方重新导出。")
