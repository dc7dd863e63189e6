"""How often one may try to sign in: after a few failures one waits, twice as long each time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from automation.model import Clock

FREE: Final = 5  # tries without a wait
FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=5)
FORGOTTEN: Final = timedelta(hours=1)  # after the last try
_KEPT: Final = 20_000  # names and addresses; beyond that the oldest are forgotten


@dataclass
class _Tries:
    count: int
    last: datetime


class Throttle:
    """Counts by name and by address, in memory. Thread-safe. Names that nobody has are counted like all others."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._tries: dict[tuple[str, str], _Tries] = {}

    def admit(self, name: str, address: str) -> timedelta:
        """Count a try before it is made, so that many at once gain nothing; how long to wait where it is too early."""
        now, keys = self._clock(), (("name", name.casefold()), ("address", address))
        with self._guard:
            left = max((self._left(key, now) for key in keys), default=timedelta())
            if left > timedelta():
                return left
            for key in keys:
                known = self._tries.pop(key, None)  # put back at the end: the dictionary is ordered by the last try
                count = 0 if known is None or now - known.last > FORGOTTEN else known.count
                self._tries[key] = _Tries(count + 1, now)
            while len(self._tries) > _KEPT:
                del self._tries[next(iter(self._tries))]
        return timedelta()

    def succeeded(self, name: str, address: str) -> None:
        """The last try was right. The address keeps its earlier failures, which may have been about other names."""
        with self._guard:
            self._tries.pop(("name", name.casefold()), None)
            if (tries := self._tries.get(("address", address))) is not None:
                tries.count -= 1

    def _left(self, key: tuple[str, str], now: datetime) -> timedelta:
        tries = self._tries.get(key)
        if tries is None or tries.count < FREE:
            return timedelta()
        wait = min(FIRST_WAIT * (1 << min(tries.count - FREE, 20)), LONGEST_WAIT)
        return max(tries.last + wait - now, timedelta())
