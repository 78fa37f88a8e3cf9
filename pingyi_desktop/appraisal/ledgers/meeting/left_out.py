"""Who has not presented yet (未述职): the members on the roster of the units that keep 汇报登记 here, without a row or 未汇报."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, or_, select, tuple_
from sqlmodel import Session, col

from pingyi_desktop.appraisal.ledgers import catalog, edits, plans, rows
from pingyi_desktop.appraisal.ledgers.plans import Line
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_people import PartyMember, PartyOrganization, RosterStatus
from pingyi_desktop.storage.schemas.meetings import Attendance, PresentedBy


class Left(NamedTuple):
    """A member who has not presented; ``org`` is the code of the branch."""

    number: str
    name: str
    org: str
    org_name: str


def left_out(session: Session, *, campaign_id: str) -> list[Left]:
    """By branch and number. A unit keeps the ledger when it has a row in it; this file's own branch in any case."""
    ledger = catalog.ledger("presentation")
    c, own = ledger.columns_of, select(col(DataFile.unit_code)).scalar_subquery()
    counts = rows.conditions(session, ledger, Asked(campaign_id, ""))
    absent = and_(c.attendance.is_not(None), c.attendance != Attendance.PRESENT)
    told = select(c.org, c.member).where(*counts, or_(c.mode != PresentedBy.NONE, absent))
    unnamed = select(c.org).where(*counts, c.member == "")  # names were taken out of the package: who is who?
    code = col(PartyOrganization.code)
    name = col(PartyMember.name) + col(PartyMember.name_suffix)
    roster = (
        select(col(PartyMember.member_no), name, code, col(PartyOrganization.short_name))
        .join(PartyOrganization, col(PartyMember.org_id) == PartyOrganization.id)
        .where(
            col(PartyMember.retired).is_(False),
            col(PartyMember.roster_status) == RosterStatus.IN_SCOPE,
            or_(code == own, code.in_(select(c.org).where(*counts))),
            code.not_in(unnamed),
            tuple_(code, col(PartyMember.member_no)).not_in(told),
        )
        .order_by(code, col(PartyMember.member_no))
    )
    return [Left(*row) for row in session.execute(roster)]


def register(
    session: Session,
    *,
    campaign_id: str,
    wanted: Sequence[Left],
    mode: str,
    today: str,
    by: str,
    reason: str = "",
) -> edits.Before:
    """Write for all of these how they presented, as a sheet with a line for each would; the way back."""
    ledger = catalog.ledger("presentation")
    lines = tuple(
        Line("未汇报", place, {plans.ORG: one.org, "member": one.number, "mode": mode})
        for place, one in enumerate(wanted, 1)
    )
    sheet = plans.LedgerSheet("未汇报的党员", lines)
    made = plans.plan(session, ledger, campaign_id=campaign_id, sheet=sheet, today=today)
    findings.check(made.findings, reason=reason)
    return plans.apply(session, made, by=by, reason=reason)
