"""Errands to a store that a person sends for: no case is due, nothing is queued, and somebody waits for the answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from automation.browser.sessions import Browsers
from automation.caselog import CaseLog
from automation.desk import LivePage
from automation.engine.desk import AskHere, LogDesk
from automation.engine.jobs import Job, JobKind
from automation.engine.performance import keep_session, renewed, visit_of
from automation.engine.shift import Shift
from automation.engine.step import Report, silent
from automation.engine.visit import Visit
from automation.engine.worker import LEASE_SECONDS
from automation.errors import AppealdeskError, CaseLogError
from automation.flow import Flow, flow_for
from automation.model import Clock, utc_now
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault

T = TypeVar("T")


@dataclass(frozen=True)
class Errands:
    """The means for errands. `stop` ends one at its next step, with `Stopped`.

    `lent`, where there is one, gets the pages that wait for a person, by the number of their challenge.
    """

    settings: Settings
    log: CaseLog
    vault: Vault
    packs: Packs
    report: Report = silent
    ask_here: AskHere | None = None
    flow_of: Callable[[str], Flow] = flow_for
    clock: Clock = utc_now
    lent: dict[int, LivePage] | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def go(self, store: str, kind: JobKind, act: Callable[[Visit], Awaitable[T]]) -> T:
        """Do something at a store, by its id, as the only one who works with its account.

        Raises `InputError` for an unknown store, `CaseLogError` where a worker has the account, and what `act` raises,
        after a picture of the page was kept.
        """
        name = f"errand {socket.gethostname()}:{os.getpid()}"
        log, halt = self.log, self.stop
        account = (await asyncio.to_thread(log.store, store)).account
        desk = LogDesk(
            log,
            self.vault,
            self.settings.challenge_seconds,
            self.report,
            self.clock,
            halt,
            ask_here=self.ask_here,
            lends=self.lent is not None,
        )
        if self.lent is not None:
            desk.lent = self.lent
        async with Browsers(self.settings, self.vault, desk) as browsers:
            shift = Shift(name, self.settings, log, self.packs, browsers, self.flow_of, self.clock, self.report, halt)
            lease = await asyncio.to_thread(log.take_lease, f"account:{account}", worker=name, seconds=LEASE_SECONDS)
            if lease is None:
                raise CaseLogError(
                    f"a worker is busy with account {account}", hint="let it come to its end, or stop it, and try again"
                )
            try:
                visit = await asyncio.to_thread(visit_of, shift, Job(kind, account, store), lease)
            except BaseException:
                await asyncio.to_thread(log.drop, lease)
                raise
            async with renewed(visit, LEASE_SECONDS):
                try:
                    return await act(visit)
                except AppealdeskError as error:
                    with contextlib.suppress(Exception):
                        await visit.capture(error)
                    raise
                finally:
                    await keep_session(visit)
