"""Writing a ledger: add, change many at once, remove, and the way back. One act writes one journal entry.

Every value goes through its field and the noun's checks: what is of weight E stops the act, W asks for a reason (only for
what the act itself brings about), I is returned. Rows that came in a package belong to their unit and stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.ledgers import counting, fields, rows
from pingyi_desktop.appraisal.ledgers.fields import Kind, Names, Value
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Moved, Row, Values
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken
from pingyi_desktop.storage import bulk
from pingyi_desktop.storage.schema import JournalEntry, new_id

NAMED = 200
"""rows of one act that its journal entry names one by one"""
IN_JOURNAL = frozenset({Kind.CHOICE, Kind.DAY, Kind.MONTH, Kind.COUNT, Kind.AMOUNT, Kind.ORG})
"""fields that can hold nobody's name: their values stand in the journal"""
REMOVING, UNDOING = "删除", "撤销"
"""the acts of ``remove`` and ``put_back``, before the ledger's title: what tells which numbers were given already"""


class Before(NamedTuple):
    """Rows as they were before an act, whole, for the way back; ``added`` are ids of those the act has made."""

    rows: tuple[Row, ...] = ()
    added: tuple[str, ...] = ()


class Past(NamedTuple):
    """One line of a row's history."""

    at: str
    who: str
    act: str
    said: str


def add(
    session: Session,
    ledger: Ledger,
    *,
    campaign_id: str,
    org: str,
    typed: Mapping[str, str],
    today: str,
    by: str,
    reason: str = "",
) -> Row:
    """One more row of the unit ``org``; ``typed`` are texts by field key, as a form or a sheet has them."""
    known = rows.names(session, campaign_id=campaign_id)
    check_own(session, ledger, campaign_id=campaign_id, orgs={org}, known=known)
    values = read(ledger, typed, {}, known, at=org)
    number = next_numbers(session, ledger, campaign_id=campaign_id).get(org, 0) + 1
    made = row_of(ledger, campaign_id, org, number, values, known)
    bulk.write(session, insert(ledger.sql), [made])
    moved = Moved(f"{org}-{number}", org, None, values)
    listed = ledger.judge(session, [moved], campaign_id=campaign_id, today=today)
    weigh(session, ledger, listed, reason=reason, by=by, act="新增", named={moved.name: {}})
    return rows.picked(session, ledger, campaign_id=campaign_id, ids=[str(made["id"])])[0]


def change(
    session: Session,
    ledger: Ledger,
    *,
    campaign_id: str,
    ids: Sequence[str],
    typed: Mapping[str, str],
    today: str,
    by: str,
    reason: str = "",
) -> Before:
    """Set these fields of all these rows; what is not ``typed`` stays. Returns the rows that differ now, as they were."""
    known = rows.names(session, campaign_id=campaign_id)
    before = _own(session, ledger, campaign_id=campaign_id, ids=ids, known=known)
    after = {row.id: read(ledger, typed, row.values, known, at=row.org) for row in before}
    changed = [row for row in before if after[row.id] != row.values]
    if changed:
        moved = [Moved(row.name, row.org, row.values, after[row.id]) for row in changed]
        listed = ledger.judge(session, moved, campaign_id=campaign_id, today=today)
        written = [(row, after[row.id]) for row in changed]
        rewrite(session, ledger, campaign_id=campaign_id, listed=written, known=known)
        told = {row.name: differences(ledger, row.values, after[row.id], known) for row in changed}
        weigh(session, ledger, listed, reason=reason, by=by, act="修改", named=told)
    return Before(tuple(changed))


def remove(session: Session, ledger: Ledger, *, campaign_id: str, ids: Sequence[str], by: str) -> Before:
    """Take these rows out; their numbers are never given again, for other offices may hold them already."""
    known = rows.names(session, campaign_id=campaign_id)
    before = _own(session, ledger, campaign_id=campaign_id, ids=ids, known=known)
    _delete(session, ledger, ids)
    told = {row.name: differences(ledger, row.values, {}, known) for row in before}
    highest = sorted({row.org: row.name for row in before}.values())  # rows come in the order of numbers
    weigh(session, ledger, [], reason="", by=by, act=REMOVING, named=told, highest=highest)
    return Before(tuple(before))


