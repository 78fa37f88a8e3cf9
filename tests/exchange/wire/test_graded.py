"""Grades in a package are borne out by its ballots, or refused; names only where the campaign asks for them."""

from __future__ import annotations

import copy
from typing import Any, NoReturn

import pytest

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import graded, header

LABELS = graded.LABELS
PEOPLE = [
    {"member_no": "1", "name": "赵建国", "grade": "EXCELLENT"},
    {"member_no": "2", "name": "钱秀英", "grade": "QUALIFIED"},
    {"member_no": "3", "name": "吴新来", "grade": "NOT_RATED"},
]
PLACE = {"layer": 2, "org": "B1", "form": "T-MEM-E"}
BODIES: dict[str, Any] = {
    "sessions": {"sessions": [{"layer": 2, "org": "B1", "held_on": "2024-01-12"}]},
    "tallies": {"batches": [{**PLACE, "persons": 3}]},
    "grades": {
        "salt": "0" * 32,
        "grades": [
            {
                **PLACE, "excellent": 1, "qualified": 1, "basic": 0, "unqualified": 0, "not_rated": 1,
                "decided_on": "2024-01-20",
            }
        ],
    },
    "grade_names": {"salt": "0" * 32, "names": [{**PLACE, "people": PEOPLE}]},
}  # fmt: skip
DEFINITION = {
    "scales": [
        {"code": "GRADE4", "options": [{"label": label} for label in LABELS]},
        {"code": "SAT4", "options": [{"label": label} for label in "甲乙丙丁"]},
    ],
    "forms": [
        {"code": "T-MEM-E", "subject_kind": "MEMBER_ROSTER", "items": [{"scale": "GRADE4"}]},
        {"code": "T-MEM-B", "subject_kind": "MEMBER_ROSTER", "items": [{"scale": "SAT4"}]},
    ],
    "grading": {"share": "1/3", "probationary_counted": True, "names": True},
}


class Envelope:
    """As much of one as is looked at here."""

    def __init__(self, bodies: dict[str, Any]) -> None:
        self.bodies = bodies

    def document(self, name: str) -> Any:
        return self.bodies.get(name)


def refuse(why: str) -> NoReturn:
    raise PackageError(why)


def check(bodies: dict[str, Any], definition: dict[str, Any] = DEFINITION) -> None:
    for name, model in ((graded.GRADES, graded.Grades), (graded.NAMES, graded.GradeNames)):
        if name in bodies:
            header.read(model, bodies[name], what=name)
    graded.check(Envelope(bodies), definition, refuse=refuse)  # type: ignore[arg-type]


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    bodies = copy.deepcopy(BODIES)
    here: Any = bodies
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return bodies


def test_what_is_borne_out_passes() -> None:
    check(BODIES)


@pytest.mark.parametrize("left_out", [("grade_names",), ("grades", "grade_names")])
def test_an_edition_that_knows_no_grades_passes(left_out: tuple[str, ...]) -> None:
    check({name: body for name, body in BODIES.items() if name not in left_out})


ONE = ("grades", "grades", 0)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ((*ONE, "excellent"), 2, "共 4 人，测评表上是 3 人"),
        ((*ONE, "qualified"), 0, "共 2 人，测评表上是 3 人"),
        ((*ONE, "org"), "B2", "没有对应的测评表票批"),
        ((*ONE, "form"), "T-MEM-B", "没有对应的测评表票批"),
        ((*ONE, "decided_on"), "2024-01-11", "决定日期在评议会之前"),
        ((*ONE, "excellent"), -1, "不合规定"),
        ((*ONE, "decided_on"), "昨天", "不合规定"),
        (("grades", "grades"), [BODIES["grades"]["grades"][0]] * 2, "重复"),
        (("grade_names", "names", 0, "people"), PEOPLE[:2], "附的姓名与等次人数不一致"),
        (("grade_names", "names", 0, "people", 2, "member_no"), "2", "附的姓名与等次人数不一致"),
        (("grade_names", "names", 0, "people", 0, "grade"), "QUALIFIED", "附的姓名与等次人数不一致"),
        (("grade_names", "names", 0, "people", 0, "grade"), "优秀", "不合规定"),
        (("grade_names", "names", 0, "org"), "B2", "附的姓名与等次人数不一致"),
        (("grade_names", "names"), [BODIES["grade_names"]["names"][0]] * 2, "附的姓名与等次人数不一致"),
        (("tallies", "batches"), [], "没有对应的测评表票批"),
    ],
)
def test_what_is_not_is_refused(path: tuple[str | int, ...], value: object, said: str) -> None:
    with pytest.raises(PackageError, match=said):
        check(changed(path, value))


@pytest.mark.parametrize("grading", [None, {"share": "1/3", "probationary_counted": True, "names": False}])
def test_names_nobody_asked_for_are_refused(grading: object) -> None:
    with pytest.raises(PackageError, match="没有要求上报等次的姓名"):
        check(BODIES, {**DEFINITION, "grading": grading})


def test_two_lists_of_people_may_differ() -> None:
    """Two categories of voters, three people on one list and two on the other: there are three to five of them."""
    bodies = changed(("tallies", "batches"), [{**PLACE, "persons": 3}, {**PLACE, "persons": 2}])
    check(bodies)
    bodies["grades"]["grades"][0]["not_rated"] = 4
    with pytest.raises(PackageError, match="共 6 人"):
        check(bodies)
