"""What the members of a package say: the shape of every body this edition knows (package design §2.2). No database.

``bundle.read`` checks the shape of whatever comes in, so that the rest of the program reads documents whose fields are
all there and of the right kind. Whether figures add up is for ``identities``; members with other names are carried
upward untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, get_args, get_origin

from pydantic import ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import canonical, graded, header, later, published
from pingyi_desktop.exchange.wire.header import (
    Code,
    Count,
    Day,
    Fields,
    Hex64,
    Layer,
    Line,
    Name,
    Nothing,
    Number,
    Salt,
)
from pingyi_desktop.exchange.wire.ledger_shapes import LEDGER_PEOPLE, LEDGERS, ORDERS, Ledgers
from pingyi_desktop.exchange.wire.package import Envelope

Word = Annotated[str, Field(pattern=r"\A[A-Z0-9_]{1,40}\z")]
Text = Annotated[str, Field(max_length=20_000)]
Place = Annotated[str, Field(pattern=r"\A(L1_COMMITTEE|L2_GENERAL_BRANCH|L2_BRANCH)\z")]
Recipient = Annotated[str, Field(pattern=r"\Aage1[02-9ac-hj-np-z]{58}\z")]


# A JSON array is a Python list; strict reading would otherwise ask for a tuple.
MANY = Field(strict=False)
SOME = Field(strict=False, min_length=1)
MOST_FORMS, MOST_ITEMS, MOST_CATEGORIES = 50, 30, 36
"""of one definition: far beyond what this program can publish, and what can still be printed and keyed"""


class SessionFacts(Fields):
    """One session (场次): when, and how many people; None when not registered."""

    layer: Layer
    org: Code
    held_on: Day | None
    meeting_type: Word
    expected: Count | None
    actual: Count | None
    self_introduced: Count | None
    oral_reports: Count | None
    members: Count | None


class Sessions(Fields):
    """Member ``sessions`` of a submission."""

    salt: Salt
    sessions: Annotated[tuple[SessionFacts, ...], SOME]


class ItemBody(Fields):
    """Marks of one item: one number per option of its scale, in order; ``target`` is a member number or empty."""

    target: Line
    item: Name
    counts: Annotated[tuple[Count, ...], Field(strict=False, min_length=2, max_length=8)]
    blank: Count
    multi: Count
    illegible: Count


class RateeBatch(Fields):
    """Per-person marks of one roster batch."""

    layer: Layer
    org: Code
    form: Name
    version: Number
    voter_category: Name
    items: Annotated[tuple[ItemBody, ...], SOME]


class Batch(RateeBatch):
    """One sealed batch (票批) with its control sheet; items are sums over ``persons``."""

    printed: Count
    issued: Count
    returned: Count
    blank: Count
    void: Count
    valid: Count
    persons: Number
    entry_mode: Annotated[str, Field(pattern=r"\A(PER_BALLOT|COUNT)\z")]
    ballot_commit: Hex64 | None


class Tallies(Fields):
    """Member ``tallies`` of a submission."""

    salt: Salt
    batches: Annotated[tuple[Batch, ...], MANY]


class RateeTallies(Fields):
    """Member ``ratee_tallies`` of a submission; an office may leave it out on the way up."""

    salt: Salt
    batches: Annotated[tuple[RateeBatch, ...], SOME]


class ChildKey(Fields):
    """A direct child's public key that an office vouches for."""

    unit: Code
    epoch: Number
    key: Hex64


class Index(Fields):
    """Member ``index`` of a rollup: what the office accepted, the keys of its children, the units it waits for."""

    accepts: Annotated[tuple[Hex64, ...], MANY]
    keys: Annotated[tuple[ChildKey, ...], MANY]
    expected: Annotated[tuple[Code, ...], MANY]


class Kept(Fields):
    """One envelope that an office has set aside, and what goes on counting in its place ("" for nothing).

    ``key`` is the one that signed the latter: the unit's own office may have stopped to vouch for it.
    """

    held: Hex64
    kept: Hex64 | Nothing
    key: ChildKey | None


class Holds(Fields):
    """Member ``holds`` of a rollup, only there when needed: what is set aside of units further below."""

    kept: Annotated[tuple[Kept, ...], SOME]


class TaskBody(Fields):
    """Member ``task`` of an assignment; ``recipient`` is what the unit encrypts to for its office ("" in early ones)."""

    unit: Code
    parent: Code
    epoch: Number
    recipient: Recipient | Nothing = ""


