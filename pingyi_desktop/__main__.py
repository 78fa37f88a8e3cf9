"""Choose a face: no arguments opens the window, anything else is a command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run Pingyi and return the exit status."""
    if len(sys.argv) == 1:
        from pingyi_desktop.gui.app import run

        return run()
    from pingyi_desktop.cli import main as command

    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
