"""The command line: every verb answers, bad input gets one sentence, a bug gets a log and no traceback."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from openpyxl import load_workbook

import make
from pingyi_desktop import cli, faultlog
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.cli import parsing
from pingyi_desktop.errors import RuleError, UserError
from pingyi_desktop.storage import store
from pingyi_desktop.storage.store import Store

Run = Callable[..., tuple[int, str, str]]
WHY = ("--reason", "已核实")
DRAFT = (
    *("--name", "群众评议", "--activity", "创先争优", "--year", "2025"),
    *("--start", "2025-09-01", "--end", "2025-12-20"),
)
SIGNED = ("--single-reason", "票数少", "--teller", "甲", "--scrutineer", "乙")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: exit status, stdout, stderr."""

    def command(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        return cli.main([str(word) for word in words]), *capsys.readouterr()

    return command


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The small company of ``make``, without a campaign."""
    made = make.company(tmp_path / "公司.pingyi")
    made.close()
    return made.path


def _published(path: Path) -> Store:
    make.company(path).close()
    assert answered("campaign", "new", path, *DRAFT)[0] == 0
    status, out, err = answered("campaign", "publish", path)
    assert (status, out) == (1, "")  # nothing is published, so no recovery code is shown
    assert "活动还缺：目的、任务、活动范围、对象、方法" in err
    assert "请写 --reason 原因" in err
    assert answered("campaign", "publish", path, *WHY)[0] == 0
    return store.open_file(path)


def answered(*words: object) -> tuple[int, str, str]:
    """Like ``run``, where no test is running yet."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main([str(word) for word in words])
    return status, out.getvalue(), err.getvalue()


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The small company with a campaign published."""
    made = make.copied(tmp_path / "公司.pingyi", _published)
    made.close()
    return made.path


def leaves(
    parser: argparse.ArgumentParser, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield words, parser
    for group in groups:
        for name, child in group.choices.items():
            yield from leaves(child, (*words, name))


def sentence(text: str) -> bool:
    """One line in Chinese that ends as a sentence does."""
    return len(text.strip().splitlines()) == 1 and text.strip()[-1] in "。？" and "Traceback" not in text


WHOLE = cli.build_parser()


@pytest.mark.parametrize(
    ("words", "parser"), [pytest.param(*leaf, id=" ".join(leaf[0])) for leaf in leaves(WHOLE)]
)
def test_every_command_explains_itself_in_chinese(
    run: Run, words: tuple[str, ...], parser: argparse.ArgumentParser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cli, "build_parser", lambda _given: WHOLE)
    assert all(re.search(r"[\u4e00-\u9fff]", action.help or "") for action in parser._actions)
    status, out, err = run(*words, "--help")
    assert (status, err) == (0, "")
    assert out.startswith("用法：pingyi " + " ".join(words))
    assert not re.search(r"usage|options:|positional|show this", out)
    assert "显示本说明" in out
    for action in parser._actions:  # what can be typed is not torn at the end of a line
        assert all(code in out for code in re.findall(r"[A-Z0-9_]{4,}", action.help or ""))


def reached(run: object) -> set[str]:
    """Names of everything of ours at the command line that a command's function can come to."""
    assert isinstance(run, partial)
    seen: set[str] = set()
    first = run.args[0]
    waiting: list[FunctionType] = [first.func if isinstance(first, partial) else first]
    while waiting:
        one = waiting.pop()
        codes, names = [one.__code__], set[str]()
        while codes:
            code = codes.pop()
            names |= set(code.co_names)
            codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        known = [one.__globals__[name] for name in names if name in one.__globals__]
        known += [
            getattr(module, name)
            for module in known
            for name in names
            if isinstance(module, ModuleType) and hasattr(module, name)
        ]
        for found in known:
            if isinstance(found, FunctionType) and found.__module__.startswith("pingyi_desktop.cli."):
                if found.__qualname__ not in seen:
                    waiting.append(found)
                seen.add(found.__qualname__)
            elif found is campaigns.current or found is campaigns.in_preparation:
                seen.add(f"{one.__module__}.{one.__qualname__} asks for it")
    return seen


def test_every_command_about_a_campaign_lets_it_be_named() -> None:
    """With two official campaigns in one year the one at work need not be the one that is meant."""
    about = {
        words: (reached(parser.get_default("run")), "--campaign" in parser._option_string_actions)
        for words, parser in leaves(cli.build_parser())
    }
    assert {words for words, (names, _) in about.items() if "campaign_of" in names} == {
        words for words, (_, named) in about.items() if named
    }
    assert sum(named for _, named in about.values()) > 20
    passing_by = {name for names, _ in about.values() for name in names if name.endswith(" asks for it")}
    assert {name.split(" ")[0].rsplit(".", 1)[0] for name in passing_by} <= {
        "pingyi_desktop.cli.edge",  # campaign_of itself
        "pingyi_desktop.cli.verbs.campaign_verbs",  # what is still prepared, through campaign_of
        "pingyi_desktop.cli.verbs.grade_verbs",  # likewise
        "pingyi_desktop.cli.verbs.paper_verbs",  # likewise
        "pingyi_desktop.cli.verbs.selftest_verb",  # of a file it has made itself
    }


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("没有这个命令",),
        ("seal",),
        ("roster",),
        ("tally", "甲.pingyi", "--layer", "3"),
        ("init", "甲.pingyi", "--code", "QL"),
        ("report", "甲.pingyi", "R02", "--format", "doc", "--out", "甲.doc"),
        ("import", "甲.pingyi", ".", "--confirm", "1", "--confirm-all"),
        (
            "session",
            "hold",
            "甲.pingyi",
            "QL.01",
            "--date",
            "2025-10-09",
            "--expected",
            "十",
            "--actual",
            "1",
        ),
    ],
)
def test_wrong_usage_is_status_2(run: Run, words: tuple[str, ...]):
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.startswith("用法不对")
    assert "--help" in err


