"""A campaign's definition must agree with itself and with the header that carries it. No database."""

from __future__ import annotations

import hashlib
from typing import Any

from pingyi_desktop.exchange.wire.package import Envelope


def agrees(envelope: Envelope) -> bool:
    """Whether the campaign's text is the one its header names, its units form one tree, its forms use its scales."""
    head, document = envelope.address, envelope.document("definition")
    scales = {scale["code"] for scale in document["scales"]}
    forms, orgs = document["forms"], document["orgs"]
    used = {item["scale"] for form in forms for item in form["items"]}
    numbers = [(form["code"], item["no"]) for form in forms for item in form["items"]]
    return (
        head.campaign_sha256 == hashlib.sha256(envelope.members["definition"]).hexdigest()
        and (head.campaign, head.unit, head.mode)
        == (document["campaign"], document["root"], document["mode"])
        and document["start_date"] <= document["end_date"]
        and used <= scales
        and len(scales) == len(document["scales"])
        and len({form["code"] for form in forms}) == len(forms)
        and len(set(numbers)) == len(numbers)
        and _is_tree(orgs, document["root"])
    )


def _is_tree(orgs: list[dict[str, Any]], root: str) -> bool:
    """Each unit once, parents before children, and only the root without a parent."""
    seen: set[str] = set()
    for unit in orgs:
        parent, code = unit["parent"], unit["code"]
        if code in seen or (parent is None) != (code == root) or (parent is not None and parent not in seen):
            return False
        seen.add(code)
    return root in seen
