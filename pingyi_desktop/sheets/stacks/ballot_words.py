"""The words of ballot tables: what columns may be called, and what a mark or a number may look like. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pingyi_desktop import bounds
from pingyi_desktop.appraisal.batches.stacks import EVERYONE, Stack
from pingyi_desktop.appraisal.paper.forms import Form, Item
from pingyi_desktop.appraisal.paper.keying import BLANK, ILLEGIBLE, MULTI
from pingyi_desktop.appraisal.paper.layers import LAYERS
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.sheets.grid.columns import SheetColumn, word

CIRCLED = dict(zip("①②③④⑤⑥⑦⑧⑨", "123456789", strict=True))
PERSON_ITEM = "·"
KEY_COLUMNS = (
    SheetColumn("batch", "票批码", ("票批", "批次", "批次码", "票批号", "场次码")),
    SheetColumn("layer", "层面", ("评议层面",)),
    SheetColumn(
        "org",
        "党组织代码",
        (
            *("组织代码", "代码", "党组织", "组织", "单位", "单位名称", "组织名称", "党组织名称"),
            *("党支部", "支部名称", "所在党支部", "被评议党组织"),
        ),
    ),
    SheetColumn("form", "评议表", ("表号", "表别", "表名", "评议表名称", "评议表代码", "表格")),
    SheetColumn("category", "身份类别", ("参评人员类别", "人员类别", "身份", "票别")),
)
RATE = "rate"
COUNT_COLUMNS = (
    *KEY_COLUMNS,
    SheetColumn("printed", "印制", ("印制张数", "印制数", "印数")),
    SheetColumn("issued", "发出", ("发出张数", "发出数", "发放", "发放份数", "发放数", "发票")),
    SheetColumn("returned", "收回", ("收回张数", "收回数", "回收", "回收数", "收票")),
    SheetColumn("blank", "空白", ("空白票", "空白张数", "弃权", "弃权票", "整张空白")),
    SheetColumn("void", "废票", ("废票张数", "废票数", "作废", "无效", "无效票")),
    SheetColumn("person", "姓名", ("党员姓名", "被评议党员", "党员")),
    SheetColumn("member_no", "编号", ("党员编号", "内部编号")),
    SheetColumn("item", "项目", ("评议内容", "评议项目", "评议内容项目", "内容", "题目"), required=True),
    SheetColumn("cell_blank", "未填", ("未勾选", "该项未填", "未选")),
    SheetColumn("cell_multi", "多选", ("多选作废", "该项多选")),
    SheetColumn("cell_illegible", "无法辨认", ("辨认不清", "看不清")),
    SheetColumn(RATE, "满意率", ("满意率%", "满意率百分比")),
    SheetColumn("total", "合计", ("小计", "总计", "合计票数", "有效", "有效票", "有效票数")),
)
FIGURES = ("printed", "issued", "returned", "blank", "void")
NAMES_OF_VOTERS = frozenset(
    [
        *(
            "姓名",
            "填表人",
            "填报人",
            "投票人",
            "参评人",
            "评议人",
            "答题人",
            "评价人",
            "党员姓名",
            "群众姓名",
        ),
        *("签名", "签字", "昵称", "微信昵称", "用户名", "用户", "工号", "您的姓名", "本人姓名"),
    ]
)
TRACES = (
    "时间",
    "日期",
    "用时",
    "时长",
    "编号",
    "票号",
    "序列",
    "IP",
    "ip",
    "来源",
    "设备",
    "城市",
    "提交",
    "答卷",
    "录入人",
)
_MULTI = frozenset(["9", "多选", "两选", "多选作废", "选两个", "重选"])
_BLANK = frozenset(["", "0", "未填", "未选", "空", "空白", "弃权", "不填", "-", "—", "/"])
_ILLEGIBLE = frozenset([".", "。", "·", "?", "?", "无法辨认", "看不清", "辨认不清", "不清"])
_BETWEEN = re.compile(r"[,\uff0c、;\uff1b/|+和与┋]+|\s+")
_RATE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,20})?")
_FRACTION = 6  # digits of a spreadsheet's own fraction that are sure
_POINT_ZERO = re.compile(r"(\d+)\.0+")


def ballot_columns(stack: Stack) -> tuple[SheetColumn, ...]:
    """Columns of a sheet with one ballot a row: the keys, then one for each cell of the paper, in paper order."""
    return (*KEY_COLUMNS, *cell_columns(stack))


def cell_columns(stack: Stack) -> tuple[SheetColumn, ...]:
    """One column for each cell of the paper; words that could mean two cells mean neither."""
    items = item_words(stack.form)
    if stack.people == EVERYONE:
        named = [(("", item.no), item.short_text, items[item.no]) for item in stack.form.items]
    else:
        named = [
            (
                (number, item.no),
                _person_title(name, item, stack.form),
                _person_words(number, name, items[item.no], alone=len(items) == 1),
            )
            for number, name in stack.people
            for item in stack.form.items
        ]
    said = Counter(w for _, title, words in named for w in {word(title), *map(word, words)})
    titles = Counter(word(title) for _, title, _ in named)  # namesakes are told apart by their numbers
    return tuple(
        SheetColumn(
            cell_key(*cell),
            title if titles[word(title)] == 1 else f"{cell[0]} {title}",
            tuple(w for w in words if said[word(w)] == 1),
            required=True,
        )
        for cell, title, words in named
    )


def cell_key(member_no: str, item_no: str) -> str:
    """The column key of one cell."""
    return f"{member_no}{PERSON_ITEM}{item_no}"


def item_words(form: Form) -> dict[str, tuple[str, ...]]:
    """What each item may be called, by item number; words shared by two items are left out."""
    words = {item.no: list(dict.fromkeys(_words_of(item))) for item in form.items}
    said = Counter(w for listed in words.values() for w in {word(one) for one in listed})
    return {no: tuple(w for w in listed if said[word(w)] == 1) for no, listed in words.items()}


def read_mark(text: str, item: Item) -> str | None:
    """A cell as keyed: ``1``–``8``, ``0`` 未填, ``9`` 多选, ``.`` 无法辨认; None when it says none of these."""
    said = personal.plain(text)
    bare = _POINT_ZERO.sub(r"\1", "".join(said.split()))
    for mark, words in ((BLANK, _BLANK), (MULTI, _MULTI), (ILLEGIBLE, _ILLEGIBLE)):
        if bare in words:
            return mark
    if (one := _option(bare, item)) is not None:
        return one
    parts = {_option(part, item) for part in _BETWEEN.split(said) if part}
    return MULTI if len(parts) > 1 and None not in parts else None


def offered(item: Item) -> str:
    """What a cell may say, for a sentence: ``1 满意、2 比较满意…``."""
    options = "、".join(f"{digit} {option.label}" for digit, option in enumerate(item.scale.options, 1))
    return f"{options}、0 未填、9 多选或 . 无法辨认"


def read_count(text: str) -> int | None:
    """A number of ballots; blank is 0; None when it is not a whole number."""
    bare = _POINT_ZERO.sub(r"\1", personal.plain(text).replace(",", ""))
    bare = bare.removesuffix("张").removesuffix("票").removesuffix("份").strip()
    if bare in ("", "-", "—", "/"):
        return 0
    digits = bare.lstrip("0") or "0"
    return int(digits) if bare.isascii() and bare.isdigit() and len(digits) <= bounds.DIGITS else None


def read_rate(text: str) -> Decimal | None:
    """A rate as a percentage with the digits it was written with; None when it is none.

    ``96.7%`` and ``96.7`` are one; what has no percent sign and is not above 1 is a spreadsheet's fraction.
    """
    bare = personal.plain(text).strip()
    if not _RATE.fullmatch(bare.removesuffix("%")):
        return None
    value = Decimal(bare.removesuffix("%"))
    if bare.endswith("%") or value > 1:
        return value
    value = round(value, _FRACTION) if -int(value.as_tuple().exponent) > _FRACTION else value
    return value.scaleb(2)


def read_layer(text: str) -> str:
    """``1`` or ``2`` from 层面一, 第二层面, L1 or a digit; anything else as it is."""
    bare = re.sub(r"[层面第Ll\s]", "", personal.plain(text))
    return next((key for key, one in LAYERS.items() if one.number and one.name[-1] == bare), bare)


def option_columns(forms: Iterable[Form]) -> tuple[SheetColumn, ...]:
    """One column for each option label of these forms."""
    labels = dict.fromkeys(o.label for form in forms for item in form.items for o in item.scale.options)
    return tuple(SheetColumn(option_key(label), label, (label + "票", label + "票数")) for label in labels)


def option_key(label: str) -> str:
    """The column key of an option."""
    return f"option {label}"


def _option(text: str, item: Item) -> str | None:
    if text.startswith("-"):
        return None
    said = word("".join(CIRCLED.get(sign, sign) for sign in text))
    for digit, option in enumerate(item.scale.options, 1):
        if said in (str(digit), option.label, f"{digit}{option.label}", f"选{digit}"):
            return str(digit)
    return None


def _words_of(item: Item) -> Sequence[str]:
    plain = "".join(CIRCLED.get(sign, sign) for sign in item.short_text)
    short = plain.removeprefix(item.no)
    numbers = [item.no, item.no.lower(), *(sign for sign, digit in CIRCLED.items() if digit == item.no)]
    numbers += [chr(ord(item.no) + 0xFEE0)] if len(item.no) == 1 else []
    words = [*numbers, item.text, item.short_text, plain, short]
    words += [f"{number}{text}" for number in numbers for text in (item.text, short)]
    words += [
        f"{before}{item.no}{after}"
        for before, after in (("第", "项"), ("项目", ""), ("第", "题"), ("题", ""), ("Q", ""))
    ]
    return [*words, "总体", "总体评价", "总评"] if item.kind == "OVERALL" else words


def _person_title(name: str, item: Item, form: Form) -> str:
    return name if len(form.items) == 1 else f"{name}{PERSON_ITEM}{item.short_text}"


def _person_words(number: str, name: str, words: Iterable[str], *, alone: bool) -> tuple[str, ...]:
    people = (name, number)
    return (*(people if alone else ()), *(f"{who}{PERSON_ITEM}{w}" for who in people for w in words))
