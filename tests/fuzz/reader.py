"""Files read in a process of their own that loads nothing else: ``python -m fuzz.reader FILE…``."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from pingyi_desktop.errors import FileError, PackageError
from pingyi_desktop.exchange.wire import bundle

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MEGABYTE = 2**20


def peak_memory() -> int:
    """The most memory this process ever held, in bytes; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the process that started this one
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) * 1024
    if resource is None:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main(paths: list[Path]) -> None:
    """Read these files; one line of JSON for each: its name, how it was refused, the most memory held so far, in MB."""
    for path in paths:
        try:
            found = f"opened {len(bundle.read(path))}"
        except (PackageError, FileError) as error:
            found = str(error)
        print(json.dumps([path.name, found, peak_memory() // MEGABYTE]), flush=True)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
