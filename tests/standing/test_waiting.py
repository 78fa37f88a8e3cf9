"""What waits beside the pages of the ledgers: overdue items, single opinions without an answer."""

from __future__ import annotations

from pathlib import Path

import make
from make import BY
from pingyi_desktop.appraisal.ledgers import catalog, edits
from pingyi_desktop.standing.waiting import waiting

ITEM = {"problem": "浴室水凉", "source_kind": "检查", "kind": "立改", "status": "已登记"}
OPINION = {"content": "灯不亮", "category": "生活福利", "nature": "个性"}
REPLY = {"opinion": "QL-1", "kind": "立改", "content": "已换灯", "channel": "会上"}


def test_overdue_items_and_unanswered_opinions_wait(tmp_path: Path) -> None:
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.transaction() as session:
        campaign_id = make.campaign_of(session)

        def add(key: str, **typed: str) -> None:
            ledger = catalog.ledger(key)
            edits.add(session, ledger, campaign_id=campaign_id, org="QL", typed=typed, today="", by=BY)

        def counts() -> tuple[int, int]:
            found = waiting(session, today="2025-11-21")
            return found["rectification"], found["opinion"]

        add("rectification", **ITEM, due_on="2025-11-20")
        add("rectification", **{**ITEM, "problem": "路灯不亮"}, due_on="2025-11-21")
        add("opinion", **OPINION)
        assert counts() == (1, 1)
        add("reply", **REPLY)
        assert counts() == (1, 0)
    store.close()
