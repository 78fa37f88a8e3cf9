"""The paragraphs of a written text: what people see of it, in order; what is no text, or too much, is a sentence."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from pingyi_desktop.errors import FileError, RuleError
from pingyi_desktop.render.docx import MAIN, render_docx
from pingyi_desktop.reports.blocks import Heading, Para, Report, ReportColumn, Row, Table
from pingyi_desktop.sheets.grid import xml_stream
from pingyi_desktop.sheets.written import read_paragraphs


def document(path: Path, body: str, *, part: str = "word/document.xml", head: str = "") -> Path:
    text = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{MAIN}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, text)
    return path


def test_what_we_write_is_read_again(tmp_path: Path) -> None:
    table = Table((ReportColumn("项", 20), ReportColumn("数", 20)), (Row(("会议", 23)),))
    blocks = (Heading("一、开展情况"), Para("    开了 23 次会，\n满意率 98.7%。"), table)
    path = tmp_path / "总结.docx"
    render_docx(Report("R01", "总结", "", "", "", blocks, document=True), path)
    assert read_paragraphs(path) == [
        "总结",
        "一、开展情况",
        "开了 23 次会，\n满意率 98.7%。",
        "项",
        "数",
        "会议",
        "23",
    ]


def test_pieces_of_a_word_belong_together_and_what_was_deleted_is_gone(tmp_path: Path) -> None:
    """WPS writes one run for each change of a letter; what change tracking keeps of a deletion nobody reads."""
    body = (
        "<w:p><w:r><w:t>满意率9</w:t></w:r><w:r><w:t>8.7</w:t></w:r>"
        "<w:del><w:r><w:delText>96</w:delText></w:r></w:del><w:r><w:t>%</w:t><w:tab/><w:t>好</w:t></w:r></w:p><w:p/>"
    )
    assert read_paragraphs(document(tmp_path / "a.docx", body)) == ["满意率98.7% 好"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_plain_text_in_the_encodings_of_the_country(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("满意率98.7%\r\n\r\n共23次".encode(encoding))
    assert read_paragraphs(tmp_path / "a.txt") == ["满意率98.7%", "共23次"]


def _no_archive(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 broken")


def _old_word(path: Path) -> None:
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1"))


def _a_workbook(path: Path) -> None:
    document(path, "", part="xl/workbook.xml")


def _an_entity(path: Path) -> None:
    document(path, "<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", head='<!DOCTYPE w [<!ENTITY a "98">]>')


def _not_xml(path: Path) -> None:
    document(path, "<w:p>")


def _too_deep(path: Path) -> None:
    document(path, "<w:p>" * 60 + "</w:p>" * 60)


def _locked(path: Path) -> None:
    document(path, "<w:p/>")
    raw = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", raw, raw.index(mark) + place, 1)
    path.write_bytes(raw)


@pytest.mark.parametrize(
    "make", [_no_archive, _old_word, _a_workbook, _an_entity, _not_xml, _too_deep, _locked]
)
def test_what_is_no_text_is_refused_with_the_way_to_mend_it(tmp_path: Path, make) -> None:
    make(tmp_path / "稿.docx")
    with pytest.raises(FileError, match=r"“稿\.docx”不是 \.docx 文档.*另存为 \.docx") as refused:
        read_paragraphs(tmp_path / "稿.docx")
    assert "表格" not in str(refused.value)


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_stream, "LARGEST_PART", 100_000)
    path = document(tmp_path / "稿.docx", "<w:p>" + " " * 200_000 + "</w:p>")
    assert path.stat().st_size < 2000
    with pytest.raises(FileError, match="展开后过大，请删去图片和多余的内容"):
        read_paragraphs(path)


def test_a_file_that_is_not_there_too_large_or_of_no_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileError, match="找不到文件"):
        read_paragraphs(tmp_path / "没有.docx")
    (tmp_path / "a.txt").write_bytes(b"\x00\x01\xff")
    with pytest.raises(RuleError, match="无法识别"):
        read_paragraphs(tmp_path / "a.txt")
    monkeypatch.setattr("pingyi_desktop.sheets.written.LARGEST_FILE", 2)
    with pytest.raises(FileError, match="超过 20 MB"):
        read_paragraphs(tmp_path / "a.txt")
