"""Canonical bytes: the one way to write a JSON value down (package design §2.3, a subset of RFC 8785).

UTF-8 in NFC, object keys ``[a-z][a-z0-9_]{0,39}`` in ascending order, no spaces, integers 0…2^53−1, no floats (rates
travel as numerator and denominator), true, false and null. A line feed is the only control character a text may
hold; characters that cannot be seen or that turn the reading direction are refused.

Bytes that are not exactly the canonical form of what they say are refused. That closes duplicate keys, spaces, byte
order marks, other escapes and every other way in which two readers could read one text differently.
"""

from __future__ import annotations

import json
import re
from typing import Any
from unicodedata import is_normalized

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from pingyi_desktop.errors import PackageError

MAX_DEPTH = 12
MAX_VALUES = 2_000_000  # with their strings and objects at most some 400 MB
MAX_TEXT = 20_000
MAX_INTEGER = 2**53 - 1
MAX_QUICK = 1024 * 1024  # bytes of a document that may be built before its size is looked at

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BARE = b"[]{},:0123456789aeflnrstu"  # all that stands outside of texts: brackets, digits, true, false, null
_ASCII = bytes(range(128))
_PIECE = 256 * 1024
_SEEN: set[tuple[str, ...]] = set()
_LONG_NUMBER = re.compile(rb"[0-9]{16}")
_SQUARE = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
# Controls except the line feed, soft hyphen, zero-width and bidirectional characters, tags, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e00ff]"
)


def encode(value: object) -> bytes:
    """Canonical bytes of ``value``; refuses whatever :func:`decode` would refuse, naming the text at fault."""
    _check(value)
    return _written(value).encode()


def decode(data: bytes) -> Any:  # noqa: ANN401 - a document has any shape; callers check it
    """The value of canonical bytes; :class:`PackageError` when they are anything but its canonical form."""
    if _is_plain(data):
        try:
            value = from_json(data, cache_strings="keys")
            if to_json(value) == data and _is_sorted(value):
                return value
        except ValueError:
            pass
    return _decode_slowly(data)


def decode_as(shape: TypeAdapter[Any], data: bytes) -> Any:  # noqa: ANN401
    """The value of canonical bytes in one pass when it has the ``shape``; None when that cannot be told so quickly.

    ``shape`` has to be strict and bounded: keys in ascending order and no other ones, integers up to ``MAX_INTEGER``,
    texts up to ``MAX_TEXT`` characters, depth up to ``MAX_DEPTH``. What it lets through is written down again with the
    keys in that order; bytes that are just the same have therefore no doubled key, no space, no other writing.
    """
    if not _is_unescaped(data):
        return None
    try:
        value = shape.validate_json(data)
    except ValueError:
        return None
    return value if to_json(value) == data else None


def decode_bounded(data: bytes) -> Any:  # noqa: ANN401
    """Like :func:`decode` for a document whose every field is then held against a strict, bounded shape.

    Keys, integers, depth and the length of texts are the shape's to check. None when it cannot be told so quickly.
    """
    if not _is_unescaped(data):
        return None
    try:
        value = from_json(data, cache_strings="keys")
    except ValueError:
        return None
    return value if to_json(value) == data and _is_sorted(value) else None


def _is_unescaped(data: bytes) -> bool:
    """Whether a document of sensible size holds no escape and nothing that cannot be seen."""
    plain = len(data) <= MAX_QUICK and b"\\" not in data and b"\x7f" not in data
    return plain and (data.isascii() or _is_visible(data))


def _decode_slowly(data: bytes) -> Any:  # noqa: ANN401
    """Every rule one after another; the only place that refuses, so that its sentences are the only ones."""
    _check_shape(data)
    try:
        text = data.decode()
        value = json.loads(text, parse_int=_integer)
    except ValueError:
        raise PackageError(_damaged("不是规定的文字或数字写法")) from None
    _check(value)
    if _written(value) != text:
        raise PackageError(_damaged("写法不唯一（有重复的键、多余的空格或不规范的转义）"))
    return value


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _written(value: object) -> str:
    return _ENCODER.encode(value)


def _is_plain(data: bytes) -> bool:
    """Whether every text and number in these bytes is allowed and no escape is needed, seen without taking them apart.

    True for nearly everything that offices send; then only the order of the keys and the writing are still to be
    compared. False says nothing: the slow way decides. Without a backslash the quotes alternate, so that a split parts
    texts from what is bare.
    """
    if _has_too_many(data) or b"\\" in data or b"\x7f" in data or not _are_texts_short(data):
        return False
    bare = _bare(data)
    return (
        not bare.translate(None, _BARE)
        and not _LONG_NUMBER.search(bare)
        and _is_shallow(bare)
        and (data.isascii() or _is_visible(data))
    )


def _has_too_many(data: bytes) -> bool:
    """Whether there are more commas and opening brackets than values may be, counted without building anything."""
    return data.count(b",") + data.count(b"[") + data.count(b"{") >= MAX_VALUES


