"""评议表 and 评分等次 as data: reads form templates, rating scales and the default counting rule from resources.

A form document travels inside the published campaign, so the same parser reads a template of ours and a form that
came in a task file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from pingyi_desktop import paths
from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found

MAX_OPTIONS = 8
ROSTER = "MEMBER_ROSTER"
SUBJECT_KINDS = ("ORG", "MEMBERS_COLLECTIVE", ROSTER)
FIVE_GOOD, SINGLE = "T-ORG-E", "T-MEM-C"
"""print-only: the page attached to an organisation's form, and a form about one person"""
SATISFIED_SETS = ("STRICT", "WIDE1", "WIDE2")
PLACES = {
    "L1_COMMITTEE": f"{layer_name(1)}党委",
    "L2_GENERAL_BRANCH": f"{layer_name(2)}党总支",
    "L2_BRANCH": f"{layer_name(2)}党支部",
}
"""where ballots are cast: the layer and the kind of organisation"""
_PLACE_OF = {
    (1, "COMPANY_COMMITTEE"): "L1_COMMITTEE",
    (1, "GRASSROOTS_COMMITTEE"): "L1_COMMITTEE",
    (2, "GENERAL_BRANCH"): "L2_GENERAL_BRANCH",
    (2, "BRANCH"): "L2_BRANCH",
}


@dataclass(frozen=True)
class Option:
    """One grade of a scale (等次); ``satisfied_from`` is the narrowest set that counts it as satisfied."""

    code: str
    label: str
    score: int | None
    polarity: str
    satisfied_from: str | None
    in_denominator: bool


@dataclass(frozen=True)
class Scale:
    """Rating scale, best grade first; the keys 1–8 follow this order."""

    code: str
    name: str
    options: tuple[Option, ...]

    def satisfied(self, satisfied_set: str) -> tuple[int, ...]:
        """Positions (from 0) of the options that count as satisfied under STRICT, WIDE1 or WIDE2."""
        widths = SATISFIED_SETS[: SATISFIED_SETS.index(satisfied_set) + 1]
        return tuple(i for i, option in enumerate(self.options) if option.satisfied_from in widths)


@dataclass(frozen=True)
class Item:
    """评议内容: one row of the form; ``no`` is what is printed before it (X for the overall question).

    An ``own`` one was added by the office that published the campaign (附加题); it is never taken together with others.
    """

    no: str
    text: str
    short_text: str
    kind: str
    scale: Scale
    own: bool = False

    @property
    def place(self) -> str:
        """Where it stands, in words: “第 3 项”, or “总体评价”."""
        return "总体评价" if self.kind == "OVERALL" else f"第 {self.no} 项"


@dataclass(frozen=True)
class Form:
    """评议表 with the activity's name filled in; ``document`` is the source it was read from.

    ``planned_for`` are the ``PLACES`` it is for; forms of the first edition do not say, and are for all of them.
    """

    code: str
    version: int
    title: str
    subject_kind: str
    paper: str
    items: tuple[Item, ...]
    opinion_area: tuple[str, ...]
    instructions: tuple[str, ...]
    document: Mapping[str, Any]
    planned_for: tuple[str, ...] = tuple(PLACES)

    def planned_at(self, layer: int, org_type: str) -> bool:
        """Whether an organisation of this kind gets ballots of the form at the layer."""
        return _PLACE_OF.get((layer, org_type)) in self.planned_for

    @property
    def where(self) -> str:
        """Where it is used, in words."""
        return "、".join(text for place, text in PLACES.items() if place in self.planned_for)

    @property
    def widest(self) -> int:
        """Most options any item has."""
        return max(len(item.scale.options) for item in self.items)

    @property
    def is_roster(self) -> bool:
        """True when the form lists every member of the branch (名册式)."""
        return self.subject_kind == ROSTER


def side_of(form: Form) -> str:
    """Whom it appraises: ORG, the party organisation, or MEMBER, its members."""
    return "ORG" if form.subject_kind == "ORG" else "MEMBER"


@cache
def scales() -> dict[str, Scale]:
    """The rating scales the program brings, by code."""
    return read_scales(json.loads((paths.resources() / "forms" / "scales.json").read_text(encoding="utf-8")))


