"""Files the way they go: into an office's import and its plan, to a unit that opens a task file, or as a receipt.

What reads them is the product itself, with a real office's data file behind it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import desks
import sealing
from fuzz import run, samples

from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.inbox import receiving, verdicts
from pingyi_desktop.exchange.inbox.desks import Desk, open_desk
from pingyi_desktop.exchange.merging.situations import RefusalError, Situation
from pingyi_desktop.exchange.outbox import enrolling, receipts
from pingyi_desktop.exchange.wire import age, bundle, canonical, package, trust
from pingyi_desktop.exchange.wire.bodies import SHAPES
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage.schema_campaign import Campaign


@dataclass(frozen=True)
class Input:
    """Envelopes as bytes, how they travel (``plain``, ``age``, ``code``), and the file they make.

    ``signed`` are those that a key we trust has signed anew. ``spoilt``: bytes of the file were changed afterwards.
    """

    raws: tuple[bytes, ...]
    layer: str
    data: bytes = b""
    signed: frozenset[bytes] = frozenset()
    spoilt: bool = False

    @property
    def insider(self) -> bool:
        """Whether somebody whose key we trust had a hand in it."""
        return not self.signed.isdisjoint(self.raws)

    def packed(self) -> Input:
        """The same with its file made anew."""
        data = samples.packed(self.raws)
        if self.layer == "age":
            data = age.encrypt(data, [recipient for _, recipient in samples.keys().values()])
        if self.layer == "code":
            data = age.seal_with_code(data, samples.CODE, cost=samples.CHEAP)
        return replace(self, data=data, signed=self.signed.intersection(self.raws), spoilt=False)


@cache
def seeds() -> tuple[Input, ...]:
    """Genuine files of every type at an office of the middle level, plain and as they travel; no task is ever plain."""
    below = [sealing.submission(unit) for unit in (desks.B1, desks.B2)]
    rollup = [sealing.submission(desks.G1), sealing.rollup(desks.G1, below)]
    receipt = {"unit": desks.B3, "accepted": [receipts._accepted(sealing.submission(desks.B3))]}
    made = (
        ("age", [sealing.submission(desks.B3)]),
        ("age", [*rollup, package.strip(below[0], ["ratee_tallies"]), below[1]]),
        ("code", [sealing.campaign(), sealing.assignment("QL", desks.C1)]),
        ("plain", [sealing.sealed("receipt", desks.C1, {"receipt": receipt}, to=desks.B3)]),
    )
    return tuple(
        Input(tuple(one.raw for one in sorted(some, key=lambda one: one.id)), way).packed()
        for layer, some in made
        for way in ((layer,) if layer == "code" else dict.fromkeys(("plain", layer)))
    )


@cache
def desk() -> Desk:
    """The office that receives, as its data file tells it; it knows the keys of two of its direct children."""
    with tempfile.TemporaryDirectory() as folder:
        store = desks.office(Path(folder) / "C1.pingyi").store
        with store.reading() as session:
            opened = open_desk(session, session.get_one(Campaign, desks.CAMPAIGN))
            session.expunge_all()
        store.close()
    known = {(unit, 1): trust.public_key(sealing.key_of(unit)) for unit in (desks.B3, desks.G1)}
    return replace(opened, keyring=known)


def judge(one: Input) -> str:
    """``accepted`` (a finding unless an insider made it), ``genuine``, ``asks``, ``refused``, or ``?`` and what was said."""
    identities = [identity for identity, _ in samples.keys().values()]
    try:
        found = receiving.receive(desk(), "上报.pingyi-pack", one.data, rolls={}, identities=identities)
        said = [PackageError(entry.sentence) for entry in verdicts.foresee(desk(), [found]) if entry.sentence]
    except RefusalError as error:
        other = {Situation.TASK_FILE: _task, Situation.RECEIPT_FILE: _receipt}.get(error.situation)
        return run.said(error) if other is None else _read_otherwise(other, one)
    if strange := [told for told in map(run.said, said) if told != "refused"]:
        return strange[0]
    return "asks" if found.asks is not None else _outcome(one, found.envelopes)


def is_finding(one: Input, outcome: str) -> bool:
    """Whether that may not come of this file."""
    return outcome.startswith(("uncaught", "?")) or (outcome == "accepted" and not one.insider)


def _read_otherwise(reader, one: Input) -> str:
    try:
        return _outcome(one, reader(one.data))
    except (PackageError, FileError) as error:
        return run.said(error)


def _task(data: bytes) -> Sequence[Envelope]:
    task = enrolling.read_task(data, samples.CODE)
    return task.definition, task.assignment


def _receipt(data: bytes) -> Sequence[Envelope]:
    envelopes = bundle.read(age.open_transport(data, [samples.keys()["parent"][0]]))
    for one in envelopes:
        receipts._read(one)
    return envelopes


def _outcome(one: Input, envelopes: Sequence[Envelope]) -> str:
    """Accepted, or nothing but what was genuinely signed; either way in the one canonical writing.

    Whoever has the code may write a task as he likes, and a first task shows its own key; whoever has not must not get
    one spoilt byte past the seal.
    """
    for envelope in envelopes:
        known = [body for name, body in envelope.members.items() if name in SHAPES[envelope.address.type]]
        for text in (envelope.header_bytes, *known):
            if canonical.encode(json.loads(text)) != text:
                return "? accepted, but not canonical"
    if one.spoilt and age.is_encrypted(one.data):
        return "accepted"
    first_use = {envelope.address.type for envelope in envelopes} <= {"campaign", "assignment", "receipt"}
    genuine = {raw for seed in seeds() for raw in seed.raws}
    return "genuine" if first_use or {envelope.raw for envelope in envelopes} <= genuine else "accepted"
