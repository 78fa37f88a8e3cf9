"""恢复码 of a campaign: printed once when it is published, kept in an envelope, and the last way into old packages.

Every package of the campaign is encrypted to the code's public half as well, which stands in the signed definition.
The code itself is stored nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import Session

from pingyi_desktop.appraisal.campaign import campaigns, sessions
from pingyi_desktop.appraisal.people import org
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.wire import age
from pingyi_desktop.storage.schema_campaign import Campaign


@dataclass(frozen=True)
class Published:
    """A campaign just published; ``code`` are the 30 digits to be printed now, for they are stored nowhere.

    A unit without units below it, to which nobody sends packages, gets no code ("").
    """

    definition_sha256: str
    code: str = field(repr=False)


def new_code(session: Session) -> str:
    """A recovery code for a campaign about to be published; "" for a unit to which nobody sends packages."""
    return codes.new_recovery_code() if sum(one.in_scope for one in org.tree(session)) > 1 else ""


def publish(
    session: Session, *, campaign_id: str, by: str, code: str | None = None, reason: str = ""
) -> Published:
    """Publish a campaign whose packages a printed recovery code opens as well: ``code``, or a new one.

    Whoever calls this sees to it that the code is shown before the transaction is committed; ``reason`` as in ``sessions``.
    """
    code = new_code(session) if code is None else code
    if code:
        _, recipient = age.recovery_identity(code)
        campaigns.set_recovery(session, campaign_id=campaign_id, recipient=recipient)
    digest = sessions.publish(session, campaign_id=campaign_id, by=by, reason=reason)
    return Published(digest, code)


def identity(session: Session, *, campaign_id: str, code: str) -> str:
    """The secret key that the campaign's recovery code, as somebody typed it, stands for; for ``imports.plan_import``."""
    found, recipient = age.recovery_identity(codes.read_recovery_code(code))
    if recipient != session.get_one(Campaign, campaign_id).recovery_recipient:
        raise PackageError("这不是本次活动的恢复码，请核对纸上的活动名称，换一张纸再试。")
    return found


def open_package(data: bytes, code: str) -> bytes:
    """The plain bundle inside an encrypted package, opened with the recovery code as somebody typed it."""
    if not age.is_encrypted(data):
        raise PackageError("这个文件没有加密，不用恢复码，可以直接导入。")
    found, _ = age.recovery_identity(codes.read_recovery_code(code))
    try:
        return age.open_transport(data, [found])
    except age.NotForUsError:
        raise PackageError(
            "恢复码打不开这个文件：可能是另一次活动的恢复码，或这个文件不是本次活动的。请核对纸上的活动名称。"
        ) from None
