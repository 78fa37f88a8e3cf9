"""How often the file is asked and how often something is parsed while a block runs, in whatever thread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from sqlalchemy import Engine, event

from pingyi_desktop.exchange import canonical, desks, header, package

TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass
class Asked:
    """What was asked: ``statements`` in their order, ``parsed`` JSON texts, ``opened`` envelopes, ``desks``."""

    statements: list[str] = field(default_factory=list)
    parsed: int = 0
    opened: int = 0
    desks: int = 0

    def of(self, table: str) -> int:
        """How many statements begin by reading this table."""
        return sum(f"FROM {table}" in one.replace("\n", " ") for one in self.statements)

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
    with (
        patch.object(json.JSONDecoder, "decode", counting(decode, "parsed")),
        patch.object(canonical, "decode", counting(canonical.decode, "parsed")),
        patch.object(header, "parse", counting(header.parse, "parsed")),
        patch.object(package, "parse_stored", counting(package.parse_stored, "opened")),
        patch.object(desks, "open_desk", counting(desks.open_desk, "desks")),
    ):
        try:
            yield asked
        finally:
            event.remove(Engine, "before_cursor_execute", executed)
