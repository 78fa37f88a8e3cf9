"""Posts, zones and their monthly rating: who holds them, what the scores may be, the numbers of the company."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

import make
from make import BY
from pingyi_desktop.appraisal.ledgers import catalog, edits, post_ratings, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.demo import company, posts
from pingyi_desktop.errors import NeedsReasonError, RuleError

B3 = "QL.01.B003"
SCORES = {"production": "38", "quality": "29", "safety": "30"}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.transaction() as opened:
        yield opened
    store.close()


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
        ("V-PST-24", {"month": "11月"}),
        ("V-LED-01", {"safety": ""}),
    ],
)
def test_scores_stay_within_40_30_30(session: Session, code: str, typed: dict[str, str]) -> None:
    with pytest.raises(RuleError) as refused:
        add(session, "post_rating", **{"title": "安全岗", "month": "2025-11", **SCORES, **typed})
    assert refused.value.code == code


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
