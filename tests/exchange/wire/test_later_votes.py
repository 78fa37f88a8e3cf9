"""Who voted later is told of batches of the same submission, each once; nothing else is let in."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import header, later

PLACE = {"layer": 2, "org": "B1", "form": "T-ORG-A"}
HERE = {**PLACE, "voter_category": "A", "people": 4, "closes_on": "2024-01-20"}


class Envelope:
    """As much of one as is looked at here."""

    def __init__(self, *told: dict[str, Any]) -> None:
        batches = [{**PLACE, "voter_category": one} for one in ("A", "B")]
        sessions = [{"layer": 2, "org": "B1", "expected": 20, "actual": 12}]
        self.bodies = {
            "sessions": {"sessions": sessions},
            "tallies": {"batches": batches},
            "later": {"salt": "0" * 32, "later": list(told)},
        }

    def document(self, name: str) -> Any:
        return self.bodies.get(name)


def refuse(why: str) -> NoReturn:
    raise PackageError(why)


def check(*told: dict[str, Any]) -> None:
    envelope = Envelope(*told)
    header.read(later.Later, envelope.document("later"), what="later")
    later.check(envelope, refuse=refuse)  # type: ignore[arg-type]


def test_what_belongs_to_a_batch_passes() -> None:
    check(HERE, {**HERE, "voter_category": "B"})


@pytest.mark.parametrize(
    "told",
    [
        (HERE, HERE),
        ({**HERE, "voter_category": "C"},),
        ({**HERE, "layer": 1},),
        ({**HERE, "people": 0},),
        ({**HERE, "people": 9},),
        ({**HERE, "people": 5}, {**HERE, "voter_category": "B"}),
        ({**HERE, "closes_on": "2024-02-30"},),
        (),
    ],
)
def test_what_does_not_is_refused(told: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(PackageError):
        check(*told)


def test_people_stand_in_the_row_that_their_ballots_travel_in() -> None:
    told = [((2, "B1", "T-ORG-A", "A"), 4, "2024-01-20"), ((2, "B1", "T-ORG-A", "B"), 3, "2024-01-22")]
    apart = [{**PLACE, "voter_category": one, "valid": 9} for one in ("A", "B", "C")]
    assert [(one["voter_category"], one["people"]) for one in later.listed(apart, told)] == [
        ("A", 4),
        ("B", 3),
    ]
    merged = [{**PLACE, "voter_category": "A+B+C", "valid": 9}]
    assert later.listed(merged, told) == [
        {**PLACE, "voter_category": "A+B+C", "people": 7, "closes_on": "2024-01-22"}
    ]
