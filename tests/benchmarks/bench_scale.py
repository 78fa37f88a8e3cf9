"""Does an import stay linear, and what does it cost beyond the rows and the signatures it cannot do without?

A company with the branches of the demo, 349 of them, or a hundred such companies under one: 34 900 branches. Units, keys
and packages are generated; their figures are the demo's. Every committee hands in one encrypted file with its rollup,
the rollups of its general branches and the submissions of all its branches, and the company imports the folder in one
act: plan, write, settle. Beside it, in the same run: ``sqlite3.executemany`` of the very same rows into the same tables
with the same durability settings, and the bare check of every signature.

Each import runs in a process of its own, which tells its seconds and the most memory it ever held.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import apart
from benchmarks.bench_import import best, content, emptied, write_rows
from sqlmodel import Session, insert

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.demo import company, office
from pingyi_desktop.demo.company import Company, DemoBatch, DemoOrg, DemoSession
from pingyi_desktop.exchange.inbox import contents, imports
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.wire import age, bundle, canonical, package, trust
from pingyi_desktop.exchange.wire.header import ROLLUP, SUBMISSION, Totals
from pingyi_desktop.exchange.wire.package import Address, Envelope
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import IssuedTask
from pingyi_desktop.storage.schema_people import PartyOrganization

COPIES = 100
TARGET, LINEAR, MEMORY = 2, 1.3, 1024
TOKEN = bytes(32)
Triple = tuple[bytes, bytes, str]


@dataclass(frozen=True)
class Cost:
    """One import: seconds of plan and of the rest, and MiB of memory at most."""

    planned: float
    written: float
    memory: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.planned + self.written


def test_scale(tmp_path: Path) -> None:
    """349 submissions, then a hundred times as many."""
    shown = company.load()
    small, count = measure(shown, tmp_path / "1", copies=1, times=5)
    large, many = measure(shown, tmp_path / "100", copies=COPIES, times=1)
    growth = (large.seconds / many) / (small.seconds / count)
    print(f"\n每份上报的用时：{many} 份时是 {count} 份时的 {growth:.2f} 倍（目标 ≤ {LINEAR}）")
    print(f"{many} 份时内存最多 {large.memory} MiB（目标 < {MEMORY}）")


def measure(shown: Company, folder: Path, *, copies: int, times: int) -> tuple[Cost, int]:
    """Print what importing ``copies`` companies costs beside the bare rows and signatures; the cost and how many submissions."""
    before, packages, count = waiting_at_the_door(shown, folder, copies=copies)
    imported = folder / "导入.pingyi"
    cost = import_apart(before, imported, packages, times)
    assert accepted(imported) == count
    rows = content(imported)
    blank, written = emptied(before, folder / "空.pingyi"), folder / "直接写入.pingyi"
    raw = best(lambda path: write_rows(path, rows), blank, written, times)
    assert content(written) == rows
    bare = min(verify_all(triples(imported)) for _ in range(times))
    lines = sum(len(one) for one in rows.values())
    print(f"\n{count} 份上报，{len(list(packages.iterdir()))} 个加密文件，{lines} 行")
    print(
        f"导入 {cost.seconds:.3f} 秒（核验与计划 {cost.planned:.3f}，写入与汇总 {cost.written:.3f}），"
        f"每份 {cost.seconds / count * 1000:.3f} 毫秒，内存最多 {cost.memory} MiB"
    )
    print(f"sqlite3.executemany 写入同样的行 {raw:.3f} 秒，只验签 {bare:.3f} 秒")
    print(f"导入/（直接写入+只验签）= {cost.seconds / (raw + bare):.2f} 倍（目标 < {TARGET}）")
    return cost, count


# --- making the packages -----------------------------------------------------------------------------------------


def waiting_at_the_door(shown: Company, folder: Path, *, copies: int) -> tuple[Path, Path, int]:
    """The company's published file, the folder with every committee's package, and how many submissions are in them."""
    packages = folder / "数据包"
    packages.mkdir(parents=True)
    held = office.create(folder / "公司.pingyi", shown)
    trees = [units_of(shown, copy) for copy in range(copies)]
    with held.transaction() as session:
        top = session.exec(PartyOrganization.__table__.select()).one().id  # type: ignore[attr-defined]
        enrol(session, [one for tree in trees for one in tree], top)
    office.publish(held, Company(shown.orgs, (), (), (), {}, {}))
    with held.transaction() as session:
        campaign = campaigns.current(session).id
        above = Above.of(session, campaign)
        committees = [one.code for tree in trees for one in tree if one.parent == above.unit]
        tasks = [
            {"campaign_id": campaign, "unit_code": code, "epoch": 1, "token": TOKEN.hex()}
            for code in committees
        ]
        session.execute(insert(IssuedTask), tasks)
    held.close()
    count = 0
    for copy, tree in enumerate(trees):
        for name, envelopes in handed_in(shown, tree, copy, above):
            count += sum(one.address.type == SUBMISSION for one in envelopes)
            (packages / name).write_bytes(age.encrypt(bundle.write(envelopes), [above.recipient]))
    return held.path, packages, count


@dataclass(frozen=True)
class Above:
    """The company as its units see it: the campaign, its digest, the items of its forms, what to encrypt to."""

    unit: str
    campaign: str
    digest: str
    mode: str
    items: dict[str, list[str]]
    recipient: str

    @classmethod
    def of(cls, session: Session, campaign_id: str) -> Above:
        row = session.get_one(Campaign, campaign_id)
        view = campaigns.show(session, campaign_id=campaign_id)
        return cls(
            unit=keys.unit_code(session),
            campaign=row.id,
            digest=row.definition_sha256 or "",
            mode=row.mode,
            items={form.code: [item.no for item in form.items] for form in view.forms},
            recipient=keys.recipient(session, campaign_id=campaign_id),
        )


def named(code: str, copy: int) -> str:
    """The code of a unit in the ``copy``-th company."""
    return code.replace(".", f".{copy:03d}-", 1)


def units_of(shown: Company, copy: int) -> list[DemoOrg]:
    """The units of one company below the top, parents first."""
    return [
        DemoOrg(named(o.code, copy), named(o.parent, copy), o.type, f"{o.name}{copy}", f"{o.short}{copy}")
        for o in shown.orgs
        if o.parent
    ]


def enrol(session: Session, units: Sequence[DemoOrg], top: str) -> None:
    """Write the units into the office's file."""
    ids = {"QL": top}
    rows = []
    for one in units:
        made = PartyOrganization(
            code=one.code,
            full_name=one.name,
            short_name=one.short,
            org_type=one.type,
            parent_id=ids[one.parent],
        )
        ids[one.code] = made.id
        rows.append(made.model_dump())
    session.execute(insert(PartyOrganization), rows)


