"""A branch whose members are graded hands its package to the committee, and that to the company: counts, never a vote."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import date
from pathlib import Path

from offices import COMMITTEE, FIRST, ORGS, WHY, World, run
from pypdf import PdfReader

import make
from pingyi_desktop.appraisal.campaign import sessions, supplements
from pingyi_desktop.storage import store

FORM = "T-MEM-E"
PEOPLE = ("赵建国", "钱秀英", "孙志强")


def graded_world(root: Path, *rule: str) -> World:
    """See ``_handed_down``, which costs seconds: it is done once for each rule."""
    make.copied_folder(root, _handed_down, *rule)
    return World(root, run)


def _handed_down(root: Path, *rule: str) -> None:
    """The small company with a campaign that grades and three members in the first branch, handed down."""
    world = World(root, run)
    company = world.file("QL")
    company.parent.mkdir()
    run("init", company, "--code", "QL", "--name", "中共青峦公司委员会", "--type", "公司党委")
    for parent, code, kind, name in ORGS:
        run("org", "add", company, "--parent", parent, "--code", code, "--type", kind, "--name", name)
    members = root / "名册.csv"
    with members.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(
            [("支部代码", "姓名", "人员类别"), *((FIRST, name, "正式") for name in PEOPLE[:2])]
        )
        csv.writer(file).writerow((FIRST, PEOPLE[2], "预备"))
    run("roster", "import", company, members, *WHY)
    run(
        *("campaign", "new", company, "--name", "民主评议", "--activity", "民主评议", "--year", 2025),
        *("--start", "2025-09-01", "--end", "2025-12-20", "--form", FORM),
    )
    if rule:
        run("grades", "rule", company, *rule)
    run("campaign", "publish", company, *WHY)
    world.assign("QL")
    world.assign(COMMITTEE)


def key(world: World) -> None:
    """Six ballots: 优秀, 合格, and a 预备党员 whom nobody grades."""
    world.hold(FIRST, actual=6)
    with closing(store.open_file(world.file(FIRST))) as held, held.transaction() as session:
        batch = make.batch(session, campaign_id=make.campaign_of(session), org_code=FIRST)
        make.sealed(session, batch.id, ["120"] * 6)


def counts(world: World, code: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = run("grades", "show", world.file(code), "--json").facts["counts"]
    return found


ALL = {"EXCELLENT": 1, "QUALIFIED": 1, "BASIC": 0, "UNQUALIFIED": 0, "NOT_RATED": 1}


def decided(world: World) -> Path:
    """The branch's committee decides, and it exports."""
    run("grades", "decide", world.file(FIRST), "--body", "支委会", "--on", "2025-10-20", *WHY)
    return world.export(FIRST)


def test_counts_travel_to_the_top_and_no_name_does(tmp_path: Path) -> None:
    """The first package has ballots only, as one of an earlier edition; the next has grades as well.

    How many of three people have which grade is counted above the branch, and shown to nobody: they are too few.
    """
    world = graded_world(tmp_path)
    key(world)
    world.take(COMMITTEE, world.export(FIRST))
    assert counts(world, COMMITTEE) == []
    world.take(COMMITTEE, decided(world))
    assert counts(world, FIRST)[0]["counts"] == ALL
    (told,) = counts(world, COMMITTEE)
    assert (told["org"], told["listed"], told["counts"]) == (FIRST, 3, None)
    assert (told["decided_on"], told["names"]) == ("2025-10-20", [])
    world.hold(COMMITTEE, actual=10)
    upward = world.root / "汇总.pingyi-pack"
    run("export", world.file(COMMITTEE), upward, *WHY)
    world.take("QL", upward)
    assert [(one["org"], one["listed"], one["counts"]) for one in counts(world, "QL")] == [(FIRST, 3, None)]
    paper = world.root / "等次.pdf"
    run("report", world.file("QL"), "R04B", "--format", "pdf", "--out", paper)
    text = "".join(PdfReader(paper).pages[0].extract_text().split())
    assert "采一队党支部3样本不足————2025" in text
    assert "合计3样本不足————" in text
    assert "还有2个单位没有等次" in text
    words = ("grades", "decide", world.file(COMMITTEE), "--org", FIRST, "--body", "支委会")
    assert "由该单位自己研究决定" in run(*words, "--on", "2025-10-20", status=1).err
    for code in (COMMITTEE, "QL"):
        run("verify", world.file(code))
        assert not any(name in run("grades", "show", world.file(code)).out for name in PEOPLE)
    run("undo-import", world.file("QL"))
    assert counts(world, "QL") == []


