"""How times and sizes are written for people, in whichever face of the program."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

_KIB: Final = 1024


def when(moment: datetime | None, *, zone: tzinfo | None = None) -> str:
    """A time to the minute, in a zone or in this machine's own; empty for none."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def how_big(size: int) -> str:
    """A number of bytes in words."""
    if size < _KIB:
        return f"{size} B"
    if size < _KIB**3:
        return f"{size / _KIB:.1f} KiB" if size < _KIB**2 else f"{size / _KIB**2:.1f} MiB"
    return f"{size / _KIB**3:.1f} GiB"
