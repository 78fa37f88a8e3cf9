"""Hand edits of data files: whatever a table says, something signed, sealed or journalled says it too, and denies it.

The attacker knows the program, drops its triggers and makes the journal's chain anew; he has no key. Every edit is tried
on a file as it is, and on one as the editions before left it, whose journal no key has signed: there only what
packages, seals and entries tell is left to deny it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from offices import BALLOTS, COMMITTEE, DIRECT, FIRST, ORGS, SECOND, SIGNED, WHY, World, run
from series import LONG

import make
from pingyi_desktop.appraisal.batches import ballots
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper.tallies import Counts
from pingyi_desktop.exchange.locks import heads, keylock, protection
from pingyi_desktop.exchange.wire import age, package, trust
from pingyi_desktop.standing import soundness
from pingyi_desktop.standing.contradiction import ContradictedError
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema import DataFile
from pingyi_desktop.storage.schema_exchange import JournalHead
from pingyi_desktop.storage.schemas import feedback

OLD = Path(__file__).parent.parent / "old_databases"
PROXIED = "QL.B004"
CODE = f"L2-{FIRST}-T-ORG-A-v1-ALL"
COUNTED = f"L2-{SECOND}-T-ORG-A-v1-ALL"


def correct(world: World) -> None:
    """The branch reopens its sealed batch with a correction sheet and seals it again."""
    people = ("--reason", "漏一张", "--applicant", "甲", "--scrutineer", "乙")
    run("batch", "reopen", world.file(FIRST), CODE, *people)
    run("batch", "take-out", world.file(FIRST), CODE, "11112")
    run("batch", "put-in", world.file(FIRST), CODE, "11111")
    run("seal", world.file(FIRST), "--batch", CODE, *SIGNED, *WHY)


def count(world: World) -> None:
    """The other branch keys a tally sheet of seven ballots instead of ballots."""
    held = store.open_file(world.file(SECOND))
    with held.transaction() as session:
        campaign = campaigns.current(session)
        batch = make.batch(session, campaign_id=campaign.id, org_code=SECOND, form_code="T-ORG-A", layer=2)
        items = {("", item.no): Counts((4, 3, 0, 0), 0, 0, 0) for item in campaign.form("T-ORG-A").items}
        ballots.enter_counts(session, batch_id=batch.id, counts=items, by="甲")
        make.sheet(session, batch.id, valid=7)
        make.seal(session, batch_id=batch.id, by="甲")
    held.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A company at the end of its campaign: corrected, counted, exported, received, withdrawn, entered by proxy."""
    made = World(tmp_path_factory.mktemp("公司"), run)
    (made.root / "QL").mkdir()
    company = made.file("QL")
    run("init", company, "--code", "QL", "--name", "中共青峦公司委员会", "--type", "公司党委")
    for parent, code, kind, name in (*ORGS, ("QL", PROXIED, "BRANCH", "中共青峦公司后勤支部委员会")):
        run("org", "add", company, "--parent", parent, "--code", code, "--type", kind, "--name", name)
    dates = ("--year", 2025, "--start", "2025-09-01", "--end", "2025-12-20")
    run("campaign", "new", company, "--name", "群众评议", "--activity", "创先争优", *dates)
    run("campaign", "publish", company, *WHY)
    run("proxy", company, PROXIED)
    made.assign("QL")
    made.assign(COMMITTEE)
    made.key(FIRST, BALLOTS[FIRST])
    correct(made)
    made.key(SECOND, {"T-MEM-A": BALLOTS[SECOND]["T-MEM-A"]})
    count(made)
    made.key(DIRECT, BALLOTS[DIRECT])
    for code in (FIRST, SECOND, DIRECT):
        made.hold(code, actual=10)
    packages = {code: exported(made, code) for code in (FIRST, SECOND, DIRECT)}
    made.take(COMMITTEE, packages[FIRST], packages[SECOND])
    made.hold(COMMITTEE, actual=0)
    made.take("QL", exported(made, COMMITTEE), packages[DIRECT])
    numbers = {
        one["unit_code"]: one["check_number"].replace(" ", "")
        for one in made.take("QL", packages[DIRECT]).facts["entries"]
    }
    run("withdraw", company, "--choose", numbers[DIRECT], "--reason", "该支部来电更正")
    made.key(COMMITTEE, {"T-ORG-A": ["11111"] * 6}, layer=1)
    made.hold(COMMITTEE, actual=6, layer=1)
    return made


def exported(world: World, code: str) -> Path:
    made = run("export", world.file(code), world.root / code, "--json", *WHY).facts
    return Path(made["file"])


# --- the attacker -----------------------------------------------------------------------------------------------


