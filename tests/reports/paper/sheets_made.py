"""Forms to print in tests: ours, and hostile ones of any shape."""

from __future__ import annotations

from collections.abc import Sequence

from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.render.pack import render_pack
from pingyi_desktop.reports.drawn import Pack, PrintedSheet
from pingyi_desktop.reports.paper import ballot
from pingyi_desktop.reports.paper.ballot import Head

SUBJECT = "青峦露天矿采煤一队党支部"
HEAD = Head(f"被评议党组织：{SUBJECT}", "2025年11月3日", "全体参评人员", "L2-QL.01.G01.B001-T-X-v1-ALL")
NAMES = tuple(
    f"{'赵钱孙李周吴郑王'[n % 8]}{'建国志强桂兰'[n % 6]}{'堃喆珺𬭎䶮㛃'[n % 6]}{n or ''}" for n in range(60)
)


def form(code: str, **changes: object) -> Form:
    document = {**forms.templates()[code], **changes}
    return forms.read_form(document, activity="创先争优", known=known())


def known() -> dict[str, forms.Scale]:
    """Our scales and one of eight options."""
    eight = tuple(forms.Option(f"O{n}", f"第{n}档满意", None, "NEUTRAL", "STRICT", True) for n in range(1, 9))
    return {**forms.scales(), "EIGHT": forms.Scale("EIGHT", "八档", eight)}


def items(texts: Sequence[str], scale: str = "SAT4") -> list[dict[str, str]]:
    return [
        {"no": str(n), "text": text, "short_text": text[:6], "kind": "RATING", "scale": scale}
        for n, text in enumerate(texts, 1)
    ]


def laid_out(one: Form, names: Sequence[str] = (), unrated: frozenset[int] = frozenset()) -> Layout:
    return Layout(one, tuple(names) if one.is_roster else tuple(item.text for item in one.items), unrated)


def printed(layout: Layout, head: Head = HEAD, *, copies: int = 1) -> bytes:
    pack = Pack("样张", "样张", (PrintedSheet("评议表", copies, ballot.pages(layout, head)),))
    return render_pack(pack).pdf


def paper_of(layout: Layout) -> Paper:
    """The shape that the ballots of this layout are keyed in."""
    options = tuple(len(item.scale.options) for item in layout.form.items)
    return Paper(options, tuple(map(str, range(len(layout.rows)))) if layout.form.is_roster else ("",))
