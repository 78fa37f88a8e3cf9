"""Where the campaign stands: coverage over the tree, activity figures (R02), and the next step for this unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from sqlmodel import Session

from pingyi_desktop.appraisal.batches.batches import BatchView
from pingyi_desktop.appraisal.campaign import results, sessions, supplements
from pingyi_desktop.appraisal.campaign.results import Counted
from pingyi_desktop.appraisal.campaign.sessions import SessionView
from pingyi_desktop.appraisal.campaign.supplements import Received
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import Figures
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.exchange.inbox import arrivals, unlisted
from pingyi_desktop.exchange.inbox import tray as trays
from pingyi_desktop.exchange.inbox.arrivals import RECEIPT_OLD as RECEIPT_OLD
from pingyi_desktop.exchange.inbox.arrivals import RECEIPTED as RECEIPTED
from pingyi_desktop.exchange.inbox.arrivals import Arrivals
from pingyi_desktop.exchange.inbox.tray import ASSIGNMENT, SUBMISSION, Tray
from pingyi_desktop.exchange.wire.header import RECEIPT
from pingyi_desktop.later import later
from pingyi_desktop.standing import picture as pictures
from pingyi_desktop.standing.picture import Picture
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import SessionStatus

if TYPE_CHECKING:
    from pingyi_desktop.exchange.inbox import desks
    from pingyi_desktop.standing.whole import Whole
else:
    desks = later("pingyi_desktop.exchange.inbox.desks")

NOT_REPORTED, PART, REPORTED, CONFLICT = "未报", "部分", "已报", "冲突"
HELD, MISSING_FILE, LATE, DROPPED = "待核", "缺文件", "逾期未报", "不再列入"
HAND_DOWN, SETTLE, HAND_OVER = "下发任务", "核实待核的内容", "打印核对单"


@dataclass(frozen=True)
class UnitCoverage:
    """One unit of the tree: does the office have its submission? ``revision`` is 0 while it has none.

    ``check_number`` is the one its sender reads out; ``receipt`` is empty, ``RECEIPTED`` or ``RECEIPT_OLD``;
    ``quarantined`` counts its files and contents that wait, ``missing_files`` what its rollup lists and nobody brought; ``late`` is a
    unit that has not reported after the campaign's last day; ``by_proxy`` one whose ballots are entered here (代录).
    ``dropped`` says why a unit counts no more that an office above it had listed ("" for every other).
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
    dropped: str = ""

    @property
    def standing(self) -> str:
        """The most pressing word about the unit: what needs a person comes before what only needs time."""
        if self.state == CONFLICT:
            return CONFLICT
        if self.missing_files:
            return MISSING_FILE
        if self.quarantined and self.state != REPORTED:
            return HELD
        if self.state == DROPPED:
            return DROPPED
        return LATE if self.late else self.state

    @property
    def urgency(self) -> str:
        """How pressing that word is: ``ok``, ``warn`` or ``bad``."""
        return {REPORTED: "ok", CONFLICT: "bad", LATE: "bad"}.get(self.standing, "warn")


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
    def dropped(self) -> tuple[str, ...]:
        """A sentence for each unit that has reported and that an office above no longer lists."""
        return tuple(unit.dropped for unit in self.units if unit.dropped)

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