def test_what_a_verb_does_not_know_is_refused_with_its_own_help(run: Run):
    for words in (
        ("campaign", "change", "甲.pingyi", "--voters", "DY=党员"),
        ("org", "list", "甲.pingyi", "乙"),
    ):
        err = run(*words)[2]
        assert (
            err
            == f"用法不对：不认识的参数：{' '.join(words[3:])}。加 --help 查看用法：pingyi {' '.join(words[:2])} --help\n"
        )


FILE_VERBS = [
    ("roster", "export", "FILE", "甲.xlsx"),
    ("org", "list", "FILE"),
    ("campaign", "show", "FILE"),
    ("campaign", "publish", "FILE"),
    ("session", "list", "FILE"),
    ("batches", "FILE", "--json"),
    ("seal", "FILE"),
    ("tally", "FILE", "--json"),
    ("coverage", "FILE"),
    ("assign", "FILE", "--out", "任务"),
    ("export", "FILE", "甲.pingyi-pack"),
    ("backup", "FILE", "甲.pingyi"),
    ("verify", "FILE"),
    ("journal", "FILE"),
]


@pytest.mark.parametrize("words", FILE_VERBS, ids=lambda words: " ".join(words[:2]))
def test_a_missing_and_a_foreign_file_get_a_sentence(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
):
    monkeypatch.chdir(tmp_path)
    foreign = tmp_path / "照片.pingyi"
    foreign.write_bytes(b"\x89PNG" + bytes(range(256)) * 20)
    for file in (tmp_path / "没有.pingyi", foreign, tmp_path):
        status, out, err = run(*(file if word == "FILE" else word for word in words))
        assert (status, out) == (1, "")
        assert sentence(err)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["照片.pingyi"]


def test_init_makes_a_file_and_never_overwrites_one(run: Run, tmp_path: Path):
    file = tmp_path / "公司.pingyi"
    words = ("init", file, "--code", "QL", "--name", "中共青峦公司委员会", "--type", "COMPANY_COMMITTEE")
    assert run(*words)[0] == 0
    status, out, _ = run("org", "list", file, "--json")
    assert status == 0
    assert [(o["code"], o["short_name"], o["depth"]) for o in json.loads(out)] == [("QL", "青峦公司党委", 0)]
    status, _, err = run(*words)
    assert status == 1
    assert "已经存在" in err
    for wrong in (("--type", "工会"), ("--code", "一号"), ("--name", " ")):
        changed = dict(zip(words[2::2], words[3::2], strict=True)) | dict([wrong])
        flat = [word for pair in changed.items() for word in pair]
        status, _, err = run("init", tmp_path / "乙.pingyi", *flat)
        assert status == 1
        assert sentence(err)
    assert not (tmp_path / "乙.pingyi").exists()


