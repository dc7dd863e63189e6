"""The queue of one process: asyncio, in memory, woken at once by new work, no cost while idle."""

from __future__ import annotations

import asyncio

from automation.engine.jobs import Job, Rank


class LocalQueue:
    """A `Queue` for one event loop.

    A free account's next job is one in the store where its tab already is, if there is one: switching stores costs
    a page or more. Otherwise jobs go by `Job.rank`.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Job] = {}
        self._running: dict[str, Job] = {}
        self._at_store: dict[str, str] = {}
        self._changed = asyncio.Condition()

    async def put(self, job: Job) -> bool:
        """See `Queue`."""
        async with self._changed:
            if job.key in self._waiting or job.key in self._running:
                return False
            self._waiting[job.key] = job
            self._changed.notify_all()
            return True

    async def take(self) -> Job:
        """See `Queue`."""
        async with self._changed:
            while (job := self._next()) is None:
                await self._changed.wait()
            del self._waiting[job.key]
            self._running[job.key] = job
            self._at_store[job.account] = job.store
            return job

    async def done(self, job: Job) -> None:
        """See `Queue`."""
        async with self._changed:
            self._running.pop(job.key, None)
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    @property
    def running(self) -> frozenset[Job]:
        """The jobs that were given out and are not done."""
        return frozenset(self._running.values())

    def _next(self) -> Job | None:
        busy = {job.account for job in self._running.values()}
        best: dict[str, Job] = {}
        for job in self._waiting.values():
            if job.account not in busy and (
                job.account not in best or self._order(job) < self._order(best[job.account])
            ):
                best[job.account] = job
        return min(best.values(), key=lambda job: job.rank, default=None)

    def _order(self, job: Job) -> tuple[bool, Rank]:
        return self._at_store.get(job.account, job.store) != job.store, job.rank
