"""Organisations of a roster workbook: what would be added and changed, in whatever order the rows stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pingyi_desktop.appraisal.people import naming, org_rules
from pingyi_desktop.appraisal.people.org_rules import Org
from pingyi_desktop.appraisal.people.roster_facts import ChangedOrg, Edit, Line, RosterSheet
from pingyi_desktop.appraisal.rulebook.catalogue import Finding
from pingyi_desktop.errors import RuleError
from pingyi_desktop.storage.schema_people import OrgStatus

ORG_FIELDS = {
    "full_name": "全称",
    "short_name": "简称",
    "org_type": "组织类别",
    "parent_code": "上级代码",
    "in_scope": "应参评",
    "declared_member_count": "填报党员数",
    "is_joint": "是否联合",
    "is_temporary": "是否临时",
    "sort_no": "排序",
}


@dataclass(frozen=True)
class OrgPlan:
    """``after`` is the whole tree by code as it will be, parents before children; new ones have no id yet."""

    after: Mapping[str, Org]
    added: tuple[Org, ...]
    changed: tuple[ChangedOrg, ...]
    findings: tuple[Finding, ...]


def plan_orgs(known: Sequence[Org], sheet: RosterSheet) -> OrgPlan:
    """Join the organisation rows of a sheet with the tree there is (V-ORG-01…04, 12, 13, 22…24)."""
    before = {o.code: o for o in known}
    findings: list[Finding] = []
    lines = _by_code(before, sheet, findings)
    drafts = dict(before)
    for code, line in lines.items():
        drafts[code] = _draft(before.get(code), code, line)
    for code, line in lines.items():
        drafts[code] = _with_parent(drafts, before, code, line, sheet, findings)
    _number(drafts, before, lines)
    after = _placed(drafts, lines, sheet, findings)
    for code, line in lines.items():
        _check_texts(drafts[code], line, sheet, findings)
    added = tuple(o for code, o in after.items() if code not in before)
    changed = tuple(
        ChangedOrg(after[code], edits, line.sheet, line.row)
        for code, line in lines.items()
        if code in before and code in after and (edits := _edits(before[code], after[code]))
    )
    return OrgPlan(after, added, changed, tuple(findings))


def in_words(field: str, value: object) -> str:
    """A value of an organisation as a person reads it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field == "org_type":
        return naming.TYPE_NAMES[str(value)]
    return "" if value is None else str(value)


def _by_code(before: Mapping[str, Org], sheet: RosterSheet, findings: list[Finding]) -> dict[str, Line]:
    spelled = {code.upper(): code for code in before}
    lines: dict[str, Line] = {}
    for line in sheet.orgs:
        code = str(line.values["code"])
        code = spelled.setdefault(code.upper(), code)
        name = str(line.values["full_name"])
        if code in lines:
            other = lines[code]
            taken_by = f"{other.values['full_name']}（第 {other.row} 行）"
            findings.append(sheet.finding("V-ORG-01", line, "code", name, code=code, name=taken_by))
            continue
        try:
            org_rules.check_code(code, known=())
        except RuleError as error:
            findings.append(
                sheet.finding_worded(error.code, line, "code", name, f"第 {line.row} 行：{error}")
            )
            continue
        lines[code] = line
    return lines


def _draft(old: Org | None, code: str, line: Line) -> Org:
    said = {key: value for key, value in line.values.items() if key in ORG_FIELDS}
    if not said.get("sort_no"):  # a blank cell asks for no other place than the row's own
        said.pop("sort_no", None)
    name, kind = str(line.values["full_name"]), str(line.values["org_type"])
    if not said.get("short_name"):
        said["short_name"] = old.short_name if old else naming.suggest_short_name(name, kind)
    if old is not None:
        return replace(old, **said)  # type: ignore[arg-type]
    start = Org("", code, name, "", kind, None, 0, True, False, False, OrgStatus.ACTIVE.value, 0, None)
    return replace(start, **said)  # type: ignore[arg-type]


