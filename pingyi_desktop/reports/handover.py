"""R29 上报核对单: the paper that goes with the package, with control totals that can be checked by hand (domain §6.9).

Marks are bounded by the k-rule as everywhere: where the total or the own session is hidden, so are its columns here.

Two countings that know nothing of each other stand side by side: 本单位数 is added up from the data file's tables, as
every other report is; 下级合计 is added up from the signed packages themselves. What is left between them (差) must be
this unit's own session, and the sheet says whether it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.campaign import campaigns, results
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.tallies import TOO_FEW
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.exchange.wire import package
from pingyi_desktop.exchange.wire.header import ROLLUP, SUBMISSION
from pingyi_desktop.reports.blocks import (
    Cell,
    Facts,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    Table,
    in_words,
)
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.standing.picture import Picture
from pingyi_desktop.storage.schema_campaign import SessionStatus
from pingyi_desktop.storage.schema_exchange import EnvelopeState, StoredEnvelope

SIGNERS = ("党组织书记（签字）：", "经办人（签字）：", "        年    月    日")
COLUMNS = (
    ReportColumn("项目", 70, "left"),
    ReportColumn("本单位数", 40),
    ReportColumn("下级合计", 40),
    ReportColumn("差", 30),
)
ORGS, PEOPLE, MEETINGS = "已报党组织（个）", "各场次登记的党员（人次）", "场次（场）"
EXPECTED, ACTUAL = "应到（人）", "实到（人）"
BALLOTS = {"issued": "发出票（张）", "returned": "收回票（张）", "valid": "有效票（张）"}
COMMON = (ORGS, MEETINGS, PEOPLE, EXPECTED, ACTUAL, *BALLOTS.values())
AGAIN = "请在“收发”页重新导出上报，再打印核对单。"

Totals = Counter[str]


@dataclass(frozen=True)
class Handover:
    """The last exported package of this unit and its control totals; ``below`` is None for a unit without children."""

    head: package.Envelope
    forms: tuple[Form, ...]
    whole: Totals
    below: Totals | None
    own: Totals
    hidden: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)
    """by form: whether its total, and its own session, are not printed"""

    @property
    def agrees(self) -> bool:
        """Whether the packages below and the own session make up the whole."""
        names = self.whole.keys() | self.own.keys() | (self.below or Totals()).keys()
        return all(self.whole[one] - (self.below or Totals())[one] == self.own[one] for one in names)


def build(asked: Question, _layer: int | None, _subject: str) -> Report:
    """R29 for the last package exported; a sentence when there is none, or when figures changed since."""
    found = read(asked)
    head = found.head.address
    period = campaigns.file_period(asked.session, campaign_id=asked.picture.view.id)
    about: tuple[tuple[str, Cell], ...] = (
        ("数据包", package.file_stem(head, period)),
        ("核对号", package.check_number(found.head.id)),
        ("生成日期", in_words(head.created)),
        ("软件版本", head.app),
    )
    return Report(
        "R29",
        "数据上报包核对单",
        "",
        "",
        "",
        (
            Facts(about, across=1),
            _table(found),
            Para(_conclusion(found)),
            Signature(SIGNERS),
        ),
        (
            "注：本单随数据包一并上报。上级导入时，屏幕上的核对号应与本单一致；不一致的不要导入，请打电话核实。",
            "“本单位数”由数据文件汇总，“下级合计”由下级的数据包逐个相加；满意票按统计口径计。",
        ),
    )


def read(asked: Question) -> Handover:
    """The last package this unit exported, with both countings; ``RuleError`` as :func:`build` says."""
    session, seen = asked.session, asked.picture
    view, unit = seen.view, seen.own
    if unit == view.root_code:
        raise broken("V-CHK-23")
    mine = _mine(session, view.id)
    if not mine:
        raise broken("V-CHK-24")
    taken = _taken_in(session, view.id)
    has_children = ROLLUP in mine
    found = Handover(
        head=mine[ROLLUP] if has_children else mine[SUBMISSION],
        forms=view.forms,
        whole=_of_tables(session, seen),
        below=_of_packages(view, taken) if has_children else None,
        own=_of_packages(view, mine.values()),
        hidden=_hidden(asked),
    )
    children = {o.code for o in seen.tree if o.parent_code == unit}
    if not (_covers(mine[ROLLUP], taken, children) if has_children else found.agrees):
        raise broken("V-CHK-25", again=AGAIN)
    return found


def _table(found: Handover) -> Table:
    """A unit without children has nothing to compare with, and only one column of figures."""
    return Table(COLUMNS[:2] if found.below is None else COLUMNS, tuple(_rows(found)))


def _rows(found: Handover) -> Iterable[Row]:
    for one in COMMON:
        yield Row((one, *_columns(found, one)))
    for form in found.forms:
        yield Row((f"满意票：{form.title}",), "section")
        for item in form.items:
            told = _bounded(_columns(found, f"{form.code}/{item.no}"), *found.hidden[form.code])
            yield Row((item.short_text, *told))


def _columns(found: Handover, name: str) -> tuple[Cell, ...]:
    whole = found.whole[name]
    return (whole,) if found.below is None else (whole, found.below[name], whole - found.below[name])


def _bounded(cells: tuple[Cell, ...], whole: bool, own: bool) -> tuple[Cell, ...]:
    """Hidden figures are not printed; the total less what came from below would be the own session, so both go."""
    if whole:
        return (TOO_FEW,) * len(cells)
    return (*cells[:1], *((TOO_FEW,) * len(cells[1:]) if own else cells[1:]))


def _hidden(asked: Question) -> dict[str, tuple[bool, bool]]:
    """By form, whether the unit's total and its own row are hidden."""
    counted, unit = asked.counted, asked.picture.own
    totals = counted.pooled(layer=2, under=unit)
    rows = {
        form.code: counted.by_org(layer=2, form_code=form.code, under=unit) for form in counted.view.forms
    }
    own = {
        code for code, listed in rows.items() for one in listed if one.org.code == unit and one.result.hidden
    }
    return {one.form.code: (one.hidden, one.form.code in own) for one in totals}