def test_names_travel_where_the_campaign_asks_for_them(tmp_path: Path) -> None:
    world = graded_world(tmp_path, "--names")
    key(world)
    world.take(COMMITTEE, decided(world))
    (told,) = counts(world, COMMITTEE)
    assert told["counts"] == ALL
    assert [(one["name"], one["grade"]) for one in told["names"]] == [
        ("赵建国", "EXCELLENT"),
        ("钱秀英", "QUALIFIED"),
        ("孙志强", "NOT_RATED"),
    ]
    run("verify", world.file(COMMITTEE))
    with closing(store.open_file(world.file(COMMITTEE))) as held, held.transaction() as session:
        session.connection().exec_driver_sql("UPDATE grade_name SET grade = 'EXCELLENT'")
    assert "签名" in run("verify", world.file(COMMITTEE), status=1).err


def test_reports_above_the_branch_name_who_had_people_vote_later(tmp_path: Path) -> None:
    """Six came, six vote later: above it is told that they did, and verified against what the branch signed."""
    world = graded_world(tmp_path)
    key(world)
    with closing(store.open_file(world.file(FIRST))) as held, held.transaction() as session:
        campaign_id = make.campaign_of(session)
        meeting = next(one for one in sessions.listing(session, campaign_id=campaign_id) if one.layer == 2)
        (late,), _ = supplements.open_stacks(
            session, session_id=meeting.id, people=6, closes_on="2025-10-20", why="夜班",
            today=date(2025, 10, 10), by=make.BY, reason=make.WHY,
        )  # fmt: skip
        make.sealed(session, late, ["210"] * 6)
    taken = world.take(COMMITTEE, world.export(FIRST))
    assert "V-BAL-06" not in taken.out + taken.err, (
        "twelve papers for the six who came and the six who voted later"
    )
    world.hold(COMMITTEE, actual=10)
    upward = world.root / "汇总.pingyi-pack"
    run("export", world.file(COMMITTEE), upward, *WHY)
    world.take("QL", upward)
    for code in (COMMITTEE, "QL"):
        for report, told in (
            ("R02", "1个单位有补投的票（青峦公司采一队党支部）"),
            ("R06", "其中有6人补投"),
        ):
            paper = world.root / f"{code}-{report}.pdf"
            run(
                "report",
                world.file(code),
                report,
                "--out",
                paper,
                *(("--org", FIRST) if report == "R06" else ()),
            )
            assert told in "".join("".join(page.extract_text().split()) for page in PdfReader(paper).pages)
        run("verify", world.file(code))
    run("undo-import", world.file("QL"))
    run("verify", world.file("QL"))
    world.take("QL", upward)
    run("verify", world.file("QL"))
    with closing(store.open_file(world.file("QL"))) as held, held.transaction() as session:
        session.connection().exec_driver_sql("UPDATE supplement_stack SET people = 1")
    said = run("verify", world.file("QL"), status=1).err
    assert "采一队党支部”的数字与它签名上报的不一致" in said
    assert "补投票批" not in said, "nothing of the company's own was changed"
    run("undo-import", world.file("QL"))
    with closing(store.open_file(world.file("QL"))) as held, held.reading() as session:
        assert supplements.received(session, campaign_id=make.campaign_of(session)) == []
    world.take("QL", upward)
    said = run("verify", world.file("QL"), status=1).err
    assert said == "收到的数据曾在程序之外被改动过，已按签名的数据包重新核对。\n"
