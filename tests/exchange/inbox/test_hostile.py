"""Hostile packages: spoilt in every bit, mutated at random, made to explode, or no packages at all."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fuzz import attacks, bombs, exhaustive, guided, reader, run, samples, travelling
from hypothesis import given
from hypothesis import strategies as st
from series import LONG

from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.wire import age, bundle, canonical

TESTS = Path(__file__).parent.parent.parent
MUTANTS_IN_CI = 2_000 if LONG else 1_000
LIMIT_MB = 512


# Every bit, every length


CASES = exhaustive.cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_flipped_bit_truncation_or_extra_byte_of_a_package_as_it_travels_opens(
    case: exhaustive.Case,
) -> None:
    """A bit or two of every byte of the files, a bit of every fourth of what is dear to read.

    With ``PINGYI_EXAMPLES`` of every byte of those too; ``dev.py fuzz --exhaustive`` tries all of all.
    """
    assert case.outcome(case.packed(case.data)) in ("genuine", "accepted")
    cheap = case.name.endswith(" file") or LONG
    outcomes = case.outcomes(5 if cheap else 29)
    assert set(outcomes) == {"refused"}
    assert outcomes.total() > len(case.data) / (1 if cheap else 4)


def test_every_type_is_spoilt_as_it_travels() -> None:
    names = {case.name for case in CASES}
    assert {f"{kind} file" for kind in ("submission", "rollup", "campaign", "task", "receipt")} <= names
    assert sum("encrypted" in name for name in names) == 4
    assert sum("sound container" in name for name in names) == 6


def test_a_step_meets_every_bit_of_a_byte() -> None:
    case = exhaustive.Case("x", bytes(3))
    flips = [one for one in case.copies(3) if len(one) == 3 and any(one)]
    assert {max(one).bit_length() for one in flips} == set(range(1, 9))
    assert len(list(case.copies())) == 3 * 8 + 3 + 10


GREASE = re.compile(rb"\n(-> [^\n]+-grease[^\n]*\n(?:[A-Za-z0-9+/]*\n)*)---")


@pytest.mark.parametrize("kind", samples.encrypted())
def test_a_stanza_that_nobody_reads_is_authenticated_all_the_same(kind: str) -> None:
    """age puts in a stanza for nobody ("grease"), which every reader skips; the header's MAC still covers it."""
    data, identity = samples.encrypted()[kind], samples.keys()["parent"][0]
    found = GREASE.search(data)
    assert found is not None
    assert run.judge(data, identity) == "genuine"
    start, end = found.span(1)
    for place in range(start, end):
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[place] ^= 1 << bit
            assert run.judge(bytes(spoilt), identity) == "refused"
    other = b"-> other-grease x\n" + b"A" * 43 + b"\n"
    for stanza in (other, b"", other + found[1], found[1] + other, found[1] * 2):
        changed = data[:start] + stanza + data[end:]
        with pytest.raises(PackageError, match="已损坏"):
            age.decrypt(changed, [identity])


def test_stanzas_of_recipients_can_be_neither_swapped_nor_dropped() -> None:
    data, identity = samples.encrypted()["submission"], samples.keys()["parent"][0]
    mine, other = re.findall(rb"-> X25519 [^\n]+\n[^\n]+\n", data)
    assert run.judge(data, identity) == "genuine"
    for changed in (
        data.replace(mine + other, other + mine),
        data.replace(other, b""),
        data.replace(other, mine),
    ):
        assert changed != data
        with pytest.raises(PackageError, match="已损坏"):
            age.decrypt(changed, [identity])


REAL_COST = 16  # age.COST, which is lower while the tests run


def test_the_cost_of_a_real_task_file_cannot_be_changed() -> None:
    """At the cost that is really written: each flipped bit of its digits, each at the price the file then asks."""
    data = samples.sealed_task(REAL_COST)
    assert exhaustive.judge_task(data) == "accepted"
    place = data.index(b" %d\n" % REAL_COST) + 1
    for spot in (place, place + 1):
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[spot] ^= 1 << bit
            assert exhaustive.judge_task(bytes(spoilt)) == "refused"