def test_orgs_and_the_roster_go_in_and_out(run: Run, company: Path, tmp_path: Path):
    template, out = tmp_path / "模板.xlsx", tmp_path / "名册.xlsx"
    assert run("roster", "template", template)[0] == 0
    assert run("roster", "template", template)[0] == 1
    status, _, err = run("roster", "export", company, out)
    assert (status, "包含 9 名党员信息，仅限党内传递" in err, out.exists()) == (1, True, False)
    assert run("roster", "export", company, out, *WHY)[0] == 0
    status, text, _ = run("roster", "import", company, out, "--json")
    facts = json.loads(text)
    assert status == 0
    assert (facts["added"], facts["changed"], facts["unchanged"]) == ([], [], 9)
    added = ("--parent", "QL.02", "--type", "党支部", "--name", "中共青峦公司二矿运输支部委员会")
    status, text, _ = run("org", "add", company, *added)
    assert status == 0
    assert "QL.02.B002" in text


def test_a_bad_roster_writes_nothing(run: Run, company: Path, tmp_path: Path):
    sheet = tmp_path / "名册.csv"
    rows = [
        "姓名,所在党支部,人员类别",
        "李大山,一矿采一队党支部,正式党员",
        "王小河,三矿党支部,正式党员",
    ]
    sheet.write_text("\n".join(rows), encoding="utf-8-sig")
    before = run("journal", company, "--json")[1]
    status, out, err = run("roster", "import", company, sheet)
    assert status == 1
    assert "没有写入" in out
    assert err.count("第 3 行") == 1
    assert run("journal", company, "--json")[1] == before
    sheet.write_text("\n".join(rows[:2]), encoding="utf-8-sig")
    status, out, _ = run("roster", "import", company, sheet, "--dry-run", "--json")
    assert (status, json.loads(out)["written"], len(json.loads(out)["added"])) == (0, False, 1)
    assert run("journal", company, "--json")[1] == before
    assert run("roster", "import", company, sheet, "--by", "赵登记", *WHY)[0] == 0
    assert json.loads(run("journal", company, "--json")[1])[0]["who"] == "赵登记"


def test_an_import_that_was_not_done_says_what_it_would_write(run: Run, company: Path, tmp_path: Path):
    sheet = tmp_path / "名册.csv"
    sheet.write_text("姓名,所在党支部,人员类别\n李大山,一矿采一队党支部,正式党员\n", encoding="utf-8-sig")
    status, out, _ = run("roster", "import", company, sheet, "--dry-run", *WHY)
    assert status == 0
    assert "还没有写入。将要写入的是：党员新增 1 名" in out
    assert "已" not in out
    assert "要写入，去掉 --dry-run" in out
    status, out, _ = run("roster", "import", company, sheet, *WHY)
    assert (status, "已写入：党员新增 1 名" in out, "将要" in out) == (0, True, False)


def test_forms_are_listed_with_words_for_their_grades(run: Run):
    out = run("campaign", "forms")[1]
    assert "SAT4" not in out
    assert forms.scales()["SAT4"].name in out


