"""小红书 for merchants: contest a review with the form of 客户服务中心, from 评价管理 where its rows lead there.

The form wants an account, and the review's link or a screenshot of it (seed 3).
"""

from __future__ import annotations

from asyncio import gather
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from automation.errors import Barrier, Drift, Ineligible, PacketUnfit, PageUnknown, ReviewMissing
from automation.listing import check_review, notice, record, wall_time
from automation.model import Evidence, EvidenceKind, Filling, Form, Notice, ReadBack, Records, Review
from automation.site import Row, Site
from flows.common.second_code import SecondCode

CHINA: Final = ZoneInfo("Asia/Shanghai")  # the back-office writes Chinese wall time, without a zone
ECHO: Final = 3.0  # seconds that a form may take to show the review behind a link, if it does


class Xiaohongshu(SecondCode):
    """What a person does in 小红书's merchant back-office to contest a review."""

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        if await self._menu(site) != "menu.reviews" or not await self._from_its_row(site, review):
            await self._from_the_centre(site)
        await self._name(site, review)
        reasons = await site.options("review_appeal.reason")  # it also leaves the link's field, so that the form looks
        with suppress(PageUnknown):  # not every form shows what is behind a link
            await site.arrive("review_appeal.named", timeout=ECHO)
        left = await site.number("review_appeal.attempts")
        if left == 0:
            raise Ineligible(
                "no attempts are left", barrier=Barrier.NO_ATTEMPTS, key="review_appeal.attempts", seen="0"
            )
        shown, text_max, files_max = await gather(
            self._review_shown(site), site.limit("review_appeal.description"), site.limit("review_appeal.evidence")
        )
        return Form(shown, reasons, description_max=text_max, files_max=files_max, attempts_left=left)

    async def _menu(self, site: Site) -> str:
        """The start page's menu, unfolded; which way it offers."""
        await site.open("inside")
        here = await site.arrive("menu.reviews", "menu.centre", "menu.folded")
        if here == "menu.folded":
            await site.click("menu.group")
            here = await site.arrive("menu.reviews", "menu.centre")
        return here

    async def _from_its_row(self, site: Site, review: Review) -> bool:
        """Open the form from the review's row; False where rows do not lead there."""
        await site.click("menu.reviews")
        await site.arrive("reviews")
        if review.order_no and await site.shows("review_appeal.search"):
            await site.set("review_appeal.search", review.order_no)
            await site.click("review_appeal.query")
        row = await self._row(site, review)
        check_review(row, review, "review_appeal.reviews")
        await site.heed("review_appeal.mark", within=row)
        if not await site.shows("review_appeal.open", within=row):
            return False
        await site.heed("review_appeal.open", within=row)
        await site.click("review_appeal.open", within=row)
        await site.arrive("review_appeal.form")
        return True

    async def _row(self, site: Site, review: Review) -> Row:
        try:
            return await site.find_row("review_appeal.reviews", order_no=review.order_no, review_id=review.review_id)
        except ReviewMissing:
            return await site.find_row("review_appeal.reviews", order_no=review.order_no, text=review.text)

    async def _from_the_centre(self, site: Site) -> None:
        await site.click("menu.centre")
        if await site.arrive("review_appeal.form", "centre") == "centre":
            await site.click("centre.appeal")
            await site.arrive("review_appeal.form")

    async def _name(self, site: Site, review: Review) -> None:
        """Say which review is meant, where the form does not know it already: by its link, or its order."""
        if await site.shows("review_appeal.review") or not await site.shows("review_appeal.link"):
            return
        if review.url and not await site.read("review_appeal.link"):
            await site.set("review_appeal.link", review.url)
        elif not review.url and review.order_no and await site.shows("review_appeal.order_no"):
            await site.set("review_appeal.order_no", review.order_no)

    async def _review_shown(self, site: Site) -> str:
        return await site.read("review_appeal.review") if await site.shows("review_appeal.review") else ""

    async def fill(self, site: Site, channel: str, filling: Filling) -> None:
        packet = filling.packet
        if packet.answers["account"] != await site.read("review_appeal.account"):
            await site.set("review_appeal.account", packet.answers["account"])
        await site.set("review_appeal.reason", filling.reason_label)
        await site.set("review_appeal.description", packet.description)
        shots = await self._shots(site, packet.evidence)
        if shots:
            await site.upload("review_appeal.shot", shots)
        await site.upload("review_appeal.evidence", packet.evidence[len(shots) :])
        if empty := ", ".join(await site.unfilled("review_appeal.form")):
            raise Drift(f"the form wants more than the pack knows: {empty}", key="review_appeal.form", seen=empty)

    async def _shots(self, site: Site, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
        """The pictures of the review that stand in for its link; the others follow in their order."""
        if not await site.shows("review_appeal.link") or await site.read("review_appeal.link"):
            return ()
        if not (found := list(takewhile(lambda piece: piece.kind is EvidenceKind.REVIEW, evidence))):
            hint = "enter the link, or put a screenshot first among the evidence"
            raise PacketUnfit("the form wants the review's link or a screenshot", field="url", limit="1", hint=hint)
        if not await site.shows("review_appeal.shot"):
            return ()
        return found[: await site.limit("review_appeal.shot") or 1]

    async def read_back(self, site: Site, channel: str) -> ReadBack:
        linked, shot = await gather(site.shows("review_appeal.link"), site.shows("review_appeal.shot"))
        link = await site.read("review_appeal.link") if linked else ""
        shots = await site.uploaded("review_appeal.shot") if shot else ()
        store, review = await gather(self.store_shown(site), self._review_shown(site))
        account, reason, description, uploads, empty = await gather(
            site.read("review_appeal.account"),
            site.read("review_appeal.reason"),
            site.read("review_appeal.description"),
            site.uploaded("review_appeal.evidence"),
            site.unfilled("review_appeal.form"),
        )
        fields = {"review_appeal.form": ", ".join(empty), "review_appeal.link": link}
        return ReadBack(store, review or link, reason, description, (*shots, *uploads), fields, {"account": account})

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        await self._menu(site)
        await site.click("menu.records")
        await site.arrive("review_appeal.records")
        listing = await site.find_rows("review_appeal.records", until=wall_time(since, CHINA))
        return Records(tuple(record(row, CHINA) for row in listing.rows), listing.complete)

    async def notices(self, site: Site, since: datetime) -> tuple[Notice, ...]:
        await site.open("inside")
        await site.click("header.messages")
        await site.arrive("messages")
        listing = await site.find_rows("messages.list", until=wall_time(since, CHINA))
        return tuple(notice(row, CHINA) for row in listing.rows)


FLOW = Xiaohongshu
