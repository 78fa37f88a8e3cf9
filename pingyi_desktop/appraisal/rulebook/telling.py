"""What in a text can tell who wrote it or whom it is about, and how to reach them. Pure.

For opinions, which are anonymous: what is found is said before the text is kept (V-OPN-01, 02). The patterns know no
roster; they look for what stands around a name. A name alone, without a title beside it, is not found.
"""

from __future__ import annotations

import re

from pingyi_desktop.appraisal.rulebook import personal

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱郭罗梁宋郑谢韩唐冯董萧曹袁邓傅沈彭吕苏卢蒋蔡贾丁魏薛阎潘杜戴钟汪姜范姚谭廖邹熊陆郝孔崔康邱秦史顾侯邵孟雷钱汤尹黎乔贺赖龚"
_ALSO_WORDS = "高林何马任金田江许余石龙万白段武方"
"""surnames that begin many other words: with a title right behind them only"""
_TITLES = "同志|师傅|书记|主任|矿长|区长|队长|班长|组长|科长|处长|部长|经理|主席|院长|校长|老师|医生|护士"
_HAN = "[\u4e00-\u9fff]"
_TELLS = tuple(
    re.compile(one)
    for one in (
        rf"[{_SURNAMES}]{_HAN}{{0,2}}?(?:{_TITLES})",
        rf"[{_ALSO_WORDS}](?:{_TITLES})",
        rf"(?:我叫|我是|本人|姓名)[是为:：\s]*[{_SURNAMES}{_ALSO_WORDS}]{_HAN}{{1,2}}(?!{_HAN})",
        rf"[老小][{_SURNAMES}](?!{_HAN})",
        r"(?:工号|职工号|员工号|人员编号|饭卡号|车牌号?|矿灯号?|灯号|牌号)[是为:：\s]*[A-Za-z]{0,3}-?\d{2,}",
        r"(?<![\d.])\d{5,10}(?![\d.]|\s*(?:余|多)?\s*(?:元|万|亿|吨|米|公里|人|户|份|次|件|度|千瓦|立方|平方|年|天|小时|%))",
        r"\d+\s*(?:号楼|栋|幢|单元|号房)(?:\s*\d+\s*(?:室|号|单元)?)*|\d{3,4}\s*室",
    )
)
_REACHES = tuple(
    re.compile(one)
    for one in (
        r"[\w.+-]+@[\w-]+\.[\w.]+",
        r"(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)",
        r"(?i:电话|手机号?|微信号?|QQ号?|联系方式)[是为:：\s]*[A-Za-z]{0,2}[A-Za-z0-9_-]{5,}",
    )
)


def telling(text: str) -> str:
    """The first part of a text that can tell a person: a name with its title, a number, an address; "" when none does."""
    return _first(_TELLS, text)


def reaching(text: str) -> str:
    """The first part that says how to reach somebody: telephone, mail address, WeChat; "" when none does."""
    return _first(_REACHES, text)


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> str:
    plain = personal.plain(text)
    found = (one.search(plain) for one in patterns)
    return next((one[0].strip() for one in found if one is not None), "")