class Enrolment(Fields):
    """Member ``enrolment`` of an assignment: the secret under which the unit's first key proves itself; never kept."""

    token: Hex64


class Person(Fields):
    """One party member of a roster; no field for anything the program must not keep."""

    org: Code
    member_no: Name
    name: Annotated[Line, Field(min_length=2, max_length=20)]
    name_suffix: Line
    group_name: Line
    category: Annotated[str, Field(pattern=r"\A(FULL|PROBATIONARY)\z")]
    party_duty: Line
    is_leading_cadre: bool
    post: Line
    roster_status: Annotated[str, Field(pattern=r"\A(IN_SCOPE|MOBILE|EXEMPT)\z")]
    exempt_reason: Line
    sort_no: Count


class Roster(Fields):
    """Member ``roster`` of an assignment."""

    people: Annotated[tuple[Person, ...], MANY]


class FormItem(Fields):
    """One row of a form; an ``own`` one was added by the office that published the campaign."""

    no: Name
    text: Annotated[Text, Field(min_length=1)]
    short_text: Line
    kind: Word
    scale: Word
    own: bool = False


class ShapeBody(Fields):
    """How a form differs from its template, for whoever looks after the office's next campaign."""

    scale: Word | None = None
    people: Line | None = None
    split: bool = False
    own: Annotated[tuple[Line, ...], Field(strict=False, max_length=9)] = ()


class FormBody(Fields):
    """A form document; its layout may hold more fields than are looked at here.

    ``planned_for`` says where it is used; forms of the first edition do not say, and are used everywhere.
    """

    code: Name
    version: Number
    title: Name
    subject_kind: Annotated[str, Field(pattern=r"\A(ORG|MEMBERS_COLLECTIVE|MEMBER_ROSTER)\z")]
    paper: Annotated[str, Field(pattern=r"\AA4_(PORTRAIT|LANDSCAPE)\z")]
    items: Annotated[tuple[FormItem, ...], Field(strict=False, min_length=1, max_length=MOST_ITEMS)]
    opinion_area: Annotated[tuple[Text, ...], MANY]
    instructions: Annotated[tuple[Text, ...], MANY]
    planned_for: Annotated[tuple[Place, ...], Field(strict=False, min_length=1, max_length=3)] | None = None
    shape: ShapeBody | None = None


class OptionBody(Fields):
    """One grade of a scale."""

    code: Word
    label: Name
    score: Annotated[int, Field(ge=0, le=100)] | None
    polarity: Word
    satisfied_from: Word | None
    in_denominator: bool


class ScaleBody(Fields):
    """A rating scale."""

    code: Word
    name: Name
    options: Annotated[tuple[OptionBody, ...], Field(strict=False, min_length=2, max_length=8)]


class VoterCategoryBody(Fields):
    """参评人员类别."""

    code: Name
    name: Name


class OrgBody(Fields):
    """One organisation as it stood when the campaign was published; the root has no parent here."""

    code: Code
    parent: Code | None
    type: Annotated[
        str, Field(pattern=r"\A(COMPANY_COMMITTEE|GRASSROOTS_COMMITTEE|GENERAL_BRANCH|BRANCH|GROUP)\z")
    ]
    full_name: Annotated[Line, Field(min_length=1, max_length=100)]
    short_name: Annotated[Line, Field(min_length=1, max_length=40)]
    in_scope: bool


class Definition(Fields):
    """Member ``definition`` of a campaign: forms, scales, counting rule and organisations everything is bound to.

    ``recovery`` is the public half of the printed recovery code, ``manual_check`` asks for 人工核对 of every first key,
    ``plan`` is the rule by which sessions are planned; definitions of the first edition have none of them. ``grading`` is
    only there when members are graded in another way than usual.
    """

    campaign: Name
    root: Code
    mode: Annotated[str, Field(pattern=r"\A(official|drill)\z")]
    name: Name
    activity: Name
    period_type: Annotated[str, Field(pattern=r"\A(ANNUAL|HALF_YEAR|QUARTERLY|TERM|SPECIAL)\z")]
    period_year: Count
    period_no: Count
    start_date: Day
    end_date: Day
    office_name: Line
    purpose: Text
    tasks: Text
    scope_text: Text
    subjects_text: Text
    methods_text: Text
    rule: dict[str, str | bool | Count]
    forms: Annotated[tuple[FormBody, ...], Field(strict=False, min_length=1, max_length=MOST_FORMS)]
    scales: Annotated[tuple[ScaleBody, ...], Field(strict=False, min_length=1, max_length=MOST_FORMS)]
    voter_categories: Annotated[
        tuple[VoterCategoryBody, ...], Field(strict=False, min_length=1, max_length=MOST_CATEGORIES)
    ]
    orgs: Annotated[tuple[OrgBody, ...], SOME]
    recovery: Recipient | None = None
    manual_check: bool = False
    plan: Annotated[int, Field(ge=1, le=2)] = 1
    grading: graded.GradingBody | None = None


