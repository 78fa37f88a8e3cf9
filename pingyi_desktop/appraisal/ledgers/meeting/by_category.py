"""How a meeting's row says who came by category of voters: “党员 12/11；职工代表 8/8”, 应到 before 实到. Pure."""

from __future__ import annotations

import re

_PART = re.compile(r"\s*([^\d/；;，,、]{1,20}?)\s*(\d{1,6})\s*/\s*(\d{1,6})\s*")


def categories(written: str) -> list[tuple[str, int, int]] | None:
    """``by_category`` as (类别, 应到, 实到); None when it does not read like that."""
    parts = [_PART.fullmatch(part) for part in re.split(r"[；;，,、]", written) if part.strip()]
    if not all(parts):
        return None
    return [(part[1], int(part[2]), int(part[3])) for part in parts if part is not None]
