"""查看并核验: what a package or a task file holds, verified without any data file, and so without loading what opens one."""

from __future__ import annotations

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.outbox.task_reading import UNSEALED
from pingyi_desktop.exchange.wire import bundle, package, trust
from pingyi_desktop.exchange.wire.header import ASSIGNMENT


def inspect(data: bytes, *, with_code: bool = False) -> list[dict[str, object]]:
    """The verified facts of every envelope in a package or task file, JSON-ready; trust is not judged here.

    ``data`` are the bytes inside the encryption. A task that no code sealed is refused: its signatures hold, and prove
    nothing, because anyone can make such a file.
    """
    envelopes = bundle.read(data)
    if not with_code and any(one.address.type == ASSIGNMENT for one in envelopes):
        raise PackageError(UNSEALED)
    return [
        {
            "id": envelope.id,
            "check_number": package.check_number(envelope.id),
            "type": envelope.address.type,
            "unit": envelope.address.unit,
            "unit_name": envelope.address.unit_name,
            "to": envelope.address.to,
            "campaign": envelope.address.campaign,
            "campaign_sha256": envelope.address.campaign_sha256,
            "mode": envelope.address.mode,
            "epoch": envelope.address.epoch,
            "revision": envelope.address.revision,
            "created": envelope.address.created,
            "fingerprint": trust.fingerprint(envelope.signer),
            "coverage": None if envelope.address.coverage is None else dict(envelope.address.coverage),
            "members": {name: len(body) for name, body in envelope.members.items()},
        }
        for envelope in envelopes
    ]
