"""Keys at rest: what is wrapped is unreadable without the password or the recovery code, and cannot be exchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

import make
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import keylock, keys
from pingyi_desktop.exchange.locks.keylock import PASSWORD, RECOVERY, Lock
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_exchange import OwnKey
from pingyi_desktop.storage.store import Store

WORD = "春风化雨2024"
SECRET = "AGE-SECRET-KEY-1QQQQQQ"
MEMORY = keylock._MEMORY  # read before ``conftest`` lowers it for everybody else


@pytest.fixture(scope="module", autouse=True)
def _real_cost() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keylock, "_MEMORY", MEMORY)
        yield


@pytest.fixture(scope="module")
def data_key() -> bytes:
    return keylock.new_data_key()


@pytest.fixture(scope="module")
def lock(data_key: bytes) -> Lock:
    return keylock.make_lock(PASSWORD, WORD, data_key)


@pytest.fixture(scope="module")
def cheap(data_key: bytes) -> Lock:
    """A lock that costs next to nothing to try; what it costs stands in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keylock, "_MEMORY", 64)
        return keylock.make_lock(PASSWORD, WORD, data_key)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Store]:
    made = make.school(tmp_path / "慈云学校.pingyi")
    yield made
    made.close()


def flipped(text: str) -> str:
    """The text with its last hexadecimal digit changed."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


# --- locks ------------------------------------------------------------------------------------------------------


def test_the_password_opens_its_lock(lock: Lock, data_key: bytes) -> None:
    assert keylock.open_lock(lock, WORD) == data_key


def test_an_input_method_in_full_width_and_spaces_at_the_ends_do_no_harm(
    cheap: Lock, data_key: bytes
) -> None:
    assert keylock.open_lock(cheap, " 春风化雨２０２４ ") == data_key


@pytest.mark.parametrize("wrong", ["", "春风化雨2025", "春风化雨2024a", WORD.upper() + "X"])
def test_a_wrong_password_is_a_sentence(cheap: Lock, wrong: str) -> None:
    with pytest.raises(UserError, match="口令不对，请检查大小写和输入法后重新输入；忘了口令请用恢复码"):
        keylock.open_lock(cheap, wrong)


def test_a_wrong_recovery_code_is_another_sentence(data_key: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keylock, "_MEMORY", 64)
    lock = keylock.make_lock(RECOVERY, "1" * 30, data_key)
    with pytest.raises(UserError, match="恢复码不是这个文件的"):
        keylock.open_lock(lock, "2" * 30)


def test_argon2id_has_the_parameters_of_the_design_and_they_are_stored(lock: Lock) -> None:
    assert lock.salt.startswith("argon2id,m=65536,t=3,p=4,")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": RECOVERY},
        {"salt": lambda lock: flipped(lock.salt)},
        {"salt": lambda lock: lock.salt.replace("t=3", "t=1")},
        {"salt": lambda lock: lock.salt.replace("m=64", "m=128")},
        {"wrapped": lambda lock: flipped(lock.wrapped)},
        {"wrapped": lambda lock: lock.wrapped.removeprefix(keylock.WRAPPED)},
        {"wrapped": lambda lock: lock.wrapped.replace("-1:", "-2:")},
        {"wrapped": lambda lock: lock.wrapped[:40]},
        {"wrapped": ""},
        {"wrapped": keylock.WRAPPED + "不是十六进制"},
    ],
)
def test_a_tampered_lock_does_not_open(cheap: Lock, change: dict[str, object]) -> None:
    changed = {name: value(cheap) if callable(value) else value for name, value in change.items()}
    assert all(getattr(cheap, name) != value for name, value in changed.items())
    with pytest.raises(UserError, match=r"。$"):
        keylock.open_lock(replace(cheap, **changed), WORD)


@pytest.mark.parametrize(
    "salt",
    [
        "",
        "argon2id,m=65536,t=3,p=4,",
        "argon2id,m=99999999,t=3,p=4," + "0" * 32,
        "argon2id,m=65536,t=999,p=4," + "0" * 32,
        "argon2id,m=65536,t=3,p=999," + "0" * 32,
        "argon2id,m=65536,t=0,p=4," + "0" * 32,
        "argon2id,m=16,t=3,p=4," + "0" * 32,
        "scrypt,m=65536,t=3,p=4," + "0" * 32,
    ],
)
def test_parameters_that_would_take_for_ever_or_are_none_are_refused(lock: Lock, salt: str) -> None:
    with pytest.raises(FileError, match="保存口令的数据已损坏或被改动过"):
        keylock.open_lock(replace(lock, salt=salt), WORD)


def test_no_two_locks_are_alike(lock: Lock, data_key: bytes) -> None:
    again = keylock.make_lock(PASSWORD, WORD, data_key)
    assert again.salt != lock.salt
    assert again.wrapped != lock.wrapped


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "应为 8 至 200 个字符，现在是 0 个"),
        ("一二三四五六七", "现在是 7 个"),
        ("  1234567  ", "现在是 7 个"),
        ("1" * 201, "现在是 201 个"),
        ("11112222", "太少，容易被猜中"),
    ],
)
def test_a_weak_password_is_refused(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        keylock.checked_password(text)


def test_a_password_is_kept_as_it_was_chosen_but_for_the_spaces_at_its_ends() -> None:
    assert keylock.checked_password(f" {WORD} ") == WORD


# --- secrets in the file ----------------------------------------------------------------------------------------


def test_without_a_data_key_a_secret_stays_as_it_is(school: Store) -> None:
    with school.reading() as session:
        assert keylock.protect(session, SECRET) == SECRET
        assert keylock.reveal(session, SECRET) == SECRET


def test_with_a_data_key_a_secret_is_wrapped_and_comes_back(school: Store, data_key: bytes) -> None:
    with replace(school, data_key=data_key).reading() as session:
        wrapped = keylock.protect(session, SECRET)
        assert SECRET not in wrapped
        assert wrapped.startswith(keylock.WRAPPED)
        assert keylock.reveal(session, wrapped) == SECRET
        assert keylock.protect(session, SECRET) != wrapped
        with pytest.raises(ValueError, match="wrapped already"):
            keylock.protect(session, wrapped)


def test_a_wrapped_secret_needs_its_own_data_key(school: Store, data_key: bytes) -> None:
    with replace(school, data_key=data_key).reading() as session:
        wrapped = keylock.protect(session, SECRET)
    with school.reading() as session, pytest.raises(UserError, match="请先输入口令"):
        keylock.reveal(session, wrapped)
    other = replace(school, data_key=keylock.new_data_key())
    with other.reading() as session, pytest.raises(FileError, match="被改动过或已损坏"):
        keylock.reveal(session, wrapped)


def test_a_wrapped_data_key_is_no_wrapped_secret(school: Store, lock: Lock, data_key: bytes) -> None:
    """Bound to its use: what was wrapped as one thing does not come out as another, under the same key."""
    inside = keylock._wrap(data_key, SECRET.encode(), keylock._use(PASSWORD, lock.salt))
    with replace(school, data_key=data_key).reading() as session, pytest.raises(FileError):
        keylock.reveal(session, inside)


def test_a_tampered_secret_is_told(school: Store, data_key: bytes) -> None:
    with replace(school, data_key=data_key).reading() as session:
        wrapped = keylock.protect(session, SECRET)
        for changed in (flipped(wrapped), wrapped[:-2], keylock.WRAPPED, keylock.WRAPPED + "zz"):
            with pytest.raises(FileError, match="请用备份恢复，或请上级重新下发任务"):
                keylock.reveal(session, changed)


def test_the_data_key_is_never_shown(school: Store, data_key: bytes) -> None:
    shown = repr(replace(school, data_key=data_key))
    assert repr(data_key) not in shown
    assert data_key.hex() not in shown


def test_all_secrets_of_a_file_are_wrapped_and_unwrapped(school: Store, data_key: bytes, lock: Lock) -> None:
    with school.transaction() as session:
        private = keys.create_signer(session, campaign_id="c", epoch=1).private
        row = session.exec(select(OwnKey)).one()
        row.token, row.age_identity = "ab" * 32, SECRET
    open_with_key = replace(school, data_key=data_key)
    with open_with_key.transaction() as session:
        keylock.keep(session, [lock])
        keylock.wrap_all(session)
        keylock.wrap_all(session)
    with open_with_key.transaction() as session:
        row = session.exec(select(OwnKey)).one()
        for stored, plain in (
            (row.private_key, private.hex() + keylock.HEADS),
            (row.token, "ab" * 32),
            (row.age_identity, SECRET),
        ):
            assert stored is not None
            assert stored.startswith(keylock.WRAPPED)
            assert keylock.reveal(session, stored) == plain
        assert keylock.locks(session) == (lock,)
        keylock.unwrap_all(session)
        row = session.exec(select(OwnKey)).one()
        assert (row.private_key, row.token, row.age_identity) == (
            private.hex() + keylock.HEADS,
            "ab" * 32,
            SECRET,
        )
        assert keylock.locks(session) == ()


def test_a_lock_replaces_the_one_of_its_kind(school: Store, lock: Lock, data_key: bytes) -> None:
    recovery = replace(lock, kind=RECOVERY)
    again = replace(lock, wrapped="new")
    with school.transaction() as session:
        keylock.keep(session, [lock, recovery])
        keylock.keep(session, [again])
        assert keylock.locks(session) == (again, recovery)


# --- the key file -----------------------------------------------------------------------------------------------


def test_the_key_file_is_read_back_whatever_the_order(lock: Lock) -> None:
    both = (lock, replace(lock, kind=RECOVERY))
    assert keylock.read_sidecar(keylock.sidecar(both)) == both
    assert keylock.sidecar(both) == keylock.sidecar(both[::-1])


def test_no_change_of_the_key_file_is_taken(lock: Lock) -> None:
    sound = keylock.sidecar([lock])
    for place in range(len(sound)):
        for changed in (sound[:place], sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :]):
            with pytest.raises(FileError, match=r"密钥文件.*。$"):
                keylock.read_sidecar(changed)


def test_a_newer_key_file_asks_for_a_newer_program(lock: Lock) -> None:
    document = json.loads(keylock.sidecar([lock]))
    newer = json.dumps({**document, "version": 2}, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(FileError, match="由更新的版本建立，请先升级本软件"):
        keylock.read_sidecar(newer)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"format":"pingyi-key","version":1}', b"1", b"\xff"]
)
def test_what_is_no_key_file_is_told(content: bytes) -> None:
    with pytest.raises(FileError, match="已损坏或被改动过"):
        keylock.read_sidecar(content)


def test_the_file_keeps_no_secret_in_plain_bytes(school: Store, data_key: bytes, lock: Lock) -> None:
    with school.transaction() as session:
        private = keys.create_signer(session, campaign_id="c", epoch=1).private.hex().encode()
    assert private in school.path.read_bytes()
    with replace(school, data_key=data_key).transaction() as session:
        keylock.keep(session, [lock])
        keylock.wrap_all(session)
    school.close()
    left = school.path.read_bytes()
    assert private not in left
    assert data_key not in left
    assert data_key.hex().encode() not in left
    assert WORD.encode() not in left
    assert not store.damage(school.path)
