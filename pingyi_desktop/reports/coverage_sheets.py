"""R24 覆盖与缺报清单 and the 催报表 made from it: who has handed in what, and whom to remind (domain §6.8, §6.9).

Of the columns in the field's list only those stand here that this edition keeps a record of; one that could only be
printed empty is left out. Units are taken one by one from the tree, so that a line can be ticked off by telephone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from sqlmodel import Session

from pingyi_desktop.appraisal.paper.forms import side_of
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.reports import activity
from pingyi_desktop.reports.blocks import (
    Block,
    Cell,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Table,
    in_words,
)
from pingyi_desktop.standing import overview
from pingyi_desktop.standing.overview import CONFLICT, REPORTED, Question, UnitCoverage
from pingyi_desktop.standing.picture import Picture
from pingyi_desktop.storage.schema_batches import BatchState
from pingyi_desktop.storage.schema_campaign import SessionStatus
from pingyi_desktop.storage.schema_people import OrgType

DONE, LACKING = "√", "缺"
DIRECT = "直属单位"
COLUMNS = (
    ReportColumn("序号", 10, "center"),
    ReportColumn("党组织", 54, "left"),
    ReportColumn("名册", 13, "center"),
    ReportColumn("会议", 13, "center"),
    ReportColumn("组织表", 15, "center"),
    ReportColumn("党员表", 15, "center"),
    ReportColumn("上报", 20, "center"),
    ReportColumn("第几次", 14, "center"),
    ReportColumn("核对号", 34, "center"),
)
REMINDER_COLUMNS = (
    ReportColumn("序号", 10, "center"),
    ReportColumn("党组织", 44, "left"),
    ReportColumn("上级党组织", 36, "left"),
    ReportColumn("现状", 20, "center"),
    ReportColumn("还缺什么", 46, "left"),
    ReportColumn("联系人、答复", 26, "left"),
)


@dataclass(frozen=True)
class UnitLine:
    """One unit that has to report: what of it is in. None means that the column does not apply to it."""

    unit: UnitCoverage
    above: str
    roster: bool | None
    meeting: bool
    org_forms: bool | None
    member_forms: bool | None

    @property
    def lacking(self) -> str:
        """What is still to come, in the order in which it is done; what came and may not count yet is not asked for again."""
        if self.unit.state == CONFLICT:
            return "报来的内容有冲突，待核实"
        if self.unit.quarantined:
            return "已报来，待核实"
        if self.unit.dropped:
            return "报来过，上级不再列入，待核实"
        wanted = (
            ("名册", self.roster),
            ("会议", self.meeting),
            ("组织表", self.org_forms),
            ("党员表", self.member_forms),
            ("上报包", self.unit.state == REPORTED),
        )
        return "、".join(name for name, done in wanted if done is False)


def coverage_list(asked: Question, _layer: int | None, under: str) -> Report:
    """R24: every unit of the subtree with what is in and what is not; the layer says nothing here."""
    seen, found = asked.picture, _lines(asked, under)
    deadline = in_words(seen.view.end_date)
    blocks: list[Block] = [
        _summary(found, deadline),
        Table(COLUMNS, tuple(_rows(found, _groups(seen)))),
    ]
    missing = [one.unit.org.short_name for one in found if one.unit.state != REPORTED]
    if missing:
        blocks += [
            Heading(f"未交清单（应在 {deadline} 前报送）"),
            Para(f"共 {len(missing)} 个单位：{'、'.join(missing)}。"),
        ]
    else:
        blocks.append(Para("应报单位全部报齐。"))
    blocks += [Para(one.unit.dropped) for one in found if one.unit.dropped]
    note = f"注：“{DONE}”为已有，“{LACKING}”为还没有，“—”为该单位没有这一项（例如没有票的会议）。"
    return Report("R24", "覆盖与缺报清单", "", "", "单位：个", tuple(blocks), (note, *_rates(seen, under)))


def reminder(asked: Question, _layer: int | None, under: str) -> Report:
    """R24B 催报表: only the units that have not reported, with what each lacks and room for what they answered."""
    seen, found = asked.picture, _lines(asked, under)
    open_ones = [one for one in found if one.unit.state != REPORTED]
    deadline = in_words(seen.view.end_date)
    rows = [
        Row((number, one.unit.org.short_name, one.above, one.unit.standing, one.lacking, ""))
        for number, one in enumerate(open_ones, 1)
    ]
    said = (
        f"下列 {len(rows)} 个单位的评议数据还没有报齐，请在 {deadline} 前报送数据包和纸质核对单。"
        if rows
        else "应报单位全部报齐，不用催报。"
    )
    blocks: list[Block] = [Para(said)]
    if rows:
        blocks.append(Table(REMINDER_COLUMNS, tuple(rows)))
    return Report("R24B", "催报表", "", "", "单位：个", tuple(blocks))


def _lines(asked: Question, under: str) -> list[UnitLine]:
    """One line per unit of the subtree that has to report, in the tree's order."""
    seen = asked.picture
    inside = seen.inside(under)
    names = {o.code: o.short_name for o in seen.tree}
    people = _people(asked.session, seen.tree)
    held = {one.org_code for one in seen.meetings if one.layer == 2 and one.status == SessionStatus.HELD}
    sealed = _sealed(seen)
    return [
        UnitLine(
            unit=one,
            above=names.get(one.org.parent_code or "", "—"),
            roster=people[one.org.code] > 0,
            meeting=one.org.code in held,
            org_forms=sealed["ORG"].get(one.org.code),
            member_forms=sealed["MEMBER"].get(one.org.code),
        )
        for one in asked.covered.units
        if one.org.code in inside
    ]


