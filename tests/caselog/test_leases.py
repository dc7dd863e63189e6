from __future__ import annotations

import pytest

from automation.caselog import CaseLog
from automation.errors import InputError, LeaseLost
from tests.conftest import HandClock


def test_a_lease_is_held_by_one(log: CaseLog) -> None:
    lease = log.take_lease("account:a", worker="one", seconds=30)
    assert lease is not None
    assert log.take_lease("account:a", worker="two", seconds=30) is None
    assert log.take_lease("account:a", worker="one", seconds=30) is None
    assert log.take_lease("account:b", worker="two", seconds=30) is not None


def test_a_later_lease_has_a_higher_token(log: CaseLog, clock: HandClock) -> None:
    first = log.take_lease("account:a", worker="one", seconds=30)
    clock.advance(seconds=30)
    second = log.take_lease("account:a", worker="two", seconds=30)
    assert first is not None
    assert second is not None
    assert second.token > first.token
    with pytest.raises(LeaseLost, match="held by two, no longer by one"):
        log.renew(first, 30)
    log.drop(first)
    assert log.take_lease("account:a", worker="three", seconds=30) is None
    log.drop(second)
    third = log.take_lease("account:a", worker="three", seconds=30)
    assert third is not None
    assert third.token > second.token


def test_a_renewed_lease_holds_longer(log: CaseLog, clock: HandClock) -> None:
    lease = log.take_lease("account:a", worker="one", seconds=30)
    assert lease is not None
    clock.advance(seconds=20)
    lease = log.renew(lease, 30)
    clock.advance(seconds=20)
    assert log.take_lease("account:a", worker="two", seconds=30) is None
    clock.advance(seconds=10)
    with pytest.raises(LeaseLost, match="ran out"):
        log.renew(lease, 30)


def test_a_lease_of_no_time_is_refused(log: CaseLog) -> None:
    with pytest.raises(InputError):
        log.take_lease("account:a", worker="one", seconds=0)


def test_leases_leave_no_events(log: CaseLog) -> None:
    events = log.events()
    lease = log.take_lease("account:a", worker="one", seconds=30)
    assert lease is not None
    log.drop(log.renew(lease, 60))
    assert log.events() == events
    log.verify()


def test_a_lease_that_was_given_back_is_free_also_when_the_clock_is_set_back(log: CaseLog, clock: HandClock) -> None:
    lease = log.take_lease("account:a", worker="one", seconds=30)
    assert lease is not None
    log.drop(lease)
    clock.advance(hours=-1)
    assert log.take_lease("account:a", worker="two", seconds=30) is not None
