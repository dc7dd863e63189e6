"""One line a round of a case, read from the case log: what all figures and sheets are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from automation.caselog import CaseLog, Round, Sought
from automation.model import State

ANSWERS: Final = frozenset({State.UPHELD, State.REJECTED, State.MORE_EVIDENCE})
EVERYTHING: Final = Sought()


@dataclass(frozen=True, slots=True)
class Line:
    """One round. `state` is what the round came to; `answer` is the platform's wording, verbatim."""

    case: int
    round: int
    client: str
    store: str
    store_name: str
    platform: str
    channel: str
    reason: str
    order_no: str
    review_id: str
    state: State
    entered_at: datetime
    submitted_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    record_id: str = ""
    deadline: datetime | None = None
    note: str = ""
    kinds: frozenset[str] = frozenset()  # of its evidence

    @property
    def took(self) -> timedelta | None:
        """From the receipt to the answer; None where either is missing."""
        return self.answered_at - self.submitted_at if self.answered_at and self.submitted_at else None


@dataclass
class _Walk:
    """What the events say of each round of one case."""

    now: int = 1
    submitted: dict[int, datetime] = field(default_factory=dict)
    answered: dict[int, datetime] = field(default_factory=dict)
    came_to: dict[int, State] = field(default_factory=dict)

    def on(self, at: datetime, data: Mapping[str, Any]) -> None:
        """One event further."""
        self.now = int(data.get("round", self.now))
        to = data.get("to")
        if to == State.SUBMITTED and self.now not in self.answered:
            self.submitted.setdefault(self.now, at)
        elif to in ANSWERS:
            self.answered[self.now] = at
            self.came_to[self.now] = State(to)


def lines(log: CaseLog, sought: Sought = EVERYTHING) -> list[Line]:
    """Every round of the cases, by case and round."""
    walks: dict[int, _Walk] = defaultdict(_Walk)
    for at, case, data in log.turns((State.SUBMITTED, *ANSWERS)):
        walks[case].on(at, data)
    answers = log.answers()
    return [_line(one, walks[one.case], answers.get((one.case, one.round), "")) for one in log.rounds(sought)]


def _line(one: Round, walk: _Walk, answer: str) -> Line:
    newest = one.round == one.current
    return Line(
        case=one.case,
        round=one.round,
        client=one.client,
        store=one.store,
        store_name=one.store_name,
        platform=one.platform,
        channel=one.channel,
        reason=one.reason,
        order_no=one.order_no,
        review_id=one.review_id,
        state=one.state if newest else walk.came_to.get(one.round, State.CLOSED),
        entered_at=one.entered_at,
        submitted_at=walk.submitted.get(one.round),
        answered_at=walk.answered.get(one.round),
        answer=answer,
        record_id=one.record_id if newest else "",
        deadline=one.deadline if newest else None,
        note=one.note if newest else "",
        kinds=one.kinds,
    )
