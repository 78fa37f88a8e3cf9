"""Rosters as people really have them: what is read, and what is said where."""

from __future__ import annotations

from datetime import date

import pytest
from make_sheets import HEAD, workbook
from openpyxl import Workbook, load_workbook

from pingyi_desktop.errors import FileError, RuleError
from pingyi_desktop.sheets.grid.reading import read_grids
from pingyi_desktop.sheets.roster.roster import read_roster

BRANCH = "一矿采一队党支部"


def read(tmp_path, rows, *, name="党员", merged=()):
    return read_roster(workbook(tmp_path / "r.xlsx", {name: rows}, merged={name: merged}))


def values(sheet, *keys):
    return [tuple(line.values.get(key) for key in keys) for line in sheet.members]


def said(sheet, *levels):
    """What was found: rule, level, row and column letter."""
    return [
        (f.code, f.weight, f.row, f.column.partition(" ")[0])
        for f in sheet.findings
        if not levels or f.weight in levels
    ]


def sentence(sheet, code, row=None):
    (found,) = [f.sentence for f in sheet.findings if f.code == code and row in (None, f.row)]
    return found


def test_a_clean_roster_has_nothing_to_say(tmp_path):
    sheet = read(tmp_path, [HEAD, ["QL1", "赵建国", BRANCH, "正式党员"]])
    assert sheet.findings == ()
    assert values(sheet, "member_no", "name", "branch", "category") == [("QL1", "赵建国", BRANCH, "FULL")]
    assert (sheet.members[0].sheet, sheet.members[0].row) == ("党员", 2)
    assert sheet.columns["党员", "branch"] == "C 列“所在党支部”"


def test_shape_1_title_rows_other_words_and_another_order(tmp_path):
    sheet = read(
        tmp_path,
        [
            ["青峦煤业公司一矿党员花名册"],
            ["填报单位：一矿党委", None, "填报日期：2024年1月"],
            [],
            ["序号", "支部名称", "党员 姓名", "类别\n（正式/预备）", "现任党内职务", "领导干部*"],
            [1, BRANCH, "赵建国", "正式", "书记", "√"],
            [2, BRANCH, "钱秀英", "预备", "无", ""],
        ],
    )
    assert sheet.findings == ()
    assert values(sheet, "name", "category", "party_duty", "is_leading_cadre") == [
        ("赵建国", "FULL", "书记", True),
        ("钱秀英", "PROBATIONARY", "", False),
    ]


def test_shape_2_merged_branch_cells_and_a_merged_title(tmp_path):
    rows = [
        ["党员名册", None, None],
        ["所属支部", "姓名", "党员类别"],
        [BRANCH, "赵建国", "正式党员"],
        [None, "钱秀英", "正式党员"],
        ["一矿采二队党支部", "孙志强", "正式党员"],
        [None, "李桂兰", "预备党员"],
    ]
    sheet = read(tmp_path, rows, merged=("A1:C1", "A3:A4", "A5:A6"))
    assert sheet.findings == ()
    assert [b for (b,) in values(sheet, "branch")] == [BRANCH, BRANCH, *["一矿采二队党支部"] * 2]


def test_shape_3_branch_written_once_and_blank_below(tmp_path):
    sheet = read(
        tmp_path,
        [HEAD, [1, "赵建国", BRANCH, "正式"], [2, "钱秀英", None, "正式"], [3, "孙志强", "", "正式"]],
    )
    assert [b for (b,) in values(sheet, "branch")] == [BRANCH] * 3
    assert said(sheet) == [("V-MEM-24", "W", 3, "C")]
    assert "第 3、4 行：没有写党支部，已按上方的“一矿采一队党支部”处理" in sentence(sheet, "V-MEM-24")


