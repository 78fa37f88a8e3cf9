"""征求意见: how opinions were asked for, and with what return; forms issued and returned are counted as ballots are."""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers.fields import Choice, Count, Day, Text
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Printed, Total, Values
from pingyi_desktop.appraisal.ledgers.opinions import CHANNELS
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schema_ledgers import Solicitation

FIELDS = (
    Choice(
        "channel", "征求方式", required=True, words=("方式", "渠道", "提出渠道", "途径"), options=CHANNELS
    ),
    Day("held_on", "征求时间", words=("时间", "日期", "发放时间")),
    Text("audience", "征求对象", hint="如 职工群众、服务对象、师生", words=("对象", "发放对象", "范围")),
    Count("issued", "发出份数", words=("发出", "发放", "发放份数", "发出(份)")),
    Count("returned", "收回份数", words=("收回", "回收", "回收份数", "收回(份)")),
    Count("people", "参加人数", hint="座谈、访谈有多少人", words=("人数", "座谈人数")),
    Text("note", "备注", most=200, words=("说明",)),
)


def _forms(values: Values, _today: str) -> Iterator[Finding]:
    """V-OPN-21, 22: no more forms come back than went out."""
    issued, returned = values["issued"], values["returned"]
    if not isinstance(returned, int):
        return
    if not isinstance(issued, int):
        yield found("V-OPN-22", returned=returned)
    elif returned > issued:
        yield found("V-OPN-21", returned=returned, issued=issued)


LEDGER = Ledger(
    key="solicitation",
    title="征求意见",
    purpose="征求意见表发出、收回多少份，座谈、访谈了多少人。",
    table=Solicitation,
    fields=FIELDS,
    states="channel",
    same=("channel", "held_on", "audience"),
    shown=("channel", "issued", "returned", "people", "held_on", "audience"),
    report="R08A",
    report_title="征求意见情况表",
    columns=(
        Printed("党组织", 50, lambda row: row.org_name),
        Printed("征求方式", 30, lambda row: row.texts["channel"], "center"),
        Printed("征求时间", 24, lambda row: row.texts["held_on"], "center"),
        Printed("征求对象", 50, lambda row: row.texts["audience"]),
        Printed("发出份数", 20, lambda row: row.texts["issued"], "right"),
        Printed("收回份数", 20, lambda row: row.texts["returned"], "right"),
        Printed("参加人数", 20, lambda row: row.texts["people"], "right"),
        Printed("备注", 45, lambda row: row.texts["note"]),
    ),
    totals=(
        Total("次数", by="channel", unit="次"),
        Total("发出", of="issued", unit="份"),
        Total("收回", of="returned", unit="份", out_of="issued"),
        Total("参加", of="people", unit="人"),
    ),
    checks=(_forms,),
)
