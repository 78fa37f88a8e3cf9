"""demo and selftest: the whole job on the fictional company, shown, or tried by a copy as it was installed or frozen."""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2

from pingyi_desktop import __version__, demo, paths
from pingyi_desktop.appraisal.campaign import campaigns
from pingyi_desktop.appraisal.paper import forms, rules
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.demo import company
from pingyi_desktop.errors import UserError
from pingyi_desktop.exchange.locks import protection
from pingyi_desktop.render import page
from pingyi_desktop.render.writers import WRITERS
from pingyi_desktop.reports import catalog
from pingyi_desktop.sheets import written
from pingyi_desktop.standing import soundness
from pingyi_desktop.storage import store
from pingyi_desktop.storage.schema_people import OrgType

SMALL = "QL.23"
LONGEST = 900
"""seconds that the window may take for its pages, on the slowest computer"""


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "demo", TEXTS["demo"], show, file=False)
    parser.add_argument(
        "--out", metavar="DIR", type=parsing.folder, default=Path("demo-out"), help="写到哪个文件夹"
    )
    parser.add_argument("--fast", action="store_true", help="只走一个基层党委")
    edge.takes_json(edge.verb(parsers, "selftest", TEXTS["selftest"], run, file=False))


def show(arguments: argparse.Namespace) -> int:
    """pingyi demo"""
    demo.end_with_window()
    agrees = demo.run(arguments.out, fast=arguments.fast, say=edge.say)
    return edge.DONE if agrees else edge.MENDABLE


def run(arguments: argparse.Namespace) -> int:
    """pingyi selftest [--json]"""
    say = (lambda _: None) if arguments.json else edge.say
    say(f"评议 {__version__} 自检")
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for label, check in CHECKS.items():
            found[label] = _tried(check, Path(folder))
            say(f"  {label}：{found[label] or '正常'}")
    failed = sum(map(bool, found.values()))
    say(f"有 {failed} 项不正常，请重新安装本软件。" if failed else "自检全部正常。")
    if arguments.json:
        checks = [{"check": label, "trouble": trouble} for label, trouble in found.items()]
        edge.facts({"version": __version__, "checks": checks, "failed": failed})
    return edge.MENDABLE if failed else edge.DONE


def _tried(check: Callable[[Path], str], folder: Path) -> str:
    try:
        return check(folder)
    except UserError as error:
        return str(error)


def _resources(_: Path) -> str:
    known = forms.scales()
    for document in forms.templates().values():
        forms.read_form(document, activity=company.ACTIVITY, known=known)
    rules.read()
    page.register_fonts()
    return "" if len(forms.templates()) >= 8 else f"评议表只有 {len(forms.templates())} 张，缺少文件。"


def _campaign(folder: Path) -> str:
    """One committee with its branches: assign, key, seal, export, import, add up, print."""
    shown = company.load().only(SMALL)
    places = demo.prepare(folder / "演示")
    outcome = demo.perform(folder / "演示", shown, places=places, whole=False, processes=0)
    wrong = [
        f"{f.text}（{f.layer}）：{f.rate}，应为 {f.expected_rate}" for f in outcome.figures if not f.agrees
    ]
    unread = [
        f"{path.name} 里读不出活动名称。"
        for path in outcome.printed
        if company.ACTIVITY not in _printed(path)
    ]
    return ";".join([*wrong, *unread])


def _printed(path: Path) -> str:
    """What can be read on the first page of a PDF, or in a text document."""
    if path.suffix == ".docx":
        return "".join(written.read_paragraphs(path))
    with pypdfium2.PdfDocument(path) as document:
        return str(document[0].get_textpage().get_text_bounded())


def _file(folder: Path) -> str:
    """The company's file of that campaign: sound, backed up, restored, printed as a spreadsheet and as a text."""
    path, saved = folder / "演示" / f"{company.NAME}.pingyi", folder / "备份.pingyi"
    store.backup(path, saved)
    store.restore(saved, folder / "恢复.pingyi")
    held = store.open_file(folder / "恢复.pingyi")
    try:
        with held.reading() as session:
            found = [*store.damage(held.path), *(one.sentence for one in soundness.full(session))]
        with held.reading() as session:
            campaign_id = campaigns.current(session).id
            report = catalog.build(session, name="R02", campaign_id=campaign_id)
    finally:
        held.close()
    for kind, name in (("xlsx", "电子表格"), ("docx", "文字文档")):
        WRITERS[kind](report, folder / f"报表.{kind}")
        with zipfile.ZipFile(folder / f"报表.{kind}") as book:
            if company.ACTIVITY.encode() not in b"".join(map(book.read, book.namelist())):
                found.append(f"{name}里读不出活动名称。")
    return ";".join(found)


def _encryption(folder: Path) -> str:
    """A file encrypted from its first byte: it opens with its password and shows nothing without."""
    path, made = folder / "加密.pingyi", protection.fresh("自检专用口令2024")
    kind = OrgType.GRASSROOTS_COMMITTEE
    protection.create(path, code=SMALL, name=company.NAME, org_type=kind, made=made).close()
    data_key = protection.unlock(protection.of_file(path), password="自检专用口令2024")
    store.open_file(path, data_key).close()
    found = store.damage(path, data_key)
    if company.NAME.encode() in path.read_bytes():
        found.append("加密的数据文件里能读到单位名称。")
    return ";".join(found)


def _window(folder: Path) -> str:
    """Every page of the window on the company's file, in a process of its own; what it says when it fails."""
    root = str(Path(paths.__file__).resolve().parent.parent)
    environment = {**os.environ, "PINGYI_HOME": str(folder / "家"), "PYTHONPATH": root}
    command = [*paths.itself(), paths.EVERY_PAGE, str(folder / "演示" / f"{company.NAME}.pingyi")]
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"窗口过了 {LONGEST} 秒还没有走完各页。"
    said = done.stdout.decode("utf-8", errors="replace").strip()
    return f"窗口没有通过（{done.returncode}）：{said}" if done.returncode else ""


CHECKS = {
    "评议表、统计口径与字体": _resources,
    "小型评议全过程": _campaign,
    "数据文件、备份与电子表格": _file,
    "口令与加密": _encryption,
    "窗口各页": _window,
}
