"""The import benchmark itself keeps working: the short company once, without judging the time it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.bench_import import measure

from pingyi_desktop.demo import company


def test_the_import_benchmark_runs_and_prints_its_ratio(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    shown = company.load().only("QL.23")
    ratio = measure(shown, tmp_path, processes=0, times=1)
    printed = capsys.readouterr().out
    assert f"导入/直接写入 = {ratio:.2f} 倍" in printed
    assert "7 个单位的上报，1 个文件" in printed
