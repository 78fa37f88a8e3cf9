"""An ``.xlsx`` file as grids: its parts found by their relations, in the transitional and the strict writing alike."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pingyi_desktop.errors import FileError
from pingyi_desktop.sheets.grid import shown
from pingyi_desktop.sheets.grid.grid import LONGEST_TEXT, MOST_CELLS, Budget, Grid
from pingyi_desktop.sheets.grid.worksheet import Formats, Shared, read_sheet, unescaped
from pingyi_desktop.sheets.grid.xml_stream import Archive, NotReadableError

MOST_PARTS = 20_000
MOST_SHEETS = 2_000
_YES = frozenset(("1", "true", "on"))
UNREADABLE = (
    NotReadableError,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    IndexError,
    EOFError,
    RuntimeError,  # a zip member with a password or packed in an unknown way
    struct.error,
    zlib.error,
)
_TABLE = "不像是 .xlsx 表格，请在 WPS 中重新另存为 .xlsx 后再导入。"
_DAMAGED = "“{}”不是 .xlsx 表格或已损坏，请在 WPS 中重新另存为 .xlsx 后再导入。"
_STRANGERS = (
    ("word/", "“{}”其实是 Word 文档，请把表格复制到 WPS 表格里，另存为 .xlsx 后再导入。"),
    ("ppt/", "“{}”其实是演示文稿，请把表格复制到 WPS 表格里，另存为 .xlsx 后再导入。"),
    ("xl/workbook.bin", "“{}”是 .xlsb 表格，请在 WPS 中另存为 .xlsx 后再导入。"),
    ("content.xml", "“{}”是 .ods 表格，请在 WPS 中另存为 .xlsx 后再导入。"),
    ("OFD.xml", "“{}”其实是 OFD 版式文件，请把表格抄到 WPS 表格里，另存为 .xlsx 后再导入。"),
)


@dataclass
class _Book:
    """What the parts around the sheets say."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)
    from_1904: bool = False

    def relation(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    def workbook(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            name, state = attributes.get("name", ""), attributes.get("state", "visible")
            relation = next((value for key, value in attributes.items() if key.endswith("}id")), "")
            self.sheets.append((name.strip(), relation, state != "visible"))
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904") in _YES


def read_workbook(path: Path) -> Iterator[Grid]:
    """All sheets with cells; a file that is no workbook is refused with a sentence that says what it is."""
    try:
        refuse_many_parts(path, _TABLE)
        with zipfile.ZipFile(path) as opened:
            archive = Archive(path.name, opened)
            main = _main_part(archive)
            book = _read_book(archive, main)
            folder = posixpath.dirname(main)
            kinds = {kind: _joined(folder, target) for kind, target in book.targets.values()}
            budget = Budget(path.name)
            shared = Shared(
                _shared_texts(archive, kinds.get("sharedStrings"), budget),
                _formats(archive, kinds.get("styles")),
                shown.DAYS_1904 if book.from_1904 else 0,
            )
            for name, relation, hidden in book.sheets:
                kind, target = book.targets.get(relation, ("", ""))
                if kind == "worksheet":
                    part = _joined(folder, target)
                    yield read_sheet(archive, part, name=name, hidden=hidden, shared=shared, budget=budget)
    except UNREADABLE as error:
        raise FileError(_DAMAGED.format(path.name)) from error


def refuse_many_parts(path: Path, mend: str) -> None:
    """Before the list of parts is built: a small file can hold a list of a million."""
    found = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            found += chunk.count(b"PK\x01\x02")
    if found > MOST_PARTS:
        raise FileError(f"“{path.name}”里有 {found} 个部分，{mend}")


def _main_part(archive: Archive) -> str:
    book = _Book()
    if archive.has("_rels/.rels"):
        archive.walk("_rels/.rels", book.relation, _nothing, _nothing)
    found = next((target for kind, target in book.targets.values() if kind == "officeDocument"), "")
    part = found.lstrip("/") or "xl/workbook.xml"
    names = archive.zip.namelist()
    if archive.has(part) and not part.startswith(("word/", "ppt/")) and not part.endswith(".bin"):
        return part
    for start, sentence in _STRANGERS:
        if any(name.startswith(start) for name in names):
            raise FileError(sentence.format(archive.file))
    if any(name.startswith("xl/") for name in names) or not names:
        raise FileError(_DAMAGED.format(archive.file))
    raise FileError(f"“{archive.file}”其实是压缩包，请先解压，再导入里面的表格。")


def _read_book(archive: Archive, main: str) -> _Book:
    book = _Book()
    folder, name = posixpath.split(main)
    archive.walk(f"{folder}/_rels/{name}.rels".lstrip("/"), book.relation, _nothing, _nothing)
    archive.walk(main, book.workbook, _nothing, _nothing)
    if len(book.sheets) > MOST_SHEETS:
        raise FileError(
            f"“{archive.file}”有 {len(book.sheets)} 个工作表，超过 {MOST_SHEETS} 个，请分成几个文件再导入。"
        )
    return book


def _shared_texts(archive: Archive, part: str | None, budget: Budget) -> list[str]:
    texts: list[str] = []
    said: list[str] = []
    state = {"taking": False, "phonetic": False, "length": 0}

    def start(tag: str, _: Mapping[str, str]) -> None:
        if tag == "si":
            said.clear()
            state["length"] = 0
        state["phonetic"] = state["phonetic"] or tag == "rPh"
        state["taking"] = tag == "t" and not state["phonetic"]

    def end(tag: str) -> None:
        state["taking"] = False
        if tag == "rPh":
            state["phonetic"] = False
        if tag == "si":
            if len(texts) >= MOST_CELLS:
                raise FileError(
                    f"“{archive.file}”里的文字超过 {MOST_CELLS // 10_000} 万段，不像是名册或登记表，请删去无关的内容再导入。"
                )
            texts.append(budget.keep(unescaped("".join(said))))

    def text(data: str) -> None:
        if state["taking"]:
            state["length"] += len(data)
            if state["length"] > LONGEST_TEXT:
                raise FileError(
                    f"“{archive.file}”里有一格文字超过 {LONGEST_TEXT} 个字，不像是名册或登记表，请删去后再导入。"
                )
            said.append(data)

    if part is not None and archive.has(part):
        archive.walk(part, start, end, text)
    return texts


def _formats(archive: Archive, part: str | None) -> Formats:
    own: dict[int, str] = {}
    used: list[int] = []
    inside: list[str] = []

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        inside.append(tag)
        if inside[-2:] == ["numFmts", "numFmt"]:
            code = attributes.get("formatCode", "")
            own[int(attributes.get("numFmtId", "0"))] = code if len(code) <= shown.LONGEST_CODE else ""
        elif inside[-2:] == ["cellXfs", "xf"]:
            used.append(int(attributes.get("numFmtId", "0")))

    if part is not None and archive.has(part):
        archive.walk(part, start, lambda _: inside.pop(), _nothing)
    dates = {number: shown.is_date(number, own.get(number)) for number in set(used)}
    return Formats([dates[number] for number in used], [own.get(number) for number in used])


def _joined(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))


def _nothing(*_: object) -> None:
    return None
