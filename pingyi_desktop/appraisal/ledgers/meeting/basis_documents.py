"""依据文件 (BasisDocument of the domain): what the activity rests on; 文号 as documents write it (GB/T 9704)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers.fields import Choice, Day, Option, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Moved, Printed, Total, Values
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schemas.duties import BasisDocument, BasisKind

FIELDS = (
    Text("title", "文件名称", required=True, most=200, words=("标题", "文件", "题名")),
    Text("doc_no", "文号", hint="如 某党发〔2025〕3号", words=("发文字号", "文件号")),
    Text("issuer", "发文机关", words=("发文单位", "印发单位")),
    Day("issued_on", "成文日期", words=("印发日期", "发文日期", "日期")),
    Choice(
        "kind",
        "来源",
        required=True,
        words=("类别", "类型"),
        options=(
            Option(BasisKind.SUPERIOR, "上级文件", "", ("上级",)),
            Option(BasisKind.OWN, "本级文件", "", ("本级",)),
            Option(BasisKind.FORWARD, "转发文件", "", ("转发",)),
        ),
    ),
    Text("aliases", "简称和别名", most=200, hint="几个的用；隔开", words=("简称", "别名")),
)
_NUMBER = re.compile(r"(\D+?)[\[【(〔［{]?(\d{4})[\]】)〕］}]?第?0*(\d{1,5})号?")


def document_number(written: str) -> str:
    """A 文号 as documents write it: 某党发〔2025〕3号, in six-cornered brackets and without noughts; as it was when it is none."""
    bare = "".join(personal.plain(written).split())
    read = _NUMBER.fullmatch(bare)
    return f"{read[1]}〔{read[2]}〕{read[3]}号" if read else written


def _number(values: Values, _today: str) -> Iterator[Finding]:
    """V-CMP-04: a 文号 in another spelling. V-MTG-11: its year is another one than that of the day."""
    written = str(values["doc_no"])
    meant = document_number(written)
    if meant != written:
        yield found("V-CMP-04", v=written, fixed=meant)
    read, day = _NUMBER.fullmatch(meant), str(values["issued_on"] or "")
    if read is not None and day and read[2] != day[:4]:
        yield found("V-MTG-11", year=read[2], other=day[:4])


def _alike(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-CMP-05: a document of the same name has another number."""
    c = LEDGER.columns_of
    titles = sorted({str(one.new["title"]) for one in moved})
    query = select(c.org, c.number, c.title, c.doc_no).where(
        c.campaign_id == campaign_id, c.title.in_(titles)
    )
    told = {f"{org}-{number}": (title, doc_no) for org, number, title, doc_no in session.execute(query)}
    told |= {one.name: (one.new["title"], one.new["doc_no"]) for one in moved}
    for one in moved:
        mine = one.new["title"], one.new["doc_no"]
        others = {no for name, (title, no) in told.items() if name != one.name and title == mine[0]}
        if other := sorted(others - {mine[1], ""}):
            yield found("V-CMP-05", one.name, t=mine[0], number=other[0])


def _of_the_year(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-CMP-06: an own document of another year than the activity; what comes from above may well be older."""
    year = session.get_one(Campaign, campaign_id).period_year
    for one in moved:
        read = _NUMBER.fullmatch(document_number(str(one.new["doc_no"])))
        same = one.old is not None and one.old["doc_no"] == one.new["doc_no"]
        if read is not None and int(read[2]) != year and one.new["kind"] != BasisKind.SUPERIOR and not same:
            yield found("V-CMP-06", one.name, year=read[2], other=year)


LEDGER = Ledger(
    key="basis_document",
    title="依据文件",
    purpose="评议活动依据的上级文件、本级文件，文号和简称写对一次，别处照着用。",
    table=BasisDocument,
    fields=FIELDS,
    states="kind",
    same=("title", "doc_no"),
    shown=("title", "kind", "doc_no", "issued_on"),
    report="R14B",
    report_title="依据文件目录",
    columns=(
        Printed("文件名称", 96, lambda row: row.texts["title"]),
        Printed("文号", 44, lambda row: row.texts["doc_no"], "center"),
        Printed("发文机关", 40, lambda row: row.texts["issuer"]),
        Printed("成文日期", 24, lambda row: row.texts["issued_on"], "center"),
        Printed("来源", 20, lambda row: row.texts["kind"], "center"),
        Printed("简称和别名", 35, lambda row: row.texts["aliases"]),
    ),
    totals=(Total("件数", by="kind", unit="件"),),
    checks=(_number,),
    among=(_alike, _of_the_year),
)
