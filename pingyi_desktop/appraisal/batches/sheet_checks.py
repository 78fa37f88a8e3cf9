"""What a typed control sheet says by itself: papers, people and spoiled ballots that do not go together (domain §7.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlmodel import Session, col, select

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.campaign import campaigns, supplements
from pingyi_desktop.appraisal.paper.tallies import percent
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState
from pingyi_desktop.storage.schema_campaign import AppraisalSession

FEW = 4  # voters of a category who are never counted by themselves (V-PRI-01)


def check_figures(figures: Mapping[str, int]) -> None:
    """What no control sheet can say: V-BAL-05 negative or beyond all bounds, V-BAL-01 (K02), V-BAL-48 more spoiled than returned."""
    issued, returned, blank, void = (figures[key] for key in ("issued", "returned", "blank", "void"))
    if bounds.beyond(figures.values()):
        raise broken("V-BAL-05", what="印制、发出、收回、空白、废票", most=bounds.MOST)
    if returned > issued:
        raise broken("V-BAL-01", returned=returned, issued=issued)
    if blank + void > returned:
        raise broken("V-BAL-48", blank=blank, void=void, returned=returned)


def figure_warnings(session: Session, row: BallotBatch, code: str) -> list[Finding]:
    """What a typed control sheet says: V-BAL-02, 06, 07, 08, 09 and V-PRI-01."""
    meeting = session.get_one(AppraisalSession, row.session_id)
    campaign = campaigns.show(session, campaign_id=meeting.campaign_id)
    beside = session.exec(
        select(BallotBatch)
        .where(BallotBatch.session_id == row.session_id, BallotBatch.state != BatchState.VOID)
        .order_by(col(BallotBatch.form_code))
    ).all()
    known = [supplements.of(session, batch_id=one.id) for one in _of_the_form(row, beside)]
    later = sum(one.people for one in known if one is not None)
    actual = later if row.supplement else came(meeting.actual, later)
    return sheet_warnings(row, code, actual=actual, beside=beside, categories=campaign.voter_categories)


def came(actual: int | None, later: int) -> int | None:
    """People whose papers a batch that came in a package holds: those of the meeting and those who voted later."""
    return None if actual is None else actual + later


def sheet_warnings(
    row: BallotBatch,
    code: str,
    *,
    actual: int | None,
    beside: Sequence[BallotBatch],
    categories: Sequence[tuple[str, str]],
) -> list[Finding]:
    """The same of a control sheet that need not be in the file; ``beside`` are all of its session, ``actual`` who came."""
    return [
        *_present(code, _of_the_form(row, beside), actual=actual),
        *_figures(row, code),
        *_pair(row, code, beside),
        *_few(row, code, categories=categories),
    ]


def _of_the_form(row: BallotBatch, beside: Iterable[BallotBatch]) -> list[BallotBatch]:
    """The stacks of all voter categories that the people of the meeting filled in, or those who voted later."""
    same = (row.form_code, row.supplement)
    return [one for one in beside if (one.form_code, one.supplement) == same]


def _present(code: str, stacks: Sequence[BallotBatch], *, actual: int | None) -> Iterator[Finding]:
    """V-BAL-06 of all voter categories together, once each has its figures: nobody counts the people of one alone here."""
    if actual is None or any(one.issued is None or one.returned is None for one in stacks):
        return
    issued, returned = sum(one.issued or 0 for one in stacks), sum(one.returned or 0 for one in stacks)
    if abs(issued - actual) > bounds.NEAR or returned > bounds.most_ballots(actual):
        yield found("V-BAL-06", code, issued=issued, actual=actual, d=abs(issued - actual))


def _figures(row: BallotBatch, code: str) -> Iterator[Finding]:
    issued, returned = row.issued or 0, row.returned or 0
    spoiled = (row.blank or 0) + (row.void or 0)
    if row.printed is not None and issued > row.printed:
        yield found("V-BAL-02", code, n=issued - row.printed)
    if returned * 5 < issued * 4:
        yield found("V-BAL-08", code, rate=percent(returned, issued))
    if spoiled * 5 > returned:
        yield found("V-BAL-09", code, rate=percent(spoiled, returned))


def _pair(row: BallotBatch, code: str, beside: Iterable[BallotBatch]) -> Iterator[Finding]:
    """V-BAL-07: everyone gets both forms, so a session's forms are issued in equal numbers within a category."""
    for other in beside:
        stack = (row.voter_category, row.supplement)
        same = (other.voter_category, other.supplement) == stack and other.form_code != row.form_code
        if same and other.issued is not None and other.issued != row.issued:
            yield found("V-BAL-07", code, issued=row.issued, form=other.form_code, other=other.issued)


def _few(row: BallotBatch, code: str, *, categories: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """V-PRI-01: a category of voters so small that its own column would tell who filled the papers in.

    What came merged with the other categories is no column of its own any more, nor are those who voted later.
    """
    name = None if row.supplement else dict(categories).get(row.voter_category)
    if name is not None and len(categories) > 1 and 0 < (row.issued or 0) <= FEW:
        yield found("V-PRI-01", code, category=name, many=f"{row.issued} 人")
