"""What a form, a sheet or a command makes of 整改事项: only what a step of the machine would, whatever the way in.

A row that is there goes one legal step at a time. A new one begins where the machine begins; what is written down from
paper with more behind it asks for a reason. Packages are held to this where they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from pingyi_desktop.appraisal.ledgers.ledger import Moved, Values
from pingyi_desktop.appraisal.ledgers.rectify import owing, steps
from pingyi_desktop.appraisal.ledgers.rectify.steps import STEPS, WORDS, Step
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, found
from pingyi_desktop.storage.schemas.rectify import RectifyNature, RectifySource, RectifyState

BEGIN = (RectifyState.REGISTERED, RectifyState.ASSIGNED)
"""states in which an item may be written down first: registered, or registered and given to somebody at once"""
OF_CLOSING = ("status", "nature", "source_kind", "origin")


def legal(_session: Session, _campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-RCT-21…28 and 33 for what no step does, V-RCT-29 for a step that says nothing, V-RCT-32 for what begins late."""
    for one in moved:
        yield from _begun(one) if one.old is None else _step(one, one.old)


def answered(session: Session, campaign_id: str, moved: Sequence[Moved]) -> Iterator[Finding]:
    """V-RCT-08: what one person alone said is answered before it is crossed off.

    Of what is written down from paper as crossed off (V-RCT-32) the answer stays owed (``owing``).
    """
    single = [one for one in moved if _closes_single(one)]
    known = owing.answered(session, campaign_id=campaign_id) if single else frozenset()
    for one in single:
        if not known & {one.name, str(one.new["origin"])}:
            yield found("V-RCT-08", one.name, p=one.name)


def _step(one: Moved, old: Values) -> Iterator[Finding]:
    before, then = _state(old), _state(one.new)
    if before is then:
        return
    step = steps.between(before, then)
    if step is None:
        wanted = steps.leading(then)
        code = "V-RCT-33" if wanted is None else STEPS[wanted].code
        yield found(code, one.name, at=f"{one.name}：", state=WORDS[before])
    elif STEPS[step].told and _lines(one.new) <= _lines(old):
        yield found("V-RCT-29", one.name, at=f"{one.name}：", step=STEPS[step].word)


def _begun(one: Moved) -> Iterator[Finding]:
    state = _state(one.new)
    if state is RectifyState.REOPENED and not _lines(one.new):
        yield found("V-RCT-29", one.name, at=f"{one.name}：", step=STEPS[Step.REOPEN].word)
    elif state not in BEGIN:
        yield found("V-RCT-32", one.name, name=one.name, state=WORDS[state])


def _closes_single(one: Moved) -> bool:
    new, same = one.new, one.old is None or all(one.old[key] == one.new[key] for key in OF_CLOSING)
    single = new["nature"] == RectifyNature.INDIVIDUAL and new["source_kind"] == RectifySource.OPINION
    return single and new["status"] == RectifyState.CLOSED and not same


def _state(values: Values) -> RectifyState:
    return RectifyState(str(values["status"]))


def _lines(values: Values) -> int:
    return len(str(values["progress"]).splitlines())
