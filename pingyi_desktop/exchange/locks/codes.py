"""Codes that people type: the 16-digit activation code of a task, the 30-digit recovery code (package design §3, §6).

Random digits and one Damm check digit: every single wrong digit and every swap of neighbours is noticed at once, before
anything slow is tried. Full-width digits, spaces and hyphens are accepted, because that is how codes get typed.
"""

from __future__ import annotations

import secrets
import unicodedata

from pingyi_desktop.errors import UserError

TASK_DIGITS = 16
RECOVERY_DIGITS = 30
GROUP = 4

# A quasigroup of order 10 that is weakly totally anti-symmetric (Damm, 2004).
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def new_code() -> str:
    """A new activation code: 15 random digits (about 50 bits) and the check digit."""
    return _new(TASK_DIGITS)


def read_code(text: str) -> str:
    """The 16 digits of an activation code as somebody typed it; a sentence when it cannot be one."""
    return _read(text, TASK_DIGITS, "激活码")


def new_recovery_code() -> str:
    """A new recovery code: 29 random digits (about 96 bits) and the check digit."""
    return _new(RECOVERY_DIGITS)


def read_recovery_code(text: str) -> str:
    """The 30 digits of a recovery code as somebody typed it; a sentence when it cannot be one."""
    return _read(text, RECOVERY_DIGITS, "恢复码")


def grouped(code: str) -> str:
    """A code as it is printed and read aloud: digits in groups of four."""
    return " ".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def check_digit(digits: str) -> str:
    """The Damm check digit of decimal digits."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)


def _new(length: int) -> str:
    digits = "".join(secrets.choice("0123456789") for _ in range(length - 1))
    return digits + check_digit(digits)


def _read(text: str, length: int, what: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(letter for letter in plain if not letter.isspace() and letter not in "-‐‑–—−_.,，。·")
    if not (digits.isascii() and digits.isdigit()):
        raise UserError(f"{what}只有数字，请照纸条上的 {length} 位数字输入。")
    if len(digits) != length:
        raise UserError(f"{what}应为 {length} 位数字，现在是 {len(digits)} 位，请对照纸条补全或删去多余的。")
    if check_digit(digits) != "0":
        raise UserError(f"{what}里有数字输错了（校验不对），请对照纸条逐组核对。")
    return digits
