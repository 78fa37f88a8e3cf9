"""Which keys a package file brings: its sender's rollup vouches for its children's, theirs for the next level. Pure."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Mapping, Sequence

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.merging import makeup
from pingyi_desktop.exchange.merging.records import Parents
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.wire import trust
from pingyi_desktop.exchange.wire.header import ROLLUP
from pingyi_desktop.exchange.wire.package import Envelope


def keyring(
    sender: Envelope,
    envelopes: Sequence[Envelope],
    *,
    known: dict[tuple[str, int], str],
    parents: Parents,
    names: Mapping[str, str],
) -> ChainMap[tuple[str, int], str]:
    """The ``known`` keys below those that the file adds (the first map); each office is visited once.

    Last come the ``far`` keys, of units that an office further up speaks of: they only tell who signed what waits for a
    person, are kept nowhere, and a key that the unit's own office vouches or has vouched for goes before.
    Raises :class:`RefusalError` naming the office that vouches for what it may not.
    """
    found = ChainMap({(sender.address.unit, sender.address.epoch): sender.signer}, known)
    remote: dict[tuple[str, int], str] = {}
    below: defaultdict[str, list[Envelope]] = defaultdict(list)
    for one in envelopes:
        if one.address.type == ROLLUP:
            below[parents[one.address.unit] or ""].append(one)
    offices = [sender] if sender.address.type == ROLLUP else []
    while offices:
        office = offices.pop()
        unit = office.address.unit
        kept = (office.document("holds") or {"kept": []})["kept"]
        direct, far = office.document("index")["keys"], [one["key"] for one in kept if one["key"]]
        try:
            trust.register(found, office=unit, keys=map(_named, direct), parents=parents)
            trust.register(remote, office=unit, keys=map(_named, far), parents=parents, far=True)
        except PackageError as error:
            raise makeup.refusal(names, Situation.UNVOUCHED, office, str(error)) from None
        offices.extend(below.pop(unit, ()))
    return ChainMap(*found.maps, remote)


def _named(key: Mapping[str, object]) -> tuple[str, int, str]:
    return str(key["unit"]), int(str(key["epoch"])), str(key["key"])
