"""小红书 for merchants: contest a review with the form of 客户服务中心, from 评价管理 where its rows lead there.

The form wants an account, and the review's link or a screenshot of it (seed 3).
"""

from __future__ import annotations

from asyncio import gather
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Final

from automation.errors import PacketUnfit, PageUnknown, ReviewMissing
from automation.listing import check_review
from automation.model import Evidence, EvidenceKind, Filling, Form, ReadBack, Records, Review
from automation.reviews import Found
from automation.site import Row, Site
from flows.common.appeal_form import AppealForm
from flows.common.lists import ReviewList
from flows.common.second_code import SecondCode

ECHO: Final = 3.0  # seconds that a form may take to show the review behind a link, if it does


class Xiaohongshu(ReviewList, AppealForm, SecondCode):
    """What a person does in 小红书's merchant back-office to contest a review."""

    form_by_looking = True

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        if await self._menu(site) != "menu.reviews" or not await self._from_its_row(site, review):
            await self._from_the_centre(site)
        await self._name(site, review)
        form = await self.form_shown(site, channel)  # it also leaves the link's field, so that the form looks
        with suppress(PageUnknown):  # not every form shows what is behind a link
            await site.arrive("review_appeal.named", timeout=ECHO)
        return replace(form, review=await self.review_shown(site, channel))

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
        await self.all_filled(site, channel)

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
        link = await site.read("review_appeal.link") if await site.shows("review_appeal.link") else ""
        shots = await site.uploaded("review_appeal.shot") if await site.shows("review_appeal.shot") else ()
        back, account = await gather(super().read_back(site, channel), site.read("review_appeal.account"))
        return replace(
            back,
            review=back.review or link,
            uploads=(*shots, *back.uploads),
            fields={**back.fields, "review_appeal.link": link},
            answers={"account": account},
        )

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        await self._menu(site)
        await site.click("menu.records")
        await site.arrive("review_appeal.records")
        return await self.records_listed(site, channel, since)

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        await self._menu(site)
        await site.click("menu.reviews")
        await site.arrive("reviews")
        return await self.reviews_listed(site, "review_appeal", since)


FLOW = Xiaohongshu
