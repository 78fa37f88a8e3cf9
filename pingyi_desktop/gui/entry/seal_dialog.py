"""One sheet to read before the seal: figures, rates, both names, what is printed, what cannot be taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.batches.seal_sheet import SealSheet
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.gui.parts.forms import label
from pingyi_desktop.gui.parts.record_dialog import RecordDialog

AFTER = (
    "封存后，票的次序抹掉，只留票数，谁也看不出哪一张是谁填的；再要改，得填更正单，由申请人和监票人签字重开。"
)


class SealDialog(RecordDialog):
    """Nothing is asked; the one act is 封存."""

    def __init__(self, over: QWidget, batch: BatchView, sheet: SealSheet) -> None:
        super().__init__(over, "封存前看一遍", f"{batch.org_name}　{batch.form_title}", save="封存")
        lines = [label(text, role=role) for text, role in lines_of(sheet)]
        self.ask(*((line,) for line in lines))
        self.save.setFocus()


def lines_of(sheet: SealSheet) -> list[tuple[str, str]]:
    """The sheet's lines with their looks."""
    f = sheet.figures
    rates = "\n".join(f"{item}　{_rate(rate)}" for item, rate in sheet.rates)
    return [
        (f"有效票 {f.valid} 张", "strong"),
        (f"发出 {f.issued} 张，收回 {f.returned} 张；收回的里面空白 {f.blank} 张、废票 {f.void} 张。", ""),
        *([("满意率", "caption"), (rates, "")] if rates else []),
        (f"计票人：{sheet.tellers}　　监票人：{sheet.scrutineers}", "caption"),
        ("印出来的是《结果报告单》：上面这些张数和各档票数，由这两方签字。", ""),
        *((one, "hint") for one in sheet.told),
        (AFTER, "wrong"),
    ]


def _rate(text: str) -> str:
    return (
        f"{text}%" if text[:1].isdigit() else f"{text}（票太少，不显示百分比）" if text == TOO_FEW else text
    )
