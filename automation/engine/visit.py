"""One job's stay at one account: its session, its lease, its steps, and its tries."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from automation.browser.session import Session
from automation.browser.wording import fold
from automation.caselog import CaseLog, Lease
from automation.engine.aftermath import after, explain
from automation.engine.jobs import Job
from automation.engine.shift import Shift, Stopped
from automation.engine.step import Level, Mark, Step
from automation.errors import LeaseLost, SessionDead, WrongStore
from automation.flow import Flow
from automation.model import Account, Store
from automation.pack import Pack
from automation.site import Site

logger = logging.getLogger(__name__)

CAPTURE_SECONDS: Final = 20.0
KEEP_EVERY: Final = timedelta(hours=1)
P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Visit:
    """A job at work. `lease` is renewed under way; `committed` once an intent is written: then nothing is repeated."""

    shift: Shift
    job: Job
    account: Account
    store: Store
    pack: Pack
    flow: Flow
    lease: Lease
    committed: bool = False
    looked: bool = False  # the records were read after the click
    lost: bool = False  # another worker has the account now
    around: Site | None = None  # what the sign-in is given in place of the tab, for one who looks on
    _session: Session | None = None
    _signed_in: bool = field(default=False, init=False)
    _dead: int = field(default=0, init=False)

    @property
    def log(self) -> CaseLog:
        """The case log; its calls block, so go through `ask`."""
        return self.shift.log

    @property
    def by(self) -> str:
        """Who writes to the log."""
        return self.shift.name

    @property
    def session(self) -> Session:
        """The account's session; there is one after `arrive`."""
        assert self._session is not None, "the visit has not arrived yet"
        return self._session

    @property
    def site(self) -> Site:
        """The account's tab."""
        return self.session.site

    async def ask(self, call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Call the case log, the disk or another thing that blocks, in a thread."""
        return await asyncio.to_thread(call, *args, **named)

    def say(self, mark: Mark, text: str, level: Level = Level.INFO) -> None:
        """Report a step."""
        job = self.job
        self.shift.say(
            Step(self.shift.clock(), mark, text, level, job.kind, self.account.id, self.store.name, job.case)
        )

    def step(self, mark: Mark, text: str) -> None:
        """Report a step that is done, and stop here if the worker is to stop; never after the intent."""
        self.say(mark, text)
        if self.committed:
            return
        if self.lost:
            raise LeaseLost(f"another worker has account {self.account.id} now; this job stops")
        self.shift.check_stop()

    # --- coming to the store

    async def arrive(self) -> None:
        """Be signed in at the right store; costs nothing where the last job left the account's tab there."""
        if self._session is None:
            self._session = await self.shift.browsers.session(self.account, self.store, self.pack)
        if self.shift.at_store.get(self.account.id) == (self._session.tab, self.store.id):
            return
        self.leave()
        await self.flow.sign_in(self.around or self.site, self.account, self.store)
        await self.check_store()
        self._signed_in = True
        self.shift.at_store[self.account.id] = (self._session.tab, self.store.id)
        self.step(Mark.SIGNED_IN, f"signed in, and the page shows {self.store.name}")

    def leave(self) -> None:
        """Trust the tab no more: the next `arrive` signs in and picks the store again."""
        self.shift.at_store.pop(self.account.id, None)

    async def check_store(self) -> None:
        """Raise `WrongStore` unless the page names the store that is meant."""
        shown = await self.flow.store_shown(self.site)
        if fold(shown) != fold(self.store.name):
            raise WrongStore(
                f"the page shows the store {shown!r}, and {self.store.name!r} is meant",
                seen=shown,
                hint="nothing was written; check which stores this account reaches, and the store's name in its entry",
            )

    # --- trying again

    async def tries(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Make the attempt, again where the table of errors says so. For what changes nothing at the platform."""

        def again(error: BaseException) -> bool:
            return not isinstance(error, Stopped) and after(error).tries > 1

        def enough(state: RetryCallState) -> bool:
            return state.attempt_number >= after(_error(state)).tries

        def pause(state: RetryCallState) -> float:
            return after(_error(state)).pause(state.attempt_number)

        async def once_more(state: RetryCallState) -> None:
            error = _error(state)
            self.say(Mark.RETRY, f"try {state.attempt_number + 1}: {explain(error)}", Level.WARNING)
            self.leave()
            if self._session is not None and not self._session.lives:
                self._session = None  # the tab or the browser is gone: the next try gets another
            if isinstance(error, SessionDead):
                await self._revive()

        async def known() -> T:
            try:
                return await attempt()
            except Exception:
                await self.know_secrets()
                raise

        assert not self.committed, "nothing is tried twice after the intent"
        return await AsyncRetrying(
            retry=retry_if_exception(again),
            stop=enough,
            wait=pause,
            before_sleep=once_more,
            sleep=self.shift.sleep,
            reraise=True,
        )(known)

    async def know_secrets(self) -> None:
        """Before an error is told: what it repeats of the session must be known as a secret."""
        if self._session is not None:
            await self._session.know_cookies()

    async def _revive(self) -> None:
        """A dead session signs in again as it is, which keeps a remembered device; the second time from nothing."""
        self._dead += 1
        if self._dead > 1 and self._session is not None:
            await self.session.forget()
            self._session = None

    # --- going

    async def depart(self) -> None:
        """Leave the tab to the next job. The session is kept after a sign-in, and now and then: sites renew cookies."""
        if self._session is None:
            return
        now = self.shift.clock()
        inside = self.account.id in self.shift.at_store
        if self._signed_in or (inside and now - self.shift.kept.get(self.account.id, now) > KEEP_EVERY):
            self.shift.kept[self.account.id] = now
            await self._session.keep()
        else:
            await self._session.leave()
        self._session = None

    async def capture(self, error: BaseException) -> list[Path]:
        """Keep what the page showed when the job failed, and note it in the case log; the files' paths.

        Raises nothing: what becomes of a case does not hang on its picture.
        """
        name = f"{self.job.case or self.store.id}-{self.shift.clock():%Y%m%dT%H%M%S}"
        folder = self.shift.settings.home / "failures" / name
        files: list[Path] = []
        try:
            if self._session is not None:
                async with asyncio.timeout(CAPTURE_SECONDS):
                    files = await self._session.failure(name, folder)
            data = {
                "error": explain(error),
                "job": str(self.job.kind),
                "account": self.account.id,
                "store": self.store.id,
                "files": [str(file) for file in files],
            }
            await self.ask(self.log.add_event, "failure", by=self.by, case=self.job.case, data=data)
        except Exception:
            logger.exception("no picture of the failure of %s", self.job.key)
        return files


def _error(state: RetryCallState) -> BaseException:
    outcome = state.outcome
    error = outcome.exception() if outcome is not None else None
    assert error is not None, "only failed tries are asked about"
    return error


def moment(at: datetime) -> str:
    """A time as file names and lines show it, in the machine's own zone."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
