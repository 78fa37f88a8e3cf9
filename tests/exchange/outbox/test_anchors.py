"""Who may be the office above: a task's keys are the known ones, signed by the known ones, or compared by a person.

The attacks are those of somebody who holds the published definition, or an office's stolen computer, and sends task
files: open ones, and ones sealed with a code of his own that he sends along.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import desks
import pytest
import sealing
from desks import B3, BY, C1, C2
from sqlalchemy import delete
from sqlmodel import select

import make
from pingyi_desktop.cli import main
from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.locks import keylock, keys
from pingyi_desktop.exchange.merging.situations import Situation
from pingyi_desktop.exchange.outbox import anchors, tasks, transfer
from pingyi_desktop.exchange.outbox.anchors import COMPARED, FIRST, SAME, SIGNED, UnconfirmedKeyError
from pingyi_desktop.exchange.outbox.tasks import Claim, Task
from pingyi_desktop.exchange.wire import age, bundle, canonical, trust
from pingyi_desktop.exchange.wire.header import ASSIGNMENT
from pingyi_desktop.exchange.wire.package import Envelope
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import JournalEntry
from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_campaign import Campaign
from pingyi_desktop.storage.schema_exchange import OwnKey, TrustedKey
from pingyi_desktop.storage.store import Store

CHEAP, CODE = 1, "1234567890123450"
OFFICE, THIEF = age.new_identity(), age.new_identity()
STRANGER = sealing.key(5)
NEXT = {"campaign": "c2", "name": "2025年群众评议", "period_year": 2025}


def assignment(
    office: str = C1,
    *,
    epoch: int = 1,
    recipient: str = OFFICE[1],
    own_epoch: int = 1,
    definition: Envelope | None = None,
    **changed: Any,
) -> Envelope:
    """The ``epoch``-th task of B3, by its office in the office's own ``own_epoch``; everything can be forged."""
    documents = {
        "task": {"unit": B3, "parent": office, "epoch": epoch, "recipient": recipient},
        "enrolment": {"token": "5a" * 32},
        "roster": {"people": [sealing.person(B3)]},
    }
    bound = (
        {}
        if definition is None
        else {"campaign": definition.address.campaign, "campaign_sha256": definition.address.campaign_sha256}
    )
    head = {"to": B3, "epoch": own_epoch, **bound, **changed}
    return sealing.sealed(ASSIGNMENT, office, documents, detachable=["roster", "enrolment"], **head)


def campaign(*, cosigners: Sequence[bytes] = (), by: bytes | None = None, **changed: Any) -> Envelope:
    """A campaign's definition, by its root."""
    document = sealing.definition(**changed)
    digest = hashlib.sha256(canonical.encode(document)).hexdigest()
    head = {"to": "", "campaign": document["campaign"], "campaign_sha256": digest}
    signed = {"by": by, "cosigners": cosigners}
    return sealing.sealed("campaign", document["root"], {"definition": document}, **signed, **head)


def opened(*envelopes: Envelope) -> Task:
    """A task as it comes out of its seal."""
    return tasks.read_task(age.seal_with_code(bundle.write(envelopes), CODE, cost=CHEAP), CODE)


def task(**forged: Any) -> Task:
    """A task of the running campaign."""
    return opened(sealing.campaign(), assignment(**forged))


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Store]:
    """A branch that works: it has opened the first task of its office."""
    made = make.copied(tmp_path / "B3.pingyi", _working)
    yield made
    made.close()


def _working(path: Path) -> Store:
    return tasks.create_file(path, task=task(), by=BY)


def taken(branch: Store, found: Task, *confirmed: str) -> list[Claim]:
    with branch.transaction() as session:
        return tasks.take_task(session, task=found, by=BY, confirmed=confirmed)


def trusted(branch: Store) -> dict[tuple[str, str, int], tuple[str, str | None, str]]:
    with branch.reading() as session:
        rows = session.exec(select(TrustedKey)).all()
        return {
            (row.campaign_id, row.unit_code, row.epoch): (row.public_key, row.age_recipient, row.origin)
            for row in rows
        }


def noted(branch: Store) -> list[dict[str, Any]]:
    """What the journal says of keys of offices above, oldest first."""
    with branch.reading() as session:
        rows = session.exec(select(JournalEntry).where(JournalEntry.act == "登记上级密钥"))
        return [{"unit": row.subject, **json.loads(row.detail)} for row in rows]


