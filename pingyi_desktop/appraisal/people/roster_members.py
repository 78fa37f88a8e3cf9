"""Members of a roster: which of its lines are new, which are known, and what is to be said about them. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pingyi_desktop.appraisal.people import member_rules, roster_branches, roster_owner
from pingyi_desktop.appraisal.people.members import Member
from pingyi_desktop.appraisal.people.org_rules import Org
from pingyi_desktop.appraisal.people.roster_branches import Directory
from pingyi_desktop.appraisal.people.roster_facts import (
    ChangedMember,
    Edit,
    Line,
    NewMember,
    RosterSheet,
)
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found, rows_phrase

FIELD_NAMES = {
    "org_code": "所在党支部",
    "name": "姓名",
    "name_suffix": "区分标记",
    "group_name": "党小组",
    "category": "人员类别",
    "party_duty": "党内职务",
    "is_leading_cadre": "党员领导干部",
    "post": "工作岗位",
    "sex": "性别",
    "join_date": "入党日期",
    "full_date": "转正日期",
    "roster_status": "在册情况",
    "exempt_reason": "不参评原因",
    "retired": "已离册",
}


PLACES = {"V-MEM-09": "full_date", "V-MEM-10": "exempt_reason", "V-MEM-36": "roster_status"}


@dataclass
class Work:
    """A plan while it is made: known members by number, those on the roster by (branch, name).

    ``named`` counts the lines of the sheet that name somebody in a branch.
    """

    sheet: RosterSheet
    orgs: Mapping[str, Org]
    book: Directory
    by_number: dict[str, Member]
    by_name: Mapping[tuple[str, str], Sequence[Member]]
    findings: list[Finding] = field(default_factory=list)
    additions: list[tuple[Line, Org]] = field(default_factory=list)
    matched: dict[str, tuple[Line, Org]] = field(default_factory=dict)
    named: Counter[tuple[str, str]] = field(default_factory=Counter)
    unmatched: dict[tuple[str, str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def say(self, code: str, line: Line, key: str, *, at: str = "", **values: object) -> None:
        where = str(line.values.get("name", ""))
        self.findings.append(self.sheet.finding(code, line, key, where, at=at, **values))


def sort_lines(work: Work) -> None:
    """Which lines are new members and which are known ones."""
    numbers: dict[str, Line] = {}
    placed: list[tuple[Line, Org, str]] = []
    for line in work.sheet.members:
        number = str(line.values.get("member_no", ""))
        if number and number in numbers:
            where = _two_places(numbers[number], line)
            work.say("V-MEM-06", line, "member_no", number=number, place=where)
            continue
        if number:
            numbers[number] = line
        branch = _branch_of(work, line)
        if branch is not None:
            placed.append((line, branch, number))
            work.named[branch.code, str(line.values["name"])] += 1
    for line, branch, number in placed:
        _match(work, line, branch, number)


def _branch_of(work: Work, line: Line) -> Org | None:
    if not line.values.get("branch_code") and not line.values.get("branch"):
        answer, key = roster_owner.owner(work.book, line.sheet, line.hints), "branch"
    else:
        answer = roster_branches.look_up(work.book, line.values)
        key = "branch" if line.values.get("branch") and not line.values.get("branch_code") else "branch_code"
        if answer.branch is not None:
            answer = roster_owner.held_against(work.book, line.sheet, line.hints, answer.branch)
    if answer.branch is None:
        work.unmatched[line.sheet, key, answer.code, answer.sentence].append(line.row)
    return answer.branch


def _match(work: Work, line: Line, branch: Org, number: str) -> None:
    name, mark = str(line.values["name"]), str(line.values.get("name_suffix") or "")
    known = work.by_number.get(number) if number else None
    if known is None:
        known = _by_name(work, branch, name, mark)
        if known is not None and number:
            facts = {"branch": branch.short_name, "name": name, "known": known.member_no, "number": number}
            work.say("V-MEM-26", line, "member_no", at=f"第 {line.row} 行：", **facts)
            return
    if known is None and not number and _is_doubtful(work, branch, name, mark):
        facts = {"branch": branch.short_name, "name": name, "said": f"{name}{mark}"}
        work.say("V-MEM-44", line, "name", at=f"第 {line.row} 行：", **facts)
    elif known is None:
        work.additions.append((line, branch))
    elif known.member_no in work.matched:
        other, _ = work.matched[known.member_no]
        place = f"（{_two_places(other, line)}）"
        work.say("V-MEM-03", line, "name", branch=branch.short_name, n=2, name=name, place=place)
    else:
        work.matched[known.member_no] = (line, branch)


def _by_name(work: Work, branch: Org, name: str, mark: str) -> Member | None:
    """The member meant by a name and mark; with one person of the name here and there, a mark more or less is the same."""
    same = [
        m for m in work.by_name.get((branch.code, name), ()) if member_rules.same_mark(m.name_suffix, mark)
    ]
    if len(same) == 1:
        return same[0]
    here = work.by_name.get((branch.code, name), ())
    if len(here) == 1 and work.named[branch.code, name] == 1 and not (mark and here[0].name_suffix):
        return here[0]
    return None


def _is_doubtful(work: Work, branch: Org, name: str, mark: str) -> bool:
    """Whether somebody there of this name may be meant: one of the two says no mark."""
    here = work.by_name.get((branch.code, name), ())
    return any(not (mark and m.name_suffix) and m.member_no not in work.matched for m in here)


def _two_places(one: Line, other: Line) -> str:
    if one.sheet == other.sheet:
        return f"第 {one.row}、{other.row} 行"
    return f"“{one.sheet}”第 {one.row} 行、“{other.sheet}”第 {other.row} 行"


def say_unmatched(work: Work) -> None:
    """Lines whose branch is not known (V-MEM-05, 23, 34, 35, V-IMP-16, 26), said once per text."""
    for (sheet, key, code, text), rows in work.unmatched.items():
        line = Line(sheet, rows[0], {})
        if code:
            work.findings.append(
                work.sheet.finding_worded(code, line, key, "", f"{rows_phrase(rows)}：{text}")
            )
        elif (sheet, "branch") in work.sheet.columns or (sheet, "branch_code") in work.sheet.columns:
            work.say("V-MEM-23", line, "branch", at=f"{rows_phrase(rows)}：")
        else:
            work.say("V-IMP-26", line, "branch")


def additions(work: Work, numbers: Iterator[str]) -> Iterator[NewMember]:
    """Members to be added; ``numbers`` gives those that the sheet leaves out."""
    last: dict[str, int] = defaultdict(int)
    elsewhere: dict[str, list[Member]] = defaultdict(list)
    for m in work.by_number.values():
        last[m.org_code] = max(last[m.org_code], m.sort_no)
        if not m.retired:
            elsewhere[m.name].append(m)
    for line, branch in work.additions:
        values = {name: line.values.get(name, start) for name, start in member_rules.FIELDS.items()}
        _check_dates(work, line, values)
        for same in elsewhere[str(values["name"])] if not line.values.get("member_no") else ():
            if same.org_code != branch.code and same.member_no not in work.matched:
                facts = {
                    "name": same.display_name,
                    "branch": same.org_short_name,
                    "number": same.member_no,
                }
                work.say("V-MEM-13", line, "name", at=f"第 {line.row} 行：", **facts)
        last[branch.code] += 1
        yield NewMember(
            member_no=str(line.values.get("member_no") or "") or next(numbers),
            display_name=f"{values['name']}{values['name_suffix']}",
            org_code=branch.code,
            org_short_name=branch.short_name,
            sort_no=last[branch.code],
            values=values,
            sheet=line.sheet,
            row=line.row,
        )


def changes(work: Work) -> Iterator[ChangedMember]:
    """Known members of whom the sheet says something else."""
    for number, (line, branch) in work.matched.items():
        old = work.by_number[number]
        before = {name: getattr(old, name) for name in member_rules.FIELDS}
        values = {**before, **{k: v for k, v in line.values.items() if k in before}}
        if member_rules.same_mark(old.name_suffix, str(values["name_suffix"])):
            values["name_suffix"] = old.name_suffix  # （大） and (大) are one mark
        if branch.code != old.org_code and "group_name" not in line.values:
            values["group_name"] = ""  # a group belongs to its branch
        _check_dates(work, line, values)
        facts = {**values, "org_code": branch.code, "retired": False}
        edits = tuple(_edits(work, old, facts))
        if old.retired:
            at = f"第 {line.row} 行："
            work.say("V-MEM-31", line, "member_no", at=at, name=old.display_name, number=number)
        if edits:
            yield ChangedMember(
                id=old.id,
                member_no=number,
                display_name=f"{values['name']}{values['name_suffix']}",
                org_code=branch.code,
                org_short_name=branch.short_name,
                values=values,
                edits=edits,
                sheet=line.sheet,
                row=line.row,
            )


def _edits(work: Work, old: Member, new: Mapping[str, object]) -> Iterator[Edit]:
    for field_name, title in FIELD_NAMES.items():
        before, after = getattr(old, field_name), new[field_name]
        if before != after:
            yield Edit(title, _in_words(work, field_name, before), _in_words(work, field_name, after))


def _in_words(work: Work, field_name: str, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if field_name == "org_code":
        return work.orgs[str(value)].short_name
    names = {"category": member_rules.CATEGORY_NAMES, "roster_status": member_rules.STATUS_NAMES}.get(
        field_name, {}
    )
    return names.get(str(value), str(value or ""))


def _check_dates(work: Work, line: Line, values: Mapping[str, object]) -> None:
    for one in member_rules.unusual(values, changed=values.keys(), typed=str(values["name"])):
        work.say(one.code, line, PLACES[one.code], at=f"第 {line.row} 行：", name=one.where)


def check_namesakes(work: Work, rows: Sequence[NewMember | ChangedMember]) -> None:
    """V-MEM-03 for the roster as it would be."""
    bare = member_rules.bare_mark
    future = {
        m.member_no: (m.org_code, m.name, bare(m.name_suffix))
        for m in work.by_number.values()
        if not m.retired
    }
    by_number = {m.member_no: m for m in rows}
    for m in rows:
        future[m.member_no] = (m.org_code, str(m.values["name"]), bare(str(m.values["name_suffix"])))
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for number, key in future.items():
        alike[key].append(number)
    for (code, name, _), numbers in alike.items():
        listed = sorted((by_number[n] for n in numbers if n in by_number), key=lambda m: (m.sheet, m.row))
        if len(numbers) > 1 and listed:
            branch = work.orgs[code].short_name
            place = f"（{rows_phrase([m.row for m in listed])}）"
            line = Line(listed[-1].sheet, listed[-1].row, {"name": name})
            work.say("V-MEM-03", line, "name", branch=branch, n=len(numbers), name=name, place=place)


def say_missing(work: Work) -> None:
    """Members of the branches in the sheet whom the sheet does not name."""
    branches = {branch.code for _, branch in (*work.additions, *work.matched.values())}
    for m in work.by_number.values():
        if m.org_code in branches and not m.retired and m.member_no not in work.matched:
            facts = {"branch": m.org_short_name, "name": m.display_name, "number": m.member_no}
            work.findings.append(found("V-IMP-13", m.display_name, **facts))