@pytest.mark.parametrize("merged", [("A1:A2", "B1:C1", "D1:D2", "E1:F1"), ("B1:C1", "E1:F1"), ()])
def test_shape_4_a_header_of_two_rows(tmp_path, merged):
    rows = [
        ["姓名", "所在组织情况", None, "人员类别", "入党", None],
        [None, "党支部", "党小组", None, "时间", "介绍人"],
        ["赵建国", BRANCH, "第一小组", "正式党员", "2011.7.6", "某某"],
    ]
    sheet = read(tmp_path, rows, merged=merged)
    assert values(sheet, "name", "branch", "group_name", "join_date") == [
        ("赵建国", BRANCH, "第一小组", "2011-07-06")
    ]
    assert sheet.members[0].row == 3
    assert said(sheet, "E", "W") == []


def test_shape_5_full_width_and_blanks_inside(tmp_path):
    sheet = read(
        tmp_path,
        [
            ["编 号", "姓  名", "所\u3000在 党 支 部", "人员类别"],
            ["QL000\uff11\uff12", "张\u3000三", "第\uff11采 煤队党支部", "正式党员"],
            ["\uff31\uff2c00013", "阿依古丽•买买提", "第1采煤队党支部", "正式党员"],
        ],
    )
    assert values(sheet, "member_no", "name", "branch") == [
        ("QL00012", "张三", "第1采煤队党支部"),
        ("QL00013", "阿依古丽·买买提", "第1采煤队党支部"),
    ]
    assert said(sheet) == [("V-MEM-02", "W", 2, "B"), ("V-IMP-03", "I", 1, ""), ("V-IMP-02", "I", 1, "")]
    assert (
        sentence(sheet, "V-MEM-02")
        == "第 2 行：姓名中有空格，已按“张三”处理，请确认（少数民族姓名间隔号用“·”）。"
    )
    assert sentence(sheet, "V-IMP-03") == "已统一全/半角 4 处。"
    assert sentence(sheet, "V-IMP-02") == "发现 1 处汉字间空格，已清除。"


def test_shape_6_dates_in_every_writing(tmp_path):
    writings = [
        date(2011, 7, 6),
        "2011.7.6",
        20110706,
        "2011年7月6日",
        "二Ο一一年七月六日",
        40730,
        "1998.07",
    ]
    rows = [[n, "赵建国", BRANCH, "正式", day] for n, day in enumerate(writings, start=1)]
    sheet = read(tmp_path, [[*HEAD, "入党时间"], *rows])
    assert [d for (d,) in values(sheet, "join_date")] == ["2011-07-06"] * 6 + [None]
    assert said(sheet) == [
        ("V-IMP-22", "W", 8, "E"),
        ("V-IMP-04", "I", 6, "E"),
        ("V-IMP-04", "I", 7, "E"),
    ]
    assert sheet.findings[1].sentence == "第 6 行：日期“二Ο一一年七月六日”已识别为 2011-07-06。"


def test_shape_7_empty_rows_repeated_headers_totals_and_signatures(tmp_path):
    sheet = read(
        tmp_path,
        [
            ["序号", *HEAD[1:]],
            [1, "赵建国", BRANCH, "正式"],
            [],
            ["序号", *HEAD[1:]],
            [2, "钱秀英", BRANCH, "正式"],
            [3, None, BRANCH, None],
            ["合计", 2, None, None],
            [None, "制表人：王办事", None, "审核：13812345678"],
        ],
    )
    assert [n for (n,) in values(sheet, "name")] == ["赵建国", "钱秀英"]
    assert said(sheet) == [("V-IMP-11", "I", 7, "")]
    assert sentence(sheet, "V-IMP-11") == "第 7、8 行是合计、签字或说明，没有读取。"


def test_shape_8_several_sheets_one_hidden_one_of_something_else(tmp_path):
    row = [1, "赵建国", BRANCH, "正式"]
    path = workbook(
        tmp_path / "r.xlsx",
        {
            "一队": [HEAD, row],
            "考勤": [["日期", "出勤"], ["1日", 30]],
            "二队": [["姓名", "类别"], ["钱秀英", "正式"]],
            "旧": [HEAD, row],
        },
    )
    book = load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    sheet = read_roster(path)
    assert [(line.sheet, line.values["name"]) for line in sheet.members] == [
        ("一队", "赵建国"),
        ("二队", "钱秀英"),
    ]
    assert sheet.members[1].hints == ("二队",)
    assert [(f.code, f.weight, f.sheet) for f in sheet.findings] == [
        ("V-IMP-10", "I", "考勤"),
        ("V-IMP-09", "W", "旧"),
    ]


