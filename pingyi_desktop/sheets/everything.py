"""导出全部数据: everything of a file that a person may read, as a workbook and as JSON, so that nobody is locked in.

It is the unit's own data, and the rules hold for it as for every report: figures are those of ``campaign.results``, where
too few ballots, and what would tell them, are hidden; no single ballot leaves the file, sealed or not; no key, code or
PIN; nothing in the order of the paper. People are in it: that needs a reason and stands in the journal (V-PRI-05).
``LEFT_OUT`` and ``_COLUMNS_LEFT_OUT`` say what is not in it, and the files say so too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from pingyi_desktop import saving, visible
from pingyi_desktop.appraisal.campaign import campaigns, results
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.paper import layers
from pingyi_desktop.appraisal.people import members
from pingyi_desktop.appraisal.rulebook import findings
from pingyi_desktop.appraisal.rulebook.catalogue import found
from pingyi_desktop.errors import FileError
from pingyi_desktop.sheets.grid.writing import heading, put
from pingyi_desktop.standing import care, soundness

WORKBOOK, DOCUMENT = "全部数据.xlsx", "全部数据.json"
LEFT_OUT = {
    "sealed_ballot": "单张的票（结果见“结果”页）",
    "item_tally": "各票批的计票格（结果见“结果”页，票数太少的不显示）",
    "draft_ballot": "正在录的票",
    "draft_tally": "正在录的票数",
    "called_vote": "正在唱的票",
    "settlement": "正在裁定的差异",
    "batch_target": "名册式票批的行次",
    "printed_roster": "名册式票批的行次",
    "grade_count": "下级上报的等次人数（见 R04B，人数太少的不显示）",
    "own_key": "密钥",
    "trusted_key": "密钥",
    "key_lock": "密钥",
    "journal_head": "密钥的签名",
    "entry_pass": "录入遍次的统计",
}
"""tables that are not exported, and how the files call what is in them"""
_COLUMNS_LEFT_OUT = {
    "operator": {"pin_salt", "pin_hash"},
    "issued_task": {"token"},
    "envelope": {"raw"},
    "quarantined_file": {"data"},
    "ballot_batch": {"sample", "ballot_salt", "ballot_commit"},
    "correction": {"before", "after"},
    "journal_entry": {"detail", "previous", "hash"},
    "campaign": {"recovery_recipient"},
}
"""secrets, single ballots and what could tell them, and the packages as they came"""
RESULTS, TERMS = "结果", "封存说明"
_HEAD = ("评议活动", "层面", "组织代码", "组织", "评议表", "有效票", "条目", "各选项票数", "满意率（%）")
_TERMS_HEAD = ("票批", "原始票数", "封存日期", "单张的票可销毁", "结果保管至")
_LONGEST = 32_000
"""Letters in a cell of a workbook; the JSON has all of them."""
_TITLE = re.compile(r"[\[\]:*?/\\]")
Rows = list[list[object]]


def export(session: Session, folder: Path, *, by: str, reason: str = "") -> tuple[Path, Path]:
    """Write both files into a folder, which is made; neither may be there yet. Needs a ``reason`` when people are in it."""
    made = folder / WORKBOOK, folder / DOCUMENT
    for path in made:
        if path.exists():
            raise FileError(f"“{folder.name}”里已经有“{path.name}”，没有改动它；请换一个空的文件夹。")
    people = len(members.members(session, include_retired=True))
    subject = visible.shown(folder.name)
    listed = [found("V-PRI-05", subject, n=people)] if people else []
    findings.weigh(session, listed, reason=reason, by=by, act="导出全部数据", subject=subject)
    tables = dict(_tables(session))
    tables[RESULTS] = (
        _HEAD,
        [row for view in campaigns.all_campaigns(session) for row in _figures(session, view)],
    )
    tables[TERMS] = (_TERMS_HEAD, [list(vars(one).values())[1:] for one in care.terms(session)])
    about: dict[str, object] = {
        "说明": "本单位数据文件里能给人看的全部内容。",
        "没有导出的": sorted(set(LEFT_OUT.values())),
        "保管与销毁": care.NOTE,
        "核对": [one.sentence for one in soundness.full(session)] or ["数据文件前后一致。"],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(saving.error_sentence(error, folder)) from error
    with saving.all_or_none() as save:
        save(made[0], _workbook(about, tables))
        save(made[1], _document(about, tables))
    return made


def _tables(session: Session) -> Iterator[tuple[str, tuple[Sequence[str], Rows]]]:
    """By the name that people know, columns and rows of every table that is exported."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name in LEFT_OUT:
            continue
        without = _COLUMNS_LEFT_OUT.get(table.name, set())
        columns = [one for one in table.columns if one.name not in without]
        rows = [list(row) for row in session.connection().execute(select(*columns))]
        title = {"journal_entry": "操作日志", "entry_quality": "录入质量"}.get(table.name)
        yield title or soundness.AREAS.get(table.name, table.name), ([one.name for one in columns], rows)


def _figures(session: Session, view: CampaignView) -> Iterator[list[object]]:
    """The results of a campaign by organisation, with what is hidden hidden."""
    if not view.published:
        return
    counted = results.read(session, campaign_id=view.id)
    for layer in (1, 2):
        for form in view.forms:
            for one in counted.by_org(layer=layer, form_code=form.code):
                for item in one.result.items:
                    options = zip(item.item.scale.options, item.counts.options, strict=True)
                    told = "—" if item.hidden else "，".join(f"{o.label} {n}" for o, n in options)
                    place = (
                        view.name,
                        layers.layer_name(layer),
                        one.org.code,
                        one.org.short_name,
                        form.title,
                    )
                    yield [*place, one.result.figures.valid, item.item.short_text, told, item.shown]


def _workbook(about: dict[str, object], tables: dict[str, tuple[Sequence[str], Rows]]) -> bytes:
    book = Workbook()
    first = book.worksheets[0]
    first.title = "说明"
    lines = [
        (key, line) for key, told in about.items() for line in (told if isinstance(told, list) else [told])
    ]
    for number, (key, line) in enumerate(lines, start=1):
        put(first, number, 1, key)
        put(first, number, 2, str(line))
    for title, (columns, rows) in tables.items():
        sheet = book.create_sheet(_TITLE.sub("", title)[:31])
        sheet.freeze_panes = "A2"
        for place, column in enumerate(columns, start=1):
            heading(sheet, 1, place, column)
        for number, row in enumerate(rows, start=2):
            for place, value in enumerate(row, start=1):
                put(sheet, number, place, "" if value is None else str(value)[:_LONGEST])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _document(about: dict[str, object], tables: dict[str, tuple[Sequence[str], Rows]]) -> bytes:
    said = {
        title: [dict(zip(columns, row, strict=True)) for row in rows]
        for title, (columns, rows) in tables.items()
    }
    text = json.dumps({**about, "数据": said}, ensure_ascii=False, indent=1)
    return (text if visible.shown(text) == text else json.dumps({**about, "数据": said}, indent=1)).encode()
