"""One line a round of a case, read from the case log: what all figures and sheets are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from automation.caselog import CaseLog, Event
from automation.model import Case, Packet, State
from automation.reason import term_of

ANSWERS: Final = frozenset({State.UPHELD, State.REJECTED, State.MORE_EVIDENCE})


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

    @property
    def took(self) -> timedelta | None:
        """From the receipt to the answer; None where either is missing."""
        return self.answered_at - self.submitted_at if self.answered_at and self.submitted_at else None


@dataclass
class _Walk:
    """What the events say of each round of one case."""

    submitted: dict[int, datetime] = field(default_factory=dict)
    answered: dict[int, datetime] = field(default_factory=dict)
    came_to: dict[int, State] = field(default_factory=dict)


def _walk(events: Sequence[Event]) -> _Walk:
    walk, now = _Walk(), 1
    for event in events:
        now = int(event.data.get("round", now)) if event.kind == "round_opened" else now
        to = event.data.get("to")
        if to == State.SUBMITTED and now not in walk.answered:
            walk.submitted.setdefault(now, event.at)
        elif to in ANSWERS:
            walk.answered[now] = event.at
            walk.came_to[now] = State(to)
    return walk


def lines(log: CaseLog) -> list[Line]:
    """Every round of every case, by case and round."""
    told: dict[int, list[Event]] = defaultdict(list)
    for event in log.events():
        if event.case is not None:
            told[event.case].append(event)
    return [line for case in log.cases() for line in _of_case(log, case, _walk(told[case.id]))]


def _of_case(log: CaseLog, case: Case, walk: _Walk) -> list[Line]:
    found = [
        _line(case, packet, walk.came_to.get(packet.round, State.CLOSED), walk, answer=answer)
        for packet, answer in (log.earlier_packets(case.id) if case.packet.round > 1 else ())
    ]
    current = case.packet.round
    results = [one for one in log.results(case.id) if one.round == current]
    newest = _line(
        case, case.packet, case.state, walk, answer=(results[-1].wording or results[-1].comment) if results else ""
    )
    return [*found, replace(newest, record_id=case.record_id, deadline=case.deadline, note=case.note)]


def _line(case: Case, packet: Packet, state: State, walk: _Walk, *, answer: str) -> Line:
    return Line(
        case=case.id,
        round=packet.round,
        client=case.store.client,
        store=case.store.id,
        store_name=case.store.name,
        platform=packet.platform,
        channel=packet.channel,
        reason=term_of(packet),
        order_no=packet.review.order_no,
        review_id=packet.review.review_id,
        state=state,
        entered_at=case.entered_at,
        submitted_at=walk.submitted.get(packet.round),
        answered_at=walk.answered.get(packet.round),
        answer=answer,
    )
