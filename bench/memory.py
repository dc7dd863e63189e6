"""Memory of a signed-in account: proportional set size (PSS) of all browser processes, Linux only."""

from __future__ import annotations

import re
from pathlib import Path


def pss() -> float | None:
    """Megabytes of the browsers below this process, shared pages counted by their share. None: not Linux."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    total = 0
    for pid in _descendants(Path("/proc/self").resolve().name):
        try:
            if "chrom" not in Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace"):
                continue
            found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue  # ended meanwhile
        total += int(found.group(1)) if found else 0
    return total / 1024


def _descendants(pid: str) -> set[str]:
    parents: dict[str, str] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[stat.parent.name] = fields[1]
    found = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found - {pid}
        found |= more
