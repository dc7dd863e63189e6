"""The desk over the case log: asks people what a site asks, wherever they are, and brings back the newest answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from automation.caselog import CaseLog
from automation.desk import LivePage
from automation.engine.shift import Stopped
from automation.engine.step import Level, Mark, Report, Step
from automation.errors import ChallengeUnanswered, InputError
from automation.model import Challenge, Clock, Medium
from automation.redaction import LIVE
from automation.vault import Vault

AskHere = Callable[[Challenge], Awaitable[str | None]]
"""Asks at the terminal where the worker runs. None: no answer from here; it is cancelled when one comes elsewhere."""

LOOK_SECONDS: Final = 0.7
"""How often the log is asked for an answer that another process may have written."""


def seal_context(challenge: Challenge) -> str:
    """What an answer is sealed for: it opens for this one challenge of this account at this store only."""
    return f"challenge {challenge.id} {challenge.account} {challenge.store}"


def answer(log: CaseLog, vault: Vault, challenge: int, *, store: str, text: str, by: str) -> None:
    """Give a person's answer to an open challenge. The log never sees the text, only what the vault sealed.

    Raises `InputError` for an unknown one and one that is not typed, `CaseLogError` where it is closed, expired, or
    another store's.
    """
    asked = log.challenge(challenge)
    check_typed(asked)
    LIVE.add_code(text.strip())
    sealed = vault.seal(text.strip(), seal_context(asked))
    log.answer_challenge(challenge, store=store, sealed=sealed, by=by)


def check_typed(challenge: Challenge) -> None:
    """Raise `InputError` where the answer is nothing that one types."""
    if not challenge.medium.typed:
        raise InputError(f"a {challenge.medium} challenge is done on the page or on a phone, not typed")


@dataclass
class LogTicket:
    """One open challenge (see `automation.desk.Ticket`)."""

    desk: LogDesk
    challenge: Challenge
    given: bool = False
    _here: asyncio.Task[str | None] | None = field(default=None, init=False)

    async def answer(self) -> str:
        """See `automation.desk.Ticket`."""
        log, vault = self.desk.log, self.desk.vault
        context = seal_context(self.challenge)
        if self.desk.ask_here is not None and self._here is None:
            self._here = asyncio.ensure_future(self.desk.ask_here(self.challenge))
        while True:
            self.desk.woken.clear()
            sealed = await asyncio.to_thread(log.take_answer, self.challenge.id)
            if sealed is not None:
                self.given = True
                return vault.unseal(sealed, context)
            if self._here is not None and self._here.done():
                typed, self._here = self._here.result(), None
                if typed:
                    self.given = True
                    return typed.strip()
                continue
            if self.desk.halt.is_set():
                raise Stopped
            if self.seconds_left <= 0:
                raise ChallengeUnanswered(
                    f"nobody answered the {self.challenge.medium} challenge of {self.challenge.account} in time",
                    hint="be at hand with the code, then take the case up again",
                )
            await self._wait(min(LOOK_SECONDS, self.seconds_left))

    async def _wait(self, seconds: float) -> None:
        """Until something may have changed, or so many seconds."""
        tasks = [asyncio.ensure_future(self.desk.woken.wait()), asyncio.ensure_future(self.desk.halt.wait())]
        here = [self._here] if self._here is not None else []
        await asyncio.wait([*tasks, *here], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()

    async def show(self, picture: bytes) -> None:
        """See `automation.desk.Ticket`."""
        await asyncio.to_thread(self.desk.log.show_picture, self.challenge.id, picture)

    @property
    def seconds_left(self) -> float:
        """See `automation.desk.Ticket`. None are left once the worker is to stop."""
        if self.desk.halt.is_set():
            return 0.0
        return (self.challenge.expires_at - self.desk.clock()).total_seconds()

    def lend(self, page: LivePage) -> None:
        """See `automation.desk.Ticket`."""
        self.desk.lent[self.challenge.id] = page

    async def close(self, how: str) -> None:
        """Stop asking."""
        self.desk.lent.pop(self.challenge.id, None)
        if self._here is not None:
            self._here.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._here
        await asyncio.to_thread(self.desk.log.close_challenge, self.challenge.id, how)


@dataclass
class LogDesk:
    """Implements `automation.desk.Desk`. `woken` makes waiting tickets look at once.

    `lends`: people reach the pages in `lent`, which are kept by the number of their challenge.
    """

    log: CaseLog
    vault: Vault
    seconds: float
    report: Report
    clock: Clock
    halt: asyncio.Event
    ask_here: AskHere | None = None
    lends: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    lent: dict[int, LivePage] = field(default_factory=dict, init=False)

    @asynccontextmanager
    async def ask(
        self,
        *,
        account: str,
        store: str,
        medium: Medium,
        destination: str = "",
        prompt: str = "",
        picture: bytes | None = None,
    ) -> AsyncIterator[LogTicket]:
        """See `automation.desk.Desk`."""
        challenge = await asyncio.to_thread(
            self.log.open_challenge,
            account,
            store,
            medium,
            destination=destination,
            prompt=prompt,
            picture=picture,
            seconds=self.seconds,
        )
        where = f" sent to {destination}" if destination else ""
        text = f"challenge {challenge.id}: {medium}{where}; answer it before {until(challenge.expires_at)}"
        self.report(Step(self.clock(), Mark.CHALLENGE, text, Level.WARNING, "", account, store))
        ticket = LogTicket(self, challenge)
        how = "given up"
        try:
            yield ticket
            how = "answered" if ticket.given else "done"
        except ChallengeUnanswered:
            how = "expired" if ticket.seconds_left <= 0 else "given up"
            raise
        finally:
            await ticket.close(how)


def until(at: datetime) -> str:
    """A time of day in the machine's own zone."""
    return f"{at.astimezone():%H:%M:%S}"
