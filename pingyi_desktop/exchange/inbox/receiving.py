"""Judging what arrives: one package file, envelope by envelope, before anything of it is taken in.

A file's signatures are good as a whole or it is refused as a whole, except that a unit's oversized envelope is left out by
itself. Its sender must be a direct child and brings nothing of another one (``makeup``); the sender's rollup vouches for
its own children's keys, theirs for the next level, so that an office verifies every branch's own signature (T1–T7, T23).
That its office may speak for a branch in this way is bounded afterwards: see ``holds``. Figures are judged unit by unit:
what cannot be (or, of the sender's own, what no roster explains) sets that one submission aside and leaves the rest alone.

A package that is not encrypted is judged by the same signatures and proofs as any other (the recovery code opens one into
such a file); what it gave away on its way is its sender's loss, and nothing is taken on weaker grounds because of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.inbox import contents
from pingyi_desktop.exchange.inbox.desks import Desk
from pingyi_desktop.exchange.ledgers import ledger_bodies
from pingyi_desktop.exchange.merging import makeup, merge, plausible, vouching
from pingyi_desktop.exchange.merging.merge import ROLLUP, SUBMISSION
from pingyi_desktop.exchange.merging.situations import RefusalError, Situation
from pingyi_desktop.exchange.wire import age, bundle, header, package, trust
from pingyi_desktop.exchange.wire.identities import TooManyBallotsError

LEAP = 20
"""A larger jump of the revision asks for a telephone call (T7).