def put_back(session: Session, ledger: Ledger, *, campaign_id: str, before: Before, by: str) -> None:
    """Undo an act: rows it changed or removed are as they were, those it made are gone, and their numbers with them."""
    known, again = rows.names(session, campaign_id=campaign_id), [(row, row.values) for row in before.rows]
    gone = rows.picked(session, ledger, campaign_id=campaign_id, ids=before.added)
    _delete(session, ledger, before.added)
    rewrite(session, ledger, campaign_id=campaign_id, listed=again, known=known)
    named: dict[str, dict[str, list[str]]] = {row.name: {} for row in (*before.rows, *gone)}
    highest = sorted({row.org: row.name for row in gone}.values())
    weigh(session, ledger, [], reason="", by=by, act=UNDOING, named=named, highest=highest)


def history(session: Session, ledger: Ledger, *, name: str) -> list[Past]:
    """What the journal says of a row, newest first."""
    acts = [f"{act}{ledger.title}" for act in ("新增", "修改", "删除", "撤销", "导入", "接收")]
    query = select(JournalEntry).where(
        col(JournalEntry.act).in_(acts), col(JournalEntry.detail).contains(f'"{name}":', autoescape=True)
    )
    found = session.scalars(query.order_by(col(JournalEntry.seq).desc()).limit(50))
    return [Past(e.at, e.who, e.act, _told_of(json.loads(e.detail), name)) for e in found]


def read(
    ledger: Ledger, typed: Mapping[str, str], before: Mapping[str, Value], known: Names, *, at: str
) -> dict[str, Value]:
    """The values of a row: those ``typed``, read by their fields, over those of ``before``; V-LED-01 for all that lack."""
    for key in typed:
        ledger.field(key)
    asked = (f for f in ledger.fields if f.required and (f.key in typed or f.key not in before))
    if missing := [f for f in asked if not fields.tidied(f, typed.get(f.key, ""))]:
        raise fields.lacking(*missing)
    return {
        f.key: fields.read(f, typed[f.key], known, at=at)
        if f.key in typed
        else before[f.key]
        if f.key in before
        else fields.read(f, "", known, at=at)
        for f in ledger.fields
    }


def check_own(
    session: Session, ledger: Ledger, *, campaign_id: str, orgs: Collection[str], known: Names
) -> None:
    """V-LED-10 for the first of these units whose ledger is not kept in this file, or came from the unit itself."""
    mine = rows.kept_here(session, campaign_id=campaign_id)
    came = counting.delivered(session, ledger, campaign_id=campaign_id)
    for code in sorted(orgs):
        if code not in known.orgs:
            raise broken("V-LED-07", field="党组织", text=code[:40])
        if code not in mine or code in came:
            raise broken("V-LED-10", org=known.org(code))


def next_numbers(session: Session, ledger: Ledger, *, campaign_id: str) -> dict[str, int]:
    """The highest number given in each unit so far, to rows taken out again too: none is ever about another row."""
    c = ledger.columns_of
    own = c.campaign_id == campaign_id, c.source == ""
    query = select(c.org, func.max(c.number)).where(*own).group_by(c.org)
    given = {row.org: row[1] for row in session.execute(query)}
    acts = [f"{act}{ledger.title}" for act in (REMOVING, UNDOING)]
    removed = select(col(JournalEntry.detail)).where(col(JournalEntry.act).in_(acts))
    for detail in map(json.loads, session.scalars(removed)):
        for name in (*detail.get("rows", ()), *detail.get("highest", ())):
            org, _, number = name.rpartition("-")
            given[org] = max(given.get(org, 0), int(number))
    return given


