"""Memory of a signed-in account: proportional set size (PSS) of all browser processes, Linux only."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bench.processes import descendants, is_browser


def pss() -> float | None:
    """Megabytes of the browsers below this process, shared pages counted by their share. None: not Linux."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    total = 0
    for pid in filter(is_browser, descendants(os.getpid())):
        try:
            found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue  # ended meanwhile
        total += int(found.group(1)) if found else 0
    return total / 1024
