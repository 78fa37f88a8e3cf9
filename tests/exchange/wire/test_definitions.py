"""A definition that no office of ours could have published is refused at the door: what cannot be printed, keyed, counted."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import sealing

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import bodies

ITEM = sealing.DEFINITION["forms"][0]["items"][0]
SCALE = sealing.DEFINITION["scales"][0]


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(sealing.DEFINITION)
    here: Any = document
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return document


def test_what_can_be_published_passes() -> None:
    bodies.check_shape(sealing.campaign())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("forms", 1, "paper"), "A3"),  # no layout knows its rows
        (("forms", 0, "items"), [{**ITEM, "no": str(n)} for n in range(31)]),
        (("forms",), [{**sealing.DEFINITION["forms"][0], "code": f"T-{n}"} for n in range(51)]),
        (("scales", 0, "options", 0, "score"), 2**53 - 1),
        (("scales", 0, "options", 0, "score"), -1),
        (("scales",), [SCALE, {**SCALE, "options": SCALE["options"][:2]}]),  # two scales of one name
        (("voter_categories",), [{"code": f"C{n}", "name": "某类"} for n in range(37)]),
        (("grading",), {"share": "1/0", "probationary_counted": True, "names": False}),
        (("grading",), {"share": "300%", "probationary_counted": True, "names": True}),
    ],
)
def test_what_cannot_is_refused(path: tuple[str | int, ...], value: object) -> None:
    with pytest.raises(PackageError):
        bodies.check_shape(sealing.campaign(changed(path, value)))
