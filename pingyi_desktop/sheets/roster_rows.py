"""What a row of a roster is: a person, a heading that names a unit, a total or signature, a note, or nothing.

No row is lost by a guess: a row with a person's name and category is a person, whatever else it says (审核部党支部 is a
branch, 负责人 a post). A footer says its word alone, before a colon, or with a number behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pingyi_desktop.appraisal import mentions, personal
from pingyi_desktop.sheets import name_marks, roster_values
from pingyi_desktop.sheets.grid import Bad, Row, at

_NUMBER = r"(?:正式|预备|党员|男|女)*[:]?\d+(?:人|名|张|票|份|个|行|页)?[,。.]?"
_TOTAL = re.compile(
    rf"(?:本页|本表|以上|全部|支部|党员|人员|总)?(?:合计|小计|总计|共计|累计|总数|总人数|人数|人数合计)(?:人数)?(?:[:]|[:]?{_NUMBER}.*)?"
    rf"|(?:以上|本页|本表|全体|总)*(?:合计|总计|共计|共有?|计){_NUMBER}.*"
)
_ACT = (
    "填表|制表|审核|审批|审定|复核|复审|校对|核对|负责|填报|上报|报送|经办|统计|汇总|监票|计票|唱票|联系|主管|分管|签字|签名|签章|"
    "盖章|公章|编制|录入"
)
_LABEL = re.compile(
    rf"(?:单位|支部|党支部|党委|部门|党组织|组织|主要|分管)?(?:{_ACT})(?:人员|人|者|员|单位|日期|时间|部门|电话|领导|栏|意见|说明)?(?:\((?:{_ACT})\))?(?:[:].*|\(.*\))?"
    r"|(?:党支部|支部|党委|党总支|党组织)?(?:书记|负责人|领导)(?:\(?(?:签字|签名|签章|盖章)\)?)[:]?.*"
    r"|(?:填写|填表|制表|报送)?(?:说明|备注|注|附注|备考|提示)\d*(?:[:.、].*)?|(?:填表|填报|制表|报送|报出)?(?:日期|时间|电话|联系方式)[:].*|第\d+页.*"
)
PERSON, SECTION, FOOTER, NOTE, BLANK = "person", "section", "footer", "note", "blank"


def is_footer(cell: str | Bad) -> bool:
    """Whether a cell says the word of a total, a signature or a note, and nothing else."""
    if isinstance(cell, Bad):
        return False
    text = "".join(personal.plain(cell).split())
    return bool(_TOTAL.fullmatch(text) or _LABEL.fullmatch(text))


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
