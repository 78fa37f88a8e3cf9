"""R08, what opinions come to: each problem, how many say it, and the item of rectification that answers one of them."""

from __future__ import annotations

from pathlib import Path

import make
from make import BY
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.appraisal.ledgers.groups import likeness, opinion_groups
from pingyi_desktop.reports import catalog as reports
from pingyi_desktop.reports.blocks import Table

B3 = "QL.01.B003"
SAID = ("职工浴室热水供应断续", "希望解决浴室热水供应断续的问题", "食堂菜少")
ITEM = {
    "problem": SAID[0],
    "source_kind": "OPINION",
    "origin": f"{B3}-2",
    "kind": "IMMEDIATE",
    "status": "REGISTERED",
    "measures": "后勤科十二月底前换好水泵，每周查一次",
    "responsible": "支部委员会",
    "cause": "水泵老化",
    "due_on": "2025-12-20",
}


def test_a_problem_says_how_many_tell_it_and_which_item_answers_it(tmp_path: Path) -> None:
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)
        about = {"campaign_id": campaign_id, "org": B3, "today": "", "by": BY}
        for said in SAID:
            typed = {"content": said, "category": "生活福利", "nature": "共性"}
            edits.add(session, catalog.ledger("opinion"), typed=typed, **about)
        edits.add(session, catalog.ledger("rectification"), typed=ITEM, reason="先登记", **about)
        found = likeness.suggestions(opinion_groups.problems(session, campaign_id=campaign_id))
        wanted = [one.wanted for one in found]
        opinion_groups.merge(session, campaign_id=campaign_id, wanted=wanted, by=BY)
        report = reports.build(session, name="R08", campaign_id=campaign_id)
        elsewhere = reports.build(session, name="R08", campaign_id=campaign_id, org_code="QL.02")
    store.close()
    table, nothing = (one.blocks[0] for one in (report, elsewhere))
    assert isinstance(table, Table)
    assert isinstance(nothing, Table)
    assert sum(one.width_mm for one in table.columns) == 267
    told = ("1", SAID[0], "生活福利", "共性", "2", "一矿机关党支部", "", "是", f"{B3}-1")
    alone = ("2", SAID[2], "生活福利", "共性", "1", "一矿机关党支部", "", "否", "")
    assert [row.cells for row in table.rows] == [told, alone]
    assert report.footnotes == ("3 条意见归并成 2 个问题，其中 1 个由多条意见归并，1 条未归并。",)
    assert nothing.rows == ()
