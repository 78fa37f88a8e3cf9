"""Reading a ledger: slices of its rows, how many there are in each segment, what adds up. Frozen rows, nothing written.

What there is, and what of it counts (``Asked.counted``, and every figure), is in ``counting``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import Session, col

from pingyi_desktop.appraisal.campaign import campaign_tree, sessions
from pingyi_desktop.appraisal.ledgers import counting, fields
from pingyi_desktop.appraisal.ledgers.fields import Kind, Names
from pingyi_desktop.appraisal.ledgers.ledger import Ledger, Row, Share, Total
from pingyi_desktop.appraisal.paper.tallies import percent
from pingyi_desktop.appraisal.people.initials import initials
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.appraisal.rulebook.money import in_wan, money
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_people import PartyMember, PartyOrganization

HEAD = ("id", "org", "number", "source")
NO_CHOICE = "NONE"
MOST_NAMED = 500
SEARCHED = frozenset({Kind.TEXT, Kind.MONTH, Kind.AMOUNT, Kind.LINK, Kind.PERSON})
_letters = lru_cache(maxsize=4096)(initials)
"""of names of units, which every word is held against"""
_NUMBERED = re.compile(r"([A-Za-z0-9._]*)-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Asked:
    """Which rows are wanted: of a campaign, ``under`` a unit ("" all), in a segment ("" all), with all of these words.

    ``today`` (ISO) is what segments of time are held against; ``sort`` is a field's key, "" the order of the tree;
    ``counted`` leaves out what was given downward and came back.
    """

    campaign_id: str
    today: str
    under: str = ""
    segment: str = ""
    words: tuple[str, ...] = ()
    sort: str = ""
    down: bool = False
    counted: bool = False


@dataclass(frozen=True)
class Added:
    """One total: ``parts`` by choice (code, word, number), the ``whole`` (None: the parts are no sum), and what is said besides."""

    total: Total
    parts: tuple[tuple[str, str, int], ...]
    whole: str | None
    note: str = ""

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        said = "、".join(f"{word} {many}" for _, word, many in self.parts if many)
        if not said and self.whole is None:
            return f"{self.total.title} 没有登记{self.note}"
        whole = (
            "" if self.whole is None else f" {self.whole}{' ' if self.total.unit else ''}{self.total.unit}"
        )
        return f"{self.total.title}{whole}{f'（{said}）' if said and whole else f' {said}' if said else ''}{self.note}"


@dataclass(frozen=True)
class Figures:
    """What a ledger adds up to."""

    rows: int
    added: tuple[Added, ...]
    shares: tuple[tuple[Share, int, str], ...] = field(default=())
    """rate, rows that fulfil it, printed without a percent sign"""
    handed: int = 0
    """rows left out because the unit they were given to has them"""
    unheard: int = 0
    """rows left out because they are about a unit that is not below their own"""

    @property
    def sentences(self) -> list[str]:
        """One line each."""
        said = [one.sentence for one in self.added] + [
            f"{share.title} {rate}%（{many}/{self.rows}）" for share, many, rate in self.shares if self.rows
        ]
        left = (
            (self.handed, "项是交给下级的，下级已经报来，按下级的计"),
            (self.unheard, "行写的不是填报单位的下级，没有计入"),
        )
        return said + [f"另有 {many} {why}" for many, why in left if many]


def names(
    session: Session,
    *,
    campaign_id: str,
    people: Sequence[str] | None = None,
    units: Sequence[Org] | None = None,
) -> Names:
    """``units`` of the campaign, where they were read already, and members of the roster (``people``: only these numbers)."""
    if units is None:
        units = campaign_tree.tree(session, campaign_id=campaign_id)
    name: Any = col(PartyMember.name) + col(PartyMember.name_suffix)
    query = select(col(PartyMember.member_no), name, col(PartyOrganization.code)).join(
        PartyOrganization, col(PartyMember.org_id) == PartyOrganization.id
    )
    if people is not None:
        query = query.where(col(PartyMember.member_no).in_(people))
    known = session.execute(query) if people is None or people else ()
    return Names({o.code: o for o in units}, {number: (name, code) for number, name, code in known})


def kept_here(session: Session, *, campaign_id: str) -> frozenset[str]:
    """Codes of the units whose rows are typed in this file: its own, those entered by proxy, at the top all of them."""
    unit = session.scalars(select(col(DataFile.unit_code))).one()
    if session.get_one(Campaign, campaign_id).root_code == unit:
        return frozenset(o.code for o in campaign_tree.tree(session, campaign_id=campaign_id))
    return frozenset({unit}) | sessions.proxied(session, campaign_id=campaign_id)


def writable(session: Session, ledger: Ledger, *, campaign_id: str) -> list[tuple[str, str]]:
    """Code and short name of the units to which a row can be added here, the own one first."""
    kept = kept_here(session, campaign_id=campaign_id) - counting.delivered(
        session, ledger, campaign_id=campaign_id
    )
    units = campaign_tree.tree(session, campaign_id=campaign_id)
    return [(o.code, o.short_name) for o in units if o.code in kept]


def listing(
    session: Session,
    ledger: Ledger,
    asked: Asked,
    *,
    start: int = 0,
    many: int | None = None,
    units: Sequence[Org] | None = None,
) -> list[Row]:
    """The rows from ``start`` on, at most ``many``; ``units`` is the campaign's tree, where it was read already."""
    query = _ordered(ledger, asked, select(*_columns(ledger)).where(*conditions(session, ledger, asked)))
    if many is not None:
        query = query.offset(start).limit(many)
    return _rows(session, ledger, asked.campaign_id, session.execute(query).all(), units)


