"""Turn the reference data of the fictional company 青峦煤业 into the product's demo data (``resources/demo``).

    python3 installers/make_demo.py FOLDER

``FOLDER`` holds orgs.csv, members.csv, meetings.csv, batches.csv, tallies.csv and expected.json. What the demo does
not use is left out, same-name members of one branch get a suffix, sessions get a date, and a batch becomes one line:
its figures and, item by item, how many ballots ticked each grade. Standard library only; the same input gives the
same bytes.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent.parent / "resources" / "demo"
FORMS = {"ORG": "T-ORG-A", "MEMBER": "T-MEM-A"}
OPTIONS = ("SATISFIED", "FAIRLY", "BASIC", "UNSATISFIED", "BLANK")
SUFFIXES = "甲乙丙丁"

Rows = list[dict[str, str]]


def read(folder: Path, name: str) -> Rows:
    """Rows of one reference file."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: list[str], rows: list[list[object]]) -> None:
    """One demo file, UTF-8 without a mark, lines ended by LF."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def orgs(rows: Rows) -> list[list[object]]:
    """Organisations in the tree's order."""
    return [[o["code"], o["parent"], o["type"], o["name"], o["short"]] for o in rows]


def members(rows: Rows) -> list[list[object]]:
    """Members; those who share a name inside a branch are told apart by a suffix (V-MEM-03)."""
    shared = Counter((m["branch"], m["name"]) for m in rows)
    seen: Counter[tuple[str, str]] = Counter()
    made: list[list[object]] = []
    for m in rows:
        key = (m["branch"], m["name"])
        suffix = SUFFIXES[seen[key]] if shared[key] > 1 else ""
        seen[key] += 1
        made.append(
            [m["no"], m["name"], suffix, m["branch"], m["sex"], m["category"], m["is_cadre"], m["duty"]]
        )
    return made


def sessions(meetings: Rows, people: Rows) -> list[list[object]]:
    """Sessions with the figures that are registered after them; blank where a figure does not exist."""
    total: Counter[str] = Counter(m["branch"] for m in people)
    introduced: Counter[str] = Counter()
    for m in people:
        introduced[m["branch"]] += int(m["l2_self_intro"])
    made: list[list[object]] = []
    for number, s in enumerate(meetings):
        first = s["layer"] == "1"
        held_on = f"2025-11-{3 + number % 5:02d}" if first else f"2025-10-{9 + number % 20:02d}"
        is_branch = not first and s["org"] in total
        has_reports = first or is_branch
        made.append(
            [
                s["layer"],
                s["org"],
                s["group"],
                held_on,
                s["expected"],
                s["actual"],
                total[s["org"]] if is_branch else "",
                introduced[s["org"]] if is_branch else "",
                s["reporters"] if has_reports else "",
            ]
        )
    return made


def batches(figures: Rows, tallies: Rows) -> list[list[object]]:
    """One line per batch; ``marks`` lists the items in printed order, per item the grades and the blank cells."""
    marks: dict[str, list[str]] = defaultdict(list)
    for row in sorted(tallies, key=lambda t: (t["batch"], t["item"])):
        marks[row["batch"]].append(" ".join(row[option] for option in OPTIONS))
    return [
        [
            b["layer"],
            b["org"],
            FORMS[b["form"]],
            b["issued"],
            b["returned"],
            0,
            b["invalid"],
            "/".join(marks[b["id"]]),
        ]
        for b in figures
    ]


def published(expected: dict[str, Any]) -> dict[str, Any]:
    """What the company published: rates by form and item, and the votes behind them by layer."""
    codes = {"O": "T-ORG-A", "P": "T-MEM-A"}
    rates: dict[str, dict[str, str]] = {form: {} for form in codes.values()}
    for item, rate in expected["published_rates"].items():
        rates[codes[item[0]]][item[1:]] = rate
    satisfied: dict[str, dict[str, dict[str, int]]] = {}
    for key, votes in expected["satisfied"].items():
        layer, item = key.removeprefix("L").split(".")
        satisfied.setdefault(layer, {form: {} for form in codes.values()})[codes[item[0]]][item[1:]] = votes
    counts = {
        name: expected[name] for name in ("grassroots_committees", "general_branches", "branches", "members")
    }
    return {"rates": rates, "satisfied": satisfied, "counts": counts}


def main(arguments: list[str]) -> int:
    """Write ``resources/demo`` from the folder given; 2 on wrong usage."""
    if len(arguments) != 1:
        print("用法：python3 installers/make_demo.py 参考数据文件夹", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    people = read(folder, "members.csv")
    write("orgs.csv", ["code", "parent", "type", "name", "short"], orgs(read(folder, "orgs.csv")))
    header = ["no", "name", "suffix", "branch", "sex", "category", "cadre", "duty"]
    write("members.csv", header, members(people))
    header = ["layer", "org", "group", "held_on", "expected", "actual", "members", "introduced", "reports"]
    write("sessions.csv", header, sessions(read(folder, "meetings.csv"), people))
    header = ["layer", "org", "form", "issued", "returned", "blank", "void", "marks"]
    write("batches.csv", header, batches(read(folder, "batches.csv"), read(folder, "tallies.csv")))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8-sig"))
    text = json.dumps(published(expected), ensure_ascii=False, indent=1)
    (OUT / "published.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
