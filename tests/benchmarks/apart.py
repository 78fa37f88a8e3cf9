"""Programs that work for a benchmark apart from it, and end with it, however it ends.

The one that waits holds the other's standard input open; when it is gone, that comes to its end.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence


def answer(command: Sequence[str], env: Mapping[str, str]) -> str:
    """What a program says, which must succeed; it calls :func:`end_with_parent` before it works."""
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    assert process.returncode == 0, command
    return said


def end_with_parent() -> None:
    """End this process, in the middle of its work, as soon as the one that waits for its answer is gone."""

    def watch() -> None:
        os.read(0, 1)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
