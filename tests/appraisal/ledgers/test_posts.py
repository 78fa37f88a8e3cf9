"""Posts, zones and their monthly rating: who holds them, what the scores may be, the numbers of the company."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import make_sheets
import pytest
from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.ledgers import catalog, edits, fields, plans, post_ratings, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.demo import company, posts
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.sheets.ledgers.ledger_in import read_ledger

B3 = "QL.01.B003"
SCORES = {"production": "38", "quality": "29", "safety": "30"}


def add(session: Session, key: str, **typed: str) -> Row:
    about = {"campaign_id": make.campaign_of(session), "org": B3, "today": "", "by": BY}
    with session.begin_nested():
        return edits.add(session, catalog.ledger(key), typed=typed, **about)


def test_a_post_has_a_holder_unless_it_is_revoked(session: Session) -> None:
    post = {"title": "安全岗", "kind": "党员先锋岗"}
    with pytest.raises(NeedsReasonError) as asks:
        add(session, "post", **post)
    assert [one.code for one in asks.value.findings] == ["V-PST-21"]
    add(session, "post", **post, holder_2="赵建国")
    add(session, "post", title="旧岗", kind="岗", status="撤销")
    with pytest.raises(RuleError) as refused:
        add(session, "post", **post, holder="赵建国", listed_on="2025-03-05", revoked_on="2025-03-01")
    assert refused.value.code == "V-PST-22"


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("V-PST-23", {"production": "41"}),
        ("V-PST-23", {"quality": "31"}),
        ("V-PST-23", {"safety": "31"}),
        ("V-LED-20", {"month": "11月"}),
        ("V-LED-01", {"safety": ""}),
    ],
)
def test_scores_stay_within_40_30_30(session: Session, code: str, typed: dict[str, str]) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, "post_rating", **{"title": "安全岗", "month": "2025-11", **SCORES, **typed})
    assert refused.value.code == code


def test_everything_that_lacks_is_named_at_once_with_what_may_stand_there(session: Session) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, "post_rating", title=" ", production="40")
    assert str(refused.value) == (
        "“岗（区）名称”（最多 60 字）、“月份”（如 2025年11月）、“质量标准化”（最多 30 分）、"
        "“安全指标”（最多 30 分）还没有填，请填写。"
    )
    with pytest.raises(RuleError) as refused:
        add(session, "post", holder="赵建国")
    assert "“类别”（从先锋岗、责任区中选一个）" in str(refused.value)


@pytest.mark.parametrize(
    "typed",
    [
        "2025.9",
        "2025-9",
        "2025年9月",
        "2025/9",
        "２０２５年９月",
        "2025-09",
        "202509",
        "二〇二五年九月份",
        "2025.9.15",
    ],
)
def test_a_month_is_read_as_people_write_it_and_shown_in_one_way(session: Session, typed: str) -> None:
    row = add(session, "post_rating", title="安全岗", month=typed, **SCORES)
    assert (row.values["month"], row.texts["month"]) == ("2025-09", "2025年9月")
    words = Asked(make.campaign_of(session), "", words=("2025年9月",))
    assert [one.name for one in rows.listing(session, catalog.ledger("post_rating"), words)] == [row.name]


@pytest.mark.parametrize(
    "typed", ["2025.13", "2025-00", "25.9", "1999年9月", "九月", "2025", "2025.9.31", "20259"]
)
def test_what_is_no_month_is_refused(session: Session, typed: str) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, "post_rating", title="安全岗", month=typed, **SCORES)
    assert str(refused.value) == f"“月份”填的是“{typed}”，不是正确的月份，请写成 2025年9月 的样子。"


def test_a_month_in_a_sheet_may_be_a_date_and_what_excel_cut_off_is_not_guessed(
    session: Session, tmp_path: Path
) -> None:
    cells = ["2025.9", date(2025, 9, 1), 2025.11, 2025.10]
    table = [["岗（区）名称", "月份", "生产任务", "质量标准化", "安全指标"]]
    table += [[f"岗 {place}", cell, 38, 29, 30] for place, cell in enumerate(cells)]
    ledger, campaign = catalog.ledger("post_rating"), make.campaign_of(session)
    sheet = read_ledger(make_sheets.workbook(tmp_path / "评比.xlsx", {"评比": table}), ledger)
    planned = plans.plan(session, ledger, campaign_id=campaign, sheet=sheet, today="")
    assert [one.values["month"] for one in planned.written] == ["2025-09", "2025-09", "2025-11"]
    (said,) = planned.findings
    assert (said.code, said.row, "2025年10月" in said.sentence) == ("V-LED-21", 5, True)


def test_a_month_of_a_package_has_one_writing() -> None:
    month = catalog.ledger("post_rating").by_key["month"]
    assert fields.is_shaped(month, "2025-09")
    assert not any(
        fields.is_shaped(month, other) for other in ("2025-9", "2025年9月", "2025-13", "2101-01", "", 9)
    )


def test_the_scores_add_up_on_the_sheet(session: Session) -> None:
    row = add(session, "post_rating", title="安全岗", month="2025-11", grade="优秀", **SCORES)
    assert post_ratings.points(row) == 97
    asked = Asked(make.campaign_of(session), "")
    assert rows.figures(session, catalog.ledger("post_rating"), asked).sentences == ["评比 1 次（优秀 1）"]


def test_the_company_has_446_posts_in_317_branches() -> None:
    told = posts.posts(company.load())
    kinds = Counter(texts["kind"] for listed in told.values() for texts in listed)
    assert (kinds["POST"], len(told), kinds["ZONE"]) == (446, 317, posts.ZONES)
    assert posts.ratings(company.load()).keys() == told.keys()
