"""A page on paper: HTML of our own as a PDF, printed by whatever Chromium is there."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Error, PdfMargins, async_playwright

from automation.browser.launch import find_browser
from automation.browser.sessions import Launching
from automation.errors import BrowserUnavailable
from automation.settings import Settings

_PATIENCE: Final = 120_000.0  # milliseconds; many pictures take their time
_MARGINS: Final[PdfMargins] = {"top": "16mm", "bottom": "18mm", "left": "16mm", "right": "16mm"}


async def printed(settings: Settings, html: str, *, footer: str = "<span></span>") -> bytes:
    """The page as A4 sheets. It runs no script and reaches nothing: whatever it shows must be in it.

    `footer`: HTML at the foot of each sheet; Chromium fills in the classes `pageNumber` and `totalPages`. Raises
    `BrowserUnavailable` where there is no browser, or it breaks.
    """
    unseen = settings.model_copy(update={"headless": True})
    found = find_browser(unseen)
    async with async_playwright() as playwright:
        with Launching(found, unseen) as options:
            browser = await playwright.chromium.launch(**options)
        try:
            context = await browser.new_context(java_script_enabled=False, offline=True, service_workers="block")
            page = await context.new_page()
            await page.set_content(html, timeout=_PATIENCE)
            return await page.pdf(
                format="A4",
                margin=_MARGINS,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=footer,
                print_background=True,
                tagged=True,
                outline=True,
            )
        except Error as error:
            raise BrowserUnavailable(
                f"{found.path} ({found.what}) did not print: {error.message.splitlines()[0]}", hint="try again"
            ) from None
        finally:
            await browser.close()
