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
BLANKS = {"br": "\n", "cr": "\n", "tab": " "}
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
        if start.startswith(b"PK"):
            found = _of_document(path)
        elif path.suffix.lower() == ".txt":
            found = path.read_text(encoding=encoding_of(path)).splitlines()
        else:
            raise FileError(f"“{path.name}”不是 .docx 文档，{RESAVE}")
    except OSError as error:
        raise FileError(f"“{path.name}”读不出来，请关闭正在使用它的 WPS，并检查 U 盘后再试。") from error
    return [one for one in found if one.strip()]


def _of_document(path: Path) -> list[str]:
    found: list[str] = []
    said: list[str] = []
    taking = False

    def start(tag: str, _: Mapping[str, str]) -> None:
        nonlocal taking
        taking = tag == "t"
        said.append(BLANKS.get(tag, ""))

    def end(tag: str) -> None:
        nonlocal taking
        taking = False
        if tag == "p":
            found.append("".join(said))
            said.clear()

    try:
        refuse_many_parts(path, f"不像是 .docx 文档，{RESAVE}")
        with zipfile.ZipFile(path) as opened:
            archive = Archive(path.name, opened, mend="请删去图片和多余的内容后另存再核对")
            archive.walk(MAIN, start, end, lambda text: said.append(text) if taking else None)
    except UNREADABLE as error:
        raise FileError(f"“{path.name}”不是 .docx 文档或已损坏，{RESAVE}") from error
    return found
