"""恢复码 of a campaign: printed once when it is published, kept in an envelope, and the last way into old packages.

Every package of the campaign is encrypted to the code's public half as well, which stands in the signed definition.
The code itself is stored nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import Session

from pingyi_desktop.appraisal import campaigns, sessions
from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange import age, codes


@dataclass(frozen=True)
class Published:
    """A campaign just published; ``code`` are the 30 digits to be printed now, for they are stored nowhere."""

    campaign_name: str
    definition_sha256: str
    code: str = field(repr=False)


def publish(session: Session, *, campaign_id: str, by: str) -> Published:
    """Publish a campaign whose packages a new printed recovery code opens as well."""
    code = codes.new_recovery_code()
    _, recipient = age.recovery_identity(code)
    campaigns.set_recovery(session, campaign_id=campaign_id, recipient=recipient)
    digest = sessions.publish(session, campaign_id=campaign_id, by=by)
    return Published(campaigns.show(session, campaign_id=campaign_id).name, digest, code)


def open_package(data: bytes, code: str) -> bytes:
    """The plain bundle inside an encrypted package, opened with the recovery code as somebody typed it."""
    if not age.is_encrypted(data):
        raise PackageError("这个文件没有加密，不用恢复码，可以直接导入。")
    identity, _ = age.recovery_identity(codes.read_recovery_code(code))
    try:
        return age.open_transport(data, [identity])
    except age.NotForUsError:
        raise PackageError(
            "恢复码打不开这个文件：可能是另一次活动的恢复码，或这个文件不是本次活动的。请核对纸上的活动名称。"
        ) from None
