"""Packages to test with: a small campaign, keys made from a number, and envelopes of every type.

Nothing here is random, so every package is the same in every run and on every machine.

    QL ─ QL.01 ─ QL.01.G01 ─ QL.01.G01.B001, QL.01.G01.B002
                └ QL.01.B003
       └ QL.02 ─ QL.02.B001
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from pingyi_desktop.exchange.inbox import desks
from pingyi_desktop.exchange.merging.merge import Record
from pingyi_desktop.exchange.wire import canonical, package
from pingyi_desktop.exchange.wire.header import Totals
from pingyi_desktop.exchange.wire.package import Address, Envelope

PARENTS: dict[str, str | None] = {
    "QL": None,
    "QL.01": "QL",
    "QL.01.G01": "QL.01",
    "QL.01.G01.B001": "QL.01.G01",
    "QL.01.G01.B002": "QL.01.G01",
    "QL.01.B003": "QL.01",
    "QL.02": "QL",
    "QL.02.B001": "QL.02",
}
NAMES = {
    "QL": "青峦公司党委",
    "QL.01": "一矿党委",
    "QL.01.G01": "一矿采掘党总支",
    "QL.01.G01.B001": "一矿采一队党支部",
    "QL.01.G01.B002": "一矿采二队党支部",
    "QL.01.B003": "一矿机关党支部",
    "QL.02": "二矿党委",
    "QL.02.B001": "二矿机关党支部",
}
TYPES = {0: "COMPANY_COMMITTEE", 1: "GRASSROOTS_COMMITTEE", 2: "GENERAL_BRANCH", 3: "BRANCH"}
SALT = "00112233445566778899aabbccddeeff"
OPTIONS = (
    ("SATISFIED", "满意", "STRICT"),
    ("FAIRLY", "比较满意", "WIDE1"),
    ("BASIC", "基本满意", "WIDE2"),
    ("UNSATISFIED", "不满意", None),
)


def key(number: int) -> bytes:
    """Private key number ``number``; 0 is the bytes 00…1f of the known-answer vector."""
    if number == 0:
        return bytes(range(32))
    return hashlib.sha256(f"pingyi test key {number}".encode()).digest()


def key_of(unit: str, epoch: int = 1) -> bytes:
    """The private key of a unit in an epoch."""
    return hashlib.sha256(f"pingyi test key {unit} {epoch}".encode()).digest()


def form(code: str, kind: str, numbers: Sequence[str]) -> dict[str, Any]:
    """A form document with these item numbers."""
    items = [
        {"no": no, "text": f"第{no}项", "short_text": no, "kind": "RATING", "scale": "SAT4"} for no in numbers
    ]
    return {
        "code": code,
        "version": 1,
        "title": "评议表",
        "subject_kind": kind,
        "paper": "A4_PORTRAIT",
        "layout": "CHECKBOX_GRID",
        "items": items,
        "opinion_area": [],
        "instructions": [],
    }


def definition(**changed: Any) -> dict[str, Any]:
    """The definition of the small campaign: one organisation form, one roster form."""
    orgs = [
        {
            "code": code,
            "parent": parent,
            "type": TYPES[min(code.count("."), 3)],
            "full_name": NAMES[code],
            "short_name": NAMES[code],
            "in_scope": True,
        }
        for code, parent in PARENTS.items()
    ]
    options = [
        {
            "code": code,
            "label": label,
            "score": 100 - 20 * number,
            "polarity": "POSITIVE",
            "satisfied_from": wide,
            "in_denominator": True,
        }
        for number, (code, label, wide) in enumerate(OPTIONS)
    ]
    texts = ("office_name", "purpose", "tasks", "scope_text", "subjects_text", "methods_text")
    document: dict[str, Any] = {
        "campaign": "c1",
        "root": "QL",
        "mode": "official",
        "name": "2024年创先争优活动群众评议",
        "activity": "创先争优",
        "period_type": "ANNUAL",
        "period_year": 2024,
        "period_no": 1,
        "start_date": "2024-01-01",
        "end_date": "2024-12-31",
        **dict.fromkeys(texts, ""),
        "rule": {"satisfied_set": "STRICT", "digits": 1, "cap_100": True},
        "forms": [form("T-ORG-A", "ORG", ("1", "X")), form("T-MEM-B", "MEMBER_ROSTER", ("1",))],
        "scales": [{"code": "SAT4", "name": "满意四档", "options": options}],
        "voter_categories": [{"code": "ALL", "name": "全体参评人员"}],
        "orgs": orgs,
    }
    return {**document, **changed}


DEFINITION = definition()
DIGEST = hashlib.sha256(canonical.encode(DEFINITION)).hexdigest()


def address(kind: str, unit: str, **changed: Any) -> Address:
    """An address with everything that does not matter filled in."""
    fields = {
        "type": kind,
        "campaign": "c1",
        "campaign_sha256": DIGEST,
        "unit": unit,
        "unit_name": NAMES.get(unit, unit),
        "to": PARENTS.get(unit) or "",
        "epoch": 1,
        "revision": 1,
        "mode": "official",
        "created": "2024-01-15",
        "app": "0.1.0",
    }
    return Address(**{**fields, **changed})


def sealed(
    kind: str,
    unit: str,
    documents: Mapping[str, object],
    *,
    by: bytes | None = None,
    detachable: Sequence[str] = (),
    cosigners: Sequence[bytes] = (),
    **changed: Any,
) -> Envelope:
    """An envelope of these documents, signed by the unit's own key unless ``by`` is given."""
    head = address(kind, unit, **changed)
    return sealed_at(head, documents, by=by, detachable=detachable, cosigners=cosigners)


