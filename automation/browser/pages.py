"""Going to the pages of a pack, and knowing which one is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial, reduce
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Error, Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from automation.browser.find import Finder
from automation.browser.guard import check_origin
from automation.browser.popups import Popups
from automation.browser.reach import SECOND, replaced
from automation.browser.signs import Signs
from automation.errors import OriginRefused, PackError, PageUnknown, SiteFault

_SLICE: Final = 1.0  # seconds between two looks at what the page says besides
_ANSWER: Final = 30.0  # seconds for the site to answer at all


class Pages:
    """The pages of one site, in one tab."""

    def __init__(self, finder: Finder, signs: Signs, popups: Popups, *, step_seconds: float) -> None:
        self._finder = finder
        self._signs = signs
        self._popups = popups
        self._step_seconds = step_seconds
        self._fresh = ("", "")  # the page opened last, and its address, as long as nothing was done there

    def touched(self) -> None:
        """Something was done on the page: it is not as it was when it was opened."""
        self._fresh = ("", "")

    async def open(self, page: str) -> None:
        """Go to a page's address. Raises `SiteFault` where the site fails, `OriginRefused` for other origins."""
        url = self._finder.place(page).url
        if url is None:
            raise PackError(f"the page {page!r} has no url to open", field=f"pages.{page}.url")
        origins = self._finder.pack.origins
        target = urljoin(origins[0] + "/", url)
        parts = urlsplit(target)
        if f"{parts.scheme}://{parts.netloc}" not in origins:
            raise OriginRefused(f"the page {page!r} lies outside of the pack's origins", key=page)
        opened, address = self._fresh
        self._fresh = (page, target)
        if opened != page and address == target == self._finder.page.url:
            return  # two pages of the pack at one address: signing in has just opened it. The same page is loaded anew
        try:
            answer = await self._finder.page.goto(target, wait_until="commit", timeout=_ANSWER * SECOND)
        except Error as error:
            if "interrupted by another navigation" in error.message:
                return  # a page that sends one on at once
            check_origin(self._finder.page)
            raise SiteFault(f"the page {page!r} cannot be opened: {_first_line(error)}", key=page) from error
        if answer is not None and answer.status >= 500:  # noqa: PLR2004
            raise SiteFault(f"the page {page!r} answers with HTTP {answer.status}", key=page)

    async def arrive(self, pages: Sequence[str], *, opened: str = "", timeout: float | None = None) -> str:
        """Wait until one of the pages is there. Raises `PageUnknown`, or what the page says of itself."""
        dead = self._finder.pack.sign_in.dead_when
        self._signs.signing_in = any(page in dead for page in (*pages, opened))
        end = time.monotonic() + (self._step_seconds if timeout is None else timeout)
        watched = [*pages] if self._signs.signing_in else [*pages, *dead]
        while True:
            try:
                found = await self.which(pages)
                if found is not None:
                    return await self._arrived(found)
                await self._change(watched, max(0.01, min(_SLICE, end - time.monotonic())))
            except Error as error:
                if not (isinstance(error, PlaywrightTimeout) or replaced(error)):
                    raise
            late = end <= time.monotonic()
            await self._signs.check(people=late)
            if late:
                seen = await self._signs.outline()
                raise PageUnknown(f"none of the pages {', '.join(pages)} is there; the page shows: {seen}", seen=seen)

    async def which(self, pages: Sequence[str]) -> str | None:
        """Which of the pages is there now."""
        for page in pages:
            if await self._finder.here(page):
                return page
        return None

    async def _arrived(self, page: str) -> str:
        self._signs.signing_in = page in self._finder.pack.sign_in.dead_when
        marks = await self._finder.ways(self._finder.place(page).here_when[0])
        await self._popups.close(marks[0] if marks else None)
        return page

    async def _change(self, pages: Sequence[str], seconds: float) -> None:
        """Wait until something comes that one of the pages still lacks, or a message that may say why it does not."""
        finder, here, waits = self._finder, list[Locator](), list[Callable[[], Coroutine[Any, Any, None]]]()
        for page in pages:
            place = finder.place(page)
            has = place.url_has
            there = has is None or has in finder.page.url
            if has is not None and not there:
                waits.append(partial(_url, finder.page, has, seconds))
            lacking: Sequence[str] = place.here_when
            if not there or len(lacking) > 1:  # else it is the one mark that the page lacks
                lacking = [key for key in lacking if not await finder.visible(key)]
            if there and not lacking:
                return  # it came just now
            for key in lacking:
                ways = await finder.awaited(key)
                frame = finder.frame_key(key)
                if frame is None or not await finder.visible(frame):
                    here.extend(ways)
                elif ways:
                    waits.append(partial(_any_of, ways, seconds))
        here.extend(await self._signs.to_come())
        if here:
            waits.append(partial(_any_of, here, seconds))
        await _first([wait() for wait in waits])


async def _url(page: Page, has: str, seconds: float) -> None:
    await page.wait_for_url(lambda url: has in url, wait_until="commit", timeout=seconds * SECOND)


async def _any_of(ways: Sequence[Locator], seconds: float) -> None:
    await reduce(Locator.or_, ways).first.wait_for(state="visible", timeout=seconds * SECOND)


async def _first(waits: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Return when the first of these does; the others are left to end by themselves."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    if not tasks:
        return
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        if (error := task.exception()) is not None and not isinstance(error, PlaywrightTimeout):
            raise error


def _first_line(error: Error) -> str:
    return error.message.splitlines()[0][:160]
