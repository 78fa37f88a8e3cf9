"""A form is planned where it says: roster forms for branches, unless the campaign chooses otherwise."""

from __future__ import annotations

import pytest
from sqlmodel import Session

import make
from pingyi_desktop.appraisal.batches import batches
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.errors import RuleError
from pingyi_desktop.reports import catalog
from pingyi_desktop.standing import overview
from pingyi_desktop.storage.schema_campaign import Campaign

ORG, ROSTER = "T-ORG-A", "T-MEM-B"
BRANCHES = ["QL.01.B003", "QL.01.G01.B001", "QL.01.G01.B002", "QL.02.B001"]


def planned(session: Session, campaign_id: str, form: str) -> list[tuple[int, str]]:
    listed = batches.listing(session, campaign_id=campaign_id)
    return sorted((b.layer, b.org_code) for b in listed if b.form_code == form)


def test_every_template_says_where_it_is_used() -> None:
    for code, document in forms.templates().items():
        places = document["planned_for"]
        assert places == (
            ["L2_BRANCH"] if document["subject_kind"] == forms.ROSTER else list(forms.PLACES)
        ), code


def test_roster_forms_are_for_branches(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[ORG, ROSTER])
    assert planned(session, campaign_id, ROSTER) == [(2, code) for code in BRANCHES]
    assert {layer for layer, _ in planned(session, campaign_id, ORG)} == {1, 2}


def test_reports_and_coverage_follow(session: Session) -> None:
    """Both committees appraised with the organisations' form: nothing is lacking, for the roster was not planned there."""
    campaign_id = make.published(session, form_codes=[ORG, ROSTER])
    for stack in batches.listing(session, campaign_id=campaign_id, own_only=True):
        make.sealed(session, stack.id, ["11111"] * 6)
    for number in ("R02", "R03"):
        notes = catalog.build(session, name=number, campaign_id=campaign_id).footnotes
        assert "层面一：已评 2 / 应评 2。" in notes
        assert "组织覆盖率（已评÷应评）：层面一 2/2 = 100.0%；层面二 0/5 = 0.0%。" in notes
    notes = catalog.build(session, name="R04", campaign_id=campaign_id).footnotes
    assert "组织覆盖率（已评÷应评）：层面二 0/4 = 0.0%。" in notes
    assert not any(note.startswith("层面一：") for note in notes)
    general = next(
        u for u in overview.coverage(session, campaign_id=campaign_id).units if u.org.code == "QL.01.G01"
    )
    assert general.planned == 1


def test_each_summary_asks_for_its_own_forms_only(session: Session) -> None:
    """A campaign of the first edition planned the roster for committees too; R03 does not wait for it."""
    campaign_id = make.published(session, form_codes=[ORG, ROSTER], form_places={ROSTER: list(forms.PLACES)})
    for stack in batches.listing(session, campaign_id=campaign_id, own_only=True):
        if stack.form_code == ORG:
            make.sealed(session, stack.id, ["11111"] * 6)
    said = {
        number: [
            note
            for note in catalog.build(session, name=number, campaign_id=campaign_id, layer=1).footnotes
            if note.startswith("层面一：")
        ]
        for number in ("R03", "R04")
    }
    assert said == {
        "R03": ["层面一：已评 2 / 应评 2。"],
        "R04": ["层面一：已评 0 / 应评 2。尚缺：一矿党委、二矿党委。"],
    }


def test_where_nothing_is_asked_no_committee_is_appraised(session: Session) -> None:
    campaign_id = make.published(session, form_codes=[ROSTER])
    listed = sessions.listing(session, campaign_id=campaign_id)
    assert [s.layer for s in listed] == [2] * 7
    assert [s.org_code for s in listed if s.has_ballots] == BRANCHES


def test_a_campaign_may_choose_other_places(session: Session) -> None:
    campaign_id = make.draft(
        session,
        form_codes=[ORG, ROSTER],
        form_places={ROSTER: ["L2_BRANCH", "L1_COMMITTEE"], ORG: ["L2_BRANCH"]},
    )
    view = campaigns.show(session, campaign_id=campaign_id)
    assert view.form(ROSTER).where == "层面一党委、层面二党支部"
    campaigns.change(session, campaign_id=campaign_id, by=make.BY, form_codes=[ROSTER, "T-MEM-E"])
    changed = campaigns.show(session, campaign_id=campaign_id)
    assert changed.form(ROSTER).planned_for == ("L1_COMMITTEE", "L2_BRANCH")
    assert changed.form("T-MEM-E").planned_for == ("L2_BRANCH",)
    campaigns.change(
        session, campaign_id=campaign_id, by=make.BY, form_places={ROSTER: ["L2_GENERAL_BRANCH"]}
    )
    sessions.publish(session, campaign_id=campaign_id, by=make.BY, reason=make.WHY)
    assert planned(session, campaign_id, ROSTER) == [(2, "QL.01.G01")]
    assert '"planned_for":["L2_GENERAL_BRANCH"]' in str(session.get_one(Campaign, campaign_id).definition)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({ROSTER: []}, "评议表“T-MEM-B”用在哪里，请从L1_COMMITTEE（层面一党委）"),
        ({ROSTER: ["L2_BRANCH", "EVERYWHERE"]}, "请从L1_COMMITTEE（层面一党委）"),
        ({"T-MEM-A": ["L2_BRANCH"]}, "本次活动没有选评议表“T-MEM-A”"),
    ],
)
def test_places_that_do_not_exist_are_refused(
    session: Session, places: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(RuleError, match=said):
        make.draft(session, form_codes=[ORG, ROSTER], form_places=places)
