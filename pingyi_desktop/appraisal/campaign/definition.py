"""What a published definition says, read once: it never changes, so what was read is kept by its text.

Everything given out here is shared by all who ask, and frozen. No database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pingyi_desktop.appraisal.paper import forms
from pingyi_desktop.appraisal.paper.forms import Form

KEPT = 8
"""definitions of one file that are looked at by turns; each is some 60 kB"""


@lru_cache(maxsize=KEPT)
def read(text: str) -> Mapping[str, Any]:
    """The document; its lists are tuples, its objects cannot be written to."""
    document: Mapping[str, Any] = _frozen(json.loads(text))
    return document


@lru_cache(maxsize=KEPT)
def forms_of(text: str, activity: str) -> tuple[Form, ...]:
    """Its forms in their order, with its own scales; ``activity`` is the word they print."""
    document = read(text)
    known = forms.read_scales(document["scales"])
    return tuple(forms.read_form(one, activity=activity, known=known) for one in document["forms"])


def _frozen(value: Any) -> Any:  # noqa: ANN401 - a document has any shape
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(one) for key, one in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
