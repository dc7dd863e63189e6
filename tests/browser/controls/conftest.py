"""One browser for all of these tests, in an event loop of its own thread; async tests run there.

Playwright's synchronous face, which other tests may use, does not go together with an event loop in the same thread.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from automation.browser.controls.upload import Uploads
from automation.browser.hand import Hand
from automation.browser.tab import Tab
from tests.browser.controls import packs
from tests.browser.controls.site import Switches, serve
from tests.loop import Loop

BROWSERS = ("/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium")


_loops: list[Loop] = []


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine in the browser's loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    _loops[0].run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


class Window:
    """A page that is used again from test to test: a library's scripts are compiled once in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.uploads = Uploads(page)
        self.taken = False

    @classmethod
    async def open(cls, context: BrowserContext) -> Self:
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        await session.send("Animation.enable")
        await session.send("Animation.setPlaybackRate", {"playbackRate": 50})
        return cls(page)


class Bench:
    """Opens widget pages."""

    def __init__(self, context: BrowserContext, origin: str, switches: Switches, loop: Loop) -> None:
        self.context = context
        self.origin = origin
        self.switches = switches
        self._loop = loop
        self._windows: list[Window] = []

    async def window(self) -> Window:
        """One that no other part of the test has."""
        window = next((one for one in self._windows if not one.taken and not one.page.is_closed()), None)
        if window is None:
            window = await Window.open(self.context)
            self._windows.append(window)
        window.taken = True
        window.uploads.forget()
        return window

    async def page(self) -> Page:
        return (await self.window()).page

    async def tab(self, library: str, *, seconds: float = 4, **asked: str) -> Tab:
        """A tab on a library's widget page. `library` as in `packs.LIBRARIES`."""
        pack = packs.widget_pack(library, self.origin, **asked)
        window = await self.window()
        tab = Tab(window.page, pack, hand=packs.NoHand(), step_seconds=seconds, uploads=window.uploads)
        await tab.arrive("widgets", start="widgets", timeout=30)
        return tab

    async def plain(self, html: str, pack: dict[str, Any], *, seconds: float = 2, hand: Hand | None = None) -> Tab:
        """A tab on a page of plain HTML."""
        window = await self.window()
        await window.page.goto(f"{self.origin}/blank.html")
        await window.page.set_content(html)
        plain = packs.plain_pack(self.origin, **pack)
        return Tab(window.page, plain, hand=hand or packs.NoHand(), step_seconds=seconds, uploads=window.uploads)

    def tidy(self) -> None:
        """Leave one empty window to the next test; the mouse lies where it hovers over nothing."""

        async def tidy() -> None:
            kept = next((one for one in self._windows if not one.page.is_closed()), None)
            for window in self._windows:
                if window is not kept:
                    await window.page.close()
            self._windows = [kept] if kept else []
            if kept:
                kept.taken = False
                await kept.page.unroute_all(behavior="ignoreErrors")
                await kept.page.goto("about:blank")
                await kept.page.mouse.move(0, 0)

        self._loop.run(tidy())


def query(asked: dict[str, str]) -> str:
    return urlencode(asked)


def _browser() -> str | None:
    return next((one for one in BROWSERS if Path(one).exists()), None)


@asynccontextmanager
async def _launched() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_browser())
        context = await browser.new_context(viewport={"width": 1200, "height": 900})  # one, so that bundles are cached
        yield context
        await browser.close()


@contextmanager
def _loop() -> Iterator[Loop]:
    with Loop() as loop:
        _loops.append(loop)
        yield loop
        _loops.remove(loop)


@pytest.fixture(scope="session")
def _bench() -> Iterator[Bench]:
    with _loop() as loop, serve() as (origin, switches):
        launched = _launched()
        context = loop.run(launched.__aenter__())
        yield Bench(context, origin, switches, loop)
        loop.run(launched.__aexit__(None, None, None))


@pytest.fixture
def bench(_bench: Bench) -> Iterator[Bench]:
    _bench.switches.release.set()
    yield _bench
    _bench.switches.release.set()
    _bench.tidy()
