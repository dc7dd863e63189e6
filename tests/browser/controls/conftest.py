"""One browser for all of these tests, in an event loop of its own thread; async tests run there.

Playwright's synchronous face, which other tests may use, does not go together with an event loop in the same thread.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

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


class Bench:
    """Opens widget pages."""

    def __init__(self, context: BrowserContext, origin: str, switches: Switches, loop: Loop) -> None:
        self.context = context
        self.origin = origin
        self.switches = switches
        self._loop = loop
        self._pages: list[Page] = []

    async def page(self) -> Page:
        page = await self.context.new_page()
        session = await self.context.new_cdp_session(page)
        await session.send("Animation.enable")
        await session.send("Animation.setPlaybackRate", {"playbackRate": 50})
        self._pages.append(page)
        return page

    async def tab(self, library: str, *, seconds: float = 4, **asked: str) -> Tab:
        """A tab on a library's widget page. `library` as in `packs.LIBRARIES`."""
        pack = packs.widget_pack(library, self.origin, **asked)
        tab = Tab(await self.page(), pack, hand=packs.NoHand(), step_seconds=seconds)
        await tab.arrive("widgets", start="widgets", timeout=30)
        return tab

    async def plain(self, html: str, pack: dict[str, Any], *, seconds: float = 2) -> Tab:
        """A tab on a page of plain HTML."""
        page = await self.page()
        await page.goto(f"{self.origin}/blank.html")
        await page.set_content(html)
        return Tab(page, packs.plain_pack(self.origin, **pack), hand=packs.NoHand(), step_seconds=seconds)

    def close(self) -> None:
        async def shut() -> None:
            for page in self._pages:
                await page.close()

        self._loop.run(shut())
        self._pages.clear()


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
def _session() -> Iterator[tuple[BrowserContext, str, Switches, Loop]]:
    with _loop() as loop, serve() as (origin, switches):
        launched = _launched()
        context = loop.run(launched.__aenter__())
        yield context, origin, switches, loop
        loop.run(launched.__aexit__(None, None, None))


@pytest.fixture
def bench(_session: tuple[BrowserContext, str, Switches, Loop]) -> Iterator[Bench]:
    bench = Bench(*_session)
    bench.switches.release.set()
    yield bench
    bench.switches.release.set()
    bench.close()
