"""The fields of a ledger: how each is cleaned and checked, shown, and shaped in a package. Pure.

A field is made by one of the names below (``Text``, ``Choice`` …) and knows its ``key`` (the column of the table and the name in a package),
its ``title`` (form, sheet, sentence) and its kind. What a person typed or a cell says goes through ``read``; a value is
shown by ``shown``. ``read`` needs ``Names`` for what names an organisation or a member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, partial

from pingyi_desktop import bounds, visible
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook import dates, personal
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.appraisal.rulebook.money import money
from pingyi_desktop.errors import RuleError

Value = str | int | None
LONGEST = 1000
"""characters of any text of a ledger, at every door"""


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "TEXT"
    CHOICE = "CHOICE"
    DAY = "DAY"
    MONTH = "MONTH"
    AMOUNT = "AMOUNT"
    COUNT = "COUNT"
    ORG = "ORG"
    PERSON = "PERSON"
    LINK = "LINK"


LIKE = {Kind.DAY: "如 2025-11-03", Kind.MONTH: "如 2025年11月"}
WHAT = {
    Kind.COUNT: "整数",
    Kind.AMOUNT: "如 3.5 万元",
    Kind.PERSON: "姓名或编号",
    Kind.ORG: "代码、简称或全称",
}
UNKNOWN_IS_NULL = frozenset({Kind.CHOICE, Kind.DAY, Kind.COUNT})


@dataclass(frozen=True)
class Option:
    """One choice: its code in table and package, its word, how a chip shows it ("" none) and other words for it."""

    code: str
    word: str
    tone: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One field; ``words`` are other headings a sheet may have for it, ``long`` asks for an editor of several lines."""

    key: str
    title: str
    kind: Kind
    required: bool = False
    words: tuple[str, ...] = ()
    hint: str = ""
    most: int = 60
    long: bool = False
    options: tuple[Option, ...] = ()

    @property
    def empty(self) -> Value:
        """The value that says nothing."""
        return None if self.kind in UNKNOWN_IS_NULL else ""

    @property
    def offered(self) -> str:
        """The words of the choices, for a sentence."""
        return "、".join(one.word for one in self.options)

    @property
    def like(self) -> str:
        """What may be typed here, in a few words; "" where the title says it."""
        return self.hint or LIKE.get(self.kind, "")

    @property
    def asked(self) -> str:
        """Its title with what may stand there, for a sentence."""
        what = (
            f"从{self.offered}中选一个"
            if self.options
            else self.like or WHAT.get(self.kind, f"最多 {self.most} 字")
        )
        return f"“{self.title}”（{what}）"

    def option(self, value: Value) -> Option | None:
        """The choice of this code."""
        return next((one for one in self.options if one.code == value), None)


@dataclass(frozen=True)
class Names:
    """What codes and numbers are called in a file: units of the campaign, and members of the roster by number."""

    orgs: Mapping[str, Org] = field(default_factory=dict)
    people: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """name and code of the branch, by number"""

    @cached_property
    def by_word(self) -> Mapping[str, str]:
        """Codes of the units by their code, short and full name; a name that two units have is none."""
        often: dict[str, set[str]] = {}
        for o in self.orgs.values():
            for said in (o.short_name, o.full_name):
                often.setdefault(said, set()).add(o.code)
        one = {said: next(iter(codes)) for said, codes in often.items() if len(codes) == 1}
        return {**one, **{code: code for code in self.orgs}}

    def org(self, code: str) -> str:
        """Short name of a unit."""
        return self.orgs[code].short_name if code in self.orgs else code

    def person(self, number: str) -> str:
        """Name of a member; the number itself when the roster here does not have it."""
        return self.people.get(number, (number, ""))[0]


Text = partial(Field, kind=Kind.TEXT)
"""a text without numbers of persons in it"""
Choice = partial(Field, kind=Kind.CHOICE)
"""one of its ``options``"""
Day = partial(Field, kind=Kind.DAY)
"""a date, kept as ``YYYY-MM-DD``"""
Month = partial(Field, kind=Kind.MONTH, most=20)
"""a month, kept as ``YYYY-MM`` and shown as 2025年9月"""
Count = partial(Field, kind=Kind.COUNT)
"""a whole number from nought to ``bounds.MOST``"""
Amount = partial(Field, kind=Kind.AMOUNT, most=40)
"""money as it was written, with its unit and its 约, 余 or 多 (``rulebook.money``)"""
Person = partial(Field, kind=Kind.PERSON)
"""a member of the row's organisation, kept as the number; apart from the other fields in a package"""
Unit = partial(Field, kind=Kind.ORG)
"""another unit of the campaign, kept as its code"""
Link = partial(Field, kind=Kind.LINK, most=80)
"""the number of a row of another ledger (``QL.01.B003-7``)"""


