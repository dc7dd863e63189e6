"""A worker in a process of its own whose flows fail where they are told to, saying everything that the page holds."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

from automation.browser.tab import Tab
from automation.engine import Worker
from automation.errors import Drift, SessionDead
from automation.flow import Flow, flow_for
from automation.model import SignIn
from automation.office import Office
from automation.secret import PASSPHRASE

logger = logging.getLogger("bench.prove.page")

FAILS: Final = ("drift", "defect", "dies")
"""How a step fails: the page is not as known, the program is wrong, the session is dead (once)."""

_HOLDS: Final = """() => [...document.querySelectorAll("input")].map((one) => one.value).join(" ")
  + " " + (document.body ? document.body.innerText : "") + " " + location.href"""


@dataclass(frozen=True, slots=True)
class Bait:
    """One account, how it signs in, and at which call to the page (from 1; 0: none) its flow fails, how.

    `wrong`: what is wrong with it, `password` or `code`; `factor` what is asked after it, `totp` or `risk`.
    """

    account: str
    sign_in: SignIn
    factor: str = ""
    at: int = 0
    fails: str = "drift"
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to do. `out` gets what it prints, `typed` where fields stood that held something."""

    home: Path
    passphrase: str
    baits: tuple[Bait, ...]
    out: Path
    typed: Path


def work(order: Order) -> None:
    """Work until idle, as `appealdesk run` does. The process's whole life."""
    with order.out.open("ab", buffering=0) as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    os.environ[PASSPHRASE] = order.passphrase
    office = Office(order.home)
    office.keep_log()
    flows = _Flows({bait.account: bait for bait in order.baits}, order.typed)
    worker = Worker(office.settings, office.log, office.vault, office.packs, report=print, flow_of=flows.of)
    asyncio.run(worker.run_until_idle())
    office.close()


class _Flows:
    def __init__(self, baits: dict[str, Bait], typed: Path) -> None:
        self._baits = baits
        self._typed = typed
        self._at: dict[Page, Bait] = {}
        self._calls: Counter[str] = Counter()

    def of(self, platform: str) -> Flow:
        flow: Flow = _BaitedFlow(flow_for(platform), self)  # type: ignore[assignment]
        return flow

    def entered(self, site: Tab, rest: tuple[Any, ...]) -> None:
        if rest and getattr(rest[0], "id", None) in self._baits:
            self._at[site.page] = self._baits[rest[0].id]

    async def called(self, site: Tab, step: str) -> None:
        """Fail, if it is the turn of this call."""
        bait = self._at.get(site.page)
        if bait is None:
            return
        self._calls[bait.account] += 1
        if self._calls[bait.account] != bait.at:
            return
        held = [await frame.evaluate(_HOLDS) for frame in site.page.frames]
        cookies = [cookie.get("value") for cookie in await site.page.context.cookies()]
        said = f"{step}: the page holds {held}, the browser {cookies}"
        logger.debug("about to fail: %s", held, extra={"held": held})  # no library of ours logs a browser's cookies
        if "click" in step:
            await self._remember(site.page, bait)
        match bait.fails:
            case "drift":
                raise Drift(said, key="login.enter", seen=str(held))
            case "dies":
                raise SessionDead(said)
            case _:
                raise RuntimeError(said)

    async def _remember(self, page: Page, bait: Bait) -> None:
        """Where filled fields stand: in the picture of the failure, each must be covered if it held a secret."""
        places = []
        for frame in page.frames:
            fields = frame.locator("input")
            for number in range(await fields.count()):
                one = fields.nth(number)
                if await one.is_visible() and (value := await one.input_value()):
                    places.append([value, await one.bounding_box()])
        with self._typed.open("a", encoding="utf-8") as out:
            out.write(json.dumps([bait.account, places]) + "\n")


class _BaitedFlow:
    def __init__(self, flow: Flow, flows: _Flows) -> None:
        self._flow = flow
        self._flows = flows

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._flow, name)

        async def entered(site: Tab, *rest: Any) -> Any:
            self._flows.entered(site, rest)
            return await method(_BaitedSite(site, name, self._flows), *rest)

        return entered


class _BaitedSite:
    def __init__(self, site: Tab, where: str, flows: _Flows) -> None:
        self._site = site
        self._where = where
        self._flows = flows

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._site, name)

        async def called(*given: Any, **named: Any) -> Any:
            await self._flows.called(self._site, f"before {self._where}: {name} {given[:1]}")
            return await method(*given, **named)

        return called
