"""One scale for every check: E blocks, W asks for a reason that the journal keeps, I informs (domain §7)."""

from __future__ import annotations

import ast
import json
import pickle
import re
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from sqlmodel import Session, col, select

from pingyi_desktop.appraisal.rulebook import catalogue, findings
from pingyi_desktop.appraisal.rulebook.catalogue import CATALOGUE, found
from pingyi_desktop.cli import edge
from pingyi_desktop.errors import NeedsReasonError, RuleError
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schema import JournalEntry

# Typed from domain §7: the weights of a family's rules, first to last. V-SES-05 may be made E, V-RCT-03 is E and W;
# the rules of a text check (V-LINT, §7.8) have none.
WEIGHTS = {
    "ORG": "EEEEWWWIWEI",
    "MEM": "EWEEEEEWWW",
    "CMP": "EWEWIW",
    "TPL": "EEIEWE",
    "SCO": "W",
    "SES": "EWWEWWWE",
    "BAL": "EWEEEWWWWEEIIWWEEWII",
    "OPN": "WEW",
    "RCT": "EWEWEWWEI",
    "COM": "IWIWE",
    "LC": "EWWE",
    "PUB": "WEE",
    "EXE": "W",
    "CHK": "WIWWWWIWWE",
    "PRI": "WEEIW",
    "IMP": "EIIIE",
}
FIELD = {
    f"V-{family}-{number:02}": weight
    for family, weights in WEIGHTS.items()
    for number, weight in enumerate(weights, 1)
}
# What the field asks of nouns that the program does not have, by the noun.
LATER = {
    "单票的出口": ("V-PRI-03",),  # nothing hands out single ballots: test_exporting, T11
    "党员个人结果页": ("V-PRI-04",),
    "点评计划": ("V-LC-02", "V-LC-03"),  # who comments on whom, item by item
    "公示稿的检查": ("V-PUB-03",),  # no list of words tells 困难职工 the help from 困难职工 the person
    "典型材料": ("V-EXE-01",),
}

SHORT = found("V-SES-05", "一矿党委", actual=10, expected=40, rate="25.0", rule="三分之二")
LATE = found("V-SES-02", "一矿党委", date="2031-01-01", start="2030-01-01", end="2030-12-31")
BLOCKING = found("V-SES-04", "一矿党委", actual=41, expected=40)
TELLING = found("V-BAL-12", "L2-QL.01-T-ORG-A-v1-ALL")


def test_every_rule_of_the_field_is_built_or_waits_for_a_noun() -> None:
    """Code by code, with the field's own weight; and no number of the field's means anything of ours."""
    waiting = [code for codes in LATER.values() for code in codes]
    assert len(waiting) == len(set(waiting))
    assert set(waiting) <= FIELD.keys()
    ours = {code: weight for code, (weight, _) in CATALOGUE.items()}
    built = {code: ours[code] for code in FIELD if code in ours}
    assert built == {code: weight for code, weight in FIELD.items() if code not in waiting}


def test_numbers_of_ours_begin_where_the_fields_end() -> None:
    last = Counter(code[2:-3] for code in FIELD)
    assert {code for code in CATALOGUE if int(code[-2:]) <= last[code[2:-3]]} <= FIELD.keys()


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
    assert not re.search(r"V-[A-Z]{2,3}|[,;:?!] |\"", text), "half-width punctuation, or a code in a sentence"


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
    assert said[:2] == [
        f"提醒 V-SES-05 一矿党委：{SHORT.sentence}",
        f"提醒 V-SES-02 一矿党委：{LATE.sentence}",
    ]
    assert said[2] == "以上提醒 2 处请核对，没有写入；确认无误的，请写 --reason 原因。"


ROOT = Path(__file__).resolve().parent.parent.parent.parent / "pingyi_desktop"
CODE = re.compile(r"V-[A-Z]{2,3}-\d{2}")
NAMED = re.compile(rf"[\"']{CODE.pattern}[\"']")


@pytest.fixture(scope="module")
def elsewhere() -> list[tuple[Path, ast.AST]]:
    """Every node of the product's sources that can name a code, outside the catalogue, with its file."""
    files = [path for path in sorted(ROOT.rglob("*.py")) if not path.name.startswith("catalogue")]
    texts = [(path, text) for path in files if NAMED.search(text := path.read_text(encoding="utf-8"))]
    return [(path, node) for path, text in texts for node in ast.walk(ast.parse(text))]


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


def test_no_rule_has_a_sentence_outside_the_catalogue(elsewhere: list[tuple[Path, ast.AST]]) -> None:
    places = [f"{path}:{getattr(node, 'lineno', 0)}" for path, node in elsewhere if has_own_sentence(node)]
    assert not places, "\n".join(places)


def test_every_code_is_in_the_catalogue_and_every_rule_of_it_is_asked_somewhere(
    elsewhere: list[tuple[Path, ast.AST]],
) -> None:
    used = {str(node.value) for _, node in elsewhere if isinstance(node, ast.Constant) and is_code(node)}
    assert used == set(CATALOGUE)
