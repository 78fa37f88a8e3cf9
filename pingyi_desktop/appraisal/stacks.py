"""Whole stacks from a spreadsheet: a plan to look at first, then all of it in one transaction or none of it.

For units that already have their ballots or their counted tallies in a table. A file fills batches that are still
empty; ballots are never added to ballots already keyed, so importing a file twice cannot count a ballot twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from pingyi_desktop.appraisal import ballots, batches, campaigns, org, second, signing, stages
from pingyi_desktop.appraisal.batches import BatchView
from pingyi_desktop.appraisal.forms import Form
from pingyi_desktop.appraisal.org import Finding, Org
from pingyi_desktop.appraisal.tallies import Counts
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema import BatchState, EntryMode

EVERYONE = (("", ""),)


@dataclass(frozen=True)
class Stack:
    """An own batch that a file may fill; ``people`` are (member number, printed name) for roster forms only.

    ``names`` are those of the organisation it appraises, ``above`` those of the own unit and of all above the two.
    """

    batch: BatchView
    form: Form
    people: tuple[tuple[str, str], ...] = EVERYONE
    names: tuple[str, ...] = ()
    above: tuple[str, ...] = ()

    @property
    def cells(self) -> frozenset[tuple[str, str]]:
        """Every (member number, item number) of the paper."""
        return frozenset((number, item.no) for number, _ in self.people for item in self.form.items)


@dataclass(frozen=True)
class Pile:
    """Ballots of one batch, sorted by content: a file's order of rows is not kept."""

    stack: Stack
    ballots: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """Counts of one batch by (member number, item number); ``figures`` is its control sheet when the file has it."""

    stack: Stack
    counts: Mapping[tuple[str, str], Counts]
    figures: Mapping[str, int] | None = None