A unit corrects its report a few times, and an office sums up again for a few late branches; nobody does either twenty
times between two imports. Whoever else has the key silences the unit with a jump: after the largest that is let pass
its own reports count again from the twentieth on, not from the thousandth.
"""
_TASK_FILE = "这是任务文件，不是上报的数据包。请用“打开任务文件”。"


@dataclass(frozen=True)
class Incoming:
    """One verified file: its sender's place and key, all its envelopes, and the keys its rollups vouch for.

    ``asks`` is the situation a person has to clear up before it is taken in (None: nothing), ``sentence`` says it and
    ``fingerprint`` are the 24 digits to compare. ``data`` is the file as it came, kept only while it may have to wait.
    ``proven`` tells that the sender's key is known or made with our task; ``left_out`` are envelopes that are not kept;
    ``aside`` are the ids of submissions that are kept and do not count.
    """

    file: str
    sender: package.Envelope
    envelopes: tuple[package.Envelope, ...]
    keys: Mapping[tuple[str, int], str]
    fingerprint: str = ""
    asks: Situation | None = None
    sentence: str = ""
    data: bytes = b""
    proven: bool = True
    left_out: tuple[RefusalError, ...] = ()
    aside: Mapping[str, Aside] = field(default_factory=dict)


@dataclass(frozen=True)
class Aside:
    """Why one unit's submission is not counted though its file is taken in: it waits for a person, or never counts.

    ``of_all`` tells that it is for what all count together, so that one held already may have to wait as well.
    """

    situation: Situation
    sentence: str

    @property
    def of_all(self) -> bool:
        return self.situation is Situation.FAR_TOGETHER


def setting_aside(desk: Desk, incoming: Iterable[Incoming]) -> Desk:
    """The desk as it judges when what is to be set aside of these files counts nowhere."""
    ids = {identity for one in incoming for identity in one.aside}
    return replace(desk, rulings=replace(desk.rulings, void=desk.rulings.void | ids)) if ids else desk


def receive(
    desk: Desk, name: str, data: bytes, *, rolls: plausible.Rolls, identities: Sequence[str] = ()
) -> Incoming:
    """Judge one file: binding, sender, every key and every figure; :class:`RefusalError` when it is not taken in.

    ``rolls`` are what this office knows of the people of every organisation, ``identities`` the secret keys that the file
    may have been encrypted to.
    """
    if age.is_sealed(data):
        raise RefusalError(Situation.TASK_FILE, _TASK_FILE)
    try:
        envelopes = bundle.read(age.open_transport(data, identities))
    except age.NotForUsError as error:
        raise RefusalError(Situation.NOT_FOR_US, str(error)) from None
    except PackageError as error:
        newer = str(error) == header.UPGRADE
        raise RefusalError(Situation.NEWER_VERSION if newer else Situation.DAMAGED, str(error)) from None
    one = vet(desk, Incoming(name, envelopes[0], tuple(envelopes), {}, data=data))
    _check_own_ledgers(desk, one)
    fresh = [e for e in one.envelopes if e.address.type == SUBMISSION and e.id not in desk.known]
    judged = {envelope.id: _figures(desk, rolls, envelope) for envelope in fresh}
    return replace(one, aside={identity: found for identity, found in judged.items() if found is not None})


def vet(desk: Desk, one: Incoming) -> Incoming:
    """Judge again a file whose figures were judged before: who sends it, and whose keys it brings.

    What it claims takes its place on the desk only once its sender is known to be who it says.
    """
    found = _vetted(desk, one)
    for envelope in found.envelopes if found.asks is None else ():
        head = envelope.address
        desk.places[head.type, head.unit, head.epoch, head.revision].add(envelope.id)
    return found


def _vetted(desk: Desk, one: Incoming) -> Incoming:
    for envelope in one.envelopes:
        _check_binding(desk, envelope)
    sender = _sender(desk, one.envelopes)
    makeup.check(one.envelopes, sender=sender, parents=desk.parents, names=desk.names)
    one = replace(one, sender=sender, keys={}, fingerprint="", asks=None, sentence="", proven=True)
    own = [envelope for envelope in one.envelopes if envelope.address.unit == sender.address.unit]
    if elsewhere := [error for envelope in own if (error := _elsewhere(desk, envelope)) is not None]:
        raise elsewhere[0]
    one = _without_bulk(desk, one)
    if all(envelope.id in desk.known for envelope in one.envelopes):
        return replace(one, data=b"")
    verdicts = [_judge_sender(desk, envelope) for envelope in own]
    keyring = vouching.keyring(
        sender, one.envelopes, known=desk.keyring, parents=desk.parents, names=desk.names
    )
    for envelope in one.envelopes:
        judged = _judge(desk, keyring, envelope)
        if not isinstance(judged, trust.Known):
            sentence = judged.sentence if isinstance(judged, trust.Refused) else "密钥没有登记。"
            raise _refusal(desk, Situation.UNVOUCHED, envelope, sentence)
    fresh = {place: key for place, key in keyring.maps[0].items() if place not in desk.keyring}
    judged_file = replace(one, keys=fresh, proven=_is_proven(desk, sender))
    first = next((verdict for verdict in verdicts if isinstance(verdict, trust.FirstUse)), None)
    leap = next(filter(None, (_leap(desk, envelope) for envelope in own)), "")
    if first is not None:
        asks = Situation.MANUAL_CHECK if desk.campaign.manual_check else Situation.UNREGISTERED
        said = f"第一次收到该单位的密钥，请打电话与对方核对 24 位指纹 {first.fingerprint}，一致再确认。{leap}"
        return replace(judged_file, fingerprint=first.fingerprint, asks=asks, sentence=said)
    if leap:
        return replace(judged_file, asks=Situation.FAST_FORWARD, sentence=leap)
    return judged_file if fresh else replace(judged_file, data=b"")


def _leap(desk: Desk, envelope: package.Envelope) -> str:
    """What is to be asked about a revision far beyond the last one (T7); "" when it is near."""
    head = envelope.address
    newest = desk.newest.get((head.type, head.unit, head.epoch), 0)
    if head.revision <= newest + LEAP:
        return ""
    return (
        f"这份自称第 {head.revision} 次上报，而本级只收到过第 {newest} 次，次数跳得不合常理。"
        "请打电话与该单位核实；不是本人导出的，请重新下发任务。"
    )


def _without_bulk(desk: Desk, one: Incoming) -> Incoming:
    """The file without envelopes that can not be kept, each of them named; the sender's own refuses the file."""
    found = {e.id: error for e in one.envelopes if (error := _unfit(desk, e)) is not None}
    if one.sender.id in found:
        raise found[one.sender.id]
    kept = tuple(envelope for envelope in one.envelopes if envelope.id not in found)
    return replace(one, envelopes=kept, left_out=(*one.left_out, *found.values()))