def reported(branch: Store) -> bytes:
    """The branch's package as it travels, over one session and no ballots."""
    with branch.transaction() as session:
        session.execute(delete(BallotBatch))
        desks.hold(session)
        return transfer.export(session, campaign_id="c1", by=BY).data


def print_of(private: bytes) -> str:
    return trust.fingerprint(trust.public_key(private))


# No seal, no task


@pytest.mark.parametrize(
    "code", ["", CODE, "0" * 16], ids=["without a code", "with its code", "with any code"]
)
def test_a_task_that_is_not_sealed_is_refused_whatever_code_is_typed(code: str) -> None:
    with pytest.raises(PackageError, match=r"没有用激活码加密.*重新下发"):
        tasks.read_task(bundle.write([sealing.campaign(), assignment()]), code)


def test_a_task_encrypted_to_a_key_instead_of_a_code_is_refused() -> None:
    data = age.encrypt(bundle.write([sealing.campaign(), assignment()]), [OFFICE[1]])
    with pytest.raises(PackageError, match="请用“打开任务文件”，并输入激活码"):
        tasks.read_task(data, CODE)


def test_a_package_is_not_called_an_open_task() -> None:
    with pytest.raises(PackageError, match="请在“收发”页导入"):
        tasks.read_task(bundle.write([sealing.submission(B3)]), "")


def test_a_sealed_task_is_not_opened_without_its_code() -> None:
    data = age.seal_with_code(bundle.write([sealing.campaign(), assignment()]), CODE, cost=CHEAP)
    for code in ("", "  "):
        with pytest.raises(PackageError, match="要用激活码打开"):
            tasks.read_task(data, code)


def test_a_file_with_a_second_definition_is_no_task() -> None:
    both = [sealing.campaign(), campaign(**NEXT), assignment()]
    with pytest.raises(PackageError, match="不是任务文件"):
        opened(*both)


def test_a_roster_of_other_units_is_refused() -> None:
    documents = {
        "task": {"unit": B3, "parent": C1, "epoch": 1, "recipient": OFFICE[1]},
        "roster": {"people": [sealing.person(C2)]},
    }
    forged = sealing.sealed(ASSIGNMENT, C1, documents, detachable=["roster"], to=B3)
    with pytest.raises(PackageError, match="前后不一致"):
        opened(sealing.campaign(), forged)


def test_the_commands_refuse_an_open_task_and_make_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where, into = tmp_path / "任务.pingyi-task", tmp_path / "新.pingyi"
    where.write_bytes(bundle.write([sealing.campaign(), assignment()]))
    for words in (
        ["open", where, "--into", into, "--code", CODE],
        ["open", where, "--into", into],
        ["inspect", where],
    ):
        assert main([str(word) for word in words]) == 1
        assert "没有用激活码加密" in capsys.readouterr().err
    assert not into.exists()


def test_an_open_task_that_is_dropped_on_the_import_is_refused(tmp_path: Path) -> None:
    office = desks.office(tmp_path / "C1.pingyi")
    data = bundle.write([sealing.campaign(), assignment()])
    (entry,) = office.entries(("任务.pingyi-task", data))
    assert entry.situation is Situation.TASK_FILE
    assert "任务文件" in entry.sentence
    office.store.close()


@pytest.mark.parametrize("lacking", ["recipient", "token"])
def test_a_task_that_would_leave_a_unit_in_clear_is_not_taken_up(tmp_path: Path, lacking: str) -> None:
    """Without the first its packages could not be encrypted, without the second not be told from anybody's."""
    whole = assignment()
    documents = {name: whole.document(name) for name in ("task", "enrolment")}
    if lacking == "recipient":
        documents["task"] = {key: value for key, value in documents["task"].items() if key != "recipient"}
    else:
        del documents["enrolment"]
    detachable = {"enrolment"} & documents.keys()
    found = opened(
        sealing.campaign(), sealing.sealed(ASSIGNMENT, C1, documents, detachable=list(detachable), to=B3)
    )
    with pytest.raises(PackageError, match="缺少登记密钥用的暗号或上级收件的公钥"):
        tasks.create_file(tmp_path / "B3.pingyi", task=found, by=BY)
    assert not (tmp_path / "B3.pingyi").exists()


# The attack: an office's key named "epoch 2"


