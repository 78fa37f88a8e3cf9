"""Three quiet sounds for eyes that stay on the paper: a tick every fifth row, a tone at commit, a buzz at refusal.

Off by default. The tones are made here and played by what the system has (``winsound``, ``paplay``, ``aplay``), because
Qt's multimedia is not among the parts of it that we ship; where nothing plays, a refusal is the system's own beep.
"""

from __future__ import annotations

import math
import struct
import sys
import wave
from pathlib import Path

from PySide6.QtCore import QProcess, QStandardPaths
from PySide6.QtWidgets import QApplication

from pingyi_desktop.appraisal.paper.keying import Outcome, Step
from pingyi_desktop.gui.looks import settings
from pingyi_desktop.paths import user_data

if sys.platform == "win32":
    import winsound

RATE = 16_000
TICK, BRIGHT, BUZZ = "tick", "bright", "buzz"
TONES = {TICK: (880, 25), BRIGHT: (1320, 90), BUZZ: (160, 140)}
ROWS = 5


def play(step: Step, *, row_width: int) -> None:
    """The sound of a key, if any; a refusal beeps even when sounds are off."""
    sound = sound_of(step, row_width=row_width)
    if sound == BUZZ:
        refuse()
    elif sound is not None and settings.sounds():
        _play(sound)


def refuse() -> None:
    """The low buzz, or the system's own beep: look up from the paper."""
    if not (settings.sounds() and _play(BUZZ)):
        QApplication.beep()


def sound_of(step: Step, *, row_width: int) -> str | None:
    """Which sound a key makes: the heavy rules of the paper tick, so that a lost row is heard."""
    match step.outcome:
        case Outcome.REFUSED:
            return BUZZ
        case Outcome.COMMITTED:
            return BRIGHT
        case Outcome.KEYED if step.state.cursor and step.state.cursor % (ROWS * row_width) == 0:
            return TICK
    return None


def tone(name: str) -> Path:
    """The file of a tone, made on first use; ``OSError`` when it cannot be."""
    path = user_data() / f"{name}.wav"
    if not path.exists():
        hertz, milliseconds = TONES[name]
        count = RATE * milliseconds // 1000
        samples = [
            round(9000 * math.sin(2 * math.pi * hertz * i / RATE) * (1 - i / count)) for i in range(count)
        ]
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(struct.pack(f"<{count}h", *samples))
    return path


def _play(name: str) -> bool:
    try:
        path = tone(name)
    except OSError:  # no folder of the user's own to keep it in
        return False
    if sys.platform == "win32":
        winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC)
        return True
    found = map(QStandardPaths.findExecutable, ("paplay", "pw-play", "aplay"))
    player = next(filter(None, found), "")
    return bool(player) and bool(_start(player, path))


def _start(player: str, path: Path) -> bool:
    """Nobody waits for a sound to end: the player is a process of its own, its output thrown away."""
    process = QProcess()
    process.setProgram(player)
    process.setArguments([str(path)])
    process.setStandardOutputFile(QProcess.nullDevice())
    process.setStandardErrorFile(QProcess.nullDevice())
    started = process.startDetached()
    return bool(started[0] if isinstance(started, tuple) else started)
