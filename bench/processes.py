"""Other processes of this machine, as Linux's `/proc` tells; elsewhere there are none to be seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")


def descendants(pid: int) -> set[int]:
    """The processes below this one."""
    parents: dict[int, int] = {}
    for number, folder in _all():
        try:
            fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        parents[number] = int(fields[1])
    found = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found - {pid}
        found |= more


def is_browser(pid: int) -> bool:
    """Whether it is a process of Chromium or one of its kin."""
    try:
        return "chrom" in (PROC / str(pid) / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return False


def browsers(pid: int) -> list[int]:
    """The browser processes below this one."""
    return [one for one in descendants(pid) if is_browser(one)]


def pss(pids: Iterable[int]) -> float:
    """Proportional set size in MB: shared pages are counted by their share. Processes that have ended count nothing."""
    return sum(_kilobytes(pid, "smaps_rollup", "Pss") for pid in pids) / 1024


def resident(pid: int) -> float:
    """Resident memory of one process in MB."""
    return _kilobytes(pid, "status", "VmRSS") / 1024


def open_files(pid: int) -> int:
    """How many file descriptors a process has."""
    return len(list((PROC / str(pid) / "fd").iterdir()))


def _kilobytes(pid: int, file: str, name: str) -> int:
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", (PROC / str(pid) / file).read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def started_with(variable: str) -> set[int]:
    """The processes that were started with this in their environment, `NAME=VALUE`."""
    found = set()
    for number, folder in _all():
        try:
            if variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.add(number)
        except OSError:
            continue
    return found


def _all() -> Iterator[tuple[int, Path]]:
    for folder in PROC.glob("[0-9]*"):
        yield int(folder.name), folder
