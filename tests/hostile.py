"""Names as an enemy or an accident makes them, and a data file full of them, written past every check of entry."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

OVERRIDE, ISOLATE, NOTHING_WIDE = "\u202e", "\u2066", "\u200b"
UNSEEN = (
    OVERRIDE,
    ISOLATE,
    NOTHING_WIDE,
    "\ufeff",
    "\u00ad",
    "\u2028",
    "\u3164",
    "\x1b",
    "\x07",
    "\U000e0041",
)
MARKUP = ("<b>x</b><img src=x>", "<a href=x>x</a>", "&amp;&lt;", "%s {0} %n \\u202e")
FORMULAS = ('=HYPERLINK("x")', "+1+1", "-1+1", "@x", "=1+1", "\t=1+1", "＝1+1")
TEXTS = (
    *MARKUP,
    *FORMULAS,
    f"甲{OVERRIDE}乙",
    f"甲{NOTHING_WIDE}{ISOLATE}乙",
    "甲\x1b[31m\x07乙\u2028\U000e0041",
)
LONG = f"=1+<b>{OVERRIDE}{'长' * 19_993}"
# Columns that people fill, with the longest text the table takes.
COLUMNS = {
    "party_organization": {"full_name": 100, "short_name": 40},
    "party_member": {
        "name": 20,
        "name_suffix": 12,
        "group_name": 0,
        "party_duty": 0,
        "post": 0,
        "exempt_reason": 0,
    },
    "campaign": {
        **dict.fromkeys(("name", "activity", "office_name"), 200),
        **dict.fromkeys(("purpose", "tasks", "scope_text", "subjects_text", "methods_text"), 0),
    },
    "voter_category": {"name": 0},
    "review_group": {"name": 0},
    "ballot_batch": dict.fromkeys(("tellers", "scrutineers", "single_reason", "void_reason"), 0),
    "batch_target": {"display_name": 20},
    "quarantined_file": {"file_name": 200},
    "operator": {"name": 20},
}


def poison(path: Path) -> set[str]:
    """Put a hostile text into every text that people fill, each row another; gives what was written."""
    written: set[str] = set()
    with closing(sqlite3.connect(path)) as raw, raw:
        for table, columns in COLUMNS.items():
            key = "rowid" if table != "operator" else "name"
            for place, (identity,) in enumerate(
                raw.execute(f"SELECT {key} FROM {table} ORDER BY 1").fetchall()
            ):
                for offset, (column, longest) in enumerate(columns.items()):
                    text = TEXTS[(place + offset) % len(TEXTS)]
                    if not longest and place == 1:
                        text = LONG
                    text = f"{text}{OVERRIDE}{place}" if longest else text
                    text = f"={OVERRIDE}<b>{place}" if longest and len(text) > longest else text
                    raw.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (text, identity))
                    written.add(text)
        for identity, document in raw.execute("SELECT id, document FROM campaign_form").fetchall():
            raw.execute(
                "UPDATE campaign_form SET document = ? WHERE id = ?", (_hostile_form(document), identity)
            )
        _poison_definitions(raw)
    return written


def _poison_definitions(raw: sqlite3.Connection) -> None:
    """Give a published campaign's own tree the names that the file's tree has by now; its digest fits them."""
    names = {
        code: (full, short)
        for code, full, short in raw.execute("SELECT code, full_name, short_name FROM party_organization")
    }
    published = "SELECT id, definition FROM campaign WHERE definition IS NOT NULL"
    for identity, text in raw.execute(published).fetchall():
        definition = json.loads(text)
        for row in definition["orgs"]:
            row["full_name"], row["short_name"] = names.get(
                row["code"], (row["full_name"], row["short_name"])
            )
        text = json.dumps(definition, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        raw.execute(
            "UPDATE campaign SET definition = ?, definition_sha256 = ? WHERE id = ?", (text, digest, identity)
        )


def _hostile_form(document: str) -> str:
    form = json.loads(document)
    form["title"] += TEXTS[0] + OVERRIDE
    for place, item in enumerate(form["items"]):
        item["text"] += TEXTS[place % len(TEXTS)] + NOTHING_WIDE
        item["short_text"] = TEXTS[place % len(TEXTS)][:12] + OVERRIDE
    return json.dumps(form, ensure_ascii=False)