def _with_parent(
    drafts: Mapping[str, Org],
    before: Mapping[str, Org],
    code: str,
    line: Line,
    sheet: RosterSheet,
    findings: list[Finding],
) -> Org:
    draft, said = drafts[code], str(line.values.get("parent", ""))
    if not said and code in before:
        return draft
    found = [o.code for o in drafts.values() if o.code.upper() == said.upper()]
    found = found or [o.code for o in drafts.values() if said in (o.full_name, o.short_name)]
    if said and len(found) == 1:
        return replace(draft, parent_code=found[0])
    code, facts = "V-ORG-02", {"name": draft.full_name}
    if said:
        names = [name for o in drafts.values() for name in (o.code, o.full_name, o.short_name)]
        code = "V-ORG-23" if found else "V-ORG-22"
        facts |= {"said": said} if found else {"said": said, "hint": org_rules.nearest(said, names)}
    findings.append(sheet.finding(code, line, "parent", draft.full_name, **facts))
    return draft


def _number(drafts: dict[str, Org], before: Mapping[str, Org], lines: Mapping[str, Line]) -> None:
    """New organisations stand in the order of their rows, after those already there; a 排序 of their own comes first."""
    last: dict[str | None, int] = {}
    for draft in drafts.values():
        last[draft.parent_code] = max(draft.sort_no, last.get(draft.parent_code, 0))
    for code in lines:
        draft = drafts[code]
        if code not in before and not draft.sort_no:
            last[draft.parent_code] += 1
            drafts[code] = replace(draft, sort_no=last[draft.parent_code])


def _placed(
    drafts: Mapping[str, Org], lines: Mapping[str, Line], sheet: RosterSheet, findings: list[Finding]
) -> dict[str, Org]:
    """Every organisation below its parent with its depth; what stands in a circle is V-ORG-03."""
    children: dict[str | None, list[Org]] = {}
    for draft in sorted(drafts.values(), key=lambda o: (o.sort_no, o.code)):
        children.setdefault(draft.parent_code, []).append(draft)
    after: dict[str, Org] = {}
    waiting = [(draft, 0) for draft in reversed(children.get(None, []))]
    while waiting:
        draft, depth = waiting.pop()
        after[draft.code] = placed = replace(draft, depth=depth)
        parent = after.get(draft.parent_code or "")
        line = lines.get(draft.code) or (lines.get(parent.code) if parent else None)
        if parent is not None and line is not None:
            _check_place(placed, parent, line, sheet, findings)
        waiting += [(child, depth + 1) for child in reversed(children.get(draft.code, []))]
    for code, line in lines.items():
        if code not in after:
            name = drafts[code].full_name
            findings.append(sheet.finding("V-ORG-03", line, "parent", name, name=name))
    return after


def _check_place(o: Org, parent: Org, line: Line, sheet: RosterSheet, findings: list[Finding]) -> None:
    try:
        org_rules.check_under(child=o.full_name, child_type=o.org_type, parent=parent)
    except RuleError as error:
        findings.append(sheet.finding_worded(error.code, line, "parent", o.full_name, str(error)))


def _check_texts(o: Org, line: Line, sheet: RosterSheet, findings: list[Finding]) -> None:
    for key, longest in (("full_name", 100), ("short_name", 40)):
        try:
            org_rules.check_text(f"第 {line.row} 行：{ORG_FIELDS[key]}", str(getattr(o, key)), longest)
        except RuleError as error:
            findings.append(sheet.finding_worded(error.code, line, key, o.full_name, str(error)))


def _edits(old: Org, new: Org) -> tuple[Edit, ...]:
    return tuple(
        Edit(title, in_words(field, getattr(old, field)), in_words(field, getattr(new, field)))
        for field, title in ORG_FIELDS.items()
        if getattr(old, field) != getattr(new, field)
    )
