"""The README's pictures of paper: the packs of a school's meeting of 42 and of a branch that appraises 30 members one by one.

PYTHONPATH=.:tests:tests/reports/paper python tests/reports/paper/pictures.py resources/readme
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pypdfium2
from PIL import Image

import make
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.paper.shaping import Shape
from pingyi_desktop.render.pack import render_pack
from pingyi_desktop.reports.paper import pack, plan
from pingyi_desktop.reports.paper.plan import Wish

PEOPLE, MEMBERS = 42, 30
HEIGHT, GAP, COLOURS, MOST = 620, 12, 16, 150_000
FAMILY, GIVEN = "赵钱孙李周吴郑王冯陈", ("建国", "志强", "桂兰")


def main(out: Path) -> None:
    """Write both pictures; each at most 150 kB."""
    shape = Shape("", "师生")
    _take(out / "paper.png", "T-ORG-A", {"T-ORG-A": shape}, ("评议表", "清点单", "计票表", "结果报告单"))
    _take(out / "roster.png", "T-MEM-B", {}, ("评议表", "评议表", "计票表"))


def _take(file: Path, code: str, shapes: dict[str, Shape], wanted: Sequence[str]) -> None:
    names = [f"{family}{given}" for given in GIVEN for family in FAMILY]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(make.school(Path(folder) / "XX.pingyi", people=names)) as store,
        store.transaction() as session,
    ):
        campaign = make.published(session, form_codes=[code], form_shapes=shapes)
        (meeting,) = sessions.listing(session, campaign_id=campaign)
        make.held(session, meeting.id, expected=PEOPLE, actual=PEOPLE)
        (one,) = plan.meetings(session, campaign_id=campaign, wish=Wish())
        pdf = render_pack(pack.build(session, one), copies=False).pdf
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [(page.get_textpage().get_text_range(), page) for page in document]
        chosen = []
        for title in wanted:
            number = next(
                n for n, (text, _) in enumerate(pages) if title in text.split("\n")[0].replace(" ", "")
            )
            _, page = pages.pop(number)
            chosen.append(page.render(scale=HEIGHT / page.get_height()).to_pil())
    width = sum(one.width for one in chosen) + GAP * (len(chosen) + 1)
    whole = Image.new("RGB", (width, HEIGHT + 2 * GAP), "#d8d4cc")
    left = GAP
    for picture in chosen:
        whole.paste(picture, (left, GAP))
        left += picture.width + GAP
    whole.quantize(COLOURS).save(file, optimize=True)
    assert file.stat().st_size <= MOST


if __name__ == "__main__":
    main(Path(sys.argv[1]))
