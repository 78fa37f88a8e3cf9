"""demo: the whole job on the fictional company."""

from __future__ import annotations

import argparse
from pathlib import Path

from pingyi_desktop import demo
from pingyi_desktop.cli import edge, parsing
from pingyi_desktop.cli.edge import Parsers


def add(parsers: Parsers) -> None:
    """Register the verb."""
    parser = edge.verb(parsers, "demo", "用虚构的演示公司把整个流程走一遍", run, file=False)
    parser.add_argument(
        "--out", metavar="DIR", type=parsing.folder, default=Path("demo-out"), help="写到哪个文件夹"
    )
    parser.add_argument("--fast", action="store_true", help="只走一个基层党委")


def run(arguments: argparse.Namespace) -> int:
    """pingyi demo"""
    agrees = demo.run(arguments.out, fast=arguments.fast, say=edge.say)
    return edge.DONE if agrees else edge.MENDABLE
