"""Passwords of a data file from the outside, as the command line offers them: set, change, forget, recover, take away."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

import make
from pingyi_desktop.cli import main, passwords
from pingyi_desktop.errors import FileError, UserError
from pingyi_desktop.exchange.locks import codes, keylock, keys, protection
from pingyi_desktop.exchange.locks.protection import Fresh
from pingyi_desktop.storage import cipher, store
from pingyi_desktop.storage.schema_exchange import IssuedTask, OwnKey
from pingyi_desktop.storage.schema_people import OrgType, PartyOrganization

WORD, NEXT = "春风化雨2024", "秋水长天2025"
PRIVATE = "0123456789abcdef" * 4
TOKEN = "cd" * 32  # of a task handed down
BY = "王办事"

Run = Callable[..., tuple[int, str, str]]


class Terminal(io.StringIO):
    """Standard input with a person at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (passwords.CURRENT, passwords.NEW):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with lines on its standard input; gives status, stdout and stderr."""

    def command(
        *words: object, lines: tuple[str, ...] = (), kind: type[io.StringIO] = io.StringIO
    ) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", kind("".join(f"{line}\n" for line in lines)))
        flags = ("--password-stdin",) if lines else ()
        status = main([*map(str, words), *flags])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A plain file with one secret in it, closed."""
    where = tmp_path / "慈云学校.pingyi"
    make.copied(where, _with_a_secret).close()
    return where


def _with_a_secret(path: Path) -> store.Store:
    made = make.school(path)
    with made.transaction() as session:
        session.add(OwnKey(campaign_id="c", epoch=1, private_key=PRIVATE, public_key="p", token="ab" * 32))
        session.add(IssuedTask(campaign_id="c", unit_code="u", epoch=1, token=TOKEN))
    return made


@pytest.fixture(scope="module")
def fresh() -> Fresh:
    return protection.fresh(WORD)


def secret_of(path: Path, data_key: bytes | None) -> str:
    held = store.open_file(path, data_key)
    try:
        with held.reading() as session:
            return keylock.reveal(session, session.exec(select(OwnKey.private_key)).one())
    finally:
        held.close()


def code_in(out: str) -> str:
    found = re.search(r"恢复码：([\d ]+)\n", out)
    assert found is not None
    return found[1]


# --- what is protected, and how it opens ------------------------------------------------------------------------


def test_a_new_key_has_two_locks_and_shows_nothing(fresh: Fresh) -> None:
    assert [lock.kind for lock in fresh.locks] == [keylock.PASSWORD, keylock.RECOVERY]
    assert fresh.recovery_code == codes.read_recovery_code(fresh.recovery_code)
    assert fresh.recovery_code not in repr(fresh)
    assert fresh.recovery_code.encode() not in fresh.key_file
    assert fresh.data_key.hex().encode() not in fresh.key_file


@pytest.mark.parametrize("encrypt", [False, True])
def test_password_and_recovery_code_open_the_file(path: Path, fresh: Fresh, encrypt: bool) -> None:
    assert protection.of_file(path).locks == ()
    protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
    found = protection.of_file(path)
    assert found.encrypted is encrypt
    for data_key in (
        protection.unlock(found, password=WORD),
        protection.unlock(found, recovery_code=codes.grouped(fresh.recovery_code)),
    ):
        assert secret_of(path, data_key) == PRIVATE
    with pytest.raises(UserError, match="口令不对"):
        protection.unlock(found, password=NEXT)
    with pytest.raises(UserError, match="恢复码不是这个文件的"):
        protection.unlock(found, recovery_code=codes.new_recovery_code())
    with pytest.raises(UserError, match="已经设有口令"):
        protection.protect(path, made=fresh, encrypt=encrypt, by=BY)


@pytest.mark.parametrize("encrypt", [False, True])
def test_the_bytes_on_the_disk_hold_no_secret(path: Path, fresh: Fresh, encrypt: bool) -> None:
    before = path.read_bytes()
    assert PRIVATE.encode() in before
    protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    for secret in (PRIVATE, "ab" * 32, TOKEN, WORD, fresh.recovery_code, fresh.data_key.hex()):
        assert secret.encode() not in everything
    assert fresh.data_key not in everything
    assert ("慈云学校".encode() in everything) is not encrypt


def test_a_plain_protected_file_without_its_password_keeps_its_secrets(path: Path, fresh: Fresh) -> None:
    protection.protect(path, made=fresh, encrypt=False, by=BY)
    with pytest.raises(UserError, match="设有口令，请先输入口令"):
        secret_of(path, None)


