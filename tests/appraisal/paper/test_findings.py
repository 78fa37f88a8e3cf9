"""One scale for every check: E blocks, W asks for a reason that the journal keeps, I informs (domain §7)."""

from __future__ import annotations

import ast
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from sqlmodel import Session, col, select

import make
from pingyi_desktop.appraisal.rulebook import catalogue, findings
from pingyi_desktop.appraisal.rulebook.catalogue import CATALOGUE, found
from pingyi_desktop.cli import edge
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import JournalEntry

# Typed from domain §7: every rule of the tables that the program can meet, with its weight there.
FIELD = {
    **dict.fromkeys(("V-ORG-01", "V-ORG-02", "V-ORG-03", "V-ORG-04", "V-ORG-10"), "E"),
    **dict.fromkeys(("V-ORG-05", "V-ORG-06", "V-ORG-07", "V-ORG-09"), "W"),
    **dict.fromkeys(("V-ORG-08", "V-ORG-11"), "I"),
    **dict.fromkeys(("V-MEM-01", "V-MEM-03", "V-MEM-04", "V-MEM-05", "V-MEM-06", "V-MEM-07"), "E"),
    **dict.fromkeys(("V-MEM-02", "V-MEM-08", "V-MEM-09", "V-MEM-10"), "W"),
    **{"V-CMP-01": "E", "V-CMP-02": "W", "V-CMP-03": "E"},
    **{"V-TPL-01": "E", "V-TPL-02": "E", "V-TPL-03": "I", "V-SCO-01": "W"},
    **dict.fromkeys(("V-SES-01", "V-SES-04", "V-SES-08"), "E"),
    **dict.fromkeys(("V-SES-02", "V-SES-03", "V-SES-05", "V-SES-06", "V-SES-07"), "W"),
    **dict.fromkeys(("V-BAL-01", "V-BAL-03", "V-BAL-04", "V-BAL-05", "V-BAL-10", "V-BAL-11"), "E"),
    **dict.fromkeys(("V-BAL-16", "V-BAL-17"), "E"),
    **dict.fromkeys(("V-BAL-02", "V-BAL-06", "V-BAL-07", "V-BAL-08", "V-BAL-09"), "W"),
    **dict.fromkeys(("V-BAL-14", "V-BAL-15", "V-BAL-18"), "W"),
    **dict.fromkeys(("V-BAL-12", "V-BAL-13", "V-BAL-19", "V-BAL-20"), "I"),
    **dict.fromkeys(("V-CHK-01", "V-CHK-03", "V-CHK-04", "V-CHK-08"), "W"),
    **{"V-CHK-02": "I", "V-CHK-07": "I", "V-CHK-10": "E"},
    **{"V-PRI-01": "W", "V-PRI-05": "W"},
    **{"V-IMP-01": "E", "V-IMP-02": "I", "V-IMP-03": "I", "V-IMP-04": "I", "V-IMP-05": "E"},
}
LAST = {
    "ORG": 11,
    "MEM": 10,
    "CMP": 6,
    "TPL": 6,
    "SCO": 1,
    "SES": 8,
    "BAL": 20,
    "CHK": 10,
    "PRI": 5,
    "IMP": 5,
}

SHORT = found("V-SES-05", "一矿党委", actual=10, expected=40, rate="25.0", rule="三分之二")
LATE = found("V-SES-02", "一矿党委", date="2031-01-01", start="2030-01-01", end="2030-12-31")
BLOCKING = found("V-SES-04", "一矿党委", actual=41, expected=40)
TELLING = found("V-BAL-12", "L2-QL.01-T-ORG-A-v1-ALL")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = make.company(tmp_path / "QL.pingyi")
    with made.transaction() as opened:
        yield opened
    made.close()


def test_every_rule_of_the_field_has_the_weight_of_the_field() -> None:
    numbered = {
        code: weight for code, (weight, _) in CATALOGUE.items() if int(code[-2:]) <= LAST.get(code[2:5], 0)
    }
    assert numbered == FIELD


def test_no_two_rules_say_the_same() -> None:
    texts = [text for _, text in CATALOGUE.values()]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_sentence_is_chinese_and_has_only_named_values(code: str) -> None:
    weight, text = CATALOGUE[code]
    names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    assert weight in "EWI"
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)?", name) for name in names)
    assert re.search(r"[一-鿿]", text)
    assert not re.search(r"V-[A-Z]{3}|[,;:?!] |\"", text), "half-width punctuation, or a code in a sentence"


def test_a_value_that_is_missing_is_a_bug() -> None:
    with pytest.raises(KeyError):
        catalogue.sentence("V-SES-04", actual=1)


def entry(session: Session) -> JournalEntry:
    return session.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc())).first() or JournalEntry()


def weigh(session: Session, *listed: catalogue.Finding, reason: str = "") -> tuple[catalogue.Finding, ...]:
    return findings.weigh(
        session, listed, reason=reason, by="张三", act="登记场次", subject="QL.01", detail={"layer": 2}
    )


def test_an_error_stops_the_act_whatever_the_reason(session: Session) -> None:
    before = entry(session).seq
    with pytest.raises(RuleError, match="实到（41）多于应到（40）") as refused:
        weigh(session, SHORT, BLOCKING, reason="已核实")
    assert (refused.value.code, entry(session).seq) == ("V-SES-04", before)


