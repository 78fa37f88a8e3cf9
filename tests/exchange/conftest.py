"""Packages arrive at the office of the small company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import desks
import pytest
from desks import Office


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Office]:
    """The company's office, which has sent nothing out and got nothing yet."""
    made = desks.office(tmp_path / "QL.pingyi", "QL")
    yield made
    made.store.close()