def read(of: Field, typed: str, names: Names, *, at: str) -> Value:
    """What a person typed, or a cell says, as the value that is kept; a RuleError (V-LED) says what is wrong with it.

    ``at`` is the code of the row's own organisation.
    """
    said = tidied(of, typed)
    if not said:
        if of.required:
            raise lacking(of)
        return of.empty
    if len(said) > of.most and of.kind is not Kind.CHOICE:
        raise broken("V-LED-02", field=of.title, n=len(said), most=of.most)
    return _READ[of.kind](of, said, names, at)


def lacking(*listed: Field) -> RuleError:
    """The error for fields that are to be filled in and are not: all of them, with what may stand there."""
    return broken("V-LED-01", field="、".join(one.asked for one in listed))


def tidied(of: Field, typed: str) -> str:
    """What was typed without what nobody sees, "" for nothing."""
    return visible.clean(typed).strip() if of.long else visible.line(personal.tidy(typed))


def shown(of: Field, value: Value, names: Names) -> str:
    """The value in words, "" for none."""
    if value is None or value == "":
        return ""
    if of.kind is Kind.CHOICE:
        found = of.option(value)
        return str(value) if found is None else found.word
    if of.kind is Kind.ORG:
        return names.org(str(value))
    if of.kind is Kind.MONTH:
        return dates.shown_month(str(value))
    return names.person(str(value)) if of.kind is Kind.PERSON else str(value)


def is_shaped(of: Field, value: object) -> bool:
    """Whether a value may stand in a package: of the right type, within its bounds, clean as ``read`` leaves it."""
    if value == of.empty and type(value) is type(of.empty):
        return not of.required
    if of.kind is Kind.COUNT:
        return type(value) is int and 0 <= value <= bounds.MOST
    if not isinstance(value, str) or not 0 < len(value) <= of.most:
        return False
    if of.kind is Kind.CHOICE:
        return of.option(value) is not None
    if of.kind in (Kind.DAY, Kind.MONTH):
        return _READ_DATE[of.kind](value) == value
    if of.kind is Kind.AMOUNT:
        return money(value) is not None
    one_line = of.long or value == visible.line(value)
    return one_line and not personal.has_private_number(value)


def _text(of: Field, said: str, _names: Names, _at: str) -> Value:
    if personal.has_private_number(said):
        raise broken("V-MEM-07", what=f"“{of.title}”里", mend="请删去后再继续")
    return said


def _choice(of: Field, said: str, _names: Names, _at: str) -> Value:
    for one in of.options:
        if said in (one.code, one.word, *one.others):
            return str(one.code)
    raise broken("V-LED-03", field=of.title, text=said[:30], offered=of.offered)


def _date(of: Field, said: str, _names: Names, _at: str) -> Value:
    made = _READ_DATE[of.kind](said)
    if made is None:
        raise broken("V-LED-20" if of.kind is Kind.MONTH else "V-LED-04", field=of.title, text=said)
    return made


def _count(of: Field, said: str, _names: Names, _at: str) -> Value:
    bare = said.replace(",", "")
    many = int(bare) if bare.isascii() and bare.isdigit() else -1
    if not 0 <= many <= bounds.MOST or said not in (bare, f"{many:,}"):  # 2,3 is no 23
        raise broken("V-LED-05", field=of.title, text=said, most=bounds.MOST)
    return many


def _amount(of: Field, said: str, _names: Names, _at: str) -> Value:
    if money(said) is None:
        raise broken("V-LED-06", field=of.title, text=said)
    return said


def _org(of: Field, said: str, names: Names, _at: str) -> Value:
    if said not in names.by_word:
        raise broken("V-LED-07", field=of.title, text=said)
    return names.by_word[said]


def _person(of: Field, said: str, names: Names, at: str) -> Value:
    if said in names.people:
        return said
    name = personal.clean_name(said)
    meant = [no for no, (known, branch) in names.people.items() if known == name and branch == at]
    if len(meant) == 1:
        return meant[0]
    code = "V-LED-09" if meant else "V-LED-08"
    raise broken(code, field=of.title, text=said, org=names.org(at), n=len(meant))


_READ_DATE = {Kind.DAY: dates.iso_day, Kind.MONTH: dates.iso_month}
_READ = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.DAY: _date,
    Kind.MONTH: _date,
    Kind.COUNT: _count,
    Kind.AMOUNT: _amount,
    Kind.ORG: _org,
    Kind.PERSON: _person,
    Kind.LINK: _text,
}
