"""Runs first in the frozen program: Chinese can be typed on desktops whose input method is fcitx.

Their session asks Qt for a plugin that only their own Qt has; ours has the one of ibus, whose protocol fcitx answers.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "linux" and os.environ.get("QT_IM_MODULE", "").startswith("fcitx"):
    os.environ.setdefault("QT_IM_MODULES", "ibus")
