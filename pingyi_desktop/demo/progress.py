"""Progress on stderr: a bar that moves on a terminal; elsewhere a line when a stage begins and one at its end."""

from __future__ import annotations

import sys
import time

WIDTH = 28
BEGUN = "……"
"""ends the line that says which stage has begun: the window that waits for a demo shows it"""


class Bar:
    """One stage of ``total`` steps; ``step`` moves it, leaving the ``with`` block finishes its line."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self.started = time.monotonic()
        self.moves = sys.stderr.isatty()

    def __enter__(self) -> Bar:
        if not self.moves:
            sys.stderr.write(f"{self.label.strip()}{BEGUN}\n")
            sys.stderr.flush()
        self._draw()
        return self

    def __exit__(self, *_: object) -> None:
        if self.moves:
            self._draw()
        else:
            self._write("")
        sys.stderr.write("\n")
        sys.stderr.flush()

    def step(self, by: int = 1) -> None:
        """``by`` more steps are done."""
        self.done += by
        self._draw()

    def _draw(self) -> None:
        if self.moves:
            self._write("\r")

    def _write(self, start: str) -> None:
        filled = WIDTH * self.done // self.total if self.total else WIDTH
        seconds = time.monotonic() - self.started
        bar = "█" * filled + "░" * (WIDTH - filled)
        sys.stderr.write(f"{start}{self.label} {bar} {self.done}/{self.total} {seconds:4.0f} 秒")
        sys.stderr.flush()