def row_of(
    ledger: Ledger, campaign_id: str, org: str, number: int, values: Values, known: Names, *, source: str = ""
) -> dict[str, object]:
    """A row as it is inserted."""
    return {
        "id": new_id(),
        "campaign_id": campaign_id,
        "org": org,
        "number": number,
        "source": source,
        "search": rows.text_to_search(ledger, values, known),
        **{f.key: values[f.key] for f in ledger.fields},
    }


def rewrite(
    session: Session,
    ledger: Ledger,
    *,
    campaign_id: str,
    listed: Sequence[tuple[Row, Values]],
    known: Names,
) -> None:
    """Write rows with these values, in place of what is there under their ids."""
    _delete(session, ledger, [row.id for row, _ in listed])
    made = [
        row_of(ledger, campaign_id, row.org, row.number, values, known) | {"id": row.id}
        for row, values in listed
    ]
    bulk.write(session, insert(ledger.sql), made)


def differences(ledger: Ledger, old: Values, new: Values, known: Names) -> dict[str, list[str]]:
    """What changes, in words, by the title of the field."""
    said = {
        f.title: [fields.shown(f, values.get(f.key, f.empty), known) for values in (old, new)]
        for f in ledger.fields
    }
    return {title: pair for title, pair in said.items() if pair[0] != pair[1]}


def weigh(
    session: Session,
    ledger: Ledger,
    listed: Sequence[Finding],
    *,
    reason: str,
    by: str,
    act: str,
    named: Mapping[str, Mapping[str, list[str]]],
    **more: object,
) -> tuple[Finding, ...]:
    """Let the act pass or stop it and write its journal entry, with what happened to each row unless there are very many.

    The journal is never changed again: of texts and persons it keeps that they were edited, not what they said.
    """
    subject = next(iter(named), ledger.title) if len(named) == 1 else f"{ledger.title} {len(named)} 行"
    kept = {name: _kept(ledger, pairs) for name, pairs in named.items()} if len(named) <= NAMED else {}
    return findings.weigh(
        session,
        listed,
        reason=reason,
        by=by,
        act=f"{act}{ledger.title}",
        subject=subject,
        detail={**more, "rows": kept},
        quoting=False,
    )


def _kept(ledger: Ledger, pairs: Mapping[str, list[str]]) -> dict[str, list[str] | str]:
    """What changed in a row as the journal keeps it: choices, days and counts; of every other field only that it did."""
    open_ = {one.title for one in ledger.fields if one.kind in IN_JOURNAL}
    return {title: pair if title in open_ else _edited(*pair) for title, pair in pairs.items()}


def _edited(was: str, now: str) -> str:
    return ("改写" if was else "填写") if now else "清空"


def _own(
    session: Session, ledger: Ledger, *, campaign_id: str, ids: Sequence[str], known: Names
) -> list[Row]:
    """These rows, all of them kept here; V-LED-10, 12 and 26 when not."""
    found = rows.picked(session, ledger, campaign_id=campaign_id, ids=ids)
    if not found:
        raise broken("V-LED-26" if ids else "V-LED-12")
    check_own(session, ledger, campaign_id=campaign_id, orgs={row.org for row in found}, known=known)
    return found


def _delete(session: Session, ledger: Ledger, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), rows.MOST_NAMED):
        lot = ids[start : start + rows.MOST_NAMED]
        session.execute(delete(ledger.sql).where(ledger.columns_of.id.in_(lot)))


def _told_of(detail: Mapping[str, object], name: str) -> str:
    of_rows = detail.get("rows")
    pairs = of_rows.get(name, {}) if isinstance(of_rows, dict) else {}
    said = [
        f"{title}：{pair}" if isinstance(pair, str) else f"{title}：{pair[0] or '空'} → {pair[1] or '空'}"
        for title, pair in pairs.items()
    ]
    why = detail.get(findings.BECAUSE)
    return "；".join(said + ([f"原因：{why}"] if why else []))
