"""Paper, margins and fonts of printed reports: A4, black and white, embedded subsets of the fonts we carry."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import cache
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from pingyi_desktop import paths
from pingyi_desktop.errors import FileError

SONG, HEI = "PingyiSong", "PingyiHei"
FILES = {SONG: "NotoSerifSC-Regular.ttf", HEI: "NotoSansSC-Bold.ttf"}
MARGIN = 15 * mm
SUBSTITUTE = "〓"


@cache
def register_fonts() -> None:
    """Make our fonts known to reportlab, once; a sentence when one of them is not what was installed.

    They are the program's own and go into every PDF: no font of the system is asked for.
    """
    for name, file in FILES.items():
        try:
            pdfmetrics.registerFont(TTFont(name, str(paths.resources() / "fonts" / file)))
        except (TTFError, OSError, struct.error) as error:
            raise FileError(
                f"打印用的字体“{file}”不见了或已损坏，没有印。请重新安装本软件后再印。"
            ) from error
    ttfonts.makeToUnicodeCMap = _to_unicode_cmap


def page_size(*, wide: bool) -> tuple[float, float]:
    """A4 upright or lying, in points."""
    width, height = landscape(A4) if wide else A4
    return float(width), float(height)


def runs(text: str, font: str, missing: Callable[[str], str] = lambda _: SUBSTITUTE) -> list[tuple[str, str]]:
    """Split text into (font, run): a character that ``font`` lacks is set in Song, one that is not there as ``missing`` says."""
    found: list[tuple[str, str]] = []
    for character in text:
        name, shown = font, character
        if character not in "\n\t" and not _has(font, character):
            name, shown = (SONG, character) if _has(SONG, character) else (SONG, missing(character))
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + shown)
        else:
            found.append((name, shown))
    return found


def described(character: str) -> str:
    """A character by its number in the table of all characters, for paper on which 〓 could be anybody."""
    return f"〔U+{ord(character):X}〕"


@cache
def is_plain(text: str, font: str) -> bool:
    """Whether the font has every character of a text of one line."""
    return all(_has(font, character) for character in text)


def unprintable(text: str) -> set[str]:
    """Characters that no font of ours has; they print as 〓 and a footnote says so."""
    return {c for c in text if not c.isspace() and not _has(SONG, c)}


def _has(font: str, character: str) -> bool:
    register_fonts()
    return ord(character) in pdfmetrics.getFont(font).face.charToGlyph


def _to_unicode_cmap(fontname: str, subset: list[Any]) -> str:
    """reportlab's ToUnicode map, with characters above U+FFFF as surrogate pairs so that copying finds them."""
    pairs = [f"<{i:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for i, code in enumerate(subset)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo",
            f"<< /Registry ({fontname})",
            f"/Ordering ({fontname})",
            "/Supplement 0",
            ">> def",
            f"/CMapName /{fontname} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            f"<00> <{len(subset) - 1:02X}>",
            "endcodespacerange",
            f"{len(pairs)} beginbfchar",
            *pairs,
            "endbfchar",
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )
