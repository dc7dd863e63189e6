"""What the worker tells whoever watches it: one readable line a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from automation.model import State


class Level(StrEnum):
    """How much a step matters to the person who watches."""

    INFO = "info"
    WARNING = "warning"  # somebody should look at it, today
    ERROR = "error"  # something did not work


class Mark(StrEnum):
    """Which step this is, for programs; `Step.text` is the same for people."""

    RECOVERED = "recovered"
    EXPIRED = "expired"
    STARTED = "started"
    SIGNED_IN = "signed_in"
    FORM_OPEN = "form_open"
    FILLED = "filled"
    PAUSED = "paused"
    CHECKED = "checked"  # the last look at form and store held
    INTENT = "intent"  # from here on nothing is tried twice
    PRESSED = "pressed"
    LOOKED = "looked"  # records or notices were read
    RETRY = "retry"
    WAITS = "waits"  # an account or a job is left alone for a while
    CHALLENGE = "challenge"
    DONE = "done"  # the job ended; `state` is the case's state now


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the worker's report. `job` is its kind; empty fields do not apply."""

    at: datetime
    mark: Mark
    text: str
    level: Level = Level.INFO
    job: str = ""
    account: str = ""
    store: str = ""
    case: int | None = None
    state: State | None = None


Report = Callable[[Step], None]


def silent(_step: Step) -> None:
    """Reports nothing."""
