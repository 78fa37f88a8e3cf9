"""Canonical bytes, envelopes and bundles: round trips, every flipped bit, every limit, hostile input."""

from __future__ import annotations

import base64
import copy
import errno
import hashlib
import json
import os
import re
import shutil
import string
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import sealing
from fuzz import bombs
from hypothesis import given
from hypothesis import strategies as st
from packages import make_packages
from series import LONG

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.outbox import recovery
from pingyi_desktop.exchange.wire import age, bundle, canonical, header, package, trust
from pingyi_desktop.exchange.wire.package import Envelope

PACKAGES = Path(__file__).parent.parent.parent / "packages"
BRANCH = "QL.01.G01.B001"
MIXED = 'a\n“”\\"/é😀'


@pytest.fixture(scope="module", autouse=True)
def _each_key_once() -> Iterator[None]:
    """The kept task files have the cost of the product; the key of a code, a salt and a cost is reckoned once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(age, "_code_key", cache(age._code_key))
        yield


def refused(data: bytes) -> str:
    """The sentence with which a bundle file is refused; anything but a PackageError fails the test."""
    with pytest.raises(PackageError) as caught:
        bundle.read(data)
    sentence = str(caught.value)
    assert sentence.endswith("。")
    assert "\n" not in sentence
    return sentence


def packed(*raws: bytes) -> bytes:
    """A bundle file of any bytes, in the order given, with a right digest."""
    return wrapped(zlib.compress(b"".join(b"%d\n" % len(raw) + raw for raw in raws)))


def wrapped(stream: bytes) -> bytes:
    return b"PINGYIBUNDLE/1 deflate %b\n" % hashlib.sha256(stream).hexdigest().encode() + stream


def resigned(envelope: Envelope, change: Callable[[dict[str, Any]], None], private: bytes) -> bytes:
    """The envelope with a changed header, signed again by its own key: as a hostile but genuine signer could."""
    document = json.loads(envelope.header_bytes)
    change(document)
    signed = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return framed(signed, [trust.sign(package.pae(signed), private)], list(envelope.members.values()))


def framed(signed: bytes, signatures: list[bytes], bodies: list[bytes], presence: str = "") -> bytes:
    bits = presence or "1" * len(bodies)
    lines = b"".join(base64.b64encode(one) + b"\n" for one in signatures)
    return (
        f"PINGYI/1 {len(signed)} {len(signatures)} {bits}\n".encode()
        + signed
        + b"\n"
        + lines
        + b"".join(bodies)
    )


# Canonical bytes

texts = st.text(st.sampled_from('ab1 满意“”\\"/é😀\n'), max_size=8)
letters = string.ascii_lowercase
keys = st.builds(
    str.__add__, st.sampled_from(letters), st.text(st.sampled_from(f"{letters}0123456789_"), max_size=5)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, canonical.MAX_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_decode_undoes_encode_and_bytes_are_sorted_compact_utf8(value: object) -> None:
    data = canonical.encode(value)
    assert canonical.decode(data) == value
    assert data == json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@given(st.dictionaries(keys, values, min_size=2))
def test_the_order_in_which_a_document_was_made_does_not_matter(document: dict[str, object]) -> None:
    assert canonical.encode(dict(reversed(document.items()))) == canonical.encode(document)


BAD_JSON = {
    "nothing": b"",
    "not json": b"{",
    "two values": b"1 2",
    "trailing space": b"[] ",
    "trailing newline": b"[]\n",
    "space after comma": b"[1, 2]",
    "space after colon": b'{"a": 1}',
    "byte order mark": b"\xef\xbb\xbf[]",
    "utf-16": "[1]".encode("utf-16"),
    "not utf-8": b'["\xff"]',
    "overlong utf-8": b'["\xc0\xaf"]',
    "duplicate key": b'{"a":1,"a":1}',
    "duplicate key, other value": b'{"a":1,"a":2}',
    "duplicate key, escaped": b'{"a":1,"\\u0061":1}',
    "unsorted keys": b'{"b":1,"a":1}',
    "float": b"[1.5]",
    "whole float": b"[1.0]",
    "exponent": b"[1e3]",
    "not a number": b"[NaN]",
    "infinity": b"[Infinity]",
    "negative": b"[-1]",
    "negative zero": b"[-0]",
    "leading zero": b"[01]",
    "too large": b"[9007199254740992]",
    "far too large": b"[" + b"9" * 10_000 + b"]",
    "needless escape": b'["\\u0041"]',
    "escaped slash": b'["\\/"]',
    "capital escape": b'["\\u00E9"]',
    "escaped Chinese": b'["\\u6ee1"]',
    "lone surrogate": b'["\\ud800"]',
    "surrogate pair": b'["\\ud83d\\ude00"]',
    "raw control character": b'["\x01"]',
    "escaped control character": b'["\\u0001"]',
    "tab": b'["\\t"]',
    "carriage return": b'["\\r"]',
    "delete": b'["\x7f"]',
    "not NFC": '["e\u0301"]'.encode(),
    "compatibility ideograph": '["\uf9f4"]'.encode(),
    "right-to-left override": '["a\u202eb"]'.encode(),
    "isolate": '["a\u2066b"]'.encode(),
    "zero-width space": '["a\u200bb"]'.encode(),
    "byte order mark in text": '["a\ufeffb"]'.encode(),
    "soft hyphen": '["a\u00adb"]'.encode(),
    "line separator": '["a\u2028b"]'.encode(),
    "tag character": '["a\U000e0041b"]'.encode(),
    "capital key": b'{"A":1}',
    "key with a dash": b'{"a-b":1}',
    "empty key": b'{"":1}',
    "long key": b'{"' + b"a" * 41 + b'":1}',
    "Chinese key": '{"名":1}'.encode(),
    "key that ends in a line feed": b'{"a\\n":1}',
    "long text": b'["' + b"x" * 20_001 + b'"]',
    "13 levels": b"[" * 13 + b"]" * 13,
    "100,000 levels": b"[" * 100_000 + b"]" * 100_000,
    "100,000 levels, never closed": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "5,000,001 values": b"[" + b"1," * 5_000_000 + b"1]",
}


@pytest.mark.parametrize("data", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(PackageError, match=r"。$"):
        canonical.decode(data)


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        -1,
        2**53,
        b"x",
        {1: 2},
        {"A": 1},
        {"a": {1, 2}},
        "e\u0301",
        "a\u202eb",
        "\ud800",
        "x" * 20_001,
        [[[[[[[[[[[[[]]]]]]]]]]]]],
    ],
    ids=repr,
)
def test_what_could_not_be_read_again_is_not_written(value: object) -> None:
    with pytest.raises(PackageError):
        canonical.encode(value)


def test_the_limits_themselves_are_allowed() -> None:
    twelve: list[Any] = []
    for _ in range(11):
        twelve = [twelve]
    for value in (twelve, ["x" * 20_000], [canonical.MAX_INTEGER], {"a" * 40: 0}, MIXED):
        assert canonical.decode(canonical.encode(value)) == value


def test_brackets_inside_texts_are_not_depth() -> None:
    assert canonical.decode(canonical.encode(["[[[[{{{{" * 50, '"[', "\\"])) == ["[[[[{{{{" * 50, '"[', "\\"]


def test_a_bad_text_is_named_so_that_it_can_be_mended() -> None:
    with pytest.raises(PackageError, match="赵□建国"):
        canonical.encode({"name": "赵\u200b建国"})


# Envelopes


def test_the_known_answer_vector() -> None:
    """Fixed key, header and members give these bytes, on every machine and in every later version."""
    vector = json.loads((PACKAGES / "valid" / "vector.json").read_text(encoding="utf-8"))
    made = sealing.vector()
    assert made.raw.hex() == vector["envelope"]
    assert made.id == vector["id"]
    assert package.check_number(made.id) == vector["check_number"]
    assert made.signer == vector["public_key"]
    assert trust.fingerprint(made.signer) == vector["fingerprint"]
    opened = package.open_envelope(bytes.fromhex(vector["envelope"]))
    assert opened == made


def test_the_layout_can_be_followed_by_hand() -> None:
    """The known-answer vector taken apart with nothing but the standard library and Ed25519 itself."""
    raw = sealing.vector().raw
    frame, rest = raw.split(b"\n", 1)
    magic, length, signatures, presence = frame.split(b" ")
    assert (magic, signatures, presence) == (b"PINGYI/1", b"1", b"11")
    signed, rest = rest[: int(length)], rest[int(length) + 1 :]
    line, rest = rest.split(b"\n", 1)
    fields = json.loads(signed)
    to_sign = b"DSSEv1 37 application/vnd.pingyi.header.v1+json %d %b" % (len(signed), signed)
    trust.verify(to_sign, base64.b64decode(line), fields["signers"][0]["key"])
    for member in fields["members"]:
        body, rest = rest[: member["size"]], rest[member["size"] :]
        assert hashlib.sha256(body).hexdigest() == member["sha256"]
    assert rest == b""
    assert package.open_envelope(raw).id == hashlib.sha256(to_sign).hexdigest()


def test_the_encoding_that_is_signed_is_that_of_dsse() -> None:
    """The worked example of the DSSE specification, with its own type and body."""
    example = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    kind, body = b"http://example.com/HelloWorld", b"hello world"
    ours = package.pae(body).replace(b"37 " + package.PAYLOAD_TYPE, b"%d %b" % (len(kind), kind))
    assert ours == example


def samples() -> dict[str, Envelope]:
    branch = sealing.submission(BRANCH)
    return {
        "campaign": sealing.campaign(),
        "assignment": sealing.assignment("QL.01.G01", BRANCH),
        "submission": branch,
        "rollup": sealing.rollup("QL.01.G01", [branch]),
    }


@pytest.mark.parametrize("kind", ["campaign", "assignment", "submission", "rollup"])
def test_open_undoes_seal(kind: str) -> None:
    made = samples()[kind]
    opened = package.open_envelope(made.raw)
    assert opened == made
    assert opened.raw == made.raw
    assert opened.address.type == kind
    assert samples()[kind].raw == made.raw


def test_several_signers_all_count() -> None:
    documents = sealing.documents_of(BRANCH)
    made = sealing.sealed(
        "submission", BRANCH, documents, cosigners=[sealing.key(7)], detachable=["ratee_tallies"]
    )
    assert len(made.signatures) == 2
    assert made.signer == trust.public_key(sealing.key_of(BRANCH))
    swapped = framed(made.header_bytes, list(reversed(made.signatures)), list(made.members.values()))
    with pytest.raises(PackageError):
        package.open_envelope(swapped)
    with pytest.raises(PackageError):
        package.open_envelope(
            framed(made.header_bytes, list(made.signatures[:1]), list(made.members.values()))
        )


def test_every_signature_is_verified_not_only_the_first() -> None:
    documents = sealing.documents_of(BRANCH)
    made = sealing.sealed(
        "submission", BRANCH, documents, cosigners=[sealing.key(7)], detachable=["ratee_tallies"]
    )
    forged = trust.sign(package.pae(made.header_bytes), sealing.key(9))
    bodies = list(made.members.values())
    assert package.open_envelope(framed(made.header_bytes, list(made.signatures), bodies)) == made
    for signatures in ([made.signatures[0], forged], [forged, made.signatures[1]]):
        with pytest.raises(PackageError, match="签名核对不上"):
            package.open_envelope(framed(made.header_bytes, signatures, bodies))


def test_one_person_cannot_sign_twice() -> None:
    made = sealing.submission(BRANCH)
    document = json.loads(made.header_bytes)
    document["signers"] *= 2
    signed = canonical.encode(document)
    signature = trust.sign(package.pae(signed), sealing.key_of(BRANCH))
    with pytest.raises(PackageError, match="不合规定"):
        package.open_envelope(framed(signed, [signature, signature], list(made.members.values())))


def test_a_signature_by_another_key_is_refused() -> None:
    made = sealing.submission(BRANCH)
    forged = trust.sign(package.pae(made.header_bytes), sealing.key(9))
    with pytest.raises(PackageError, match="签名核对不上"):
        package.open_envelope(framed(made.header_bytes, [forged], list(made.members.values())))


def test_a_key_under_which_everything_verifies_is_refused() -> None:
    """Without the list of small-order keys this forgery, made without any private key, would open."""
    neutral = (1).to_bytes(32, "little")
    document = json.loads(sealing.submission(BRANCH).header_bytes)
    document["signers"] = [{"alg": "ed25519", "key": neutral.hex()}]
    signed = canonical.encode(document)
    forged = framed(signed, [neutral + bytes(32)], list(sealing.submission(BRANCH).members.values()))
    with pytest.raises(PackageError, match="签名密钥不合规定"):
        package.open_envelope(forged)


def set_field(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def drop_field(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.pop(name)


WRONG_HEADERS = {
    "unknown field": set_field("operator", to="张三"),
    "unknown field of a member": set_field("members", 0, "path", to="x"),
    "no unit": drop_field("unit"),
    "no format": drop_field("format"),
    "format is a text": set_field("format", to="1.0"),
    "major is a text": set_field("format", "major", to="1"),
    "type unknown": set_field("type", to="will"),
    "type is a number": set_field("type", to=1),
    "unit with a path": set_field("unit", to="../QL"),
    "unit empty": set_field("unit", to=""),
    "name empty": set_field("unit_name", to=""),
    "name of two lines": set_field("unit_name", to="一矿\n二矿"),
    "name too long": set_field("unit_name", to="矿" * 201),
    "epoch 0": set_field("epoch", to=0),
    "revision 0": set_field("revision", to=0),
    "revision true": set_field("revision", to=True),
    "mode unknown": set_field("mode", to="test"),
    "digest too short": set_field("campaign_sha256", to="ab"),
    "digest in capitals": set_field("campaign_sha256", to="A" * 64),
    "prev with a line feed": set_field("prev", to="a" * 64 + "\n"),
    "an impossible day": set_field("created", to="2024-02-30"),
    "a day with a time": set_field("created", to="2024-01-15T10:00"),
    "coverage negative in words": set_field("coverage", "valid", to="-1"),
    "coverage incomplete": set_field("coverage", to={"valid": 1}),
    "crit is a text": set_field("crit", to="x"),
    "other algorithm": set_field("signers", 0, "alg", to="none"),
    "no signer": set_field("signers", to=[]),
    "member with a path": set_field("members", 0, "name", to="../tallies"),
    "members not sorted": lambda document: document["members"].reverse(),
    "member twice": lambda document: document["members"].append(document["members"][-1]),
    "member of no size": set_field("members", 0, "size", to=0),
    "member larger than an envelope": set_field("members", 0, "size", to=header.MAX_ENVELOPE + 1),
    "tallies detachable": set_field("members", 2, "detachable", to=True),
    "tallies renamed": set_field("members", 2, "name", to="tallyho"),
    "members is a text": set_field("members", to="sessions"),
    "33 members": lambda document: document.update(
        members=document["members"] + [{**document["members"][0], "name": f"z{n:02}"} for n in range(30)]
    ),
}


@pytest.mark.parametrize("change", WRONG_HEADERS.values(), ids=WRONG_HEADERS.keys())
def test_a_header_with_a_wrong_field_is_refused_by_itself(change: Callable[[dict[str, Any]], None]) -> None:
    """Not only because frame and bodies would not fit it."""
    document = canonical.decode(sealing.submission(BRANCH).header_bytes)
    assert header.parse(canonical.encode(document)).unit == BRANCH
    change(document)
    with pytest.raises(PackageError, match=r"。$"):
        header.parse(json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("change", WRONG_HEADERS.values(), ids=WRONG_HEADERS.keys())
def test_a_well_signed_header_with_a_wrong_field_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    raw = resigned(sealing.submission(BRANCH), change, sealing.key_of(BRANCH))
    refused(packed(raw))


def rewritten(data: bytes, way: str) -> bytes:
    """A document with the same meaning to many a reader, in another writing."""
    pairs = [
        (name, json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
        for name, value in json.loads(data).items()
    ]
    match way:
        case "a key twice":
            pairs.append(pairs[-1])
        case "a key twice with another value":
            pairs.insert(0, (pairs[0][0], "null"))
        case "keys not sorted":
            pairs.reverse()
    written = ",".join(f'"{name}":{value}' for name, value in pairs)
    return ("{" + written + "}").replace(",", ", " if way == "a space" else ",", 1).encode()


WRITINGS = ("a key twice", "a key twice with another value", "keys not sorted", "a space")


@pytest.mark.parametrize("way", WRITINGS)
def test_a_well_signed_header_in_another_writing_is_refused(way: str) -> None:
    made = sealing.submission(BRANCH)
    signed = rewritten(made.header_bytes, way)
    assert rewritten(made.header_bytes, "as it is") == made.header_bytes
    assert json.loads(signed) == json.loads(made.header_bytes)
    signature = trust.sign(package.pae(signed), sealing.key_of(BRANCH))
    refused(packed(framed(signed, [signature], list(made.members.values()))))


@pytest.mark.parametrize("way", WRITINGS)
@pytest.mark.parametrize("name", ["sessions", "tallies", "ratee_tallies", "index"])
def test_a_well_signed_body_in_another_writing_is_refused(name: str, way: str) -> None:
    made = sealing.rollup(BRANCH, []) if name == "index" else sealing.submission(BRANCH)
    members = {**made.members, name: rewritten(made.members[name], way)}
    assert json.loads(members[name]) == json.loads(made.members[name])
    detachable = [one.name for one in made.header.members if one.detachable]
    private = sealing.key_of(BRANCH)
    refused(packed(package.seal(made.address, members=members, private=private, detachable=detachable).raw))


@pytest.mark.parametrize("order", [(0, 0, 1, 2), (0, 1, 2, 2), (1, 0, 2), (2, 1, 0)], ids=str)
def test_members_out_of_order_or_twice_are_refused_though_their_bodies_fit(order: tuple[int, ...]) -> None:
    made = sealing.submission(BRANCH)
    bodies = [list(made.members.values())[place] for place in order]

    document = canonical.decode(made.header_bytes)
    document["members"] = [document["members"][place] for place in order]
    signed = canonical.encode(document)
    signature = trust.sign(package.pae(signed), sealing.key_of(BRANCH))
    assert "包头" in refused(packed(framed(signed, [signature], bodies)))


@pytest.mark.parametrize(
    "change",
    [
        set_field("format", "major", to=2),
        set_field("crit", to=["sm2"]),
        lambda document: document.update(format={"major": 1, "minor": 7}, type="testament"),
    ],
    ids=["major newer", "crit unknown", "type of a newer minor version"],
)
def test_a_newer_file_is_told_to_upgrade(change: Callable[[dict[str, Any]], None]) -> None:
    raw = resigned(sealing.submission(BRANCH), change, sealing.key_of(BRANCH))
    assert "先升级本软件" in refused(packed(raw))


def test_newer_frames_and_bundles_are_told_to_upgrade() -> None:
    raw = sealing.submission(BRANCH).raw
    assert "先升级本软件" in refused(packed(raw.replace(b"PINGYI/1 ", b"PINGYI/2 ", 1)))
    assert "先升级本软件" in refused(packed(raw).replace(b"PINGYIBUNDLE/1", b"PINGYIBUNDLE/2", 1))


def test_an_encrypted_file_is_told_where_it_opens() -> None:
    sentence = refused(b"age-encryption.org/v1\n-> X25519 abc\n")
    assert "是加密的" in sentence
    assert "收件单位" in sentence


def test_a_newer_minor_version_is_carried_untouched() -> None:
    """Unknown header fields, member fields, body fields and members pass through byte for byte."""
    documents = sealing.documents_of(BRANCH)
    documents["tallies"] = {**documents["tallies"], "weather": "晴"}
    documents["future"] = {"anything": [1, 2]}
    made = sealing.sealed("submission", BRANCH, documents, detachable=["ratee_tallies"])

    def later(document: dict[str, Any]) -> None:
        document["format"]["minor"] = 3
        document["mood"] = "好"
        document["members"][0]["colour"] = "红"

    raw = resigned(made, later, sealing.key_of(BRANCH))
    (opened,) = bundle.read(packed(raw))
    assert opened.raw == raw
    assert opened.is_newer
    assert opened.document("future") == {"anything": [1, 2]}


def test_an_unknown_member_of_this_version_is_carried_untouched() -> None:
    documents = {**sealing.documents_of(BRANCH), "opinions": {"texts": ["建议增加班车"]}}
    made = sealing.sealed("submission", BRANCH, documents, detachable=["ratee_tallies", "opinions"])
    assert bundle.read(bundle.write([made])) == [made]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + b"\n",
        lambda raw: raw + raw,
        lambda raw: b"\n" + raw,
        lambda raw: raw.replace(b"PINGYI/1 ", b"PINGYI/1  ", 1),
        lambda raw: raw.replace(b"PINGYI/1 ", b"PINGYI/01 ", 1),
        lambda raw: raw.replace(b"PINGYI/1 ", b"PINGYI/1 0", 1),
        lambda raw: raw.replace(b"PINGYI/1 ", b"PINGYI/1 +", 1),
        lambda raw: raw.replace(b" 1 1", b" 2 1", 1),
        lambda raw: raw.replace(b" 1 111\n", b" 1 11\n", 1),
        lambda raw: raw.replace(b" 1 111\n", b" 1 1111\n", 1),
        lambda raw: raw.replace(b" 1 111\n", b" 1 101\n", 1),
        lambda raw: raw.replace(b" 1 111\n", b" 1 110\n", 1),
        lambda raw: raw.replace(b"==\n", b"=\n", 1),
        lambda raw: raw.replace(b"==\n", b"==\r\n", 1),
        lambda raw: raw[:0],
        lambda raw: raw[:0] + b"PINGYI/1 99999 1 1\n{}",
    ],
)
def test_another_frame_around_the_same_content_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    raw = sealing.submission(BRANCH).raw
    assert spoil(raw) != raw
    refused(packed(spoil(raw)))


# What may be left out on the way up


def test_leaving_a_body_out_keeps_the_id_and_the_signature() -> None:
    whole = sealing.submission(BRANCH)
    less = package.strip(whole, ["ratee_tallies"])
    opened = package.open_envelope(less.raw)
    assert opened.id == whole.id
    assert opened.document("ratee_tallies") is None
    assert opened.document("tallies") == whole.document("tallies")
    assert not opened.is_complete
    assert len(less.raw) < len(whole.raw)


@pytest.mark.parametrize("name", ["tallies", "sessions"])
def test_what_must_travel_cannot_be_left_out(name: str) -> None:
    with pytest.raises(PackageError, match="不能从数据包里去掉"):
        package.strip(sealing.submission(BRANCH), [name])


def test_an_incomplete_envelope_is_accepted_only_below_a_rollup() -> None:
    less = package.strip(sealing.submission(BRANCH), ["ratee_tallies"])
    other = sealing.submission("QL.01.G01.B002")
    assert "缺少应带的内容" in refused(bundle.write([less]))
    assert "缺少应带的内容" in refused(bundle.write([less, sealing.rollup("QL.01.G01", [other])]))
    with_rollup = [less, sealing.rollup("QL.01.G01", [less])]
    assert {one.id for one in bundle.read(bundle.write(with_rollup))} == {one.id for one in with_rollup}


def test_a_hole_where_a_fixed_body_was_is_refused() -> None:
    made = sealing.submission(BRANCH)
    bodies = [made.members["ratee_tallies"], made.members["sessions"]]
    raw = framed(made.header_bytes, list(made.signatures), bodies, presence="110")
    with pytest.raises(PackageError, match="不完整"):
        package.open_envelope(raw)


def test_uniting_keeps_every_body_that_some_copy_has() -> None:
    documents = {**sealing.documents_of(BRANCH), "opinions": {"texts": []}}
    whole = sealing.sealed("submission", BRANCH, documents, detachable=["ratee_tallies", "opinions"])
    one, other = package.strip(whole, ["opinions"]), package.strip(whole, ["ratee_tallies"])
    for copies in ([one, other], [other, one], [one, other, one, whole]):
        assert package.unite(copies) == {whole.id: whole}
        assert package.unite(copies)[whole.id].raw == whole.raw
    none = package.strip(whole, ["opinions", "ratee_tallies"])
    assert not package.unite([none, one])[whole.id].is_complete


# Bundles


def test_a_bundle_is_sorted_and_holds_each_envelope_once() -> None:
    units = [unit for unit in sealing.PARENTS if unit.count(".") >= 2]
    made = [sealing.submission(unit) for unit in units]
    data = bundle.write([*made, *reversed(made)])
    assert [one.id for one in bundle.read(data)] == sorted(one.id for one in made)
    assert bundle.write(list(reversed(made))) == data


def test_another_order_repetition_or_emptiness_is_refused() -> None:
    first, second = sorted((sealing.submission(unit) for unit in (BRANCH, "QL.01.B003")), key=lambda e: e.id)
    assert len(bundle.read(packed(first.raw, second.raw))) == 2
    for data in (packed(second.raw, first.raw), packed(first.raw, first.raw), packed()):
        refused(data)
    with pytest.raises(PackageError, match="没有可以导出的内容"):
        bundle.write([])


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        b"not zlib",
        zlib.compress(b""),
        zlib.compress(b"5\nabc"),
        zlib.compress(b"05\nabcde"),
        zlib.compress(b"-5\nabcde"),
        zlib.compress(b"abc"),
        zlib.compress(b"9" * 100_000),
        zlib.compress(b"67108865\n" + b"a" * 100_000),
        zlib.compress(b"999999999\n"),
        zlib.compress(b"3\nabc")[:-1],
        zlib.compress(b"3\nabc") + b"x",
    ],
)
def test_a_stream_of_anything_else_is_refused(stream: bytes) -> None:
    refused(wrapped(stream))


def test_nothing_may_follow_the_stream() -> None:
    raw = sealing.submission(BRANCH).raw
    stream = zlib.compress(b"%d\n" % len(raw) + raw)
    assert len(bundle.read(wrapped(stream))) == 1
    for extra in (b"x", stream):
        refused(wrapped(stream + extra))


@pytest.mark.parametrize("length", [b"0%d", b"%d ", b"+%d"])
def test_a_length_has_one_writing(length: bytes) -> None:
    raw = sealing.submission(BRANCH).raw
    refused(wrapped(zlib.compress(length % len(raw) + b"\n" + raw)))


def test_a_last_envelope_that_was_cut_is_not_passed_over() -> None:
    first, second = sorted((sealing.submission(unit) for unit in (BRANCH, "QL.01.B003")), key=lambda e: e.id)
    whole = b"%d\n" % len(first.raw) + first.raw
    for rest in (b"%d\n" % len(second.raw), b"%d\n" % len(second.raw) + second.raw[:-1]):
        assert len(bundle.read(wrapped(zlib.compress(whole)))) == 1
        refused(wrapped(zlib.compress(whole + rest)))


@pytest.mark.parametrize("extra", [b"x", b"\0", b"7", b"12345678"])
def test_nothing_may_follow_the_last_envelope_inside_the_stream(extra: bytes) -> None:
    raw = sealing.submission(BRANCH).raw
    refused(wrapped(zlib.compress(b"%d\n" % len(raw) + raw + extra)))


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    """300 MB in 300 KB: what is built on the way stays small."""
    for content in (bytes(1_000_000), b"1\n" * 500_000):
        stream = bombs.repeated(content, 300)
        assert len(stream) < 1_000_000
        tracemalloc.start()
        refused(wrapped(stream))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 50_000_000


def test_a_bomb_behind_a_valid_length_is_refused() -> None:
    stream = zlib.compress(b"60000000\n" + bytes(60_000_000), 9)
    assert "大得不合常理" in refused(wrapped(stream))


# Limits that are looked at before anything is taken apart


def test_a_header_larger_than_any_header_is_refused() -> None:
    def long(document: dict[str, Any]) -> None:
        document["format"]["minor"] = 3
        document.update({f"later_{number}": "x" * 20_000 for number in range(4)})

    raw = resigned(sealing.submission(BRANCH), long, sealing.key_of(BRANCH))
    assert "不完整" in refused(packed(raw))


def test_an_envelope_larger_than_any_envelope_is_refused() -> None:
    with pytest.raises(PackageError, match="超过规定的大小"):
        package.open_envelope(bytes(header.MAX_ENVELOPE + 1))


def test_more_bytes_than_any_file_has_are_refused() -> None:
    assert "大得不合常理" in refused(bytes(bundle.MAX_FILE + 1))


def test_the_limits_of_a_stream_hold_whatever_its_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(sealing.submission(BRANCH).raw)
    assert len(bundle.read(data)) == 1
    with monkeypatch.context() as patch:
        patch.setattr(bundle, "MAX_INFLATED", 1000)
        assert "大得不合常理" in refused(data)
    with monkeypatch.context() as patch:
        patch.setattr(bundle, "MAX_ENVELOPE", 1000)
        assert "不完整" in refused(data)


def test_the_body_of_a_member_may_not_be_a_deep_hole() -> None:
    documents = sealing.documents_of(BRANCH)
    made = sealing.submission(BRANCH)
    members = {name: canonical.encode(value) for name, value in documents.items()}
    members["tallies"] = b"[" * 100_000 + b"]" * 100_000
    raw = package.seal(
        made.address, members=members, private=sealing.key_of(BRANCH), detachable=["ratee_tallies"]
    ).raw
    assert "嵌套" in refused(packed(raw))


# Every single bit, every truncation


def task_file() -> bytes:
    """A task file with a campaign cut down to one form and three units, so that every bit can be tried."""
    small = sealing.definition(
        forms=[sealing.form("T-ORG-A", "ORG", ("X",))],
        orgs=[org for org in sealing.DEFINITION["orgs"] if org["code"] in ("QL", "QL.01")],
    )
    campaign = sealing.campaign(small)
    digest = campaign.address.campaign_sha256
    return bundle.write([campaign, sealing.assignment("QL", "QL.01", campaign_sha256=digest)])


def files() -> dict[str, bytes]:
    branch = sealing.submission(BRANCH)
    return {
        "submission": bundle.write([branch]),
        "rollup": bundle.write(
            [package.strip(branch, ["ratee_tallies"]), sealing.rollup("QL.01.G01", [branch])]
        ),
        "task": task_file(),
    }


def flips(data: bytes, bits: Iterable[int] | None = None) -> Iterator[bytes]:
    """The data with one bit changed: each of these ``bits``, every one unless told."""
    for number in range(len(data) * 8) if bits is None else bits:
        spoiled = bytearray(data)
        spoiled[number // 8] ^= 1 << number % 8
        yield bytes(spoiled)


@pytest.mark.parametrize("kind", ["submission", "rollup", "task"])
def test_every_flipped_bit_of_a_file_is_refused(kind: str) -> None:
    data = files()[kind]
    assert bundle.read(data)
    for spoiled in flips(data):
        refused(spoiled)


@pytest.mark.parametrize("kind", ["submission", "rollup", "task"])
def test_every_truncation_of_a_file_and_every_extra_byte_is_refused(kind: str) -> None:
    data = files()[kind]
    for length in range(len(data)):
        refused(data[:length])
    for extra in (b"\0", b"\n", data):
        refused(data + extra)


@pytest.mark.parametrize("kind", ["assignment", "submission", "rollup"])
def test_a_flipped_bit_of_an_envelope_is_refused_even_in_a_sound_container(kind: str) -> None:
    """Somebody who packs a changed envelope again gets the digest right; the signature is what holds.

    Every bit of what is written in base64, a bit of every fourth other byte (``dev.py fuzz --exhaustive``: all).
    """
    raw = samples()[kind].raw
    written = (range(8 * found.start(), 8 * found.end()) for found in re.finditer(rb"\n[\w+/=]{88}\n", raw))
    for spoiled in flips(
        raw, sorted({*range(0, 8 * len(raw), 7 if LONG else 29), *chain.from_iterable(written)})
    ):
        with pytest.raises(PackageError):
            package.open_envelope(spoiled)
    for length in range(0, len(raw), 1 if LONG else 3):
        with pytest.raises(PackageError):
            package.open_envelope(raw[:length])


@given(st.data())
def test_random_mutants_of_a_file_are_refused_with_a_sentence(data: st.DataObject) -> None:
    """Insertions, deletions and repetitions inside the envelope, packed again with a right digest."""
    raw = sealing.submission(BRANCH).raw
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 40)))
    spoiled = raw[:start] + data.draw(st.binary(max_size=20)) + raw[end:]
    if spoiled != raw:
        refused(packed(spoiled))


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    for candidate in (
        data,
        wrapped(data),
        wrapped(zlib.compress(data)),
        packed(data),
        packed(b"PINGYI/1 " + data),
    ):
        refused(candidate)


# Shapes of bodies: what a genuine but hostile signer could write


def spoilt(kind: str, name: str, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A well-signed sample with one changed body."""
    sample = samples()[kind]
    documents = {member: copy.deepcopy(sample.document(member)) for member in sample.members}
    change(documents[name])
    if kind == "campaign":
        return packed(sealing.campaign(documents["definition"]).raw)
    detachable = [member.name for member in sample.header.members if member.detachable]
    return packed(
        sealing.sealed(kind, sample.address.unit, documents, detachable=detachable, to=sample.address.to).raw
    )


