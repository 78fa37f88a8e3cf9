"""Weighted rates: exact, of the whole campaign only, and nothing where they would tell how a few people voted."""

from __future__ import annotations

from contextlib import closing, contextmanager

import pytest

import make
from pingyi_desktop.appraisal.campaign import campaigns, results, weighing
from pingyi_desktop.errors import RuleError
from pingyi_desktop.reports import catalog
from pingyi_desktop.reports.blocks import Heading, Para, Table

CATEGORIES = (("A", "党员"), ("B", "先进典型代表"), ("C", "一线员工"))
WEIGHTS = "A:40,B:30,C:30"


@contextmanager
def company(path, **rule: object):
    with closing(make.company(path)) as store, store.transaction() as session:
        many = CATEGORIES if "category_weights" in rule else (campaigns.EVERYONE,)
        changes = {"voter_categories": many, "rule": rule, "form_codes": ["T-ORG-A"]}
        yield session, make.published(session, **changes)


def came(session, campaign_id: str, org: str, category: str, satisfied: int, of: int) -> None:
    rows = [(satisfied, of - satisfied, 0, 0)] * 5
    make.received(session, campaign_id=campaign_id, org_code=org, category=category, counts={"T-ORG-A": rows})


def weighed(session, campaign_id: str) -> weighing.Weighed | None:
    counted = results.read(session, campaign_id=campaign_id)
    return weighing.weighed(counted, counted.view.form("T-ORG-A"))


def test_the_field_s_example_of_three_categories(tmp_path) -> None:
    with company(tmp_path / "QL.pingyi", category_weights=WEIGHTS) as (session, campaign_id):
        assert weighed(session, campaign_id) is None
        came(session, campaign_id, "QL.01.B003", "B", 27, 30)
        came(session, campaign_id, "QL.01.B003", "C", 92, 100)
        assert weighed(session, campaign_id).rates == ("91.0",) * 5
        came(session, campaign_id, "QL.01.B003", "A", 9, 10)
        assert weighed(session, campaign_id).rates == ("90.6",) * 5
        pooled = results.pooled(session, campaign_id=campaign_id)
        assert pooled[0].items[0].rate.text == "91.4"
        report = catalog.build(session, name="R03", campaign_id=campaign_id)
        heading = report.blocks.index(Heading("加权满意率（%）"))
        table = report.blocks[heading + 1]
        assert isinstance(table, Table)
        assert table.rows[0].cells == ("90.6",) * 5
        assert any("按参评人员类别加权（A 2/5、B 3/10、C 3/10）" in note for note in report.footnotes)
        part = catalog.build(session, name="R03", campaign_id=campaign_id, org_code="QL.01")
        one_layer = catalog.build(session, name="R03", campaign_id=campaign_id, layer=2)
        assert Heading("加权满意率（%）") not in (*part.blocks, *one_layer.blocks)


@pytest.mark.parametrize(("category", "many", "said"), [("A", 4, "少于 5 张"), ("A+B", 40, "合并上报")])
def test_where_it_would_tell_how_a_few_voted_there_is_none(tmp_path, category, many, said) -> None:
    with company(tmp_path / "QL.pingyi", category_weights=WEIGHTS) as (session, campaign_id):
        came(session, campaign_id, "QL.01.B003", "C", 92, 100)
        came(session, campaign_id, "QL.02.B001", category, many, many)
        found = weighed(session, campaign_id)
        assert found.rates == ()
        assert said in found.why_not
        blocks = catalog.build(session, name="R03", campaign_id=campaign_id).blocks
        assert Para(found.why_not) in blocks
        assert Heading("加权满意率（%）") not in blocks


def test_layers_are_put_together_by_their_weights(tmp_path) -> None:
    with company(tmp_path / "QL.pingyi", layer_weights="1:40,2:60") as (session, campaign_id):
        batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01")
        make.sealed(session, batch.id, ["1" * 5] * 4 + ["2" * 5])
        came(session, campaign_id, "QL.01.B003", "ALL", 9, 10)
        assert weighed(session, campaign_id).rates == ("86.0",) * 5  # 0.4 × 80 + 0.6 × 90


def test_weights_must_be_those_of_the_categories_before_publishing(tmp_path) -> None:
    with closing(make.company(tmp_path / "QL.pingyi")) as store, store.transaction() as session:
        changes = {"voter_categories": CATEGORIES[:2], "rule": {"category_weights": WEIGHTS}}
        with pytest.raises(RuleError) as refused:
            make.published(session, **changes)
        assert refused.value.code == "V-CMP-40"
        assert "权数写的是A、B、C类，参评人员类别却是A、B" in str(refused.value)


def test_scores_stand_on_the_slip_when_the_rule_asks_for_them(tmp_path) -> None:
    with company(tmp_path / "QL.pingyi", scores="100/75/55/0") as (session, campaign_id):
        batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01")
        make.sealed(session, batch.id, ["12341"] * 5)
        slip = catalog.build(session, name="R06", campaign_id=campaign_id, layer=1, org_code="QL.01")
        (items,) = (block for block in slip.blocks if isinstance(block, Table))
        assert items.columns[-1].title == "得分"
        assert [row.cells[-1] for row in items.rows] == ["100.00", "75.00", "55.00", "0.00", "100.00"]
        assert Para("满意度得分（各题平均）：57.50。") in slip.blocks
        assert any("满意度得分按100/75/55/0计" in note for note in slip.footnotes)
