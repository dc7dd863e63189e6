"""Lines and figures, read from a real case log on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from automation.caselog import CaseLog
from automation.model import Outcome, State
from automation.reports import figures, lines
from automation.reports.figures import upheld_share
from tests.caselog.conftest import Desk
from tests.conftest import HandClock


@pytest.fixture
def desk(log: CaseLog, tmp_path: Path) -> Desk:
    return Desk(log, tmp_path)


def answered(desk: Desk, clock: HandClock, number: int, outcome: Outcome, *, hours: float) -> int:
    """A case that was sent, and answered so many hours later."""
    lease = desk.lease()
    case = desk.submitted(number, lease=lease)
    desk.log.drop(lease)
    clock.advance(hours=hours)
    desk.log.write_result(case.id, outcome, record=desk.record(number), notice=None, by="poll")
    return case.id


def test_a_round_says_when_it_was_sent_and_what_came_of_it(desk: Desk, clock: HandClock) -> None:
    before = clock.now
    case = answered(desk, clock, 1, Outcome.REJECTED, hours=50)
    (line,) = lines(desk.log)
    assert (line.case, line.round, line.state, line.record_id) == (case, 1, State.REJECTED, "REC-1")
    assert (line.submitted_at, line.took) == (before, timedelta(hours=50))
    assert "证据不足" in line.answer


def test_an_earlier_round_keeps_its_own_line(desk: Desk, clock: HandClock) -> None:
    case = answered(desk, clock, 1, Outcome.MORE_EVIDENCE, hours=24)
    desk.log.next_round(case, by="Chen")
    first, second = lines(desk.log)
    assert (first.round, first.state, first.took) == (1, State.MORE_EVIDENCE, timedelta(hours=24))
    assert (second.round, second.state, second.submitted_at, second.took) == (2, State.DRAFT, None, None)


def test_figures_count_cases_once_and_rounds_each(desk: Desk, clock: HandClock) -> None:
    answered(desk, clock, 1, Outcome.UPHELD, hours=10)
    answered(desk, clock, 2, Outcome.REJECTED, hours=30)
    desk.log.next_round(answered(desk, clock, 3, Outcome.MORE_EVIDENCE, hours=20), by="Chen")
    desk.entered(4)
    made = figures(lines(desk.log), clock.now)
    assert made.by_state == {State.DRAFT: 1, State.READY: 1, State.UPHELD: 1, State.REJECTED: 1}
    assert made.cases == 4
    counted = made.by_reason["shop", "malicious"]
    assert counted == {State.UPHELD: 1, State.REJECTED: 1, State.MORE_EVIDENCE: 1}
    assert upheld_share(counted) == pytest.approx(1 / 3)
    (spans,) = made.spans
    assert (spans.count, spans.shortest, spans.middle, spans.longest) == (
        3,
        *(timedelta(hours=h) for h in (10, 20, 30)),
    )


def test_only_unsent_cases_with_a_near_deadline_are_named(desk: Desk, clock: HandClock) -> None:
    def enter(number: int, days: float) -> None:
        desk.log.enter(desk.packet(number), by="Chen", deadline=clock.now + timedelta(days=days))

    enter(1, 6)
    enter(2, 2)
    enter(3, 20)
    sent = answered(desk, clock, 4, Outcome.UPHELD, hours=1)
    near = figures(lines(desk.log), clock.now).near
    assert [line.case for line in near] == [2, 1]
    assert sent not in {line.case for line in near}


def test_an_empty_log_makes_an_empty_report(log: CaseLog, clock: HandClock) -> None:
    made = figures(lines(log), clock.now)
    assert (made.cases, made.by_reason, made.spans, made.near) == (0, {}, (), ())
    assert upheld_share({}) is None
