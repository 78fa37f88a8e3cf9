"""What every verb needs at the edge: the open file, one act in one transaction, facts printed, arguments shared."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pingyi_desktop import paths, saving, visible
from pingyi_desktop.cli import parsing, passwords, streams
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.errors import Asking, FileError, NeedsReasonError, UserError
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from sqlmodel import Session

    from pingyi_desktop.appraisal.campaign import campaigns
    from pingyi_desktop.appraisal.campaign.campaigns import CampaignView
    from pingyi_desktop.appraisal.rulebook.catalogue import Finding
    from pingyi_desktop.exchange.locks import protection
    from pingyi_desktop.storage import replacing, store, troubles
    from pingyi_desktop.storage.care import copies, moved
else:
    campaigns = later("pingyi_desktop.appraisal.campaign.campaigns")
    protection = later("pingyi_desktop.exchange.locks.protection")
    replacing = later("pingyi_desktop.storage.replacing")
    troubles = later("pingyi_desktop.storage.troubles")
    copies = later("pingyi_desktop.storage.care.copies")
    moved = later("pingyi_desktop.storage.care.moved")

Parsers: TypeAlias = "argparse._SubParsersAction[Parser]"
OPERATOR = "本机操作员"
DONE, MENDABLE = 0, 1
GIVE_REASON = "以上提醒 {} 处请核对，没有写入；确认无误的，请写 --reason 原因。"
LEVELS = {"E": "错误", "W": "提醒", "I": "说明"}


def not_written(name: str, findings: Sequence[Finding], *, blocked: bool) -> None:
    """Say why nothing of a file was written: its errors, or what asks for a reason."""
    weight = "E" if blocked else "W"
    many = sum(one.weight == weight for one in findings)
    said = f"“{name}”有 {many} 处错误，请改好后重新导入；没有写入任何内容。"
    warn(said if blocked else GIVE_REASON.format(many))


def verb(parsers: Parsers, name: str, text: str, run: object, *, file: bool = True) -> Parser:
    """One command; with ``file`` its first argument is the data file, and it may need that file's password."""
    parser = parsers.add_parser(name, help=text, description=text)
    if file:
        parser.add_argument("file", metavar="FILE", type=parsing.data_file, help="数据文件")
        takes_password(parser)
    parser.set_defaults(run=partial(_run, run))
    return parser


def _run(run: object, arguments: argparse.Namespace) -> int | None:
    assert callable(run)
    with passwords.given(stdin=getattr(arguments, "password_stdin", False)):
        status: int | None = run(arguments)
    return status


def takes_password(parser: Parser) -> None:
    """The way to give a password that no argument list shows."""
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help=f"从标准输入的第一行读口令（也可用环境变量 {passwords.CURRENT}）",
    )


def family(parsers: Parsers, name: str, text: str) -> Parsers:
    """A command with commands below it (``pingyi roster import``)."""
    parser = parsers.add_parser(name, help=text, description=text)
    return below(parser, f"{name}_command")


def below(parser: Parser, dest: str) -> Parsers:
    """Commands of a parser; what they are given each of them checks itself."""
    parsers = parser.add_subparsers(title="命令", metavar="命令", required=True, dest=dest)
    parsers.type = str
    return parsers


def takes_json(parser: Parser) -> None:
    """The switch of every command that prints facts."""
    parser.add_argument("--json", action="store_true", help="输出机器可读的 JSON")


def takes_by(parser: Parser) -> None:
    """Who is at the keyboard, for the journal."""
    parser.add_argument(
        "--by",
        type=parsing.name,
        default=OPERATOR,
        metavar="姓名",
        help=f"操作人，记入操作日志（默认：{OPERATOR}）",
    )


def takes_hidden(parser: Parser) -> None:
    """What is done with hidden and filtered rows and columns of a sheet; without a choice they stop the import."""
    parser.add_argument(
        "--hidden",
        choices=("include", "skip"),
        help="表里隐藏或被筛选掉的行、列：include 一并导入，skip 跳过（不写时有这样的行、列就不导入）",
    )


def takes_reason(parser: Parser) -> None:
    """Why something unusual that the act meets (weight W) is right as it is."""
    parser.add_argument("--reason", default="", metavar="原因", help="确认提醒无误的原因，记入操作日志")


def takes_campaign(parser: Parser) -> None:
    """Which campaign; without it the one at work."""
    parser.add_argument("--campaign", metavar="ID", help="评议活动编号（默认：正在进行的一期）")


@contextmanager
def opened(path: Path) -> Iterator[store.Store]:
    """The data file, released at the end; its password is asked for when it has one. One that is gone is looked for."""
    if not path.exists() and (now_at := moved.found_again(path.absolute(), None)):
        code = moved.glance(now_at).unit_code
        whose = f"单位代码 {code}" if code else "加密的，或看不出是哪个单位的"
        warn(f"“{path.name}”不在原处了；有一个同名的在“{now_at}”（{whose}），是它的话请改用这个路径。")
    held = protection.open_file(path, passwords.key_of(path))
    if said := replacing.left(path):
        warn(said)
    try:
        yield held
    finally:
        held.close()


def compact(held: store.Store) -> None:
    """Leave nothing of what was deleted in the file, nor in what a restore put aside."""
    for sentence in (*copies.compact(held), *copies.wash_kept(held.path, held.data_key)):
        warn(sentence)


