"""The worker: asks the case log what is due, and does it, one job an account at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from automation.browser.sessions import Browsers
from automation.caselog import CaseLog
from automation.desk import LivePage
from automation.engine.aftermath import explain
from automation.engine.desk import AskHere, LogDesk
from automation.engine.jobs import Job, JobKind, Plan, due
from automation.engine.local import LocalQueue
from automation.engine.performance import perform
from automation.engine.shift import Shift
from automation.engine.step import Level, Mark, Report, Step, silent
from automation.errors import AppealdeskError, BrowserUnavailable
from automation.flow import Flow, flow_for
from automation.model import Clock, State, utc_now
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault

logger = logging.getLogger(__name__)

GLANCE_SECONDS: Final = 2.0
"""How often the log is asked whether another process changed something: one row read."""

LEASE_SECONDS: Final = 30.0
"""How long a worker that died keeps its accounts; a living one renews three times as often."""

BROKEN_SECONDS: Final = 60.0
"""How long a job is left alone that broke off because the log or the disk failed."""


class Worker:
    """Works the case log off.

    `report` is told each step, from the event loop's thread. `ask_here` asks a challenge at this terminal as well.
    `lends`: whoever made it shows pages that wait for a person (`live`). `kinds` are the jobs that it does; None: all.
    Needs the browser only once there is a job; raises `BrowserUnavailable` where there is none.
    """

    def __init__(
        self,
        settings: Settings,
        log: CaseLog,
        vault: Vault,
        packs: Packs,
        *,
        report: Report = silent,
        ask_here: AskHere | None = None,
        lends: bool = False,
        flow_of: Callable[[str], Flow] = flow_for,
        clock: Clock = utc_now,
        lease_seconds: float = LEASE_SECONDS,
        kinds: Collection[JobKind] | None = None,
    ) -> None:
        self.name = f"worker {socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self._settings = settings
        self._log = log
        self._vault = vault
        self._packs = packs
        self._report = report
        self._ask_here = ask_here
        self._lends = lends
        self._lent: Mapping[int, LivePage] = {}
        self._flow_of = flow_of
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._kinds = frozenset(kinds if kinds is not None else JobKind)
        self._wake: Callable[[], None] = lambda: None

    def wake(self) -> None:
        """Something changed in this process: look at once. Any thread may call it, also while nothing runs."""
        self._wake()

    def live(self, challenge: int) -> LivePage | None:
        """The page that waits for a person to answer this challenge on it. For the event loop that the worker runs in.

        None where it waits elsewhere, for something else, or no longer.
        """
        return self._lent.get(challenge)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then end each running job at its next step, or with its receipt."""
        await self._run(stop, until_idle=False)

    async def run_until_idle(self, *, look_now: bool = False, stop: asyncio.Event | None = None) -> None:
        """Work until nothing is due. With `look_now`, look for results everywhere, whatever the cadence says."""
        await self._run(stop or asyncio.Event(), until_idle=True, looked_since=self._clock() if look_now else None)

    async def _run(self, stop: asyncio.Event, *, until_idle: bool, looked_since: datetime | None = None) -> None:
        halt = asyncio.Event()
        desk = LogDesk(
            self._log,
            self._vault,
            self._settings.challenge_seconds,
            self._report,
            self._clock,
            halt,
            self._ask_here,
            lends=self._lends,
        )
        async with Browsers(self._settings, self._vault, desk) as browsers:
            shift = Shift(
                self.name,
                self._settings,
                self._log,
                self._packs,
                browsers,
                self._flow_of,
                self._clock,
                self._report,
                halt,
            )
            run = _Run(shift, LocalQueue(), self._lease_seconds, until_idle, looked_since, self._kinds)
            loop = asyncio.get_running_loop()

            def wake() -> None:
                with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                    loop.call_soon_threadsafe(run.news.set)
                    loop.call_soon_threadsafe(desk.woken.set)

            self._wake, self._lent = wake, desk.lent
            try:
                await run.work(stop)
            finally:
                self._wake, self._lent = lambda: None, {}


