"""The results page: pictures and tables show what results and overview say, for any layer and part of the tree."""

from __future__ import annotations

from decimal import Decimal

import pytest
import showing
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton

import make
from pingyi_desktop.appraisal.campaign import campaigns, results
from pingyi_desktop.gui.entry.page import EntryPage
from pingyi_desktop.gui.figures.page import EMPTY, ResultsPage
from pingyi_desktop.gui.figures.strip import FEWEST, MOST, UnitStrip
from pingyi_desktop.gui.looks import states
from pingyi_desktop.reports import chart

ORG, MEM, GRADES = "T-ORG-A", "T-MEM-A", "T-MEM-E"
FIRST, OFFICE, OTHER = "QL.01.G01.B001", "QL.01.B003", "QL.02.B001"


@pytest.fixture
def counted(tmp_path):
    """Layer one of QL.01 keyed here, two units received; returns the store."""
    made = make.copied(tmp_path / "QL.pingyi", one_keyed_two_received)
    yield made
    made.close()


def one_keyed_two_received(path):
    made = make.published_company(path, form_codes=[ORG, MEM])
    with made.transaction() as session:
        campaign_id = make.campaign_of(session)
        for code, rows in {FIRST: [(57, 3, 0, 0)] * 5, OFFICE: [(8, 1, 1, 0)] * 4 + [(9, 0, 0, 1)]}.items():
            make.received(
                session, campaign_id=campaign_id, org_code=code, counts={ORG: rows, MEM: rows[:3]}, blank=1
            )
        batch = make.batch(session, campaign_id=campaign_id, layer=1, org_code="QL.01", form_code=ORG)
        make.sealed(session, batch.id, ["11111"] * 27 + ["129.0"] * 2 + ["44444"], blank=2, lost=1)
    return made


def pooled(store, form, **scope):
    with store.reading() as session:
        view = campaigns.current(session)
        return next(
            one for one in results.pooled(session, campaign_id=view.id, **scope) if one.form.code == form
        )


def listed(store, form, layer, under=None):
    with store.reading() as session:
        view = campaigns.current(session)
        return results.read(session, campaign_id=view.id).by_org(layer=layer, form_code=form, under=under)


def dots(page, form):
    return [(dot.label, dot.rate, dot.printed) for dot in page.parts[form].chart.plot.rows]


def expected_dots(result):
    return [
        (i.item.short_text, Decimal(i.shown), f"{i.shown}%（{i.satisfied}/{i.denominator}）")
        for i in result.items
    ]


def shown(table):
    """The table as it would be pasted, without its titles."""
    return [line.split("\t") for line in table.as_text().splitlines()[1:]]


def titles(table):
    return [column.title for column in table.model.columns]


def choose(box: QComboBox, wanted: object, qtbot) -> None:
    """Choose in a box with the keys, as a user does."""
    box.setFocus()
    steps = box.findData(wanted) - box.currentIndex()
    for _ in range(abs(steps)):
        qtbot.keyClick(box, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)


def test_pictures_of_all_forms_show_the_pooled_rates(open_window, counted):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    for form in (ORG, MEM):
        assert dots(page, form) == expected_dots(pooled(counted, form))
        assert page.parts[form].chart.isVisible()
    f = pooled(counted, ORG).figures
    assert page.parts[ORG].figures.text() == (
        f"发出 {f.issued} 张，收回 {f.returned} 张，有效 {f.valid} 张，空白 {f.blank} 张，废票 {f.void} 张"
    )
    assert not page.state.isVisible()
    assert not page.form.isVisible()


def test_rates_by_hand(open_window, counted):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    # 57 + 8 + 29 of 60 + 10 + 30; the second item lost two marks to 比较满意
    assert [printed for _, _, printed in dots(page, ORG)][:2] == ["94.0%（94/100）", "92.0%（92/100）"]