def test_the_key_is_asked_for_only_when_there_is_a_lock(path: Path, fresh: Fresh) -> None:
    def never(_: object) -> bytes:
        raise AssertionError

    protection.open_file(path, never).close()
    for encrypt in (False, True):
        protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
        held = protection.open_file(path, lambda _: fresh.data_key)
        assert held.data_key == fresh.data_key
        held.close()
        protection.unprotect(path, data_key=fresh.data_key, by=BY)


def test_a_file_that_is_not_unlocked_is_closed_again(path: Path, fresh: Fresh) -> None:
    protection.protect(path, made=fresh, encrypt=False, by=BY)

    def refused(_: object) -> bytes:
        raise FileError("没有输入口令。")

    with pytest.raises(FileError, match="没有输入口令"):
        protection.open_file(path, refused)
    path.rename(path.with_name("别处.pingyi"))  # on Windows an open file would refuse


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_new_password_replaces_the_old_and_leaves_the_recovery_code(
    path: Path, fresh: Fresh, encrypt: bool
) -> None:
    protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
    with pytest.raises(UserError, match="应为 8 至 200"):
        protection.change_password(path, data_key=fresh.data_key, password="短", by=BY)
    protection.change_password(path, data_key=fresh.data_key, password=NEXT, by=BY)
    found = protection.of_file(path)
    with pytest.raises(UserError, match="口令不对"):
        protection.unlock(found, password=WORD)
    assert protection.unlock(found, password=NEXT) == fresh.data_key
    assert protection.unlock(found, recovery_code=fresh.recovery_code) == fresh.data_key


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_new_recovery_code_ends_the_old_one(path: Path, fresh: Fresh, encrypt: bool) -> None:
    protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
    code = codes.new_recovery_code()
    protection.renew_recovery_code(path, data_key=fresh.data_key, code=code, by=BY)
    found = protection.of_file(path)
    assert protection.unlock(found, recovery_code=code) == fresh.data_key
    assert protection.unlock(found, password=WORD) == fresh.data_key
    with pytest.raises(UserError, match="用最后一次打印的那张"):
        protection.unlock(found, recovery_code=fresh.recovery_code)


def test_a_protected_file_can_be_encrypted_later(path: Path, fresh: Fresh) -> None:
    protection.protect(path, made=fresh, encrypt=False, by=BY)
    protection.encrypt(path, data_key=fresh.data_key, by=BY)
    found = protection.of_file(path)
    assert found.encrypted
    assert protection.unlock(found, password=WORD) == fresh.data_key
    assert protection.unlock(found, recovery_code=fresh.recovery_code) == fresh.data_key
    held = store.open_file(path, fresh.data_key)
    with held.reading() as session:
        assert keylock.locks(session) == ()
    held.close()
    assert secret_of(path, fresh.data_key) == PRIVATE


@pytest.mark.parametrize("encrypt", [False, True])
def test_without_protection_everything_is_as_before(path: Path, fresh: Fresh, encrypt: bool) -> None:
    protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
    protection.unprotect(path, data_key=fresh.data_key, by=BY)
    assert protection.of_file(path) == protection.Protection(False, ())
    assert secret_of(path, None) == PRIVATE
    assert PRIVATE.encode() in path.read_bytes()
    assert TOKEN.encode() in path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("encrypt", [False, True])
def test_every_change_is_in_the_journal(path: Path, fresh: Fresh, encrypt: bool, run: Run) -> None:
    protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
    protection.change_password(path, data_key=fresh.data_key, password=NEXT, by=BY)
    code = codes.new_recovery_code()
    protection.renew_recovery_code(path, data_key=fresh.data_key, code=code, by=BY)
    protection.unprotect(path, data_key=fresh.data_key, by=BY)
    status, out, _ = run("journal", path, "--newest", 4, "--json")
    assert status == 0
    assert [line["act"] for line in json.loads(out)] == ["取消口令", "更换恢复码", "修改口令", "设置口令"]
    for secret in (WORD, NEXT, fresh.recovery_code):
        assert secret not in out


def test_a_tampered_key_file_does_not_open_anything(path: Path, fresh: Fresh) -> None:
    protection.protect(path, made=fresh, encrypt=True, by=BY)
    sound = cipher.key_file(path).read_bytes()
    before = path.read_bytes()
    for place in range(0, len(sound), 7):
        cipher.key_file(path).write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        with pytest.raises(FileError, match=r"密钥文件.*。$"):
            protection.of_file(path)
    cipher.key_file(path).write_bytes(sound)
    assert path.read_bytes() == before
    assert secret_of(path, fresh.data_key) == PRIVATE


def test_the_key_file_of_another_file_does_not_open_this_one(
    path: Path, fresh: Fresh, tmp_path: Path
) -> None:
    protection.protect(path, made=fresh, encrypt=True, by=BY)
    cipher.write_key_file(path, protection.fresh(WORD).key_file)
    data_key = protection.unlock(protection.of_file(path), password=WORD)
    with pytest.raises(FileError, match="不是一对"):
        store.open_file(path, data_key)


