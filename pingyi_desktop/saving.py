"""A file written whole or not at all: a drive that is full, pulled or read-only leaves what was there before.

Packages have their own way (``exchange.bundle``), which also verifies what they say; backups theirs (``storage.store``).
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from pingyi_desktop.errors import FileError


def save(path: Path, data: bytes) -> None:
    """Put these bytes into ``path``, replacing it: beside it first, to the disk, read back, renamed.

    :class:`FileError`, one sentence, when that fails; a file of this name stays as it was and nothing is left beside it.
    """
    part = path.with_name(f".{path.name[:80]}.{token_hex(4)}.tmp")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if part.read_bytes() != data:
            raise FileError(f"“{path.name}”写入后读回来的内容不同，盘可能已坏，请换一个位置。")
        part.replace(path)
    except OSError as error:
        raise FileError(
            f"“{path.name}”没有写成（正被 WPS 等打开、文件夹不存在、只读、磁盘已满或 U 盘已拔出），请关闭它或换一个位置。"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
