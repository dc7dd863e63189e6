"""大众点评/美团: contest a review at 门店管理 → 评价管理 (`review_appeal`; the button says 申诉 or 投诉评价).

Every key is spelled out where it is used, or begins with `{channel}.` where each channel has its own; so the pack can
be checked against this file (docs/flows.md).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

from automation.errors import HandOver, PageUnknown, ReviewMissing, SiteFault
from automation.listing import UNREAD, check_review, is_review, record, wall_time
from automation.model import Account, Form, Records, Review, SignIn
from automation.reviews import Found
from automation.site import Row, Site
from flows.common.appeal_form import AppealForm
from flows.common.lists import ReviewList

DRAWN = 3.0  # seconds for the list of reviews to take the place of a drawn page that stood there before


class MeituanDianping(ReviewList, AppealForm):
    """What a person does in the back-office of 美团 and 大众点评 to contest a review."""

    form_by_looking = True

    async def say_who(self, site: Site, account: Account) -> str:
        """By QR code one may have to choose a line of business before the code is shown."""
        if account.sign_in is SignIn.QR:
            if not await site.shows("login.qr"):
                await site.click("login.qr_tab")
            if await site.arrive("business", "qr") == "business":
                await self.choose_business(site)
                await site.arrive("qr")
        return await super().say_who(site, account)

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        await self._to_reviews(site)
        row = await self._find(site, channel, review)
        check_review(row, review, f"{channel}.reviews")
        await site.heed(f"{channel}.mark", within=row)
        await site.heed(f"{channel}.open", within=row)
        await site.click(f"{channel}.open", within=row)
        await site.arrive(f"{channel}.form")
        return await self.form_shown(site, channel)

    async def _to_menu(self, site: Site) -> None:
        """Open 门店管理. The shell is loaded anew: a click in its menu only replaces the frame, and not at once."""
        await site.open("inside")
        if await site.arrive("menu", "menu.shut") == "menu.shut":
            await site.click("menu.shops")
            await site.arrive("menu")

    async def _to_reviews(self, site: Site) -> None:
        """评价管理; of a store on 美团外卖 it is drawn by Flutter, and for a person."""
        await self._to_menu(site)
        await site.click("menu.reviews")
        if await site.arrive("reviews", "flutter", "flutter.framed") == "reviews":
            return
        try:
            await site.arrive("reviews", timeout=DRAWN)
        except PageUnknown as drawn:
            raise HandOver(
                "评价管理 of this store is drawn by Flutter (美团外卖): a program can read nothing on it",
                hint="appeal by hand, in a browser of your own",
            ) from drawn

    async def _streams(self, site: Site) -> AsyncIterator[str]:
        """Show one stream of the list after the other, or all there is where it is not divided; which one is shown."""
        divided = await site.shows("stream.dianping")
        if divided:
            await self.show_part(site, "dianping")
        yield "dianping" if divided else ""
        if await site.shows("stream.meituan"):
            await self.show_part(site, "meituan")
            yield "meituan"

    async def show_part(self, site: Site, part: str) -> None:
        if part == "dianping":
            await site.click("stream.dianping")
        elif part == "meituan":
            await site.click("stream.meituan")

    async def _find(self, site: Site, channel: str, review: Review) -> Row:
        """The review's row in either stream. There is no search, so the list is read as far back as the review."""
        until = wall_time(review.posted_at - timedelta(days=1), self.zone) if review.posted_at else ""
        moved = False
        async for _ in self._streams(site):
            listing = await site.find_rows(f"{channel}.reviews", until=until)
            found = [row for row in listing.rows if is_review(row, review, self.zone)]
            if len(found) == 1 and (listing.complete or found[0].cells.get("review_id")):
                return found[0]
            moved = moved or not listing.complete
            if found and not moved:
                raise ReviewMissing(f"{len(found)} reviews may be the one meant", key=f"{channel}.reviews")
            if found:
                break  # it may be this one, or one that was not read
        if moved:
            raise SiteFault(f"the list of reviews could not be read to its end: {UNREAD}", key=f"{channel}.reviews")
        raise ReviewMissing("no stream of reviews shows the one meant", key=f"{channel}.reviews")

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        """Of both streams, where they are listed apart."""
        await self._to_menu(site)
        if await site.shows("menu.records"):
            await site.click("menu.records")
        else:
            await self._to_reviews(site)
            await site.click(f"{channel}.to_records")
        await site.arrive(f"{channel}.records")
        rows, complete = [], True
        async for _ in self._streams(site):
            listing = await site.find_rows(f"{channel}.records", until=wall_time(since, self.zone))
            rows += [record(row, self.zone) for row in listing.rows]
            complete = complete and listing.complete
        return Records(tuple(rows), complete)

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        """Of both streams; those of 点评 may be without an order."""
        await self._to_reviews(site)
        found: list[Found] = []
        async for part in self._streams(site):
            listed = await self.reviews_listed(site, "review_appeal", since)
            found += [replace(one, part=part) for one in listed]
        return tuple(found)


FLOW = MeituanDianping
