"""A form shaped by the office that publishes it: from a template and a ``Shape`` to the document that is printed. Pure.

What a template does not offer is refused, so that every form that was shaped can be printed and keyed. The document says
how it was shaped; one that was not is the template's own. Own questions come after the template's and before the
overall one, say on the paper that they are own, and are counted by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pingyi_desktop import visible
from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.appraisal.paper.forms import Form
from pingyi_desktop.appraisal.paper.layout import Layout
from pingyi_desktop.appraisal.rulebook.catalogue import broken

PEOPLE = {"员工": "企业：员工群众", "师生": "学校：师生群众", "干部": "机关：干部群众"}
"""the word before 群众, by kind of unit; another one may be typed"""
OWN_MARK = "附加题："
MOST_WORD, MOST_TEXT, SHORT = 6, 60, 6
_QUESTION = "YESNO3"
_ONLY_HERE = ("people", "parts")
_TWO_TICKS = {
    "LOWEST": (("的，该项作废", "的，按其中最低的一档计"), ("的作废，", "的按其中最低的一档计，")),
    "BALLOT_VOID": (("的，该项作废", "的，整张表作废"), ("的作废，", "的整张表作废，")),
}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"


@dataclass(frozen=True)
class Shape:
    """What an office changes of a template; every part of it may be left as it is.

    ``scale``: code of the scale of its items ("" = the template's). ``people``: the word before 群众 ("" likewise).
    ``split``: whether questions that ask two things are asked apart (C19). ``own``: questions of the office's own.
    """

    scale: str = ""
    people: str = ""
    split: bool = False
    own: tuple[str, ...] = ()


PLAIN = Shape()


def of(document: Mapping[str, Any]) -> Shape:
    """How a form document was shaped; ``PLAIN`` when it is its template's own."""
    said = document.get("shape", {})
    return Shape(**{**said, "own": tuple(said.get("own", ()))})


def offers(template: Mapping[str, Any]) -> Mapping[str, bool]:
    """Which parts of a ``Shape`` a template has room for, by their names."""
    return {
        "scale": not _names_a_grade(template),
        "people": "people" in template,
        "split": any("parts" in item for item in template["items"]),
        "own": template["extra_items_allowed"] > 0,
    }


def shaped(template: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    """The document of a template in this shape; raises V-TPL-26…30 for what the template cannot be."""
    _check(template, shape)
    items: list[dict[str, Any]] = []
    for item in template["items"]:
        parts: Sequence[Mapping[str, str]] = item.get("parts", ()) if shape.split else ()
        items += [{**item, **part} for part in parts or ({},)]
    overall = [items.pop()] if items[-1]["kind"] == "OVERALL" and len(items) > 1 else []
    items += [_own(number, text, items[0]["scale"]) for number, text in enumerate(shape.own, 1)]
    for number, item in enumerate(items, 1):
        item["no"] = str(number)
        if item["short_text"][0] in _CIRCLED:
            item["short_text"] = _CIRCLED[number - 1] + item["short_text"][1:]
    before = template["items"][0]["scale"]
    for item in (*items, *overall):
        asked = item["kind"] == "OVERALL" and item in overall and shape.scale == _QUESTION
        if shape.scale and item["scale"] == before and not asked:
            item["scale"] = shape.scale
        if shape.people:
            item["text"] = item["text"].replace(f"{template['people']}群众", f"{shape.people}群众")
    kept = {key: value for key, value in template.items() if key not in _ONLY_HERE}
    listed = [{k: v for k, v in item.items() if k not in _ONLY_HERE} for item in (*items, *overall)]
    said = {key: value for key, value in asdict(shape).items() if value}
    return {**kept, "items": listed, **({"shape": said} if said else {})}


def versioned(document: Mapping[str, Any], before: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the version that follows ``before`` when its paper differs, so that no two papers share one."""
    changed = _paper(document) != _paper(before)
    return {**document, "version": before["version"] + changed}


def instructed(document: Mapping[str, Any], multi_mark: str) -> dict[str, Any]:
    """The document whose instructions say what the counting rule does with two ticks."""
    lines = list(document["instructions"])
    for said, told in _TWO_TICKS.get(multi_mark, ()):
        lines = [line.replace(said, told) for line in lines]
    return {**document, "instructions": lines}


def check_fits(form: Form) -> None:
    """Refuse a form that no paper can hold (V-TPL-31, V-TPL-37, V-TPL-38), before anybody is asked to print it."""
    layout = Layout(form, ("",) if form.is_roster else tuple(item.text for item in form.items))
    _ = layout.step, layout.pages


def own_of(lines: Sequence[str]) -> tuple[str, ...]:
    """Questions as typed, the empty ones left out."""
    return tuple(filter(None, map(visible.line, lines)))


def _paper(document: Mapping[str, Any]) -> dict[str, Any]:
    apart = ("version", "planned_for", "shape", "instructions")
    return {key: value for key, value in document.items() if key not in apart}


def _own(number: int, text: str, scale: str) -> dict[str, Any]:
    short = f"附{number}{text[:SHORT]}"
    return {"text": f"{OWN_MARK}{text}", "short_text": short, "kind": "RATING", "scale": scale, "own": True}


def _names_a_grade(template: Mapping[str, Any]) -> bool:
    """Whether its instructions speak of the best grade, so that they would be wrong with another scale."""
    best = forms.scales()[template["items"][0]["scale"]].options[0].label
    return any(best in line for line in template["instructions"])


def _check(template: Mapping[str, Any], shape: Shape) -> None:
    title, offered = template["code"], offers(template)
    if shape.scale and shape.scale not in forms.scales():
        raise broken("V-TPL-27", scale=shape.scale, known="、".join(forms.scales()))
    if shape.scale and not offered["scale"]:
        raise broken("V-TPL-28", form=title)
    for part, what in (("people", "“员工群众”这样的用语"), ("split", "一题两问的题")):
        if getattr(shape, part) and not offered[part]:
            raise broken("V-TPL-30", form=title, what=what)
    if shape.people and not (shape.people == visible.line(shape.people) and len(shape.people) <= MOST_WORD):
        raise broken("V-TPL-29", word=shape.people[:20], most=MOST_WORD)
    if len(shape.own) > template["extra_items_allowed"]:
        raise broken("V-TPL-26", form=title, most=template["extra_items_allowed"], n=len(shape.own))
    for text in shape.own:
        if not text or text != visible.line(text) or len(text) > MOST_TEXT:
            raise broken("V-TPL-34", text=text[:20], most=MOST_TEXT)
