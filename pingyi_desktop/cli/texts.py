"""The verbs of the command line and what each is for, by the module that holds them; no other module is loaded for them."""

from __future__ import annotations

from pingyi_desktop.appraisal.ledgers.catalog import NOUNS

VERBS: dict[str, dict[str, str]] = {
    "file_verbs": {
        "init": "新建一个单位的数据文件",
        "backup": "备份数据文件",
        "restore": "从备份恢复",
        "journal": "查看操作日志，最新的在前",
        "protect": "给数据文件设口令、加密，或更换口令、恢复码",
        "unprotect": "取消口令和加密",
    },
    "care_verbs": {
        "backups": "自动备份：列出、现在备份一次、另存到第二个盘",
        "salvage": "损坏的数据文件能救多少救多少，写成新的文件，并说明丢了什么",
        "diagnose": "诊断包：版本、大小、检查结果和日志，不含姓名、单位和路径",
        "export-all": "导出全部能看的内容：Excel 和 JSON 各一个文件",
    },
    "roster_verbs": {"org": "党组织：列出、新增", "roster": "党员名册：模板、导入、导出"},
    "campaign_verbs": {"campaign": "评议活动：新建、修改、查看、发布"},
    "session_verbs": {"session": "评议场次：列出、登记"},
    "entry_verbs": {
        "batches": "列出票批及其印制、发出、收回、有效、空白、废票数",
        "batch": "一个票批：核对单、两遍录入、签字、更正",
        "operator": "操作员：本机的名字，可设数字口令",
        "seal": "核对后封存票批（默认：本单位所有可以封存的票批）",
    },
    "paper_verbs": {
        "ballots": "逐票录入的票：空白表格、从表格导入",
        "counts": "汇总录入的票数：空白表格、从表格导入",
        "forms": "空白评议表：发布前改样子、印表",
    },
    "ledger_verbs": {noun.key: f"{noun.title}台账：列出、新增、修改、导入、导出、合计" for noun in NOUNS},
    "grouping_verbs": {"grouping": "意见归并：相近的意见、归并、拆开、改名"},
    "rectify_verbs": {"rectify": "整改事项的步骤、低满意率项目、该答复的意见"},
    "orders_verb": {"orders": "上级交给下级的整改、承诺，上下级说得不一样的两边并排"},
    "result_verbs": {
        "tally": "统计票数与满意率（按票合并）",
        "coverage": "查看已报、应报单位",
        "report": "出表",
        "proofread": "核对写好的总结：正文里的每个数字和本文件的表是否一致",
    },
    "grade_verbs": {"grades": "民主评议党员：等次的提议、决定、告知、签收"},
    "package_verbs": {
        "assign": "给每个直接下级生成一个任务文件",
        "proxy": "由本级代录：直接下级没有电脑，它的票在本级录入",
        "open": "下级接收任务，建立自己的数据文件",
        "export": "导出签名的上报包",
        "inspect": "查看并核验一个包，不导入",
        "recover": "用恢复码打开加密的数据包，另存为不加密的",
        "import": "导入下级的上报包；顺序不限，重复无害",
    },
    "decision_verbs": {
        "conflicts": "列出有冲突、待核的上报，两份内容并排",
        "decide": "裁定冲突和待核的上报：选定一份计入，其余不计入",
        "withdraw": "作废已计入的上报；--restore 恢复",
        "undo-import": "撤销最近一次导入",
        "quarantine": "列出待核的文件和数据；放行或清除其中一个",
        "receipt": "看上级的回执；--unit 给下级出回执；--take 收回执",
    },
    "verify_verb": {"verify": "检查数据文件、封存的票与操作日志是否完好"},
    "selftest_verb": {
        "demo": "用虚构的演示公司把整个流程走一遍",
        "selftest": "程序自检：资源、字体、一次小型评议的全过程",
    },
}
TEXTS = {verb: text for group in VERBS.values() for verb, text in group.items()}
