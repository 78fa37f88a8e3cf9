"""Keys: create, sign, verify, and decide whether a signer is known (package design §1 T3–T7, T19, §3). No database.

One suite: Ed25519. The key that made a signature stands inside the signed header; whether that key may speak for the
unit is decided here, from a keyring ``(unit, epoch) → key``. A key comes into the keyring in one of five ways: it is
our own, it is our parent's (from the task file), it proves that it was made with the secret of the task we handed down
(enrolment), a person confirmed it (24 digits read over the telephone), or an office registered it for one of its
**direct** children in the campaign's organisations.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pingyi_desktop.errors import PackageError

KEY_BYTES = 32
SIGNATURE_BYTES = 64

Keyring = Mapping[tuple[str, int], str]
"""Trusted public keys, 64 hexadecimal digits, by (unit, epoch)."""

_P = 2**255 - 19
# The points of order 8 have this ordinate or its negative; the other four of small order have 0, 1 or −1.
_Y8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7


def _encodings(y: int) -> tuple[bytes, bytes]:
    plain = y.to_bytes(32, "little")
    return plain, plain[:31] + bytes([plain[31] | 0x80])


# The 14 encodings of the 8 points of small order: for such a "key" one fixed signature fits every message.
# The last two ordinates are p and p+1, other spellings of 0 and 1.
SMALL_ORDER = frozenset(
    encoding for y in (0, 1, _P - 1, _Y8, _P - _Y8, _P, _P + 1) for encoding in _encodings(y)
)


@dataclass(frozen=True)
class Known:
    """The signer's key is in the keyring."""


@dataclass(frozen=True)
class FirstUse:
    """No key is known yet for a direct child: a person compares these 24 digits with the sender's."""

    fingerprint: str


@dataclass(frozen=True)
class Refused:
    """The signer may not speak for the unit; ``sentence`` tells the user why and what to do."""

    sentence: str


def create_key() -> bytes:
    """A new random private key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(private: bytes) -> str:
    """The public key of a private one, 64 hexadecimal digits."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


def sign(data: bytes, private: bytes) -> bytes:
    """The 64-byte signature of ``data``; the same data and key always give the same signature."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(data)


def check_public_key(key: str) -> None:
    """Refuse keys under which a signature proves nothing (T19): small order, non-canonical, wrong length."""
    raw = bytes.fromhex(key)
    y = int.from_bytes(raw, "little") & ~(1 << 255)
    if len(raw) != KEY_BYTES or y >= _P or raw in SMALL_ORDER:
        raise PackageError("数据包的签名密钥不合规定，不能证明是谁签的，已拒收。请让对方用本软件重新导出。")


def verify(data: bytes, signature: bytes, key: str) -> None:
    """Raise :class:`PackageError` unless ``signature`` is the key's own over exactly these bytes."""
    check_public_key(key)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, data)
    except InvalidSignature:
        raise PackageError(
            "数据包的签名核对不上，内容可能被改动或已损坏。请让对方重新导出并重新拷贝。"
        ) from None


def fingerprint(key: str) -> str:
    """密钥指纹: 24 decimal digits in groups of four, to be read aloud.

    SHA-256 over ``b"pingyi key fingerprint v1\\0"`` and the 32 key bytes, as a big-endian number modulo 10²⁴, padded
    with zeros: about 80 bits.
    """
    return spoken(b"pingyi key fingerprint v1\0" + bytes.fromhex(key), digits=24)