def _are_texts_short(data: bytes) -> bool:
    """Whether no two neighbouring quotes are further apart than a text may be long; looks at a few places only."""
    place = 0
    while len(data) - place > MAX_TEXT:
        place = data.rfind(b'"', place + 1, place + MAX_TEXT + 2)
        if place < 0:
            return False
    return True


def _bare(data: bytes) -> bytes:
    """What stands outside of quotes; in pieces, because a split of everything would weigh many times the data."""
    found, inside = [], 0
    for start in range(0, len(data), _PIECE):
        parts = data[start : start + _PIECE].split(b'"')
        found.append(b"".join(parts[inside::2]))
        inside ^= (len(parts) - 1) & 1
    return b"".join(found)


def _is_visible(data: bytes) -> bool:
    try:
        text, foreign = data.decode(), data.translate(None, _ASCII).decode()
    except ValueError:
        return False
    return not _INVISIBLE.search(foreign) and is_normalized("NFC", text)


def _is_sorted(value: object) -> bool:
    """Whether the keys of every object are allowed and in order; level by level like :func:`_check`."""
    level = [value]
    while level:
        below: list[object] = []
        for one in level:
            if type(one) is dict:
                if not _are_keys(tuple(one)):
                    return False
                below.extend(one.values())
            elif type(one) is list:
                below.extend(one)
        level = below
    return True


def _are_keys(names: tuple[str, ...]) -> bool:
    """Whether an object may have these keys in this order; the few combinations of the format are remembered."""
    if names in _SEEN:
        return True
    good = list(names) == sorted(names) and all(map(_KEY.fullmatch, names))
    if good and len(names) <= 40 and len(_SEEN) < 1000:
        _SEEN.add(names)
    return good


def _is_shallow(bare: bytes) -> bool:
    """Whether brackets come in pairs and at most ``MAX_DEPTH`` deep, found without recursion."""
    brackets = bare.translate(_SQUARE, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"")  # peels the innermost brackets, one level a round
    return not brackets


def _check_shape(data: bytes) -> None:
    """Depth and number of values, found before anything is built."""
    if _has_too_many(data):
        raise PackageError(_damaged(f"数据超过 {MAX_VALUES} 个"))
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if not _is_shallow(_bare(unescaped)):
        raise PackageError(_damaged(f"括号嵌套超过 {MAX_DEPTH} 层或不成对"))


def _check(value: object) -> None:
    """Walk level by level, so that neither depth nor size can hurt; texts are gathered and each looked at once."""
    level, depth, values, keys, texts = [value], 0, 0, set[object](), set[str]()
    while level:
        values += len(level)
        if values > MAX_VALUES or depth > MAX_DEPTH:
            raise PackageError(_damaged(f"嵌套超过 {MAX_DEPTH} 层或数据超过 {MAX_VALUES} 个"))
        below: list[object] = []
        nested = False
        for one in level:
            if isinstance(one, str):
                texts.add(one)
            elif isinstance(one, dict):
                nested = True
                keys.update(one)
                below.extend(one.values())
            elif isinstance(one, (list, tuple)):
                nested = True
                below.extend(one)
            elif one is not None and one is not True and one is not False:
                _check_number(one)
        level = below
        depth += nested
    if depth > MAX_DEPTH:
        raise PackageError(_damaged(f"嵌套超过 {MAX_DEPTH} 层"))
    _check_keys(keys)
    _check_texts(texts)


def _check_number(value: object) -> None:
    if not isinstance(value, int) or not 0 <= value <= MAX_INTEGER:
        raise PackageError(_damaged(f"数据只能是 0 至 {MAX_INTEGER} 的整数或文字"))


def _check_keys(keys: set[object]) -> None:
    for key in keys:
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise PackageError(_damaged(f"字段名“{_visible(str(key))}”不合规定"))


def _check_texts(texts: set[str]) -> None:
    for text in texts:
        if len(text) > MAX_TEXT:
            raise PackageError(f"有一段文字超过 {MAX_TEXT} 字（“{_visible(text)}…”），请缩短后重新导出。")
        if _INVISIBLE.search(text):
            raise PackageError(f"“{_visible(text)}”里有看不见的控制字符，请删去重新输入这段文字后再导出。")
        if not is_normalized("NFC", text):
            raise PackageError(f"“{_visible(text)}”里有写法不规范的字，请重新输入这段文字后再导出。")


def _visible(text: str) -> str:
    """The first characters of a text, fit for a message."""
    return _INVISIBLE.sub("□", text[:20]).replace("\n", " ")


def _damaged(why: str) -> str:
    return f"数据包内容{why}，可能已损坏或不是本软件导出的，请让对方重新导出。"


def _integer(digits: str) -> int:
    if len(digits) > len(str(MAX_INTEGER)):
        raise ValueError(digits[:20])
    return int(digits)