def test_the_ending_of_the_file_says_the_format_of_a_report(run: Run, company: Path, tmp_path: Path):
    _, _, err = run("report", company, "R02", "--out", tmp_path / "表.doc")
    assert sentence(err)
    assert "请以 .pdf、.xlsx 或 .docx 结尾" in err
    assert run("campaign", "new", company, *DRAFT)[0] == 0
    assert run("campaign", "publish", company, *WHY)[0] == 0
    for name, begins in (("表.PDF", b"%PDF"), ("表.xlsx", b"PK")):
        assert run("report", company, "R02", "--out", tmp_path / name)[0] == 0
        assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_finished_text_is_proofread(run: Run, tmp_path: Path):
    made = make.published_school(tmp_path / "学校.pingyi", form_codes=["T-ORG-A"])
    with made.transaction() as session:
        make.sealed(session, make.batch(session, campaign_id=make.campaign_of(session)).id, ["11111"] * 8)
    made.close()
    text, sheet = tmp_path / "总结.txt", tmp_path / "检查单.docx"
    text.write_text("满意票8张。兑现公开承诺情况满意率98.0%，发放组织评议表8份。", encoding="utf-8")
    status, out, err = run("proofread", made.path, text, "--out", sheet)
    assert (status, "正文里的数字 3 个：一致 1 个，不一致 1 个，没有查到 1 个。" in out) == (0, True), (
        out + err
    )
    assert "提醒 V-CHK-05 第 1 段：正文“兑现公开承诺情况满意率98.0%”" in err
    assert sheet.read_bytes().startswith(b"PK")
    told = json.loads(run("proofread", made.path, text, "--json")[1])
    assert [one["verdict"] for one in told["numbers"]] == ["不一致", "没有查到", "一致"]
    for words in ((text, "--out", tmp_path / "单.doc"), (tmp_path / "没有.docx",), (text, "--out", sheet)):
        status, _, err = run("proofread", made.path, *words)
        assert (status, sentence(err), "--format" in err) == (1, True, False), err


def test_a_campaign_is_drafted_changed_published_and_locked(run: Run, company: Path):
    words = ("--name", "评议", "--activity", "创先争优", "--year", 2025, "--end", "2025-12-20")
    for start, rule in (("2025-13-01", ()), ("2025-12-31", ()), ("2025-09-01", ("--rule", "digits=三"))):
        status, _, err = run("campaign", "new", company, *words, "--start", start, *rule)
        assert status == 1
        assert sentence(err)
    rule = ("--rule", "rounding=TRUNCATE", "--rule", "cap_100=false", "--form", "T-ORG-B", "--drill")
    status, _, err = run("campaign", "new", company, *words, "--start", "2025-09-01", *rule)
    assert status == 0
    assert "活动还缺：目的" in err
    assert run("campaign", "change", company, "--rule", "digits=2", "--purpose", "听取意见")[0] == 0
    facts = json.loads(run("campaign", "show", company, "--json")[1])
    assert facts["status"] == "DRAFT"
    assert facts["mode"] == "drill"
    assert [f["code"] for f in facts["forms"]] == ["T-ORG-B"]
    rule = facts["rule"]
    assert (rule["rounding"], rule["cap_100"], rule["digits"]) == ("TRUNCATE", False, 2)
    assert facts["missing_elements"] == ["任务", "活动范围", "对象", "方法"]
    assert run("campaign", "publish", company, *WHY)[0] == 0
    for late in (("campaign", "change", company, "--rule", "digits=1"), ("campaign", "publish", company)):
        status, _, err = run(*late)
        assert status == 1
        assert "已发布" in err
    assert "T-ORG-A" in run("campaign", "forms")[1]


def test_the_other_campaigns_of_a_file_are_shown_with_what_names_them(run: Run, company: Path):
    words = ("--activity", "创先争优", "--year", 2025, "--start", "2025-09-01", "--end", "2025-12-20")
    for name in ("春季", "秋季"):
        assert run("campaign", "new", company, "--name", name, *words)[0] == 0
        assert run("campaign", "publish", company, *WHY)[0] == 0
    at_work = json.loads(run("campaign", "show", company, "--json")[1])
    assert at_work["name"] == "秋季"
    ((spring, told),) = at_work["others"].items()
    assert told == "2025年度 春季"
    assert f"2025年度 春季：{spring}" in run("campaign", "show", company)[1]
    shown = run("campaign", "show", company, "--campaign", spring)[1]
    assert f"2025年度 秋季：{at_work['id']}" in shown