@pytest.mark.usefixtures("dressed")
def test_below_the_rates_the_marks_lie_over_the_options(open_window, counted):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    for form in (ORG, MEM):
        drawn = page.parts[form].marks
        assert drawn.isVisible()
        assert drawn.y() > page.parts[form].chart.y()
        assert [
            (row.label, tuple(part.marks for part in row.parts), row.instead) for row in drawn.stacks.rows
        ] == [(i.item.short_text, i.counts.options, "") for i in pooled(counted, form).items]
    assert (
        page.parts[ORG]
        .marks.accessibleDescription()
        .startswith("①践诺 满意 94，比较满意 4，基本满意 1，不满意 1；")
    )


@pytest.mark.usefixtures("dressed")
def test_on_a_large_screen_pictures_fill_the_page_and_lie_level(open_window, counted):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    window.resize(1920, 1080)
    look_at(page, "QL.01")
    showing.settle(window)
    organisations, members = (page.parts[form] for form in (ORG, MEM))
    for one in (organisations, members):
        assert one.strip.isVisible()
        assert one.strip.height() == one.strip.maximumHeight()
    assert len(organisations.chart.plot.rows) > len(members.chart.plot.rows)
    for part in ("strip_title", "spread", "marks"):
        assert getattr(organisations, part).y() == getattr(members, part).y()
    assert organisations.chart.line > organisations.chart.sizeHint().height() // 5
    page_bottom = page.tabs.currentWidget().viewport().height()
    marks = organisations.marks
    assert marks.drawing(len(marks.stacks.rows) - 1).bottom() > marks.height() - marks.line
    assert marks.mapTo(page.tabs.currentWidget().widget(), marks.rect().bottomLeft()).y() > page_bottom - 24


@pytest.mark.usefixtures("dressed")
def test_a_form_of_few_ballots_has_its_words_at_the_top(open_window, company):
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=[ORG, MEM])
        make.received(
            session,
            campaign_id=campaign_id,
            org_code=FIRST,
            counts={ORG: [(9, 1, 0, 0)] * 5, MEM: [(2, 1, 0, 0)] * 3},
        )
    _, page = showing.show(open_window, company.path, ResultsPage)
    few = page.parts[MEM].few
    assert few.isVisible()
    assert few.geometry().bottom() < few.parentWidget().height() // 2


def test_a_state_without_results_carries_what_mends_it(open_window, company, qtbot):
    with company.transaction() as session:
        make.published(session, form_codes=[ORG])
    window, page = showing.show(open_window, company.path, ResultsPage, EntryPage)
    assert (page.state.kind, page.state.text()) == (states.EMPTY, EMPTY)
    qtbot.mouseClick(page.state.mend, Qt.MouseButton.LeftButton)
    assert window.workspace.page.key == "entry"


def look_at(page, code):
    page.scope.setCurrentIndex(page.scope.findData(code))


@pytest.mark.usefixtures("dressed")
def test_the_only_form_with_ballots_has_the_width_for_itself(open_window, company):
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=[ORG, MEM])
        make.received(session, campaign_id=campaign_id, org_code=FIRST, counts={MEM: [(9, 1, 0, 0)] * 3})
    _, page = showing.show(open_window, company.path, ResultsPage)
    assert not page.parts[ORG].chart_box.isVisible()
    box = page.parts[MEM].chart_box
    assert box.isVisible()
    assert box.x() < box.parentWidget().width() // 10
    assert box.width() > box.parentWidget().width() * 8 // 10


def test_units_lie_on_a_strip_and_a_dot_leads_to_its_unit(open_window, counted, qtbot):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    part = page.parts[ORG]
    assert not part.strip.isVisible(), "one unit alone is no strip"
    look_at(page, "QL.01")
    showing.settle(window)
    assert part.strip.isVisible()
    assert part.strip.keys == (OFFICE, "QL.01.G01")
    whole = pooled(counted, ORG, under=OFFICE).items[-1]
    assert whole.item.kind == "OVERALL"
    assert part.strip.plot.rows[0].text == f"{whole.shown}%"
    qtbot.mouseClick(part.strip, Qt.MouseButton.LeftButton, pos=part.strip._spots()[0])
    showing.settle(window)
    assert page.scope.currentData() == OFFICE
    assert dots(page, ORG) == expected_dots(pooled(counted, ORG, under=OFFICE))
    look_at(page, "QL.01")
    showing.settle(window)
    part.strip.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(part.strip, key)
    assert page.scope.currentData() == "QL.01.G01"


