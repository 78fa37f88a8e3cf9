"""Ledgers are tested in the small company whose campaign is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import make
from pingyi_desktop.storage.store import Store


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Store]:
    """The small company with a published campaign."""
    made = make.published_company(tmp_path / "公司.pingyi")
    yield made
    made.close()
