"""What stands behind or before a name in its cell, in brackets or after a stroke: understood, refused, or a mark.

李伟（大） has the mark that tells namesakes apart; （女） is the sex, （已转出） the state on the roster, （回族） and
（1985年生） are not kept. What is understood is no mark, so that the same person comes with or without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pingyi_desktop.appraisal.people import facts_refused
from pingyi_desktop.appraisal.people.member_rules import STATUS_NAMES
from pingyi_desktop.appraisal.rulebook import personal
from pingyi_desktop.storage.schema_people import RosterStatus

_BRACKETED = re.compile(
    r"[(\uff08\[【〔\uff3b{\uff5b「『<《〈](?P<said>[^()\uff08\uff09\[\]【】〔〕]*?)[)\uff09\]】〕\uff3d}\uff5d」』>》〉]"
)
_OPEN = re.compile(r"[(\uff08\[【〔](?P<said>[^()\uff08\uff09]*)$")
_LONGEST = 200
"""signs of a name with all that people write beside it; among more brackets or blanks looking would not come to an end"""
_PIECES = re.compile(r"[,\uff0c、;\uff1b/|\s]+")
_BEHIND = re.compile(
    r"(?P<name>.+?)(?P<sign>\s*[-\uff0d—–_/\uff0f、,\uff0c;\uff1b|*#+·:\uff1a]\s*|\s+)(?P<said>[^\s\-—_/、,\uff0c;\uff1b|·:\uff1a]+)$"
)
_STATES = (
    (r"(?:已办?|组织关系已?)*(?:转出|调出|调离|调走|转走|转离|迁出|离开|离职|辞职|转移|转往|转至|转到|调往|调至|调到)(?:组织关系)?.{0,12}|已转", RosterStatus.EXEMPT, "已转出"),
    (r"(?:已|因病)?(?:故|亡|去世|逝世|病故|过世|死亡|亡故|病逝|离世|身故)", RosterStatus.EXEMPT, "已去世"),
    (r"(?:已)?(?:被)?(?:开除党籍|开除|除名|退党|脱党|自行脱党|劝退|取消(?:预备)?党员资格)", RosterStatus.EXEMPT, "已不是党员"),
    (r"(?:流动|外出|流动外出|外出流动|流动党员|外出务工|外出打工|流出)", RosterStatus.MOBILE, ""),
    (r"(?:不参评|免评|不应参评)", RosterStatus.EXEMPT, ""),
)  # fmt: skip
_STATUSES = tuple((re.compile(pattern), status, reason) for pattern, status, reason in _STATES)
_SEX = re.compile(r"([男女])(?:性|同志)?")
_CATEGORIES = {"预备": "预备党员", "预备党员": "预备党员", "正式": "正式党员", "正式党员": "正式党员"}
_DUTY = re.compile(
    r"(?:党)?(?:总)?(?:支部)?(?:第一)?副?书记|(?:组织|宣传|纪检|纪律检查|青年|统战|生产|保密|群工|群众|安全|文体|学习)委员|支委|支部委员|(?:党小组|小)组长"
)
_STRAIGHT = re.compile(r"(?P<name>[^\W\d_]{2,4})(?P<said>已(?:转出|调出|转走|调离|故|去世|病故|离世|逝世))$")
_COMING = re.compile(r"(?:新|已)?(?:转入|调入|接收)|在册|在职|参评|党员|中共党员")


@dataclass
class Marks:
    """A name and what its cell says besides; ``refused`` and ``said`` are words for the user."""

    name: str
    mark: str = ""
    values: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)


def read_marks(text: str) -> Marks:
    """Take a name's cell apart; a text that holds only a name, or is too long to hold one, comes back as it is."""
    found = Marks(text)
    if len(text) > _LONGEST:
        return found
    pieces: list[str] = []
    while bracket := _BRACKETED.search(found.name) or _OPEN.search(found.name):
        pieces += _PIECES.split(bracket["said"].strip())
        found.name = f"{found.name[: bracket.start()]}{found.name[bracket.end() :]}".strip()
    while behind := _behind(found.name):
        found.name, said = behind
        pieces.append(said)
    kept = [piece for piece in pieces if piece and not _understand(found, piece)]
    found.mark = f"({'、'.join(kept)})" if kept else ""
    return found


def is_understood(piece: str) -> bool:
    """Whether a piece of text is something else than a mark that tells namesakes apart."""
    return _understand(Marks(""), piece)


def _behind(text: str) -> tuple[str, str] | None:
    """马强 回族, 李四-已转出, 王五/女: a piece behind a name that is known to be none of it."""
    name, people = facts_refused.people_behind(text.strip())
    if people:
        return name.rstrip(" -—_/、,\uff0c·*"), people
    if straight := _STRAIGHT.fullmatch("".join(text.split())):
        return straight["name"], straight["said"]
    found = _BEHIND.fullmatch(text.strip())
    if found is None:
        return None
    said, blank = found["said"], not found["sign"].strip()
    if len(said) == 1 and (blank or said not in "男女故"):
        return None
    if len("".join(found["name"].split())) < 2 or not is_understood(said):
        return None
    return found["name"].strip(), said


def _understand(found: Marks, piece: str) -> bool:
    bare = "".join(personal.plain(piece).split())
    if sex := _SEX.fullmatch(bare):
        found.values["sex"] = sex[1]
    elif bare in _CATEGORIES:
        found.values["category"] = _CATEGORIES[bare]
    elif _DUTY.fullmatch(bare):
        found.values["party_duty"] = bare
    elif state := next(((s, r) for pattern, s, r in _STATUSES if pattern.fullmatch(bare)), None):
        found.values["roster_status"] = STATUS_NAMES[state[0]]
        if state[1]:
            found.values["exempt_reason"] = state[1]
    elif facts_refused.is_refused_fact(bare):
        found.refused.append(piece)
        return True
    elif not _COMING.fullmatch(bare):
        return False
    found.understood.append(piece)
    return True