WRONG_BODIES = {
    "definition: campaign other than the header's": ("campaign", set_field("campaign", to="c2")),
    "definition: root other than the signer": ("campaign", set_field("root", to="QL.01")),
    "definition: mode other than the header's": ("campaign", set_field("mode", to="drill")),
    "definition: two roots": ("campaign", set_field("orgs", 1, "parent", to=None)),
    "definition: a loop": ("campaign", set_field("orgs", 1, "parent", to="QL.01.B003")),
    "definition: a unit below itself": ("campaign", set_field("orgs", 1, "parent", to="QL.01")),
    "definition: a unit twice": ("campaign", lambda d: d["orgs"].append(d["orgs"][-1])),
    "definition: no units": ("campaign", set_field("orgs", to=[])),
    "definition: unknown scale": ("campaign", set_field("forms", 0, "items", 0, "scale", to="SAT9")),
    "definition: an item twice": ("campaign", set_field("forms", 0, "items", 1, "no", to="1")),
    "definition: a form twice": ("campaign", lambda d: d["forms"].append(d["forms"][0])),
    "definition: ends before it starts": ("campaign", set_field("end_date", to="2023-01-01")),
    "definition: no rule": ("campaign", drop_field("rule")),
    "definition: rule is a list": ("campaign", set_field("rule", to=[])),
    "definition: unit type unknown": ("campaign", set_field("orgs", 0, "type", to="CELL")),
    "task: for another unit": ("assignment", set_field("unit", to="QL.01.B003")),
    "task: from another office": ("assignment", set_field("parent", to="QL")),
    "task: epoch 0": ("assignment", set_field("epoch", to=0)),
    "task: unknown field": ("assignment", set_field("code", to="1234")),
    "task: not an object": ("assignment", lambda d: d.clear()),
    "index: not sorted": ("rollup", set_field("accepts", to=["b" * 64, "a" * 64])),
    "index: an id twice": ("rollup", set_field("accepts", to=["a" * 64, "a" * 64])),
    "index: not an id": ("rollup", set_field("accepts", to=["x"])),
    "index: a short key": ("rollup", set_field("keys", 0, "key", to="ab")),
    "index: no keys": ("rollup", drop_field("keys")),
}