def test_a_forged_second_key_of_the_office_enters_no_file(branch: Store) -> None:
    """The attacker seals with a code of his own and sends both; the next export would be encrypted to him."""
    before = trusted(branch)
    forged = task(epoch=2, own_epoch=2, by=STRANGER, recipient=THIEF[1])
    with pytest.raises(UnconfirmedKeyError) as caught:
        taken(branch, forged)
    assert [one.unit_code for one in caught.value.claims] == [C1]
    assert print_of(STRANGER) in str(caught.value)
    assert print_of(sealing.key_of(C1)) in str(caught.value)
    assert trusted(branch) == before
    data = reported(branch)
    assert bundle.read(age.decrypt(data, [OFFICE[0]]))
    with pytest.raises(age.NotForUsError):
        age.decrypt(data, [THIEF[0]])


def test_a_key_signed_by_the_one_before_is_taken_and_noted(branch: Store) -> None:
    new, recipient = sealing.key_of(C1, 2), age.new_identity()
    found = taken(branch, task(epoch=2, own_epoch=2, recipient=recipient[1], cosigners=[sealing.key_of(C1)]))
    assert [(one.unit_code, one.how) for one in found] == [(C1, SIGNED), ("QL", SAME)]
    assert trusted(branch)["c1", C1, 2] == (trust.public_key(new), recipient[1], SIGNED)
    last = noted(branch)[-1]
    assert (last["unit"], last["epoch"], last["how"], last["recipient"]) == (C1, 2, SIGNED, recipient[1])
    assert (last["before"], last["fingerprint"]) == (print_of(sealing.key_of(C1)), print_of(new))
    assert age.decrypt(reported(branch), [recipient[0]])


@pytest.mark.parametrize("who", ["QL", C2, B3])
def test_the_signature_of_another_unit_vouches_for_nothing(branch: Store, who: str) -> None:
    with pytest.raises(UnconfirmedKeyError):
        taken(branch, task(epoch=2, own_epoch=2, by=STRANGER, cosigners=[sealing.key_of(who)]))


def test_the_definition_s_old_key_does_not_vouch_for_the_office(branch: Store) -> None:
    """Each unit's change is vouched for by what that unit signed."""
    definition = sealing.campaign(cosigners=[sealing.key_of(C1)])
    with pytest.raises(UnconfirmedKeyError):
        taken(branch, opened(definition, assignment(epoch=2, own_epoch=2, by=STRANGER)))


def test_a_key_that_a_person_compared_is_taken_and_noted(branch: Store) -> None:
    found = task(epoch=2, own_epoch=2, by=STRANGER)
    for wrong in (print_of(sealing.key(6)), print_of(sealing.key_of(C1)), print_of(STRANGER)[:-1], ""):
        with pytest.raises(UnconfirmedKeyError):
            taken(branch, found, wrong)
    typed = "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in print_of(STRANGER))
    assert [one.how for one in taken(branch, found, typed)] == [COMPARED, SAME]
    assert trusted(branch)["c1", C1, 2][2] == COMPARED
    assert noted(branch)[-1]["how"] == COMPARED


def test_the_command_takes_the_digits_that_were_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into, where = tmp_path / "B3.pingyi", tmp_path / "任务.pingyi-task"
    tasks.create_file(into, task=task(), by=BY).close()
    made = [sealing.campaign(), assignment(epoch=2, own_epoch=2, by=STRANGER)]
    where.write_bytes(age.seal_with_code(bundle.write(made), CODE, cost=CHEAP))
    words = ["open", str(where), "--into", str(into), "--code", CODE]
    for wrong in ([], ["--fingerprint", print_of(sealing.key(6))]):
        assert main([*words, *wrong]) == 1
        assert print_of(STRANGER) in capsys.readouterr().err
    assert main([*words, "--fingerprint", print_of(STRANGER)]) == 0
    said = capsys.readouterr().out
    assert f"密钥变了（{COMPARED}）：原来 {print_of(sealing.key_of(C1))}，现在 {print_of(STRANGER)}" in said


def test_a_replaced_key_is_never_taken_again(branch: Store) -> None:
    """The office's stolen computer makes the next task: its key was replaced, and nobody can confirm it."""
    taken(branch, task(epoch=2, own_epoch=2, cosigners=[sealing.key_of(C1)]))
    forged = task(epoch=3, own_epoch=1, recipient=THIEF[1])
    with pytest.raises(PackageError, match="已作废的密钥"):
        taken(branch, forged, print_of(sealing.key_of(C1)))
    with pytest.raises(UnconfirmedKeyError):
        taken(branch, task(epoch=3, own_epoch=3, by=STRANGER, cosigners=[sealing.key_of(C1)]))
    assert ("c1", C1, 3) not in trusted(branch)


