"""民主评议等次 on a roster form: how many may be 优秀, and who is not graded (V-BAL-14, 15). Pure.

The counting rule has no setting of its own for these: what the form prints is said, the ballot counts as it is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pingyi_desktop.appraisal.paper.counting import Counted
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.keying import Paper, is_void
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found, sentence

BEST, BEST_MARK = "优秀", "1"
SHARE = 3  # 优秀 at most a third of those listed, rounded down
POLICY = "照票面计，只作提醒"


def graded(form: Form) -> bool:
    """Whether the form gives each member a grade whose best one is 优秀."""
    return form.is_roster and any(item.scale.options[0].label == BEST for item in form.items)


def on_ballot(form: Form, paper: Paper, cells: str, names: Mapping[str, str]) -> list[str]:
    """What is to be said of one ballot to whoever keys it; ``names`` are the 预备党员 listed, by number."""
    if is_void(cells) or not graded(form):
        return []
    said = []
    limit = len(paper.targets) // SHARE
    if (many := _most(form, paper, cells)) > limit:
        said.append(sentence("V-BAL-14", what="本票", n=many, limit=limit, policy=POLICY))
    marked = [names[target] for target in _marked(form, paper, cells) if target in names]
    if marked:
        said.append(sentence("V-BAL-15", names="、".join(marked)))
    return said


def on_stack(
    code: str, form: Form, paper: Paper, stack: Mapping[str, int], names: Mapping[str, str]
) -> Iterator[Finding]:
    """The same of a whole stack, once: V-BAL-14 and 15 (content of a ballot → how many say it)."""
    valid = {cells: copies for cells, copies in stack.items() if not is_void(cells)}
    if not graded(form):
        return
    limit = len(paper.targets) // SHARE
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
