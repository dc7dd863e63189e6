"""The usual form: a reason from a list, a description, evidence, and the review that it is about."""

from __future__ import annotations

from asyncio import gather

from automation.errors import Barrier, Drift, Ineligible
from automation.model import Filling, Form, ReadBack
from automation.site import Site
from flows.common.sign_in import StoreSignIn


class FormParts:
    """What every form has."""

    async def review_shown(self, site: Site, channel: str) -> str:
        """The review as the form repeats it; empty where it does not."""
        return await site.read(f"{channel}.review") if await site.shows(f"{channel}.review") else ""

    async def all_filled(self, site: Site, channel: str) -> None:
        """Raise `Drift` where the form has a required field that is still empty."""
        if empty := ", ".join(await site.unfilled(f"{channel}.form")):
            raise Drift(f"the form wants more than the pack knows: {empty}", key=f"{channel}.form", seen=empty)


class AppealForm(FormParts, StoreSignIn):
    """Says what the open form takes, fills it, and reads it back."""

    async def form_shown(self, site: Site, channel: str) -> Form:
        """What the open form offers. Raises `Ineligible` where it says that no attempts are left."""
        left = await site.number(f"{channel}.attempts")
        if left == 0:
            raise Ineligible("no attempts are left", barrier=Barrier.NO_ATTEMPTS, key=f"{channel}.attempts", seen="0")
        shown, text_max, files_max = await gather(
            self.review_shown(site, channel),
            site.limit(f"{channel}.description"),
            site.limit(f"{channel}.evidence"),
        )
        reasons = await site.options(f"{channel}.reason")
        return Form(shown, reasons, description_max=text_max, files_max=files_max, attempts_left=left)

    async def fill(self, site: Site, channel: str, filling: Filling) -> None:
        """See `automation.flow.Flow`."""
        await site.set(f"{channel}.reason", filling.reason_label)
        await site.set(f"{channel}.description", filling.packet.description)
        await site.upload(f"{channel}.evidence", filling.packet.evidence)
        await self.all_filled(site, channel)

    async def read_back(self, site: Site, channel: str) -> ReadBack:
        """See `automation.flow.Flow`."""
        store, review, reason, description, uploads, empty = await gather(
            self.store_shown(site),
            self.review_shown(site, channel),
            site.read(f"{channel}.reason"),
            site.read(f"{channel}.description"),
            site.uploaded(f"{channel}.evidence"),
            site.unfilled(f"{channel}.form"),
        )
        return ReadBack(store, review, reason, description, uploads, fields={f"{channel}.form": ", ".join(empty)})
