"""What the engine holds while it works with one account: the tab as a `Site`, and everything that is not a flow's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from playwright.async_api import Error, Page

from automation.browser.capture import leave_behind, picture_of
from automation.browser.challenge import SignInHand
from automation.browser.reach import RowMoved
from automation.browser.rowshot import RowShot, shoot_row
from automation.browser.seat import Seat
from automation.browser.submit import press_submit
from automation.browser.tab import Tab
from automation.errors import FlowError, SiteFault
from automation.model import Intent, SessionMode
from automation.pack import Channel, Pack
from automation.site import Row
from automation.vault import Vault

After = Callable[[Seat], Awaitable[None]]

_LOOK: Final = 3.0  # seconds for the browser to say what it has


class Session:
    """One job's use of an account's tab. End it with `keep`, `leave`, `forget` or `close`."""

    def __init__(
        self, seat: Seat, page: Page, site: Tab, hand: SignInHand, pack: Pack, *, vault: Vault, drop: After, idle: After
    ) -> None:
        self.site = site
        self._seat = seat
        self.page = page  # for this package; everybody else has `site`
        self.hand = hand  # for this package
        self._pack = pack
        self._vault = vault
        self._drop = drop
        self._idle = idle

    @property
    def tab(self) -> object:
        """Equal as long as the account's tab is the same: what one job left there, the next one finds."""
        return self.page, self._seat.rests

    @property
    def lives(self) -> bool:
        """Whether the tab is still there. Where it crashed or the browser went, only a new session helps."""
        return self._seat.works and self._seat.page is self.page

    @property
    def dialogs(self) -> tuple[str, ...]:
        """What alert, confirm and beforeunload boxes said; all were dismissed."""
        return tuple(self._seat.dialogs)

    @property
    def windows(self) -> tuple[str, ...]:
        """The addresses of windows that the page opened; all were closed."""
        return tuple(self._seat.windows)

    async def screenshot(self) -> bytes:
        """What the tab shows now (PNG), secret fields covered. Raises `SiteFault`."""
        try:
            return await picture_of(self.page, self.hand.typed)
        except Error as error:
            raise SiteFault(f"no picture of the page could be taken: {error.message.splitlines()[0]}") from None

    async def row_shot(self, row: Row, text: str, passages: Sequence[str], known: Collection[str] = ()) -> RowShot:
        """A picture of a row that was read in this session. See `automation.browser.rowshot`."""
        try:
            return await shoot_row(self.site, row, text, passages, known)
        except (Error, RowMoved) as error:
            raise SiteFault(f"no picture of a row could be taken: {str(error).partition(chr(10))[0]}") from None

    async def know_cookies(self) -> None:
        """Before something is told of the page: its cookies are in no log and no error. Raises nothing."""
        with suppress(Error, TimeoutError):  # where the browser is gone, or hangs
            async with asyncio.timeout(_LOOK):
                await self._seat.know_cookies()

    async def failure(self, name: str, folder: Path) -> list[Path]:
        """Leave `name`.png and `name`.zip (a Playwright trace) in the folder; what cannot be had is left out."""
        await self.know_cookies()
        return await leave_behind(self.page, self._seat.tracer, name, folder, self.hand.typed)

    async def press_submit(self, intent: Intent, channel: Channel) -> FlowError | None:
        """The irreversible click, for an intent that is written. See `automation.browser.submit`."""
        return await press_submit(self.site, intent, channel)

    async def keep(self) -> None:
        """Keep the account's session for the next time, and leave the tab to it. Raises `SiteFault`."""
        account = self._seat.account
        try:
            if account.session is SessionMode.MANAGED:
                state = await self._seat.context.storage_state()
                await asyncio.to_thread(self._vault.set_state, account.id, dict(state))
            else:
                await self._seat.know_cookies()
            if self._seat.tracer is not None:
                await self._seat.tracer.drop()
        except Error as error:
            raise SiteFault(
                f"the session of account {account.id} could not be kept: {error.message.splitlines()[0]}"
            ) from None
        finally:
            await self._idle(self._seat)

    async def leave(self) -> None:
        """Leave the tab to the account's next job; what was kept of the session stays as it was. Raises `SiteFault`."""
        try:
            if self._seat.tracer is not None:
                await self._seat.tracer.drop()
        except Error as error:
            raise SiteFault(f"the trace could not be ended: {error.message.splitlines()[0]}") from None
        finally:
            await self._idle(self._seat)

    async def forget(self) -> None:
        """Forget the account's session: the next one starts signed out. Of an attached browser, only our tab goes."""
        account = self._seat.account
        if account.session is not SessionMode.ATTACH:
            await asyncio.to_thread(self._vault.set_state, account.id, None)
            with suppress(Error):  # where the context is gone, what it kept was in the vault
                await self._seat.context.clear_cookies()
                await self._seat.clear_storage(self._pack.origins)
        await self._drop(self._seat)

    async def close(self) -> None:
        """Close tab and context without keeping the session as it is now."""
        await self._drop(self._seat)
