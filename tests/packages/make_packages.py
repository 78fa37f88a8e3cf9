"""Writes the kept packages anew: ``python -m tests.packages.make_packages`` from the root of the repository.

Only needed when the format itself changes. The inputs are fixed (``sealing``, and the keys and codes below), so a second
run changes nothing but, with another zlib, the compressed bytes. Encryption is random: an encrypted file that is there
and still opens to what should be inside is left as it is.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COST = 16  # of the kept sealed task, as in the product; the tests themselves seal at a lower one
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

import sealing  # noqa: E402

from pingyi_desktop.errors import PackageError  # noqa: E402
from pingyi_desktop.exchange.outbox import enrolling, receipts  # noqa: E402
from pingyi_desktop.exchange.wire import age, bundle, canonical, package, trust  # noqa: E402
from pingyi_desktop.exchange.wire.package import Envelope  # noqa: E402

BRANCH, OFFICE = "QL.01.G01.B001", "QL.01.G01"
CODE, OTHER_CODE = "1234567890123450", "1111222233334440"
RECOVERY_CODE = "123456789012345678901234567892"
PARENT, STRANGER = (age.recovery_identity(f"pingyi test {who}") for who in ("parent", "stranger"))
RECOVERY = age.recovery_identity(RECOVERY_CODE)


@dataclass(frozen=True)
class Locked:
    """A file that encryption makes anew every time: what is inside, how it is written and how it is opened."""

    inside: bytes
    lock: Callable[[bytes], bytes]
    unlock: Callable[[bytes], bytes]

    def written(self, path: Path) -> bytes:
        """The bytes that are there already, if they open to what should be inside; else new ones."""
        try:
            if inflated(self.unlock(path.read_bytes())) == inflated(self.inside):
                return path.read_bytes()
        except (FileNotFoundError, PackageError):
            pass
        return self.lock(self.inside)


def encrypted(inside: bytes, *keys: tuple[str, str]) -> Locked:
    """A file encrypted to these keys; without any, to the office above and the campaign's recovery code."""
    known = keys or (PARENT, RECOVERY)
    return Locked(
        inside,
        lambda data: age.encrypt(data, [recipient for _, recipient in known]),
        lambda data: age.decrypt(data, [known[0][0]]),
    )


def sealed(inside: bytes, code: str = CODE) -> Locked:
    """A file sealed with an activation code."""
    return Locked(
        inside,
        lambda data: age.seal_with_code(data, code, cost=COST),
        lambda data: age.open_with_code(data, code),
    )


def inflated(data: bytes) -> bytes:
    """What is packed in a bundle file, which does not depend on the zlib at hand; other bytes as they are."""
    line, _, stream = data.partition(b"\n")
    return zlib.decompress(stream) if line.startswith(b"PINGYIBUNDLE/1 deflate ") else data


def opened(data: bytes) -> list[Envelope]:
    """The envelopes of a kept file, read as its receiver reads it: with his key, or with the code of the task."""
    if age.is_sealed(data):
        task = enrolling.read_task(data, CODE)
        return [task.definition, task.assignment]
    return bundle.read(age.open_transport(data, [PARENT[0]]))


def wrapped(content: bytes) -> bytes:
    """A bundle file of any inflated content, with a right digest."""
    stream = zlib.compress(content, 9)
    return b"PINGYIBUNDLE/1 deflate %b\n" % hashlib.sha256(stream).hexdigest().encode() + stream


def packed(*raws: bytes) -> bytes:
    """A bundle file of any envelopes, in the order given."""
    return wrapped(b"".join(b"%d\n" % len(raw) + raw for raw in raws))


def resigned(old: bytes = b"", new: bytes = b"", **changed: Any) -> bytes:
    """The sample submission with changed header fields, or bytes of its header, signed again by its own key."""
    envelope = sealing.submission(BRANCH)
    signed = canonical.encode({**json.loads(envelope.header_bytes), **changed}).replace(old, new, 1)
    signature = trust.sign(package.pae(signed), sealing.key_of(BRANCH))
    return package._written(signed, [signature], "111", envelope.members.values())


def valid() -> dict[str, bytes | Locked]:
    """Files that open."""
    branch, other = sealing.submission(BRANCH), sealing.submission("QL.01.G01.B002")
    less = package.strip(branch, ["ratee_tallies"])
    newer = {"format": {"major": 1, "minor": 9}, "mood": "好"}
    task = bundle.write([sealing.campaign(), sealing.assignment(OFFICE, BRANCH)])
    rollup = bundle.write([branch, other, sealing.rollup(OFFICE, [branch, other])])
    receipt = {"unit": BRANCH, "accepted": [receipts._accepted(branch)]}
    return {
        "campaign": bundle.write([sealing.campaign()]),
        "task": task,
        "submission": bundle.write([branch]),
        "rollup": rollup,
        "rollup-without-persons": bundle.write([less, other, sealing.rollup(OFFICE, [branch, other])]),
        "receipt": bundle.write([sealing.sealed("receipt", OFFICE, {"receipt": receipt}, to=BRANCH)]),
        "newer-minor": packed(resigned(**newer)),
        "encrypted-submission": encrypted(bundle.write([branch])),
        "encrypted-rollup": encrypted(rollup),
        "sealed-task": sealed(task),
    }