SHAPES: Mapping[str, Mapping[str, type[Fields]]] = {
    header.CAMPAIGN: {"definition": Definition},
    header.ASSIGNMENT: {"task": TaskBody, "roster": Roster, "enrolment": Enrolment, ORDERS: Ledgers},
    header.SUBMISSION: {
        "sessions": Sessions,
        "tallies": Tallies,
        "ratee_tallies": RateeTallies,
        graded.GRADES: graded.Grades,
        graded.NAMES: graded.GradeNames,
        later.LATER: later.Later,
        LEDGERS: Ledgers,
        LEDGER_PEOPLE: Ledgers,
    },
    header.ROLLUP: {"index": Index, "holds": Holds, LEDGERS: Ledgers, LEDGER_PEOPLE: Ledgers},
    header.RECEIPT: {},
}


def unknown_bytes(envelope: Envelope) -> int:
    """Bytes of an envelope that this edition does not know: whole members, and in those it knows a newer one's fields."""
    shapes = SHAPES[envelope.address.type]
    found = sum(one.size for one in envelope.header.members if one.name not in shapes)
    for name, model in shapes.items() if envelope.is_newer else ():
        if (body := envelope.members.get(name)) is not None:
            known = header.read(model, envelope.document(name), what=f"数据包内容“{name}”", newer=True)
            found += len(body) - len(canonical.encode(known.model_dump(mode="json", exclude_unset=True)))
    return found


def check_shape(envelope: Envelope) -> None:
    """Refuse an envelope whose bodies are not of the shape its type asks for, or that contradicts its own header."""
    for name, model in SHAPES[envelope.address.type].items():
        envelope.read(name, partial(_read, model, name, envelope.is_newer or model is Definition))
    match envelope.address.type:
        case header.CAMPAIGN:
            if not published.agrees(envelope):
                raise PackageError(_CONTRADICTION)
        case header.ASSIGNMENT:
            task = envelope.document("task")
            if (task["unit"], task["parent"]) != (envelope.address.to, envelope.address.unit):
                raise PackageError(_CONTRADICTION)
        case header.ROLLUP:
            accepts = envelope.document("index")["accepts"]
            if accepts != sorted(set(accepts)):
                raise PackageError(_CONTRADICTION)


def _read(model: type[Fields], name: str, lenient: bool, body: bytes) -> Any:  # noqa: ANN401
    """The document in a body of this shape; nearly all that travels is of the kind that one pass can tell."""
    if model in _QUICK and (quick := canonical.decode_as(_QUICK[model], body)) is not None:
        return quick
    document = canonical.decode(body)
    header.read(model, document, what=f"数据包内容“{name}”", newer=lenient)
    return document


_TYPED_DICT: Any = TypedDict


def _ascending(kind: Any) -> Any:  # noqa: ANN401 - a type is turned into a type
    """A record's type as that of the plain document it describes: keys in ascending order, lists for tuples.

    For ``canonical.decode_as``. Records with a default are not for it: their documents always hold every field.
    """
    if isinstance(kind, type) and issubclass(kind, Fields):
        fields = {
            name: Annotated[(_ascending(field.annotation), *field.metadata)]
            if field.metadata
            else _ascending(field.annotation)
            for name, field in sorted(kind.model_fields.items())
        }
        made = _TYPED_DICT(kind.__name__, fields)
        made.__pydantic_config__ = ConfigDict(strict=True, extra="forbid")
        return made
    if get_origin(kind) is tuple:
        return list[_ascending(get_args(kind)[0])]  # type: ignore[misc]
    return kind


_QUICK = {model: TypeAdapter(_ascending(model)) for model in (Sessions, Tallies, RateeTallies, Index)}


_CONTRADICTION = "数据包前后不一致，可能被改动过或不是本软件导出的，请让对方重新导出。"