def chain_anew(raw: sqlite3.Connection) -> None:
    """Number the journal's entries from 1 and make every hash fit, as the program would have."""
    rows = raw.execute("SELECT at, who, act, subject, detail FROM journal_entry ORDER BY seq").fetchall()
    raw.execute("DELETE FROM journal_entry")
    before = "0" * 64
    for seq, row in enumerate(rows, 1):
        fields = [before, seq, *row]
        made = hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()
        raw.execute("INSERT INTO journal_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (seq, *row, before, made))
        before = made


def undermine(path: Path, *statements: str) -> None:
    """Edit a closed file behind the program's back, its triggers put back afterwards."""
    with closing(sqlite3.connect(path)) as raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        changes = raw.total_changes
        for statement in statements:
            raw.execute(statement)
        assert raw.total_changes > changes, "the edit changed nothing"
        chain_anew(raw)
        for _, sql in triggers:
            raw.execute(sql)
        raw.commit()


def as_before(path: Path) -> None:
    """The file as the editions before left it: nothing signed of its journal, no sign that it ever was."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DELETE FROM journal_head")
        raw.execute("UPDATE own_key SET private_key = replace(private_key, ?, '')", (keylock.HEADS,))
        raw.commit()


def problems(path: Path) -> list[str]:
    """What verify says of a file."""
    held = store.open_file(path)
    try:
        with held.reading() as session:
            return [one.sentence for one in soundness.full(session)]
    finally:
        held.close()


@dataclass(frozen=True)
class Edit:
    """What is changed in whose file; ``said`` is what a file without a signed head says of it ("": it cannot know)."""

    unit: str
    sql: str
    area: str
    said: str = ""


OF = "(SELECT b.id FROM ballot_batch b JOIN appraisal_session s ON s.id = b.session_id JOIN party_organization o ON o.id = s.org_id WHERE b.form_code = 'T-ORG-A' AND s.layer = 2 AND o.code = '{}')"
MINE, THEIRS = OF.format(SECOND), OF.format(FIRST)
SEAT = "(SELECT s.id FROM appraisal_session s JOIN party_organization o ON o.id = s.org_id WHERE s.layer = 2 AND o.code = '{}')"
TAKEN_OUT = (
    "DELETE FROM item_tally WHERE batch_id IN (SELECT b.id FROM ballot_batch b JOIN appraisal_session s ON s.id ="
    " b.session_id WHERE s.source_id IN (SELECT id FROM envelope WHERE unit_code = '{0}' AND type = 'submission'));"
    " UPDATE ballot_batch SET printed = NULL, issued = NULL, returned = NULL, blank = NULL, void = NULL, valid = NULL,"
    " persons = 1, entry_mode = NULL, ballot_commit = NULL, source_id = NULL, state = 'FIRST'"
    " WHERE source_id IN (SELECT id FROM envelope WHERE unit_code = '{0}');"
    " UPDATE appraisal_session SET held_on = NULL, expected = NULL, actual = NULL, self_introduced = NULL,"
    " oral_reports = NULL, members = NULL, source_id = NULL, status = 'PLANNED'"
    " WHERE source_id IN (SELECT id FROM envelope WHERE unit_code = '{0}')"
)
"""the figures of a unit as if it had never reported"""
SEALED_WRONG = "封存以后被改动过"
STRAYED = "的数字与它签名上报的不一致"
EXPORTED = "的数字与第 1 次上报时签名的不一致"
LOCKED = "与发布时锁定的不一致"

EDITS = {
    # own figures
    "counts": Edit(SECOND, f"UPDATE item_tally SET c1 = c1 + c2, c2 = 0 WHERE batch_id = {MINE}", "计票格", f"{SEALED_WRONG}.*{EXPORTED}"),
    "counts-and-sheet": Edit(SECOND, f"UPDATE ballot_batch SET issued = 20, printed = 20 WHERE id = {MINE}", "票批", SEALED_WRONG),
    "ballots-exchanged": Edit(FIRST, f"UPDATE sealed_ballot SET cells = '33333' WHERE batch_id = {THEIRS} AND cells = '11211'", "封存的票", "摘要不一致|点算"),
    "a-ballot-gone": Edit(FIRST, f"DELETE FROM sealed_ballot WHERE batch_id = {THEIRS} AND cells = '11211'", "封存的票", "与有效票"),
    "a-cell-gone": Edit(SECOND, f"DELETE FROM item_tally WHERE batch_id = {MINE} AND item = '1'", "计票格", "各档合计"),
    "tellers": Edit(FIRST, f"UPDATE ballot_batch SET tellers = '丙' WHERE id = {THEIRS}", "票批", SEALED_WRONG),
    "second-entry": Edit(FIRST, f"UPDATE ballot_batch SET second_entry = 'ALL' WHERE id = {THEIRS}", "票批", SEALED_WRONG),
    "entry-mode": Edit(FIRST, f"UPDATE ballot_batch SET entry_mode = 'COUNT' WHERE id = {THEIRS}", "票批", SEALED_WRONG),
    "salt": Edit(FIRST, f"UPDATE ballot_batch SET ballot_salt = '{'0' * 64}' WHERE id = {THEIRS}", "票批", "摘要不一致"),
    "opened-again": Edit(FIRST, f"UPDATE ballot_batch SET state = 'AGREED' WHERE id = {THEIRS}", "票批", "却又开着"),
    "sealed-by-hand": Edit(PROXIED, "UPDATE ballot_batch SET state = 'SEALED', entry_mode = 'COUNT', issued = 5, returned = 5, valid = 5, blank = 0, void = 0 WHERE id = " + OF.format(PROXIED), "票批", "没有封存它的记录"),
    "voided": Edit(FIRST, f"UPDATE ballot_batch SET state = 'VOID' WHERE id = {THEIRS}", "票批", "票批与发布时安排的不一致"),
    "batch-gone": Edit(PROXIED, "DELETE FROM ballot_batch WHERE id = " + OF.format(PROXIED), "票批", "票批与发布时安排的不一致"),
    "as-if-received": Edit(FIRST, f"UPDATE ballot_batch SET source_id = (SELECT id FROM envelope WHERE type = 'submission') WHERE id = {THEIRS}", "票批", "却记成收到的"),
    "expected": Edit(FIRST, f"UPDATE appraisal_session SET expected = 40 WHERE id = {SEAT.format(FIRST)}", "场次", EXPORTED),
    "held-on": Edit(FIRST, f"UPDATE appraisal_session SET held_on = '2025-11-11' WHERE id = {SEAT.format(FIRST)}", "场次", EXPORTED),
    "own-session-at-the-top": Edit("QL", "UPDATE appraisal_session SET actual = 1 WHERE layer = 1", "场次"),
    "session-gone": Edit("QL", "DELETE FROM appraisal_session WHERE layer = 1", "场次", "场次与发布时安排的不一致"),
    "session-voided": Edit(FIRST, "UPDATE appraisal_session SET status = 'VOID'", "场次", "场次与发布时安排的不一致"),
    "received-session-without-papers": Edit("QL", "UPDATE appraisal_session SET has_ballots = 1 - has_ballots WHERE source_id IS NOT NULL", "场次", "场次与发布时安排的不一致"),
    "correction-gone": Edit(FIRST, "DELETE FROM correction", "更正单", "更正单"),
    "correction-reason": Edit(FIRST, "UPDATE correction SET reason = '无'", "更正单", "更正单"),
    "correction-applicant": Edit(FIRST, "UPDATE correction SET applicant = '丙'", "更正单", "更正单"),
    # figures of units below
    "votes": Edit(COMMITTEE, f"UPDATE item_tally SET c1 = c1 + c2, c2 = 0 WHERE batch_id = {MINE}", "", STRAYED),
    "votes-and-valid": Edit(COMMITTEE, f"UPDATE ballot_batch SET valid = 107, returned = 107, issued = 107 WHERE id = {MINE}", "", STRAYED),
    "people": Edit("QL", f"UPDATE appraisal_session SET actual = 12 WHERE id = {SEAT.format(FIRST)}", "", STRAYED),
    "another-source": Edit(COMMITTEE, f"UPDATE ballot_batch SET source_id = NULL WHERE id = {MINE}", "", STRAYED),
    "taken-out": Edit("QL", f"UPDATE ballot_batch SET state = 'FIRST', valid = NULL WHERE id = {MINE}", "", STRAYED),
    "put-in": Edit("QL", f"UPDATE appraisal_session SET status = 'HELD', expected = 9, actual = 9 WHERE id = {SEAT.format(DIRECT)}", "", STRAYED),
    "codes-exchanged": Edit("QL", f"UPDATE party_organization SET code = 'x' WHERE code = '{FIRST}'; UPDATE party_organization SET code = '{FIRST}' WHERE code = '{SECOND}'; UPDATE party_organization SET code = '{SECOND}' WHERE code = 'x'", "", STRAYED),
    "commitment": Edit("QL", f"UPDATE ballot_batch SET ballot_commit = '{'0' * 64}' WHERE id = {THEIRS}", "", STRAYED),
    # envelopes
    "body-gone": Edit("QL", f"UPDATE envelope SET raw = NULL WHERE unit_code = '{FIRST}'", "", "签名的正文不见了"),
    "own-body-gone": Edit(FIRST, "UPDATE envelope SET raw = NULL WHERE own = 1", "数据包", "签名的正文不见了"),
    "envelope-gone": Edit("QL", f"DELETE FROM envelope WHERE unit_code = '{FIRST}'", "", STRAYED),
    "own-envelope-gone": Edit(FIRST, "DELETE FROM envelope WHERE own = 1", "数据包", "文件里没有了"),
    "a-bit-of-the-body": Edit("QL", f"UPDATE envelope SET raw = CAST(replace(CAST(raw AS TEXT), '\"valid\":5', '\"valid\":6') AS BLOB) WHERE unit_code = '{FIRST}'", "", "签名核验不通过"),
    "body-gone-as-replaced": Edit(COMMITTEE, f"UPDATE envelope SET raw = NULL, state = 'SUPERSEDED' WHERE unit_code = '{SECOND}'; {TAKEN_OUT.format(SECOND)}", "", "应当计入，签名的正文却不见了"),
    "body-gone-further-below": Edit("QL", f"UPDATE envelope SET raw = NULL, state = 'SUPERSEDED' WHERE unit_code = '{FIRST}'; {TAKEN_OUT.format(FIRST)}", "", "应当计入，签名的正文却不见了"),
    "body-gone-as-waiting": Edit("QL", f"UPDATE envelope SET raw = NULL, state = 'QUARANTINED' WHERE unit_code = '{FIRST}'; {TAKEN_OUT.format(FIRST)}", "", "应当计入，签名的正文却不见了"),
    "a-newer-one-that-never-came": Edit(COMMITTEE, f"INSERT INTO envelope (id, campaign_id, type, unit_code, epoch, revision, state, own) SELECT '{'0' * 64}', campaign_id, type, unit_code, epoch, 2, 'SUPERSEDED', 0 FROM envelope WHERE unit_code = '{SECOND}'; UPDATE envelope SET state = 'SUPERSEDED' WHERE unit_code = '{SECOND}'; {TAKEN_OUT.format(SECOND)}", "", "应当计入，签名的正文却不见了"),
    "a-newer-one-that-never-came-further-below": Edit("QL", f"INSERT INTO envelope (id, campaign_id, type, unit_code, epoch, revision, state, own, listed) SELECT '{'0' * 64}', campaign_id, type, unit_code, epoch, 2, 'QUARANTINED', 0, 1 FROM envelope WHERE unit_code = '{FIRST}'; UPDATE envelope SET state = 'QUARANTINED' WHERE unit_code = '{FIRST}'; {TAKEN_OUT.format(FIRST)}", "", "应当计入，签名的正文却不见了"),
    "as-waiting": Edit("QL", f"UPDATE envelope SET state = 'QUARANTINED' WHERE unit_code = '{FIRST}'; {TAKEN_OUT.format(FIRST)}", "", "是否计入"),
    "as-replaced": Edit("QL", f"UPDATE envelope SET state = 'SUPERSEDED' WHERE unit_code = '{FIRST}'; {TAKEN_OUT.format(FIRST)}", "", f"是否计入.*{STRAYED}"),
    "state": Edit("QL", f"UPDATE envelope SET state = 'SUPERSEDED' WHERE unit_code = '{FIRST}'", "", "是否计入"),
    "unit": Edit("QL", f"UPDATE envelope SET unit_code = '{SECOND}' WHERE unit_code = '{FIRST}'", "", "与登记的单位、次数不一致"),
    "revision": Edit("QL", f"UPDATE envelope SET revision = 9 WHERE unit_code = '{FIRST}'", "", "与登记的单位、次数不一致"),
    "theirs-as-ours": Edit("QL", f"UPDATE envelope SET own = 1 WHERE unit_code = '{FIRST}'", "数据包", "不是本单位的密钥签的"),
    "listed": Edit("QL", f"UPDATE envelope SET listed = NULL WHERE unit_code = '{FIRST}'", ""),
    # the campaign
    "rule": Edit("QL", """UPDATE campaign SET rule = replace(rule, '"satisfied_set":"STRICT"', '"satisfied_set":"WIDE2"')""", "评议活动", f"统计口径{LOCKED}"),
    "name": Edit("QL", "UPDATE campaign SET name = '另一次'", "评议活动", f"名称.*{LOCKED}"),
    "activity": Edit("QL", "UPDATE campaign SET activity = '别的'", "评议活动", f"活动{LOCKED}"),
    "dates": Edit("QL", "UPDATE campaign SET end_date = '2025-12-31'", "评议活动", f"结束日期{LOCKED}"),
    "mode": Edit(FIRST, "UPDATE campaign SET mode = 'drill'", "评议活动", f"正式或演练{LOCKED}"),
    "recovery": Edit("QL", "UPDATE campaign SET recovery_recipient = 'age1' || recovery_recipient", "评议活动", f"恢复码公钥{LOCKED}"),
    "manual-check": Edit("QL", "UPDATE campaign SET manual_check = 1", "评议活动", f"人工核对{LOCKED}"),
    "purpose": Edit("QL", "UPDATE campaign SET purpose = '无'", "评议活动", f"目的{LOCKED}"),
    "back-to-draft": Edit("QL", "UPDATE campaign SET status = 'DRAFT'", "评议活动", "却是草稿"),
    "definition": Edit("QL", "UPDATE campaign SET definition = replace(definition, '采一队', '采三队')", "评议活动", "摘要不一致"),
    "definition-and-digest": Edit(FIRST, "UPDATE campaign SET definition = 'x', definition_sha256 = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'", "评议活动", "读不出来"),
    "another-definition": Edit(COMMITTEE, "UPDATE campaign SET definition_sha256 = 'ffff'", "评议活动", "摘要不一致"),
    "form": Edit("QL", "UPDATE campaign_form SET document = replace(document, '\"version\":1', '\"version\":2')", "评议表", f"评议表{LOCKED}"),
    "form-gone": Edit(SECOND, "DELETE FROM campaign_form WHERE code = 'T-MEM-A'", "评议表", f"评议表{LOCKED}|读不出来"),
    "category": Edit("QL", "UPDATE voter_category SET name = '党员'", "参评人员类别", f"参评人员类别{LOCKED}"),
    "campaign-id": Edit(FIRST, "UPDATE campaign SET id = 'x'", "评议活动", "不见了|编号"),
    "names-exchanged": Edit("QL", f"UPDATE party_organization SET short_name = '乙' WHERE code = '{FIRST}'", "党组织", "操作日志里没有改名的记录"),
    "whose-file": Edit(FIRST, f"UPDATE data_file SET unit_code = '{SECOND}'", "", "任务是给|组织名单|签名"),
    # trust
    "trusted-key": Edit("QL", f"UPDATE trusted_key SET public_key = '{trust.public_key(bytes(32))}' WHERE unit_code = '{FIRST}'", "登记的密钥", "没有登记"),
    "trusted-key-of-the-parent": Edit(FIRST, f"UPDATE trusted_key SET public_key = '{trust.public_key(bytes(32))}' WHERE unit_code = '{COMMITTEE}'", "登记的密钥", "与操作日志里登记的不一致"),
    "recipient": Edit(FIRST, f"UPDATE trusted_key SET age_recipient = 'age1x' WHERE unit_code = '{COMMITTEE}'", "登记的密钥", "会加密给别人"),
    "trusted-key-gone": Edit(COMMITTEE, f"DELETE FROM trusted_key WHERE unit_code = '{FIRST}'", "登记的密钥", "没有登记"),
    "own-key": Edit(FIRST, f"UPDATE own_key SET public_key = '{trust.public_key(bytes(32))}'", "", "公私两半对不上"),
    "own-key-gone": Edit(FIRST, "DELETE FROM own_key", "", "不是本单位的密钥签的"),
    "task-epoch": Edit("QL", f"UPDATE issued_task SET epoch = 2 WHERE unit_code = '{DIRECT}'", "下发的任务", "下发记录不一致"),
    "task-by-proxy": Edit("QL", f"UPDATE issued_task SET by_proxy = 1 WHERE unit_code = '{DIRECT}'", "下发的任务", "下发记录不一致"),
    "proxy-taken-back": Edit("QL", f"UPDATE issued_task SET by_proxy = 0 WHERE unit_code = '{PROXIED}'", "下发的任务", "下发记录不一致"),
    "withdrawal-gone": Edit("QL", "DELETE FROM withdrawal", "作废的数据", "却没有作废"),
    "withdrawn-by-hand": Edit("QL", f"INSERT INTO withdrawal SELECT id, campaign_id, '无', '无' FROM envelope WHERE unit_code = '{FIRST}'", "作废的数据", "没有作废它的记录"),
    "decided-by-hand": Edit("QL", f"INSERT INTO conflict_decision SELECT campaign_id, unit_code, type, 1, 1, id, '无', '无' FROM envelope WHERE unit_code = '{FIRST}'", "冲突裁定", "冲突裁定在操作日志里没有记录"),
    "ruled-by-hand": Edit("QL", f"INSERT INTO hold_ruling SELECT id, campaign_id, '', 1, '无', '无' FROM envelope WHERE unit_code = '{FIRST}'", "待核的裁定", "裁定在操作日志里没有记录"),
    "import-gone": Edit(COMMITTEE, "DELETE FROM import_run", "导入记录", "导入记录不一致"),
    "import-undone": Edit(COMMITTEE, "UPDATE import_run SET undone = 1", "导入记录", "导入记录不一致"),
    "operator": Edit("QL", "INSERT INTO operator (name, retired) VALUES ('丙', 0)", "操作员"),
    "who-keyed": Edit(FIRST, f"UPDATE entry_pass SET operator = operator || '丙' WHERE batch_id = {THEIRS}", "录入遍次"),
    "how-well-it-was-keyed": Edit(FIRST, f"INSERT INTO entry_quality SELECT id, 9, 900, 0, 0, 0, 0, 0 FROM ballot_batch WHERE id = {THEIRS}", "录入质量"),
    "token-of-a-task": Edit("QL", f"UPDATE issued_task SET token = '{'0' * 64}' WHERE unit_code = '{DIRECT}'", "下发任务的凭证"),
    "own-token": Edit(FIRST, f"UPDATE own_key SET token = '{'0' * 64}'", "任务凭证"),
    "identity": Edit(COMMITTEE, f"UPDATE own_key SET age_identity = '{age.new_identity()[0]}'", "收件的密钥"),
    "member": Edit("QL", "INSERT INTO party_member (id, member_no, name, org_id, category, name_suffix, group_name, party_duty, is_leading_cadre, post, sex, roster_status, exempt_reason, retired, sort_no) SELECT 'x', 'x', '赵六', id, 'FULL', '', '', '', 0, '', '', 'IN_SCOPE', '', 0, 0 FROM party_organization LIMIT 1", "党员"),
    "review-group": Edit("QL", "INSERT INTO review_group SELECT 'x', id, 1, '一组' FROM campaign", "评议小组"),
    # the journal
    "truncated": Edit(FIRST, "DELETE FROM journal_entry WHERE seq > (SELECT max(seq) - 1 FROM journal_entry)", "日志的结尾与签名的不一致", "没有导出的记录"),
    "seal-entry-gone": Edit(FIRST, "DELETE FROM journal_entry WHERE act = '封存票批'", "日志的结尾与签名的不一致", "没有封存它的记录"),
    "emptied": Edit("QL", "DELETE FROM journal_entry", "日志的结尾与签名的不一致", "导入记录不一致"),
    "rewritten": Edit("QL", "UPDATE journal_entry SET who = '丙'", "日志的结尾与签名的不一致"),
    "added": Edit("QL", "INSERT INTO journal_entry SELECT seq + 1, at, who, '登记场次', subject, '{}', hash, hash FROM journal_entry ORDER BY seq DESC LIMIT 1", "日志的结尾与签名的不一致"),
    "kind": Edit("QL", "UPDATE item_tally SET c1 = 'many'", "不合规定的内容", "不合规定的内容"),
}  # fmt: skip


AREA_BY_AREA = {edit.area or bool(edit.said): name for name, edit in reversed(EDITS.items())}
"""The head has a digest for each area (whose columns are pinned below): the first edit of every area, and of what came."""
TOGETHER = (
    "counts form-gone",
    "counts-and-sheet",
    "ballots-exchanged tellers expected correction-gone mode trusted-key-of-the-parent own-key",
    "a-ballot-gone second-entry held-on correction-reason recipient own-key-gone",
    "a-cell-gone",
    "entry-mode correction-applicant own-body-gone truncated",
    "salt own-envelope-gone seal-entry-gone",
    "opened-again",
    "sealed-by-hand session-gone people state rule name names-exchanged task-epoch decided-by-hand",
    "voided",
    "batch-gone taken-out activity task-by-proxy ruled-by-hand",
    "body-gone",
    "as-if-received",
    "session-voided whose-file",
    "received-session-without-papers put-in dates proxy-taken-back",
    "a-bit-of-the-body",
    "votes",
    "trusted-key-gone import-gone",
    "votes-and-valid import-undone",
    "another-source body-gone-as-replaced",
    "another-definition",
    "codes-exchanged body-gone-further-below recovery emptied",
    "commitment manual-check",
    "envelope-gone purpose",
    "body-gone-as-waiting definition withdrawal-gone",
    "a-newer-one-that-never-came",
    "a-newer-one-that-never-came-further-below unit form",
    "as-waiting category",
    "as-replaced",
    "revision back-to-draft withdrawn-by-hand",
    "theirs-as-ours",
    "definition-and-digest campaign-id",
    "trusted-key",
    "kind",
)
"""Edits of one file that say different things: none is found by what another one of the row would be found by.

What spoils an envelope is not tried with figures that stray: its own unit's stray then as well."""
AREAS_TOGETHER = (
    "counts",
    "counts-and-sheet",
    "ballots-exchanged expected correction-gone own-body-gone who-keyed how-well-it-was-keyed own-token truncated",
    "votes import-gone identity",
    "listed rule form category names-exchanged task-epoch decided-by-hand ruled-by-hand operator member review-group",
    "trusted-key withdrawal-gone token-of-a-task",
    "kind",
)
"""The same of the first edit of every area. The long series tries every edit alone."""


def owner(unit: str) -> str:
    return "QL" if unit == PROXIED else unit


def edited(world: World, path: Path, names: str, *, is_old: bool = False) -> tuple[str, list[Edit]]:
    """What verify says of a file after these edits, and the edits."""
    edits = [EDITS[name] for name in names.split()]
    (code,) = {owner(edit.unit) for edit in edits}
    shutil.copy(world.file(code), path)
    if is_old:
        as_before(path)
    undermine(path, *(sql for edit in edits for sql in edit.sql.split(";")))
    return "".join(problems(path)), edits


def first(names: str) -> str:
    return names.split()[0]


@pytest.mark.parametrize("names", EDITS if LONG else AREAS_TOGETHER, ids=first)
def test_a_hand_edit_is_found(world: World, tmp_path: Path, names: str) -> None:
    said, edits = edited(world, tmp_path / "数据.pingyi", names)
    for edit in edits:
        assert re.search(edit.area or edit.said or "收到的数据包在程序之外", said), (edit, said)


@pytest.mark.parametrize(
    "names", [name for name, edit in EDITS.items() if edit.said] if LONG else TOGETHER, ids=first
)
def test_a_hand_edit_contradicts_what_was_signed_sealed_or_journalled(
    world: World, tmp_path: Path, names: str
) -> None:
    said, edits = edited(world, tmp_path / "数据.pingyi", names, is_old=True)
    for edit in edits:
        assert re.search(edit.said, said), (edit, said)


def test_every_edit_is_tried() -> None:
    assert sorted(" ".join(TOGETHER).split()) == sorted(name for name, edit in EDITS.items() if edit.said)
    assert sorted(" ".join(AREAS_TOGETHER).split()) == sorted(AREA_BY_AREA.values())


def test_a_row_that_is_hidden_from_the_filter_is_told(world: World, tmp_path: Path) -> None:
    """What the filter looks through follows from the row, so no key signs it: verify holds it against the row."""
    path = copied(world, FIRST, tmp_path)
    for title in ("修路", "Ähre"):
        run("deed", "add", path, f"事项={title}", "类别=办实事")
    assert "按文字查找" not in run("verify", path).err
    undermine(path, "UPDATE deed SET search = 'x' WHERE number = 1")
    assert problems(path) == []
    assert f"办实事有 1 行按文字查找不到（{FIRST}-1）" in run("verify", path).err


# --- files that are sound ---------------------------------------------------------------------------------------


def test_files_at_the_end_of_a_campaign_are_sound(world: World) -> None:
    for code in ("QL", COMMITTEE, FIRST, SECOND, DIRECT):
        assert problems(world.file(code)) == []


@pytest.mark.parametrize("code", ["QL", COMMITTEE, FIRST, SECOND])
def test_so_are_those_of_the_editions_before_and_after_their_next_act(
    world: World, tmp_path: Path, code: str
) -> None:
    path = copied(world, code, tmp_path)
    as_before(path)
    assert problems(path) == []
    run("operator", "add", path, "丁")
    assert problems(path) == []
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM journal_head").fetchone() == (1,)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_data_files_of_every_old_format_are_sound(tmp_path: Path, number: int) -> None:
    path = tmp_path / "旧.pingyi"
    shutil.copy(OLD / f"v{number}.pingyi", path)
    assert problems(path) == []


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_data_file_is_signed_anew_with_its_upgrade(tmp_path: Path, number: int) -> None:
    """The head of the older format told only of the journal until somebody acted."""
    path = tmp_path / "旧.pingyi"
    shutil.copy(OLD / f"v{number}.pingyi", path)
    protection.open_file(path, lambda _: b"").close()
    assert problems(path) == []
    undermine(path, "UPDATE party_member SET post = '书记'")
    found = "“党员”在程序之外被改动过" in "".join(problems(path))
    assert found == (number > 2), "the one of the second format has no key of its own"


def test_an_import_undone_and_a_withdrawal_restored_are_sound(world: World, tmp_path: Path) -> None:
    committee, company = copied(world, COMMITTEE, tmp_path), copied(world, "QL", tmp_path)
    run("undo-import", committee)
    assert problems(committee) == []
    with closing(sqlite3.connect(company)) as raw:
        (identity,) = raw.execute("SELECT envelope_id FROM withdrawal").fetchone()
    chosen = package.check_number(identity).replace(" ", "")
    run("withdraw", company, "--choose", chosen, "--restore", "--reason", "核实无误")
    assert problems(company) == []


def test_a_figure_corrected_after_the_export_is_sound(world: World, tmp_path: Path) -> None:
    path = copied(world, FIRST, tmp_path)
    people = ("--reason", "录错", "--applicant", "甲", "--scrutineer", "乙")
    run("batch", "reopen", path, CODE, *people)
    assert problems(path) == []
    run("batch", "take-out", path, CODE, "11211")
    run("batch", "put-in", path, CODE, "22222")
    run("seal", path, "--batch", CODE, *SIGNED, *WHY)
    run("session", "hold", path, FIRST, "--date", "2025-10-09", "--expected", 12, "--actual", 9, *WHY)
    assert problems(path) == []


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_protected_file_is_sound_and_signs_on(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encrypt: bool
) -> None:
    path = copied(world, FIRST, tmp_path)
    made = protection.fresh("评议口令2025")
    protection.protect(path, made=made, encrypt=encrypt, by="甲")
    monkeypatch.setenv("PINGYI_PASSWORD", "评议口令2025")
    run("verify", path)
    run("operator", "add", path, "丁")
    run("verify", path)
    protection.unprotect(path, data_key=made.data_key, by="甲")
    assert problems(path) == []


def test_a_key_that_lies_open_in_a_file_with_a_password_is_found(world: World, tmp_path: Path) -> None:
    path = copied(world, FIRST, tmp_path)
    made = protection.fresh("评议口令2025")
    protection.protect(path, made=made, encrypt=False, by="甲")
    mine = bytes(range(32))
    undermine(
        path, f"UPDATE own_key SET private_key = '{mine.hex()}', public_key = '{trust.public_key(mine)}'"
    )
    held = replace(store.open_file(path), data_key=made.data_key)
    with held.reading() as session:
        said = "".join(one.sentence for one in soundness.full(session))
    held.close()
    assert "没受口令保护的密钥" in said


# --- the signed head --------------------------------------------------------------------------------------------


def test_a_head_taken_away_is_missed(world: World, tmp_path: Path) -> None:
    path = copied(world, FIRST, tmp_path)
    undermine(path, "DELETE FROM journal_head")
    assert "操作日志的签名不见了" in "".join(problems(path))


@pytest.mark.parametrize(
    "change",
    [
        "signature = replace(signature, substr(signature, 1, 2), '00')",
        "signature = 'x'",
        "areas = '{}'",
        "broken = '[\"x\"]'",
        "version = version + 1",
        "seq = seq - 1",
        f"public_key = '{trust.public_key(bytes(32))}'",
    ],
)
def test_a_head_changed_or_signed_by_another_is_found(world: World, tmp_path: Path, change: str) -> None:
    path = copied(world, FIRST, tmp_path)
    undermine(path, f"UPDATE journal_head SET {change}")
    assert "操作日志的签名不是本文件的密钥签的" in "".join(problems(path))


def test_a_head_that_a_stranger_signed_is_found(world: World, tmp_path: Path) -> None:
    path, stranger = copied(world, FIRST, tmp_path), bytes(range(32))
    held = store.open_file(path)
    with held.reading() as session:
        head, file_id = session.get_one(JournalHead, 1), session.get_one(DataFile, 1).file_id
        signature = trust.sign(heads._payload(file_id, head), stranger).hex()
    held.close()
    key = trust.public_key(stranger)
    undermine(path, f"UPDATE journal_head SET public_key = '{key}', signature = '{signature}'")
    assert "操作日志的签名不是本文件的密钥签的" in "".join(problems(path))


def test_the_digests_are_of_the_columns_of_this_version() -> None:
    """A column more or less makes every head of before a wrong one: raise ``heads.VERSION`` with it. ``ADDED`` may be more."""
    of_before = heads.AREAS.keys() - ADDED
    columns = repr({area: str(query) for area, query in sorted(heads.AREAS.items()) if area in of_before})
    assert (heads.VERSION, hashlib.sha256(columns.encode()).hexdigest()[:16]) == (4, "af6a8b798a24078c")


def sign_areas(path: Path, change: Callable[[dict[str, str]], dict[str, str]], broken: str = "[]") -> None:
    """Give the file the head that its own key would have signed with other areas."""
    held = store.open_file(path)
    with held.reading() as session:
        told = session.get_one(JournalHead, 1).model_dump()
        areas = json.dumps(change(json.loads(told["areas"])), sort_keys=True)
        head = JournalHead(**{**told, "areas": areas, "broken": broken})
        private = keylock.signing_half(heads.own_keys(session)[-1].private_key)
        signature = trust.sign(heads._payload(session.get_one(DataFile, 1).file_id, head), private).hex()
    held.close()
    changed = f"areas = '{areas}', broken = '{broken}', signature = '{signature}'"
    undermine(path, f"UPDATE journal_head SET {changed}")


def test_an_area_of_a_newer_program_is_no_fault_and_goes_with_the_next_act(
    world: World, tmp_path: Path
) -> None:
    """What this program writes there it cannot sign: the newer one would tell of a strange hand."""
    path = copied(world, FIRST, tmp_path)
    sign_areas(path, lambda areas: {**areas, "from_the_future": "0" * 64})
    assert problems(path) == []
    run("operator", "add", path, "丁")
    held = store.open_file(path)
    with held.reading() as session:
        assert json.loads(session.get_one(JournalHead, 1).areas).keys() == heads.AREAS.keys()
    held.close()
    sign_areas(path, lambda areas: areas, '["from_the_future"]')
    assert "“其他内容”曾在程序之外被改动过" in "".join(problems(path))


def test_an_area_that_a_head_of_before_does_not_have_is_signed_with_the_next_act(
    world: World, tmp_path: Path
) -> None:
    path = copied(world, FIRST, tmp_path)
    sign_areas(path, lambda areas: {area: one for area, one in areas.items() if area not in ADDED})
    assert problems(path) == []
    run("operator", "add", path, "丁")
    undermine(path, EDITS["who-keyed"].sql)
    assert "“录入遍次”在程序之外被改动过" in "".join(problems(path))


ADDED = {"entry_quality", "sealed_pass", "own_secret", "task_secret"}
ADDED |= {f"{table.__tablename__}{part}" for table in feedback.TABLES for part in ("", heads.RECEIVED)}
"""areas that came to heads of version 4 after the first ones were signed"""
SPOILT = (
    "PRAGMA ignore_check_constraints = ON",
    "UPDATE envelope SET own = 2",
    "UPDATE trusted_key SET epoch = CASE rowid % 2 WHEN 0 THEN 'x' ELSE 2.5 END",
    "UPDATE campaign SET period_year = x'00ff'",
    "UPDATE issued_task SET by_proxy = 7",
    "UPDATE appraisal_session SET source_id = '' WHERE rowid % 2",
    "UPDATE ballot_batch SET source_id = 0 WHERE rowid % 3",
)
"""kinds and places that the program never writes"""


def test_areas_read_together_have_the_digests_of_areas_read_alone(world: World, tmp_path: Path) -> None:
    """What packages of today and heads of before say of them is the digest of one statement for each area."""
    for code in ("QL", COMMITTEE, FIRST):
        path = copied(world, code, tmp_path)
        for spoilt in ((), SPOILT):
            if spoilt:
                undermine(path, *spoilt)
            held = store.open_file(path)
            with held.reading() as session:
                connection = session.connection()
                alone = {area: heads.digest(connection, area) for area in heads.AREAS}
                assert heads.digests(connection, heads.read(connection)) == alone
            held.close()


@pytest.mark.parametrize("name", ["counts", "votes", "rule", "trusted-key", "withdrawn-by-hand"])
def test_an_edit_by_another_program_while_a_file_is_open_is_found(
    world: World, tmp_path: Path, name: str
) -> None:
    """The window asks anew before every report: what it found sound a moment ago tells nothing of now."""
    path = copied(world, EDITS[name].unit, tmp_path)
    held = store.open_file(path)
    for _ in range(2):
        with held.reading() as session:
            assert soundness.before_report(session) == []
    undermine(path, EDITS[name].sql)
    with held.reading() as session:
        try:
            told = soundness.before_report(session)
        except ContradictedError as error:
            told = [str(error)]
    held.close()
    assert told


def test_every_area_has_a_name() -> None:
    assert {area.rstrip(heads.RECEIVED) for area in heads.AREAS} | {heads.JOURNAL} == soundness.AREAS.keys()


def test_a_head_of_another_file_is_found(world: World, tmp_path: Path) -> None:
    """Even of one with the same key: the head names the file."""
    path = copied(world, FIRST, tmp_path)
    undermine(path, "UPDATE data_file SET file_id = 'x'")
    assert "操作日志的签名不是本文件的密钥签的" in "".join(problems(path))


def test_an_older_head_with_its_journal_is_found(world: World, tmp_path: Path) -> None:
    old, path = copied(world, SECOND, tmp_path), tmp_path / "新.pingyi"
    shutil.copy(old, path)
    run("session", "hold", path, SECOND, "--date", "2025-10-09", "--expected", 12, "--actual", 9, *WHY)
    with closing(sqlite3.connect(old)) as raw:
        head = raw.execute("SELECT * FROM journal_head").fetchone()
        many = raw.execute("SELECT max(seq) FROM journal_entry").fetchone()[0]
    values = ", ".join(repr(value) for value in head)
    undermine(
        path,
        f"DELETE FROM journal_entry WHERE seq > {many}",
        f"REPLACE INTO journal_head VALUES ({values})",
    )
    said = "".join(problems(path))
    assert "“场次”在程序之外被改动过" in said
    assert EXPORTED in said


def test_who_goes_on_working_does_not_cover_an_edit_up(world: World, tmp_path: Path) -> None:
    path = copied(world, SECOND, tmp_path)
    undermine(path, f"UPDATE appraisal_session SET members = 3 WHERE id = {SEAT.format(SECOND)}")
    run("session", "hold", path, SECOND, "--date", "2025-10-09", "--expected", 12, "--actual", 9, *WHY)
    assert "“场次”曾在程序之外被改动过" in "".join(problems(path))
    run("operator", "add", path, "丁")
    assert "“场次”曾在程序之外被改动过" in "".join(problems(path))


@pytest.mark.parametrize(
    "change",
    [
        EDITS["rewritten"].sql,
        EDITS["truncated"].sql,
        "DELETE FROM journal_head",
        "UPDATE journal_head SET areas = '{}'",
    ],
)
def test_nor_what_was_done_to_the_journal_and_its_head(world: World, tmp_path: Path, change: str) -> None:
    """The next act signed a rewritten journal as if nothing had been."""
    path = copied(world, "QL", tmp_path)
    undermine(path, change)
    for name in ("丁", "戊"):
        run("operator", "add", path, name)
        assert "“操作日志”曾在程序之外被改动过" in "".join(problems(path))


# --- what is stopped --------------------------------------------------------------------------------------------


def test_report_tally_and_export_of_a_contradicted_file_are_refused(world: World, tmp_path: Path) -> None:
    path = copied(world, SECOND, tmp_path)
    undermine(path, EDITS["counts"].sql)
    out = tmp_path / "表.pdf"
    for words in (
        ("report", path, "R06", "--org", SECOND, "--format", "pdf", "--out", out),
        ("tally", path),
        ("export", path, tmp_path / "包.pingyi-pack", *WHY),
    ):
        said = run(*words, status=1).err
        assert re.search("前后矛盾，没有(出表|导出)：.*改动过.*请用改动以前的备份恢复", said), said
    assert not list(tmp_path.glob("包*"))
    assert not out.exists()


def test_one_unit_s_figures_are_named_and_its_signed_ones_counted(world: World, tmp_path: Path) -> None:
    path = copied(world, COMMITTEE, tmp_path)
    before = run("tally", path, "--json").out
    undermine(path, EDITS["votes"].sql)
    said = run("tally", path, "--json")
    assert said.out == before
    assert "采二队党支部”的数字与它签名上报的不一致" in said.err
    run("export", path, tmp_path / "包.pingyi-pack", *WHY)


def test_one_unit_s_spoilt_envelope_blinds_nobody(world: World, tmp_path: Path) -> None:
    path = copied(world, COMMITTEE, tmp_path)
    undermine(path, EDITS["body-gone"].sql)
    said = run("tally", path, "--json")
    (form, _) = said.facts["forms"]
    assert form["figures"]["valid"] == 7
    assert f"收到的“{FIRST}”第 1 次上报签名的正文不见了" in said.err
    refused = run("export", path, tmp_path / "包.pingyi-pack", *WHY, status=1)
    assert re.search("没有导出：.*请让该单位重新导出", refused.err)


def test_a_sound_file_is_not_opened_envelope_by_envelope(world: World, tmp_path: Path) -> None:
    """Before a report the signed digests answer; only what is not as signed is looked at in full."""
    path = copied(world, COMMITTEE, tmp_path)
    calls: list[bytes] = []

    def opened(raw: bytes) -> package.Envelope:
        calls.append(raw)
        return sound(raw)

    sound = package.open_envelope
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "open_envelope", opened)
        run("tally", path)
        assert calls == []
        undermine(path, EDITS["votes"].sql)
        run("tally", path)
        assert calls != []


