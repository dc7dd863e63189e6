"""Running asynchronous code in a thread of its own: Playwright's own fixtures keep a loop in the test's thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Loop:
    """An event loop in a thread of its own, until the context is left."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser loop", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T], *, seconds: float = 300) -> T:
        """Run it to its end; what it raises is raised here."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end in a loop of its own; what it raises is raised here."""
    with Loop() as loop:
        return loop.run(work)
