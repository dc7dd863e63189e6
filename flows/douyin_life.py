"""抖音来客: contest a review of a group-buying shop from 评价管理 (`review_appeal`).

One login reaches several companies, and every address inside names one (`groupid`); a card in 评价管理 may show neither
an order number nor an id, so a review is found by its text and time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from automation.errors import ReviewMissing
from automation.listing import the_review, wall_time, whole
from automation.model import Form, Records, Review
from automation.reviews import Found
from automation.site import Row, Site
from flows.common.appeal_form import AppealForm
from flows.common.lists import ReviewList

OLDER = timedelta(days=1)  # how much further than the review itself the list is read at first


class DouyinLife(ReviewList, AppealForm):
    """What a person does in the 抖音来客 back-office to contest a review."""

    form_by_looking = True

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        await site.open("reviews")
        row = await self._find(site, channel, review)
        await site.heed(f"{channel}.mark", within=row)
        await site.heed(f"{channel}.open", within=row)
        await site.click(f"{channel}.open", within=row)
        await site.arrive(f"{channel}.form")
        return await self.form_shown(site, channel)

    async def _find(self, site: Site, channel: str, review: Review) -> Row:
        """The review's row. The newest come first, as a rule: then the list need not be read to its end."""
        company = await self.store_shown(site)
        listing = await site.find_rows(f"{channel}.reviews", until=wall_time(review.posted_at - OLDER, self.zone))
        try:
            return the_review(listing.rows, review, self.zone, f"{channel}.reviews", shop=company)
        except ReviewMissing:
            rows = whole(await site.find_rows(f"{channel}.reviews"), f"{channel}.reviews")
        return the_review(rows, review, self.zone, f"{channel}.reviews", shop=company)

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        # After a submission the list of reviews is still there, unless something lies over it.
        if await site.here(f"{channel}.records", f"{channel}.form", "reviews") != "reviews":
            await site.open("reviews")
        await site.click(f"{channel}.to_records")
        await site.arrive(f"{channel}.records")
        return await self.records_listed(site, channel, since)

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        await site.open("reviews")
        return await self.reviews_listed(site, "review_appeal", since)


FLOW = DouyinLife
