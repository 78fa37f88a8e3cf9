"""Files made to fill the memory or to keep the reader busy, read in a process of their own (``fuzz.reader``).

Each is made by somebody without a key of ours, who may sign with a key of his own.
"""

from __future__ import annotations

import hashlib
import json
import random
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import sealing
from fuzz import attacks, samples

from pingyi_desktop.exchange.wire import trust

MEGABYTE = 2**20


def repeated(content: bytes, times: int) -> bytes:
    """A zlib stream of this content again and again, compressed once, so that making it costs nothing."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = machine.compress(content) + machine.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * times + b"\x03\x00\0\0\0\1"


def zeros(megabytes: int) -> bytes:
    """A zlib stream of zeros."""
    return repeated(bytes(MEGABYTE), megabytes)


def container(stream: bytes) -> bytes:
    return b"PINGYIBUNDLE/1 deflate %b\n" % hashlib.sha256(stream).hexdigest().encode() + stream


def body(name: str, text: bytes) -> bytes:
    """A submission with this body, properly bound and signed, by a key nobody knows."""
    head, bodies = attacks.opened(samples.envelopes()["submission"][0])
    bodies[name] = text
    head["signers"][0]["key"] = trust.public_key(sealing.key(5))
    attacks.bind(head, bodies)
    return samples.packed([attacks.signed(head, bodies, sealing.key(5))])


def items(count: int) -> bytes:
    """Tallies of the right shape with very many items."""
    tallies = json.loads(samples.envelopes()["submission"][0].members["tallies"])
    one = attacks.written(tallies["batches"][0]["items"][0])
    tallies["batches"][0]["items"] = ["@"]
    return attacks.written(tallies).replace(b'"@"', b",".join([one] * count))


def random_array(values: int) -> bytes:
    """An array of so many digits, random enough that no ratio gives it away."""
    lot = b"".join(b"%d," % (byte % 10) for byte in random.Random(1).randbytes(500_000))
    return b"[" + lot * (values // 500_000) + b"0]"


def noise(alphabet: bytes, size: int) -> bytes:
    """Random letters of an alphabet of eight."""
    table = bytes(alphabet[number % 8] for number in range(256))
    return random.Random(1).randbytes(size).translate(table)


def long_header() -> bytes:
    envelope = samples.envelopes()["submission"][0]
    head, bodies = attacks.opened(envelope)
    head["reason"] = "x" * 70_000
    return samples.packed([attacks.signed(head, bodies, attacks.key_of(envelope))])


BOMBS: dict[str, Callable[[], bytes]] = {
    "300 MB of zeros": lambda: container(zeros(300)),
    "300 MB of zeros behind a length": lambda: samples.wrapped(b"60000000\n" + bytes(60_000_000)),
    "500 MB of line feeds": lambda: container(zeros(500).replace(b"\x78\xda", b"\x78\x9c", 1)),
    "150,000,000 lengths": lambda: samples.wrapped(b"1\n" * 20_000_000),
    "100,000 levels": lambda: body("tallies", b"[" * 100_000 + b"]" * 100_000),
    "100,000 levels never closed": lambda: body("tallies", b"[" * 100_000),
    "100,000 objects deep": lambda: body("tallies", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "10,000,000 values": lambda: body("tallies", random_array(10_000_000)),
    "2,400,000 objects": lambda: body("tallies", b"[" + b",".join([b'{"a":1}'] * 2_400_000) + b"]"),
    "900,000 objects": lambda: body("tallies", b"[" + b",".join([b'{"a":1}'] * 900_000) + b"]"),
    "600,000 items": lambda: body("tallies", items(600_000)),
    "30 MB of one text": lambda: body("tallies", b'"' + noise(b"abcdefgh", 30_000_000) + b'"'),
    "20,000,000 quotes": lambda: body("tallies", b"[" + noise(b'""""":a,', 20_000_000) + b"]"),
    "20,000,000 backslashes": lambda: body("tallies", b'["' + noise(rb"\\\\\nab", 20_000_000) + b'"]'),
    "a number of 1,000,000 digits": lambda: body("tallies", b"[" + b"9" * 1_000_000 + b"]"),
    "a header of 70,000 bytes": long_header,
    "33 members": lambda: members(33),
    "5 signatures": lambda: signatures(5),
}
ALIKE = ("10,000,000 values", "600,000 items", "20,000,000 quotes", "30 MB of one text")
"""Dear to make; too many values are thrown as objects, dear texts as backslashes as well."""


def members(count: int) -> bytes:
    envelope = samples.envelopes()["submission"][0]
    head, _ = attacks.opened(envelope)
    bodies = {f"m{number:02}": b"{}" for number in range(count)}
    head["members"] = [{**head["members"][0], "name": name} for name in bodies]
    attacks.bind(head, bodies)
    return samples.packed([attacks.signed(head, bodies, attacks.key_of(envelope))])


def signatures(count: int) -> bytes:
    envelope = samples.envelopes()["submission"][0]
    head, bodies = attacks.opened(envelope)
    private = [attacks.key_of(envelope), *(sealing.key(number) for number in range(1, count))]
    head["signers"] = [{"alg": "ed25519", "key": trust.public_key(one)} for one in private]
    text = attacks.written(head)
    signed = [trust.sign(attacks.package.pae(text), one) for one in private]
    return samples.packed([attacks.framed(text, signed, list(bodies.values()))])


def lay(folder: Path, names: Iterable[str]) -> list[Path]:
    """Make these bombs in a folder."""
    paths = []
    for number, name in enumerate(names):
        paths.append(folder / f"{number:02}.pingyi-pack")
        paths[-1].write_bytes(BOMBS[name]())
    return paths
