"""民主评议等次 on a roster form: how many may be 优秀, who is not graded (V-BAL-14, 15), what the ballots propose. Pure.

What a ballot says beyond the quota is told, the ballot counts as it is marked. The proposal (``propose``) is the highest
grade that more than half of a person's marks reach or exceed, 不合格 only where more than half say so; of those whom that makes 优秀 the quota keeps the ones
with the most marks 优秀, and of several with equally many at its edge none: whom to prefer is for the meeting to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pingyi_desktop.appraisal.paper import tallies
from pingyi_desktop.appraisal.paper.forms import Form, Item
from pingyi_desktop.appraisal.paper.keying import Paper, is_void
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found, sentence
from pingyi_desktop.storage.schemas.grade_words import Grade

if TYPE_CHECKING:
    from pingyi_desktop.appraisal.paper.counting import Counted

BEST, BEST_MARK = "优秀", "1"
POLICY = "照票面计，只作提醒"
NAMES = {
    Grade.EXCELLENT: "优秀",
    Grade.QUALIFIED: "合格",
    Grade.BASIC: "基本合格",
    Grade.UNQUALIFIED: "不合格",
    Grade.NOT_RATED: "不评等次",
}
RATED = (Grade.EXCELLENT, Grade.QUALIFIED, Grade.BASIC, Grade.UNQUALIFIED)
"""what the options of a graded form say, in order"""
SHARES: Mapping[str, tuple[int, int]] = {
    "1/3": (1, 3),
    "30%": (30, 100),
    "20%": (20, 100),
    "15%": (15, 100),
}
SHARE_WORDS = {"1/3": "三分之一", "30%": "百分之三十", "20%": "百分之二十", "15%": "百分之十五"}


@dataclass(frozen=True)
class Grading:
    """How a campaign grades: the share of 优秀, whether 预备党员 count among those it is taken of, whether names travel."""

    share: str = "1/3"
    probationary_counted: bool = True
    names: bool = False

    def limit(self, *, listed: int, probationary: int) -> int:
        """优秀名额, rounded down."""
        whole = listed if self.probationary_counted else listed - probationary
        return tallies.excellent_limit(whole, share=SHARES[self.share])

    @property
    def sentence(self) -> str:
        """What the form prints of it."""
        beside = "" if self.probationary_counted else "（不含预备党员）"
        return f"优秀名额按党员总数{beside}{SHARE_WORDS[self.share]}向下取整。"


USUAL = Grading()
_SENTENCES = {Grading(share, counted).sentence for share in SHARES for counted in (True, False)}


def read(document: Mapping[str, Any]) -> Grading:
    """A campaign's grading from its document; V-GRD-30 when the share is none of ``SHARES``."""
    found = Grading(**{**vars(USUAL), **document})
    if found.share not in SHARES:
        raise broken("V-GRD-30", offered="、".join(SHARES))
    return found


def worded(document: Mapping[str, Any], grading: Grading) -> Mapping[str, Any]:
    """A form document whose instructions say this quota where they say one of ours."""
    said = [grading.sentence if one in _SENTENCES else one for one in document["instructions"]]
    return document if said == list(document["instructions"]) else {**document, "instructions": said}


@dataclass(frozen=True)
class Votes:
    """What one person's ballots say: marks for each of ``RATED``; 预备党员 get no grade whatever is marked."""

    number: str
    marks: tuple[int, ...]
    probationary: bool = False


def rating(form: Form) -> Item | None:
    """The item of a roster form that gives 优秀, 合格, 基本合格 or 不合格; None where there is none."""
    wanted = [NAMES[grade] for grade in RATED]
    for item in form.items if form.is_roster else ():
        if [option.label for option in item.scale.options] == wanted:
            return item
    return None


