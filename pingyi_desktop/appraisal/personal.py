"""What may be kept about a person: a clean name, and no identity, telephone or bank card number anywhere. Pure.

Source: domain §2.11 and V-MEM-01, 02, 07. The patterns rather refuse once too often: the sentence then tells what to
delete, while a number that slips through is copied to every office above.
"""

from __future__ import annotations

import re

from pingyi_desktop import visible

_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ALL_HALF = {**_FULL_WIDTH, 0x3000: " ", 0xA0: " "}
_WORDS_HALF = {code: half for code, half in _ALL_HALF.items() if half.isalnum() or half == " "}
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●．.。", "·"))
_HAN = r"\u3400-\u9fff\U00020000-\U0003ffff"
_GAP = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
_MARKED = re.compile(r"(?P<name>[^()\uff08\uff09]+?)\s*[(\uff08](?P<mark>[^()\uff08\uff09]{1,10})[)\uff09]")
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[·' -])*[^\W\d_]")
LONGEST_NAME = 20

_PROVINCES = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_NUMBERS = tuple(
    re.compile(rf"(?<![\d.]){pattern}(?!\d)")
    for pattern in (
        rf"{_PROVINCES}\d{{4}}[ -]?(?:18|19|20)\d\d{_DAY}[ -]?\d{{3}}[\dXx]",
        rf"{_PROVINCES}\d{{6}}{_DAY}\d{{3}}",
        r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}",
    )
)
_EIGHTEEN = re.compile(r"(?<![\d.])[1-9]\d{16}[\dXx](?!\d)")
_CARD = re.compile(r"(?<![\d.])[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def plain(text: str) -> str:
    """Half-width signs, letters, digits and spaces, for what is compared or parsed (2011.07 → 2011.07)."""
    return visible.clean(text).translate(_ALL_HALF).strip()


def tidy(text: str) -> str:
    """Text as it is kept: half-width letters, digits and spaces, Chinese punctuation left alone, no controls."""
    return visible.clean(text).translate(_WORDS_HALF).strip()


def close_gaps(text: str) -> str:
    """Without blanks between Chinese characters (党组织和 党员 → 党组织和党员)."""
    return _GAP.sub("", text)


def clean_name(text: str) -> str:
    """张 三 → 张三; the dot inside a name becomes ``·``; Latin names keep single blanks."""
    name = close_gaps(re.sub(r"\s*·\s*", "·", tidy(text).translate(_DOTS)))
    return re.sub(r"\s+", " ", name)


def split_mark(text: str) -> tuple[str, str]:
    """李伟(大) → (李伟, (大)): the mark that tells namesakes apart, in brackets; empty when there is none."""
    marked = _MARKED.fullmatch(tidy(text))
    return (marked["name"], f"({marked['mark'].strip()})") if marked else (text, "")


def is_name(name: str) -> bool:
    """2 to 20 letters or characters, no digits (V-MEM-01)."""
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def has_private_number(text: str) -> bool:
    """Whether a text contains what looks like an identity, mobile telephone or bank card number (V-MEM-07)."""
    if sum(map(str.isdigit, text)) < 11:
        return False
    bare = plain(text)
    return (
        any(pattern.search(bare) for pattern in _NUMBERS)
        or any(_checks_out(found) for found in _EIGHTEEN.findall(bare))
        or any(_luhn(found) for found in _CARD.findall(bare))
    )


def _checks_out(number: str) -> bool:
    """The check digit of an 18-digit identity number (GB 11643)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[-1].upper()


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in number if digit.isdigit()][::-1]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
