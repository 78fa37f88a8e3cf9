"""The paper of one session and of all: how many sheets, in which stacks, under which slips, and the list of them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from contextlib import closing
from io import BytesIO

import paper_read
import pypdfium2
import pytest
from pypdf import PdfReader
from sheets_made import form, laid_out, paper_of

import make
from pingyi_desktop import paths
from pingyi_desktop.appraisal.batches import ballots, batches, printed, signing
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.errors import UserError
from pingyi_desktop.render.compact import compacted
from pingyi_desktop.render.pack import render_pack
from pingyi_desktop.render.pdf import render_pdf
from pingyi_desktop.reports.paper import meeting as paper_meeting
from pingyi_desktop.reports.paper import pack, plan, tally
from pingyi_desktop.reports.paper.plan import Wish

CATEGORIES = (("A", "党员"), ("B", "一线员工"))


@pytest.fixture
def held(tmp_path):
    """The small company with a roster form and the usual ones, two sessions held."""
    with closing(make.copied(tmp_path / "公司.pingyi", _held)) as store, store.transaction() as session:
        yield session, make.campaign_of(session)


def _held(path):
    made = make.company(path)
    with made.transaction() as session:
        members.add_member(
            session, org_code="QL.01.B003", name="喆𰻝", category="PROBATIONARY", by=make.BY, reason=make.WHY
        )
        campaign = make.published(session, form_codes=("T-ORG-A", "T-MEM-A", "T-MEM-B"))
        for one in sessions.listing(session, campaign_id=campaign):
            if (one.layer, one.org_code) in ((1, "QL.01"), (1, "QL.02")):
                make.held(session, one.id, expected=40 if one.org_code == "QL.01" else 0, actual=0)
    return made


def meeting(session, campaign, code: str, layer: int = 2, **wish: object) -> plan.Meeting:
    (one,) = (
        one
        for one in plan.meetings(session, campaign_id=campaign, wish=Wish(**{"people": {"ALL": 12}, **wish}))
        if (one.org.code, one.session.layer) == (code, layer)
    )
    return one


def texts(pdf: bytes) -> list[str]:
    """The text of every page without blanks; of copies of a page, which are drawn alike in the same fonts, read once."""
    found, read = list[str](), dict[tuple[bytes, str], str]()
    for page in PdfReader(BytesIO(pdf)).pages:
        contents, fonts = page.get_contents(), repr(page["/Resources"]["/Font"])  # type: ignore[index]
        assert contents is not None
        drawn = contents.get_data(), fonts
        if drawn not in read:
            read[drawn] = re.sub(r"\s", "", page.extract_text())
        found.append(read[drawn])
    return found


@pytest.mark.parametrize(
    ("people", "spare", "sheets"),
    [
        (0, 5, 2),
        (1, 5, 3),
        (39, 5, 41),
        (40, 5, 42),
        (41, 5, 44),
        (100, 5, 105),
        (101, 5, 107),
        (40, 0, 42),
        (10, 100, 20),
    ],
)
def test_sheets_are_the_people_and_the_spare_rate_rounded_up_and_two_at_least(people, spare, sheets) -> None:
    assert plan.sheets_for(people, spare=spare) == sheets


def test_the_reference_company_takes_the_sheets_of_the_field() -> None:
    file = paths.resources() / "demo" / "sessions.csv"
    total: Counter[str] = Counter()
    held: Counter[str] = Counter()
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            forum = row["layer"] == "2" and row["org"].count(".") == 1  # a committee's own, without ballots
            held[row["layer"]] += 1
            total[row["layer"]] += 0 if forum else 2 * plan.sheets_for(int(row["expected"]), spare=plan.SPARE)
    assert held == {"1": 23, "2": 412}
    assert total == {"1": 3626, "2": 10312}
    assert total.total() == 13938


def test_a_pack_has_its_stacks_under_a_control_slip_and_what_the_meeting_needs(held) -> None:
    session, campaign = held
    one = meeting(session, campaign, "QL.01", 1)
    made = pack.build(session, one)
    assert [(sheet.name, sheet.copies) for sheet in made.sheets] == [
        ("议程", 1),
        ("主持词", 1),
        ("发表清点单", 1),
        ("基层党组织开展创先争优活动群众评议表", 42),
        ("党员参加创先争优活动群众评议表", 42),
        ("计票表", 2),
        ("计票表", 2),
        ("结果报告单", 2),
        ("征求意见表", 8),
    ]
    printed = render_pack(made)
    pages = texts(printed.pdf)
    assert printed.pages == len(pages) == sum(sheet.copies for sheet in made.sheets)
    assert "应参评40" in pages[2]
    assert pages[2].count("42") == 2
    for stack in one.stacks:
        ballots = [page for page in pages[3:87] if f"票批码：{stack.code}" in page]
        assert len(ballots) == 42
        assert len(set(ballots)) == 1
    assert all("一矿党委" in page or "一矿委员会" in page for page in pages)
    assert all("总体对党组织开展" in text for text in (pages[3], *pages[87:89], *pages[91:92])), (
        "one name for it"
    )
    assert "一人两表：《基层党组织开展创先争优活动群众评议表》、《党员参加" in pages[1]
    assert [len(texts(render_pack(made, copies=False).pdf))] == [len(made.sheets)]


def test_the_page_of_five_good_is_attached_and_leading_cadres_get_a_form_each(held) -> None:
    session, campaign = held
    members.add_member(
        session,
        org_code="QL.01.B003",
        name="冯矿长",
        category="FULL",
        by=make.BY,
        reason=make.WHY,
        is_leading_cadre=True,
        party_duty="党委书记",
    )
    plain = meeting(session, campaign, "QL.01", 1)
    one = meeting(session, campaign, "QL.01", 1, attach=True, single=True)
    assert one.sheets == plain.sheets
    made = pack.build(session, one)
    org = next(sheet for sheet in made.sheets if sheet.name.startswith("基层党组织"))
    assert (org.copies, len(org.content)) == (42, 2)
    pages = texts(render_pack(made, copies=False).pdf)
    (attached,) = (page for page in pages if "“五个好”达标情况（附页）" in page)
    for number, text in enumerate(("领导班子好", "党员队伍好", "工作机制好", "工作业绩好", "群众反映好"), 1):
        assert f"{number}{text}" in attached
    assert "1达到2基本达到3未达到4不了解" in attached
    single = [page for page in pages if "（一人一表）" in page]
    assert len(single) == 2  # the form and its tally sheet
    assert "被评议人：冯矿长职务：党委书记" in single[0]
    assert "票批码：L1-QL.01-T-MEM-C-v1-ALL" in single[0]
    assert sum("（一人一表）" in sheet.name for sheet in made.sheets) == 1
    assert not any("一人一表" in page for page in texts(render_pack(pack.build(session, plain)).pdf))
    below = meeting(session, campaign, "QL.01.B003", attach=True, single=True)
    assert plan.presenters(session, below) == []


def test_a_meeting_without_ballots_gets_no_ballots_and_nothing_to_count(held) -> None:
    session, campaign = held
    made = pack.build(session, meeting(session, campaign, "QL.01"))
    assert [sheet.name for sheet in made.sheets] == ["议程", "主持词", "征求意见表"]
    agenda, script, _ = texts(render_pack(made, copies=False).pdf)
    assert "座谈，听取意见和建议" in agenda
    assert "计票" not in agenda + script


def test_stacks_stand_by_voter_category_each_under_its_own_slip(tmp_path) -> None:
    with closing(make.company(tmp_path / "公司.pingyi")) as store, store.transaction() as session:
        campaign = make.published(session, voter_categories=CATEGORIES)
        assert meeting(session, campaign, "QL.01.B003", people={"A": 5}).people is None
        one = meeting(session, campaign, "QL.01.B003", people={"A": 5, "B": 9})
        made = pack.build(session, one)
    assert one.people == 14
    assert [(stack.category, stack.form.code, stack.sheets) for stack in one.stacks] == [
        *(("A", code, 7) for code in ("T-ORG-A", "T-MEM-A")),
        *(("B", code, 11) for code in ("T-ORG-A", "T-MEM-A")),
    ]
    pages = texts(render_pack(made, copies=False).pdf)
    order = [page[: page.index("创先")] if "清点单" in page[:6] else "" for page in pages]
    assert [place for place, text in enumerate(order) if text] == [2, 5]
    assert ["参评人员类别党员" in pages[2], "参评人员类别一线员工" in pages[5]] == [True, True]


@pytest.mark.parametrize(
    ("people", "sheets"),
    [({"A": 15}, {"A": 17, "B": 27}), ({"A": 15, "B": 20}, {"A": 17, "B": 22}), ({"A": 41}, {}), ({}, {})],
)
def test_the_category_that_nobody_told_is_the_rest_of_those_registered(tmp_path, people, sheets) -> None:
    with closing(make.company(tmp_path / "公司.pingyi")) as store, store.transaction() as session:
        campaign = make.published(session, voter_categories=CATEGORIES, form_codes=["T-ORG-A"])
        for one in sessions.listing(session, campaign_id=campaign, layer=1):
            make.held(session, one.id, expected=40, actual=40)
        one = meeting(session, campaign, "QL.01", layer=1, people=people)
    assert {stack.category: stack.sheets for stack in one.stacks} == sheets
    assert one.people == (sum(people.values()) if len(people) == 2 else 40 if sheets else None)


def test_the_paper_of_a_roster_is_what_is_keyed(held) -> None:
    session, campaign = held
    one = meeting(session, campaign, "QL.01.B003")
    (stack,) = (stack for stack in one.stacks if stack.form.is_roster)
    layout = plan.layout(session, stack)
    paper = batches.paper_of(session, batch_id=stack.batch_id)
    names = [name for _, name in batches.targets(session, batch_id=stack.batch_id)]
    assert [row.removesuffix("（预）") for row in layout.rows] == names
    assert layout.rows[-1] == "喆𰻝（预）"
    assert paper.size == len(layout.rows) * layout.items_per_row == paper_of(layout).size
    assert (paper.row_width, paper.options) == (layout.items_per_row, paper_of(layout).options)
    printed = render_pack(pack.build(session, one), copies=False)
    assert printed.missing == {"𰻝"}
    assert any("4喆〔U+30EDD〕（预）" in page for page in texts(printed.pdf))
    assert pack.said_of_missing(one, printed.missing).startswith(
        "“一矿机关党支部”的表上有生僻字字体里没有，印成了〔U+30EDD〕"
    )


def test_nothing_is_printed_for_a_session_of_which_nobody_knows_the_people(held) -> None:
    session, campaign = held
    found = plan.meetings(session, campaign_id=campaign, wish=Wish())
    assert [one.org.code for one in plan.printable(found)] == ["QL.01", "QL.02"]
    unknown = [one for one in found if one.people is None]
    with pytest.raises(UserError, match="不知道应参评多少人"):
        plan.printable(unknown)
    assert all(one.sheets == 0 for one in unknown)


@pytest.mark.parametrize("people", [1, 5, 11, 60, 100, 135, 900])
@pytest.mark.parametrize("code", ["T-ORG-A", "T-MEM-B"])
def test_a_tally_sheet_has_cells_for_every_vote_that_can_come(people: int, code: str) -> None:
    layout = laid_out(form(code), tuple(f"党员{n}" for n in range(14)))
    cells = tally.grid(layout.widest, people)
    assert cells.across * cells.lines * cells.votes >= people
    assert cells.votes == 5 or people > 100
    drawn = tally.pages(layout, org="一矿采一队党支部", category="全体", code="L2-X", people=people)
    for page in drawn:
        assert max(line.y2 for line in page.lines) <= tally.BOTTOM - tally.SIGNATURES + 0.01
        assert max(line.x2 for line in page.lines) <= tally.SIDE + tally.WIDTH + 0.01
    said = " ".join(words.text for page in drawn for words in page.words)
    for row, caption in enumerate(layout.rows):
        assert f"{layout.numbered(row)} {caption}" in said


def test_no_letter_of_the_other_papers_stands_on_a_line_or_leaves_the_page(held) -> None:
    session, campaign = held
    pdf = render_pack(pack.build(session, meeting(session, campaign, "QL.01.B003")), copies=False).pdf
    written, drawn = paper_read.letters(pdf), paper_read.paths(pdf)
    upright = [one for one in drawn if one.size[0] < 1 and one.size[1] > 4]
    for shown, ink in written:
        assert 14 < ink.left < ink.right < 283, shown
    assert paper_read.meeting((ink for _, ink in written), upright, 0.05) == []


def test_figures_are_written_under_the_options_they_belong_to_and_none_for_who_is_not_graded() -> None:
    asked = laid_out(form("T-ORG-B"))
    tables = list(paper_meeting._results(asked))
    assert [[c.title for c in one.columns[2:-4]] for one in tables] == [
        ["是", "基本是", "否"],
        ["满意", "比较满意", "基本满意", "不满意"],
    ]
    assert [row.cells[0] for one in tables for row in one.rows] == ["1", "2", "3", "4", "总体"]
    graded = laid_out(form("T-MEM-E"), ("甲", "乙（预）"), frozenset({1}))
    (table,) = paper_meeting._results(graded)
    assert [set(row.cells[2:]) for row in table.rows] == [{""}, {"—"}]
    rows = list(tally._rows(graded))
    assert [(caption, len(options)) for caption, options in rows] == [
        ("1 甲　等次", 4),
        ("2 乙（预）　不评等次", 0),
    ]


def test_the_list_of_packs_adds_up(held) -> None:
    session, campaign = held
    found = plan.meetings(session, campaign_id=campaign, wish=Wish(people={"ALL": 12}))
    done = [(one, 10, frozenset("𰻝") if one.org.code == "QL.02" else frozenset()) for one in found[:-1]]
    report = pack.manifest(done, found[-1:], day="2025-09-01")
    out = BytesIO()
    render_pdf(report, out)
    text = "".join(texts(out.getvalue()))
    sheets = sum(one.sheets for one in found[:-1])
    assert f"共{len(done)}个场次，印评议表{sheets}张" in text
    assert f"有1个场次不知道应参评多少人，没有印：{found[-1].org.short_name}" in text
    assert text.count("“二矿党委”的表上有生僻字字体里没有，印成了〔U+30EDD〕") == 2
    total = report.blocks[1].rows[-1].cells
    assert sum(total[4:7]) == sheets
    assert total[-1] == 10 * len(done)


def test_packed_together_a_document_is_smaller_and_says_the_same(held) -> None:
    session, campaign = held
    made = pack.build(session, meeting(session, campaign, "QL.01", 1))
    first, again = render_pack(made), render_pack(made)
    assert first.pdf == again.pdf
    assert len(first.pdf) <= 120 * 1024
    report = made.sheets[0].content
    out = BytesIO()
    render_pdf(report, out)
    plain, small = out.getvalue(), compacted(out.getvalue())
    assert len(small) < len(plain)
    assert texts(small) == texts(plain)
    with pypdfium2.PdfDocument(plain) as one, pypdfium2.PdfDocument(small) as other:
        pictures = [document[0].render(scale=1).to_pil().tobytes() for document in (one, other)]
    assert pictures[0] == pictures[1]


def roster_of(one: plan.Meeting) -> plan.Stack:
    (stack,) = (stack for stack in one.stacks if stack.form.is_roster)
    return stack


@pytest.fixture
def branch(tmp_path):
    """A branch that prints and keys the roster of its own members."""
    with closing(make.school(tmp_path / "XX.pingyi")) as store, store.transaction() as session:
        members.add_member(
            session, org_code="XX", name="新同志", category="PROBATIONARY", by=make.BY, reason=make.WHY
        )
        yield session, make.published(session, form_codes=("T-MEM-E",))


def test_what_was_printed_is_what_is_keyed_whatever_becomes_of_the_roster(branch) -> None:
    session, campaign = branch
    one = meeting(session, campaign, "XX")
    stack = roster_of(one)
    plan.fix_rosters(session, [one], by=make.BY)
    paper = plan.layout(session, stack)
    assert paper.rows[-1] == "新同志（预）"
    assert paper.unrated == {len(paper.rows) - 1}
    make.org_member(session, "XX", "后来人")
    new = next(m for m in members.members(session) if m.name == "新同志")
    members.change_member(session, member_no=new.member_no, category="FULL", by=make.BY, reason=make.WHY)
    assert plan.layout(session, stack) == paper
    assert list(printed.probationary(session, batch_id=stack.batch_id).values()) == ["新同志"]
    plan.fix_rosters(session, [one], by=make.BY)
    assert plan.layout(session, stack) == paper
    (noted,) = plan.notes(session, [one])
    assert noted.code == "V-TPL-35"
    assert "仍按印过的 6 人印；要按现在的 7 人印，请选“按新名册重印”" in noted.sentence
    ballots.enter_ballots(session, batch_id=stack.batch_id, ballots=["1" * 5 + "0"], by=make.BY)
    signing.reset(session, batch_id=stack.batch_id, reason="录乱了", by=make.BY)
    assert plan.layout(session, stack) == paper


def test_printing_anew_takes_todays_roster_while_nothing_is_keyed(branch) -> None:
    session, campaign = branch
    one = meeting(session, campaign, "XX")
    stack = roster_of(one)
    plan.fix_rosters(session, [one], by=make.BY)
    make.org_member(session, "XX", "后来人")
    plan.fix_rosters(session, [one], by=make.BY, anew=True)
    assert plan.layout(session, stack).rows[-1] == "后来人"
    assert plan.notes(session, [one]) == []
    ballots.enter_ballots(session, batch_id=stack.batch_id, ballots=["1" * 5 + "01"], by=make.BY)
    make.org_member(session, "XX", "再来人")
    with pytest.raises(UserError, match="已经开始录票，不能再换名册"):
        plan.fix_rosters(session, [one], by=make.BY, anew=True)


def test_without_printing_the_first_ballot_fixes_the_rows_and_starting_over_frees_them(branch) -> None:
    session, campaign = branch
    stack = roster_of(meeting(session, campaign, "XX"))
    ballots.enter_ballots(session, batch_id=stack.batch_id, ballots=["1" * 5 + "0"], by=make.BY)
    make.org_member(session, "XX", "后来人")
    assert len(plan.layout(session, stack).rows) == 6
    signing.reset(session, batch_id=stack.batch_id, reason="录乱了", by=make.BY)
    assert len(plan.layout(session, stack).rows) == 7


def test_what_others_key_is_not_fixed_here(held) -> None:
    session, campaign = held
    one = meeting(session, campaign, "QL.01.B003")
    plan.fix_rosters(session, [one], by=make.BY)
    assert batches.fixed_rows(session, batch_id=roster_of(one).batch_id) == []


def test_a_roster_of_several_pages_is_told_once_for_all_of_them(branch) -> None:
    session, campaign = branch
    for n in range(30):
        make.org_member(session, "XX", f"党员{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'一二三'[n // 10]}")
    one = meeting(session, campaign, "XX")
    (noted,) = plan.notes(session, [one])
    assert noted.sentence == (
        "“民主评议党员测评表”有 1 个单位的名册超过一页（一页最多 30 人），例如“慈云学校党支部”36 人，"
        "将印 2 页，续页同样有表头。"
    )


def test_forms_counted_by_hand_say_the_same_of_two_ticks(tmp_path) -> None:
    with closing(make.company(tmp_path / "公司.pingyi")) as store, store.transaction() as session:
        make.published(session, rule={"multi_mark": "LOWEST"}, form_codes=["T-ORG-A"])
        members.add_member(
            session,
            org_code="QL.01.B003",
            name="喆部长",
            category="FULL",
            is_leading_cadre=True,
            by=make.BY,
            reason=make.WHY,
        )
        campaign = make.campaign_of(session)
        one = meeting(session, campaign, "QL.01", layer=1, attach=True, single=True)
        pages = texts(render_pack(pack.build(session, one), copies=False).pdf)
    told = [page for page in pages if "填写说明" in page]
    assert len(told) == 3
    (script,) = (page for page in pages if "主持词" in page)
    for page in (*told, script):
        assert "按其中最低的一档计" in page
        assert "作废" not in page