def _people(session: Session, tree: Sequence[Org]) -> Counter[str]:
    """Members on the roster of every organisation and what is below it; the tree comes parents first."""
    registered = org.strengths(session)
    found: Counter[str] = Counter()
    for o in reversed(tree):
        strength = registered.get(o.id)
        found[o.code] += strength.everyone if strength else 0
        if o.parent_code:
            found[o.parent_code] += found[o.code]
    return found


def _sealed(seen: Picture) -> dict[str, dict[str, bool]]:
    """By side (ORG, MEMBER) and unit: are all batches it keeps sealed? A unit without any is not there."""
    sides = {f.code: side_of(f) for f in seen.view.forms}
    found: dict[str, dict[str, bool]] = {"ORG": {}, "MEMBER": {}}
    for batch in seen.stacks:
        side = found[sides[batch.form_code]]
        side[batch.keeper] = side.get(batch.keeper, True) and batch.state == BatchState.SEALED
    return found


def _rates(seen: Picture, under: str) -> list[str]:
    """组织覆盖率 of each layer that has ballots in the subtree."""
    inside = seen.inside(under)
    forms = {form.code for form in seen.view.forms}
    both = [overview.appraised(seen.stacks, layer=layer, inside=inside, forms=forms) for layer in (1, 2)]
    return activity.coverage_note(both, seen.view.rule)


def _summary(found: Sequence[UnitLine], deadline: str) -> Facts:
    done = sum(one.unit.state == REPORTED for one in found)
    others = Counter(one.unit.standing for one in found if one.unit.state != REPORTED)
    pairs: list[tuple[str, Cell]] = [("应报", len(found)), (REPORTED, done), *others.items()]
    return Facts((*pairs, ("报送截止", deadline)), across=3)


def _rows(found: Sequence[UnitLine], groups: Mapping[str, str]) -> list[Row]:
    """Lines in the tree's order, those of a group under its heading; those of one group alone need none."""
    runs = [(group, list(run)) for group, run in groupby(found, lambda one: groups[one.unit.org.code])]
    rows: list[Row] = []
    numbers = count(1)
    for group, inside in runs:
        if group and len({name for name, _ in runs if name}) > 1:
            done = sum(one.unit.state == REPORTED for one in inside)
            rows.append(Row((f"{group}：已报 {done} / 应报 {len(inside)}",), "section"))
        rows += [_row(next(numbers), one) for one in inside]
    return rows


def _row(number: int, one: UnitLine) -> Row:
    state = DONE if one.unit.standing == REPORTED else one.unit.standing
    marks = (_mark(done) for done in (one.roster, one.meeting, one.org_forms, one.member_forms))
    return Row(
        (
            number,
            one.unit.org.short_name,
            *marks,
            state,
            one.unit.revision or None,
            one.unit.check_number or None,
        )
    )


def _mark(done: bool | None) -> Cell:
    return None if done is None else DONE if done else LACKING


def _groups(seen: Picture) -> Mapping[str, str]:
    """Under which heading an organisation stands: the committee (or general branch) directly below this unit that it is or
    is under; the branches directly below together; this unit itself under none."""
    unit, *below = seen.tree
    heads = {o.parent_code for o in below} | {
        o.code for o in below if o.org_type == OrgType.GRASSROOTS_COMMITTEE
    }
    found = {unit.code: ""}
    for o in below:
        direct = o.short_name if o.code in heads else DIRECT
        found[o.code] = direct if o.parent_code == unit.code else found[o.parent_code or ""]
    return found