def test_two_keys_of_one_epoch_cannot_be_confirmed(branch: Store) -> None:
    with pytest.raises(PackageError, match="不是原来那个上级签的"):
        taken(branch, task(epoch=2, by=STRANGER), print_of(STRANGER))


def test_another_recipient_under_the_known_key_is_taken_and_noted(branch: Store) -> None:
    """The office's own signature says it: a file restored from before it had one."""
    taken(branch, task(epoch=2, recipient=THIEF[1]))
    assert trusted(branch)["c1", C1, 1][1] == THIEF[1]
    assert noted(branch)[-1]["recipient"] == THIEF[1]
    before = len(noted(branch))
    taken(branch, task(epoch=2, recipient=THIEF[1]))
    assert len(noted(branch)) == before


# Next year's campaign into the same file


def following(*, root: dict[str, Any] | None = None, **office: Any) -> Task:
    """The task of the next campaign; both keys are new ones."""
    definition = campaign(**{"by": sealing.key(7), **NEXT, **(root or {})})
    return opened(definition, assignment(definition=definition, **{"by": sealing.key(8), **office}))


OLD_ROOT, OLD_OFFICE = {"cosigners": [sealing.key_of("QL")]}, {"cosigners": [sealing.key_of(C1)]}


def test_the_next_campaign_signed_by_the_known_keys_is_taken(branch: Store) -> None:
    found = taken(branch, following(root=OLD_ROOT, **OLD_OFFICE))
    assert [(one.unit_code, one.how) for one in found] == [(C1, SIGNED), ("QL", SIGNED)]
    assert {(one["unit"], one["campaign"]) for one in noted(branch)[-2:]} == {(C1, "c2"), ("QL", "c2")}


def test_the_next_campaign_by_the_known_keys_themselves_is_taken(branch: Store) -> None:
    found = taken(branch, following(root={"by": sealing.key_of("QL")}, by=sealing.key_of(C1)))
    assert [one.how for one in found] == [SAME, SAME]


@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (following(), [C1, "QL"]),
        (following(root=OLD_ROOT), [C1]),
        (following(**OLD_OFFICE), ["QL"]),
    ],
    ids=["nobody signed", "the office's key is forged", "the root's key is forged"],
)
def test_a_forged_next_campaign_is_refused(branch: Store, made: Task, asked: list[str]) -> None:
    before = trusted(branch)
    with pytest.raises(UnconfirmedKeyError) as caught:
        taken(branch, made)
    assert [one.unit_code for one in caught.value.claims] == asked
    with pytest.raises(UnconfirmedKeyError):  # comparing one of two is not enough
        taken(branch, made, *(one.fingerprint for one in caught.value.claims[1:]))
    assert trusted(branch) == before
    with branch.reading() as session:
        assert session.get(Campaign, "c2") is None
    found = taken(branch, made, *(one.fingerprint for one in caught.value.claims))
    assert {one.how for one in found if one.unit_code in asked} == {COMPARED}


def test_a_campaign_of_offices_that_nobody_knows_is_refused(branch: Store) -> None:
    """The forger invents the office above and the root, so that no known key is contradicted."""
    orgs = [one for one in sealing.definition()["orgs"] if one["code"] in ("QL", C1, B3)]
    renamed = json.loads(json.dumps(orgs).replace('"QL"', '"ZZ"').replace(f'"{C1}"', '"ZZ.01"'))
    definition = campaign(root="ZZ", orgs=renamed, **NEXT)
    made = opened(definition, assignment("ZZ.01", definition=definition))
    with pytest.raises(UnconfirmedKeyError, match="没有登记过"):
        taken(branch, made)


def test_the_newest_campaign_s_key_is_the_one_that_vouches(branch: Store) -> None:
    """A key of two campaigns ago, stolen since, vouches for nothing."""
    taken(branch, following(root=OLD_ROOT, **OLD_OFFICE))
    third = campaign(campaign="c3", by=sealing.key(7))
    with pytest.raises(UnconfirmedKeyError):
        taken(branch, opened(third, assignment(definition=third, by=STRANGER, **OLD_OFFICE)))
    good = assignment(definition=third, by=STRANGER, cosigners=[sealing.key(8)])
    assert [one.how for one in taken(branch, opened(third, good))] == [SIGNED, SAME]


def test_the_first_task_is_taken_by_its_code_and_shown(branch: Store) -> None:
    assert {(one["unit"], one["how"]) for one in noted(branch)} == {(C1, FIRST), ("QL", FIRST)}


