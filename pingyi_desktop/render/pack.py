"""A pack as one PDF: sheets drawn to measure and flowing reports, each as many times as it is needed.

A page is written once however often it is printed: its copies are entries of a few bytes that point to the same content.
So a pack of 270 pages is hardly larger than one of ten, and no copy can differ from another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfdoc

from pingyi_desktop import saving
from pingyi_desktop.errors import FileError
from pingyi_desktop.render.compact import compacted
from pingyi_desktop.render.drawn import draw
from pingyi_desktop.render.flow import texts
from pingyi_desktop.render.page import page_size, register_fonts, unprintable
from pingyi_desktop.render.pdf import NumberedCanvas, flow_into, render_pdf
from pingyi_desktop.reports.blocks import Report, printed
from pingyi_desktop.reports.drawn import Pack


@dataclass(frozen=True)
class Made:
    """A pack as PDF, how many pages it has, and the characters that none of our fonts has."""

    pdf: bytes
    pages: int
    missing: frozenset[str]


def render_pack(pack: Pack, *, copies: bool = True) -> Made:
    """The pack as PDF; without ``copies`` each sheet once, for looking at. The same pack gives the same bytes."""
    register_fonts()
    out = BytesIO()
    canvas = _PackCanvas(out, invariant=1, pageCompression=1)
    canvas.setTitle(printed(pack.title))
    canvas.setAuthor("评议")
    for sheet in pack.sheets:
        first = canvas.pages
        if isinstance(sheet.content, Report):
            canvas.setPageSize(page_size(wide=sheet.content.landscape))
            flow_into(sheet.content, out, lambda *_, **__: canvas)
        else:
            for page in sheet.content:
                canvas.setPageSize(page_size(wide=page.wide))
                draw(canvas, page)
                canvas.showPage()
                canvas.number_pages(numbered=False)
        canvas.repeat(first, sheet.copies if copies else 1)
    pages = canvas.pages
    canvas.finish()
    return Made(compacted(out.getvalue()), pages, missing(pack))


def write_packs(
    packs: Iterable[Pack],
    out: Path,
    *,
    names: Sequence[str],
    manifest: Callable[[Sequence[Made]], Report],
    manifest_name: str,
    step: Callable[[int], None] = lambda _: None,
) -> list[Made]:
    """Write each pack into the folder as it comes, the list of them last; all of them or none.

    ``names`` are the packs' file names; a ``FileError`` when one is taken. ``step`` gets the number done before each and
    may stop by raising. Of what is made only the figures are kept, so memory does not grow with the number of packs.
    """
    for name in (*names, manifest_name):
        if (out / f"{name}.pdf").exists():
            raise FileError(f"“{name}.pdf”已经存在，没有改动它；请换一个空文件夹。")
    made: list[Made] = []
    with saving.all_or_none() as save:
        for pack in packs:
            step(len(made))
            one = render_pack(pack)
            save(out / f"{pack.file_name}.pdf", one.pdf)
            made.append(replace(one, pdf=b""))
        step(len(made))
        listed = BytesIO()
        render_pdf(manifest(made), listed)
        save(out / f"{manifest_name}.pdf", listed.getvalue())
    return made


def missing(pack: Pack) -> frozenset[str]:
    """Characters of the pack that no font of ours has."""
    found: set[str] = set()
    for sheet in pack.sheets:
        found |= unprintable("".join(printed(text) for text in _texts(sheet.content)))
    return frozenset(found)


def _texts(content: Report | tuple[Any, ...]) -> Iterable[str]:
    if isinstance(content, Report):
        return texts(content)
    return (words.text for page in content for words in page.words)


class _PackCanvas(NumberedCanvas):
    """A canvas on which one report after another is laid out; pages can be had again."""

    @property
    def pages(self) -> int:
        """Pages so far."""
        return len(self._doc.Pages.pages)

    def save(self) -> None:
        """A report ends here, not the pack."""
        self.number_pages()

    def finish(self) -> None:
        """The pack ends here."""
        super(NumberedCanvas, self).save()

    def repeat(self, first: int, copies: int) -> None:
        """Print all pages from ``first`` on again and again, in their order, until they are there so many times."""
        made = self._doc.Pages.pages[first:]
        for page in made:
            stream = pdfdoc.PDFStream()
            stream.filters = [pdfdoc.PDFZCompress]
            stream.content = page.stream
            page.Contents = stream
            page.Resources = pdfdoc.PDFResourceDictionary()
            page.Resources.basicFonts()
            page.Resources.basicProcs()
        for _ in range(copies - 1):
            for page in made:
                self._doc.addPage(_Again(page))


class _Again(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no types
    """A page with the content of another."""

    __RefOnly__ = 1

    def __init__(self, page: pdfdoc.PDFPage) -> None:
        self._page = page

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        page = self._page
        entries = {
            "Type": pdfdoc.PDFName("Page"),
            "Parent": document.Reference(document.Pages),
            "MediaBox": pdfdoc.PDFArray([0, 0, page.pagewidth, page.pageheight]),
            "Contents": document.Reference(page.Contents),
            "Resources": document.Reference(page.Resources),
        }
        made: bytes = pdfdoc.format(pdfdoc.PDFDictionary(entries), document)
        return made
