"""票批 for reading and their control sheets: session × form × voter category.

The sheet's figures (印制/发出/收回/空白/废票) are typed once per stack, before or after keying; the identities over
them are checked at the seal (``ballots``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, func, not_, true
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.batches import sheet_checks, stages
from pingyi_desktop.appraisal.batches.stages import Act
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, sessions, supplements
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.paper import keying
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_batches import BallotBatch, BatchState, BatchTarget, EntryMode
from pingyi_desktop.storage.schema_campaign import AppraisalSession, Campaign, SessionStatus
from pingyi_desktop.storage.schema_entry import Correction, DraftBallot, DraftTally
from pingyi_desktop.storage.schema_people import PartyOrganization, RosterStatus


class BatchView(NamedTuple):
    """One batch for reading; figures are ballots, None when not typed yet.

    ``keyed`` counts committed ballots of the first entry, ``keyed_again`` those of the second; ``keyed_blank`` and
    ``keyed_void`` are those of the first that were keyed as wholly blank and as void (F8). ``lines`` and ``lines_again``
    are rows of the tally sheet typed in either entry.
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
    keyed_blank: int = 0
    keyed_void: int = 0
    lines: int = 0
    lines_again: int = 0
    supplement: int = 0
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
    def nothing_to_key(self) -> bool:
        """Whether none came back that is to be keyed."""
        told = None not in (self.blank, self.void) and self.entry_mode != EntryMode.COUNT
        return told and self.to_key == self.keyed == 0

    @property
    def to_key(self) -> int | None:
        """Ballots that should be keyed: returned less blank and void ones."""
        if self.returned is None:
            return None
        return self.returned - (self.blank or 0) - (self.void or 0)


def listing(session: Session, *, campaign_id: str, own_only: bool = False) -> list[BatchView]:
    """The campaign's batches in the tree's order, without void ones."""
    view = campaigns.show(session, campaign_id=campaign_id)
    meetings = sessions.listing(session, campaign_id=campaign_id)
    return [one for one in of(session, view=view, meetings=meetings) if one.own or not own_only]


def of(session: Session, *, view: CampaignView, meetings: Sequence[SessionView]) -> list[BatchView]:
    """The batches of these sessions, which are those of the campaign in order, in one statement."""
    by_session = {s.id: s for s in meetings}
    order = {form.code: number for number, form in enumerate(view.forms)}
    titles = {form.code: form.title for form in view.forms}
    categories = dict(view.voter_categories)
    places = {s: number for number, s in enumerate(by_session)}
    found = session.execute(_rows(), {"campaign": view.id})
    names = list(found.keys())
    rows = [dict(zip(names, row, strict=True)) for row in found]  # a row asked for its names is slow
    rows.sort(
        key=lambda r: (places[r["session_id"]], order[r["form_code"]], r["voter_category"], r["supplement"])
    )
    return [_view(row, by_session[row.pop("session_id")], titles, categories) for row in rows]


_KEYED = ("keyed", "keyed_again", "keyed_blank", "keyed_void", "lines", "lines_again", "corrections")


@cache  # put together once: it is asked all the time
def _rows() -> Select[tuple[Any, ...]]:
    """Columns of a campaign's batches, each with the numbers of ``_KEYED`` (None: none)."""
    first, reason = col(DraftBallot.pass_no) == 1, col(DraftBallot.void_reason)
    blank = reason == keying.WHOLLY_BLANK
    sums = {
        "keyed": first,
        "keyed_again": col(DraftBallot.pass_no) == 2,
        "keyed_blank": and_(first, blank),
        "keyed_void": and_(first, reason != "", not_(blank)),
    }
    keyed = _summed(DraftBallot, sums, col(DraftBallot.committed).is_(True))
    of_pass = {"lines": col(DraftTally.pass_no) == 1, "lines_again": col(DraftTally.pass_no) == 2}
    lines = _summed(DraftTally, of_pass, true())
    corrected = (
        select_rows(col(Correction.batch_id).label("batch"), func.count().label("corrections"))
        .group_by(col(Correction.batch_id))
        .subquery()
    )
    return (
        select_rows(
            *_COLUMNS,
            *(keyed.c[name] for name in sums),
            *(lines.c[name] for name in of_pass),
            corrected.c.corrections,
        )
        .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
        .outerjoin(keyed, keyed.c.batch == BallotBatch.id)
        .outerjoin(lines, lines.c.batch == BallotBatch.id)
        .outerjoin(corrected, corrected.c.batch == BallotBatch.id)
        .where(
            col(AppraisalSession.campaign_id) == bindparam("campaign"),
            col(AppraisalSession.status) != SessionStatus.VOID,
            col(BallotBatch.state) != BatchState.VOID,
        )
    )


