"""The two layers (层面) that are appraised: their numbers, their words and how commands name them, in one table."""

from __future__ import annotations

from typing import NamedTuple


class Layer(NamedTuple):
    """A layer, or both together (``number`` None, as every question about a layer takes it); ``reach`` says who is appraised there."""

    number: int | None
    name: str
    reach: str = ""

    @property
    def in_full(self) -> str:
        """Its name with whom it reaches: what a box offers to choose."""
        return f"{self.name}（{self.reach}）" if self.reach else self.name


LAYERS = {
    "all": Layer(None, "两个层面合并"),
    "1": Layer(1, "层面一", "公司到基层党委"),
    "2": Layer(2, "层面二", "到党总支、党支部"),
}
"""by what a command's ``--layer`` takes, in the order in which a box offers them"""
EACH = tuple(key for key, one in LAYERS.items() if one.number is not None)
"""the same of the single ones"""


def layer_name(number: int | None) -> str:
    """层面一, 层面二, or both."""
    return LAYERS["all" if number is None else str(number)].name