@dataclass(frozen=True)
class Question:
    """One question about a campaign: whatever its answer is made of is read when it is first needed, and once.

    It belongs to one session, and to one reading of it: who writes asks anew. ``whole`` was read before it.
    """

    session: Session
    campaign_id: str
    whole: Whole | None = None

    @cached_property
    def picture(self) -> Picture:
        """The campaign, its tree, its sessions and its batches."""
        one, known = self.campaign_id, self.whole
        return known.picture(one) if known else pictures.read(self.session, campaign_id=one)

    @cached_property
    def tray(self) -> Tray:
        """What came, and what was decided about it."""
        one, known = self.campaign_id, self.whole
        return trays.read(self.session, campaign_id=one, known=known.decided(one) if known else None)

    @cached_property
    def desk(self) -> desks.Desk:
        """The desk, opened to look; a sentence while the campaign is not published."""
        return desks.open_desk(self.session, self.picture.row, tray=self.tray, to_look=True)

    @cached_property
    def covered(self) -> Coverage:
        """Who has reported, as of today."""
        return coverage_of(self)

    @cached_property
    def came_later(self) -> list[Received]:
        """Batches that came in packages with ballots of people who voted later."""
        return supplements.received(self.session, campaign_id=self.campaign_id)

    @cached_property
    def counted(self) -> Counted:
        """The sealed counts."""
        seen = self.picture
        return results.of(self.session, view=seen.view, own=seen.own, tree=seen.tree, outside=seen.outside)

    @property
    def next_step(self) -> NextStep:
        """The one thing to do now."""
        return _next(self.picture, self.tray, self.covered)


def coverage(session: Session, *, campaign_id: str, today: str | None = None) -> Coverage:
    """Which units of the subtree have reported, this unit's own session included; ``today`` decides who is late."""
    return coverage_of(Question(session, campaign_id), today)


def coverage_of(asked: Question, today: str | None = None) -> Coverage:
    """The same of a campaign that is asked about anyway."""
    seen, received = asked.picture, arrivals.read(asked.tray, lambda: asked.desk)
    over = seen.row.end_date < (today or date.today().isoformat())
    aside = {one.code: one for one in seen.aside}
    planned = Counter(batch.keeper for batch in seen.stacks)
    sealed = Counter(batch.keeper for batch in seen.stacks if batch.sealed)
    meetings: dict[str, list[SessionView]] = {}
    for meeting in seen.meetings:
        meetings.setdefault(meeting.keeper, []).append(meeting)
    found: list[UnitCoverage] = []
    parents = {o.code: o.parent_code or "" for o in seen.tree[1:]}
    names = {o.code: o.short_name for o in seen.tree}
    for o in seen.tree:
        if all(meeting.org_code != o.code for meeting in meetings.get(o.code, ())):
            continue
        own, has = o.code == seen.own or o.code in seen.proxied, o.code in received.revisions
        dropped = unlisted.why(received, o.code, parents=parents, names=names)
        state = _state(meetings[o.code], planned[o.code], sealed[o.code], own=own, has=has)
        state = _state_by_arrivals(o.code, state, received, aside=aside, dropped=dropped)
        found.append(
            UnitCoverage(
                o,
                state,
                received.revisions.get(o.code, 0),
                sealed[o.code],
                planned[o.code],
                check_number=received.check_number(o.code),
                receipt=received.receipts.get(o.code, ""),
                quarantined=received.quarantined[o.code] + (o.code in aside),
                missing_files=received.missing[o.code],
                late=over and state != REPORTED,
                by_proxy=o.code in seen.proxied,
                dropped=dropped if state == DROPPED else "",
            )
        )
    return Coverage(tuple(found), tuple(one.sentence for one in aside.values()))


def _state_by_arrivals(
    code: str, state: str, received: Arrivals, *, aside: Collection[str], dropped: str
) -> str:
    """A unit's state by what came from it too: set aside, in conflict, or listed no longer."""
    if code in aside:
        return NOT_REPORTED
    if code in received.conflicts:
        return CONFLICT
    return DROPPED if dropped and state == NOT_REPORTED else state


def appraised(
    stacks: Iterable[BatchView], *, layer: int, inside: Collection[str], forms: Collection[str]
) -> Appraised:
    """How far the organisations ``inside`` are at a layer, by these forms only; ``stacks`` are the campaign's batches."""
    names: dict[str, str] = {}
    unsealed: set[str] = set()
    for batch in stacks:
        if batch.layer == layer and batch.org_code in inside and batch.form_code in forms:
            names[batch.org_code] = batch.org_name
            if batch.state != BatchState.SEALED:
                unsealed.add(batch.org_code)
    open_ones = tuple(name for code, name in names.items() if code in unsealed)
    return Appraised(layer, len(names) - len(open_ones), open_ones)


