"""What waits for a person, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from automation.caselog import Brief
from automation.model import Challenge, State

NEEDS: Final[Mapping[State, str]] = {
    State.UNCERTAIN: "was it taken? let it settle, or look in the back-office",
    State.NEEDS_PERSON: "read why, then decide",
    State.PREPARED: "compare the filled form with the packet",
    State.READY: "approve the packet",
    State.DRAFT: "material is missing",
    State.MORE_EVIDENCE: "add the evidence that is asked for, in a next round",
    State.REJECTED: "read the answer; a next round, or close",
}
"""The states in which nothing moves before a person does, and what it is that the person does."""

_ORDER: Final = tuple(NEEDS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. `due` is when it is too late, if that is known; `command` is how one goes on."""

    challenge: int | None
    case: int | None
    store: str
    state: str
    needs: str
    subject: str
    due: datetime | None
    command: str


def _urgency(one: Waiting) -> tuple[int, float, int, int]:
    group = 0 if one.challenge is not None else 1 if one.state == State.UNCERTAIN else 2
    due = one.due.timestamp() if one.due else float("inf")
    rank = _ORDER.index(State(one.state)) if one.case is not None else 0
    return group, due, rank, one.case or one.challenge or 0


def _command(case: Brief) -> str:
    if case.state in (State.READY, State.PREPARED):
        return f"appealdesk approve {case.id}"
    if case.state in (State.MORE_EVIDENCE, State.REJECTED):
        return f"appealdesk case next-round {case.id}"
    return f"appealdesk show {case.id}"


def waiting(cases: Iterable[Brief], challenges: Iterable[Challenge]) -> list[Waiting]:
    """Open challenges by their expiry, then what may have been sent, then the rest by the appeal window's end."""
    found = [
        Waiting(
            challenge=one.id,
            case=None,
            store=one.store,
            state="challenge",
            needs=f"{one.medium} for account {one.account}",
            subject=one.prompt or one.destination,
            due=one.expires_at,
            command=f"appealdesk challenge answer {one.id} --store {one.store}",
        )
        for one in challenges
        if not one.closed
    ]
    found += [
        Waiting(
            challenge=None,
            case=one.id,
            store=one.store,
            state=one.state,
            needs=NEEDS[one.state] + (f" (covered: {one.covered} of {one.files} files)" if one.covered else ""),
            subject=one.note or one.blocked or one.review_text,
            due=one.deadline,
            command=_command(one),
        )
        for one in cases
        if one.state in NEEDS
    ]
    return sorted(found, key=_urgency)
