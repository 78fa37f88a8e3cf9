"""The paragraphs of a text that somebody wrote: a ``.docx`` file or a plain ``.txt``, read within the bounds of sheets."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from pingyi_desktop.errors import FileError
from pingyi_desktop.sheets.grid.reading import LARGEST_FILE
from pingyi_desktop.sheets.grid.text_table import encoding_of
from pingyi_desktop.sheets.grid.workbook import UNREADABLE, refuse_many_parts
from pingyi_desktop.sheets.grid.xml_stream import Archive

MAIN = "word/document.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
BLANKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}
UNSEEN = frozenset({"Fallback", "moveFrom"})
"""what is there a second time: for programs that know no boxes, and where a moved text stood before"""
RESAVE = "请在 WPS 文字里另存为 .docx 后再核对。"


def read_paragraphs(path: Path) -> list[str]:
    """The paragraphs that have text, those of tables among them; a file that is no text is refused with a sentence."""
    try:
        if not path.is_file():
            raise FileError(f"找不到文件“{path.name}”，请检查文件名和所在文件夹。")
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise FileError(
                f"“{path.name}”有 {size / 1024 / 1024:.0f} MB，超过 20 MB，请删去图片后另存再核对。"
            )
        with path.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"PK\x03\x04"):
            found = _of_document(path)
        elif path.suffix.lower() == ".txt":
            found = path.read_text(encoding=encoding_of(path)).splitlines()
        else:
            raise FileError(f"“{path.name}”不是 .docx 文档，{RESAVE}")
    except OSError as error:
        raise FileError(f"“{path.name}”读不出来，请关闭正在使用它的 WPS，并检查 U 盘后再试。") from error
    return [one for one in found if one.strip()]


def _of_document(path: Path) -> list[str]:
    text = _Text()
    try:
        refuse_many_parts(path, f"不像是 .docx 文档，{RESAVE}")
        with zipfile.ZipFile(path) as opened:
            archive = Archive(path.name, opened, mend="请删去图片和多余的内容后另存再核对")
            for part in (MAIN, *filter(archive.has, NOTES)):
                archive.walk(part, text.start, text.end, text.take)
    except UNREADABLE as error:
        raise FileError(f"“{path.name}”不是 .docx 文档或已损坏，{RESAVE}") from error
    return text.found


class _Text:
    """What people see of a document, as its signs come: the paragraphs in a box on the page stand after the one it hangs on."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._open: list[list[str]] = []
        self._places: list[int] = []
        self._taking, self._unseen = False, 0

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        self._taking = tag == "t"
        self._unseen += tag in UNSEEN
        if tag == "p":
            self._open.append([])
            self._places.append(len(self.found))
        elif tag in BLANKS:
            self.take_sign(BLANKS[tag])

    def end(self, tag: str) -> None:
        self._taking = False
        self._unseen -= tag in UNSEEN
        if tag == "p":
            self.found.insert(self._places.pop(), "".join(self._open.pop()))

    def take(self, text: str) -> None:
        if self._taking:
            self.take_sign(text)

    def take_sign(self, sign: str) -> None:
        if self._open and not self._unseen:
            self._open[-1].append(sign)
