"""R27B 评议票保管与销毁清单: which ballots of this unit may be destroyed from when on, what is kept, and who signs for it.

The program destroys nothing. The list has room for the signatures of those who do, and it is filed itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.reports.blocks import Heading, Para, Report, ReportColumn, Row, Signature, Table
from pingyi_desktop.standing import care
from pingyi_desktop.standing.care import Term
from pingyi_desktop.standing.overview import Question

SIGNERS = ("批准人：", "保管人：", "销毁日期：        年    月    日"), ("销毁人：", "监销人：", "监销人：")
STACKS = (
    ReportColumn("序号", 10, "center"),
    ReportColumn("党组织", 32, "left"),
    ReportColumn("评议表", 38, "left"),
    ReportColumn("参评人员", 26, "center"),
    ReportColumn("原始票（张）", 14),
    ReportColumn("封存日期", 20, "center"),
    ReportColumn("票可销毁", 20, "center", "从这一天起"),
    ReportColumn("结果可销毁", 20, "center", "从这一天起"),
)
KINDS = (
    ReportColumn("材料", 62, "left"),
    ReportColumn("在哪里", 70, "left"),
    ReportColumn("保管", 48, "left"),
)
KEPT = (
    ("单张的票（纸票）", "封存袋，由保管人保管", f"封存满 {care.BALLOT_YEARS} 年可以销毁"),
    ("单张的票（文件里的）", "数据文件和手工备份，没有姓名、时间和次序", "随数据文件"),
    ("计票表、裁定、更正单（签字原件）", "档案卷内", f"{care.RESULT_YEARS} 年"),
    ("结果、台账、操作日志", "数据文件和备份；换软件的，先“导出全部数据”", f"{care.RESULT_YEARS} 年"),
    ("报表、数据包、回执、本清单", "档案卷内和归档的 U 盘", f"{care.RESULT_YEARS} 年"),
)
NONE = "本单位在这次活动里还没有封存的票，没有要保管或销毁的票。"


@dataclass(frozen=True)
class Kept:
    """A sealed stack of this unit with its terms."""

    batch: BatchView
    term: Term


def build(asked: Question, layer: int | None, subject: str) -> Report:
    """Every stack that this unit sealed in the subtree, and what is kept for how long."""
    listed = kept(asked, layer, asked.picture.inside(subject))
    about = table(listed) if listed else Para(NONE)
    kinds = Table(KINDS, tuple(map(Row, KEPT)))
    blocks = (about, Heading("保管什么，保管多久"), kinds, *map(Signature, SIGNERS))
    return Report("R27B", "评议票保管与销毁清单", "", "", "", blocks, (care.NOTE,))


def kept(asked: Question, layer: int | None, inside: Collection[str]) -> list[Kept]:
    """Of the campaign, the stacks that this unit sealed for these organisations, in the order of their seals."""
    known = {
        one.id: one for one in asked.picture.stacks if one.org_code in inside and layer in (None, one.layer)
    }
    terms = care.terms(asked.session)
    return [Kept(known[one.batch_id], one) for one in terms if one.batch_id in known]


def table(listed: Sequence[Kept]) -> Table:
    """One line a stack, and their sum."""
    lines = [
        Row(
            (
                *(place, one.batch.org_name, one.batch.form_title, one.batch.category_name, one.term.papers),
                *(one.term.sealed_on, one.term.ballots_until, one.term.results_until),
            )
        )
        for place, one in enumerate(listed, start=1)
    ]
    total = sum(one.term.papers for one in listed)
    return Table(STACKS, (*lines, Row(("", "合计", f"{len(listed)} 批", "", total, "", "", ""), "total")))
