"""R17 会议记录 (T-MEETING): every meeting of one organisation as its ledger has it, to be signed and filed (domain §5.19)."""

from __future__ import annotations

from collections.abc import Iterator

from pingyi_desktop.appraisal.ledgers import catalog, counting, rows
from pingyi_desktop.appraisal.ledgers.ledger import Row
from pingyi_desktop.appraisal.ledgers.meeting import of_sessions
from pingyi_desktop.appraisal.ledgers.meeting.by_category import categories
from pingyi_desktop.appraisal.ledgers.rows import Asked
from pingyi_desktop.appraisal.paper.rules import Rule
from pingyi_desktop.appraisal.paper.tallies import rate
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.reports import blocks
from pingyi_desktop.reports.blocks import (
    Block,
    Facts,
    Heading,
    Para,
    Report,
    Signature,
    in_words,
)
from pingyi_desktop.standing.overview import Question
from pingyi_desktop.storage.schemas.meetings import MeetingLayer, MeetingState
from pingyi_desktop.visible import with_percent

SIGNERS = ("主持人：", "记录人：", "        年    月    日")
TEXTS = ("agenda", "org_report", "minutes", "peer_notes", "comment", "result")


def build(asked: Question, layer: int | None, subject: str) -> Report:
    """The meetings that were held: the organisation's own, and those in which it was appraised (V-MTG-21 when none).

    Of its appraisal only the office above it says something: what another unit claims is no record of it.
    """
    seen, ledger = asked.picture, catalog.ledger("meeting")
    one = seen.find(subject)
    listed = rows.listing(asked.session, ledger, Asked(seen.view.id, "", segment=MeetingState.HELD))
    above = counting.parents(asked.session, campaign_id=seen.view.id)
    wanted = {1: MeetingLayer.ONE, 2: MeetingLayer.TWO}.get(layer or 0)
    about = [
        row
        for row in listed
        if (row.values["subject"] or row.org) == subject and wanted in (None, row.values["layer"])
        if of_sessions.says(row, above)
    ]
    if not about:
        raise broken("V-MTG-21", org=one.short_name)
    about.sort(key=lambda row: (str(row.values["held_on"]), row.number))
    made: list[Block] = []
    for row in about:
        made += [*_meeting(row, seen.view.rule), *_people(asked, row, subject), Signature(SIGNERS)]
    return Report("R17", "会议记录", one.full_name, "", "", tuple(made))


def _meeting(row: Row, rule: Rule) -> Iterator[Block]:
    texts, actual, expected = row.texts, row.values["actual"], row.values["expected"]
    yield Heading(" ".join(filter(None, (texts["layer"], texts["kind"]))))
    day = in_words(texts["held_on"]) if texts["held_on"] else ""
    share = rate(int(actual or 0), int(expected or 0), rule=rule).text
    yield Facts(
        (
            ("时间", f"{day} {texts['half']}".strip() or None),
            ("地点", texts["place"] or None),
            ("主持", texts["host"] or None),
            ("记录", texts["recorder"] or None),
            ("应到", int(expected) if expected is not None else None),
            ("实到", int(actual) if actual is not None else None),
            ("到会率", with_percent(share)),
            *(
                (name, f"应到 {due}，实到 {came}")
                for name, due, came in categories(texts["by_category"]) or ()
            ),
        )
    )
    titles = {one.key: one.title for one in catalog.ledger("meeting").fields}
    for key in ("absent_notes", *TEXTS):
        if texts[key]:
            yield Para(f"{titles[key]}：{texts[key]}")


def _people(asked: Question, row: Row, subject: str) -> Iterator[Block]:
    """Who presented, by way of presenting; of a meeting at layer 1 those of all units below."""
    if not row.values["layer"]:
        return
    ledger = catalog.ledger("presentation")
    listed = rows.listing(asked.session, ledger, Asked(asked.picture.view.id, "", under=subject))
    above = row.values["layer"] == MeetingLayer.ONE
    if above:
        names = [one.texts["member"] for one in listed if one.values["layer_one"] == "YES"]
        if names:
            yield Para(f"汇报党员 {len(names)} 名：{'、'.join(map(_named, names))}。")
        return
    own = [one for one in listed if one.org == subject]
    for option in ledger.state.options:
        names = [one.texts["member"] for one in own if one.values["mode"] == option.code]
        if names:
            yield Para(f"{option.word} {len(names)} 名：{'、'.join(map(_named, names))}。")


def _named(name: str) -> str:
    return name or blocks.NOTHING
