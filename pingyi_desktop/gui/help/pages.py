"""The pages of the help: Markdown in ``resources/help``, one for each task, and two that are made from tables of the program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pingyi_desktop import paths
from pingyi_desktop.appraisal.people.initials import initials, matches
from pingyi_desktop.gui.looks.words import WORDS

WRITTEN = (
    *("start", "workbench", "organisations", "campaign", "tasks", "forms", "entry", "keying", "second"),
    *(
        "sealing",
        "ledgers",
        "meetings",
        "rectify",
        "grouping",
        "sending",
        "exchange",
        "cases",
        "results",
        "persons",
        "reports",
        "summary",
        "backup",
        "care",
        "trouble",
        "questions",
    ),
)
"""what has a file, in the order of the list"""
FIRST, KEYS, GLOSSARY = WRITTEN[0], "keys", "words"
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


@dataclass(frozen=True)
class HelpPage:
    """``text`` is Markdown: a title, one line that says what for, then what to do."""

    key: str
    text: str

    @property
    def title(self) -> str:
        """Its first line."""
        return self.text.partition("\n")[0].removeprefix("# ")

    @property
    def summary(self) -> str:
        """The line below the title."""
        return self.text.split("\n", 3)[2]


@cache
def written() -> tuple[HelpPage, ...]:
    """Every page that has a file. A picture that is not there is left out: nobody misses it."""
    return tuple(HelpPage(key, _without_gaps(_text(key))) for key in WRITTEN)


def every_page(keys: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> tuple[HelpPage, ...]:
    """The written pages, the card of these keys (heading, then key and meaning), and the glossary."""
    return (*written(), _card(keys), _glossary())


def found(pages: Sequence[HelpPage], text: str) -> list[HelpPage]:
    """Pages with every word somewhere, or in the initials of the title; those with all of it in the title come first."""
    words = text.casefold().split()
    fitting = [one for one in pages if matches(words, one.text, initials(one.title))]
    return sorted(fitting, key=lambda one: not matches(words, one.title, initials(one.title)))


def _text(key: str) -> str:
    return (paths.resources() / "help" / f"{key}.md").read_text(encoding="utf-8")


def _without_gaps(text: str) -> str:
    folder = paths.resources() / "help"
    return _PICTURE.sub(lambda one: one[0] if (folder / one[1]).is_file() else "", text)


def _card(keys: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> HelpPage:
    lines = ["# 按键卡", "", "不用鼠标也能做完全部的事：录票的键、窗口的键、表格的键。"]
    for heading, listed in keys:
        lines += ["", f"## {heading}", "", "| 键 | 作用 |", "|---|---|"]
        lines += [f"| **{_plain(key)}** | {_plain(meaning)} |" for key, meaning in listed]
    return HelpPage(KEYS, "\n".join(lines))


def _glossary() -> HelpPage:
    lines = ["# 名词解释", "", "窗口里的名词是什么意思。鼠标停在窗口里的这些词上，也会显示这里的解释。", ""]
    lines += [f"**{word}**　{meaning}\n" for word, meaning in sorted(WORDS.items(), key=_by_sound)]
    return HelpPage(GLOSSARY, "\n".join(lines))


def _by_sound(pair: tuple[str, str]) -> tuple[str, str]:
    return initials(pair[0]), pair[0]


def _plain(text: str) -> str:
    """A key such as ``*`` as it is, not as a mark of Markdown."""
    return re.sub(r"([\\`*_|<>#\[\]])", r"\\\1", text)
