"""What a session has read of the structure it keeps: no second statement, and no row of before a change behind its back."""

from __future__ import annotations

from pathlib import Path

from counting import counted

import make
from pingyi_desktop.appraisal.people import org, roster
from pingyi_desktop.sheets.roster.roster import read_roster
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_people import PartyOrganization


def test_a_campaign_is_read_once_in_a_session(tmp_path: Path) -> None:
    store = make.published_company(tmp_path / "公司.pingyi")
    with store.reading() as session:
        campaign_id = make.campaign_of(session)
        with counted() as spent:
            names = {session.get_one(Campaign, campaign_id).name for _ in range(3)}
    assert len(names) == 1
    assert len(spent.statements) <= 1
    store.close()


def test_what_a_roster_changes_is_read_again(tmp_path: Path) -> None:
    store = make.company(tmp_path / "公司.pingyi")
    sheet = tmp_path / "党组织.csv"
    with store.transaction() as session:
        unit = org.find(session, code="QL.01.B003")
        was = session.get_one(PartyOrganization, unit.id)
        cells = (unit.code, unit.parent_code, "党支部", unit.full_name, "换了名的支部")
        sheet.write_text(
            f"组织代码,上级代码,组织类别,全称,简称\n{','.join(map(str, cells))}\n", encoding="utf-8"
        )
        plan = roster.plan_roster(session, sheet=read_roster(sheet))
        roster.apply_roster(session, plan=plan, by=make.BY, reason="换名")
        assert session.get_one(PartyOrganization, unit.id).short_name == "换了名的支部"
        assert was.short_name == "换了名的支部"
    store.close()