def propose(people: Sequence[Votes], *, limit: int) -> dict[str, Grade | None]:
    """What the ballots propose for everybody (see above); None for whom nobody marked anything."""
    found = {one.number: _by_majority(one) for one in people}
    best = sorted((one.marks[0] for one in people if found[one.number] is Grade.EXCELLENT), reverse=True)
    if len(best) > limit:
        needed = best[limit] + 1  # more than the first who is beyond the quota has
        for one in people:
            if found[one.number] is Grade.EXCELLENT and one.marks[0] < needed:
                found[one.number] = Grade.QUALIFIED
    return found


def _by_majority(one: Votes) -> Grade | None:
    if one.probationary:
        return Grade.NOT_RATED
    reached = 0
    for grade, marks in zip(RATED, one.marks, strict=True):
        reached += marks
        if 2 * reached > sum(one.marks) or (grade is Grade.BASIC and 2 * reached == sum(one.marks) > 0):
            return grade
    return None


def graded(form: Form) -> bool:
    """Whether the form gives each member a grade whose best one is 优秀."""
    return form.is_roster and any(item.scale.options[0].label == BEST for item in form.items)


def on_ballot(
    form: Form, paper: Paper, cells: str, names: Mapping[str, str], grading: Grading = USUAL
) -> list[str]:
    """What is to be said of one ballot to whoever keys it; ``names`` are the 预备党员 listed, by number."""
    if is_void(cells) or not graded(form):
        return []
    said = []
    limit = grading.limit(listed=len(paper.targets), probationary=len(names))
    if (many := _most(form, paper, cells)) > limit:
        said.append(sentence("V-BAL-14", what="本票", n=many, limit=limit, policy=POLICY))
    marked = [names[target] for target in _marked(form, paper, cells) if target in names]
    if marked:
        said.append(sentence("V-BAL-15", names="、".join(marked)))
    return said


def on_stack(
    code: str,
    form: Form,
    paper: Paper,
    stack: Mapping[str, int],
    names: Mapping[str, str],
    grading: Grading = USUAL,
) -> Iterator[Finding]:
    """The same of a whole stack, once: V-BAL-14 and 15 (content of a ballot → how many say it)."""
    valid = {cells: copies for cells, copies in stack.items() if not is_void(cells)}
    if not graded(form):
        return
    limit = grading.limit(listed=len(paper.targets), probationary=len(names))
    over = {cells: many for cells in valid if (many := _most(form, paper, cells)) > limit}
    if over:
        papers = sum(valid[cells] for cells in over)
        what, most = f"本批有 {papers} 张票超额，最多的一张", max(over.values())
        yield found("V-BAL-14", code, what=what, n=most, limit=limit, policy=POLICY)
    marked = {target for cells in valid for target in _marked(form, paper, cells)}
    yield from _probationary(code, marked, names)


def on_counts(code: str, form: Form, counts: Counted, names: Mapping[str, str]) -> Iterator[Finding]:
    """V-BAL-15 of counts from a tally sheet."""
    if graded(form):
        yield from _probationary(
            code, {target for (target, _), cells in counts.items() if sum(cells.options)}, names
        )


def _probationary(code: str, marked: set[str], names: Mapping[str, str]) -> Iterator[Finding]:
    listed = [name for target, name in names.items() if target in marked]
    if listed:
        yield found("V-BAL-15", code, names="、".join(listed))


def _most(form: Form, paper: Paper, cells: str) -> int:
    """How many members one ballot gives the best grade: of the item where it does so most often."""
    width = len(form.items)
    best = [place for place, item in enumerate(form.items) if item.scale.options[0].label == BEST]
    return max(sum(cells[at] == BEST_MARK for at in range(place, paper.size, width)) for place in best)


def _marked(form: Form, paper: Paper, cells: str) -> Iterator[str]:
    """Members whom a ballot gives a grade."""
    width = len(form.items)
    for row, target in enumerate(paper.targets):
        if any(mark in "12345678" for mark in cells[row * width : (row + 1) * width]):
            yield target
