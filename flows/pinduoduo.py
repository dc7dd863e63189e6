"""拼多多: appeal an order's dispute (`dispute_appeal`), or report a review (`review_report`).

Of the evidence, the first files are required proof, as many as the form takes as such; the others are optional proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from automation.errors import Barrier, ElementMissing, Ineligible, PacketUnfit, ReviewMissing
from automation.listing import check_review, wall_time
from automation.model import Evidence, Filling, Form, ReadBack, Records, Review, Uploaded
from automation.reviews import Found, found
from automation.site import Row, Site
from flows.common.appeal_form import FormParts
from flows.common.claims import Claims
from flows.common.lists import Lists
from flows.common.proofs import Proofs
from flows.common.sign_in import StoreSignIn


class Pinduoduo(Lists, FormParts, Claims, Proofs, StoreSignIn):
    """What a person does in the 拼多多 back-office to contest a review."""

    form_by_looking = True
    channel_of_reviews = "review_report"

    async def open_form(self, site: Site, channel: str, review: Review) -> Form:
        await self._go(site, channel)
        row = await self._find(site, channel, review)
        await site.heed(f"{channel}.open", within=row)
        await site.click(f"{channel}.open", within=row)
        await site.arrive(f"{channel}.form")
        disputed = channel == "dispute_appeal"
        bounds = await self.bounds(site) if disputed else {}
        files_max = await self.files_max(site) if disputed else None
        text_max = await site.limit(f"{channel}.description") if await site.shows(f"{channel}.description") else None
        shown = await self.review_shown(site, channel)
        reasons = await site.options(f"{channel}.reason") if await site.shows(f"{channel}.reason") else ()
        return Form(shown, reasons, description_max=text_max, files_max=files_max, answers_max=bounds)

    async def _go(self, site: Site, channel: str) -> None:
        """By the menu, as a person does: addresses change, and the groups of the menu may be folded."""
        await site.open("inside")
        if channel == "dispute_appeal":
            if await site.arrive("menu.disputes", "menu.aftersales") == "menu.aftersales":
                await site.click("menu.aftersales")
            await site.click("menu.disputes")
            await site.arrive("dispute_appeal.list")
            return
        if await site.arrive("menu.reviews", "menu.goods") == "menu.goods":
            await site.click("menu.goods")
        await site.click("menu.reviews")
        if await site.arrive("review_report.list", "review_report.list_tab") == "review_report.list_tab":
            await site.click("review_report.to_list")
            await site.arrive("review_report.list")

    async def _find(self, site: Site, channel: str, review: Review) -> Row:
        if review.order_no and await site.shows(f"{channel}.search"):
            await site.set(f"{channel}.search", review.order_no)
            await site.click(f"{channel}.query")
        if channel == "dispute_appeal":
            return await self._find_order(site, review)
        try:
            row = await site.find_row("review_report.list", order_no=review.order_no, review_id=review.review_id)
        except ReviewMissing:
            row = await site.find_row("review_report.list", order_no=review.order_no, text=review.text)
        check_review(row, review, "review_report.list")
        offered = await site.shows("review_report.open", within=row)
        if not offered and await site.shows("review_report.mark", within=row):
            said = await site.read("review_report.mark", within=row)
            raise Ineligible(f"reported: {said}", barrier=Barrier.ALREADY_APPEALED, key="review_report.mark", seen=said)
        return row

    async def _find_order(self, site: Site, review: Review) -> Row:
        """An order that was appealed leaves the list."""
        try:
            return await site.find_row("dispute_appeal.list", order_no=review.order_no)
        except ReviewMissing:
            filed = (await self.records(site, "dispute_appeal", review.posted_at)).rows
            for one in filed:
                if one.order_no == review.order_no:
                    said = f"appealed: {one.status}"
                    raise Ineligible(said, barrier=Barrier.ALREADY_APPEALED, seen=one.status) from None
            raise

    async def fill(self, site: Site, channel: str, filling: Filling) -> None:
        packet = filling.packet
        if channel == "dispute_appeal":
            await self.claim(site, packet.answers)
        if await site.shows(f"{channel}.reason"):
            await site.set(f"{channel}.reason", filling.reason_label)
        if channel == "dispute_appeal":
            await self.prove(site, packet.evidence)
            await site.set("dispute_appeal.description", packet.description)
        else:
            await self._explain(site, packet.description, packet.evidence)
        await self.all_filled(site, channel)

    async def _explain(self, site: Site, description: str, evidence: Sequence[Evidence]) -> None:
        """Only some reasons ask for more; the fields come once one is chosen."""
        try:
            if description:
                await site.set("review_report.description", description)
            for piece in evidence:  # the site takes one at a time
                await site.upload("review_report.evidence", [piece])
        except ElementMissing as missing:
            if missing.key not in ("review_report.description", "review_report.evidence"):
                raise
            raise PacketUnfit("this reason takes no more than itself", field=missing.key, limit="0") from missing

    async def read_back(self, site: Site, channel: str) -> ReadBack:
        fields = {f"{channel}.form": ", ".join(await site.unfilled(f"{channel}.form"))}
        answers: dict[str, str] = {}
        uploads: tuple[Uploaded, ...] = ()
        if channel == "dispute_appeal":
            required, optional = await self.proven(site)
            uploads = required + optional
            for key, files in (("dispute_appeal.required", required), ("dispute_appeal.optional", optional)):
                fields[key] = ", ".join(one.name for one in files)
            answers = await self.claimed(site)
        elif await site.shows("review_report.evidence"):
            uploads = await site.uploaded("review_report.evidence")
        store, review = await self.store_shown(site), await self.review_shown(site, channel)
        reason = await site.read(f"{channel}.reason") if await site.shows(f"{channel}.reason") else ""
        text = await site.read(f"{channel}.description") if await site.shows(f"{channel}.description") else ""
        return ReadBack(store, review, reason, text, uploads, fields=fields, answers=answers)

    async def records(self, site: Site, channel: str, since: datetime) -> Records:
        await self._go(site, channel)
        await site.click(f"{channel}.to_records")
        await site.arrive(f"{channel}.records")
        return await self.records_listed(site, channel, since)

    async def reviews(self, site: Site, since: datetime) -> tuple[Found, ...]:
        await self._go(site, "review_report")
        listing = await site.find_rows("review_report.list", until=wall_time(since, self.zone))
        return tuple(found(row, self.zone) for row in listing.rows)


FLOW = Pinduoduo
