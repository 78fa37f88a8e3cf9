"""票批 for reading and their control sheets: session × form × voter category.

The sheet's figures (印制/发出/收回/空白/废票) are typed once per stack, before or after keying; the identities over
them are checked at the seal (``ballots``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func
from sqlmodel import Session, col, select

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.batches import stages
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, sessions
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import percent
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.storage.schema import (
    AppraisalSession,
    BallotBatch,
    BatchState,
    BatchTarget,
    PartyOrganization,
    RosterStatus,
    SessionStatus,
)
from pingyi_desktop.storage.schema_entry import Correction, DraftBallot

FEW = 4  # voters of a category who are never counted by themselves (V-PRI-01)


@dataclass(frozen=True)
class BatchView:
    """One batch for reading; figures are ballots, None when not typed yet.

    ``keyed`` counts committed ballots of the first entry, ``keyed_again`` those of the second.
    """

    id: str
    code: str
    layer: int
    org_code: str
    org_name: str
    form_code: str
    form_version: int
    form_title: str
    voter_category: str
    category_name: str
    state: str
    entry_mode: str | None
    printed: int | None
    issued: int | None
    returned: int | None
    blank: int | None
    void: int | None
    valid: int | None
    persons: int
    keyed: int
    own: bool
    received: bool
    keyed_again: int = 0
    second_entry: str | None = None
    sample: tuple[int, ...] = ()
    single_reason: str = ""
    tellers: str = ""
    scrutineers: str = ""
    corrections: int = 0
    keeper: str = ""
    """code of the unit that keeps its session and reports it"""

    @property
    def sealed(self) -> bool:
        """Whether its counts count."""
        return self.state == BatchState.SEALED

    @property
    def to_key_again(self) -> int:
        """Ballots of the second entry: the sample, or as many as the first entry has."""
        return len(self.sample) or self.keyed

    @property
    def to_key(self) -> int | None:
        """Ballots that should be keyed: returned less blank and void ones."""
        if self.returned is None:
            return None
        return self.returned - (self.blank or 0) - (self.void or 0)


def listing(session: Session, *, campaign_id: str, own_only: bool = False) -> list[BatchView]:
    """The campaign's batches in the tree's order, without void ones."""
    view = campaigns.show(session, campaign_id=campaign_id)
    keyed = _keyed(session)
    corrections: Counter[str] = Counter(session.exec(select(Correction.batch_id)))
    by_session = {s.id: s for s in sessions.listing(session, campaign_id=campaign_id)}
    order = {form.code: number for number, form in enumerate(view.forms)}
    titles = {form.code: form.title for form in view.forms}
    categories = dict(view.voter_categories)
    rows = session.exec(
        select(BallotBatch)
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .where(
            AppraisalSession.campaign_id == campaign_id,
            AppraisalSession.status != SessionStatus.VOID,
            BallotBatch.state != BatchState.VOID,
        )
    ).all()
    listed = []
    for row in rows:
        meeting = by_session[row.session_id]
        if own_only and not meeting.own:
            continue
        view_of = _view(row, meeting, titles, categories)
        listed.append(
            replace(
                view_of,
                keyed=keyed.get((row.id, 1), 0),
                keyed_again=keyed.get((row.id, 2), 0),
                corrections=corrections[row.id],
            )
        )
    places = {s: number for number, s in enumerate(by_session)}
    place_of = {row.id: places[row.session_id] for row in rows}
    return sorted(listed, key=lambda b: (place_of[b.id], order[b.form_code], b.voter_category))


def find(session: Session, *, campaign_id: str, code: str) -> BatchView:
    """The batch with this code (票批码)."""
    for batch in listing(session, campaign_id=campaign_id):
        if batch.code == code:
            return batch
    raise broken("V-BAL-47", code=code)


def set_control_sheet(
    session: Session,
    *,
    batch_id: str,
    printed: int,
    issued: int,
    returned: int,
    blank: int,
    void: int,
    by: str,
    reason: str = "",
) -> tuple[Finding, ...]:
    """Type the control sheet (票批核对单); raises V-BAL-01, 05 and 48; ``figure_warnings`` ask for a ``reason``."""
    row = open_own(session, batch_id, Act.FILL_SHEET)
    figures = {"printed": printed, "issued": issued, "returned": returned, "blank": blank, "void": void}
    check_figures(figures)
    for key, value in figures.items():
        setattr(row, key, value)
    session.add(row)
    session.flush()
    return findings.weigh(
        session,
        figure_warnings(session, row),
        reason=reason,
        by=by,
        act="登记票批",
        subject=code_of(session, row),
        detail=figures,
    )


def check_figures(figures: Mapping[str, int]) -> None:
    """What no control sheet can say: V-BAL-05 negative or beyond all bounds, V-BAL-01 (K02), V-BAL-48 more spoiled than returned."""
    issued, returned, blank, void = (figures[key] for key in ("issued", "returned", "blank", "void"))
    if bounds.beyond(figures.values()):
        raise broken("V-BAL-05", what="印制、发出、收回、空白、废票", most=bounds.MOST)
    if returned > issued:
        raise broken("V-BAL-01", returned=returned, issued=issued)
    if blank + void > returned:
        raise broken("V-BAL-48", blank=blank, void=void, returned=returned)


def paper_of(session: Session, *, batch_id: str) -> Paper:
    """The shape of the batch's form; for a roster form the rows fixed when keying started."""
    row = session.get_one(BallotBatch, batch_id)
    form = form_of(session, row)
    options = tuple(len(item.scale.options) for item in form.items)
    if not form.is_roster:
        return Paper(options)
    return Paper(options, tuple(number for number, _ in targets(session, batch_id=batch_id)))


