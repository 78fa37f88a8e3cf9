"""How far a batch is, in words: the stages over the desk, one word in the list, the next step, what its paper says."""

from __future__ import annotations

from enum import StrEnum

from pingyi_desktop.appraisal.batches import stages
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.gui.parts.stages import Stage
from pingyi_desktop.storage.schema_batches import BatchState, EntryMode, SecondEntry

_ORDER = list(BatchState)


class Step(StrEnum):
    """What can be pressed over a batch."""

    PEOPLE = "PEOPLE"
    SHEET = "SHEET"
    KEY = "KEY"
    COUNT = "COUNT"
    CALL = "CALL"
    MEND = "MEND"
    FINISH = "FINISH"
    AGAIN = "AGAIN"
    COMPARE = "COMPARE"
    SETTLE = "SETTLE"
    SIGN = "SIGN"
    UNSIGN = "UNSIGN"
    SEAL = "SEAL"
    CORRECT = "CORRECT"
    MORE = "MORE"


_NAMES = {
    Step.PEOPLE: "登记开会人数",
    Step.SHEET: "登记核对单",
    Step.KEY: "逐票录入",
    Step.MEND: "核对张数",
    Step.FINISH: "录完第一遍",
    Step.AGAIN: "录第二遍",
    Step.COMPARE: "核对两遍",
    Step.SETTLE: "裁定不一致的地方",
    Step.SIGN: "登记签字",
    Step.SEAL: "封存这一批",
}
_MORE = {
    Step.PEOPLE: "人数登记了，才能封存。",
    Step.SHEET: "照纸上的核对单，把五个数填在上面。",
    Step.FINISH: "选第二遍怎么录。",
    Step.AGAIN: "换一个人，不看第一遍，照纸再录。",
    Step.COMPARE: "第二遍录完了。",
    Step.SETTLE: "请第三个人看票，照票上填的定。",
    Step.SIGN: "两遍核对好了，由计票人、监票人核对签字。",
    Step.SEAL: "签字已登记。封存后票的次序抹掉，只留票数；更正要有更正单。",
}


def step_of(batch: BatchView, *, held: bool) -> Step | None:
    """The one next step, which text, focus and primary button name alike; ``held``: the people who came are known."""
    if batch.sealed:
        return None
    if not held:
        return Step.PEOPLE
    match BatchState(batch.state):
        case BatchState.FIRST:
            return _first_step(batch)
        case BatchState.SECOND:
            return Step.COMPARE if _keyed_again(batch) else Step.AGAIN
        case BatchState.DIFFERENCES:
            return Step.SETTLE
        case BatchState.AGREED:
            return Step.SIGN
    return Step.SEAL


def _first_step(batch: BatchView) -> Step:
    if batch.to_key is None:
        return Step.SHEET
    if batch.entry_mode == EntryMode.COUNT or batch.keyed == batch.to_key:
        return Step.FINISH
    return Step.MEND if batch.keyed > batch.to_key else Step.KEY


def _keyed_again(batch: BatchView) -> bool:
    """Whether the second entry is complete."""
    if batch.entry_mode == EntryMode.COUNT:
        return batch.lines_again >= batch.lines
    return batch.keyed_again >= batch.to_key_again


def name_of(step: Step, batch: BatchView) -> str:
    """What its button says."""
    if step is Step.KEY and batch.entry_mode == EntryMode.PER_BALLOT:
        return "接着逐票录入"
    if step is Step.AGAIN and (batch.keyed_again or batch.lines_again):
        return "接着录第二遍"
    return _NAMES[step]


def stages_of(batch: BatchView) -> tuple[Stage, ...]:
    """核对单 → 第一遍 → 第二遍 → 裁定 → 签字 → 封存."""
    at = _ORDER.index(BatchState(batch.state))

    def after(state: BatchState) -> bool:
        return at > _ORDER.index(state)

    single = batch.second_entry == SecondEntry.NONE
    return (
        Stage("核对单", "已填" if batch.returned is not None else "还没填", batch.returned is not None),
        Stage("第一遍", _first(batch), after(BatchState.FIRST)),
        Stage("第二遍", "不录（单录）" if single else _second(batch), after(BatchState.SECOND)),
        Stage("裁定", _differences(batch), after(BatchState.DIFFERENCES)),
        Stage("签字", batch.scrutineers or "还没签", after(BatchState.AGREED)),
        Stage("封存", f"有效 {batch.valid} 张" if batch.sealed else "还没封", batch.sealed),
    )


