"""The outermost layer of a file: standard age v1 (age-encryption.org), to a key or to a code (package design §2.1, §3).

To keys the well-kept library does it (``pyrage``). A code's layer is written here, because the library fits scrypt's
cost to the machine that *writes* the file and an old laptop in a branch could not open it; it is the same format, read
by any age tool, at a fixed cost. Whoever reads refuses a higher cost than that before trying (§2.5).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pingyi_desktop.errors import PackageError

MAGIC = b"age-encryption.org/v1\n"
MAX_FILE = 256 * 1024 * 1024
MAX_RECIPIENTS = 64
MAX_HEADER = 64 * 1024
COST, MAX_COST = 16, 18
"""scrypt's log₂ N: what we write (about half a second on a slow laptop), and the most we are ready to spend"""

_CHUNK = 64 * 1024
_TAG = 16
_LABEL = b"age-encryption.org/v1/scrypt"
_STANZA = re.compile(rb"-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n")
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_WRONG_CODE = (
    "激活码与这个任务文件对不上：可能是另一个单位的、旧的，或文件已损坏。请与上级核对，必要时请上级重新下发。"
)
_DAMAGED = "这个文件不完整或已损坏，请让对方重新导出并重新拷贝。"


class NotForUsError(PackageError):
    """None of our keys opens the file: it was made for somebody else."""


def is_encrypted(data: bytes) -> bool:
    """Whether the bytes are an age file."""
    return data.startswith(MAGIC)


def is_sealed(data: bytes) -> bool:
    """Whether the bytes are an age file that a code opens: a task file."""
    return data.startswith(MAGIC + b"-> scrypt ")


def open_transport(data: bytes, identities: Sequence[str]) -> bytes:
    """The bundle in a file as it travels: opened by one of our keys, or as it is when it was never encrypted."""
    if not is_encrypted(data):
        return data
    return decrypt(data, identities)


def new_identity() -> tuple[str, str]:
    """A new key to be encrypted to: (identity, which is secret; recipient, which is not)."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def recovery_identity(code: str) -> tuple[str, str]:
    """The key that a printed recovery code stands for: (identity, recipient); never stored.

    The code is made for one campaign and holds 96 random bits, so nothing is won by salting it with the campaign's id;
    and whoever has only the paper and an old package could not know that id.
    """
    raw = hashlib.scrypt(code.encode(), salt=b"pingyi recovery v1\0", n=2**14, r=8, p=1, dklen=32)
    text = _bech32("age-secret-key-", raw).upper()
    return text, str(pyrage.x25519.Identity.from_str(text).to_public())


def check_recipient(recipient: str) -> None:
    """Raise unless this is a recipient of age."""
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise PackageError("加密用的公钥不合规定，请让对方用本软件重新导出。") from None


def encrypt(data: bytes, recipients: list[str]) -> bytes:
    """An age file for these recipients; the bytes differ every time."""
    for one in recipients:
        check_recipient(one)
    made: bytes = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(one) for one in recipients])
    return made


def decrypt(data: bytes, identities: Sequence[str]) -> bytes:
    """What is inside, opened by one of our keys; a sentence when it was made for somebody else or is damaged."""
    _check_header(data)
    known = [pyrage.x25519.Identity.from_str(one) for one in identities]
    if not known:
        raise NotForUsError(
            "这个文件是加密的，本单位还没有解密的密钥。请先打开上级下发的任务文件，或用恢复码打开。"
        )
    try:
        plain: bytes = pyrage.decrypt(data, known)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise NotForUsError(
                "这个数据包不是给本单位的，打不开：下级的应先由它的直接上级导入汇总，再一并报来。请核对是否拿错了文件；"
                "换过电脑的，用恢复码打开。"
            ) from None
        raise PackageError(_DAMAGED) from None
    return plain


def seal_with_code(data: bytes, code: str, *, cost: int | None = None) -> bytes:
    """An age file that the code opens, at scrypt's cost 2^``cost`` (None: ``COST``)."""
    cost = COST if cost is None else cost
    file_key, salt = secrets.token_bytes(16), secrets.token_bytes(16)
    wrapped = ChaCha20Poly1305(_code_key(code, salt, cost)).encrypt(bytes(12), file_key, None)
    head = MAGIC + f"-> scrypt {_b64(salt)} {cost}\n{_b64(wrapped)}\n---".encode()
    nonce = secrets.token_bytes(16)
    return head + f" {_b64(_mac(file_key, head))}\n".encode() + nonce + _stream(file_key, nonce, data)


