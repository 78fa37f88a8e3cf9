"""Every single-bit flip, every truncation and one more byte, of files and of the envelopes inside a sound container."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz import samples
from fuzz.run import judge


def spoilt(data: bytes) -> Iterator[bytes]:
    """Each flipped bit, each shorter beginning, and the data with one more byte at either end."""
    for place in range(len(data)):
        for bit in range(8):
            one = bytearray(data)
            one[place] ^= 1 << bit
            yield bytes(one)
    for length in range(len(data)):
        yield data[:length]
    for extra in (b"\0", b"\n", b"0", data[-1:]):
        yield data + extra
        yield extra + data


def not_refused(data: bytes) -> list[str]:
    """What else came of the spoilt copies of a file; empty is good."""
    return [outcome for outcome in map(judge, spoilt(data)) if outcome != "refused"]


def envelopes_not_refused(kind: str) -> list[str]:
    """The same for each envelope of a sample, packed again with a right digest by somebody who knows the format."""
    made = samples.envelopes()[kind]
    found = []
    for place, envelope in enumerate(made):
        before, after = [one.raw for one in made[:place]], [one.raw for one in made[place + 1 :]]
        outcomes = (judge(samples.packed([*before, raw, *after])) for raw in spoilt(envelope.raw))
        found += [outcome for outcome in outcomes if outcome != "refused"]
    return found
