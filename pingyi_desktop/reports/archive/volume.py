"""R27 评议档案卷内目录: what lies in the folder of one organisation, and until when its papers are kept (domain §6.7).

The middle column says what the data file has a record of; papers that it knows nothing of are counted by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.reports.archive import keeping
from pingyi_desktop.reports.blocks import Heading, Para, Report, ReportColumn, Row, Signature, Table
from pingyi_desktop.standing import care
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schema_campaign import SessionStatus

SIGNERS = ("立卷人：", "审核人：", "立卷日期：        年    月    日")
COLUMNS = (
    ReportColumn("序号", 12, "center"),
    ReportColumn("材料", 58, "left"),
    ReportColumn("软件里的记录", 56, "left"),
    ReportColumn("页数", 18),
    ReportColumn("备注", 36, "left"),
)
ABOVE = "本单位没有封存过这个党组织的票：原始票和封存说明由录票的单位立卷。"


def build(asked: Question, layer: int | None, subject: str) -> Report:
    """The contents of the organisation's folder in the order of the field, then 封存说明."""
    one = asked.picture.find(subject)
    here = [stack for stack in keeping.kept(asked, layer, {subject}) if stack.batch.org_code == subject]
    listed = enumerate(_contents(asked, layer, subject, [stack.batch for stack in here]), start=1)
    table = Table(COLUMNS, tuple(Row((f"{place:02}", *cells, "", "")) for place, cells in listed))
    about = keeping.table(here) if here else Para(ABOVE)
    blocks = (table, Heading("封存说明"), about, Signature(SIGNERS))
    return Report("R27", "评议档案卷内目录", one.full_name, "", "", blocks, (care.NOTE,))


def _contents(
    asked: Question, layer: int | None, subject: str, sealed: Sequence[BatchView]
) -> Iterator[tuple[str, str]]:
    seen = asked.picture
    held = [
        one
        for one in seen.meetings
        if one.org_code == subject and one.status == SessionStatus.HELD and layer in (None, one.layer)
    ]
    expected, actual = (sum(getattr(one, name) or 0 for one in held) for name in ("expected", "actual"))
    forms = len({one.form_code for one in seen.stacks if one.org_code == subject})
    papers = sum(one.returned or 0 for one in sealed)
    yield "通知、方案", _records(asked, subject, "basis_document", "份")
    yield "参评范围与人数", f"应到 {expected} 人，实到 {actual} 人" if expected or actual else ""
    yield "征求意见表汇总", _records(asked, subject, "solicitation", "次")
    yield "自查与自我总结", _records(asked, subject, "self_review", "份")
    yield "会议记录及签到", _records(asked, subject, "meeting", "次会")
    yield "评议表样张（空白各 1 份）", f"{forms} 种" if forms else ""
    yield "计票表（签字原件）", f"封存 {len(sealed)} 批" if sealed else ""
    yield "评议结果报告单（R06）", "可以打印" if sealed else ""
    yield "意见归并", _records(asked, subject, "opinion", "条意见")
    yield "点评记录", _records(asked, subject, "leader_comment", "份")
    yield "反馈单与签收", _records(asked, subject, "reply", "条答复")
    yield "公示及证明", _records(asked, subject, "publication", "次")
    yield "整改台账", _records(asked, subject, "rectification", "项")
    yield "总结（R01）", "可以生成" if sealed else ""
    yield "封存说明（原始票数量、销毁期限）", f"原始票 {papers} 张，见下表" if sealed else ""


def _records(asked: Question, subject: str, key: str, unit: str) -> str:
    """How many rows of its own an organisation has in a ledger; "" for none."""
    ledger = catalog.ledger(key)
    where = rows.conditions(asked.session, ledger, Asked(asked.picture.view.id, "", under=subject))
    query = select(func.count()).select_from(ledger.sql).where(*where, ledger.columns_of.org == subject)
    many = asked.session.scalars(query).one()
    return f"{many} {unit}" if many else ""
