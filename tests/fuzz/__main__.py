"""Hostile packages on demand: ``python3 installers/dev.py fuzz [--exhaustive | --guided] [options]``.

Without a word of its own it throws random mutants (``run``); ``--exhaustive`` spoils every
bit of every sample, ``--guided`` keeps the mutants that reach new lines and mutates them further.
"""

from __future__ import annotations

import sys

from fuzz import exhaustive, guided, run

WAYS = {"--exhaustive": exhaustive.main, "--guided": guided.main}


def main(arguments: list[str]) -> int:
    """Run the way that was asked for; 1 when something was found."""
    way = WAYS.get(arguments[0]) if arguments else None
    return run.main(arguments) if way is None else way(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
