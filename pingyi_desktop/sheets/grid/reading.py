"""Open workbooks and text tables as plain grids of text: what every import starts from.

A file is judged by its first bytes, not by its ending. Merged cells carry their text in every cell they cover.
Numbers, dates and yes/no become the text a person sees; formulas and error values stay marked as ``Bad``, so that
nothing computed elsewhere is taken for a fact. Files that would eat the memory are refused before they are built.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl.utils import get_column_letter

from pingyi_desktop.errors import FileError
from pingyi_desktop.sheets.grid.grid import Grid
from pingyi_desktop.sheets.grid.text_table import read_text_table
from pingyi_desktop.sheets.grid.workbook import read_workbook

LARGEST_FILE = 20 * 1024 * 1024
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
_RESAVE = "请在 WPS 中重新另存为 .xlsx 后再导入。"
_STRANGERS = (
    (b"%PDF", "其实是 PDF 文件，请把表格抄到 WPS 表格里，另存为 .xlsx 后再导入。"),
    (b"{\\rtf", "其实是文字文档，请把表格复制到 WPS 表格里，另存为 .xlsx 后再导入。"),
    (b"Rar!", "其实是压缩包，请先解压，再导入里面的表格。"),
    (b"7z\xbc\xaf", "其实是压缩包，请先解压，再导入里面的表格。"),
    (b"\x1f\x8b", "其实是压缩包，请先解压，再导入里面的表格。"),
    (b"\x89PNG", "其实是图片，请把表格抄到 WPS 表格里，另存为 .xlsx 后再导入。"),
    (b"\xff\xd8\xff", "其实是图片，请把表格抄到 WPS 表格里，另存为 .xlsx 后再导入。"),
    (b"SQLite format 3", "是数据文件，不是表格，请检查是否选错了文件。"),
)


def letter(column: int) -> str:
    """The spreadsheet's letter of a column counted from 0."""
    return get_column_letter(column + 1)


def read_grids(path: Path) -> list[Grid]:
    """All sheets of an ``.xlsx`` file, or the one of a ``.csv`` file (UTF-8, GB18030 or UTF-16)."""
    try:
        if not path.is_file():
            raise FileError(f"找不到文件“{path.name}”，请检查文件名和所在文件夹。")
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise FileError(
                f"“{path.name}”有 {size / 1024 / 1024:.0f} MB，超过 20 MB，不像是名册或登记表；"
                "请检查是否选错了文件，或删去图片、空行后另存再导入。"
            )
        with path.open("rb") as file:
            start = file.read(512)
        if start.startswith(b"PK"):
            return list(read_workbook(path))
        _refuse_strangers(path, start)
        return [read_text_table(path)]
    except OSError as error:
        raise FileError(
            f"“{path.name}”读不出来，请关闭正在使用它的 WPS 或 Excel，并检查 U 盘后再试。"
        ) from error


def _refuse_strangers(path: Path, start: bytes) -> None:
    if start.startswith(_OLD_OFFICE):
        raise FileError(f"“{path.name}”{_old_office(path.read_bytes())}")
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise FileError(f"“{path.name}”其实是网页文件，请用 WPS 打开后另存为 .xlsx 再导入。")
    for signature, sentence in _STRANGERS:
        if start.startswith(signature):
            raise FileError(f"“{path.name}”{sentence}")
    if not start:
        raise FileError(f"“{path.name}”是空文件，{_RESAVE}")
    if path.suffix.lower() not in {".csv", ".txt", ".tsv"}:
        raise FileError(f"“{path.name}”不是 .xlsx 表格或已损坏，{_RESAVE}")


def _old_office(content: bytes) -> str:
    if _LOCKED in content:
        return "设有打开密码，请在 WPS 中去掉密码、另存为不带密码的 .xlsx 后再导入。"
    if _WORD in content:
        return "其实是 Word 文档，请把表格复制到 WPS 表格里，另存为 .xlsx 后再导入。"
    return "是旧版 .xls（或设有打开密码），请在 WPS 中另存为不带密码的 .xlsx 后再导入。"
