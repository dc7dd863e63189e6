"""Whether the browser works at all, before there is any work for it."""

from __future__ import annotations

import asyncio

from playwright.async_api import Error, async_playwright

from automation.browser.launch import find_browser
from automation.browser.sessions import Launching
from automation.errors import BrowserUnavailable
from automation.settings import Settings

_PAGE = "<title>申诉</title>"


def start(settings: Settings) -> str:
    """Start the browser that the worker uses and let it show a page; what it is. Raises `BrowserUnavailable`."""
    return asyncio.run(_start(settings))


async def _start(settings: Settings) -> str:
    found = find_browser(settings)
    async with async_playwright() as playwright:
        with Launching(found, settings) as options:
            browser = await playwright.chromium.launch(**options)
        try:
            page = await browser.new_page()
            await page.set_content(_PAGE)
            await page.screenshot()
        except Error as error:
            raise BrowserUnavailable(
                f"{found.path} starts and shows no page: {error.message.splitlines()[0]}",
                hint="install another Chromium, or set browser_path to one",
            ) from None
        said = f"{found.what} {browser.version}, {found.path}"
        await browser.close()
        return said
