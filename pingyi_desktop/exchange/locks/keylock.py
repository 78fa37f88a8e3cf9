"""Keys at rest (package design §6): one random data key a file, itself wrapped by a password and by a recovery code.

The data key wraps the secrets in the file (:func:`protect`, :func:`reveal`) and is the raw key of an encrypted file.
It is never stored as it is: a :class:`Lock` holds it under Argon2id of the password or of the printed recovery code
(RFC 9106, second recommended option: 64 MiB, three passes, four lanes; the parameters stand in the lock, so that they
can be raised later). There is no lock-out after wrong passwords: the cost of Argon2id is the brake.

Everything wrapped carries a versioned prefix and is bound to its use as associated data, so that a wrapped text is
never taken for a plain one, nor one lock for another.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeGuard
from unicodedata import normalize

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from pingyi_desktop.errors import FileError, PackageError, UserError
from pingyi_desktop.exchange.wire import canonical
from pingyi_desktop.storage.schema_exchange import IssuedTask, KeyLock, OwnKey

WRAPPED = "pingyi-wrapped-1:"
PASSWORD, RECOVERY = "password", "recovery"
HEADS = "+heads"
"""ends the text of a private key with which the journal's head is signed (``heads``), so that no head is taken away"""
SHORTEST, LONGEST = 8, 200  # characters of a password
DATA_KEY = 32  # bytes
_NONCE = 12  # bytes
_MEMORY, _PASSES, _LANES = 65_536, 3, 4  # KiB; RFC 9106 §4, second recommended option
_SALT = re.compile(r"argon2id,m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3}),([0-9a-f]{32})")
_MOST = (1_048_576, 20, 16)  # a lock that asks for more than this is not ours
_SECRET = b"pingyi secret 1"
_NOT_WRAPPED = (
    "数据文件设有口令，里面却有没受口令保护的密钥，可能被人换过，没有使用。上次“取消口令”没有做完的，请再做一次；"
    "不是这样的，请用备份恢复。"
)
_NEEDS_PASSWORD = "这个数据文件设有口令，请先输入口令再做这一步。"


@dataclass(frozen=True)
class Lock:
    """The data key wrapped for one ``kind`` of secret; ``salt`` also names the parameters of Argon2id."""

    kind: str
    salt: str
    wrapped: str


def protect(session: Session, text: str) -> str:
    """The secret ``text`` as it may be stored: wrapped when the session carries a data key, else as it is."""
    if text.startswith(WRAPPED):
        raise ValueError("the text is wrapped already")
    data_key = session.info.get("data_key")
    return text if data_key is None else _wrap(data_key, text.encode(), _SECRET)


def reveal(session: Session, text: str) -> str:
    """The secret that :func:`protect` stored as ``text``; ``UserError`` without the data key that wrapped it.

    In a file with a password a secret that is not wrapped is refused: whoever can write the file could have put it there.
    """
    data_key = session.info.get("data_key")
    if not text.startswith(WRAPPED):
        if data_key is not None:
            raise FileError(_NOT_WRAPPED)
        return text
    if data_key is None:
        raise UserError(_NEEDS_PASSWORD)
    try:
        return _unwrap(data_key, text, _SECRET).decode()
    except InvalidTag:
        raise FileError("数据文件里的密钥被改动过或已损坏，请用备份恢复，或请上级重新下发任务。") from None


def signing_half(text: str) -> bytes:
    """The private key that a revealed text holds."""
    return bytes.fromhex(text.removesuffix(HEADS))


def plain(session: Session, text: str) -> str:
    """Like :func:`reveal` for a secret on its way in or out of its wrapping, as it stands in this very transaction."""
    return reveal(session, text) if text.startswith(WRAPPED) else text


def protect_as(session: Session, before: str, text: str) -> str:
    """``text`` in place of the stored secret ``before``: wrapped if that one is."""
    return protect(session, text) if before.startswith(WRAPPED) else text


def new_data_key() -> bytes:
    """A random data key."""
    return os.urandom(DATA_KEY)


def make_lock(kind: str, secret: str, data_key: bytes) -> Lock:
    """Wrap the data key under a password or a recovery code; takes a moment (Argon2id)."""
    salt = f"argon2id,m={_MEMORY},t={_PASSES},p={_LANES},{os.urandom(16).hex()}"
    return Lock(kind, salt, _wrap(_stretched(secret, salt), data_key, _use(kind, salt)))


def open_lock(lock: Lock, secret: str) -> bytes:
    """The data key; ``UserError`` when ``secret`` is not the one, ``FileError`` when the lock is damaged."""
    try:
        data_key = _unwrap(_stretched(secret, lock.salt), lock.wrapped, _use(lock.kind, lock.salt))
    except InvalidTag:
        raise UserError(_WRONG[lock.kind]) from None
    return data_key


_WRONG = {
    PASSWORD: "口令不对，请检查大小写和输入法后重新输入；忘了口令请用恢复码。",
    RECOVERY: "恢复码不是这个文件的，请核对纸上的文件名和建立日期；换过恢复码的，用最后一次打印的那张。",
}


def checked_password(text: str) -> str:
    """A password that may be chosen; ``UserError`` says what is wrong with it."""
    password = text.strip()
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserError(f"口令应为 {SHORTEST} 至 {LONGEST} 个字符，现在是 {len(password)} 个，请重新设定。")
    if len(set(password)) < 4:
        raise UserError("口令里不同的字符太少，容易被猜中，请换一个。")
    return password


