"""Reports as text documents: the same strings as on paper, in files that any reader of the format takes."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise, product
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from pingyi_desktop.errors import FileError
from pingyi_desktop.render import docx
from pingyi_desktop.render.docx import MAIN, render_docx
from pingyi_desktop.render.flow import texts
from pingyi_desktop.reports.blocks import (
    Bar,
    Bars,
    Block,
    Facts,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Signature,
    SlipBlock,
    Table,
)

W = f"{{{MAIN}}}"
TABLE = Table(
    (
        ReportColumn("序号", 8, "center"),
        ReportColumn("党组织", 40, "left"),
        ReportColumn("票", 14, group="①践诺"),
        ReportColumn("率", 14, group="①践诺"),
    ),
    (
        Row(("层面一",), "section"),
        Row((1, "采一队<党支部>&", None, "75.0")),
        Row(("", "合计", 3, "75.0"), "total"),
    ),
)
EVERYTHING: tuple[Block, ...] = (
    Heading("一、开展情况"),
    Para("    开了 3 次会。"),
    TABLE,
    Facts((("应到", 12), ("实到", None), ("到会率", "—"))),
    Bars("满意率", (Bar("①践诺", 750, "75.0%"),)),
    SlipBlock("一矿党委", "12345 67890", ("交给本人",)),
    Para("某某党委", "right"),
    Signature(("负责人：", "填表人：")),
)


def report(
    *blocks: Block, document: bool = False, landscape: bool = False, title: str = "评议总结"
) -> Report:
    return Report(
        "R01",
        title,
        "2024年",
        "填报单位",
        "单位：张",
        blocks,
        ("注：按票合并。",),
        landscape,
        "演练",
        document,
    )


def parts(one: Report) -> dict[str, ElementTree.Element]:
    """Every file of the document, each of which has to be XML."""
    out = BytesIO()
    render_docx(one, out)
    with ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}


def body(one: Report) -> ElementTree.Element:
    found = parts(one)["word/document.xml"].find(f"{W}body")
    assert found is not None
    return found


def words(element: ElementTree.Element) -> list[str]:
    """The text of every paragraph."""
    return ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in element.iter(f"{W}p")]


def test_it_says_what_the_paper_says_and_every_reference_leads_somewhere() -> None:
    one = report(*EVERYTHING)
    found = parts(one)
    said = words(found["word/document.xml"])
    assert [text for text in texts(one) if text.strip() not in said] == [one.subtitle]
    assert "2024年 【演练】" in said
    for name in ("_rels/.rels", "word/_rels/document.xml.rels"):
        folder = "" if name.startswith("_rels") else "word/"
        assert {folder + rel.attrib["Target"] for rel in found[name]} <= set(found)
    overridden = {one.attrib.get("PartName", "/_rels/.rels")[1:] for one in found["[Content_Types].xml"]}
    assert overridden <= set(found)


@pytest.mark.parametrize("document", [False, True])
def test_a_document_has_the_margins_and_lines_of_its_kind(document: bool) -> None:
    found = body(report(Para("    正文。"), document=document))
    edges = found.find(f"{W}sectPr/{W}pgMar")
    assert edges is not None
    assert (edges.attrib[f"{W}top"] == "2098") == document, "37 mm"
    para = next(p for p in found.iter(f"{W}p") if "正文。" in words(p))
    size, indent = para.find(f".//{W}r/{W}rPr/{W}sz"), para.find(f"{W}pPr/{W}ind")
    assert size is not None
    assert indent is not None
    assert (size.attrib[f"{W}val"], indent.attrib[f"{W}firstLineChars"]) == (
        "32" if document else "22",
        "200",
    )


def test_tables_are_as_wide_as_the_paper_and_their_headings_come_again() -> None:
    found = body(report(TABLE, landscape=True))
    (table,) = (one for one in found.iter(f"{W}tbl") if "①践诺" in words(one))
    page = found.find(f"{W}sectPr/{W}pgSz")
    assert page is not None
    assert int(page.attrib[f"{W}w"]) > int(page.attrib[f"{W}h"])
    columns = [int(one.attrib[f"{W}w"]) for one in table.iter(f"{W}gridCol")]
    assert abs(sum(columns) - 267 * docx.TWIPS) < len(columns)
    lines = list(table.iter(f"{W}tr"))
    assert [line.find(f"{W}trPr/{W}tblHeader") is not None for line in lines] == [
        True,
        True,
        False,
        False,
        False,
    ]
    for line in lines:
        spans = [one.find(f"{W}tcPr/{W}gridSpan") for one in line.iter(f"{W}tc")]
        assert sum(1 if one is None else int(one.attrib[f"{W}val"]) for one in spans) == len(columns)
    merged = [one.attrib[f"{W}val"] for one in table.iter(f"{W}vMerge")]
    assert merged == ["restart", "restart", "continue", "continue"]


def test_no_two_tables_touch_and_the_last_thing_is_a_paragraph() -> None:
    """Word makes one table of two that touch, and calls a document broken that ends with one."""
    kinds: tuple[Block, ...] = (TABLE, Facts((("应到", 1),)), Signature(("甲：",)), EVERYTHING[4])
    for blocks in product(kinds, kinds):
        tags = [one.tag.removeprefix(W) for one in body(report(*blocks))]
        assert ("tbl", "tbl") not in list(pairwise(tags)), blocks
        assert tags[-2:] == ["p", "sectPr"]


def test_what_nobody_can_see_is_shown_and_nothing_is_taken_for_markup() -> None:
    said = words(body(report(Para("一\n二\u202e三\x01<w:b/>&amp;"), Heading("附", overleaf=True))))
    assert "一二〔U+202E〕三〔U+0001〕<w:b/>&amp;" in said


def test_a_heading_overleaf_begins_a_page() -> None:
    found = body(report(Heading("正文"), Heading("附", overleaf=True)))
    broken = [words(p) for p in found.iter(f"{W}p") if p.find(f"{W}pPr/{W}pageBreakBefore") is not None]
    assert broken == [["附"]]


def test_the_same_report_gives_the_same_bytes_and_its_pages_are_numbered() -> None:
    made = BytesIO(), BytesIO()
    for out in made:
        render_docx(report(*EVERYTHING), out)
    assert made[0].getvalue() == made[1].getvalue()
    foot = parts(report())["word/footer1.xml"]
    assert [one.text.strip() for one in foot.iter(f"{W}instrText") if one.text] == ["PAGE"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "总结.docx").mkdir()
    with pytest.raises(FileError, match="没有写成"):
        render_docx(report(), tmp_path / "总结.docx")