@cache
def templates() -> dict[str, Mapping[str, Any]]:
    """The form documents the program brings for campaigns, by code."""
    return {
        code: document for code, document in _documents().items() if document["subject_kind"] in SUBJECT_KINDS
    }


def print_only(code: str, *, activity: str) -> Form:
    """A form that is printed and counted by hand, and never keyed here: ``FIVE_GOOD`` or ``SINGLE``."""
    document = _documents()[code]
    return read_form(document, activity=activity, known={**scales(), **read_scales(document["own_scales"])})


@cache
def _documents() -> dict[str, Mapping[str, Any]]:
    files = sorted((paths.resources() / "forms").glob("T-*.json"))
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {document["code"]: document for document in documents}


def default_rule() -> dict[str, Any]:
    """The default counting rule (统计口径)."""
    text = (paths.resources() / "rules" / "default.json").read_text(encoding="utf-8")
    rule: dict[str, Any] = json.loads(text)
    return rule


def read_scales(documents: Iterable[Mapping[str, Any]]) -> dict[str, Scale]:
    """Scales from their documents; raises V-TPL-02 when a scale cannot give a satisfaction rate."""
    found = {}
    for document in documents:
        options = tuple(Option(**option) for option in document["options"])
        if not 2 <= len(options) <= MAX_OPTIONS or options[0].satisfied_from != "STRICT":
            raise broken("V-TPL-02")
        found[document["code"]] = Scale(document["code"], document["name"], options)
    return found


def findings(forms: Iterable[Form]) -> list[Finding]:
    """What a campaign's forms say of themselves: V-TPL-03 two questions in one, V-SCO-01 scores that do not fall."""
    listed = []
    scales = {}
    for form in forms:
        for item in form.items:
            scales[item.scale.code] = item.scale
            if "、" in item.text and item.text.count("情况") >= 2:
                listed.append(found("V-TPL-03", form.code, form=form.title, item=item.no))
    for scale in scales.values():
        scored = [option for option in scale.options if option.score is not None]
        for better, worse in pairwise(scored):
            if (better.score or 0) <= (worse.score or 0):
                listed.append(found("V-SCO-01", scale.name, better=better.label, worse=worse.label))
    return listed


def read_form(document: Mapping[str, Any], *, activity: str, known: Mapping[str, Scale]) -> Form:
    """A form from its document; ``activity`` replaces ``{{activity}}``. Raises V-TPL-01 and V-TPL-23."""

    def fill(text: str) -> str:
        return text.replace("{{activity}}", activity)

    items: list[Item] = []
    for number, row in enumerate(document["items"], 1):
        text = fill(row["text"].strip())
        same = next((other.no for other in items if other.text == text), "")
        if not text or same:
            raise broken("V-TPL-01", item=number, other=same or number)
        if row["scale"] not in known:
            raise broken("V-TPL-23", item=number, scale=row["scale"])
        scale, own = known[row["scale"]], bool(row.get("own"))
        items.append(Item(row["no"], text, fill(row["short_text"]), row["kind"], scale, own))
    return Form(
        code=document["code"],
        version=document["version"],
        title=fill(document["title"]),
        subject_kind=document["subject_kind"],
        paper=document["paper"],
        items=tuple(items),
        opinion_area=tuple(document["opinion_area"]),
        instructions=tuple(document["instructions"]),
        document=document,
        planned_for=read_places(document),
    )


def read_places(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a form document says it is used (``PLACES``); everywhere when it does not say."""
    return tuple(document.get("planned_for", PLACES))


def placed(document: Mapping[str, Any], places: Iterable[str] | None) -> Mapping[str, Any]:
    """A template for these ``PLACES`` (None: where it says itself). Raises V-TPL-25 when there are none or unknown ones."""
    if places is None:
        return document
    wanted = set(places)
    chosen = [place for place in PLACES if place in wanted]
    if not chosen or wanted - PLACES.keys():
        listed = "、".join(f"{place}（{text}）" for place, text in PLACES.items())
        raise broken("V-TPL-25", code=document["code"], listed=listed)
    return {**document, "planned_for": chosen}
