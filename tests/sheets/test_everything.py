"""Everything of a file as a workbook and as JSON: all that may be read, nothing that may not, and it stands in the journal."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from enum import Enum
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlmodel import Session, SQLModel

import make
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.errors import FileError, NeedsReasonError
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.sheets import everything
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.store import Store


@pytest.fixture
def opened(tmp_path: Path) -> Store:
    return make.counted_company(tmp_path / "QL.pingyi")


def exported(session: Session, folder: Path) -> dict[str, object]:
    with pytest.raises(NeedsReasonError):
        everything.export(session, folder, by=make.BY)
    assert not folder.exists()
    made = everything.export(session, folder, by=make.BY, reason="换软件")
    assert [path.name for path in made] == [everything.WORKBOOK, everything.DOCUMENT]
    return json.loads(made[1].read_bytes())


def test_every_table_is_exported_or_said_to_be_left_out(opened: Store, tmp_path: Path) -> None:
    names = {table.name: table for table in SQLModel.metadata.sorted_tables}
    assert everything.LEFT_OUT.keys() < names.keys()
    for name, columns in everything._COLUMNS_LEFT_OUT.items():
        assert columns < set(names[name].columns.keys())
    with opened.transaction() as session:
        keys.signer(session, campaign_id=make.campaign_of(session))
    with opened.transaction() as session:
        told = exported(session, tmp_path / "全部")
        secret = session.connection().execute(text("SELECT private_key, age_identity FROM own_key")).one()
        entry = journal.last(session)
    opened.close()
    assert entry is not None
    assert (entry.act, entry.subject) == ("导出全部数据", "全部")
    assert "换软件" in entry.detail
    data = told["数据"]
    assert len(data) == len(names) - len(everything.LEFT_OUT) + 2
    assert {one["full_name"] for one in data["党组织"]} >= {"中共青峦公司一矿委员会"}
    assert {one["name"] for one in data["党员"]}
    raw = (tmp_path / "全部" / everything.DOCUMENT).read_text(encoding="utf-8")
    assert [one for one in secret if one in raw] == []
    book = load_workbook(tmp_path / "全部" / everything.WORKBOOK)
    assert set(book.sheetnames) == {"说明", *data}
    assert book["党组织"].max_row == len(data["党组织"]) + 1


SECRET = re.compile(
    r"token|pin|salt|key|secret|identity|recipient|private|raw|data|wrapped|commit|cells|mark|c\d|before|after"
)
Planted = dict[str, dict[str, object]]


def test_no_column_that_sounds_like_a_secret_is_exported() -> None:
    """Whoever adds a column decides here; the file's own tables are held equal to these in ``test_store``."""
    for table in SQLModel.metadata.sorted_tables:
        told = set(table.columns.keys()) - everything._COLUMNS_LEFT_OUT.get(table.name, set())
        if table.name not in everything.LEFT_OUT:
            assert not [one for one in told if any(map(SECRET.fullmatch, one.split("_")))], table.name


def planted(opened: Store) -> Planted:
    """A row in every table whose every column tells where it stands, as far as its type lets it."""
    rows: Planted = {}
    with closing(sqlite3.connect(opened.path)) as raw:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        for number, table in enumerate(SQLModel.metadata.sorted_tables):
            row: dict[str, object] = {}
            for place, column in enumerate(table.columns):
                kind = column.type.python_type
                row[column.name] = {bool: True, int: 7_000_000 + number * 100 + place}.get(
                    kind, f"标记·{table.name}·{column.name}·"
                )
                if kind is bytes:
                    row[column.name] = str(row[column.name]).encode()
                if issubclass(kind, Enum):
                    row[column.name] = next(iter(kind)).value
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            raw.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(row.values()))
            rows[table.name] = row
        raw.commit()
    return rows


def test_grades_of_a_few_below_are_not_exported_as_no_report_prints_them(tmp_path: Path) -> None:
    """R04B withholds the counts of one or two members; they stood here as they had come."""
    opened = make.company(tmp_path / "QL.pingyi")
    rows = planted(opened)
    with opened.reading() as session:
        told = str(dict(everything._tables(session)))
    opened.close()
    counts = [rows["grade_count"][grade] for grade in ("excellent", "qualified", "basic", "unqualified")]
    assert [one for one in counts if str(one) in told] == []
    assert str(rows["member_grade"]["name"]) in told


def test_no_table_and_no_column_is_forgotten_and_no_secret_gets_out(tmp_path: Path) -> None:
    opened = make.company(tmp_path / "QL.pingyi")
    rows = planted(opened)
    with opened.reading() as session:
        tables = dict(everything._tables(session))
    opened.close()
    assert len(tables) == len(rows) - len(everything.LEFT_OUT)
    document = everything._document({}, tables).decode()
    book = load_workbook(BytesIO(everything._workbook({}, tables)))
    cells = {str(cell.value) for sheet in book.worksheets for line in sheet for cell in line}
    for table, row in rows.items():
        for column, value in row.items():
            kept = table not in everything.LEFT_OUT
            kept = kept and column not in everything._COLUMNS_LEFT_OUT.get(table, ())
            told = value.decode() if isinstance(value, bytes) else str(value)
            if kept or "标记" in told:
                assert (value is True or told in document) is kept, f"{table}.{column}"
                assert (told in cells) is kept, f"{table}.{column}"


def test_figures_of_few_ballots_are_hidden_and_no_single_ballot_leaves(opened: Store, tmp_path: Path) -> None:
    with opened.transaction() as session:
        few = make.batch(session, campaign_id=make.campaign_of(session), org_code="QL.02")
        make.sealed(session, few.id, ["21111", "12111", "11211"])
        (campaign,) = campaigns.all_campaigns(session)
        told = exported(session, tmp_path / "全部")
    opened.close()
    figures = told["数据"][everything.RESULTS]
    small = [one for one in figures if 0 < one["有效票"] < campaign.rule.min_cell]
    assert {one["组织代码"] for one in small} == {"QL.02"}
    assert {(one["各选项票数"], one["满意率（%）"]) for one in small} == {("—", "样本不足")}
    raw = (tmp_path / "全部" / everything.DOCUMENT).read_text(encoding="utf-8")
    assert [cells for cells in ("21111", "12111", "11211", "11111") if f'"{cells}"' in raw] == []


def test_what_is_there_is_never_overwritten(opened: Store, tmp_path: Path) -> None:
    (tmp_path / "全部").mkdir()
    (tmp_path / "全部" / everything.DOCUMENT).write_text("别人的")
    with pytest.raises(FileError, match="换一个空的文件夹"), opened.transaction() as session:
        everything.export(session, tmp_path / "全部", by=make.BY, reason="换软件")
    opened.close()
    assert [one.name for one in (tmp_path / "全部").iterdir()] == [everything.DOCUMENT]
