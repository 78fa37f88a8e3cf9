"""Three quiet sounds for eyes that stay on the paper: a tick every fifth row, a tone at commit, a buzz at refusal.

Off by default. The tones are made here and played by what the system has (``winsound``, ``paplay``, ``aplay``), because
Qt's multimedia is not among the parts of it that we ship; where nothing plays, a refusal is the system's own beep.
"""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pingyi_desktop.appraisal.keying import Outcome, Step
from pingyi_desktop.gui import settings
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
    if sound is None:
        return
    if settings.sounds() and _play(tone(sound)):
        return
    if sound == BUZZ:
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
    """The file of a tone, made on first use."""
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


def _play(path: Path) -> bool:
    if sys.platform == "win32":
        winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_ASYNC)
        return True
    player = next(filter(None, map(shutil.which, ("paplay", "aplay"))), None)
    if player is None:
        return False
    command: Sequence[str] = [player, str(path)]
    subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return True