@pytest.mark.usefixtures("dressed")
def test_dots_of_equal_rates_do_not_hide_each_other(qtbot):
    strip = UnitStrip("各单位")
    qtbot.addWidget(strip)
    strip.resize(600, strip.sizeHint().height())
    strip.show_units(
        [(str(n), chart.dot(f"第{n}矿", "98.0", satisfied=98, denominator=100)) for n in range(4)]
    )
    spots = [strip._spots()[n] for n in range(4)]
    assert len({(spot.x(), spot.y()) for spot in spots}) == 4
    assert all(strip.rect().contains(spot) for spot in spots)
    assert "第3矿 98.0%（98/100）" in strip.accessibleDescription()


@pytest.mark.usefixtures("dressed")
def test_a_higher_strip_has_more_lanes(qtbot):
    strip = UnitStrip("各单位")
    qtbot.addWidget(strip)
    strip.show_units(
        [(str(n), chart.dot(f"第{n}矿", "98.0", satisfied=98, denominator=100)) for n in range(MOST)]
    )
    strip.resize(600, strip.sizeHint().height())
    assert len({strip._spots()[n].y() for n in range(MOST)}) == FEWEST
    strip.resize(600, strip.maximumHeight())
    assert len({strip._spots()[n].y() for n in range(MOST)}) == MOST
    assert all(strip.rect().contains(strip._spots()[n]) for n in range(MOST))


@pytest.mark.parametrize(("forms", "known"), [([ORG, MEM], True), ([MEM], False)])
def test_the_period_before_stands_beside_where_it_asked_the_same(open_window, company, forms, known):
    with company.transaction() as session:
        counts = {ORG: [(8, 1, 1, 0)] * 5, MEM: [(8, 1, 1, 0)] * 3}
        for year, listed, code in ((2023, forms, FIRST), (2024, [ORG, MEM], OFFICE)):
            campaign_id = make.published(
                session, form_codes=listed, year=year, start_date=f"{year}-03-01", end_date=f"{year}-05-31"
            )
            told = {form: rows for form, rows in counts.items() if form in listed}
            make.received(session, campaign_id=campaign_id, org_code=code, counts=told)
            counts = {ORG: [(9, 1, 0, 0)] * 5, MEM: [(9, 1, 0, 0)] * 3}
    _, page = showing.show(open_window, company.path, ResultsPage)
    (first, *_) = page.parts[ORG].chart.plot.rows
    assert first.rate == Decimal("90.0")
    assert first.former == (Decimal("80.0") if known else None)
    assert page.parts[MEM].chart.plot.rows[0].former == Decimal("80.0")


@pytest.mark.parametrize("layer", [1, 2])
def test_a_layer_is_chosen_with_the_keys(open_window, counted, qtbot, layer):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    choose(page.layer, layer, qtbot)
    showing.settle(window)
    assert dots(page, ORG) == expected_dots(pooled(counted, ORG, layer=layer))
    assert page.parts[MEM].chart_box.isVisible() is (layer == 2)
    assert ("报送情况" in page.rule.text()) is (layer == 2)


