"""Where the campaign stands: coverage over the tree, activity figures (R02), and the next step for this unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import campaign_tree, campaigns, outsized, sessions
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import Figures
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.exchange.inbox import arrivals
from pingyi_desktop.exchange.inbox.arrivals import RECEIPT_OLD as RECEIPT_OLD
from pingyi_desktop.exchange.inbox.arrivals import RECEIPTED as RECEIPTED
from pingyi_desktop.storage.schema import BatchState, Campaign, Envelope, SessionStatus

NOT_REPORTED, PART, REPORTED, CONFLICT = "未报", "部分", "已报", "冲突"
HELD, MISSING_FILE, LATE = "待核", "缺文件", "逾期未报"
HAND_DOWN, SETTLE = "下发任务", "核实待核的内容"


@dataclass(frozen=True)
class UnitCoverage:
    """One unit of the tree: does the office have its submission? ``revision`` is 0 while it has none.

    ``check_number`` is the one its sender reads out; ``receipt`` is empty, ``RECEIPTED`` or ``RECEIPT_OLD``;
    ``quarantined`` counts its files and contents that wait, ``missing_files`` what its rollup lists and nobody brought; ``late`` is a
    unit that has not reported after the campaign's last day; ``by_proxy`` one whose ballots are entered here (代录).
    """

    org: Org
    state: str
    revision: int
    sealed: int
    planned: int
    check_number: str = ""
    receipt: str = ""
    quarantined: int = 0
    missing_files: int = 0
    late: bool = False
    by_proxy: bool = False

    @property
    def standing(self) -> str:
        """The most pressing word about the unit: what needs a person comes before what only needs time."""
        if self.state == CONFLICT:
            return CONFLICT
        if self.missing_files:
            return MISSING_FILE
        if self.quarantined and self.state != REPORTED:
            return HELD
        return LATE if self.late else self.state


@dataclass(frozen=True)
class Coverage:
    """已报 n / 应报 m over the units below (and including) this one that keep a session of their own.

    ``aside`` has a sentence for each unit whose figures are beyond all bounds and count nowhere.
    """

    units: tuple[UnitCoverage, ...]
    aside: tuple[str, ...] = ()

    @property
    def reported(self) -> int:
        """Units whose figures are in."""
        return sum(unit.state == REPORTED for unit in self.units)

    @property
    def expected(self) -> int:
        """Units that have to report."""
        return len(self.units)

    @property
    def sentence(self) -> str:
        """The line every report prints."""
        return f"已报 {self.reported} / 应报 {self.expected}"

    @property
    def missing(self) -> list[UnitCoverage]:
        """Units that have not reported, in the tree's order."""
        return [unit for unit in self.units if unit.state != REPORTED]


@dataclass(frozen=True)
class Appraised:
    """已评 n / 应评 m at a layer: organisations whose planned batches are all sealed, and the names of the others (K20)."""

    layer: int
    done: int
    open: tuple[str, ...]

    @property
    def expected(self) -> int:
        """Organisations that ballots are planned for."""
        return self.done + len(self.open)

    def rate(self, rule: Rule) -> str:
        """覆盖率 with the two numbers."""
        return f"{self.done}/{self.expected} = {tallies.rate(self.done, self.expected, rule=rule).text}%"


@dataclass(frozen=True)
class ActivityRow:
    """One organisation's line of R02 at one layer; people and ballots, None when not registered."""

    org_code: str
    org_name: str
    layer: int
    appraisal_meetings: int
    forums: int
    expected: int | None
    actual: int | None
    org_forms: Figures
    member_forms: Figures
    members: int | None
    self_introduced: int | None
    oral_reports: int | None


@dataclass(frozen=True)
class NextStep:
    """What to press next: a page of the window and the sentence on its button, with the reason."""

    page: str
    label: str
    reason: str


