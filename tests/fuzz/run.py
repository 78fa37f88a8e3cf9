"""Throw mutants at the reader: ``python3 installers/dev.py fuzz [--count N] [--first N]``.

A mutant is *accepted* when its file opens, every signer in it is one that the receiver trusts, and it holds something
that nobody of ours ever signed in that form. Whatever else happens must be a sentence (``PackageError``, ``FileError``).
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from dataclasses import dataclass, field

from fuzz import attacks, samples
from fuzz.reader import peak_memory

from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.wire import age, bundle, canonical, identities

LIMIT = 512 * 1024 * 1024
_SENTENCE = re.compile(r"(?=.*[一-鿿])[^\n\x00-\x1f\x7f]+。）?")


@dataclass
class Findings:
    """What came of a run; the lists hold the numbers of mutants."""

    accepted: list[int] = field(default_factory=list)
    uncaught: dict[int, str] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        """Nothing accepted, no exception but ours, every refusal a sentence."""
        return not (self.accepted or self.uncaught or self.unreadable)


def throw(numbers: range) -> Findings:
    """Judge these mutants one after another."""
    found = Findings()
    for number in numbers:
        attack, data = attacks.mutant(number)
        try:
            outcome = judge(data)
        except Exception as error:  # noqa: BLE001 - the finding we are looking for
            found.uncaught[number] = f"{attack.__name__}: {error!r}"[:200]
            continue
        if outcome == "accepted" and attack not in attacks.ALLOWED:
            found.accepted.append(number)
        elif outcome.startswith("?"):
            found.unreadable[number] = outcome[1:200]
        found.outcomes[f"{attack.__name__} {outcome.split('?')[0]}"] += 1
    return found


def judge(data: bytes, identity: str = "") -> str:
    """``accepted``, ``unknown signer``, ``genuine``, ``refused``, or ``?`` and a refusal that is no sentence.

    With an ``identity`` the file is read as it travels: decrypted first, if it is encrypted at all.
    """
    try:
        envelopes = bundle.read(age.open_transport(data, [identity]) if identity else data)
        for one in envelopes:
            if one.address.type == "submission":
                identities.check_submission(one, samples.envelopes()["campaign"][0].document("definition"))
    except (PackageError, FileError) as error:
        return said(error)
    if not all(map(samples.trusted, envelopes)):
        return "unknown signer"
    return "genuine" if {one.raw for one in envelopes} <= samples.genuine() else "accepted"


def said(error: PackageError | FileError) -> str:
    """``refused`` when the error is one plain Chinese sentence or a few of them, or ``?`` and its text."""
    text = str(error)
    plain = _SENTENCE.fullmatch(text) and not canonical._INVISIBLE.search(text) and len(text) < 400
    return "refused" if plain else f"?{text}"


def main(arguments: list[str]) -> int:
    """Throw the mutants and tell what came of them; 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="dev.py fuzz")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args(arguments)
    started = time.monotonic()
    found = throw(range(asked.first, asked.first + asked.count))
    for outcome, count in sorted(found.outcomes.items()):
        print(f"{count:8} {outcome}")
    for number, what in [*found.uncaught.items(), *found.unreadable.items()]:
        print(f"mutant {number}: {what}")
    for number in found.accepted:
        print(f"mutant {number}: accepted by {attacks.mutant(number)[0].__name__}")
    memory = peak_memory()
    print(
        f"{asked.count} mutants, {len(found.accepted)} accepted, {len(found.uncaught)} uncaught exceptions, "
        f"{len(found.unreadable)} refusals that are no sentence, peak memory {memory // 2**20} MB, "
        f"{time.monotonic() - started:.0f} s"
    )
    return 0 if found.good and memory < LIMIT else 1
