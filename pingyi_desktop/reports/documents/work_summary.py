"""R01 群众评议工作总结: the document that a unit sends upward and publishes, drafted from what this file holds (domain §2.7, §6.7).

Every figure is that of a table of this program (R02, R03, R04, R08, R10 …) and stands once more behind the text with its
source. A sentence whose figures are not there is left out; what only people know is asked for in 【】. Nobody is named, nor
is a unit with a low rate.
"""

from __future__ import annotations

from datetime import date

from pingyi_desktop.reports.blocks import Para, Report, in_words
from pingyi_desktop.reports.documents import course, outcome
from pingyi_desktop.reports.documents.draft import Draft, Writing, activity_of
from pingyi_desktop.standing.overview import Question

PARTS = (
    course.opening,
    course.prepared,
    course.held,
    course.practice,
    outcome.rated,
    outcome.heard,
    outcome.made_known,
    outcome.ahead,
)


def written(asked: Question, layer: int | None, under: str) -> Draft:
    """What the document says of itself, section by section, with every figure in it."""
    layers = (1, 2) if layer is None else (layer,)
    writing = Writing(asked, Draft(), asked.picture.find(under), layers, date.today().isoformat())
    covered = asked.covered
    if covered.missing and layer != 1:
        writing.draft.say(f"【{covered.sentence}，数字还不全，报齐以后请重新生成本稿】")
    for part in PARTS:
        part(writing)
    return writing.draft


def build(asked: Question, layer: int | None, under: str) -> Report:
    """The draft about the organisation ``under`` and all below it, at a layer (None: both)."""
    subject, view = asked.picture.find(under), asked.picture.view
    draft = written(asked, layer, under)
    own = subject.code == view.root_code and view.office_name
    ending = (
        Para(""),
        Para(own or subject.full_name, "right"),
        Para(in_words(date.today().isoformat()), "right"),
    )
    return Report(
        "R01",
        f"{subject.full_name}\n{activity_of(view)}群众评议工作总结",
        "",
        "",
        "",
        (*draft.blocks, *ending, *draft.sources()),
        document=True,
    )