def activity(seen: Picture, layer: int) -> list[ActivityRow]:
    """R02's rows at a layer, one per session that is planned or held, in the tree's order; outsized ones left out."""
    kinds = {form.code: form.subject_kind for form in seen.view.forms}
    org_forms: dict[str, Figures] = {}
    member_forms: dict[str, Figures] = {}
    for batch in seen.stacks:
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
        for s in seen.meetings
        if s.layer == layer and s.org_code not in seen.outside
    ]


def first_step(people: int) -> NextStep:
    """The one thing to do while the file has no campaign; ``people`` are the members on its roster."""
    if not people:
        reason = "先建立党组织和党员名册。收到上级任务文件的单位，请到“评议活动”页打开它。"
        return NextStep("organisations", "导入名册", reason)
    return NextStep("campaign", "新建评议活动", "还没有评议活动。也可以打开上级下发的任务文件。")


def _next(picture: Picture, tray: Tray, seen: Coverage) -> NextStep:
    view = picture.view
    if not view.published:
        return NextStep("campaign", "发布活动", f"“{view.name}”还是草稿：选好评议表和统计口径后发布。")
    children = [o for o in picture.tree if o.parent_code == picture.own and o.in_scope]
    if children and not tray.sent(ASSIGNMENT):
        reason = f"活动已经定下，先给 {len(children)} 个直接下级各发一个任务文件。"
        return NextStep("exchange", HAND_DOWN, reason)
    open_ones = [b for b in picture.stacks if b.own and b.state != BatchState.SEALED]
    if open_ones:
        started = sum(b.keyed > 0 or b.entry_mode is not None for b in open_ones)
        begun = f"，其中 {started} 个已开始录" if started else ""
        return NextStep("entry", "去录入", f"本单位还有 {len(open_ones)} 个票批没有封存{begun}。")
    return _after_entry(picture, tray, seen)


def _after_entry(picture: Picture, tray: Tray, seen: Coverage) -> NextStep:
    unheld = [s for s in picture.meetings if s.own and s.status == SessionStatus.PLANNED]
    if unheld:
        return NextStep("entry", "登记场次", f"还有 {len(unheld)} 个场次没有登记应到、实到人数。")
    if seen.missing:
        dropped = f"，其中 {len(seen.dropped)} 个报来过、上级不再列入" if seen.dropped else ""
        reason = f"{seen.sentence}，还差 {len(seen.missing)} 个单位{dropped}。"
        return NextStep("exchange", "导入下级数据包", reason)
    if waiting := sum(one.quarantined > 0 for one in seen.units):
        reason = f"{seen.sentence}，其中 {waiting} 个单位另有报来的内容待核，核实以前没有计入。"
        return NextStep("exchange", SETTLE, reason)
    if picture.view.root_code == picture.own:
        return NextStep("reports", "打印报表", f"{seen.sentence}，数据已齐，可以打印汇总表、出工作总结。")
    if not tray.sent(SUBMISSION):
        return NextStep("exchange", "导出上报", "本单位的票都已封存，可以导出数据包上报上级。")
    if not tray.received(RECEIPT):
        reason = "已导出上报。核对单签字后和 U 盘一起交给上级；U 盘上没有数据包的，再导出一次。"
        return NextStep("exchange", HAND_OVER, reason)
    return NextStep("reports", "打印报表", "已导出上报，收到过回执。可以打印结果报告单；有更正时再导出一次。")


def _state(meetings: Sequence[SessionView], planned: int, sealed: int, *, own: bool, has: bool) -> str:
    done = sealed == planned and all(meeting.status == SessionStatus.HELD for meeting in meetings)
    if done and (own or has):
        return REPORTED
    return PART if sealed or has else NOT_REPORTED


def _figures(batch: BatchView) -> Figures:
    sheet = (batch.printed, batch.issued, batch.returned, batch.valid, batch.blank, batch.void)
    return Figures(*(number or 0 for number in sheet))
