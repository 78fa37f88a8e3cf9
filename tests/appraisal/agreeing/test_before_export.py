"""What figures ask before they are signed and handed up."""

from __future__ import annotations

from sqlmodel import Session

import make
from make import said
from pingyi_desktop.appraisal.agreeing import before_export
from pingyi_desktop.appraisal.campaign import sessions
from pingyi_desktop.storage.schema_batches import BallotBatch


def test_what_an_export_asks(school: Session) -> None:
    campaign_id = make.published(school, form_codes=["T-MEM-B"])
    (meeting,) = sessions.listing(school, campaign_id=campaign_id)
    make.held(school, meeting.id)
    stack = make.batch(school, campaign_id=campaign_id)
    make.sealed(school, stack.id, ["1" * 15] * 12)
    found = said(before_export.asked(school, campaign_id=campaign_id, codes={"XX"}))
    assert found == {"V-PRI-05": "本数据包含 5 名党员信息，仅限党内传递，请按规定保管。"}
    school.get_one(BallotBatch, stack.id).tellers = ""
    school.flush()
    found = said(before_export.asked(school, campaign_id=campaign_id, codes={"XX"}))
    assert found["V-BAL-18"] == f"“{stack.code}”的结果报告单尚未登记监票人、计票人签字。"
