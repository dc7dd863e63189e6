"""A sign-in with a QR code that may ask for a second one, drawn on the page beside the first.

Besides the keys of `StoreSignIn` it takes the page `qr_again` and the picture `login.qr_again`.
"""

from __future__ import annotations

from automation.errors import ChallengeUnanswered
from automation.model import Medium
from automation.site import Site
from flows.common.sign_in import STEPS, StoreSignIn


class SecondCode(StoreSignIn):
    """Shows a person each code in its turn."""

    async def _show_qr(self, site: Site) -> str:
        if await site.shows("login.qr_again"):  # another picture, and no second code
            return await super()._show_qr(site)
        prompt = "scan it with the platform's app"
        for _ in range(9):
            if await site.shows("login.qr_refresh"):
                await site.click("login.qr_refresh")
            if await site.shows("login.qr_again"):
                again = f"one more code: {prompt}, signed in to this account"
                here = await site.hand_over(Medium.QR, *STEPS, "qr_expired", picture="login.qr_again", prompt=again)
            else:
                here = await site.hand_over(
                    Medium.QR, *STEPS, "qr_expired", "qr_again", picture="login.qr", prompt=prompt
                )
            if here not in ("qr_expired", "qr_again"):
                return here
        raise ChallengeUnanswered("nobody scanned the QR code")
