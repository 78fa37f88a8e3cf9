"""The fictional company as the resources carry it: organisations, members, sessions, batches, what was published."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pingyi_desktop import paths
from pingyi_desktop.appraisal.paper.tallies import Counts

NAME = "青峦煤业公司"
ACTIVITY = "创先争优"
# The committee of the short demo: two general branches, and branches both below them and directly below itself.
FAST = "QL.11"


@dataclass(frozen=True)
class DemoOrg:
    """One organisation."""

    code: str
    parent: str
    type: str
    name: str
    short: str


@dataclass(frozen=True)
class DemoMember:
    """One member; ``suffix`` tells namesakes of one branch apart.

    ``above`` says that he presented at layer 1 as well, ``absent`` why he did not come ("" when he did).
    """

    no: str
    name: str
    suffix: str
    branch: str
    sex: str
    category: str
    cadre: bool
    duty: str
    above: bool
    absent: str


@dataclass(frozen=True)
class DemoSession:
    """One session with its people; None where a figure does not exist."""

    layer: int
    org: str
    group: str
    held_on: str
    expected: int
    actual: int
    members: int | None
    introduced: int | None
    reports: int | None


@dataclass(frozen=True)
class DemoBatch:
    """One batch: figures in ballots, counts of the items in printed order."""

    layer: int
    org: str
    form: str
    issued: int
    returned: int
    blank: int
    void: int
    items: tuple[Counts, ...]


@dataclass(frozen=True)
class Company:
    """The whole company, or one committee of it; ``published`` are rates and ``satisfied`` votes of the whole."""

    orgs: tuple[DemoOrg, ...]
    members: tuple[DemoMember, ...]
    sessions: tuple[DemoSession, ...]
    batches: tuple[DemoBatch, ...]
    published: Mapping[str, Mapping[str, str]]
    satisfied: Mapping[str, Mapping[str, Mapping[str, int]]]

    def only(self, committee: str) -> Company:
        """The same company with one committee."""

        def inside(code: str) -> bool:
            return code == committee or code.startswith(f"{committee}.")

        return Company(
            tuple(o for o in self.orgs if not o.parent or inside(o.code)),
            tuple(m for m in self.members if inside(m.branch)),
            tuple(s for s in self.sessions if inside(s.org)),
            tuple(b for b in self.batches if inside(b.org)),
            self.published,
            self.satisfied,
        )

    def review_groups(self) -> list[tuple[str, list[str]]]:
        """Review groups of layer 1 with their committees, in the order of their first committee."""
        found: dict[str, list[str]] = {}
        for s in self.sessions:
            if s.layer == 1:
                found.setdefault(s.group, []).append(s.org)
        return list(found.items())

    def count(self, org_type: str) -> int:
        """How many organisations of a type."""
        return sum(o.type == org_type for o in self.orgs)


@cache
def load() -> Company:
    """The company of the resources."""
    published = json.loads((paths.resources() / "demo" / "published.json").read_text(encoding="utf-8"))
    return Company(
        tuple(DemoOrg(**row) for row in table("orgs")),
        tuple(_member(row) for row in table("members")),
        tuple(_session(row) for row in table("sessions")),
        tuple(_batch(row) for row in table("batches")),
        published["rates"],
        published["satisfied"],
    )


def table(name: str) -> Iterator[dict[str, str]]:
    """The rows of a resource of the demo."""
    with (paths.resources() / "demo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _member(row: Mapping[str, str]) -> DemoMember:
    texts = {key: value for key, value in row.items() if key not in ("cadre", "above")}
    return DemoMember(**texts, cadre=row["cadre"] == "1", above=row["above"] == "1")


def _session(row: Mapping[str, str]) -> DemoSession:
    def number(key: str) -> int | None:
        return int(row[key]) if row[key] else None

    return DemoSession(
        layer=int(row["layer"]),
        org=row["org"],
        group=row["group"],
        held_on=row["held_on"],
        expected=int(row["expected"]),
        actual=int(row["actual"]),
        members=number("members"),
        introduced=number("introduced"),
        reports=number("reports"),
    )


def _batch(row: Mapping[str, str]) -> DemoBatch:
    cells = [tuple(int(n) for n in item.split()) for item in row["marks"].split("/")]
    return DemoBatch(
        layer=int(row["layer"]),
        org=row["org"],
        form=row["form"],
        issued=int(row["issued"]),
        returned=int(row["returned"]),
        blank=int(row["blank"]),
        void=int(row["void"]),
        items=tuple(Counts(marks[:-1], blank=marks[-1]) for marks in cells),
    )