def locks(session: Session) -> tuple[Lock, ...]:
    """The locks kept in a data file that is not encrypted as a whole; none when it has no password."""
    rows = session.exec(select(KeyLock).order_by(col(KeyLock.kind)))
    return tuple(Lock(row.kind, row.salt, row.wrapped) for row in rows)


def keep(session: Session, kept: Iterable[Lock]) -> None:
    """Store locks in place of those of the same kind."""
    rows = [vars(lock) for lock in kept]
    session.execute(delete(KeyLock).where(col(KeyLock.kind).in_([row["kind"] for row in rows])))
    session.execute(insert(KeyLock), rows)


def wrap_all(session: Session) -> None:
    """Wrap every secret of the file with the session's data key; those that are wrapped stay."""
    for row in (*session.exec(select(OwnKey)), *session.exec(select(IssuedTask))):
        for name, text in _secrets(row):
            if not text.startswith(WRAPPED):
                setattr(row, name, protect(session, text))
    session.flush()


def unwrap_all(session: Session) -> None:
    """Store every secret as it is, and forget the locks."""
    for row in (*session.exec(select(OwnKey)), *session.exec(select(IssuedTask))):
        for name, text in _secrets(row):
            if text.startswith(WRAPPED):
                setattr(row, name, reveal(session, text))
    session.flush()
    forget(session)


def forget(session: Session) -> None:
    """Remove the locks from the file: they are kept elsewhere, or there is no password any longer."""
    session.execute(delete(KeyLock))


def sidecar(kept: Sequence[Lock]) -> bytes:
    """The key file that lies beside an encrypted data file: canonical JSON, with a digest against damage.

    ``{"digest": SHA-256 of the canonical "locks", "format": "pingyi-key", "locks": [{kind, salt, wrapped}], "version": 1}``
    """
    rows = [vars(lock) for lock in sorted(kept, key=lambda lock: lock.kind)]
    return canonical.encode({"digest": _digest(rows), "format": "pingyi-key", "locks": rows, "version": 1})


def read_sidecar(data: bytes) -> tuple[Lock, ...]:
    """The locks of a key file; ``FileError`` when it is damaged, foreign or newer than this program."""
    try:
        document = canonical.decode(data)
    except PackageError:
        raise FileError(_DAMAGED) from None
    if not isinstance(document, dict) or document.get("format") != "pingyi-key":
        raise FileError(_DAMAGED)
    if document.get("version") != 1:
        raise FileError("密钥文件由更新的版本建立，请先升级本软件再打开。文件没有改动。")
    rows = document.get("locks")
    whole = document.keys() == {"digest", "format", "locks", "version"}
    if not whole or not _are_locks(rows) or document["digest"] != _digest(rows):
        raise FileError(_DAMAGED)
    return tuple(Lock(**row) for row in rows)


_DAMAGED = "密钥文件（扩展名 .key）已损坏或被改动过，请用备份里同名的密钥文件替换它再打开。"


def _are_locks(rows: object) -> TypeGuard[list[dict[str, str]]]:
    return isinstance(rows, list) and all(
        isinstance(row, dict)
        and row.keys() == {"kind", "salt", "wrapped"}
        and all(isinstance(text, str) for text in row.values())
        and row["kind"] in _WRONG
        for row in rows
    )


def _digest(rows: Sequence[object]) -> str:
    return hashlib.sha256(canonical.encode(rows)).hexdigest()


def _secrets(row: OwnKey | IssuedTask) -> list[tuple[str, str]]:
    named = ((name, getattr(row, name, None)) for name in ("private_key", "age_identity", "token"))
    return [(name, text) for name, text in named if text]


def _use(kind: str, salt: str) -> bytes:
    return f"pingyi data key 1 {kind} {salt}".encode()


def _stretched(secret: str, salt: str) -> bytes:
    """32 bytes of Argon2id; full-width and half-width characters are the same."""
    found = _SALT.fullmatch(salt)
    numbers = [int(number) for number in found.groups()[:3]] if found else []
    if found is None or not all(1 <= number <= most for number, most in zip(numbers, _MOST, strict=True)):
        raise FileError(_DAMAGED_LOCK)
    memory, passes, lanes = numbers
    if memory < 8 * lanes:
        raise FileError(_DAMAGED_LOCK)
    kdf = Argon2id(
        salt=bytes.fromhex(found[4]), length=32, iterations=passes, lanes=lanes, memory_cost=memory
    )
    return kdf.derive(normalize("NFKC", secret).strip().encode())


_DAMAGED_LOCK = "保存口令的数据已损坏或被改动过，请用恢复码打开，或用备份恢复。"


def _wrap(key: bytes, plain: bytes, use: bytes) -> str:
    nonce = os.urandom(_NONCE)
    return WRAPPED + (nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, use)).hex()


def _unwrap(key: bytes, text: str, use: bytes) -> bytes:
    try:
        sealed = bytes.fromhex(text.removeprefix(WRAPPED) if text.startswith(WRAPPED) else "")
        return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], use)
    except ValueError:  # not hexadecimal, or shorter than a nonce
        raise InvalidTag from None