def back_up_for_import(held: store.Store) -> None:
    """An automatic backup before an import."""
    back_up(held, copies.IMPORT)


def back_up(held: store.Store, why: str) -> None:
    """An automatic backup; that it cannot be made is told and stops nothing."""
    now = datetime.now().astimezone()
    for sentence in copies.make(held.path, held.data_key, why, now, paths.second_drive()):
        warn(sentence)


@contextmanager
def acting(path: Path) -> Iterator[Session]:
    """One user act: one write transaction on the data file."""
    with opened(path) as held, held.transaction() as session:
        yield session


@contextmanager
def reading(path: Path) -> Iterator[Session]:
    """A consistent read of the data file."""
    with opened(path) as held, held.reading() as session:
        yield session


def campaign_of(
    session: Session,
    arguments: argparse.Namespace,
    otherwise: Callable[[Session], CampaignView] | None = None,
) -> CampaignView:
    """The campaign named by ``--campaign``, or the one at work (what is still prepared: ``in_preparation``)."""
    wanted = arguments.campaign
    if wanted is None:
        return (otherwise or campaigns.current)(session)
    known = {view.id: view for view in campaigns.all_campaigns(session)}
    if wanted not in known:
        raise UserError(f"没有编号为“{wanted}”的评议活动，请用 campaign show 查看编号。")
    return known[wanted]


def folder(path: Path) -> Path:
    """A folder to write into, made where there is none."""
    with troubles.told_as_sentences(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def free(path: Path) -> Path:
    """A file that may be written: it does not exist yet and its folder does."""
    if os.path.lexists(path):
        raise FileError(f"“{path.name}”已经存在，没有改动它；请换一个文件名。")
    if not path.parent.is_dir():
        raise FileError(f"文件夹“{path.parent}”不存在，请先建立它或换一个位置。")
    return path


def takes_recovery_out(parser: Parser) -> None:
    """Where to put what is shown this once."""
    parser.add_argument(
        "--recovery-out",
        metavar="FILE",
        type=parsing.file_to_write,
        help="把只显示一次的恢复码、激活码写进这个文件（须不存在），不显示在屏幕上",
    )


def hand_over(arguments: argparse.Namespace, text: str) -> None:
    """Show what is shown this once, before anything is committed: on the disk or past our own buffers when this returns.

    ``FileError`` when it is not; then the caller's act must not be committed.
    """
    out: Path | None = arguments.recovery_out
    if out is not None:
        saving.save(free(out), f"{text}\n".encode())
        return
    try:
        streams.must_show(text)
    except OSError as error:
        raise FileError(
            f"恢复码或激活码没有显示出来（{saving.reason(error)}），所以什么都没有改动。"
            "请检查输出到哪里，或加 --recovery-out FILE 把它写进文件，再来一次。"
        ) from error


def read_bytes(path: Path) -> bytes:
    """Content of a received file."""
    if not path.is_file():
        raise FileError(f"找不到文件“{path}”，请检查文件名。")
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(saving.error_sentence(error, path)) from error


def facts(document: object) -> None:
    """Print machine-readable facts, the same bytes for the same facts."""
    streams.out(as_facts(document))


def as_facts(document: object) -> str:
    """Machine-readable facts as they are printed."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return text if visible.shown(text) == text else json.dumps(document, indent=1)


def show_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for people."""
    streams.out(as_table(header, rows))


def as_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table for people; a Chinese character is as wide as two letters."""
    texts = [["" if cell is None else visible.shown(str(cell)) for cell in row] for row in (header, *rows)]
    widths = [max(parsing.places(row[i]) for row in texts) for i in range(len(header))]
    padded = (
        (text + " " * (width - parsing.places(text)) for text, width in zip(row, widths, strict=True))
        for row in texts
    )
    return "\n".join("  ".join(cells).rstrip() for cells in padded)


def show_findings(found: Sequence[Finding], *, most: int = 50) -> None:
    """Print what a check said to stderr, errors first."""
    ordered = sorted(found, key=lambda finding: "EWI".index(finding.weight))
    for finding in ordered[:most]:
        warn(f"{LEVELS[finding.weight]} {finding.code} {place(finding)}{finding.sentence}")
    if len(ordered) > most:
        warn(f"……另有 {len(ordered) - most} 条，加 --json 查看全部。")


def ask_for_reason(error: NeedsReasonError) -> None:
    """Print what asks for a reason, and how to give one."""
    for one in error.findings:
        warn(f"{LEVELS['W']} {one.code} {place(one)}{one.sentence}")
    warn(GIVE_REASON.format(len(error.findings)))


def finding_facts(finding: Finding) -> dict[str, object]:
    """One finding as JSON-ready facts."""
    return dict(vars(finding))


def place(finding: Asking) -> str:
    """Where a finding was made: the sheet, the row unless the sentence begins with it, the column, or the subject."""
    if finding.row:
        row = f"第 {finding.row} 行"
        told = "" if finding.sentence.startswith(row) else row
        return f"工作表“{finding.sheet}”{told}{finding.column and f' {finding.column} '}".rstrip() + "："
    return f"{finding.where}：" if finding.where else ""


def say(text: str) -> None:
    """One line for the person at the keyboard; stdout stays for results."""
    streams.out(visible.shown(text))


def warn(text: str) -> None:
    """One sentence to stderr: what needs a person."""
    streams.err(visible.shown(text))
