"""What a worker carries from job to job. All of it can be lost: the case log holds what counts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from automation.browser.sessions import Browsers
from automation.caselog import CaseLog
from automation.engine.step import Report, Step
from automation.flow import Flow
from automation.model import Clock, Records, State
from automation.packs import Packs
from automation.settings import Settings

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """The worker is to stop; raised between two steps, never between intent and receipt."""


@dataclass(frozen=True, slots=True)
class KnownRecords:
    """What was seen of a store's record list: the numbers, and whether its rows show when they were filed."""

    ids: frozenset[str]
    dated: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """Why an account is left alone, and until when; `case`: only until a person has dealt with this one."""

    until: datetime
    why: str
    case: int | None = None


@dataclass
class Shift:
    """One run of one worker: its means, and its memory of accounts and stores."""

    name: str
    settings: Settings
    log: CaseLog
    packs: Packs
    browsers: Browsers
    flow_of: Callable[[str], Flow]
    clock: Clock
    report: Report
    halt: asyncio.Event
    at_store: dict[str, tuple[object, str]] = field(default_factory=dict)  # account -> its tab, and the store there
    kept: dict[str, datetime] = field(default_factory=dict)  # account -> when its session was kept
    records: dict[tuple[str, str], KnownRecords] = field(default_factory=dict)
    pressed: dict[str, datetime] = field(default_factory=dict)
    rests: dict[str, Rest] = field(default_factory=dict)
    later: dict[str, datetime] = field(default_factory=dict)
    look_first: set[int] = field(default_factory=set)  # cases whose form turned out to be new
    failures: dict[str, int] = field(default_factory=dict)

    def say(self, step: Step) -> None:
        """Report a step. A watcher that fails must not change what becomes of a case."""
        try:
            self.report(step)
        except Exception:
            logger.exception("the step's watcher failed: %s", step.text)

    def flow(self, platform: str) -> Flow:
        """The platform's flow, made anew for each job: what one notes about an open form is no other account's."""
        return self.flow_of(platform)

    def saw(self, store: str, channel: str, records: Records) -> None:
        """Remember what a store's list of records holds."""
        known = self.records.get((store, channel))
        ids = frozenset(row.record_id for row in records.rows)
        dated = all(row.filed_at is not None for row in records.rows)
        if known is None:
            self.records[store, channel] = KnownRecords(ids, dated and bool(ids))  # an empty list does not say
        else:
            dated = dated and (known.dated or (bool(ids) and not known.ids))
            self.records[store, channel] = replace(known, ids=known.ids | ids, dated=dated)

    def put_off(self, key: str, seconds: float) -> None:
        """Do not take this job up again for so long."""
        self.later[key] = self.clock() + timedelta(seconds=seconds)

    def resting(self, account: str) -> Rest | None:
        """Why the account is left alone now, if it is. Asks the case log (blocking)."""
        rest = self.rests.get(account)
        if rest is None:
            return None
        dealt_with = rest.case is not None and self.log.case(rest.case).state is not State.NEEDS_PERSON
        if rest.until <= self.clock() or dealt_with:
            del self.rests[account]
            return None
        return rest

    async def sleep(self, seconds: float) -> None:
        """Wait, or raise `Stopped` as soon as the worker is to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self.halt.wait()
        except TimeoutError:
            return
        raise Stopped

    def check_stop(self) -> None:
        """Raise `Stopped` if the worker is to stop."""
        if self.halt.is_set():
            raise Stopped
