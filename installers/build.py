"""Build what is handed out, in one command: the frozen folder, its packages, their digests; then it tests itself.

    python3 installers/build.py                  everything for the system this runs on, into dist/
    python3 installers/build.py --check          only: the frozen folder in dist/ tests itself, without any network
    python3 installers/build.py --measure        only: its start beside an empty window of the same folder
    python3 installers/build.py --out FOLDER     somewhere else than dist/

On Linux: a .deb and a portable .tar.xz; on Windows: setup.exe (needs NSIS) and a portable .zip. For old Linux systems it is
run in ``old_system.py``. Uses the ``.venv`` of ``dev.py``, installed from the lock with hashes; standard library only
until that is there. Fails when something is larger than it may be.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dev

MAKING = Path(__file__).resolve().parent / "making.py"
ITSELF = "PINGYI_BUILD_ITSELF"
"""set where the Python that runs this is the one to build with: under wine, where no venv can be made"""


def main(arguments: list[str]) -> int:
    """Set the machine up, then go on in its ``.venv``; the exit status."""
    python = sys.executable
    if not os.environ.get(ITSELF):
        try:
            dev.prepare(needs_qt=True)
        except dev.SetupError as error:
            dev.say(str(error))
            return 1
        python = str(dev.PYTHON)
    environment = {**os.environ, "PYTHONPATH": str(dev.ROOT), "PYTHONHASHSEED": "0"}
    return subprocess.run([python, str(MAKING), *arguments], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
