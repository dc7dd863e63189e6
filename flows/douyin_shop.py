"""抖店: contest a review from 评价管理 (`review_appeal`) or at the report centre (`abnormal_review_report`).

Every key is spelled out where it is used, or begins with `{channel}.` where each channel has its own; so the pack can
be checked against this file (docs/flows.md).
"""

from __future__ import annotations

from asyncio import gather
from datetime import datetime
from zoneinfo import ZoneInfo

from automation.errors import Barrier, Drift, Ineligible, ReviewMissing
from automation.listing import check_review, notice, record, wall_time
from automation.model import Filling, Form, Notice, ReadBack, Records, Review
from automation.reviews import Found, found
from automation.site import Row, Site
from flows.common.sign_in import StoreSignIn

CHINA = ZoneInfo("Asia/Shanghai")  # the back-office writes Chinese wall time, without a zone


class DouyinShop(StoreSignIn):
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
        if channel == "review_appeal":
            # After a submission the list of reviews is still there, unless something lies over it.
            if await site.here("review_appeal.records", "review_appeal.form", "reviews") != "reviews":
                await site.open("reviews")
            await site.click("review_appeal.to_records")
            await site.arrive("review_appeal.records")
        else:
            await site.open("abnormal_review_report.records")
        listing = await site.find_rows(f"{channel}.records", until=wall_time(since, CHINA))
        return Records(tuple(record(row, CHINA) for row in listing.rows), listing.complete)

    async def notices(self, site: Site, since: datetime) -> tuple[Notice, ...]:
        await site.open("inside")
        await site.click("header.messages")
        await site.arrive("messages")
        listing = await site.find_rows("messages.list", until=wall_time(since, CHINA))
        return tuple(notice(row, CHINA) for row in listing.rows)

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        await site.open("reviews")
        listing = await site.find_rows("review_appeal.reviews", until=wall_time(since, CHINA))
        return tuple(found(row, CHINA) for row in listing.rows)


FLOW = DouyinShop