def test_a_key_file_without_a_password_says_what_is_missing(path: Path, fresh: Fresh) -> None:
    protection.protect(path, made=fresh, encrypt=True, by=BY)
    cipher.write_key_file(
        path, keylock.sidecar([lock for lock in fresh.locks if lock.kind == keylock.RECOVERY])
    )
    with pytest.raises(FileError, match="缺少这一种口令"):
        protection.unlock(protection.of_file(path), password=WORD)


def test_a_file_is_encrypted_from_its_first_byte(tmp_path: Path, fresh: Fresh) -> None:
    where = tmp_path / "新.pingyi"
    protection.create(
        where, code="QL", name="中共青峦公司委员会", org_type=OrgType.BRANCH, made=fresh
    ).close()
    assert protection.of_file(where).encrypted
    assert "青峦".encode() not in where.read_bytes()
    held = store.open_file(where, fresh.data_key)
    with held.reading() as session:
        assert session.exec(select(PartyOrganization.code)).one() == "QL"
    held.close()


# --- the command line -------------------------------------------------------------------------------------------

COMPANY = ("--code", "QL", "--name", "中共青峦公司委员会", "--type", "COMPANY_COMMITTEE")


@pytest.fixture
def office(run: Run, tmp_path: Path) -> tuple[Path, str]:
    """A company's file made encrypted on the command line, and its recovery code."""
    where = tmp_path / "公司.pingyi"
    status, out, err = run("init", where, *COMPANY, lines=(WORD,))
    assert (status, err) == (0, "")
    return where, code_in(out)


def test_init_with_a_password_makes_an_encrypted_file(office: tuple[Path, str], run: Run) -> None:
    where, code = office
    assert cipher.is_encrypted(where)
    assert protection.unlock(protection.of_file(where), recovery_code=code)
    assert "QL" in run("org", "list", where, lines=(WORD,))[1]


def test_init_without_one_says_that_nothing_is_encrypted(run: Run, tmp_path: Path) -> None:
    for number, more in enumerate(((), ("--no-password",))):
        where = tmp_path / f"{number}.pingyi"
        status, out, _ = run("init", where, *COMPANY, *more)
        assert status == 0
        assert "没有设口令，文件没有加密；要加密请用 pingyi protect FILE --encrypt。" in out
        assert not protection.of_file(where).locks


