"""Going to the pages of a pack, and knowing which one is there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from playwright.async_api import Error

from automation.browser.find import Finder
from automation.browser.guard import check_origin
from automation.browser.popups import Popups
from automation.browser.signs import Signs
from automation.browser.waiting import SECOND, Wait, passing
from automation.errors import OriginRefused, PackError, PageUnknown, SiteFault

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
        target = _taking_along(urljoin(origins[0] + "/", url), self._finder.place(page).keeps, self._finder.page.url)
        opened, address = self._fresh
        self._check_origin(target, f"the page {page!r}", page)
        self._fresh = (page, target)
        if opened != page and address == target == self._finder.page.url:
            return  # two pages of the pack at one address: signing in has just opened it. The same page is loaded anew
        await self._go(target, f"the page {page!r}", page)

    async def follow(self, link: str) -> None:
        """Go to an address that a packet carries. Raises `SiteFault` and `OriginRefused` as `open` does."""
        self._check_origin(link, "the link", "")
        self.touched()
        await self._go(link, "the link", "")

    def _check_origin(self, target: str, what: str, key: str) -> None:
        parts = urlsplit(target)
        if f"{parts.scheme}://{parts.netloc}" not in self._finder.pack.origins:
            raise OriginRefused(f"{what} lies outside of the pack's origins", key=key)

    async def _go(self, target: str, what: str, key: str) -> None:
        try:
            answer = await self._finder.page.goto(target, wait_until="commit", timeout=_ANSWER * SECOND)
        except Error as error:
            if "interrupted by another navigation" in error.message:
                return  # a page that sends one on at once
            check_origin(self._finder.page)
            raise SiteFault(f"{what} cannot be opened: {_first_line(error)}", key=key) from error
        if answer is not None and answer.status >= 500:  # noqa: PLR2004
            raise SiteFault(f"{what} answers with HTTP {answer.status}", key=key)

    async def arrive(self, pages: Sequence[str], *, opened: str = "", timeout: float | None = None) -> str:
        """Wait until one of the pages is there. Raises `PageUnknown`, or what the page says of itself."""
        dead = self._finder.pack.sign_in.dead_when
        self._signs.signing_in = any(page in dead for page in (*pages, opened))
        seconds = self._step_seconds if timeout is None else timeout
        wait = Wait(self._finder.page, self._signs.check, seconds)
        while True:
            with passing():
                found, covered = await asyncio.gather(self._finder.which(pages), self._popups.any())
                if found is not None:
                    return await self._arrived(found, covered)
            if await wait.over():
                seen = await self._signs.outline()
                raise PageUnknown(f"none of the pages {', '.join(pages)} is there; the page shows: {seen}", seen=seen)

    async def _arrived(self, page: str, covered: bool) -> str:
        self._signs.signing_in = page in self._finder.pack.sign_in.dead_when
        if covered:
            marks = await self._finder.ways(self._finder.place(page).here_when[0])
            await self._popups.close(marks[0] if marks else None)
        return page


def _taking_along(target: str, names: Sequence[str], here: str) -> str:
    """The address with these query parameters of the address where one is, where both are of one origin."""
    there, at = urlsplit(target), urlsplit(here)
    kept = [(name, value) for name, value in parse_qsl(at.query) if name in names]
    if not kept or (there.scheme, there.netloc) != (at.scheme, at.netloc):
        return target
    return urlunsplit(there._replace(query="&".join(filter(None, [there.query, urlencode(kept)]))))


def _first_line(error: Error) -> str:
    return error.message.splitlines()[0][:160]
