"""R01 群众评议工作总结: the document that a unit sends upward and publishes, drafted from what this file holds (domain §2.7, §6.7).

Every figure is that of a table of this program (R02, R03, R04, R08, R10 …) and stands once more behind the text with its
source. A sentence whose figures are not there is left out; what only people know is asked for in 【】. Nobody is named, nor
is a unit with a low rate.
"""

from __future__ import annotations

from pingyi_desktop.reports.blocks import Report
from pingyi_desktop.reports.documents import course, outcome
from pingyi_desktop.reports.documents.draft import Draft, document, write
from pingyi_desktop.standing.overview import Question

PARTS = (
    course.opening,
    course.prepared,
    course.held,
    course.practice,
    outcome.rated,
    outcome.kept,
    outcome.heard,
    outcome.made_known,
    outcome.ahead,
)


def written(asked: Question, layer: int | None, under: str) -> Draft:
    """What the document says, section by section, with every figure in it."""
    return write(PARTS, asked, layer, under)


def build(asked: Question, layer: int | None, under: str) -> Report:
    """The draft about the organisation ``under`` and all below it, at a layer (None: both)."""
    return document("R01", "{}群众评议工作总结", written(asked, layer, under), asked, under)
