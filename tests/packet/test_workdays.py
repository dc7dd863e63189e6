"""Working days as China has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.workdays import add_working_days, due, is_working_day, next_working_moment
from tests.packet.material import channel

SHANGHAI = ZoneInfo("Asia/Shanghai")
CADENCE = channel().cadence  # first after 24 hours, then every 12


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2025-01-26", True),  # a Sunday worked in exchange for the Spring Festival
        ("2025-01-28", False),
        ("2025-10-01", False),
        ("2025-10-11", True),  # a Saturday worked in exchange for the National Day
        ("2025-03-08", False),
        ("2025-03-10", True),
    ],
)
def test_holidays_and_days_worked_in_exchange_are_known(day: str, working: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) == (working, True)


def test_a_year_without_a_calendar_falls_back_to_weekdays_and_says_so() -> None:
    assert is_working_day(date(2090, 3, 6)) == (True, False)  # a Monday
    assert is_working_day(date(2090, 3, 5)) == (False, False)
    assert not add_working_days(at("2090-03-01T10:00"), 3).known


def test_working_days_are_counted_over_a_holiday() -> None:
    found = add_working_days(at("2025-09-30T15:00"), 3)
    assert (found.at, found.known) == (at("2025-10-11T15:00"), True)


def test_no_working_days_moves_only_off_a_free_day() -> None:
    assert add_working_days(at("2025-03-07T15:00"), 0).at == at("2025-03-07T15:00")
    assert add_working_days(at("2025-03-08T15:00"), 0).at == at("2025-03-10T15:00")


def test_days_are_those_of_shanghai_whatever_the_zone_of_the_start() -> None:
    friday_night_utc = datetime(2025, 3, 7, 18, 0, tzinfo=UTC)  # Saturday 02:00 in Shanghai
    assert add_working_days(friday_night_utc, 1).at == at("2025-03-10T02:00")


def test_days_are_not_counted_backwards_nor_without_a_zone() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(at("2025-03-07T15:00"), -1)
    with pytest.raises(ValueError, match="time zone"):
        add_working_days(datetime.fromisoformat("2025-03-07T15:00"), 1)


def test_a_moment_on_a_free_day_moves_to_the_next_opening() -> None:
    assert next_working_moment(at("2025-03-07T23:59")) == at("2025-03-07T23:59")
    assert next_working_moment(at("2025-03-08T15:00")) == at("2025-03-10T09:00")
    assert next_working_moment(at("2025-10-01T15:00")) == at("2025-10-09T09:00")


def test_the_first_look_comes_some_hours_after_sending() -> None:
    assert due(at("2025-03-10T10:00"), CADENCE, None).at == at("2025-03-11T10:00")


def test_later_looks_follow_the_last_one_and_skip_free_days() -> None:
    sent = at("2025-03-06T10:00")
    assert due(sent, CADENCE, at("2025-03-07T10:00")).at == at("2025-03-07T22:00")
    assert due(sent, CADENCE, at("2025-03-07T22:00")).at == at("2025-03-10T09:00")


def test_a_look_from_before_the_sending_does_not_count() -> None:
    sent = at("2025-03-10T10:00")
    assert due(sent, CADENCE, at("2025-03-10T09:59")).at == at("2025-03-11T10:00")


def test_a_look_soon_after_sending_does_not_bring_the_first_one_forward() -> None:
    assert due(at("2025-03-10T10:00"), CADENCE, at("2025-03-10T10:30")).at == at("2025-03-11T10:00")


@given(
    st.datetimes(datetime.fromisoformat("2004-02-01"), datetime.fromisoformat("2090-01-01")),
    st.integers(0, 40),
    st.none() | st.integers(0, 500),
)
def test_what_is_found_lies_on_a_working_day_and_not_before(start: datetime, days: int, looked: int | None) -> None:
    sent = start.replace(tzinfo=SHANGHAI)
    end = add_working_days(sent, days)
    assert is_working_day(end.at.date())[0]
    assert end.at >= sent + timedelta(days=days)
    look = due(sent, CADENCE, None if looked is None else sent + timedelta(hours=looked))
    assert is_working_day(look.at.date())[0]
    assert look.at >= sent + timedelta(hours=24)
