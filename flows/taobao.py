"""淘宝/天猫 千牛: contest a review at 我要申诉 (`appeal_centre`) or with 投诉评价 (`review_complaint`).

Rows have no id here: order, text and time together say which review is meant.
"""

from __future__ import annotations

from asyncio import gather
from datetime import datetime

from automation.errors import Barrier, Ineligible, ReviewMissing
from automation.listing import the_review, whole
from automation.model import Filling, Form, ReadBack, Records, Review
from automation.reviews import Found
from automation.site import Row, Site
from flows.common.appeal_form import FormParts
from flows.common.framed_sign_in import FramedSignIn
from flows.common.lists import ReviewList


class Taobao(ReviewList, FormParts, FramedSignIn):
    """What a person does in 千牛 to contest a review."""

    form_by_looking = True
    channel_of_reviews = "review_complaint"
    _chosen = ""  # the type that the complaint's first step showed when it was left

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        if channel == "appeal_centre":
            row = await self._find_dispute(site, review)
        else:
            await site.open("reviews")
            row = await self._find(site, channel, review)
        await site.heed(f"{channel}.mark", within=row)
        await site.heed(f"{channel}.open", within=row)
        await site.click(f"{channel}.open", within=row)
        if channel == "review_complaint":
            await site.arrive("review_complaint.types")
            shown, reasons = await gather(self.review_shown(site, channel), site.options("review_complaint.reason"))
            return Form(shown, reasons)
        await site.arrive("appeal_centre.form")
        left = await site.number("appeal_centre.attempts")
        if left == 0:
            key = "appeal_centre.attempts"
            raise Ineligible("no attempts are left", barrier=Barrier.NO_ATTEMPTS, key=key, seen="0")
        shown, text_max, files_max = await gather(
            self.review_shown(site, channel),
            site.limit("appeal_centre.description"),
            site.limit("appeal_centre.evidence"),
        )
        reasons = await site.options("appeal_centre.reason")
        return Form(shown, reasons, description_max=text_max, files_max=files_max, attempts_left=left)

    async def _find_dispute(self, site: Site, review: Review) -> Row:
        """The order's row at 我要申诉: among the disputes, else among the complaints."""
        await site.open("appeal_centre")
        await site.click("appeal_centre.disputes")
        try:
            return await self._find(site, "appeal_centre", review)
        except ReviewMissing:
            if not await site.shows("appeal_centre.complaints"):
                raise
        await site.click("appeal_centre.complaints")
        return await self._find(site, "appeal_centre", review)

    async def _find(self, site: Site, channel: str, review: Review) -> Row:
        """The one row with the review's order, text and time, as far as the list shows them."""
        if await site.shows(f"{channel}.search"):
            await site.set(f"{channel}.search", review.order_no)
            await site.click(f"{channel}.query")
        rows = whole(await site.find_rows(f"{channel}.reviews"), f"{channel}.reviews")
        return the_review(rows, review, self.zone, f"{channel}.reviews")

    async def fill(self, site: Site, channel: str, filling: Filling) -> None:
        self._chosen = ""
        await site.set(f"{channel}.reason", filling.reason_label)
        if channel == "review_complaint":
            self._chosen = await site.read("review_complaint.reason")
            await site.click("review_complaint.next")
            await site.arrive("review_complaint.form")
        await site.set(f"{channel}.description", filling.packet.description)
        if filling.packet.evidence:
            await site.upload(f"{channel}.evidence", filling.packet.evidence)
        await self.all_filled(site, channel)

    async def read_back(self, site: Site, channel: str) -> ReadBack:
        store, review, reason, description, empty = await gather(
            self.store_shown(site),
            self.review_shown(site, channel),
            self._reason_shown(site, channel),
            site.read(f"{channel}.description"),
            site.unfilled(f"{channel}.form"),
        )
        uploads = await site.uploaded(f"{channel}.evidence") if await site.shows(f"{channel}.evidence") else ()
        return ReadBack(store, review, reason, description, uploads, fields={f"{channel}.form": ", ".join(empty)})

    async def _reason_shown(self, site: Site, channel: str) -> str:
        """A complaint's type as its second step repeats it, else as the first step showed it when it was left."""
        if channel == "appeal_centre":
            return await site.read("appeal_centre.reason")
        repeated = await site.shows("review_complaint.chosen")
        shown = await site.read("review_complaint.chosen") if repeated else self._chosen
        return shown.replace(":", "：").rpartition("：")[2].strip()

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        if channel == "appeal_centre":
            await site.open("appeal_centre")
            await site.click("appeal_centre.to_records")
            await site.arrive("appeal_centre.records")
        else:
            await site.open("reviews")
            if await site.shows("review_complaint.to_records"):  # else the reviews' own rows tell
                await site.click("review_complaint.to_records")
            await site.arrive("review_complaint.records")
        return await self.records_listed(site, channel, since)

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        await site.open("reviews")
        return await self.reviews_listed(site, "review_complaint", since)


FLOW = Taobao
