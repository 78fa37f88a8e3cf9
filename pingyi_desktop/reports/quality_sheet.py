"""录入质量单: what keying one batch took and what its second entry found, for the operators themselves."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import batches, quality
from pingyi_desktop.reports.blocks import (
    Block,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    Table,
    in_words,
)
from pingyi_desktop.storage.schema_batches import BallotBatch

PASSES = {1: "第一遍", 2: "第二遍"}
COLUMNS = (
    ReportColumn("遍次", 22, "left"),
    ReportColumn("操作员", 34, "left"),
    *(ReportColumn(title, 22) for title in ("录入张数", "按键次数", "退格改正", "被拒的键", "填充的格")),
)


def of_batch(session: Session, *, batch_id: str, today: date | None = None) -> Report:
    """The quality sheet of one batch. It compares nobody with anybody: a sheet is about its own stack of paper."""
    row = session.get_one(BallotBatch, batch_id)
    found = quality.sheet(session, batch_id=batch_id)
    lines = tuple(
        Row((PASSES[p.pass_no], p.operator, p.ballots, p.keystrokes, p.corrections, p.refused, p.filled))
        for p in found.passes
    )
    blocks: list[Block] = [
        Heading("录入"),
        Table(COLUMNS, lines) if lines else Para("还没有录入。"),
        Heading("两遍核对"),
        *_compared(found),
        Para(f"录入核对：{quality.checked(session, batch_id=batch_id)}"),
        Signature(("操作员：", "监票人：")),
    ]
    return Report(
        "R06Q",
        "录入质量单",
        batches.code_of(session, row),
        "供操作员自己改进，不评比、不排名",
        f"打印日期：{in_words((today or date.today()).isoformat())}",
        tuple(blocks),
        ("注：差错率按格计，是第一遍录入的；两遍核对、裁定之后的票数比它更准。上限为 95% 把握的单侧上限。",),
    )


def _compared(found: quality.Quality) -> list[Block]:
    if found.bound is None:
        return [Para("没有录第二遍，或者还没有核对。")]
    return [
        Facts(
            (
                ("核对的格", found.compared),
                ("第一遍录错", found.first_wrong),
                ("第二遍录错", found.second_wrong),
                ("裁定", found.decided),
                ("错张、漏张、颠倒", found.misaligned),
                ("第一遍差错率上限", f"{found.bound}%"),
            )
        )
    ]
