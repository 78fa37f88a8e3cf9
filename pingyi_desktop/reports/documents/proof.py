"""R25 成文检查单: every number of a finished text beside the figures of this file (V-CHK-05, 09).

The text is the work summary after people have written on it. A number is known by its unit and by the words around it: it is
the same as a figure, or another than the one that these words mean, or nothing of this file. Numbers in Chinese characters,
days, numbers of documents and those without a unit are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from unicodedata import normalize

from pingyi_desktop.appraisal.paper.layers import layer_name
from pingyi_desktop.appraisal.rulebook.catalogue import Finding, broken, found
from pingyi_desktop.reports.blocks import Facts, Para, Report, ReportColumn, Row, Table
from pingyi_desktop.reports.documents import course, work_summary
from pingyi_desktop.reports.documents.draft import APPENDIX, Figure
from pingyi_desktop.standing.overview import Question

SAME, OTHER, UNKNOWN = "一致", "不一致", "没有查到"
VERDICTS = (SAME, OTHER, UNKNOWN)
ALIKE = {"张": "份", "人": "名", "位": "名", "宗": "件", "场": "次"}
ALIKE_ENOUGH, NEAR = 0.5, 0.1
"""shares of pairs of characters in common: from which words mean a figure, and mean another as well"""
NOUN = 4
"""characters behind a number that say by themselves what is counted"""
AROUND, BEHIND, SHOWN, BACK = 24, 8, 3, 1000
MOST, LISTED = 5000, 8
"""numbers of a text that are looked at, different ones of the same people that are told"""
ABOVE, BELOW, BOTH = map(layer_name, (1, 2, None))
CALLED = {ABOVE: ABOVE, course.ABOVE: ABOVE, course.ELSEWHERE: ABOVE, BELOW: BELOW, course.BELOW: BELOW}
FALLING, RISING = ("下降", "降低", "减少", "回落"), ("上升", "提高", "增长", "增加")
_NUMBER = re.compile(
    r"(?<![\d.,A-Za-z第〔\[/-])(\d{1,12}(?:\.\d{1,6})?) {0,3}(%|个百分点|百分点|万元|亿元|元|人次|[次场份张名位人个项条件宗户])"
)
_LAYER = re.compile("|".join(CALLED))
_OF_HUNDRED = re.compile(r"百分之(\d+(?:\.\d+)?)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_CLAUSE = re.compile(r"[，。；：、！？（）《》()\s]")
_PEOPLE = re.compile(r"(?<!\d)(\d{1,12})[名位个](党员|群众|职工|员工|干部)(?!和)")
_UNIT = re.compile(r"（([^（）]+)）$")
COLUMNS = (
    ReportColumn("序号", 10, "center"),
    ReportColumn("段", 10, "center"),
    ReportColumn("正文", 66, "left"),
    ReportColumn("结论", 18, "center"),
    ReportColumn("本文件里的数字", 76, "left"),
)


@dataclass(frozen=True)
class Judged:
    """A number of the text (``words`` with it, of which ``paragraph``), what became of it, and the figures that are meant."""

    paragraph: int
    words: str
    verdict: str
    figures: tuple[Figure, ...]

    @property
    def meant(self) -> str:
        """The figures in one line."""
        return "；".join(f"{one.what} {one.value}（{one.source}）" for one in self.figures[:SHOWN])


@dataclass(frozen=True)
class Proof:
    """What was looked at, those that are not the same first, and how many places wait to be written."""

    judged: tuple[Judged, ...]
    unwritten: int
    people: tuple[tuple[str, tuple[str, ...]], ...]

    def many(self, verdict: str) -> int:
        """How many numbers came to this verdict."""
        return sum(one.verdict == verdict for one in self.judged)

    @property
    def findings(self) -> list[Finding]:
        """What is to be mended or looked at, the gravest first."""
        said = [
            found("V-CHK-05", f"第 {one.paragraph} 段", x=one.words, y=one.meant)
            for one in self.judged
            if one.verdict == OTHER
        ]
        said += [found("V-CHK-33", n=self.unwritten)] if self.unwritten else []
        said += [
            found("V-CHK-09", noun=noun, values="、".join(values[:LISTED]) + "……" * (len(values) > LISTED))
            for noun, values in self.people
        ]
        return said + [
            found("V-CHK-34", f"第 {one.paragraph} 段", x=one.words)
            for one in self.judged
            if one.verdict == UNKNOWN
        ]


def proof(asked: Question, paragraphs: Sequence[str], *, name: str, under: str) -> Proof:
    """Every number of the paragraphs against what this file knows of the unit and all below it; V-CHK-35 without any."""
    plain = list(_plain(paragraphs, asked.picture.view.rule.in_words()))
    places = (
        (number, text, match) for number, text in enumerate(plain, 1) for match in _NUMBER.finditer(text)
    )
    numbers = list(islice(places, MOST + 1))
    if not numbers:
        raise broken("V-CHK-35", name=name)
    if len(numbers) > MOST:
        raise broken("V-CHK-36", name=name, n=MOST)
    known, default, others = _known(asked, under), _layer(plain), _others(asked, under)
    judged = [_judged(*one, known, default, others) for one in numbers]
    order = (OTHER, UNKNOWN, SAME)
    judged.sort(key=lambda one: order.index(one.verdict))
    people: dict[str, list[str]] = {}
    for many, noun in _PEOPLE.findall("\n".join(plain)):
        people.setdefault(noun, []).append(many)
    several = {noun: tuple(dict.fromkeys(values)) for noun, values in people.items()}
    unwritten = sum(text.count("【") for text in plain)
    return Proof(tuple(judged), unwritten, tuple((n, v) for n, v in several.items() if len(v) > 1))


def build(checked: Proof, asked: Question, *, name: str, under: str) -> Report:
    """The proof as a sheet to lay beside the text."""
    counts = tuple((verdict, checked.many(verdict)) for verdict in VERDICTS)
    rows = tuple(
        Row((number, one.paragraph, one.words, one.verdict, one.meant))
        for number, one in enumerate(checked.judged, 1)
    )
    said = tuple(Para(one.sentence) for one in checked.findings if one.code in ("V-CHK-33", "V-CHK-09"))
    return Report(
        "R25",
        "成文检查单",
        asked.picture.view.name,
        f"核对的文稿：{name}",
        asked.picture.find(under).short_name,
        (Facts((("数字", len(checked.judged)), *counts), across=4), *said, Table(COLUMNS, rows)),
        (
            "注：按数字前后的文字和单位找本文件里的数字；“没有查到”的不一定错，请自行核对。没有写单位的数（如漏写%的率）、汉字写的数字、日期、文号不核对。",
        ),
    )


def _plain(paragraphs: Sequence[str], rule: str) -> Iterator[str]:
    """The text before the appendix, in one width, without the words of the counting rule."""
    for one in paragraphs:
        if one.strip() == APPENDIX:
            return
        narrow = _THOUSANDS.sub("", normalize("NFKC", one.replace(rule, "")))
        narrow = _OF_HUNDRED.sub(r"\1%", narrow)
        yield narrow.translate(str.maketrans("(),;:!?", "（），；：！？"))


def _known(asked: Question, under: str) -> list[tuple[str, Decimal, Figure]]:
    """Every figure that the work summary quotes of both layers and of each, by unit."""
    told = dict.fromkeys(
        one for layer in (None, 1, 2) for one in work_summary.written(asked, layer, under).figures
    )
    listed = []
    for one in told:
        unit = _UNIT.search(one.what)
        named = "%" if one.value.endswith("%") else unit[1] if unit else ""
        value = one.value.removesuffix("%").lstrip("+-")
        if re.fullmatch(r"[\d.]+", value):
            listed.append((ALIKE.get(named, named), Decimal(value), one))
    return listed


def _others(asked: Question, under: str) -> re.Pattern[str] | None:
    """The names of the units below, as a text may have them; None where there are none."""
    names = {name for one in asked.picture.below(under)[1:] for name in (one.short_name, one.full_name)}
    return re.compile("|".join(map(re.escape, sorted(names)))) if names else None


def _judged(
    number: int,
    text: str,
    match: re.Match[str],
    known: Sequence[tuple[str, Decimal, Figure]],
    default: str,
    others: re.Pattern[str] | None,
) -> Judged:
    """The same as a figure only where no other is meant more clearly: by its clause, and of several by its sentence, or by
    what is counted behind it. Where the sentence names a unit below, it is that unit's and none of these."""
    unit = match[2].removeprefix("个") if "百分点" in match[2] else match[2]
    value = Decimal(match[1])
    before, after = _around(text, match)
    told = text[max(0, match.start() - BACK) : match.start()]
    words, end = before + after, text[match.end() : match.end() + BACK]
    sentence = re.split("[。；]", told)[-1] + re.split("[。；]", end)[0]
    elsewhere = others is not None and others.search(sentence)
    alike = [
        (_common(_stem(figure.what), words), figure, value == size)
        for kind, size, figure in (() if elsewhere else known)
        if kind == ALIKE.get(unit, unit) and _may_mean(figure, told, before, default)
    ]
    best = max((share for share, *_ in alike), default=0.0)
    counted = _nearest(alike, after) if len(after) >= NOUN else []
    if best >= ALIKE_ENOUGH:
        alike = _nearest([one for one in alike if one[0] >= best - NEAR], sentence, least=0)
    said = f"{before}{match[0]}{after}"
    if equal := tuple(dict.fromkeys(figure for share, figure, same in alike + counted if same and share)):
        return Judged(number, said, SAME, equal)
    meant = tuple(figure for _, figure, _ in alike) if best >= ALIKE_ENOUGH else ()
    return Judged(number, said, OTHER if meant else UNKNOWN, meant)


