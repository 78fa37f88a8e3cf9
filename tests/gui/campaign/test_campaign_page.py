"""The page of the campaign: begun, filled in, looked over, published, and then locked."""

from __future__ import annotations

import pytest
import sealing
import showing
from PySide6.QtCore import QDate, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel

import make
from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.campaign.dealing import group_name, split_evenly
from pingyi_desktop.appraisal.paper.grades import USUAL, Grading
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.exchange.outbox import recovery, tasks
from pingyi_desktop.exchange.wire import age, bundle, trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.gui.campaign.campaign_form import CampaignFields
from pingyi_desktop.gui.campaign.page import CONFIRM, DRAFT, PUBLISHED, START, CampaignPage
from pingyi_desktop.gui.exchange.page import ExchangePage
from pingyi_desktop.gui.files.code_entry import CodeEntry
from pingyi_desktop.gui.files.recovery_code import ShowCode
from pingyi_desktop.gui.looks.controls import Button
from pingyi_desktop.gui.parts import record_dialog
from pingyi_desktop.gui.parts.record_dialog import RecordDialog
from pingyi_desktop.storage import journal, store
from pingyi_desktop.storage.schema_people import OrgType

CODE = "1234567890123450"


@pytest.fixture
def company(tmp_path, request):
    """The small company, without a campaign but for a page that shows one."""
    builds = {"drafted": with_a_draft, "published": published_with_a_purpose}
    (build,) = [builds[name] for name in request.fixturenames if name in builds] or [make.company]
    made = make.copied(tmp_path / "QL.pingyi", build)
    yield made
    made.close()


def with_a_draft(path):
    made = make.company(path)
    with made.transaction() as session:
        make.draft(session)
    return made


def published_with_a_purpose(path):
    return make.published_company(path, elements={"purpose": "找差距、促整改"})


@pytest.fixture
def opened(company, open_window):
    return showing.show(open_window, company.path, CampaignPage)


@pytest.fixture
def drafted(company, open_window):
    """A stored draft, shown."""
    return showing.show(open_window, company.path, CampaignPage)


@pytest.fixture
def published(company, open_window):
    """A published campaign, shown."""
    return showing.show(open_window, company.path, CampaignPage)


def current(company):
    with company.reading() as session:
        return campaigns.current(session)


def meetings(company):
    with company.reading() as session:
        return sessions.listing(session, campaign_id=campaigns.current(session).id)


def tick(page, code, ticked=True):
    state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
    for number in range(page.form.forms.list.count()):
        item = page.form.forms.list.item(number)
        if item.data(Qt.ItemDataRole.UserRole) == code:
            item.setCheckState(state)


# Beginning


def test_without_a_campaign_two_ways_are_explained(opened):
    _, page = opened
    assert page.middle.currentIndex() == START
    ways = {choice.accessibleName(): choice for choice in (page.start_new, page.start_task)}
    assert list(ways) == ["新建评议活动", "打开上级任务文件"]
    assert all(choice.accessibleDescription().endswith("。") for choice in ways.values())


def test_a_draft_is_begun_with_enter_and_stored(opened, company, qtbot):
    window, page = opened
    qtbot.keyClick(page.start_new, Qt.Key.Key_Return)
    assert page.middle.currentIndex() == DRAFT
    assert QApplication.focusWidget() is page.form.name_line
    assert page.dirty.text() == "有还没有保存的内容"
    showing.write(page.form.name_line, "2025年群众评议")
    page.form.activity_line.setText("争先创优")
    page.form.year.setValue(2025)
    page.form.start.setDate(QDate(2025, 9, 1))
    page.form.end.setDate(QDate(2025, 12, 20))
    page.form.elements["purpose"].setPlainText("找差距、促整改")
    page.form.mode.setCurrentIndex(1)
    page.save.click()
    showing.settle(window)
    view = current(company)
    assert (view.name, view.activity, view.period) == ("2025年群众评议", "争先创优", "2025年度")
    assert (view.start_date, view.end_date, view.mode) == ("2025-09-01", "2025-12-20", "drill")
    assert view.elements["purpose"] == "找差距、促整改"
    assert [form.code for form in view.forms] == ["T-ORG-A", "T-MEM-A"]
    assert view.voter_categories == (campaigns.EVERYONE,)
    assert page.what.text() == "2025年群众评议（草稿，演练）"
    assert page.dirty.text() == ""


