"""The age layer: interoperates with the library and the stock tool, every damage and every wrong key is a sentence."""

from __future__ import annotations

import re
import shutil
import string
import subprocess
from pathlib import Path

import pyrage
import pytest

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.locks import codes
from pingyi_desktop.exchange.wire import age

CHEAP = 2
TEXT = "上报".encode() * 40
LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def test_a_code_opens_its_file_and_the_library_opens_it_too() -> None:
    code = codes.new_code()
    for size in (0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 200_000):
        data = b"x" * size
        sealed = age.seal_with_code(data, code, cost=CHEAP)
        assert age.open_with_code(sealed, code) == data
        assert pyrage.passphrase.decrypt(sealed, code) == data


def test_every_flipped_bit_and_every_truncation_is_refused() -> None:
    code = codes.new_code()
    sealed = age.seal_with_code(b"{}", code, cost=CHEAP)
    for place in range(len(sealed) * 8):
        bad = bytearray(sealed)
        bad[place // 8] ^= 1 << place % 8
        with pytest.raises(PackageError):
            age.open_with_code(bytes(bad), code)
    for end in range(len(sealed)):
        with pytest.raises(PackageError):
            age.open_with_code(sealed[:end], code)
    with pytest.raises(PackageError):
        age.open_with_code(sealed + b"\0", code)


@pytest.mark.parametrize(
    ("line", "spare"), [(rb"-> scrypt (\S+) ", 4), (rb" \d+\n(\S+)\n---", 2), (rb"--- (\S+)\n", 2)]
)
def test_spare_bits_of_base64_are_refused(line: bytes, spare: int) -> None:
    """The last letter of salt, wrapped key and MAC holds bits that mean nothing: there is one writing of them."""
    code = codes.new_code()
    sealed = age.seal_with_code(TEXT, code, cost=CHEAP)
    found = re.search(line, sealed)
    assert found is not None
    last = LETTERS.index(found[1].decode()[-1])
    assert last % 2**spare == 0
    for other in range(last + 1, last + 2**spare):
        with pytest.raises(PackageError, match="损坏"):
            age.open_with_code(
                sealed[: found.end(1) - 1] + LETTERS[other].encode() + sealed[found.end(1) :], code
            )


def test_a_wrong_code_and_a_costly_file_are_told() -> None:
    sealed = age.seal_with_code(TEXT, codes.new_code(), cost=CHEAP)
    with pytest.raises(PackageError, match="激活码与这个任务文件对不上"):
        age.open_with_code(sealed, codes.new_code())
    costly = sealed.replace(f" {CHEAP}\n".encode(), f" {age.MAX_COST + 1}\n".encode(), 1)
    with pytest.raises(PackageError, match="算太久"):
        age.open_with_code(costly, "1")


def test_encrypted_to_parent_and_recovery_key_both_open_it_and_nobody_else() -> None:
    parent, recipient = age.new_identity()
    code = codes.new_recovery_code()
    recovery, printed = age.recovery_identity(code)
    assert age.recovery_identity(code) == (recovery, printed)
    assert age.recovery_identity(codes.new_recovery_code())[1] != printed
    sealed = age.encrypt(TEXT, [recipient, printed])
    assert TEXT not in sealed
    assert age.decrypt(sealed, [parent]) == age.decrypt(sealed, [recovery]) == TEXT
    with pytest.raises(PackageError, match="不是给本单位的"):
        age.decrypt(sealed, [age.new_identity()[0]])
    with pytest.raises(PackageError, match="还没有解密的密钥"):
        age.decrypt(sealed, [])
    for place in range(0, len(sealed) * 8, 7):
        bad = bytearray(sealed)
        bad[place // 8] ^= 1 << place % 8
        with pytest.raises(PackageError):
            age.decrypt(bytes(bad), [parent])


def test_the_bech32_writing_is_the_library_s() -> None:
    for number in range(20):
        raw = bytes([number]) * 32
        text = age._bech32("age-secret-key-", raw).upper()
        assert str(pyrage.x25519.Identity.from_str(text)) == text


@pytest.mark.parametrize(
    "data", [b"", b"x", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n" + b"-> a\n" * 70 + b"---"]
)
def test_what_is_no_age_file_is_a_sentence(data: bytes) -> None:
    for read in (lambda: age.open_with_code(data, "1"), lambda: age.decrypt(data, [age.new_identity()[0]])):
        with pytest.raises(PackageError):
            read()
    with pytest.raises(PackageError, match="公钥"):
        age.encrypt(b"", ["age1x"])


def test_more_bytes_than_any_file_has_are_refused_unread() -> None:
    data = bytes(age.MAX_FILE + 1)
    for read in (lambda: age.open_with_code(data, "1"), lambda: age.decrypt(data, [age.new_identity()[0]])):
        with pytest.raises(PackageError, match="大得不合常理"):
            read()


@pytest.mark.skipif(shutil.which("age") is None, reason="the stock age tool is not installed")
def test_the_stock_tool_reads_ours_and_we_read_its(tmp_path: Path) -> None:
    identity, recipient = age.new_identity()
    (tmp_path / "key.txt").write_text(f"{identity}\n")
    (tmp_path / "ours.age").write_bytes(age.encrypt(TEXT, [recipient]))
    out = subprocess.run(
        ["age", "-d", "-i", str(tmp_path / "key.txt"), str(tmp_path / "ours.age")],
        capture_output=True,
        check=True,
    )
    assert out.stdout == TEXT
    theirs = subprocess.run(["age", "-r", recipient], input=TEXT, capture_output=True, check=True).stdout
    assert age.decrypt(theirs, [identity]) == TEXT
    recovery, printed = age.recovery_identity(codes.new_recovery_code())
    (tmp_path / "key.txt").write_text(f"{recovery}\n")
    theirs = subprocess.run(["age", "-r", printed], input=TEXT, capture_output=True, check=True).stdout
    assert age.decrypt(theirs, [recovery]) == TEXT
