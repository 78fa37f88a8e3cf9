"""Import of a whole roster: a plan to look at first, then all of it in one transaction or none of it.

A member is recognised by number, else by branch, name and mark. A column the sheet has is the truth, blanks included;
a column it does not have is left alone. Nothing is ever deleted: members missing from the sheet are only listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import insert, update
from sqlmodel import Session

from pingyi_desktop.appraisal.people import members, org, org_rules, roster_branches, roster_members
from pingyi_desktop.appraisal.people.members import Member
from pingyi_desktop.appraisal.people.org import Org, Strength
from pingyi_desktop.appraisal.people.roster_facts import ChangedMember, NewMember, RosterPlan, RosterSheet
from pingyi_desktop.appraisal.people.roster_orgs import plan_orgs
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, broken
from pingyi_desktop.storage.schema import new_id
from pingyi_desktop.storage.schema_people import MemberCategory, PartyMember, PartyOrganization


def plan_roster(session: Session, *, sheet: RosterSheet) -> RosterPlan:
    """Compare a roster with the file and say what would be added and changed; nothing is written."""
    known = members.members(session, include_retired=True)
    orgs = plan_orgs(org.tree(session), sheet)
    work = roster_members.Work(
        sheet,
        orgs.after,
        roster_branches.directory(orgs.after, own_code=org.own_unit(session).code),
        {m.member_no: m for m in known},
        _by_name(known),
    )
    roster_members.sort_lines(work)
    roster_members.say_unmatched(work)
    taken = [str(line.values.get("member_no", "")) for line in sheet.members]
    additions = tuple(roster_members.additions(work, members.free_numbers(session, taken=taken)))
    changes = tuple(roster_members.changes(work))
    roster_members.check_namesakes(work, (*additions, *changes))
    roster_members.say_missing(work)
    sizes = _sizes(session, list(orgs.after.values()), known, (*additions, *changes))
    return RosterPlan(
        additions=additions,
        changes=changes,
        unchanged=len(work.matched) - len(changes),
        orgs_added=orgs.added,
        orgs_changed=orgs.changed,
        findings=(*sheet.findings, *orgs.findings, *work.findings),
        sizes=sizes,
        sheet=sheet,
    )


def apply_roster(session: Session, *, plan: RosterPlan, by: str, reason: str = "") -> tuple[Finding, ...]:
    """Write a plan; refused when it is blocked or when the file has changed since it was made.

    Everything unusual in it is confirmed at once, with one ``reason``; returns what only informs.
    """
    if plan.blocked:
        count = sum(finding.weight is Weight.ERROR for finding in plan.findings)
        raise broken("V-IMP-12", n=count)
    if plan_roster(session, sheet=plan.sheet) != plan:
        raise broken("V-IMP-27")
    ids = _write_orgs(session, plan)
    _write_members(session, plan, ids)
    session.expire_all()
    figures = {
        "added": len(plan.additions),
        "changed": len(plan.changes),
        "unchanged": plan.unchanged,
        "orgs_added": len(plan.orgs_added),
        "orgs_changed": len(plan.orgs_changed),
    }
    return findings.weigh(
        session,
        plan.all_findings,
        reason=reason,
        by=by,
        act="导入名册",
        subject=plan.sheet.name,
        detail=figures,
    )


def _sizes(
    session: Session, after: Sequence[Org], known: Sequence[Member], rows: Sequence[NewMember | ChangedMember]
) -> tuple[Finding, ...]:
    """V-ORG-05…09 that the import would bring about; a branch without anybody on the roster is not judged."""
    unit, now = org.own_unit(session).code, org.strengths(session)
    judged = {o.short_name for o in org.tree(session) if o.id in now}
    said = [one for one in org.warnings(session) if one.code != "V-ORG-06" or one.where in judged]
    people = {m.member_no: (m.org_code, m.category) for m in known if not m.retired}
    people |= {m.member_no: (m.org_code, str(m.values["category"])) for m in rows}
    everyone = Counter(code for code, _ in people.values())
    full = Counter(code for code, kind in people.values() if kind == MemberCategory.FULL)
    strengths = {code: Strength(many, full[code]) for code, many in everyone.items()}
    orgs = org_rules.below([replace(o, id=o.code) for o in after], unit)
    listed = org_rules.brought_about(said, org_rules.findings(orgs, strengths))
    empty = {o.short_name for o in orgs if not everyone[o.code]}
    listed = [one for one in listed if one.code != "V-ORG-06" or one.where not in empty]
    return tuple(one for one in listed if one.weight is Weight.WARNING)


def _by_name(known: Sequence[Member]) -> dict[tuple[str, str], list[Member]]:
    """Members on the roster by branch and name."""
    found: dict[tuple[str, str], list[Member]] = {}
    for m in known:
        if not m.retired:
            found.setdefault((m.org_code, m.name), []).append(m)
    return found


def _write_orgs(session: Session, plan: RosterPlan) -> dict[str, str]:
    """Write organisations, parents first, and return the id of every code."""
    ids = {o.code: o.id for o in org.tree(session)}
    changed = [change.org for change in plan.orgs_changed]
    ids |= {o.code: new_id() for o in plan.orgs_added}
    if plan.orgs_added:
        session.execute(insert(PartyOrganization), [_org_row(o, ids) for o in plan.orgs_added])
    if changed:
        session.execute(update(PartyOrganization), [_org_row(o, ids) for o in changed])
        session.expire_all()  # rows that were read before are asked again
    return ids


def _org_row(o: Org, ids: Mapping[str, str]) -> dict[str, object]:
    parent = ids[o.parent_code] if o.parent_code else None
    names = (
        *("code", "full_name", "short_name", "org_type", "in_scope", "is_joint", "is_temporary"),
        *("declared_member_count", "status", "sort_no"),
    )
    return {"id": ids[o.code], "parent_id": parent, **{name: getattr(o, name) for name in names}}


def _write_members(session: Session, plan: RosterPlan, ids: Mapping[str, str]) -> None:
    if plan.changes:  # out of the way first, so that two namesakes may exchange their marks
        session.execute(update(PartyMember), [{"id": m.id, "retired": True} for m in plan.changes])
    if plan.additions:
        rows = [
            {
                "id": new_id(),
                "member_no": m.member_no,
                "org_id": ids[m.org_code],
                "sort_no": m.sort_no,
                "retired": False,
                **m.values,
            }
            for m in plan.additions
        ]
        session.execute(insert(PartyMember), rows)
    if plan.changes:
        final = [{"id": m.id, "org_id": ids[m.org_code], "retired": False, **m.values} for m in plan.changes]
        session.execute(update(PartyMember), final)
