"""An event loop in which nothing goes on by itself: whoever holds it says which worker takes its next step.

Every call that leaves a worker (to the case log, to the disk, to the platform) becomes a point, and waits until it is
taken. Time is virtual and moves only when it is moved, so that a run is the same each time its choices are.
"""

from __future__ import annotations

import asyncio
import functools
import heapq
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

T = TypeVar("T")
WORKER: Final[ContextVar[str]] = ContextVar("worker")
TWICE: Final = frozenset({"write_intent"})
"""Calls after which a worker may be held up before it sees their answer: what comes next is outside of the log."""


class Dead(Exception):
    """A call of a process that was killed."""


@dataclass
class Point:
    """A step that a worker waits to take."""

    worker: str
    name: str
    call: Callable[[], Any]
    answer: asyncio.Future[Any]
    done: bool = field(default=False, init=False)
    _result: Any = field(default=None, init=False)
    _error: BaseException | None = field(default=None, init=False)

    def take(self) -> bool:
        """Take the step, or give its answer if it was taken; whether it is over."""
        if not self.done:
            self.done = True
            try:
                self._result = self.call()
            except Exception as error:  # noqa: BLE001 - it is the worker's to deal with
                self._error = error
            if self.name in TWICE and self._error is None:
                return False
        if not self.answer.done():
            if self._error is not None:
                self.answer.set_exception(self._error)
            else:
                self.answer.set_result(self._result)
        return True


class Stage(asyncio.SelectorEventLoop):
    """The loop. `points` are what the workers wait for."""

    def __init__(self) -> None:
        self._now = 0.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self.points: list[Point] = []
        self.dead: set[str] = set()
        super().__init__()

    # --- time

    def time(self) -> float:
        """Seconds since the beginning, as they were moved."""
        return self._now

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """See asyncio."""
        handle = super().call_at(when, callback, *args, context=context)
        heapq.heappush(self._timers, (when, id(handle), handle))
        return handle

    @property
    def next_timer(self) -> float | None:
        """When somebody wakes up by himself next."""
        while self._timers and (self._timers[0][2].cancelled() or self._timers[0][0] <= self._now):
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def pass_time(self, seconds: float) -> None:
        """Let time go by; whoever wakes up meanwhile does so in his turn."""
        until = self._now + seconds
        while (at := self.next_timer) is not None and at <= until:
            self._now = at
            self.quiet()
        self._now = until
        self.quiet()

    # --- steps

    def run_in_executor(self, _executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        """What a worker gives to a thread waits here."""
        called = func.args[0] if isinstance(func, functools.partial) else func
        return self.point(getattr(called, "__name__", "call"), functools.partial(func, *args))

    def point(self, name: str, call: Callable[[], T]) -> asyncio.Future[T]:
        """A step of the worker that is at work now."""
        worker = WORKER.get()
        if worker in self.dead:
            raise Dead(name)
        answer: asyncio.Future[T] = self.create_future()
        self.points.append(Point(worker, name, call, answer))
        return answer

    def of(self, worker: str) -> list[Point]:
        """What a worker can do next."""
        return [point for point in self.points if point.worker == worker]

    def take(self, point: Point) -> None:
        """Take one step, and let its worker come to the next."""
        if point.take():
            self.points.remove(point)
        self.quiet()

    def kill(self, worker: str) -> None:
        """Its process is gone: nothing of it goes on."""
        self.dead.add(worker)
        self.points = [point for point in self.points if point.worker != worker]

    def quiet(self) -> None:
        """Until everybody waits for a point or for time."""
        still = 0
        while still < _STILL:
            before = self._spins()
            self.stop()
            self.run_forever()
            still = 0 if self._spins() != before else still + 1

    def _spins(self) -> int:
        return len(self.points) + self._asked

    _asked: int = 0

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """See asyncio; counts, so that one sees when nobody asks any more."""
        self._asked += 1
        return super().call_soon(callback, *args, context=context)


_STILL: Final = 2
