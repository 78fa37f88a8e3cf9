"""What a data file says that something else in it denies, in one sentence, and what that stops. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from pingyi_desktop.errors import PackageError, UserError

RESTORE = "请用改动以前的备份恢复；没有备份的，请上级重新下发任务，再按原始票录入。"
SEND_AGAIN = "请让该单位重新导出；报不来的，请在“收发”页作废它的数据。"


@dataclass(frozen=True)
class Contradiction:
    """One sentence about this file's own data, or about what one unit below sent.

    A contradiction of the own data stops reports and exports. One of a unit's is named and the unit set aside: what it
    signed is printed, or nothing of it; it stops an export only when what would be handed on is itself at fault.
    """

    sentence: str
    stops_report: bool = True
    stops_export: bool = True


def own(sentence: str) -> Contradiction:
    """Of the file's own facts."""
    return Contradiction(sentence)


def figures_of(sentence: str) -> Contradiction:
    """Of a unit's figures as they stand in the tables: what it signed is still there."""
    return Contradiction(sentence, stops_report=False, stops_export=False)


def envelope_of(sentence: str) -> Contradiction:
    """Of what a unit signed: nothing of it can be trusted, nor handed on."""
    return Contradiction(sentence, stops_report=False)


def notice(sentence: str) -> Contradiction:
    """Something that a person should know and that stops nothing."""
    return Contradiction(sentence, stops_report=False, stops_export=False)


class ContradictedError(UserError):
    """A report or an export of a file that contradicts itself is refused."""


_SPOILT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    PackageError,
    SQLAlchemyError,
    TypeError,
    UserError,
    ValueError,
)


@contextmanager
def reading(what: str, found: list[Contradiction]) -> Iterator[None]:
    """What cannot even be read was not written by this program: that is a contradiction too, and no program error.

    A disk that is full, read-only or in use says nothing of the file.
    """
    try:
        yield
    except _SPOILT as error:
        if isinstance(error, OperationalError) and "decode" not in str(error):
            raise
        why = str(error) if isinstance(error, UserError) else type(error).__name__
        found.append(own(f"{what}读不出来（{why}），文件在程序之外被改动过或已损坏。{RESTORE}"))
