"""民主评议 on the wire: how a campaign grades, and how many members of a unit have which grade. No database.

``grades`` travels as counts to the top; ``grade_names`` is only there where the campaign's definition asks for names, and
may be left out on the way. Both are members that earlier editions carry upward untouched and do not read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NoReturn

from pydantic import Field

from pingyi_desktop import bounds
from pingyi_desktop.exchange.wire.header import Code, Count, Day, Fields, Layer, Name, Salt
from pingyi_desktop.exchange.wire.package import Envelope

GRADES, NAMES = "grades", "grade_names"
COUNTS = ("excellent", "qualified", "basic", "unqualified", "not_rated")
LABELS = ("优秀", "合格", "基本合格", "不合格")
"""what the scale of a grading form says, in order"""

_SOME = Field(strict=False, min_length=1)


class GradingBody(Fields):
    """How a campaign grades its members: share of 优秀, whether 预备党员 count in it, whether names travel upward."""

    share: Annotated[str, Field(pattern=r"\A(1/3|30%|20%|15%)\z")]
    probationary_counted: bool
    names: bool


class GradedForm(Fields):
    """How many members on one form of one session were given each grade, and the last day on which one was decided."""

    layer: Layer
    org: Code
    form: Name
    excellent: Count
    qualified: Count
    basic: Count
    unqualified: Count
    not_rated: Count
    decided_on: Day


class Grades(Fields):
    """Member ``grades`` of a submission."""

    salt: Salt
    grades: Annotated[tuple[GradedForm, ...], _SOME]


class GradedPerson(Fields):
    """One member and the grade that was decided."""

    member_no: Name
    name: Name
    grade: Annotated[str, Field(pattern=r"\A(EXCELLENT|QUALIFIED|BASIC|UNQUALIFIED|NOT_RATED)\z")]


class NamedForm(Fields):
    """Everybody on one form of one session."""

    layer: Layer
    org: Code
    form: Name
    people: Annotated[tuple[GradedPerson, ...], _SOME]


class GradeNames(Fields):
    """Member ``grade_names`` of a submission."""

    salt: Salt
    names: Annotated[tuple[NamedForm, ...], _SOME]


Place = tuple[int, str, str]
Refuse = Callable[[str], NoReturn]


def check(envelope: Envelope, definition: Mapping[str, Any], *, refuse: Refuse) -> None:
    """Refuse grades that the ballots of the same submission do not bear out.

    Each is of a grading form with ballots there, once; everybody on the paper is counted in them, and nobody else; names
    are only there where the campaign asks for them, each once, and they come to the same counts.
    """
    persons = _persons(envelope.document("tallies")["batches"])
    held = {(one["layer"], one["org"]): one["held_on"] for one in envelope.document("sessions")["sessions"]}
    forms = _grading_forms(definition)
    counted: dict[Place, Mapping[str, Any]] = {}
    for one in (envelope.document(GRADES) or {GRADES: ()})[GRADES]:
        place, what = _place(one), f"{one['org']} {one['form']} 的等次"
        if place in counted or place not in persons or one["form"] not in forms:
            refuse(f"{what}重复，或没有对应的测评表票批")
        counted[place] = one
        listed = sum(one[key] for key in COUNTS)
        fewest, most = max(persons[place]), sum(persons[place])
        if not fewest <= listed <= min(most, bounds.MOST_PERSONS):
            refuse(f"{what}共 {listed} 人，测评表上是 {fewest} 人")
        if one["decided_on"] < (held[place[:2]] or ""):
            refuse(f"{what}决定日期在评议会之前")
    _check_names(envelope, definition, counted, refuse)


def _check_names(
    envelope: Envelope,
    definition: Mapping[str, Any],
    counted: Mapping[Place, Mapping[str, Any]],
    refuse: Refuse,
) -> None:
    named = envelope.document(NAMES)
    if named is None:
        return
    if not (definition.get("grading") or {}).get("names", False):
        refuse("本次活动没有要求上报等次的姓名，却附了姓名")
    seen: set[Place] = set()
    for one in named["names"]:
        place, people = _place(one), one["people"]
        numbers = {person["member_no"] for person in people}
        many = Counter(person["grade"].lower() for person in people)
        wanted = counted.get(place)
        same = wanted is not None and all(many[key] == wanted[key] for key in COUNTS)
        if place in seen or len(numbers) != len(people) or not same:
            refuse(f"{one['org']} {one['form']} 附的姓名与等次人数不一致")
        seen.add(place)


def _persons(batches: Sequence[Mapping[str, Any]]) -> Mapping[Place, list[int]]:
    """People on the paper of each form of each session: one number for each category's list."""
    found: defaultdict[Place, list[int]] = defaultdict(list)
    for batch in batches:
        found[_place(batch)].append(batch["persons"])
    return found


def _grading_forms(definition: Mapping[str, Any]) -> set[str]:
    labels = {
        scale["code"]: tuple(option["label"] for option in scale["options"]) for scale in definition["scales"]
    }
    return {
        form["code"]
        for form in definition["forms"]
        if form["subject_kind"] == "MEMBER_ROSTER"
        and any(labels[item["scale"]] == LABELS for item in form["items"])
    }


def _place(one: Mapping[str, Any]) -> Place:
    return one["layer"], one["org"], one["form"]
