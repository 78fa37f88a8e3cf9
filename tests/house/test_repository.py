"""What must be true of the repository itself: its promises, its lock, its texts and its tests."""

from __future__ import annotations

import argparse
import ast
import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from house_read import parsed, walked
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import pingyi_desktop
from pingyi_desktop import cli
from pingyi_desktop.appraisal.ledgers.catalog import NOUNS

ROOT = Path(__file__).resolve().parent.parent.parent
RUN_COMMAND = "python3 installers/dev.py run"
TEST_COMMAND = "python3 installers/dev.py test"
MEGABYTE = 1024 * 1024
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"

# Written in halves, so that this file passes its own test.
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.",
    "debian" + ".org",
    "crates" + ".io",
    "ghcr" + ".io",
)
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|tmp|root|home)" + r"/\w")
MARKERS = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error)\b")
BUILD_PRODUCT = re.compile(
    r"(^|/)(\.venv|__pycache__|dist|build|[^/]+\.egg-info|\.(mypy|ruff|pytest)_cache)/"
    r"|\.(py[cod]|so|dll|exe|whl|deb|msi|log|orig|rej)$|(^|/)(uv\.lock|\.coverage|\.DS_Store)$"
)


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository, also those not yet committed; ignored files are no part of it."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        paths = [ROOT / name for name in listed.split("\0") if name]
    else:  # an unpacked source archive
        outside = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
        named = [path for path in ROOT.rglob("*") if not BUILD_PRODUCT.search(name_of(path))]
        paths = [path for path in named if not outside & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in paths if path.is_file()))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def texts() -> dict[str, str]:
    """Text files by name; a file with a NUL byte or not in UTF-8 is binary."""
    found = {}
    for path in files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        try:
            found[name_of(path)] = content.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def lines_with(pattern: re.Pattern[str], under: str = "") -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts().items()
        if name.startswith(under) and pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_text_names_a_registry_host():
    assert hosts_in(f"see https://{HOSTS[0].upper()}/project")
    assert {name: named for name, text in texts().items() if (named := hosts_in(text))} == {}


def hosts_in(text: str) -> list[str]:
    lowered = text.lower()
    return [host for host in HOSTS if host in lowered]


def test_no_text_names_a_path_of_the_machine_it_was_written_on():
    assert MACHINE_PATH.search("open('/" + "work/main/x')")
    assert not MACHINE_PATH.search("see gui/work.py or ../tmp/x")
    assert lines_with(MACHINE_PATH) == []


def test_no_text_has_a_mark_of_unfinished_work():
    assert MARKERS.search("# TO" + "DO later")
    assert lines_with(MARKERS) == []


def test_no_file_is_too_large():
    assert [name_of(path) for path in files() if path.stat().st_size > 12 * MEGABYTE] == []


def test_no_build_product_is_kept():
    assert BUILD_PRODUCT.search("dist/pingyi.exe")
    assert not BUILD_PRODUCT.search("installers/build.py")
    assert [name_of(path) for path in files() if BUILD_PRODUCT.search(name_of(path))] == []


def test_fonts_have_their_licence_beside_them():
    fonts = [path for path in files() if path.suffix.lower() in {".ttf", ".otf", ".ttc"}]
    assert fonts
    assert [name_of(font) for font in fonts if not any(font.parent.glob("OFL*.txt"))] == []


def test_the_licence_is_the_unmodified_apache_2():
    assert hashlib.sha256(read("LICENSE").encode()).hexdigest() == APACHE_2


def test_the_newest_entry_of_the_change_log_is_this_version():
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == pingyi_desktop.__version__
    assert versions == sorted(versions, key=Version, reverse=True)


def test_the_package_takes_its_version_from_the_source():
    settings = tomllib.loads(read("pyproject.toml"))
    assert "version" in settings["project"]["dynamic"]
    assert settings["tool"]["hatch"]["version"]["path"] == "pingyi_desktop/__init__.py"


# The lock


@cache
def locked() -> dict[str, list[tuple[Requirement, int]]]:
    """Locked requirements by name, each with its number of hashes (one name may differ by platform)."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for block in re.split(r"\n(?=\S)", read("requirements.lock")):
        if not block.startswith("#"):
            requirement = Requirement(re.split(r"\\\n", block)[0].strip())
            hashes = len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block))
            found.setdefault(canonicalize_name(requirement.name), []).append((requirement, hashes))
    return found


def test_the_lock_pins_and_hashes_everything():
    entries = [entry for group in locked().values() for entry in group]
    assert len(entries) > 20
    assert [
        str(one) for one, hashes in entries if hashes == 0 or not str(one.specifier).startswith("==")
    ] == []


def test_the_lock_has_no_address_and_no_local_path():
    assert re.findall(r".*(?:://|@ |--index|--find-links|file:|\s/\w).*", read("requirements.lock")) == []


def test_the_lock_satisfies_what_the_project_asks_for():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(one for group in project["optional-dependencies"].values() for one in group),
    ]
    missing = []
    for text in wanted:
        requirement = Requirement(text)
        pins = locked().get(canonicalize_name(requirement.name), [])
        versions = [str(pin.specifier).removeprefix("==") for pin, _ in pins]
        if not any(requirement.specifier.contains(version) for version in versions):
            missing.append(text)
    assert missing == []


# The two commands and the commands of the program


def test_the_readme_gives_the_two_commands():
    lines = {line.strip() for line in read("README.md").splitlines()}
    assert {RUN_COMMAND, TEST_COMMAND} <= lines


def test_ci_runs_the_test_command_of_the_readme():
    commands = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', TEST_COMMAND]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
def test_ci_can_be_executed():
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def subcommands(parser: argparse.ArgumentParser, before: str) -> Iterator[str]:
    """Full names of the commands that do something: ``pingyi roster import``, not ``pingyi roster``."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield before
    for group in groups:
        for name, child in group.choices.items():
            yield from subcommands(child, f"{before} {name}")


