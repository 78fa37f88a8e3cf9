"""Mutants: every number makes one, the same one on every machine, so that a finding can be told by its number.

An attack is a function from a random source to the bytes of a file. ``outsider`` attacks are made by somebody without
any key of ours: none may be accepted. ``insider`` attacks carry the signature of a unit whose key is trusted; those in
``FORBIDDEN`` break a rule of the writing and must be refused, the rest may say anything and must not crash anybody.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from random import Random
from typing import Any
from unicodedata import normalize

import sealing
from fuzz import samples

from pingyi_desktop.exchange.wire import package, trust
from pingyi_desktop.exchange.wire.bodies import SHAPES
from pingyi_desktop.exchange.wire.package import Envelope

Attack = Callable[[Random], bytes]
L = 2**252 + 27742317777372353535851937790883648493
STRANGE_TEXTS = (
    "",
    "<img src=x onerror=alert(1)>",
    "<b>一矿</b>",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "../../etc/passwd",
    "'; DROP TABLE envelope; --",
    "矿" * 20_000,
    "%s%n{0}",
    "\n\n",
    "NaN",
)
INVISIBLE = (
    "\u202e\u2066\u200b\u200d\ufeff\u00ad\u2028\u0000\u0007\u001b\u007f\u0085\u2060\u3164\ufffe\U000e0041"
)
STRANGE_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    1,
    2**53 - 1,
    "",
    "x",
    [],
    {},
    [[]],
    {"a": 1},
    *STRANGE_TEXTS,
)


# Somebody without a key


def file_noise(source: Random) -> bytes:
    """Bytes of the file changed, taken out, put in, doubled."""
    return noisy(source, source.choice(list(samples.plain().values())))


def file_splice(source: Random) -> bytes:
    """The beginning of one file and the end of another."""
    one, other = source.choices(list(samples.plain().values()), k=2)
    return one[: source.randrange(len(one) + 1)] + other[source.randrange(len(other)) :]


def envelope_noise(source: Random) -> bytes:
    """Bytes of an envelope changed, in a container that is right."""
    raws = [one.raw for one in some(source)]
    place = source.randrange(len(raws))
    raws[place] = noisy(source, raws[place])
    return samples.packed(raws)


def envelope_splice(source: Random) -> bytes:
    """The beginning of one envelope and the end of another, in a container that is right."""
    one, other = source.choice(some(source)).raw, source.choice(some(source)).raw
    return samples.packed([one[: source.randrange(1, len(one))] + other[source.randrange(1, len(other)) :]])


def lengths(source: Random) -> bytes:
    """Numbers of the frame and of the container other than they should be."""
    envelope = source.choice(some(source))
    frame, rest = envelope.raw.split(b"\n", 1)
    words = frame.split(b" ")
    place = source.randrange(len(words))
    words[place] = strange_number(source, words[place])
    raw = b" ".join(words) + b"\n" + rest
    length = b"%d" % len(raw) if source.random() < 0.7 else strange_number(source, b"%d" % len(raw))
    return samples.wrapped(length + b"\n" + raw)


def own_key(source: Random) -> bytes:
    """A changed header or body, signed by the attacker's key: named in the header, or hidden behind the unit's own."""
    envelope = source.choice(some(source))
    head, bodies = opened(envelope)
    if source.random() < 0.5:
        edit(source, head)
    else:
        name = source.choice(list(bodies))
        document = json.loads(bodies[name])
        edit(source, document)
        bodies[name] = written(document)
        bind(head, bodies)
    attacker = sealing.key(source.randrange(1, 4))
    if source.random() < 0.7:
        head["signers"] = [{"alg": "ed25519", "key": trust.public_key(attacker)}]
    return samples.packed([signed(head, bodies, attacker)])


def signature(source: Random) -> bytes:
    """Other signatures over the very bytes that were signed: malleable, empty, of another, doubled, under weak keys."""
    envelope = source.choice(some(source))
    head, bodies = opened(envelope)
    right = envelope.signatures[0]
    second = int.from_bytes(right[32:], "little") + L
    weak = source.choice(sorted(trust.SMALL_ORDER))
    match source.randrange(6):
        case 0:
            signatures = [right[:32] + second.to_bytes(32, "little")]
        case 1:
            signatures = [noisy(source, right).ljust(64, b"\0")[:64]]
        case 2:
            signatures = [right] * source.randrange(2, 6)
        case 3:
            head["signers"] = [{"alg": "ed25519", "key": weak.hex()}]
            signatures = [weak + bytes(32)]
        case 4:
            head["signers"][0]["alg"] = source.choice(["none", "ed448", "HS256", "ed25519 ", ""])
            signatures = [right]
        case _:
            signatures = [source.choice([bytes(64), weak + bytes(32), b""])]
    raw = framed(written(head), signatures, list(bodies.values()))
    return samples.packed([raw if raw != envelope.raw else raw + b"\n"])


# A unit whose key is trusted


def writing(source: Random) -> bytes:
    """A header or a body that is read, in a writing that is not the canonical one, under a right signature."""
    envelope = source.choice(some(source))
    head, bodies = opened(envelope)
    known = [name for name in bodies if name in SHAPES[envelope.address.type]]
    name = source.choice([*known, "header"])
    right = written(head) if name == "header" else bodies[name]
    wrong = right
    while wrong == right:
        wrong = source.choice(WRITINGS)(source, right)
    if name == "header":
        return samples.packed([signed(wrong, bodies, key_of(envelope))])
    bodies[name] = wrong
    bind(head, bodies)
    return samples.packed([signed(head, bodies, key_of(envelope))])


def anything(source: Random) -> bytes:
    """A header and bodies with anything in them, well written and under a right signature."""
    envelope = source.choice(some(source))
    head, bodies = opened(envelope)
    for _ in range(source.randrange(1, 4)):
        name = source.choice([*bodies, "header"])
        if name == "header":
            edit(source, head)
        else:
            document = json.loads(bodies[name])
            edit(source, document)
            bodies[name] = written(document)
            bind(head, bodies)
    return samples.packed([signed(head, bodies, key_of(envelope))])


OUTSIDER: tuple[Attack, ...] = (
    file_noise,
    file_splice,
    envelope_noise,
    envelope_splice,
    lengths,
    own_key,
    signature,
)
FORBIDDEN: tuple[Attack, ...] = (writing,)
ALLOWED: tuple[Attack, ...] = (anything,)
ALL = (*OUTSIDER, *FORBIDDEN, *ALLOWED)


def mutant(number: int) -> tuple[Attack, bytes]:
    """Mutant ``number``: attacks take turns, each with a random source of its own."""
    attack = ALL[number % len(ALL)]
    return attack, attack(Random(number))


# Ways not to write canonical JSON


def spaces(source: Random, data: bytes) -> bytes:
    place = source.choice([i for i, byte in enumerate(data) if byte in b",:{}[]"]) + source.randrange(2)
    return data[:place] + source.choice([b" ", b"\n", b"\t", b"\r\n"]) + data[place:]


def numbers(source: Random, data: bytes) -> bytes:
    """A number as a float, negative, with leading zeros, or far too large."""
    value = json.loads(data)
    lists = [one for one in walk(value) if isinstance(one, dict | list)]
    place = source.choice([one for one in lists if one])
    key = source.choice(list(place) if isinstance(place, dict) else range(len(place)))
    place[key] = 424242
    wrong = source.choice(
        [
            b"1.0",
            b"1e3",
            b"-1",
            b"-0",
            b"01",
            b"9007199254740992",
            b"9" * 400,
            b"NaN",
            b"Infinity",
            b"0x1",
            b"1.",
        ]
    )
    return written(value).replace(b"424242", wrong)


def keys(source: Random, data: bytes) -> bytes:
    """A key twice, out of order, empty, or with letters it may not have."""
    key = source.choice([b"a", b"zz", b"A", b"a-b", b"", "名".encode(), b"a" * 41, b"_a", b"1"])
    entry = b'"%b":%b' % (key, source.choice([b"1", b'""', b"[]", b"null"]))
    if source.random() < 0.5 or key in (b"a", b"zz"):
        return data[:1] + entry + b"," + entry + b"," + data[1:]
    return data[:1] + entry + b"," + data[1:]


def escapes(source: Random, data: bytes) -> bytes:
    """An ASCII letter of a text written as an escape, or an escape that does not exist."""
    quoted = [i for i in range(1, len(data)) if data[i - 1 : i] == b'"' and data[i : i + 1].isalnum()]
    place = source.choice(quoted)
    wrong = source.choice(
        [b"\\u%04x" % data[place], b"\\u%04X" % (data[place] + 0x60), b"\\/", b"\\x41", b"\\ud800"]
    )
    return data[:place] + wrong + data[place + 1 :]


def encodings(source: Random, data: bytes) -> bytes:
    text = data.decode()
    return source.choice(
        [
            b"\xef\xbb\xbf" + data,
            text.encode("utf-16"),
            text.encode("utf-32-le"),
            data + b"\n",
            data + b"\0",
            data.replace(b'"', b"'"),
            data.replace(b"a", b"\xff", 1),
            data.replace(b"a", b"\xc1\xa1", 1),
            data.replace(b"a", b"\xed\xa0\x80", 1),
        ]
    )


def texts(source: Random, data: bytes) -> bytes:
    """A text that nobody can see or read in the same way twice, in place of any value."""
    value = json.loads(data)
    place = source.choice([one for one in walk(value) if isinstance(one, dict) and one])
    letter = source.choice(INVISIBLE)
    wrong = source.choice(
        [f"一矿{letter}党委", letter, normalize("NFD", "é一矿"), "\u212b", "x" * 20_001, "\ud800"]
    )
    place[source.choice(list(place))] = wrong
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        errors="surrogatepass"
    )


def depths(source: Random, data: bytes) -> bytes:
    """Too deep, never closed, or nothing but brackets."""
    depth = source.choice([13, 50, 1_000, 100_000])
    open_, shut = source.choice([(b"[", b"]"), (b'{"a":', b"}")])
    hole = open_ * depth + b"1" + shut * depth
    if source.random() < 0.3:
        return hole[: source.randrange(depth, len(hole))]
    return hole if source.random() < 0.3 else data[:-1] + b',"zzz":' + hole + b"}"


WRITINGS = (spaces, numbers, keys, escapes, encodings, texts, depths)


# Tools


def some(source: Random) -> tuple[Envelope, ...]:
    return source.choice(list(samples.envelopes().values()))


def key_of(envelope: Envelope) -> bytes:
    return sealing.key_of(envelope.address.unit)


def opened(envelope: Envelope) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Header and bodies for changing; bodies left out on the way are no longer spoken of."""
    head = json.loads(envelope.header_bytes)
    head["members"] = [member for member in head["members"] if member["name"] in envelope.members]
    return head, dict(envelope.members)


