"""Choose a face: nothing, or only files of ours (as a double click gives them), opens the window; else a command."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from pingyi_desktop import interrupts, paths
from pingyi_desktop.later import later

if TYPE_CHECKING:
    import multiprocessing

    from pingyi_desktop import cli
    from pingyi_desktop.gui import app
    from pingyi_desktop.gui.selftest import every_page
else:
    multiprocessing = later("multiprocessing")
    cli = later("pingyi_desktop.cli")
    app = later("pingyi_desktop.gui.app")
    every_page = later("pingyi_desktop.gui.selftest.every_page")


def main() -> int:
    """Run Pingyi and return the exit status."""
    if getattr(sys, "frozen", False):  # such a build starts the demo's processes through here
        multiprocessing.freeze_support()
    interrupts.listen()
    try:
        return _face()
    except BaseException:  # before a face could answer itself
        if interrupts.pressed():
            return 130
        raise
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # there is nothing left to be cancelled


def _face() -> int:
    if all(one.lower().endswith(paths.GIVEN) for one in sys.argv[1:]):
        return app.run(sys.argv[1:])
    if len(sys.argv) == 3 and sys.argv[1] == paths.EVERY_PAGE:
        return every_page.run(sys.argv[2:])
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