def coverage(session: Session, *, campaign_id: str, today: str | None = None) -> Coverage:
    """Which units of the subtree have reported, this unit's own session included; ``today`` decides who is late."""
    unit = campaign_tree.own_unit(session, campaign_id=campaign_id).code
    over = session.get_one(Campaign, campaign_id).end_date < (today or date.today().isoformat())
    received = arrivals.look(session, campaign_id=campaign_id)
    chosen, proxied = received.revisions, sessions.proxied(session, campaign_id=campaign_id)
    aside = {one.code: one for one in outsized.units(session, campaign_id=campaign_id)}
    planned: Counter[str] = Counter()
    sealed: Counter[str] = Counter()
    for batch in batches.listing(session, campaign_id=campaign_id):
        planned[batch.keeper] += 1
        sealed[batch.keeper] += batch.state == BatchState.SEALED
    meetings: dict[str, list[SessionView]] = {}
    for meeting in sessions.listing(session, campaign_id=campaign_id):
        meetings.setdefault(meeting.keeper, []).append(meeting)
    found = []
    for o in campaign_tree.tree(session, campaign_id=campaign_id):
        if all(meeting.org_code != o.code for meeting in meetings.get(o.code, ())):
            continue
        own = o.code == unit or o.code in proxied
        state = _state(meetings[o.code], planned[o.code], sealed[o.code], own=own, has=o.code in chosen)
        if o.code in received.conflicts:
            state = CONFLICT
        if o.code in aside:
            state, received.quarantined[o.code] = NOT_REPORTED, received.quarantined[o.code] + 1
        found.append(
            UnitCoverage(
                o,
                state,
                chosen.get(o.code, 0),
                sealed[o.code],
                planned[o.code],
                check_number=received.check_number(o.code),
                receipt=received.receipts.get(o.code, ""),
                quarantined=received.quarantined[o.code],
                missing_files=received.missing[o.code],
                late=over and state != REPORTED,
                by_proxy=o.code in proxied,
            )
        )
    return Coverage(tuple(found), tuple(one.sentence for one in aside.values()))


def appraised(
    session: Session, *, campaign_id: str, layer: int, inside: Collection[str], forms: Collection[str]
) -> Appraised:
    """How far the organisations ``inside`` are at a layer, by these forms only."""
    names: dict[str, str] = {}
    unsealed: set[str] = set()
    for batch in batches.listing(session, campaign_id=campaign_id):
        if batch.layer == layer and batch.org_code in inside and batch.form_code in forms:
            names[batch.org_code] = batch.org_name
            if batch.state != BatchState.SEALED:
                unsealed.add(batch.org_code)
    open_ones = tuple(name for code, name in names.items() if code in unsealed)
    return Appraised(layer, len(names) - len(open_ones), open_ones)


def missing(
    seen: Coverage, *, inside: Collection[str] | None = None, late_only: bool = False
) -> list[UnitCoverage]:
    """Units that have not reported (催报), only those among ``inside`` when given, only late ones when asked."""
    return [
        one
        for one in seen.missing
        if (inside is None or one.org.code in inside) and (one.late or not late_only)
    ]


def activity(session: Session, *, campaign_id: str, layer: int) -> list[ActivityRow]:
    """R02's rows at a layer, one per session that is planned or held, in the tree's order; outsized ones left out."""
    view = campaigns.show(session, campaign_id=campaign_id)
    aside = {one.code for one in outsized.units(session, campaign_id=campaign_id)}
    kinds = {form.code: form.subject_kind for form in view.forms}
    org_forms: dict[str, Figures] = {}
    member_forms: dict[str, Figures] = {}
    for batch in batches.listing(session, campaign_id=campaign_id):
        if batch.layer == layer and batch.state == BatchState.SEALED:
            side = org_forms if kinds[batch.form_code] == "ORG" else member_forms
            side[batch.org_code] = side.get(batch.org_code, Figures()) + _figures(batch)
    return [
        ActivityRow(
            org_code=s.org_code,
            org_name=s.org_name,
            layer=s.layer,
            appraisal_meetings=int(s.status == SessionStatus.HELD and s.meeting_type == sessions.APPRAISAL),
            forums=int(s.status == SessionStatus.HELD and s.meeting_type != sessions.APPRAISAL),
            expected=s.expected,
            actual=s.actual,
            org_forms=org_forms.get(s.org_code, Figures()),
            member_forms=member_forms.get(s.org_code, Figures()),
            members=s.members,
            self_introduced=s.self_introduced,
            oral_reports=s.oral_reports,
        )
        for s in sessions.listing(session, campaign_id=campaign_id, layer=layer)
        if s.org_code not in aside
    ]