def sealed_at(
    head: Address,
    documents: Mapping[str, object],
    *,
    by: bytes | None = None,
    detachable: Sequence[str] = (),
    cosigners: Sequence[bytes] = (),
) -> Envelope:
    """The same under any address, also of a unit that is not in the small campaign."""
    members = {name: canonical.encode(document) for name, document in documents.items()}
    private = by or key_of(head.unit, head.epoch)
    return package.seal(head, members=members, private=private, detachable=detachable, cosigners=cosigners)


def campaign(document: Mapping[str, Any] | None = None, **changed: Any) -> Envelope:
    """The campaign, signed by its root."""
    body = DEFINITION if document is None else document
    digest = hashlib.sha256(canonical.encode(body)).hexdigest()
    fields = {"to": "", "campaign_sha256": digest, **changed}
    return sealed("campaign", "QL", {"definition": body}, **fields)


def person(org: str = "QL.01.G01.B001", name: str = "赵建国") -> dict[str, Any]:
    """One party member of a roster."""
    return {
        "org": org,
        "member_no": f"{org}-01",
        "name": name,
        "name_suffix": "",
        "group_name": "",
        "category": "FULL",
        "party_duty": "",
        "is_leading_cadre": False,
        "post": "",
        "roster_status": "IN_SCOPE",
        "exempt_reason": "",
        "sort_no": 0,
    }


def assignment(office: str, unit: str, **changed: Any) -> Envelope:
    """A task of ``office`` for ``unit`` with a roster of one."""
    documents = {
        "task": {"unit": unit, "parent": office, "epoch": 1},
        "roster": {"people": [person(unit)]},
    }
    return sealed("assignment", office, documents, detachable=["roster"], to=unit, **changed)


def item(counts: Sequence[int], *, no: str = "1", target: str = "", **other: int) -> dict[str, Any]:
    """Marks of one item."""
    rest = {"blank": 0, "multi": 0, "illegible": 0, **other}
    return {"target": target, "item": no, "counts": list(counts), **rest}


def batch(unit: str, *items: Mapping[str, Any], form_code: str = "T-ORG-A", **changed: Any) -> dict[str, Any]:
    """A batch whose control sheet fits 12 valid ballots."""
    fields = {
        "layer": 2,
        "org": unit,
        "form": form_code,
        "version": 1,
        "voter_category": "ALL",
        "printed": 14,
        "issued": 13,
        "returned": 13,
        "blank": 1,
        "void": 0,
        "valid": 12,
        "persons": 1,
        "entry_mode": "COUNT",
        "ballot_commit": None,
        "items": list(items),
    }
    return {**fields, **changed}


def meeting(unit: str, **changed: Any) -> dict[str, Any]:
    """A held session of 13 people."""
    fields = {
        "layer": 2,
        "org": unit,
        "held_on": "2024-01-15",
        "meeting_type": "FORUM",
        "expected": 13,
        "actual": 13,
        "self_introduced": 12,
        "oral_reports": 11,
        "members": 12,
    }
    return {**fields, **changed}


def documents_of(unit: str, satisfied: int = 10) -> dict[str, Any]:
    """Documents of a sound submission: an organisation form and a roster form of two persons, 12 valid ballots."""
    counts = (satisfied, 12 - satisfied, 0, 0)
    org = batch(unit, item(counts), item((11, 0, 0, 0), no="X", multi=1))
    people = [item((12, 0, 0, 0), target="m1"), item((9, 2, 0, 0), target="m2", blank=1)]
    roster = batch(unit, item((21, 2, 0, 0), blank=1), form_code="T-MEM-B", persons=2)
    shared = ("layer", "org", "form", "version", "voter_category")
    return {
        "sessions": {"salt": SALT, "sessions": [meeting(unit)]},
        "tallies": {"salt": SALT, "batches": [org, roster]},
        "ratee_tallies": {
            "salt": SALT,
            "batches": [{**{key: roster[key] for key in shared}, "items": people}],
        },
    }


TOTALS = Totals(eligible=13, issued=26, returned=26, valid=24, invalid=2)


def submission(
    unit: str, *, satisfied: int = 10, documents: Mapping[str, Any] | None = None, **changed: Any
) -> Envelope:
    """A submission of the unit, sound unless other documents are given."""
    bodies = documents_of(unit, satisfied) if documents is None else documents
    fields = {"coverage": TOTALS, **changed}
    return sealed("submission", unit, bodies, detachable=["ratee_tallies"], **fields)


def rollup(office: str, accepted: Sequence[Envelope], **changed: Any) -> Envelope:
    """A rollup that accepts these envelopes and vouches for the keys of the office's direct children among them."""
    keys = {
        (one.address.unit, one.address.epoch): one.signer
        for one in accepted
        if PARENTS.get(one.address.unit) == office
    }
    index = {
        "accepts": sorted(one.id for one in accepted),
        "keys": [{"unit": unit, "epoch": epoch, "key": key} for (unit, epoch), key in sorted(keys.items())],
        "expected": sorted(code for code, parent in PARENTS.items() if parent == office),
    }
    return sealed("rollup", office, {"index": index}, **changed)


def record(envelope: Envelope) -> Record:
    """What the merge knows of an envelope."""
    return desks.record(envelope)


def vector() -> Envelope:
    """The known-answer vector: key 00…1f, a fixed small header, two members."""
    documents = {"index": {"accepts": [], "expected": [], "keys": []}, "note": {"text": "评议"}}
    return sealed("rollup", "QL.01", documents, by=key(0), campaign_sha256="0" * 64)
