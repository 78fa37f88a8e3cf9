"""勾稽: what must agree inside a sound data file, looked at again from the stored figures.

Sealing already enforces K01–K03; these checks find a file in which someone changed a figure behind the program's
back. A unit's own ballots are counted again and held against its tallies and its commitment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper import counting, keying
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schema_batches import (
    BallotBatch,
    BatchState,
    BatchTarget,
    EntryMode,
    ItemTally,
    SealedBallot,
)

Cells = dict[tuple[str, str], Counts]


def sealed(session: Session) -> list[tuple[BatchView, Finding]]:
    """What does not add up in the sealed batches of every campaign (K01–K03 and the commitment); empty when sound."""
    papers: dict[str, Counter[str]] = defaultdict(Counter)
    for row in session.exec(select(SealedBallot)):
        papers[row.batch_id][row.cells] = row.copies
    people: dict[str, list[str]] = defaultdict(list)
    for target in session.exec(select(BatchTarget).order_by(col(BatchTarget.row))):
        people[target.batch_id].append(target.member_no)
    listed: list[tuple[BatchView, Finding]] = []
    for view in campaigns.all_campaigns(session):
        widths = {(f.code, i.no): len(i.scale.options) for f in view.forms for i in f.items}
        stacks = batches.listing(session, campaign_id=view.id)
        cells = _cells(session, stacks, widths)
        for batch in stacks:
            if batch.state != BatchState.SEALED:
                continue
            counted = cells.get(batch.id, {})
            sentences = [*_figures(batch), *_counts(batch, view.form(batch.form_code), counted)]
            if not batch.received and batch.entry_mode == EntryMode.PER_BALLOT:
                targets = people.get(batch.id, [""])
                paper = papers.get(batch.id, Counter())
                sentences += _papers(session, batch, view.form(batch.form_code), counted, paper, targets)
            listed += [(batch, found("V-CHK-21", batch.code, what=sentence)) for sentence in sentences]
    return listed


def _cells(
    session: Session, stacks: Iterable[BatchView], widths: dict[tuple[str, str], int]
) -> dict[str, Cells]:
    forms = {b.id: b.form_code for b in stacks}
    found: dict[str, Cells] = defaultdict(dict)
    for row in session.exec(select(ItemTally)):
        if row.batch_id in forms:
            width = widths.get((forms[row.batch_id], row.item), 0)
            found[row.batch_id][row.target, row.item] = counting.read_tally(row, width)
    return found


def _figures(b: BatchView) -> Iterator[str]:
    returned, valid = b.returned or 0, b.valid or 0
    if returned != valid + (b.blank or 0) + (b.void or 0):
        yield f"收回 {b.returned} ≠ 有效 {b.valid}+空白 {b.blank}+废票 {b.void}。"
    if returned > (b.issued or 0):
        yield f"收回 {b.returned} 张，多于发出 {b.issued} 张。"


def _counts(b: BatchView, form: Form, counted: Cells) -> Iterator[str]:
    valid = b.valid or 0
    items = {item.no for item in form.items}
    if extra := {item for _, item in counted} - items:
        yield f"计票格里有评议表没有的项“{'、'.join(sorted(extra))}”。"
    for item in form.items:
        total = sum(cells.total for (_, no), cells in counted.items() if no == item.no)
        if total != valid * b.persons:
            yield f"第 {item.no} 项各档合计 {total}，与有效票 {valid * b.persons} 不等。"


def _papers(
    session: Session, b: BatchView, form: Form, counted: Cells, stack: Counter[str], targets: list[str]
) -> Iterator[str]:
    paper = Paper(tuple(len(item.scale.options) for item in form.items), tuple(targets))
    if any(keying.read_ballot(paper, cells) is not None for cells in stack):
        yield "封存的票里有不合这张评议表的票。"
    elif stack.total() != (b.valid or 0):
        yield f"封存的票有 {stack.total()} 张，与有效票 {b.valid} 张不等。"
    elif counting.count(form, paper, stack) != counted:
        yield "重新点算封存的票，与计票格不一致。"
    row = session.get_one(BallotBatch, b.id)
    if row.ballot_salt is None or counting.commitment(row.ballot_salt, stack) != row.ballot_commit:
        yield "封存的票与封存时的摘要不一致，票可能被改动过。"