def _unfit(desk: Desk, envelope: package.Envelope) -> RefusalError | None:
    """Why an envelope can not be kept: what it is made of, or that enough others claim its place."""
    head = envelope.address
    rivals = desk.places[head.type, head.unit, head.epoch, head.revision]
    if envelope.id not in rivals and len(rivals) >= makeup.MAX_RIVALS:
        said = (
            f"“{desk.names[head.unit]}”的第 {head.revision} 次上报已有 {len(rivals)} 份不同的内容，不再收更多。"
            "请先在“冲突”里裁定，或让该单位更正后再报一次。"
        )
        return _refusal(desk, Situation.TOO_MANY, envelope, said)
    return _elsewhere(desk, envelope) or makeup.unfit(envelope, desk.names)


def _elsewhere(desk: Desk, envelope: package.Envelope) -> RefusalError | None:
    """Why an envelope is not taken in that its signer made for another office than the one above it."""
    head = envelope.address
    if head.to == desk.parents[head.unit]:
        return None
    name, above = desk.names[head.unit], desk.names[desk.parents[head.unit] or ""]
    said = (
        f"“{name}”的这份数据写明是报给“{desk.names.get(head.to, head.to)}”的，而组织名单里它的上级是“{above}”，没有收存。"
        f"请核对是否拿错了文件；没有拿错的，请让“{name}”用“{above}”下发的任务重新导出。"
    )
    return _refusal(desk, Situation.ELSEWHERE, envelope, said)


def _is_proven(desk: Desk, sender: package.Envelope) -> bool:
    """Whether the sender's key is known, or was made with a task that was handed down from here."""
    head = sender.address
    if desk.keyring.get((head.unit, head.epoch)) == sender.signer:
        return True
    token = desk.tokens.get((head.unit, head.epoch))
    if token is None or not head.enrol:
        return False
    return trust.check_enrolment(
        head.enrol, token, key=sender.signer, campaign=desk.campaign.id, unit=head.unit, epoch=head.epoch
    )


def identity(data: bytes) -> str:
    """What a file in quarantine is known by: the SHA-256 of its bytes as they came."""
    return hashlib.sha256(data).hexdigest()


def _check_binding(desk: Desk, envelope: package.Envelope) -> None:
    head, campaign = envelope.address, desk.campaign
    if head.type in (header.CAMPAIGN, header.ASSIGNMENT):
        raise RefusalError(Situation.TASK_FILE, _TASK_FILE)
    if head.type == header.RECEIPT:
        raise RefusalError(Situation.RECEIPT_FILE, "这是上级给的回执，不是上报的数据包。请用“收回执”。")
    if head.campaign != campaign.id:
        said = "这个数据包属于另一次评议活动，请核对是否拿错了文件。"
        raise _refusal(desk, Situation.OTHER_CAMPAIGN, envelope, said)
    if head.mode != campaign.mode:
        kinds = {"official": "正式", "drill": "演练"}
        said = f"这是{kinds[head.mode]}数据包，本活动是{kinds[campaign.mode]}活动，不能混在一起。请核对是否拿错了文件。"
        raise _refusal(desk, Situation.DRILL, envelope, said)
    if head.campaign_sha256 != campaign.definition_sha256:
        said = "评议表、统计口径或组织名单与本活动发布的不同，请让对方打开新的任务文件后重报。"
        raise _refusal(desk, Situation.OTHER_FORMS, envelope, said)
    makeup.check_name(envelope, desk.names)


def _sender(desk: Desk, envelopes: Sequence[package.Envelope]) -> package.Envelope:
    """The envelope that speaks for the file: the highest unit's rollup, or the only submission."""
    ordered = sorted(
        envelopes, key=lambda e: (trust.depth(e.address.unit, desk.parents), e.address.type != ROLLUP)
    )
    top = ordered[0]
    unit, office = top.address.unit, desk.parents[top.address.unit]
    if unit == desk.unit:
        raise _refusal(desk, Situation.OWN_PACKAGE, top, "这是本单位自己导出的数据包，请交给上级导入。")
    if office != desk.unit:
        above = desk.names.get(office or "", office or "")
        said = f"“{desk.names[unit]}”的数据包应先由“{above}”导入汇总，再一并报来。"
        raise _refusal(desk, Situation.NOT_DIRECT, top, said)
    return top


