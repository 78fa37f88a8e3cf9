"""The control sheet held against what was keyed, in words, with the one change that mends it (K01). Pure.

A sheet's 空白 and 废票 are papers laid aside and not keyed; a ballot keyed with F8 counts by itself. Who writes it on
the sheet too has counted one paper twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.storage.schema_batches import EntryMode


@dataclass(frozen=True)
class Mend:
    """One change of the control sheet: what the button says, and the figures that it sets."""

    text: str
    figures: Mapping[str, int]


@dataclass(frozen=True)
class Account:
    """What sheet and keyed ballots say together; ``over`` is by how many ballots more were keyed than should be."""

    sentence: str
    over: int = 0
    mend: Mend | None = None


def account(batch: BatchView, *, finished: bool = False) -> Account:
    """Reconcile an open batch; ``finished``: the keyer says that no ballot is left, so too few is a mistake too."""
    if batch.sealed or batch.to_key is None or batch.returned is None:
        return Account("")
    if batch.entry_mode == EntryMode.COUNT:
        return Account(f"{_equation(batch, batch.to_key)}。")
    over = batch.keyed - batch.to_key
    if over > 0:
        sentence, mend = _too_many(batch, over)
        return Account(sentence, over, mend)
    if over == 0:
        return Account(f"{_equation(batch, batch.keyed - batch.keyed_blank - batch.keyed_void)}，对得上。")
    left = f"应录 {batch.to_key} 张，已录 {batch.keyed} 张，还差 {-over} 张。"
    if not finished or not batch.keyed:
        return Account(left)
    returned = batch.returned + over
    asked = f"手里没有票了，就是核对单上的收回写多了：改成 {returned} 张？"
    return Account(left + asked, over, Mend(f"收回改成 {returned} 张", {"returned": returned}))


def _equation(batch: BatchView, valid: int) -> str:
    blank, void = (batch.blank or 0) + batch.keyed_blank, (batch.void or 0) + batch.keyed_void
    spoiled = batch.keyed_blank + batch.keyed_void
    inside = f"（其中按 F8 录的 {spoiled} 张，不用再写在核对单上）" if spoiled else ""
    return f"收回 {batch.returned} 张，等于有效 {valid} 张、空白 {blank} 张、废票 {void} 张之和{inside}"


def _too_many(batch: BatchView, over: int) -> tuple[str, Mend | None]:
    said = f"应录 {batch.to_key} 张，录了 {batch.keyed} 张，多了 {over} 张。"
    void, blank = batch.void or 0, batch.blank or 0
    less_void = min(over, void, batch.keyed_void)
    less_blank = min(over - less_void, blank, batch.keyed_blank)
    if less_void + less_blank == over:
        parts = []
        if less_void:
            parts.append(_twice("F8 作废了", batch.keyed_void, void, void + batch.keyed_void - less_void))
        if less_blank:
            parts.append(
                _twice("整张空白按 F8 录了", batch.keyed_blank, blank, blank + batch.keyed_blank - less_blank)
            )
        total = sum((void, blank, batch.keyed_void, batch.keyed_blank)) - over
        button = f"改成 {total} 张"
        return said + "".join(parts), Mend(button, {"void": void - less_void, "blank": blank - less_blank})
    returned = batch.keyed + void + blank
    if returned <= (batch.issued or 0):
        asked = f"数一数票：真是 {batch.keyed} 张，就是核对单上的收回写少了：改成 {returned} 张？"
        return said + asked, Mend(f"收回改成 {returned} 张", {"returned": returned})
    return f"{said}发出一共 {batch.issued} 张：请数一数票，多录的那张退回去，照纸改过来。", None


def _twice(done: str, keyed: int, written: int, right: int) -> str:
    return f"{done} {keyed} 张，核对单上也写了 {written} 张：改成 {right} 张？"
