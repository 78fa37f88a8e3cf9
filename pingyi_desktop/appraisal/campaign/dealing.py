"""How review groups are dealt out evenly and what they are called. Pure."""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"


def split_evenly(things: int, parts: int) -> list[int]:
    """Sizes of the parts, the larger ones first; they differ by one at most."""
    size, more = divmod(things, parts)
    return [size + (number < more) for number in range(parts)]


def group_name(number: int) -> str:
    """第一评议小组 … 第九十九评议小组."""
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else ("十" if tens == 1 else f"{DIGITS[tens]}十")
    return f"第{ten}{DIGITS[ones] if ones else ''}评议小组"
