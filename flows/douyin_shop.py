"""抖店: contest a review from 评价管理 (`review_appeal`) or at the report centre (`abnormal_review_report`).

Every key is spelled out where it is used, or begins with `{channel}.` where each channel has its own; so the pack can
be checked against this file (docs/flows.md).
"""

from __future__ import annotations

from datetime import datetime

from automation.errors import Drift, ReviewMissing
from automation.listing import check_review
from automation.model import Form, Records, Review
from automation.reviews import Found
from automation.site import Row, Site
from flows.common.appeal_form import AppealForm
from flows.common.lists import ReviewList


class DouyinShop(ReviewList, AppealForm):
    """What a person does in the 抖店 back-office to contest a review."""

    form_by_looking = True

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        if channel == "review_appeal":
            await site.open("reviews")
            row = await self._find(site, channel, review)
            await site.heed("review_appeal.open", within=row)
            await site.click("review_appeal.open", within=row)
            await site.arrive("review_appeal.form")
        else:
            await site.open("report_centre")
            await site.click("abnormal_review_report.scene")
            await site.arrive("abnormal_review_report.form")
            await self._pick(site, review)
        return await self.form_shown(site, channel)

    async def _find(self, site: Site, channel: str, review: Review) -> Row:
        """The review's row: by order number and id, or by its text where the page shows no ids."""
        if review.order_no:
            await site.set(f"{channel}.search", review.order_no)
            await site.click(f"{channel}.query")
        try:
            row = await site.find_row(f"{channel}.reviews", order_no=review.order_no, review_id=review.review_id)
        except ReviewMissing:
            row = await site.find_row(f"{channel}.reviews", order_no=review.order_no, text=review.text)
        check_review(row, review, f"{channel}.reviews")
        await site.heed(f"{channel}.mark", within=row)
        return row

    async def _pick(self, site: Site, review: Review) -> None:
        """Choose the review in the report form's own dialog."""
        await site.click("abnormal_review_report.pick")
        await site.arrive("abnormal_review_report.picker")
        row = await self._find(site, "abnormal_review_report", review)
        await site.heed("abnormal_review_report.choose", within=row)
        await site.set("abnormal_review_report.choose", True, within=row)
        if (chosen := await site.number("abnormal_review_report.chosen")) not in (None, 1):
            raise Drift(f"{chosen} reviews are chosen, and one is meant", key="abnormal_review_report.chosen")
        await site.click("abnormal_review_report.picked")
        await site.arrive("abnormal_review_report.form")

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        if channel == "review_appeal":
            # After a submission the list of reviews is still there, unless something lies over it.
            if await site.here("review_appeal.records", "review_appeal.form", "reviews") != "reviews":
                await site.open("reviews")
            await site.click("review_appeal.to_records")
            await site.arrive("review_appeal.records")
        else:
            await site.open("abnormal_review_report.records")
        return await self.records_listed(site, channel, since)

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        await site.open("reviews")
        return await self.reviews_listed(site, "review_appeal", since)


FLOW = DouyinShop
