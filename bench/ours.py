"""Our side: the real worker, case log, vault and browser, fed with approved cases while it runs."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from automation.caselog import CaseLog
from automation.engine import Mark, Step, Worker
from automation.model import Account, Checkpoint, Decision, FormPolicy, State, Store
from automation.packs import Packs
from automation.settings import Settings
from automation.vault import Vault
from bench.stage import Stage, Task

SENT = State.SUBMITTED


class NotSent(Exception):
    """The worker let go of a case that was not sent."""


class Ours:
    """A running worker. Stores have the form policy `never`: no second fill."""

    def __init__(self, stage: Stage, log: CaseLog, vault: Vault, settings: Settings) -> None:
        self.stage = stage
        self.log = log
        self.vault = vault
        self.worker = Worker(settings, log, vault, Packs(settings.home / "packs"), report=self.told)
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(self.worker.run(self._stop))
        self._waiting: dict[int, asyncio.Future[float]] = {}
        self.steps: list[tuple[float, Step]] = []

    def told(self, step: Step) -> None:
        """Follow the worker."""
        now = time.perf_counter()
        self.steps.append((now, step))
        if step.mark is Mark.DONE and step.case in self._waiting:
            future = self._waiting.pop(step.case)
            if step.state is SENT:
                future.set_result(now)
            else:
                future.set_exception(NotSent(f"case {step.case} ended {step.state}: {step.text}"))

    def sign_in(self, store: int) -> None:
        """A living session in the vault, as after any earlier sign-in."""
        self.vault.set_state(f"account{store}", self.stage.state(store))

    def enter(self, task: Task) -> int:
        """Enter a case, up to the packet checkpoint; its number."""
        kept = (
            self.log.keep_evidence(piece.path, name=piece.name, kind=piece.kind, media_type=piece.media_type)
            for piece in task.packet.evidence
        )
        packet = replace(task.packet, evidence=tuple(kept))
        return self.log.enter(packet, by="ann")[0].id

    async def file(self, cases: Sequence[int]) -> float:
        """Approve the cases and wait until each has its receipt; seconds from the approvals to the last receipt."""
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in cases]
        self._waiting.update(zip(cases, futures, strict=True))
        for case in cases:
            digest = self.log.case(case).digest
            self.log.decide(
                case, Checkpoint.PACKET, Decision.APPROVED, digest=digest, by="bob", ttl=timedelta(hours=72)
            )
        start = time.perf_counter()
        self.worker.wake()
        ends: list[float] = await asyncio.gather(*futures)
        return max(ends) - start

    async def once(self, store: int, task: Task) -> float:
        """One case from a living session; the seconds that it took."""
        self.sign_in(store)
        return await self.file([self.enter(task)])

    async def stop(self) -> None:
        """Let the worker come to rest."""
        self._stop.set()
        await self._running

    async def look(self) -> float:
        """Look for results at every store now; pages opened a store. The worker must be at rest."""
        views = self.stage.site.control.counts
        before = sum(views().page_views.values())
        await self.worker.run_until_idle(look_now=True)
        return (sum(views().page_views.values()) - before) / len(self.stage.stores)


@asynccontextmanager
async def ours(stage: Stage, home: Path, browser: Path) -> AsyncIterator[Ours]:
    """Start our side on a fresh data folder."""
    platform, origins = stage.site.platform, json.dumps(stage.site.origins)
    packs = home / "packs"
    packs.mkdir(parents=True)
    override = f"format: 1\nplatform: {platform}\norigins: {origins}\npause_seconds: 0\n"
    (packs / f"{platform}.yaml").write_text(override, "utf-8")
    settings = Settings(home=home, operator="bob", browser_path=browser)
    vault = Vault.open(home, passphrase="made-up passphrase")
    with CaseLog.open(settings.database, home) as log:
        for number, (account, store) in enumerate(zip(stage.accounts, stage.stores, strict=True)):
            log.put_account(Account(f"account{number}", platform, account.email), by="ann")
            vault.set_secret(f"account{number}", "password", account.password)
            vault.set_secret(f"account{number}", "login", account.email)
            policy = FormPolicy.NEVER
            log.put_store(
                Store(f"store{number}", platform, store.name, f"account{number}", form_policy=policy), by="ann"
            )
        side = Ours(stage, log, vault, settings)
        try:
            yield side
        finally:
            await side.stop()
