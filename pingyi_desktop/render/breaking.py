"""Where the lines of Chinese text end: no comma begins one, no bracket opens at the end of one (GB/T 15834, 5.1), and no
short word or number is torn.

Nothing hangs over the margin either: what must not begin a line takes the character before it along.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain

NOT_FIRST = frozenset("，。、；：！？）》」』】”’〕％…—,.;:!?)%")
NOT_LAST = frozenset("（《「『【“‘〔(")


def lines(text: str, widths: Sequence[float], rooms: Sequence[float]) -> list[tuple[int, int]]:
    """Where each line begins and ends in a text whose characters are so wide; a line feed ends a line and is in none, nor are
    spaces where a line is full.

    ``rooms`` are how much the first lines hold, the last of them for all that follow, in the same unit as ``widths``. A
    character that alone is too wide has a line of its own.
    """
    found, first, used = list[tuple[int, int]](), 0, 0.0
    for at, (character, wide) in enumerate(zip(text, widths, strict=True)):
        if character == "\n":
            found.append((first, at))
            first, used = at + 1, 0.0
            continue
        while at > first and used + wide > rooms[min(len(found), len(rooms) - 1)]:
            end = _end(text, first, at)
            found.append((first, first + len(text[first:end].rstrip(" "))))
            first = end + len(text[end : at + 1]) - len(text[end : at + 1].lstrip(" "))
            used = sum(widths[first:at])
        used += wide if at >= first else 0.0
    return [*found, (first, len(text))]


def _end(text: str, first: int, at: int) -> int:
    """Where a line ends that begins at ``first`` and has no room for ``at``: between words; where one word is the whole line,
    behind a hyphen, else wherever it is full."""
    places = partial(filter, partial(_may_part, text), range(at, first, -1))
    whole = (end for end in places() if not (_of_word(text[end - 1]) and _of_word(text[end])))
    hyphened = (end for end in places() if text[end - 1] in "-/")
    return next(chain(whole, hyphened, places()), at)


def _may_part(text: str, at: int) -> bool:
    return text[at - 1] not in NOT_LAST and text[at : at + 3].lstrip()[:1] not in NOT_FIRST


def _of_word(character: str) -> bool:
    """Of a number, a code or a word in Latin letters."""
    return character.isascii() and character.isprintable() and character not in " ()"