def test_a_file_in_use_asks_before_it_gets_an_office_above(tmp_path: Path) -> None:
    """A company that has published campaigns of its own does not become somebody's branch by a code alone."""
    below = [
        {**one, "parent": one["parent"] if one["code"] != C1 else None}
        for one in sealing.definition()["orgs"]
    ]
    below = [one for one in below if one["code"].startswith(C1)]
    made = desks.office(tmp_path / "C1.pingyi", C1, campaign="own", root=C1, orgs=below).store
    document = {"unit": C1, "parent": "QL", "epoch": 1, "recipient": OFFICE[1]}
    whole = {"task": document, "enrolment": {"token": "5a" * 32}}
    head = sealing.sealed(ASSIGNMENT, "QL", whole, detachable=["enrolment"], to=C1)
    found = opened(sealing.campaign(), head)
    with pytest.raises(UnconfirmedKeyError):
        taken(made, found)
    assert [one.how for one in taken(made, found, print_of(sealing.key_of("QL")))] == [COMPARED]
    made.close()


# What an office signs with when it hands down


def test_an_office_with_a_new_key_hands_down_what_its_units_know_again(tmp_path: Path) -> None:
    """The office's task was handed down again and opened in the same file: no unit below has to ask anybody."""
    company = desks.office(tmp_path / "QL.pingyi", "QL").store
    with company.transaction() as session:
        made = tasks.assign(session, campaign_id="c1", by=BY, units=[C1], cost=CHEAP)[0]
    office = tasks.create_file(tmp_path / "C1.pingyi", task=tasks.read_task(made.data, made.code), by=BY)
    with office.transaction() as session:
        below = tasks.assign(session, campaign_id="c1", by=BY, units=[B3], cost=CHEAP)[0]
    branch = tasks.create_file(tmp_path / "B3.pingyi", task=tasks.read_task(below.data, below.code), by=BY)
    with company.transaction() as session:
        again = tasks.reissue(session, campaign_id="c1", unit=C1, reason="换人", by=BY, cost=CHEAP)
    taken(office, tasks.read_task(again.data, again.code))
    with office.transaction() as session:
        below = tasks.reissue(session, campaign_id="c1", unit=B3, reason="换人", by=BY, cost=CHEAP)
    found = taken(branch, tasks.read_task(below.data, below.code))
    assert [one.how for one in found] == [SIGNED, SAME]
    for one in (company, office, branch):
        one.close()


def test_the_keys_before_sign_as_well_and_no_more_than_fit(tmp_path: Path) -> None:
    office = desks.office(tmp_path / "C1.pingyi").store
    private = [sealing.key(number) for number in range(10, 16)]
    with office.transaction() as session:
        for epoch, key in enumerate(private, 1):
            public = trust.public_key(key)
            session.add(OwnKey(campaign_id="c1", epoch=epoch, private_key=key.hex(), public_key=public))
        session.flush()
        assert keys.earlier(session, campaign_id="c1") == private[-2:-5:-1]
    office.close()


# Nothing leaves in clear


def test_what_has_no_key_to_be_encrypted_to_is_not_exported(branch: Store) -> None:
    with branch.transaction() as session:
        row = session.get_one(TrustedKey, ("c1", C1, 1))
        row.age_recipient = None
        session.add(row)
    with pytest.raises(PackageError, match="无法加密，没有导出"):
        reported(branch)


def test_the_recipient_of_a_replaced_key_is_not_fallen_back_on(branch: Store) -> None:
    with branch.transaction() as session:
        keys.remember(session, campaign_id="c1", keys={(C1, 2): trust.public_key(STRANGER)}, origin="测试")
    with pytest.raises(PackageError, match="无法加密，没有导出"):
        reported(branch)


def test_a_secret_that_is_not_wrapped_is_not_used_in_a_file_with_a_password(branch: Store) -> None:
    with branch.transaction() as session:
        session.info["data_key"] = keylock.new_data_key()
        with pytest.raises(FileError, match="没受口令保护的密钥"):
            keys.signer(session, campaign_id="c1")
        keylock.unwrap_all(session)  # taking the password away can be done again
        del session.info["data_key"]
        assert keys.signer(session, campaign_id="c1").epoch == 1


def test_the_journal_that_notes_the_keys_is_whole(branch: Store) -> None:
    taken(branch, task(epoch=2, own_epoch=2, cosigners=[sealing.key_of(C1)]))
    with branch.reading() as session:
        assert journal.broken_at(session) is None
    assert anchors.OPEN not in {one["how"] for one in noted(branch)}