# Mutants


def test_no_mutant_is_accepted_and_none_causes_anything_but_a_sentence() -> None:
    """The first of the hundred thousand that ``installers/dev.py fuzz`` throws."""
    found = run.throw(range(MUTANTS_IN_CI))
    assert (found.accepted, found.uncaught, found.unreadable) == ([], {}, {})
    thrown = {outcome.split()[0] for outcome in found.outcomes}
    assert thrown == {attack.__name__ for attack in attacks.ALL}
    assert sum(found.outcomes.values()) == MUTANTS_IN_CI


def test_the_judge_can_tell_a_forgery_from_the_genuine() -> None:
    """The referee itself: what would be a success of the attacker is called one."""
    branch = samples.envelopes()["submission"][0]
    head, bodies = attacks.opened(branch)
    head["revision"] = 2
    own, other = attacks.key_of(branch), attacks.sealing.key(3)
    assert run.judge(samples.packed([branch.raw])) == "genuine"
    assert run.judge(samples.packed([attacks.signed(head, bodies, own)])) == "accepted"
    assert run.judge(samples.packed([attacks.signed(head, bodies, other)])) == "refused"
    head["signers"][0]["key"] = attacks.trust.public_key(other)
    assert run.judge(samples.packed([attacks.signed(head, bodies, other)])) == "unknown signer"


# Mutants guided by coverage


def test_a_guided_search_reaches_new_lines_and_nothing_gets_through() -> None:
    """A tiny run of ``dev.py fuzz --guided``; the reader is the import of an office and a unit that opens its task."""
    found = guided.explore(300)
    assert found.findings == []
    assert found.kept >= 1
    assert len(found.arcs) > found.genuine_arcs > 500
    assert found.outcomes.total() == 300


def test_the_judge_of_files_under_way_can_tell_them_apart() -> None:
    judge, is_finding = travelling.judge, travelling.is_finding
    seeds = travelling.seeds()
    assert {judge(seed) for seed in seeds} == {"genuine"}
    assert {seed.layer for seed in seeds} == {"plain", "age", "code"}
    raw = seeds[0].raws[0]
    head, bodies = attacks.opened(attacks.package.parse_stored(raw))
    head["revision"] = 2
    forged = attacks.signed(head, bodies, attacks.sealing.key_of(head["unit"]))
    for layer in ("plain", "age"):
        one = travelling.Input((forged,), layer).packed()
        assert (judge(one), is_finding(one, judge(one))) == ("accepted", True)
        known = replace(one, signed=frozenset({forged}))
        assert (judge(known), is_finding(known, judge(known))) == ("accepted", False)
        head["revision"] = 2_000
        leap = attacks.signed(head, bodies, attacks.sealing.key_of(head["unit"]))
        assert judge(travelling.Input((leap,), layer).packed()) == "asks"
    opened = replace(seeds[1], spoilt=True)
    assert (judge(opened), is_finding(opened, judge(opened))) == ("accepted", True)


def test_an_exception_and_the_lines_before_it_are_seen() -> None:
    outcome, arcs = guided.watch(lambda: str(canonical.decode_as(None, b"[]")))  # type: ignore[arg-type]
    assert outcome.startswith("uncaught AttributeError")
    assert arcs
    assert guided.watch(lambda: str(len("x"))) == ("1", set())


# The short way of reading must not let in what the long way refuses


@given(st.integers(0, 10_000), st.sampled_from(["tallies", "sessions", "ratee_tallies", "header"]))
def test_both_ways_of_reading_say_the_same_of_spoilt_bytes(number: int, name: str) -> None:
    envelope = samples.envelopes()["submission"][0]
    data = envelope.header_bytes if name == "header" else envelope.members[name]
    source = attacks.Random(number)
    for spoil in (attacks.noisy, *attacks.WRITINGS[:-1]):
        spoilt = spoil(source, data)
        assert outcome(canonical.decode, spoilt) == outcome(canonical._decode_slowly, spoilt)


SMALL = st.text('[]{},:"\\ntrue0123456789abz_é満\u0301\u200b\x7f', max_size=24).map(str.encode)


