"""One account's place in a browser: its context, and the one tab in it that is used again for every job."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

from playwright.async_api import BrowserContext, CDPSession, Dialog, Error, Frame, Page

from automation.browser.capture import Tracer
from automation.browser.controls.upload import Uploads
from automation.browser.guard import Guard, origin_of
from automation.errors import SiteFault
from automation.model import Account, SessionMode
from automation.redaction import LIVE, tokens

_SAYINGS: Final = 50  # the newest dialogs and windows are remembered


class Seat:
    """Opens the tab when it is needed, guards it, hurries its animations, and knows whether it can still be used.

    `dialogs` are the messages of alert, confirm and beforeunload boxes, which are all dismissed; `windows` the
    addresses of windows that the page opened, which are all closed. `busy` while a job uses the tab.
    """

    def __init__(
        self, account: Account, context: BrowserContext, tracer: Tracer | None, folder: Path, *, speed: float
    ) -> None:
        self.account = account
        self.context = context
        self.tracer = tracer
        self.page: Page | None = None
        self.guard: Guard | None = None
        self.uploads: Uploads | None = None  # what this tab's inputs were given
        self.dialogs: list[str] = []
        self.windows: list[str] = []
        self.busy = False
        self.used = 0  # the number of the newest session; the smallest was idle longest
        self.rests = 0  # how often the tab was emptied
        self.gone = False
        self._attached = account.session is SessionMode.ATTACH
        self._speed = 1.0 if self._attached else speed
        self._folder = folder  # of this process, which goes even after a crash
        self._crashed = False
        self._stays = False  # on a page that did not want to be left
        self._origins: tuple[str, ...] = ()
        self._cookies: frozenset[str] = frozenset()
        self._tasks: set[asyncio.Task[None]] = set()
        context.on("close", lambda _: self._lost())
        if self._attached:
            # Without a listener, Playwright would dismiss the dialogs of the operator's own tabs.
            context.on("dialog", self._leave_others)

    @property
    def works(self) -> bool:
        """Whether there is a tab, neither closed nor crashed, in a browser that lives."""
        return not self.gone and not self._crashed and self.page is not None and not self.page.is_closed()

    async def tab(self, origins: Sequence[str], *, step_seconds: float) -> tuple[Page, Guard]:
        """The tab, opened or opened anew where it crashed or refused to be left. Raises `SiteFault`."""
        if self.page is not None and (self._stays or not self.works):
            await self.close_tab()
        if self.page is None or self.guard is None:
            try:
                await self._open(origins, step_seconds)
            except Error as error:
                raise SiteFault(f"the browser could not open a tab: {error.message.splitlines()[0]}") from None
        if self.page is None or self.guard is None:
            raise SiteFault("the browser's tab closed as it opened")
        return self.page, self.guard

    async def rest(self) -> None:
        """Empty the tab, which gives back most of its memory; the session stays. The operator's own is left alone."""
        page = self.page
        if page is None or not self.works or self._attached:
            return
        self.rests += 1
        await _quietly(page.goto("about:blank"))
        await _quietly(self._collect(page))

    async def _collect(self, page: Page) -> None:
        cdp = await self.context.new_cdp_session(page)
        await cdp.send("HeapProfiler.collectGarbage")
        await cdp.detach()

    async def close_tab(self) -> None:
        """Close the tab; the context, and with it the session, stays."""
        page, self.page, self.guard, self.uploads = self.page, None, None, None
        self._crashed = self._stays = False
        if page is not None:
            await _quietly(page.close())

    async def close(self) -> None:
        """Leave: close the tab, and the context unless it is the operator's."""
        self.gone = True
        await self.close_tab()
        if not self._attached:
            await _quietly(self.context.close())

    async def know_cookies(self) -> None:
        """Keep the session's cookies out of logs and errors from now on; sites set them at any time."""
        # Of an attached browser only the pack's: the operator's others are nobody's business.
        found = await self.context.cookies(list(self._origins))
        now = tokens({"cookies": [dict(cookie) for cookie in found]})
        if now != self._cookies:
            LIVE.hold(f"tab:{self.account.id}", now | self._cookies)
            self._cookies = now

    async def clear_storage(self, origins: Sequence[str]) -> None:
        """Forget everything that these origins keep in the browser."""
        if self.page is not None and not self._attached:
            cdp = await self.context.new_cdp_session(self.page)
            for origin in origins:
                await cdp.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})

    async def _open(self, origins: Sequence[str], step_seconds: float) -> None:
        # A browser with a profile starts with an empty tab of its own.
        free = [page for page in self.context.pages if page.url == "about:blank" and not self._attached]
        page = free[0] if free else await self.context.new_page()
        page.set_default_timeout(step_seconds * 1000)
        page.on("crash", lambda _: self._crash())
        page.on("popup", self._close_window)
        if not self._attached:
            page.on("dialog", self._dismiss)
        page.on("framenavigated", lambda _: self._later(self.know_cookies()))
        self._origins = tuple(origins)
        guard = Guard(page, origins)
        cdp = await self.context.new_cdp_session(page)
        await guard.start(cdp)
        await self._hurry(cdp)
        if self._speed != 1:
            page.on("framenavigated", lambda frame: self._later(self._hurry_frame(page, guard, cdp, frame)))
        self.page, self.guard, self.uploads = page, guard, Uploads(page, self._folder)

    async def _hurry(self, cdp: CDPSession) -> None:
        if self._speed != 1:
            await cdp.send("Animation.setPlaybackRate", {"playbackRate": self._speed})

    async def _hurry_frame(self, page: Page, guard: Guard, cdp: CDPSession, frame: Frame) -> None:
        """Hurry what was just loaded. Every other session of the tab sets a new page to the ordinary speed, and frames
        of another site live in a process of their own, which the tab's session does not reach.
        """
        if frame is page.main_frame:
            await self._hurry(cdp)
            return
        if not guard.allows(frame.url) or origin_of(frame.url) == origin_of(page.url):
            return
        try:
            await self._hurry(await self.context.new_cdp_session(frame))
        except Error:
            return  # of the same site after all, or gone again

    def _crash(self) -> None:
        self._crashed = True

    def _lost(self) -> None:
        self.gone = True

    def _leave_others(self, dialog: Dialog) -> None:
        if dialog.page is not None and dialog.page is self.page:
            self._dismiss(dialog)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs = [*self.dialogs, f"{dialog.type}: {dialog.message}"][-_SAYINGS:]
        if dialog.type == "beforeunload":
            self._stays = True  # dismissing it means staying: the next job needs a tab that can go where it must
        self._later(dialog.dismiss())

    def _close_window(self, window: Page) -> None:
        self.windows = [*self.windows, window.url][-_SAYINGS:]
        self._later(window.close())

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Error:
        return  # what was to be closed is gone already