def open_with_code(data: bytes, code: str) -> bytes:
    """What is inside a file sealed with the code; a sentence for a wrong code, a costly or a damaged file."""
    _check_header(data)
    found = _STANZA.match(data, len(MAGIC))
    if found is None:
        raise PackageError("这不是用激活码打开的任务文件。请选择上级下发的任务文件。")
    salt, cost, wrapped = _unb64(found[1]), int(found[2]), _unb64(found[3])
    if cost > MAX_COST:
        raise PackageError("这个任务文件打开一次要算太久，不合规定，已拒收。请让上级用本软件重新下发。")
    try:
        file_key = ChaCha20Poly1305(_code_key(code, salt, cost)).decrypt(bytes(12), wrapped, None)
    except InvalidTag:
        raise PackageError(_WRONG_CODE) from None
    line = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n").match(data, found.end())
    if line is None or not hmac.compare_digest(_unb64(line[1]), _mac(file_key, data[: found.end()] + b"---")):
        raise PackageError(_DAMAGED)
    body = data[line.end() :]
    return _unstream(file_key, body[:16], body[16:])


def _check_header(data: bytes) -> None:
    """Size and number of stanzas, before anything is computed."""
    if len(data) > MAX_FILE:
        raise PackageError("这个文件的内容大得不合常理，已拒收。请核对是否拿错了文件。")
    if not is_encrypted(data):
        raise PackageError("这不是加密的数据包，或文件已损坏。请选择对方用本软件导出的文件。")
    end = data.find(b"\n---", 0, MAX_HEADER)
    if end < 0 or data.count(b"\n-> ", 0, end) > MAX_RECIPIENTS:
        raise PackageError(_DAMAGED)


def _code_key(code: str, salt: bytes, cost: int) -> bytes:
    memory = 130 * 8 * (2**cost + 16)
    return hashlib.scrypt(code.encode(), salt=_LABEL + salt, n=2**cost, r=8, p=1, maxmem=memory * 2, dklen=32)


def _derived(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(file_key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")


def _stream(file_key: bytes, nonce: bytes, data: bytes) -> bytes:
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    pieces = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)] or [b""]
    last = len(pieces) - 1
    return b"".join(
        cipher.encrypt(_counter(number, last=number == last), piece, None)
        for number, piece in enumerate(pieces)
    )


def _unstream(file_key: bytes, nonce: bytes, body: bytes) -> bytes:
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    size = _CHUNK + _TAG
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    last = len(pieces) - 1
    try:
        plain = [
            cipher.decrypt(_counter(number, last=number == last), piece, None)
            for number, piece in enumerate(pieces)
        ]
    except InvalidTag:
        raise PackageError(_DAMAGED) from None
    if not plain or (last > 0 and not plain[-1]):
        raise PackageError(_DAMAGED)
    return b"".join(plain)


def _counter(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _unb64(text: bytes) -> bytes:
    """Only the one canonical writing of the bytes is taken, as the age format demands."""
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    if _b64(data).encode() != text:
        raise PackageError(_DAMAGED)
    return data


def _bech32(prefix: str, data: bytes) -> str:
    """BIP-173: the writing of an age identity."""
    bits = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = -(-len(data) * 8 // 5)
    words = [bits >> 5 * (count - 1 - place) & 31 for place in range(count)]
    expanded = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    check = _polymod([*expanded, *words, *[0] * 6]) ^ 1
    words += [check >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_BECH32[word] for word in words)}"


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> place & 1 else 0
    return check