@dataclass
class _Run:
    """One run of the worker: a tick that puts what is due into the queue, and servants that do it."""

    shift: Shift
    queue: LocalQueue
    lease_seconds: float
    until_idle: bool
    looked_since: datetime | None
    kinds: frozenset[JobKind]
    news: asyncio.Event = field(default_factory=asyncio.Event)
    elsewhere: set[str] = field(default_factory=set)  # jobs whose account another worker has
    told: set[tuple[int, str]] = field(default_factory=set)
    fatal: AppealdeskError | None = None

    async def work(self, stop: asyncio.Event) -> None:
        """Until idle or stopped. Raises `BrowserUnavailable`, or what the case log refuses to a run that would end."""
        halt = self.shift.halt
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(self._heed(stop))
            for _ in range(self.shift.settings.flows_at_once):
                group.create_task(self._serve())
            try:
                await self._tick_on()
            finally:
                halt.set()
                watch.cancel()
        if self.fatal is not None:
            raise self.fatal

    async def _heed(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.shift.halt.set()
        self.news.set()

    # --- the tick

    async def _tick_on(self) -> None:
        """Tick whenever something changed or is due, until idle or stopped. A log that fails is asked again later."""
        position, next_at = -1, None
        while not self.shift.halt.is_set():
            try:
                seen = await asyncio.to_thread(self.shift.log.position)
                if self.news.is_set() or seen != position or (next_at is not None and next_at <= self.shift.clock()):
                    self.news.clear()
                    position = seen
                    next_at, blocked = await self._tick()
                    if self.until_idle and not blocked and self._idle():
                        return
            except AppealdeskError as error:
                if self.until_idle:
                    self.fatal = error
                    return
                logger.exception("the case log could not be asked what is due; asked again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GLANCE_SECONDS):
                    await self.news.wait()

    def _idle(self) -> bool:
        """Whether nothing waits, nothing runs, and no job ended since the tick looked."""
        return not self.queue.waiting and not self.queue.running and not self.news.is_set()

    async def _tick(self) -> tuple[datetime | None, bool]:
        """Put what is due into the queue; when to tick again, and whether other workers must be waited for."""
        plan = await self._plan()
        shift, now = self.shift, self.shift.clock()
        moments = [plan.next_at, *(at for at in shift.later.values() if at > now)]
        moments += [rest.until for rest in shift.rests.values()]
        for job in plan.jobs:
            if shift.later.get(job.key, now) > now:
                continue
            if await asyncio.to_thread(shift.resting, job.account) is None:
                await self.queue.put(job)
        blocked = bool(self.elsewhere) or self._orphans(plan)
        if blocked:
            moments.append(now + timedelta(seconds=GLANCE_SECONDS))
        return min((at for at in moments if at is not None), default=None), blocked

    async def _plan(self) -> Plan:
        """What is due, after cases that dead workers left behind were put back and closed windows were noted."""
        shift = self.shift
        plan = await self._ask_log()
        if self._orphans(plan):
            recovered = await asyncio.to_thread(shift.log.recover)
            for case in recovered:
                self._say(Mark.RECOVERED, case.id, case.store.name, f"a worker died here; now {case.state}", case.state)
            if recovered:
                plan = await self._ask_log()
        for case in plan.expired:
            note = f"the appeal window closed at {case.deadline}"
            await asyncio.to_thread(shift.log.move, case.id, State.EXPIRED, by=shift.name, note=note)
            self._say(Mark.EXPIRED, case.id, case.store.name, note, State.EXPIRED)
        for case, error in plan.problems:
            if (case.id, error.message) not in self.told:
                self.told.add((case.id, error.message))
                self._say(Mark.WAITS, case.id, case.store.name, str(error), None)
        return plan

    async def _ask_log(self) -> Plan:
        shift = self.shift
        plan = await asyncio.to_thread(
            due,
            shift.log,
            shift.packs,
            shift.clock(),
            look_first=shift.look_first,
            looked_since=self.looked_since,
        )
        return replace(plan, jobs=tuple(job for job in plan.jobs if job.kind in self.kinds))

    def _orphans(self, plan: Plan) -> bool:
        mine = {job.account for job in self.queue.running}
        return any(case.store.account not in mine for case in plan.under_way)

    def _say(self, mark: Mark, case: int, store: str, text: str, state: State | None) -> None:
        self.shift.say(Step(self.shift.clock(), mark, text, Level.WARNING, store=store, case=case, state=state))

    # --- the servants

    async def _serve(self) -> None:
        while (job := await self._next_job()) is not None:
            try:
                if await asyncio.to_thread(self.shift.resting, job.account) is not None:
                    continue  # the job before this one met something that this one would meet, too
                mine = await perform(self.shift, job, self.lease_seconds)
            except BrowserUnavailable as error:
                self.fatal = error
                self.shift.halt.set()
            except Exception as error:
                # The log or the disk failed, since all else is dealt with there: the tick puts the case back.
                logger.exception("job %s broke off", job.key)
                self.shift.put_off(job.key, BROKEN_SECONDS)
                text = f"broke off: {explain(error)}"
                self.shift.say(
                    Step(self.shift.clock(), Mark.WAITS, text, Level.ERROR, job.kind, job.account, job.store, job.case)
                )
            else:
                if mine:
                    self.elsewhere.discard(job.key)
                else:
                    self.elsewhere.add(job.key)
                    self.shift.put_off(job.key, GLANCE_SECONDS)
            finally:
                await self.queue.done(job)
                self.news.set()

    async def _next_job(self) -> Job | None:
        """The next job, or None once the worker is to stop."""
        take = asyncio.ensure_future(self.queue.take())
        halt = asyncio.ensure_future(self.shift.halt.wait())
        try:
            await asyncio.wait({take, halt}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            halt.cancel()
            take.cancel()
        if not take.done() or take.cancelled():
            return None
        job = take.result()
        if self.shift.halt.is_set():
            await self.queue.done(job)
            return None
        return job