def targets(session: Session, *, batch_id: str) -> list[tuple[str, str]]:
    """Rows of a roster batch: (member number, printed name), fixed once stored, else today's roster."""
    query = select(BatchTarget).where(BatchTarget.batch_id == batch_id).order_by(col(BatchTarget.row))
    stored = [(t.member_no, t.display_name) for t in session.exec(query)]
    if stored:
        return stored
    row = session.get_one(BallotBatch, batch_id)
    meeting = session.get_one(AppraisalSession, row.session_id)
    subject = sessions.subject_of(session, row=meeting)
    inside = campaign_tree.tree(session, campaign_id=meeting.campaign_id, under=subject.code)
    listed = [
        (m.member_no, m.display_name)
        for m in members.members(session, of=[o.code for o in inside])
        if m.roster_status == RosterStatus.IN_SCOPE
    ]
    if not listed:
        raise broken("V-MEM-33", name=subject.short_name)
    return listed


def open_own(session: Session, batch_id: str, act: Act) -> BallotBatch:
    """The batch's row when its state allows the act (``stages``) and this unit keeps it (V-BAL-49)."""
    row = session.get_one(BallotBatch, batch_id)
    meeting = session.get_one(AppraisalSession, row.session_id)
    code = session.get_one(PartyOrganization, meeting.org_id).code
    stages.step(row.state, act)
    if row.source_id is not None or not sessions.is_own(session, row=meeting, org_code=code):
        raise broken("V-BAL-49", org=sessions.subject_of(session, row=meeting).short_name)
    return row


def state_of(session: Session, *, batch_id: str) -> BatchState:
    """How far the batch is."""
    return BatchState(session.get_one(BallotBatch, batch_id).state)


def move(session: Session, row: BallotBatch, act: Act) -> None:
    """Take the batch to the state that follows the act."""
    row.state = stages.step(row.state, act)
    session.add(row)
    session.flush()


def figure_warnings(session: Session, row: BallotBatch) -> list[Finding]:
    """What a typed control sheet says: V-BAL-02, 06, 07, 08, 09 and V-PRI-01."""
    code = code_of(session, row)
    meeting = session.get_one(AppraisalSession, row.session_id)
    campaign = campaigns.show(session, campaign_id=meeting.campaign_id)
    return [
        *_figures(row, code, actual=meeting.actual),
        *_pair(session, row, code),
        *_few(row, code, categories=campaign.voter_categories),
    ]