def test_a_choice_of_few_ballots_only_says_so(open_window, company, qtbot):
    """V-PRI-02: the figures are hidden, and why stands above them; another choice takes the sentence away."""
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=[MEM])
        for code, rows in {FIRST: [(57, 3, 0, 0)] * 3, OFFICE: [(3, 0, 0, 0)] * 3}.items():
            make.received(session, campaign_id=campaign_id, org_code=code, counts={MEM: rows})
    window, page = showing.show(open_window, company.path, ResultsPage)
    assert not page.state.isVisible()
    page.scope.setCurrentIndex(page.scope.findData(OFFICE))
    showing.settle(window)
    assert page.state.isVisible()
    assert page.state.text().startswith("该筛选组合样本过少，不予显示。")
    assert page.state.kind == states.FEW
    assert {printed for _, _, printed in dots(page, MEM)} == {"样本不足"}
    assert {row.printed for row in page.parts[MEM].marks.stacks.rows} == {"样本不足"}
    page.scope.setCurrentIndex(0)
    showing.settle(window)
    assert not page.state.isVisible()


def test_a_part_of_the_tree_is_found_by_typing(open_window, counted, qtbot):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    line = page.scope.lineEdit()
    line.setFocus()
    line.selectAll()
    showing.write(line, "一矿机关党支部")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    showing.settle(window)
    assert page.scope.currentData() == OFFICE
    assert dots(page, ORG) == expected_dots(pooled(counted, ORG, under=OFFICE))
    assert "已报 1 / 应报 1" in page.rule.text()


@pytest.mark.parametrize(("said", "there"), [("机关党支", 2), ("一矿机关", 1), ("采煤", 0)])
def test_a_part_of_one_name_is_enough_and_of_several_too_little(open_window, counted, qtbot, said, there):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    names = [page.scope.itemText(place) for place in range(page.scope.count())]
    assert sum(said in name for name in names) == there
    line = page.scope.lineEdit()
    line.setFocus()
    line.selectAll()
    showing.write(line, said)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    showing.settle(window)
    assert page.scope.currentText() == ("一矿机关党支部" if there == 1 else names[0])


def test_a_click_marks_the_name_and_what_is_chosen_stands_without_its_indent(open_window, counted, qtbot):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    line = page.scope.lineEdit()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: line.selectedText() == line.text() != "")
    showing.write(line, "机关党支部")
    found = page.scope.completer().popup()
    qtbot.waitUntil(found.isVisible)
    qtbot.keyClick(found, Qt.Key.Key_Down)
    qtbot.keyClick(found, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: line.text() == "一矿机关党支部")
    showing.settle(window)
    assert page.scope.currentData() == OFFICE


def test_of_a_long_name_the_beginning_is_seen(open_window, counted):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    page.scope.offer([("X", "中共青峦煤业有限责任公司机关第一党总支部采剥二队党支部")])
    assert page.scope.lineEdit().cursorPosition() == 0


def test_a_name_that_is_none_changes_nothing(open_window, counted, qtbot):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    line = page.scope.lineEdit()
    line.setFocus()
    line.selectAll()
    showing.write(line, "没有这个支部")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    showing.settle(window)
    assert page.scope.currentData() == "QL"
    assert page.scope.currentText() == "青峦公司党委"


def test_item_counts_are_those_of_the_results(open_window, counted, qtbot):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    page.tabs.setCurrentIndex(1)
    assert page.form.isVisible()
    table = page.items.currentWidget()
    assert titles(table)[4:8] == ["满意", "比较满意", "基本满意", "不满意"]
    assert shown(table) == [
        [
            i.item.short_text,
            i.shown,
            *map(str, (i.satisfied, i.denominator, *i.counts.options)),
            *map(str, (i.counts.blank, i.counts.multi, i.counts.illegible)),
        ]
        for i in pooled(counted, ORG).items
    ]


