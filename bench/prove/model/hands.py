"""A worker's hands without a browser: the flow, the tab and the session, speaking to the server in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from automation.browser.session import Session
from automation.browser.sessions import Browsers
from automation.errors import FlowError, SessionDead, SiteFault
from automation.model import (
    Account,
    Filling,
    Form,
    Intent,
    Notice,
    ReadBack,
    Records,
    Review,
    Store,
    Uploaded,
)
from automation.pack import Channel, Pack
from automation.site import Site
from bench.prove.model.promises import Promises
from bench.prove.model.server import Click, Server
from bench.prove.model.stage import Stage


@dataclass
class Page:
    """What an account's tab holds in one process."""

    stage: Stage
    server: Server
    promises: Promises
    store: str
    shown: Filling | None = None

    async def read(self, _key: str) -> str:
        """See `Site`."""
        return ""

    async def heed(self, _key: str) -> None:
        """See `Site`."""


@dataclass
class Hands:
    """A `Flow`. Its forms show what they were filled with; all else is for the contract tests."""

    page: Page

    async def sign_in(self, _site: Site, _account: Account, _store: Store) -> None:
        """See `Flow`."""
        await self.page.stage.point("sign_in", lambda: None)

    async def store_shown(self, _site: Site) -> str:
        """See `Flow`."""
        return self.page.store

    async def open_form(self, _site: Site, _channel: str, review: Review) -> Form:
        """See `Flow`."""
        return await self.page.stage.point("open_form", lambda: self._open(review))

    def _open(self, review: Review) -> Form:
        self.page.shown = None
        match "fine" if self.page.server.calm else self.page.server.choose("form", ("fine", "fault", "signed_out")):
            case "fault":
                raise SiteFault("系统繁忙")
            case "signed_out":
                raise SessionDead("登录已失效")
        return Form(review.order_no)

    async def fill(self, _site: Site, _channel: str, filling: Filling) -> None:
        """See `Flow`."""

        def fill() -> None:
            self.page.shown = filling

        await self.page.stage.point("fill", fill)

    async def read_back(self, _site: Site, _channel: str) -> ReadBack:
        """See `Flow`."""
        shown = self.page.shown
        assert shown is not None, "nothing is filled in"
        packet = shown.packet
        uploads = tuple(Uploaded(piece.name, piece.sha256, accepted=True) for piece in packet.evidence)
        return ReadBack(self.page.store, packet.review.order_no, shown.reason_label, packet.description, uploads)

    async def records(self, _site: Site, _channel: str, _since: datetime) -> Records:
        """See `Flow`."""
        return await self.page.stage.point("records", self.page.server.listing)

    async def notices(self, _site: Site, _since: datetime) -> tuple[Notice, ...]:
        """See `Flow`."""
        return ()


@dataclass
class Tab:
    """A `Session`."""

    page: Page
    lives: bool = True
    tab: object = field(default_factory=object)

    @property
    def site(self) -> Site:
        """See `Session`."""
        return cast("Site", self.page)

    async def press_submit(self, intent: Intent, _channel: Channel) -> FlowError | None:
        """See `Session`. The click itself is one step with the last check before it."""
        shown = self.page.shown
        assert shown is not None, "nothing is filled in"
        self.page.promises.pressed(intent, shown)
        try:
            said = self.page.server.click(Click(intent, shown))
        finally:
            self.page.shown = None
        await self.page.stage.point("pressed", lambda: None)
        return said

    async def screenshot(self) -> bytes:
        """See `Session`."""
        return b"a picture"

    async def failure(self, _name: str, _folder: Path) -> list[Path]:
        """See `Session`."""
        return []

    async def keep(self) -> None:
        """See `Session`."""

    async def leave(self) -> None:
        """See `Session`."""

    async def know_cookies(self) -> None:
        """See `Session`."""

    async def forget(self) -> None:
        """See `Session`."""


@dataclass
class Sessions:
    """`Browsers`: one tab for the account in this process."""

    tab: Tab

    async def session(self, _account: Account, _store: Store, _pack: Pack) -> Session:
        """See `Browsers`."""
        return cast("Session", self.tab)


def browsers(page: Page) -> Browsers:
    """A process's browser."""
    return cast("Browsers", Sessions(Tab(page)))