@pytest.mark.parametrize(("kind", "change"), WRONG_BODIES.values(), ids=WRONG_BODIES.keys())
def test_a_well_signed_body_of_the_wrong_shape_is_refused(
    kind: str, change: Callable[[dict[str, Any]], None]
) -> None:
    name = {"campaign": "definition", "assignment": "task", "rollup": "index"}[kind]
    refused(spoilt(kind, name, change))


@pytest.mark.parametrize(
    "change",
    [
        set_field("batches", 0, "valid", to="12"),
        set_field("batches", 0, "valid", to=True),
        set_field("batches", 0, "voter", to="赵建国"),
        set_field("zz", to="赵建国"),
        set_field("batches", 0, "zz", to="赵建国"),
        set_field("batches", 0, "items", 0, "zz", to="赵建国"),
        set_field("batches", 0, "items", 0, "counts", to=[1]),
        set_field("batches", 0, "items", 0, "counts", to=[1] * 9),
        set_field("batches", 0, "items", to=[]),
        set_field("batches", 0, "entry_mode", to="SCAN"),
        set_field("batches", 0, "persons", to=0),
        set_field("batches", 0, "layer", to=3),
        set_field("batches", to={}),
        drop_field("salt"),
    ],
)
def test_tallies_of_the_wrong_shape_are_refused(change: Callable[[dict[str, Any]], None]) -> None:
    assert "tallies" in refused(spoilt("submission", "tallies", change))


