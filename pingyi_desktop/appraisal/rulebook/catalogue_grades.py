"""What is said of 民主评议 grades and of stacks for people who vote later: for every code its weight and its one sentence.

The field has no codes for these (domain §7); V-BAL-14 and V-BAL-15 on the ballots are its own and stand with the ballots.
"""

from __future__ import annotations

_STEPS = {
    "V-GRD-01": ("E", "“{name}”的等次还没有研究决定，请先登记决定，再告知本人。"),
    "V-GRD-02": (
        "E",
        "“{name}”的等次已经告知本人，不能直接改。请先撤回告知（以及签收），重新研究决定，再告知。",
    ),
    "V-GRD-03": ("E", "“{name}”还没有告知，不能登记签收。请先把告知单交给本人并登记告知。"),
    "V-GRD-04": ("E", "“{name}”已经签收，不用再登记。"),
    "V-GRD-05": ("E", "“{name}”还没有决定，没有可以撤回的。"),
}

GRD = {
    **_STEPS,
    "V-GRD-11": ("E", "“{org}”的票批还没有全部封存，请先录完、封存，再研究决定等次。"),
    "V-GRD-12": (
        "E",
        "本次活动没有用民主评议党员测评表（名册式，等次为优秀、合格、基本合格、不合格），没有等次可定。",
    ),
    "V-GRD-13": ("E", "“{org}”的等次由该单位自己研究决定，上级只看等次数。"),
    "V-GRD-14": ("E", "名单里没有编号“{number}”的党员，请核对。"),
    "V-GRD-15": ("E", "{names}没有票面提议（票太少、没有人勾选），请写明研究决定的等次和原因。"),
    "V-GRD-16": ("E", "“{name}”为预备党员，只参加评议，不评定等次，不能定为“{grade}”。"),
    "V-GRD-17": ("E", "“{name}”研究决定为“{grade}”，与票面提议（{proposed}）不同，请写明原因。"),
    "V-GRD-18": ("E", "{what}（{date}）{why}，请核对日期。"),
    "V-GRD-20": ("W", "评定等次的 {n} 名党员没有一名优秀，请确认支委会或党员大会就是这样决定的。"),
    "V-GRD-21": ("W", "评定等次的 {n} 名党员全部优秀，请确认没有搞平均、走过场。"),
    "V-GRD-22": ("W", "“{name}”不是预备党员，却不评定等次，请确认。"),
    "V-GRD-23": (
        "W",
        "票批更正以后，{names}的票面提议与研究决定时不同了。请重新研究决定；维持原决定的，在登记决定时写明原因。",
    ),
    "V-GRD-30": ("E", "优秀名额的比例应是{offered}之一。"),
    "V-GRD-31": ("E", "活动已经发布，优秀名额和要不要附姓名不能再改。"),
    "V-GRD-32": ("E", "等次“{word}”不认识，请写{offered}之一。"),
}
