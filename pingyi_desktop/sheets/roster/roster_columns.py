"""The columns of rosters and organisation lists: our own titles first, then the words people use instead."""

from __future__ import annotations

from pingyi_desktop.sheets.grid.columns import SheetColumn

MEMBER_COLUMNS = (
    SheetColumn("member_no", "编号", ("内部编号", "党员编号", "党员内部编号", "人员编号", "党员代码")),
    SheetColumn("name", "姓名", ("党员姓名", "名字", "党员名字", "党员"), required=True),
    SheetColumn("name_suffix", "区分标记", ("重名区分", "区分", "重名标记", "重名区分标记")),
    SheetColumn(
        "branch_code", "支部代码", ("党支部代码", "组织代码", "所在支部代码", "所在党支部代码", "党组织代码")
    ),
    SheetColumn(
        "branch",
        "所在党支部",
        (
            *(
                "支部名称",
                "党支部",
                "支部",
                "所属支部",
                "所属党支部",
                "所在支部",
                "党支部名称",
                "所在党支部名称",
            ),
            *("组织名称", "党组织", "党组织名称", "所在党组织", "所属党组织", "所在组织", "所在党组织名称"),
        ),
    ),
    SheetColumn("general_branch", "所在党总支", ("所属党总支", "党总支", "总支", "所在总支", "党总支名称")),
    SheetColumn(
        "committee", "所在党委", ("所属党委", "党委", "基层党委", "所在基层党委", "党委名称", "上级党组织")
    ),
    SheetColumn("group_name", "党小组", ("所在党小组", "所属党小组", "小组", "党小组名称")),
    SheetColumn(
        "category",
        "人员类别",
        ("党员类别", "类别", "党员类型", "人员类型", "党员性质"),
        required=True,
        weak=("政治面貌", "政治身份", "党派"),
    ),
    SheetColumn(
        "party_duty", "党内职务", ("支委职务", "党内职务名称", "党支部职务", "现任党内职务"), weak=("职务",)
    ),
    SheetColumn(
        "is_leading_cadre",
        "是否党员领导干部",
        ("党员领导干部", "领导干部", "是否领导干部", "是否为党员领导干部", "是否为领导干部"),
    ),
    SheetColumn("post", "工作岗位", ("岗位", "岗位名称", "工种", "工作岗位名称")),
    SheetColumn("sex", "性别"),
    SheetColumn(
        "join_date",
        "入党日期",
        ("入党时间", "加入党组织日期", "加入党组织时间", "加入中国共产党日期", "入党年月", "入党年月日"),
    ),
    SheetColumn(
        "full_date",
        "转正日期",
        ("转正时间", "转为正式党员日期", "转为正式党员时间", "转正年月", "转正年月日"),
    ),
    SheetColumn(
        "roster_status", "在册情况", ("在册状态", "参评情况", "党籍状态", "是否参评"), weak=("状态",)
    ),
    SheetColumn("exempt_reason", "不参评原因", ("未参评原因", "不参评的原因"), weak=("原因",)),
)
ORG_COLUMNS = (
    SheetColumn("code", "组织代码", ("代码", "党组织代码", "组织编码", "编码"), required=True),
    SheetColumn(
        "parent",
        "上级代码",
        ("上级党组织", "上级组织", "上级组织代码", "上级党组织代码", "上级", "隶属", "隶属党组织"),
    ),
    SheetColumn(
        "org_type", "组织类别", ("类别", "组织类型", "党组织类别", "党组织类型", "类型"), required=True
    ),
    SheetColumn(
        "full_name",
        "全称",
        ("组织全称", "党组织全称", "组织名称", "名称", "党组织名称", "全名"),
        required=True,
    ),
    SheetColumn("short_name", "简称", ("组织简称", "党组织简称")),
    SheetColumn("in_scope", "应参评", ("是否应参评", "是否参评")),
    SheetColumn(
        "declared_member_count",
        "填报党员数",
        ("党员数", "党员人数", "填报党员人数", "在册党员数", "填报人数"),
    ),
    SheetColumn("is_joint", "是否联合", ("联合党支部", "是否联合党支部", "联合支部", "联合")),
    SheetColumn("is_temporary", "是否临时", ("临时党支部", "是否临时党支部", "临时支部", "临时")),
    SheetColumn("sort_no", "排序", ("排序号", "排列顺序")),
)