def handed_in(
    shown: Company, units: Sequence[DemoOrg], copy: int, above: Above
) -> Iterator[tuple[str, list[Envelope]]]:
    """Every committee's file: name and envelopes."""
    meetings = {named(one.org, copy): one for one in shown.sessions if one.layer == 2}
    stacks: defaultdict[str, list[DemoBatch]] = defaultdict(list)
    for one in shown.batches:
        if one.layer == 2:
            stacks[named(one.org, copy)].append(one)
    children: defaultdict[str, list[DemoOrg]] = defaultdict(list)
    for unit in units:
        children[unit.parent].append(unit)
    for committee in children[above.unit]:
        found: list[Envelope] = []
        report(committee, children, meetings, stacks, above, found)
        yield f"上报-{committee.code}.pingyi-pack", found


def report(
    unit: DemoOrg,
    children: dict[str, list[DemoOrg]],
    meetings: dict[str, DemoSession],
    stacks: dict[str, list[DemoBatch]],
    above: Above,
    found: list[Envelope],
) -> Envelope:
    """What a unit hands in; it and all below it are put into ``found``."""
    if unit.type == "BRANCH":
        documents, totals = figures(unit.code, meetings[unit.code], stacks[unit.code], above)
        made = seal(SUBMISSION, unit, documents, above, coverage=totals)
    else:
        below = [report(one, children, meetings, stacks, above, found) for one in children[unit.code]]
        vouched = [{"unit": one.address.unit, "epoch": 1, "key": one.signer} for one in below]
        index = {
            "accepts": sorted(one.id for one in below),
            "keys": sorted(vouched, key=lambda one: str(one["unit"])),
            "expected": sorted(one.code for one in children[unit.code]),
        }
        made = seal(ROLLUP, unit, {"index": index}, above)
    found.append(made)
    return made


