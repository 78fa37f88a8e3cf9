"""Keys: which are refused, what a signature proves, who may speak for whom."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
import sealing
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pingyi_desktop.errors import PackageError
from pingyi_desktop.exchange.wire import trust

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
L = 2**252 + 27742317777372353535851937790883648493
Point = tuple[int, int]
NEUTRAL: Point = (0, 1)


def add(a: Point, b: Point) -> Point:
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def times(number: int, point: Point) -> Point:
    result = NEUTRAL
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def point_at(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y) if x * x % P == square else None


def small_order_points() -> set[Point]:
    """The whole subgroup of order 8, from a point of full order: the curve has 8·L points."""
    for y in range(2, 100):
        point = point_at(y)
        if point is not None:
            generator = times(L, point)
            found = {times(n, generator) for n in range(8)}
            if len(found) == 8:
                return found
    raise AssertionError("no generator found")


def test_the_list_of_small_order_encodings_is_complete() -> None:
    """Every 32 bytes that any reader could take for a point of small order, both signs and both spellings of y."""
    points = small_order_points()
    assert all(times(8, point) == NEUTRAL for point in points)
    spellings = {y + extra for _, y in points for extra in (0, P) if y + extra < 2**255}
    encodings = {(y | sign << 255).to_bytes(32, "little") for y in spellings for sign in (0, 1)}
    assert len(encodings) == 14
    assert encodings == trust.SMALL_ORDER


@pytest.mark.parametrize("encoding", sorted(trust.SMALL_ORDER), ids=lambda encoding: encoding.hex()[:8])
def test_a_key_of_small_order_is_refused(encoding: bytes) -> None:
    with pytest.raises(PackageError, match="签名密钥不合规定"):
        trust.check_public_key(encoding.hex())


def test_the_library_alone_would_accept_one_signature_for_every_message() -> None:
    """Why the list is needed: R = neutral, S = 0 under the neutral key fits anything."""
    neutral = (1).to_bytes(32, "little")
    forged = neutral + bytes(32)
    for message in (b"a", b"b"):
        Ed25519PublicKey.from_public_bytes(neutral).verify(forged, message)
        with pytest.raises(PackageError, match="签名密钥不合规定"):
            trust.verify(message, forged, neutral.hex())


@pytest.mark.parametrize("y", [P, P + 1, P + 2, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1])
def test_a_second_spelling_of_a_key_is_refused(y: int, sign: int) -> None:
    with pytest.raises(PackageError, match="签名密钥不合规定"):
        trust.check_public_key((y | sign << 255).to_bytes(32, "little").hex())


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(PackageError, match="签名密钥不合规定"):
        trust.check_public_key("11" * length)


def test_a_key_off_the_curve_verifies_nothing() -> None:
    y = next(y for y in range(2, 100) if point_at(y) is None)
    with pytest.raises(PackageError):
        trust.verify(b"x", bytes(64), y.to_bytes(32, "little").hex())


def test_signatures_are_deterministic_and_fit_one_message_and_one_key() -> None:
    one, other = sealing.key(1), sealing.key(2)
    signature = trust.sign(b"message", one)
    assert signature == trust.sign(b"message", one)
    trust.verify(b"message", signature, trust.public_key(one))
    for data, key in ((b"massage", one), (b"message", other)):
        with pytest.raises(PackageError, match="签名核对不上"):
            trust.verify(data, signature, trust.public_key(key))


def test_rfc_8032_first_vector() -> None:
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert trust.public_key(private) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert trust.sign(b"", private).hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )


def test_a_signature_plus_the_group_order_is_refused() -> None:
    signature = trust.sign(b"message", sealing.key(1))
    second = int.from_bytes(signature[32:], "little") + L
    with pytest.raises(PackageError, match="签名核对不上"):
        trust.verify(
            b"message", signature[:32] + second.to_bytes(32, "little"), trust.public_key(sealing.key(1))
        )


def test_created_keys_differ_and_work() -> None:
    one, other = trust.create_key(), trust.create_key()
    assert one != other
    assert len(one) == trust.KEY_BYTES
    trust.verify(b"x", trust.sign(b"x", one), trust.public_key(one))


def test_the_fingerprint_is_derived_as_its_docstring_says() -> None:
    public = trust.public_key(sealing.key(0))
    number = int.from_bytes(
        hashlib.sha256(b"pingyi key fingerprint v1\0" + bytes.fromhex(public)).digest(), "big"
    )
    digits = str(number % 10**24).zfill(24)
    assert trust.fingerprint(public) == " ".join(digits[i : i + 4] for i in range(0, 24, 4))
    assert trust.fingerprint(public) == "4893 0128 0619 3418 3966 4986"


# Who may speak for whom


def judged(unit: str, *, me: str = "QL.01", epoch: int = 1, key: str = "", **other: object) -> object:
    fields = {"keyring": {}, "issued": {}, **other}
    return trust.judge_signer(
        unit=unit, epoch=epoch, key=key or public(unit, epoch), me=me, parents=sealing.PARENTS, **fields
    )


def public(unit: str, epoch: int = 1) -> str:
    return trust.public_key(sealing.key_of(unit, epoch))


def test_a_key_in_the_keyring_is_known() -> None:
    ring = {("QL.01.B003", 1): public("QL.01.B003")}
    assert judged("QL.01.B003", keyring=ring) == trust.Known()


def test_the_first_package_of_a_direct_child_asks_for_its_fingerprint() -> None:
    assert judged("QL.01.B003") == trust.FirstUse(trust.fingerprint(public("QL.01.B003")))


@pytest.mark.parametrize(
    ("unit", "epoch", "issued", "ring", "word"),
    [
        ("QL.09", 1, {}, {}, "不在本次活动的组织名单里"),
        ("QL.01.G01.B001", 1, {}, {}, "没有由该单位的上级登记"),
        ("QL.02.B001", 1, {}, {}, "没有由该单位的上级登记"),
        ("QL", 1, {}, {}, "没有由该单位的上级登记"),
        ("QL.01", 1, {}, {}, "不是本数据文件的密钥"),
        ("QL.01.B003", 1, {}, {("QL.01.B003", 1): "11" * 32}, "第二台电脑"),
        ("QL.01.B003", 1, {"QL.01.B003": 2}, {}, "旧任务"),
        ("QL.01.B003", 1, {"QL.01.B003": 2}, {("QL.01.B003", 1): public("QL.01.B003")}, "旧任务"),
        ("QL.01.B003", 2, {}, {}, "不是本级下发的"),
        ("QL.01.B003", 3, {"QL.01.B003": 2}, {}, "不是本级下发的"),
    ],
)
def test_a_signer_that_may_not_speak_is_told_why(
    unit: str, epoch: int, issued: dict[str, int], ring: dict[tuple[str, int], str], word: str
) -> None:
    verdict = judged(unit, epoch=epoch, issued=issued, keyring=ring)
    assert isinstance(verdict, trust.Refused)
    assert word in verdict.sentence


def test_a_new_task_opens_the_next_epoch_with_a_new_key() -> None:
    verdict = judged("QL.01.B003", epoch=2, issued={"QL.01.B003": 2}, keyring={("QL.01.B003", 1): "11" * 32})
    assert verdict == trust.FirstUse(trust.fingerprint(public("QL.01.B003", 2)))


# The proof of enrolment

TOKEN = bytes(range(32))
PLACE = {"key": "22" * 32, "campaign": "c1", "unit": "QL.01.B003", "epoch": 1}


def test_the_proof_is_derived_as_its_docstring_says() -> None:
    text = b"pingyi enrol v1\0" + bytes.fromhex("22" * 32) + b"c1\0QL.01.B003\x001"
    assert trust.enrolment(TOKEN, **PLACE) == hmac.new(TOKEN, text, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"key": "33" * 32},
        {"campaign": "c2"},
        {"unit": "QL.01.B004"},
        {"epoch": 2},
        {"token": bytes(32)},
    ],
    ids=str,
)
def test_a_proof_fits_one_token_key_campaign_unit_and_epoch(other: dict[str, Any]) -> None:
    proof = trust.enrolment(TOKEN, **PLACE)
    assert trust.check_enrolment(proof, **{"token": TOKEN, **PLACE, **other}) is (not other)


def proven(*, enrol: str | None = None, **other: Any) -> object:
    """What becomes of a first key with a proof (the right one unless another is given)."""
    key = public("QL.01.B003")
    right = trust.enrolment(TOKEN, **{**PLACE, "key": key})
    tokens = {("QL.01.B003", 1): TOKEN}
    fields = {"campaign": "c1", "tokens": tokens, "enrol": right if enrol is None else enrol, **other}
    return judged("QL.01.B003", **fields)


def test_a_first_key_with_the_right_proof_is_known() -> None:
    assert proven() == trust.Known()


def test_a_first_key_with_a_wrong_proof_is_refused() -> None:
    verdict = proven(enrol="0" * 64)
    assert isinstance(verdict, trust.Refused)
    assert "冒名" in verdict.sentence


def test_who_leaves_the_proof_out_is_refused() -> None:
    """Or a forger would only have to find somebody who confirms every new key."""
    for manual in (False, True):
        verdict = proven(enrol="", manual=manual)
        assert isinstance(verdict, trust.Refused)
        assert "登记凭据" in verdict.sentence


@pytest.mark.parametrize("other", [{"tokens": {}}, {"tokens": {}, "enrol": ""}, {"manual": True}], ids=str)
def test_without_a_proof_and_under_manual_check_a_person_compares(other: dict[str, Any]) -> None:
    assert proven(**other) == trust.FirstUse(trust.fingerprint(public("QL.01.B003")))


def test_manual_check_lets_no_wrong_proof_pass() -> None:
    assert isinstance(proven(enrol="0" * 64, manual=True), trust.Refused)


def test_an_office_vouches_for_its_direct_children() -> None:
    ring: dict[tuple[str, int], str] = {}
    trust.register(ring, office="QL.01", keys=[("QL.01.B003", 1, "22" * 32)], parents=sealing.PARENTS)
    assert ring == {("QL.01.B003", 1): "22" * 32}
    verdict = judged("QL.01.B003", me="QL", key="22" * 32, keyring=ring)
    assert verdict == trust.Known()


@pytest.mark.parametrize("unit", ["QL.01.G01.B001", "QL.02.B001", "QL.02", "QL", "QL.01", "QL.77"])
def test_an_office_cannot_vouch_for_anyone_else(unit: str) -> None:
    with pytest.raises(PackageError, match=r"不是“QL\.01”的直接下级"):
        trust.register({}, office="QL.01", keys=[(unit, 1, "22" * 32)], parents=sealing.PARENTS)


def test_a_key_once_trusted_is_not_replaced_by_an_office() -> None:
    before = {("QL.01.B003", 1): "22" * 32}
    with pytest.raises(PackageError, match="与已登记的不同"):
        trust.register(before, office="QL.01", keys=[("QL.01.B003", 1, "33" * 32)], parents=sealing.PARENTS)
    assert before == {("QL.01.B003", 1): "22" * 32}


def test_an_office_cannot_vouch_for_a_key_that_proves_nothing() -> None:
    weak = next(iter(trust.SMALL_ORDER)).hex()
    with pytest.raises(PackageError, match="签名密钥不合规定"):
        trust.register({}, office="QL.01", keys=[("QL.01.B003", 1, weak)], parents=sealing.PARENTS)
