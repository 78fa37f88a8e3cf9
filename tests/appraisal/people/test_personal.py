"""Texts as people paste them: what nobody can see does not get in, whatever way it comes."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st
from series import LONG

import make
from pingyi_desktop import visible
from pingyi_desktop.appraisal.batches import ballots, corrections, operators, signing
from pingyi_desktop.appraisal.people import members, org, org_rules
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.errors import PackageError, RuleError
from pingyi_desktop.exchange.wire import canonical
from pingyi_desktop.storage.schema_batches import BallotBatch
from pingyi_desktop.storage.schema_people import OrgType

HIDDEN = "\u202e\u2066\u200b\ufeff\u00ad\u0000\u001b\u007f\u2028\u3164\U000e0041"


def test_what_packages_refuse_is_what_entry_takes_out() -> None:
    """Two rooms, one rule: every character that a package may not hold, and no other, is taken out of a typed text.

    Of the planes that Unicode has given nothing or left to private use the suite tries one in a hundred.
    """
    inhabited = range(0x40000), range(0xE0000, 0xF0000)
    rest = range(0x40000, sys.maxunicode + 1, 1 if LONG else 101)
    for number in chain(*inhabited, rest):
        letter = chr(number)
        taken_out = visible.clean(f"a{letter}") == "a"
        assert taken_out == bool(canonical._INVISIBLE.search(letter)) or letter == "\t", hex(number)


@given(st.text())
def test_every_visible_text_can_travel(text: str) -> None:
    shown = visible.clean(text).replace("\t", " ")
    assert canonical.decode(canonical.encode([shown])) == [shown]
    assert is_normalized("NFC", shown)
    assert visible.clean(shown) == shown


@given(st.text())
def test_a_line_is_one_line(text: str) -> None:
    shown = visible.line(text)
    assert "\n" not in shown
    assert "\t" not in shown
    assert shown == shown.strip() == visible.line(shown)
    canonical.encode(shown)


def test_both_spellings_of_a_name_are_one_name() -> None:
    assert visible.clean("\uf9f4志强") == "林志强"
    assert personal.clean_name("\uf9f4志强") == "林志强"
    assert personal.clean_name("赵\u200b建\u202e国") == "赵建国"
    assert personal.tidy("e\u0301") == "é"


def test_the_names_of_organisations_and_members_are_kept_visible(tmp_path: Path) -> None:
    with make.company(tmp_path / "a.pingyi").transaction() as session:
        org.add(
            session,
            parent_code="QL",
            code="QL.09",
            org_type=OrgType.BRANCH,
            full_name=f"中共{HIDDEN}九矿\t支部\n委员会 ",
            short_name=f" {HIDDEN}九矿党支部",
            by=make.BY,
        )
        members.add_member(
            session,
            org_code="QL.09",
            name=f"赵{HIDDEN}建国",
            category="FULL",
            by=make.BY,
            post=f"采{HIDDEN}煤\n工",
        )
        (found,) = [one for one in org.tree(session) if one.code == "QL.09"]
        assert (found.full_name, found.short_name) == ("中共九矿 支部 委员会", "九矿党支部")
        (person,) = [one for one in members.members(session) if one.org_code == "QL.09"]
        assert (person.name, person.post) == ("赵建国", "采煤 工")


@pytest.mark.parametrize("text", ["", HIDDEN, " \t\n", "x" * 101])
def test_a_name_of_nothing_visible_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match=r"请填 1 至 100 个字。"):
        org_rules.check_text("组织全称", text, 100)


def test_what_is_not_visible_could_not_travel() -> None:
    with pytest.raises(PackageError):
        canonical.encode(f"九矿{HIDDEN}")


def test_what_is_signed_and_why_is_kept_visible(tmp_path: Path) -> None:
    with make.school(tmp_path / "a.pingyi").transaction() as session:
        campaign_id = make.published(session, form_codes=["T-ORG-A"])
        batch = make.batch(session, campaign_id=campaign_id)
        ballots.enter_ballots(session, batch_id=batch.id, ballots=["11111"], by=make.BY)
        make.sheet(session, batch.id, valid=1)
        signing.waive(session, batch_id=batch.id, reason=f" 票数{HIDDEN}少\n", by=make.BY)
        signing.sign(
            session,
            batch_id=batch.id,
            tellers=[f"赵{HIDDEN}一", f"{HIDDEN}赵一 ", HIDDEN],
            scrutineers=[f"钱{HIDDEN}二"],
            by=make.BY,
            reason=make.WHY,
        )
        row = session.get_one(BallotBatch, batch.id)
        assert (row.single_reason, row.tellers, row.scrutineers) == ("票数少", "赵一", "钱二")
        signing.seal(session, batch_id=batch.id, by=make.BY)
        with pytest.raises(RuleError, match="写明更正的原因"):
            corrections.reopen(
                session, batch_id=batch.id, reason=HIDDEN, applicant="甲", scrutineer="乙", by=make.BY
            )
        with pytest.raises(RuleError, match="不能是同一人"):
            corrections.reopen(
                session,
                batch_id=batch.id,
                reason="少录一张",
                applicant="钱二",
                scrutineer=f"钱{HIDDEN}二",
                by=make.BY,
            )
        operators.add(session, name=f"孙{HIDDEN}三 ", by=make.BY)
        with pytest.raises(RuleError, match="已经有操作员“孙三”"):
            operators.add(session, name="孙三", by=make.BY)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("R03 汇总表 采掘/运输\\队", "R03 汇总表 采掘 运输 队"),
        ("../../a", "a"),
        (f"表{HIDDEN}fdp.xlsx ", "表fdp.xlsx"),
        ('a<b>"?*|:c', "a b     c"),
        ("长" * 300, "长" * 50),
    ],
)
def test_a_text_becomes_part_of_a_files_name(text: str, name: str) -> None:
    assert visible.file_name(text).split() == name.split()
    assert not set(visible.file_name(text)) & set('\\/:*?"<>|')
    assert Path("x", visible.file_name(text)).parent == Path("x")
