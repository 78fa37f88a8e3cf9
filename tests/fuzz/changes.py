"""Changes that a file can be taken through: its bytes, its envelopes, or a header or body under a new signature."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import sealing
from fuzz import attacks
from fuzz.travelling import Input, seeds

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import package, trust


def mutate(one: Input, source: Random, corpus: list[Input]) -> Input:
    """One to four changes of the envelopes, or one of the bytes of the file."""
    if source.random() < 0.15:
        return replace(one, data=attacks.noisy(source, one.data), spoilt=True)
    made = replace(one, layer=source.choice([one.layer, one.layer, "plain", "age", "code"]))
    for _ in range(source.choice([1, 1, 2, 4])):
        made = source.choice(CHANGES)(made, source, corpus)
    if source.random() < 0.7:
        made = replace(made, raws=tuple(sorted(set(made.raws), key=_identity)))
    return made.packed()


def noise(one: Input, source: Random, corpus: list[Input]) -> Input:
    """Bytes of an envelope changed."""
    return _changed(one, source, lambda raw: attacks.noisy(source, raw))


def mixture(one: Input, source: Random, corpus: list[Input]) -> Input:
    """Envelopes of another file put among these, or some left out."""
    other = source.choice(corpus)
    some = [raw for raw in (*one.raws, *other.raws) if source.random() < 0.6] or list(other.raws)
    return replace(one, raws=tuple(some), signed=one.signed | other.signed)


def from_inside(one: Input, source: Random, corpus: list[Input]) -> Input:
    """A header or a body changed and signed again by the unit's own key."""
    signed: list[bytes] = []

    def change(raw: bytes) -> bytes:
        signed.append(_signed_anew(source, raw, None))
        return signed[0]

    made = _changed(one, source, change)
    return replace(made, signed=made.signed.union(signed))


def from_outside(one: Input, source: Random, corpus: list[Input]) -> Input:
    """The same by the attacker's key."""
    return _changed(one, source, lambda raw: _signed_anew(source, raw, sealing.key(3)))


CHANGES = (noise, mixture, from_inside, from_inside, from_outside)


def _signed_anew(source: Random, raw: bytes, key: bytes | None) -> bytes:
    try:
        envelope = package.parse_stored(raw)
        head, bodies = attacks.opened(envelope)
        for _ in range(source.choice([1, 1, 2])):
            _edit(source, head, bodies)
    except (
        PackageError,
        ValueError,
        RecursionError,
        IndexError,
    ):  # an earlier change has left nothing to edit
        return attacks.noisy(source, raw)
    key = key or sealing.key_of(envelope.address.unit)
    if source.random() < 0.9:
        head["signers"] = [{"alg": "ed25519", "key": trust.public_key(key)}]
    return attacks.signed(head, bodies, key)


def _edit(source: Random, head: dict[str, Any], bodies: dict[str, bytes]) -> None:
    name = source.choice([*bodies, "header"])
    edit = source.choice([attacks.edit, _reword])
    if name == "header":
        edit(source, head)
        return
    document = json.loads(bodies[name])
    edit(source, document)
    bodies[name] = attacks.written(document)
    if source.random() < 0.3:
        bodies[name] = source.choice(attacks.WRITINGS)(source, bodies[name])
    attacks.bind(head, bodies)


@cache
def _words() -> dict[type, list[Any]]:
    """Every text and number that stands in a genuine package, and a few that could."""
    found: dict[type, set[Any]] = {str: {"drill", "V9", ""}, int: {0, 2, 2_000}}
    for raw in (raw for seed in seeds() for raw in seed.raws):
        envelope = package.parse_stored(raw)
        for text in (envelope.header_bytes, *envelope.members.values()):
            for value in attacks.walk(json.loads(text)):
                if type(value) in found:
                    found[type(value)].add(value)
        found[str].update((envelope.id, envelope.signer))
    return {kind: sorted(values) for kind, values in found.items()}


def _reword(source: Random, document: Any) -> None:
    """A value of a document replaced by one of the same kind that means something elsewhere."""
    places = [
        (one, key)
        for one in attacks.walk(document)
        if isinstance(one, dict | list)
        for key in (one if isinstance(one, dict) else range(len(one)))
        if type(one[key]) in _words()
    ]
    if places:
        place, key = source.choice(places)
        place[key] = source.choice(_words()[type(place[key])])


def _changed(one: Input, source: Random, change: Callable[[bytes], bytes]) -> Input:
    place = source.randrange(len(one.raws))
    return replace(one, raws=(*one.raws[:place], change(one.raws[place]), *one.raws[place + 1 :]))


def _identity(raw: bytes) -> str:
    try:
        return package.parse_stored(raw).id
    except PackageError:
        return ""