@given(SMALL)
def test_both_ways_of_reading_say_the_same_of_anything(data: bytes) -> None:
    for wrapped in (data, b"[" + data + b"]", b'{"a":' + data + b"}", b'["' + data + b'"]'):
        assert outcome(canonical.decode, wrapped) == outcome(canonical._decode_slowly, wrapped)


@pytest.mark.parametrize("length", [19_999, 20_000, 20_001])
def test_both_ways_of_reading_agree_on_the_longest_text(length: int) -> None:
    for texts in (["x" * length], ["满" * length], ["a", "x" * length, "b"], ["," * length]):
        data = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()
        said = outcome(canonical.decode, data)
        assert said == outcome(canonical._decode_slowly, data)
        assert said == (str(texts) if length <= canonical.MAX_TEXT else "refused")


def outcome(read: Callable[[bytes], object], data: bytes) -> str:
    try:
        return str(read(data))
    except PackageError:
        return "refused"


# Bombs


@pytest.mark.skipif(not reader.peak_memory(), reason="this system does not tell the most memory held")
def test_no_bomb_goes_off(tmp_path: Path) -> None:
    """All bombs are refused with a sentence by one process that never holds half a gigabyte.

    Those of which another is stopped by the same line (``bombs.ALIKE``) are thrown in the long series.
    """
    thrown = [name for name in bombs.BOMBS if LONG or name not in bombs.ALIKE]
    command = [sys.executable, "-m", "fuzz.reader", *map(str, bombs.lay(tmp_path, thrown))]
    paths = [str(TESTS.parent), str(TESTS)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(thrown)
    assert [said for _, said, _ in told if not said.endswith("。")] == []
    assert max(megabytes for _, _, megabytes in told) < LIMIT_MB


def test_more_recipients_than_any_file_has_are_refused_before_any_is_tried() -> None:
    identity, recipient = age.new_identity()
    few, many = ([age.new_identity()[1] for _ in range(count)] for count in (50, age.MAX_RECIPIENTS))
    assert age.decrypt(age.encrypt(b"x", [recipient, *few]), [identity]) == b"x"
    with pytest.raises(PackageError, match="已损坏"):
        age.decrypt(age.encrypt(b"x", [recipient, *many]), [identity])


# What is no package


def zip_file(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("../../etc/passwd", "x")


def sqlite_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE envelope (id TEXT)")


def sparse_file(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


FILES: dict[str, Callable[[Path], object]] = {
    "a zip": zip_file,
    "a database": sqlite_file,
    "a PDF": lambda path: path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "a program": lambda path: path.write_bytes(b"MZ" + bytes(100)),
    "nothing": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_text("评议结果", encoding="gb18030"),
    "a terabyte of nothing": sparse_file,
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES.keys())
def test_what_is_no_package_is_refused_with_a_sentence(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "上报.pingyi-pack"
    make(path)
    with pytest.raises((PackageError, FileError), match=r"。$"):
        bundle.read(path)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes, devices and links of POSIX")
@pytest.mark.parametrize("kind", ["pipe", "device", "endless device", "link to a device", "link in a circle"])
def test_what_is_no_file_is_not_opened(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "上报.pingyi-pack"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path = Path(os.devnull)
        case "endless device":
            path = Path("/dev/zero")
        case "link to a device":
            path.symlink_to("/dev/zero")
        case _:
            path.symlink_to(path)
    with pytest.raises((PackageError, FileError), match=r"。$"):
        bundle.read(path)


@pytest.mark.parametrize("cost", [1, 2, 3, 10, 19, 63, 99])
def test_any_cost_that_a_file_asks_for_is_met_with_a_sentence(cost: int) -> None:
    """A forged cost costs at most what our own highest one does, and the smallest is no mishap either."""
    sealed = age.seal_with_code(b"x", "1234567890123456", cost=2).replace(b" 2\n", b" %d\n" % cost, 1)
    if cost != 2:
        with pytest.raises(PackageError, match="对不上" if cost <= age.MAX_COST else "太久"):
            age.open_with_code(sealed, "1234567890123456")
