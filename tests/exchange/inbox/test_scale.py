"""The quick ways of reading and writing say and refuse just what the slow ones do; rows go to the driver in order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sealing
from pydantic import TypeAdapter
from sqlalchemy import UpdateBase, event, insert
from sqlmodel import select

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import bodies, canonical, header
from pingyi_desktop.storage import bulk, store
from pingyi_desktop.storage.schema_exchange import TrustedKey
from pingyi_desktop.storage.schema_people import OrgType

SUBMISSION = sealing.submission("QL.01.B003")
ROLLUP = sealing.rollup("QL.01", [SUBMISSION])
DOCUMENTS = [(SUBMISSION, name) for name in SUBMISSION.members] + [(ROLLUP, "index")]


def outcome(read, *given: object) -> object:
    """What a reader says, or its sentence."""
    try:
        return read(*given)
    except PackageError as error:
        return str(error)


def slow_body(model, name: str, data: bytes) -> object:
    document = canonical.decode(data)
    header.read(model, document, what=f"数据包内容“{name}”")
    return document


def slow_header(data: bytes) -> header.Header:
    document = canonical._decode_slowly(data)
    return header.read(header.Header, document, what="包头", newer=header._minor(document) > header.MINOR)


def mutants(data: bytes, number: int) -> list[bytes]:
    """Changed bytes, among them such as keep the JSON whole: digits, quotes, doubled and moved pieces."""
    draw = random.Random(number)
    pieces = (b" ", b"0", b"1.0", b"-0", b"1e2", b"true", b"null", b'"1"', b"\\u0041", b"\x7f", b"[]", b"{}")
    pieces += ("\u200b".encode(), "e\u0301".encode(), b"9007199254740992", b'"a":1,', b",", b'"')
    found = []
    for _ in range(400):
        place, until = sorted((draw.randrange(len(data)), draw.randrange(len(data))))
        kind = draw.randrange(4)
        if kind == 0:
            found.append(data[:place] + draw.choice(pieces) + data[place + draw.randrange(2) :])
        elif kind == 1:
            found.append(data[:until] + data[place:until] + data[until:])
        elif kind == 2:
            found.append(data[:place] + data[until:])
        else:
            found.append(data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :])
    return found


@pytest.mark.parametrize(("envelope", "name"), DOCUMENTS)
def test_bodies_read_in_one_pass_say_what_they_say_read_slowly(envelope, name: str) -> None:
    data, model = envelope.members[name], bodies.SHAPES[envelope.address.type][name]
    assert canonical.decode_as(bodies._QUICK[model], data) == canonical.decode(data)
    for changed in (data, *mutants(data, 1)):
        quick = outcome(bodies._read, model, name, False, changed)
        assert quick == outcome(slow_body, model, name, changed)


def test_headers_read_quickly_say_what_they_say_read_slowly() -> None:
    for envelope in (SUBMISSION, ROLLUP, sealing.campaign()):
        data = envelope.header_bytes
        assert header.parse(data) == slow_header(data)
        for changed in mutants(data, 2):
            quick = outcome(header.parse, changed)
            if isinstance(quick, header.Header):
                assert quick == slow_header(changed)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1,"b":1}',
        b'{"a": 1,"b":1}',
        b'{"a":1.0,"b":1}',
        b'{"a":"1","b":1}',
        b'{"a":true,"b":1}',
        b'{"a":-0,"b":1}',
        b'{"a":1,"b":1,"c":1}',
        b'{"a":1}',
        b"\xef\xbb\xbf" + b'{"a":1,"b":1}',
        b'{"a":1,"b":1}\n',
        b'{"a":1,"b":1,"c":"' + b"x" * canonical.MAX_QUICK + b'"}',
    ],
)
def test_one_pass_lets_nothing_through_that_is_written_otherwise(data: bytes) -> None:
    class Pair(header.Fields):
        b: header.Count
        a: header.Count

    shape: TypeAdapter[object] = TypeAdapter(bodies._ascending(Pair))
    assert canonical.decode_as(shape, b'{"a":1,"b":1}') == {"a": 1, "b": 1}
    assert canonical.decode_as(shape, data) is None


def test_a_header_of_a_newer_version_is_not_read_quickly() -> None:
    document = canonical.decode(SUBMISSION.header_bytes)
    document["format"]["minor"], document["weather"] = 9, "rain"
    assert header.parse(canonical.encode(document)).format.minor == 9
    with pytest.raises(PackageError, match="升级"):
        header.parse(canonical.encode(document | {"crit": ["weather"]}))


def test_forgotten_documents_are_read_again() -> None:
    envelope = sealing.submission("QL.01.B003")
    before = envelope.document("tallies")
    envelope.forget()
    assert envelope.document("tallies") == before


def test_rows_written_in_bulk_are_all_there_and_their_table_is_announced(tmp_path: Path) -> None:
    made = store.create(tmp_path / "a.pingyi", code="QL", name="公司", org_type=OrgType.COMPANY_COMMITTEE)
    rows = [
        {
            "origin": f"第{n}",
            "public_key": f"{n:064x}",
            "epoch": n,
            "unit_code": f"QL.{n}",
            "campaign_id": "c",
        }
        for n in range(1, 30)
    ]
    heard = []
    with made.transaction() as session:
        event.listen(session.connection(), "before_execute", lambda _c, said, *_: heard.append(said))
        for lot in (rows[:1], rows[1:], []):
            bulk.write(session, insert(TrustedKey), lot)
    written = [said.table.name for said in heard if isinstance(said, UpdateBase)]
    assert written == ["trusted_key", "trusted_key"]
    with made.reading() as session:
        found = session.exec(select(TrustedKey).order_by(TrustedKey.epoch)).all()
    assert [one.model_dump(include=set(rows[0])) for one in found] == rows
    made.close()
