"""A document being written: numbered sections of sentences, and where each figure in them comes from.

A figure goes into a sentence through ``Draft.figure``, which notes what it is and in which table of this program it stands:
so a document can be held against the tables line by line. What only people know is asked for in 【】.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from pingyi_desktop.appraisal.campaign import at_work
from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
from pingyi_desktop.appraisal.campaign.results import Counted, FormResult
from pingyi_desktop.appraisal.ledgers import catalog, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row as LedgerRow
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.reports.blocks import (
    INDENT,
    Block,
    Heading,
    Para,
    Report,
    ReportColumn,
    Row,
    Table,
    in_words,
)
from pingyi_desktop.standing import earlier, overview
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schemas.meetings import MeetingKind, MeetingState

NUMBERS = "一二三四五六七八九十"
SOURCES = (
    ReportColumn("序号", 10, "center"),
    ReportColumn("文中所引", 74, "left"),
    ReportColumn("数字", 28),
    ReportColumn("出处", 68, "left"),
)
APPENDIX = "附：文中数字出处（核对用，成文时删去）"
LISTED = 5
"""good practices and problems that are offered to choose from"""


class Figure(NamedTuple):
    """A number of a document as it is written, what it is (with its unit, unless that is %), and the table it stands in."""

    what: str
    value: str
    source: str


@dataclass
class Draft:
    """``blocks`` is what was written, ``figures`` stand in it, in this order."""

    blocks: list[Block] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    sections: int = 0

    def figure(self, what: str, value: object, source: str) -> str:
        """The value as it stands in the text, noted with its source."""
        self.figures.append(Figure(what, str(value), source))
        return str(value)

    def section(self, title: str) -> None:
        """Begin the next numbered section."""
        self.blocks.append(Heading(f"{NUMBERS[self.sections]}、{title}"))
        self.sections += 1

    def say(self, *sentences: str) -> None:
        """One paragraph of the sentences that are not empty; none when all are."""
        if said := "".join(sentences):
            self.blocks.append(Para(INDENT + said))

    def ask(self, wanted: str) -> None:
        """A paragraph that somebody has to write."""
        self.say(f"【请补写：{wanted}】")

    def sources(self) -> tuple[Block, ...]:
        """The table to hold the text against; nothing when the text has no figures."""
        rows = tuple(Row((number, *one)) for number, one in enumerate(self.figures, 1))
        title = Heading(APPENDIX, overleaf=True)
        return (title, Table(SOURCES, rows)) if rows else ()


@dataclass(frozen=True)
class Writing:
    """The draft, what it is about (``subject`` and all below it, at ``layers``), and what is asked of the file for it."""

    asked: Question
    draft: Draft
    subject: Org
    layers: Sequence[int]
    today: str

    @property
    def tree(self) -> Sequence[Org]:
        """The organisations it is about, ``subject`` first."""
        return self.asked.picture.below(self.subject.code)

    @property
    def layer(self) -> int | None:
        """The only layer, None for both."""
        return self.layers[0] if len(self.layers) == 1 else None

    @property
    def sum_name(self) -> str:
        """The name of the row of R03 and R04 that adds up all of it."""
        return "合计" if self.layer is None else f"{layer_name(self.layer)}小计"

    @cached_property
    def results(self) -> list[FormResult]:
        """Every form's pooled result that has ballots; hidden where the k-rule hides it."""
        found = self.asked.counted.pooled(layer=self.layer, under=self.subject.code)
        return [one for one in found if one.batches]

    @cached_property
    def before(self) -> Counted | None:
        """The sealed counts of the period before."""
        known = at_work.newest_first(self.asked.session)
        return earlier.period(self.asked.session, known, now=self.asked.counted)

    @cached_property
    def inspections(self) -> list[LedgerRow]:
        """Records of inspections, which say what was done well and what is wanting."""
        return self.listing("inspection")

    @cached_property
    def promises(self) -> rows.Figures:
        """What public promises add up to."""
        return self.added("commitment")

    def listing(self, key: str, *, segment: str = "") -> list[LedgerRow]:
        """Rows of a ledger that count."""
        wanted = Asked(self.asked.campaign_id, self.today, self.subject.code, segment, counted=True)
        return rows.listing(self.asked.session, catalog.ledger(key), wanted, units=self.asked.picture.tree)

    def added(self, key: str, *, segment: str = "") -> rows.Figures:
        """What a ledger adds up to."""
        wanted = Asked(self.asked.campaign_id, self.today, self.subject.code, segment, counted=True)
        return rows.figures(self.asked.session, catalog.ledger(key), wanted)

    def meetings(self, kind: MeetingKind) -> int:
        """Meetings of a kind that were held."""
        held = self.listing("meeting", segment=MeetingState.HELD)
        return sum(one.values["kind"] == kind for one in held)


def activity_of(view: CampaignView) -> str:
    """What the campaign belongs to, as it stands before 群众评议."""
    named = view.activity.removesuffix("活动")
    return f"{named}活动" if named else ""


def said_most(listed: Sequence[LedgerRow], key: str) -> list[str]:
    """What records say in this field, the most frequent first, without who says it or of whom."""
    said = Counter(one.texts[key].rstrip("。；") for one in listed if one.texts[key])
    return [text for text, _ in said.most_common(LISTED)]


def write(
    parts: Sequence[Callable[[Writing], None]], asked: Question, layer: int | None, under: str
) -> Draft:
    """The parts of a document one after another; that units are missing is said before everything else."""
    layers = (1, 2) if layer is None else (layer,)
    writing = Writing(asked, Draft(), asked.picture.find(under), layers, date.today().isoformat())
    if missing := _missing(writing):
        writing.draft.say(f"【{'；'.join(missing)}。数字还不全，报齐以后请重新生成本稿】")
    for part in parts:
        part(writing)
    return writing.draft


def _missing(writing: Writing) -> list[str]:
    """How many units have not reported, and how many were not appraised at layer one; nothing when all are there."""
    seen, inside, said = writing.asked.picture, {one.code for one in writing.tree}, []
    if 1 in writing.layers:
        forms = {form.code for form in seen.view.forms}
        done = overview.appraised(seen.stacks, layer=1, inside=inside, forms=forms)
        said += [f"层面一已评 {done.done} / 应评 {done.expected}"] if done.open else []
    if 2 in writing.layers:
        units = tuple(one for one in writing.asked.covered.units if one.org.code in inside)
        covered = overview.Coverage(units)
        said += [covered.sentence] if covered.missing else []
    return said


def document(number: str, title: str, draft: Draft, asked: Question, under: str) -> Report:
    """The draft as a document: under the name of its unit, ``title`` with the activity in it, signed by that unit or its office."""
    subject, view = asked.picture.find(under), asked.picture.view
    signed = subject.code == view.root_code and view.office_name
    today = in_words(date.today().isoformat())
    ending = (Para(""), Para(signed or subject.full_name, "right"), Para(today, "right"))
    named = f"{subject.full_name}\n{title.format(activity_of(view))}"
    return Report(number, named, "", "", "", (*draft.blocks, *ending, *draft.sources()), document=True)
