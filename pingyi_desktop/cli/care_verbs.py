"""backups, second-drive: what looks after a data file by itself, from the command line."""

from __future__ import annotations

import argparse

from pingyi_desktop import paths
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers
from pingyi_desktop.cli.texts import TEXTS
from pingyi_desktop.storage.care import copies


def add(parsers: Parsers) -> None:
    """Register the verbs."""
    parser = edge.verb(parsers, "backups", TEXTS["backups"], backups)
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--second-drive",
        metavar="DIR",
        type=parsing.folder,
        help="以后自动备份也存一份到这里（另一个盘的文件夹）",
    )
    place.add_argument("--no-second-drive", action="store_true", help="以后不再另存一份")
    parser.add_argument("--now", action="store_true", help="现在就备份一次")
    edge.takes_json(parser)


def backups(arguments: argparse.Namespace) -> None:
    """pingyi backups"""
    if arguments.second_drive is not None:
        paths.set_second_drive(arguments.second_drive.resolve())
    elif arguments.no_second_drive:
        paths.set_second_drive(None)
    if arguments.now:
        with edge.opened(arguments.file) as held:
            edge.back_up(held, copies.DAILY)
    listed = copies.found(arguments.file, paths.second_drive())
    if arguments.json:
        edge.facts([vars(one) | {"path": str(one.path)} for one in listed])
    elif listed:
        rows = [(one.at, one.why, f"{one.size // 1024} KB", one.path) for one in listed]
        edge.show_table(("时间", "缘由", "大小", "文件"), rows)
    else:
        edge.say("还没有自动备份。加 --now 现在就备份一次。")
