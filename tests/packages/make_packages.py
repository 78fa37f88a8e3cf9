"""Writes the kept packages anew: ``python -m tests.packages.make_packages`` from the root of the repository.

Only needed when the format itself changes. The inputs are fixed (``sealing``), so a second run changes nothing but,
with another zlib, the compressed bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

import sealing  # noqa: E402

from pingyi_desktop.exchange import bundle, canonical, package, trust  # noqa: E402

BRANCH = "QL.01.G01.B001"


def wrapped(content: bytes) -> bytes:
    """A bundle file of any inflated content, with a right digest."""
    stream = zlib.compress(content, 9)
    return b"PINGYIBUNDLE/1 deflate %b\n" % hashlib.sha256(stream).hexdigest().encode() + stream


def packed(*raws: bytes) -> bytes:
    """A bundle file of any envelopes, in the order given."""
    return wrapped(b"".join(b"%d\n" % len(raw) + raw for raw in raws))


def resigned(**changed: Any) -> bytes:
    """The sample submission with changed header fields, signed again by its own key."""
    envelope = sealing.submission(BRANCH)
    signed = canonical.encode({**json.loads(envelope.header_bytes), **changed})
    signature = trust.sign(package.pae(signed), sealing.key_of(BRANCH))
    return package._written(signed, [signature], "111", envelope.members.values())


def valid() -> dict[str, bytes]:
    """Files that open."""
    branch, other = sealing.submission(BRANCH), sealing.submission("QL.01.G01.B002")
    less = package.strip(branch, ["ratee_tallies"])
    newer = {"format": {"major": 1, "minor": 9}, "mood": "好"}
    return {
        "task": bundle.write([sealing.campaign(), sealing.assignment("QL.01.G01", BRANCH)]),
        "submission": bundle.write([branch]),
        "rollup": bundle.write([branch, other, sealing.rollup("QL.01.G01", [branch, other])]),
        "rollup-without-persons": bundle.write([less, other, sealing.rollup("QL.01.G01", [branch, other])]),
        "newer-minor": packed(resigned(**newer)),
    }


def invalid() -> dict[str, bytes]:
    """Files that never were right, though nobody changed them afterwards."""
    branch = sealing.submission(BRANCH)
    ordered = sorted((branch, sealing.submission("QL.01.B003")), key=lambda one: one.id)
    neutral = (1).to_bytes(32, "little")
    return {
        "empty": b"",
        "not-a-package": "评议结果.docx".encode(),
        "encrypted": b"age-encryption.org/v1\n-> X25519 0000\n",
        "newer-major": packed(resigned(format={"major": 2, "minor": 0})),
        "unknown-crit": packed(resigned(crit=["sm2"])),
        "unsorted": packed(ordered[1].raw, ordered[0].raw),
        "twice": packed(branch.raw, branch.raw),
        "incomplete": bundle.write([package.strip(branch, ["ratee_tallies"])]),
        "float-in-header": packed(resigned(revision=1).replace(b'"revision":1', b'"revision":1.0', 1)),
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
    }


def tampered() -> dict[str, bytes]:
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
    return {
        "flipped-bit": data[:200] + bytes([data[200] ^ 1]) + data[201:],
        "truncated": data[:-1],
        "longer": data + b"\n",
        "counts-changed": packed(branch.raw.replace(counts, other)),
        "unit-changed": packed(branch.raw.replace(b"G01.B001", b"G01.B002")),
        "other-signature": packed(forged),
        "level-byte": data[: data.index(b"\n") + 2] + b"\x9c" + data[data.index(b"\n") + 3 :],
    }


def main() -> None:
    """Write all files and the known-answer vector."""
    for verdict, files in (("valid", valid()), ("invalid", invalid()), ("tampered", tampered())):
        for name, data in files.items():
            (HERE / verdict / f"{name}.pingyi").write_bytes(data)
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