def figures(
    code: str, meeting: DemoSession, stacks: Sequence[DemoBatch], above: Above
) -> tuple[dict[str, Any], Totals]:
    """The documents of one branch and their control totals."""
    facts = {
        "layer": 2,
        "org": code,
        "held_on": meeting.held_on,
        "meeting_type": "FORUM",
        "expected": meeting.expected,
        "actual": meeting.actual,
        "self_introduced": meeting.introduced,
        "oral_reports": meeting.reports,
        "members": meeting.members,
    }
    sheets = [
        {
            "layer": 2,
            "org": code,
            "form": one.form,
            "version": 1,
            "voter_category": "ALL",
            "printed": one.issued + 2,
            "issued": one.issued,
            "returned": one.returned,
            "blank": one.blank,
            "void": one.void,
            "valid": one.returned - one.blank - one.void,
            "persons": 1,
            "entry_mode": "PER_BALLOT",
            "ballot_commit": hashlib.sha256(f"{code}{one.form}".encode()).hexdigest(),
            "items": [
                {
                    "target": "",
                    "item": number,
                    "counts": list(counts.options),
                    "blank": counts.blank,
                    "multi": counts.multi,
                    "illegible": counts.illegible,
                }
                for number, counts in zip(above.items[one.form], one.items, strict=True)
            ],
        }
        for one in stacks
    ]
    totals = Totals(
        eligible=meeting.expected,
        issued=sum(one.issued for one in stacks),
        returned=sum(one.returned for one in stacks),
        valid=sum(one.returned - one.blank - one.void for one in stacks),
        invalid=sum(one.blank + one.void for one in stacks),
    )
    private = key_of(code)
    return {
        "sessions": {
            "salt": contents.salt(private, campaign_id=above.campaign, member="sessions"),
            "sessions": [facts],
        },
        "tallies": {
            "salt": contents.salt(private, campaign_id=above.campaign, member="tallies"),
            "batches": sheets,
        },
    }, totals


def key_of(code: str) -> bytes:
    """The private key of a unit."""
    return hashlib.sha256(f"pingyi scale {code}".encode()).digest()


def seal(
    kind: str, unit: DemoOrg, documents: dict[str, Any], above: Above, coverage: Totals | None = None
) -> Envelope:
    """The unit's signed envelope."""
    private = key_of(unit.code)
    place = {"campaign": above.campaign, "unit": unit.code, "epoch": 1}
    head = Address(
        type=kind,
        campaign=above.campaign,
        campaign_sha256=above.digest,
        unit=unit.code,
        unit_name=unit.short,
        to=unit.parent,
        epoch=1,
        revision=1,
        mode=above.mode,
        created="2025-11-20",
        app="0.1.0",
        coverage=coverage,
        enrol=trust.enrolment(TOKEN, key=trust.public_key(private), **place),
    )
    members = {name: canonical.encode(document) for name, document in documents.items()}
    return package.seal(head, members=members, private=private)


# --- measuring ---------------------------------------------------------------------------------------------------


def import_apart(before: Path, path: Path, packages: Path, times: int) -> Cost:
    """The quickest of ``times`` imports, each on a fresh copy, all in one process apart from this one."""
    command = [sys.executable, str(Path(__file__)), str(before), str(path), str(packages), str(times)]
    tests = Path(__file__).resolve().parent.parent
    known = os.pathsep.join([str(tests.parent), str(tests)])
    said = apart.answer(command, {**os.environ, "PYTHONPATH": known})
    planned, written, memory = said.split()
    return Cost(float(planned), float(written), int(memory))


def main(before: Path, path: Path, packages: Path, times: int) -> None:
    """Tell the quickest import's seconds of plan and of the rest, and MiB of memory at most."""
    costs = []
    for _ in range(times):
        shutil.copy(before, path)
        costs.append(import_folder(path, packages))
    print(*min(costs, key=sum), most_memory())


def import_folder(path: Path, packages: Path) -> tuple[float, float]:
    """Import every file of the folder in one act; seconds of plan, with opening the file, and of the rest."""
    started = time.perf_counter()
    held = store.open_file(path)
    with held.transaction() as session:
        campaign_id = campaigns.current(session).id
        files = imports.collect([packages])
        plan = imports.plan_import(session, campaign_id=campaign_id, files=files)
        planned = time.perf_counter()
        imports.apply_import(session, plan=plan, by="x")
    written = time.perf_counter()
    held.close()
    return planned - started, written - planned


def most_memory() -> int:
    """MiB this process has held at most (Linux; 0 elsewhere)."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def accepted(path: Path) -> int:
    """How many submissions count in the file now."""
    with closing(sqlite3.connect(path)) as raw:
        wanted = "SELECT count(*) FROM envelope WHERE type = 'submission' AND state = 'CHOSEN'"
        count: int = raw.execute(wanted).fetchone()[0]
    return count


def triples(path: Path) -> list[Triple]:
    """What is signed, the signature and the key, of every received envelope."""
    with closing(sqlite3.connect(path)) as raw:
        opened = [
            package.parse_stored(row[0]) for row in raw.execute("SELECT raw FROM envelope WHERE NOT own")
        ]
    return [(package.pae(one.header_bytes), one.signatures[0], one.signer) for one in opened]


def verify_all(signed: Sequence[Triple]) -> float:
    """Seconds of the bare signature checks."""
    started = time.perf_counter()
    for data, signature, key in signed:
        trust.verify(data, signature, key)
    return time.perf_counter() - started


if __name__ == "__main__":
    apart.end_with_parent()
    main(*map(Path, sys.argv[1:4]), times=int(sys.argv[4]))
