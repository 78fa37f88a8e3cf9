"""The one table of the layers' words: what boxes offer, what commands take, what sheets read."""

from __future__ import annotations

import pytest

from pingyi_desktop.appraisal.paper.forms import PLACES
from pingyi_desktop.appraisal.paper.layers import LAYERS, layer_name
from pingyi_desktop.sheets.stacks.ballot_words import read_layer


def test_every_layer_has_its_number_its_word_and_whom_it_reaches() -> None:
    assert [(key, one.number, one.in_full) for key, one in LAYERS.items()] == [
        ("all", None, "两个层面合并"),
        ("1", 1, "层面一（公司到基层党委）"),
        ("2", 2, "层面二（到党总支、党支部）"),
    ]
    assert [layer_name(one) for one in (None, 1, 2)] == ["两个层面合并", "层面一", "层面二"]
    assert list(PLACES.values()) == ["层面一党委", "层面二党总支", "层面二党支部"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("层面一", "1"),
        ("第二层面", "2"),
        ("L1", "1"),
        ("2", "2"),
        ("合并", "合并"),
        ("并", "并"),
        ("", ""),
        ("三", "三"),
    ],
)
def test_a_sheet_names_one_layer_and_never_both(typed: str, read: str) -> None:
    assert read_layer(typed) == read
