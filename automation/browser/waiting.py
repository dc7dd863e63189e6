"""Waiting on the page itself: until anything on it changes, and then one looks again.

Playwright's own waits look at fixed times, half a second apart in the end, and for one thing only. Here the page says
when there is something new to see, and what it says of itself is heard meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from playwright.async_api import Error, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.errors import SiteFault

SECOND: Final = 1000.0  # Playwright counts milliseconds
_LONGEST: Final = 0.2  # seconds: what changes without a trace in the document (sizes, shadow roots) is seen by then
_BUSY: Final = 0.05  # seconds for a look that say that the page was at work meanwhile
_CALM: Final = 0.05  # of the time waited so far: as long is left between two looks, for pages that never come to rest
_REPLACED: Final = 0.02  # seconds to leave to a page that cannot be asked now
_HEARD: Final = 0.25  # seconds between two looks at what the page says of itself: messages stay for a few seconds

_CHANGE: Final = """(most) => new Promise((done) => {
  const end = () => { seen.disconnect(); clearTimeout(late); done(); };
  const seen = new MutationObserver(end);
  const late = setTimeout(end, most);
  seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})"""


class Check(Protocol):
    """Raises what the page says of itself; without `people`, dialogs that are left to people do not count."""

    async def __call__(self, *, people: bool = True) -> None:
        """See `automation.browser.signs.Signs.check`."""


class Wait:
    """One wait of at most `seconds`: look for the thing, and while it is not there and it is not `over`, look again."""

    def __init__(self, page: Page, check: Check | None, seconds: float) -> None:
        self._page = page
        self._check = check
        now = time.monotonic()
        self._began = self._looked = now
        self._end = now + seconds
        self._hear = now + _HEARD

    async def over(self) -> bool:
        """True where the time was up before the last look; else wait for a change of the page first.

        Raises what the page says of itself.
        """
        late = self._end <= time.monotonic()
        if self._check is not None and (late or self._hear <= time.monotonic()):
            with passing():
                await self._check(people=late)
            self._hear = time.monotonic() + _HEARD
        now = time.monotonic()
        if not late:
            took, calm = now - self._looked, (now - self._began) * _CALM
            if took < _BUSY:
                await change(self._page, self._end - now)
            else:  # it may have changed under the look; looking all the time would keep a busy machine busy
                calm = max(calm, took)
            await asyncio.sleep(max(0, now + min(_LONGEST, calm) - time.monotonic()))
        self._looked = time.monotonic()
        return late


async def change(page: Page, seconds: float) -> None:
    """Return when the page or one of its frames changes, at the latest after `seconds` or a fifth of one.

    Never raises: a page that is going away has changed.
    """
    most = max(0.001, min(_LONGEST, seconds))
    waits: list[asyncio.Task[Any]] = [
        asyncio.ensure_future(frame.evaluate(_CHANGE, most * SECOND)) for frame in page.frames
    ]
    done, others = await asyncio.wait(waits, timeout=most, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    if any(task.exception() is not None for task in done):
        await asyncio.sleep(_REPLACED)


@contextmanager
def passing() -> Iterator[None]:
    """Pass over what the browser raises because the page is being replaced or does not answer: one looks again."""
    try:
        yield
    except Error as error:
        if not (isinstance(error, PlaywrightTimeout) or replaced(error)):
            raise


def replaced(error: Error) -> bool:
    """Whether a frame or an element went away under one's hands, so that looking again may help."""
    signs = ("detached", "not attached", "context was destroyed", "Cannot find context")
    return any(sign in error.message for sign in signs)


class FrameGone(SiteFault):
    """The frame that an element stands in was replaced before anything was done to it: one looks for it again."""


def frame_gone(error: Error) -> bool:
    """Whether the frame went away for good, and with it whatever was found in it."""
    signs = ("frame was detached", "frame has been detached", "must belong to the same frame")
    return any(sign in error.message.lower() for sign in signs)
