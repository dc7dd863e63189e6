"""The port to a queue of short jobs. Nothing in it is worth keeping: the tick rebuilds it from the case log."""

from __future__ import annotations

from typing import Protocol

from automation.engine.jobs import Job


class Queue(Protocol):
    """Holds each job once, and never gives out two jobs of one account at a time."""

    async def put(self, job: Job) -> bool:
        """Add a job. False where a job with the same key already waits or runs."""

    async def take(self) -> Job:
        """Wait for a job whose account is free, and give it out; its account is taken until `done`."""

    async def done(self, job: Job) -> None:
        """The job ended, one way or another: its key and its account are free again."""
