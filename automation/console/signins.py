"""Signing in now, because somebody asks for it: in this process, one sign-in an account at a time."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from automation.desk import LivePage
from automation.engine.aftermath import explain
from automation.engine.errand import Errands
from automation.engine.jobs import JobKind
from automation.engine.shift import Stopped
from automation.engine.step import Report, Step
from automation.errors import AppealdeskError, CaseLogError, PersonNeeded
from automation.model import Clock, Store
from automation.office import Office

logger = logging.getLogger(__name__)

SIGNED_IN: Final = "signed_in"  # the event that a sign-in leaves


class Standing(StrEnum):
    """What became of a sign-in."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass
class SignInNow:
    """One sign-in that somebody asked for. `said`: its newest step, or why it failed."""

    account: str
    store: str
    by: str
    began: datetime
    standing: Standing = Standing.RUNNING
    said: str = ""
    ended: datetime | None = None


@dataclass
class SignIns:
    """Those of this process, the newest of each account. All but `newest` is for the event loop's thread."""

    office: Office
    report: Report
    clock: Clock
    _lent: dict[int, LivePage] = field(default_factory=dict, init=False)
    _known: dict[str, SignInNow] = field(default_factory=dict, init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False)
    _stop: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def newest(self, account: str) -> SignInNow | None:
        """The account's last one, running or over."""
        return self._known.get(account)

    def live(self, challenge: int) -> LivePage | None:
        """The page that waits for a person to answer this challenge on it, see `Worker.live`."""
        return self._lent.get(challenge)

    def begin(self, store: Store, *, by: str) -> SignInNow:
        """Start one. Raises `CaseLogError` while another one of the account runs."""
        now = self._known.get(store.account)
        if now is not None and now.standing is Standing.RUNNING:
            raise CaseLogError(f"{now.by} is signing account {now.account} in already", hint="wait for its end")
        made = self._known[store.account] = SignInNow(store.account, store.id, by, self.clock())
        task = asyncio.create_task(self._go(made), name=f"sign-in {store.account}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return made

    async def close(self) -> None:
        """End what runs at its next step."""
        self._stop.set()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _go(self, one: SignInNow) -> None:
        def told(step: Step) -> None:
            one.said = step.text
            self.report(step)

        office = self.office
        parts = (office.settings, office.log, office.vault, office.packs)
        errands = Errands(*parts, told, clock=self.clock, lent=self._lent, stop=self._stop)
        standing = Standing.FAILED
        try:
            await errands.go(one.store, JobKind.SIGN_IN, lambda visit: visit.tries(visit.arrive))
            data = {"account": one.account, "store": one.store}
            await asyncio.to_thread(office.log.add_event, SIGNED_IN, by=one.by, data=data)
            standing = Standing.DONE
        except (AppealdeskError, PersonNeeded) as error:
            one.said = explain(error)
        except Stopped:
            one.said = "stopped"
        except Exception as error:
            logger.exception("signing account %s in failed", one.account)
            one.said = explain(error)
        finally:
            one.standing, one.ended = standing, self.clock()
