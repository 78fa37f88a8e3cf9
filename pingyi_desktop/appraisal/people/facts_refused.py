"""Facts about a person that are not kept, in whatever disguise: 民族, birth, age, schooling, origin, family. Pure.

Source: domain §2.11. A short piece of text (what stands in brackets, a whole cell) is judged whole, so that 水族馆 or
民族中学 in a post are left alone.
"""

from __future__ import annotations

import re

from pingyi_desktop.appraisal.rulebook import personal

_PEOPLES = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
    "蒙",
    "维",
    "朝",
    "哈",
    "柯",
    "少数民",
]
_PEOPLE = rf"(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})"
_DIGITS = "\\d〇零一二三四五六七八九十廿卅"
_REFUSED = re.compile(
    rf"(?:民族[:为是]?)?{_PEOPLE}族?|.*民族[:为是].*"
    rf"|(?:19|20)?\d\d|(?:19|20)\d\d(?:0?[1-9]|1[0-2])(?:\d\d)?"
    rf"|(?:生于|出生于?|生日|出生日期|出生年月)?[:]?[{_DIGITS}]{{2,4}}(?:年|[./-])(?:[{_DIGITS}]{{1,3}}(?:月|[./-])?(?:[{_DIGITS}]{{1,3}}[日号]?)?)?(?:出?生人?)?"
    rf"|[{_DIGITS}]{{1,3}}月(?:[{_DIGITS}]{{1,3}}[日号]?)?(?:出?生人?)?"
    rf"|.*(?:出生|生于|生日|生人).*|.*[年月日号]生|[{_DIGITS}]{{1,3}}后|属[鼠牛虎兔龙蛇马羊猴鸡狗猪]"
    rf"|(?:现?年龄?[:]?)?[{_DIGITS}]{{1,3}}周?岁.*|.*(?:籍贯|住址|学历|学位|婚姻|血型|宗教).*|.+籍"
    r"|(?:全日制|在职)?(?:文盲|小学|初中|高中|中专|技校|职高|大专|专科|本科|大学|学士|硕士|博士|研究生)(?:毕业|肄业)?(?:文化|学历)?"
    r"|已婚|未婚|离异|丧偶|再婚"
)
_BRACKETED = re.compile(r"[(\uff08\[【〔]([^()\uff08\uff09\[\]【】〔〕]*)[)\uff09\]】〕]")
_PIECES = re.compile(r"[,\uff0c、;\uff1b/|\s]+")
_WHOLE = re.compile(
    rf"{_PEOPLE}族|.*(?:出生|生于|生日).*|.*\d年(?:.*月)?.*生|(?:19|20)\d\d(?:年|[./-]).*|[男女]?\d+岁"
)
_BEHIND = re.compile(rf"(?P<name>.{{2,}}?)(?P<people>{_PEOPLE}族)")


def is_refused_fact(text: str) -> bool:
    """Whether a short piece of text says what is not kept (回族, 1985年生, 本科)."""
    return _REFUSED.fullmatch("".join(personal.plain(text).split())) is not None


def people_behind(name: str) -> tuple[str, str]:
    """马强回族 → (马强, 回族): a people written straight behind a name; empty when there is none."""
    found = _BEHIND.fullmatch(name)
    return (found["name"], found["people"]) if found else (name, "")


def without_refused(text: str, *, whole: bool) -> tuple[str, bool]:
    """A text without what is not kept: pieces in brackets, or all of it (``whole``); whether anything was left out."""
    kept = _BRACKETED.sub(_kept, text).strip()
    if whole and _WHOLE.fullmatch(_BRACKETED.sub("", kept)):
        kept = ""
    return kept, kept != text


def _kept(bracket: re.Match[str]) -> str:
    pieces = _PIECES.split(bracket[1])
    left = [piece for piece in pieces if not is_refused_fact(piece)]
    if len(left) == len(pieces):
        return bracket[0]
    return f"{bracket[0][0]}{'、'.join(left)}{bracket[0][-1]}" if any(left) else ""
