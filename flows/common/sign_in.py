"""The way into a back-office where one login reaches several stores: who one is, checks, the store, inside.

The pages and elements have the same keys everywhere (`selectors/base/merchant.yaml`); a platform's flow replaces what
is done otherwise there.
"""

from __future__ import annotations

from automation.errors import (
    ChallengeUnanswered,
    Drift,
    ElementMissing,
    PageUnknown,
    ReviewMissing,
    SessionDead,
    WrongStore,
)
from automation.model import Account, Medium, SignIn, Store
from automation.site import Site

# Where a step can lead. A check may lie over the page that it guards, so checks are looked for first.
STEPS = ("check", "totp", "risk", "refused", "business", "stores", "inside")
AFTER_CHECK = ("totp", "risk", "refused", "business", "stores", "inside")


class StoreSignIn:
    """Signs in, step by step, as the site asks."""

    async def sign_in(self, site: Site, account: Account, store: Store) -> None:
        here = await self.first_step(site)
        for _ in (*STEPS, "login"):  # in any order, or not at all, and each about once
            if here == "inside":
                break
            try:
                here = await self._pass(site, here, account, store)
            except SessionDead:  # the site went on by itself: what was seen was only passing
                here = await self.next_step(site, here)
            except ElementMissing:
                if not await site.here(*(step for step in STEPS if step != here)):
                    raise
                here = await self.next_step(site, here)
        if (shown := await self.store_shown(site)) != " ".join(store.name.split()):
            await self._change_store(site, store, shown)

    async def first_step(self, site: Site) -> str:
        """Go to the back-office, and say where that leads."""
        return await site.arrive("check", "business", "stores", "login", "inside", start="inside")

    async def say_who(self, site: Site, account: Account) -> str:
        """Give one's name, and what proves it; returns the step that follows."""
        if account.sign_in is SignIn.QR:
            if not await site.shows("login.qr"):
                await site.click("login.qr_tab")
            return await self._show_qr(site)
        if account.sign_in is SignIn.SMS:
            if not (await site.shows("login.phone") and await site.shows("login.send_code")):
                await site.click("login.phone_tab")
            await self._agree(site)
            await site.type_secret("login.phone", "login")
            await site.click("login.send_code")
            await site.ask("login.code", Medium.SMS, destination=f"{account.login[:3]}****{account.login[-4:]}")
        else:
            await self.give_password(site)
        await site.click("login.enter")
        return await self.next_step(site, "login")

    async def give_password(self, site: Site) -> None:
        """Type one's name and password, where they are asked for."""
        if not (await site.shows("login.account") and await site.shows("login.password")):
            await site.click("login.account_tab")
        await self._agree(site)
        await site.type_secret("login.account", "login")
        await site.type_secret("login.password", "password")

    async def _show_qr(self, site: Site) -> str:
        for _ in range(9):  # a code lives for about a minute
            if await site.shows("login.qr_refresh"):
                await site.click("login.qr_refresh")
            prompt = "scan it with the platform's app"
            here = await site.hand_over(Medium.QR, *STEPS, "qr_expired", picture="login.qr", prompt=prompt)
            if here != "qr_expired":
                return here
        raise ChallengeUnanswered("nobody scanned the QR code")

    async def _agree(self, site: Site) -> None:
        if await site.shows("login.agreement"):
            await site.set("login.agreement", True)

    async def store_shown(self, site: Site) -> str:
        """The current store as the page names it."""
        return await site.read("header.store")

    async def next_step(self, site: Site, here: str) -> str:
        """Wait for the step after this one. What nobody foresaw is for a person."""
        try:
            return await site.arrive(*(step for step in STEPS if step != here))
        except PageUnknown as unknown:
            prompt = f"the sign-in asks for something new: {unknown}"
            try:
                return await site.hand_over(Medium.OTHER, "stores", "inside", prompt=prompt)
            except ChallengeUnanswered as late:
                raise ChallengeUnanswered(f"{late.message}; {prompt}", hint=late.hint) from unknown

    async def _pass(self, site: Site, here: str, account: Account, store: Store) -> str:
        match here:
            case "login":
                return await self.say_who(site, account)
            case "refused":
                hint = "check the password in the vault, and give the newest code only"
                raise ChallengeUnanswered("the site refused the sign-in", hint=hint)
            case "check":  # a slider, a face, a device
                if await site.here("login"):  # it lies over that
                    return await site.hand_over(Medium.SLIDER, *AFTER_CHECK)
                return await site.hand_over(Medium.SLIDER, *AFTER_CHECK, "login")
            case "totp":
                await site.type_totp("totp.code")
                if await site.shows("totp.enter"):  # some go on by themselves
                    await site.click("totp.enter")
            case "risk":
                await self._answer_risk(site)
            case "business":
                await self.choose_business(site)
            case "stores":
                await self._choose_store(site, store)
        return await self.next_step(site, here)

    async def choose_business(self, site: Site) -> None:
        """Choose the line of business that the pack names first, where a site asks which one comes for."""
        await site.click("business.choose")
        if await site.shows("business.enter"):
            await site.click("business.enter")

    async def _answer_risk(self, site: Site) -> None:
        if await site.shows("risk.send"):  # some send the code unasked
            await site.click("risk.send")
        sent_to = await site.read("risk.destination") if await site.shows("risk.destination") else ""
        await site.ask("risk.code", Medium.SMS, destination=sent_to)
        if await site.shows("risk.enter"):
            await site.click("risk.enter")

    async def _choose_store(self, site: Site, store: Store) -> None:
        """Only ever the store with exactly this name."""
        try:
            row = await site.find_row("stores.list", name=store.name)
        except ReviewMissing as missing:
            raise WrongStore(f"the account reaches no store named {store.name!r}", key="stores.list") from missing
        await site.click("stores.choose", within=row)
        if await site.shows("stores.enter"):
            await site.click("stores.enter")

    async def _change_store(self, site: Site, store: Store, shown: str) -> None:
        """Some sites list the stores under the current one's name, some lead back to the store picker."""
        try:
            await site.click("header.store")
            if await site.arrive("header.store_menu", "header.change", "stores") == "header.change":
                await site.click("header.change_store")
                await site.arrive("stores")
            if await site.shows("stores.title"):
                await self._choose_store(site, store)
            else:
                row = await site.find_row("header.store_menu", name=store.name)
                await site.click("header.choose_store", within=row)
        except (Drift, ReviewMissing) as error:
            raise WrongStore(f"the page shows {shown!r}, not {store.name!r}", key="header.store", seen=shown) from error
        if not await site.comes_to_say("header.store", store.name):
            raise WrongStore(
                f"the store cannot be changed from {shown!r} to {store.name!r}", key="header.store", seen=shown
            )
