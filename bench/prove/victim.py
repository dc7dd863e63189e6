"""A worker in a process of its own that tells every step, and meets what was ordered for one of them.

The steps are those of the flows (each call to the page, right before it), of the engine (its marks, right after what
they say) and of the case log (each commit, right before it). Nothing in the product knows that it is watched: the
flow, the report and the database engine are reached through what they offer to everybody.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import resource
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from automation.browser.tab import Tab
from automation.caselog import CaseLog
from automation.engine import Mark, Step, Worker
from automation.flow import Flow, flow_for
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault
from bench.processes import descendants, is_browser

KILL: Final = "kill"
LOG: Final = "victims.log"
TROUBLES: Final = ("disk full", "log locked", "clock on", "clock back", "browser crash", "network cut", "stopped")
"""What else can be ordered. `stopped`: the process stands still until its parent lets it go on."""

LOCKED: Final = 3.0  # seconds
CUT: Final = 2.0  # seconds
_JUMP: Final = timedelta(days=2)
_ROOM: Final = 4096  # bytes that a file may grow to once the disk is full


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do. `at` empty: nothing happens to it. `ahead`: of this machine's clock, in seconds."""

    home: Path
    temp: Path
    settings: dict[str, Any]
    passphrase: str
    lease: float
    ahead: float
    at: str = ""
    trouble: str = KILL
    look_now: bool = False  # for results, whatever the cadence says


def work(order: Order, told: Connection) -> None:
    """Work until idle; sends the name of each step, then an empty one. The process's whole life."""
    os.environ["TMPDIR"] = str(order.temp)
    tempfile.tempdir = None
    log = (order.home / LOG).open("a")
    logging.basicConfig(stream=log, level=logging.INFO)
    logging.raiseExceptions = False  # the disk may be full
    faulthandler.register(signal.SIGUSR1, log)
    asyncio.run(_Victim(order, told).work())
    told.send("")


class _Victim:
    def __init__(self, order: Order, told: Connection) -> None:
        self._order = order
        self._told = told
        self._lock = threading.Lock()
        self._ahead = timedelta(seconds=order.ahead)
        self._sent = False
        self._job = "tick"
        self._last = "start"
        self._seen: set[str] = set()
        self.tab: Tab | None = None

    def clock(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def work(self) -> None:
        order = self._order
        settings = Settings(home=order.home, **order.settings)
        with CaseLog.open(settings.database, order.home, clock=self.clock) as log:
            sa.event.listen(sa.engine.Engine, "commit", self._commit)
            vault = Vault.open(order.home, passphrase=order.passphrase)
            worker = Worker(
                settings,
                log,
                vault,
                Packs(order.home / "packs"),
                report=self._report,
                flow_of=self._flow,
                clock=self.clock,
                lease_seconds=order.lease,
            )
            await worker.run_until_idle(look_now=order.look_now)

    # --- what is told

    def tell(self, step: str) -> None:
        """One step, from any thread; each name counts once."""
        name = f"{'sent' if self._sent else 'unsent'}: {step}"
        with self._lock:
            if name in self._seen:
                return
            self._seen.add(name)
            if not step.startswith("commit"):
                self._last = step
            self._told.send(name)
        if name == self._order.at:
            self._meet()

    def _report(self, step: Step) -> None:
        self._sent = self._sent or step.mark is Mark.INTENT
        self._job = step.job or "tick"
        self.tell(f"{self._job} {step.mark}")

    def turn(self, step: str) -> None:
        """The flow turns to the page."""
        self.tell(f"{self._job} {step}")

    def _commit(self, _: object) -> None:
        self.tell(f"commit after {self._last}")

    def _flow(self, platform: str) -> Flow:
        flow: Flow = _WatchedFlow(flow_for(platform), self)  # type: ignore[assignment]
        return flow

    # --- what happens

    def _meet(self) -> None:
        match self._order.trouble:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "stopped":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "disk full":
                resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, resource.RLIM_INFINITY))
            case "log locked":
                threading.Thread(target=self._hold_log, daemon=True).start()
                time.sleep(0.05)  # until it is held
            case "clock on":
                self._ahead += _JUMP
            case "clock back":
                self._ahead -= _JUMP
            case "browser crash":
                for pid in filter(is_browser, descendants(os.getpid())):
                    os.kill(pid, signal.SIGKILL)
            case "network cut":
                asyncio.get_running_loop().create_task(self._cut())

    def _hold_log(self) -> None:
        with sqlite3.connect(self._order.home / "cases.db", isolation_level=None, timeout=10) as held:
            held.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED)
            held.execute("ROLLBACK")

    async def _cut(self) -> None:
        if self.tab is not None:
            context = self.tab.page.context
            await context.set_offline(True)
            await asyncio.sleep(CUT)
            await context.set_offline(False)


class _WatchedFlow:
    """A flow whose steps at the page are told."""

    def __init__(self, flow: Flow, victim: _Victim) -> None:
        self._flow = flow
        self._victim = victim

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._flow, name)

        async def watched(site: Tab, *rest: Any) -> Any:
            self._victim.tab = site
            return await method(_WatchedSite(site, name, self._victim), *rest)

        return watched


class _WatchedSite:
    """A tab whose calls are told, right before they are made."""

    def __init__(self, site: Tab, where: str, victim: _Victim) -> None:
        self._site = site
        self._where = where
        self._victim = victim

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        method = getattr(self._site, name)

        async def watched(*given: Any, **named: Any) -> Any:
            key = given[0] if given and isinstance(given[0], str) else ""
            step = f"{self._where}: {name} {key}".rstrip()
            self._victim.turn(step)
            return await method(*given, **named)

        return watched
