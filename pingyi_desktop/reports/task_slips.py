"""激活码纸条: one slip to cut off per unit, handed over another way than the task file; printed, never stored."""

from __future__ import annotations

from collections.abc import Sequence

from pingyi_desktop.reports.blocks import Para, Report, SlipBlock, in_words

HOW = "请在“评议”的欢迎页点“收到任务”，选这个文件，再输入上面 16 位数字。"
APART = "纸条与文件分开送，不要拍照，不要和文件放在一起；用过请交回或销毁。"


def build(*, campaign_name: str, office_name: str, slips: Sequence[tuple[str, str, str]], day: str) -> Report:
    """The slips of (unit, task file's name, activation code in groups); ``day`` is the ISO date of printing."""
    return Report(
        "",
        "任务文件激活码",
        campaign_name,
        f"下发单位：{office_name}",
        f"打印日期：{in_words(day)}",
        (
            Para(
                "沿虚线剪开，一个单位一张，当面、电话或封在信封里交给书记本人。激活码不存盘，只能现在打印。"
            ),
            *(
                SlipBlock(
                    unit,
                    code,
                    (f"活动：{campaign_name}", f"下发单位：{office_name}", f"文件：{file}", HOW, APART),
                )
                for unit, file, code in slips
            ),
        ),
    )
