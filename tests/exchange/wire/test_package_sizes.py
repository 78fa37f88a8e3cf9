"""A file four times as large costs about four times as much at the door, whatever it is made of: counted, not timed."""

from __future__ import annotations

import pytest
from benchmarks.bench_package_sizes import IN_WORK, KINDS, prepared, work
from series import LONG


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_grows_with_the_size(kind: str) -> None:
    n = 24 if LONG else 8
    small, large = work(KINDS[kind], n), work(KINDS[kind], 4 * n)
    assert large <= IN_WORK * small, f"{large / small:.2f}"


def test_the_kinds_are_what_they_are_called() -> None:
    """An honest file goes through, the dear ones are told apart; a file refused at once would measure nothing."""
    said = {name: str(prepared(kind, 3)()) for name, kind in KINDS.items()}
    assert "first" in said["上报：人数"]
    assert "first" in said["汇总：支部数"]
    assert "missing_file" in said["汇总：列而不带"]
    assert "first" in said["汇总：越级列入"]
    assert said["汇总：同一份反复"] == "twice"
    assert said["活动：单位数"] == said["任务：名册人数"] == "task_file"
    assert said["回执：单位数"] == "receipt_file"
