"""What a row of a roster is: a person, a heading that names a unit, a total or signature, a note, or nothing.

No row is lost by a guess: a row with a person's name and category is a person, whatever else it says (审核部党支部 is a
branch, 负责人 a post).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pingyi_desktop.appraisal.people import mentions
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.sheets.grid.footers import is_footer
from pingyi_desktop.sheets.grid.grid import Bad, Row, at
from pingyi_desktop.sheets.roster import name_marks, roster_values

_CODE = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)+")
PERSON, SECTION, FOOTER, NOTE, BLANK = "person", "section", "footer", "note", "blank"


def sort_member(row: Row, places: Mapping[str, int], telling: bool) -> str:
    """What a row below the header of members is; ``telling`` when it says more than a place to belong to."""
    said = [cell for cell in row if cell]
    if not said:
        return BLANK
    name = at(row, places["name"]) if "name" in places else ""
    category = at(row, places["category"]) if "category" in places else ""
    if _is_person(name) and category and not _says_no_category(category):
        return PERSON
    if is_footer(said[0]) or is_footer(name):
        labels = sum(map(is_footer, said))
        doubtful = _is_person(name) and len(said) > 2 and labels == 1 and not _ends_in_colon(said[0])
        return PERSON if doubtful else FOOTER
    if len(set(said)) == 1 and isinstance(said[0], str):
        return _alone(said[0], times=len(said), in_name=bool(name), telling=telling)
    return PERSON if telling else BLANK


def _alone(text: str, *, times: int, in_name: bool, telling: bool) -> str:
    """A row that says one thing only."""
    if mentions.named(text) or mentions.is_unit(mentions.unit_alone(text)) or times > 1:
        return SECTION
    if _CODE.fullmatch(text):
        return SECTION
    if in_name and not _is_person(text) and not any(map(str.isdigit, text[:1])):
        return NOTE
    if not telling and len(text) > 1 and not text.isdigit():
        return SECTION
    return PERSON if telling else BLANK


def _ends_in_colon(cell: str | Bad) -> bool:
    return isinstance(cell, str) and ":" in personal.plain(cell)


def _is_person(name: str | Bad) -> bool:
    if isinstance(name, Bad) or is_footer(name):
        return False
    return personal.is_name(personal.clean_name(name_marks.read_marks(name).name))


def _says_no_category(cell: str | Bad) -> bool:
    return isinstance(cell, Bad) or roster_values.category(cell)[1] is not None
