"""One browser, a context for every account, and a tab in it that is used again.

`managed` accounts share one browser and keep their sessions in the vault; `profile` accounts have a browser with a
folder of their own, whose contents the browser keeps as it likes; `attach` accounts work in a tab of the operator's own
Chrome, where nothing else is touched.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

from playwright.async_api import Browser, BrowserContext, Error, Playwright, async_playwright

from automation.browser.capture import Tracer
from automation.browser.challenge import SignInHand
from automation.browser.launch import BrowserFound, find_browser
from automation.browser.raw_traces import RawTraces
from automation.browser.seat import Seat
from automation.browser.session import Session
from automation.browser.tab import Tab
from automation.desk import Desk
from automation.errors import BrowserUnavailable, SiteFault
from automation.model import Account, SessionMode, Store
from automation.pack import Pack
from automation.settings import Settings
from automation.vault import Vault

# What the merchants' own browsers say; the size of a common screen.
_REST: Final = 3.0  # seconds without a job, after which a tab is emptied
_LOOKS: Final[dict[str, Any]] = {
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "viewport": {"width": 1440, "height": 900},
    "accept_downloads": False,
    "service_workers": "block",  # they answer requests that nothing here would see
}


class Browsers:
    """`async with Browsers(...) as browsers`, then `await browsers.session(...)`. Nothing starts before it is needed.

    For one event loop. Raises `BrowserUnavailable` where no browser can be had.
    """

    def __init__(self, settings: Settings, vault: Vault, desk: Desk) -> None:
        self._settings = settings
        self._vault = vault
        self._desk = desk
        self._playwright: Playwright | None = None
        self._shared: Browser | None = None
        self._theirs: dict[str, Browser] = {}
        self._seats: dict[str, Seat] = {}
        self._starting = asyncio.Lock()
        self._seating: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._numbers = count(1)
        self._matched: defaultdict[str, dict[str, int]] = defaultdict(dict)  # by the pack's digest
        self._resting: set[asyncio.Task[None]] = set()
        self._raw = RawTraces(settings.home / "raw-traces")
        self.found: BrowserFound | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._resting:
            task.cancel()
        seats, self._seats = list(self._seats.values()), {}
        for seat in seats:
            await seat.close()
        for browser in [*self._theirs.values(), *([self._shared] if self._shared else [])]:
            await _close(browser)  # an attached one is only let go
        if self._playwright is not None:
            await self._playwright.stop()
        self._raw.close()

    async def session(self, account: Account, store: Store, pack: Pack) -> Session:
        """The account's tab, with the session that was kept. One at a time for an account.

        Raises `BrowserUnavailable` where there is no browser, `SiteFault` where it broke and a new try may help.
        """
        async with self._seating[account.id]:
            seat = self._seats.get(account.id)
            if seat is not None and (seat.gone or seat.account != account):
                await seat.close()
                seat = None
            if seat is None:
                seat = self._seats[account.id] = await self._seat(account)
            seat.busy, seat.used = True, next(self._numbers)
            try:
                page, guard = await seat.tab(pack.origins, step_seconds=self._settings.step_seconds)
                if seat.uploads is not None:
                    seat.uploads.forget()
                if seat.tracer is not None:
                    await seat.tracer.begin()
            except (SiteFault, Error) as error:
                await self._drop(seat)
                raise SiteFault(f"the browser of account {account.id} does not work: {error}") from None
        reachable = account.session is SessionMode.ATTACH or not self._settings.headless
        hand = SignInHand(
            account, store, vault=self._vault, desk=self._desk, guard=guard, page=page, reachable=reachable
        )
        site = Tab(
            page,
            pack,
            hand=hand,
            step_seconds=self._settings.step_seconds,
            uploads=seat.uploads,
            matched=self._matched[pack.digest],
        )
        return Session(seat, page, site, hand, pack, vault=self._vault, drop=self._drop, idle=self._trim)

    # --- browsers

    async def _seat(self, account: Account) -> Seat:
        try:
            context = await self._context(account)
        except Error as error:
            raise SiteFault(f"the browser broke while account {account.id} was seated: {_first(error)}") from None
        traces = self._settings.traces
        traced = traces != "off" and account.session is not SessionMode.ATTACH  # never the operator's other tabs
        tracer = Tracer(context, self._raw.folder, full=traces == "full") if traced else None
        return Seat(account, context, tracer, self._raw.open(), speed=self._settings.animation_speed)

    async def _context(self, account: Account) -> BrowserContext:
        match account.session:
            case SessionMode.MANAGED:
                browser = await self._launched()
                state: Any = await asyncio.to_thread(self._vault.state, account.id)
                return await browser.new_context(**_LOOKS, storage_state=state)
            case SessionMode.PROFILE:
                return await self._with_profile(account)
            case SessionMode.ATTACH:
                browser = await self._attached(account)
                return browser.contexts[0]

    async def _driver(self) -> Playwright:
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        return self._playwright

    async def _launched(self) -> Browser:
        async with self._starting:
            if self._shared is not None and self._shared.is_connected():
                return self._shared
            playwright = await self._driver()
            with Launching(self._look(), self._settings) as options:
                self._shared = await playwright.chromium.launch(**options, traces_dir=self._raw.open())
            return self._shared

    async def _with_profile(self, account: Account) -> BrowserContext:
        async with self._starting:
            playwright = await self._driver()
            folder = profile_folder(self._settings.home, account.id)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with Launching(self._look(), self._settings) as options:
                return await playwright.chromium.launch_persistent_context(
                    folder, **options, **_LOOKS, traces_dir=self._raw.open()
                )

    async def _attached(self, account: Account) -> Browser:
        async with self._starting:
            browser = self._theirs.get(account.endpoint)
            if browser is not None and browser.is_connected():
                return browser
            playwright = await self._driver()
            try:
                browser = await playwright.chromium.connect_over_cdp(
                    account.endpoint, no_defaults=True, timeout=self._settings.step_seconds * 1000
                )
            except Error as error:
                raise BrowserUnavailable(
                    f"no browser answers at {account.endpoint!r} for account {account.id}: {_first(error)}",
                    hint="start Chrome with --remote-debugging-port and its own --user-data-dir, and sign in there",
                ) from None
            self._theirs[account.endpoint] = browser
            return browser

    def _look(self) -> BrowserFound:
        if self.found is None:
            self.found = find_browser(self._settings)
        return self.found

    # --- what is open

    async def _drop(self, seat: Seat) -> None:
        """Close an account's context; the next session opens a new one."""
        if self._seats.get(seat.account.id) is seat:
            del self._seats[seat.account.id]
        await seat.close()

    async def _trim(self, seat: Seat) -> None:
        """A job has left its tab: close the tabs that were idle longest, beyond the number that may stay open, and
        let this one rest soon.
        """
        seat.busy = False
        task = asyncio.create_task(self._rest(seat, seat.used))
        self._resting.add(task)
        task.add_done_callback(self._resting.discard)
        idle = [one for one in self._seats.values() if one.page is not None and not one.busy]
        for one in sorted(idle, key=lambda seat: seat.used)[: -self._settings.tabs_open]:
            async with self._seating[one.account.id]:
                if not one.busy:
                    await one.close_tab()

    async def _rest(self, seat: Seat, used: int) -> None:
        await asyncio.sleep(_REST)
        async with self._seating[seat.account.id]:
            if seat.used == used and not seat.busy:
                await seat.rest()


