"""Where a command speaks: results to standard output, what needs a person to standard error, and either may be gone.

A disk that is full, a closed stream and a reader that went away are found out at any line. The verb goes on to its end all
the same, so that "it is done, only not shown" is true when :func:`finish` says it; what must not be done unless it was
shown goes through :func:`must_show`.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import IO

from pingyi_desktop import saving

_lost: list[OSError] = []


def prepare() -> None:
    """Begin one command: three open streams that speak UTF-8.

    A standard stream that was closed gets a place holder, so that no data file comes to lie under its number.
    """
    _lost.clear()
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the program runs
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace"), (sys.stderr, "replace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def out(text: str) -> None:
    """A result; when it cannot be shown the verb goes on."""
    try:
        _write(sys.stdout, text)
    except OSError as error:
        _give_up(sys.stdout, error)


def must_show(text: str) -> None:
    """A result that has left our buffers when this returns; ``OSError`` when it has not."""
    try:
        _write(sys.stdout, text)
        sys.stdout.flush()
    except OSError:
        _leave(sys.stdout)
        raise


def err(text: str) -> None:
    """What needs a person; with nowhere to say it the exit status alone tells."""
    try:
        _write(sys.stderr, text)
    except OSError:
        _leave(sys.stderr)


def finish(status: int) -> int:
    """End one command: the status, which is no 0 when a result was not shown."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _give_up(sys.stdout, error)
    if not _lost:
        return status
    if (
        _lost[0].errno not in (errno.EPIPE, errno.EINVAL) and status == 0
    ):  # a reader that has seen enough is no trouble
        err(
            f"命令已经做完，只是结果没有显示出来（{saving.reason(_lost[0])}）。请检查输出到哪里；"
            "查看的命令可以再来一次，改动数据的不必重做，用 pingyi journal 核对。"
        )
    return status or 1


def _write(stream: IO[str] | None, text: str) -> None:
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    stream.write(f"{text}\n")


def _give_up(stream: IO[str] | None, error: OSError) -> None:
    _lost.append(error)
    _leave(stream)


def _leave(stream: IO[str] | None) -> None:
    """Nothing more can be said there; what is still in its buffer must not fail again when the program ends."""
    with suppress(OSError, ValueError):
        if stream is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