def bind(head: dict[str, Any], bodies: dict[str, bytes]) -> None:
    """Make the header's sizes and digests those of the bodies."""
    for member in head["members"] if isinstance(head.get("members"), list) else []:
        body = bodies.get(str(member.get("name"))) if isinstance(member, dict) else None
        if body is not None:
            member.update(size=len(body), sha256=hashlib.sha256(body).hexdigest())


def written(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed(head: dict[str, Any] | bytes, bodies: dict[str, bytes], key: bytes) -> bytes:
    text = head if isinstance(head, bytes) else written(head)
    return framed(text, [trust.sign(package.pae(text), key)], [bodies[name] for name in sorted(bodies)])


def framed(text: bytes, signatures: list[bytes], bodies: list[bytes]) -> bytes:
    lines = b"".join(base64.b64encode(one) + b"\n" for one in signatures)
    frame = b"PINGYI/1 %d %d %b\n" % (len(text), len(signatures), b"1" * len(bodies))
    return frame + text + b"\n" + lines + b"".join(bodies)


def noisy(source: Random, data: bytes) -> bytes:
    """At least one byte other than before."""
    spoiled = bytearray(data)
    while bytes(spoiled) == data:
        for _ in range(source.choice([1, 1, 1, 2, 4, 16])):
            start = source.randrange(len(spoiled) + 1)
            end = min(len(spoiled), start + source.choice([0, 1, 1, 2, 8, 64]))
            match source.randrange(4):
                case 0:
                    spoiled[start:end] = source.randbytes(end - start)
                case 1:
                    del spoiled[start:end]
                case 2:
                    spoiled[start:start] = source.randbytes(source.choice([1, 2, 8]))
                case _:
                    spoiled[start:start] = spoiled[start:end]
    return bytes(spoiled)


def strange_number(source: Random, word: bytes) -> bytes:
    number = int(word) if word.isdigit() else 1
    choices = [
        number - 1,
        number + 1,
        number + source.randrange(2, 100),
        0,
        5,
        33,
        65_537,
        2**31,
        2**64,
        -number,
    ]
    texts = [b"0" + word, b"+" + word, b" " + word, b"", word + b"1", b"1" * 33, b"1_0", "１".encode()]
    return source.choice([b"%d" % source.choice(choices), source.choice(texts)])


def walk(value: object) -> list[Any]:
    """The value and everything inside of it."""
    found = [value]
    for one in found:
        if isinstance(one, dict):
            found.extend(one.values())
        elif isinstance(one, list):
            found.extend(one)
    return found


def edit(source: Random, document: Any) -> None:
    """One change of value, kind or place somewhere in a document."""
    places = [one for one in walk(document) if isinstance(one, dict | list) and one]
    if not places:
        return
    place = source.choice(places)
    key = source.choice(list(place) if isinstance(place, dict) else range(len(place)))
    match source.randrange(5):
        case 0 | 1:
            place[key] = source.choice(STRANGE_VALUES)
        case 2:
            del place[key]
        case 3:
            other = source.choice(walk(document))
            place[key] = json.loads(json.dumps(other))
        case _ if isinstance(place, list):
            place.insert(source.randrange(len(place) + 1), json.loads(json.dumps(place[key])))
        case _:
            value = place[key]
            place[key] = value + source.choice([1, 7, 1000]) if type(value) is int else [value]
