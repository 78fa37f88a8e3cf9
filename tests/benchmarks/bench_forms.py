"""Blank forms: time against as many pages of plain text with bare reportlab, size of the packs, and memory.

    PYTHONPATH=.:tests python tests/benchmarks/bench_forms.py FILE [--org CODE]

FILE is a company's data file (``pingyi demo`` makes one). Both sides run in this process, write the same number of files
with the same number of pages in the same font, and are told in their ratio: at most 2 is wanted, 120 KB for a pack, and
memory that does not grow with the number of packs.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.render.pack import Made, write_packs
from pingyi_desktop.render.page import SONG, register_fonts
from pingyi_desktop.reports.paper import pack, plan
from pingyi_desktop.storage import store

LINES, TEXT = 40, "群众评议是检验活动成效、了解群众真实想法的重要途径，各级党组织要认真组织好。"
WANTED, LARGEST = 2, 120 * 1024


def main() -> int:
    """Measure and tell; 1 when a pack is too large (times are told, and never fail)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--org")
    arguments = parser.parse_args()
    register_fonts()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        before = _memory()
        started = time.perf_counter()
        made, halfway, sheets = _print(arguments.file, arguments.org, out)
        ours = time.perf_counter() - started
        grown = _memory() - halfway
        sizes = sorted(path.stat().st_size for path in out.iterdir() if not path.name.startswith("R28"))
        started = time.perf_counter()
        _plain(made, out)
        bare = time.perf_counter() - started
    print(f"sessions {len(made)}, ballots {sheets}, pages {sum(one.pages for one in made)}")
    print(f"forms {ours:.1f} s, plain text {bare:.1f} s, ratio {ours / bare:.2f} (wanted: at most {WANTED})")
    print(
        f"pack: median {sizes[len(sizes) // 2] / 1024:.0f} KB, largest {sizes[-1] / 1024:.1f} KB (wanted: 120)"
    )
    print(f"memory: {before} MB before, {halfway} MB after ten packs, {grown} MB more at the end")
    return int(sizes[-1] > LARGEST)


def _print(file: Path, org: str | None, out: Path) -> tuple[Sequence[Made], int, int]:
    """The packs as the product writes them; also the memory after the first ten, and how many ballots there are."""
    seen = [0]

    def step(done: int) -> None:
        if done == 10:
            seen[0] = _memory()

    held = store.open_file(file)
    with held.reading() as session:
        campaign = campaigns.current(session).id
        found = plan.printable(plan.meetings(session, campaign_id=campaign, under=org, wish=plan.Wish()))
        made = write_packs(
            (pack.build(session, one) for one in found),
            out,
            names=[one.file_name for one in found],
            manifest=lambda made: pack.manifest(pack.paired(found, made), [], day=date.today().isoformat()),
            manifest_name=pack.MANIFEST,
            step=step,
        )
    held.close()
    return made, seen[0], sum(one.sheets for one in found)


def _plain(made: Sequence[Made], out: Path) -> None:
    """As many files with as many pages, each full of one plain text."""
    for number, one in enumerate(made):
        canvas = Canvas(str(out / f"plain-{number}.pdf"), pageCompression=1)
        for _ in range(one.pages):
            canvas.setFont(SONG, 10.5)
            for line in range(LINES):
                canvas.drawString(50, 790 - line * 18, TEXT)
            canvas.showPage()
        canvas.save()


def _memory() -> int:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