def invalid() -> dict[str, bytes | Locked]:
    """Files that never were right, though nobody changed them afterwards."""
    branch = sealing.submission(BRANCH)
    ordered = sorted((branch, sealing.submission("QL.01.B003")), key=lambda one: one.id)
    neutral = (1).to_bytes(32, "little")
    bomb = wrapped(b"60000000\n" + bytes(60_000_000))
    return {
        "empty": b"",
        "not-a-package": "评议结果.docx".encode(),
        "encrypted": b"age-encryption.org/v1\n-> X25519 0000\n",
        "newer-major": packed(resigned(format={"major": 2, "minor": 0})),
        "unknown-crit": packed(resigned(crit=["sm2"])),
        "unsorted": packed(ordered[1].raw, ordered[0].raw),
        "twice": packed(branch.raw, branch.raw),
        "incomplete": bundle.write([package.strip(branch, ["ratee_tallies"])]),
        "float-in-header": packed(resigned(b'"revision":1', b'"revision":1.0')),
        "weak-key": packed(
            package._written(
                canonical.encode(
                    {
                        **json.loads(branch.header_bytes),
                        "signers": [{"alg": "ed25519", "key": neutral.hex()}],
                    }
                ),
                [neutral + bytes(32)],
                "111",
                branch.members.values(),
            )
        ),
        "bomb": wrapped(bytes(50_000_000)),
        "encrypted-for-nobody-of-ours": encrypted(bundle.write([branch]), STRANGER),
        "encrypted-bomb": encrypted(bomb),
        "encrypted-picture": encrypted(b"\x89PNG\r\n\x1a\n" + bytes(100)),
        "sealed-submission": sealed(bundle.write([branch])),
        "sealed-bomb": sealed(bomb),
    }


def flipped(data: bytes, place: int) -> bytes:
    """The data with the lowest bit of one byte flipped."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def tampered() -> dict[str, bytes | Locked]:
    """Files that were right until somebody or something changed them."""
    branch = sealing.submission(BRANCH)
    data = bundle.write([branch])
    counts, other = b'"counts":[10,2,0,0]', b'"counts":[12,0,0,0]'
    assert counts in branch.raw
    forged = package._written(
        branch.header_bytes,
        [trust.sign(package.pae(branch.header_bytes), sealing.key(9))],
        "111",
        branch.members.values(),
    )
    locked, task = (
        (HERE / "valid" / f"{name}.pingyi").read_bytes() for name in ("encrypted-submission", "sealed-task")
    )
    return {
        "flipped-bit": flipped(data, 200),
        "truncated": data[:-1],
        "longer": data + b"\n",
        "counts-changed": packed(branch.raw.replace(counts, other)),
        "unit-changed": packed(
            branch.raw.replace(branch.header_bytes, branch.header_bytes.replace(b"G01.B001", b"G01.B002"))
        ),
        "other-signature": packed(forged),
        "level-byte": data[: data.index(b"\n") + 2] + b"\x9c" + data[data.index(b"\n") + 3 :],
        "encrypted-flipped-bit": flipped(locked, len(locked) - 100),
        "encrypted-truncated": locked[:-1],
        "encrypted-stanza-added": locked.replace(b"\n---", b"\n-> more x\nQUFB\n---", 1),
        "encrypted-counts-changed": encrypted(packed(branch.raw.replace(counts, other))),
        "sealed-task-flipped-bit": flipped(task, len(task) - 100),
        "sealed-task-cheaper": task.replace(b" %d\n" % COST, b" %d\n" % (COST - 1), 1),
        "sealed-task-too-costly": task.replace(b" %d\n" % COST, b" %d\n" % (age.MAX_COST + 1), 1),
        "sealed-task-other-code": sealed(age.open_with_code(task, CODE), OTHER_CODE),
    }


def main() -> None:
    """Write all files and the known-answer vector."""
    for verdict, files in (("valid", valid), ("invalid", invalid), ("tampered", tampered)):
        for name, made in files().items():
            path = HERE / verdict / f"{name}.pingyi"
            path.write_bytes(made.written(path) if isinstance(made, Locked) else made)
    made = sealing.vector()
    document = {
        "envelope": made.raw.hex(),
        "id": made.id,
        "check_number": package.check_number(made.id),
        "public_key": made.signer,
        "fingerprint": trust.fingerprint(made.signer),
    }
    text = json.dumps(document, indent=1) + "\n"
    (HERE / "valid" / "vector.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