def test_shape_9_a_heading_row_for_each_branch(tmp_path):
    rows = [
        ["一矿采掘党总支党员名册", None, None],
        ["序号", "姓名", "类别"],
        [BRANCH, None, None],
        [1, "赵建国", "正式"],
        ["一矿采二队党支部", None, None],
        [1, "钱秀英", "正式"],
    ]
    sheet = read(tmp_path, rows, merged=("A1:C1", "A3:C3"))
    assert [line.hints for line in sheet.members] == [
        (BRANCH, "党员", "一矿采掘党总支党员名册"),
        ("一矿采二队党支部", "党员", "一矿采掘党总支党员名册"),
    ]
    assert sheet.findings == ()


def test_shape_10_a_mark_in_brackets_and_numbers_with_leading_zeros(tmp_path):
    book = Workbook()
    table = book.active
    for row in (HEAD, [12, "李伟（大）", BRANCH, "正式"], [13.0, "李伟（小）", BRANCH, "正式"]):
        table.append(row)
    table["A2"].number_format = "00000"
    book.save(tmp_path / "r.xlsx")
    sheet = read_roster(tmp_path / "r.xlsx")
    assert values(sheet, "member_no", "name", "name_suffix") == [
        ("00012", "李伟", "(大)"),
        ("13", "李伟", "(小)"),
    ]
    assert said(sheet) == [("V-MEM-32", "I", 2, "B"), ("V-MEM-32", "I", 3, "B")]


def test_shape_11_formulas_and_error_values(tmp_path):
    rows = [
        ["序号", *HEAD[1:], "备注"],
        ["=ROW()-1", "赵建国", BRANCH, "正式", None],
        [2, '="钱"&"秀英"', BRANCH, "正式", "=A1"],
        [3, "孙志强", "#REF!", "正式", None],
    ]
    sheet = read(tmp_path, rows)
    assert [n for (n,) in values(sheet, "name")] == ["赵建国"]
    assert said(sheet, "E") == [("V-IMP-07", "E", 3, "B"), ("V-IMP-07", "E", 4, "C")]
    assert (
        sheet.findings[1].sentence.startswith("第 3 行：这一格是公式") or "公式" in sheet.findings[0].sentence
    )


def test_shape_12_values_that_are_not_offered(tmp_path):
    sheet = read(
        tmp_path,
        [
            [*HEAD, "性别", "领导干部", "在册情况"],
            [1, "赵建国", BRANCH, "群众", "男", "是", "在册"],
            [2, "钱秀英", BRANCH, "正式", "F", "否", "流动"],
            [3, "孙3强", BRANCH, "正式", "男", "否", ""],
            [4, "李桂兰", BRANCH, "正式", "女", "也许", ""],
            [5, "周文斌", BRANCH, "正式", "男", "", "去向不明"],
            [6, None, BRANCH, "正式", "男", "", ""],
        ],
    )
    assert values(sheet, "name", "sex", "roster_status") == [("钱秀英", None, "MOBILE")], "F is not read"
    assert said(sheet) == [
        ("V-MEM-04", "E", 2, "D"),
        ("V-IMP-23", "W", 3, "E"),
        ("V-MEM-01", "E", 4, "B"),
        ("V-IMP-06", "E", 5, "F"),
        ("V-IMP-06", "E", 6, "G"),
        ("V-MEM-01", "E", 7, "B"),
    ]
    assert sheet.findings[0].sentence == "第 2 行：人员类别请选“正式党员”或“预备党员”。"
    assert sheet.findings[0].where == "赵建国"


