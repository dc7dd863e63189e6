"""The machine: what the program needs from it."""

from __future__ import annotations

import http.client
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from automation.browser.launch import has_cjk_font
from automation.browser.trial import start
from automation.casework.doctor.finding import Finding, Grade, Ward
from automation.shown import how_big

PORT: Final = 8700  # of the console, unless told otherwise
_PAGE: Final = 1 << 20  # bytes that are read of a page
_OLDEST: Final = (3, 11)
_LITTLE: Final = 1 << 30  # bytes free
_TOO_LITTLE: Final = 200 << 20
_NEEDED: Final = re.compile(r"([A-Za-z0-9_.-]+)(?:\[.*?\])?(?:>=([0-9.]+))?")
_WORKERS: Final = ("playwright_chromiumdev_profile", "/profiles/")  # in the command lines of browsers of ours


def python(_ward: Ward, name: str) -> Iterator[Finding]:
    """The interpreter."""
    said = sys.version.split()[0]
    if sys.version_info < _OLDEST:
        yield Finding(name, Grade.FAIL, f"Python {said}", "the program is written for 3.11 and newer", "install one")
    else:
        yield Finding(name, Grade.OK, f"Python {said} on {sys.platform}")


def packages(_ward: Ward, name: str) -> Iterator[Finding]:
    """What the program stands on, as its own package says."""
    do = "install the program again, with what it needs"
    try:
        needed = [_NEEDED.match(one) for one in requires("appealdesk") or () if "extra ==" not in one]
    except PackageNotFoundError:
        yield Finding(name, Grade.WARN, "the program is not installed as a package: versions cannot be compared", do=do)
        return
    wrong = [fault for one in needed if one and (fault := _package(one[1], one[2] or ""))]
    if wrong:
        yield Finding(name, Grade.FAIL, "; ".join(wrong), "parts of the program will not work", do)
    else:
        yield Finding(name, Grade.OK, f"appealdesk {version('appealdesk')}, and the {len(needed)} that it needs")


def _package(name: str, least: str) -> str:
    try:
        found = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    return f"{name} is {found}, {least} is needed" if _numbers(found) < _numbers(least) else ""


def _numbers(said: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", said)[:3])


def time_zones(_ward: Ward, name: str) -> Iterator[Finding]:
    """The zone in which platforms tell times."""
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        yield Finding(
            name, Grade.FAIL, "Asia/Shanghai is not known", "times of platforms are read in it", "install tzdata"
        )
    else:
        yield Finding(name, Grade.OK, "Asia/Shanghai is known")


def disk(ward: Ward, name: str) -> Iterator[Finding]:
    """Room in the home, or where it would be made."""
    place = ward.here.settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    why = "evidence, intents and traces are written there; a full disk stops the work"
    do = "make room, or move the home to another disk (backup, then restore)"
    grade = Grade.FAIL if free < _TOO_LITTLE else Grade.WARN if free < _LITTLE else Grade.OK
    yield Finding(name, grade, f"{how_big(free)} free at {place}", *(() if grade is Grade.OK else (why, do)))


def browser(ward: Ward, name: str) -> Iterator[Finding]:
    """Found, and it starts."""
    yield Finding(name, Grade.OK, f"starts: {start(ward.here.settings)}")


def font(_ward: Ward, name: str) -> Iterator[Finding]:
    """For Chinese."""
    if has_cjk_font():
        yield Finding(name, Grade.OK, "there is one for Chinese")
    else:
        why = "pictures of forms and reviews show boxes in place of words: nobody can check them"
        yield Finding(name, Grade.FAIL, "there is none for Chinese", why, "appealdesk browser install")


def orphans(_ward: Ward, name: str) -> Iterator[Finding]:
    """Browsers whose worker is gone, as far as this system tells."""
    if sys.platform != "linux":
        return
    left = [pid for pid, parent, command in _processes() if parent == 1 and _ours(command)]
    if left:
        why = "each takes memory, and may hold an account's profile; another program may have such browsers, too"
        do = f"look at them, and end them: kill {' '.join(map(str, left))}"
        yield Finding(name, Grade.WARN, f"{len(left)} browsers without a worker", why, do)
    else:
        yield Finding(name, Grade.OK, "no browser without a worker")


def _ours(command: str) -> bool:
    return "--user-data-dir=" in command and any(word in command for word in _WORKERS) and "--type=" not in command


def _processes() -> Iterator[tuple[int, int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            yield int(folder.name), parent, (folder / "cmdline").read_text(errors="replace")
        except (OSError, ValueError, IndexError):
            continue  # it ended, or is somebody else's


def port(_ward: Ward, name: str) -> Iterator[Finding]:
    """Where the console is served."""
    asked = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
    try:
        asked.request("GET", "/enter")
        answer = asked.getresponse()
        ours = b"appealdesk" in answer.read(_PAGE).lower()
    except OSError:
        yield Finding(name, Grade.OK, f"{PORT} is free for the console")
    except http.client.HTTPException:
        yield _taken(name)
    else:
        yield Finding(name, Grade.OK, f"the console is served at {PORT}") if ours else _taken(name)
    finally:
        asked.close()


def _taken(name: str) -> Finding:
    return Finding(
        name,
        Grade.WARN,
        f"{PORT} is taken by another program",
        "the console is served there unless told otherwise",
        "appealdesk serve --port 0",
    )