def test_marks_of_few_ballots_are_not_shown(open_window, counted, qtbot):
    """Three ballots, and the nearest row that would tell them from the total."""
    with counted.transaction() as session:
        campaign_id = campaigns.current(session).id
        counts = {ORG: [(2, 1, 0, 0)] * 5, MEM: [(2, 1, 0, 0)] * 3}
        make.received(session, campaign_id=campaign_id, org_code="QL.01.G01", counts=counts)
    window, page = showing.show(open_window, counted.path, ResultsPage)
    page.tabs.setCurrentIndex(2)
    rows = {cells[0]: cells for cells in shown(page.orgs.currentWidget())}
    assert [rows["一矿采掘党总支"][2], *rows["一矿采掘党总支"][3:]] == ["3", *["样本不足"] * 5]
    assert rows["一矿采一队党支部"][3:] == ["样本不足"] * 5
    assert "样本不足" not in rows["一矿机关党支部"]
    page.scope.setCurrentIndex(page.scope.findData(FIRST))
    showing.settle(window)
    page.tabs.setCurrentIndex(1)
    table = page.items.currentWidget()
    assert {tuple(cells[1:]) for cells in shown(table)} == {("样本不足", *["—"] * 9)}
    assert [printed for _, _, printed in dots(page, ORG)] == ["样本不足"] * 5


def test_organisations_are_those_of_the_results(open_window, counted, qtbot):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    page.tabs.setCurrentIndex(2)
    table = page.orgs.currentWidget()
    rows = [*listed(counted, ORG, 1), *listed(counted, ORG, 2)]
    assert shown(table) == [
        [
            one.org.short_name,
            "一" if one.layer == 1 else "二",
            str(one.result.figures.valid),
            *(i.shown for i in one.result.items),
        ]
        for one in rows
    ]
    assert titles(table)[3:] == ["①践诺", "②中心工作", "③办实事", "④队伍建设", "总体"]
    choose(page.layer, 2, qtbot)
    showing.settle(window)
    assert [line[0] for line in shown(table)] == [one.org.short_name for one in listed(counted, ORG, 2)]


def test_another_form_has_its_own_tables(open_window, counted, qtbot):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    page.tabs.setCurrentIndex(1)
    choose(page.form, MEM, qtbot)
    assert [line[0] for line in shown(page.items.currentWidget())] == ["①践诺", "②岗位争优", "③服务群众"]
    page.tabs.setCurrentIndex(2)
    assert titles(page.orgs.currentWidget())[3:] == ["①践诺", "②岗位争优", "③服务群众"]


def test_rates_sort_as_numbers(open_window, counted, qtbot):
    with counted.transaction() as session:
        few = {ORG: [(3, 0, 0, 0)] * 5, MEM: [(3, 0, 0, 0)] * 3}
        make.received(session, campaign_id=campaigns.current(session).id, org_code=OTHER, counts=few)
    _, page = showing.show(open_window, counted.path, ResultsPage)
    page.tabs.setCurrentIndex(2)
    table = page.orgs.currentWidget()
    table.view.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert [line[3] for line in shown(table)] == ["样本不足", "样本不足", "95.0", "96.7"]


def test_too_few_ballots_show_no_rate(open_window, company):
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=[MEM])
        make.received(session, campaign_id=campaign_id, org_code=OTHER, counts={MEM: [(2, 1, 0, 0)] * 3})
    _, page = showing.show(open_window, company.path, ResultsPage)
    assert dots(page, MEM) == [(name, None, "样本不足") for name in ("①践诺", "②岗位争优", "③服务群众")]


def test_options_of_two_scales_stand_apart(open_window, company):
    with company.transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-B"])
        rows = [(8, 1, 0)] * 4 + [(9, 0, 0, 0)]
        make.received(session, campaign_id=campaign_id, org_code=OFFICE, counts={"T-ORG-B": rows})
    _, page = showing.show(open_window, company.path, ResultsPage)
    table = page.items.currentWidget()
    assert titles(table)[4:11] == ["是", "基本是", "否", "满意", "比较满意", "基本满意", "不满意"]
    assert shown(table)[0][4:11] == ["8", "1", "0", "—", "—", "—", "—"]
    assert shown(table)[4][4:11] == ["—", "—", "—", "9", "0", "0", "0"]


def test_before_sealing_the_page_says_what_to_do(open_window, company):
    with company.transaction() as session:
        make.published(session)
    _, page = showing.show(open_window, company.path, ResultsPage)
    assert page.state.isVisible()
    assert page.state.text() == EMPTY
    assert not any(part.chart_box.isVisible() for part in page.parts.values())
    assert page.items.currentWidget().view.empty == EMPTY