def copied(world: World, code: str, folder: Path) -> Path:
    path = folder / f"{code}.pingyi"
    shutil.copy(world.file(code), path)
    return path


def test_a_signature_of_a_stored_envelope_is_verified(world: World, tmp_path: Path) -> None:
    path = copied(world, COMMITTEE, tmp_path)
    as_before(path)
    with closing(sqlite3.connect(path)) as raw:
        (body,) = raw.execute("SELECT raw FROM envelope WHERE unit_code = ?", (FIRST,)).fetchone()
        envelope = package.parse_stored(body)
        forged = replace(envelope, signatures=(bytes(64),)).raw
        raw.execute("UPDATE envelope SET raw = ? WHERE unit_code = ?", (forged, FIRST))
        raw.commit()
    assert f"收到的“{FIRST}”第 1 次上报签名核验不通过" in "".join(problems(path))


def test_a_submission_that_a_stranger_signed_again_is_found(world: World, tmp_path: Path) -> None:
    """Other figures under the unit's name, written into the tables as well: only the key is not the unit's."""
    path = copied(world, COMMITTEE, tmp_path)
    as_before(path)
    with closing(sqlite3.connect(path)) as raw:
        (body,) = raw.execute("SELECT raw FROM envelope WHERE unit_code = ?", (FIRST,)).fetchone()
        before = package.parse_stored(body)
        made = package.seal(before.address, members=before.members, private=bytes(32))
        raw.execute("UPDATE envelope SET id = ?, raw = ? WHERE unit_code = ?", (made.id, made.raw, FIRST))
        for table in ("appraisal_session", "ballot_batch"):
            raw.execute(f"UPDATE {table} SET source_id = ? WHERE source_id = ?", (made.id, before.id))
        raw.commit()
    said = "".join(problems(path))
    assert f"收到的“{FIRST}”第 1 次上报签名的密钥（{trust.fingerprint(made.signer)}）没有登记" in said


@pytest.mark.parametrize("state", ["SUPERSEDED", "QUARANTINED"])
def test_a_stranger_s_submission_is_found_whatever_state_it_is_put_in(
    world: World, tmp_path: Path, state: str
) -> None:
    """A newer one under the unit's name, set down as if it did not count: it does not push the unit's own out."""
    path = copied(world, COMMITTEE, tmp_path)
    as_before(path)
    with closing(sqlite3.connect(path)) as raw:
        (body,) = raw.execute("SELECT raw FROM envelope WHERE unit_code = ?", (FIRST,)).fetchone()
        before = package.parse_stored(body)
        made = package.seal(
            before.address.model_copy(update={"revision": 2}), members=before.members, private=bytes(32)
        )
        raw.execute(
            "INSERT INTO envelope SELECT ?, campaign_id, type, unit_code, epoch, 2, ?, own, ?, import_id, listed"
            " FROM envelope WHERE id = ?",
            (made.id, state, made.raw, before.id),
        )
        raw.commit()
    said = "".join(problems(path))
    assert f"收到的“{FIRST}”第 2 次上报签名的密钥（{trust.fingerprint(made.signer)}）没有登记" in said
    assert "是否计入" not in said