def test_shape_13_two_people_side_by_side(tmp_path):
    sheet = read(tmp_path, [["姓名", "类别", "姓名", "类别"], ["赵建国", "正式", "钱秀英", "正式"]])
    assert said(sheet) == [("V-IMP-08", "E", 1, "C")]
    assert sheet.findings[0].sentence == "“姓名”有 2 列（A、C），请合并成一列后再导入。"


def test_v_mem_07_private_numbers_block_wherever_they_stand(tmp_path):
    sheet = read(
        tmp_path,
        [
            [*HEAD, "身份证号", "备注"],
            [1, "赵建国", BRANCH, "正式", 110101199003071233, None],
            [2, "钱秀英", BRANCH, "正式", "11010119900307123X", None],
            [3, "孙志强", BRANCH, "正式", None, "电话 138 1234 5678"],
            [4, "李桂兰13812345678", BRANCH, "正式", None, None],
            [5, "周文斌", BRANCH, "正式", None, None],
        ],
    )
    assert [n for (n,) in values(sheet, "name")] == ["周文斌"]
    assert said(sheet, "E") == [
        ("V-MEM-07", "E", 2, "E"),
        ("V-MEM-07", "E", 4, "F"),
        ("V-MEM-07", "E", 5, "B"),
    ]
    first = next(f for f in sheet.findings if f.code == "V-MEM-07")
    assert first.sentence == "第 2、3 行含疑似身份证号或手机号。本软件不收集此类信息，请删除该列后再导入。"
    assert all("1101" not in f.sentence and "1381" not in f.sentence + f.where for f in sheet.findings)


def test_v_mem_08_columns_not_kept_are_dropped_and_named(tmp_path):
    sheet = read(
        tmp_path,
        [
            [*HEAD, "民族", "文化程度", "公民身份号码", "联系电话", "出生年月", "家庭住址", "爱好"],
            [1, "赵建国", BRANCH, "正式", "汉族", "大专", None, "0476-3512345", "1970.01", "某街", "书法"],
        ],
    )
    assert said(sheet) == [("V-MEM-08", "W", 1, "E"), ("V-MEM-27", "I", 1, "K")]
    assert sheet.findings[0].sentence == (
        "表中“民族、文化程度、公民身份号码、联系电话、出生年月、家庭住址”列本软件不需要，导入时将忽略并不保存。"
    )
    kept = str(sheet)
    assert not any(text in kept for text in ("汉族", "大专", "0476", "1970", "某街", "书法"))


def test_v_imp_05_a_missing_column_is_named(tmp_path):
    sheet = read(tmp_path, [["编号", "姓名", "党支部"], [1, "赵建国", BRANCH]])
    assert said(sheet) == [("V-IMP-05", "E", 1, "")]
    assert sentence(sheet, "V-IMP-05") == "未找到列“人员类别”，请按模板对应列名。"
    sheet = read(tmp_path, [["编号", "党支部", "人员类别"], [1, BRANCH, "正式"]])
    assert sentence(sheet, "V-IMP-05") == "未找到列“姓名”，请按模板对应列名。"


def test_a_workbook_without_any_roster_is_told(tmp_path):
    sheet = read(tmp_path, [["a", "b"], [1, 2]])
    assert [(f.code, f.weight) for f in sheet.findings] == [("V-IMP-10", "I"), ("V-IMP-24", "E")]
    sheet = read(tmp_path, [HEAD])
    assert [(f.code, f.weight) for f in sheet.findings] == [("V-IMP-25", "E")]


