"""The way of D4 by command line: opinions heard, causes found, put right, answered, crossed off, handed in, opened again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from offices import BALLOTS, COMMITTEE, DIRECT, FIRST, Command, World

TODAY = date.today()
DUE, LATER = (TODAY + timedelta(30)).isoformat(), (TODAY + timedelta(60)).isoformat()
ITEM = ("rectification", "add")
PERSONS = ("责任领导=李书记", "责任人=办公室")


@pytest.fixture
def heard(world: World, pingyi: Command) -> Path:
    """A branch that has asked, and has written down what it heard."""
    file = world.file(DIRECT)
    pingyi("solicitation", "add", file, "征求方式=座谈会", "参加人数=14")
    pingyi("solicitation", "add", file, "征求方式=征求意见表", "发出份数=30", "收回份数=29")
    for content, nature in (
        ("审计报告出得慢", "共性"),
        ("审前不打招呼", "共性"),
        ("出差补助标准太低", "共性"),
        ("休息室门锁坏了", "个性"),
    ):
        pingyi(
            "opinion", "add", file, f"意见内容={content}", "类别=工作作风", f"性质={nature}", "到位=不到位"
        )
    return file


def status(pingyi: Command, file: Path) -> dict[str, str]:
    return {
        row["number"].rpartition("-")[2]: row["status"]
        for row in pingyi("rectification", "list", file, "--json").facts
    }


def test_from_what_was_heard_to_what_is_crossed_off(world: World, pingyi: Command, heard: Path) -> None:
    def no(number: int) -> tuple[str, str]:
        return "--no", f"{DIRECT}-{number}"

    def step(name: str, *words: object, status: int = 0) -> str:
        said = pingyi("rectify", "step", heard, name, *words, status=status)
        return said.out + said.err

    assert "未答复 1 条" in pingyi("rectify", "owed", heard).out
    origin, source = f"来源编号={DIRECT}-{{}}", "来源=群众评议意见"
    pingyi(*ITEM, heard, "问题=审计报告出得慢", source, origin.format(1), "类型=限期整改", "状态=已登记")
    pingyi(*ITEM, heard, "问题=出差补助标准太低", source, origin.format(3), "类型=解释说明", "状态=已登记")
    pingyi(
        *(*ITEM, heard, "问题=休息室门锁坏了", source, origin.format(4)),
        *("类型=立行立改", "性质=个性", "状态=已登记"),
    )
    everything = [word for number in (1, 2, 3) for word in no(number)]
    assert "还缺：原因" in step("assign", *everything, "--set", f"时限={DUE}", *PERSONS, status=1)
    assert "阶段计划" in step(
        "assign", *everything, "--set", f"时限={DUE}", "原因=安排不周", *PERSONS, status=1
    )
    stages = "阶段计划=本月定规程，下月起每周催办"
    pingyi("rectification", "set", heard, *no(1), stages)
    step("assign", *everything, "--set", f"时限={DUE}", "原因=安排不周", *PERSONS)
    assert "请先验收" in step("close", *no(3), status=1)
    assert "没有“开工”这一步，可用的有：交办、开始办理" in step("开工", *everything, status=2)
    step("开始办理", *everything)
    step("report", *no(1), "--text", "规程已定稿", "--percent", 60)
    assert "解释对象" in step("finish", *no(2), status=1)
    step(
        *("finish", *no(2), "--set", "解释内容=标准由财政统一规定，本局不能改"),
        *(f"解释时间={TODAY.isoformat()}", "解释对象=全体干部"),
    )
    step("finish", *no(3), "--set", "整改措施=后勤当天换锁，办公室主任逐间查看一遍", "完成情况=已换")
    step("verify", *no(2), *no(3), "--set", "回访人数=10", "回访满意人数=9")
    assert "个性问题" in step("close", *no(3), "--set", "批准人=李书记", "佐证=照片", status=1)
    pingyi("reply", "add", heard, f"意见编号={DIRECT}-4", "类型=立改", "答复内容=锁已换好", "答复方式=会上")
    assert "还缺佐证" in step("close", *no(2), *no(3), "--set", "批准人=李书记", status=1)
    step("close", *no(2), *no(3), "--set", "批准人=李书记", "--reason", "当面看过，没有拍照")
    assert status(pingyi, heard) == {"1": "IN_PROGRESS", "2": "CLOSED", "3": "CLOSED"}
    facts = pingyi("rectify", "next", heard, *no(3), "--json").facts
    assert [name for name, why in facts["steps"].items() if not why] == ["reopen"]
    step("reopen", *no(3), "--text", "锁又坏了", "--set", f"时限={LATER}")
    assert "未答复 0 条" in pingyi("rectify", "owed", heard).out
    _handed_in(world, pingyi)


def _handed_in(world: World, pingyi: Command) -> None:
    """What the branch has written counts above, and is the branch's own there."""
    world.key(DIRECT, BALLOTS[DIRECT])
    world.hold(DIRECT, actual=10)
    world.take("QL", world.export(DIRECT))
    top = world.file("QL")
    assert status(pingyi, top) == {"1": "IN_PROGRESS", "2": "CLOSED", "3": "REOPENED"}
    totals = pingyi("rectification", "list", top, "--totals", "--json").facts
    assert totals["shares"] == [{"title": "销号率", "rows": 1, "rate": "33.3"}]
    assert "未答复 0 条" in pingyi("rectify", "owed", top).out
    refused = pingyi(
        "rectify", "step", top, "finish", "--no", f"{DIRECT}-1", "--set", "完成情况=好了", status=1
    )
    assert "该单位改好后重新上报" in refused.err


