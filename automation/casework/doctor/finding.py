"""What an examination finds, and what every part of it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from automation.caselog import CaseLog
from automation.office import Office


class Grade(StrEnum):
    """How bad it is: nothing, to be looked at some time, or in the way of the work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was seen, why it matters, what to do; `mended`: what was done about it."""

    check: str
    grade: Grade
    seen: str
    why: str = ""
    do: str = ""
    mended: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """What is examined. `log` is None where there is none that this program can read; `mend`: what is safe."""

    here: Office
    log: CaseLog | None
    now: datetime
    mend: bool
    deep: bool


Check = Callable[[Ward, str], Iterator[Finding]]
"""Looks at one thing; its second argument is the name that its findings have."""
