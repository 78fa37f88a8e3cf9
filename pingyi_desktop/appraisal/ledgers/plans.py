"""Importing a sheet into a ledger: first the plan of what it would write, then all of it or nothing.

A row is known by its number (编号); without one by the fields that the noun declares (``Ledger.same``), so that a sheet
read twice writes nothing the second time. A blank cell leaves what is there. Where a sheet does not name the
organisation, its rows are the file's own unit's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import insert
from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaign_tree
from pingyi_desktop.appraisal.ledgers import counting, edits, fields, rows
from pingyi_desktop.appraisal.ledgers.fields import Names, Value
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Moved, Row, Values
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, broken, sentence, weight_of
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage import bulk

NUMBER, ORG = "编号", "党组织"
_NAME = re.compile(r"(.+)-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Line:
    """One row of a sheet: texts by field key, with ``NUMBER`` and ``ORG``; blank cells are not there."""

    sheet: str
    row: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class LedgerSheet:
    """A sheet read: its lines, where each column stands (by sheet and key), and what was said while reading."""

    name: str
    lines: tuple[Line, ...]
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Planned:
    """A row that would be written; ``was`` is the row it changes (None: a new one), ``edits`` what changes in words."""

    name: str
    org: str
    org_name: str
    said: str
    values: Mapping[str, Value]
    was: Row | None
    edits: Mapping[str, list[str]]
    sheet: str
    row: int


@dataclass
class LedgerPlan:
    """What an import would do; nothing is written yet."""

    campaign_id: str
    file: str
    ledger: Ledger
    known: Names
    written: list[Planned] = field(default_factory=list)
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def added(self) -> int:
        """New rows."""
        return sum(one.was is None for one in self.written)

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(one.weight is Weight.ERROR for one in self.findings)

    def asks(self, reason: str) -> bool:
        """Whether something asks for a reason and none is given."""
        return not reason.strip() and any(one.weight is Weight.WARNING for one in self.findings)


def plan(session: Session, ledger: Ledger, *, campaign_id: str, sheet: LedgerSheet, today: str) -> LedgerPlan:
    """Compare a sheet with the ledger; writes nothing. What is wrong is told by sheet, row and column."""
    known = rows.names(session, campaign_id=campaign_id)
    made = LedgerPlan(campaign_id, sheet.name, ledger, known, findings=list(sheet.findings))
    _Comparing(session, made, sheet, today).compare()
    return made


def apply(session: Session, made: LedgerPlan, *, by: str, reason: str = "") -> edits.Before:
    """Write the plan in one act; V-IMP-27 when a row it changes is no longer as it was. Returns the way back."""
    ledger, campaign_id = made.ledger, made.campaign_id
    if not made.written:
        return edits.Before()
    changed = [one.was for one in made.written if one.was is not None]
    now = rows.picked(session, ledger, campaign_id=campaign_id, ids=[row.id for row in changed])
    if {row.id: row.values for row in now} != {row.id: row.values for row in changed}:
        raise broken("V-IMP-27")
    given = edits.next_numbers(session, ledger, campaign_id=campaign_id)
    added = list[dict[str, object]]()
    for one in made.written:
        if one.was is None:
            given[one.org] = given.get(one.org, 0) + 1
            if one.name != f"{one.org}-{given[one.org]}":
                raise broken("V-IMP-27")
            added.append(edits.row_of(ledger, campaign_id, one.org, given[one.org], one.values, made.known))
    again = [(one.was, one.values) for one in made.written if one.was is not None]
    edits.rewrite(session, ledger, campaign_id=campaign_id, listed=again, known=made.known)
    bulk.write(session, insert(ledger.sql), added)
    told = {one.name: one.edits for one in made.written}
    edits.weigh(
        session,
        ledger,
        made.findings,
        reason=reason,
        by=by,
        act="导入",
        named=told,
        file=made.file,
        added=len(added),
        changed=len(again),
    )
    return edits.Before(tuple(changed), tuple(str(row["id"]) for row in added))


class _Comparing:
    """The rows of one sheet beside those of the file, while they are compared."""

    def __init__(self, session: Session, made: LedgerPlan, sheet: LedgerSheet, today: str) -> None:
        self._session, self._plan, self._sheet, self._today = session, made, sheet, today
        ledger, campaign_id = made.ledger, made.campaign_id
        asked = rows.Asked(campaign_id, today)
        here = rows.listing(session, ledger, asked)
        self._by_name = {row.name: row for row in here}
        self._by_same = {self._same(row.org, row.values): row for row in here}
        self._own = campaign_tree.own_unit(session, campaign_id=campaign_id).code
        self._kept = rows.kept_here(session, campaign_id=campaign_id) - counting.delivered(
            session, ledger, campaign_id=campaign_id
        )
        self._last = edits.next_numbers(session, ledger, campaign_id=campaign_id)
        self._seen: dict[str, tuple[int, Mapping[str, Value]]] = {}
        self._read: dict[tuple[str, str, str], Value] = {}

    def compare(self) -> None:
        """Every line, one after the other, and then all that would be written; what is wrong is told from above to below."""
        for line in self._sheet.lines:
            self._compare(line)
        made, lines = self._plan, {one.name: one for one in self._plan.written}
        moved = [
            Moved(one.name, one.org, None if one.was is None else one.was.values, one.values)
            for one in made.written
        ]
        judged = made.ledger.judge(self._session, moved, campaign_id=made.campaign_id, today=self._today)
        placed = [replace(one, sheet=lines[one.where].sheet, row=lines[one.where].row) for one in judged]
        made.findings = sorted([*made.findings, *placed], key=lambda one: (one.sheet, one.row))

    def _compare(self, line: Line) -> None:
        unit = self._unit(line)
        values = None if unit is None else self._values(line, unit)
        if unit is None or values is None:
            return
        was = self._changed_row(line, unit, values)
        known_as = was.name if was is not None else repr(self._same(unit, values))
        if known_as in self._seen:
            self._again(
                line, values, *self._seen[known_as], numbered=was is not None and NUMBER in line.texts
            )
            return
        self._seen[known_as] = line.row, values
        if was is None:
            self._add(line, unit, values)
        else:
            self._change(line, was, {k: v if k in line.texts else was.values[k] for k, v in values.items()})

    def _again(self, line: Line, values: Values, row: int, before: Values, *, numbered: bool) -> None:
        """Say that a line is about the row of an earlier one: nothing that differs between them is left out silently."""
        if numbered:
            self._say(line, NUMBER, "V-LED-13", number=line.texts[NUMBER])
        elif any(values[key] != before[key] for key in values if key in line.texts):
            ledger = self._plan.ledger
            titles = "”“".join(ledger.by_key[key].title for key in ledger.same)
            self._say(line, ledger.same[0], "V-LED-22", row=row, same=titles)
        else:
            self._say(line, NUMBER, "V-LED-14", row=row)

    def _add(self, line: Line, unit: str, values: Mapping[str, Value]) -> None:
        lacking = [f for f in self._plan.ledger.fields if f.required and values[f.key] == f.empty]
        for one in lacking:
            self._say(line, one.key, "V-LED-01", field=one.asked)
        if lacking:
            return
        self._last[unit] = self._last.get(unit, 0) + 1
        name = f"{unit}-{self._last[unit]}"
        typed = line.texts.get(NUMBER, "")
        if _NAME.fullmatch(typed):  # people number their own rows 1, 2, 3
            self._say(line, NUMBER, "V-LED-23", number=typed[:40], name=name)
        self._write(line, name, unit, values, None)

    def _change(self, line: Line, was: Row, values: Mapping[str, Value]) -> None:
        if values == was.values:
            self._plan.unchanged += 1
        else:
            self._write(line, was.name, was.org, values, was)

    def _write(self, line: Line, name: str, unit: str, values: Mapping[str, Value], was: Row | None) -> None:
        made, ledger = self._plan, self._plan.ledger
        changes = edits.differences(ledger, {} if was is None else was.values, values, made.known)
        said = next((str(values[key]) for key in ledger.same[::-1] if values[key]), name)
        row = Planned(name, unit, made.known.org(unit), said, values, was, changes, line.sheet, line.row)
        made.written.append(row)

    def _unit(self, line: Line) -> str | None:
        """The unit a line is about; what is wrong with it is said."""
        typed = line.texts.get(ORG, "")
        named = _NAME.fullmatch(line.texts.get(NUMBER, ""))
        if not typed:
            unit = named[1] if named else self._own
        elif (unit := self._plan.known.by_word.get(typed, "")) == "":
            self._say(line, ORG, "V-LED-07", field=ORG, text=typed[:40])
            return None
        if named and named[1] != unit:
            self._say(
                line, NUMBER, "V-LED-16", number=named[0], org=self._plan.known.org(named[1]), other=typed
            )
            return None
        if unit not in self._kept:
            self._say(line, ORG, "V-LED-10", org=self._plan.known.org(unit))
            return None
        return unit

    def _values(self, line: Line, unit: str) -> dict[str, Value] | None:
        """The values of a line, or None when one of them is wrong."""
        found_values: dict[str, Value] = {}
        for one in self._plan.ledger.fields:
            typed = line.texts.get(one.key, "")
            where = unit if one.key in self._plan.ledger.personal else ""
            known = (one.key, typed, where)
            if known not in self._read:
                try:
                    optional = replace(one, required=False) if not typed else one
                    self._read[known] = fields.read(optional, typed, self._plan.known, at=unit)
                except RuleError as error:
                    self._note(line, one.key, error.code, str(error))
                    continue
            found_values[one.key] = self._read[known]
        return found_values if len(found_values) == len(self._plan.ledger.fields) else None

    def _changed_row(self, line: Line, unit: str, values: Mapping[str, Value]) -> Row | None:
        number = line.texts.get(NUMBER, "")
        if number in self._by_name:
            return self._by_name[number]
        return self._by_same.get(self._same(unit, values))

    def _same(self, unit: str, values: Mapping[str, Value]) -> tuple[Value, ...]:
        return (unit, *(values[key] for key in self._plan.ledger.same))

    def _say(self, line: Line, key: str, code: str, **values: object) -> None:
        self._note(line, key, code, sentence(code, at="", **values))

    def _note(self, line: Line, key: str, code: str, said: str) -> None:
        place = self._sheet.columns.get((line.sheet, key), "")
        self._plan.findings.append(Finding(code, weight_of(code), "", said, line.sheet, line.row, place))