def test_orders_and_promises_go_down_level_by_level_and_come_back_with_what_was_done(
    world: World, pingyi: Command
) -> None:
    top, branch = world.file("QL"), world.file(DIRECT)
    pingyi("opinion", "add", top, "意见内容=浴室水凉", "类别=生活福利", "性质=共性")
    promise = ("承诺事项=月底前换好锅炉", "答复的意见=QL-1", f"完成时限={DUE}", "兑现情况=已审核")
    assert "它不是下级" in pingyi("commitment", "add", branch, *promise, f"交给下级={DIRECT}", status=1).err
    for unit in (DIRECT, FIRST):
        pingyi("commitment", "add", top, *promise, f"交给下级={unit}")
    work = ("原因=没有专人管", "责任人=办公室", f"时限={DUE}")
    for problem, unit in (("浴室水凉", DIRECT), ("灯不亮", FIRST)):
        order = (f"问题={problem}", "来源=检查", "类型=立改", f"责任单位={unit}", "状态=已交办", *work)
        pingyi(*ITEM, top, *order)
    pingyi(*ITEM, top, "问题=还没有定", "来源=检查", "类型=立改", f"责任单位={DIRECT}", "状态=已登记")
    _hand_down(world, "QL", "第二次")
    assert _told(pingyi, branch) == [("浴室水凉", "QL-1", "REGISTERED", "")]
    assert _promises(pingyi, branch) == [("QL-1", "QL-1", "DRAFT", "")]
    assert _promises(pingyi, world.file(COMMITTEE)) == [("QL-1", "QL-2", "DRAFT", FIRST)]
    assert "上下级说得一样" in pingyi("orders", branch).out
    between = world.file(COMMITTEE)
    assert _told(pingyi, between) == [("灯不亮", "QL-2", "REGISTERED", FIRST)]
    pingyi("rectify", "step", between, "assign", "--no", f"{COMMITTEE}-1", "--set", "责任人=办公室")
    _hand_down(world, COMMITTEE, "第二次")
    assert _told(pingyi, world.file(FIRST)) == [("灯不亮", f"{COMMITTEE}-1", "REGISTERED", "")]

    mine = ("--no", f"{DIRECT}-1")
    pingyi("rectify", "step", branch, "assign", *mine, "--set", "责任人=后勤", f"时限={LATER}")
    pingyi("rectify", "step", branch, "begin", *mine)
    pingyi("rectify", "step", branch, "report", *mine, "--text", "已订货", "--percent", 60)
    done = ("兑现情况=未兑现", "未兑现原因=锅炉还没有到货", "责任人=后勤")
    pingyi("commitment", "set", branch, *mine, *done)
    world.key(DIRECT, BALLOTS[DIRECT])
    world.take("QL", world.export(DIRECT))
    kept, seen = pingyi("orders", top, "--json").facts
    assert (seen["ledger"], seen["number"]) == ("rectification", "QL-1")
    assert seen["differing"]["状态"] == ["已交办", "办理中"]
    assert seen["differing"]["进展"][1].endswith("60% 已订货")
    assert (kept["ledger"], kept["number"]) == ("commitment", "QL-1")
    assert kept["differing"] == {"兑现情况": ["已审核", "未兑现"], "未兑现原因": ["", "锅炉还没有到货"]}
    totals = pingyi("commitment", "list", top, "--totals").out
    assert "另有 1 项是交给下级的" in totals

    pingyi("commitment", "set", top, "--no", "QL-1", f"完成时限={LATER}")
    pingyi("rectification", "set", top, "--no", "QL-1", "原因=锅炉老化", f"时限={TODAY.isoformat()}")
    _hand_down(world, "QL", "第三次")
    assert (len(_told(pingyi, branch)), len(_promises(pingyi, branch))) == (1, 1)
    promised, seen = pingyi("orders", branch, "--json").facts
    assert (promised["ledger"], promised["differing"]) == ("commitment", {"完成时限": [DUE, LATER]})
    assert seen["differing"] == {"原因": ["没有专人管", "锅炉老化"], "时限": [LATER, TODAY.isoformat()]}
    said = pingyi("orders", branch).out
    assert f"公开承诺 {DIRECT}-1　月底前换好锅炉" in said
    assert "2 件交办的事上下级说得不一样" in said
    for file in (top, branch, between):
        pingyi("verify", file)


def _promises(pingyi: Command, file: Path) -> list[tuple[str, str, str, str]]:
    listed = pingyi("commitment", "list", file, "--json").facts
    return [(row["answers"], row["origin"], row["status"], row["unit"]) for row in listed]


def _hand_down(world: World, code: str, name: str) -> None:
    """Hand task files down once more; they are opened in the files that are there."""
    folder = world.root / code / name
    for made in world.run("assign", world.file(code), "--out", folder, "--json").facts:
        world.open(folder / made["file"], made)


def _told(pingyi: Command, file: Path) -> list[tuple[str, str, str, str]]:
    listed = pingyi("rectification", "list", file, "--json").facts
    return [(row["problem"], row["origin"], row["status"], row["unit"]) for row in listed]