def next_step(session: Session) -> NextStep:
    """The one thing to do now, from what the file holds."""
    found = campaigns.exists(session)
    if not found and not org.strengths(session):
        reason = "先建立党组织和党员名册。收到上级任务文件的单位，请到“评议活动”页打开它。"
        return NextStep("organisations", "导入名册", reason)
    if not found:
        return NextStep("campaign", "新建评议活动", "还没有评议活动。也可以打开上级下发的任务文件。")
    view = campaigns.current(session)
    unit = campaign_tree.own_unit(session, campaign_id=view.id)
    if not view.published:
        return NextStep("campaign", "发布活动", f"“{view.name}”还是草稿：选好评议表和统计口径后发布。")
    tree = campaign_tree.tree(session, campaign_id=view.id)
    children = [o for o in tree if o.parent_code == unit.code and o.in_scope]
    if children and not _issued(session, view.id, "assignment"):
        reason = f"活动已经定下，先给 {len(children)} 个直接下级各发一个任务文件。"
        return NextStep("exchange", HAND_DOWN, reason)
    own = batches.listing(session, campaign_id=view.id, own_only=True)
    open_ones = [b for b in own if b.state != BatchState.SEALED]
    if open_ones:
        started = sum(b.keyed > 0 or b.entry_mode is not None for b in open_ones)
        return NextStep(
            "entry",
            "去录入",
            f"本单位还有 {len(open_ones)} 个票批没有封存"
            + (f"，其中 {started} 个已开始录。" if started else "。"),
        )
    return _after_entry(session, view, unit)


def _after_entry(session: Session, view: CampaignView, unit: Org) -> NextStep:
    unheld = [
        s
        for s in sessions.listing(session, campaign_id=view.id)
        if s.own and s.status == SessionStatus.PLANNED
    ]
    if unheld:
        return NextStep("entry", "登记场次", f"还有 {len(unheld)} 个场次没有登记应到、实到人数。")
    seen = coverage(session, campaign_id=view.id)
    if seen.missing:
        return NextStep("exchange", "导入下级数据包", f"{seen.sentence}，还差 {len(seen.missing)} 个单位。")
    if waiting := sum(one.quarantined > 0 for one in seen.units):
        reason = f"{seen.sentence}，其中 {waiting} 个单位另有报来的内容待核，核实以前没有计入。"
        return NextStep("exchange", SETTLE, reason)
    if view.root_code == unit.code:
        return NextStep("reports", "打印报表", f"{seen.sentence}，数据已齐，可以打印汇总表。")
    if not _issued(session, view.id, "submission"):
        return NextStep("exchange", "导出上报", "本单位的票都已封存，可以导出数据包上报上级。")
    return NextStep("reports", "打印报表", "已导出上报。可以打印结果报告单；有更正时再导出一次。")


def _issued(session: Session, campaign_id: str, kind: str) -> int:
    """How many envelopes of a kind this unit has signed."""
    mine = select(func.count()).where(
        Envelope.campaign_id == campaign_id, Envelope.type == kind, col(Envelope.own)
    )
    return session.exec(mine).one()


def _state(meetings: Sequence[SessionView], planned: int, sealed: int, *, own: bool, has: bool) -> str:
    done = sealed == planned and all(meeting.status == SessionStatus.HELD for meeting in meetings)
    if done and (own or has):
        return REPORTED
    return PART if sealed or has else NOT_REPORTED


def _figures(batch: BatchView) -> Figures:
    return Figures(
        batch.printed or 0,
        batch.issued or 0,
        batch.returned or 0,
        batch.valid or 0,
        batch.blank or 0,
        batch.void or 0,
    )
