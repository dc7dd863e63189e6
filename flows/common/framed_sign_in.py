"""A sign-in by password in a frame that the site may replace while one types: what was typed goes with it."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from automation.errors import ElementMissing, FlowError, SiteFault
from automation.model import Account, SignIn
from automation.site import Site
from flows.common.sign_in import StoreSignIn

TYPINGS: Final = 5


class FramedSignIn(StoreSignIn):
    """Types anew what a replaced frame has lost.

    A wrong password is given once, and twice at most: where the site forgets the name that it refused.
    """

    async def say_who(self, site: Site, account: Account) -> str:
        if account.sign_in is not SignIn.PASSWORD:
            return await super().say_who(site, account)
        lost: FlowError = SiteFault("the sign-in does not keep what is typed", key="login.account")
        refused = False
        for _ in range(TYPINGS):
            try:
                await self.give_password(site)
            except ElementMissing as missing:  # the new frame shows another tab
                lost = missing
                continue
            if not await self._named(site, account):
                continue
            if refused and await site.here("refused"):  # what it said of the empty form stays
                if (here := await self.first_step(site)) != "login":
                    return here
                continue
            await site.click("login.enter")
            here = await self.next_step(site, "login")
            if here != "refused" or refused or await self._named(site, account):
                return here
            refused = True  # the frame was replaced just before the click: it was an empty form
        raise lost

    async def _named(self, site: Site, account: Account) -> bool:
        """Whether the frame shows who signs in: a wrong password leaves that, a new frame does not."""
        with suppress(ElementMissing):  # the frame is replaced just now
            if await site.shows("login.account"):
                return "".join((await site.read("login.account")).split()) == "".join(account.login.split())
        return False