@cache
def documented() -> frozenset[str]:
    """Commands of the README's table: the words before the first argument; a row of NOUN stands for every ledger."""
    rows = re.findall(r"^\| `(pingyi[^`]*)`", read("README.md"), re.MULTILINE)
    each = [row.replace("NOUN", noun.key) for row in rows for noun in (NOUNS if "NOUN" in row else NOUNS[:1])]
    return frozenset(re.match(r"pingyi(?: [a-z][a-z_-]*)*", row)[0] for row in each)


def test_the_readme_names_every_ledger():
    (said,) = re.findall(r"^台账 `NOUN`：(.*)。$", read("README.md"), re.MULTILINE)
    assert said == "、".join(f"`{noun.key}` {noun.title}" for noun in NOUNS)


def test_the_readme_documents_every_command_and_no_other():
    assert documented() - {"pingyi"} == set(subcommands(cli.build_parser(), "pingyi"))


def test_the_pictures_of_the_readme_are_those_it_shows():
    kept = {path.name for path in files() if path.parent == ROOT / "resources" / "readme"}
    assert kept == set(re.findall(r"\]\(resources/readme/([\w-]+\.png)\)", read("README.md")))


@cache
def said_in_the_product() -> set[str]:
    """Every text in the sources of the product."""
    sources = [path for path in files() if path.suffix == ".py" and ROOT / "pingyi_desktop" in path.parents]
    nodes = chain.from_iterable(walked(parsed(path.read_text(encoding="utf-8"))) for path in sources)
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_icon_and_every_name_of_the_style_sheet_is_used():
    style = (ROOT / "resources" / "window.qss").read_text(encoding="utf-8")
    drawn = {name for name, _ in re.findall(r"icons:([\w-]+)(\$mark)?\.svg", style)}
    drawn |= {f"{name}-dark" for name, mark in re.findall(r"icons:([\w-]+)(\$mark)?\.svg", style) if mark}
    icons = {
        path.stem for path in files() if path.parent == ROOT / "resources" / "icons" and path.suffix == ".svg"
    }
    assert sorted(icons - drawn - said_in_the_product()) == []
    named = set(re.findall(r"[A-Za-z]#([a-z]\w*)", style))
    named |= {word for pair in re.findall(r'\[(\w+)="(\w+)"\]', style) for word in pair} - {"true"}
    assert len(named) > 20
    assert sorted(named - said_in_the_product()) == []


def test_the_readme_names_only_files_that_exist():
    named = re.findall(r"\]\((?!https?:)([^)#]+)", read("README.md"))
    named += re.findall(r"`((?:pingyi_desktop|resources|tests|installers)/[\w./-]*)`", read("README.md"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


# The tests


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Every function, wherever it stands among the statements."""
    waiting: list[ast.AST] = [tree]
    for node in waiting:
        if isinstance(node, ast.FunctionDef):
            yield node
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            waiting += getattr(node, part, [])


@dataclass(frozen=True)
class Function:
    """A function of the tests: whether it can fail by itself (an assert, raises, a Qt wait), and what it calls."""

    name: str
    line: int
    fails: bool
    calls: frozenset[str]


def _read(node: ast.FunctionDef) -> Function:
    nodes = walked(node)
    made = [one.func for one in nodes if isinstance(one, ast.Call)]
    calls = {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in made}
    asserts = any(isinstance(one, ast.Assert) and not isinstance(one.test, ast.Constant) for one in nodes)
    fails = asserts or not calls.isdisjoint({"raises", "warns", "fail", "waitUntil", "waitSignal"})
    return Function(node.name, node.lineno, fails, frozenset(calls))


def idle_tests(trees: dict[str, ast.Module]) -> list[str]:
    """Names of test functions that check nothing, nor does anything that they call by a name that does."""
    found = {file: list(map(_read, _functions(tree))) for file, tree in trees.items()}
    checking = {one.name for one in chain.from_iterable(found.values()) if one.fails}
    while (
        more := {
            one.name for one in chain.from_iterable(found.values()) if not one.calls.isdisjoint(checking)
        }
        - checking
    ):
        checking |= more
    return [
        f"{file}:{one.line} {one.name}"
        for file, functions in found.items()
        for one in functions
        if one.name.startswith("test_") and not one.fails and one.calls.isdisjoint(checking)
    ]


def test_every_test_checks_something():
    bad = {"bad": ast.parse("def helper():\n    pass\n\ndef test_x():\n    helper()\n    assert True")}
    good = {"good": ast.parse("def helper(x):\n    assert x\n\ndef test_x():\n    helper(1)")}
    assert idle_tests(bad) == ["bad:4 test_x"]
    assert idle_tests(good) == []
    trees = {name: parsed(text) for name, text in texts().items() if re.fullmatch(r"tests/.*\.py", name)}
    assert idle_tests(trees) == []


def test_no_test_waits_for_a_time_instead_of_for_what_happens():
    """A loaded machine is late; time that passes proves nothing on a fast one."""
    waits = re.compile(r"\b(qtbot\.wait|QTest\.qWait|qSleep)\(")
    here = [path for path in files() if path.name.startswith("test_") and path.suffix == ".py"]
    assert [path.name for path in here if waits.search(path.read_text(encoding="utf-8"))] == []


def test_no_test_puts_a_mock_in_the_place_of_the_product():
    pattern = re.compile(r"^\s*(from|import) +(unittest\.)?mo" + r"ck\b|\bmock" + r"er\b", re.MULTILINE)
    assert pattern.search("from unittest.mo" + "ck import patch")
    assert lines_with(pattern, "tests/") == []