def picked(session: Session, ledger: Ledger, *, campaign_id: str, ids: Sequence[str]) -> list[Row]:
    """These rows, in the order of the tree."""
    c = ledger.columns_of
    found: list[Any] = []
    for start in range(0, len(ids), MOST_NAMED):
        query = select(*_columns(ledger)).where(c.id.in_(ids[start : start + MOST_NAMED]))
        found += session.execute(query).all()
    found.sort(key=lambda row: (row.org, row.number))
    return _rows(session, ledger, campaign_id, found)


def ids(session: Session, ledger: Ledger, asked: Asked, *, start: int = 0, many: int = -1) -> list[str]:
    """Ids of the same rows as ``listing``."""
    query = _ordered(ledger, asked, select(ledger.columns_of.id).where(*conditions(session, ledger, asked)))
    return list(session.scalars(query.offset(start).limit(many) if many >= 0 else query))


def by_name(session: Session, ledger: Ledger, *, campaign_id: str, name: str) -> Row:
    """The row of this number (V-LED-11)."""
    code, _, number = name.rpartition("-")
    c = ledger.columns_of
    told = number if number.isascii() and number.isdigit() and len(number) < 10 else "0"
    query = select(c.id).where(c.campaign_id == campaign_id, c.org == code, c.number == int(told))
    found = session.scalars(query.order_by(c.source.desc())).first()
    if found is None:
        raise broken("V-LED-11", number=name[:40], title=ledger.title)
    return picked(session, ledger, campaign_id=campaign_id, ids=[found])[0]


def sums(session: Session, ledger: Ledger, asked: Asked) -> tuple[dict[str, int], Figures]:
    """How many rows there are in each segment ("" for all), and the figures of the one asked for."""
    where = conditions(session, ledger, replace(asked, segment=""))
    inside = [*where, *_in_segment(ledger, asked)]
    in_each = _at_once(session, ledger, where, _in_each(ledger, asked))
    return in_each, _figures(session, ledger, asked, inside)


def _in_each(ledger: Ledger, asked: Asked) -> dict[str, Any]:
    """How many rows are in each segment."""
    c, state = ledger.columns_of, ledger.columns_of[ledger.states]
    wanted: dict[str, Any] = {"": func.count()}
    wanted |= {str(one.code): _rows_that(state == one.code) for one in ledger.state.options}
    return wanted | {one.key: _rows_that(one.where(c, asked.today)) for one in ledger.segments}


def figures(session: Session, ledger: Ledger, asked: Asked) -> Figures:
    """Totals and rates of the rows asked for."""
    return _figures(session, ledger, asked, conditions(session, ledger, asked))


