"""What may be kept about a person: a clean name, and no identity, telephone or bank card number anywhere. Pure.

Source: domain §2.11 and V-MEM-01, 02, 07. The patterns rather refuse once too often: the sentence then tells what to
delete, while a number that slips through is copied to every office above.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pingyi_desktop import visible

_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ALL_HALF = {**_FULL_WIDTH, 0x3000: " ", 0xA0: " "}
_WORDS_HALF = {code: half for code, half in _ALL_HALF.items() if half.isalnum() or half == " "}
_DOTS = str.maketrans(
    dict.fromkeys(
        "•・‧∙⋅●．.。\uff65\u02d9\ufe52\uff61\u0387\u2e31\u2e33\ua78f\u25e6\u25aa\u2981\u16eb\u1427\u2024",
        "·",
    )
)
# Characters that older fonts and GB 18030-2000 had no number for: where they stand now.
_OLD_NUMBERS = {
    **dict(
        zip(
            (0xE816, 0xE817, 0xE818, 0xE831, 0xE83B, 0xE855),
            (0x20087, 0x20089, 0x200CC, 0x215D7, 0x2298F, 0x241FE),
            strict=True,
        )
    ),
    **dict(
        zip(
            (0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864),
            range(0x9FB4, 0x9FBC),
            strict=True,
        )
    ),
}
_OLD = range(0xE815, 0xE865)
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_HAN = r"\u3400-\u9fff\U00020000-\U0003ffff"
_GAP = re.compile(rf"(?<=[{_HAN}·])\s+(?=[{_HAN}·])")
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


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Half-width signs, letters, digits and spaces, for what is compared or parsed (2011.07 → 2011.07)."""
    return visible.clean(text).translate(_ALL_HALF).strip()


@lru_cache(maxsize=4096)
def tidy(text: str) -> str:
    """Text as it is kept: half-width letters, digits and spaces, Chinese punctuation left alone, no controls."""
    return visible.clean(text).translate(_WORDS_HALF).strip()


def close_gaps(text: str) -> str:
    """Without blanks between Chinese characters (党组织和 党员 → 党组织和党员)."""
    return _GAP.sub("", text)


def standard(text: str) -> str:
    """Rare characters under the numbers that old fonts gave them, under their own: 李䶮, 张龴."""
    return "".join(map(_standard, text)) if _PRIVATE_USE.search(text) else text


def has_own_signs(text: str) -> bool:
    """Whether a text holds signs that only the computer it comes from can show (自造字)."""
    return _PRIVATE_USE.search(text) is not None


def clean_name(text: str) -> str:
    """张 三 → 张三; the dot inside a name becomes ``·``; Latin names keep single blanks."""
    name = re.sub(r"\s+", " ", tidy(standard(text)).translate(_DOTS))  # first: no blank is looked at twice
    return close_gaps(re.sub(" ?· ?", "·", name))


def why_no_name(name: str) -> str:
    """What keeps a text from being a name, to be said behind it; "" when nothing does."""
    if is_name(name):
        return ""
    if has_own_signs(name):
        return "有自造字，别的电脑上显示不出来，请改用标准汉字（生僻字可用输入法的“生僻字”或部首输入）"
    if any(map(str.isdigit, name)):
        return "有数字，请只留姓名，不含数字"
    if len(name) > LONGEST_NAME or re.search(r"[:\uff1a]|以上|共计", name):
        return "不像姓名，多半是备注或说明，请移到表格外面或删去这一行（姓名为 2 至 20 个字）"
    if other := re.search(r"[^\w·' -]", name):
        alone = "，一格只写一个人的姓名" if other[0] in "、,，;；/和及" else ""
        return f"有“{other[0]}”{alone}，请去掉这个符号"
    return "请填 2 至 20 个字，不含数字"


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


def _standard(sign: str) -> str:
    number = ord(sign)
    if number in _OLD_NUMBERS:
        return chr(_OLD_NUMBERS[number])
    if number not in _OLD:
        return sign
    second = 0x50 + number - _OLD.start
    return bytes((0xFE, second + (second >= 0x7F))).decode("gb18030")