def test_init_with_a_bad_password_makes_no_file(run: Run, tmp_path: Path) -> None:
    status, _, err = run("init", tmp_path / "a.pingyi", *COMPANY, lines=("短",))
    assert (status, err) == (1, "口令应为 8 至 200 个字符，现在是 1 个，请重新设定。\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("answer", "encrypted"), [("", True), ("n", False)])
def test_an_office_at_a_terminal_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, encrypted: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(passwords, "getpass", lambda prompt: asked.append(prompt) or WORD)
    monkeypatch.setattr("builtins.input", lambda prompt: asked.append(prompt) or answer)
    where = tmp_path / "公司.pingyi"
    assert run("init", where, *COMPANY, kind=Terminal)[0] == 0
    assert cipher.is_encrypted(where) is encrypted
    assert "建议设口令并加密整个文件" in asked[0]
    assert len(asked) == (3 if encrypted else 1)
    branch = tmp_path / "支部.pingyi"
    assert (
        run("init", branch, "--code", "B", "--name", "中共某某支部委员会", "--type", "BRANCH", kind=Terminal)[
            0
        ]
        == 0
    )
    assert len(asked) == (3 if encrypted else 1)


def test_two_different_passwords_at_the_terminal_are_refused(
    run: Run, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter((WORD, NEXT))
    monkeypatch.setattr(passwords, "getpass", lambda _: next(typed))
    status, _, err = run("protect", path, kind=Terminal)
    assert (status, err) == (1, "两次输入的口令不一样，没有改动，请重新来一次。\n")
    assert not protection.of_file(path).locks


def test_every_verb_takes_the_password_from_the_environment(
    office: tuple[Path, str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, _ = office
    status, _, err = run("org", "list", where)
    assert status == 1
    assert err == (
        "需要口令：请设环境变量 PINGYI_PASSWORD，或加 --password-stdin 从标准输入给出，或在终端里运行。\n"
    )
    monkeypatch.setenv(passwords.CURRENT, WORD)
    assert run("org", "list", where)[0] == 0
    monkeypatch.setenv(passwords.CURRENT, NEXT)
    assert "口令不对" in run("org", "list", where)[2]


def test_a_wrong_password_locks_nobody_out(office: tuple[Path, str], run: Run) -> None:
    where, _ = office
    for _attempt in range(5):
        assert run("org", "list", where, lines=(NEXT,))[0] == 1
    assert run("org", "list", where, lines=(WORD,))[0] == 0


@pytest.mark.parametrize("more", [(), ("--encrypt",)])
def test_protect_and_unprotect(run: Run, path: Path, more: tuple[str, ...]) -> None:
    status, out, _ = run("protect", path, *more, lines=(WORD,))
    assert status == 0
    assert ("要和数据文件放在一起" in out) is ("原来没有加密的内容已覆盖删除" in out) is bool(more)
    assert protection.unlock(protection.of_file(path), recovery_code=code_in(out))
    assert cipher.is_encrypted(path) is bool(more)
    assert "换口令请加 --new-password" in run("protect", path, lines=(WORD,))[2]
    assert "口令不对" in run("unprotect", path, lines=(NEXT,))[2]
    status, out, _ = run("unprotect", path, lines=(WORD,))
    assert status == 0
    assert "现在没有加密" in out
    assert "没有设口令，没有改动它" in run("unprotect", path, lines=(WORD,))[2]
    assert secret_of(path, None) == PRIVATE


def test_a_password_is_changed_forgotten_and_recovered(office: tuple[Path, str], run: Run) -> None:
    where, code = office
    assert run("protect", where, "--new-password", lines=(WORD, NEXT))[0] == 0
    assert run("org", "list", where, lines=(WORD,))[0] == 1
    assert run("org", "list", where, lines=(NEXT,))[0] == 0
    assert run("protect", where, "--forgotten", lines=(code, WORD))[0] == 0
    assert run("org", "list", where, lines=(WORD,))[0] == 0
    status, out, _ = run("protect", where, "--new-recovery-code", lines=(WORD,))
    assert status == 0
    assert code_in(out) != code
    assert "恢复码不是这个文件的" in run("protect", where, "--forgotten", lines=(code, NEXT))[2]
    assert run("protect", where, "--forgotten", lines=(code_in(out), NEXT))[0] == 0
    digits = code_in(out).replace(" ", "")
    mistyped = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert "校验不对" in run("protect", where, "--forgotten", lines=(mistyped, NEXT))[2]


def test_nothing_can_be_changed_where_nothing_is_set(run: Run, path: Path) -> None:
    for option in ("--new-password", "--new-recovery-code", "--forgotten"):
        assert "没有设口令，没有可更换的" in run("protect", path, option, lines=(WORD,))[2]


def test_a_password_is_followed_by_encryption(run: Run, path: Path) -> None:
    run("protect", path, lines=(WORD,))
    assert run("protect", path, "--encrypt", lines=(WORD,))[0] == 0
    assert cipher.is_encrypted(path)
    assert "换口令请加" in run("protect", path, lines=(WORD,))[2]


def test_backup_and_restore_on_the_command_line(office: tuple[Path, str], run: Run) -> None:
    where, _ = office
    saved, other = where.with_name("备份.pingyi"), where.with_name("另一台.pingyi")
    assert run("backup", where, saved)[0] == 1
    assert run("backup", where, saved, lines=(WORD,))[0] == 0
    assert cipher.is_encrypted(saved)
    assert run("restore", saved, other)[0] == 1
    assert run("restore", saved, other, lines=(WORD,))[0] == 0
    assert run("org", "list", other, lines=(WORD,))[0] == 0


def test_a_file_in_a_window_is_left_alone(run: Run, path: Path) -> None:
    path.with_name(path.name + ".lock").touch()
    for verb in ("protect", "unprotect"):
        assert "正在窗口里打开，请先关闭那个窗口" in run(verb, path, lines=(WORD,))[2]
    assert not protection.of_file(path).locks


def test_an_encrypted_file_is_verified(office: tuple[Path, str], run: Run) -> None:
    where, _ = office
    status, out, _ = run("verify", where, lines=(WORD,))
    assert status == 0
    assert out.startswith("完好")
    content = bytearray(where.read_bytes())
    content[5 * 4096 + 100] ^= 1
    where.write_bytes(content)
    status, _, err = run("verify", where, lines=(WORD,))
    assert status == 1
    assert "用备份恢复" in err


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_protected_unit_signs_with_keys_old_and_new(path: Path, fresh: Fresh, encrypt: bool) -> None:
    protection.protect(path, made=fresh, encrypt=encrypt, by=BY)
    held = store.open_file(path, fresh.data_key)
    with held.transaction() as session:
        assert keys.signer(session, campaign_id="c").private.hex() == PRIVATE
        made = keys.create_signer(session, campaign_id="c", epoch=2)
        stored = session.exec(select(OwnKey.private_key).where(OwnKey.epoch == 2)).one()
        assert stored.startswith(keylock.WRAPPED)
        assert keys.signer(session, campaign_id="c") == made
    held.close()
