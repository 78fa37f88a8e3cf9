"""Initials of pinyin, so that “qlmy” finds 青峦煤业: no library, no network.

The 3,755 characters of GB 2312's first level stand in the order of their pinyin, so the place of a character tells the first
letter of its sound: one table of where each letter begins is enough. Rare characters of the second level stand by
radical and have no letter here; of a character with several sounds only the common one is known.
"""

from __future__ import annotations

from bisect import bisect_right

LETTERS = "abcdefghjklmnopqrstwxyz"
BEGINS = (
    *(0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8),
    *(0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1),
)
END = 0xD7F9
"""the last character of the first level"""
KEPT = 0xFFFF


def initials(text: str) -> str:
    """The first letter of each character's sound; digits and Latin letters as they are, anything else left out."""
    return text.casefold().translate(_LETTERS)


def matches(words: list[str], text: str, letters: str) -> bool:
    """Tell whether every word is in the text or in its initials; words in lower case."""
    low = text.casefold()
    return all(word in low or word in letters for word in words)


class _Letters(dict[int, str]):
    """The letter of a character by its number, for ``str.translate``; rare planes of Unicode are not kept."""

    def __missing__(self, number: int) -> str:
        letter = _letter(chr(number))
        if number <= KEPT:
            self[number] = letter
        return letter


_LETTERS = _Letters()


def _letter(character: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    try:
        high, low = character.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return ""
    place = high << 8 | low
    return LETTERS[bisect_right(BEGINS, place) - 1] if BEGINS[0] <= place <= END else ""