def _summed(
    table: type[DraftBallot] | type[DraftTally],
    sums: Mapping[str, ColumnElement[bool]],
    kept: ColumnElement[bool],
) -> Subquery:
    """How many rows of each batch meet each condition."""
    counted = (func.sum(case((met, 1), else_=0)).label(name) for name, met in sums.items())
    batch = col(table.batch_id)
    return select_rows(batch.label("batch"), *counted).where(kept).group_by(batch).subquery()


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
    """Type the control sheet (票批核对单); raises V-BAL-01, 05 and 48.

    ``figure_warnings`` that nobody confirmed for this batch yet ask for a ``reason``.
    """
    row = open_own(session, batch_id, Act.FILL_SHEET)
    figures = {"printed": printed, "issued": issued, "returned": returned, "blank": blank, "void": void}
    sheet_checks.check_figures(figures)
    for key, value in figures.items():
        setattr(row, key, value)
    session.add(row)
    session.flush()
    code = code_of(session, row)
    done = findings.confirmed(session, subject=code, since="作废票批")
    listed = [one for one in sheet_checks.figure_warnings(session, row, code) if one.sentence not in done]
    return findings.weigh(session, listed, reason=reason, by=by, act="登记票批", subject=code, detail=figures)


@dataclass(frozen=True)
class InHand:
    """A batch with all that is asked of it at every key, read in one statement; ``unit`` is this file's."""

    row: BallotBatch
    meeting: AppraisalSession
    campaign: Campaign
    org_code: str
    unit: str


_UNIT = select(DataFile.unit_code).scalar_subquery()
_IN_HAND = (
    select_rows(BallotBatch, AppraisalSession, Campaign, col(PartyOrganization.code), _UNIT)
    .join(AppraisalSession, col(BallotBatch.session_id) == AppraisalSession.id)
    .join(Campaign, col(AppraisalSession.campaign_id) == Campaign.id)
    .join(PartyOrganization, col(AppraisalSession.org_id) == PartyOrganization.id)
    .where(col(BallotBatch.id) == bindparam("batch_id"))
)


def in_hand(session: Session, *, batch_id: str) -> InHand:
    """The batch with its session, campaign and organisation."""
    return InHand(*session.execute(_IN_HAND, {"batch_id": batch_id}).one())


def paper_of(session: Session, *, batch_id: str, hand: InHand | None = None) -> Paper:
    """The shape of the batch's form; for a roster form the rows fixed when keying started."""
    hand = hand or in_hand(session, batch_id=batch_id)
    view = campaigns.view_of(session, hand.campaign)
    form = view.form(hand.row.form_code)
    listed = targets(session, batch_id=batch_id) if form.is_roster else [("", "")]
    options = tuple(len(item.scale.options) for item in form.items)
    return Paper(options, tuple(number for number, _ in listed), view.rule.no_multi)


def targets(session: Session, *, batch_id: str) -> list[tuple[str, str]]:
    """Rows of a roster batch: (member number, printed name), fixed once stored, else today's roster."""
    return fixed_rows(session, batch_id=batch_id) or rows_today(session, batch_id=batch_id)