@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_a_warning_asks_for_a_reason(session: Session, reason: str) -> None:
    before = entry(session).seq
    with pytest.raises(NeedsReasonError) as asked:
        weigh(session, SHORT, TELLING, LATE, reason=reason)
    assert asked.value.findings == (SHORT, LATE)
    assert str(asked.value) == f"{SHORT.sentence[:-1]}；{LATE.sentence[:-1]}"
    assert entry(session).seq == before


def test_with_a_reason_the_acts_own_entry_says_what_was_confirmed_and_why(session: Session) -> None:
    before = entry(session).seq
    assert weigh(session, SHORT, TELLING, SHORT, reason=" 大雪封路 ") == (TELLING,)
    now = entry(session)
    assert (now.seq, now.act, now.subject, now.who) == (before + 1, "登记场次", "QL.01", "张三")
    assert json.loads(now.detail) == {
        "layer": 2,
        "confirmed": [{"code": "V-SES-05", "sentence": SHORT.sentence}],
        "confirmed_because": "大雪封路",
    }


def test_what_was_confirmed_is_not_asked_again_until_the_stack_is_void(session: Session) -> None:
    def asked() -> set[str]:
        return findings.confirmed(session, subject="QL.01", since="作废票批")

    assert asked() == set()
    weigh(session, SHORT, LATE, reason="大雪封路")
    assert asked() == {SHORT.sentence, LATE.sentence}
    journal.record(session, act="作废票批", subject="QL.02", by="张三")
    assert asked() == {SHORT.sentence, LATE.sentence}
    journal.record(session, act="作废票批", subject="QL.01", by="张三")
    assert asked() == set()


def test_without_a_warning_the_entry_says_nothing_of_a_reason(session: Session) -> None:
    assert weigh(session, TELLING, reason="多写了") == (TELLING,)
    assert json.loads(entry(session).detail) == {"layer": 2}


def test_a_reason_holds_no_private_number(session: Session) -> None:
    with pytest.raises(RuleError, match="疑似身份证号或手机号"):
        weigh(session, SHORT, reason="请问 13812345678")


def test_the_question_travels_between_processes() -> None:
    asked = NeedsReasonError((SHORT,))
    again = pickle.loads(pickle.dumps(asked))
    assert (str(again), again.findings) == (str(asked), (SHORT,))


def test_the_command_line_says_how_a_reason_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    edge.ask_for_reason(NeedsReasonError((SHORT, LATE)))
    said = capsys.readouterr().err.splitlines()
    assert said[:2] == [f"提醒 V-SES-05 {SHORT.sentence}", f"提醒 V-SES-02 {LATE.sentence}"]
    assert said[2] == "以上提醒 2 处请核对，没有写入；确认无误的，请写 --reason 原因。"


ROOT = Path(__file__).resolve().parent.parent.parent.parent / "pingyi_desktop"
CODE = re.compile(r"V-[A-Z]{3}-\d{2}")


def elsewhere() -> Iterator[tuple[Path, ast.AST]]:
    """Every node of the product's source outside the catalogue, with its file."""
    for path in sorted(ROOT.rglob("*.py")):
        if not path.name.startswith("catalogue"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield path, node


def is_code(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(CODE.fullmatch(node.value))


def is_sentence(node: ast.AST) -> bool:
    """Chinese that ends as a sentence does, wherever it stands in an f-string."""
    texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return any(isinstance(text, str) and re.search(r"[一-鿿].*[。？]", text) for text in texts)


def has_own_sentence(node: ast.AST) -> bool:
    """A code with a sentence beside it: in a call, a pair or a list."""
    beside: list[ast.expr] = []
    if isinstance(node, ast.Call):
        beside = [*node.args, *(keyword.value for keyword in node.keywords)]
    elif isinstance(node, ast.Tuple | ast.List):
        beside = node.elts
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return any(key is not None and is_code(key) and is_sentence(value) for key, value in pairs)
    return any(map(is_code, beside)) and any(map(is_sentence, beside))


@pytest.mark.parametrize(
    "source",
    [
        'RuleError("V-BAL-01", "收回多于发出。")',
        'Finding("V-BAL-01", "E", code, f"收回 {n} 张。")',
        'say(("V-BAL-01", "收回多于发出。"))',
        'TEXTS = {"V-BAL-01": "收回多于发出。"}',
    ],
)
def test_a_sentence_beside_a_code_is_noticed(source: str) -> None:
    assert any(map(has_own_sentence, ast.walk(ast.parse(source))))


def test_no_rule_has_a_sentence_outside_the_catalogue() -> None:
    places = [f"{path}:{getattr(node, 'lineno', 0)}" for path, node in elsewhere() if has_own_sentence(node)]
    assert not places, "\n".join(places)


def test_every_code_is_in_the_catalogue_and_every_rule_of_it_is_asked_somewhere() -> None:
    used = {str(node.value) for _, node in elsewhere() if isinstance(node, ast.Constant) and is_code(node)}
    assert used == set(CATALOGUE)
