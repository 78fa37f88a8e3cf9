"""读任务文件: a task file opened with its code and verified, before anything is taken up (package design §3).

Whoever can open the seal has the code from the office above: that is what authenticates the first task of a unit, so a
file that is not sealed is refused, whatever is in it and whatever code is typed. Anyone who holds the published
definition could have made it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.wire import age, bundle, header, package, trust

SECRET = "enrolment"
"""the member that holds the token: it travels and is kept in no data file"""
PERSON = (
    "member_no",
    "name",
    "name_suffix",
    "group_name",
    "category",
    "party_duty",
    "is_leading_cadre",
    "post",
    "roster_status",
    "exempt_reason",
    "sort_no",
)
"""what of a party member travels in a task"""
_NO_TASK = "这不是任务文件。下级上报的数据包请在“收发”页导入。"
UNSEALED = (
    "这个任务文件没有用激活码加密：谁都能伪造这样的文件，所以不能打开。"
    "请打电话告诉上级，让它用现在的版本重新下发任务文件和激活码。"
)


@dataclass(frozen=True)
class Task:
    """A verified task file, read but not taken up. ``fingerprint`` is that of the office which signed it.

    A task without ``token`` or ``recipient`` can be read, but is not taken up.
    """

    unit_code: str
    unit_name: str
    unit_type: str
    parent_code: str
    parent_name: str
    campaign_id: str
    campaign_name: str
    mode: str
    epoch: int
    fingerprint: str
    orgs: tuple[Mapping[str, Any], ...]
    people: tuple[Mapping[str, Any], ...]
    definition: package.Envelope
    assignment: package.Envelope = field(repr=False)
    token: str = field(default="", repr=False)
    recipient: str = ""


def check_sealed(data: bytes) -> None:
    """Raise the sentence for a file that no code opens: an open task file, a package, or something else."""
    if not age.is_sealed(data):
        kinds = {envelope.address.type for envelope in bundle.read(data)}
        raise PackageError(UNSEALED if header.ASSIGNMENT in kinds else _NO_TASK)


def read_task(data: bytes, code: str) -> Task:
    """Verify a task file; a sentence when it is not one, does not hold together, or the typed ``code`` is wrong.

    The code's check digit is looked at first: opening the file takes a moment.
    """
    check_sealed(data)
    if not code.strip():
        raise PackageError("这个任务文件要用激活码打开，请输入纸条上的 16 位数字。")
    found = bundle.read(age.open_with_code(data, codes.read_code(code)))
    envelopes = {envelope.address.type: envelope for envelope in found}
    if len(found) != len(envelopes) or envelopes.keys() != {header.CAMPAIGN, header.ASSIGNMENT}:
        raise PackageError(_NO_TASK)
    definition, assignment = envelopes[header.CAMPAIGN], envelopes[header.ASSIGNMENT]
    document, task = definition.document("definition"), assignment.document("task")
    orgs = {row["code"]: row for row in document["orgs"]}
    unit, parent = task["unit"], assignment.address.unit
    if not _holds_together(definition, assignment):
        raise PackageError("任务文件前后不一致，可能被改动过，请让上级重新下发。")
    if recipient := task.get("recipient", ""):
        age.check_recipient(recipient)
    return Task(
        unit_code=unit,
        unit_name=orgs[unit]["short_name"],
        unit_type=orgs[unit]["type"],
        parent_code=parent,
        parent_name=orgs[parent]["short_name"],
        campaign_id=document["campaign"],
        campaign_name=document["name"],
        mode=document["mode"],
        epoch=task["epoch"],
        fingerprint=trust.fingerprint(assignment.signer),
        orgs=tuple(_subtree(document["orgs"], unit)),
        people=tuple((assignment.document("roster") or {"people": ()})["people"]),
        definition=definition,
        assignment=assignment,
        token=(assignment.document(SECRET) or {"token": ""})["token"],
        recipient=recipient,
    )


def _holds_together(definition: package.Envelope, assignment: package.Envelope) -> bool:
    document, task = definition.document("definition"), assignment.document("task")
    orgs = {row["code"]: row for row in document["orgs"]}
    bound = hashlib.sha256(definition.members["definition"]).hexdigest()
    parent, unit = assignment.address.unit, task["unit"]
    inside = {row["code"] for row in _subtree(document["orgs"], unit)}
    return (
        bound == assignment.address.campaign_sha256 == definition.address.campaign_sha256
        and assignment.address.campaign == definition.address.campaign == document["campaign"]
        and definition.address.unit == document["root"]
        and assignment.address.to == unit
        and unit in orgs
        and all(row["org"] in inside for row in (assignment.document("roster") or {"people": ()})["people"])
        and orgs[unit]["parent"] == parent == task["parent"]
        and (parent != document["root"] or assignment.signer == definition.signer)
    )


def _subtree(orgs: Sequence[Mapping[str, Any]], unit: str) -> list[Mapping[str, Any]]:
    inside, found = {unit}, []
    for row in orgs:
        if row["code"] == unit or row["parent"] in inside:
            inside.add(row["code"])
            found.append(row)
    return found
