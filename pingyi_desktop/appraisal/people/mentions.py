"""Which party organisations a title, a heading or the name of a sheet speaks of. Pure.

What a text names is evidence of whose sheet it is, so a name is taken whole or not at all: 第十一支部 does not speak of
一支部. Words that any organisation may say of itself (各支部, 本党支部, 所在党支部) name nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pingyi_desktop.appraisal.people import naming
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.storage.schema_people import OrgType

_APART = re.compile(r"[\s\uff0c,。;\uff1b、!\uff01?\uff1f()\uff08\uff09\[\]【】〔〕《》<>“”\"'·|/\\_—=+*#&]+")
_LABEL = re.compile(r"^(?:.*(?:单位|支部|组织|部门|名称|党委|总支))[:\uff1a](?P<said>.+)$")
_NAME = re.compile(
    r"(?P<name>.*?(?:党?总支部委员会|党总支部|总支部|党总支|党?支部委员会|党支部|支部|党委会|党委|委员会))"
)
_YEAR = re.compile(r"^(?:[\d〇零一二三四五六七八九]{4}年?(?:度|\d{1,2}月份?)?)+")
_NUMBER = re.compile(r"^\d+[.-]?")
_OF_ANYBODY = re.compile(
    r"(?:各|本|全|我|该|每个?|所有|所在|所属|下属|下辖|直属|基层|上级|先进|优秀|示范|联合|临时|全体|单位|名称|被评议?|"
    r"党|的|和|及|与|对|在|由|为|是|第)*"
)
_COMMITTEES_OF_ANYBODY = re.compile(r"(?:公司|集团|本?矿|厂|校|机关|企业|局)?")
_ABOUT = (
    *(
        "党员",
        "花名册",
        "名册",
        "名单",
        "信息",
        "统计",
        "汇总",
        "登记",
        "台账",
        "台帐",
        "明细",
        "基本",
        "情况",
        "在册",
        "数据",
    ),
    *("导入", "模板", "副本", "最新", "最终", "定稿", "终稿", "人员", "表", "库", "中共"),
)
_UNIT = re.compile(
    r"[^\W_].*(?:队|科|处|车间|矿|厂|公司|学校|中学|小学|学院|医院|局|中心|所|站)|[^\W_].*(?<![干全内总支本])部"
)


def named(text: str) -> list[str]:
    """The organisations a text names with their kind (采二队党支部, 一矿党委), in its order."""
    found = []
    for part in _APART.split(personal.plain(text)):
        rest = labelled(part) or part.rpartition(":")[2]
        while match := _NAME.match(rest):
            name, rest = _YEAR.sub("", match["name"]), rest[match.end() :]
            if not _is_of_anybody(name):
                found.append(name)
    return list(dict.fromkeys(found))


def labelled(text: str) -> str:
    """What stands after 单位: or 支部: in a title; "" without such a word."""
    found = _LABEL.match("".join(personal.plain(text).split()))
    return found["said"] if found else ""


def unit_alone(text: str) -> str:
    """The unit that a short text is about when it says no kind (采剥2队, 二矿机关名册); "" when it says none."""
    bare = "".join(personal.plain(text).split())
    for word in _ABOUT:
        bare = bare.replace(word, "")
    bare = _YEAR.sub("", bare)
    return bare if len(bare) <= 20 else ""


def without_number(name: str) -> str:
    """A name without the number a sheet or a list puts before it (2采二队党支部)."""
    return _NUMBER.sub("", name)


def is_unit(text: str) -> bool:
    """Whether a text without a kind reads like the name of a unit all the same (采剥2队, 财务部)."""
    return len(text) > 1 and _UNIT.fullmatch(text) is not None


def _is_of_anybody(name: str) -> bool:
    if naming.is_kind_only(name):
        return True
    bare = naming.unit_of(name)
    if naming.kind_of(name) != OrgType.BRANCH and _COMMITTEES_OF_ANYBODY.fullmatch(bare):
        return True
    return _OF_ANYBODY.fullmatch(bare) is not None


def fold(text: str) -> str:
    """A name as it is compared."""
    return "".join(personal.plain(text).split()).upper()


def means(name: str, names: Iterable[str], above: Iterable[str] = ()) -> bool:
    """Whether a name is one of these ``names`` in another writing, perhaps after those of organisations ``above``."""
    return any(_means(said, one, above) for said in {name, without_number(name)} for one in names)


def _means(name: str, one: str, above: Iterable[str]) -> bool:
    said, known = fold(name), fold(one)
    if said == known:
        return True
    kind = naming.kind_of(said)
    if kind and kind != naming.kind_of(known):
        return False
    bare, unit = naming.unit_of(said), naming.unit_of(known)
    if naming.without_ordinal(bare) == naming.without_ordinal(unit):
        return True
    before = bare.removesuffix(unit)
    return bare.endswith(unit) and before in {
        part for up in above for part in (fold(up), naming.unit_of(fold(up)))
    }
