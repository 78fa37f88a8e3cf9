"""Every ledger there is, in the order of the navigation: one line a noun, and the door its module is loaded by.

The faces know a noun's name and icon before anything of it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.appraisal.ledgers import (
        commitments,
        deeds,
        opinions,
        post_ratings,
        posts,
        rectifications,
        replies,
        solicitations,
    )
    from pingyi_desktop.appraisal.ledgers.feedback import leader_comments, publications
    from pingyi_desktop.appraisal.ledgers.ledger import Ledger
    from pingyi_desktop.appraisal.ledgers.meeting import (
        basis_documents,
        duty_posts,
        inspections,
        meetings,
        presentations,
        self_reviews,
    )
else:
    basis_documents = later("pingyi_desktop.appraisal.ledgers.meeting.basis_documents")
    commitments = later("pingyi_desktop.appraisal.ledgers.commitments")
    deeds = later("pingyi_desktop.appraisal.ledgers.deeds")
    duty_posts = later("pingyi_desktop.appraisal.ledgers.meeting.duty_posts")
    inspections = later("pingyi_desktop.appraisal.ledgers.meeting.inspections")
    leader_comments = later("pingyi_desktop.appraisal.ledgers.feedback.leader_comments")
    meetings = later("pingyi_desktop.appraisal.ledgers.meeting.meetings")
    opinions = later("pingyi_desktop.appraisal.ledgers.opinions")
    post_ratings = later("pingyi_desktop.appraisal.ledgers.post_ratings")
    posts = later("pingyi_desktop.appraisal.ledgers.posts")
    presentations = later("pingyi_desktop.appraisal.ledgers.meeting.presentations")
    publications = later("pingyi_desktop.appraisal.ledgers.feedback.publications")
    rectifications = later("pingyi_desktop.appraisal.ledgers.rectifications")
    replies = later("pingyi_desktop.appraisal.ledgers.replies")
    self_reviews = later("pingyi_desktop.appraisal.ledgers.meeting.self_reviews")
    solicitations = later("pingyi_desktop.appraisal.ledgers.solicitations")


@dataclass(frozen=True)
class Noun:
    """A ledger by its key (also its verb and its table): title of its page, icon, and the declaration when asked for."""

    key: str
    title: str
    icon: str
    declared: Callable[[], Ledger]


NOUNS = (
    Noun("basis_document", "依据文件", "scroll-text", lambda: basis_documents.LEDGER),
    Noun("duty_post", "组织分工", "users-round", lambda: duty_posts.LEDGER),
    Noun("meeting", "会议", "calendar-days", lambda: meetings.LEDGER),
    Noun("presentation", "汇报登记", "mic", lambda: presentations.LEDGER),
    Noun("self_review", "自查与互评", "notebook-pen", lambda: self_reviews.LEDGER),
    Noun("leader_comment", "领导点评", "quote", lambda: leader_comments.LEDGER),
    Noun("inspection", "检查指导", "clipboard-check", lambda: inspections.LEDGER),
    Noun("commitment", "公开承诺", "handshake", lambda: commitments.LEDGER),
    Noun("deed", "办实事", "hand-heart", lambda: deeds.LEDGER),
    Noun("solicitation", "征求意见", "mailbox", lambda: solicitations.LEDGER),
    Noun("opinion", "意见建议", "message-square-text", lambda: opinions.LEDGER),
    Noun("post", "先锋岗责任区", "award", lambda: posts.LEDGER),
    Noun("post_rating", "月度评比", "calendar-check", lambda: post_ratings.LEDGER),
    Noun("rectification", "整改事项", "wrench", lambda: rectifications.LEDGER),
    Noun("reply", "意见答复", "reply", lambda: replies.LEDGER),
    Noun("publication", "公示", "megaphone", lambda: publications.LEDGER),
)


def ledgers() -> tuple[Ledger, ...]:
    """The declarations of all."""
    return tuple(noun.declared() for noun in NOUNS)


def ledger(key: str) -> Ledger:
    """The declaration of this key."""
    return next(noun for noun in NOUNS if noun.key == key).declared()
