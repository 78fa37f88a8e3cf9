"""Characters that nobody can see: taken out of what is typed, and made visible wherever a text is shown.

Controls, zero-width characters and those that turn the reading direction make two different texts look alike, or one
text read as another. Pasted from web pages and chats they come along unnoticed, so what is typed loses them. Packages
that hold them are refused (``exchange.wire.canonical``). What an older file, a sheet or the name of a file still holds is
shown with their numbers in their place: 党委〔U+202E〕会.
"""

from __future__ import annotations

import re
from unicodedata import normalize

# The same that packages refuse, tab and line feed left out: they are blanks.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e00ff]"
)


_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")
_TAKEN_FOR_A_SIGN = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_FILES = re.compile(r'[\\/:*?"<>|]')


def clean(text: str) -> str:
    """A typed text in one spelling (NFC) without invisible characters; tabs and line feeds stay."""
    return normalize("NFC", _INVISIBLE.sub("", text))


def line(text: str) -> str:
    """A typed text of one line: every run of blanks, tabs and line feeds is one space, none at the ends."""
    return " ".join(clean(text).split())


def shown(text: str) -> str:
    """A text as every screen, sheet and page shows it: each invisible character as its number, 〔U+202E〕."""
    return _INVISIBLE.sub(_number, text.replace("\r\n", "\n"))


def in_workbook(text: str) -> str:
    """The same for a cell of a workbook, where ``_x0041_`` would be seen as an A: its first sign is written as ``_x005F_``."""
    return _TAKEN_FOR_A_SIGN.sub("_x005F_", shown(text))


def file_name(text: str) -> str:
    """A text as part of a file's name on any system: one visible line without separators.

    At most 150 bytes, some 50 characters: Linux allows a name 255, and others are put before and after this one.
    """
    plain = _NOT_IN_FILES.sub(" ", line(text)).encode()[:150]
    return plain.decode(errors="ignore").strip(" .")


def _number(found: re.Match[str]) -> str:
    return f"〔U+{ord(found[0]):04X}〕"


def pasteable(text: str) -> str:
    """One cell for pasting: no line breaks, and text that a spreadsheet would take for a formula starts with “'”."""
    cell = re.sub(r"[\t\r\n]+", " ", shown(text))
    if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) and not _NUMBER.fullmatch(cell):
        cell = f"'{cell}"
    if cell.startswith('"'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def with_percent(rate: str) -> str:
    """A rate with its sign; “—” and “样本不足” take none."""
    return f"{rate}%" if rate[:1].isdigit() else rate
