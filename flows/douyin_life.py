"""抖音来客: contest a review of a group-buying shop from 评价管理 (`review_appeal`).

One login reaches several companies, and every address inside names one (`groupid`); a card in 评价管理 may show neither
an order number nor an id, so a review is found by its text and time.
"""

from __future__ import annotations

from asyncio import gather
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from automation.errors import Barrier, Drift, Ineligible, ReviewMissing
from automation.listing import notice, record, the_review, wall_time, whole
from automation.model import Filling, Form, Notice, ReadBack, Records, Review
from automation.site import Row, Site
from flows.common.sign_in import StoreSignIn

CHINA = ZoneInfo("Asia/Shanghai")  # the back-office writes Chinese wall time, without a zone
OLDER = timedelta(days=1)  # how much further than the review itself the list is read at first


class DouyinLife(StoreSignIn):
    """What a person does in the 抖音来客 back-office to contest a review."""

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        await site.open("reviews")
        row = await self._find(site, channel, review)
        await site.heed(f"{channel}.mark", within=row)
        await site.heed(f"{channel}.open", within=row)
        await site.click(f"{channel}.open", within=row)
        await site.arrive(f"{channel}.form")
        left = await site.number(f"{channel}.attempts")
        if left == 0:
            raise Ineligible("no attempts are left", barrier=Barrier.NO_ATTEMPTS, key=f"{channel}.attempts", seen="0")
        shown, text_max, files_max = await gather(
            self._review_shown(site, channel),
            site.limit(f"{channel}.description"),
            site.limit(f"{channel}.evidence"),
        )
        reasons = await site.options(f"{channel}.reason")
        return Form(shown, reasons, description_max=text_max, files_max=files_max, attempts_left=left)

    async def _find(self, site: Site, channel: str, review: Review) -> Row:
        """The review's row. The newest come first, as a rule: then the list need not be read to its end."""
        company = await self.store_shown(site)
        listing = await site.find_rows(f"{channel}.reviews", until=wall_time(review.posted_at - OLDER, CHINA))
        try:
            return the_review(listing.rows, review, CHINA, f"{channel}.reviews", shop=company)
        except ReviewMissing:
            rows = whole(await site.find_rows(f"{channel}.reviews"), f"{channel}.reviews")
        return the_review(rows, review, CHINA, f"{channel}.reviews", shop=company)

    async def _review_shown(self, site: Site, channel: str) -> str:
        return await site.read(f"{channel}.review") if await site.shows(f"{channel}.review") else ""

    async def fill(self, site: Site, channel: str, filling: Filling) -> None:
        await site.set(f"{channel}.reason", filling.reason_label)
        await site.set(f"{channel}.description", filling.packet.description)
        await site.upload(f"{channel}.evidence", filling.packet.evidence)
        if empty := ", ".join(await site.unfilled(f"{channel}.form")):
            raise Drift(f"the form wants more than the pack knows: {empty}", key=f"{channel}.form", seen=empty)

    async def read_back(self, site: Site, channel: str) -> ReadBack:
        store, review, reason, description, uploads, empty = await gather(
            self.store_shown(site),
            self._review_shown(site, channel),
            site.read(f"{channel}.reason"),
            site.read(f"{channel}.description"),
            site.uploaded(f"{channel}.evidence"),
            site.unfilled(f"{channel}.form"),
        )
        return ReadBack(store, review, reason, description, uploads, fields={f"{channel}.form": ", ".join(empty)})

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        # After a submission the list of reviews is still there, unless something lies over it.
        if await site.here(f"{channel}.records", f"{channel}.form", "reviews") != "reviews":
            await site.open("reviews")
        await site.click(f"{channel}.to_records")
        await site.arrive(f"{channel}.records")
        listing = await site.find_rows(f"{channel}.records", until=wall_time(since, CHINA))
        return Records(tuple(record(row, CHINA) for row in listing.rows), listing.complete)

    async def notices(self, site: Site, since: datetime) -> tuple[Notice, ...]:
        await site.open("inside")
        await site.click("header.messages")
        await site.arrive("messages")
        listing = await site.find_rows("messages.list", until=wall_time(since, CHINA))
        return tuple(notice(row, CHINA) for row in listing.rows)


FLOW = DouyinLife
