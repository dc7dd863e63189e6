"""Chinese working days, with the holidays and the weekend days worked in exchange for them (调休).

The calendar is that of the package `chinesecalendar`, which has the State Council's yearly notices. For a year that it
does not have yet, Monday to Friday are taken as working days and the answer says so (`known` is false).

All reckoning is in Asia/Shanghai, where platforms work; results are in that zone too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import chinese_calendar

from automation.pack import Cadence

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
OPENING: Final = time(9)
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment found by counting working days. `known`: the calendar has every year that was counted over."""

    at: datetime
    known: bool = True


def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether people work on this day, and whether the calendar knows it; if not, weekends are taken as free."""
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < _SATURDAY, False


def add_working_days(start: datetime, days: int) -> Moment:
    """The same time of day, so many working days later. `start` has a time zone; `days` is 0 or more.

    0 days moves to the next working day only if `start` is not on one.

    Raises:
        ValueError: `start` has no time zone, or `days` is negative.

    """
    if days < 0:
        raise ValueError(f"working days are counted forward, not by {days}")
    local = _local(start)
    day, known = local.date(), True
    left = days
    while True:
        working, sure = is_working_day(day)
        known &= sure
        if working and left == 0:
            return Moment(datetime.combine(day, local.timetz()), known)
        day += _DAY
        if is_working_day(day)[0] and left:
            left -= 1


def next_working_moment(at: datetime) -> datetime:
    """The same moment if it lies on a working day, else 09:00 of the next one, when platforms begin to work again.

    Raises:
        ValueError: `at` has no time zone.

    """
    return _on_working_day(at).at


def due(submitted_at: datetime, cadence: Cadence, last_look: datetime | None) -> Moment:
    """When to look for a result next: some hours after sending, then some hours after the last look, on working days.

    A look from before the sending says nothing about this appeal and does not count.

    Raises:
        ValueError: a time has no time zone.

    """
    at = submitted_at + timedelta(hours=cadence.first_after_hours)
    if last_look is not None and last_look >= submitted_at:
        at = max(at, last_look + timedelta(hours=cadence.every_hours))
    return _on_working_day(at)


def _on_working_day(at: datetime) -> Moment:
    local = _local(at)
    day = local.date()
    working, known = is_working_day(day)
    if working:
        return Moment(local, known)
    while not working:
        day += _DAY
        working, sure = is_working_day(day)
        known &= sure
    return Moment(datetime.combine(day, OPENING, SHANGHAI), known)


def _local(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(SHANGHAI)