def _figures(row: BallotBatch, code: str, *, actual: int | None) -> Iterator[Finding]:
    issued, returned = row.issued or 0, row.returned or 0
    spoiled = (row.blank or 0) + (row.void or 0)
    if row.printed is not None and issued > row.printed:
        yield found("V-BAL-02", code, n=issued - row.printed)
    if actual is not None and abs(issued - actual) > 5:
        yield found("V-BAL-06", code, issued=issued, actual=actual, d=abs(issued - actual))
    if returned * 5 < issued * 4:
        yield found("V-BAL-08", code, rate=percent(returned, issued))
    if spoiled * 5 > returned:
        yield found("V-BAL-09", code, rate=percent(spoiled, returned))


def _pair(session: Session, row: BallotBatch, code: str) -> Iterator[Finding]:
    """V-BAL-07: everyone gets both forms, so a session's forms are issued in equal numbers within a category."""
    query = select(BallotBatch).where(
        BallotBatch.session_id == row.session_id,
        BallotBatch.voter_category == row.voter_category,
        BallotBatch.id != row.id,
        BallotBatch.state != BatchState.VOID,
    )
    for other in session.exec(query.order_by(col(BallotBatch.form_code))):
        if other.issued is not None and other.issued != row.issued:
            yield found("V-BAL-07", code, issued=row.issued, form=other.form_code, other=other.issued)


def _few(row: BallotBatch, code: str, *, categories: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """V-PRI-01: a category of voters so small that its own column would tell who filled the papers in."""
    if len(categories) > 1 and 0 < (row.issued or 0) <= FEW:
        yield found("V-PRI-01", code, category=dict(categories)[row.voter_category], n=row.issued)


def form_of(session: Session, row: BallotBatch) -> Form:
    """The form on the batch's paper."""
    meeting = session.get_one(AppraisalSession, row.session_id)
    return campaigns.show(session, campaign_id=meeting.campaign_id).form(row.form_code)


def rule_of(session: Session, row: BallotBatch) -> Rule:
    """The counting rule of the batch's campaign."""
    meeting = session.get_one(AppraisalSession, row.session_id)
    return campaigns.show(session, campaign_id=meeting.campaign_id).rule


def code_of(session: Session, row: BallotBatch) -> str:
    """票批码 of a row."""
    meeting = session.get_one(AppraisalSession, row.session_id)
    subject = session.get_one(PartyOrganization, meeting.org_id)
    return batch_code(meeting.layer, subject.code, row.form_code, row.form_version, row.voter_category)


def batch_code(layer: int, org_code: str, form: str, version: int, category: str) -> str:
    """票批码, the same on every sheet of the stack: layer, organisation, form, version, voter category."""
    return f"L{layer}-{org_code}-{form}-v{version}-{category}"


def _view(
    row: BallotBatch,
    meeting: sessions.SessionView,
    titles: Mapping[str, str],
    categories: Mapping[str, str],
) -> BatchView:
    return BatchView(
        id=row.id,
        code=batch_code(meeting.layer, meeting.org_code, row.form_code, row.form_version, row.voter_category),
        layer=meeting.layer,
        org_code=meeting.org_code,
        org_name=meeting.org_name,
        form_code=row.form_code,
        form_version=row.form_version,
        form_title=titles[row.form_code],
        voter_category=row.voter_category,
        category_name="＋".join(categories[code] for code in row.voter_category.split("+")),
        state=row.state,
        entry_mode=row.entry_mode,
        printed=row.printed,
        issued=row.issued,
        returned=row.returned,
        blank=row.blank,
        void=row.void,
        valid=row.valid,
        persons=row.persons,
        keyed=0,
        own=meeting.own,
        received=row.source_id is not None,
        second_entry=row.second_entry,
        sample=tuple(json.loads(row.sample or "[]")),
        single_reason=row.single_reason,
        tellers=row.tellers,
        scrutineers=row.scrutineers,
        keeper=meeting.keeper,
    )


def _keyed(session: Session) -> dict[tuple[str, int], int]:
    """Committed ballots by (batch, pass)."""
    query = (
        select(DraftBallot.batch_id, DraftBallot.pass_no, func.count())
        .where(col(DraftBallot.committed))
        .group_by(DraftBallot.batch_id, col(DraftBallot.pass_no))
    )
    return {(batch_id, pass_no): many for batch_id, pass_no, many in session.exec(query)}