def state_word(batch: BatchView) -> str:
    """The state of a batch in the list."""
    state = BatchState(batch.state)
    if state is BatchState.SEALED and batch.corrections:
        return f"已封存（更正 {batch.corrections} 次）"
    if state is BatchState.FIRST:
        if batch.entry_mode is None:
            return "未开始"
        if batch.entry_mode == EntryMode.COUNT:
            return "录计票表"
        if batch.to_key is not None and batch.keyed == batch.to_key:
            return "第一遍录完"
        return f"录 {batch.keyed}/{'?' if batch.to_key is None else batch.to_key}"
    if state is BatchState.SECOND and _keyed_again(batch):
        return "第二遍录完"
    if state is BatchState.SECOND and batch.entry_mode == EntryMode.PER_BALLOT:
        return f"复录 {batch.keyed_again}/{batch.to_key_again}"
    return stages.NAMES[state]


def next_step(batch: BatchView, step: Step | None) -> str:
    """One line: what to press next."""
    if step is None:
        return f"这一批已经封存，有效票 {batch.valid} 张。结果请看“结果”页。"
    more = _MORE.get(step, "")
    if step is Step.KEY:
        begun = batch.entry_mode is not None
        more = "随时可以停，录过的都在。" if begun else "第一次录，先到“其他…”里“练一练”。"
    if step is Step.FINISH and batch.nothing_to_key:
        more = "没有要录的票，不用录第二遍。"
    if step is Step.SIGN and batch.second_entry == SecondEntry.NONE:
        how = "没有要录的票" if batch.nothing_to_key else "只录了一遍"
        more = f"{how}，由计票人、监票人对照原始票核对签字。"
    return f"下一步：{name_of(step, batch)}。{more}"


def colour_of(batch: BatchView, step: Step | None) -> str:
    """The kind of its chip: ok, warn or bad; "" while nothing is remarkable."""
    if batch.sealed:
        return "ok"
    return "bad" if step in (Step.MEND, Step.SETTLE) else "" if batch.entry_mode is None else "warn"


def progress_of(batch: BatchView) -> tuple[int, int]:
    """How far the entry is: done and wanted, in ballots (or lines of a tally sheet) of the entry in hand."""
    counted = batch.entry_mode == EntryMode.COUNT
    match BatchState(batch.state):
        case BatchState.FIRST:
            return (0, 1) if counted else (batch.keyed, batch.to_key or 0)
        case BatchState.SECOND:
            return (batch.lines_again, batch.lines) if counted else (batch.keyed_again, batch.to_key_again)
    return 1, 1


def echo(form: Form, batch: BatchView, who: str) -> str:
    """What is printed on the paper, to be held against it before keying."""
    scales = {item.scale.code: item.scale for item in form.items}
    lines = [who] if batch.entry_mode is not None else []
    lines += ["纸上印的是这些吗？不是的话，请先找到对应的那一批。"] if batch.entry_mode is None else []
    lines.append("")
    lines += [f"{number}　{item.text}" for number, item in enumerate(form.items, start=1)]
    lines.append("")
    for scale in scales.values():
        options = "　".join(f"{place} {option.label}" for place, option in enumerate(scale.options, start=1))
        which = "" if len(scales) == 1 else f"（{scale.name}）"
        lines.append(f"等次{which}：{options}")
    if form.is_roster:
        lines.append("名册式：每名党员一行，每行各项都要评。")
    return "\n".join(lines)


def _first(batch: BatchView) -> str:
    if batch.entry_mode is None:
        return "还没录"
    if batch.entry_mode == EntryMode.COUNT:
        return "按计票表"
    return f"{batch.keyed}/{'?' if batch.to_key is None else batch.to_key} 张"


def _second(batch: BatchView) -> str:
    if batch.second_entry is None:
        return "还没录"
    if batch.state not in (BatchState.FIRST, BatchState.SECOND, BatchState.DIFFERENCES):
        return "抽录" if batch.second_entry == SecondEntry.SAMPLE else "全部复录"
    if batch.entry_mode == EntryMode.COUNT:
        return f"计票表 {batch.lines_again}/{batch.lines} 行"
    kind = "抽 " if batch.second_entry == SecondEntry.SAMPLE else ""
    return f"{kind}{batch.keyed_again}/{batch.to_key_again} 张"


def _differences(batch: BatchView) -> str:
    state = BatchState(batch.state)
    if state is BatchState.DIFFERENCES:
        return "有不一致"
    return "无" if _ORDER.index(state) > _ORDER.index(BatchState.DIFFERENCES) else "—"