def _nearest(
    alike: Sequence[tuple[float, Figure, bool]], words: str, least: float = ALIKE_ENOUGH
) -> list[tuple[float, Figure, bool]]:
    """Those that these words mean about as clearly as the one they mean best."""
    fits = [_common(_stem(figure.what), words) for _, figure, _ in alike]
    enough = max(least, max(fits, default=0.0) - NEAR)
    return [one for one, fit in zip(alike, fits, strict=True) if fit >= enough]


def _layer(plain: Sequence[str]) -> str:
    """The layer that the text is about where a paragraph does not say it, ``BOTH``; "" when it names none at all."""
    named = {CALLED[one] for text in plain for one in _LAYER.findall(text)}
    return BOTH if len(named) > 1 else next(iter(named), "")


def _may_mean(figure: Figure, told: str, before: str, default: str) -> bool:
    """Not a figure of another layer than the one that is told of, nor a fall where a rise is told."""
    against = {"+": FALLING, "-": RISING}.get(figure.value[0], ())
    if any(word in before for word in against):
        return False
    of, said = _LAYER.search(figure.what + figure.source), _LAYER.findall(told)
    layer = CALLED[said[-1]] if said else default
    if layer == BOTH:
        return of is None or figure.what.startswith(of[0])
    return of is None or layer in ("", of[0])


def _around(text: str, match: re.Match[str]) -> tuple[str, str]:
    """The words that a number belongs to: its clause up to it, and what is counted behind it."""
    before = text[max(0, match.start() - AROUND) : match.start()]
    clause = _CLAUSE.split(before)[-1].replace("“", "").replace("”", "")
    after = re.split(r"[\d【】]", _CLAUSE.split(text[match.end() : match.end() + BEHIND])[0])[0]
    return (clause if len(clause) > 1 or after else before), after


@lru_cache(maxsize=1024)
def _stem(what: str) -> str:
    return re.sub(r"^(层面[一二]|意见：|整改：|实事：|岗区：)|（[^（）]+）$|[：？《》“”]", "", what)


def _common(one: str, other: str) -> float:
    """How many of the pairs of neighbouring characters of the shorter one the other has too (0 to 1)."""
    first, second = _pairs(one), _pairs(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


@lru_cache(maxsize=1024)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))