def test_how_members_are_graded_is_chosen_in_the_draft_and_shown_again(opened, company, qtbot):
    window, page = opened
    qtbot.mouseClick(page.start_new, Qt.MouseButton.LeftButton)
    form = page.form.grading
    assert form.values == vars(USUAL)
    form.share.setCurrentIndex(form.share.findData("15%"))
    form.counted.setChecked(False)
    form.names.setChecked(True)
    assert page.dirty.text() == "有还没有保存的内容"
    page.save.click()
    showing.settle(window)
    chosen = Grading("15%", probationary_counted=False, names=True)
    assert current(company).grading == chosen
    page.form.show_draft(None)
    assert form.values == vars(USUAL)
    page.form.show_draft(current(company))
    assert form.values == vars(chosen)


def test_a_draft_not_stored_can_be_dropped(opened, company):
    window, page = opened
    page.new_draft()
    page.drop.click()
    showing.settle(window)
    assert page.middle.currentIndex() == START
    with company.reading() as session:
        assert campaigns.all_campaigns(session) == []


def test_a_draft_saves_itself_when_the_window_is_closed(opened, company, qtbot):
    window, page = opened
    qtbot.mouseClick(page.start_new, Qt.MouseButton.LeftButton)
    page.form.name_line.clear()
    showing.write(page.form.name_line, "明年的群众评议")
    record_dialog._left["新增党员"] = ["王小河"]  # typed into a dialog of this file
    assert window.close()
    assert record_dialog._left == {}
    assert (current(company).name, current(company).published) == ("明年的群众评议", False)


def test_a_draft_in_which_nothing_was_typed_leaves_nothing(opened, company, qtbot):
    window, page = opened
    qtbot.mouseClick(page.start_new, Qt.MouseButton.LeftButton)
    assert window.close()
    with company.reading() as session:
        assert campaigns.all_campaigns(session) == []


