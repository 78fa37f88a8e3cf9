"""上级的密钥: whether the keys that a task brings are those this file trusts, and how a change of them is vouched for.

The first task of a unit is authenticated by its code. From then on the file knows the keys of the office above and of
the campaign's root, and a task that names other ones (an office with a new computer, next year's campaign) is taken up
only when the key known so far has signed it as well, or when a person has compared the 24 digits of the new one with
whoever speaks for the office. The activation code alone is not enough any longer: whoever forges a task chooses its code.

What to encrypt to for the office stands in the assignment, so the same signature covers it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.outbox.task_reading import Task
from pingyi_desktop.exchange.wire import trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema_campaign import CAMPAIGN_MADE, Campaign, CampaignStatus
from pingyi_desktop.storage.schema_exchange import TrustedKey

FIRST, SAME, SIGNED, COMPARED, OPEN = "首次登记", "与原来相同", "原密钥签名", "人工核对指纹", "没有凭据"
"""how a key is vouched for: by the code of the first task, as known, by the key before it, by a person, by nobody yet"""


@dataclass(frozen=True)
class Claim:
    """A key that a task brings for a unit above; ``before`` is the fingerprint trusted until now ("" without one)."""

    unit_code: str
    unit_name: str
    epoch: int
    key: str
    before: str
    how: str

    @property
    def fingerprint(self) -> str:
        """24 digits to be compared."""
        return trust.fingerprint(self.key)

    @property
    def sentence(self) -> str:
        """What became of a key that has changed; "" for the one known before, and for that of the first task."""
        if self.how in (FIRST, SAME):
            return ""
        before = self.before or "没有登记过"
        return f"“{self.unit_name}”的密钥变了（{self.how}）：原来 {before}，现在 {self.fingerprint}。"


class UnconfirmedKeyError(PackageError):
    """Keys that nothing in the file vouches for: ``claims`` are to be compared by telephone."""

    def __init__(self, claims: Collection[Claim]) -> None:
        self.claims = tuple(claims)
        super().__init__("".join(map(_change_of_key, self.claims)) + _CALL)


def claims(session: Session, *, task: Task) -> list[Claim]:
    """How the keys of the office above and of the root stand to what this file trusts; the office comes first.

    Raises PackageError for a key that was replaced before, and for two keys of one epoch: neither can be confirmed.
    """
    names = {row["code"]: row["short_name"] for row in task.definition.document("definition")["orgs"]}
    signed = (task.assignment, task.definition)
    places = dict.fromkeys((one.address.unit, one.address.epoch, one.signer) for one in signed)
    found = []
    for unit, epoch, key in places:
        spoken = [one for one in signed if (one.address.unit, one.signer) == (unit, key)]
        before = _before(session, task.campaign_id, unit, epoch, key)
        how = _how_known(session, before, key, spoken)
        print_ = "" if before is None else trust.fingerprint(before)
        found.append(Claim(unit, names[unit], epoch, key, print_, how))
    return found


def trust_task(session: Session, *, task: Task, by: str, confirmed: Collection[str] = ()) -> list[Claim]:
    """Remember the keys of the office above and of the root, and what to encrypt to for the former; both are journalled.

    ``confirmed`` are fingerprints (digits) that a person compared. Raises :class:`UnconfirmedKeyError` for what nobody
    vouches for, and a sentence for a task without the secret or the key to encrypt to: neither is done without.
    """
    if not (task.token and task.recipient):
        raise PackageError(
            "这个任务文件缺少登记密钥用的暗号或上级收件的公钥（旧版软件生成的），没有打开。请让上级用现在的版本重新下发。"
        )
    told = {trust.digits(one) for one in confirmed}
    found = [
        replace(one, how=COMPARED) if one.how == OPEN and trust.digits(one.fingerprint) in told else one
        for one in claims(session, task=task)
    ]
    if nobody := [one for one in found if one.how == OPEN]:
        raise UnconfirmedKeyError(nobody)
    for one in found:
        _remember(session, task, one, by)
    return found


def _how_known(session: Session, before: str | None, key: str, spoken: Collection[Envelope]) -> str:
    if before == key:
        return SAME
    if before is not None and any(before in _signers(one) for one in spoken):
        return SIGNED
    return OPEN if before is not None or _has_campaigns(session) else FIRST


def _signers(envelope: Envelope) -> Iterator[str]:
    """Every key whose signature was verified when the envelope was opened."""
    return (signer.key for signer in envelope.header.signers)


def _before(session: Session, campaign_id: str, unit: str, epoch: int, key: str) -> str | None:
    """The unit's key as trusted until now: its newest in this campaign, else in the campaign taken up last."""
    rows = session.exec(
        select(TrustedKey)
        .join(Campaign, col(Campaign.id) == TrustedKey.campaign_id)
        .where(TrustedKey.unit_code == unit)
        .order_by(
            (col(TrustedKey.campaign_id) == campaign_id).desc(),
            CAMPAIGN_MADE.desc(),
            col(TrustedKey.epoch).desc(),
        )
    ).all()
    here = {row.epoch: row.public_key for row in rows if row.campaign_id == campaign_id}
    if here and epoch < max(here):
        raise PackageError(
            f"任务文件是用“{unit}”已作废的密钥签的（第 {epoch} 次下发，本文件已登记第 {max(here)} 次的），没有打开。"
            "请用上级最后一次下发的任务文件；不是上级给的，请打电话核实。"
        )
    if here.get(epoch, key) != key:
        raise PackageError(
            "任务文件不是原来那个上级签的（签名密钥不同），没有打开。请打电话向上级核实；"
            "上级换过电脑的，要由它的上级先给它重新下发。"
        )
    return rows[0].public_key if rows else None


def _has_campaigns(session: Session) -> bool:
    """Whether this file is in use: then the key of a new office above is never taken on the word of the code alone."""
    published = select(Campaign.id).where(Campaign.status == CampaignStatus.PUBLISHED).limit(1)
    return session.exec(published).first() is not None


def _remember(session: Session, task: Task, claim: Claim, by: str) -> None:
    above = claim.unit_code == task.parent_code
    recipient = task.recipient if above else None
    row = session.get(TrustedKey, (task.campaign_id, claim.unit_code, claim.epoch))
    if row is None:
        place = claim.unit_code, claim.epoch
        keys.remember(
            session,
            campaign_id=task.campaign_id,
            keys={place: claim.key},
            origin=claim.how,
            recipients={place: recipient} if recipient else {},
        )
    elif recipient in (None, row.age_recipient):
        return
    else:
        row.age_recipient = recipient
        session.add(row)
        session.flush()
    detail: dict[str, object] = {
        "campaign": task.campaign_id,
        "epoch": claim.epoch,
        "fingerprint": claim.fingerprint,
        "before": claim.before,
        "how": claim.how,
        "recipient": recipient or "",
    }
    journal.record(session, act="登记上级密钥", subject=claim.unit_code, by=by, detail=detail)


def _change_of_key(claim: Claim) -> str:
    known = f"原来登记的指纹是 {claim.before}" if claim.before else "本文件没有登记过它的密钥"
    return (
        f"“{claim.unit_name}”的签名密钥变了：{known}，任务文件里的是 {claim.fingerprint}，"
        "而且没有本文件信任的密钥为它签名。"
    )


_CALL = "任务没有打开。请打电话与该单位核对任务文件里的 24 位指纹，一致后输入指纹再打开；不一致就是冒名的，请报告上级。"
