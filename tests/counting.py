"""How often the file is asked and how often something is parsed while a block runs, in whatever thread.

``office`` makes the file to ask: a company with one of the reference company's committees, as large or small as wanted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from benchmarks.bench_scale import import_folder, waiting_at_the_door
from sqlalchemy import Engine, event

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.demo import company
from pingyi_desktop.exchange.inbox import desks
from pingyi_desktop.exchange.wire import canonical, header, package
from pingyi_desktop.storage import store

TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass
class Asked:
    """What was asked: ``statements`` in their order, ``parsed`` JSON texts, ``opened`` envelopes, ``desks``."""

    statements: list[str] = field(default_factory=list)
    parsed: int = 0
    opened: int = 0
    desks: int = 0

    @property
    def twice(self) -> list[str]:
        """Statements that were sent more than once."""
        return [one for one, times in Counter(self.statements).items() if times > 1]


@contextmanager
def counted() -> Iterator[Asked]:
    """Count while the block runs."""
    asked = Asked()

    def executed(_connection, _cursor, statement: str, *_more: object) -> None:
        if not statement.startswith(TRANSACTION):
            asked.statements.append(statement)

    def counting(real, name: str):
        def call(*args, **named):
            setattr(asked, name, getattr(asked, name) + 1)
            return real(*args, **named)

        return call

    decode = json.JSONDecoder.decode
    event.listen(Engine, "before_cursor_execute", executed)
    with pytest.MonkeyPatch.context() as replaced:
        replaced.setattr(json.JSONDecoder, "decode", counting(decode, "parsed"))
        replaced.setattr(canonical, "decode", counting(canonical.decode, "parsed"))
        replaced.setattr(header, "parse", counting(header.parse, "parsed"))
        replaced.setattr(package, "parse_stored", counting(package.parse_stored, "opened"))
        replaced.setattr(desks, "open_desk", counting(desks.open_desk, "desks"))
        try:
            yield asked
        finally:
            event.remove(Engine, "before_cursor_execute", executed)


def office(folder: Path, committee: str) -> Path:
    """The company's file with one committee's packages imported and the committee's own meeting (layer one) sealed."""
    path, packages, _ = waiting_at_the_door(company.load().only(committee), folder, copies=1)
    import_folder(path, packages)
    held = store.open_file(path)
    with held.transaction() as session:
        campaign_id = campaigns.current(session).id
        for one in batches.listing(session, campaign_id=campaign_id, own_only=True):
            items = len(batches.paper_of(session, batch_id=one.id).options)
            make.sealed(session, one.id, ["1" * items] * 12)
    held.close()
    return path