def digits(text: str) -> str:
    """The digits of a fingerprint as typed (full-width ones too) or shown."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if "0" <= one <= "9")


def spoken(data: bytes, *, digits: int) -> str:
    """The last ``digits`` decimal digits of the SHA-256 of ``data`` as a big-endian number, in groups of four."""
    number = int.from_bytes(hashlib.sha256(data).digest(), "big") % 10**digits
    text = f"{number:0{digits}d}"
    return " ".join(text[i : i + 4] for i in range(0, digits, 4))


def enrolment(token: bytes, *, key: str, campaign: str, unit: str, epoch: int) -> str:
    """The proof that whoever holds ``key`` also held the task's secret: 64 hexadecimal digits.

    HMAC-SHA-256 under the token over ``b"pingyi enrol v1\\0"``, the 32 key bytes, and campaign, unit and epoch with a
    zero byte between them.
    """
    place = f"{campaign}\0{unit}\0{epoch}".encode()
    return hmac.new(token, b"pingyi enrol v1\0" + bytes.fromhex(key) + place, hashlib.sha256).hexdigest()


def check_enrolment(enrol: str, token: bytes, *, key: str, campaign: str, unit: str, epoch: int) -> bool:
    """Whether ``enrol`` is the proof of exactly this key, campaign, unit and epoch under this token."""
    right = enrolment(token, key=key, campaign=campaign, unit=unit, epoch=epoch)
    return hmac.compare_digest(enrol, right)


def judge_signer(
    *,
    unit: str,
    epoch: int,
    key: str,
    keyring: Keyring,
    me: str,
    parents: Mapping[str, str | None],
    issued: Mapping[str, int],
    campaign: str = "",
    tokens: Mapping[tuple[str, int], bytes] = MappingProxyType({}),
    enrol: str = "",
    manual: bool = False,
) -> Known | FirstUse | Refused:
    """Whether ``key`` may sign for ``unit`` at ``epoch``, seen from the office ``me``.

    ``parents`` are the campaign's organisations; ``issued`` gives the current epoch of our direct children (1 when
    never issued again). Only the parent raises an epoch, so a direct child is held to exactly the issued one: an older
    epoch is a revoked key (T5), a newer one somebody's invention (T7).

    ``tokens`` are the secrets in the tasks we handed down: a first key with the right proof ``enrol`` is known without
    asking anybody, unless the campaign wants every first key read out over the telephone (``manual``, 人工核对). A wrong
    proof is refused, and so is none: whoever left it out did not open our task. Only for a task of which we have no
    secret on record (the first edition's) does a person compare the fingerprint.
    """
    if unit not in parents:
        return Refused("该单位不在本次活动的组织名单里。请核对是否拿错了文件，或补充名单后重新发布活动。")
    is_child = unit != me and parents[unit] == me
    if is_child and epoch != issued.get(unit, 1):
        return Refused(_wrong_epoch(epoch, issued.get(unit, 1)))
    known = keyring.get((unit, epoch))
    if known is not None:
        return Known() if known == key else Refused(_OTHER_KEY)
    if is_child:
        token = tokens.get((unit, epoch))
        if token is None:
            return FirstUse(fingerprint(key))
        if not enrol:
            return Refused(_NO_PROOF)
        if not check_enrolment(enrol, token, key=key, campaign=campaign, unit=unit, epoch=epoch):
            return Refused(_WRONG_PROOF)
        return FirstUse(fingerprint(key)) if manual else Known()
    if unit == me:
        return Refused("这份数据以本单位的名义签名，但不是本数据文件的密钥。请核对是否拿错了文件。")
    return Refused("签名密钥没有由该单位的上级登记。请由其上级单位导入、汇总后一并报来。")


def register(
    keyring: MutableMapping[tuple[str, int], str],
    *,
    office: str,
    keys: Iterable[tuple[str, int, str]],
    parents: Mapping[str, str | None],
    far: bool = False,
) -> None:
    """Add the ``(unit, epoch, key)`` an office vouches for to the keyring; it may do so for direct children only (T3).

    ``far`` are keys of units anywhere below it, whose earlier reports go on counting there (``holds``).

    A key that differs from the one already trusted for the same unit and epoch is refused, whoever vouches for it.
    """
    for unit, epoch, key in keys:
        check_public_key(key)
        if parents.get(unit) != office and not (far and is_below(unit, office, parents)):
            raise PackageError(
                f"汇总包登记了“{unit}”的密钥，但它不是“{office}”的直接下级，已拒收。请让对方核对后重新导出。"
            )
        if keyring.setdefault((unit, epoch), key) != key:
            raise PackageError(
                f"汇总包里“{unit}”的密钥与已登记的不同，已拒收。请与其上级核实，必要时由上级重新下发任务。"
            )


def is_below(unit: str, office: str, parents: Mapping[str, str | None]) -> bool:
    """Whether a unit hangs somewhere below an office."""
    return office in ancestors(unit, parents)


def depth(unit: str, parents: Mapping[str, str | None]) -> int:
    """How many offices are above a unit."""
    return sum(1 for _ in ancestors(unit, parents))


def ancestors(unit: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    """The offices above a unit, the next one first."""
    at = parents.get(unit)
    while at is not None:
        yield at
        at = parents.get(at)


_OTHER_KEY = "签名密钥与已登记的不同：可能在第二台电脑上打开了同一任务，也可能是冒名。请与该单位核实，必要时重新下发任务。"
_NO_PROOF = (
    "数据包没有带本级任务文件里的登记凭据：它的密钥不是打开本级下发的任务得来的，可能是冒名。"
    "请让该单位用激活码打开本级下发的任务文件，再重新导出。"
)
_WRONG_PROOF = (
    "签名密钥不是用本级下发的任务文件登记的，可能是冒名。请打电话与该单位核实，必要时重新下发任务。"
)


def _wrong_epoch(epoch: int, current: int) -> str:
    if epoch < current:
        return "这份是按旧任务签的，该单位的任务已重新下发。请让对方打开新的任务文件后再导出。"
    return "这份的任务批次不是本级下发的。请让对方打开本级下发的任务文件后再导出。"