def _figures(session: Session, ledger: Ledger, asked: Asked, where: list[ColumnElement[bool]]) -> Figures:
    handed, left_out = counting.came_back(session, ledger, asked.campaign_id), list[int]()
    is_handed = [ledger.columns_of.id.in_(handed)] if handed else []
    for out in (is_handed, counting.unheard(session, ledger, asked.campaign_id)):
        query = select(func.count()).select_from(ledger.sql).where(*where, *out)
        left_out.append(session.scalars(query).one() if out else 0)
        where = [*where, *(~one for one in out)]
    found = _at_once(session, ledger, where, _wanted(ledger))
    added = tuple(
        _money(session, total, ledger.columns_of[total.of], where)
        if _is_money(ledger, total)
        else _added(ledger, total, place, found)
        for place, total in enumerate(ledger.totals)
    )
    many = found[""]
    shares = tuple(
        (share, found[f"share {place}"], percent(found[f"share {place}"], many, cap=True))
        for place, share in enumerate(ledger.shares)
    )
    return Figures(many, added, shares, *left_out)


def by_unit(session: Session, ledger: Ledger, asked: Asked, *, by: str) -> dict[str, dict[str, int]]:
    """Rows of each unit by a choice: the roll-up by organisation and category; ``NO_CHOICE`` where none was made."""
    c = ledger.columns_of
    if not ledger.by_key[by].options:
        raise broken("V-LED-18", field=ledger.by_key[by].title)
    where = conditions(session, ledger, replace(asked, counted=True))
    where += [~one for one in counting.unheard(session, ledger, asked.campaign_id)]
    query = select(c.org, c[by], func.count()).where(*where).group_by(c.org, c[by])
    found: dict[str, dict[str, int]] = {}
    for code, choice, many in session.execute(query):
        found.setdefault(code, {})[choice or NO_CHOICE] = many
    return found


def text_to_search(ledger: Ledger, values: Mapping[str, fields.Value], known: Names) -> str:
    """What the filter looks through: the texts of a row, names of members, and the initials of all of it."""
    said = (fields.shown(f, values[f.key], known) for f in ledger.fields if f.kind in SEARCHED)
    whole = " ".join(filter(None, said))[: fields.LONGEST].casefold()
    return f"{whole} {initials(whole)}"


def _columns(ledger: Ledger) -> list[Any]:
    c = ledger.columns_of
    return [c[name] for name in (*HEAD, *(f.key for f in ledger.fields))]


def _rows(
    session: Session,
    ledger: Ledger,
    campaign_id: str,
    found: Sequence[Any],
    units: Sequence[Org] | None = None,
) -> list[Row]:
    if not found:
        return []
    keys = [f.key for f in ledger.fields]
    numbers = {getattr(row, key) for key in ledger.personal for row in found} - {""}
    people = sorted(numbers) if len(numbers) <= MOST_NAMED else None
    known = names(session, campaign_id=campaign_id, people=people, units=units)
    made = []
    for row in found:
        values = dict(zip(keys, row[len(HEAD) :], strict=True))
        texts = {f.key: fields.shown(f, values[f.key], known) for f in ledger.fields}
        made.append(Row(row.id, row.org, known.org(row.org), row.number, row.source != "", values, texts))
    return made


def _ordered(ledger: Ledger, asked: Asked, query: Select[Any]) -> Select[Any]:
    c = ledger.columns_of
    if not asked.sort:
        return query.order_by(c.org, c.number)
    key = c.get(asked.sort, c.org)
    return query.order_by(key.desc() if asked.down else key, c.org, c.number)


def conditions(session: Session, ledger: Ledger, asked: Asked) -> list[ColumnElement[bool]]:
    """What rows that are asked for must fulfil, for a question of one's own."""
    c = ledger.columns_of
    where = counting.there(ledger, asked.campaign_id)
    if asked.under:
        inside = campaign_tree.tree(session, campaign_id=asked.campaign_id, under=asked.under)
        where.append(c.org.in_([o.code for o in inside]))
    if asked.counted and (handed := counting.came_back(session, ledger, asked.campaign_id)):
        where.append(c.id.not_in(handed))
    where += _in_segment(ledger, asked)
    units = campaign_tree.tree(session, campaign_id=asked.campaign_id) if asked.words else []
    return where + [_found(ledger, units, word) for word in asked.words]


def _in_segment(ledger: Ledger, asked: Asked) -> list[ColumnElement[bool]]:
    c = ledger.columns_of
    if not asked.segment:
        return []
    special = next((one for one in ledger.segments if one.key == asked.segment), None)
    return [c[ledger.states] == asked.segment if special is None else special.where(c, asked.today)]


