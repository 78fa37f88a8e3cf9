"""A shaped form from the draft to the report: it travels in the definition, is printed, keyed, tallied and reported."""

from __future__ import annotations

import json
import re
from contextlib import closing
from io import BytesIO

import pytest
from pypdf import PdfReader

import make
from pingyi_desktop.appraisal.batches import batches, printed
from pingyi_desktop.appraisal.campaign import campaigns, results
from pingyi_desktop.appraisal.paper.shaping import PLAIN, Shape
from pingyi_desktop.exchange.wire import header
from pingyi_desktop.exchange.wire.bodies import Definition
from pingyi_desktop.render.pack import render_pack
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Table
from pingyi_desktop.reports.paper import pack, plan
from pingyi_desktop.reports.paper.plan import Wish
from pingyi_desktop.reports.summary import NOTE_OWN
from pingyi_desktop.storage.schema_campaign import Campaign

SHAPES = {
    "T-ORG-A": Shape("SAT4U", "师生", False, ("食堂管理情况",)),
    "T-MEM-A": Shape("", "", True, ("班车安排情况",)),
}
TEXTS = ["兑现公开承诺情况", "为师生群众办实事、做好事、解难事情况", "附加题：食堂管理情况"]
COMMITTEE, CODE = "QL.01", "QL.01.B003"


@pytest.fixture
def campaign(tmp_path):
    with closing(make.company(tmp_path / "QL.pingyi")) as store, store.transaction() as session:
        yield session, make.published(session, form_shapes=SHAPES)


def test_a_form_keeps_its_shape_until_told_otherwise_and_its_version_counts(tmp_path) -> None:
    with closing(make.company(tmp_path / "QL.pingyi")) as store, store.transaction() as session:
        campaign_id = make.draft(session, form_shapes={"T-ORG-A": Shape("GOOD3")})

        def change(**changes: object) -> list[tuple[str, int, str]]:
            campaigns.change(session, campaign_id=campaign_id, by=make.BY, **changes)
            view = campaigns.show(session, campaign_id=campaign_id)
            return [(form.code, form.version, form.items[0].scale.code) for form in view.forms]

        assert change(name="改名") == [("T-ORG-A", 2, "GOOD3"), ("T-MEM-A", 1, "SAT4")]
        assert change(form_codes=["T-ORG-A"]) == [("T-ORG-A", 2, "GOOD3")]
        assert change(form_places={"T-ORG-A": ["L2_BRANCH"]}) == [("T-ORG-A", 2, "GOOD3")]
        assert change(form_shapes={"T-ORG-A": PLAIN}) == [("T-ORG-A", 3, "SAT4")]
        assert campaigns.show(session, campaign_id=campaign_id).forms[0].planned_for == ("L2_BRANCH",)


def test_it_travels_in_the_definition_and_comes_out_the_same_below(campaign, tmp_path) -> None:
    session, campaign_id = campaign
    definition = json.loads(session.get_one(Campaign, campaign_id).definition)
    read = header.read(Definition, definition, what="定义", newer=True)
    assert [[item.own for item in form.items].count(True) for form in read.forms] == [1, 1]
    assert read.forms[0].shape.own == ("食堂管理情况",)
    assert {scale["code"] for scale in definition["scales"]} == {"SAT4", "SAT4U"}
    assert [form["code"] for form in definition["forms"] if form["items"][-2].get("own")] == ["T-ORG-A"]
    path = tmp_path / "B.pingyi"
    with (
        closing(make.adopted(session, path, campaign_id=campaign_id, code=CODE)) as below,
        below.reading() as theirs,
    ):
        taken = campaigns.show(theirs, campaign_id=campaign_id)
    ours = campaigns.show(session, campaign_id=campaign_id)
    assert taken.forms == ours.forms
    assert taken.definition_sha256 == ours.definition_sha256
    assert [item.text for item in taken.forms[0].items][0:5:2] == TEXTS


def test_it_is_printed_keyed_and_tallied_and_its_own_question_is_counted_by_itself(campaign) -> None:
    session, campaign_id = campaign
    one = next(
        one
        for one in plan.meetings(session, campaign_id=campaign_id, layer=1, wish=Wish(people={"ALL": 6}))
        if one.org.code == COMMITTEE
    )
    pages = PdfReader(BytesIO(render_pack(pack.build(session, one), copies=False).pdf)).pages
    said = "".join(re.sub(r"\s", "", page.extract_text()) for page in pages)
    assert all(text in said for text in (*TEXTS, "附加题：班车安排情况", "T-ORG-A第2版"))
    for code, stack in (("T-ORG-A", ["1111" + "4" + "1"] * 5 + ["551115"]), ("T-MEM-A", ["11114"] * 6)):
        batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code=COMMITTEE, form_code=code)
        shown = printed.layout_of(session, batch_id=batch.id)
        assert batches.paper_of(session, batch_id=batch.id).size == len(shown.rows) * shown.items_per_row
        make.sealed(session, batch.id, stack)
    org, members = results.pooled(session, campaign_id=campaign_id)
    assert [(i.satisfied, i.denominator) for i in org.items] == [
        (5, 5),
        (5, 5),
        (6, 6),
        (6, 6),
        (1, 6),
        (5, 5),
    ]
    assert [(i.satisfied, i.denominator) for i in members.items] == [*[(6, 6)] * 4, (0, 6)]
    for number, lowest in (("R03", None), ("R04", None)):
        report = catalog.build(session, name=number, campaign_id=campaign_id)
        table = next(block for block in report.blocks if isinstance(block, Table))
        *_, unsatisfied, worst = table.rows[-1].cells
        assert (unsatisfied, worst) == (0, lowest)
        assert NOTE_OWN in report.footnotes
    assert table.rows[-1].cells[-4:-2] == (24, "100.0")


def test_rosters_of_several_pages_are_told_before_publishing_and_ask_nothing(tmp_path) -> None:
    with closing(make.school(tmp_path / "XX.pingyi")) as store, store.transaction() as session:
        campaign_id = make.draft(session, form_codes=["T-MEM-B"])
        for n in range(13):
            make.org_member(session, "XX", f"党员{'甲乙丙丁戊己庚辛壬癸子丑寅'[n]}")
        assert campaigns.long_rosters(session, campaign_id=campaign_id) == []
        make.org_member(session, "XX", "党员卯")
        (told,) = campaigns.long_rosters(session, campaign_id=campaign_id)
        assert told.code == "V-TPL-05"
        assert (
            "有 1 个单位的名册超过一页（一页最多 18 人），例如“慈云学校党支部”19 人，将印 2 页"
            in told.sentence
        )
        assert "V-TPL-05" not in [one.code for one in campaigns.findings_of(session, campaign_id=campaign_id)]
