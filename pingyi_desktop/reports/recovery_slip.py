"""恢复码纸: what opens a data file whose password is forgotten, or a campaign's packages; printed, never stored."""

from __future__ import annotations

from pingyi_desktop.reports.blocks import Heading, Para, Report, Signature, in_words


def build(*, file_name: str, code: str, day: str) -> Report:
    """The slip for a data file: ``code`` in groups as it is read, ``day`` the ISO date of printing."""
    return Report(
        "",
        "数据文件恢复码",
        file_name,
        f"打印日期：{in_words(day)}",
        "",
        (
            Heading(code),
            Heading("怎么用"),
            Para("忘了口令时，打开这个数据文件，点“忘了口令，用恢复码”，输入上面 30 位数字，再设新口令。"),
            Heading("怎么保管"),
            Para(
                "装入信封封好，交专人保管，不要和电脑、U 盘放在一起，不要拍照、不要存进电脑。"
                "更换恢复码后，这一张作废。口令和恢复码都丢失时，加密的文件再也打不开。"
            ),
            Signature(("保管人：", "        年    月    日")),
        ),
    )


def of_campaign(*, campaign_name: str, code: str, day: str) -> Report:
    """The slip of a campaign: opens every package encrypted to the offices of it."""
    return Report(
        "",
        "评议活动恢复码",
        campaign_name,
        f"打印日期：{in_words(day)}",
        "",
        (
            Heading(code),
            Heading("怎么用"),
            Para(
                "下级报来的数据包都加了密，平时由收件单位的数据文件打开。收件单位的电脑丢失、损坏时，"
                "在“收发”页照常选数据包导入，打不开的点“用恢复码打开…”，输入上面 30 位数字。"
            ),
            Heading("怎么保管"),
            Para(
                "装入信封封好，交发布单位专人保管，不要和电脑、U 盘放在一起，不要拍照、不要存进电脑。"
                "拿到它的人能看到本次活动各单位报来的结果。活动结束、结果归档后销毁。"
            ),
            Signature(("保管人：", "        年    月    日")),
        ),
    )
