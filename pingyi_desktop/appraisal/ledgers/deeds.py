"""办实事、做好事、解难事 (GoodDeed of the domain): what was done, for how many, with how much money."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers.fields import Amount, Choice, Count, Day, Option, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Row, Total, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.appraisal.rulebook.money import money
from pingyi_desktop.storage.schema_ledgers import BeneficiaryUnit, Deed, DeedKind

FEW_YUAN = 100
_UNIT = re.compile("[元万亿]")
FIELDS = (
    Text("title", "事项", required=True, most=200, words=("实事", "实事名称", "内容", "事项名称")),
    Choice(
        "kind",
        "类别",
        required=True,
        options=(
            Option(DeedKind.PRACTICAL, "办实事", "", ("实事",)),
            Option(DeedKind.GOOD, "做好事", "", ("好事",)),
            Option(DeedKind.DIFFICULT, "解难事", "", ("难事",)),
        ),
    ),
    Count("beneficiaries", "受益数量", words=("受益数", "受益人数", "数量")),
    Choice(
        "beneficiary_unit",
        "受益单位",
        hint="人、户或人次",
        words=("单位(人/户/人次)", "受益对象", "计量单位"),
        options=(
            Option(BeneficiaryUnit.PERSONS, "人"),
            Option(BeneficiaryUnit.HOUSEHOLDS, "户"),
            Option(BeneficiaryUnit.TIMES, "人次"),
        ),
    ),
    Amount(
        "amount", "投入金额", hint="如 5000 元、约 3 万元、200 余万元", words=("投入", "金额", "投入资金")
    ),
    Day("done_on", "完成时间", words=("完成日期", "时间")),
    Text("responsible", "责任人", words=("负责人",)),
    Text("evidence", "佐证", most=200, words=("佐证材料",)),
)


def _money(row: Row, part: str) -> str:
    found = money(row.texts["amount"])
    return getattr(found, part) if found is not None else ""


def _in_yuan(values: Values, _today: str) -> Iterator[Finding]:
    """V-LED-24: an amount of a few 元, or of parts of one, that names no unit was meant in 万元, most likely."""
    written = str(values["amount"])
    said = None if _UNIT.search(written) else money(written)
    if said is not None and (said.yuan < FEW_YUAN or "." in said.number):
        yield found("V-LED-24", text=written)


LEDGER = Ledger(
    key="deed",
    title="办实事",
    purpose="一件一件登记为群众办的实事、做的好事、解的难事：谁受益、投入多少、何时办完。",
    table=Deed,
    fields=FIELDS,
    states="kind",
    same=("title",),
    shown=("title", "kind", "amount", "done_on", "responsible"),
    report="R20",
    report_title="办实事做好事解难事清单",
    columns=(
        Printed("党组织", 40, lambda row: row.org_name),
        Printed("事项", 74, lambda row: row.texts["title"]),
        Printed("类别", 18, lambda row: row.texts["kind"], "center"),
        Printed("受益数量", 24, lambda row: row.texts["beneficiaries"], "right"),
        Printed("单位", 14, lambda row: row.texts["beneficiary_unit"], "center"),
        Printed("投入", 24, lambda row: _money(row, "number"), "right"),
        Printed("金额单位", 14, lambda row: _money(row, "unit"), "center"),
        Printed("完成时间", 22, lambda row: row.texts["done_on"], "center"),
        Printed("责任人", 18, lambda row: row.texts["responsible"]),
        Printed("有无佐证", 11, lambda row: "有" if row.texts["evidence"] else "", "center"),
    ),
    totals=(
        Total("件数", by="kind", unit="件"),
        Total("受益", of="beneficiaries", by="beneficiary_unit", together=False),
        Total("投入金额", of="amount", unit="万元"),
    ),
    checks=(_in_yuan,),
)