def _judge_sender(desk: Desk, sender: package.Envelope) -> trust.Known | trust.FirstUse:
    """The direct child that sends the file: epochs first, then the key (T5, T7, second PC)."""
    unit, epoch = sender.address.unit, sender.address.epoch
    current = desk.issued.get(unit, 1)
    if epoch < current:
        said = "这份是按旧任务签的，该单位的任务已重新下发。请让对方打开新的任务文件后再导出。"
        raise _refusal(desk, Situation.OLD_EPOCH, sender, said)
    if epoch > current:
        said = f"这份自称按第 {epoch} 次下发的任务签名，本级只下发过第 {current} 次。请与该单位核实，必要时重新下发任务。"
        raise _refusal(desk, Situation.UNISSUED_EPOCH, sender, said)
    known = desk.keyring.get((unit, epoch))
    if known is not None and known != sender.signer:
        raise second_pc(desk, unit, sender.signer, proven=_is_proven(desk, sender))
    verdict = _judge(desk, desk.keyring, sender)
    if isinstance(verdict, trust.Refused):
        raise _refusal(desk, Situation.UNREGISTERED, sender, f"“{desk.names[unit]}”：{verdict.sentence}")
    return verdict


def second_pc(desk: Desk, unit: str, key: str, *, proven: bool) -> RefusalError:
    """Two keys for one task: opened on a second PC, or somebody else's work (package design §3)."""
    name = desk.names[unit]
    said = (
        f"“{name}”有第二台电脑打开了同一任务（同一任务有两个签名密钥），也可能是冒名。这份先放在待核区，不计入；"
        f"请打电话核实哪一份作数（这份的指纹：{trust.fingerprint(key)}），再重新下发任务。"
    )
    return RefusalError(Situation.SECOND_PC, said, unit=unit, unit_name=name, proven=proven)


def _judge(
    desk: Desk, keyring: Mapping[tuple[str, int], str], envelope: package.Envelope
) -> trust.Known | trust.FirstUse | trust.Refused:
    head = envelope.address
    return trust.judge_signer(
        unit=head.unit,
        epoch=head.epoch,
        key=envelope.signer,
        keyring=keyring,
        me=desk.unit,
        parents=desk.parents,
        issued=desk.issued,
        campaign=desk.campaign.id,
        tokens=desk.tokens,
        enrol=head.enrol,
        manual=desk.campaign.manual_check,
    )


def _figures(desk: Desk, rolls: plausible.Rolls, envelope: package.Envelope) -> Aside | None:
    """Why a submission is set aside (None: it is not); what the sender itself says against all rules refuses the file."""
    try:
        check_figures(desk, envelope)
    except RefusalError as error:
        if desk.parents[envelope.address.unit] == desk.unit:
            raise
        return Aside(error.situation, str(error))
    said = plausible.figures_far_from_roster(envelope, rolls=rolls, definition=desk.definition)
    return Aside(Situation.FAR_FIGURES, said) if said else None


def _check_own_ledgers(desk: Desk, one: Incoming) -> None:
    """Refuse a file whose sender's own rollup holds a ledger that breaks the rules."""
    for envelope in one.envelopes:
        if (envelope.address.type, envelope.address.unit) == (ROLLUP, one.sender.address.unit):
            try:
                ledger_bodies.check(envelope)
            except PackageError as error:
                raise _refusal(desk, Situation.UNBALANCED, envelope, str(error)) from None


def check_figures(desk: Desk, envelope: package.Envelope) -> None:
    """Refuse figures that can never count: they contradict themselves, the forms or what is planned."""
    try:
        merge.check_submission(envelope, desk.definition)
        ledger_bodies.check(envelope)
    except TooManyBallotsError as error:
        raise _refusal(desk, Situation.OVER_ELIGIBLE, envelope, str(error)) from None
    except PackageError as error:
        raise _refusal(desk, Situation.UNBALANCED, envelope, str(error)) from None
    if not contents.is_planned(envelope, desk.planned):
        name = desk.names[envelope.address.unit]
        said = f"“{name}”报来的场次或票批不在本次活动的安排里（例如没有安排投票的党委报了票）。请与该单位核实后重新导出。"
        raise _refusal(desk, Situation.UNPLANNED, envelope, said)


def _refusal(desk: Desk, situation: Situation, envelope: package.Envelope, sentence: str) -> RefusalError:
    return makeup.refusal(desk.names, situation, envelope, sentence)
