"""Columns of any sheet that are never kept (domain §2.11), and those that are dropped without a word.

Content of a refused column is dropped, and numbers in it block the import.
"""

from __future__ import annotations

# Known, of no use to us, and dropped without a word.
NUMBERING = frozenset({"序号", "序", "行号", "No", "NO", "no"})
_REFUSED = frozenset(
    [
        *("民族", "学历", "学位", "文化程度", "出生日期", "出生年月", "出生年月日", "生日", "年龄", "籍贯"),
        *("出生地", "住址", "家庭住址", "家庭地址", "现住址", "通讯地址", "地址", "户籍", "户籍所在地"),
        *("照片", "相片", "联系方式", "微信", "微信号", "邮箱", "电子邮箱", "QQ", "QQ号", "证件号码"),
        *("民族成份", "民族成分", "族别", "族", "出生", "出生时间", "周岁", "岁数", "最高学历", "全日制学历"),
        *("学历学位", "毕业院校", "毕业学校", "政审", "血型", "生肖", "属相", "体重", "身高", "宗教", "户口"),
        *("证件号", "银行卡号", "银行账号", "工资卡号", "婚姻状况", "健康状况", "家庭成员", "宗教信仰"),
    ]
)
_REFUSED_PARTS = ("身份证", "身份号", "手机", "电话", "护照", "民族", "出生", "学历", "籍贯", "住址", "年龄")


def is_refused(title: str) -> bool:
    """Whether a column of this (compared) title holds what must not be kept (V-MEM-08)."""
    return title in _REFUSED or any(part in title for part in _REFUSED_PARTS)
