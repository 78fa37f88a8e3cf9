"""Every single-bit flip, every truncation and one more byte, of every type of package as it travels.

Also of the envelopes inside a sound container, packed again by somebody who knows the format. A *step* of n tries every
n-th spoilt copy: 1 is all of them (``dev.py fuzz --exhaustive``), the tests take fewer of the slower ones.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from fuzz import run, samples

from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.outbox import enrolling

EXTRA = (b"\0", b"\n", b"0", b"=")


def spoilt(data: bytes) -> Iterator[bytes]:
    """Each flipped bit, each shorter beginning, and the data with one more byte at either end."""
    for place in range(len(data)):
        for bit in range(8):
            one = bytearray(data)
            one[place] ^= 1 << bit
            yield bytes(one)
    for length in range(len(data)):
        yield data[:length]
    for extra in (*EXTRA, data[-1:]):
        yield data + extra
        yield extra + data


@dataclass(frozen=True)
class Case:
    """Bytes to spoil, what is made of them before they are read, and who reads them."""

    name: str
    data: bytes
    judge: Callable[[bytes], str] = run.judge
    packed: Callable[[bytes], bytes] = bytes

    def copies(self, step: int = 1) -> Iterator[bytes]:
        """Every ``step``-th of the spoilt copies; a step that is odd meets every bit of a byte in turn."""
        return (self.packed(one) for one in islice(spoilt(self.data), 0, None, step))

    def outcomes(self, step: int = 1) -> Counter[str]:
        """What came of the copies; anything but ``refused`` is a finding."""
        return Counter(map(self.outcome, self.copies(step)))

    def outcome(self, data: bytes) -> str:
        """What came of one file, an exception that is none of ours included."""
        try:
            return self.judge(data)
        except Exception as error:  # noqa: BLE001 - the finding we are looking for
            return f"uncaught {error!r}"[:200]


def judge_task(data: bytes) -> str:
    """``accepted`` when the task file opens with the code, or how it was refused."""
    try:
        enrolling.read_task(data, samples.CODE)
    except (PackageError, FileError) as error:
        return run.said(error)
    return "accepted"


def cases() -> list[Case]:
    """Every type as a file, its envelopes in a sound container, encrypted for either key, sealed with a code."""
    found = [Case(f"{kind} file", data) for kind, data in samples.plain().items()]
    for kind, made in samples.envelopes().items():
        raws = [one.raw for one in made]
        for place, envelope in enumerate(made):
            if kind != "task" or envelope.address.type == "assignment":
                name = f"{kind}: {envelope.address.type} envelope in a sound container"
                packed = partial(_packed, raws[:place], raws[place + 1 :])
                found.append(Case(name, envelope.raw, packed=packed))
    for kind, data in samples.encrypted().items():
        for who, (identity, _) in samples.keys().items():
            name = f"encrypted {kind}, opened with the {who} key"
            found.append(Case(name, data, partial(run.judge, identity=identity)))
    found.append(Case("sealed task file, opened with its code", samples.sealed_task(), judge_task))
    return found


def _packed(before: list[bytes], after: list[bytes], raw: bytes) -> bytes:
    return samples.packed([*before, raw, *after])


def main(arguments: list[str]) -> int:
    """Spoil all cases and tell what came of them; 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz --exhaustive")
    parser.add_argument("--step", type=int, default=1, help="try every n-th spoilt copy only")
    asked = parser.parse_args(arguments)
    started, total = time.monotonic(), Counter[str]()
    for case in cases():
        outcomes = case.outcomes(asked.step)
        print(
            f"{outcomes.total():8} copies of {len(case.data)} bytes: {dict(outcomes)} {case.name}", flush=True
        )
        total += outcomes
    others = total.total() - total["refused"]
    memory = run.peak_memory() // 2**20
    print(
        f"{total.total()} spoilt copies, {total['refused']} refused with a sentence, {others} anything else, "
        f"peak memory {memory} MB, {time.monotonic() - started:.0f} s"
    )
    return 1 if others else 0
