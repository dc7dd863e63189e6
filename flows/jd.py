"""京东: contest a review by way of its dispute in 交易纠纷管理 (`dispute_appeal`).

The order is marked as abnormal first, then the dispute is appealed against; the form is a sub-application on a host of
its own, in a frame or in place of the page. Every key is spelled out where it is used (docs/flows.md).
"""

from __future__ import annotations

from datetime import datetime

from automation.errors import Drift, ReviewMissing
from automation.listing import check_review
from automation.model import Form, Records, Review
from automation.site import Row, Site
from flows.common.appeal_form import AppealForm
from flows.common.lists import Lists


class Jd(Lists, AppealForm):
    """What a person does in the 京东 back-office to contest a review."""

    async def first_step(self, site: Site) -> str:
        """An expired session looks like a page that does not exist: then the front door leads to the sign-in."""
        here = await site.arrive("check", "stores", "login", "lost", "inside", start="inside")
        if here == "lost":
            here = await site.arrive("check", "stores", "login", "inside", start="login")
        return here

    async def store_shown(self, site: Site) -> str:
        """As the header names it; the form, which comes from another host, may be for another store than that says."""
        if await site.shows("dispute_appeal.store"):
            return await site.read("dispute_appeal.store")
        return await super().store_shown(site)

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        """Marks the order where it is not marked yet: the site opens the form for no other."""
        if not review.order_no:
            raise ReviewMissing("a dispute is found by its order number, and the case has none", key="disputes.list")
        row = await self._find(site, review)
        if not await site.shows(f"{channel}.marked", within=row):
            row = await self._mark(site, review, row)
        await site.heed(f"{channel}.open", within=row)
        await site.click(f"{channel}.open", within=row)
        await site.arrive(f"{channel}.form")
        return await self.form_shown(site, channel)

    async def _find(self, site: Site, review: Review) -> Row:
        """The dispute's row among those that can be appealed against; else among all, where it says why it cannot."""
        await site.open("disputes")
        await site.click("disputes.appealable")
        try:
            row = await self._search(site, review)
        except ReviewMissing:
            await site.click("disputes.all")
            row = await self._search(site, review)
        check_review(row, review, "disputes.list")
        await site.heed("dispute_appeal.over", within=row)
        await site.heed("dispute_appeal.taken", within=row)
        return row

    async def _search(self, site: Site, review: Review) -> Row:
        """By order number, and by the review's text where the order has several disputes."""
        if await site.shows("disputes.search"):
            await site.set("disputes.search", review.order_no)
            await site.click("disputes.query")
        try:
            return await site.find_row("disputes.list", order_no=review.order_no)
        except ReviewMissing:
            return await site.find_row("disputes.list", order_no=review.order_no, text=review.text)

    async def _mark(self, site: Site, review: Review, row: Row) -> Row:
        """Mark the order as abnormal, once; returns its row as it is then."""
        if not await site.shows("dispute_appeal.mark", within=row):
            return row  # this shop's page does not ask for it
        await site.click("dispute_appeal.mark", within=row)
        if await site.arrive("dispute_appeal.marking", "dispute_appeal.marked") == "dispute_appeal.marking":
            await site.click("dispute_appeal.mark_yes")
            await site.arrive("dispute_appeal.marked")
        row = await self._find(site, review)
        if not await site.shows("dispute_appeal.marked", within=row):
            raise Drift("the order was marked, and its row does not show it", key="dispute_appeal.marked")
        return row

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        await site.open("disputes")
        await site.click("disputes.appealed")
        await site.arrive(f"{channel}.records")
        return await self.records_listed(site, channel, since)


FLOW = Jd
