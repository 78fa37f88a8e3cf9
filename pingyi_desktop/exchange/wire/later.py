"""补投 on the wire: which batches of a submission have ballots of people who voted later in them, and how many people. No database.

The ballots travel in the meeting's own rows, never by themselves; what is told here is that they are among them, so that
reports above the unit can say so. A member that earlier editions carry upward untouched and do not read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, NoReturn

from pydantic import Field

from pingyi_desktop.exchange.wire.header import MERGED, Code, Count, Day, Fields, Layer, Name, Salt
from pingyi_desktop.exchange.wire.package import Envelope

LATER = "later"
KEYS = ("layer", "org", "form", "voter_category")

Place = tuple[int, str, str]
"""layer, organisation, form"""
Stack = tuple[int, str, str, str]
"""and category of voters"""


class LaterVoters(Fields):
    """People of one batch who voted later, and until which day they could."""

    layer: Layer
    org: Code
    form: Name
    voter_category: Name
    people: Count
    closes_on: Day


class Later(Fields):
    """Member ``later`` of a submission."""

    salt: Salt
    later: Annotated[tuple[LaterVoters, ...], Field(strict=False, min_length=1)]


def listed(
    batches: Iterable[Mapping[str, Any]], told: Iterable[tuple[Stack, int, str]]
) -> list[dict[str, Any]]:
    """What is told of these batches as they travel; ``told`` is (stack, people, closing date) of each supplementary one."""
    known = list(told)
    found = []
    for batch in batches:
        *place, category = (batch[key] for key in KEYS)
        inside = {(*place, one) for one in category.split(MERGED)}
        here = [(people, day) for stack, people, day in known if stack in inside]
        if here:
            people, day = sum(many for many, _ in here), max(day for _, day in here)
            found.append({**{key: batch[key] for key in KEYS}, "people": people, "closes_on": day})
    return found


def read(envelope: Envelope) -> Sequence[Mapping[str, Any]]:
    """What a submission tells of them; nothing where it has no such member."""
    document = envelope.document(LATER)
    return document[LATER] if document else ()


def people(envelope: Envelope) -> Mapping[Place, int]:
    """How many people voted later on each form of each session, of whatever category."""
    found: Counter[Place] = Counter()
    for one in read(envelope):
        found[one["layer"], one["org"], one["form"]] += one["people"]
    return found


def check(envelope: Envelope, *, refuse: Callable[[str], NoReturn]) -> None:
    """Refuse people who voted later on no batch of the same submission, twice, or more than were absent."""
    batches = {tuple(one[key] for key in KEYS) for one in envelope.document("tallies")["batches"]}
    for one in read(envelope):
        place = tuple(one[key] for key in KEYS)
        if place not in batches or not one["people"]:
            refuse(f"{one['org']} {one['form']} 的补投重复，或没有对应的票批")
        batches.remove(place)
    sessions = envelope.document("sessions")["sessions"]
    absent = {(one["layer"], one["org"]): (one["expected"] or 0) - (one["actual"] or 0) for one in sessions}
    for (layer, org, form), many in people(envelope).items():
        if many > absent[layer, org]:
            refuse(f"{form} 补投 {many} 人，没有到会的只有 {absent[layer, org]} 人")
