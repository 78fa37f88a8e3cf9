"""A company with three branches directly below it, each in its own file: handed down, keyed, exported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.outbox import inspecting, recovery, tasks, transfer
from pingyi_desktop.exchange.wire import age, bundle
from pingyi_desktop.storage import store as data
from pingyi_desktop.storage.schema_people import OrgType

FORM = "T-ORG-A"
BRANCHES = {"QL.B001": "采一队党支部", "QL.B002": "采二队党支部", "QL.B003": "机关党支部"}


@dataclass(frozen=True)
class World:
    """A company with three branches directly below it, published; ``office`` is its closed data file."""

    root: Path

    @property
    def office(self) -> Path:
        return self.root / "QL.pingyi"

    def branch(self, code: str) -> Path:
        return self.root / f"{code}.pingyi"

    def package(self, code: str, revision: int = 1) -> Path:
        (found,) = self.root.glob(f"上报-{code}-*-第{revision}次.pingyi-pack")
        return found


def company(path: Path, name: str = "中共青峦公司委员会") -> str:
    """Make the office's file and publish its campaign; returns the recovery code."""
    made = data.create(
        path, code="QL", name=name, short_name="青峦公司党委", org_type=OrgType.COMPANY_COMMITTEE
    )
    with made.transaction() as session:
        for code, short in BRANCHES.items():
            org.add(
                session,
                parent_code="QL",
                code=code,
                org_type=OrgType.BRANCH,
                full_name=f"中共青峦公司{short}",
                short_name=short,
                by=make.BY,
            )
        campaign_id = make.draft(session, form_codes=[FORM])
        code = recovery.publish(session, campaign_id=campaign_id, by=make.BY, reason="已核实").code
    made.close()
    return code


def published(root: Path) -> str:
    """The company's file alone; returns the recovery code."""
    return company(root / "QL.pingyi")


def reported(root: Path) -> None:
    """Every branch has opened its task; B001 and B002 have exported."""
    world = World(root)
    published(root)
    hand_down(root, world.office)
    for code, stack in (("QL.B001", ["11111"] * 5), ("QL.B002", ["11112"] * 4)):
        key(world.branch(code), stack)
        export(world.branch(code), root)


def reported_elsewhere(root: Path) -> str:
    """Another company with the same codes; the name of what its B001 has exported."""
    world = World(root)
    published(root)
    hand_down(root, world.office)
    key(world.branch("QL.B001"), ["44444"] * 9)
    return export(world.branch("QL.B001"), root).name


def hand_down(root: Path, office: Path) -> None:
    """Every branch opens its task."""
    made = data.open_file(office)
    with made.transaction() as session:
        files = tasks.assign(session, campaign_id=campaigns.current(session).id, by=make.BY)
    made.close()
    for one in files:
        tasks.create_file(
            root / f"{one.unit_code}.pingyi", task=tasks.read_task(one.data, one.code), by=make.BY
        ).close()


def key(path: Path, stack: list[str]) -> None:
    """Key, seal and register the only session of a branch."""
    made = data.open_file(path)
    with made.transaction() as session:
        campaign_id = campaigns.current(session).id
        (batch,) = batches.listing(session, campaign_id=campaign_id, own_only=True)
        make.sealed(session, batch.id, stack)
        (meeting,) = [s for s in sessions.listing(session, campaign_id=campaign_id, layer=2) if s.own]
        make.held(session, meeting.id)
    made.close()


def export(path: Path, folder: Path) -> Path:
    made = data.open_file(path)
    with made.transaction() as session:
        one = transfer.export(session, campaign_id=campaigns.current(session).id, by=make.BY, reason="已核实")
    made.close()
    bundle.save(folder / one.file_name, one.data)
    return folder / one.file_name


def inspected(world: World, path: Path) -> list[dict[str, object]]:
    """What is in a package, opened with the key of the office above."""
    made = data.open_file(world.office)
    with made.reading() as session:
        known = keys.identities(session, campaign_id=campaigns.current(session).id)
    made.close()
    return inspecting.inspect(age.open_transport(path.read_bytes(), known))