@pytest.mark.parametrize(
    "change",
    [
        set_field("people", 0, "id_number", to="110101199001011234"),
        set_field("people", 0, "name", to="赵"),
        set_field("people", 0, "category", to="GUEST"),
        set_field("people", 0, "roster_status", to=""),
    ],
)
def test_a_roster_has_room_only_for_what_may_be_kept(change: Callable[[dict[str, Any]], None]) -> None:
    assert "roster" in refused(spoilt("assignment", "roster", change))


def test_the_digest_in_the_header_binds_the_definition() -> None:
    made = sealing.campaign()
    assert bundle.read(packed(made.raw)) == [made]
    refused(packed(sealing.campaign(campaign_sha256="0" * 64).raw))


# Numbers read aloud


def test_the_check_number_is_derived_as_its_docstring_says() -> None:
    identity = sealing.vector().id
    digest = hashlib.sha256(b"pingyi check number v1\0" + bytes.fromhex(identity)).digest()
    digits = str(int.from_bytes(digest, "big") % 10**12).zfill(12)
    assert package.check_number(identity) == f"{digits[:4]} {digits[4:8]} {digits[8:]}"


# Files


def test_saving_writes_a_file_that_reads_back(tmp_path: Path) -> None:
    data = bundle.write([sealing.submission(BRANCH)])
    path = tmp_path / "上报 一矿.pingyi-pack"
    bundle.save(path, data)
    bundle.save(path, data)
    assert path.read_bytes() == data
    assert bundle.read(path) == bundle.read(data)
    assert list(tmp_path.iterdir()) == [path]