def test_where_a_form_is_used_is_chosen_and_shown(run: Run, company: Path):
    words = ("--name", "评议", "--activity", "创先争优", "--year", 2025, "--end", "2025-12-20")
    forms = ("--form", "T-ORG-A", "--form", "T-MEM-B")
    new = ("campaign", "new", company, *words, "--start", "2025-09-01", *forms)
    status, _, err = run(*new, "--form-for", "T-MEM-B=支部")
    assert status == 1
    assert "L2_BRANCH（层面二党支部）" in err
    assert run(*new)[0] == 0
    assert "（T-MEM-B，用于层面二党支部）" in run("campaign", "show", company)[1]
    assert run("campaign", "change", company, "--form-for", "T-MEM-B=L2_BRANCH，L1_COMMITTEE")[0] == 0
    facts = json.loads(run("campaign", "show", company, "--json")[1])
    assert [one["planned_for"] for one in facts["forms"]] == [
        ["L1_COMMITTEE", "L2_GENERAL_BRANCH", "L2_BRANCH"],
        ["L1_COMMITTEE", "L2_BRANCH"],
    ]
    listed = json.loads(run("campaign", "forms", "--json")[1])
    assert {one["code"]: one["planned_for"] for one in listed}["T-MEM-E"] == ["L2_BRANCH"]
    assert "层面二党支部" in run("campaign", "forms")[1]


def test_review_groups_and_sessions(run: Run, published: Path):
    status, out, _ = run("campaign", "groups", published, "--group", "第一评议小组=QL.02,QL.01", "--json")
    assert status == 0
    assert {row["org"]: row["group"] for row in json.loads(out)} == {
        "QL.01": "第一评议小组",
        "QL.02": "第一评议小组",
    }
    assert run("campaign", "groups", published, "--group", "第一评议小组")[0] == 1
    hold = ("session", "hold", published, "QL.01", "--layer", 1, "--date", "2025-10-09", "--expected", 20)
    assert run(*hold, "--actual", 21)[0] == 1
    assert run(*hold, "--actual", 19, "--reports", 3)[0] == 0
    (row,) = [s for s in sessions_of(run, published) if (s["layer"], s["org_code"]) == (1, "QL.01")]
    assert (row["status"], row["expected"], row["actual"], row["oral_reports"]) == ("HELD", 20, 19, 3)
    assert run("session", "hold", published, "QL.77", *hold[4:], "--actual", 1)[0] == 1
    # A branch's own session is the branch's to register.
    assert run("session", "hold", published, "QL.02.B001", *hold[6:], "--actual", 1)[0] == 1


def test_layer_one_is_planned_as_meetings_and_registered_from_them(run: Run, published: Path):
    assert run("campaign", "groups", published, "--group", "第一评议小组=QL.01， QL.02")[0] == 0
    status, out, _ = run("session", "plan", published, "--start", "2025-10-09")
    assert (status, out.partition("，")[0]) == (0, "排了 2 场")
    listed = json.loads(run("meeting", "list", published, "--json")[1])
    assert [(row["held_on"], row["half"]) for row in listed] == [("2025-10-09", "AM"), ("2025-10-09", "PM")]
    number = listed[0]["number"]
    assert run("session", "meeting", published, number)[0] == 1, "not held yet"
    facts = ("应到=20", "实到=19", "会议状态=已开")
    assert run("meeting", "set", published, *facts, "--no", number)[0] == 0
    assert run("session", "meeting", published, number, "--reason", "已核实")[0] == 0
    (row,) = [s for s in sessions_of(run, published) if (s["layer"], s["org_code"]) == (1, "QL.01")]
    assert (row["status"], row["held_on"], row["actual"]) == ("HELD", "2025-10-09", 19)


def sessions_of(run: Run, file: Path) -> list[dict[str, Any]]:
    return json.loads(run("session", "list", file, "--json")[1])


ORG_BATCH, MEMBER_BATCH = "L1-QL.01-T-ORG-A-v1-ALL", "L1-QL.01-T-MEM-A-v1-ALL"


