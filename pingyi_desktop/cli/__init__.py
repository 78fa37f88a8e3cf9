"""The headless face: every job of the window, scriptable.

One module per group of verbs, loaded when one of its verbs is given; ``edge`` opens files and transactions. Exit status: 0 done, 1 the user can mend it (one
sentence on stderr), 2 usage, 70 a bug of ours (the log's place on stderr), 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pingyi_desktop import __version__, faultlog, interrupts, saving
from pingyi_desktop.cli import streams
from pingyi_desktop.cli.edge import MENDABLE, ask_for_reason, below, warn
from pingyi_desktop.cli.parsing import Parser
from pingyi_desktop.cli.texts import VERBS
from pingyi_desktop.errors import NeedsReasonError, UserError
from pingyi_desktop.later import later

if TYPE_CHECKING:
    from pingyi_desktop.cli import care_verbs, grouping_verbs, ledger_verbs, orders_verb, rectify_verbs
    from pingyi_desktop.cli.verbs import (
        campaign_verbs,
        decision_verbs,
        entry_verbs,
        file_verbs,
        grade_verbs,
        package_verbs,
        paper_verbs,
        result_verbs,
        roster_verbs,
        selftest_verb,
        session_verbs,
        verify_verb,
    )
else:
    campaign_verbs = later("pingyi_desktop.cli.verbs.campaign_verbs")
    care_verbs = later("pingyi_desktop.cli.care_verbs")
    decision_verbs = later("pingyi_desktop.cli.verbs.decision_verbs")
    entry_verbs = later("pingyi_desktop.cli.verbs.entry_verbs")
    file_verbs = later("pingyi_desktop.cli.verbs.file_verbs")
    grade_verbs = later("pingyi_desktop.cli.verbs.grade_verbs")
    grouping_verbs = later("pingyi_desktop.cli.grouping_verbs")
    ledger_verbs = later("pingyi_desktop.cli.ledger_verbs")
    orders_verb = later("pingyi_desktop.cli.orders_verb")
    package_verbs = later("pingyi_desktop.cli.verbs.package_verbs")
    paper_verbs = later("pingyi_desktop.cli.verbs.paper_verbs")
    rectify_verbs = later("pingyi_desktop.cli.rectify_verbs")
    result_verbs = later("pingyi_desktop.cli.verbs.result_verbs")
    roster_verbs = later("pingyi_desktop.cli.verbs.roster_verbs")
    selftest_verb = later("pingyi_desktop.cli.verbs.selftest_verb")
    session_verbs = later("pingyi_desktop.cli.verbs.session_verbs")
    verify_verb = later("pingyi_desktop.cli.verbs.verify_verb")

BUG, INTERRUPTED = 70, 130
CANCELLED = "已停下：没做完的一步没有写入。按下时已经做完的仍然算数，不清楚的请用 pingyi journal 看最新一行。"
"""an act is there whole or not at all, and the key may come while a file is tidied up behind it"""
GROUPS = (
    file_verbs,
    care_verbs,
    roster_verbs,
    campaign_verbs,
    session_verbs,
    entry_verbs,
    paper_verbs,
    ledger_verbs,
    grouping_verbs,
    rectify_verbs,
    orders_verb,
    result_verbs,
    grade_verbs,
    package_verbs,
    decision_verbs,
    verify_verb,
    selftest_verb,
)


def build_parser(given: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The whole command line; of the verbs that are not ``given`` only the names and what they are for."""
    parser = Parser(
        prog="pingyi",
        description="评议：群众评议离线桌面软件。不带参数打开窗口；下列命令不用窗口。",
        epilog="退出码：0 完成；1 需要使用者处理（原因写在标准错误）；2 用法不对。",
    )
    parser.add_argument("--version", action="version", version=f"评议 {__version__}", help="显示版本")
    verbs = below(parser, "command")
    for group in GROUPS:
        texts = VERBS[group.__name__.rpartition(".")[2]]
        if given is None or not texts.keys().isdisjoint(given):
            ledger_verbs.add(verbs, given) if texts is VERBS["ledger_verbs"] else group.add(verbs)
        else:
            for verb, text in texts.items():
                verbs.add_parser(verb, help=text)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; never a traceback for what a user can mend."""
    streams.prepare()
    return streams.finish(_answer(argv))


def _answer(argv: Sequence[str] | None) -> int:
    try:
        typed = sys.argv[1:] if argv is None else argv
        arguments = build_parser(typed).parse_args(typed)
        return int(arguments.run(arguments) or 0)
    except SystemExit as leaving:  # argparse leaves this way after --help and after wrong usage
        return int(leaving.code or 0)
    except NeedsReasonError as error:
        ask_for_reason(error)
    except UserError as error:
        warn(str(error))
    except OSError as error:
        warn(saving.error_sentence(error))
    except EOFError:
        warn("输入到这里就断了，没有改动；请重新来一次。")
    except MemoryError:
        warn("内存不够，没有改动；请关闭别的程序再来一次。")
    except KeyboardInterrupt:
        warn(CANCELLED)
        return INTERRUPTED
    except BaseException:  # noqa: BLE001 - the edge: a bug (or a library's panic) becomes a log entry and a sentence
        if not interrupts.pressed():
            return _report_bug()
        warn(CANCELLED)
        return INTERRUPTED
    return MENDABLE


def _report_bug() -> int:
    try:
        log = faultlog.append(traceback.format_exc())
    except OSError as error:
        warn(
            f"程序出错了，这是软件的问题；经过没有记下来（{saving.reason(error)}）。"
            "请把环境变量 PINGYI_HOME 设为能写的文件夹，再来一次，把其中 logs 文件夹里的文件交给维护人员。"
        )
    else:
        warn(f"程序出错了，这是软件的问题。经过已记在“{log}”，请把它交给维护人员。")
    return BUG
