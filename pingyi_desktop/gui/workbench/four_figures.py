"""Four figures in a row: who has reported, who came, the overall rate, the lowest item; how they are read, not ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from pingyi_desktop import visible
from pingyi_desktop.appraisal.campaign.results import FormResult, ItemResult
from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.gui.looks.controls import tip
from pingyi_desktop.gui.parts.forms import label, restyle
from pingyi_desktop.reports import chart
from pingyi_desktop.standing import earlier
from pingyi_desktop.standing.earlier import Items
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schema_campaign import SessionStatus

NOTHING, LATER, FEW = "—", "封存以后显示", "票太少，不显示"
THIN, MINUS = "\u2009", "\u2212"
"""stands between the thousands; as wide as a plus"""


@dataclass(frozen=True)
class Figure:
    """One card: ``title``, the figure with its unit, a note; ``part`` is (done, all) of a bar, ``moved`` how it differs from 上期."""

    title: str
    figure: str
    unit: str
    note: str
    part: tuple[int, int] | None = None
    moved: str = ""


BEFORE = (
    Figure("报送", NOTHING, "", "活动发布以后显示"),
    Figure("参评", NOTHING, "", "登记开会人数以后显示"),
    Figure("总体评价", NOTHING, "", LATER),
    Figure("最低一项", NOTHING, "", LATER),
)
"""while nothing is published"""


def of(asked: Question, pooled: Sequence[FormResult], former: Items) -> tuple[Figure, ...]:
    """The four of a published campaign; ``pooled`` are its results of both layers together, ``former`` those of the period before."""
    forms = [one for one in pooled if one.batches]
    return (_reported(asked), _came(asked), _overall(forms, former), _lowest(forms, former))


def many(number: int) -> str:
    """A whole number with thin spaces between the thousands."""
    return f"{number:,}".replace(",", THIN)


def _reported(asked: Question) -> Figure:
    """Of an office the units, of a branch its own stacks."""
    covered = asked.covered
    if covered.expected > 1:
        late, dropped = sum(unit.late for unit in covered.missing), len(covered.dropped)
        note = f"差 {len(covered.missing)} 个" + (f"，{late} 个逾期" if late else "")
        note += f"，{dropped} 个不再列入" if dropped else ""
        part = covered.reported, covered.expected
        return Figure(
            "报送", many(part[0]), f"/ {many(part[1])} 个单位", note if covered.missing else "已报齐", part
        )
    own = [batch for batch in asked.picture.stacks if batch.own]
    sealed = sum(batch.sealed for batch in own)
    note = f"还有 {len(own) - sealed} 批没有封存" if sealed < len(own) else "都已封存"
    return Figure("本单位票批", many(sealed), f"/ {many(len(own))} 批封存", note, (sealed, len(own)))


def _came(asked: Question) -> Figure:
    seen = asked.picture
    held = [
        one
        for one in seen.meetings
        if one.status == SessionStatus.HELD and one.has_ballots and one.org_code not in seen.outside
    ]
    actual, expected = (sum(getattr(one, name) or 0 for one in held) for name in ("actual", "expected"))
    if not expected:
        return BEFORE[1]
    rate = tallies.rate(actual, expected, rule=seen.view.rule).text
    return Figure("参评", many(actual), "人次", f"应到 {many(expected)}，到会率 {rate}%")


def _overall(forms: Sequence[FormResult], former: Items) -> Figure:
    """The question for the whole, where a form asks it; else the first form's first item."""
    items = [(one, item) for one in forms for item in one.items]
    whole = next((pair for pair in items if pair[1].item.kind == "OVERALL"), items[0] if items else None)
    if whole is None:
        return BEFORE[2]
    title = "总体评价" if whole[1].item.kind == "OVERALL" else whole[1].item.short_text
    return _rated(title, whole[1], f"{who(whole[0])}，", _moved(*whole, former))


def _lowest(forms: Sequence[FormResult], former: Items) -> Figure:
    """The item with the lowest rate, by the exact fractions."""
    rated = [(one, item) for one in forms for item in one.items if item.denominator]
    if not rated:
        hidden = any(one.hidden for one in forms)
        return Figure("最低一项", tallies.TOO_FEW, "", FEW) if hidden else BEFORE[3]
    form, lowest = rated[0]
    for one, item in rated[1:]:
        if item.satisfied * lowest.denominator < lowest.satisfied * item.denominator:
            form, lowest = one, item
    note = f"{who(form)}{lowest.item.short_text}"
    return Figure("最低一项", lowest.shown, "%", note, moved=_moved(form, lowest, former))