def test_batches_say_what_they_wait_for_and_seal_when_ready(run: Run, published: Path):
    listed = {b["code"]: b for b in json.loads(run("batches", published, "--json")[1])}
    assert set(listed) == {
        ORG_BATCH,
        MEMBER_BATCH,
        *(code.replace("01", "02") for code in (ORG_BATCH, MEMBER_BATCH)),
    }
    assert "核对单" in listed[ORG_BATCH]["waiting_for"][0]
    sheet = ("batch", "sheet", published, ORG_BATCH, "--issued", 5)
    assert run(*sheet, "--returned", 6)[0] == 1
    before, odd = (
        run("batches", published, "--json")[1],
        ("--returned", 2, "--printed", 4, "--blank", 1, "--void", 1),
    )
    status, _, err = run(*sheet, *odd)
    assert status == 1
    assert "V-BAL-02" in err
    assert "V-BAL-08" in err
    assert "请写 --reason 原因" in err
    assert run("batches", published, "--json")[1] == before
    assert run(*sheet, *odd, *WHY)[0] == 0
    detail = json.loads(json.loads(run("journal", published, "--json")[1])[0]["detail"])
    assert [one["code"] for one in detail["confirmed"]] == ["V-BAL-02", "V-BAL-08", "V-BAL-09"]
    assert detail["confirmed_because"] == "已核实"
    # Whatever the door: no figures without people.
    assert (
        "登记（命令行：session hold）"
        in {b["code"]: b for b in json.loads(run("batches", published, "--json")[1])}[ORG_BATCH][
            "waiting_for"
        ][0]
    )
    status, _, err = run("seal", published, "--batch", ORG_BATCH, *SIGNED, *WHY)
    assert (status, "“一矿党委”的场次还没有登记时间和应到、实到人数" in err) == (1, True)
    people = ("--layer", 1, "--date", "2025-10-09", "--expected", 5, "--actual", 5)
    assert run("session", "hold", published, "QL.01", *people, *WHY)[0] == 0
    # Nothing valid to key: ready but for who signed. The others are not, and it says why.
    status, out, err = run("seal", published, "--json", *SIGNED)
    assert (json.loads(out)["sealed"], "建议监票、计票各不少于 2 人" in err) == ([], True)
    status, out, err = run("seal", published, "--json", *SIGNED, *WHY)
    facts = json.loads(out)
    assert status == 1
    assert facts["sealed"] == [ORG_BATCH]
    assert len(facts["not_ready"]) == 3
    assert MEMBER_BATCH in err
    status, _, err = run("seal", published, "--batch", ORG_BATCH, *SIGNED)
    assert status == 1
    assert "已封存" in err
    assert run("batch", "reset", published, ORG_BATCH)[0] == 1
    assert run("seal", published, "--batch", "L9")[0] == 1


def test_tally_has_the_promised_facts_and_a_table_for_people(run: Run, published: Path):
    key(published, ["11111", "21111", "91111"] * 2)
    facts = json.loads(run("tally", published, "--layer", 1, "--org", "QL.01", "--json")[1])
    form = next(f for f in facts["forms"] if f["form"] == "T-ORG-A")
    assert form["figures"] == {"printed": 7, "issued": 7, "returned": 7, "valid": 6, "blank": 1, "void": 0}
    first = form["items"][0]
    assert first["text"] == "兑现公开承诺情况"
    assert [option["count"] for option in first["options"]] == [2, 2, 0, 0]
    assert (first["blank"], first["multi"], first["illegible"]) == (0, 2, 0)
    assert (first["satisfied"], first["denominator"], first["rate"], first["shown"]) == (2, 4, "50.0", "50.0")
    assert form["hidden"] is False
    empty = next(f for f in facts["forms"] if f["form"] == "T-MEM-A")
    assert empty["items"][0]["rate"] == "—"
    out = run("tally", published)[1]
    assert "满意率" in out
    assert "已报 0 / 应报 7" in out
    assert run("tally", published, "--org", "QL.99")[0] == 1


def test_a_choice_of_few_ballots_only_is_not_shown(run: Run, published: Path):
    key(published, ["11111", "21111", "91111"])
    for narrow in (("--org", "QL.01"), ("--layer", 1), ("--layer", 1, "--org", "QL.01")):
        for machine in ((), ("--json",)):
            status, out, err = run("tally", published, *narrow, *machine)
            assert (status, out) == (1, "")
            assert err.strip().endswith("该筛选组合样本过少，不予显示。请改看全部，或放宽层面、组织的范围。")
    assert run("tally", published, "--layer", 2)[0] == 0  # nothing is there, so nothing is hidden


