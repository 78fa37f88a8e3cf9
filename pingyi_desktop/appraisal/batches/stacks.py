"""Whole stacks from a spreadsheet: a plan to look at first, then all of it in one transaction or none of it.

For units that already have their ballots or their counted tallies in a table. A file fills batches that are still
empty; ballots are never added to ballots already keyed, so importing a file twice cannot count a ballot twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from pingyi_desktop.appraisal.batches import ballots, batches, printed, second, sheet_checks, signing, stages
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, gradings
from pingyi_desktop.appraisal.paper import grades
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, broken, found
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage.schema_batches import BatchState, EntryMode

EVERYONE = (("", ""),)
SHORT_ROW, OTHER_COLUMNS, LONG, TWO_PAGES = 1024, 120, 900, 8192  # bytes (see ``room``)


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
class StackEntry:
    """One batch of a plan; ``valid`` is ballots, ``figures`` is what would be typed into the control sheet."""

    code: str
    org_name: str
    form_title: str
    mode: str
    valid: int
    figures: Mapping[str, int] | None


@dataclass(frozen=True)
class StackPlan:
    """What an import would write. Nothing has been written; ``blocked`` when a finding of level E stands in the way."""

    entries: tuple[StackEntry, ...]
    findings: tuple[Finding, ...]
    file: StackFile = field(compare=False, repr=False)

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(finding.weight is Weight.ERROR for finding in self.findings)


def stacks(session: Session, *, campaign_id: str) -> list[Stack]:
    """The own batches of a campaign with the shape of their paper; a roster form without a roster has no people."""
    view = campaigns.show(session, campaign_id=campaign_id)
    orgs = {o.code: o for o in campaign_tree.tree(session, campaign_id=campaign_id)}
    own = campaign_tree.own_unit(session, campaign_id=campaign_id).code
    listed = []
    for batch in batches.listing(session, campaign_id=campaign_id, own_only=True):
        form = view.form(batch.form_code)
        people = _people(session, batch.id) if form.is_roster else EVERYONE
        above = _line(orgs, own) + [o for o in _line(orgs, batch.org_code) if o.code != batch.org_code]
        names = (batch.org_name, *_names(_line(orgs, batch.org_code)[:1]))
        listed.append(Stack(batch, form, people, names, _names(above)))
    return listed


def _line(orgs: Mapping[str, Org], code: str | None) -> list[Org]:
    """An organisation and all above it."""
    listed: list[Org] = []
    while code is not None and code in orgs and orgs[code] not in listed:
        listed.append(orgs[code])
        code = orgs[code].parent_code
    return listed


def _names(orgs: Sequence[Org]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for o in orgs for name in (o.full_name, o.short_name)))


def plan_stacks(session: Session, *, campaign_id: str, file: StackFile) -> StackPlan:
    """Compare a file with the batches and say what would be written; nothing is written."""
    now = {stack.batch.id: stack for stack in stacks(session, campaign_id=campaign_id)}
    listed = [*file.findings]
    entries = []
    for one in file.stacks:
        batch = one.stack.batch
        stack = now.get(batch.id)
        if stack is None or stack.people != one.stack.people:
            listed.append(found("V-IMP-28", batch.code))
            continue
        listed += _judge_pile(stack, one) if isinstance(one, Pile) else _judge_tally(stack, one)
        listed += _judge_grades(session, campaign_id, one)
        entries.append(_entry(one))
    if not file.stacks and all(finding.weight is not Weight.ERROR for finding in listed):
        listed.append(found("V-IMP-25", file.name, file=file.name, what="可以导入的票"))
    return StackPlan(tuple(entries), tuple(listed), file)


def apply_stacks(
    session: Session, *, campaign_id: str, plan: StackPlan, by: str, reason: str = ""
) -> tuple[Finding, ...]:
    """Write a plan; refused when it is blocked or the file has changed since. Returns what the control sheets inform of.

    Everything unusual in it is confirmed at once, with one ``reason``.
    """
    if plan.blocked:
        count = sum(finding.weight is Weight.ERROR for finding in plan.findings)
        raise broken("V-IMP-12", n=count)
    if plan_stacks(session, campaign_id=campaign_id, file=plan.file) != plan:
        raise broken("V-IMP-27")
    told: list[Finding] = []
    asking = [one for one in plan.findings if one.weight is Weight.WARNING]
    if asking and reason:
        subject = plan.file.name
        findings.weigh(session, asking, reason=reason, by=by, act="确认票批表格", subject=subject)
    for one in plan.file.stacks:
        try:
            told += _write(session, one, by=by, reason=reason)
        except NeedsReasonError as error:
            asking += [each for each in error.findings if isinstance(each, Finding)]
    findings.check(asking, reason=reason)
    return tuple(dict.fromkeys(told))


def room(plan: StackPlan) -> int:
    """How many bytes writing a plan takes at most, for ``Store.transaction``: pages half full, long rows on their own."""
    return sum(_room(one) for one in plan.file.stacks)


def _room(one: Pile | Tally) -> int:
    rows = SHORT_ROW * (1 + len(one.stack.people))
    if isinstance(one, Tally):
        return rows + SHORT_ROW * len(one.counts)
    size = len(one.stack.cells) + OTHER_COLUMNS
    longest = [max(size, OTHER_COLUMNS + len(cells.encode())) for cells in one.ballots]
    return rows + sum(3 * length if length < LONG else length + TWO_PAGES for length in longest)


def _write(session: Session, one: Pile | Tally, *, by: str, reason: str) -> tuple[Finding, ...]:
    batch_id, told = one.stack.batch.id, tuple[Finding, ...]()
    if isinstance(one, Pile):
        ballots.enter_ballots(session, batch_id=batch_id, ballots=one.ballots, by=by)
        return told
    if (figures := one.figures) is not None:
        told = batches.set_control_sheet(
            session,
            batch_id=batch_id,
            printed=figures["printed"],
            issued=figures["issued"],
            returned=figures["returned"],
            blank=figures["blank"],
            void=figures["void"],
            by=by,
            reason=reason,
        )
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


def _entry(one: Pile | Tally) -> StackEntry:
    batch = one.stack.batch
    per_ballot = isinstance(one, Pile)
    return StackEntry(
        code=batch.code,
        org_name=batch.org_name,
        form_title=batch.form_title,
        mode=EntryMode.PER_BALLOT if per_ballot else EntryMode.COUNT,
        valid=len(one.ballots) if isinstance(one, Pile) else _valid(one),
        figures=None if isinstance(one, Pile) else one.figures,
    )


def _judge_pile(now: Stack, pile: Pile) -> Iterator[Finding]:
    batch, many = now.batch, len(pile.ballots)
    if (blocking := _closed(batch, EntryMode.PER_BALLOT)) is not None:
        yield blocking
    elif batch.entry_mode == EntryMode.PER_BALLOT:
        yield found("V-BAL-81", batch.code, n=batch.keyed)
    if batch.to_key is None:
        yield found("V-BAL-82", batch.code)
    elif batch.to_key != many:
        yield found("V-BAL-83", batch.code, n=many, sheets=batch.to_key, d=abs(batch.to_key - many))


def _judge_tally(now: Stack, tally: Tally) -> Iterator[Finding]:
    batch, valid = now.batch, _valid(tally)
    if (blocking := _closed(batch, EntryMode.COUNT)) is not None:
        yield blocking
    elif batch.entry_mode == EntryMode.COUNT:
        yield found("V-BAL-84", batch.code)
    if tally.figures is not None:
        try:
            sheet_checks.check_figures(tally.figures)
        except RuleError as error:
            yield Finding(error.code, Weight.ERROR, batch.code, str(error))
    elif batch.to_key is None:
        yield found("V-BAL-85", batch.code)
    counted = {person for person, _ in tally.counts}
    missing = [(no, name) for no, name in now.people if no and no not in counted]
    for number, name in missing if valid else ():
        yield found("V-BAL-69", batch.code, name=name, number=number, n=len(now.form.items))
    wanted = now.cells - {(number, item.no) for number, _ in missing for item in now.form.items}
    names = signing.called(now.form, now.people)
    yield from signing.not_adding_up(batch.code, tally.counts, names=names, wanted=wanted, valid=valid)


def _judge_grades(session: Session, campaign_id: str, one: Pile | Tally) -> Iterator[Finding]:
    """V-BAL-14 and 15, before anything is written."""
    batch, form = one.stack.batch, one.stack.form
    names = printed.probationary(session, batch_id=batch.id) if form.is_roster else {}
    if isinstance(one, Tally):
        yield from grades.on_counts(batch.code, form, one.counts, names)
    else:
        paper = batches.paper_of(session, batch_id=batch.id)
        grading = gradings.of(session, campaign_id=campaign_id)
        yield from grades.on_stack(batch.code, form, paper, Counter(one.ballots), names, grading)


def _closed(batch: BatchView, mode: EntryMode) -> Finding | None:
    """Why nothing can go into this batch now; counts may also be the second entry of a tally sheet."""
    if batch.state == BatchState.SECOND and mode == EntryMode.PER_BALLOT:
        return found("V-BAL-86", batch.code)
    if batch.state not in (BatchState.FIRST, BatchState.SECOND):
        return found("V-BAL-87", batch.code, state=stages.NAMES[BatchState(batch.state)])
    if batch.entry_mode not in (None, mode):
        used = ballots.MODES[EntryMode(batch.entry_mode)]
        return found("V-BAL-39", batch.code, used=used, mode=ballots.MODES[mode])
    return None


def _valid(tally: Tally) -> int:
    """Valid ballots by the file's figures, else by the control sheet, else by the first row of counts."""
    if (figures := tally.figures) is not None:
        return figures["returned"] - figures["blank"] - figures["void"]
    if tally.stack.batch.to_key is not None:
        return tally.stack.batch.to_key
    return next((cells.total for cells in tally.counts.values()), 0)
