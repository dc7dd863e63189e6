"""The figures of a report: how many cases stand where, what became of each reason, how long it took, what is due."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from automation.model import State
from automation.reports.lines import ANSWERS, Line

UNSENT: Final = frozenset(
    {
        State.DRAFT,
        State.READY,
        State.APPROVED,
        State.PREPARING,
        State.PREPARED,
        State.CONFIRMED,
        State.NEEDS_PERSON,
    }
)
NEAR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spans:
    """How long answers took on one channel."""

    platform: str
    channel: str
    count: int
    shortest: timedelta
    middle: timedelta  # the median
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole report. `by_reason` counts rounds, since each round is one answer; `by_state` counts cases."""

    by_state: Mapping[State, int]
    by_reason: Mapping[tuple[str, str], Mapping[State, int]]
    spans: tuple[Spans, ...]
    near: tuple[Line, ...]  # unsent, and the window ends within a week; the soonest first

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(self.by_state.values())


def upheld_share(outcomes: Mapping[State, int]) -> float | None:
    """Upheld among the answered; None where nothing was answered."""
    answered = sum(outcomes.get(state, 0) for state in ANSWERS)
    return outcomes.get(State.UPHELD, 0) / answered if answered else None


def figures(rounds: Iterable[Line], now: datetime) -> Figures:
    """Count."""
    newest: dict[int, Line] = {}
    by_reason: dict[tuple[str, str], Counter[State]] = defaultdict(Counter)
    took: dict[tuple[str, str], list[timedelta]] = defaultdict(list)
    for line in rounds:
        newest[line.case] = line
        if line.submitted_at is not None or line.answered_at is not None:
            by_reason[line.platform, line.reason][line.state] += 1
        if line.took is not None:
            took[line.platform, line.channel].append(line.took)
    near = [
        line
        for line in newest.values()
        if line.state in UNSENT and line.deadline is not None and line.deadline - now <= NEAR
    ]
    counted = Counter(line.state for line in newest.values())
    return Figures(
        by_state={state: counted[state] for state in State if counted[state]},
        by_reason={key: dict(by_reason[key]) for key in sorted(by_reason)},
        spans=tuple(
            Spans(
                platform,
                channel,
                len(all_),
                min(all_),
                timedelta(seconds=median(one.total_seconds() for one in all_)),
                max(all_),
            )
            for (platform, channel), all_ in sorted(took.items())
        ),
        near=tuple(sorted(near, key=lambda line: line.deadline or now)),
    )