def test_tally_says_how_many_ballots_and_no_more_of_few(run: Run, published: Path):
    key(published, ["11111", "21111", "91111"])
    facts = json.loads(run("tally", published, "--json")[1])
    form = next(f for f in facts["forms"] if f["form"] == "T-ORG-A")
    assert (form["hidden"], form["figures"]["valid"]) == (True, 3)
    for item in form["items"]:
        numbers = [option["count"] for option in item["options"]]
        numbers += [item[name] for name in ("blank", "multi", "illegible", "satisfied", "denominator")]
        assert set(numbers) == {None}
        assert item["rate"] == item["shown"] == "样本不足"
    lines = run("tally", published)[1].splitlines()
    assert len([line for line in lines if line.split()[2:] == ["—"] * 9 + ["样本不足"]]) == len(form["items"])


def key(path: Path, stack: list[str]) -> None:
    """These ballots and a blank one in the company's own batch of QL.01, keyed and sealed."""
    held = store.open_file(path)
    with held.transaction() as session:
        campaign_id = campaigns.current(session).id
        batch = make.batch(session, campaign_id=campaign_id, code=ORG_BATCH)
        make.sealed(session, batch.id, stack, blank=1)
    held.close()


@pytest.mark.parametrize("kind", ["ballots", "counts"])
def test_a_blank_table_for_the_open_batches_is_read_back(
    run: Run, published: Path, tmp_path: Path, kind: str
):
    out, again = tmp_path / "空白.xlsx", tmp_path / "一批.xlsx"
    own = [one["code"] for one in json.loads(run("batches", published, "--json")[1])]
    assert len(own) > 1
    assert run(kind, "template", published, out) == (0, f"已写到 {out}。\n", "")
    assert run(kind, "template", published, out)[0] == 1  # nothing is overwritten
    assert run(kind, "template", published, again, "--batch", ORG_BATCH)[0] == 0
    assert codes_in(out) == set(own)
    assert codes_in(again) == {ORG_BATCH}
    blank = run(kind, "import", published, again)[2]
    assert "“一批.xlsx”没有填写" in blank  # and nothing else is wrong with it
    assert "有 1 处错误" in blank
    key(published, ["11111"] * 9)
    sealed = run(kind, "template", published, tmp_path / "封存的.xlsx", "--batch", ORG_BATCH)
    assert sealed[0] == 1
    assert f"票批“{ORG_BATCH}”已经封存" in sealed[2]
    assert run(kind, "template", published, tmp_path / "没有.xlsx", "--batch", "L2-X")[0] == 1
    assert run(kind, "template", published, tmp_path / "其余.xlsx")[0] == 0
    assert codes_in(tmp_path / "其余.xlsx") == set(own) - {ORG_BATCH}
    assert not {"封存的.xlsx", "没有.xlsx"} & {one.name for one in tmp_path.iterdir()}


