"""How much of a long series is tried: with every test its representatives, the whole with ``PINGYI_EXAMPLES`` set.

The suite tries the same examples each time, so that a change is judged by what it changes; the long series
(``PINGYI_EXAMPLES=1000``) looks for new ones and goes through everything of which a test takes a part otherwise.
"""

from __future__ import annotations

import os

EXAMPLES = int(os.environ.get("PINGYI_EXAMPLES", "30"))
"""of every property that has no number of its own"""
LONG = "PINGYI_EXAMPLES" in os.environ