def test_without_a_campaign_the_reason_is_said(open_window, company):
    _, page = showing.show(open_window, company.path, ResultsPage)
    assert "活动" in page.state.text()
    assert page.state.isVisible()


def test_the_counting_rule_is_shown(open_window, counted):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    with counted.reading() as session:
        assert page.rule.text().startswith(campaigns.current(session).rule.footnote())
    assert "报送情况：已报 2 / 应报 7。" in page.rule.text()


def test_new_ballots_appear_by_themselves(open_window, counted):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    before = dots(page, MEM)

    def arrive(session):
        few = {ORG: [(9, 1, 0, 0)] * 5, MEM: [(5, 5, 0, 0)] * 3}
        make.received(session, campaign_id=campaigns.current(session).id, org_code=OTHER, counts=few)

    window.workspace.work.write(arrive)
    showing.settle(window)
    assert dots(page, MEM) == expected_dots(pooled(counted, MEM)) != before


def test_a_table_can_be_exported(open_window, counted, tmp_path, qtbot):
    window, page = showing.show(open_window, counted.path, ResultsPage)
    page.tabs.setCurrentIndex(2)
    out = tmp_path / "各党组织.xlsx"
    timer = showing.pick(out)
    (press,) = [
        b for b in page.orgs.currentWidget().findChildren(QPushButton) if b.text().startswith("导出表格")
    ]
    qtbot.mouseClick(press, Qt.MouseButton.LeftButton)
    showing.settle(window)
    assert not timer.isActive()
    words = [str(cell) for line in load_workbook(out).worksheets[0].values for cell in line]
    assert {"一矿党委", "一矿采一队党支部", "95.0"} <= set(words)


def test_copying_takes_the_filtered_rows(open_window, counted, qtbot):
    _, page = showing.show(open_window, counted.path, ResultsPage)
    page.tabs.setCurrentIndex(2)
    table = page.orgs.currentWidget()
    table.filter.setFocus()
    showing.write(table.filter, "机关")
    table.view.setFocus()
    qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("一矿机关党支部\t二\t10\t80.0")


def _graded(path):
    made = make.published_school(path, people=make.NAMES[:3], form_codes=[GRADES])
    with made.transaction() as session:
        stack = make.batch(session, campaign_id=make.campaign_of(session)).id
        make.sealed(session, stack, ["124", *["122"] * 5])
    return made


def test_grades_are_shown_as_marks_without_a_rate(open_window, tmp_path):
    made = make.copied(tmp_path / "XX.pingyi", _graded)
    made.close()
    _, page = showing.show(open_window, made.path, ResultsPage)
    part = page.parts[GRADES]
    assert not part.chart.isVisible()
    assert part.marks.isVisible()
    wanted = ["优秀", "合格", "基本合格", "不合格"]
    assert [row.printed for row in part.marks.stacks.rows] == ["优秀 6，合格 11，基本合格 0，不合格 1"]
    assert titles(part.items) == ["项", *wanted, "未填", "多选", "难辨"]
    assert titles(part.orgs) == ["党组织", "层面", "有效票", *wanted]
    assert shown(part.orgs) == [["慈云学校党支部", "二", "6", "6", "11", "0", "1"]]


def test_a_chosen_unit_stays_chosen_when_other_figures_are_asked_for(open_window, counted):
    """The table could not tell its rows again: with one chosen, another layer was a fault of the program."""
    window, page = showing.show(open_window, counted.path, ResultsPage)
    table = page.parts[ORG].orgs
    table.view.selectRow([one.org.code for one in table.model.visible()].index(FIRST))
    page.layer.setCurrentIndex(page.layer.findData(2))  # without layer one between, where the unit is not
    showing.settle(window)
    assert [one.org.code for one in table.selected()] == [FIRST]