def test_saving_refuses_what_would_not_open(tmp_path: Path) -> None:
    with pytest.raises(PackageError):
        bundle.save(tmp_path / "x", b"not a package")
    assert list(tmp_path.iterdir()) == []


def test_saving_into_a_missing_folder_says_so(tmp_path: Path) -> None:
    data = bundle.write([sealing.submission(BRANCH)])
    with pytest.raises(FileError, match=r"没有写成.文件夹不存在"):
        bundle.save(tmp_path / "nowhere" / "x", data)


def test_saving_over_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(FileError, match="没有写成"):
        bundle.save(tmp_path / "x", bundle.write([sealing.submission(BRANCH)]))
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="limits of file size are set on POSIX only")
def test_a_full_disk_keeps_the_old_file_and_leaves_no_half_one(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    signal = pytest.importorskip("signal")
    path = tmp_path / "x"
    bundle.save(path, bundle.write([sealing.submission(BRANCH)]))
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(FileError, match="没有写成"):
            bundle.save(path, bundle.write([sealing.submission("QL.01.B003")]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_and_a_folder_are_not_packages(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="找不到文件"):
        bundle.read(tmp_path / "x")
    with pytest.raises(FileError, match="不是普通文件"):
        bundle.read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    with pytest.raises(FileError, match="不是普通文件"):
        bundle.read(tmp_path / "x")


def test_a_file_larger_than_any_package_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.truncate(bundle.MAX_FILE + 1)
    for reading in (bundle.read, bundle.read_file):
        with pytest.raises(PackageError, match="大得不合常理"):
            reading(path)


def test_disk_errors_have_a_reason_in_words() -> None:
    assert saving.reason(OSError(errno.ENOSPC, "")) == "盘已满"
    assert saving.reason(OSError(errno.EROFS, "")) == "盘是只读的"
    assert saving.reason(OSError()) == "系统拒绝"


# Files kept by verdict


def kept(verdict: str) -> list[Path]:
    return sorted(path for path in (PACKAGES / verdict).iterdir() if path.suffix == ".pingyi")


HOLDS = {
    "campaign": ["campaign"],
    "task": ["assignment", "campaign"],
    "submission": ["submission"],
    "rollup": ["rollup", "submission", "submission"],
    "rollup-without-persons": ["rollup", "submission", "submission"],
    "receipt": ["receipt"],
    "newer-minor": ["submission"],
    "encrypted-submission": ["submission"],
    "encrypted-rollup": ["rollup", "submission", "submission"],
    "sealed-task": ["assignment", "campaign"],
}


@pytest.mark.parametrize("path", kept("valid"), ids=lambda path: path.stem)
def test_a_kept_valid_file_opens(path: Path) -> None:
    """With the key or the code that it was written for, and then it holds what its line says."""
    opened = make_packages.opened(path.read_bytes())
    assert sorted(one.address.type for one in opened) == HOLDS[path.stem]


@pytest.mark.parametrize("name", ["submission", "rollup"])
def test_a_kept_encrypted_file_opens_with_the_recovery_code_too(name: str) -> None:
    data, plain = (
        (PACKAGES / "valid" / f"{file}.pingyi").read_bytes() for file in (f"encrypted-{name}", name)
    )
    assert recovery.open_package(data, "1234 5678 9012 3456 7890 1234 5678 92") == plain


DAMAGED, OTHER_CODE, UPGRADE = "不完整或已损坏", "激活码与这个任务文件对不上", "先升级本软件"
NOT_AS_SIGNED, WRONG_SIGNATURE, NO_PACKAGE = "与签名的清单不符", "签名核对不上", "不是评议数据包"
SAID = {
    "invalid/bomb": DAMAGED,
    "invalid/empty": NO_PACKAGE,
    "invalid/encrypted": DAMAGED,
    "invalid/encrypted-bomb": "大得不合常理",
    "invalid/encrypted-for-nobody-of-ours": "不是给本单位的",
    "invalid/encrypted-picture": NO_PACKAGE,
    "invalid/float-in-header": "0 至 9007199254740991 的整数",
    "invalid/incomplete": "缺少应带的内容",
    "invalid/newer-major": UPGRADE,
    "invalid/not-a-package": NO_PACKAGE,
    "invalid/sealed-bomb": "大得不合常理",
    "invalid/sealed-submission": "不是任务文件",
    "invalid/twice": DAMAGED,
    "invalid/unknown-crit": UPGRADE,
    "invalid/unsorted": DAMAGED,
    "invalid/weak-key": "签名密钥不合规定",
    "tampered/counts-changed": NOT_AS_SIGNED,
    "tampered/encrypted-counts-changed": NOT_AS_SIGNED,
    "tampered/encrypted-flipped-bit": DAMAGED,
    "tampered/encrypted-stanza-added": DAMAGED,
    "tampered/encrypted-truncated": DAMAGED,
    "tampered/flipped-bit": DAMAGED,
    "tampered/level-byte": DAMAGED,
    "tampered/longer": DAMAGED,
    "tampered/other-signature": WRONG_SIGNATURE,
    "tampered/sealed-task-cheaper": OTHER_CODE,
    "tampered/sealed-task-flipped-bit": DAMAGED,
    "tampered/sealed-task-other-code": OTHER_CODE,
    "tampered/sealed-task-too-costly": "算太久",
    "tampered/truncated": DAMAGED,
    "tampered/unit-changed": WRONG_SIGNATURE,
}


@pytest.mark.parametrize(
    "path", [*kept("invalid"), *kept("tampered")], ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_kept_invalid_or_tampered_file_is_refused(path: Path) -> None:
    """By whoever it was written for, with the sentence of its own verdict; and by whoever takes it for a plain one."""
    said = SAID[f"{path.parent.name}/{path.stem}"]
    with pytest.raises(PackageError, match=rf"\A[^\n]*{said}[^\n]*。\Z"):
        make_packages.opened(path.read_bytes())
    refused(path.read_bytes())


def test_every_verdict_has_its_files() -> None:
    assert {path.stem for path in kept("valid")} == HOLDS.keys()
    names = {f"{path.parent.name}/{path.stem}" for path in (*kept("invalid"), *kept("tampered"))}
    assert names == SAID.keys()


def test_writing_the_kept_files_again_leaves_encrypted_ones_that_still_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encryption is random: without this every run would change them all."""
    here = tmp_path / "packages"
    shutil.copytree(PACKAGES, here)
    monkeypatch.setattr(make_packages, "HERE", here)
    lost, changed = (here / "valid" / f"encrypted-{name}.pingyi" for name in ("rollup", "submission"))
    lost.unlink()
    changed.write_bytes(changed.read_bytes()[:-1])
    make_packages.main()
    for path in (lost, changed):
        before = PACKAGES / "valid" / path.name
        assert path.read_bytes() != before.read_bytes()
        assert make_packages.opened(path.read_bytes()) == make_packages.opened(before.read_bytes())
    made_of_it = [f"encrypted-{how}.pingyi" for how in ("flipped-bit", "truncated", "stanza-added")]
    fresh = {lost.name, changed.name, *made_of_it}
    locked = [path for kind in ("encrypted-*", "sealed-*") for path in here.glob(f"*/{kind}.pingyi")]
    assert len(locked) == 16
    for path in locked:
        same = path.read_bytes() == (PACKAGES / path.parent.name / path.name).read_bytes()
        assert same == (path.name not in fresh)


def test_every_kept_file_has_its_line_in_the_readme() -> None:
    text = (PACKAGES / "README.md").read_text(encoding="utf-8")
    names = [path for verdict in ("valid", "invalid", "tampered") for path in kept(verdict)]
    assert len(names) >= 12
    assert [path.name for path in names if f"`{path.parent.name}/{path.name}`" not in text] == []


def test_nothing_installed_beside_the_program_reads_its_packages_along(tmp_path: Path) -> None:
    """pydantic would load whatever calls itself its plug-in, and show it every header."""
    (tmp_path / "spy-1.dist-info").mkdir()
    (tmp_path / "spy-1.dist-info" / "METADATA").write_text("Name: spy\nVersion: 1\n", "utf-8")
    (tmp_path / "spy-1.dist-info" / "entry_points.txt").write_text("[pydantic]\nspy = spy:reads\n", "utf-8")
    (tmp_path / "spy.py").write_text("reads = None\n", "utf-8")
    asked = (
        "import sys; from importlib.metadata import entry_points\n"
        "from pingyi_desktop.exchange.wire import header\n"
        "print(*(one.name for one in entry_points(group='pydantic')), 'spy' in sys.modules)"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYDANTIC")}
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["spy", "False"]
