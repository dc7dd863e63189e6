"""What waits for a person, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from automation.caselog import Brief
from automation.model import Challenge, Medium, State
from automation.reports import waiting
from automation.reports.waiting import NEEDS

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STORE = "my-store"


def case(number: int, state: State, days: float | None = None) -> Brief:
    return Brief(
        id=number,
        state=state,
        round=1,
        store=STORE,
        store_name="好物旗舰店",
        client="",
        platform="shop",
        channel="review_appeal",
        reason="malicious",
        stars=1,
        buyer="",
        order_no="O",
        review_id="R",
        review_text="text",
        description="what happened",
        files=0,
        covered=0,
        entered_by="Chen",
        entered_at=NOW,
        changed_at=NOW,
        deadline=None if days is None else NOW + timedelta(days=days),
        note="",
        record_id="",
        blocked="",
        warnings=0,
    )


def challenge(number: int, seconds: float, closed: str = "") -> Challenge:
    return Challenge(number, "acc", STORE, Medium.SMS, NOW, NOW + timedelta(seconds=seconds), closed=closed)


def test_challenges_then_what_may_have_been_sent_then_the_nearest_deadline() -> None:
    cases = [
        case(1, State.READY, days=20),
        case(2, State.READY),
        case(3, State.UNCERTAIN),
        case(4, State.DRAFT, days=1),
        case(5, State.NEEDS_PERSON, days=2),
        case(6, State.NEEDS_PERSON),
    ]
    found = waiting(cases, [challenge(1, 200), challenge(2, 100)])
    assert [one.challenge or one.case for one in found] == [2, 1, 3, 4, 5, 1, 6, 2]


def test_what_moves_by_itself_and_what_has_ended_does_not_wait() -> None:
    cases = [case(number, state) for number, state in enumerate(State, start=1)]
    assert {one.state for one in waiting(cases, [challenge(1, 60, closed="answered")])} == set(NEEDS)


def test_everything_that_waits_says_how_to_go_on() -> None:
    cases = [case(number, state) for number, state in enumerate(NEEDS, start=1)]
    for one in waiting(cases, [challenge(1, 60)]):
        assert one.needs
        assert one.command.startswith("appealdesk ")