def _found(ledger: Ledger, units: Sequence[Org], word: str) -> ColumnElement[bool]:
    """Rows that have the word in their text, in a choice, in the name of their unit or of a member as it is now, in
    initials of these, or as number."""
    c, low = ledger.columns_of, word.casefold()
    people = select(col(PartyMember.member_no)).where(col(PartyMember.name).contains(word, autoescape=True))
    either = [c.search.contains(low, autoescape=True), *(c[key].in_(people) for key in ledger.personal)]
    named = [
        o.code
        for o in units
        if low in o.short_name.casefold() or low in _letters(o.short_name) or word in o.code
    ]
    if named:
        either.append(c.org.in_(named))
    if numbered := _NUMBERED.fullmatch(word):
        either.append(c.org.endswith(numbered[1].upper(), autoescape=True) & (c.number == int(numbered[2])))
    for one in ledger.fields:
        meant = [o.code for o in one.options if low in o.word or low == initials(o.word)]
        if meant:
            either.append(c[one.key].in_(meant))
    return or_(*either)


def _at_once(
    session: Session, ledger: Ledger, where: list[ColumnElement[bool]], wanted: Mapping[str, Any]
) -> dict[str, int]:
    """Each of these numbers, in one look at the rows: a look at many rows is what costs."""
    query = select(*wanted.values()).select_from(ledger.sql).where(*where)
    return {key: number or 0 for key, number in zip(wanted, session.execute(query).one(), strict=True)}


def _rows_that(fulfil: ColumnElement[bool]) -> Any:  # noqa: ANN401 - an expression of the database
    return func.count(case((fulfil, 1)))


def _wanted(ledger: Ledger) -> dict[str, Any]:
    """The numbers behind totals and rates, by "place of the total" with the choice, and "share" with its place."""
    c, wanted = ledger.columns_of, dict[str, Any]({"": func.count()})
    for place, total in enumerate(ledger.totals):
        if _is_money(ledger, total):
            continue
        of = c[total.of] if total.of else None
        wanted[f"{place} "] = func.count() if of is None else func.sum(of)
        for option in ledger.by_key[total.by].options if total.by else ():
            chosen = c[total.by] == option.code
            wanted[f"{place} {option.code}"] = (
                _rows_that(chosen) if of is None else func.sum(case((chosen, of)))
            )
        if of is not None and total.out_of:
            both = of.is_not(None) & c[total.out_of].is_not(None)
            wanted[f"{place} part"] = func.sum(case((both, of)))
            wanted[f"{place} whole"] = func.sum(case((both, c[total.out_of])))
    for place, share in enumerate(ledger.shares):
        wanted[f"share {place}"] = _rows_that(c[share.field].in_(share.options))
    return wanted


def _is_money(ledger: Ledger, total: Total) -> bool:
    return bool(total.of) and ledger.by_key[total.of].kind is Kind.AMOUNT


def _added(ledger: Ledger, total: Total, place: int, found: Mapping[str, int]) -> Added:
    number = found[f"{place} "]
    if not total.by:
        part, whole = found.get(f"{place} part", 0), found.get(f"{place} whole", 0)
        rate = f"（{percent(part, whole, cap=True)}%）" if whole else ""
        return Added(total, (), str(number), rate)
    parts = [(o.code, o.word, found[f"{place} {o.code}"]) for o in ledger.by_key[total.by].options]
    rest = number - sum(many for *_, many in parts)
    parts += [(NO_CHOICE, "未写明", rest)] if rest else []
    return Added(total, tuple(parts), str(number) if total.together else None)


def _money(session: Session, total: Total, column: Any, where: list[ColumnElement[bool]]) -> Added:  # noqa: ANN401
    """Exact amounts are added up; the others are kept as written, left out and said."""
    exact, about = Decimal(0), list[str]()
    for written in session.scalars(select(column).where(*where, column != "").order_by(column)):
        found = money(written)
        if found is not None and found.exact:
            exact += found.yuan
        else:
            about.append(written)
    said = list(dict.fromkeys(about))
    listed = "”“".join(said[:5]) + ("”等" if len(said) > 5 else "”")
    note = f"；另有 {len(about)} 处不是确数，没有计入：“{listed}" if about else ""
    return Added(total, (), in_wan(exact), note)
