"""Rows below a table: totals, signatures, notes, told by their words.

A footer says its word alone, before a colon, or with a number behind: 审核 and 审核人：张三 are footers, 审核部党支部 is not.
"""

from __future__ import annotations

import re

from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.sheets.grid.grid import Bad

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
_TALLY = re.compile(
    r".*(?:合计|小计|总计|共计|累计|总数|总票|票数|张数|得票|平均|均分|得分|分值|百分|比例|占比|比率|率|满意度|汇总|统计|有效|收回|发出|回收|"
    r"最高|最低|最大|最小|中位|众数|求和|计数)(?:[^\d]*|[:]?[\d./%]+.*)|共[有计]?\d+[张票份人].*|[总计∑]|\d+张票?|sum|total|average|avg|count|mean",
    re.I,
)
_SUM = re.compile(rf"(?:{_TOTAL.pattern})|平均.*|汇总|总票数|(?:满意|得)票数?|票数|满意率|百分比")
_ORDINAL = re.compile(r"(?:第|票|No\.?|[A-Za-z])?[#-]?\d{1,6}(?:\.0+)?(?:[号张份]票?)?[.、]?|[①-⑳]|", re.I)


def is_footer(cell: str | Bad) -> bool:
    """Whether a cell says the word of a total, a signature or a note, and nothing else."""
    if isinstance(cell, Bad):
        return False
    text = "".join(personal.plain(cell).split())
    return bool(_TOTAL.fullmatch(text) or _LABEL.fullmatch(text))


def is_tally_word(cell: str | Bad) -> bool:
    """Whether a cell labels a row that counts ballots (满意票数, 平均, 共3张) rather than being one."""
    if isinstance(cell, Bad):
        return False
    return _TALLY.fullmatch("".join(personal.plain(cell).split())) is not None or is_footer(cell)


def is_total(cell: str | Bad) -> bool:
    """Whether a cell says 合计, 平均, 总票数 and the like in a column where ballots have no such word."""
    return isinstance(cell, str) and _SUM.fullmatch("".join(personal.plain(cell).split())) is not None


def is_ordinal(cell: str | Bad) -> bool:
    """Whether a cell may be the number of a row (1, 第1张, A3); a blank one may."""
    return isinstance(cell, str) and _ORDINAL.fullmatch("".join(personal.plain(cell).split())) is not None
