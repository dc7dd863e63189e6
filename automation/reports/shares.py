"""Shares: what became of the rounds that were sent, by whatever one asks about; and whether they were sent in time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from automation.model import State
from automation.reports.figures import upheld_share
from automation.reports.lines import ANSWERS, Line


@dataclass(frozen=True, slots=True)
class Share:
    """Rounds that were sent, under one name. `middle` is the median time to an answer; None where none came yet."""

    name: str
    outcomes: Mapping[State, int]
    middle: timedelta | None

    @property
    def sent(self) -> int:
        """How many were sent."""
        return sum(self.outcomes.values())

    @property
    def open(self) -> int:
        """How many of them have no answer yet, or none that is understood."""
        return self.sent - sum(self.outcomes.get(state, 0) for state in ANSWERS)

    @property
    def upheld(self) -> float | None:
        """Upheld among the answered; None where nothing was answered."""
        return upheld_share(self.outcomes)


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How many rounds were sent before their window's end, and how many windows closed over a case."""

    met: int
    missed: int

    @property
    def share(self) -> float | None:
        """Met among both; None where no window is known."""
        return self.met / (self.met + self.missed) if self.met + self.missed else None


def shares(rounds: Iterable[Line], of: Callable[[Line], Iterable[str]]) -> list[Share]:
    """Count the rounds that were sent, each under every name that `of` gives it; the most first."""
    counted: dict[str, Counter[State]] = defaultdict(Counter)
    took: dict[str, list[timedelta]] = defaultdict(list)
    for line in rounds:
        if line.submitted_at is None and line.answered_at is None:
            continue
        for name in of(line):
            counted[name][line.state] += 1
            if line.took is not None:
                took[name].append(line.took)
    found = [Share(name, dict(outcomes), _middle(took[name])) for name, outcomes in counted.items()]
    return sorted(found, key=lambda one: (-one.sent, one.name))


def punctuality(rounds: Iterable[Line], now: datetime) -> Punctuality:
    """Of the rounds whose window is known and that were sent, or can no longer be."""
    met = missed = 0
    for line in rounds:
        if line.deadline is None:
            continue
        if line.submitted_at is not None:
            met, missed = met + (line.submitted_at <= line.deadline), missed + (line.submitted_at > line.deadline)
        elif line.state is State.EXPIRED and line.deadline <= now:
            missed += 1
    return Punctuality(met, missed)


def _middle(spans: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(one.total_seconds() for one in spans)) if spans else None
