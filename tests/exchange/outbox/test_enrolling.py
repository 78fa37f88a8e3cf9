"""Task files between an office and its direct child: what is refused, what is kept, what a new task ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sealing
from desks import B3, BY, C1, C2, G1, Office
from sqlmodel import select

import make
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange.locks import keys
from pingyi_desktop.exchange.outbox import tasks
from pingyi_desktop.exchange.outbox.tasks import Task
from pingyi_desktop.exchange.wire import age, bundle, trust
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage.schema_exchange import StoredEnvelope as Row
from pingyi_desktop.storage.store import Store

CHEAP, CODE = 2, "1234567890123450"
TOKEN = "5a" * 32
RECIPIENT = age.new_identity()[1]
RENAMED = sealing.definition(name="另一次群众评议")


def handed(office: str = C1, unit: str = B3, *, parent: str = "", epoch: int = 1, **changed: Any) -> Envelope:
    """An assignment of ``office``; everything can be forged."""
    documents = {
        "task": {"unit": unit, "parent": parent or office, "epoch": epoch, "recipient": RECIPIENT},
        "enrolment": {"token": TOKEN},
        "roster": {"people": [sealing.person(unit)]},
    }
    return sealing.sealed(
        "assignment", office, documents, detachable=["roster", "enrolment"], to=unit, **changed
    )


def task(*envelopes: Envelope, **forged: Any) -> Task:
    """A task file with these envelopes, opened with its code."""
    data = bundle.write(envelopes or [sealing.campaign(), handed(**forged)])
    return tasks.read_task(age.seal_with_code(data, CODE, cost=CHEAP), CODE)


# Reading


def test_a_sound_task_is_read() -> None:
    found = task()
    assert (found.unit_code, found.parent_code, found.epoch, found.token) == (B3, C1, 1, TOKEN)
    assert found.fingerprint == trust.fingerprint(trust.public_key(sealing.key_of(C1)))


@pytest.mark.parametrize(
    "forged",
    [
        {"campaign_sha256": "0" * 64},
        {"campaign": "c2"},
        {"office": C2},
        {"office": "QL", "unit": B3},
        {"office": "QL", "unit": C1, "by": sealing.key(5)},
        {"unit": "QL.09"},
    ],
    ids=[
        "other forms",
        "other campaign",
        "an office that is not the parent",
        "the parent's parent",
        "the root's own task, signed by somebody else",
        "a unit outside the tree",
    ],
)
def test_a_task_that_does_not_hold_together_is_refused(forged: dict[str, Any]) -> None:
    with pytest.raises(PackageError, match="前后不一致"):
        task(**forged)


def test_the_root_s_own_task_is_signed_by_the_key_of_the_campaign() -> None:
    assert task(office="QL", unit=C1).parent_code == "QL"


# Taking up


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Store]:
    """A branch that has opened its first task."""
    made = make.copied(tmp_path / "B3.pingyi", _working)
    yield made
    made.close()


def _working(path: Path) -> Store:
    return tasks.create_file(path, task=task(), by=BY)


def taken(branch: Store, found: Task) -> None:
    with branch.transaction() as session:
        tasks.take_task(session, task=found, by=BY)


def epoch(branch: Store) -> int:
    with branch.reading() as session:
        return keys.signer(session, campaign_id="c1").epoch


def test_the_same_task_again_changes_nothing_and_a_later_one_brings_a_new_key(branch: Store) -> None:
    with branch.reading() as session:
        before = keys.signer(session, campaign_id="c1")
    taken(branch, task())
    with branch.reading() as session:
        assert keys.signer(session, campaign_id="c1") == before
    taken(branch, task(epoch=2))
    with branch.reading() as session:
        after = keys.signer(session, campaign_id="c1")
    assert after.epoch == 2
    assert after.private != before.private


def test_an_older_task_is_refused(branch: Store) -> None:
    taken(branch, task(epoch=2))
    with pytest.raises(PackageError, match="旧的任务文件"):
        taken(branch, task())
    assert epoch(branch) == 2


def test_a_task_for_another_unit_is_refused(branch: Store) -> None:
    with pytest.raises(PackageError, match="请换用对应的数据文件"):
        taken(branch, task(unit=G1, epoch=2))
    assert epoch(branch) == 1


def test_a_task_signed_by_another_key_of_the_same_office_is_refused(branch: Store) -> None:
    with pytest.raises(PackageError, match="不是原来那个上级签的"):
        taken(branch, task(epoch=2, by=sealing.key(5)))
    assert epoch(branch) == 1


def test_a_campaign_published_by_another_key_is_refused(branch: Store) -> None:
    with pytest.raises(PackageError, match="不是原来那个上级签的"):
        taken(branch, task(sealing.campaign(by=sealing.key(5)), handed(epoch=2)))
    assert epoch(branch) == 1


def test_other_forms_under_the_same_campaign_are_refused(branch: Store) -> None:
    other = sealing.campaign(RENAMED)
    with pytest.raises(PackageError, match="与本文件里的不同"):
        taken(branch, task(other, handed(epoch=2, campaign_sha256=other.address.campaign_sha256)))
    assert epoch(branch) == 1


def test_the_secret_of_a_task_is_not_kept_with_the_task(branch: Store) -> None:
    with branch.reading() as session:
        assert keys.signer(session, campaign_id="c1").token == TOKEN
        kept = [raw for raw in session.exec(select(Row.raw)) if raw is not None]
    assert len(kept) == 2
    assert TOKEN.encode() not in b"".join(kept)


# Handing down


def test_every_child_has_a_secret_and_a_code_of_its_own(company: Office) -> None:
    with company.acting() as session:
        files = tasks.assign(session, campaign_id="c1", by=BY, cost=CHEAP)
    read = [tasks.read_task(one.data, one.code) for one in files]
    assert [one.unit_code for one in read] == [C1, C2]
    assert len({one.token for one in read} | {"00" * 32}) == 3
    assert len({one.code for one in files}) == 2
    with pytest.raises(PackageError, match="激活码"):
        tasks.read_task(files[0].data, files[1].code)


def test_the_office_does_not_keep_the_secret_with_the_task(company: Office) -> None:
    with company.acting() as session:
        (made,) = tasks.assign(session, campaign_id="c1", by=BY, units=[C1], cost=CHEAP)
    token = tasks.read_task(made.data, made.code).token
    with company.acting() as session:
        kept = b"".join(raw for raw in session.exec(select(Row.raw)) if raw is not None)
        assert keys.tokens(session, campaign_id="c1") == {(C1, 1): bytes.fromhex(token)}
    assert token.encode() not in kept
    assert b'"enrolment"' in kept


def test_a_task_handed_down_again_has_a_new_epoch_secret_and_code(company: Office) -> None:
    with company.acting() as session:
        (first,) = tasks.assign(session, campaign_id="c1", by=BY, units=[C1], cost=CHEAP)
        again = tasks.reissue(session, campaign_id="c1", unit=C1, reason="电脑丢失", by=BY, cost=CHEAP)
    old, new = tasks.read_task(first.data, first.code), tasks.read_task(again.data, again.code)
    assert (old.epoch, new.epoch) == (1, 2)
    assert old.token != new.token
    assert first.code != again.code
    with company.acting() as session, pytest.raises(RuleError, match="原因"):
        tasks.reissue(session, campaign_id="c1", unit=C1, reason=" ", by=BY, cost=CHEAP)


def test_an_office_hands_down_to_its_direct_children_only(company: Office) -> None:
    for unit in (B3, "QL", "QL.09"):
        with company.acting() as session, pytest.raises(PackageError, match=r"不是“.*”的直接下级"):
            tasks.assign(session, campaign_id="c1", by=BY, units=[unit], cost=CHEAP)