def fixed_rows(session: Session, *, batch_id: str) -> list[tuple[str, str]]:
    """Its rows as they were printed or first keyed; none before that."""
    query = select(BatchTarget).where(BatchTarget.batch_id == batch_id).order_by(col(BatchTarget.row))
    return [(t.member_no, t.display_name) for t in session.exec(query)]


def rows_today(session: Session, *, batch_id: str) -> list[tuple[str, str]]:
    """What its rows would be by today's roster; V-MEM-33 when nobody is in it."""
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
    """The batch's row when its state allows the act (``stages``), this unit keeps it (V-BAL-49) and its session is not void (V-SES-29)."""
    return take_up(session, batch_id, act).row


def take_up(session: Session, batch_id: str, act: Act) -> InHand:
    """The same with what belongs to it."""
    hand = in_hand(session, batch_id=batch_id)
    row, meeting = hand.row, hand.meeting
    stages.step(row.state, act)
    if row.source_id is not None or not sessions.is_kept(
        session, row=meeting, campaign=hand.campaign, unit=hand.unit, org_code=hand.org_code
    ):
        raise broken("V-BAL-49", org=sessions.subject_of(session, row=meeting).short_name)
    if meeting.status == SessionStatus.VOID:
        raise broken("V-SES-29", org=sessions.subject_of(session, row=meeting).short_name)
    return hand


def state_of(session: Session, *, batch_id: str) -> BatchState:
    """How far the batch is."""
    return BatchState(session.get_one(BallotBatch, batch_id).state)


def move(session: Session, row: BallotBatch, act: Act) -> None:
    """Take the batch to the state that follows the act."""
    row.state = stages.step(row.state, act)
    session.add(row)
    session.flush()


def form_on(session: Session, *, batch_id: str) -> Form:
    """The form on a batch's paper, in whichever campaign the batch belongs to."""
    return form_of(session, session.get_one(BallotBatch, batch_id))


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
    voters = row.voter_category + supplements.suffix(row.supplement)
    return batch_code(meeting.layer, subject.code, row.form_code, row.form_version, voters)


def batch_code(layer: int, org_code: str, form: str, version: int, category: str) -> str:
    """票批码, the same on every sheet of the stack: layer, organisation, form, version, voter category."""
    return f"L{layer}-{org_code}-{form}-v{version}-{category}"


@lru_cache(maxsize=8)
def drawn(sample: str | None) -> tuple[int, ...]:
    """Places of the ballots drawn for the second entry; empty when all are keyed again."""
    return () if sample is None else tuple(json.loads(sample))


_COLUMNS = tuple(
    getattr(BallotBatch, name)
    for name in (
        *(
            "id",
            "session_id",
            "form_code",
            "form_version",
            "voter_category",
            "state",
            "entry_mode",
            "printed",
        ),
        *("issued", "returned", "blank", "void", "valid", "persons", "second_entry", "sample"),
        *("single_reason", "tellers", "scrutineers", "source_id", "supplement"),
    )
)


def _view(
    row: dict[str, Any],
    meeting: sessions.SessionView,
    titles: Mapping[str, str],
    categories: Mapping[str, str],
) -> BatchView:
    """``row`` is used up: what is called the same in both goes over as it is."""
    row.update((name, row[name] or 0) for name in _KEYED)
    form, voters, supplement = row["form_code"], row["voter_category"], row["supplement"]
    version = row["form_version"]
    code = voters + supplements.suffix(supplement)
    name = "＋".join(categories[one] for one in voters.split("+"))
    received, sample = row.pop("source_id") is not None, drawn(row.pop("sample"))
    return BatchView(
        code=batch_code(meeting.layer, meeting.org_code, form, version, code),
        layer=meeting.layer,
        org_code=meeting.org_code,
        org_name=meeting.org_name,
        form_title=titles[form],
        category_name=supplements.named(name, supplement),
        own=meeting.own,
        received=received,
        sample=sample,
        keeper=meeting.keeper,
        **row,
    )