def _rated(title: str, item: ItemResult, before: str, moved: str) -> Figure:
    if item.hidden:
        return Figure(title, item.shown, "", FEW)
    unit = "%" if item.shown[:1].isdigit() else ""
    note = f"{before}{many(item.satisfied)} / {many(item.denominator)} 票"
    return Figure(title, item.shown, unit, note, moved=moved)


def _moved(form: FormResult, item: ItemResult, former: Items) -> str:
    """How the item's rate differs from that of the period before; "" where either has none that may be shown."""
    before = former.get((form.form.code, item.item.no))
    if before is None or not item.denominator:
        return ""
    points = earlier.points(before, item)
    return f"比上期 {points.replace('-', MINUS)}" if points.strip("+-0.") else "和上期一样"


def dots(form: FormResult, former: Items) -> list[chart.Dot]:
    """A form's items as dots, with those of the period before."""
    return [_dot(who(form), item, former.get((form.form.code, item.item.no))) for item in form.items]


def _dot(about: str, item: ItemResult, former: ItemResult | None) -> chart.Dot:
    name, before = f"{about} {item.item.short_text}", Decimal(former.shown) if former else None
    figures = {"satisfied": item.satisfied, "denominator": item.denominator}
    return chart.dot(name, item.shown, **figures, former=before)


def who(form: FormResult) -> str:
    """Whom a form is about."""
    return "党组织" if form.form.subject_kind == "ORG" else "党员"


class Card(QFrame):
    """One of the four: title and note over the figure; on a low window a single line of title and figure."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("details")
        self.title = label(role="hint", wrap=False)
        self.figure = label(role="figure", wrap=False)
        self.unit = label(role="hint", wrap=False)
        self.note = label(role="hint", wrap=False)
        self.moved = label(role="hint", wrap=False)
        self.bar = QProgressBar()
        self.bar.setObjectName("slim")
        self.bar.setTextVisible(False)
        head, line = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.note)
        line.setSpacing(6)
        for widget in (self.figure, self.unit):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(self.moved)
        self._column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._column.addLayout(head)
        self._column.addLayout(line)
        self._column.addWidget(self.bar)
        self._barred = False
        self.keep_low(low=False)

    def show_figure(self, one: Figure) -> None:
        """Take newer figures."""
        for widget, text in (
            (self.title, one.title),
            (self.figure, one.figure),
            (self.unit, one.unit),
            (self.note, one.note),
            (self.moved, one.moved),
        ):
            widget.setText(visible.shown(text))
        self._barred = one.part is not None
        if one.part is not None:
            self.bar.setMaximum(max(1, one.part[1]))
            self.bar.setValue(one.part[0])
        self.bar.setAccessibleName(f"{one.title}进度")
        self.bar.setVisible(self._barred and not self.note.isHidden())
        notes = "，".join(filter(None, (one.note, one.moved)))
        self.setAccessibleName(f"{one.title} {one.figure} {one.unit}，{notes}")
        self.setToolTip(tip(f"{one.title}：{one.figure} {one.unit}，{notes}"))

    def keep_low(self, *, low: bool) -> None:
        """One line, or four."""
        way = QBoxLayout.Direction
        self._column.setDirection(way.LeftToRight if low else way.TopToBottom)
        self._column.setContentsMargins(*((10, 1, 10, 1) if low else (16, 6, 16, 6)))
        self._column.setSpacing(8 if low else 0)
        self.figure.setProperty("role", "strong" if low else "figure")
        restyle(self.figure)
        for one in (self.note, self.moved):
            one.setHidden(low)
        self.bar.setVisible(self._barred and not low)


class FourFigures(QWidget):
    """The cards beside each other, all of the same width."""

    def __init__(self) -> None:
        super().__init__()
        self.cards = tuple(Card() for _ in BEFORE)
        self._line = line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        for card in self.cards:
            line.addWidget(card, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.show_figures(BEFORE)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show these four."""
        for card, one in zip(self.cards, figures, strict=True):
            card.show_figure(one)

    def keep_low(self, *, low: bool) -> None:
        """Only titles and figures, where the height belongs to the lists."""
        self._line.setSpacing(8 if low else 12)
        for card in self.cards:
            card.keep_low(low=low)
