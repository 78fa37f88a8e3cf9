"""What a roster says and what importing it would do: the rows between a sheet, its preview and the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pingyi_desktop.appraisal.people.org import Org
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, Weight, sentence, weight_of


@dataclass(frozen=True)
class Line:
    """One row of a sheet, cleaned: ``values`` has only the columns the sheet has (``member_no``, ``branch``, …).

    ``hints`` are texts that may name the branch when no column does: a heading inside the table, the sheet's name,
    the title above.
    """

    sheet: str
    row: int
    values: Mapping[str, object]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class RosterSheet:
    """A roster as read from a file; ``columns`` says where a column stands, by (sheet, key)."""

    name: str
    members: tuple[Line, ...]
    orgs: tuple[Line, ...]
    columns: Mapping[tuple[str, str], str]
    findings: tuple[Finding, ...]

    def finding(
        self, code: str, line: Line, key: str, where: str, /, *, at: str = "", **values: object
    ) -> Finding:
        """A finding at a row and column of this roster."""
        return self.finding_worded(code, line, key, where, sentence(code, at=at, **values))

    def finding_worded(self, code: str, line: Line, key: str, where: str, text: str) -> Finding:
        """The same with its sentence made already (a rule's error says it of a row)."""
        place = self.columns.get((line.sheet, key), "")
        return Finding(code, weight_of(code), where, text, line.sheet, line.row, place)


@dataclass(frozen=True)
class Edit:
    """One field before and after, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class NewMember:
    """A member to be added; ``values`` are the fields of ``members.FIELDS``."""

    member_no: str
    display_name: str
    org_code: str
    org_short_name: str
    sort_no: int
    values: Mapping[str, object]
    sheet: str
    row: int


@dataclass(frozen=True)
class ChangedMember:
    """A member to be changed, with what changes."""

    id: str
    member_no: str
    display_name: str
    org_code: str
    org_short_name: str
    values: Mapping[str, object]
    edits: tuple[Edit, ...]
    sheet: str
    row: int


@dataclass(frozen=True)
class ChangedOrg:
    """An organisation as it will be, with what changes."""

    org: Org
    edits: tuple[Edit, ...]
    sheet: str
    row: int


@dataclass(frozen=True)
class RosterPlan:
    """What an import would write. Nothing has been written; ``blocked`` when a finding of level E stands in the way."""

    additions: tuple[NewMember, ...]
    changes: tuple[ChangedMember, ...]
    unchanged: int
    orgs_added: tuple[Org, ...]
    orgs_changed: tuple[ChangedOrg, ...]
    findings: tuple[Finding, ...]
    sizes: tuple[Finding, ...]
    """what the organisations would be like then and are not now (V-ORG-05…09)"""
    sheet: RosterSheet = field(compare=False, repr=False)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Everything there is to say of it."""
        return (*self.findings, *self.sizes)

    def asks(self, reason: str) -> bool:
        """Whether something of it needs a reason and none is given."""
        return not reason.strip() and any(one.weight is Weight.WARNING for one in self.all_findings)

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(finding.weight is Weight.ERROR for finding in self.findings)

    @property
    def writes_nothing(self) -> bool:
        """Whether the file already says all of it (无变化)."""
        return not (self.additions or self.changes or self.orgs_added or self.orgs_changed)
