"""The college's flow (D5) by command line: 296 of 312 forms come back with 23 opinions, which come to three problems."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from offices import Command

AREAS = {
    "活动形式": ("组织活动形式单一", "活动内容单调吸引力不足", "活动缺乏针对性", "几次活动形式都是开会"),
    "履职践诺": ("履职践诺还需要持之以恒", "有的承诺年初热年底冷", "践诺进度没有人问", "承诺事项要坚持到底"),
    "信息报送": ("信息报送工作不及时", "活动消息报送太慢", "简报半个月才看到", "宣传稿件报得少"),
}
OPINIONS = 23


@pytest.fixture
def college(tmp_path: Path, pingyi: Command) -> Path:
    file = tmp_path / "学院.pingyi"
    pingyi("init", file, "--code", "XY", "--name", "中共晋西学院委员会", "--type", "公司党委")
    for code, name in (
        ("XY.Z01", "中共晋西学院理学总支部委员会"),
        ("XY.Z02", "中共晋西学院机关总支部委员会"),
    ):
        pingyi("org", "add", file, "--parent", "XY", "--code", code, "--type", "党总支", "--name", name)
    pingyi(
        *("campaign", "new", file, "--name", "群众评议", "--activity", "创先争优", "--year", 2025),
        *("--start", "2025-01-05", "--end", "2025-12-20", "--form", "T-ORG-C"),
    )
    pingyi("campaign", "publish", file, "--reason", "已核实")
    return file


def sheet(folder: Path) -> Path:
    """The opinions as the college's office typed them: area, words, whom they are about."""
    told = [
        (area, words)
        for place in range(4)
        for area, said in AREAS.items()
        for words in said[place:] + said[:place]
    ]
    path = folder / "意见.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("党组织", "意见和建议", "类别", "性质", "提出渠道"))
        for number, (area, words) in enumerate(told[:OPINIONS]):
            ending = "" if number < len(told) // 4 else "，请重视"
            writer.writerow((f"XY.Z0{1 + number % 2}", words + ending, area, "共性", "意见表"))
    return path


def test_the_opinions_of_a_college_come_to_three_problems(
    college: Path, tmp_path: Path, pingyi: Command
) -> None:
    forms = ("solicitation", "add", college, "征求方式=征求意见表", "征求对象=师生", "发出=312")
    assert "比发出的 312 份还多" in pingyi(*forms, "收回=313", status=1).err
    pingyi(*forms, "收回=296")
    pingyi("opinion", "import", college, sheet(tmp_path))
    asked = pingyi("solicitation", "list", college, "--totals").out
    assert "发出 312 份\n收回 296 份（94.9%）" in asked
    figures = pingyi("opinion", "list", college, "--totals", "--json").facts
    areas = {code: many for code, many in figures["totals"][0]["parts"].items() if many}
    assert (figures["rows"], set(areas)) == (OPINIONS, {"ACTIVITY_FORM", "COMMITMENT", "REPORTING"})
    # What is alike is merged by one command, the rest by hand, until there are three.
    pingyi("grouping", "merge", college)
    for number, area in enumerate(areas, 1):
        rows = pingyi("opinion", "list", college, "--json").facts
        same = [f"--no={row['number']}" for row in rows if row["category"] == area]
        made = pingyi("grouping", "merge", college, *same, "--title", f"第 {number} 方面").out
    assert made == f"{OPINIONS} 条意见归并成 3 个问题，其中 3 个由多条意见归并，0 条未归并。\n"
    listed = pingyi("grouping", "list", college, "--json").facts
    assert sorted(len(one["opinions"]) for one in listed) == sorted(areas.values())
    pingyi(
        "grouping", "name", college, listed[0]["number"], "--title", "活动形式单一", "--responsible", "宣传部"
    )
    assert "活动形式单一" in pingyi("grouping", "list", college).out
    one = listed[0]["opinions"][0]
    assert "1 条未归并" in pingyi("grouping", "split", college, "--no", one).out
    assert "没有归并过" in pingyi("grouping", "split", college, "--no", one, status=1).err
    assert one in pingyi("grouping", "like", college).out
    assert pingyi("opinion", "list", college, "--totals", "--json").facts == figures
    pingyi("verify", college)


def test_an_opinion_that_tells_who_said_it_is_not_kept_without_a_reason(
    college: Path, pingyi: Command
) -> None:
    told = ("opinion", "add", college, "意见=张师傅说活动太少", "类别=活动形式")
    assert "“张师傅”" in pingyi(*told, status=1).err
    assert (
        "不登记"
        in pingyi(*told[:3], "意见=答复请打 0351-3328841", told[4], "--reason", "照原话", status=1).err
    )
    assert pingyi("opinion", "list", college, "--json").facts == []
    pingyi(*told, "--reason", "本人同意写名字")
