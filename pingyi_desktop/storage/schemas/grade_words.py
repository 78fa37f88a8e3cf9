"""The words of 民主评议. Apart from its tables, so that who prints or counts a form does not make them."""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    """等次, best first as the form's options; ``NOT_RATED`` is 不评等次 (预备党员)."""

    EXCELLENT = "EXCELLENT"
    QUALIFIED = "QUALIFIED"
    BASIC = "BASIC"
    UNQUALIFIED = "UNQUALIFIED"
    NOT_RATED = "NOT_RATED"


class GradeState(StrEnum):
    """How far one member's grade is; what is only proposed stands in no table (``appraisal.grading.steps``)."""

    PROPOSED = "PROPOSED"
    DECIDED = "DECIDED"
    TOLD = "TOLD"
    ACKNOWLEDGED = "ACKNOWLEDGED"


class Body(StrEnum):
    """Who decided: 支委会, or the members' meeting where a branch has no committee."""

    BRANCH_COMMITTEE = "BRANCH_COMMITTEE"
    MEMBERS_MEETING = "MEMBERS_MEETING"