@dataclass(frozen=True)
class StackFile:
    """What a file says, and what is wrong with it by sheet, row and column."""

    name: str
    stacks: tuple[Pile | Tally, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Entry:
    """One batch of a plan; ``valid`` is ballots, ``figures`` is what would be typed into the control sheet."""

    code: str
    org_name: str
    form_title: str
    category_name: str
    mode: str
    valid: int
    figures: Mapping[str, int] | None


@dataclass(frozen=True)
class StackPlan:
    """What an import would write. Nothing has been written; ``blocked`` when a finding of level E stands in the way."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    file: StackFile = field(compare=False, repr=False)

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(finding.level == "E" for finding in self.findings)


def stacks(session: Session, *, campaign_id: str) -> list[Stack]:
    """The own batches of a campaign with the shape of their paper; a roster form without a roster has no people."""
    view = campaigns.show(session, campaign_id=campaign_id)
    orgs, own = {o.code: o for o in org.tree(session)}, org.own_unit(session).code
    found = []
    for batch in batches.listing(session, campaign_id=campaign_id, own_only=True):
        form = view.form(batch.form_code)
        people = _people(session, batch.id) if form.is_roster else EVERYONE
        above = _line(orgs, own) + [o for o in _line(orgs, batch.org_code) if o.code != batch.org_code]
        names = (batch.org_name, *_names(_line(orgs, batch.org_code)[:1]))
        found.append(Stack(batch, form, people, names, _names(above)))
    return found


def _line(orgs: Mapping[str, Org], code: str | None) -> list[Org]:
    """An organisation and all above it."""
    found: list[Org] = []
    while code is not None and code in orgs and orgs[code] not in found:
        found.append(orgs[code])
        code = orgs[code].parent_code
    return found


def _names(orgs: Sequence[Org]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for o in orgs for name in (o.full_name, o.short_name)))


def plan_stacks(session: Session, *, campaign_id: str, file: StackFile) -> StackPlan:
    """Compare a file with the batches and say what would be written; nothing is written."""
    now = {stack.batch.id: stack for stack in stacks(session, campaign_id=campaign_id)}
    findings = [*file.findings]
    entries = []
    for one in file.stacks:
        batch = one.stack.batch
        stack = now.get(batch.id)
        if stack is None or stack.people != one.stack.people:
            sentence = "票批或名册在读取文件之后有变化，请重新选择文件。"
            findings.append(Finding("V-IMP-12", "E", batch.code, sentence))
            continue
        findings += _judge_pile(stack, one) if isinstance(one, Pile) else _judge_tally(stack, one)
        entries.append(_entry(one))
    if not file.stacks and all(finding.level != "E" for finding in findings):
        sentence = f"“{file.name}”没有填写，里面没有可以导入的票，没有写入任何内容；请填好后再导入。"
        findings.append(Finding("V-IMP-11", "E", file.name, sentence))
    return StackPlan(tuple(entries), tuple(findings), file)


def apply_stacks(session: Session, *, campaign_id: str, plan: StackPlan, by: str) -> list[Finding]:
    """Write a plan; refused when it is blocked or the file has changed since. Returns what deserves a look."""
    if plan.blocked:
        count = sum(finding.level == "E" for finding in plan.findings)
        raise RuleError("V-IMP-12", f"还有 {count} 处必须先改正，没有写入任何内容，请按提示修改后重新导入。")
    if plan_stacks(session, campaign_id=campaign_id, file=plan.file) != plan:
        raise RuleError("V-IMP-12", "预览之后数据又有变化，没有写入任何内容，请重新预览后再导入。")
    told: list[Finding] = []
    for one in plan.file.stacks:
        batch_id = one.stack.batch.id
        if isinstance(one, Pile):
            ballots.enter_ballots(session, batch_id=batch_id, ballots=one.ballots, by=by)
            continue
        if one.figures is not None:
            told += batches.set_control_sheet(session, batch_id=batch_id, by=by, **one.figures)
        if batches.state_of(session, batch_id=batch_id) is BatchState.SECOND:
            second.commit_counts(session, batch_id=batch_id, counts=one.counts, by=by)
        else:
            ballots.enter_counts(session, batch_id=batch_id, counts=one.counts, by=by)
    return told


def _people(session: Session, batch_id: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(batches.targets(session, batch_id=batch_id))
    except RuleError:
        return ()


def _entry(one: Pile | Tally) -> Entry:
    batch = one.stack.batch
    per_ballot = isinstance(one, Pile)
    return Entry(
        code=batch.code,
        org_name=batch.org_name,
        form_title=batch.form_title,
        category_name=batch.category_name,
        mode=EntryMode.PER_BALLOT if per_ballot else EntryMode.COUNT,
        valid=len(one.ballots) if isinstance(one, Pile) else _valid(one),
        figures=None if isinstance(one, Pile) else one.figures,
    )


def _judge_pile(now: Stack, pile: Pile) -> Iterator[Finding]:
    batch, many = now.batch, len(pile.ballots)
    if (blocking := _closed(batch, EntryMode.PER_BALLOT)) is not None:
        yield blocking
    elif batch.entry_mode == EntryMode.PER_BALLOT:
        sentence = f"本票批已录入 {batch.keyed} 张，导入会重复计票。如要以文件为准，请先“整批重录”。"
        yield Finding("V-BAL-03", "E", batch.code, sentence)
    if batch.to_key is None:
        yield Finding("V-BAL-03", "I", batch.code, "还没有填写票批核对单，封存前请填写。")
    elif batch.to_key != many:
        sentence = f"文件里有 {many} 张票，按核对单应有 {batch.to_key} 张（相差 {abs(batch.to_key - many)}），请核对。"
        yield Finding("V-BAL-03", "W", batch.code, sentence)


def _judge_tally(now: Stack, tally: Tally) -> Iterator[Finding]:
    batch, valid = now.batch, _valid(tally)
    if (blocking := _closed(batch, EntryMode.COUNT)) is not None:
        yield blocking
    elif batch.entry_mode == EntryMode.COUNT:
        yield Finding("V-BAL-10", "I", batch.code, "本票批已录过计票表，导入后以文件为准。")
    if tally.figures is not None:
        try:
            batches.check_figures(tally.figures)
        except RuleError as error:
            yield Finding(error.code, "E", batch.code, str(error))
    elif batch.to_key is None:
        yield Finding("V-BAL-03", "I", batch.code, "文件里没有发出、收回张数，封存前请填写票批核对单。")
    counted = {person for person, _ in tally.counts}
    missing = [(no, name) for no, name in now.people if no and no not in counted]
    for number, name in missing if valid else ():
        rows = len(now.form.items)
        sentence = (
            f"计票表里没有“{name}”（编号 {number}）的票数，请补上他的 {rows} 行；没有得票的也要写明 0。"
        )
        yield Finding("V-BAL-04", "E", batch.code, sentence)
    wanted = now.cells - {(number, item.no) for number, _ in missing for item in now.form.items}
    yield from signing.not_adding_up(batch.code, tally.counts, wanted=wanted, valid=valid)


def _closed(batch: BatchView, mode: EntryMode) -> Finding | None:
    """Why nothing can go into this batch now; counts may also be the second entry of a tally sheet."""
    if batch.state == BatchState.SECOND and mode == EntryMode.PER_BALLOT:
        sentence = "第一遍已录完，第二遍请在“录入”页照着纸录，不能从表格导入。"
        return Finding("V-BAL-10", "E", batch.code, sentence)
    if batch.state not in (BatchState.FIRST, BatchState.SECOND):
        sentence = f"该票批{stages.NAMES[BatchState(batch.state)]}，不能再导入。"
        return Finding("V-BAL-17", "E", batch.code, sentence)
    if batch.entry_mode not in (None, mode):
        used = ballots.MODES[EntryMode(batch.entry_mode)]
        sentence = f"本票批已用“{used}”，不能再用“{ballots.MODES[mode]}”；如要改换，请先“整批重录”。"
        return Finding("V-BAL-10", "E", batch.code, sentence)
    return None


def _valid(tally: Tally) -> int:
    """Valid ballots by the file's figures, else by the control sheet, else by the first row of counts."""
    if (figures := tally.figures) is not None:
        return figures["returned"] - figures["blank"] - figures["void"]
    if tally.stack.batch.to_key is not None:
        return tally.stack.batch.to_key
    return next((cells.total for cells in tally.counts.values()), 0)
