"""The home folder: who may read it, and what programs that were stopped left in it."""

from __future__ import annotations

import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from automation.browser.raw_traces import RawTraces
from automation.casework.doctor.finding import Finding, Grade, Ward
from automation.shown import how_big

_OTHERS: Final = 0o077
_HOUR: Final = 3600.0  # seconds after which nobody writes to a file any more that has no name yet
_MONTHS: Final = 90 * 86400.0
_TEMPORARY: Final = re.compile(r"tmp[a-z0-9_]{8}")  # as Python names them
_UNNAMED: Final = re.compile(r"\.[0-9a-f]{32}|\.new-.+")  # written, and not yet put in place


def modes(ward: Ward, name: str) -> Iterator[Finding]:
    """That nobody but the owner may read. On Windows the user's own folder is private."""
    home = ward.here.settings.home
    if os.name != "posix" or not home.is_dir():
        return
    tops = [home, *(path for path in home.iterdir() if path.name not in ("packs", "logs"))]
    below = [path for part in ("vault", "evidence") for path in (home / part).rglob("*")]
    bare = [path for path in (*tops, *below) if not path.is_symlink() and path.stat().st_mode & _OTHERS]
    if not bare:
        yield Finding(name, Grade.OK, f"only you can read what is in {home}")
        return
    seen = f"others may read {bare[0]}" + (f" and {len(bare) - 1} more" if len(bare) > 1 else "")
    if ward.mend:
        for path in bare:
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
        yield Finding(name, Grade.OK, seen, mended="made private")
        return
    why = "evidence holds what buyers wrote, and who sees sessions may act as the merchant"
    yield Finding(name, Grade.WARN, seen, why, "appealdesk doctor --mend makes them private")


def leftovers(ward: Ward, name: str) -> Iterator[Finding]:
    """Files that a program which was stopped did not remove. Those of the last hour may still be in use."""
    left = [path for path in _left(ward) if time.time() - path.lstat().st_mtime > _HOUR]
    if not left:
        yield Finding(name, Grade.OK, "nothing was left by programs that were stopped")
        return
    seen = f"{len(left)} left by programs that were stopped: {', '.join(path.name for path in left[:3])}"
    if not ward.mend:
        why = "they take room, and may hold parts of evidence or pages"
        yield Finding(name, Grade.WARN, seen, why, "appealdesk doctor --mend removes them")
        return
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    yield Finding(name, Grade.OK, seen, mended="removed")


def _left(ward: Ward) -> Iterator[Path]:
    home = ward.here.settings.home
    yield from (path for path in _in(home) if _TEMPORARY.fullmatch(path.name) or _UNNAMED.fullmatch(path.name))
    for part in ("evidence", "challenges", "vault", "vault/*"):
        for folder in home.glob(part):
            yield from (path for path in _in(folder) if _UNNAMED.fullmatch(path.name))
    yield from _in(home / "uploads")
    yield from _in(home / "forms")
    if ward.log is not None:
        asked = {f"{one.id}.png" for one in ward.log.challenges()}
        yield from (path for path in (home / "challenges").glob("*.png") if path.name not in asked)
    if ward.mend:
        RawTraces(home / "raw-traces").sweep()


def _in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def traces(ward: Ward, name: str) -> Iterator[Finding]:
    """Pictures and traces of failures that nobody will look at any more."""
    folders = _in(ward.here.settings.home / "failures")
    size = sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
    old = [folder for folder in folders if time.time() - folder.stat().st_mtime > _MONTHS]
    said = f"{len(folders)} failures left {how_big(size)}"
    if old:
        why = "they show pages of the back-office; the log names them, so nothing removes them by itself"
        do = f"remove those you need no more, below {ward.here.settings.home / 'failures'}"
        yield Finding(name, Grade.WARN, f"{said}; {len(old)} are older than 90 days", why, do)
    else:
        yield Finding(name, Grade.OK, said)