@pytest.mark.parametrize("wrong", ["name", "end"])
def test_a_draft_that_cannot_be_saved_is_asked_about_before_it_goes(opened, company, qtbot, wrong):
    window, page = opened
    qtbot.mouseClick(page.start_new, Qt.MouseButton.LeftButton)
    showing.write(page.form.activity_line, "和评先评优")
    if wrong == "name":
        page.form.name_line.clear()
    else:  # what the file refuses is told at its field first
        page.form.end.setDate(QDate(2001, 1, 1))
        assert not window.close()
        assert page.form.ends.complaint
    assert not window.close()
    box = QApplication.activeModalWidget()
    assert "草稿还有没填对的地方" in box.text()
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert "和评先评优" in page.form.activity_line.text()
    window.close()
    anyway = next(one for one in QApplication.activeModalWidget().buttons() if one.text() == "仍然关闭")
    qtbot.mouseClick(anyway, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_a_task_file_of_the_office_above_is_taken_into_the_own_file(company, open_window, tmp_path, qtbot):
    with company.transaction() as session:
        campaign_id = make.published(session)
        files = tasks.assign(session, campaign_id=campaign_id, by=make.BY, units=["QL.01"])
        unit = org.find(session, code="QL.01")
    (tmp_path / "任务").write_bytes(files[0].data)
    where = tmp_path / "QL.01.pingyi"
    kind = OrgType(unit.org_type)
    store.create(where, code="QL.01", name=unit.full_name, short_name=unit.short_name, org_type=kind).close()
    window, page = showing.show(open_window, where, CampaignPage)
    timers = [showing.pick(tmp_path / "任务"), showing.type_code(files[0].code)]
    qtbot.mouseClick(page.start_task, Qt.MouseButton.LeftButton)
    showing.settle(window)
    assert not any(timer.isActive() for timer in timers)
    assert page.messages.text == "已接受上级的任务。有下级的到“收发”页下发任务，自己开会的到“录入”页录票。"
    assert page.middle.currentIndex() == PUBLISHED
    assert not page.view.isTabVisible(3)  # only the unit that published it sends review groups
    assert page.another.isHidden()


def forged(unit: str, definition: Envelope, *, by: bytes) -> bytes:
    """The task file of somebody who holds the published definition, sealed with a code of his own: the office's epoch 2."""
    document = definition.document("definition")
    task = {"unit": unit, "parent": document["root"], "epoch": 2, "recipient": age.new_identity()[1]}
    head = {"campaign": document["campaign"], "campaign_sha256": definition.address.campaign_sha256}
    made = [
        sealing.sealed("campaign", "QL", {"definition": document}, by=by, to="", epoch=2, **head),
        sealing.sealed(
            "assignment",
            "QL",
            {"task": task, "enrolment": {"token": "5a" * 32}},
            by=by,
            to=unit,
            epoch=2,
            detachable=["enrolment"],
            **head,
        ),
    ]
    return age.seal_with_code(bundle.write(made), CODE)


def test_a_changed_key_of_the_office_above_is_compared_by_telephone(company, open_window, tmp_path):
    with company.transaction() as session:
        campaign_id = make.published(session)
        (made,) = tasks.assign(session, campaign_id=campaign_id, by=make.BY, units=["QL.01"])
    task, stranger = tasks.read_task(made.data, made.code), sealing.key(5)
    tasks.create_file(tmp_path / "QL.01.pingyi", task=task, by=make.BY).close()
    (tmp_path / "任务").write_bytes(forged("QL.01", task.definition, by=stranger))
    window, page = showing.show(open_window, tmp_path / "QL.01.pingyi", CampaignPage)
    timer = showing.type_code(CODE)
    page.open_task(tmp_path / "任务")
    showing.settle(window)
    assert not timer.isActive()
    dialog = showing.dialog()
    assert isinstance(dialog, RecordDialog)
    told = "\n".join(one.text() for one in dialog.findChildren(QLabel))
    heard = trust.fingerprint(trust.public_key(stranger))
    assert heard in told
    assert task.fingerprint in told
    (entry,) = dialog.findChildren(CodeEntry)
    for wrong in ("", task.fingerprint):
        showing.write(entry.line, wrong)
        dialog.save.click()
        showing.settle(window)
        assert showing.dialog() is dialog
    showing.write(entry.line, heard)
    dialog.save.click()
    showing.settle(window)
    assert showing.no_dialog()
    assert "人工核对指纹" in page.messages.text
    assert heard in page.messages.text


def test_a_task_file_that_no_code_opens_is_refused_with_a_sentence(company, open_window, tmp_path):
    with company.transaction() as session:
        campaign_id = make.published(session)
        (made,) = tasks.assign(session, campaign_id=campaign_id, by=make.BY, units=["QL.01"])
    (tmp_path / "任务").write_bytes(age.open_with_code(made.data, made.code))
    window, page = showing.show(open_window, company.path, CampaignPage)
    page.open_task(tmp_path / "任务")
    showing.settle(window)
    assert "没有用激活码加密" in page.messages.text


def test_a_task_file_for_somebody_else_is_refused_with_a_sentence(company, open_window, tmp_path):
    with company.transaction() as session:
        campaign_id = make.published(session)
        (file,) = tasks.assign(session, campaign_id=campaign_id, by=make.BY, units=["QL.02"])
    (tmp_path / "任务").write_bytes(file.data)
    where = tmp_path / "QL.01.pingyi"
    store.create(where, code="QL.01", name="一矿党委", org_type=OrgType.GRASSROOTS_COMMITTEE).close()
    window, page = showing.show(open_window, where, CampaignPage)
    showing.type_code(file.code)
    page.open_task(tmp_path / "任务")
    showing.settle(window)
    assert "二矿" in page.messages.text
    assert page.middle.currentIndex() == START


# The form


def test_the_footnote_follows_the_rule(drafted, company, qtbot):
    window, page = drafted
    rule = page.form.rule
    before = rule.footnote.text()
    assert before == current(company).rule.footnote()
    page.form.setCurrentIndex(2)
    rule.boxes["satisfied_set"].setFocus()
    qtbot.keyClick(rule.boxes["satisfied_set"], Qt.Key.Key_Down)
    assert rule.footnote.text().startswith("注：满意率=（满意+比较满意）票÷该项有效勾选数；")
    rule.boxes["denominator"].setCurrentIndex(1)
    rule.digits.setValue(2)
    rule.min_cell.setValue(8)
    rule.cap.setChecked(False)
    assert "÷有效票数；" in rule.footnote.text()
    assert "保留2位小数。" in rule.footnote.text()
    page.save.click()
    showing.settle(window)
    stored = current(company).rule
    assert (stored.satisfied_set, stored.denominator, stored.digits) == ("WIDE1", "VALID", 2)
    assert (stored.min_cell, stored.cap_100) == (8, False)
    assert rule.footnote.text() == stored.footnote()


def test_scores_weights_and_lines_are_typed_and_a_wrong_one_is_said_at_once(drafted, company):
    window, page = drafted
    rule = page.form.rule
    page.form.voters.setText("党员、群众")
    rule.scores.setEditText("100／75／55／0")
    rule.categories.setText("a：40，b：50")
    assert rule.footnote.text() == "权数合计 90，应为 100。"
    page.save.click()
    showing.settle(window)
    assert page.messages.text == "权数合计 90，应为 100。"
    assert page.form.currentIndex() == 2
    rule.categories.setText("A：40、B：60")
    rule.layers.setText("1:40,2:60")
    rule.low.setValue(50)
    rule.blocks.setChecked(True)
    rule.boxes["quorum"].setCurrentIndex(rule.boxes["quorum"].findData(">1/2"))
    rule.boxes["multi_mark"].setCurrentIndex(rule.boxes["multi_mark"].findData("LOWEST"))
    assert "满意度得分按100/75/55/0计" in rule.footnote.text()
    page.save.click()
    showing.settle(window)
    stored = current(company).rule
    assert (stored.scores, stored.category_weights, stored.layer_weights) == (
        "100/75/55/0",
        "A:40,B:60",
        "1:40,2:60",
    )
    assert (stored.low_rate, stored.good_rate, stored.quorum, stored.quorum_blocks) == (50, 80, ">1/2", True)
    page.refresh_now()
    showing.settle(window)
    assert rule.scores.currentText() == "100/75/55/0"
    assert not page.dirty.text()


def test_every_choice_of_the_rule_is_in_words(drafted):
    _, page = drafted
    for key, box in page.form.rule.boxes.items():
        texts = [box.itemText(number) for number in range(box.count())]
        assert all(texts)
        assert not any(text.isascii() for text in texts), key
        assert box.accessibleName()


@pytest.mark.usefixtures("dressed")
def test_the_wheel_scrolls_and_changes_no_value(drafted):
    _, page = drafted
    page.form.setCurrentIndex(2)
    box = page.form.rule.boxes["satisfied_set"]
    middle = QPointF(box.rect().center())
    event = QWheelEvent(
        middle,
        middle,
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert box.currentIndex() == 0


def test_a_form_is_seen_before_it_is_chosen(drafted, company, qtbot):
    window, page = drafted
    page.form.setCurrentIndex(1)
    chooser = page.form.forms
    listed = [chooser.list.item(number).text() for number in range(chooser.list.count())]
    assert len(listed) == 8
    assert listed[0].startswith("基层党组织开展创先争优活动群众评议表\n评议党组织 · 5 项 · T-ORG-A")
    chooser.list.setFocus()
    chooser.list.setCurrentRow(1)
    assert "四问" in chooser.form.title
    assert "活动目标是否达到" in chooser.paper.accessibleDescription()
    qtbot.keyClick(chooser.list, Qt.Key.Key_Space)
    tick(page, "T-ORG-A", False)
    assert chooser.codes == ["T-ORG-B", "T-MEM-A"]
    page.save.click()
    showing.settle(window)
    assert [form.code for form in current(company).forms] == ["T-ORG-B", "T-MEM-A"]


def test_the_titles_follow_the_word_of_the_activity(drafted, qtbot):
    _, page = drafted
    page.form.activity_line.clear()
    page.form.activity_line.setFocus()
    showing.write(page.form.activity_line, "民主评议")
    qtbot.keyClick(page.form.activity_line, Qt.Key.Key_Return)
    assert "开展民主评议活动" in page.form.forms.list.item(0).text()
    assert "开展民主评议活动" in page.form.forms.form.title


def test_without_a_form_nothing_is_stored(drafted, company):
    window, page = drafted
    for code in ("T-ORG-A", "T-MEM-A"):
        tick(page, code, False)
    page.save.click()
    showing.settle(window)
    assert page.messages.text == "请至少选择一张评议表。"
    assert page.form.currentIndex() == 1
    assert len(current(company).forms) == 2


def test_names_of_voter_categories_get_codes_and_keep_them(drafted, company):
    window, page = drafted
    page.form.voters.setText("全体党员、先进典型代表，一线员工群众")
    page.save.click()
    showing.settle(window)
    first = (("A", "全体党员"), ("B", "先进典型代表"), ("C", "一线员工群众"))
    assert current(company).voter_categories == first
    page.refresh_now()
    showing.settle(window)
    assert page.form.voters.text() == "全体党员、先进典型代表、一线员工群众"
    page.form.voters.setText("一线员工群众、离退休党员")
    page.save.click()
    showing.settle(window)
    assert current(company).voter_categories == (("C", "一线员工群众"), ("D", "离退休党员"))


def test_dates_the_wrong_way_round_are_told_at_the_field(drafted, company):
    window, page = drafted
    page.form.setCurrentIndex(2)
    page.form.end.setDate(QDate(2023, 1, 1))
    page.save.click()
    showing.settle(window)
    assert page.form.ends.complaint == "结束日期（2023-01-01）早于开始日期（2024-01-05）。"
    assert page.form.currentIndex() == 0
    assert current(company).end_date == "2024-01-31"


def test_an_empty_name_is_told_at_the_field(drafted):
    _, page = drafted
    page.form.name_line.clear()
    page.form.setCurrentIndex(3)
    page.save.click()
    assert page.form.name.complaint == "活动名称还没有填，请填写后再继续。"
    assert page.form.currentIndex() == 0


def test_the_number_of_the_period_is_asked_only_when_there_are_several(drafted, company):
    window, page = drafted
    assert page.form.number_field.isHidden()
    page.form.period.setCurrentIndex(page.form.period.findData("QUARTERLY"))
    assert not page.form.number_field.isHidden()
    page.form.number.setValue(3)
    page.save.click()
    showing.settle(window)
    assert current(company).period == "2024年季度第3期"


def test_what_is_being_typed_survives_a_change_elsewhere(drafted, company):
    window, page = drafted
    page.form.name_line.setFocus()
    showing.write(page.form.name_line, "正在写的名称")
    typed = page.form.name_line.text()
    window.workspace.work.write(lambda s: org.change(s, code="QL.02", by=make.BY, short_name="二矿"))
    showing.settle(window)
    assert page.form.name_line.text() == typed
    assert page.dirty.text() == "有还没有保存的内容"


def test_where_a_form_is_used_is_chosen_beside_its_paper(drafted, company):
    window, page = drafted
    choice = page.form.forms
    tick(page, "T-MEM-B")
    codes = [choice.list.item(place).data(Qt.ItemDataRole.UserRole) for place in range(choice.list.count())]
    choice.list.setCurrentRow(codes.index("T-MEM-B"))
    assert [box.isChecked() for box in choice.places.values()] == [False, False, True]
    choice.places["L1_COMMITTEE"].click()
    page.save.click()
    showing.settle(window)
    assert current(company).form("T-MEM-B").planned_for == ("L1_COMMITTEE", "L2_BRANCH")
    choice.list.setCurrentRow(codes.index("T-MEM-E"))
    assert [box.isChecked() for box in choice.places.values()] == [False, False, True]
    choice.list.setCurrentRow(codes.index("T-MEM-B"))
    for place in ("L1_COMMITTEE", "L2_BRANCH"):
        assert choice.places[place].isChecked()
        choice.places[place].click()
    page.save.click()
    showing.settle(window)
    assert "评议表“T-MEM-B”用在哪里，请从" in page.messages.text
    assert current(company).form("T-MEM-B").planned_for == ("L1_COMMITTEE", "L2_BRANCH")


def choose_form(page, code):
    choice = page.form.forms
    codes = [choice.list.item(place).data(Qt.ItemDataRole.UserRole) for place in range(choice.list.count())]
    page.form.setCurrentIndex(1)
    choice.list.setCurrentRow(codes.index(code))
    return choice


def test_a_form_is_shaped_beside_the_paper_that_is_printed(drafted, company, qtbot):
    window, page = drafted
    choice = choose_form(page, "T-ORG-A")
    showing.settle(window)
    before = choice.paper.findChild(QLabel, "paper").pixmap().toImage()
    box = choice.shape
    offered = [box.scale.itemText(n) for n in range(box.scale.count())]
    assert len(offered) == 11
    box.scale.setCurrentIndex(
        next(n for n, text in enumerate(offered) if text.startswith("满意四档加不了解"))
    )
    box.scale.activated.emit(box.scale.currentIndex())
    showing.write(box.own[0], "食堂管理情况")
    box.people.lineEdit().selectAll()
    showing.write(box.people.lineEdit(), "师生")
    assert not box.split.isEnabled()
    assert "这张表没有一题两问的题" in box.split.toolTip()
    showing.settle(window)
    assert choice.paper.findChild(QLabel, "paper").pixmap().toImage() != before
    assert page.dirty.text()
    page.save.click()
    showing.settle(window)
    assert not page.dirty.text()
    form = current(company).form("T-ORG-A")
    assert form.version == 2
    assert [item.text for item in form.items][2:5:2] == [
        "为师生群众办实事、做好事、解难事情况",
        "附加题：食堂管理情况",
    ]
    assert {item.scale.code for item in form.items} == {"SAT4U"}
    choose_form(page, "T-MEM-A")
    assert box.split.isEnabled()
    assert not box.people.isEnabled()
    page.refresh_now()
    showing.settle(window)
    choose_form(page, "T-ORG-A")
    assert (box.own[0].text(), box.people.currentText()) == ("食堂管理情况", "师生")


def test_what_no_paper_can_hold_is_said_in_place_of_the_paper(drafted):
    window, page = drafted
    choice = choose_form(page, "T-MEM-A")
    for line in choice.shape.own[:2]:
        showing.write(line, "食堂")
    showing.settle(window)
    said = [one.text() for one in choice.paper.findChildren(QLabel)]
    assert said == ["第 5 项评议内容为空或与第 4 项相同。"]


def test_the_campaign_at_work_is_shown_first_not_next_years_draft(company, open_window):
    with company.transaction() as session:
        make.published(session)
        make.draft(session, name="2025年群众评议", year=2025, start_date="2025-01-05", end_date="2025-01-31")
    _, page = showing.show(open_window, company.path, CampaignPage)
    assert page.what.text() == "2024年群众评议（已发布）"
    assert page.middle.currentIndex() == PUBLISHED
    page.which.setCurrentIndex(0)
    assert page.what.text() == "2025年群众评议（草稿）"


# Publishing


def test_before_publishing_it_is_said_what_will_be_locked(drafted, company, qtbot):
    window, page = drafted
    qtbot.mouseClick(page.publish, Qt.MouseButton.LeftButton)
    showing.settle(window)
    assert page.middle.currentIndex() == CONFIRM
    said = page.confirm.said.text()
    assert "评议表 2 张" in said
    assert "基层党组织开展创先争优活动群众评议表（5 项），用于层面一党委、层面二党总支、层面二党支部" in said
    assert current(company).rule.in_words() in said
    assert "党组织：8 个" in said
    assert "将安排 9 个场次：层面一 2 场（评议小组到各党委），层面二 7 场" in said
    assert page.confirm.lacking.text.startswith("活动还缺：目的、任务、活动范围、对象、方法。")
    page.confirm.no.click()
    assert page.middle.currentIndex() == DRAFT
    assert not current(company).published
    assert meetings(company) == []


def test_publishing_stores_what_was_typed_first(drafted, company, qtbot):
    window, page = drafted
    page.form.elements["tasks"].setPlainText("评议党组织和党员")
    page.publish.click()
    showing.settle(window)
    assert "任务" not in page.confirm.lacking.text
    page.confirm.yes.click()
    assert "活动还缺：" in showing.confirm(qtbot)
    showing.copy_code(window)
    showing.settle(window)
    assert current(company).elements["tasks"] == "评议党组织和党员"
    assert current(company).published


def test_a_new_draft_can_be_published_in_one_go(opened, company, qtbot):
    window, page = opened
    page.new_draft()
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    showing.confirm(qtbot)
    showing.copy_code(window)
    showing.settle(window)
    assert current(company).published
    assert page.middle.currentIndex() == PUBLISHED


def test_a_unit_alone_is_led_to_its_paper_not_to_units_below(open_window, tmp_path, qtbot):
    made = make.school(tmp_path / "XX.pingyi")
    made.close()
    window, page = showing.show(open_window, tmp_path / "XX.pingyi", CampaignPage)
    page.new_draft()
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    showing.confirm(qtbot)
    showing.settle(window)
    assert page.messages.text.endswith("下一步到“印表”页印评议表；开完会，到“录入”页录票。")
    assert "去“印表”" in [one.text() for one in page.messages.findChildren(Button)]


def test_without_organisations_it_is_said_that_nothing_can_be_planned(open_window, path):
    window, page = showing.show(open_window, path, CampaignPage)
    page.new_draft()
    page.publish.click()
    showing.settle(window)
    assert "现在没有可以安排的场次" in page.confirm.lacking.text


def test_the_telephone_check_is_asked_for_and_told_before_publishing(drafted, company, qtbot):
    window, page = drafted
    assert not page.form.manual.isChecked()
    page.form.manual.setFocus()
    qtbot.keyClick(page.form.manual, Qt.Key.Key_Space)
    assert page.dirty.text() == "有还没有保存的内容"
    page.save.click()
    showing.settle(window)
    assert current(company).manual_check
    page.publish.click()
    showing.settle(window)
    assert "先打电话核对 24 位密钥指纹" in page.confirm.said.text()
    page.confirm.yes.click()
    assert "活动还缺：" in showing.confirm(qtbot)
    showing.copy_code(window)
    showing.settle(window)
    said = [page.view._facts.itemAt(number).widget().text() for number in range(page.view._facts.count())]
    assert any("先打电话核对 24 位密钥指纹" in text for text in said)


def test_nothing_is_published_before_its_recovery_code_is_on_paper(drafted, company, qtbot):
    window, page = drafted
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    showing.confirm(qtbot)
    showing.settle(window)
    showing.dialog().cancel.click()
    showing.settle(window)
    assert not current(company).published
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    showing.confirm(qtbot)
    digits = showing.copy_code(window)
    showing.settle(window)
    assert current(company).published
    with company.reading() as session:
        chosen = campaigns.current(session).id
        assert recovery.identity(session, campaign_id=chosen, code=digits)
    assert showing.no_dialog()


def test_the_reason_is_asked_before_the_recovery_code_is_shown(drafted, company, qtbot):
    """Whoever has typed the code back from paper is done; thinking better of the warning shows no code at all."""
    window, page = drafted
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    qtbot.waitUntil(lambda: not showing.no_dialog())
    asked = showing.dialog()
    assert not isinstance(asked, ShowCode)
    asked.reject()
    showing.settle(window)
    assert showing.no_dialog()
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    assert "活动还缺：" in showing.confirm(qtbot, "五要素见纸质通知")
    showing.copy_code(window)
    showing.settle(window)
    assert showing.no_dialog()
    assert current(company).published
    with company.reading() as session:
        entries = journal.lines(session, newest=20)
    assert ["五要素见纸质通知" in one.detail for one in entries if one.act == "发布活动"] == [True]


def test_a_branch_on_its_own_is_given_no_recovery_code(open_window, tmp_path, qtbot):
    alone = make.school(tmp_path / "XX.pingyi")
    with alone.transaction() as session:
        make.draft(session)
    alone.close()
    window, page = showing.show(open_window, tmp_path / "XX.pingyi", CampaignPage)
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    showing.confirm(qtbot)
    showing.settle(window)
    assert page.middle.currentIndex() == PUBLISHED
    assert showing.no_dialog()


def test_publishing_locks_and_plans(drafted, company, qtbot):
    window, page = drafted
    page.publish.click()
    showing.settle(window)
    page.confirm.yes.click()
    showing.confirm(qtbot)
    showing.copy_code(window)
    showing.settle(window)
    assert page.messages.text == "已发布，场次已安排好。下一步到“收发”页给下级发任务文件。"
    assert page.what.text() == "2024年群众评议（已发布）"
    assert page.middle.currentIndex() == PUBLISHED
    assert not page.form.isVisible()
    assert page.view.tabText(2) == "场次（9）"
    shown = page.view.sessions.model
    first = [shown.index(0, column).data() for column in range(6)]
    assert first == ["层面一", "一矿党委", "基层党委", "评议会", "", "待开"]
    assert len(meetings(company)) == 9


def test_a_published_campaign_is_read_only_and_shows_its_rule(published, company):
    _, page = published
    texts = [page.view._facts.itemAt(number).widget().text() for number in range(page.view._facts.count())]
    view = current(company)
    assert view.rule.in_words() in texts
    assert view.definition_sha256 in texts
    assert "找差距、促整改" in texts
    assert texts.count("没有填写") == 4
    assert [page.view.which.itemText(n) for n in range(2)] == [form.title for form in view.forms]
    page.view.which.setCurrentIndex(1)
    assert "党员" in page.view.paper.text


def test_every_tab_says_what_comes_next_and_the_button_leads_there(published, company, open_window):
    """Where committees are dealt out, that has the red button; another campaign is only looked at."""
    window, page = published
    for tab in range(page.view.count()):
        page.view.setCurrentIndex(tab)
        assert page.step.text() == "下一步：下发任务。活动已经定下，先给 2 个直接下级各发一个任务文件。"
        assert (page.step.isVisible(), page.go.isVisible()) == (True, tab != 3)
    page.view.setCurrentIndex(0)
    with company.transaction() as session:
        make.published(session, name="2025年群众评议", year=2025)
    page.refresh()
    showing.settle(window)
    page.which.setCurrentIndex(1)
    assert "在窗口上方选择它" in page.step.text()
    assert not page.go.isVisible()
    page.which.setCurrentIndex(0)
    assert page.go.isVisible()
    page.new_draft()
    assert (page.step.isVisible(), page.go.isVisible()) == (False, False)
    window.close()
    window, page = showing.show(open_window, company.path, CampaignPage, ExchangePage)
    page.go.click()
    assert isinstance(window.workspace.page, ExchangePage)


# Review groups


def test_committees_are_dealt_out_in_the_trees_order_and_undone(published, company, qtbot):
    window, page = published
    page.view.setCurrentIndex(3)
    groups = page.view.groups
    assert groups.said.text() == "2 个基层党委，还有 2 个没有分派评议小组。"
    groups.count.setValue(2)
    qtbot.mouseClick(groups.deal, Qt.MouseButton.LeftButton)
    assert groups.said.text() == "2 个基层党委都已分派。"
    qtbot.mouseClick(groups.store, Qt.MouseButton.LeftButton)
    showing.settle(window)
    stored = {m.org_code: m.review_group for m in meetings(company) if m.layer == 1}
    assert stored == {"QL.01": "第一评议小组", "QL.02": "第二评议小组"}
    assert window.workspace.undo.text == "已分派 2 个评议小组"
    window.undo()
    showing.settle(window)
    assert {m.review_group for m in meetings(company)} == {""}


def test_a_committee_can_be_given_to_another_group_by_hand(published, company):
    window, page = published
    page.view.setCurrentIndex(3)
    groups = page.view.groups
    groups.count.setValue(2)
    groups.deal.click()
    groups.boxes[0].setCurrentIndex(groups.boxes[0].findData("第二评议小组"))
    groups.store.click()
    showing.settle(window)
    stored = {m.org_code: m.review_group for m in meetings(company) if m.layer == 1}
    assert stored == {"QL.01": "第二评议小组", "QL.02": "第二评议小组"}


@pytest.mark.parametrize(
    ("things", "parts", "sizes"), [(23, 5, [5, 5, 5, 4, 4]), (2, 2, [1, 1]), (3, 1, [3]), (4, 3, [2, 1, 1])]
)
def test_an_even_split_differs_by_one_at_most(things, parts, sizes):
    assert split_evenly(things, parts) == sizes


@pytest.mark.parametrize(
    ("number", "name"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九")]
)
def test_groups_are_named_in_chinese(number, name):
    assert group_name(number) == f"第{name}评议小组"


# Several campaigns


def test_an_earlier_campaign_can_be_looked_at(published, company):
    window, page = published
    with company.transaction() as session:
        make.draft(session, name="2025年群众评议", year=2025)
    page.refresh()
    showing.settle(window)
    assert page.which.isVisible()
    assert page.middle.currentIndex() == PUBLISHED
    page.which.setCurrentIndex(0)
    assert page.what.text() == "2025年群众评议（草稿）"
    assert page.middle.currentIndex() == DRAFT
    page.which.setCurrentIndex(1)
    assert page.middle.currentIndex() == PUBLISHED


def test_the_next_campaign_is_begun_from_a_published_one(published, company):
    window, page = published
    page.another.click()
    assert page.middle.currentIndex() == DRAFT
    page.form.year.setValue(2025)
    page.save.click()
    showing.settle(window)
    with company.reading() as session:
        assert [view.published for view in campaigns.all_campaigns(session)] == [False, True]


def test_the_form_of_a_draft_is_made_with_the_first_draft(open_window, path):
    _, page = showing.show(open_window, path, CampaignPage)
    assert page.findChild(CampaignFields) is None
    page.new_draft()
    assert page.findChild(CampaignFields).isVisible()
