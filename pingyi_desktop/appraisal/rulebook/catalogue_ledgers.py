"""What is said of ledgers (台账): for every code its weight and its one sentence.

V-LED is ours and holds for every ledger; V-COM-01…05 and V-OPN-01…03 are the field's (domain §7.4). A noun with rules of its own adds a
group below and a line to ``LEDGERS``.
"""

from __future__ import annotations

LED = {
    "V-LED-01": ("E", "“{field}”还没有填，请填写。"),
    "V-LED-02": ("E", "“{field}”有 {n} 个字，最多 {most} 个字，请改短。"),
    "V-LED-03": ("E", "“{field}”不能是“{text}”，请从{offered}中选一个。"),
    "V-LED-04": ("E", "“{field}”填的是“{text}”，不是正确的日期，请写成 2025-11-03 的样子。"),
    "V-LED-05": ("E", "“{field}”填的是“{text}”，应为 0 至 {most} 的整数。"),
    "V-LED-06": (
        "E",
        "“{field}”填的是“{text}”，看不懂是多少钱；请写成 5000 元、3.5 万元、约 3 万元、200 余万元或 1 亿元的样子。",
    ),
    "V-LED-07": ("E", "“{field}”填的是“{text}”，没有找到这个党组织，请填代码、简称或全称。"),
    "V-LED-08": ("E", "“{field}”填的是“{text}”，在“{org}”的名册里没有这名党员，请填姓名或编号。"),
    "V-LED-09": ("E", "“{field}”填的是“{text}”，“{org}”里有 {n} 名，请改填编号。"),
    "V-LED-10": (
        "E",
        "“{org}”的台账由该单位自己登记，本级只能查看；要改，请让该单位改好后重新上报。",
    ),
    "V-LED-11": ("E", "没有编号为“{number}”的{title}，请用 list 或在页面上查看编号。"),
    "V-LED-12": ("E", "请先选择要改的行。"),
    "V-LED-13": ("E", "编号“{number}”在前面已经有一行，请只留一行。"),
    "V-LED-14": ("I", "这一行与前面的第 {row} 行一样，只登记一次。"),
    "V-LED-15": ("E", "{title}没有“{field}”这一项，可用的有：{known}。"),
    "V-LED-16": ("E", "编号“{number}”写的是“{org}”的，这一行却是“{other}”的，请核对。"),
    "V-LED-18": ("E", "“{field}”不是从几项里选的，不能按它分列。"),
    "V-LED-17": ("E", "“{text}”要写成 栏=值 的样子，如 事项=修路。"),
}

COM = {
    "V-COM-02": ("W", "承诺“{t}”缺{missing}。"),
    "V-COM-04": ("W", "承诺“{t}”已到完成时限，尚未登记兑现情况。"),
    "V-COM-05": ("E", "承诺“{t}”未兑现，请说明原因。"),
}

OPN = {
    "V-OPN-01": ("W", "意见里有“{frag}”，可能让人认出是谁写的或说的是谁，请改写后再保存。"),
    "V-OPN-02": ("E", "意见里有“{frag}”，像是电话、邮箱或微信号，请删去；联系方式不登记。"),
    "V-OPN-03": ("W", "归并的意见涉及 {n} 个组织，其中有的没有定为共性，请确认是共性问题。"),
    "V-OPN-21": ("E", "收回 {returned} 份，比发出的 {issued} 份还多，请核对。"),
    "V-OPN-22": ("W", "写了收回 {returned} 份，没有写发出多少份，算不出回收率。"),
    "V-OPN-23": ("E", "请至少选两条意见再归并。"),
    "V-OPN-24": ("E", "没有第 {number} 号归并的问题，请用 list 或在页面上查看号数。"),
    "V-OPN-25": ("E", "选中的意见没有归并过，不用拆开。"),
    "V-OPN-26": ("E", "没有相近的意见可以归并；意思相同而写法不同的，请选中后归并。"),
}

PST = {
    "V-PST-21": ("W", "“{t}”没有负责党员，请填写。"),
    "V-PST-22": ("E", "“{t}”的摘牌日期 {b} 早于挂牌日期 {a}，请核对。"),
    "V-PST-23": ("E", "“{field}”打了 {n} 分，最多 {most} 分。"),
    "V-PST-24": ("E", "月份“{text}”要写成 2025-11 的样子。"),
}

LEDGERS = {**LED, **COM, **OPN, **PST}
