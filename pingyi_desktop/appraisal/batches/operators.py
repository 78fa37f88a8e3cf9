"""操作员: local names, so that the first and the second entry of a batch are told apart; a PIN is optional.

A name is not an account and gives no rights: it says who keyed, and an optional PIN keeps a colleague from keying under
it by accident. PINs are kept as salted scrypt digests only.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from sqlmodel import Session, col, select

from pingyi_desktop import visible
from pingyi_desktop.appraisal.rulebook.catalogue import broken
from pingyi_desktop.storage import journal
from pingyi_desktop.storage.schemas.desk import Operator


@dataclass(frozen=True)
class OperatorView:
    """One operator who may key."""

    name: str
    has_pin: bool


def listing(session: Session) -> list[OperatorView]:
    """The operators who may key, by name."""
    rows = session.exec(select(Operator).where(col(Operator.retired).is_(False)).order_by(col(Operator.name)))
    return [OperatorView(row.name, row.pin_hash is not None) for row in rows]


def add(session: Session, *, name: str, pin: str = "", by: str) -> None:
    """Enter a name (1–20 characters), again if it was retired; V-BAL-72 when it is there already."""
    clean = visible.line(name)
    if not 1 <= len(clean) <= 20 or not clean.isprintable():
        raise broken("V-BAL-71")
    row = session.get(Operator, clean)
    if row is not None and not row.retired:
        raise broken("V-BAL-72", name=clean)
    row = row or Operator(name=clean)
    row.retired = False
    _write_pin(row, pin)
    session.add(row)
    session.flush()
    journal.record(session, act="登记操作员", subject=clean, by=by)


def retire(session: Session, *, name: str, by: str) -> None:
    """Take a name off the list; what it keyed stays as it is."""
    row = _find(session, name)
    row.retired = True
    session.add(row)
    session.flush()
    journal.record(session, act="停用操作员", subject=name, by=by)


def check_pin(session: Session, *, name: str, pin: str) -> None:
    """Raise V-BAL-73 unless ``pin`` is the operator's; an operator without a PIN needs none."""
    row = _find(session, name)
    if row.pin_hash is None or row.pin_salt is None:
        return
    if not hmac.compare_digest(_digest(pin, row.pin_salt), row.pin_hash):
        raise broken("V-BAL-73", name=name)


def alone(session: Session, *, by: str) -> bool:
    """Whether nobody but ``by`` is on the list: a lone secretary, who may key a batch twice (同一人复录)."""
    return {one.name for one in listing(session)} <= {by}


def _find(session: Session, name: str) -> Operator:
    row = session.get(Operator, name)
    if row is None or row.retired:
        raise broken("V-BAL-74", name=name)
    return row


def _write_pin(row: Operator, pin: str) -> None:
    if not pin:
        row.pin_salt = row.pin_hash = None
        return
    if not re.fullmatch(r"[0-9]{4,8}", pin):
        raise broken("V-BAL-75")
    row.pin_salt = secrets.token_hex(16)
    row.pin_hash = _digest(pin, row.pin_salt)


def _digest(pin: str, salt: str) -> str:
    return hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1).hex()