def _conclusion(found: Handover) -> str:
    own = "、".join(f"{one.replace('（', ' ').split(' ')[0]} {found.own[one]}" for one in COMMON)
    if found.below is None:
        return "本单位没有下级，以上就是本次上报的全部数据。"
    if found.agrees:
        return f"核对相符：“差”就是本单位自己场次的数（{own}）。"
    return f"核对不相符：“差”应等于本单位自己场次的数（{own}）。请先不要上报。{AGAIN}"


def _mine(session: Session, campaign_id: str) -> dict[str, package.Envelope]:
    """The newest own envelope of each kind that travels upward."""
    rows = session.exec(
        select(StoredEnvelope.type, StoredEnvelope.raw)
        .where(
            StoredEnvelope.campaign_id == campaign_id,
            col(StoredEnvelope.own),
            col(StoredEnvelope.type).in_((SUBMISSION, ROLLUP)),
        )
        .order_by(col(StoredEnvelope.epoch), col(StoredEnvelope.revision))
    )
    newest = {kind: raw for kind, raw in rows if raw is not None}
    return {kind: package.parse_stored(raw) for kind, raw in newest.items()}


def _taken_in(session: Session, campaign_id: str) -> list[package.Envelope]:
    """What was received and counts: chosen submissions and the rollups that vouch for them."""
    raws = session.exec(
        select(StoredEnvelope.raw).where(
            StoredEnvelope.campaign_id == campaign_id,
            col(StoredEnvelope.own).is_(False),
            col(StoredEnvelope.type).in_((SUBMISSION, ROLLUP)),
            col(StoredEnvelope.state).in_((EnvelopeState.CHOSEN, EnvelopeState.SUPPORT)),
        )
    )
    return [package.parse_stored(raw) for raw in raws if raw is not None]


def _covers(rollup: package.Envelope, taken: Iterable[package.Envelope], children: Collection[str]) -> bool:
    """Whether the rollup lists just what was taken in from the direct children."""
    direct = {one.id for one in taken if one.address.unit in children}
    return direct == set(rollup.document("index")["accepts"])


def _of_packages(view: CampaignView, envelopes: Iterable[package.Envelope]) -> Totals:
    """Control totals of these submissions, added up from the signed documents themselves."""
    found = Totals()
    satisfied = {
        (form.code, item.no): item.scale.satisfied(view.rule.satisfied_set)
        for form in view.forms
        for item in form.items
    }
    for envelope in envelopes:
        if envelope.address.type != SUBMISSION:
            continue
        facts = envelope.document("sessions")["sessions"]
        found[ORGS] += len({fact["org"] for fact in facts if fact["layer"] == 2})
        for fact in facts:
            _add_people(found, fact)
        for batch in envelope.document("tallies")["batches"]:
            for key, label in BALLOTS.items():
                found[label] += batch[key]
            for item in batch["items"]:
                marks = (item["counts"][place] for place in satisfied[batch["form"], item["item"]])
                found[f"{batch['form']}/{item['item']}"] += sum(marks)
    return found


def _add_people(found: Totals, fact: Mapping[str, Any]) -> None:
    found[MEETINGS] += 1
    for label, key in ((PEOPLE, "members"), (EXPECTED, "expected"), (ACTUAL, "actual")):
        found[label] += fact[key] or 0


def _of_tables(session: Session, seen: Picture) -> Totals:
    """The same totals as every report counts them: from the sessions held and the batches sealed here and below."""
    found = Totals()
    held = [one for one in seen.meetings if one.status == SessionStatus.HELD]
    found[ORGS] = len({one.org_code for one in held if one.layer == 2})
    for one in held:
        _add_people(found, one._asdict())
    for form in results.exact(session, campaign_id=seen.view.id, under=seen.own):
        for key, label in BALLOTS.items():
            found[label] += getattr(form.figures, key)
        for item in form.items:
            found[f"{form.form.code}/{item.item.no}"] += item.satisfied
    return found
