"""A data file's password from the outside: look, unlock, protect, change, renew the recovery code, take away.

A protected file is either plain with its secrets wrapped (its locks lie in ``key_lock``) or encrypted as a whole (they
lie in the key file beside it, see ``storage.cipher``). Every function here takes the path of a closed file, except
``unlock``, which touches none; those that change a file leave a journal entry. Argon2id takes a moment each time a
password or recovery code is used: a window calls these off its own thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import codes, keylock, signing
from pingyi_desktop.exchange.locks.keylock import PASSWORD, RECOVERY, Lock
from pingyi_desktop.storage import cipher, journal, replacing, store, troubles
from pingyi_desktop.storage.formats.migrations import GoOn
from pingyi_desktop.storage.schema_people import OrgType
from pingyi_desktop.storage.store import Store

Show = Callable[[], object]
"""Shows what is shown this once, at the last moment at which nothing is changed yet; nothing will be if it raises."""
signing.sign_commits()  # whoever opens a file does it here, also one who loads nothing else of exchange


def nothing() -> None:
    """There is nothing to show, or it has been shown."""


OFFICES = frozenset({OrgType.COMPANY_COMMITTEE, OrgType.GRASSROOTS_COMMITTEE, OrgType.GENERAL_BRANCH})
"""Units that hold the figures of others: a password and encryption are proposed to them (package design §6)."""


@dataclass(frozen=True)
class Protection:
    """How a file is protected: encrypted as a whole or not, and its locks (none without a password)."""

    encrypted: bool
    locks: tuple[Lock, ...]


@dataclass(frozen=True)
class Fresh:
    """A new data key with its locks, and the recovery code to be printed: it is stored nowhere."""

    data_key: bytes
    locks: tuple[Lock, ...]
    recovery_code: str

    @property
    def key_file(self) -> bytes:
        """The key file that goes with a file encrypted with this key."""
        return keylock.sidecar(self.locks)

    def __repr__(self) -> str:
        """Neither key nor code is ever shown by accident."""
        return "Fresh()"


def of_file(path: Path) -> Protection:
    """How a data file is protected; upgrades an older plain file as opening it would."""
    if (sealed := _sealed(path)) is not None:
        return sealed
    with _opened(path, None) as held, held.reading() as session:
        return Protection(False, keylock.locks(session))


def open_file(
    path: Path, key_of: Callable[[Protection], bytes], go_on: GoOn = lambda _done, _all: True
) -> Store:
    """Open a data file; ``key_of`` is asked for the data key when the file is protected, ``go_on`` during an upgrade."""
    sealed = _sealed(path)
    held = store.open_file(path, None if sealed is None else key_of(sealed), go_on)
    with ExitStack() as undo:
        undo.callback(held.close)
        if sealed is None:
            with held.reading() as session:
                found = Protection(False, keylock.locks(session))
            held = replace(held, data_key=key_of(found) if found.locks else None)
        if held.upgraded:
            signing.renew(held)
        undo.pop_all()
    return held


def unlock(found: Protection, *, password: str = "", recovery_code: str = "") -> bytes:
    """The data key, by the password or by the recovery code; a sentence when it is not the right one."""
    kind, secret = PASSWORD, password
    if recovery_code:
        kind, secret = RECOVERY, codes.read_recovery_code(recovery_code)
    lock = next((lock for lock in found.locks if lock.kind == kind), None)
    if lock is None:
        raise FileError("密钥文件里缺少这一种口令，请用备份里同名的密钥文件替换它再打开。")
    return keylock.open_lock(lock, secret)


def fresh(password: str, *, encrypt: bool = False) -> Fresh:
    """A data key under a new password and a new recovery code; refused where it is to ``encrypt`` and cannot."""
    if encrypt:
        cipher.module()
    chosen, code, data_key = (
        keylock.checked_password(password),
        codes.new_recovery_code(),
        keylock.new_data_key(),
    )
    locks = (
        keylock.make_lock(PASSWORD, chosen, data_key),
        keylock.make_lock(RECOVERY, codes.read_recovery_code(code), data_key),
    )
    return Fresh(data_key, locks, code)


def create(
    path: Path,
    *,
    code: str,
    name: str,
    org_type: OrgType,
    short_name: str = "",
    made: Fresh | None,
    show: Show = nothing,
) -> Store:
    """A new data file: encrypted as a whole from its first byte, or plain and without a password when ``made`` is None."""
    return store.create(
        path,
        code=code,
        name=name,
        org_type=org_type,
        short_name=short_name,
        key=None if made is None else made.data_key,
        key_file=b"" if made is None else made.key_file,
        fill=lambda _: show(),
    )


def protect(path: Path, *, made: Fresh, encrypt: bool, by: str, show: Show = nothing) -> None:
    """Give a file without a password one: wrap its secrets or, with ``encrypt``, encrypt it as a whole."""
    if of_file(path).locks:
        raise UserError(f"“{path.name}”已经设有口令；要换口令请用“修改口令”。")
    if encrypt:
        store.encrypt_file(path, made.data_key, made.key_file, before=show)
    with _opened(path, made.data_key) as held:
        with held.transaction() as session:
            if not encrypt:
                keylock.keep(session, made.locks)
            keylock.wrap_all(session)
            _note(session, "设置口令", path, by)
            if not encrypt:
                show()
        held.compact()


def encrypt(path: Path, *, data_key: bytes, by: str) -> None:
    """Encrypt as a whole a file that has a password already; password and recovery code stay the same."""
    found = of_file(path)
    store.encrypt_file(path, data_key, keylock.sidecar(found.locks))
    with _opened(path, data_key) as held, held.transaction() as session:
        keylock.forget(session)
        _note(session, "加密数据文件", path, by)


def change_password(path: Path, *, data_key: bytes, password: str, by: str) -> None:
    """Put a new password in place of the old or forgotten one; the recovery code stays."""
    lock = keylock.make_lock(PASSWORD, keylock.checked_password(password), data_key)
    _replace(path, lock, data_key=data_key, act="修改口令", by=by)


def renew_recovery_code(path: Path, *, data_key: bytes, code: str, by: str, show: Show = nothing) -> None:
    """Another recovery code in place of the old one, which no longer opens the file (but backups made before)."""
    lock = keylock.make_lock(RECOVERY, codes.read_recovery_code(code), data_key)
    _replace(path, lock, data_key=data_key, act="更换恢复码", by=by, show=show)


def unprotect(path: Path, *, data_key: bytes, by: str) -> None:
    """Take the password away: the secrets are stored as they are, an encrypted file becomes a plain one."""
    with _opened(path, data_key) as held, held.transaction() as session:
        keylock.unwrap_all(session)
        _note(session, "取消口令", path, by)
    if cipher.is_encrypted(path):
        store.decrypt_file(path, data_key)


def _sealed(path: Path) -> Protection | None:
    replacing.settle(path)
    if not cipher.is_encrypted(path):
        return None
    with troubles.told_as_sentences(path):
        return Protection(True, keylock.read_sidecar(cipher.read_key_file(path)))


def _replace(path: Path, lock: Lock, *, data_key: bytes, act: str, by: str, show: Show = nothing) -> None:
    found = of_file(path)
    with _opened(path, data_key) as held, held.transaction() as session:
        if not found.encrypted:
            keylock.keep(session, [lock])
        _note(session, act, path, by)
        show()
        if found.encrypted:
            others = (other for other in found.locks if other.kind != lock.kind)
            cipher.write_key_file(path, keylock.sidecar((*others, lock)))


@contextmanager
def _opened(path: Path, data_key: bytes | None) -> Iterator[Store]:
    held = store.open_file(path, data_key)
    try:
        yield held
    finally:
        held.close()


def _note(session: Session, act: str, path: Path, by: str) -> None:
    journal.record(session, act=act, subject=path.name, by=by)
