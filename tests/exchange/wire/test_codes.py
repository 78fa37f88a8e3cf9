"""Codes that people type: every single wrong digit and every swap of neighbours is noticed; typing habits are forgiven."""

from __future__ import annotations

import pytest

from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import codes


@pytest.mark.parametrize(
    ("make", "read", "length"),
    [
        (codes.new_code, codes.read_code, codes.TASK_DIGITS),
        (codes.new_recovery_code, codes.read_recovery_code, codes.RECOVERY_DIGITS),
    ],
)
def test_every_single_error_and_every_swap_is_noticed(make, read, length: int) -> None:
    code = make()
    assert read(code) == code
    assert len(code) == length
    for place, digit in enumerate(code):
        for other in "0123456789".replace(digit, ""):
            with pytest.raises(UserError, match="校验不对"):
                read(code[:place] + other + code[place + 1 :])
    for place in range(length - 1):
        if code[place] != code[place + 1]:
            with pytest.raises(UserError, match="校验不对"):
                read(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


def test_the_quasigroup_is_weakly_totally_anti_symmetric() -> None:
    table = [[int(cell) for cell in row] for row in codes._DAMM]
    digits = range(10)
    assert all(sorted(row) == list(digits) for row in table)
    assert all(sorted(row[column] for row in table) == list(digits) for column in digits)
    assert all(table[x][x] == 0 for x in digits)
    swaps = [
        (c, x, y)
        for c in digits
        for x in digits
        for y in digits
        if x != y and table[table[c][x]][y] == table[table[c][y]][x]
    ]
    assert swaps == []


def test_full_width_digits_spaces_and_hyphens_are_forgiven() -> None:
    code = codes.new_code()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    for typed in (codes.grouped(code), wide, "-".join(codes.grouped(code).split()), f"　{code}\n"):
        assert codes.read_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "只有数字"),
        ("12a4", "只有数字"),
        ("123", "现在是 3 位"),
        ("1" * 17, "现在是 17 位"),
        ("²" * 16, "校验|数字"),
    ],
)
def test_what_cannot_be_a_code_is_told(typed: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        codes.read_code(typed)


def test_codes_are_not_repeated() -> None:
    assert len({codes.new_code() for _ in range(200)}) == 200