def codes_in(path: Path) -> set[str]:
    """The batch codes that a table names."""
    book = load_workbook(path)
    cells = (str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return set(re.findall(r"L\d-[\w.-]+", " ".join(cells)))


def test_coverage_lists_every_unit(run: Run, published: Path):
    facts = json.loads(run("coverage", published, "--json")[1])
    assert (facts["reported"], facts["expected"]) == (0, 7)
    assert {unit["state"] for unit in facts["units"]} == {"未报"}
    assert "应报 7" in run("coverage", published)[1]


def test_backup_restore_and_what_was_there_is_kept(run: Run, published: Path, tmp_path: Path):
    saved = tmp_path / "备份.pingyi"
    assert run("backup", published, saved)[0] == 0
    assert run("backup", published, saved)[0] == 1
    before = run("journal", published, "--json")[1]
    run("campaign", "groups", published, "--group", "甲组=QL.01")
    assert run("journal", published, "--json")[1] != before
    status, out, _ = run("restore", saved, published)
    assert status == 0
    assert "恢复前" in out
    assert run("journal", published, "--json")[1] == before
    assert len(list(tmp_path.glob("公司-恢复前-*.pingyi"))) == 1
    assert run("restore", tmp_path / "没有.pingyi", published)[0] == 1


TAMPERED = {
    "tally": ("UPDATE item_tally SET c1 = c1 + 1 WHERE item = '1'", "第 1 项"),
    "moved vote": ("UPDATE item_tally SET c1 = c1 - 1, c2 = c2 + 1 WHERE item = '1'", "重新点算"),
    "ballot": ("UPDATE sealed_ballot SET cells = '31111' WHERE cells = '21111'", "摘要"),
    "lost ballot": ("DELETE FROM sealed_ballot WHERE cells = '21111'", "封存的票有 2 张"),
    "foreign mark": ("UPDATE sealed_ballot SET cells = '81111' WHERE cells = '21111'", "不合这张评议表"),
    "issued": ("UPDATE ballot_batch SET valid = 2, void = 1 WHERE state = 'SEALED'", "有效票"),
    "journal": (
        "DROP TRIGGER journal_entry_is_not_changed; UPDATE journal_entry SET who = '乙' WHERE seq = 2",
        "操作日志",
    ),
    "guard of the journal": (
        "DROP TRIGGER journal_entry_is_not_deleted",
        "数据表的定义（journal_entry_is_not_deleted）",
    ),
    "what a column may hold": (
        "PRAGMA writable_schema=ON;"
        " UPDATE sqlite_master SET sql = replace(sql, 'copies >= 1', 'copies >= -1')",
        "数据表的定义（sealed_ballot）",
    ),
    "more tables": (
        "CREATE TABLE a (b); CREATE INDEX b ON sealed_ballot (copies)",
        "数据表的定义（a等 2 处）",
    ),
}


@pytest.mark.parametrize(("statements", "word"), TAMPERED.values(), ids=TAMPERED)
def test_verify_finds_what_was_changed_behind_the_program(
    run: Run, published: Path, statements: str, word: str
):
    key(published, ["11111", "21111", "91111"])
    assert run("verify", published)[0] == 0
    with closing(sqlite3.connect(published)) as raw:
        raw.executescript(statements)
    status, out, err = run("verify", published, "--json")
    assert status == 1
    assert word in err
    assert json.loads(out)["problems"] == err.strip().splitlines()


def test_verify_finds_a_damaged_file(run: Run, published: Path):
    content = bytearray(published.read_bytes())
    content[8192:9216] = os.urandom(1024)
    published.write_bytes(bytes(content))
    status, _, err = run("verify", published)
    assert status == 1
    assert err.strip()
    assert "Traceback" not in err


def test_a_bug_leaves_a_log_and_a_sentence(capsys: pytest.CaptureFixture[str]):
    (log, *_) = faultlog.files()
    try:
        raise ZeroDivisionError("made on purpose")
    except ZeroDivisionError:
        status = cli._report_bug()
    assert status == 70
    assert str(log) in capsys.readouterr().err
    written = log.read_text(encoding="utf-8")
    assert written.rstrip().endswith("ZeroDivisionError"), "what it said may name a person"
    assert "test_cli" not in written


@pytest.mark.parametrize(
    "typed", ["2025-10-09", "2025.10.9", "２０２５年１０月９日", " 2025/10/9 ", "二〇二五年十月九日"]
)
def test_dates_are_read_as_a_secretary_types_them(typed: str):
    assert parsing.day(typed) == "2025-10-09"


@pytest.mark.parametrize("typed", ["2025.13.9", "2025.10", "25.10.9", "45939", ""])
def test_what_is_no_date_is_not_guessed(typed: str):
    with pytest.raises(UserError, match="请写成 2025-10-09 的样子"):
        parsing.day(typed)


def test_numbers_of_full_width_are_numbers():
    assert parsing.number(0, 20)("１２") == 12
    with pytest.raises(argparse.ArgumentTypeError, match="“２１”"):
        parsing.number(0, 20)("２１")


def test_rule_errors_travel_between_processes():
    error = RuleError("V-BAL-01", "收回多于发出。")
    rebuilt, arguments = error.__reduce__()
    assert rebuilt(*arguments).code == "V-BAL-01"


def test_what_cannot_be_seen_is_printed_as_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No name of a file turns the terminal's text round or sends it a command."""
    assert cli.main(["verify", str(tmp_path / "甲\u202e乙\x1b[2J.pingyi")]) == 1
    said = capsys.readouterr().err
    assert "甲〔U+202E〕乙〔U+001B〕[2J" in said
    assert "\u202e" not in said
    assert "\x1b" not in said