class Launching:
    """The options of a launch; an error within says what to do about a browser that does not start."""

    def __init__(self, found: BrowserFound, settings: Settings) -> None:
        self._found = found
        self._options = {
            "executable_path": found.path,
            "headless": settings.headless,
            # Linux may forbid the sandbox to ordinary users, and forbids it to root.
            "chromium_sandbox": sys.platform in ("win32", "darwin"),
            # The program stops between two steps, and closes the browser itself.
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
        }

    def __enter__(self) -> dict[str, Any]:
        return self._options

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, Error):
            raise BrowserUnavailable(
                f"{self._found.path} ({self._found.what}) does not start: {_reason(error)}",
                hint="start it by hand to see why, or set browser_path to another Chromium",
            ) from None


def profile_folder(home: Path, account: str) -> Path:
    """Where an account's profile lies: its id where that is a plain word, else a digest of it."""
    plain = account.isascii() and account.replace("-", "").replace("_", "").isalnum() and account == account.lower()
    return home / "profiles" / (account if plain else sha256(account.encode()).hexdigest()[:16])


async def _close(browser: Browser) -> None:
    try:
        await browser.close()
    except Error:
        return  # it crashed, or was closed by hand


def _first(error: Error) -> str:
    return error.message.splitlines()[0]


def _reason(error: Error) -> str:
    """The line of a launch error that a person can use: the browser's own complaint, not the list of its switches."""
    lines = [line.strip() for line in error.message.splitlines() if line.strip()]
    said = [line for line in lines if "[err]" in line or "ERROR" in line or "error while" in line]
    return (said or lines or ["no reason given"])[0][:300]
