"""What ours is measured against: raw scripts for the same job on the same page, a module a platform.

Each module has `naive(page, url, task)` and `tuned(page, url, task)`. The job is the same for all: from a living
session to an appeal that the site's own record list shows. Both press what a person would press, and know no addresses
but those that a browser's address bar shows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, Page

from bench.stage import Stage, Task

_HERE = Path(__file__).parent


class Rival(Protocol):
    """What each module here has. `page` is blank and signed in; `url` is the site's."""

    async def naive(self, page: Page, url: str, task: Task) -> None:
        """What a good engineer writes first: the page as a person sees it, expectations as waits."""

    async def tuned(self, page: Page, url: str, task: Task) -> None:
        """The fastest that still does the job: nothing waited for or looked up that need not be."""


def platforms() -> tuple[str, ...]:
    """The platforms that have raw scripts."""
    return tuple(sorted(found.stem for found in _HERE.glob("[a-z]*.py")))


def rival(platform: str) -> Rival:
    """A platform's raw scripts."""
    found: Rival = import_module(f"{__name__}.{platform}")
    return found


async def naive(browser: Browser, stage: Stage, state: dict[str, Any], task: Task) -> None:
    """The naive script in a context of its own, a new one for every case."""
    context = await browser.new_context(storage_state=state, locale="zh-CN")  # type: ignore[arg-type]
    await rival(stage.site.platform).naive(await context.new_page(), stage.site.url, task)
    await context.close()


async def naive_all(browser: Browser, stage: Stage, states: Sequence[dict[str, Any]], tasks: Sequence[Task]) -> None:
    """All at once, as `gather` makes easy."""
    await asyncio.gather(*(naive(browser, stage, s, t) for s, t in zip(states, tasks, strict=True)))


async def tuned_page(browser: Browser, state: dict[str, Any]) -> Page:
    """The tab that the tuned script keeps: animations sped up."""
    context = await browser.new_context(storage_state=state, locale="zh-CN")  # type: ignore[arg-type]
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Animation.enable")
    await cdp.send("Animation.setPlaybackRate", {"playbackRate": 50})
    return page


async def tuned(browser: Browser, stage: Stage, state: dict[str, Any], task: Task) -> None:
    """The tuned script on the first case of a tab."""
    page = await tuned_page(browser, state)
    await rival(stage.site.platform).tuned(page, stage.site.url, task)
    await page.context.close()


def spaced(word: str) -> re.Pattern[str]:
    """A button's word of two characters, between which some libraries write a space."""
    return re.compile(rf"^{word[0]}\s*{word[1:]}$")