def test_organisations_stand_in_their_own_sheet(tmp_path):
    sheet = read(
        tmp_path,
        [
            ["代码", "上级党组织", "类别", "组织名称", "党员数", "应参评", "是否联合"],
            ["QL.03", "QL", "党委", "中共青峦公司三矿委员会", "120人", None, None],
            ["QL.03.B001", "QL.03", "支部", "中共青峦公司三矿 机关支部委员会", 12, "否", "是"],
            ["QL.03.B002", "QL.03", "车间", "中共青峦公司三矿机电支部委员会", "一百", None, None],
        ],
        name="组织",
    )
    assert [dict(line.values) for line in sheet.orgs] == [
        {
            "code": "QL.03",
            "parent": "QL",
            "org_type": "GRASSROOTS_COMMITTEE",
            "full_name": "中共青峦公司三矿委员会",
            "declared_member_count": 120,
            "in_scope": True,
            "is_joint": False,
        },
        {
            "code": "QL.03.B001",
            "parent": "QL.03",
            "org_type": "BRANCH",
            "full_name": "中共青峦公司三矿机关支部委员会",
            "declared_member_count": 12,
            "in_scope": False,
            "is_joint": True,
        },
    ]
    assert said(sheet, "E") == [("V-IMP-06", "E", 4, "C"), ("V-IMP-06", "E", 4, "E")]


# Files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_tables_in_the_encodings_of_the_country(tmp_path, encoding, separator):
    rows = [["党员名册"], HEAD, ["QL1", "赵建国", BRANCH, "正式党员"]]
    path = tmp_path / "名册.csv"
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    sheet = read_roster(path)
    assert (sheet.findings, values(sheet, "name", "branch")) == ((), [("赵建国", BRANCH)])
    assert sheet.members[0].sheet == "名册"


def test_v_imp_01_an_unknown_encoding(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes("编号，姓名".encode() + b"\xff\xfe\x80\x00" + b"\x81")
    with pytest.raises(RuleError) as error:
        read_roster(path)
    assert (error.value.code, str(error.value)) == (
        "V-IMP-01",
        "“r.csv”：无法识别文件编码，请另存为 UTF-8 或 xlsx。",
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("r.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "请在 WPS 中另存为不带密码的 .xlsx"),
        ("r.xls", b"<html><table><tr><td>x", "其实是网页文件"),
        ("r.xlsx", b"PK\x03\x04 not a zip", "不是 .xlsx 表格或已损坏"),
        ("r.xlsx", b"", "是空文件"),
        ("r.pdf", b"%PDF-1.7", "其实是 PDF 文件"),
        ("r.et", b"no table", "不是 .xlsx 表格或已损坏"),
    ],
)
def test_files_that_are_no_rosters_are_refused_with_a_sentence(tmp_path, name, content, sentence):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=sentence):
        read_roster(tmp_path / name)
    with pytest.raises(FileError, match="找不到文件"):
        read_roster(tmp_path / "none.xlsx")
    with pytest.raises(FileError, match="找不到文件"):
        read_roster(tmp_path)


def test_a_damaged_workbook_is_refused_with_a_sentence_whichever_byte_it_is(tmp_path):
    whole = workbook(tmp_path / "r.xlsx", {"党员": [HEAD, ["QL1", "赵建国", BRANCH, "正式"]]}).read_bytes()
    refusals = []
    for place in range(0, len(whole), 97):
        damaged = bytearray(whole)
        damaged[place] ^= 0x55
        (tmp_path / "d.xlsx").write_bytes(damaged)
        try:
            read_roster(tmp_path / "d.xlsx")
        except FileError as error:
            refusals.append(str(error))
    assert len(refusals) > 5
    assert {text[:8] for text in refusals} == {"“d.xlsx”"}
    (tmp_path / "d.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError):
        read_roster(tmp_path / "d.xlsx")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = workbook(tmp_path / "r.xlsx", {"党员": [HEAD, *[[1, "赵建国", BRANCH, "正式"]] * 300]})
    monkeypatch.setattr("pingyi_desktop.sheets.grid.xml_stream.LARGEST_PART", 2000)
    with pytest.raises(FileError, match="展开后过大"):
        read_grids(path)


def test_a_grid_holds_filled_cells_only(tmp_path):
    rows = [[1, None], [], [None, True, 1.5, None], [None]]
    (grid,) = read_grids(workbook(tmp_path / "r.xlsx", {"a": rows}))
    assert grid.rows == {1: ["1"], 3: ["", "是", "1.5"]}
